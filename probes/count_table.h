/* SPDX-License-Identifier: GPL-3.0-or-later */
/* count_table.h - what count.c (tables), count_aim.c (whose), count_packet.c (packets),
 * count_figures.c (what some say at length) and count_tell.c (intervals) share. Nobody else
 * includes it. */
#ifndef KK_PROBES_COUNT_TABLE_H
#define KK_PROBES_COUNT_TABLE_H

#include "probes/beyond.h"
#include "probes/clients.h"
#include "probes/copies.h"
#include "probes/count.h"
#include "probes/watch.h"

#define COUNT_COPIES	16384 /* transmitters whose last frame is remembered; a power of two */
#define COUNT_NONE	UINT32_MAX
#define COUNT_LINE	64 /* octets of a line of the cache */
#define COUNT_VLAN_BITS 12
#define COUNT_OWN	UINT32_C(0x80000000) /* owner of a client: a cell, not an access point */

/* What is counted under one BSSID, VLAN or address of the map, or under a name of its own. What
 * most packets touch is in the first 64 octets, and those are in one line of the cache. */
struct cell {
	uint64_t key;	  /* kind << 56 | value */
	uint32_t ap;	  /* whose it is; COUNT_NONE: its own, until the interval ends */
	uint32_t next;	  /* another cell of the same access point */
	int seen;	  /* in this interval */
	uint32_t figures; /* place of its own, or of its access point; 0: none */
	struct tally t;
	int64_t clients, busiest, sessions;
	uint32_t beyond; /* place of its clients that found no room */
} __attribute__((aligned(COUNT_LINE)));

/* An access point of the map. */
struct ap {
	uint32_t cells;	  /* its first one */
	uint32_t figures; /* place; 0: none */
	uint32_t beyond;  /* place of its clients that found no room */
	int64_t clients, busiest, sessions;
	int heard;	    /* since the start: told even when quiet */
	int air;	    /* likewise, a BSSID of it */
	int accounted;	    /* likewise, by RADIUS */
	unsigned exchanges; /* likewise, of which kinds there was one */
	int opaque;	    /* its tunnel was encrypted when something came last */
	int counts_clients;
};

/* Sums of this interval, for those that something was said of. */
struct figures_pool {
	struct figures *at;
	uint32_t used, room;
	int unknown; /* place 0 is in use */
};

/* The last frame of a transmitter and traffic class. */
struct last_frame {
	uint64_t sender;
	uint16_t sequence;
};

/* Where a packet's figures go; found for many packets before any of them is counted. */
struct aim {
	struct cell *cell;  /* NULL: nowhere but in the totals */
	uint64_t pair;	    /* the client's, 0: none */
	uint64_t identity;  /* of the frame at this access point, 0: not known */
	uint8_t direction;  /* enum seen_direction */
	uint8_t place;	    /* where it was seen */
	uint8_t by_address; /* the direction is that of the IP addresses */
};

struct count {
	struct count_options o;
	struct count_sink sink;
	const struct map *map;
	void *cell_memory;
	struct cell *cell;
	size_t cells, mapped_cells, cells_max;
	/* Half of a key's hash << 32 | cell + 1; 0: empty. With the hash a cell is known without a
	 * look at it. */
	uint64_t *index;
	size_t index_mask;
	struct ap *ap;
	int has_mac, has_tunnel, has_radio, has_controller;
	struct set gateways, controllers;
	uint64_t gateway;	/* one of them, 0: there is none */
	struct clients clients; /* of this interval */
	struct ways ways;	/* likewise */
	struct beyond beyond;	/* those that found no room in it */
	struct last_frame *last;
	struct copies copies;
	struct totals totals;
	struct watch *watch; /* NULL: octets only */
	struct figures_pool figures;
	uint32_t *names; /* of the map's access points, by hash: from 1 */
	size_t names_mask;
	int64_t from_us, end_us, newest_us; /* end_us 0: not started */
	int64_t turn_us;		    /* from when on there is another key; 0: never */
	int lossy;			    /* this interval is partial */
	uint64_t lost;			    /* packets, in this interval */
};

