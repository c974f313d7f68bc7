/* SPDX-License-Identifier: GPL-3.0-or-later */
/* format.h - a usage report as a table for a person, CSV for a spreadsheet, JSON for a script. */
#ifndef KK_USAGE_FORMAT_H
#define KK_USAGE_FORMAT_H

#include <jansson.h>
#include <stdio.h>

#include "lib/i18n.h"
#include "usage/report.h"

/**
 * A table with footnotes that explain its marks.
 *
 * @param r     Report.
 * @param lang  Language.
 * @param out   Stream; its errors are the caller's to ask for.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int report_table(const struct report *r, enum language lang, FILE *out);

/**
 * RFC 4180 with a heading, exact octets, marks as columns of their own; unknown is an empty cell.
 *
 * @param r    Report.
 * @param bom  1: with a byte-order mark, without which a Korean Excel reads UTF-8 as CP949.
 * @param out  Stream; its errors are the caller's to ask for.
 */
void report_csv(const struct report *r, int bom, FILE *out);

/** The JSON of DESIGN.md. @param r Report. @return New reference, NULL: out of memory. */
json_t *report_json(const struct report *r);

/** A month as "2021-07". @param month YYYYMM. @param out Buffer. @return `out`. */
const char *report_month_text(kk_day month, char out[16]);

#endif
