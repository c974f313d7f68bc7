/* SPDX-License-Identifier: GPL-3.0-or-later */
/* question_in.h - what the questions share; for usage/question_*.c only. */
#ifndef KK_USAGE_QUESTION_IN_H
#define KK_USAGE_QUESTION_IN_H

#include "lib/zone.h"
#include "rrd/ledger_aps.h"
#include "usage/question.h"

/* One function per question, as question_answer(). */
#define QUESTION_AS_FUNCTION(id, name, function) \
	int question_##function(const struct question *q, struct book *b, struct diag *d);
QUESTIONS(QUESTION_AS_FUNCTION)

/** The last month that is over. @param q Who is asked. @return YYYYMM. */
kk_day question_month(const struct question *q);

/** The first second of today. @param q Who is asked. @return UTC seconds. */
int64_t question_today(const struct question *q);

/** "2021-04 .. 2021-07", or one month alone. @param from YYYYMM. @param to YYYYMM. @param out
 * Buffer. @return `out`. */
const char *question_months(kk_day from, kk_day to, char out[32]);

/** A sheet of two columns, what and how many. @param name As sheet_new(). @param title As
 * sheet_new(). @return NULL: out of memory. */
struct sheet *question_counts(const char *name, enum text_id title);

/** A row of it. @param s Sheet. @param key For scripts; static. @param what For people. @param n
 * How many. */
void question_count(struct sheet *s, const char *key, enum text_id what, uint64_t n);

/** A text cell, unknown where it is "". @param s Sheet. @param text Text. */
void question_text(struct sheet *s, const char *text);

/** A cell of part / whole, unknown where the whole is 0. @param s Sheet. @param part Part. @param
 * whole Whole. */
void question_part(struct sheet *s, uint64_t part, uint64_t whole);

/** Whether a row of this district is asked for. @param q Who is asked. @param district Its
 * district.
 * @return 1 or 0. */
int question_wants(const struct question *q, const char *district);

/** How many rows of a list are shown. @param q Who is asked. @param n Rows that there are. @param s
 * Sheet; receives a note if they are not all. @return Rows. */
size_t question_rows(const struct question *q, size_t n, struct sheet *s);

#endif
