/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/read/cheaper.h"

#define FIRST 16 /* stretches that are not judged: whatever comes is new to whoever counts */
#define TRIAL 8	 /* then so many, by turns */
#define ROUND 64 /* stretches from one trial to the next */

static int
is_tried(const struct cheaper *c)
{
	unsigned from = c->round == 0 ? FIRST : 0;

	return c->stretch >= from && c->stretch < from + TRIAL;
}

/* Time of an octet, without a division: the time of as many as the other way read. */
static enum cheaper_way
best_of(const struct cheaper *c)
{
	double map = (double)c->ns[CHEAPER_MAP] * (double)c->octets[CHEAPER_READ],
	       read = (double)c->ns[CHEAPER_READ] * (double)c->octets[CHEAPER_MAP];

	return read < map ? CHEAPER_READ : CHEAPER_MAP;
}

enum cheaper_way
cheaper_next(struct cheaper *c, int64_t ns, uint64_t octets)
{
	int tried = is_tried(c);

	if (tried) {
		c->ns[c->now] += ns;
		c->octets[c->now] += octets;
	}
	if (++c->stretch == ROUND)
		*c = (struct cheaper){.round = 1, .best = c->best};
	if (is_tried(c))
		return c->now = c->stretch % CHEAPER_WAYS;
	if (tried)
		c->best = best_of(c);
	return c->now = c->best;
}
