/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h - monotonic time for scheduling, UTC for storage; real, or moved by a test. */
#ifndef KK_LIB_CLOCK_H
#define KK_LIB_CLOCK_H

#include <stdint.h>

/* A source of time. The real one has no state; a simulated one is two numbers that a test moves. */
struct kk_clock {
	int simulated;	 /* 0: ask the kernel; 1: the two values below */
	int64_t mono_ms; /* monotonic, milliseconds since an arbitrary start */
	int64_t utc_cs;	 /* 1/100 s since 1970-01-01 UTC */
};

/**
 * Monotonic time: never steps, for timeouts and schedules.
 *
 * @param c  Clock; NULL is the real one.
 * @return   Milliseconds since an arbitrary start.
 */
int64_t clock_mono_ms(const struct kk_clock *c);

/**
 * Wall time for what is stored. May step when an operator or NTP sets it.
 *
 * @param c  Clock; NULL is the real one.
 * @return   1/100 s since the epoch, UTC: the unit of sysUpTime.
 */
int64_t clock_utc_cs(const struct kk_clock *c);

/**
 * Move a simulated clock on; both times move together. A test that wants a step sets `utc_cs`
 * itself.
 *
 * @param c   Simulated clock.
 * @param ms  Milliseconds, 0 or more.
 */
void clock_advance(struct kk_clock *c, int64_t ms);

#endif
