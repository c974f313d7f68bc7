/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "lib/base64.h"
#include "lib/markup.h"
#include "lib/zone.h"
#include "usage/book_in.h"
#include "usage/sheet_out.h"

#define SHADES 9

/* For screens as narrow as a telephone and for A4: what does not fit is scrolled there, and smaller
 * here. A printed table repeats its heading on every page and never breaks inside a row. */
static const char style[] =
    "@page{size:A4;margin:14mm 12mm 16mm;@bottom-right{content:counter(page) \" / \" "
    "counter(pages);"
    "font:8pt sans-serif}}\n"
    ":root{color-scheme:light}\n"
    "body{font:10.5pt/1.45 \"Noto Sans CJK KR\",NanumGothic,\"Malgun Gothic\",\"Apple SD Gothic "
    "Neo\","
    "sans-serif;color:#111;background:#fff;margin:0 auto;max-width:62rem;padding:1rem}\n"
    "h1{font-size:1.6em;margin:0}\n"
    "h2{font-size:1.2em;margin:1.6em 0 .3em;break-after:avoid}\n"
    ".made{color:#444;margin:.2em 0 0}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.15em .45em;border-bottom:1px solid #bbb;text-align:left;vertical-align:top}\n"
    "thead th{border-bottom:2px solid #333;background:#eef2f5;vertical-align:bottom}\n"
    ".n{text-align:right}td{white-space:nowrap}th{word-break:keep-all}tbody th{min-width:4.5em}\n"
    ".text{white-space:normal;min-width:8em}.shaded{table-layout:fixed}\n"
    "tbody th{font-weight:normal}\n"
    "tbody tr.first td,tbody tr.first th{border-top:1px solid #333}\n"
    "tr.total td,tr.total th{font-weight:bold}\n"
    "abbr{text-decoration:none;cursor:help}\n"
    ".notes{font-size:.88em;color:#333;margin:.5em 0 "
    "0;padding:0;list-style:none;break-before:avoid}\n"
    "sup{line-height:0}\n"
    ".notes b{display:inline-block;min-width:1.4em}\n"
    "figure{margin:.8em 0;break-inside:avoid}\n"
    "figure svg,figure img{width:100%;height:auto}\n"
    "figcaption{font-size:.88em;color:#333}\n"
    ".s1{background:#eef5fb}.s2{background:#dceaf6}.s3{background:#c8dff0}.s4{background:#b0d2e8}"
    ".s5{background:#94c4df}.s6{background:#74b3d4}.s7{background:#559fc8;color:#000}"
    ".s8{background:#2f78a8;color:#fff}.s9{background:#0b4a78;color:#fff}\n"
    ".shaded td{padding:.1em .2em;font-size:.8em}\n"
    "@media print{body{font-size:8.6pt;padding:0;max-width:none}thead{display:table-header-group}"
    "tr{break-inside:avoid}.wide{overflow:visible}.shaded td,.shaded th{font-size:6pt;padding:.1em}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

static int
is_number(const struct sheet_column *c)
{
	return c->kind != SHEET_TEXT && c->kind != SHEET_KEY && c->kind != SHEET_DAY;
}

static void
put_heading(const struct sheet *s, enum language lang, FILE *out)
{
	fputs("<thead><tr>", out);
	for (size_t i = 0; i < sheet_columns(s); i++) {
		const struct sheet_column *c = sheet_column_at(s, i);

		if (!sheet_shown(s, i))
			continue;
		fprintf(out, "<th scope=\"col\"%s>", is_number(c) ? " class=\"n\"" : "");
		markup_escaped(out, i18n(lang, c->heading));
		fputs("</th>", out);
	}
	if (sheet_marks(s))
		fprintf(out, "<th scope=\"col\">%s</th>", i18n(lang, TEXT_MARKS));
	fputs("</tr></thead>\n", out);
}

/* The largest number of a shaded sheet; 0: it is not shaded. */
static uint64_t
most(const struct sheet *s)
{
	uint64_t n = 0;

	if (!sheet_shaded(s))
		return 0;
	for (size_t row = 0; row < sheet_rows(s); row++)
		for (size_t i = 0; i < sheet_columns(s); i++)
			if (sheet_cell_at(s, row, i)->number > n &&
			    is_number(sheet_column_at(s, i)))
				n = sheet_cell_at(s, row, i)->number;
	return n;
}

static unsigned
shade(uint64_t n, uint64_t most)
{
	return most == 0 || n == 0 ? 0
				   : (unsigned)(((unsigned __int128)n * SHADES + most - 1) / most);
}

static void
put_value(
    const struct sheet_column *column, const struct sheet_cell *c, enum language lang, FILE *out)
{
	char number[SHEET_SAY], exact[SHEET_SAY];
	const char *text = sheet_say(column, c, lang, number);
	int titled = c->state == CELL_NUMBER && column->kind == SHEET_OCTETS;

	if (titled)
		fprintf(out, "<span title=\"%s B\">", sheet_exact(column, c, exact));
	markup_escaped(out, text != NULL ? text : "–");
	if (titled)
		fputs("</span>", out);
	if (sheet_starred(c))
		fputs("<sup>*</sup>", out);
}

/* What may be broken into lines; hours and words stay whole. */
static int
long_text(const char *text)
{
	return text != NULL && strlen(text) > 40;
}

