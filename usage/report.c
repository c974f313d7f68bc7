/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const by_names[] = {
    "city", "district", "phase", "site", "ap", "type", "installed", "place"};
static const char *const period_names[] = {"month", "day", "year"};

static int
index_of(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return (int)i;
	return -1;
}

const char *
report_by_name(enum usage_by by)
{
	return by_names[by];
}

int
report_by_name_of(const char *name)
{
	return index_of(by_names, sizeof(by_names) / sizeof(by_names[0]), name);
}

const char *
report_period_name(enum usage_period period)
{
	return period_names[period];
}

int
report_period_name_of(const char *name)
{
	return index_of(period_names, sizeof(period_names) / sizeof(period_names[0]), name);
}

const char *
report_period_text(kk_day p, char out[16])
{
	if (p < 10000)
		snprintf(out, 16, "%04d", (int)p);
	else if (p < 1000000)
		snprintf(out, 16, "%04d-%02d", (int)(p / 100), (int)(p % 100));
	else
		snprintf(out, 16, "%04d-%02d-%02d", (int)(p / 10000), (int)(p / 100 % 100),
		    (int)(p % 100));
	return out;
}

const char *
report_range_text(const struct report *r, char out[40])
{
	char from[16], to[16];

	if (r->from == r->to)
		snprintf(out, 40, "%s", report_period_text(r->from, from));
	else
		snprintf(out, 40, "%s – %s", report_period_text(r->from, from),
		    report_period_text(r->to, to));
	return out;
}

kk_day
report_year_before(enum usage_period period, kk_day p)
{
	if (period == USAGE_DAYS)
		return 0;
	return period == USAGE_MONTHS ? p - 100 : p - 1;
}

/* The first day of a period. */
static kk_day
first_day(enum usage_period period, kk_day p)
{
	return period == USAGE_DAYS ? p : period == USAGE_MONTHS ? p * 100 + 1 : p * 10000 + 101;
}

static kk_day
period_after(enum usage_period period, kk_day p)
{
	return period == USAGE_DAYS	? zone_day_add(p, 1)
	       : period == USAGE_MONTHS ? zone_month_add(p, 1)
					: p + 1;
}

int
report_period_bounds(enum usage_period period, kk_day p, int64_t *from_s, int64_t *to_s)
{
	struct zone_day first, after;

	if (zone_day_bounds(first_day(period, p), &first) != KK_OK ||
	    zone_day_bounds(first_day(period, period_after(period, p)), &after) != KK_OK)
		return KK_E_RANGE;
	*from_s = first.from_s;
	*to_s = after.from_s;
	return KK_OK;
}

static unsigned
marks_of(const struct report_cell *c, const struct usage_row *r)
{
	unsigned marks = 0;

	if (!c->known)
		return 0;
	if (r->imported)
		marks |= r->imported == 2 ? MARK_IMPORTED : MARK_PART_IMPORTED;
	if (r->spread)
		marks |= MARK_SPREAD;
	if (c->coverage.known && c->coverage.tenths < REPORT_WHOLE_TENTHS)
		marks |= MARK_PARTIAL;
	if (r->restarts > 0)
		marks |= MARK_RESTARTS;
	if (r->unsure > 0)
		marks |= MARK_UNSURE;
	if (r->octets_lump > 0)
		marks |= MARK_LUMP;
	if (c->after != 0)
		marks |= MARK_LATE;
	return marks;
}

static struct figure
coverage_of(const struct usage_row *r)
{
	uint64_t seen = r->observed_s < r->possible_s ? r->observed_s : r->possible_s;
	struct figure f;

	if (r->possible_s == 0 || r->imported == 2)
		return (struct figure){0, 0};
	f = figure_share(seen, r->possible_s);
	/* 100.0 % is said of a period that was observed whole, never by rounding up. */
	if (seen < r->possible_s && f.tenths == 1000)
		f.tenths = 999;
	return f;
}

