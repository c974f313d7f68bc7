/* SPDX-License-Identifier: GPL-3.0-or-later */
/* count_figures.c - what packets say at length: whose it is, and its sums, which only those access
 * points have that something was said of. */
#include <stdlib.h>
#include <string.h>

#include "probes/count_table.h"

#define OWN_MAX	      4096 /* names of one's own with figures; the figures of others are "unknown"'s */
#define FIGURES_FIRST 64

/* ---- sums ---- */

/* Place 0 is that of "unknown", and of those that found none. */
static uint32_t
new_place(struct figures_pool *p, uint32_t max)
{
	struct figures *bigger;

	if (p->used == max)
		return 0;
	if (p->used == p->room) {
		bigger = realloc(p->at, 2 * (size_t)p->room * sizeof(*bigger));
		if (bigger == NULL)
			return 0;
		p->at = bigger;
		p->room *= 2;
	}
	memset(&p->at[p->used], 0, sizeof(p->at[0]));
	return p->used++;
}

/* A cell of an access point keeps its place too, to be near. */
static struct figures *
figures_at(struct count *c, struct cell *cell)
{
	uint32_t *ap = cell->ap != COUNT_NONE ? &c->ap[cell->ap].figures : &cell->figures;

	if (cell->figures != 0)
		return &c->figures.at[cell->figures];
	if (*ap == 0 && cell != &c->cell[0])
		*ap = new_place(&c->figures, (uint32_t)map_aps(c->map) + OWN_MAX + 1);
	if (*ap == 0)
		c->figures.unknown = 1;
	cell->figures = *ap;
	return &c->figures.at[*ap];
}

static struct figures *
figures_of(void *ctx, uint64_t key)
{
	return figures_at(ctx, count_get(ctx, key));
}

static int
is_same(void *ctx, uint64_t a, uint64_t b)
{
	const struct count *c = ctx;
	const struct cell *x = count_find(c, a), *y = count_find(c, b);

	return a == b || (x != NULL && y != NULL && x->ap != COUNT_NONE && x->ap == y->ap);
}

const struct figures *
count_figures(const struct count *c, uint32_t place)
{
	return place != 0 ? &c->figures.at[place] : NULL;
}

const struct figures *
count_figures_unknown(const struct count *c)
{
	return c->figures.unknown ? &c->figures.at[0] : NULL;
}

void
count_figures_clear(struct count *c)
{
	if (c->watch == NULL)
		return;
	memset(&c->figures.at[0], 0, sizeof(c->figures.at[0]));
	c->figures.used = 1;
	c->figures.unknown = 0;
}

/* ---- names ---- */

static uint64_t
hash_name(const void *name, size_t len)
{
	const uint8_t *p = name;
	uint64_t hash = len;

	for (size_t i = 0; i < len; i++)
		hash = set_mix(hash + p[i]);
	return hash;
}

/* The place of a name in the table of the map's names: where it stands, or 0. */
static uint32_t *
name_place(const struct count *c, const void *name, size_t len)
{
	size_t at = hash_name(name, len) & c->names_mask;

	for (; c->names[at] != 0; at = (at + 1) & c->names_mask) {
		const char *id = map_ap(c->map, c->names[at] - 1);

		if (strlen(id) == len && memcmp(id, name, len) == 0)
			break;
	}
	return &c->names[at];
}

static int
index_names(struct count *c)
{
	size_t n = map_aps(c->map), room = 16;

	while (room < 2 * n)
		room *= 2;
	c->names = calloc(room, sizeof(*c->names));
	c->names_mask = room - 1;
	if (c->names == NULL)
		return 0;
	for (size_t i = 0; i < n; i++) {
		const char *id = map_ap(c->map, i);

		*name_place(c, id, strlen(id)) = (uint32_t)i + 1;
	}
	return 1;
}

/* ---- whom packets name ---- */

/* The map's access point that has a key; COUNT_NONE: none. */
static uint32_t
ap_by(const struct count *c, enum map_key kind, uint64_t value)
{
	const struct cell *cell = value != 0 ? count_find(c, count_key(kind, value)) : NULL;

	return cell != NULL ? cell->ap : COUNT_NONE;
}

/* Some say the BSSID, others the radio's base address, or that of the device. */
static uint32_t
ap_by_address(const struct count *c, uint64_t address, uint64_t mark)
{
	uint32_t ap = ap_by(c, MAP_BSSID, address);

	if (ap == COUNT_NONE)
		ap = ap_by(c, MAP_RADIO, address);
	return ap != COUNT_NONE ? ap : ap_by(c, MAP_MAC, mark);
}

static uint32_t
ap_by_name(const struct count *c, const struct detail_text *name)
{
	uint32_t at = name->len > 0 && !name->cut ? *name_place(c, name->octets, name->len) : 0;

	return at != 0 ? at - 1 : COUNT_NONE;
}

