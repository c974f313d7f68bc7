/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the lines of switches and nodes pass so much of their capacity. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rrd/archive/archive.h"
#include "rrd/db/inventory.h"
#include "usage/ap_months.h"
#include "usage/history.h"
#include "usage/question_in.h"
#include "usage/uplink.h"

#define BUSY_DAYS  396 /* hours are kept for 397 days */
#define SUM_DAYS   28  /* of which the sum of access points is taken */
#define KEY_ROOM   512
#define LEVELS_MAX 16 /* of lines, one above the other: what goes round ends here */

/* One line. */
struct line {
	const struct device *dev;
	struct forecast_past *octets; /* of the access points behind it, months */
	struct forecast_past *busy;   /* its busy hours, octets/s */
	struct history_seen *seen;    /* of those, months */
	struct busy_hours sum;	      /* of its access points, if it has no archive of its own */
	unsigned aps;
	int own; /* 1: it has an archive of its own */
	struct uplink outlook;
};

struct lines {
	const struct question *q;
	struct inventory *inv;
	struct ap_months *m;
	struct busy_span year, weeks;
	struct line *line;
	size_t n;
	struct forecast_past *past; /* of all lines */
	struct history_seen *seen;
};

/* ---- which lines, and who is behind them ---- */

static int
by_device(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return (x->dev->num > y->dev->num) - (x->dev->num < y->dev->num);
}

static struct line *
line_of(const struct lines *w, const struct device *dev)
{
	struct line wanted = {.dev = dev};

	return bsearch(&wanted, w->line, w->n, sizeof(*w->line), by_device);
}

/* The lines above a device, from the nearest on. @return How many. */
static size_t
above(const struct lines *w, const char *uplink, struct line *out[LEVELS_MAX])
{
	size_t n = 0;

	for (int level = 0; level < LEVELS_MAX && uplink[0] != '\0'; level++) {
		const struct device *dev = inventory_by_id(w->inv, uplink);
		struct line *l = dev != NULL ? line_of(w, dev) : NULL;

		if (dev == NULL)
			break;
		if (l != NULL)
			out[n++] = l;
		uplink = dev->uplink;
	}
	return n;
}

