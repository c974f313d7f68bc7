/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/set.h"

#include <stdlib.h>
#include <string.h>

int
set_new(struct set *s, size_t max)
{
	size_t slots = 16;

	while (slots < max + max / 3) /* three quarters full at the most */
		slots *= 2;
	*s = (struct set){.slot = calloc(slots, sizeof(uint64_t)), .mask = slots - 1, .max = max};
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

int
set_add(struct set *s, uint64_t v)
{
	size_t at = place(s, v);

	if (s->slot[at] == v)
		return 0;
	if (s->n == s->max) {
		s->full = 1;
		return -1;
	}
	s->slot[at] = v;
	s->n++;
	return 1;
}
