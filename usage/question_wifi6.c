/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What share of clients could use WiFi 6, by what they say of themselves when they associate. */
#include <stdlib.h>
#include <string.h>

#include "rrd/probe_days.h"
#include "usage/figure.h"
#include "usage/question_in.h"

#define MONTHS 12 /* whole ones that are told */

/* The generations, oldest first; those from the fourth on can use WiFi 6. */
static const struct {
	enum probe_day_count count;
	const char *key;
	enum text_id heading;
} generations[] = {{PROBE_DAY_WIFI3_CLIENTS, "wifi3", TEXT_ASK_WIFI3},
    {PROBE_DAY_WIFI4_CLIENTS, "wifi4", TEXT_ASK_WIFI4},
    {PROBE_DAY_WIFI5_CLIENTS, "wifi5", TEXT_ASK_WIFI5},
    {PROBE_DAY_WIFI6_CLIENTS, "wifi6", TEXT_ASK_WIFI6},
    {PROBE_DAY_WIFI6E_CLIENTS, "wifi6e", TEXT_ASK_WIFI6E},
    {PROBE_DAY_WIFI7_CLIENTS, "wifi7", TEXT_ASK_WIFI7}};
#define GENERATIONS (sizeof(generations) / sizeof(generations[0]))
#define ABLE	    3

struct wifi6 {
	const struct question *q;
	struct sheet *s;
	const char **district; /* of access points in service, in order */
	char *seen;	       /* 1: a probe counted there */
	size_t n;
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The districts that there are, to tell those without a probe. */
static int
list_districts(struct wifi6 *w, const struct ledger_aps *aps)
{
	size_t n = 0;

	w->district = calloc(aps->n + 1, sizeof(*w->district));
	w->seen = calloc(aps->n + 1, 1);
	if (w->district == NULL || w->seen == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < aps->n; i++)
		if (aps->at[i].retired_s == INT64_MAX && aps->at[i].district[0] != '\0' &&
		    question_wants(w->q, aps->at[i].district))
			w->district[n++] = aps->at[i].district;
	qsort(w->district, n, sizeof(*w->district), by_text);
	for (size_t i = 0; i < n; i++)
		if (w->n == 0 || strcmp(w->district[i], w->district[w->n - 1]) != 0)
			w->district[w->n++] = w->district[i];
	return KK_OK;
}

static void
share_cell(struct sheet *s, uint64_t able, uint64_t all)
{
	struct figure f = figure_share(able, all);

	if (f.known)
		sheet_percent(s, f.tenths);
	else
		sheet_unknown(s);
}

/* Everything behind the name of a row. */
static void
sum_cells(struct sheet *s, const struct probe_days_sum *sum)
{
	uint64_t all = 0, able = 0;

	for (size_t i = 0; i < GENERATIONS; i++) {
		all += sum->n[generations[i].count];
		able += i >= ABLE ? sum->n[generations[i].count] : 0;
	}
	sheet_number(s, (uint64_t)sum->month);
	sheet_number(s, sum->aps);
	sheet_number(s, all);
	share_cell(s, able, all);
	for (size_t i = 0; i < GENERATIONS; i++)
		if (sum->known >> generations[i].count & 1)
			sheet_number(s, sum->n[generations[i].count]);
		else
			sheet_unknown(s);
}

/* Whether any generation was counted: another probe may count logins only. */
static int
is_counted(const struct probe_days_sum *sum)
{
	unsigned known = 0;

	for (size_t i = 0; i < GENERATIONS; i++)
		known |= sum->known >> generations[i].count & 1;
	return known != 0;
}

static int
take_city(void *ctx, const struct probe_days_sum *sum)
{
	struct wifi6 *w = ctx;

	if (is_counted(sum)) {
		sheet_word(w->s, "city", TEXT_CITY);
		sum_cells(w->s, sum);
	}
	return KK_OK;
}

static int
take_district(void *ctx, const struct probe_days_sum *sum)
{
	struct wifi6 *w = ctx;
	const char **at = bsearch(&sum->key, w->district, w->n, sizeof(*w->district), by_text);

	if (!is_counted(sum) || !question_wants(w->q, sum->key))
		return KK_OK;
	if (at != NULL)
		w->seen[at - w->district] = 1;
	question_text(w->s, sum->key);
	sum_cells(w->s, sum);
	return KK_OK;
}

/* Districts where no probe counts: nothing is known of them. */
static void
put_unknown(struct wifi6 *w)
{
	for (size_t i = 0; i < w->n; i++) {
		if (w->seen[i])
			continue;
		sheet_text(w->s, w->district[i]);
		for (size_t k = 0; k < 4 + GENERATIONS; k++)
			sheet_unknown(w->s);
	}
}

static struct sheet *
head(kk_day from, kk_day to)
{
	struct sheet *s = sheet_new("wifi6", TEXT_ASK_WIFI6_TITLE);
	char about[32];

	if (s == NULL)
		return NULL;
	sheet_about(s, question_months(from, to, about));
	sheet_column(s, "district", TEXT_KEY_DISTRICT, SHEET_KEY);
	sheet_column(s, "month", TEXT_MONTH, SHEET_DAY);
	sheet_column(s, "aps", TEXT_ASK_PROBED, SHEET_COUNT);
	sheet_column(s, "associations", TEXT_ASK_ASSOCIATIONS, SHEET_COUNT);
	sheet_column(s, "wifi6_able_percent", TEXT_ASK_ABLE, SHEET_PERCENT);
	for (size_t i = 0; i < GENERATIONS; i++)
		sheet_column(s, generations[i].key, generations[i].heading, SHEET_COUNT);
	sheet_note(s, TEXT_ASK_NOTE_WIFI6);
	return s;
}

static int
fill(struct wifi6 *w, kk_day from, kk_day to, struct diag *d)
{
	int rc = KK_OK;

	if (w->q->limits.district == NULL)
		rc = probe_days_read(
		    w->q->db, from, to, SOURCE_PROBE, PROBE_DAYS_CITY, take_city, w, d);
	if (rc == KK_OK)
		rc = probe_days_read(
		    w->q->db, from, to, SOURCE_PROBE, PROBE_DAYS_DISTRICT, take_district, w, d);
	if (rc == KK_OK)
		put_unknown(w);
	return rc;
}

int
question_wifi6(const struct question *q, struct book *b, struct diag *d)
{
	kk_day to = question_month(q), from = zone_month_add(to, 1 - MONTHS);
	struct wifi6 w = {.q = q, .s = head(from, to)};
	struct ledger_span nothing = {0};
	struct ledger_aps *aps = NULL;
	int rc = w.s != NULL ? ledger_aps(q->db, &nothing, &aps, d) : KK_E_NOMEM;

	if (rc == KK_OK)
		rc = list_districts(&w, aps);
	if (rc == KK_OK)
		rc = fill(&w, from, to, d);
	if (rc == KK_OK)
		rc = book_sheet(b, w.s);
	else
		sheet_free(w.s);
	free(w.district);
	free(w.seen);
	ledger_aps_free(aps);
	return rc;
}
