/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/set.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 256

static int
is_crowded(size_t n, size_t slots)
{
	return n >= slots - slots / 4;
}

int
set_new(struct set *s, size_t max)
{
	*s = (struct set){
	    .slot = calloc(SLOTS_FIRST, sizeof(uint64_t)), .mask = SLOTS_FIRST - 1, .max = max};
	return s->slot != NULL;
}

void
set_free(struct set *s)
{
	free(s->slot);
	*s = (struct set){0};
}

void
set_clear(struct set *s)
{
	if (s->n > 0)
		memset(s->slot, 0, (s->mask + 1) * sizeof(uint64_t));
	s->n = 0;
	s->full = 0;
}

/* Where a number is, or would be. */
static size_t
place(const struct set *s, uint64_t v)
{
	size_t at = (size_t)set_mix(v) & s->mask;

	while (s->slot[at] != 0 && s->slot[at] != v)
		at = (at + 1) & s->mask;
	return at;
}

int
set_has(const struct set *s, uint64_t v)
{
	return s->slot[place(s, v)] == v;
}

static int
grow(struct set *s)
{
	size_t slots = s->mask + 1;
	struct set bigger = {.slot = calloc(slots * 2, sizeof(uint64_t)),
	    .mask = slots * 2 - 1,
	    .n = s->n,
	    .max = s->max};

	if (bigger.slot == NULL)
		return 0;
	for (size_t i = 0; i < slots; i++)
		if (s->slot[i] != 0)
			bigger.slot[place(&bigger, s->slot[i])] = s->slot[i];
	free(s->slot);
	*s = bigger;
	return 1;
}

int
set_add(struct set *s, uint64_t v)
{
	size_t at = place(s, v);

	if (s->slot[at] == v)
		return 0;
	if (s->n == s->max || (is_crowded(s->n, s->mask + 1) && !grow(s))) {
		s->full = 1;
		return -1;
	}
	s->slot[place(s, v)] = v;
	s->n++;
	return 1;
}