static uint32_t
ap_by_either(const struct count *c, const struct detail_ap *said)
{
	uint32_t ap = COUNT_NONE;

	if (said->flags & DETAIL_AP_BSSID)
		ap = ap_by_address(c, said->bssid, said->mark);
	if (ap == COUNT_NONE && (said->flags & DETAIL_AP_NAME))
		ap = ap_by_name(c, &said->name);
	return ap;
}

/* One key for all that an access point is called by, else a session seems to move between them.
 * What the map lacks has the name that its address makes; 0: it has none. */
static uint64_t
key_of(const struct count *c, uint32_t ap, const struct detail_ap *said)
{
	if (ap != COUNT_NONE)
		return c->cell[c->ap[ap].cells].key;
	return said->flags & DETAIL_AP_BSSID ? count_key(MAP_BSSID, said->bssid) : 0;
}

/* The address may be a switch's: then its port tells, or else the map's knowledge of where the
 * packet was seen. */
static uint64_t
relayed(const struct count *c, const struct cell *cell, const struct detail_ap *said)
{
	uint32_t ap = ap_by_either(c, said);

	if (ap == COUNT_NONE && (said->flags & DETAIL_AP_BSSID) && (said->flags & DETAIL_AP_VLAN))
		ap = ap_by(c, MAP_PORT, map_port(said->bssid, said->port));
	if (ap == COUNT_NONE && (said->flags & DETAIL_AP_BSSID))
		ap = cell->ap;
	return key_of(c, ap, said);
}

/* Who accounts may be one access point for several: its address counts only where nothing else is
 * said. */
static uint64_t
accounted(const struct count *c, const struct detail_radius *r)
{
	uint32_t ap = ap_by_either(c, &r->ap);

	if (ap == COUNT_NONE)
		ap = ap_by_address(c, r->nas_mac, r->nas_mark);
	if (ap == COUNT_NONE)
		ap = ap_by_name(c, &r->nas_name);
	if (ap == COUNT_NONE && (r->ap.flags & (DETAIL_AP_BSSID | DETAIL_AP_NAME)) == 0)
		ap = ap_by(c, MAP_TUNNEL, r->nas_end);
	return key_of(c, ap, &r->ap);
}

static uint64_t
named_by(
    const struct count *c, const struct cell *cell, const struct seen *s, const struct detail *d)
{
	switch (d->kind) {
	case DETAIL_MANAGEMENT:
		return s->kind == SEEN_REASSOCIATION_REQUEST && d->management.current_ap != 0
			   ? count_key(MAP_BSSID, d->management.current_ap)
			   : 0;
	case DETAIL_DHCP:
		return relayed(c, cell, &d->dhcp.relay);
	case DETAIL_RADIUS:
		return accounted(c, &d->radius);
	default:
		return 0;
	}
}

/* ---- packets and intervals ---- */

void
count_segment(struct count *c, struct cell *cell, enum seen_direction direction,
    const struct detail_tcp *t, int64_t now_us)
{
	watch_tcp(c->watch, t, direction, now_us, &figures_at(c, cell)->tcp);
}

void
count_said(struct count *c, struct cell *cell, enum seen_direction direction, const struct seen *s,
    const struct detail *d, int64_t now_us)
{
	const struct watch_sink sink = {c, figures_of, is_same};

	if (d->kind == DETAIL_TCP)
		count_segment(c, cell, direction, &d->tcp, now_us);
	else
		watch_take(c->watch, s, d, cell->key, named_by(c, cell, s, d), now_us, &sink);
}

static void
on_session(void *arg, uint64_t key)
{
	struct count *c = arg;
	struct cell *cell = count_find(c, key);

	if (cell == NULL)
		return;
	if (cell->ap != COUNT_NONE)
		c->ap[cell->ap].sessions++;
	else
		cell->sessions++;
}

void
count_figures_close(struct count *c, int64_t to_us)
{
	const struct watch_sink sink = {c, figures_of, is_same};

	if (c->watch == NULL)
		return;
	watch_tick(c->watch, to_us, &sink);
	watch_sessions(c->watch, on_session, c);
}

/* ---- beginning and end ---- */

int
count_figures_new(struct count *c)
{
	c->figures.room = FIGURES_FIRST;
	c->totals.looked = 1;
	c->figures.used = 1;
	c->figures.at = calloc(c->figures.room, sizeof(*c->figures.at));
	c->watch = watch_new();
	return c->figures.at != NULL && c->watch != NULL && index_names(c);
}

void
count_figures_free(struct count *c)
{
	watch_free(c->watch);
	free(c->figures.at);
	free(c->names);
}
