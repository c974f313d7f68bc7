/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/copies.h"

#include <stdlib.h>

#include "probes/wide.h"

#define TAG_BITS 8

int
copies_new(struct copies *c)
{
	c->set = wide_new(COPIES_SETS * sizeof(*c->set));
	return c->set != NULL;
}

void
copies_free(struct copies *c)
{
	free(c->set);
	*c = (struct copies){0};
}

/* Ticks between two times, whichever came first. */
static uint64_t
apart(uint64_t a, uint64_t b)
{
	uint64_t ticks = (a - b) & COPIES_TIME_MASK;

	return ticks > COPIES_TIME_MASK / 2 ? COPIES_TIME_MASK + 1 - ticks : ticks;
}

/* Whether a frame with half a hash like this one's is the same; if it was sent again, it is noted
 * anew. 1: a copy; 0: the same, sent again; -1: another one. */
static int
compare(uint64_t *noted, uint64_t mine, const struct copies_frame *f)
{
	uint64_t ticks = apart(mine, *noted), both = *noted ^ mine;
	unsigned way = *noted >> COPIES_TIME_BITS & 3;

	if (ticks > COPIES_US / COPIES_TICK_US ||
	    (way != 0 && f->direction != 0 && way != f->direction))
		return -1;
	if (both >> COPIES_PLACE_FROM != 0 || ticks < f->soon_us / COPIES_TICK_US)
		return 1;
	*noted = mine;
	return 0;
}

int
copies_compare(struct copies_set *set, uint64_t mine, const struct copies_frame *f)
{
	uint64_t tag = f->hash >> COPIES_TAG_FROM & 0xff;

	for (uint64_t rest = copies_alike(set->tags, tag); rest != 0; rest &= rest - 1) {
		uint64_t *frame = &set->frame[__builtin_ctzll(rest) / TAG_BITS];
		int same = (*frame ^ mine) >> 32 == 0 ? compare(frame, mine, f) : -1;

		if (same >= 0)
			return same;
	}
	return -1;
}
