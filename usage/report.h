/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - months of octets as the planner reads them: growth, coverage, and what is not certain.
 * Pure. */
#ifndef KK_USAGE_REPORT_H
#define KK_USAGE_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/zone.h"
#include "rrd/ledger_usage.h"

/* Covered less than this, a month's octets are marked as partial: tenths of a percent. */
#define REPORT_WHOLE_TENTHS 990

/* A percentage, rounded half away from 0 to one decimal from exact sums. */
struct figure {
	int known;
	int64_t tenths; /* 83 is 8.3 % */
};

/* Marks of a month: each has a letter in the table and a key in CSV and JSON. */
enum report_mark {
	REPORT_IMPORTED = 1 << 0,      /* all of it was measured before Kkachi */
	REPORT_PART_IMPORTED = 1 << 1, /* some days were */
	REPORT_PARTIAL = 1 << 2,       /* not observed all the time */
	REPORT_RESTARTS = 1 << 3,      /* octets before a reboot are missing */
	REPORT_UNSURE = 1 << 4,	       /* a 32-bit counter may have wrapped twice */
	REPORT_LUMP = 1 << 5	       /* octets that came in one lump after a gap */
};

struct report_month {
	kk_day month; /* YYYYMM */
	int known;    /* 0: nobody measured anything; the sums are then 0 and mean nothing */
	uint64_t octets_down, octets_up, octets; /* octets = down + up */
	uint64_t octets_lump, restarts, unsure;
	unsigned marks;		   /* enum report_mark */
	struct figure coverage;	   /* unknown for an imported month */
	struct figure growth;	   /* against the month before */
	struct figure growth_mean; /* (this - first) / first / months since the first */
};

struct report_row {
	const char *key; /* borrowed from the usage table */
	struct report_month *months;
	size_t n;
};

struct report {
	kk_day from, to;
	enum usage_by by;
	struct report_row *rows;
	size_t n;
};

/**
 * Judge the ledger's sums.
 *
 * @param t     Sums by key, then month without holes, as ledger_usage() gives them; must outlive
 * the report.
 * @param from  First month, YYYYMM.
 * @param to    Last month.
 * @param by    Grouping.
 * @param out   Receives the report; report_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int report_make(
    const struct usage_table *t, kk_day from, kk_day to, enum usage_by by, struct report **out);

/** @param r Report, NULL is allowed. */
void report_free(struct report *r);

/**
 * 100 × (part − whole) / whole / months, rounded to tenths.
 *
 * @param now     Octets.
 * @param before  Octets; 0 gives an unknown figure.
 * @param months  1 and up; 0 gives an unknown figure.
 * @return        The figure; clamped to ±10¹⁷ tenths.
 */
struct figure report_growth(uint64_t now, uint64_t before, unsigned months);

/** A figure as text: "8.3", "-14.3"; "" if unknown. @param f Figure. @param out Buffer. @return
 * `out`. */
const char *report_figure(struct figure f, char out[32]);

/** Octets as a person reads them: "48.0 TB" (10¹² octets), smaller sums in GB, MB, kB, B. Rounded
 * from the integer. @param octets Octets. @param out Buffer. @return `out`. */
const char *report_octets(uint64_t octets, char out[32]);

/** Name of a grouping. @param by Grouping. @return "city", "district", "phase", "site", "ap". */
const char *report_by_name(enum usage_by by);

/** Look a grouping up. @param name "city", ... @return enum usage_by or -1. */
int report_by_name_of(const char *name);

#endif
