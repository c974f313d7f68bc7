/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "lib/grid.h"
#include "usage/sheet_out.h"

/* Which columns a person is shown, and which of them have a figure with a mark. */
struct shown {
	size_t column[SHEET_COLUMNS_MAX];
	int starred[SHEET_COLUMNS_MAX];
	size_t n;
	unsigned marks;
};

static int
has_marks(const struct sheet *s, size_t column)
{
	for (size_t row = 0; row < sheet_rows(s); row++)
		if (sheet_starred(sheet_cell_at(s, row, column)))
			return 1;
	return 0;
}

static void
choose(const struct sheet *s, struct shown *v)
{
	v->n = 0;
	v->marks = sheet_marks(s);
	for (size_t i = 0; i < sheet_columns(s); i++)
		if (sheet_shown(s, i)) {
			v->starred[v->n] = has_marks(s, i);
			v->column[v->n++] = i;
		}
}

static struct grid *
new_grid(const struct sheet *s, const struct shown *v)
{
	char align[SHEET_COLUMNS_MAX + 2];
	size_t n = v->n;

	for (size_t i = 0; i < n; i++) {
		enum sheet_kind kind = sheet_column_at(s, v->column[i])->kind;

		align[i] = kind == SHEET_TEXT || kind == SHEET_KEY || kind == SHEET_DAY ? 'l' : 'r';
	}
	if (v->marks)
		align[n++] = 'l';
	align[n] = '\0';
	return grid_new(n, align);
}

/* A figure and its mark; those without one leave its place free, so that the digits stand in line.
 */
static void
put_cell(struct grid *g, const struct sheet *s, const struct shown *v, size_t row, size_t i,
    enum language lang)
{
	const struct sheet_cell *c = sheet_cell_at(s, row, v->column[i]);
	char number[SHEET_SAY], starred[SHEET_SAY + 2];
	const char *text = sheet_say(sheet_column_at(s, v->column[i]), c, lang, number);

	if (sheet_repeats(s, row, v->column[i])) {
		grid_cell(g, " ");
		return;
	}
	if (!v->starred[i] || (c->state != CELL_NUMBER && c->state != CELL_UNKNOWN)) {
		grid_cell(g, text);
		return;
	}
	snprintf(starred, sizeof(starred), "%s%s", text ? text : "-", sheet_starred(c) ? "*" : " ");
	grid_cell(g, starred);
}

static void
put_heading(struct grid *g, const struct sheet *s, const struct shown *v, enum language lang)
{
	for (size_t i = 0; i < v->n; i++) {
		const char *heading = i18n(lang, sheet_column_at(s, v->column[i])->heading);
		char text[128];

		snprintf(text, sizeof(text), "%s%s", heading, v->starred[i] ? " " : "");
		grid_cell(g, text);
	}
	if (v->marks)
		grid_cell(g, i18n(lang, TEXT_MARKS));
}

static void
footnotes(const struct sheet *s, enum language lang, FILE *out)
{
	struct sheet_footnote notes[SHEET_FOOTNOTES_MAX];
	size_t n = sheet_footnotes(s, notes);

	if (n > 0)
		fputc('\n', out);
	for (size_t i = 0; i < n; i++)
		if (notes[i].letter)
			fprintf(out, "%c  %s\n", notes[i].letter, i18n(lang, notes[i].note));
		else
			fprintf(out, "%s\n", i18n(lang, notes[i].note));
}

int
sheet_table(const struct sheet *s, enum language lang, FILE *out)
{
	struct shown v;
	struct grid *g;
	int rc;

	choose(s, &v);
	if (v.n + (v.marks != 0) > GRID_COLUMNS_MAX)
		return KK_E_RANGE;
	if ((g = new_grid(s, &v)) == NULL)
		return KK_E_NOMEM;
	put_heading(g, s, &v, lang);
	for (size_t row = 0; row < sheet_rows(s); row++) {
		char letters[MARKS + 1];

		for (size_t i = 0; i < v.n; i++)
			put_cell(g, s, &v, row, i, lang);
		if (v.marks)
			grid_cell(g, sheet_row_marks(s, row)
					 ? mark_letters(sheet_row_marks(s, row), letters)
					 : " ");
	}
	fprintf(out, "%s%s%s\n", i18n(lang, sheet_title(s)), *sheet_subtitle(s) ? "  " : "",
	    sheet_subtitle(s));
	rc = grid_print(g, out, 0);
	grid_free(g);
	if (rc == KK_OK)
		footnotes(s, lang, out);
	return rc;
}
