/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.h - what is known of an area's or a line's months, as a forecast takes it. */
#ifndef KK_USAGE_HISTORY_H
#define KK_USAGE_HISTORY_H

#include "rrd/ledger_usage.h"
#include "usage/busy_read.h"
#include "usage/forecast.h"

#define HISTORY_DAYS_MIN 10 /* working days of a month whose busy hour is known */

/* How much of a month was seen. */
struct history_seen {
	uint64_t observed_s, possible_s; /* possible_s 0: nobody knows, as of imported months */
};

/* All areas of one kind, month by month. */
struct histories {
	struct usage_table *table; /* owner of the names */
	const char **name;	   /* n of them, "" is what belongs nowhere */
	size_t n;
	kk_day from; /* YYYYMM */
	size_t months;
	struct forecast_past *octets; /* of area i: octets[i * months] and the following */
};

/**
 * Read from the ledger's first month on. A month is known if it was observed well enough or
 * imported day by day; a longer period's share by days is no month.
 *
 * @param db        Connection, outside of a transaction.
 * @param by        USAGE_CITY, USAGE_DISTRICT, ...
 * @param to        Last month, which is over.
 * @param now_s     UTC seconds.
 * @param observed  As history_thin().
 * @param out       Receives them; histories_free() frees what it owns.
 * @param d         Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_DB
 */
int histories_read(struct db *db, enum usage_by by, kk_day to, int64_t now_s, unsigned observed,
    struct histories *out, struct diag *d);

/**
 * Leave out months that were seen far less than the others: their octets would look like a fall.
 * What is never seen, as an access point that cannot be asked, is missing in all months alike.
 *
 * @param seen     Of each month.
 * @param n        Months.
 * @param percent  A month must have been observed so many percent of what the middle one was.
 * @param past     Months; those left out become unknown.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int history_thin(
    const struct history_seen *seen, size_t n, unsigned percent, struct forecast_past *past);

/** @param h Histories; zeroed is allowed. */
void histories_free(struct histories *h);

/**
 * The busy hours of months from hours that were read.
 *
 * @param s       Span of the hours.
 * @param h       Hours.
 * @param which   Series.
 * @param from    First month, YYYYMM.
 * @param months  Count.
 * @param out     Receives their means, unit of the series a second; those already known stay if
 * they are higher.
 */
void history_busy(const struct busy_span *s, const struct busy_hours *h, enum busy_series which,
    kk_day from, size_t months, struct forecast_past *out);

#endif
