/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Octets per access point and km², and in won. */
#include "usage/land.h"
#include "usage/report_sheet.h"
#include "usage/shows.h"

#define GB UINT64_C(1000000000)
#define TB UINT64_C(1000000000000)

/* a × b / c, rounded half up. */
static uint64_t
scaled(uint64_t a, uint64_t b, uint64_t c)
{
	unsigned __int128 q = ((unsigned __int128)a * b * 2 + c) / ((unsigned __int128)c * 2);

	return q > UINT64_MAX ? UINT64_MAX : (uint64_t)q;
}

/* All periods of all keys, then those of the total. */
static void
each(struct sheet *s, const struct report *r,
    void (*put)(struct sheet *, const struct report *, const struct report_row *,
	const struct report_cell *, const void *),
    const void *ctx)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->rows[i].n; k++)
			put(s, r, &r->rows[i], &r->rows[i].cells[k], ctx);
	sheet_totals(s);
	for (size_t k = 0; k < r->total.n && r->by != USAGE_CITY && r->n > 0; k++)
		put(s, r, &r->total, &r->total.cells[k], ctx);
}

static int
finish(struct sheet *s, struct sheet **out)
{
	int rc = sheet_error(s);

	*out = s;
	if (rc != KK_OK) {
		sheet_free(s);
		*out = NULL;
	}
	return rc;
}

/* ---- density ---- */

struct ground {
	const struct land *land;
	const struct usage_query *q;
};

/* The area of a key; 0: unknown, as that of phases, types and sites is, and of what other filters
 * leave. */
static uint64_t
area_of(const struct ground *g, const struct report *r, const struct report_row *row)
{
	int whole = row == &r->total || r->by == USAGE_CITY;

	if (g->q->phase != NULL || g->q->site_type != NULL || g->q->site != NULL)
		return 0;
	if (r->by != USAGE_CITY && r->by != USAGE_DISTRICT)
		return 0;
	if (whole)
		return g->q->district ? land_of(g->land, g->q->district) : land_whole(g->land);
	return land_of(g->land, row->key);
}

static void
put_density(struct sheet *s, const struct report *r, const struct report_row *row,
    const struct report_cell *c, const void *ctx)
{
	uint64_t km2 = area_of(ctx, r, row);

	report_key_cells(s, r, row, c->period);
	report_number(s, c, c->octets, c->marks);
	report_percent(s, c->coverage, 0, 0);
	if (c->aps > 0) {
		sheet_number(s, c->aps);
		report_number(s, c, c->octets / c->aps, c->marks);
	} else {
		sheet_unknown(s);
		sheet_unknown(s);
	}
	if (km2 > 0) {
		sheet_number(s, km2);
		report_number(s, c, scaled(c->octets, 100, km2), c->marks);
	} else {
		sheet_unknown(s);
		sheet_unknown(s);
	}
}

int
shows_density(const struct conf *c, const struct usage_query *q, const struct report *r,
    struct sheet **out, struct diag *d)
{
	struct ground g = {.q = q};
	struct land *l;
	struct sheet *s;
	int rc = land_read(c->usage.areas, &l, d);

	*out = NULL;
	if (rc != KK_OK)
		return rc;
	s = sheet_new("density", TEXT_DENSITY_TITLE);
	report_key_columns(s, r);
	sheet_column(s, "octets", TEXT_TOTAL, SHEET_OCTETS);
	sheet_column(s, "coverage_percent", TEXT_COVERAGE, SHEET_PERCENT);
	sheet_column(s, "aps", TEXT_APS, SHEET_COUNT);
	sheet_column(s, "octets_per_ap", TEXT_PER_AP, SHEET_OCTETS);
	sheet_column(s, "km2", TEXT_KM2, SHEET_KM2 | SHEET_DETAIL);
	sheet_column(s, "octets_per_km2", TEXT_PER_KM2, SHEET_OCTETS | SHEET_DETAIL);
	g.land = l;
	each(s, r, put_density, &g);
	sheet_note(s, TEXT_NOTE_DENSITY);
	land_free(l);
	return finish(s, out);
}

/* ---- cost ---- */

/* What the period cost; 0: not known. */
static int
cost_of(const struct conf *c, const struct report *r, const struct report_cell *cell, uint64_t *won)
{
	uint64_t months = r->period == USAGE_YEARS ? 12 : 1;

	if (c->usage.cost_per_tb == 0 && c->usage.cost_per_ap == 0)
		return 0;
	/* What an access point costs in a month says nothing of a day; of a total nobody knows how
	 * many there were. */
	if (c->usage.cost_per_ap > 0 && (r->period == USAGE_DAYS || cell->aps == 0))
		return 0;
	*won = scaled(cell->octets, c->usage.cost_per_tb, TB) +
	       (uint64_t)cell->aps * c->usage.cost_per_ap * months;
	return 1;
}

static void
put_cost(struct sheet *s, const struct report *r, const struct report_row *row,
    const struct report_cell *cell, const void *ctx)
{
	const struct conf *c = ctx;
	uint64_t won;

	report_key_cells(s, r, row, cell->period);
	report_number(s, cell, cell->octets, cell->marks);
	report_percent(s, cell->coverage, 0, 0);
	report_number(s, cell, scaled(cell->octets, c->usage.won_per_gb, GB), cell->marks);
	if (!cell->known || !cost_of(c, r, cell, &won)) {
		sheet_unknown(s);
		sheet_unknown(s);
		return;
	}
	report_number(s, cell, won, cell->marks);
	if (cell->octets > 0)
		report_number(s, cell, scaled(won, TB, cell->octets), cell->marks);
	else
		sheet_unknown(s);
}

int
shows_cost(const struct conf *c, const struct report *r, struct sheet **out)
{
	struct sheet *s = sheet_new("cost", TEXT_COST_TITLE);

	report_key_columns(s, r);
	sheet_column(s, "octets", TEXT_TOTAL, SHEET_OCTETS);
	sheet_column(s, "coverage_percent", TEXT_COVERAGE, SHEET_PERCENT);
	sheet_column(s, "saved_won", TEXT_SAVED, SHEET_WON);
	sheet_column(s, "cost_won", TEXT_COST, SHEET_WON | SHEET_DETAIL);
	sheet_column(s, "won_per_tb", TEXT_PER_TB, SHEET_WON | SHEET_DETAIL);
	each(s, r, put_cost, c);
	sheet_note(s, TEXT_NOTE_COST);
	return finish(s, out);
}
