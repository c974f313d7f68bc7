/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TENTHS_MAX INT64_C(100000000000000000)

static const char *const by_names[] = {
    "city", "district", "phase", "site", "ap", "type", "installed", "place"};

const char *
report_by_name(enum usage_by by)
{
	return by_names[by];
}

int
report_by_name_of(const char *name)
{
	for (size_t i = 0; i < sizeof(by_names) / sizeof(by_names[0]); i++)
		if (strcmp(name, by_names[i]) == 0)
			return (int)i;
	return -1;
}

/* 1000 × part / whole, rounded half up; 128 bits, as 1000 × 10¹⁷ octets does not fit 64. */
static int64_t
per_mille(uint64_t part, uint64_t whole, unsigned months)
{
	unsigned __int128 divisor = (unsigned __int128)whole * months;
	unsigned __int128 q = ((unsigned __int128)part * 2000 + divisor) / (divisor * 2);

	return q > (unsigned __int128)TENTHS_MAX ? TENTHS_MAX : (int64_t)q;
}

struct figure
report_growth(uint64_t now, uint64_t before, unsigned months)
{
	if (before == 0 || months == 0)
		return (struct figure){0, 0};
	if (now >= before)
		return (struct figure){1, per_mille(now - before, before, months)};
	return (struct figure){1, -per_mille(before - now, before, months)};
}

const char *
report_figure(struct figure f, char out[32])
{
	int64_t t = f.tenths < 0 ? -f.tenths : f.tenths;

	if (!f.known)
		out[0] = '\0';
	else
		snprintf(out, 32, "%s%lld.%lld", f.tenths < 0 ? "-" : "", (long long)(t / 10),
		    (long long)(t % 10));
	return out;
}

const char *
report_octets(uint64_t octets, char out[32])
{
	static const struct {
		uint64_t one;
		const char *name;
	} units[] = {
	    {UINT64_C(1000000000000), "TB"}, {1000000000, "GB"}, {1000000, "MB"}, {1000, "kB"}};

	/* The smallest sum that shows as 0.1 TB is shown in TB: a column of districts stays in one
	 * unit. */
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t tenth = units[i].one / 10;
		uint64_t tenths = octets / tenth + (octets % tenth >= tenth / 2);

		if (tenths == 0 || (i > 0 && octets < units[i].one))
			continue;
		snprintf(out, 32, "%llu.%llu %s", (unsigned long long)(tenths / 10),
		    (unsigned long long)(tenths % 10), units[i].name);
		return out;
	}
	snprintf(out, 32, "%llu B", (unsigned long long)octets);
	return out;
}

static unsigned
months_between(kk_day from, kk_day to)
{
	return (unsigned)((to / 100 - from / 100) * 12 + to % 100 - from % 100);
}

static void
set_marks(struct report_month *m, const struct usage_row *r)
{
	if (r->imported == 2)
		m->marks |= REPORT_IMPORTED;
	else if (r->imported == 1)
		m->marks |= REPORT_PART_IMPORTED;
	if (m->known && m->coverage.known && m->coverage.tenths < REPORT_WHOLE_TENTHS)
		m->marks |= REPORT_PARTIAL;
	if (r->restarts > 0)
		m->marks |= REPORT_RESTARTS;
	if (r->unsure > 0)
		m->marks |= REPORT_UNSURE;
	if (r->octets_lump > 0)
		m->marks |= REPORT_LUMP;
}

static void
judge(struct report_month *m, const struct usage_row *r)
{
	m->month = r->period;
	m->octets_down = r->octets_down;
	m->octets_up = r->octets_up;
	m->octets = r->octets_down + r->octets_up + r->octets_undirected;
	m->octets_lump = r->octets_lump;
	m->restarts = r->restarts;
	m->unsure = r->unsure;
	m->known = r->imported || r->observed_s > 0 || m->octets > 0 || r->restarts > 0;
	if (r->possible_s > 0 && r->imported != 2) {
		uint64_t seen = r->observed_s < r->possible_s ? r->observed_s : r->possible_s;

		m->coverage = (struct figure){1, per_mille(seen, r->possible_s, 1)};
		/* 100.0 % is said of a month that was observed whole, never by rounding up. */
		if (seen < r->possible_s && m->coverage.tenths == 1000)
			m->coverage.tenths = 999;
	}
	set_marks(m, r);
}

/* Growth within one key: against the month before, and per month since the first one with octets.
 */
static void
compare(struct report_row *row)
{
	const struct report_month *first = NULL;

	for (size_t i = 0; i < row->n; i++) {
		struct report_month *m = &row->months[i];

		if (!m->known)
			continue;
		if (i > 0 && row->months[i - 1].known)
			m->growth = report_growth(m->octets, row->months[i - 1].octets, 1);
		if (first != NULL)
			m->growth_mean = report_growth(
			    m->octets, first->octets, months_between(first->month, m->month));
		else if (m->octets > 0)
			first = m;
	}
}

int
report_make(
    const struct usage_table *t, kk_day from, kk_day to, enum usage_by by, struct report **out)
{
	struct report *r = calloc(1, sizeof(*r));
	struct report_month *months = calloc(t->n + 1, sizeof(*months));

	*out = NULL;
	if (r != NULL)
		r->rows = calloc(t->n + 1, sizeof(*r->rows));
	if (r == NULL || months == NULL || r->rows == NULL) {
		free(months);
		free(r ? r->rows : NULL);
		free(r);
		return KK_E_NOMEM;
	}
	r->from = from;
	r->to = to;
	r->by = by;
	r->rows[0].months = months; /* all months in one block, freed through the first row */
	for (size_t i = 0; i < t->n; i++) {
		if (i == 0 || strcmp(t->rows[i].key, t->rows[i - 1].key) != 0) {
			r->rows[r->n].key = t->rows[i].key;
			r->rows[r->n++].months = &months[i];
		}
		judge(&months[i], &t->rows[i]);
		r->rows[r->n - 1].n++;
	}
	for (size_t i = 0; i < r->n; i++)
		compare(&r->rows[i]);
	*out = r;
	return KK_OK;
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	free(r->rows[0].months);
	free(r->rows);
	free(r);
}
