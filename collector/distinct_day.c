/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/distinct_day.h"

#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define PARTS_FIRST   64
#define DISTRICTS_MAX 256
#define PROBES_MAX    64   /* told apart; the 65th counts as the 64th */
#define COVER_CS      6000 /* a minute may be missing at either end of a day */
#define NOWHERE	      UINT32_MAX

/* What is counted together. */
struct part {
	uint8_t scope; /* enum distinct_scope */
	uint8_t dirty; /* changed since it was kept */
	uint8_t partial;
	uint32_t device;
	uint32_t district; /* index; NOWHERE */
	int64_t from_cs, to_cs;
	uint64_t probes; /* a bit for each */
	struct sketch s;
	uint8_t reg[];
};

struct distinct_day {
	struct daykey_facts key;
	struct part **part;
	size_t parts, room;
	uint32_t *index; /* part + 1 by device, open addressing; twice `room` places */
	char *district[DISTRICTS_MAX];
	struct part *of_district[DISTRICTS_MAX];
	uint32_t districts;
	struct part *city;
	uint64_t probe[PROBES_MAX]; /* hashes of names */
	unsigned probes;
	int closing; /* all are dirty, once */
	size_t at, next;
};

struct distinct_day *
distinct_day_new(const struct daykey_facts *key)
{
	struct distinct_day *day = calloc(1, sizeof(*day));

	if (day == NULL)
		return NULL;
	day->key = *key;
	day->room = PARTS_FIRST;
	day->part = calloc(day->room, sizeof(*day->part));
	day->index = calloc(2 * day->room, sizeof(*day->index));
	if (day->part == NULL || day->index == NULL) {
		distinct_day_free(day);
		return NULL;
	}
	return day;
}

void
distinct_day_free(struct distinct_day *day)
{
	if (day == NULL)
		return;
	for (size_t i = 0; day->part != NULL && i < day->parts; i++) {
		explicit_bzero(day->part[i]->reg, sketch_octets(day->part[i]->s.bits));
		free(day->part[i]);
	}
	for (uint32_t i = 0; i < day->districts; i++)
		free(day->district[i]);
	free(day->part);
	free(day->index);
	free(day);
}

const struct daykey_facts *
distinct_day_key(const struct distinct_day *day)
{
	return &day->key;
}

/* ---- parts ---- */

