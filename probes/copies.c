/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/copies.h"

#include <stdlib.h>

#define TICK_US	  100
#define TIME_BITS 24 /* of ticks: they come round in 28 minutes */
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)
#define LINE	  64
#define TAG_BITS  8
#define TAG_FROM  16 /* of the hash: neither of the set's number nor of the half that is kept */
#define EACH_TAG  UINT64_C(0x0001010101010101)
#define TAGS_MASK UINT64_C(0x00ffffffffffffff)

int
copies_new(struct copies *c)
{
	c->memory = calloc(COPIES_SETS + 1, sizeof(*c->set));
	if (c->memory == NULL)
		return 0;
	c->set = (struct copies_set *)(void *)((char *)c->memory +
					       (LINE - (uintptr_t)c->memory % LINE) % LINE);
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

/* Whether a frame with half a hash like this one's is the same; if it was sent again, it is noted
 * anew. 1: a copy; 0: the same, sent again; -1: another one. */
static int
compare(uint64_t *noted, uint64_t mine, const struct copies_frame *f)
{
	uint64_t ticks = apart(mine, *noted), both = *noted ^ mine;
	unsigned way = *noted >> TIME_BITS & 3;

	if (ticks > COPIES_US / TICK_US || (way != 0 && f->direction != 0 && way != f->direction))
		return -1;
	if (both >> 26 != 0 || ticks < f->soon_us / TICK_US)
		return 1;
	*noted = mine;
	return 0;
}

/* The tags that are this one have their octet's highest bit set; so may one that follows such a
 * tag, as it is compared whole anyway. */
static uint64_t
alike(uint64_t tags, uint64_t tag)
{
	uint64_t differ = tags ^ tag * EACH_TAG;

	return (differ - EACH_TAG) & ~differ & EACH_TAG << 7;
}

/* The oldest frame gives way. */
static void
put(struct copies_set *set, uint64_t mine, uint64_t tag)
{
	uint64_t oldest = set->tags >> TAG_BITS * COPIES_WAYS;
	uint64_t next = oldest + 1 < COPIES_WAYS ? oldest + 1 : 0;
	uint64_t others = ~(UINT64_C(0xff) << TAG_BITS * oldest) & TAGS_MASK;

	set->frame[oldest] = mine;
	set->tags =
	    (set->tags & others) | tag << TAG_BITS * oldest | next << TAG_BITS * COPIES_WAYS;
}

int
copies_note(struct copies *c, const struct copies_frame *f)
{
	struct copies_set *set = &c->set[f->hash % COPIES_SETS];
	uint64_t tag = f->hash >> TAG_FROM & 0xff;
	uint64_t mine = (f->hash >> 32) << 32 | (uint64_t)(f->place & 63) << 26 |
			(uint64_t)(f->direction & 3) << TIME_BITS |
			((uint64_t)(f->time_us / TICK_US) & TIME_MASK);

	for (uint64_t rest = alike(set->tags, tag); rest != 0; rest &= rest - 1) {
		uint64_t *frame = &set->frame[__builtin_ctzll(rest) / TAG_BITS];
		int same = (*frame ^ mine) >> 32 == 0 ? compare(frame, mine, f) : -1;

		if (same >= 0)
			return same;
	}
	put(set, mine, tag);
	return 0;
}
