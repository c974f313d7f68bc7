/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access points that nearly nobody uses. */
#include <stdio.h>
#include <stdlib.h>

#include "usage/figure.h"
#include "usage/idle.h"
#include "usage/question_in.h"

static const struct {
	const char *key;
	enum text_id word;
} kinds[] = {{"used", TEXT_ASK_USED}, {"unused", TEXT_ASK_UNUSED}, {"silent", TEXT_ASK_SILENT},
    {"unobserved", TEXT_ASK_UNOBSERVED}, {"new", TEXT_ASK_NEW}};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct judged {
	const struct ledger_ap *ap;
	enum idle_kind kind;
	uint64_t a_day;
	int known;
};

struct idle {
	struct judged *row; /* all that are not used */
	size_t n;
	uint64_t count[KINDS];
};

/* By what they are; among those, the least used first. */
static int
by_kind(const void *a, const void *b)
{
	const struct judged *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->a_day != y->a_day)
		return x->a_day < y->a_day ? -1 : 1;
	return (x->ap->num > y->ap->num) - (x->ap->num < y->ap->num);
}

static int
judge(const struct question *q, const struct ledger_aps *aps, struct idle *w)
{
	struct idle_limits l = {.span_s = (uint64_t)q->limits.days * 86400,
	    .looked_s = idle_looked(aps),
	    .a_day = q->limits.a_day,
	    .percent = q->limits.observed};

	w->row = calloc(aps->n + 1, sizeof(*w->row));
	if (w->row == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < aps->n; i++) {
		struct judged *r = &w->row[w->n];

		if (aps->at[i].retired_s != INT64_MAX || !question_wants(q, aps->at[i].district))
			continue;
		r->ap = &aps->at[i];
		r->kind = idle_judge(r->ap, &l);
		r->known = idle_a_day(r->ap, &r->a_day);
		w->count[r->kind]++;
		w->n += r->kind != IDLE_USED;
	}
	qsort(w->row, w->n, sizeof(*w->row), by_kind);
	return KK_OK;
}

static struct sheet *
head(const struct question *q, const struct ledger_span *span)
{
	struct sheet *s = sheet_new("idle", TEXT_ASK_IDLE);
	char about[96], octets[32];

	if (s == NULL)
		return NULL;
	snprintf(about, sizeof(about), "%04d-%02d-%02d .. %04d-%02d-%02d, < %s/d",
	    (int)(span->from / 10000) % 10000, (int)(span->from / 100 % 100),
	    (int)(span->from % 100), (int)(span->to / 10000) % 10000, (int)(span->to / 100 % 100),
	    (int)(span->to % 100), figure_octets(q->limits.a_day, octets));
	sheet_about(s, about);
	sheet_column(s, "verdict", TEXT_ASK_VERDICT, SHEET_TEXT);
	sheet_column(s, "ap", TEXT_KEY_AP, SHEET_TEXT);
	sheet_column(s, "name", TEXT_ASK_NAME, SHEET_TEXT);
	sheet_column(s, "district", TEXT_KEY_DISTRICT, SHEET_TEXT);
	sheet_column(s, "phase", TEXT_KEY_PHASE, SHEET_TEXT);
	sheet_column(s, "octets_a_day", TEXT_ASK_A_DAY, SHEET_OCTETS);
	sheet_column(s, "observed_percent", TEXT_COVERAGE, SHEET_PERCENT);
	sheet_column(s, "last_used", TEXT_ASK_LAST_USED, SHEET_DAY);
	sheet_column(s, "clients", TEXT_ASK_PEAK_CLIENTS, SHEET_COUNT);
	return s;
}

static void
put_row(struct sheet *s, const struct judged *r)
{
	const struct ledger_ap *a = r->ap;

	sheet_word(s, kinds[r->kind].key, kinds[r->kind].word);
	sheet_text(s, a->id);
	question_text(s, a->name);
	question_text(s, a->district);
	question_text(s, a->phase);
	if (r->known)
		sheet_number(s, r->a_day);
	else
		sheet_unknown(s);
	if (r->known && a->imported_s > 0)
		sheet_mark(s, a->observed_s > 0 ? MARK_PART_IMPORTED : MARK_IMPORTED);
	if (a->imported_s > 0)
		sheet_unknown(s); /* how much of an imported day was seen is not known */
	else
		question_part(s, a->observed_s < a->possible_s ? a->observed_s : a->possible_s,
		    a->possible_s);
	if (a->last_used != 0)
		sheet_number(s, (uint64_t)a->last_used);
	else
		sheet_unknown(s);
	if (a->peak_days > 0)
		sheet_number(s, (a->peak_sum + a->peak_days / 2) / a->peak_days);
	else
		sheet_unknown(s);
}

static struct sheet *
fill(const struct question *q, const struct ledger_span *span, const struct idle *w)
{
	struct sheet *s = head(q, span);
	size_t n = s != NULL ? question_rows(q, w->n, s) : 0;

	for (size_t i = 0; i < n; i++)
		put_row(s, &w->row[i]);
	if (s != NULL)
		sheet_note(s, TEXT_ASK_NOTE_IDLE);
	return s;
}

static struct sheet *
sum_up(const struct idle *w)
{
	struct sheet *s = question_counts("idle_sums", TEXT_ASK_IDLE_SUMS);

	for (size_t i = 0; s != NULL && i < KINDS; i++)
		question_count(s, kinds[i].key, kinds[i].word, w->count[i]);
	return s;
}

int
question_idle(const struct question *q, struct book *b, struct diag *d)
{
	struct ledger_span span = {.now_s = q->now_s, .used = q->limits.a_day};
	struct ledger_aps *aps = NULL;
	struct zone_day today = {0};
	struct idle w = {0};
	int rc;

	zone_day_of(q->now_s, &today);
	span.to = zone_day_add(today.day, -1);
	span.from = zone_day_add(today.day, -(int)q->limits.days);
	rc = ledger_aps(q->db, &span, &aps, d);
	if (rc == KK_OK)
		rc = judge(q, aps, &w);
	if (rc == KK_OK)
		rc = book_sheet(b, sum_up(&w));
	if (rc == KK_OK)
		rc = book_sheet(b, fill(q, &span, &w));
	free(w.row);
	ledger_aps_free(aps);
	return rc;
}
