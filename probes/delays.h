/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delays.h - how long something took, many times: sum, longest, and a histogram from which any
 * quantile can be told. Buckets are an eighth of an octave, so that a quantile is at most 6.3 % off
 * (and exact below 16 us); they hold 65,535 each. Plain values.
 */
#ifndef KK_PROBES_DELAYS_H
#define KK_PROBES_DELAYS_H

#include <stdint.h>

#define DELAYS_BUCKETS 192 /* up to 2^26 us, 67 s; what took longer is in the last */

struct delays {
	uint64_t n, sum_us, max_us;
	uint16_t bucket[DELAYS_BUCKETS];
};

/** @param d Delays. @param us What it took. */
void delays_put(struct delays *d, uint64_t us);

/** @param sum Receives. @param d What is added. */
void delays_add(struct delays *sum, const struct delays *d);

/** A quantile. @param d Delays. @param percent 1 to 100: how many of them took at most as long.
 * @return Microseconds, the middle of its bucket and at most the longest; 0: there are none. */
uint64_t delays_quantile_us(const struct delays *d, unsigned percent);

#endif
