/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How phases compare at the same age: months since their access points were installed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "usage/age.h"
#include "usage/ap_months.h"
#include "usage/chart_svg.h"
#include "usage/figure.h"
#include "usage/question_in.h"

#define AGES_MAX 120 /* months that are compared */

struct phases {
	const struct ap_months *m;
	const char **name; /* in order */
	size_t n;
	struct age_entry *entry;
	size_t n_entries;
	struct age_cell *cell;
	size_t n_cells;
	uint64_t aps, no_phase, no_beginning; /* access points that were looked at, that lack it */
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
find_phases(struct phases *w)
{
	size_t n = 0;

	w->name = calloc(w->m->aps->n + 1, sizeof(*w->name));
	if (w->name == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < w->m->aps->n; i++)
		if (w->m->aps->at[i].phase[0] != '\0')
			w->name[n++] = w->m->aps->at[i].phase;
	qsort(w->name, n, sizeof(*w->name), by_text);
	for (size_t i = 0; i < n; i++)
		if (w->n == 0 || strcmp(w->name[i], w->name[w->n - 1]) != 0)
			w->name[w->n++] = w->name[i];
	return KK_OK;
}

static uint64_t
month_seconds(kk_day month)
{
	struct zone_day first, behind;

	if (zone_day_bounds(month * 100 + 1, &first) != KK_OK ||
	    zone_day_bounds(zone_month_add(month, 1) * 100 + 1, &behind) != KK_OK)
		return 0;
	return (uint64_t)(behind.from_s - first.from_s);
}

static kk_day
first_use(const struct ap_months *m, const struct ap_month *at)
{
	for (size_t k = 0; k < m->n; k++)
		if (at[k].octets > 0)
			return zone_month_add(m->from, (int)k);
	return 0;
}

static void
take_ap(struct phases *w, size_t i, const uint64_t *month_s, unsigned percent)
{
	const struct ledger_ap *ap = &w->m->aps->at[i];
	const struct ap_month *at = &w->m->at[i * w->m->n];
	const char **phase = bsearch(&ap->phase, w->name, w->n, sizeof(*w->name), by_text);
	kk_day began = age_began(ap->installed, first_use(w->m, at), w->m->from);

	w->aps++;
	w->no_phase += phase == NULL;
	w->no_beginning += phase != NULL && began == 0;
	if (phase == NULL || began == 0)
		return;
	for (size_t k = 0; k < w->m->n; k++) {
		int age = age_months(began, zone_month_add(w->m->from, (int)k));

		/* Month 0 is the one in which it was put up. */
		if (age < 1 || age > AGES_MAX || !ap_month_whole(&at[k], month_s[k], percent))
			continue;
		w->entry[w->n_entries++] = (struct age_entry){.group = (uint32_t)(phase - w->name),
		    .age = (uint32_t)age,
		    .octets = at[k].octets,
		    .observed_s = at[k].imported == 2 ? 0 : at[k].observed_s,
		    .possible_s = at[k].imported == 2 ? 0 : at[k].possible_s};
	}
}

static int
collect(const struct question *q, struct phases *w)
{
	uint64_t *month_s = calloc(w->m->n + 1, sizeof(*month_s));
	int rc = KK_E_NOMEM;

	w->entry = calloc(w->m->aps->n * w->m->n + 1, sizeof(*w->entry));
	if (month_s != NULL && w->entry != NULL) {
		for (size_t k = 0; k < w->m->n; k++)
			month_s[k] = month_seconds(zone_month_add(w->m->from, (int)k));
		for (size_t i = 0; i < w->m->aps->n; i++)
			take_ap(w, i, month_s, q->limits.observed);
		rc = age_cells(w->entry, w->n_entries, &w->cell, &w->n_cells);
	}
	free(month_s);
	return rc;
}

/* ---- sheets ---- */

static struct sheet *
head(const struct phases *w)
{
	struct sheet *s = sheet_new("phases", TEXT_ASK_PHASES);
	char about[32];

	if (s == NULL)
		return NULL;
	if (w->m->n > 0)
		sheet_about(s, question_months(w->m->from,
				   zone_month_add(w->m->from, (int)w->m->n - 1), about));
	sheet_column(s, "age_months", TEXT_ASK_AGE, SHEET_COUNT);
	sheet_column(s, "phase", TEXT_KEY_PHASE, SHEET_TEXT);
	sheet_column(s, "aps", TEXT_ASK_APS, SHEET_COUNT);
	sheet_column(s, "octets_median", TEXT_ASK_MEDIAN, SHEET_OCTETS);
	sheet_column(s, "octets_mean", TEXT_ASK_MEAN, SHEET_OCTETS);
	sheet_column(s, "against_first_percent", TEXT_ASK_AGAINST, SHEET_GROWTH);
	sheet_column(s, "coverage_percent", TEXT_COVERAGE, SHEET_PERCENT);
	return s;
}

/* Against the first phase at the same age, whose cell comes before all others of that age. */
static void
against_cell(struct sheet *s, const struct age_cell *first, const struct age_cell *c)
{
	struct figure f = {0, 0};

	if (first != NULL && first != c)
		f = figure_growth(c->median, first->median, 1);
	if (f.known)
		sheet_percent(s, f.tenths);
	else
		sheet_unknown(s);
}

static struct sheet *
fill(const struct phases *w)
{
	struct sheet *s = head(w);
	const struct age_cell *first = NULL;

	for (size_t i = 0; s != NULL && i < w->n_cells; i++) {
		const struct age_cell *c = &w->cell[i];

		if (c->group == 0)
			first = c;
		else if (first != NULL && first->age != c->age)
			first = NULL;
		sheet_number(s, c->age);
		sheet_text(s, w->name[c->group]);
		sheet_number(s, c->n);
		sheet_number(s, c->median);
		sheet_number(s, c->mean);
		against_cell(s, first, c);
		question_part(s, c->observed_s < c->possible_s ? c->observed_s : c->possible_s,
		    c->possible_s);
	}
	if (s != NULL)
		sheet_note(s, TEXT_ASK_NOTE_PHASES);
	return s;
}

static struct sheet *
sum_up(const struct phases *w)
{
	struct sheet *s = question_counts("phases_sums", TEXT_ASK_PHASES_SUMS);

	if (s == NULL)
		return NULL;
	question_count(s, "aps", TEXT_ASK_EVER, w->aps);
	question_count(s, "no_phase", TEXT_ASK_NO_PHASE, w->no_phase);
	question_count(s, "no_beginning", TEXT_ASK_NO_BEGINNING, w->no_beginning);
	question_count(s, "ap_months", TEXT_ASK_AP_MONTHS, w->n_entries);
	return s;
}

/* ---- the picture: a line per phase ---- */

#define GB 1e9

struct lines {
	double y[CHART_LINES_MAX][AGES_MAX];
	char age[AGES_MAX][24];
	const char *label[AGES_MAX];
	struct chart_line line[CHART_LINES_MAX];
};

static int
draw(const struct question *q, const struct phases *w, struct book *b)
{
	struct lines *l = calloc(1, sizeof(*l));
	struct chart c = {
	    .title = i18n(q->lang, TEXT_ASK_PHASES_CHART), .unit = "GB", .bound = NAN};
	char *svg;
	int rc;

	if (l == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < CHART_LINES_MAX * AGES_MAX; i++)
		l->y[i / AGES_MAX][i % AGES_MAX] = NAN;
	for (size_t i = 0; i < w->n_cells; i++) {
		const struct age_cell *cell = &w->cell[i];

		if (cell->group < CHART_LINES_MAX)
			l->y[cell->group][cell->age - 1] = (double)cell->median / GB;
		c.n = cell->age > c.n ? cell->age : c.n;
	}
	for (size_t i = 0; i < c.n; i++) {
		snprintf(l->age[i], sizeof(l->age[i]), "%zu", i + 1);
		l->label[i] = l->age[i];
	}
	c.n_lines = w->n < CHART_LINES_MAX ? w->n : CHART_LINES_MAX;
	for (size_t k = 0; k < c.n_lines; k++)
		l->line[k] = (struct chart_line){w->name[k], l->y[k], (int)(k % 2)};
	c.lines = l->line;
	c.label = l->label;
	svg = chart_svg_text(&c);
	rc = svg != NULL ? book_picture(b, c.title, svg) : KK_E_NOMEM;
	free(svg);
	free(l);
	return rc;
}

int
question_phases(const struct question *q, struct book *b, struct diag *d)
{
	struct ap_months *m = NULL;
	struct phases w = {0};
	int rc = ap_months_read(q->db, question_month(q), q->now_s, &m, d);

	w.m = m;
	if (rc == KK_OK)
		rc = find_phases(&w);
	if (rc == KK_OK)
		rc = collect(q, &w);
	if (rc == KK_OK)
		rc = book_sheet(b, sum_up(&w));
	if (rc == KK_OK)
		rc = book_sheet(b, fill(&w));
	if (rc == KK_OK && w.n_cells > 0)
		rc = draw(q, &w, b);
	free(w.name);
	free(w.entry);
	free(w.cell);
	ap_months_free(m);
	return rc;
}
