/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/report_sheet.h"

#include <stdio.h>

#include "lib/sample.h"
#include "usage/sheet_out.h"

enum text_id
report_key_text(enum usage_by by)
{
	static const enum text_id headings[USAGE_BY_COUNT] = {TEXT_KEY_CITY, TEXT_KEY_DISTRICT,
	    TEXT_KEY_PHASE, TEXT_KEY_SITE, TEXT_KEY_AP, TEXT_KEY_TYPE, TEXT_KEY_INSTALLED,
	    TEXT_KEY_PLACE};

	return headings[by];
}

void
report_key_columns(struct sheet *s, const struct report *r)
{
	static const enum text_id periods[] = {TEXT_MONTH, TEXT_DAY, TEXT_YEAR};
	char range[40], about[64];

	snprintf(about, sizeof(about), "%s%s%s", report_range_text(r, range),
	    r->source > 0 ? ", " : "", r->source > 0 ? sample_source_name(r->source - 1) : "");
	sheet_about(s, about);
	sheet_column(s, "key", report_key_text(r->by), SHEET_KEY);
	sheet_column(s, report_period_name(r->period), periods[r->period], SHEET_DAY);
}

void
report_key_cells(
    struct sheet *s, const struct report *r, const struct report_row *row, kk_day period)
{
	if (row == &r->total)
		sheet_word(s, "total", TEXT_ALL);
	else if (r->by == USAGE_CITY)
		sheet_word(s, "city", TEXT_CITY);
	else
		sheet_text(s, row->key[0] ? row->key : NULL);
	sheet_number(s, (uint64_t)period);
}

static void
columns(struct sheet *s, const struct report *r)
{
	report_key_columns(s, r);
	sheet_column(s, "octets_down", TEXT_DOWNLOAD, SHEET_OCTETS);
	sheet_column(s, "octets_up", TEXT_UPLOAD, SHEET_OCTETS);
	sheet_column(s, "octets_undirected", TEXT_UNDIRECTED, SHEET_OCTETS | SHEET_DETAIL);
	sheet_column(s, "octets", TEXT_TOTAL, SHEET_OCTETS);
	if (r->by != USAGE_CITY)
		sheet_column(s, "share_percent", TEXT_SHARE, SHEET_PERCENT);
	sheet_column(s, "growth_percent", TEXT_GROWTH, SHEET_GROWTH);
	sheet_column(s, "growth_year_percent", TEXT_GROWTH_YEAR, SHEET_GROWTH | SHEET_DETAIL);
	sheet_column(s, "growth_mean_percent", TEXT_GROWTH_MEAN, SHEET_GROWTH);
	if (r->by != USAGE_AP)
		sheet_column(s, "aps", TEXT_APS, SHEET_COUNT | SHEET_DETAIL);
	sheet_column(s, "coverage_percent", TEXT_COVERAGE, SHEET_PERCENT);
	sheet_column(s, "octets_lump", TEXT_LUMP, SHEET_OCTETS | SHEET_DETAIL);
	sheet_column(s, "restarts", TEXT_RESTARTS, SHEET_COUNT | SHEET_DETAIL);
	sheet_column(s, "unsure", TEXT_UNSURE, SHEET_COUNT | SHEET_DETAIL);
	sheet_column(s, "octets_after", TEXT_AFTER, SHEET_OCTETS | SHEET_DETAIL);
}

void
report_number(struct sheet *s, const struct report_cell *c, uint64_t n, unsigned marks)
{
	if (!c->known) {
		sheet_unknown(s);
		return;
	}
	sheet_number(s, n);
	sheet_mark(s, marks);
}

void
report_percent(struct sheet *s, struct figure f, unsigned marks, int doubt)
{
	if (!f.known) {
		sheet_unknown(s);
		return;
	}
	sheet_percent(s, f.tenths);
	sheet_mark(s, marks);
	if (doubt)
		sheet_doubt(s);
}

/* Of a period that was imported without directions, neither is known. */
static int
directed(const struct report_cell *c)
{
	return c->octets_undirected == 0 || c->octets_down + c->octets_up > 0;
}

