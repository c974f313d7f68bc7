/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/count_table.h"

#define US	     INT64_C(1000000)
#define CLIENTS_MAX  196608
#define UNMAPPED_MAX 65536
#define TOTALS_MAX   (1 << 20)
#define QUIET_MAX    1440 /* intervals without a packet that are told one by one */
#define INDEX_FIRST  1024
#define LINE_BSSIDS  64 /* that one access point's line names */

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

struct cell *
count_find(const struct count *c, uint64_t key)
{
	uint32_t at = (uint32_t)*index_place(c, key);

	return at != 0 ? &c->cell[at - 1] : NULL;
}

static void
index_all(struct count *c)
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
	index_all(c);
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

static int
add_map(struct count *c)
{
	size_t n;
	const struct map_row *row = map_rows(c->map, &n);

	for (size_t i = 0; i < n; i++) {
		struct cell *cell;
		struct ap *ap = &c->ap[row[i].ap];

		if (row[i].key == MAP_GATEWAY) {
			set_add(&c->gateways, row[i].value);
			c->has_gateway = 1;
			continue;
		}
		cell = cell_add(c, count_key(row[i].key, row[i].value), row[i].ap);
		if (cell == NULL)
			return 0;
		cell->next = ap->cells;
		ap->cells = (uint32_t)(cell - c->cell);
		ap->counts_clients |= row[i].key != MAP_MAC;
		c->has_mac |= row[i].key == MAP_MAC;
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
	       set_new(&c->gateways, rows + 1) && clients_new(&c->clients, c->o.clients_max) &&
	       set_new(&c->totals.bssids, TOTALS_MAX) && set_new(&c->totals.clients, TOTALS_MAX) &&
	       set_new(&c->totals.ssids, TOTALS_MAX);
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
	if (cell_add(c, count_key(MAP_UNKNOWN, 0), COUNT_NONE) == NULL || !add_map(c)) {
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
	set_free(&c->gateways);
	clients_free(&c->clients);
	set_free(&c->totals.bssids);
	set_free(&c->totals.clients);
	set_free(&c->totals.ssids);
	free(c);
}

/* ---- intervals ---- */

static void
tally_add(struct tally *sum, const struct tally *t)
{
	/* Every member is a uint64_t. */
	const uint64_t *from = (const uint64_t *)t;
	uint64_t *to = (uint64_t *)sum;

	_Static_assert(sizeof(*sum) % sizeof(uint64_t) == 0, "members are of one type");
	for (size_t i = 0; i < sizeof(*sum) / sizeof(uint64_t); i++)
		to[i] += from[i];
}

static const char *
cell_name(const struct cell *cell, char out[COUNT_NAME_MAX])
{
	uint64_t v = cell->key & ((UINT64_C(1) << 56) - 1);

	switch ((enum map_key)(cell->key >> 56)) {
	case MAP_BSSID:
		snprintf(out, COUNT_NAME_MAX, "bssid:%02x:%02x:%02x:%02x:%02x:%02x",
		    (unsigned)(v >> 40 & 255), (unsigned)(v >> 32 & 255), (unsigned)(v >> 24 & 255),
		    (unsigned)(v >> 16 & 255), (unsigned)(v >> 8 & 255), (unsigned)(v & 255));
		break;
	case MAP_VLAN:
		if (v >> COUNT_VLAN_BITS != 0)
			snprintf(out, COUNT_NAME_MAX, "vlan:%u.%u",
			    (unsigned)(v >> COUNT_VLAN_BITS & 4095), (unsigned)(v & 4095));
		else
			snprintf(out, COUNT_NAME_MAX, "vlan:%u", (unsigned)v);
		break;
	default:
		snprintf(out, COUNT_NAME_MAX, "unknown");
		break;
	}
	return out;
}

/* Clients are known only if every packet's direction was, and all had room. */
static int64_t
clients_known(const struct count *c, int64_t clients, const struct tally *t)
{
	return t->packets_undirected == 0 && !c->clients.full ? clients : -1;
}

static void
line_add(struct ap_line *line, struct bssid_line *bssid, struct cell *cell)
{
	tally_add(&line->t, &cell->t);
	if (cell->key >> 56 == MAP_BSSID && cell->seen && line->bssids < LINE_BSSIDS)
		bssid[line->bssids++] =
		    (struct bssid_line){cell->key & ((UINT64_C(1) << 48) - 1), &cell->t};
}

static void
tell_mapped(struct count *c, const struct interval *iv, size_t i)
{
	struct bssid_line bssid[LINE_BSSIDS];
	struct ap_line line = {.name = map_ap(c->map, i), .mapped = 1, .bssid = bssid};
	struct ap *ap = &c->ap[i];

	for (uint32_t at = ap->cells; at != COUNT_NONE; at = c->cell[at].next)
		line_add(&line, bssid, &c->cell[at]);
	ap->ever |= line.t.frames > 0;
	line.clients = ap->counts_clients ? clients_known(c, ap->clients, &line.t) : -1;
	line.busiest = line.clients >= 0 ? ap->busiest : -1;
	if (ap->ever)
		c->sink.ap(c->sink.ctx, iv, &line);
	for (uint32_t at = ap->cells; at != COUNT_NONE; at = c->cell[at].next) {
		memset(&c->cell[at].t, 0, sizeof(c->cell[at].t));
		c->cell[at].seen = 0;
	}
	ap->clients = 0;
	ap->busiest = 0;
}

static void
tell_unmapped(struct count *c, const struct interval *iv, struct cell *cell)
{
	struct bssid_line bssid[LINE_BSSIDS];
	char name[COUNT_NAME_MAX];
	struct ap_line line = {.name = cell_name(cell, name), .bssid = bssid};

	if (!cell->seen)
		return;
	line_add(&line, bssid, cell);
	line.clients = cell == &c->cell[0] ? -1 : clients_known(c, cell->clients, &line.t);
	line.busiest = line.clients >= 0 ? cell->busiest : -1;
	c->sink.ap(c->sink.ctx, iv, &line);
}

/* Names of one's own live for an interval, so that a bus through the city fills no table. */
static void
forget_unmapped(struct count *c)
{
	if (c->cells > c->mapped_cells) {
		memset(c->index, 0, (c->index_mask + 1) * sizeof(*c->index));
		c->cells = c->mapped_cells;
		index_all(c);
	}
	memset(&c->cell[0].t, 0, sizeof(c->cell[0].t));
	c->cell[0].seen = 0;
}

static void
find_busiest(struct count *c)
{
	if (c->clients.n == 0)
		return;
	for (size_t i = 0; i <= c->clients.mask; i++) {
		const struct client_row *row = &c->clients.row[i];
		int64_t octets = (int64_t)row->octets, *most;
		uint32_t owner = c->clients.owner[i];

		if (row->pair == 0)
			continue;
		most = owner & COUNT_OWN ? &c->cell[owner & ~COUNT_OWN].busiest
					 : &c->ap[owner].busiest;
		if (octets > *most)
			*most = octets;
	}
}

static void
close_interval(struct count *c, int64_t to_us)
{
	struct interval iv = {c->from_us, to_us, c->lossy};

	find_busiest(c);
	for (size_t i = 0; i < map_aps(c->map); i++)
		tell_mapped(c, &iv, i);
	tell_unmapped(c, &iv, &c->cell[0]);
	for (size_t i = c->mapped_cells; i < c->cells; i++)
		tell_unmapped(c, &iv, &c->cell[i]);
	c->sink.end(c->sink.ctx, &iv);
	forget_unmapped(c);
	clients_clear(&c->clients);
	c->lossy = 0;
}

static void
open_interval(struct count *c, int64_t from_us)
{
	int64_t step = (int64_t)c->o.interval_s * US;

	c->from_us = from_us;
	c->end_us = from_us - from_us % step + step;
}

void
count_start(struct count *c, int64_t now_us)
{
	if (c->end_us == 0 && now_us > 0)
		open_interval(c, now_us);
}

void
count_advance(struct count *c, int64_t now_us)
{
	int64_t step = (int64_t)c->o.interval_s * US;

	while (c->end_us != 0 && now_us >= c->end_us) {
		int64_t end = c->end_us;

		close_interval(c, end);
		/* After a long silence of a file it is not known whether anybody listened. */
		if (now_us - end > step * QUIET_MAX)
			end = now_us - now_us % step;
		open_interval(c, end);
	}
}

void
count_finish(struct count *c, int64_t now_us)
{
	if (c->end_us == 0)
		return;
	count_advance(c, now_us);
	if (now_us <= c->newest_us)
		now_us = c->newest_us + 1;
	if (now_us > c->from_us)
		close_interval(c, now_us < c->end_us ? now_us : c->end_us);
	c->end_us = 0;
}

void
count_lost(struct count *c)
{
	c->lossy = 1;
}

int64_t
count_due(const struct count *c)
{
	return c->end_us;
}

const struct totals *
count_totals(const struct count *c)
{
	return &c->totals;
}
