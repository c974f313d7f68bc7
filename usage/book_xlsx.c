/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "lib/slurp.h"
#include "usage/book_in.h"
#include "usage/sheet_out.h"

#define KINDS	   (SHEET_DAY + 1)
#define WIDTH_MOST 60
#define A4	   9
#define TAB_MOST   31  /* characters of a tab */
#define TAB_ROOM   128 /* octets of it */
#define SERIES_MAX 30  /* of a chart: more lines than that tell nobody anything */

/* Number formats by kind, without and with a mark; days have more than one. */
struct formats {
	lxw_format *heading, *text, *title;
	lxw_format *number[KINDS][2];
	lxw_format *day, *month;
};

struct writer {
	lxw_workbook *book;
	struct formats f;
	enum language lang;
};

/* Octets scale themselves: each comma is a factor of 1000. {0} is the mark. */
static const char *const number_formats[KINDS][2] = {
    [SHEET_TEXT] = {"#,##0", "#,##0\"*\""},
    [SHEET_KEY] = {"#,##0", "#,##0\"*\""},
    [SHEET_COUNT] = {"#,##0", "#,##0\"*\""},
    [SHEET_OCTETS] = {"[>=50000000000]#,##0.0,,,,\" TB\";[>=1000000000]#,##0.0,,,\" GB\";"
		      "#,##0.0,,\" MB\"",
	"[>=50000000000]#,##0.0,,,,\" TB*\";[>=1000000000]#,##0.0,,,\" GB*\";#,##0.0,,\" MB*\""},
    [SHEET_RATE] = {"#,##0.0,,\" Mbit/s\"", "#,##0.0,,\" Mbit/s*\""},
    [SHEET_PERCENT] = {"0.0%", "0.0%\"*\""},
    [SHEET_GROWTH] = {"+0.0%;-0.0%;0.0%", "+0.0%\"*\";-0.0%\"*\";0.0%\"*\""},
    [SHEET_WON] = {"\"₩\"#,##0", "\"₩\"#,##0\"*\""},
    [SHEET_METRES] = {"#,##0\" m\"", "#,##0\" m*\""},
    [SHEET_KM2] = {"#,##0.00\" km²\"", "#,##0.00\" km²*\""},
    [SHEET_DAY] = {"yyyy-mm-dd", "yyyy-mm-dd\"*\""},
};

static void
make_formats(struct writer *w)
{
	struct formats *f = &w->f;

	f->heading = workbook_add_format(w->book);
	format_set_bold(f->heading);
	format_set_text_wrap(f->heading);
	format_set_bottom(f->heading, LXW_BORDER_MEDIUM);
	format_set_bg_color(f->heading, 0xEEF2F5);
	format_set_align(f->heading, LXW_ALIGN_VERTICAL_BOTTOM);
	f->text = workbook_add_format(w->book);
	f->title = workbook_add_format(w->book);
	format_set_bold(f->title);
	format_set_font_size(f->title, 14);
	for (int kind = 0; kind < KINDS; kind++)
		for (int marked = 0; marked < 2; marked++) {
			f->number[kind][marked] = workbook_add_format(w->book);
			format_set_num_format(
			    f->number[kind][marked], number_formats[kind][marked]);
		}
	f->day = f->number[SHEET_DAY][0];
	f->month = workbook_add_format(w->book);
	format_set_num_format(f->month, "yyyy-mm");
}

/* ---- cells ---- */

static void
put_day(struct writer *w, lxw_worksheet *ws, lxw_row_t row, lxw_col_t column, unsigned n)
{
	lxw_datetime t = {.day = 1};
	lxw_format *format = w->f.month;

	if (n < 10000) {
		worksheet_write_number(ws, row, column, n, NULL);
		return;
	}
	if (n >= 1000000) {
		t.day = (int)(n % 100);
		n /= 100;
		format = w->f.day;
	}
	t.year = (int)(n / 100);
	t.month = (int)(n % 100);
	worksheet_write_datetime(ws, row, column, &t, format);
}

static double
value(const struct sheet_column *column, const struct sheet_cell *c)
{
	double v = (c->negative ? -1.0 : 1.0) * (double)c->number;

	return column->kind == SHEET_PERCENT || column->kind == SHEET_GROWTH ? v / 1000
	       : column->kind == SHEET_KM2				     ? v / 100
									     : v;
}

static void
put_cell(struct writer *w, lxw_worksheet *ws, lxw_row_t row, lxw_col_t at,
    const struct sheet_column *column, const struct sheet_cell *c)
{
	char number[SHEET_SAY];

	if (c->state == CELL_UNKNOWN)
		return;
	if (c->state != CELL_NUMBER)
		worksheet_write_string(
		    ws, row, at, sheet_say(column, c, w->lang, number), w->f.text);
	else if (column->kind == SHEET_DAY)
		put_day(w, ws, row, at, (unsigned)c->number);
	else
		worksheet_write_number(
		    ws, row, at, value(column, c), w->f.number[column->kind][sheet_starred(c)]);
}

