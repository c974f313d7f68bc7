/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/beyond.h"

#include <stdlib.h>
#include <string.h>

#include "lib/sketch.h"

#define BITS  10
#define FIRST 16
#define MOST  4096 /* access points: 4 MB */

static struct sketch
sketch_at(const struct beyond *b, uint32_t place)
{
	return (struct sketch){BITS, b->reg + (place - 1) * sketch_octets(BITS)};
}

static uint32_t
new_place(struct beyond *b)
{
	uint32_t room = b->room > 0 ? 2 * b->room : FIRST;
	uint8_t *bigger;

	if (b->used == MOST)
		return BEYOND_NOWHERE;
	if (b->used == b->room) {
		if ((bigger = realloc(b->reg, room * sketch_octets(BITS))) == NULL)
			return BEYOND_NOWHERE;
		b->reg = bigger;
		b->room = room;
	}
	memset(b->reg + b->used * sketch_octets(BITS), 0, sketch_octets(BITS));
	return ++b->used;
}

void
beyond_add(struct beyond *b, uint32_t *place, uint64_t pair)
{
	struct sketch s;

	if (*place == 0)
		*place = new_place(b);
	if (*place == BEYOND_NOWHERE)
		return;
	s = sketch_at(b, *place);
	sketch_add(&s, pair);
}

int64_t
beyond_count(const struct beyond *b, uint32_t place)
{
	struct sketch s;

	if (place == 0 || place == BEYOND_NOWHERE)
		return place == 0 ? 0 : -1;
	s = sketch_at(b, place);
	return (int64_t)sketch_estimate(&s);
}

void
beyond_clear(struct beyond *b)
{
	b->used = 0;
}

void
beyond_free(struct beyond *b)
{
	free(b->reg);
	*b = (struct beyond){0};
}
