/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_index.h - the rows of a report by their keys. */
#ifndef KK_USAGE_REPORT_INDEX_H
#define KK_USAGE_REPORT_INDEX_H

#include "usage/report.h"

struct report_index;

/** @param r Report; borrowed until report_index_free(), and not ranked in between. @return NULL:
 * out of memory. */
struct report_index *report_index_new(const struct report *r);

/** Find a row. @param x Index. @param key Key. @return Its place in the report, SIZE_MAX: none. */
size_t report_index_find(const struct report_index *x, const char *key);

/** @param x Index, NULL is allowed. */
void report_index_free(struct report_index *x);

#endif
