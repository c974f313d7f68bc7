/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/history.h"

#include <stdlib.h>
#include <string.h>

#include "rrd/ledger_aps.h"
#include "usage/age.h"
#include "usage/median.h"

#define WHOLE 10000 /* parts of the time */

static uint64_t
part_seen(const struct history_seen *s)
{
	uint64_t seen = s->observed_s < s->possible_s ? s->observed_s : s->possible_s;

	return (uint64_t)((unsigned __int128)seen * WHOLE / s->possible_s);
}

int
history_thin(
    const struct history_seen *seen, size_t n, unsigned percent, struct forecast_past *past)
{
	uint64_t *parts = calloc(n + 1, sizeof(*parts)), middle;
	size_t k = 0;

	if (parts == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (past[i].known && seen[i].possible_s > 0)
			parts[k++] = part_seen(&seen[i]);
	middle = k > 0 ? median_u64(parts, k) : 0;
	free(parts);
	for (size_t i = 0; i < n; i++)
		if (seen[i].possible_s > 0 && part_seen(&seen[i]) * 100 < middle * percent)
			past[i].known = 0;
	return KK_OK;
}

static struct forecast_past
judge(const struct usage_row *r)
{
	struct forecast_past p = {.value = r->octets_down + r->octets_up + r->octets_undirected};

	p.known = r->spread == 0 && (r->imported > 0 || r->observed_s > 0);
	return p;
}

/* Rows come by name, then month. */
static int
take(struct histories *h, unsigned observed)
{
	const struct usage_table *t = h->table;
	struct history_seen *seen = calloc(t->n + 1, sizeof(*seen));
	int rc = seen != NULL ? KK_OK : KK_E_NOMEM;

	h->name = calloc(t->n + 1, sizeof(*h->name));
	h->octets = calloc(t->n + 1, sizeof(*h->octets));
	if (h->name == NULL || h->octets == NULL)
		rc = KK_E_NOMEM;
	for (size_t i = 0; rc == KK_OK && i < t->n; i++) {
		const struct usage_row *r = &t->rows[i];

		if (r->imported != 2)
			seen[i] = (struct history_seen){r->observed_s, r->possible_s};
		h->octets[i] = judge(r);
		if (i % h->months == 0)
			h->name[h->n++] = r->key;
		if ((i + 1) % h->months == 0)
			rc = history_thin(&seen[i + 1 - h->months], h->months, observed,
			    &h->octets[i + 1 - h->months]);
	}
	free(seen);
	return rc;
}

int
histories_read(struct db *db, enum usage_by by, kk_day to, int64_t now_s, unsigned observed,
    struct histories *out, struct diag *d)
{
	struct usage_query q = {.by = by, .to = to, .now_s = now_s};
	kk_day first;
	int rc = ledger_first_day(db, &first, d);

	*out = (struct histories){0};
	if (rc != KK_OK || first == 0 || first / 100 > to)
		return rc;
	q.from = first / 100;
	/* A model looks at no more. */
	if (age_months(q.from, to) >= SEASON_MONTHS_MAX)
		q.from = zone_month_add(to, 1 - SEASON_MONTHS_MAX);
	out->from = q.from;
	out->months = (size_t)age_months(q.from, to) + 1;
	rc = ledger_usage(db, &q, &out->table, d);
	if (rc == KK_OK)
		rc = take(out, observed);
	if (rc != KK_OK)
		histories_free(out);
	return rc;
}

void
histories_free(struct histories *h)
{
	usage_table_free(h->table);
	free(h->name);
	free(h->octets);
	*h = (struct histories){0};
}

void
history_busy(const struct busy_span *s, const struct busy_hours *h, enum busy_series which,
    kk_day from, size_t months, struct forecast_past *out)
{
	for (size_t k = 0; k < months; k++) {
		kk_day month = zone_month_add(from, (int)k);
		struct zone_day first, behind;
		struct busy_hour b;

		if (zone_day_bounds(month * 100 + 1, &first) != KK_OK ||
		    zone_day_bounds(zone_month_add(month, 1) * 100 + 1, &behind) != KK_OK)
			continue;
		b = busy_hours_find(s, h, which, first.from_s, behind.from_s);
		if (!b.known || b.days < HISTORY_DAYS_MIN)
			continue;
		if (!out[k].known || b.mean > out[k].value)
			out[k] = (struct forecast_past){b.mean, 1};
	}
}
