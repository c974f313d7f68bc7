/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure.h - what a stretch of work took, and a city's samples to feed it with. */
#ifndef KK_BENCH_MEASURE_H
#define KK_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/sample.h"

/* A stretch of work. Plain value. */
struct spent {
	int64_t wall_us, cpu_us;
	uint64_t written; /* octets of pages that this process made dirty */
};

/** What was spent until now. @param s Receives it. */
void spent_now(struct spent *s);

/** What was spent since. @param from spent_now() before the work. @return The difference. */
struct spent spent_since(const struct spent *from);

/** The middle one of several numbers. @param v Numbers; put in order. @param n Count, 1 and up.
 * @return The median. */
int64_t median(int64_t *v, size_t n);

#define BENCH_START INT64_C(1625065200) /* 2021-07-01 00:00:00 in Seoul */

/**
 * A device's sample of one sweep: two counters and all that an access point tells.
 *
 * @param device   Number, 1 and up.
 * @param time_s   UTC seconds, BENCH_START and up.
 * @param all      1: all metrics; 0: the four of an archive's first file.
 * @param counter  Room for two.
 * @return         The sample; its counters are in `counter`.
 */
struct sample bench_sample(uint32_t device, int64_t time_s, int all, struct counter counter[2]);

#endif
