/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decoded.h - some packets on their way from a decoder to the counter: what they said, without
 * their octets. */
#ifndef KK_PROBES_DECODED_H
#define KK_PROBES_DECODED_H

#include "probes/air_run.h"
#include "probes/count.h"
#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "probes/read/read.h"

struct decoded {
	struct packet packet[COUNT_BATCH]; /* when and how long; `p` must not be followed */
	struct seen seen[COUNT_BATCH];
	struct detail said[COUNT_BATCH]; /* what some of them say at length */
	size_t n;			 /* packets */
	uint8_t says;			 /* of `said` */
};

/* Who takes what was decoded. */
struct counting {
	struct count *count;
	struct air_run *air; /* NULL: nobody listens to the air */
};

/**
 * Decode one packet and append what it says.
 *
 * @param to   Not full; empty is {.n = 0}.
 * @param dec  Decoder.
 * @param p    Packet; its octets are not needed any more.
 * @return     1: it is full now.
 */
int decoded_add(struct decoded *to, struct decoder *dec, const struct packet *p);

/**
 * Count packets, from one of them on.
 *
 * @param from  What was decoded.
 * @param to    Who counts.
 * @param at    The first one.
 * @param n     How many.
 */
void decoded_count(const struct decoded *from, const struct counting *to, size_t at, size_t n);

#endif
