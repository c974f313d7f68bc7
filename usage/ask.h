/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask.h - one question about usage, from the terminal or the page, and its answer as a sheet or a
 * book. */
#ifndef KK_USAGE_ASK_H
#define KK_USAGE_ASK_H

#include <jansson.h>

#include "lib/conf.h"
#include "usage/book.h"
#include "usage/report.h"

#define ASK_YEARS_MAX 100 /* longer ranges are a mistyped year */
#define ASK_DAYS_MAX  3700

/* What is asked for, beside the octets themselves. */
#define ASK_SHOWS(X)          \
	X(OCTETS, "octets")   \
	X(PEAKS, "peaks")     \
	X(DENSITY, "density") \
	X(COST, "cost")       \
	X(CONCENTRATION, "concentration") X(HOURS, "hours")
#define ASK_AS_ENUM(id, name) ASK_##id,
enum ask_show { ASK_SHOWS(ASK_AS_ENUM) ASK_SHOW_COUNT };

#define ASK_FORMATS(X) \
	X(TABLE, "table") X(CSV, "csv") X(JSON, "json") X(XLSX, "xlsx") X(HTML, "html")
#define ASK_FORMAT_AS_ENUM(id, name) ASK_FORMAT_##id,
enum ask_format { ASK_FORMATS(ASK_FORMAT_AS_ENUM) ASK_FORMAT_COUNT };

struct ask {
	struct usage_query q;
	enum ask_show show;
	unsigned top, bottom; /* only so many keys; 0: all */
};

/** Look a format up. @param name "table", ... @return enum ask_format or -1. */
int ask_format_of(const char *name);

/** Look up what is shown. @param name "octets", ... @return enum ask_show or -1. */
int ask_show_of(const char *name);

/** Look a source up. @param name "probe", ... @return For usage_query.source, or -1. */
int ask_source_of(const char *name);

/** Whether a question is answered of one source: hours and pictures are of the account only. @param
 * a Question. @param format How it is answered. @return 1 or 0. */
int ask_source_fits(const struct ask *a, enum ask_format format);

/** What may be shown, as "octets, peaks or hours", for a person. @return Static text. */
const char *ask_show_list(void);

/**
 * Read a period as a person types it.
 *
 * @param period  Which kind.
 * @param text    "2021-07", "2021-07-31" or "2021".
 * @param out     Receives YYYYMM, YYYYMMDD or YYYY.
 * @retval KK_OK
 * @retval KK_E_SYNTAX  Not of that kind, or no such day.
 */
int ask_period(enum usage_period period, const char *text, kk_day *out);

/** The period that holds a moment. @param period Which kind. @param utc_s UTC seconds. @return
 * YYYYMM, YYYYMMDD or YYYY. */
kk_day ask_period_of(enum usage_period period, int64_t utc_s);

/** Check a range of periods. @param q Question with its periods. @return NULL, or what is wrong
 * with it: static text. */
const char *ask_range_fault(const struct usage_query *q);

/**
 * The report of a question; periods before the first one are read too where growth needs them.
 *
 * @param db   Connection.
 * @param a    Question.
 * @param out  Receives the report; report_free() frees it.
 * @param d    Why not.
 * @retval KK_OK
 * @return     And what ledger_usage() returns.
 */
int ask_report(struct db *db, const struct ask *a, struct report **out, struct diag *d);

/** The sheet of a question. @param c Configuration. @param db Connection. @param a Question. @param
 * out Receives it; sheet_free() frees it. @param d Why not. @return As ask_report(). */
int ask_sheet(
    const struct conf *c, struct db *db, const struct ask *a, struct sheet **out, struct diag *d);

/** The answer for a script. @param c Configuration. @param db Connection. @param a Question. @param
 * lang Of titles and notes. @param out Receives a new reference. @param d Why not. @return As
 * ask_report(). */
int ask_json(const struct conf *c, struct db *db, const struct ask *a, enum language lang,
    json_t **out, struct diag *d);

/** All that is known about a question, as a book to hand on. @param c Configuration. @param db
 * Connection. @param a Question. @param lang Of pictures. @param out Receives it; book_free() frees
 * it. @param d Why not.
 * @return As ask_report(). */
int ask_book(const struct conf *c, struct db *db, const struct ask *a, enum language lang,
    struct book **out, struct diag *d);

/**
 * The report of a month: the city over the thirteen months that end with it, and the month by
 * district, phase, type, place, with peaks, density, cost, the week and the extremes.
 *
 * @param c      Configuration.
 * @param db     Connection.
 * @param month  YYYYMM.
 * @param now_s  UTC seconds.
 * @param lang   Of pictures.
 * @param out    Receives it; book_free() frees it.
 * @param d      Why not.
 * @return       As ask_report().
 */
int ask_month_book(const struct conf *c, struct db *db, kk_day month, int64_t now_s,
    enum language lang, struct book **out, struct diag *d);

#endif
