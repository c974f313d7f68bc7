/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/copies.h"

#include <stdlib.h>

#define TICK_US	  100
#define TIME_BITS 24 /* of ticks: they come round in 28 minutes */
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)
#define LINE	  64

int
copies_new(struct copies *c)
{
	c->memory = calloc(COPIES_SETS + 1, sizeof(*c->frame));
	if (c->memory == NULL)
		return 0;
	/* Each set in one line of the cache. */
	c->frame = (uint64_t(*)[COPIES_WAYS])(
	    (char *)c->memory + (LINE - (uintptr_t)c->memory % LINE) % LINE);
	return 1;
}

void
copies_free(struct copies *c)
{
	free(c->memory);
	*c = (struct copies){0};
}

/* Ticks between two times, whichever came first. */
static uint64_t
apart(uint64_t a, uint64_t b)
{
	uint64_t ticks = (a - b) & TIME_MASK;

	return ticks > TIME_MASK / 2 ? TIME_MASK + 1 - ticks : ticks;
}

int
copies_note(struct copies *c, const struct copies_frame *f)
{
	uint64_t *set = c->frame[f->hash % COPIES_SETS], *oldest = set, age = 0;
	uint64_t now = (uint64_t)(f->time_us / TICK_US) & TIME_MASK;
	uint64_t mine = (f->hash >> 32) << 32 | (uint64_t)(f->place & 63) << 26 |
			(uint64_t)(f->direction & 3) << TIME_BITS | now;

	for (unsigned i = 0; i < COPIES_WAYS; i++) {
		uint64_t ticks = apart(now, set[i]), both = set[i] ^ mine;
		unsigned way = set[i] >> TIME_BITS & 3;

		if (both >> 32 == 0 && ticks <= COPIES_US / TICK_US &&
		    (way == 0 || f->direction == 0 || way == f->direction)) {
			if (both >> 26 != 0 || ticks < f->soon_us / TICK_US)
				return 1;
			set[i] = mine; /* sent again */
			return 0;
		}
		if (ticks >= age) {
			age = ticks;
			oldest = &set[i];
		}
	}
	*oldest = mine;
	return 0;
}
