/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/area.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rrd/archive/schema.h"

#define MINUTE_CS 6000

/* What an area has seen of one device; the index is the device's number. */
struct member {
	int64_t time_cs; /* newest answered sample; 0: none */
	uint64_t down, up;
	uint32_t clients, rtt_us;
	uint64_t known; /* of SCHEMA_MAIN */
	uint32_t source;
};

struct sum {
	char key[ROSTER_KEY];
	uint64_t down, up;
};

/* Sums of one minute's end, made from fresh members. */
struct fresh {
	int64_t clients, rtt_us;
	uint32_t members, with_clients, with_rtt;
};

struct areas {
	int64_t heartbeat_cs;
	area_point_cb each;
	void *ctx;
	const struct roster *roster;
	uint32_t *sum_of; /* roster's area -> index of sum[] */
	struct sum *sum;
	struct fresh *fresh; /* beside sum[] */
	size_t n_sums;
	struct member *member;
	uint32_t n_members;
	int64_t minute_cs; /* end of the running minute; 0: not begun */
	int64_t newest_cs;
	int64_t blind_cs; /* nobody was looking after this, until lately: what a member brings from
			     before it is unknown to a graph */
};

struct areas *
areas_new(unsigned heartbeat_s, area_point_cb each, void *ctx)
{
	struct areas *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->heartbeat_cs = (int64_t)heartbeat_s * 100;
	a->each = each;
	a->ctx = ctx;
	return a;
}

void
areas_free(struct areas *a)
{
	if (a == NULL)
		return;
	free(a->sum_of);
	free(a->sum);
	free(a->fresh);
	free(a->member);
	free(a);
}

static int
sum_cmp(const void *a, const void *b)
{
	return strcmp(((const struct sum *)a)->key, ((const struct sum *)b)->key);
}

/* Room for `n` sums; what is there stays. */
static int
room_for_sums(struct areas *a, size_t n)
{
	struct sum *sum = realloc(a->sum, (n + 1) * sizeof(*sum));
	struct fresh *fresh;

	if (sum == NULL)
		return KK_E_NOMEM;
	a->sum = sum;
	fresh = realloc(a->fresh, (n + 1) * sizeof(*fresh));
	if (fresh == NULL)
		return KK_E_NOMEM;
	a->fresh = fresh;
	return KK_OK;
}

static int
room_for_members(struct areas *a, uint32_t n)
{
	struct member *m;

	if (n <= a->n_members)
		return KK_OK;
	m = realloc(a->member, n * sizeof(*m));
	if (m == NULL)
		return KK_E_NOMEM;
	memset(m + a->n_members, 0, (n - a->n_members) * sizeof(*m));
	a->member = m;
	a->n_members = n;
	return KK_OK;
}

int
areas_roster(struct areas *a, const struct roster *r)
{
	size_t n = roster_areas(r), had = a->n_sums, devices;
	const struct roster_entry *all = roster_all(r, &devices);
	uint32_t *sum_of = malloc((n + 1) * sizeof(*sum_of));
	struct sum want, *found;

	if (sum_of == NULL || room_for_sums(a, had + n) != KK_OK ||
	    room_for_members(a, devices > 0 ? all[devices - 1].num + 1 : 0) != KK_OK) {
		free(sum_of);
		return KK_E_NOMEM;
	}
	/* Areas that are known keep their sums; those that nobody belongs to any more wait. */
	qsort(a->sum, had, sizeof(*a->sum), sum_cmp);
	for (size_t i = 0; i < n; i++) {
		memset(&want, 0, sizeof(want));
		snprintf(want.key, sizeof(want.key), "%s", roster_area(r, i));
		found = had == 0 ? NULL : bsearch(&want, a->sum, had, sizeof(want), sum_cmp);
		if (found == NULL) {
			found = &a->sum[a->n_sums++];
			*found = want;
		}
		sum_of[i] = (uint32_t)(found - a->sum);
	}
	free(a->sum_of);
	a->sum_of = sum_of;
	a->roster = r;
	return KK_OK;
}

static void
gather(struct areas *a, int64_t end_cs)
{
	size_t devices;
	const struct roster_entry *all = roster_all(a->roster, &devices);

	memset(a->fresh, 0, a->n_sums * sizeof(*a->fresh));
	for (size_t i = 0; i < devices; i++) {
		const struct member *m = &a->member[all[i].num];

		if (m->time_cs == 0 || end_cs - m->time_cs > a->heartbeat_cs ||
		    m->source != all[i].account)
			continue;
		for (int k = 0; k < ROSTER_AREAS; k++) {
			struct fresh *f;

			if (all[i].area[k] == ROSTER_NONE)
				continue;
			f = &a->fresh[a->sum_of[all[i].area[k]]];
			f->members++;
			f->clients += m->clients;
			f->with_clients += m->known >> METRIC_CLIENTS & 1;
			f->rtt_us += m->rtt_us;
			f->with_rtt += m->known >> METRIC_RTT & 1;
		}
	}
}

/* Give the points of a minute that has ended. An area all of whose members are silent gives none:
 * a gap, not a zero. */
