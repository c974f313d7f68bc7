/* SPDX-License-Identifier: GPL-3.0-or-later */
/* health.h - how the sweeps go: lag, time, and what was left, with a fixed amount of memory. */
#ifndef KK_COLLECTOR_HEALTH_H
#define KK_COLLECTOR_HEALTH_H

#include <stddef.h>
#include <stdint.h>

#define HIST_STEPS   8 /* per doubling: a value is told to 1/8 */
#define HIST_BUCKETS (18 * HIST_STEPS)

/* How often each duration was seen, milliseconds; 0 .. 17 minutes and beyond. Zeroed at first. */
struct hist {
	uint32_t n, max;
	uint32_t count[HIST_BUCKETS];
};

/** @param h Histogram. @param ms Duration; a negative one is 0. */
void hist_add(struct hist *h, int64_t ms);

/** @param h Histogram. @param permille 0 .. 1000; 500 is the median. @return Milliseconds that so
 * many durations did not exceed, up to 1/8 more; 0: none was seen. */
uint32_t hist_at(const struct hist *h, unsigned permille);

#define HEALTH_LEFT_MAX 20 /* devices that are remembered by number; all are counted */

/* One sweep: one interval, in which every device has its moment. */
struct sweep_health {
	int64_t begun_ms;    /* monotonic */
	int64_t begun_s;     /* UTC */
	int64_t duration_ms; /* until the last of its polls ended */
	uint64_t started, answered, silent;
	uint64_t ended;	    /* polls that were ended because their device's next moment had come */
	uint64_t not_asked; /* of them: without one datagram of theirs sent, or a silence proven */
	uint64_t waited;    /* devices that were still in line at their next moment */
	struct hist lag;    /* from a device's moment to its poll's start */
	struct hist took;   /* a poll's time */
	uint32_t left[HEALTH_LEFT_MAX]; /* the first of those that were ended or waited */
	uint32_t n_left;		/* all of them */
};

/** A device was left. @param h Sweep. @param device Number. */
void health_left(struct sweep_health *h, uint32_t device);

#endif