static void
judge(struct report_cell *c, const struct usage_row *r, const struct usage_query *q)
{
	int64_t from_s, to_s;

	c->period = r->period;
	c->octets_down = r->octets_down;
	c->octets_up = r->octets_up;
	c->octets_undirected = r->octets_undirected;
	c->octets = r->octets_down + r->octets_up + r->octets_undirected;
	c->octets_lump = r->octets_lump;
	c->restarts = r->restarts;
	c->unsure = r->unsure;
	c->aps = r->aps;
	c->after = r->after_down + r->after_up + r->after_undirected;
	c->known = r->imported || r->observed_s > 0 || c->octets > 0 || r->restarts > 0;
	c->coverage = coverage_of(r);
	c->marks = marks_of(c, r);
	if (c->known && q->now_s > 0 &&
	    report_period_bounds(q->period, r->period, &from_s, &to_s) == KK_OK && q->now_s < to_s)
		c->marks |= MARK_RUNNING;
}

/* ---- growth ---- */

static size_t
periods_between(enum usage_period period, kk_day from, kk_day to)
{
	struct zone_day a, b;

	if (period == USAGE_YEARS)
		return (size_t)(to - from);
	if (period == USAGE_MONTHS)
		return (size_t)((to / 100 - from / 100) * 12 + to % 100 - from % 100);
	if (zone_day_bounds(from, &a) != KK_OK || zone_day_bounds(to, &b) != KK_OK)
		return 0;
	/* Noon to noon: days of 23 and 25 hours. */
	return (size_t)((b.from_s - a.from_s + 43200) / 86400);
}

static void
against(
    const struct report_cell *now, const struct report_cell *before, struct figure *f, int *doubt)
{
	if (!now->known || !before->known)
		return;
	*f = figure_growth(now->octets, before->octets, 1);
	*doubt = before->marks != 0;
}

/* Growth within one key. `back`: how many periods a year before is; 0: none. */
static void
compare(struct report_row *row, const struct usage_query *q, size_t back)
{
	const struct report_cell *first = NULL;

	for (size_t i = 0; i < row->n; i++) {
		struct report_cell *c = &row->cells[i];

		if (i > 0)
			against(c, &c[-1], &c->growth, &c->growth_doubt);
		if (back > 0 && i >= back)
			against(c, c - back, &c->growth_year, &c->growth_year_doubt);
		if (!c->known || c->period < q->from)
			continue;
		if (first != NULL) {
			c->growth_mean = figure_growth(c->octets, first->octets,
			    (unsigned)periods_between(q->period, first->period, c->period));
			c->growth_mean_doubt = first->marks != 0;
		} else if (c->octets > 0)
			first = c;
	}
}

/* Drops the periods that were only compared with. */
static void
cut(struct report_row *row, kk_day from)
{
	while (row->n > 0 && row->cells[0].period < from) {
		row->cells++;
		row->n--;
	}
	for (size_t i = 0; i < row->n; i++) {
		row->octets += row->cells[i].octets;
		row->known |= row->cells[i].known;
	}
}

/* ---- the total ---- */

static int
both(int a, int b, int any_a)
{
	if (!any_a)
		return b;
	return a == 2 && b == 2 ? 2 : a || b ? 1 : 0;
}

static void
add(struct usage_row *sum, const struct usage_row *r)
{
	int any = sum->imported || sum->observed_s || sum->octets_down || sum->octets_up ||
		  sum->octets_undirected;

	/* A key of which nothing is known says nothing about how the others were measured. */
	if (r->imported || r->observed_s || r->octets_down || r->octets_up ||
	    r->octets_undirected) {
		sum->imported = both(sum->imported, r->imported, any);
		sum->spread = both(sum->spread, r->spread, any);
	}
	sum->period = r->period;
	sum->octets_down += r->octets_down;
	sum->octets_up += r->octets_up;
	sum->octets_undirected += r->octets_undirected;
	sum->octets_lump += r->octets_lump;
	sum->observed_s += r->observed_s;
	sum->possible_s += r->possible_s;
	sum->restarts += r->restarts;
	sum->unsure += r->unsure;
	sum->after_down += r->after_down;
	sum->after_up += r->after_up;
	sum->after_undirected += r->after_undirected;
}

