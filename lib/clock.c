/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/clock.h"

#include <stddef.h>
#include <time.h>

int64_t
clock_mono_ms(const struct kk_clock *c)
{
	struct timespec ts;

	if (c != NULL && c->simulated)
		return c->mono_ms;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_utc_cs(const struct kk_clock *c)
{
	struct timespec ts;

	if (c != NULL && c->simulated)
		return c->utc_cs;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 100 + ts.tv_nsec / 10000000;
}

void
clock_advance(struct kk_clock *c, int64_t ms)
{
	/* Carry the part below 1/100 s in the monotonic time, so that many small steps add up. */
	int64_t cs_before = c->mono_ms / 10;

	c->mono_ms += ms;
	c->utc_cs += c->mono_ms / 10 - cs_before;
}
