/* SPDX-License-Identifier: GPL-3.0-or-later */
/* traffic.h - a city's traffic as a mirror port sees it, with known truth. */
#ifndef KK_BENCH_TRAFFIC_H
#define KK_BENCH_TRAFFIC_H

#include <stddef.h>
#include <stdint.h>

#define TRAFFIC_FRAME_MAX 1700
#define TRAFFIC_START	  INT64_C(1625065200) /* 2021-07-01 00:00:00 in Seoul */

/* How frames are packed between access point and core. */
enum traffic_form {
	TRAFFIC_PLAIN,	/* one VLAN for each access point */
	TRAFFIC_CAPWAP, /* 802.11 in CAPWAP */
	TRAFFIC_EOGRE	/* Ethernet in GRE */
};

/* What there is of it. Plain value. */
struct traffic_options {
	enum traffic_form form;
	unsigned aps;	   /* 1 to 3000 */
	unsigned clients;  /* up to 2^20, spread over the access points */
	unsigned interval; /* nanoseconds between two packets */
};

/* What one access point carried. */
struct traffic_truth {
	uint64_t down, up; /* IP octets of clients */
	uint64_t packets_down, packets_up;
};

struct traffic;

/** Begin, always with the same packets. @param o Options. @return NULL: out of memory;
 * traffic_free() frees it. */
struct traffic *traffic_new(const struct traffic_options *o);

/** @param t Traffic, NULL is allowed. */
void traffic_free(struct traffic *t);

/**
 * The next frame: sizes of 40, 576 and 1500 IP octets as 7 : 4 : 1 (1400 instead of 1500 in a
 * tunnel), 85 % IPv4, 75 % TCP, 16 flows a client.
 *
 * @param t        Traffic.
 * @param frame    Receives octets.
 * @param time_ns  Receives when it passed, UTC.
 * @return         Octets.
 */
size_t traffic_next(struct traffic *t, uint8_t frame[TRAFFIC_FRAME_MAX], int64_t *time_ns);

/** What has passed until now. @param t Traffic. @param ap From 0. @return Borrowed. */
const struct traffic_truth *traffic_truth(const struct traffic *t, unsigned ap);

/** A line of the map for an access point, without its end. @param t Traffic. @param ap From 0; the
 * number of access points: the gateway's line. @param out Receives text. @param room Of it. */
void traffic_map(const struct traffic *t, unsigned ap, char *out, size_t room);

#endif