static int
choose(struct lines *w)
{
	size_t n;
	const struct device *all = inventory_all(w->inv, &n);

	w->line = calloc(n + 1, sizeof(*w->line));
	if (w->line == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		if ((all[i].kind == KIND_SWITCH || all[i].kind == KIND_NODE) &&
		    all[i].capacity_mbps > 0)
			w->line[w->n++].dev = &all[i]; /* in order of numbers, as all are */
	w->past = calloc(w->n * 2 * w->m->n + 1, sizeof(*w->past));
	w->seen = calloc(w->n * w->m->n + 1, sizeof(*w->seen));
	if (w->past == NULL || w->seen == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < w->n; i++) {
		w->line[i].octets = w->past + 2 * i * w->m->n;
		w->line[i].busy = w->line[i].octets + w->m->n;
		w->line[i].seen = w->seen + i * w->m->n;
	}
	return KK_OK;
}

/* ---- octets of those behind it ---- */

static void
add_month(const struct lines *w, size_t k)
{
	struct line *up[LEVELS_MAX];

	for (size_t i = 0; i < w->m->aps->n; i++) {
		const struct ledger_ap *ap = &w->m->aps->at[i];
		const struct ap_month *a = &w->m->at[i * w->m->n + k];
		size_t n = ap->retired_s == INT64_MAX ? above(w, ap->uplink, up) : 0;

		for (size_t j = 0; j < n; j++) {
			up[j]->octets[k].value += a->octets;
			up[j]->octets[k].known |= a->known && !a->spread;
			up[j]->seen[k].observed_s += a->observed_s;
			up[j]->seen[k].possible_s += a->possible_s;
			up[j]->aps += k + 1 == w->m->n;
		}
	}
}

static int
add_months(const struct lines *w)
{
	int rc = KK_OK;

	for (size_t k = 0; k < w->m->n; k++)
		add_month(w, k);
	for (size_t j = 0; rc == KK_OK && j < w->n; j++)
		rc = history_thin(
		    w->line[j].seen, w->m->n, w->q->limits.observed, w->line[j].octets);
	return rc;
}

/* ---- busy hours ---- */

static int
read_own(struct lines *w, struct diag *d)
{
	struct busy_hours hours;
	char key[KEY_ROOM];
	int rc = busy_hours_make(&w->year, &hours);

	for (size_t i = 0; rc == KK_OK && i < w->n; i++) {
		struct line *l = &w->line[i];

		busy_hours_clear(&w->year, &hours);
		archive_key(l->dev, l->dev->account, 0, key, sizeof(key));
		if (busy_hours_add(w->q->conf, key, &w->year, &hours, d) == KK_E_NOMEM)
			rc = KK_E_NOMEM;
		/* A line is full when one of its directions is. */
		history_busy(&w->year, &hours, BUSY_DOWN, w->m->from, w->m->n, l->busy);
		history_busy(&w->year, &hours, BUSY_UP, w->m->from, w->m->n, l->busy);
		for (size_t k = 0; k < w->m->n; k++)
			l->own |= l->busy[k].known;
	}
	busy_hours_free(&hours);
	return rc;
}

/* One access point's hours, for all lines above it that have none of their own. */
static int
add_ap(struct lines *w, const struct device *dev, struct busy_hours *hours, struct diag *d)
{
	struct line *up[LEVELS_MAX];
	size_t n = above(w, dev->uplink, up), wanted = 0;
	char key[KEY_ROOM];

	for (size_t j = 0; j < n; j++)
		wanted += !up[j]->own;
	if (wanted == 0)
		return KK_OK;
	busy_hours_clear(&w->weeks, hours);
	archive_key(dev, dev->account, 0, key, sizeof(key));
	if (busy_hours_add(w->q->conf, key, &w->weeks, hours, d) == KK_E_NOMEM)
		return KK_E_NOMEM;
	for (size_t j = 0; j < n; j++) {
		if (up[j]->own)
			continue;
		if (up[j]->sum.at[0] == NULL && busy_hours_make(&w->weeks, &up[j]->sum) != KK_OK)
			return KK_E_NOMEM;
		busy_hours_merge(&w->weeks, &up[j]->sum, hours);
	}
	return KK_OK;
}

/* Its newest month as busy as its access points together, the months before in proportion. */
static void
use_sum(struct lines *w, struct line *l)
{
	struct busy_hour down = {0}, up = {0};

	if (l->own || l->sum.at[0] == NULL)
		return;
	down = busy_hours_find(&w->weeks, &l->sum, BUSY_DOWN, w->weeks.from_s, w->weeks.to_s);
	up = busy_hours_find(&w->weeks, &l->sum, BUSY_UP, w->weeks.from_s, w->weeks.to_s);
	if (!down.known && !up.known)
		return;
	uplink_scale(l->octets, w->m->n, down.mean > up.mean ? down.mean : up.mean, l->busy);
}

static int
read_sums(struct lines *w, struct diag *d)
{
	size_t n;
	const struct device *all = inventory_all(w->inv, &n);
	struct busy_hours hours;
	int rc = busy_hours_make(&w->weeks, &hours);

	for (size_t i = 0; rc == KK_OK && i < n; i++)
		if (all[i].kind == KIND_AP)
			rc = add_ap(w, &all[i], &hours, d);
	for (size_t i = 0; rc == KK_OK && i < w->n; i++)
		use_sum(w, &w->line[i]);
	busy_hours_free(&hours);
	return rc;
}

/* ---- the sheet ---- */

static const struct {
	const char *key;
	enum text_id word;
} verdicts[] = {{"over", TEXT_ASK_OVER}, {"within", TEXT_ASK_WITHIN}, {"perhaps", TEXT_ASK_PERHAPS},
    {"not_within_12_months", TEXT_ASK_NOT_WITHIN}, {"unknown", TEXT_ASK_UNKNOWN}};

static int
by_need(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	const struct uplink *p = &x->outlook, *r = &y->outlook;

	if (p->verdict != r->verdict)
		return p->verdict < r->verdict ? -1 : 1;
	if (p->verdict != UPLINK_OVER && p->month != r->month)
		return p->month < r->month ? -1 : 1;
	if (p->tenths != r->tenths)
		return p->tenths > r->tenths ? -1 : 1;
	return by_device(a, b);
}

static struct sheet *
head(const struct question *q)
{
	struct sheet *s = sheet_new("uplinks", TEXT_ASK_UPLINKS);
	char about[32];

	if (s == NULL)
		return NULL;
	snprintf(about, sizeof(about), "> %u %%", q->limits.load);
	sheet_about(s, about);
	sheet_column(s, "verdict", TEXT_ASK_VERDICT, SHEET_TEXT);
	sheet_column(s, "device", TEXT_ASK_DEVICE, SHEET_TEXT);
	sheet_column(s, "name", TEXT_ASK_NAME, SHEET_TEXT);
	sheet_column(s, "district", TEXT_KEY_DISTRICT, SHEET_TEXT);
	sheet_column(s, "aps", TEXT_ASK_APS, SHEET_COUNT);
	sheet_column(s, "capacity_bits_a_second", TEXT_ASK_CAPACITY, SHEET_RATE);
	sheet_column(s, "bits_a_second", TEXT_ASK_BUSY_BITS, SHEET_RATE);
	sheet_column(s, "load_percent", TEXT_ASK_LOAD, SHEET_PERCENT);
	sheet_column(s, "measured", TEXT_ASK_MEASURED, SHEET_TEXT);
	sheet_column(s, "passes", TEXT_ASK_PASSES, SHEET_DAY);
	sheet_column(s, "as_early_as", TEXT_ASK_EARLY, SHEET_DAY);
	return s;
}

static void
month_cell(struct sheet *s, kk_day month)
{
	if (month != 0)
		sheet_number(s, (uint64_t)month);
	else
		sheet_unknown(s);
}

static void
put_row(struct sheet *s, const struct line *l)
{
	const struct uplink *u = &l->outlook;

	sheet_word(s, verdicts[u->verdict].key, verdicts[u->verdict].word);
	sheet_text(s, l->dev->id);
	question_text(s, l->dev->name);
	question_text(s, l->dev->district);
	sheet_number(s, l->aps);
	sheet_number(s, (uint64_t)l->dev->capacity_mbps * 1000000);
	if (u->known) {
		sheet_number(s, u->load <= FORECAST_MOST / 8 ? u->load * 8 : FORECAST_MOST);
		sheet_percent(s, u->tenths);
		sheet_word(s, l->own ? "line" : "access_points",
		    l->own ? TEXT_ASK_BY_LINE : TEXT_ASK_BY_APS);
	} else {
		sheet_unknown(s);
		sheet_unknown(s);
		sheet_unknown(s);
	}
	month_cell(s, u->verdict == UPLINK_OVER ? 0 : u->month);
	month_cell(s, u->verdict == UPLINK_OVER ? 0 : u->early);
}

static struct sheet *
fill(const struct lines *w)
{
	struct sheet *s = head(w->q);
	size_t left = s != NULL ? question_rows(w->q, w->n, s) : 0;

	for (size_t i = 0; i < w->n && left > 0; i++)
		if (question_wants(w->q, w->line[i].dev->district)) {
			put_row(s, &w->line[i]);
			left--;
		}
	if (s != NULL) {
		sheet_note(s, TEXT_ASK_NOTE_UPLINKS);
		sheet_note(s, TEXT_ASK_NOTE_BUSY);
	}
	return s;
}

static struct sheet *
sum_up(const struct lines *w)
{
	struct sheet *s = question_counts("uplinks_sums", TEXT_ASK_UPLINKS_SUMS);
	uint64_t count[UPLINK_UNKNOWN + 1] = {0};

	for (size_t i = 0; i < w->n; i++)
		if (question_wants(w->q, w->line[i].dev->district))
			count[w->line[i].outlook.verdict]++;
	for (size_t k = 0; s != NULL && k <= UPLINK_UNKNOWN; k++)
		question_count(s, verdicts[k].key, verdicts[k].word, count[k]);
	return s;
}

/* ---- all of it ---- */

static int
foretell(struct lines *w)
{
	int rc = KK_OK;

	for (size_t i = 0; rc == KK_OK && i < w->n; i++) {
		struct line *l = &w->line[i];
		struct forecast_history busy = {l->busy, w->m->n, w->m->from, 0};
		struct forecast_history octets = {l->octets, w->m->n, w->m->from, 1};

		rc = uplink_judge(
		    &busy, &octets, l->dev->capacity_mbps, w->q->limits.load, &l->outlook);
	}
	qsort(w->line, w->n, sizeof(*w->line), by_need);
	return rc;
}

static int
look(struct lines *w, struct diag *d)
{
	int64_t today_s = question_today(w->q);
	int rc = choose(w);

	if (rc != KK_OK || w->n == 0)
		return rc;
	rc = busy_span_make(today_s - (int64_t)BUSY_DAYS * 86400, today_s, &w->year);
	if (rc == KK_OK)
		rc = busy_span_make(today_s - (int64_t)SUM_DAYS * 86400, today_s, &w->weeks);
	if (rc == KK_OK)
		rc = add_months(w);
	if (rc == KK_OK)
		rc = read_own(w, d);
	if (rc == KK_OK)
		rc = read_sums(w, d);
	return rc == KK_OK ? foretell(w) : rc;
}

int
question_uplinks(const struct question *q, struct book *b, struct diag *d)
{
	struct lines w = {.q = q};
	int rc = inventory_read(q->db, &w.inv, d);

	if (rc == KK_OK)
		rc = ap_months_read(q->db, question_month(q), q->now_s, &w.m, d);
	if (rc == KK_OK)
		rc = look(&w, d);
	if (rc == KK_OK)
		rc = book_sheet(b, sum_up(&w));
	if (rc == KK_OK)
		rc = book_sheet(b, fill(&w));
	for (size_t i = 0; i < w.n; i++)
		busy_hours_free(&w.line[i].sum);
	busy_span_free(&w.year);
	busy_span_free(&w.weeks);
	free(w.line);
	free(w.past);
	free(w.seen);
	ap_months_free(w.m);
	inventory_free(w.inv);
	return rc;
}
