/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * count.h - what packets said, added up per access point, BSSID and interval. Pure: time is the
 * packets' own, or what the caller says. Tables grow some times, to a bound; nothing is allocated
 * per packet.
 */
#ifndef KK_PROBES_COUNT_H
#define KK_PROBES_COUNT_H

#include <stddef.h>
#include <stdint.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "probes/dec/front.h"
#include "probes/figures.h"
#include "probes/map.h"
#include "probes/read/read.h"
#include "probes/set.h"
#include "probes/ways.h"

#define COUNT_NAME_MAX 96
#define COUNT_BATCH    64 /* packets at once */

/* What is added up. A copy of a frame (sent again on the air, seen inside a tunnel and outside, or
 * at two mirror ports) is left out of all but `copies`. */
struct tally {
	uint64_t frames; /* packets, whatever was in them */
	uint64_t octets_down, octets_up;
	uint64_t packets_down, packets_up;
	uint64_t octets_undirected; /* on the wire, where nothing says which side is the client's */
	uint64_t packets_undirected;
	uint64_t octets_estimated; /* of the above: encrypted, or cut by the snap length */
	uint64_t beacons;
	uint64_t authentications;
	uint64_t association_requests, reassociation_requests;
	uint64_t associations; /* (re)association answered with success */
	uint64_t refusals;     /* answered otherwise */
	uint64_t disassociations, deauthentications;
	uint64_t copies;
	uint64_t radio_frames;	     /* that a radio heard, copies too, as in all below */
	uint64_t data_frames;	     /* of these */
	uint64_t retries;	     /* of the data frames: sent again, says the sender */
	uint64_t airtime_us;	     /* of frames */
	uint64_t airtime_unmeasured; /* frames whose time is not known */
	uint64_t encrypted;	     /* packets of a tunnel that nobody can look into */
};

/* The span that a line is about. */
struct interval {
	int64_t from_us, to_us; /* UTC, microseconds since the epoch */
	int partial;		/* the capture lost packets in it, or may have */
	int64_t lost;		/* how many; -1: unknown, as a file does not say */
};

/* One BSSID of an access point. */
struct bssid_line {
	uint64_t bssid;
	const struct tally *t;
};

/* One access point in one interval; lives during the call. */
struct ap_line {
	const char *name; /* the city's id; or "bssid:...", "vlan:...", "unknown" */
	int mapped;	  /* the name is an id of the map */
	uint32_t ap;	  /* of the map, if so: for map_ap() */
	struct tally t;
	int64_t clients; /* distinct; -1: unknown, as a direction was missing */
	int estimated;	 /* the part of them that found no room: 3.3 % standard error of that */
	int64_t busiest; /* octets of the client that carried most; -1: likewise */
	const struct figures *figures; /* NULL: not looked at, as octets only are counted */
	int64_t sessions;   /* accounting sessions that are open; -1: none was ever seen */
	int said;	    /* `figures` has something of this interval */
	unsigned exchanges; /* kinds that can be seen here; none of others is not known to be 0 */
	int air;    /* its air was heard since the start; 0: what is heard there only is unknown */
	int heard;  /* packets of its own were seen since the start; 0: others told of it */
	int opaque; /* its tunnel was encrypted when something came last: what is 0 is unknown */
	const struct bssid_line *bssid;
	size_t bssids;
};

/* Who is told. */
struct count_sink {
	void *ctx;
	/* Per access point that was seen since the start; then `end`, once per interval. */
	void (*ap)(void *ctx, const struct interval *iv, const struct ap_line *line);
	void (*end)(void *ctx, const struct interval *iv);
	/* A client of an access point of the map, the first time in an interval; NULL: nobody wants
	 * to know. */
	void (*client)(void *ctx, uint32_t ap, uint64_t client);
	/* Asked before an interval is told: packets lost since it was asked the last time, or
	 * since count_lost(). NULL: nobody knows. */
	uint64_t (*lost)(void *ctx);
};

/* All of a capture: every frame, copies included. A set that is `full` has no known size. */
struct totals {
	uint64_t packets, octets; /* octets on the wire */
	uint64_t kind[SEEN_KIND_COUNT];
	uint64_t associations;
	uint64_t dhcp, radius;
	uint64_t tunnel_octets; /* of clients, that came in tunnels */
	uint64_t stopped[DEC_NEXT_COUNT];
	struct set bssids, clients, ssids;
	struct figures figures; /* of all intervals that were told; no copies */
	int looked;		/* 0: figures are unknown, as octets only are counted */
};

