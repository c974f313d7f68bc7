/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "lib/region.h"

struct sheet {
	struct region *region; /* texts */
	const char *name, *about;
	enum text_id title;
	struct sheet_column columns[SHEET_COLUMNS_MAX];
	size_t n_columns;
	struct sheet_cell *cells;
	size_t n, room;
	enum text_id notes[SHEET_NOTES_MAX];
	size_t n_notes;
	struct sheet_chart chart;
	int shaded;
	size_t totals; /* first row of them + 1; 0: none */
	int rc;	       /* sticky */
};

struct sheet *
sheet_new(const char *name, enum text_id title)
{
	struct sheet *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	if ((s->region = region_new()) == NULL) {
		free(s);
		return NULL;
	}
	s->name = name;
	s->about = "";
	s->title = title;
	return s;
}

void
sheet_free(struct sheet *s)
{
	if (s == NULL)
		return;
	region_free(s->region);
	free(s->cells);
	free(s);
}

static const char *
copy(struct sheet *s, const char *text)
{
	const char *mine = region_strdup(s->region, text);

	if (mine == NULL)
		s->rc = KK_E_NOMEM;
	return mine != NULL ? mine : "";
}

void
sheet_about(struct sheet *s, const char *about)
{
	if (s != NULL)
		s->about = copy(s, about);
}

void
sheet_column(struct sheet *s, const char *key, enum text_id heading, unsigned kind)
{
	if (s == NULL)
		return;
	if (s->n_columns == SHEET_COLUMNS_MAX || s->n > 0) {
		s->rc = KK_E_RANGE;
		return;
	}
	s->columns[s->n_columns++] = (struct sheet_column){
	    key, heading, (enum sheet_kind)(kind & ~SHEET_DETAIL), (kind & SHEET_DETAIL) != 0};
}

static void
put(struct sheet *s, struct sheet_cell cell)
{
	if (s == NULL)
		return;
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : 256;
		struct sheet_cell *more = realloc(s->cells, room * sizeof(*more));

		if (more == NULL) {
			s->rc = KK_E_NOMEM;
			return;
		}
		s->cells = more;
		s->room = room;
	}
	s->cells[s->n++] = cell;
}

void
sheet_text(struct sheet *s, const char *text)
{
	if (text == NULL)
		sheet_unknown(s);
	else if (s != NULL)
		put(s, (struct sheet_cell){.state = CELL_TEXT, .text = copy(s, text)});
}

void
sheet_word(struct sheet *s, const char *key, enum text_id word)
{
	put(s, (struct sheet_cell){.state = CELL_WORD, .text = key, .word = word});
}

void
sheet_number(struct sheet *s, uint64_t n)
{
	put(s, (struct sheet_cell){.state = CELL_NUMBER, .number = n});
}

void
sheet_signed(struct sheet *s, int64_t n)
{
	put(s, (struct sheet_cell){.state = CELL_NUMBER,
		   .negative = n < 0,
		   .number = n < 0 ? -(uint64_t)n : (uint64_t)n});
}

void
sheet_percent(struct sheet *s, int64_t tenths)
{
	sheet_signed(s, tenths);
}

void
sheet_unknown(struct sheet *s)
{
	put(s, (struct sheet_cell){.state = CELL_UNKNOWN});
}

void
sheet_mark(struct sheet *s, unsigned marks)
{
	if (s != NULL && s->n > 0)
		s->cells[s->n - 1].marks |= marks;
}

void
sheet_doubt(struct sheet *s)
{
	if (s != NULL && s->n > 0)
		s->cells[s->n - 1].doubt = 1;
}

void
sheet_totals(struct sheet *s)
{
	if (s != NULL && s->totals == 0)
		s->totals = sheet_rows(s) + 1;
}

void
sheet_note(struct sheet *s, enum text_id note)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_notes; i++)
		if (s->notes[i] == note)
			return;
	if (s->n_notes < SHEET_NOTES_MAX)
		s->notes[s->n_notes++] = note;
	else
		s->rc = KK_E_RANGE;
}

