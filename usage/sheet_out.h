/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet_out.h - sheets as a table for a person, CSV for a spreadsheet, JSON for a script. For XLSX
 * and HTML: book.h. */
#ifndef KK_USAGE_SHEET_OUT_H
#define KK_USAGE_SHEET_OUT_H

#include <jansson.h>
#include <stdio.h>

#include "usage/sheet.h"

#define SHEET_SAY 64 /* octets of a number as a person reads it, with NUL */

/**
 * A cell as a person reads it: "48.0 TB", "+8.3 %", "₩316,800,000", "2021-07"; without its mark.
 *
 * @param column  Its column.
 * @param c       Cell.
 * @param lang    Language.
 * @param out     Buffer for numbers.
 * @return        `out`, or a text that lives as long as the sheet; NULL for unknown.
 */
const char *sheet_say(const struct sheet_column *column, const struct sheet_cell *c,
    enum language lang, char out[SHEET_SAY]);

/** A cell as a script reads it: exact octets, "8.3", "2021-07"; words by their key. @param column
 * Its column. @param c Cell. @param out Buffer for numbers. @return As sheet_say(). */
const char *sheet_exact(
    const struct sheet_column *column, const struct sheet_cell *c, char out[SHEET_SAY]);

/**
 * An aligned table under its title, then footnotes. A figure with a mark has a `*` behind it, and
 * its row says which marks.
 *
 * @param s     Sheet without errors.
 * @param lang  Language.
 * @param out   Stream; its errors are the caller's to ask for.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_RANGE  More columns than a terminal is given.
 */
int sheet_table(const struct sheet *s, enum language lang, FILE *out);

/**
 * RFC 4180: a line of column keys, then exact values; unknown is an empty field, and the last
 * column has the words of the marks. What a spreadsheet would run as a formula is guarded
 * (csv_put()).
 *
 * @param s    Sheet without errors.
 * @param bom  1: with a byte-order mark, without which a Korean Excel reads UTF-8 as CP949.
 * @param out  Stream; its errors are the caller's to ask for.
 */
void sheet_csv(const struct sheet *s, int bom, FILE *out);

/** A row as {"KEY": value, ..., "marks": ["partial", ...], "marked": ["octets", ...]}: integers,
 * percentages with one decimal, days as "2021-07-31", unknown is null. @param s Sheet. @param row
 * From 0. @param from First column wanted. @return New reference, NULL: out of memory. */
json_t *sheet_row_json(const struct sheet *s, size_t row, size_t from);

/** {"name", "title", "about", "shaded", "columns", "rows", "totals", "notes"}. @param s Sheet.
 * @param lang Of title and notes.
 * @return New reference, NULL: out of memory. */
json_t *sheet_json(const struct sheet *s, enum language lang);

/** Footnotes: those of the marks in use as {"note", "letter", "mark"}, that of the star without a
 * mark, others as {"note"}. @param s
 * Sheet. @param lang Language. @return New reference, NULL: out of memory. */
json_t *sheet_notes_json(const struct sheet *s, enum language lang);

#endif
