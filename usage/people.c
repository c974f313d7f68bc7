/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/people.h"

#include <stdlib.h>

#include "rrd/distinct.h"
#include "usage/report_index.h"

struct people {
	const struct usage_query *q;
	const struct report *r;
	const struct inventory *inventory;
	struct report_index *index;
	size_t periods;
	struct people_days *days; /* rows × periods, then the total's */
};

/* The period of a day, by index; `periods`: none. */
static size_t
period_of(const struct people *u, kk_day day)
{
	const struct report_row *any = &u->r->total;
	kk_day name = u->r->period == USAGE_DAYS     ? day
		      : u->r->period == USAGE_MONTHS ? day / 100
						     : day / 10000;

	for (size_t i = 0; i < any->n; i++)
		if (any->cells[i].period == name)
			return i;
	return u->periods;
}

static size_t
row_of(const struct people *u, const struct distinct_row *c)
{
	const struct device *dev;

	if (c->scope == DISTINCT_CITY)
		return u->q->by == USAGE_CITY && u->r->n > 0 ? 0 : u->r->n;
	if (c->scope == DISTINCT_DISTRICT)
		return report_index_find(u->index, c->district);
	dev = u->inventory ? inventory_by_num(u->inventory, c->device) : NULL;
	return dev != NULL ? report_index_find(u->index, dev->id) : SIZE_MAX;
}

static int
count(void *ctx, const struct distinct_row *c)
{
	struct people *u = ctx;
	size_t row = row_of(u, c), period = period_of(u, c->day);
	struct people_days *d;

	if (row > u->r->n || period == u->periods || c->clients < 0)
		return KK_OK;
	d = &u->days[row * u->periods + period];
	d->sum += (uint64_t)c->clients;
	d->days++;
	d->partial |= !c->whole;
	return KK_OK;
}

static int
read_scope(struct people *u, struct db *db, enum distinct_scope scope, struct diag *d)
{
	struct distinct_ask ask = {.scope = scope};
	int64_t from_s, to_s, unused;
	struct zone_day day = {0};

	if (report_period_bounds(u->r->period, u->r->from, &from_s, &unused) != KK_OK ||
	    report_period_bounds(u->r->period, u->r->to, &unused, &to_s) != KK_OK)
		return KK_E_RANGE;
	zone_day_of(from_s, &day);
	ask.from = day.day;
	zone_day_of(to_s - 1, &day);
	ask.to = day.day;
	return distinct_read(db, &ask, count, u, d);
}

/* Clients are not additive: only what was counted as one can be told, and no filter leaves a count.
 */
static int
read_all(struct people *u, struct db *db, struct diag *d)
{
	const struct usage_query *q = u->q;
	int rc;

	if (q->district || q->phase || q->site_type || q->site)
		return KK_OK;
	rc = read_scope(u, db, DISTINCT_CITY, d);
	if (rc == KK_OK && q->by == USAGE_DISTRICT)
		rc = read_scope(u, db, DISTINCT_DISTRICT, d);
	if (rc == KK_OK && q->by == USAGE_AP)
		rc = read_scope(u, db, DISTINCT_AP, d);
	return rc;
}

int
people_read(struct db *db, const struct usage_query *q, const struct report *r,
    const struct inventory *inv, struct people **out, struct diag *d)
{
	struct people *u = calloc(1, sizeof(*u));
	int rc;

	*out = NULL;
	if (u == NULL)
		return KK_E_NOMEM;
	*u = (struct people){.q = q, .r = r, .inventory = inv, .periods = r->total.n};
	u->index = report_index_new(r);
	u->days = calloc((r->n + 1) * u->periods + 1, sizeof(*u->days));
	rc = u->index && u->days ? read_all(u, db, d) : KK_E_NOMEM;
	if (rc == KK_OK)
		*out = u;
	else
		people_free(u);
	return rc;
}

struct people_days
people_of(const struct people *u, const struct report_row *row, size_t period)
{
	size_t at = row == &u->r->total ? u->r->n : (size_t)(row - u->r->rows);

	return u->days[at * u->periods + period];
}

void
people_free(struct people *u)
{
	if (u == NULL)
		return;
	report_index_free(u->index);
	free(u->days);
	free(u);
}
