/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/series_table.h"

#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define AREA_BIT (UINT64_C(1) << 63)

uint64_t
table_id(uint32_t num, unsigned source, int extra)
{
	return (uint64_t)num << 8 | (uint64_t)source << 1 | (extra ? 1 : 0);
}

uint64_t
table_area_id(const char *key)
{
	return AREA_BIT | text_hash(key, strlen(key));
}

/* Ids count up: spread them over table and turns (splitmix64's finisher). */
static uint64_t
spread(uint64_t id)
{
	id = (id ^ id >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	id = (id ^ id >> 27) * UINT64_C(0x94d049bb133111eb);
	return id ^ id >> 31;
}

static uint32_t
place_of(const struct series_table *t, uint64_t id)
{
	uint32_t i = (uint32_t)spread(id) & (t->hash_room - 1);

	while (t->hash[i] != 0 && t->at[t->hash[i] - 1].id != id)
		i = (i + 1) & (t->hash_room - 1);
	return i;
}

uint32_t
table_find(const struct series_table *t, uint64_t id)
{
	uint32_t i;

	if (t->hash_room == 0)
		return TABLE_END;
	i = t->hash[place_of(t, id)];
	return i == 0 ? TABLE_END : i - 1;
}

static int
grow(struct series_table *t)
{
	uint32_t room = t->room == 0 ? 256 : t->room * 2;
	struct file_series *at;
	uint32_t *hash;

	if (room > UINT32_C(1) << 28)
		return KK_E_NOMEM;
	at = realloc(t->at, room * sizeof(*at));
	if (at == NULL)
		return KK_E_NOMEM;
	t->at = at;
	hash = calloc((size_t)room * 2, sizeof(*hash));
	if (hash == NULL)
		return KK_E_NOMEM;
	free(t->hash);
	t->hash = hash;
	t->hash_room = room * 2;
	t->room = room;
	for (uint32_t i = 0; i < t->n; i++)
		t->hash[place_of(t, t->at[i].id)] = i + 1;
	return KK_OK;
}

uint32_t
table_get(struct series_table *t, uint64_t id, const char *area)
{
	uint32_t i = table_find(t, id), *turn;
	struct file_series *s;
	char *key = NULL;

	if (i != TABLE_END)
		return i;
	if (t->n == t->room && grow(t) != KK_OK)
		return TABLE_END;
	if (area != NULL && (key = strdup(area)) == NULL)
		return TABLE_END;
	s = &t->at[t->n];
	turn = &t->turn[(spread(id) >> 32) % TURN_S];
	*s =
	    (struct file_series){.id = id, .area = key, .next = *turn == 0 ? TABLE_END : *turn - 1};
	t->hash[place_of(t, id)] = ++t->n;
	*turn = t->n;
	return t->n - 1;
}

uint32_t
table_turn(const struct series_table *t, unsigned second)
{
	return t->turn[second] == 0 ? TABLE_END : t->turn[second] - 1;
}

void
table_free(struct series_table *t)
{
	for (uint32_t i = 0; i < t->n; i++) {
		rows_free(&t->at[i].rows);
		free(t->at[i].area);
	}
	free(t->at);
	free(t->hash);
	memset(t, 0, sizeof(*t));
}
