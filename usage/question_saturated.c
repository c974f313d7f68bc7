/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites that are saturated at the busy hour of working days. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rrd/archive/archive.h"
#include "rrd/db/inventory.h"
#include "usage/busy_read.h"
#include "usage/question_in.h"
#include "usage/saturated.h"

#define WEEKS	 4
#define KEY_ROOM 512

struct row {
	const struct device *first; /* of the site's access points */
	struct saturated_site site;
	struct saturated judged;
};

struct sites {
	const struct question *q;
	struct busy_span span;
	struct busy_hours hours;
	const struct device **ap; /* in service, by site */
	size_t n_aps;
	struct row *row;
	size_t n;
	uint64_t count[SATURATED_UNKNOWN + 1];
};

static int
by_site(const void *a, const void *b)
{
	const struct device *const *x = a, *const *y = b;
	int order = strcmp((*x)->site, (*y)->site);

	return order != 0 ? order : ((*x)->num > (*y)->num) - ((*x)->num < (*y)->num);
}

/* The worse of its two figures first; unknown last. */
static int64_t
worst(const struct row *r)
{
	int64_t a = r->judged.clients_tenths, b = r->judged.load_tenths;

	return a > b ? a : b;
}

static int
by_need(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->judged.verdict != y->judged.verdict)
		return x->judged.verdict < y->judged.verdict ? -1 : 1;
	if (worst(x) != worst(y))
		return worst(x) > worst(y) ? -1 : 1;
	return (x->first->num > y->first->num) - (x->first->num < y->first->num);
}