/** The key of a cell. @param kind What the value is. @param value Value. @return Key. */
static inline uint64_t
count_key(enum map_key kind, uint64_t value)
{
	/* A pseudonym loses 8 bits here, which leaves enough to tell a map's addresses apart. */
	return (uint64_t)kind << 56 | (value & ((UINT64_C(1) << 56) - 1));
}

/* Keys that a packet's cell is likely to have, at most two, and their hashes; a key 0: none. */
struct likely {
	uint64_t key[2], hash[2];
};

/** The cell of a key. @param c Counter. @param key Key. @param hash Its set_mix(). @return NULL:
 * there is none. */
static inline struct cell *
count_find_hashed(const struct count *c, uint64_t key, uint64_t hash)
{
	for (size_t at = hash & c->index_mask; c->index[at] != 0; at = (at + 1) & c->index_mask)
		if (c->index[at] >> 32 == hash >> 32 &&
		    c->cell[(uint32_t)c->index[at] - 1].key == key)
			return &c->cell[(uint32_t)c->index[at] - 1];
	return NULL;
}

/** As count_find_hashed(). @param c Counter. @param key Key. @return NULL: there is none. */
static inline struct cell *
count_find(const struct count *c, uint64_t key)
{
	return count_find_hashed(c, key, set_mix(key));
}

/** Have the place where the search of a cell begins in the cache soon. @param c Counter. @param
 * hash Of its key. */
static inline void
count_foresee(const struct count *c, uint64_t hash)
{
	__builtin_prefetch(&c->index[hash & c->index_mask]);
}

/** Have the cell itself in the cache soon. @param c Counter. @param hash Of its key. */
static inline void
count_foresee_cell(const struct count *c, uint64_t hash)
{
	uint64_t at = hash & c->index_mask;
	uint32_t cell = (uint32_t)c->index[at];

	if (c->index[at] >> 32 != hash >> 32)
		cell = (uint32_t)c->index[(at + 1) & c->index_mask];
	if (cell != 0)
		__builtin_prefetch(&c->cell[cell - 1], 1);
}

/** The cell of a key, with a name of its own if the map lacks it. @param c Counter. @param key Key.
 * @return Beyond the bound: the cell "unknown". */
struct cell *count_get(struct count *c, uint64_t key);

/** Whose a client of a cell is, for clients_pair(). @param c Counter. @param cell Cell. @return An
 * access point, or the cell with COUNT_OWN. */
uint32_t count_owner(const struct count *c, const struct cell *cell);

/** What a packet's cell is likely to be found by. @param c Counter. @param s What it said. @param l
 * Receives it. */
void count_likely(const struct count *c, const struct seen *s, struct likely *l);

/** Where a packet's figures go; a cell is added if need be, and what counting needs is asked for.
 * @param c Counter. @param s What it said. @param l Likely keys. @return Plain value. */
struct aim count_aim(struct count *c, const struct seen *s, const struct likely *l);

/** Have what counting needs in the cache soon. @param c Counter. @param aim Where a packet goes;
 * receives `identity`. @param identity The frame's. */
void count_foresee_aim(struct count *c, struct aim *aim, uint64_t identity);

/** Count a packet of a way that is known: a client's, and nothing else. @param c Counter. @param
 * packet Packet. @param f Its front, as count_knows() left it. @param w Its way. @return 0: it is a
 * copy. */
int count_known(struct count *c, const struct packet *packet, const struct front *f, struct way *w);

/** Learn the way of a packet that was decoded and counted, if all that it said is what others of
 * its way will say. @param c Counter. @param aim Where it went. @param s What it said. @param f Its
 * front. */
void count_learn(
    struct count *c, const struct aim *aim, const struct seen *s, const struct front *f);

/** What went on ways goes to cells and to clients' rows. @param c Counter. */
void count_settle_ways(struct count *c);

/** A frame's identity at an owner: it may be another's as well. @param owner count_owner(). @param
 * identity The frame's, 0: not known. @return Likewise. */
static inline uint64_t
count_identity_at(uint32_t owner, uint64_t identity)
{
	/* Identities are spread over all bits as they are. */
	return identity != 0 ? identity ^ ((uint64_t)owner + 1) * UINT64_C(0x9e3779b97f4a7c15) : 0;
}

/** How soon another frame like this one is a copy, and not sent again. @param flags What it said of
 * itself. @return Microseconds. */
