/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - octets per period as the planner reads them: shares, growth, coverage, and what is not
 * certain. Pure. */
#ifndef KK_USAGE_REPORT_H
#define KK_USAGE_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/zone.h"
#include "rrd/ledger_usage.h"
#include "usage/figure.h"
#include "usage/mark.h"

/* Covered less than this, a period's octets are marked as partial: tenths of a percent. */
#define REPORT_WHOLE_TENTHS 990

/* One key in one period. */
struct report_cell {
	kk_day period; /* YYYYMM, YYYYMMDD or YYYY */
	int known;     /* 0: nobody measured anything; the sums are then 0 and mean nothing */
	uint64_t octets_down, octets_up;
	uint64_t octets_undirected; /* of imported periods */
	uint64_t octets;	    /* all three */
	uint64_t octets_lump, restarts, unsure;
	uint32_t aps;	/* access points in service or with octets; of the total: 0, not known */
	int64_t after;	/* octets that came after its months were closed, not in `octets` */
	unsigned marks; /* enum mark */
	struct figure coverage;	   /* unknown where all was imported */
	struct figure share;	   /* of the period's total */
	struct figure growth;	   /* against the period before */
	struct figure growth_year; /* against the same months a year before */
	struct figure growth_mean; /* (this - first) / first / periods since the first */
	/* 1: what the growth above compares with has marks of its own. */
	int growth_doubt, growth_year_doubt, growth_mean_doubt;
};

struct report_row {
	const char *key; /* borrowed from the usage table; the total: "" */
	struct report_cell *cells;
	size_t n;
	uint64_t octets; /* of all periods shown */
	int known;	 /* one of them is */
};

struct report {
	kk_day from, to;
	enum usage_by by;
	enum usage_period period;
	unsigned source; /* as in the question */
	int ranked;	 /* 1: only the most, 2: only the least; report_rank() */
	struct report_row *rows;
	size_t n;
	struct report_row total;   /* over all keys, also over those that report_rank() dropped */
	struct report_cell *cells; /* all of them */
	struct usage_table *table; /* freed with the report; NULL: the caller's */
};

/**
 * Judge the ledger's sums.
 *
 * @param t    Sums by key, then period without holes, as ledger_usage() gives them for `q`, which
 * may have begun before q->from: what is before is only compared with. Must outlive the report.
 * @param q    What was asked; `from` is the first period to show.
 * @param out  Receives the report; report_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int report_make(const struct usage_table *t, const struct usage_query *q, struct report **out);

/** @param r Report, NULL is allowed. */
void report_free(struct report *r);

/** Keep the first keys by octets. @param r Report. @param n How many. @param bottom 1: those with
 * the least octets, of those that are known. */
void report_rank(struct report *r, size_t n, int bottom);

/** The period that growth of a year compares with: months and years; days have none. @param period
 * Which. @param p As written. @return The same a year before, 0: none. */
kk_day report_year_before(enum usage_period period, kk_day p);

/**
 * When a period begins and ends.
 *
 * @param period  Which kind.
 * @param p       As written.
 * @param from_s  Receives its first second, UTC.
 * @param to_s    Receives the first second behind it.
 * @retval KK_OK
 * @retval KK_E_RANGE  No such period in the calendar.
 */
int report_period_bounds(enum usage_period period, kk_day p, int64_t *from_s, int64_t *to_s);

/** A period as "2021-07-31", "2021-07" or "2021". @param p Period. @param out Buffer. @return
 * `out`. */
const char *report_period_text(kk_day p, char out[16]);

/** "2021-04 .. 2021-07", or the one period. @param r Report. @param out Buffer. @return `out`. */
const char *report_range_text(const struct report *r, char out[40]);

/** Name of a grouping. @param by Grouping. @return "city", "district", "phase", "site", "ap",
 * "type", "installed", "place". */
const char *report_by_name(enum usage_by by);

/** Look a grouping up. @param name "city", ... @return enum usage_by or -1. */
int report_by_name_of(const char *name);

/** Name of a kind of period. @param period Which. @return "month", "day", "year". */
const char *report_period_name(enum usage_period period);

/** Look it up. @param name "month", ... @return enum usage_period or -1. */
int report_period_name_of(const char *name);

#endif
