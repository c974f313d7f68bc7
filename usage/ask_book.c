/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question's book: what is asked, and what a planner asks next. */
#include <stdio.h>
#include <stdlib.h>

#include "rrd/archive/graph.h"
#include "usage/question.h"
#include "usage/report_sheet.h"
#include "usage/shows.h"

#define KEY_ROOM 300
#define TOP	 20 /* access points in the lists of the busiest and the least used */
#define GRAPH_W	 720
#define GRAPH_H	 220

struct writer {
	const struct conf *conf;
	struct db *db;
	const struct ask *ask;
	enum language lang;
	struct book *book;
	struct diag *diag;
};

/* One more sheet. */
static int
add_ask(struct writer *w, const struct ask *a)
{
	struct sheet *s = NULL;
	int rc = ask_sheet(w->conf, w->db, a, &s, w->diag);

	return rc == KK_OK ? book_sheet(w->book, s) : rc;
}

/* The question with another `show`, grouping or rank. */
static int
add(struct writer *w, enum ask_show show, enum usage_by by, unsigned top, unsigned bottom)
{
	struct ask a = *w->ask;

	a.show = show;
	a.q.by = by;
	a.top = top;
	a.bottom = bottom;
	if (w->ask->q.by != by && by == USAGE_AP && show == ASK_OCTETS)
		a.q.from = a.q.to; /* a list of access points is of the last period */
	return add_ask(w, &a);
}

/* The heat map, if a single hour of it is known. */
static int
add_hours(struct writer *w)
{
	struct ask a = *w->ask;
	struct sheet *s = NULL;
	int rc, known = 0;

	a.show = ASK_HOURS;
	if ((rc = ask_sheet(w->conf, w->db, &a, &s, w->diag)) != KK_OK)
		return rc;
	for (size_t row = 0; row < sheet_rows(s); row++)
		for (size_t i = 1; i < sheet_columns(s); i++)
			known |= sheet_cell_at(s, row, i)->state != CELL_UNKNOWN;
	if (known)
		return book_sheet(w->book, s);
	sheet_free(s);
	return KK_OK;
}

/* What RRDtool draws of the whole that is asked for. No archive is no picture. */
static int
add_graph(struct writer *w, const char *metric, enum text_id caption)
{
	struct graph_request g = {
	    .metric = metric, .width = GRAPH_W, .height = GRAPH_H, .lang = w->lang, .title = ""};
	const struct usage_query *q = &w->ask->q;
	char key[KEY_ROOM], *svg = NULL;
	int64_t unused;
	int rc;

	if ((g.key = shows_whole_key(q, key, sizeof(key))) == NULL)
		return KK_OK;
	if (report_period_bounds(q->period, q->from, &g.from_s, &unused) != KK_OK ||
	    report_period_bounds(q->period, q->to, &unused, &g.to_s) != KK_OK)
		return KK_E_RANGE;
	if (q->now_s > 0 && g.to_s > q->now_s)
		g.to_s = q->now_s;
	rc = graph_svg(w->conf, &g, &svg, w->diag);
	if (rc == KK_OK)
		rc = book_picture(w->book, i18n(w->lang, caption), svg);
	free(svg);
	return rc == KK_E_NOTFOUND || rc == KK_E_RANGE ? KK_OK : rc;
}

/* Lists of access points, unless those are what is asked for. */
static int
add_lists(struct writer *w)
{
	int rc = KK_OK;

	if (w->ask->q.by != USAGE_AP) {
		rc = add(w, ASK_OCTETS, USAGE_AP, TOP, 0);
		if (rc == KK_OK)
			rc = add(w, ASK_OCTETS, USAGE_AP, 0, TOP);
	}
	return rc == KK_OK ? add(w, ASK_CONCENTRATION, USAGE_AP, 0, 0) : rc;
}

