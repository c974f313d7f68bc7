/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/grid.h"
#include "usage/format.h"

/* Each mark: its letter in the last column, and the footnote that explains it. */
static const struct {
	unsigned mark;
	char letter;
	enum text_id note;
} marks[] = {
    {REPORT_IMPORTED, 'i', TEXT_NOTE_IMPORTED},
    {REPORT_PART_IMPORTED, 'j', TEXT_NOTE_PART_IMPORTED},
    {REPORT_PARTIAL, 'p', TEXT_NOTE_PARTIAL},
    {REPORT_RESTARTS, 'r', TEXT_NOTE_RESTARTS},
    {REPORT_UNSURE, 'u', TEXT_NOTE_UNSURE},
    {REPORT_LUMP, 'g', TEXT_NOTE_LUMP},
};
#define MARKS (sizeof(marks) / sizeof(marks[0]))

static const enum text_id headings[] = {TEXT_KEY_CITY, TEXT_MONTH, TEXT_DOWNLOAD, TEXT_UPLOAD,
    TEXT_TOTAL, TEXT_GROWTH, TEXT_GROWTH_MEAN, TEXT_COVERAGE, TEXT_MARKS};

const char *
report_month_text(kk_day month, char out[16])
{
	snprintf(out, 16, "%04d-%02d", (int)(month / 100), (int)(month % 100));
	return out;
}

static void
figure_cell(struct grid *g, struct figure f, int sign)
{
	char text[32], cell[40];

	if (!f.known) {
		grid_cell(g, NULL);
		return;
	}
	snprintf(
	    cell, sizeof(cell), "%s%s %%", sign && f.tenths > 0 ? "+" : "", report_figure(f, text));
	grid_cell(g, cell);
}

static void
octets_cell(struct grid *g, int known, uint64_t octets)
{
	char text[32];

	grid_cell(g, known ? report_octets(octets, text) : NULL);
}

static void
month_cells(struct grid *g, const struct report_row *row, size_t i)
{
	const struct report_month *m = &row->months[i];
	char text[16], letters[MARKS + 1];
	size_t n = 0;

	grid_cell(g, i == 0 ? (row->key[0] ? row->key : "-") : " ");
	grid_cell(g, report_month_text(m->month, text));
	octets_cell(g, m->known, m->octets_down);
	octets_cell(g, m->known, m->octets_up);
	octets_cell(g, m->known, m->octets);
	figure_cell(g, m->growth, 1);
	figure_cell(g, m->growth_mean, 1);
	figure_cell(g, m->coverage, 0);
	for (size_t k = 0; k < MARKS; k++)
		if (m->marks & marks[k].mark)
			letters[n++] = marks[k].letter;
	letters[n] = '\0';
	grid_cell(g, n ? letters : " ");
}

static void
footnotes(const struct report *r, enum language lang, FILE *out)
{
	unsigned seen = 0;

	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->rows[i].n; k++)
			seen |= r->rows[i].months[k].marks;
	if (seen != 0)
		fputc('\n', out);
	for (size_t k = 0; k < MARKS; k++)
		if (seen & marks[k].mark)
			fprintf(out, "%c  %s\n", marks[k].letter, i18n(lang, marks[k].note));
}

int
report_table(const struct report *r, enum language lang, FILE *out)
{
	struct grid *g = grid_new(9, "llrrrrrrl");
	int rc;

	if (g == NULL)
		return KK_E_NOMEM;
	grid_cell(g, i18n(lang, (enum text_id)(TEXT_KEY_CITY + r->by)));
	for (size_t i = 1; i < sizeof(headings) / sizeof(headings[0]); i++)
		grid_cell(g, i18n(lang, headings[i]));
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->rows[i].n; k++)
			month_cells(g, &r->rows[i], k);
	rc = grid_print(g, out, 0);
	grid_free(g);
	if (rc == KK_OK)
		footnotes(r, lang, out);
	return rc;
}
