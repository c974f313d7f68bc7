/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/ap_months.h"

#include <stdlib.h>
#include <string.h>

#include "rrd/ledger_usage.h"
#include "usage/age.h"

#define AT_ONCE 12 /* months that are read together: the ledger's rows are larger than ours */

/* Access points by id. */
struct by_id {
	const char *id;
	size_t index;
};

static int
compare_ids(const void *a, const void *b)
{
	return strcmp(((const struct by_id *)a)->id, ((const struct by_id *)b)->id);
}

static struct by_id *
order(const struct ledger_aps *aps)
{
	struct by_id *ids = calloc(aps->n + 1, sizeof(*ids));

	for (size_t i = 0; ids != NULL && i < aps->n; i++)
		ids[i] = (struct by_id){aps->at[i].id, i};
	if (ids != NULL)
		qsort(ids, aps->n, sizeof(*ids), compare_ids);
	return ids;
}

static uint32_t
seconds(uint64_t s)
{
	return s < UINT32_MAX ? (uint32_t)s : UINT32_MAX;
}

static void
take(struct ap_month *a, const struct usage_row *r)
{
	a->octets = r->octets_down + r->octets_up + r->octets_undirected;
	a->observed_s = seconds(r->observed_s);
	a->possible_s = seconds(r->possible_s);
	a->known = r->imported > 0 || r->observed_s > 0 || a->octets > 0;
	a->imported = (uint8_t)r->imported;
	a->spread = r->spread > 0;
}

/* Rows come by id, then month. */
static void
take_all(struct ap_months *m, const struct by_id *ids, const struct usage_table *t)
{
	const struct by_id *at = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct usage_row *r = &t->rows[i];
		struct by_id wanted = {r->key, 0};

		if (at == NULL || strcmp(at->id, r->key) != 0)
			at = bsearch(&wanted, ids, m->aps->n, sizeof(*ids), compare_ids);
		if (at != NULL)
			take(&m->at[at->index * m->n + (size_t)age_months(m->from, r->period)], r);
	}
}

static int
read_months(struct db *db, struct ap_months *m, int64_t now_s, struct diag *d)
{
	struct by_id *ids = order(m->aps);
	int rc = ids != NULL ? KK_OK : KK_E_NOMEM;

	for (size_t k = 0; rc == KK_OK && k < m->n; k += AT_ONCE) {
		size_t last = k + AT_ONCE < m->n ? k + AT_ONCE : m->n;
		struct usage_query q = {.by = USAGE_AP,
		    .from = zone_month_add(m->from, (int)k),
		    .to = zone_month_add(m->from, (int)last - 1),
		    .now_s = now_s};
		struct usage_table *t = NULL;

		rc = ledger_usage(db, &q, &t, d);
		if (rc == KK_OK)
			take_all(m, ids, t);
		usage_table_free(t);
	}
	free(ids);
	return rc;
}

int
ap_months_read(struct db *db, kk_day to, int64_t now_s, struct ap_months **out, struct diag *d)
{
	struct ap_months *m = calloc(1, sizeof(*m));
	struct ledger_span nothing = {0};
	kk_day first = 0;
	int months, rc = m != NULL ? ledger_aps(db, &nothing, &m->aps, d) : KK_E_NOMEM;

	*out = NULL;
	if (rc == KK_OK)
		rc = ledger_first_day(db, &first, d);
	if (rc != KK_OK)
		goto fail;
	m->from = first / 100;
	months = first != 0 ? age_months(m->from, to) + 1 : 0;
	m->n = months > 0 ? (size_t)months : 0;
	m->at = calloc(m->aps->n * m->n + 1, sizeof(*m->at));
	rc = m->at != NULL ? read_months(db, m, now_s, d) : KK_E_NOMEM;
	if (rc != KK_OK)
		goto fail;
	*out = m;
	return KK_OK;
fail:
	ap_months_free(m);
	return rc;
}

void
ap_months_free(struct ap_months *m)
{
	if (m == NULL)
		return;
	ledger_aps_free(m->aps);
	free(m->at);
	free(m);
}

int
ap_month_whole(const struct ap_month *a, uint64_t month_s, unsigned percent)
{
	if (!a->known || a->spread)
		return 0;
	if (a->imported == 2)
		return 1;
	/* An hour less is a clock that was set, not a month in which it was put up. */
	if (a->imported == 0 && a->possible_s + UINT64_C(3600) < month_s)
		return 0;
	return (uint64_t)a->observed_s * 100 >= (uint64_t)a->possible_s * percent;
}
