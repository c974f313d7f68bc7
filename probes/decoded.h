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
	uint8_t sayer[COUNT_BATCH];	 /* which packet said it */
	struct front front[COUNT_BATCH]; /* of the first `fronts` */
	struct way *way[COUNT_BATCH];	 /* likewise; NULL: it was decoded */
	size_t n;			 /* packets */
	size_t fronts;
	uint8_t says; /* of `said` */
	uint8_t airs; /* whether some of it is for who listens to the air */
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
	d->says = d->airs = 0;
}

/**
 * Look at a packet where it lies: the first step of decoded_take(), for who does not keep packets
 * where they are.
 *
 * @param to   Not full; empty after decoded_clear().
 * @param dec  Decoder.
 * @param c    Counter; borrowed until decoded_count().
 * @param p    Packet.
 * @return     How many of its octets, from the first one on, decoded_rest() needs.
 */
size_t decoded_look(
    struct decoded *to, struct decoder *dec, const struct count *c, const struct packet *p);

/** The packet that was looked at last is elsewhere now. @param to Of it. @param p There; borrowed
 * until decoded_rest(). @param kept How many octets, at least as many as are needed. */
void decoded_moved(struct decoded *to, const uint8_t *p, size_t kept);

/** Decode those whose way the counter does not know. @param to Packets that were looked at. @param
 * dec Decoder. @param c Counter. */
void decoded_rest(struct decoded *to, struct decoder *dec, const struct count *c);

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