static void
put_cell(const struct sheet *s, size_t row, size_t i, uint64_t top, enum language lang, FILE *out)
{
	const struct sheet_column *column = sheet_column_at(s, i);
	const struct sheet_cell *c = sheet_cell_at(s, row, i);
	int head = column->kind == SHEET_KEY;
	unsigned dark = is_number(column) ? shade(c->number, top) : 0;

	fputs(head ? "<th scope=\"row\"" : "<td", out);
	if (dark)
		fprintf(out, " class=\"n s%u\"", dark);
	else if (is_number(column))
		fputs(" class=\"n\"", out);
	else if (column->kind == SHEET_TEXT && c->state != CELL_NUMBER)
		fputs(long_text(c->text) ? " class=\"text\"" : "", out);
	fputc('>', out);
	if (!sheet_repeats(s, row, i))
		put_value(column, c, lang, out);
	fputs(head ? "</th>" : "</td>", out);
}

static void
put_letters(unsigned marks, enum language lang, FILE *out)
{
	const struct mark_name *names = mark_names();

	fputs("<td>", out);
	for (size_t i = 0; i < MARKS; i++)
		if (marks & names[i].mark) {
			fputs("<abbr title=\"", out);
			markup_escaped(out, i18n(lang, names[i].note));
			fprintf(out, "\">%c</abbr>", names[i].letter);
		}
	fputs("</td>", out);
}

static void
put_rows(const struct sheet *s, enum language lang, FILE *out)
{
	uint64_t top = most(s);
	int grouped = sheet_columns(s) > 1 && sheet_column_at(s, 0)->kind == SHEET_KEY;

	fputs("<tbody>\n", out);
	for (size_t row = 0; row < sheet_rows(s); row++) {
		int first =
		    grouped && row > 1 && !sheet_repeats(s, row, 0) && sheet_repeats(s, row - 1, 0);
		int total = row >= sheet_first_total(s);

		fprintf(out, "<tr%s>",
		    total && first ? " class=\"first total\""
		    : total	   ? " class=\"total\""
		    : first	   ? " class=\"first\""
				   : "");
		for (size_t i = 0; i < sheet_columns(s); i++)
			if (sheet_shown(s, i))
				put_cell(s, row, i, top, lang, out);
		if (sheet_marks(s))
			put_letters(sheet_row_marks(s, row), lang, out);
		fputs("</tr>\n", out);
	}
	fputs("</tbody>\n", out);
}

static void
put_notes(const struct sheet *s, enum language lang, FILE *out)
{
	struct sheet_footnote notes[SHEET_FOOTNOTES_MAX];
	size_t n = sheet_footnotes(s, notes);

	if (n > 0)
		fputs("<ul class=\"notes\">\n", out);
	for (size_t i = 0; i < n; i++) {
		fputs("<li>", out);
		if (notes[i].letter)
			fprintf(out, "<b>%c</b> ", notes[i].letter);
		markup_escaped(out, i18n(lang, notes[i].note));
		fputs("</li>\n", out);
	}
	if (n > 0)
		fputs("</ul>\n", out);
}

static void
put_sheet(const struct sheet *s, size_t at, enum language lang, FILE *out)
{
	fprintf(out, "<section id=\"%s-%zu\">\n<h2>", sheet_name(s), at + 1);
	markup_escaped(out, i18n(lang, sheet_title(s)));
	if (*sheet_subtitle(s)) {
		fputs(" · ", out);
		markup_escaped(out, sheet_subtitle(s));
	}
	fputs("</h2>\n", out);
	book_bars(s, lang, out);
	fprintf(out, "<div class=\"wide\"><table%s>\n", sheet_shaded(s) ? " class=\"shaded\"" : "");
	put_heading(s, lang, out);
	put_rows(s, lang, out);
	fputs("</table></div>\n", out);
	put_notes(s, lang, out);
	fputs("</section>\n", out);
}

/* Each picture stands for itself: inside one document the names that two of them give to their
 * parts would meet. */
static void
put_picture(const struct book_item *i, FILE *out)
{
	fputs("<figure><img alt=\"", out);
	markup_escaped(out, i->caption);
	fputs("\" src=\"data:image/svg+xml;base64,", out);
	base64_put(out, i->svg, strlen(i->svg), 0);
	fputs("\"><figcaption>", out);
	markup_escaped(out, i->caption);
	fputs("</figcaption></figure>\n", out);
}

void
book_html(const struct book *b, enum language lang, FILE *out)
{
	char made[ZONE_TEXT];

	fprintf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
	    lang == LANG_KO ? "ko" : "en");
	fputs("<meta name=\"viewport\" content=\"width=device-width\">\n<title>", out);
	markup_escaped(out, i18n(lang, b->title));
	fputs(" ", out);
	markup_escaped(out, b->about);
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<header><h1>", style);
	markup_escaped(out, i18n(lang, b->title));
	fputs(" · ", out);
	markup_escaped(out, b->about);
	fprintf(out, "</h1>\n<p class=\"made\">%s %s</p></header>\n<main>\n",
	    i18n(lang, TEXT_REPORT_MADE), zone_format(b->made_s, made));
	for (size_t i = 0; i < b->n; i++)
		if (b->items[i].sheet != NULL)
			put_sheet(b->items[i].sheet, i, lang, out);
		else
			put_picture(&b->items[i], out);
	fputs("</main>\n</body>\n</html>\n", out);
}