static int
choose(struct sites *w, const struct inventory *inv)
{
	size_t n;
	const struct device *all = inventory_all(inv, &n);

	w->ap = calloc(n + 1, sizeof(*w->ap));
	w->row = calloc(n + 1, sizeof(*w->row));
	if (w->ap == NULL || w->row == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (all[i].kind == KIND_AP && question_wants(w->q, all[i].district))
			w->ap[w->n_aps++] = &all[i];
	qsort(w->ap, w->n_aps, sizeof(*w->ap), by_site);
	return KK_OK;
}

/* One site: access points [from, to). A site of one has no archive but that of its access point. */
static int
look_at(struct sites *w, size_t from, size_t to, struct diag *d)
{
	struct row *r = &w->row[w->n++];
	char key[KEY_ROOM];
	int known = 1, rc;

	*r = (struct row){.first = w->ap[from], .site = {.aps = (unsigned)(to - from)}};
	for (size_t i = from; i < to; i++) {
		known &= w->ap[i]->capacity_mbps > 0;
		r->site.capacity_mbps += w->ap[i]->capacity_mbps;
	}
	if (!known)
		r->site.capacity_mbps = 0;
	if (to - from > 1)
		archive_area_key("site", r->first->site, key, sizeof(key));
	else
		archive_key(r->first, r->first->account, 0, key, sizeof(key));
	busy_hours_clear(&w->span, &w->hours);
	rc = busy_hours_add(w->q->conf, key, &w->span, &w->hours, d);
	if (rc == KK_E_NOMEM)
		return rc;
	r->site.clients =
	    busy_hours_find(&w->span, &w->hours, BUSY_CLIENTS, w->span.from_s, w->span.to_s);
	busy_hours_both(&w->span, &w->hours);
	r->site.octets =
	    busy_hours_find(&w->span, &w->hours, BUSY_DOWN, w->span.from_s, w->span.to_s);
	r->judged = saturated_judge(&r->site, w->q->limits.clients, w->q->limits.load);
	w->count[r->judged.verdict]++;
	return KK_OK;
}

static int
look_at_all(struct sites *w, struct diag *d)
{
	int rc = KK_OK;

	for (size_t i = 0, end; rc == KK_OK && i < w->n_aps; i = end) {
		for (end = i + 1; end < w->n_aps && w->ap[i]->site[0] != '\0'; end++)
			if (strcmp(w->ap[end]->site, w->ap[i]->site) != 0)
				break;
		rc = look_at(w, i, end, d);
	}
	qsort(w->row, w->n, sizeof(*w->row), by_need);
	return rc;
}

/* ---- the sheets ---- */

static const struct {
	const char *key;
	enum text_id word;
} verdicts[] = {{"saturated", TEXT_ASK_SATURATED_YES}, {"not_saturated", TEXT_ASK_SATURATED_NO},
    {"unknown", TEXT_ASK_UNKNOWN}};

static struct sheet *
head(const struct sites *w)
{
	struct sheet *s = sheet_new("saturated", TEXT_ASK_SATURATED);
	char about[128], from[ZONE_TEXT], to[ZONE_TEXT];

	if (s == NULL)
		return NULL;
	snprintf(about, sizeof(about), "%.10s .. %.10s, %u/AP, %u %%",
	    zone_format(w->span.from_s, from), zone_format(w->span.to_s - 1, to),
	    w->q->limits.clients, w->q->limits.load);
	sheet_about(s, about);
	sheet_column(s, "verdict", TEXT_ASK_VERDICT, SHEET_TEXT);
	sheet_column(s, "site", TEXT_KEY_SITE, SHEET_TEXT);
	sheet_column(s, "district", TEXT_KEY_DISTRICT, SHEET_TEXT);
	sheet_column(s, "aps", TEXT_ASK_APS, SHEET_COUNT);
	sheet_column(s, "clients_hour", TEXT_ASK_CLIENTS_HOUR, SHEET_TEXT);
	sheet_column(s, "clients", TEXT_ASK_BUSY_CLIENTS, SHEET_COUNT);
	sheet_column(s, "clients_percent", TEXT_ASK_OF_BOUND, SHEET_PERCENT);
	sheet_column(s, "octets_hour", TEXT_ASK_OCTETS_HOUR, SHEET_TEXT);
	sheet_column(s, "bits_a_second", TEXT_ASK_BUSY_BITS, SHEET_RATE);
	sheet_column(s, "load_percent", TEXT_ASK_LOAD, SHEET_PERCENT);
	return s;
}

static void
hour_cells(struct sheet *s, const struct busy_hour *b, unsigned factor)
{
	char text[32];

	if (!b->known) {
		sheet_unknown(s);
		sheet_unknown(s);
		return;
	}
	snprintf(text, sizeof(text), "%02u-%02u", b->hour, (b->hour + 1) % 24);
	sheet_text(s, text);
	sheet_number(s, b->mean <= INT64_MAX / 8 ? b->mean * factor : INT64_MAX);
}

static void
tenths_cell(struct sheet *s, int64_t tenths)
{
	if (tenths < 0)
		sheet_unknown(s);
	else
		sheet_percent(s, tenths);
}

static struct sheet *
fill(const struct sites *w)
{
	struct sheet *s = head(w);
	size_t n = s != NULL ? question_rows(w->q, w->n, s) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct row *r = &w->row[i];

		sheet_word(s, verdicts[r->judged.verdict].key, verdicts[r->judged.verdict].word);
		sheet_text(s, r->first->site[0] != '\0' ? r->first->site : r->first->id);
		question_text(s, r->first->district);
		sheet_number(s, r->site.aps);
		hour_cells(s, &r->site.clients, 1);
		tenths_cell(s, r->judged.clients_tenths);
		hour_cells(s, &r->site.octets, 8);
		tenths_cell(s, r->judged.load_tenths);
	}
	if (s != NULL)
		sheet_note(s, TEXT_ASK_NOTE_BUSY);
	return s;
}

static struct sheet *
sum_up(const struct sites *w)
{
	struct sheet *s = question_counts("saturated_sums", TEXT_ASK_SATURATED_SUMS);

	for (size_t i = 0; s != NULL && i <= SATURATED_UNKNOWN; i++)
		question_count(s, verdicts[i].key, verdicts[i].word, w->count[i]);
	return s;
}

int
question_saturated(const struct question *q, struct book *b, struct diag *d)
{
	struct sites w = {.q = q};
	struct inventory *inv = NULL;
	int64_t today_s = question_today(q);
	int rc = inventory_read(q->db, &inv, d);

	if (rc == KK_OK)
		rc = choose(&w, inv);
	if (rc == KK_OK)
		rc = busy_span_make(today_s - (int64_t)WEEKS * 7 * 86400, today_s, &w.span);
	if (rc == KK_OK)
		rc = busy_hours_make(&w.span, &w.hours);
	if (rc == KK_OK)
		rc = look_at_all(&w, d);
	if (rc == KK_OK)
		rc = book_sheet(b, sum_up(&w));
	if (rc == KK_OK)
		rc = book_sheet(b, fill(&w));
	busy_hours_free(&w.hours);
	busy_span_free(&w.span);
	free(w.ap);
	free(w.row);
	inventory_free(inv);
	return rc;
}