static void
close_minute(struct areas *a)
{
	size_t n = roster_areas(a->roster);

	gather(a, a->minute_cs);
	for (size_t i = 0; i < n; i++) {
		const struct sum *s = &a->sum[a->sum_of[i]];
		const struct fresh *f = &a->fresh[a->sum_of[i]];
		struct area_point p = {.key = s->key, .time_cs = a->minute_cs};

		if (f->members == 0)
			continue;
		p.known = SCHEMA_BIT(OCTETS_DOWN) | SCHEMA_BIT(OCTETS_UP);
		p.value[METRIC_OCTETS_DOWN] = (int64_t)s->down;
		p.value[METRIC_OCTETS_UP] = (int64_t)s->up;
		if (f->with_clients > 0) {
			p.known |= SCHEMA_BIT(CLIENTS);
			p.value[METRIC_CLIENTS] = f->clients;
		}
		if (f->with_rtt > 0) {
			p.known |= SCHEMA_BIT(RTT);
			p.value[METRIC_RTT] = f->rtt_us / f->with_rtt;
		}
		a->each(a->ctx, &p);
	}
}

/* The areas' clock goes with the samples; it never goes back. */
static void
clock_to(struct areas *a, int64_t time_cs)
{
	if (a->newest_cs != 0 && time_cs - a->newest_cs > a->heartbeat_cs)
		a->blind_cs = a->newest_cs;
	if (a->minute_cs != 0 && time_cs >= a->minute_cs)
		close_minute(a);
	if (time_cs >= a->minute_cs)
		a->minute_cs = time_cs / MINUTE_CS * MINUTE_CS + MINUTE_CS;
	if (time_cs > a->newest_cs)
		a->newest_cs = time_cs;
}

static void
add(struct areas *a, const struct roster_entry *e, uint64_t down, uint64_t up)
{
	for (int k = 0; k < ROSTER_AREAS; k++) {
		struct sum *s;

		if (e->area[k] == ROSTER_NONE)
			continue;
		s = &a->sum[a->sum_of[e->area[k]]];
		s->down += down;
		s->up += up;
	}
}

void
areas_take(struct areas *a, const struct roster_entry *e, const struct sample *s)
{
	const uint64_t both = SCHEMA_BIT(OCTETS_DOWN) | SCHEMA_BIT(OCTETS_UP);
	struct member *m;

	if (a->roster == NULL || e->num >= a->n_members || s->source != e->account)
		return;
	m = &a->member[e->num];
	if (s->time_cs <= m->time_cs)
		return;
	clock_to(a, s->time_cs);
	if (s->flags & SAMPLE_SILENT)
		return;
	if ((s->known & both) == both) {
		uint64_t down = (uint64_t)s->value[METRIC_OCTETS_DOWN];
		uint64_t up = (uint64_t)s->value[METRIC_OCTETS_UP];

		if ((m->known & both) == both && m->source == s->source &&
		    m->time_cs > a->blind_cs && down >= m->down && up >= m->up)
			add(a, e, down - m->down, up - m->up);
		m->down = down;
		m->up = up;
	}
	m->time_cs = s->time_cs;
	m->source = s->source;
	m->known = (m->known & both) | (s->known & SCHEMA_MAIN);
	m->clients = sample_has(s, METRIC_CLIENTS) ? (uint32_t)s->value[METRIC_CLIENTS] : 0;
	m->rtt_us = sample_has(s, METRIC_RTT) ? (uint32_t)s->value[METRIC_RTT] : 0;
}

/* The state: counts and times, sums, members; of this machine's byte order, as it is never moved
 * alone. */
struct saved {
	uint64_t sums, members;
	int64_t minute_cs, newest_cs, blind_cs;
};

uint8_t *
areas_save(const struct areas *a, size_t *len)
{
	struct saved s = {a->n_sums, a->n_members, a->minute_cs, a->newest_cs, a->blind_cs};
	size_t sums = a->n_sums * sizeof(*a->sum), members = a->n_members * sizeof(*a->member);
	uint8_t *p = malloc(sizeof(s) + sums + members);

	if (p == NULL)
		return NULL;
	*len = sizeof(s) + sums + members;
	memcpy(p, &s, sizeof(s));
	if (sums > 0)
		memcpy(p + sizeof(s), a->sum, sums);
	if (members > 0)
		memcpy(p + sizeof(s) + sums, a->member, members);
	return p;
}

int
areas_load(struct areas *a, const uint8_t *p, size_t len)
{
	struct saved s;

	if (len < sizeof(s))
		return KK_E_CORRUPT;
	memcpy(&s, p, sizeof(s));
	if (s.sums > UINT32_MAX || s.members > UINT32_MAX ||
	    len != sizeof(s) + s.sums * sizeof(*a->sum) + s.members * sizeof(*a->member))
		return KK_E_CORRUPT;
	if (room_for_sums(a, s.sums) != KK_OK || room_for_members(a, (uint32_t)s.members) != KK_OK)
		return KK_E_NOMEM;
	p += sizeof(s);
	if (s.sums > 0)
		memcpy(a->sum, p, s.sums * sizeof(*a->sum));
	for (size_t i = 0; i < s.sums; i++)
		a->sum[i].key[ROSTER_KEY - 1] = '\0';
	if (s.members > 0)
		memcpy(a->member, p + s.sums * sizeof(*a->sum), s.members * sizeof(*a->member));
	a->n_sums = s.sums;
	a->minute_cs = s.minute_cs;
	a->newest_cs = s.newest_cs;
	a->blind_cs = s.blind_cs;
	return KK_OK;
}
