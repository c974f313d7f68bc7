/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/grid.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/region.h"
#include "lib/text.h"

struct cell {
	const char *text;
	const char *colour;
	size_t width;
};

struct grid {
	struct region *region; /* texts */
	struct cell *cells;
	size_t n, room;
	size_t columns;
	char align[GRID_COLUMNS_MAX];
	size_t width[GRID_COLUMNS_MAX];
	int failed; /* sticky: a cell is missing */
};

struct grid *
grid_new(size_t columns, const char *align)
{
	struct grid *g;

	if (columns == 0 || columns > GRID_COLUMNS_MAX || strlen(align) != columns)
		return NULL;
	if ((g = calloc(1, sizeof(*g))) == NULL)
		return NULL;
	if ((g->region = region_new()) == NULL) {
		free(g);
		return NULL;
	}
	g->columns = columns;
	memcpy(g->align, align, columns);
	return g;
}

void
grid_free(struct grid *g)
{
	if (g == NULL)
		return;
	region_free(g->region);
	free(g->cells);
	free(g);
}

static int
grow(struct grid *g)
{
	size_t room = g->room ? g->room * 2 : 256;
	struct cell *more;

	if (g->n < g->room)
		return 1;
	if ((more = realloc(g->cells, room * sizeof(*more))) == NULL)
		return 0;
	g->cells = more;
	g->room = room;
	return 1;
}

void
grid_coloured(struct grid *g, const char *text, const char *colour)
{
	size_t column = g->n % g->columns;
	struct cell *c;
	char *copy;

	if (text == NULL || text[0] == '\0')
		text = "-";
	if (g->failed || !grow(g) || (copy = region_strdup(g->region, text)) == NULL) {
		g->failed = 1;
		return;
	}
	for (unsigned char *p = (unsigned char *)copy; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f)
			*p = ' ';
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			p[0] = p[1] = ' '; /* C1 controls: a terminal may take them for ESC [ */
	c = &g->cells[g->n++];
	*c = (struct cell){copy, colour, text_width(copy)};
	if (c->width > g->width[column])
		g->width[column] = c->width;
}

void
grid_cell(struct grid *g, const char *text)
{
	grid_coloured(g, text, NULL);
}

static void
blanks(FILE *out, size_t n)
{
	while (n-- > 0)
		fputc(' ', out);
}

/* Octets of a text without the blanks at its end: it ends the line. */
static int
trimmed(const char *text)
{
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == ' ')
		len--;
	return len < INT_MAX ? (int)len : INT_MAX;
}

static void
print_row(const struct grid *g, const struct cell *row, FILE *out, int colour)
{
	size_t n = g->columns;

	while (n > 0 && strcmp(row[n - 1].text, " ") == 0)
		n--; /* blank cells at the end leave no blanks */
	for (size_t i = 0; i < n; i++) {
		const struct cell *c = &row[i];
		size_t pad = g->width[i] - c->width;

		if (i > 0)
			blanks(out, 2);
		if (g->align[i] == 'r')
			blanks(out, pad);
		if (colour && c->colour != NULL)
			fprintf(out, "\033[%sm%s\033[0m", c->colour, c->text);
		else
			fprintf(out, "%.*s", i + 1 < n ? INT_MAX : trimmed(c->text), c->text);
		if (g->align[i] != 'r' && i + 1 < n)
			blanks(out, pad);
	}
	fputc('\n', out);
}

int
grid_print(const struct grid *g, FILE *out, int colour)
{
	if (g->failed)
		return KK_E_NOMEM;
	for (size_t i = 0; i + g->columns <= g->n; i += g->columns)
		print_row(g, &g->cells[i], out, colour);
	return KK_OK;
}