/* Sums over the keys, of which each has the same periods. */
static int
make_total(
    struct report *r, const struct usage_table *t, const struct usage_query *q, size_t per_key)
{
	struct usage_row *sums = calloc(per_key + 1, sizeof(*sums));

	if (sums == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < t->n; i++)
		add(&sums[i % per_key], &t->rows[i]);
	for (size_t i = 0; i < per_key; i++)
		judge(&r->total.cells[i], &sums[i], q);
	free(sums);
	return KK_OK;
}

static void
set_shares(struct report *r)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->rows[i].n && k < r->total.n; k++)
			if (r->rows[i].cells[k].known)
				r->rows[i].cells[k].share = figure_share(
				    r->rows[i].cells[k].octets, r->total.cells[k].octets);
}

/* ---- all ---- */

/* How many periods each key has: the table has none that lacks one. */
static size_t
count_periods(const struct usage_table *t)
{
	size_t n = 0;

	while (n < t->n && strcmp(t->rows[n].key, t->rows[0].key) == 0)
		n++;
	return n;
}

static struct report *
new_report(const struct usage_table *t, const struct usage_query *q, size_t per_key)
{
	struct report *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->from = q->from;
	r->to = q->to;
	r->by = q->by;
	r->source = q->source;
	r->period = q->period;
	r->cells = calloc(t->n + per_key + 1, sizeof(*r->cells));
	r->rows = calloc((per_key ? t->n / per_key : 0) + 1, sizeof(*r->rows));
	if (r->cells == NULL || r->rows == NULL) {
		report_free(r);
		return NULL;
	}
	r->total = (struct report_row){.key = "", .cells = r->cells + t->n, .n = per_key};
	return r;
}

int
report_make(const struct usage_table *t, const struct usage_query *q, struct report **out)
{
	size_t per_key = count_periods(t);
	size_t back = q->period == USAGE_MONTHS ? 12 : q->period == USAGE_YEARS ? 1 : 0;
	struct report *r = new_report(t, q, per_key);

	*out = NULL;
	if (r == NULL || (per_key > 0 && make_total(r, t, q, per_key) != KK_OK)) {
		report_free(r);
		return KK_E_NOMEM;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (i % per_key == 0)
			r->rows[r->n++] = (struct report_row){
			    .key = t->rows[i].key, .cells = &r->cells[i], .n = per_key};
		judge(&r->cells[i], &t->rows[i], q);
	}
	for (size_t i = 0; i < r->n; i++) {
		compare(&r->rows[i], q, back);
		cut(&r->rows[i], q->from);
	}
	compare(&r->total, q, back);
	cut(&r->total, q->from);
	set_shares(r);
	*out = r;
	return KK_OK;
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	free(r->cells);
	free(r->rows);
	usage_table_free(r->table);
	free(r);
}

/* The most first; what is not known last; equals by key, so that two runs agree. */
static int
by_octets(const void *pa, const void *pb)
{
	const struct report_row *a = pa, *b = pb;

	if (a->known != b->known)
		return b->known - a->known;
	if (a->octets != b->octets)
		return a->octets < b->octets ? 1 : -1;
	return strcmp(a->key, b->key);
}

static int
by_octets_up(const void *pa, const void *pb)
{
	const struct report_row *a = pa, *b = pb;

	if (a->known != b->known)
		return b->known - a->known;
	return by_octets(pb, pa);
}

void
report_rank(struct report *r, size_t n, int bottom)
{
	r->ranked = bottom ? 2 : 1;
	qsort(r->rows, r->n, sizeof(*r->rows), bottom ? by_octets_up : by_octets);
	while (bottom && r->n > 0 && !r->rows[r->n - 1].known)
		r->n--;
	if (r->n > n)
		r->n = n;
}