static inline uint32_t
count_soon(unsigned flags)
{
	return flags & SEEN_UNIQUE ? COPIES_US : flags & SEEN_ALIKE ? 0 : COPIES_SOON;
}

/** Add octets of clients. @param t Where they count. @param octets Octets. @param packets Packets.
 * @param direction enum seen_direction. */
static inline void
count_add(struct tally *t, uint64_t octets, uint64_t packets, unsigned direction)
{
	/* Which way it goes changes from packet to packet: without a branch that nobody can
	 * foretell. */
	static const size_t to[][2] = {[SEEN_NOWHERE] = {offsetof(struct tally, octets_undirected),
					   offsetof(struct tally, packets_undirected)},
	    [SEEN_DOWN] = {offsetof(struct tally, octets_down),
		offsetof(struct tally, packets_down)},
	    [SEEN_UP] = {offsetof(struct tally, octets_up), offsetof(struct tally, packets_up)}};

	*(uint64_t *)(void *)((char *)t + to[direction][0]) += octets;
	*(uint64_t *)(void *)((char *)t + to[direction][1]) += packets;
}

/** Which client a packet is of. @param aim Where it goes. @param s What it said. @return Its
 * pseudonym; 0 where nobody knows. */
uint64_t count_client_of(const struct aim *aim, const struct seen *s);

/** What a client carried. @param c Counter. @param aim Where it goes. @param client Pseudonym.
 * @param octets Octets. @return 1: it had carried something before in this interval. */
int count_client(struct count *c, const struct aim *aim, uint64_t client, uint32_t octets);

/** Note a frame. @param c Counter. @param aim Where it goes. @param flags What it said of itself.
 * @param time_us When. @return 1: it was noted before, inside a tunnel or outside or from another
 * port. */
int count_is_again(struct count *c, const struct aim *aim, unsigned flags, int64_t time_us);

/** Whether it is a (re)association answered with success. @param s What a packet said. @return 1 or
 * 0. */
int count_is_success(const struct seen *s);

/** Put every cell into an index that is empty. @param c Counter. */
void count_index_all(struct count *c);

/** What a packet says at length. @param c Counter. @param cell Whose it is. @param direction Its
 * way. @param s What it is. @param d What it says. @param now_us When. */
void count_said(struct count *c, struct cell *cell, enum seen_direction direction,
    const struct seen *s, const struct detail *d, int64_t now_us);

/** What a TCP segment says. @param c Counter. @param cell Whose it is. @param direction Its way.
 * @param t What it says. @param now_us When. */
void count_segment(struct count *c, struct cell *cell, enum seen_direction direction,
    const struct detail_tcp *t, int64_t now_us);

/** Have the sums of TCP in the cache soon. @param c Counter. @param cell Whose they are. */
static inline void
count_foresee_sums(const struct count *c, const struct cell *cell)
{
	const struct rtt_sums *sums = &c->figures.at[cell->figures].tcp;

	__builtin_prefetch(&sums->segments, 1);
	__builtin_prefetch(&sums->network.n, 1);
}

/** Have what it needs in the cache soon. @param c Counter. @param cell Whose it is. @param d What
 * it says. */
static inline void
count_foresee_said(const struct count *c, const struct cell *cell, const struct detail *d)
{
	watch_foresee(c->watch, d);
	if (d->kind == DETAIL_TCP)
		count_foresee_sums(c, cell);
}

/** Sums of a place. @param c Counter. @param place Place. @return NULL for place 0. */
const struct figures *count_figures(const struct count *c, uint32_t place);

/** Sums of those that nobody knows. @param c Counter. @return NULL: there are none. */
const struct figures *count_figures_unknown(const struct count *c);

/** The interval ends: give up what waited for too long, and count open sessions. @param c Counter.
 * @param to_us When. */
void count_figures_close(struct count *c, int64_t to_us);

/** Forget all sums. @param c Counter. */
void count_figures_clear(struct count *c);

/** Make what figures need. @param c Counter. @return 0: out of memory; count_figures_free() frees
 * what there is. */
int count_figures_new(struct count *c);

/** @param c Counter. */
void count_figures_free(struct count *c);

#endif
