/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shows.h - what a report can tell beside octets: one sheet each. All are freed with sheet_free().
 */
#ifndef KK_USAGE_SHOWS_H
#define KK_USAGE_SHOWS_H

#include "lib/conf.h"
#include "rrd/db/db.h"
#include "usage/ask.h"
#include "usage/report.h"
#include "usage/sheet.h"

/* Peaks ask for an archive of each key: more keys than this are refused. */
#define SHOWS_PEAKS_MOST 500

/** Octets per access point and per km². @param c Configuration. @param q Question: its
 * filters. @param r Report. @param out Receives the sheet. @param d Why not. @retval KK_OK Done.
 * @retval KK_E_NOMEM Out of memory. @return And what land_read() returns. */
int shows_density(const struct conf *c, const struct usage_query *q, const struct report *r,
    struct sheet **out, struct diag *d);

/** Saved charges, cost, cost of a TB. @param c Configuration, with the prices. @param r Report.
 * @param out Receives the sheet. @retval KK_OK Done. @retval KK_E_NOMEM */
int shows_cost(const struct conf *c, const struct report *r, struct sheet **out);

/** How unequal access points are: median, percentiles, shares of the busiest. @param r Report by
 * access point, not ranked. @param out Receives the sheet. @retval KK_OK Done. @retval KK_E_NOMEM
 */
int shows_concentration(const struct report *r, struct sheet **out);

/**
 * The busiest day, from the ledger; the busiest hour, the 95th percentile and the busy hour, from
 * archives.
 *
 * @param c    Configuration.
 * @param db   Connection.
 * @param a    Question.
 * @param r    Its report.
 * @param out  Receives the sheet.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_RANGE  More than SHOWS_PEAKS_MOST keys.
 * @retval KK_E_NOMEM
 * @return     And what ledger_usage() and fetch_series() return.
 */
int shows_peaks(const struct conf *c, struct db *db, const struct ask *a, const struct report *r,
    struct sheet **out, struct diag *d);

/** The hours of the week of the city, or of the district or site that is asked for. @param c
 * Configuration. @param a Question. @param out Receives the sheet. @param d Why not. @retval KK_OK
 * Done. @retval KK_E_NOMEM Out of memory. @return And what fetch_series() returns. */
int shows_hours(const struct conf *c, const struct ask *a, struct sheet **out, struct diag *d);

/** The archive of the whole that is asked for: the city's, or that of the one district or site.
 * @param q Question. @param out Receives the key. @param room Octets in `out`. @return `out`, NULL:
 * there is none of such a whole. */
const char *shows_whole_key(const struct usage_query *q, char *out, size_t room);

#endif