/* ---- a tab ---- */

static void
put_heading(struct writer *w, lxw_worksheet *ws, const struct sheet *s)
{
	lxw_col_t n = (lxw_col_t)sheet_columns(s);

	for (lxw_col_t i = 0; i < n; i++) {
		const struct sheet_column *c = sheet_column_at(s, i);
		lxw_row_col_options folded = {.hidden = !sheet_shown(s, i)};
		double width = c->kind == SHEET_KEY || c->kind == SHEET_TEXT ? 22 : 14;

		worksheet_write_string(ws, 0, i, i18n(w->lang, c->heading), w->f.heading);
		worksheet_set_column_opt(ws, i, i, width, NULL, &folded);
	}
	worksheet_write_string(ws, 0, n, i18n(w->lang, TEXT_MARKS), w->f.heading);
	worksheet_freeze_panes(ws, 1, sheet_column_at(s, 0)->kind == SHEET_KEY ? 1 : 0);
	worksheet_repeat_rows(ws, 0, 0);
	worksheet_set_paper(ws, A4);
	worksheet_set_landscape(ws);
	worksheet_fit_to_pages(ws, 1, 0);
	if (sheet_rows(s) > 0)
		worksheet_autofilter(ws, 0, 0, (lxw_row_t)sheet_rows(s), n);
}

static void
put_notes(struct writer *w, lxw_worksheet *ws, const struct sheet *s)
{
	struct sheet_footnote notes[SHEET_FOOTNOTES_MAX];
	lxw_row_t row = (lxw_row_t)sheet_rows(s) + 2;
	size_t n = sheet_footnotes(s, notes);
	char text[512];

	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%.1s%s%s", &notes[i].letter,
		    notes[i].letter ? "  " : "", i18n(w->lang, notes[i].note));
		worksheet_write_string(ws, row++, 0, text, w->f.text);
	}
}

static void
put_rows(struct writer *w, lxw_worksheet *ws, const struct sheet *s)
{
	char letters[MARKS + 1];

	for (size_t row = 0; row < sheet_rows(s); row++) {
		unsigned marks = sheet_row_marks(s, row);

		for (size_t i = 0; i < sheet_columns(s); i++)
			put_cell(w, ws, (lxw_row_t)row + 1, (lxw_col_t)i, sheet_column_at(s, i),
			    sheet_cell_at(s, row, i));
		if (marks)
			worksheet_write_string(ws, (lxw_row_t)row + 1, (lxw_col_t)sheet_columns(s),
			    mark_letters(marks, letters), w->f.text);
	}
}

/* Shades as Excel draws them: white to the darkest blue that black digits can be read on. */
static void
put_shades(lxw_worksheet *ws, const struct sheet *s)
{
	lxw_conditional_format shades = {
	    .type = LXW_CONDITIONAL_2_COLOR_SCALE, .min_color = 0xFFFFFF, .max_color = 0x74B3D4};

	if (sheet_shaded(s) && sheet_rows(s) > 0)
		worksheet_conditional_format_range(
		    ws, 1, 1, (lxw_row_t)sheet_rows(s), (lxw_col_t)sheet_columns(s) - 1, &shades);
}

/* ---- its chart ---- */

/* The row after the series that starts at a row. */
static size_t
series_end(const struct sheet *s, size_t row, int by)
{
	size_t first = row++;

	if (by < 0)
		return sheet_first_total(s);
	while (row < sheet_first_total(s)) {
		const struct sheet_cell *a = sheet_cell_at(s, first, (size_t)by),
					*b = sheet_cell_at(s, row, (size_t)by);

		if (a->state != b->state || (a->text && strcmp(a->text, b->text) != 0))
			break;
		row++;
	}
	return row;
}

static void
put_chart(struct writer *w, lxw_worksheet *ws, const struct sheet *s, const char *tab)
{
	struct sheet_chart ask = sheet_charted(s);
	lxw_chart *chart;
	size_t n = 0;

	if (!ask.wanted || sheet_first_total(s) < 2)
		return;
	chart =
	    workbook_add_chart(w->book, ask.by < 0 ? LXW_CHART_COLUMN : LXW_CHART_COLUMN_STACKED);
	if (chart == NULL)
		return;
	for (size_t row = 0, end; row < sheet_first_total(s) && n++ < SERIES_MAX; row = end) {
		lxw_chart_series *series = chart_add_series(chart, NULL, NULL);

		end = series_end(s, row, ask.by);
		chart_series_set_categories(series, tab, (lxw_row_t)row + 1, (lxw_col_t)ask.x,
		    (lxw_row_t)end, (lxw_col_t)ask.x);
		chart_series_set_values(series, tab, (lxw_row_t)row + 1, (lxw_col_t)ask.y,
		    (lxw_row_t)end, (lxw_col_t)ask.y);
		if (ask.by >= 0)
			chart_series_set_name_range(
			    series, tab, (lxw_row_t)row + 1, (lxw_col_t)ask.by);
	}
	chart_title_set_name(chart, i18n(w->lang, sheet_title(s)));
	if (ask.by < 0)
		chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
	worksheet_insert_chart(ws, 1, (lxw_col_t)sheet_columns(s) + 2, chart);
}

