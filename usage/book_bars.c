/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sheet's chart as SVG: a bar at each place, series upon series; without scripts, so that it
 * prints. */
#include <string.h>

#include "lib/markup.h"
#include "usage/book_in.h"
#include "usage/sheet_out.h"

#define WIDTH	   720
#define HEIGHT	   220 /* of the bars */
#define TOP	   22
#define LABELS	   22 /* below the bars */
#define LEGEND	   18 /* a line of the legend */
#define PER_LINE   4
#define SERIES	   8   /* the last one takes what is left */
#define PLACES	   400 /* more bars than that are a blur */
#define NAMED_MOST 16  /* places that have their figure above */

/* Okabe and Ito's colours, which most colour-blind people can tell apart; grey for the others. */
static const char *const colours[SERIES] = {
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999"};

struct bars {
	const struct sheet *s;
	struct sheet_chart ask;
	size_t place_row[PLACES], n_places; /* a row that names the place */
	size_t series_row[SERIES], n_series;
	int others; /* the last series is the sum of what is left */
	uint64_t value[SERIES][PLACES];
	int known[PLACES];
};

static int
same(const struct sheet_cell *a, const struct sheet_cell *b)
{
	if (a->state != b->state)
		return 0;
	if (a->state == CELL_NUMBER)
		return a->number == b->number && a->negative == b->negative;
	return a->state == CELL_UNKNOWN || strcmp(a->text, b->text) == 0;
}

/* The index of a row's value among those seen before, or a new one; room: too many. */
static size_t
place_of(const struct sheet *s, size_t column, size_t row, size_t *rows, size_t *n, size_t room)
{
	for (size_t i = *n; i-- > 0;)
		if (same(sheet_cell_at(s, rows[i], column), sheet_cell_at(s, row, column)))
			return i;
	if (*n == room)
		return room;
	rows[*n] = row;
	return (*n)++;
}

static void
collect(struct bars *b)
{
	const struct sheet *s = b->s;

	for (size_t row = 0; row < sheet_first_total(s); row++) {
		const struct sheet_cell *c = sheet_cell_at(s, row, b->ask.y);
		size_t place = place_of(s, b->ask.x, row, b->place_row, &b->n_places, PLACES);
		size_t series = 0;

		if (b->ask.by >= 0)
			series = place_of(
			    s, (size_t)b->ask.by, row, b->series_row, &b->n_series, SERIES);
		if (series == SERIES) {
			series = SERIES - 1;
			b->others = 1;
		}
		if (place == PLACES || c->state != CELL_NUMBER || c->negative)
			continue;
		b->known[place] = 1;
		b->value[series][place] += c->number;
	}
	if (b->n_series == 0)
		b->n_series = 1;
}

static uint64_t
total(const struct bars *b, size_t place)
{
	uint64_t n = 0;

	for (size_t i = 0; i < b->n_series; i++)
		n += b->value[i][place];
	return n;
}

static void
put_text(FILE *out, double x, double y, const char *anchor, const char *text)
{
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
	markup_escaped(out, text);
	fputs("</text>\n", out);
}

static const char *
say(const struct bars *b, size_t row, size_t column, enum language lang, char out[SHEET_SAY])
{
	const char *text =
	    sheet_say(sheet_column_at(b->s, column), sheet_cell_at(b->s, row, column), lang, out);

	return text != NULL ? text : "–";
}

/* One place: its bar, its name below, its figure above. */
static void
put_place(const struct bars *b, size_t place, uint64_t most, enum language lang, FILE *out)
{
	double step = (double)WIDTH / (double)b->n_places, x = step * (double)place;
	double y = TOP + HEIGHT, middle = x + step / 2;
	size_t every = b->n_places / (NAMED_MOST - 4) + 1;
	struct sheet_cell sum = {.state = CELL_NUMBER, .number = total(b, place)};
	char number[SHEET_SAY];

	for (size_t i = 0; i < b->n_series; i++) {
		double h = HEIGHT * ((double)b->value[i][place] / (double)most);

		if (h <= 0)
			continue;
		y -= h;
		fprintf(out,
		    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
		    x + step * 0.15, y, step * 0.7, h, colours[i]);
	}
	if (b->n_places <= NAMED_MOST)
		put_text(out, middle, y - 5, "middle",
		    b->known[place] ? sheet_say(sheet_column_at(b->s, b->ask.y), &sum, lang, number)
				    : "–");
	if (place % every == 0)
		put_text(out, middle, TOP + HEIGHT + 15, "middle",
		    say(b, b->place_row[place], b->ask.x, lang, number));
}

static void
put_legend(const struct bars *b, enum language lang, FILE *out)
{
	for (size_t i = 0; i < b->n_series && b->ask.by >= 0; i++) {
		double x = (double)(i % PER_LINE) * WIDTH / PER_LINE;
		size_t line = i / PER_LINE + 1;
		double y = TOP + HEIGHT + LABELS + LEGEND * (double)line - 4;
		char number[SHEET_SAY];
		int rest = b->others && i == SERIES - 1;

		fprintf(out,
		    "<rect x=\"%.1f\" y=\"%.1f\" width=\"11\" height=\"11\" fill=\"%s\"/>\n", x,
		    y - 10, colours[i]);
		put_text(out, x + 16, y, "start",
		    rest ? i18n(lang, TEXT_OTHERS)
			 : say(b, b->series_row[i], (size_t)b->ask.by, lang, number));
	}
}

void
book_bars(const struct sheet *s, enum language lang, FILE *out)
{
	struct bars b = {.s = s, .ask = sheet_charted(s)};
	uint64_t most = 0;
	unsigned height;

	if (!b.ask.wanted)
		return;
	collect(&b);
	for (size_t i = 0; i < b.n_places; i++)
		if (total(&b, i) > most)
			most = total(&b, i);
	if (most == 0 || b.n_places < 2)
		return;
	height = TOP + HEIGHT + LABELS;
	if (b.ask.by >= 0)
		height += LEGEND * (unsigned)((b.n_series + PER_LINE - 1) / PER_LINE);
	fprintf(out, "<figure aria-hidden=\"true\"><svg viewBox=\"0 0 %d %u\" font-size=\"11\">\n",
	    WIDTH, height);
	fprintf(out, "<line x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#333\"/>\n", WIDTH,
	    TOP + HEIGHT, TOP + HEIGHT);
	for (size_t i = 0; i < b.n_places; i++)
		put_place(&b, i, most, lang, out);
	put_legend(&b, lang, out);
	fputs("</svg></figure>\n", out);
}