struct count_options {
	unsigned interval_s; /* 1 .. 3600; intervals end at multiples of it, UTC */
	size_t clients_max;  /* distinct (AP, client) pairs in an interval; 0: 196608 */
	size_t unmapped_max; /* names of one's own in an interval; 0: 65536 */
	int octets_only;     /* octets and packets, and clients that carried some: nothing else */
	int live;	     /* count_advance() is called each second: longer gaps are no silence */
};

struct count;

/**
 * @param o     Options; copied.
 * @param map   Access points; borrowed; NULL: none.
 * @param sink  Who is told; copied.
 * @return      NULL: out of memory; count_free() frees it.
 */
struct count *count_new(
    const struct count_options *o, const struct map *map, const struct count_sink *sink);

/** @param c Counter, NULL is allowed. */
void count_free(struct count *c);

/** Say when the capture began; else it is the first packet's time. @param c Counter. @param now_us
 * UTC, microseconds. */
void count_start(struct count *c, int64_t now_us);

/**
 * Count one packet that says nothing at length. Closes the intervals that ended before it; one that
 * is late counts in the present interval.
 *
 * @param c        Counter.
 * @param time_us  When it was captured, UTC, microseconds.
 * @param len      Octets on the wire.
 * @param s        What it said.
 */
void count_packet(struct count *c, int64_t time_us, size_t len, const struct seen *s);

/* Packets of a batch, and what is known of each. */
struct count_batch {
	const struct packet *packet; /* when they were captured, and their octets on the wire */
	const struct seen *seen;     /* what they said; of no meaning where `way` says all */
	const struct detail *said;   /* what some say at length: that of seen[i] at its `detail` */
	const struct front *front;   /* so that ways are learned; NULL: none was read */
	struct way *const *way;	     /* as count_knows() gave it; not looked at without fronts */
};

/**
 * Count some packets, as count_packet() does one after another, but their places in the tables are
 * fetched together.
 *
 * @param c  Counter.
 * @param b  Packets.
 * @param n  How many, at most COUNT_BATCH.
 */
void count_packets(struct count *c, const struct count_batch *b, size_t n);

/** Whether none of some packets ends the interval that is running. @param c Counter. @param packet
 * When they were captured. @param n How many. @return 1 or 0. */
int count_is_within(const struct count *c, const struct packet *packet, size_t n);

/**
 * Whether one like a packet was counted in the interval that is running: then it need not be
 * decoded.
 *
 * @param c  Counter. Not to be changed until count_packets() for the packet, whose batch is
 *           within the interval: count_is_within().
 * @param f  Its front, of a way, which it was asked for once; if it is known, `identity` becomes
 * what it is for its access point.
 * @return   Its way, the counter's own; NULL: it was not.
 */
struct way *count_knows(const struct count *c, struct front *f);

/** Have what count_knows() needs in the cache soon. @param c Counter. @param f Front. */
void count_foresee_way(const struct count *c, const struct front *f);

/** Have what counting a segment of a known way needs in the cache soon. @param c Counter. @param w
 * Way. @param said What the segment says. */
void count_foresee_segment(const struct count *c, const struct way *w, const struct detail *said);

/** Clients are hashed with another key from the interval's border on that is at or after a moment:
 * what is known of them under the old one is forgotten there. @param c Counter. @param from_us UTC,
 * microseconds. */
void count_turn(struct count *c, int64_t from_us);

/** Close the intervals that have ended. @param c Counter. @param now_us UTC, microseconds. */
void count_advance(struct count *c, int64_t now_us);

/** Close the running interval as it is. @param c Counter. @param now_us UTC; earlier than what was
 * counted last: that. */
void count_finish(struct count *c, int64_t now_us);

/** Go on with what takes more than one packet, where another counter stood: with another map. An
 * access point that was heard by a key that it still has stays so. @param c New counter. @param old
 * Old one, which is told its last interval before. */
void count_succeed(struct count *c, struct count *old);

/** Packets were lost before decoding: mark the interval. @param c Counter. @param n How many; 0:
 * nobody knows, as when the interface was down. */
void count_lost(struct count *c, uint64_t n);

/** @param c Counter. @return Borrowed totals. */
const struct totals *count_totals(const struct count *c);

/** When the running interval ends. @param c Counter. @return UTC, microseconds; 0: not started. */
int64_t count_due(const struct count *c);

#endif
