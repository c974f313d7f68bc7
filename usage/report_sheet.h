/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_sheet.h - a report as the table that planners know, and as JSON. */
#ifndef KK_USAGE_REPORT_SHEET_H
#define KK_USAGE_REPORT_SHEET_H

#include <jansson.h>

#include "usage/report.h"
#include "usage/sheet.h"

/** Octets, shares, growth and coverage: a row per key and period, then the totals. @param r Report.
 * @return New sheet; sheet_error() says whether it is whole. */
struct sheet *report_sheet(const struct report *r);

/** The heading of a grouping's keys. @param by Grouping. @return Text. */
enum text_id report_key_text(enum usage_by by);

/** Put the two columns that every sheet by key and period begins with. @param s Sheet. @param r
 * Report. */
void report_key_columns(struct sheet *s, const struct report *r);

/** Put their cells. @param s Sheet. @param r Report. @param row One of its rows, or its total.
 * @param period Of the cell. */
void report_key_cells(
    struct sheet *s, const struct report *r, const struct report_row *row, kk_day period);

/** Put a figure of a period: unknown where the period is. @param s Sheet. @param c Period. @param n
 * Figure. @param marks Of the figure, as a rule those of the period. */
void report_number(struct sheet *s, const struct report_cell *c, uint64_t n, unsigned marks);

/** Put a percentage. @param s Sheet. @param f Figure. @param marks Its marks. @param doubt 1:
 * starred all the same. */
void report_percent(struct sheet *s, struct figure f, unsigned marks, int doubt);

/** {"from", "to", "by", "per", "rows": [{"key", "months": [...]}], "total": {"months": [...]},
 * "notes"}; the months are "days" or "years" where those were asked. @param r Report. @param lang
 * Of the notes. @return New reference, NULL: out of memory. */
json_t *report_json(const struct report *r, enum language lang);

#endif
