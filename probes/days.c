/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/days.h"

#include <stdlib.h>
#include <string.h>

#define CHANGED 1 /* since it was said */
#define HEARD	2 /* somebody listened there */

struct day_sketches {
	struct sketches_head head;
	const struct map *map;
	size_t aps;
	uint8_t *reg;  /* of access point after access point */
	uint8_t *flag; /* CHANGED, HEARD */
	uint8_t all[1 << DAYKEY_ALL_BITS];
	int all_changed;
	int with_all;	 /* the message holds the sketch of all together */
	size_t at, next; /* the message is of [at, next) */
};

static int
alloc(struct day_sketches *s, const struct map *map)
{
	size_t aps = map_aps(map);
	uint8_t *reg = calloc(aps + 1, sketch_octets(DAYKEY_AP_BITS));
	uint8_t *flag = calloc(aps + 1, 1);

	if (reg == NULL || flag == NULL) {
		free(reg);
		free(flag);
		return 0;
	}
	s->reg = reg;
	s->flag = flag;
	s->aps = aps;
	s->map = map;
	return 1;
}

static struct sketch
sketch_of(const struct day_sketches *s, size_t ap)
{
	return (struct sketch){DAYKEY_AP_BITS, s->reg + ap * sketch_octets(DAYKEY_AP_BITS)};
}

static void
wipe(struct day_sketches *s)
{
	if (s->reg != NULL)
		explicit_bzero(s->reg, s->aps * sketch_octets(DAYKEY_AP_BITS));
	free(s->reg);
	free(s->flag);
}

struct day_sketches *
days_new(const struct sketches_head *head, const struct map *map)
{
	struct day_sketches *s = calloc(1, sizeof(*s));

	if (s == NULL || !alloc(s, map)) {
		free(s);
		return NULL;
	}
	s->head = *head;
	return s;
}

void
days_free(struct day_sketches *s)
{
	if (s == NULL)
		return;
	wipe(s);
	explicit_bzero(s->all, sizeof(s->all));
	free(s);
}

const struct sketches_head *
days_head(const struct day_sketches *s)
{
	return &s->head;
}

void
days_add(struct day_sketches *s, uint32_t ap, uint64_t client)
{
	struct sketch one = sketch_of(s, ap), all = {DAYKEY_ALL_BITS, s->all};

	if (sketch_add(&one, client))
		s->flag[ap] |= CHANGED;
	s->all_changed |= sketch_add(&all, client);
}

void
days_heard(struct day_sketches *s, uint32_t ap)
{
	if (s->flag[ap] == 0)
		s->flag[ap] = CHANGED;
	s->flag[ap] |= HEARD;
}

void
days_until(struct day_sketches *s, int64_t to_cs, int partial)
{
	if (to_cs > s->head.to_cs)
		s->head.to_cs = to_cs;
	s->head.partial |= partial;
}

void
days_all(struct day_sketches *s)
{
	for (size_t i = 0; i < s->aps; i++)
		s->flag[i] |= s->flag[i] != 0 ? CHANGED : 0;
	s->all_changed = 1;
	s->at = 0;
}

/* Maps' ids are in order. */
int
days_map(struct day_sketches *s, const struct map *map)
{
	struct day_sketches old = *s;
	const size_t octets = sketch_octets(DAYKEY_AP_BITS);

	if (!alloc(s, map))
		return 0;
	for (size_t from = 0, to = 0; from < old.aps && to < s->aps;) {
		int order = strcmp(map_ap(old.map, from), map_ap(map, to));

		if (order == 0) {
			memcpy(s->reg + to * octets, old.reg + from * octets, octets);
			s->flag[to] = old.flag[from];
		}
		from += order <= 0;
		to += order >= 0;
	}
	s->at = s->next = 0;
	wipe(&old);
	explicit_bzero(old.all, sizeof(old.all));
	return 1;
}

size_t
days_message(struct day_sketches *s, uint8_t out[BATCH_OCTETS_MAX])
{
	const struct sketch all = {DAYKEY_ALL_BITS, s->all};
	struct sketches_writer w;
	size_t empty;

	s->with_all = 0;
	s->next = s->at;
	if (sketches_begin(&w, out, BATCH_OCTETS_MAX, &s->head) != KK_OK)
		return 0; /* nothing was counted yet */
	empty = w.len;
	if (s->all_changed)
		s->with_all = sketches_add(&w, "", &all) == KK_OK;
	for (; s->next < s->aps; s->next++) {
		const struct sketch one = sketch_of(s, s->next);

		if ((s->flag[s->next] & CHANGED) != 0 &&
		    sketches_add(&w, map_ap(s->map, s->next), &one) == KK_E_FULL)
			break;
	}
	if (w.len > empty)
		return w.len;
	s->at = s->next = 0;
	return 0;
}

void
days_said(struct day_sketches *s)
{
	for (; s->at < s->next; s->at++)
		s->flag[s->at] &= (uint8_t)~CHANGED;
	if (s->with_all)
		s->all_changed = 0;
}