static int
fill(struct writer *w)
{
	const struct ask *a = w->ask;
	int rc = KK_OK;

	if (a->q.by != USAGE_CITY)
		rc = add(w, ASK_OCTETS, USAGE_CITY, 0, 0);
	if (rc == KK_OK)
		rc = add(w, ASK_OCTETS, a->q.by, a->top, a->bottom);
	if (rc == KK_OK)
		rc = add_graph(w, "traffic", TEXT_GRAPH_TRAFFIC_OF);
	if (rc == KK_OK)
		rc = add_graph(w, "clients", TEXT_GRAPH_CLIENTS_OF);
	/* Of thousands of access points peaks are left out: they are asked for by name, or by
	 * --top. */
	if (rc == KK_OK && (a->q.by != USAGE_AP || a->top > 0 || a->bottom > 0))
		rc = add(w, ASK_PEAKS, a->q.by, a->top, a->bottom);
	if (rc == KK_OK && a->q.by != USAGE_AP)
		rc = add(w, ASK_DENSITY, a->q.by, a->top, a->bottom);
	if (rc == KK_OK)
		rc = add(w, ASK_COST, a->q.by, a->top, a->bottom);
	if (rc == KK_OK)
		rc = add_hours(w);
	return rc == KK_OK ? add_lists(w) : rc;
}

static int
finish(struct writer *w, int rc, struct book **out)
{
	*out = rc == KK_OK ? w->book : NULL;
	if (rc != KK_OK)
		book_free(w->book);
	return rc;
}

int
ask_book(const struct conf *c, struct db *db, const struct ask *a, enum language lang,
    struct book **out, struct diag *d)
{
	struct report range = {.from = a->q.from, .to = a->q.to};
	struct writer w = {.conf = c, .db = db, .ask = a, .lang = lang, .diag = d};
	char text[40];

	w.book = book_new(TEXT_REPORT_TITLE, report_range_text(&range, text), a->q.now_s);
	return finish(&w, w.book == NULL ? KK_E_NOMEM : fill(&w), out);
}

/* ---- the monthly report ---- */

/* What a council asks, with the bounds that are usual. */
static int
add_questions(struct writer *w)
{
	struct question q = {
	    .conf = w->conf, .db = w->db, .now_s = w->ask->q.now_s, .lang = w->lang};
	int rc = KK_OK;

	question_defaults(&q.limits);
	q.limits.top = TOP;
	for (int id = 0; id < QUESTION_COUNT && rc == KK_OK; id++)
		rc = question_answer(&q, (enum question_id)id, w->book, w->diag);
	return rc;
}

/* What is told of the month itself; the question is by district. */
static int
fill_month(struct writer *w)
{
	static const struct {
		enum ask_show show;
		enum usage_by by;
	} parts[] = {{ASK_OCTETS, USAGE_DISTRICT}, {ASK_OCTETS, USAGE_PHASE},
	    {ASK_OCTETS, USAGE_TYPE}, {ASK_OCTETS, USAGE_PLACE}, {ASK_PEAKS, USAGE_DISTRICT},
	    {ASK_DENSITY, USAGE_DISTRICT}, {ASK_COST, USAGE_DISTRICT}};
	struct ask year = *w->ask;
	int rc;

	year.q.by = USAGE_CITY;
	year.q.from = zone_month_add(year.q.to, -12);
	rc = add_ask(w, &year);
	if (rc == KK_OK)
		rc = add_graph(w, "traffic", TEXT_GRAPH_TRAFFIC_OF);
	if (rc == KK_OK)
		rc = add_graph(w, "clients", TEXT_GRAPH_CLIENTS_OF);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && rc == KK_OK; i++)
		rc = add(w, parts[i].show, parts[i].by, 0, 0);
	if (rc == KK_OK)
		rc = add_hours(w);
	if (rc == KK_OK)
		rc = add_lists(w);
	return rc == KK_OK ? add_questions(w) : rc;
}

int
ask_month_book(const struct conf *c, struct db *db, kk_day month, int64_t now_s, enum language lang,
    struct book **out, struct diag *d)
{
	struct ask a = {.q = {.by = USAGE_DISTRICT, .from = month, .to = month, .now_s = now_s}};
	struct writer w = {.conf = c, .db = db, .ask = &a, .lang = lang, .diag = d};
	char text[16];

	w.book = book_new(TEXT_REPORT_TITLE, report_period_text(month, text), now_s);
	return finish(&w, w.book == NULL ? KK_E_NOMEM : fill_month(&w), out);
}
