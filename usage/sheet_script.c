/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sheets for scripts: CSV and JSON. */
#include <string.h>

#include "lib/csv.h"
#include "usage/sheet_out.h"

/* ---- CSV ---- */

/* The words of a row's marks, then the columns that have a star. */
static void
put_marks(const struct sheet *s, size_t row, FILE *out)
{
	const struct mark_name *names = mark_names();
	unsigned marks = sheet_row_marks(s, row);
	const char *between = "";

	fputc(',', out);
	for (size_t i = 0; i < MARKS; i++)
		if (marks & names[i].mark) {
			fprintf(out, "%s%s", between, names[i].key);
			between = " ";
		}
	fputc(',', out);
	between = "";
	for (size_t i = 0; i < sheet_columns(s); i++)
		if (sheet_starred(sheet_cell_at(s, row, i))) {
			fprintf(out, "%s%s", between, sheet_column_at(s, i)->key);
			between = " ";
		}
	fputs("\r\n", out);
}

void
sheet_csv(const struct sheet *s, int bom, FILE *out)
{
	char number[SHEET_SAY];

	if (bom)
		fputs("\xef\xbb\xbf", out);
	for (size_t i = 0; i < sheet_columns(s); i++)
		csv_put(out, sheet_column_at(s, i)->key, i == 0);
	fputs(",marks,marked\r\n", out);
	for (size_t row = 0; row < sheet_first_total(s); row++) {
		for (size_t i = 0; i < sheet_columns(s); i++)
			csv_put(out,
			    sheet_exact(sheet_column_at(s, i), sheet_cell_at(s, row, i), number),
			    i == 0);
		put_marks(s, row, out);
	}
}

/* ---- JSON ---- */

static json_t *
cell_json(const struct sheet_column *column, const struct sheet_cell *c)
{
	char number[SHEET_SAY];

	if (c->state == CELL_UNKNOWN)
		return json_null();
	if (c->state != CELL_NUMBER || column->kind == SHEET_DAY)
		return json_string(sheet_exact(column, c, number));
	if (column->kind == SHEET_PERCENT || column->kind == SHEET_GROWTH)
		return json_real((c->negative ? -1.0 : 1.0) * (double)c->number / 10);
	if (column->kind == SHEET_KM2)
		return json_real((double)c->number / 100);
	return json_integer(c->negative ? -(json_int_t)c->number : (json_int_t)c->number);
}

static json_t *
marks_json(unsigned marks)
{
	const struct mark_name *names = mark_names();
	json_t *all = json_array();

	for (size_t i = 0; i < MARKS; i++)
		if (marks & names[i].mark)
			json_array_append_new(all, json_string(names[i].key));
	return all;
}

static json_t *
marked_json(const struct sheet *s, size_t row, size_t from)
{
	json_t *all = json_array();

	for (size_t i = from; i < sheet_columns(s); i++)
		if (sheet_starred(sheet_cell_at(s, row, i)))
			json_array_append_new(all, json_string(sheet_column_at(s, i)->key));
	return all;
}

json_t *
sheet_row_json(const struct sheet *s, size_t row, size_t from)
{
	json_t *j = json_object();

	for (size_t i = from; i < sheet_columns(s); i++)
		json_object_set_new(j, sheet_column_at(s, i)->key,
		    cell_json(sheet_column_at(s, i), sheet_cell_at(s, row, i)));
	json_object_set_new(j, "marks", marks_json(sheet_row_marks(s, row)));
	json_object_set_new(j, "marked", marked_json(s, row, from));
	return j;
}

/* The notes of the marks in use and the sheet's own. */
static json_t *
notes_json(const struct sheet *s, enum language lang)
{
	const struct mark_name *names = mark_names();
	unsigned marks = sheet_marks(s);
	json_t *all = json_array();
	size_t n;
	const enum text_id *notes = sheet_notes(s, &n);

	for (size_t i = 0; i < MARKS; i++)
		if (marks & names[i].mark)
			json_array_append_new(all, json_pack("{s:s,s:s}", "mark", names[i].key,
						       "note", i18n(lang, names[i].note)));
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_pack("{s:s}", "note", i18n(lang, notes[i])));
	return all;
}

json_t *
sheet_json(const struct sheet *s, enum language lang)
{
	json_t *rows = json_array(), *totals = json_array();

	for (size_t row = 0; row < sheet_rows(s); row++)
		json_array_append_new(
		    row < sheet_first_total(s) ? rows : totals, sheet_row_json(s, row, 0));
	return json_pack("{s:s,s:s,s:s,s:o,s:o,s:o}", "name", sheet_name(s), "title",
	    i18n(lang, sheet_title(s)), "about", sheet_subtitle(s), "rows", rows, "totals", totals,
	    "notes", notes_json(s, lang));
}
