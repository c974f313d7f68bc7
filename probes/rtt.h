/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rtt.h - how long the network takes to answer, as a person feels it: TCP's round-trip times on
 * either side of the probe, and segments that were sent again.
 *
 * What travels down measures the network's side, as it answers what went up; what travels up
 * measures the client's. A handshake is measured whole; then, in flows that are followed, one
 * segment with data at a time, whose timestamp comes back (RFC 7323). A segment that was
 * acknowledged late on purpose counts as it was felt.
 *
 * A flow is a keyed hash, and nothing of it is kept but where its sequences and timestamps stand.
 * Flows that were not heard of for longest make room; 64 octets each. Pure, on the captures' time.
 */
#ifndef KK_PROBES_RTT_H
#define KK_PROBES_RTT_H

#include <stddef.h>
#include <stdint.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "probes/delays.h"

/* What was measured. */
struct rtt_sums {
	uint64_t segments;	  /* with data, of flows that are followed */
	uint64_t retransmissions; /* of these */
	struct delays client, network;
};

struct rtt;

/** @param capacity Flows at once, 4 to 2^24. @return NULL: out of memory; rtt_free() frees it. */
struct rtt *rtt_new(size_t capacity);

/** @param r Flows, NULL is allowed. */
void rtt_free(struct rtt *r);

/**
 * Take a segment.
 *
 * @param r          Flows.
 * @param t          What it says.
 * @param direction  Its way; one whose way nobody knows is passed over.
 * @param now_us     When it was captured.
 * @param sums       Receives what it measures.
 */
void rtt_take(struct rtt *r, const struct detail_tcp *t, enum seen_direction direction,
    int64_t now_us, struct rtt_sums *sums);

/** Have a flow's place in the cache soon. @param r Flows. @param t Segment. */
void rtt_foresee(const struct rtt *r, const struct detail_tcp *t);

/** Add sums up. @param sum Receives. @param s What is added. */
void rtt_add(struct rtt_sums *sum, const struct rtt_sums *s);

#endif
