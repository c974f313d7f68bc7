/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access points installed close together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "usage/move.h"
#include "usage/question_in.h"

struct near {
	const struct ledger_aps *aps;
	struct move_ap *at; /* those in service */
	const struct ledger_ap **ap;
	size_t n;
	kk_day from, to; /* months */
};

static int
by_site(const void *a, const void *b)
{
	const struct ledger_ap *const *x = a, *const *y = b;
	int order = strcmp((*x)->district, (*y)->district);

	return order != 0 ? order : strcmp((*x)->site, (*y)->site);
}

/* Those in service, in the order of their sites, which get numbers. */
static int
choose(const struct question *q, struct near *w)
{
	uint32_t site = 0;

	w->at = calloc(w->aps->n + 1, sizeof(*w->at));
	w->ap = calloc(w->aps->n + 1, sizeof(*w->ap));
	if (w->at == NULL || w->ap == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < w->aps->n; i++)
		if (w->aps->at[i].retired_s == INT64_MAX &&
		    question_wants(q, w->aps->at[i].district))
			w->ap[w->n++] = &w->aps->at[i];
	qsort(w->ap, w->n, sizeof(*w->ap), by_site);
	for (size_t i = 0; i < w->n; i++) {
		const struct ledger_ap *a = w->ap[i];

		site += i > 0 && by_site(&w->ap[i - 1], &w->ap[i]) != 0;
		w->at[i] = (struct move_ap){.at = {a->lat, a->lon},
		    .octets = a->octets,
		    .known = a->observed_s + a->imported_s > 0,
		    .clients = a->peak_days > 0
				   ? (int)((a->peak_sum + a->peak_days / 2) / a->peak_days)
				   : -1,
		    .site = a->site[0] != '\0' ? site : MOVE_NOBODY};
	}
	return KK_OK;
}

static struct sheet *
head(const struct question *q, const struct near *w)
{
	struct sheet *s = sheet_new("near", TEXT_ASK_NEAR);
	char about[64], months[32];

	if (s == NULL)
		return NULL;
	snprintf(about, sizeof(about), "%u m, %s", q->limits.metres,
	    question_months(w->from, w->to, months));
	sheet_about(s, about);
	sheet_column(s, "ap", TEXT_KEY_AP, SHEET_TEXT);
	sheet_column(s, "name", TEXT_ASK_NAME, SHEET_TEXT);
	sheet_column(s, "district", TEXT_KEY_DISTRICT, SHEET_TEXT);
	sheet_column(s, "octets", TEXT_TOTAL, SHEET_OCTETS);
	sheet_column(s, "clients", TEXT_ASK_PEAK_CLIENTS, SHEET_COUNT);
	sheet_column(s, "neighbour", TEXT_ASK_NEIGHBOUR, SHEET_TEXT);
	sheet_column(s, "metres", TEXT_ASK_DISTANCE, SHEET_METRES);
	sheet_column(s, "site", TEXT_ASK_SAME_SITE, SHEET_TEXT);
	sheet_column(s, "neighbour_octets", TEXT_ASK_ITS_OCTETS, SHEET_OCTETS);
	sheet_column(s, "neighbour_clients", TEXT_ASK_ITS_CLIENTS, SHEET_COUNT);
	sheet_column(s, "room", TEXT_ASK_ROOM, SHEET_TEXT);
	sheet_column(s, "close", TEXT_ASK_CLOSE, SHEET_COUNT);
	sheet_column(s, "same_point", TEXT_ASK_SAME_POINT, SHEET_COUNT);
	return s;
}

static void
clients_cell(struct sheet *s, int clients)
{
	if (clients < 0)
		sheet_unknown(s);
	else
		sheet_number(s, (uint64_t)clients);
}

