/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/count.h"

#include <stdlib.h>
#include <string.h>

#include "probes/count_table.h"

#define CLIENTS_MAX  196608
#define UNMAPPED_MAX 65536
#define TOTALS_MAX   (1 << 20)
#define INDEX_FIRST  1024

/* ---- cells ---- */

static uint64_t *
index_place(const struct count *c, uint64_t key)
{
	uint64_t hash = set_mix(key), *place;
	size_t at = (size_t)hash & c->index_mask;

	for (place = &c->index[at]; *place != 0; place = &c->index[at]) {
		if (*place >> 32 == hash >> 32 && c->cell[(uint32_t)*place - 1].key == key)
			return place;
		at = (at + 1) & c->index_mask;
	}
	return place;
}

static void
index_put(struct count *c, uint64_t key, size_t cell)
{
	*index_place(c, key) = (set_mix(key) >> 32) << 32 | (cell + 1);
}

void
count_index_all(struct count *c)
{
	for (size_t i = 0; i < c->cells; i++)
		index_put(c, c->cell[i].key, i);
}

/* Three quarters empty at least, and not much larger than that: it is touched at random. 0: no
 * memory. */
static int
index_room(struct count *c)
{
	size_t slots = c->index_mask + 1;
	uint64_t *bigger;

	if (c->cells * 4 < slots)
		return 1;
	if ((bigger = calloc(slots * 2, sizeof(*bigger))) == NULL)
		return 0;
	free(c->index);
	c->index = bigger;
	c->index_mask = slots * 2 - 1;
	count_index_all(c);
	return 1;
}

/* NULL: no room, or no memory. */
static struct cell *
cell_add(struct count *c, uint64_t key, uint32_t ap)
{
	struct cell *cell = &c->cell[c->cells];

	if (c->cells == c->cells_max || !index_room(c))
		return NULL;
	*cell = (struct cell){.key = key, .ap = ap, .next = COUNT_NONE};
	index_put(c, key, c->cells++);
	return cell;
}

struct cell *
count_get(struct count *c, uint64_t key)
{
	uint32_t at = (uint32_t)*index_place(c, key);
	struct cell *cell;

	if (at != 0)
		return &c->cell[at - 1];
	cell = cell_add(c, key, COUNT_NONE);
	return cell != NULL ? cell : &c->cell[0];
}

/* Where the network's side is. */
static void
add_side(struct count *c, const struct map_row *row)
{
	if (row->key == MAP_CONTROLLER) {
		c->has_controller |= set_add(&c->controllers, row->value) > 0;
		return;
	}
	set_add(&c->gateways, row->value);
	c->gateway = row->value;
}

static int
add_map(struct count *c)
{
	size_t n;
	const struct map_row *row = map_rows(c->map, &n);

	for (size_t i = 0; i < n; i++) {
		struct cell *cell;
		struct ap *ap = &c->ap[row[i].ap];

		if (!map_has_ap(row[i].key)) {
			add_side(c, &row[i]);
			continue;
		}
		cell = cell_add(c, count_key(row[i].key, row[i].value), row[i].ap);
		if (cell == NULL)
			return 0;
		cell->next = ap->cells;
		ap->cells = (uint32_t)(cell - c->cell);
		ap->counts_clients |= row[i].key != MAP_MAC && row[i].key != MAP_PORT;
		c->has_mac |= row[i].key == MAP_MAC;
		c->has_tunnel |= row[i].key == MAP_TUNNEL;
		c->has_radio |= row[i].key == MAP_RADIO;
	}
	c->mapped_cells = c->cells;
	return 1;
}

/* The first line of the cache that begins in there. */
static void *
align(void *p)
{
	return p != NULL ? (char *)p + (COUNT_LINE - (uintptr_t)p % COUNT_LINE) % COUNT_LINE : NULL;
}

static int
alloc_tables(struct count *c)
{
	size_t rows;

	map_rows(c->map, &rows);
	c->cells_max = rows + c->o.unmapped_max + 1;
	c->index_mask = INDEX_FIRST - 1;
	c->index = calloc(INDEX_FIRST, sizeof(*c->index));
	c->cell_memory = calloc(c->cells_max + 1, sizeof(*c->cell));
	c->cell = align(c->cell_memory);
	c->ap = calloc(map_aps(c->map) + 1, sizeof(*c->ap));
	c->last = calloc(COUNT_COPIES, sizeof(*c->last));
	return c->index != NULL && c->cell != NULL && c->ap != NULL && c->last != NULL &&
	       set_new(&c->gateways, rows + 1) && set_new(&c->controllers, rows + 1) &&
	       copies_new(&c->copies) && clients_new(&c->clients, c->o.clients_max) &&
	       ways_new(&c->ways) && set_new(&c->totals.bssids, TOTALS_MAX) &&
	       set_new(&c->totals.clients, TOTALS_MAX) && set_new(&c->totals.ssids, TOTALS_MAX);
}

struct count *
count_new(const struct count_options *o, const struct map *map, const struct count_sink *sink)
{
	struct count *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->o = *o;
	c->sink = *sink;
	c->map = map;
	if (c->o.clients_max == 0)
		c->o.clients_max = CLIENTS_MAX;
	if (c->o.unmapped_max == 0)
		c->o.unmapped_max = UNMAPPED_MAX;
	if (!alloc_tables(c)) {
		count_free(c);
		return NULL;
	}
	for (size_t i = 0; i < map_aps(map); i++)
		c->ap[i].cells = COUNT_NONE;
	if (cell_add(c, count_key(MAP_UNKNOWN, 0), COUNT_NONE) == NULL || !add_map(c) ||
	    (!o->octets_only && !count_figures_new(c))) {
		count_free(c);
		return NULL;
	}
	return c;
}

void
count_free(struct count *c)
{
	if (c == NULL)
		return;
	free(c->index);
	free(c->cell_memory);
	free(c->ap);
	free(c->last);
	count_figures_free(c);
	copies_free(&c->copies);
	set_free(&c->gateways);
	set_free(&c->controllers);
	clients_free(&c->clients);
	ways_free(&c->ways);
	beyond_free(&c->beyond);
	set_free(&c->totals.bssids);
	set_free(&c->totals.clients);
	set_free(&c->totals.ssids);
	free(c);
}

/* What one and the same access point was heard by, in both maps: a key that it did not have before
 * was never seen to pass here. */
static void
succeed_keys(struct count *c, struct ap *ap, const struct count *old, uint32_t from)
{
	const struct ap *was = &old->ap[from];

	for (uint32_t at = ap->cells; at != COUNT_NONE; at = c->cell[at].next) {
		const struct cell *cell = count_find(old, c->cell[at].key);

		if (cell == NULL || cell->ap != from)
			continue;
		ap->heard = was->heard;
		ap->opaque = was->opaque;
		if (cell->key >> 56 == MAP_BSSID)
			ap->air = was->air;
	}
	ap->accounted = was->accounted;
	ap->exchanges = was->exchanges;
}

void
count_succeed(struct count *c, struct count *old)
{
	struct watch *watch = c->watch;
	size_t from = 0, to = 0;

	c->turn_us = old->turn_us;
	c->watch = old->watch;
	old->watch = watch;
	/* Maps' ids are in order. */
	while (from < map_aps(old->map) && to < map_aps(c->map)) {
		int order = strcmp(map_ap(old->map, from), map_ap(c->map, to));

		if (order == 0)
			succeed_keys(c, &c->ap[to], old, (uint32_t)from);
		from += order <= 0;
		to += order >= 0;
	}
}
