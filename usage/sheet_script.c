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

static json_t *
columns_json(const struct sheet *s, enum language lang)
{
	static const char *const kinds[] = {"text", "key", "count", "octets", "bits_per_second",
	    "percent", "growth", "won", "metres", "km2", "day"};
	json_t *all = json_array();

	for (size_t i = 0; i < sheet_columns(s); i++) {
		const struct sheet_column *c = sheet_column_at(s, i);

		json_array_append_new(all,
		    json_pack("{s:s,s:s,s:s,s:b}", "key", c->key, "heading", i18n(lang, c->heading),
			"kind", kinds[c->kind], "shown", sheet_shown(s, i)));
	}
	return all;
}

json_t *
sheet_notes_json(const struct sheet *s, enum language lang)
{
	struct sheet_footnote notes[SHEET_FOOTNOTES_MAX];
	size_t n = sheet_footnotes(s, notes);
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *j = json_pack("{s:s}", "note", i18n(lang, notes[i].note));

		if (notes[i].letter)
			json_object_set_new(j, "letter", json_stringn(&notes[i].letter, 1));
		if (notes[i].key != NULL)
			json_object_set_new(j, "mark", json_string(notes[i].key));
		json_array_append_new(all, j);
	}
	return all;
}

json_t *
sheet_json(const struct sheet *s, enum language lang)
{
	json_t *rows = json_array(), *totals = json_array();

	for (size_t row = 0; row < sheet_rows(s); row++)
		json_array_append_new(
		    row < sheet_first_total(s) ? rows : totals, sheet_row_json(s, row, 0));
	return json_pack("{s:s,s:s,s:s,s:b,s:o,s:o,s:o,s:o}", "name", sheet_name(s), "title",
	    i18n(lang, sheet_title(s)), "about", sheet_subtitle(s), "shaded", sheet_shaded(s),
	    "columns", columns_json(s, lang), "rows", rows, "totals", totals, "notes",
	    sheet_notes_json(s, lang));
}