static void
cells(struct sheet *s, const struct report *r, const struct report_row *row,
    const struct report_cell *c)
{
	report_key_cells(s, r, row, c->period);
	if (directed(c)) {
		report_number(s, c, c->octets_down, c->marks);
		report_number(s, c, c->octets_up, c->marks);
	} else {
		sheet_unknown(s);
		sheet_unknown(s);
	}
	report_number(s, c, c->octets_undirected, c->octets_undirected ? c->marks : 0);
	report_number(s, c, c->octets, c->marks);
	if (r->by != USAGE_CITY)
		report_percent(s, row == &r->total ? (struct figure){0, 0} : c->share, c->marks, 0);
	report_percent(s, c->growth, c->marks, c->growth_doubt);
	report_percent(s, c->growth_year, c->marks, c->growth_year_doubt);
	report_percent(s, c->growth_mean, c->marks, c->growth_mean_doubt);
	if (r->by != USAGE_AP && c->aps > 0)
		sheet_number(s, c->aps);
	else if (r->by != USAGE_AP)
		sheet_unknown(s);
	report_percent(s, c->coverage, 0, 0);
	report_number(s, c, c->octets_lump, 0);
	report_number(s, c, c->restarts, 0);
	report_number(s, c, c->unsure, 0);
	sheet_signed(s, c->after);
}

struct sheet *
report_sheet(const struct report *r)
{
	enum text_id title = r->ranked == 1   ? TEXT_USAGE_TOP
			     : r->ranked == 2 ? TEXT_USAGE_BOTTOM
					      : (enum text_id)(TEXT_USAGE_CITY + r->by);
	struct sheet *s = sheet_new("usage", title);

	columns(s, r);
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->rows[i].n; k++)
			cells(s, r, &r->rows[i], &r->rows[i].cells[k]);
	sheet_totals(s);
	for (size_t k = 0; k < r->total.n && r->by != USAGE_CITY && r->n > 0; k++)
		cells(s, r, &r->total, &r->total.cells[k]);
	if (!r->ranked)
		sheet_chart(s, 1, 5, r->by == USAGE_CITY ? -1 : 0);
	return s;
}

/* ---- JSON ---- */

/* The periods of one key, from row `*at` on. */
static json_t *
periods_json(const struct sheet *s, const struct report_row *row, size_t *at)
{
	json_t *all = json_array();

	for (size_t k = 0; k < row->n; k++) {
		json_t *j = sheet_row_json(s, (*at)++, 1);

		json_object_set_new(j, "imported",
		    json_boolean(row->cells[k].marks & (MARK_IMPORTED | MARK_PART_IMPORTED)));
		json_array_append_new(all, j);
	}
	return all;
}

json_t *
report_json(const struct report *r, enum language lang)
{
	static const char *const plural[] = {"months", "days", "years"};
	struct sheet *s = report_sheet(r);
	json_t *rows = json_array(), *total = json_array(), *notes;
	char from[16], to[16];
	size_t at = 0;

	if (sheet_error(s) != KK_OK) {
		sheet_free(s);
		json_decref(rows);
		json_decref(total);
		return NULL;
	}
	for (size_t i = 0; i < r->n; i++)
		json_array_append_new(
		    rows, json_pack("{s:o,s:o}", "key",
			      r->rows[i].key[0] ? json_string(r->rows[i].key) : json_null(),
			      plural[r->period], periods_json(s, &r->rows[i], &at)));
	if (sheet_rows(s) > at) {
		json_decref(total);
		total = periods_json(s, &r->total, &at);
	}
	notes = sheet_notes_json(s, lang);
	sheet_free(s);
	return json_pack("{s:s,s:s,s:s,s:s,s:s?,s:o,s:{s:o},s:o}", "from",
	    report_period_text(r->from, from), "to", report_period_text(r->to, to), "by",
	    report_by_name(r->by), "per", report_period_name(r->period), "source",
	    r->source > 0 ? sample_source_name(r->source - 1) : NULL, "rows", rows, "total",
	    plural[r->period], total, "notes", notes);
}