void
sheet_shade(struct sheet *s)
{
	if (s != NULL)
		s->shaded = 1;
}

void
sheet_chart(struct sheet *s, size_t x, size_t y, int by)
{
	if (s != NULL)
		s->chart = (struct sheet_chart){1, x, y, by};
}

int
sheet_shaded(const struct sheet *s)
{
	return s->shaded;
}

struct sheet_chart
sheet_charted(const struct sheet *s)
{
	return s->chart;
}

int
sheet_error(const struct sheet *s)
{
	if (s == NULL)
		return KK_E_NOMEM;
	if (s->rc == KK_OK && (s->n_columns == 0 || s->n % s->n_columns != 0))
		return KK_E_RANGE;
	return s->rc;
}

const char *
sheet_name(const struct sheet *s)
{
	return s->name;
}

enum text_id
sheet_title(const struct sheet *s)
{
	return s->title;
}

const char *
sheet_subtitle(const struct sheet *s)
{
	return s->about;
}

size_t
sheet_columns(const struct sheet *s)
{
	return s->n_columns;
}

const struct sheet_column *
sheet_column_at(const struct sheet *s, size_t column)
{
	return &s->columns[column];
}

size_t
sheet_rows(const struct sheet *s)
{
	return s->n_columns ? s->n / s->n_columns : 0;
}

const struct sheet_cell *
sheet_cell_at(const struct sheet *s, size_t row, size_t column)
{
	return &s->cells[row * s->n_columns + column];
}

int
sheet_starred(const struct sheet_cell *c)
{
	return c->marks != 0 || c->doubt;
}

size_t
sheet_first_total(const struct sheet *s)
{
	return s->totals ? s->totals - 1 : sheet_rows(s);
}

unsigned
sheet_row_marks(const struct sheet *s, size_t row)
{
	unsigned marks = 0;

	for (size_t i = 0; i < s->n_columns; i++)
		marks |= sheet_cell_at(s, row, i)->marks;
	return marks;
}

unsigned
sheet_marks(const struct sheet *s)
{
	unsigned marks = 0;

	for (size_t i = 0; i < s->n; i++)
		marks |= s->cells[i].marks;
	return marks;
}

static int
any_star(const struct sheet *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (sheet_starred(&s->cells[i]))
			return 1;
	return 0;
}

size_t
sheet_footnotes(const struct sheet *s, struct sheet_footnote out[SHEET_FOOTNOTES_MAX])
{
	const struct mark_name *names = mark_names();
	unsigned marks = sheet_marks(s);
	size_t n = 0;

	if (any_star(s))
		out[n++] = (struct sheet_footnote){'*', NULL, TEXT_NOTE_STAR};
	for (size_t i = 0; i < MARKS; i++)
		if (marks & names[i].mark)
			out[n++] =
			    (struct sheet_footnote){names[i].letter, names[i].key, names[i].note};
	for (size_t i = 0; i < s->n_notes; i++)
		out[n++] = (struct sheet_footnote){0, NULL, s->notes[i]};
	return n;
}

int
sheet_shown(const struct sheet *s, size_t column)
{
	if (!s->columns[column].detail)
		return 1;
	for (size_t i = column; i < s->n; i += s->n_columns) {
		const struct sheet_cell *c = &s->cells[i];

		if (c->state != CELL_UNKNOWN && (c->state != CELL_NUMBER || c->number != 0))
			return 1;
	}
	return 0;
}

int
sheet_repeats(const struct sheet *s, size_t row, size_t column)
{
	const struct sheet_cell *c, *above;

	if (row == 0 || s->columns[column].kind != SHEET_KEY)
		return 0;
	c = sheet_cell_at(s, row, column);
	above = sheet_cell_at(s, row - 1, column);
	if (c->state != above->state || c->state == CELL_UNKNOWN)
		return 0;
	return c->state == CELL_NUMBER ? c->number == above->number
				       : strcmp(c->text, above->text) == 0;
}