/* ---- the workbook ---- */

/* A tab's name: the title without what Excel refuses, cut at 31 characters, with a number if it is
 * taken. */
static void
tab_name(struct writer *w, const struct sheet *s, char out[TAB_ROOM])
{
	char title[TAB_ROOM];
	size_t len = 0, characters = 0;

	for (const char *p = i18n(w->lang, sheet_title(s)); *p != '\0' && len + 8 < TAB_ROOM; p++) {
		characters += ((unsigned char)*p & 0xc0) != 0x80;
		if (characters > TAB_MOST - 3)
			break;
		title[len++] = strchr("[]:*?/\\", *p) != NULL ? ' ' : *p;
	}
	title[len] = '\0';
	snprintf(out, TAB_ROOM, "%s", title);
	for (unsigned n = 2; n < 100 && workbook_get_worksheet_by_name(w->book, out) != NULL; n++)
		snprintf(out, TAB_ROOM, "%.*s %u", TAB_ROOM - 8, title, n);
}

static int
put_sheet(struct writer *w, const struct sheet *s)
{
	char tab[TAB_ROOM], header[256];
	lxw_worksheet *ws;

	tab_name(w, s, tab);
	ws = workbook_add_worksheet(w->book, tab);
	if (ws == NULL)
		return 0;
	put_heading(w, ws, s);
	put_rows(w, ws, s);
	put_notes(w, ws, s);
	put_shades(ws, s);
	put_chart(w, ws, s, tab);
	/* 255 characters are the most that a page's header takes. */
	if (snprintf(header, sizeof(header), "&L%s&R&P / &N", tab) < (int)sizeof(header))
		worksheet_set_header(ws, header);
	return 1;
}

static int
fill(struct writer *w, const struct book *b)
{
	lxw_doc_properties about = {.title = (char *)(uintptr_t)i18n(w->lang, b->title),
	    .subject = b->about,
	    .company = (char *)(uintptr_t) "Kkachi",
	    .created = b->made_s};

	make_formats(w);
	workbook_set_properties(w->book, &about);
	for (size_t i = 0; i < book_sheets(b); i++)
		if (!put_sheet(w, book_sheet_at(b, i)))
			return 0;
	return 1;
}

static int
failure(lxw_error e, const char *path, struct diag *d)
{
	int rc = e == LXW_ERROR_MEMORY_MALLOC_FAILED ? KK_E_NOMEM : KK_E_IO;

	return diag_set(d, rc, "%s: %s", path, lxw_strerror(e));
}

int
book_xlsx(const struct book *b, enum language lang, const char *path, struct diag *d)
{
	struct writer w = {.lang = lang};
	char *beside = NULL;
	lxw_error e;
	int rc, whole;

	if (asprintf(&beside, "%s.new-%ld", path, (long)getpid()) < 0)
		return diag_set(d, KK_E_NOMEM, "%s: %s", path, kk_strerror(KK_E_NOMEM));
	if ((w.book = workbook_new(beside)) == NULL) {
		free(beside);
		return diag_set(d, KK_E_NOMEM, "%s: %s", path, kk_strerror(KK_E_NOMEM));
	}
	whole = fill(&w, b);
	e = workbook_close(w.book); /* writes, and frees */
	if (e != LXW_NO_ERROR)
		rc = failure(e, path, d);
	else if (!whole)
		rc = diag_set(d, KK_E_NOMEM, "%s: %s", path, kk_strerror(KK_E_NOMEM));
	else if (rename(beside, path) != 0)
		rc = diag_set(d, KK_E_IO, "%s: cannot be put there", path);
	else
		rc = KK_OK;
	if (rc != KK_OK)
		unlink(beside);
	free(beside);
	return rc;
}

/* The library writes files only: one without a name for others is read back. */
int
book_xlsx_to(const struct book *b, enum language lang, FILE *out, struct diag *d)
{
	char path[] = "/tmp/kkachi-xlsx-XXXXXX";
	int fd = mkstemp(path), rc;
	char *octets = NULL;
	size_t len = 0;

	if (fd < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	close(fd);
	rc = book_xlsx(b, lang, path, d);
	if (rc == KK_OK)
		rc = slurp(path, (size_t)1 << 30, &octets, &len, d);
	unlink(path);
	if (rc == KK_OK)
		fwrite(octets, 1, len, out);
	free(octets);
	return rc;
}
