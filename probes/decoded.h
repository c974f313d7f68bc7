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
	struct front front[COUNT_BATCH]; /* of the first `fronts` */
	struct way *way[COUNT_BATCH];	 /* likewise; NULL: it was decoded */
	size_t n;			 /* packets */
	size_t fronts;
	uint8_t says; /* of `said` */
};

/* Who takes what was decoded. */
struct counting {
	struct count *count;
	struct air_run *air; /* NULL: nobody listens to the air */
};

/** Empty it. @param d Receives it. */
static inline void
decoded_clear(struct decoded *d)
{
	d->n = d->fronts = 0;
	d->says = 0;
}

/**
 * Take packets, and decode those whose way the counter does not know. For who counts in the same
 * thread.
 *
 * @param to   Empty.
 * @param dec  Decoder.
 * @param c    Counter; borrowed until decoded_count().
 * @param p    Packets; their octets are not needed any more.
 * @param n    How many, at most COUNT_BATCH; not 0 if there is an `ahead`.
 * @param ahead  Where the next ones will lie, octets from the first one on, as reader_ahead() says:
 *             they are had in the cache meanwhile. 0: nowhere.
 */
void decoded_take(struct decoded *to, struct decoder *dec, const struct count *c,
    const struct packet *p, size_t n, size_t ahead);

/**
 * Decode one packet and append what it says.
 *
 * @param to   Not full; empty after decoded_clear().
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
