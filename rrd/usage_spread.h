/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_spread.h - imported periods, spread over their days, into the sums of a report. */
#ifndef KK_RRD_USAGE_SPREAD_H
#define KK_RRD_USAGE_SPREAD_H

#include "rrd/ledger_sums.h"

/**
 * What of a period's octets counts for some of its days: equal parts, rounded down, with the
 * remainder on the last day, so that the days add up to the octet. Pure.
 *
 * @param octets  Of the whole period.
 * @param days    Its days, 1 and up.
 * @param from    First of them that is asked for, from 0.
 * @param to      The one behind the last, at most `days`; more than `from`.
 * @return        Octets.
 */
uint64_t usage_spread(uint64_t octets, unsigned days, unsigned from, unsigned to);

/** Days between two days. @param first YYYYMMDD. @param last YYYYMMDD, not before. @return 0 for
 * the same day. */
unsigned usage_days_between(kk_day first, kk_day last);

/**
 * Add the periods that touch the query's time.
 *
 * @param db  Connection in a transaction.
 * @param q   What is asked.
 * @param ds  Devices of the query.
 * @param m   Its sums.
 * @param d   Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM  And the errors of db_error().
 */
int usage_spread_read(struct db *db, const struct usage_query *q, struct ledger_devices *ds,
    struct usage_sums *m, struct diag *d);

#endif