/* The place of an access point's part, or an empty one. */
static uint32_t *
index_place(const struct distinct_day *day, uint32_t device)
{
	size_t mask = 2 * day->room - 1;
	size_t at = (size_t)(device * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;

	while (day->index[at] != 0 && day->part[day->index[at] - 1]->device != device)
		at = (at + 1) & mask;
	return &day->index[at];
}

static int
grow(struct distinct_day *day)
{
	struct part **part = realloc(day->part, 2 * day->room * sizeof(struct part *));
	uint32_t *index;

	if (part == NULL)
		return 0;
	day->part = part;
	if ((index = calloc(4 * day->room, sizeof(*index))) == NULL)
		return 0;
	free(day->index);
	day->index = index;
	day->room *= 2;
	for (size_t i = 0; i < day->parts; i++)
		if (day->part[i]->scope == DISTINCT_AP)
			*index_place(day, day->part[i]->device) = (uint32_t)i + 1;
	return 1;
}

static struct part *
add_part(struct distinct_day *day, enum distinct_scope scope, uint32_t device)
{
	unsigned bits = scope == DISTINCT_CITY ? DAYKEY_ALL_BITS : DAYKEY_AP_BITS;
	struct part *p;

	if (day->parts == day->room && !grow(day))
		return NULL;
	if ((p = calloc(1, sizeof(*p) + sketch_octets(bits))) == NULL)
		return NULL;
	p->scope = (uint8_t)scope;
	p->device = device;
	p->district = NOWHERE;
	p->from_cs = INT64_MAX;
	p->to_cs = INT64_MIN;
	p->s = (struct sketch){bits, p->reg};
	day->part[day->parts++] = p;
	if (scope == DISTINCT_AP)
		*index_place(day, device) = (uint32_t)day->parts;
	return p;
}

static struct part *
ap_part(struct distinct_day *day, uint32_t device)
{
	uint32_t at = *index_place(day, device);

	return at != 0 ? day->part[at - 1] : add_part(day, DISTINCT_AP, device);
}

/* NOWHERE: no room. */
static uint32_t
district_number(struct distinct_day *day, const char *name)
{
	uint32_t i = 0;

	while (i < day->districts && strcmp(day->district[i], name) != 0)
		i++;
	if (i < day->districts)
		return i;
	if (i == DISTRICTS_MAX || (day->district[i] = strdup(name)) == NULL)
		return NOWHERE;
	if ((day->of_district[i] = add_part(day, DISTINCT_DISTRICT, 0)) == NULL) {
		free(day->district[i]);
		return NOWHERE;
	}
	day->of_district[i]->district = i;
	day->districts++;
	return i;
}

static uint64_t
probe_bit(struct distinct_day *day, const char *name)
{
	uint64_t hash = text_hash(name, strlen(name));
	unsigned i = 0;

	while (i < day->probes && day->probe[i] != hash)
		i++;
	if (i == PROBES_MAX)
		i = PROBES_MAX - 1;
	else if (i == day->probes)
		day->probe[day->probes++] = hash;
	return UINT64_C(1) << i;
}

static void
add_to(struct part *p, const struct sketches_head *head, uint64_t probe, const struct sketch *s)
{
	sketch_merge(&p->s, s);
	if (head->from_cs < p->from_cs)
		p->from_cs = head->from_cs;
	if (head->to_cs > p->to_cs)
		p->to_cs = head->to_cs;
	p->partial |= head->partial != 0;
	p->probes |= probe;
	p->dirty = 1;
}

int
distinct_day_merge(struct distinct_day *day, const struct sketches_head *head, uint32_t device,
    const char *district, const struct sketch *s)
{
	uint64_t probe = probe_bit(day, head->probe);
	uint32_t in = NOWHERE;
	struct part *p;

	if (device == 0) {
		if (day->city == NULL && (day->city = add_part(day, DISTINCT_CITY, 0)) == NULL)
			return 0;
		add_to(day->city, head, probe, s);
		return 1;
	}
	if (*district != '\0' && (in = district_number(day, district)) == NOWHERE)
		return 0;
	if ((p = ap_part(day, device)) == NULL)
		return 0;
	add_to(p, head, probe, s);
	p->district = in;
	if (in != NOWHERE)
		add_to(day->of_district[in], head, probe, s);
	return 1;
}

/* ---- counts ---- */

/* Somebody looked at an access point all day, under one key. */
static int
is_covered(const struct distinct_day *day, const struct part *p)
{
	return day->key.whole && !p->partial && p->from_cs <= day->key.from_s * 100 + COVER_CS &&
	       p->to_cs >= day->key.to_s * 100 - COVER_CS;
}

/* A district, or the city, is whole if each of its access points is. */
static int
is_whole(const struct distinct_day *day, const struct part *p)
{
	if (p->scope == DISTINCT_AP)
		return is_covered(day, p);
	for (size_t i = 0; i < day->parts; i++) {
		const struct part *ap = day->part[i];

		if (ap->scope == DISTINCT_AP &&
		    (p->scope == DISTINCT_CITY || ap->district == p->district) &&
		    !is_covered(day, ap))
			return 0;
	}
	return is_covered(day, p);
}

static void
row_of(const struct distinct_day *day, const struct part *p, int over, struct distinct_row *r)
{
	*r = (struct distinct_row){.day = day->key.day,
	    .scope = p->scope,
	    .whole = over && is_whole(day, p),
	    .error_permille = (uint16_t)sketch_error_permille(p->s.bits),
	    .device = p->device,
	    .clients = (int64_t)sketch_estimate(&p->s),
	    .probes = (uint32_t)__builtin_popcountll(p->probes)};
	if (p->scope == DISTINCT_DISTRICT)
		text_copy(r->district, sizeof(r->district), day->district[p->district]);
}

size_t
distinct_day_rows(struct distinct_day *day, int over, struct distinct_row *row, size_t most)
{
	size_t n = 0;

	if (over && !day->closing) {
		day->closing = 1;
		day->at = 0;
		for (size_t i = 0; i < day->parts; i++)
			day->part[i]->dirty = 1;
	}
	for (day->next = day->at; day->next < day->parts && n < most; day->next++)
		if (day->part[day->next]->dirty)
			row_of(day, day->part[day->next], over, &row[n++]);
	return n;
}

void
distinct_day_kept(struct distinct_day *day)
{
	for (; day->at < day->next; day->at++)
		day->part[day->at]->dirty = 0;
}

void
distinct_day_again(struct distinct_day *day)
{
	day->at = day->next = 0;
}