static void
room_cell(struct sheet *s, enum move_room room)
{
	if (room == MOVE_ROOM_UNKNOWN)
		sheet_unknown(s);
	else
		sheet_word(s, room == MOVE_ROOM ? "yes" : "no",
		    room == MOVE_ROOM ? TEXT_ASK_YES : TEXT_ASK_NO);
}

/* What was seen of an access point only in part is marked. */
static void
octets_cell(const struct question *q, struct sheet *s, const struct ledger_ap *a)
{
	uint64_t known = a->observed_s + a->imported_s;

	sheet_number(s, a->octets);
	if (known * 100 < a->possible_s * q->limits.observed)
		sheet_mark(s, MARK_PARTIAL);
	if (a->restarts > 0)
		sheet_mark(s, MARK_RESTARTS);
}

static struct sheet *
fill(const struct question *q, const struct near *w, const struct move_list *m)
{
	struct sheet *s = head(q, w);
	size_t n = s != NULL ? question_rows(q, m->n, s) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct move_candidate *c = &m->rows[i];
		const struct ledger_ap *a = w->ap[c->ap], *b = w->ap[c->neighbour];

		sheet_text(s, a->id);
		question_text(s, a->name);
		question_text(s, a->district);
		octets_cell(q, s, a);
		clients_cell(s, w->at[c->ap].clients);
		sheet_text(s, b->id);
		sheet_number(s, (c->cm + 50) / 100);
		sheet_word(s, c->same_site ? "same" : "other",
		    c->same_site ? TEXT_ASK_SAME : TEXT_ASK_OTHER);
		octets_cell(q, s, b);
		clients_cell(s, w->at[c->neighbour].clients);
		room_cell(s, c->room);
		sheet_number(s, c->close);
		sheet_number(s, c->same_point);
	}
	if (s != NULL) {
		sheet_note(s, TEXT_ASK_NOTE_NEAR);
		sheet_note(s, TEXT_ASK_NOTE_SAME_POINT);
	}
	return s;
}

static struct sheet *
sum_up(const struct move_summary *sum)
{
	struct sheet *s = question_counts("near_sums", TEXT_ASK_NEAR_SUMS);

	if (s == NULL)
		return NULL;
	question_count(s, "aps", TEXT_ASK_IN_SERVICE, sum->aps);
	question_count(s, "unplaced", TEXT_ASK_UNPLACED, sum->unplaced);
	question_count(s, "close", TEXT_ASK_WITH_CLOSE, sum->close);
	question_count(s, "unmeasured", TEXT_ASK_UNMEASURED, sum->unmeasured);
	question_count(s, "pairs", TEXT_ASK_PAIRS, sum->pairs);
	question_count(s, "pairs_same_site", TEXT_ASK_PAIRS_SITE, sum->pairs_same_site);
	question_count(s, "pairs_same_point", TEXT_ASK_PAIRS_POINT, sum->pairs_same_point);
	return s;
}

int
question_near(const struct question *q, struct book *b, struct diag *d)
{
	struct near w = {.to = question_month(q)};
	struct ledger_span span = {.now_s = q->now_s};
	struct ledger_aps *aps = NULL;
	struct move_list *m = NULL;
	int rc;

	w.from = zone_month_add(w.to, 1 - (int)q->limits.months);
	span.from = w.from * 100 + 1;
	span.to = zone_day_add(zone_month_add(w.to, 1) * 100 + 1, -1);
	rc = ledger_aps(q->db, &span, &aps, d);
	w.aps = aps;
	if (rc == KK_OK)
		rc = choose(q, &w);
	if (rc == KK_OK)
		rc = move_find(w.at, w.n,
		    &(struct move_limits){q->limits.metres, q->limits.clients, q->limits.apart},
		    &m);
	if (rc == KK_OK)
		rc = book_sheet(b, sum_up(&m->sum));
	if (rc == KK_OK)
		rc = book_sheet(b, fill(q, &w, m));
	move_free(m);
	free(w.at);
	free(w.ap);
	ledger_aps_free(aps);
	return rc;
}
