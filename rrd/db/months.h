/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * months.h - monthly sums that are kept as the ledger grows (usage_month, usage_group).
 *
 * Whole days up to the one named by the counter 'summed' stand in usage_month; later days are read
 * by themselves. A day that is written once it is summed makes its (month, device) stale: whoever
 * reads takes the days instead, until the pair is summed again. So figures are right at every
 * moment, and a sweep costs nothing but the day's end.
 */
#ifndef KK_RRD_DB_MONTHS_H
#define KK_RRD_DB_MONTHS_H

#include "lib/zone.h"
#include "rrd/db/db.h"

struct months;

/** @param db Writing connection; outlives it. @param out Receives it; months_close() frees it.
 * @param d Why not. @retval KK_OK And the errors of db_error(). */
int months_open(struct db *db, struct months **out, struct diag *d);

/** @param m Months, NULL is allowed. */
void months_close(struct months *m);

/**
 * At the beginning of each transaction that writes days: learn what is summed by now.
 *
 * @param m      Months.
 * @param today  Day of what is about to be written, or of the clock: a ledger that is empty counts
 * as summed up to the day before.
 * @param d      Why not.
 * @retval KK_OK And the errors of db_error().
 */
int months_begin(struct months *m, kk_day today, struct diag *d);

/** A day of a device is written in this transaction. @param m Months. @param day Day. @param device
 * Number. @param d Why not. @retval KK_OK And the errors of db_error(). */
int months_touch(struct months *m, kk_day day, uint32_t device, struct diag *d);

/**
 * In a transaction: one piece of what is to be summed, a day that is over since an hour, some stale
 * pairs, or a whole month's groups. At most about 100 ms.
 *
 * @param m       Months; months_begin() has run in this transaction.
 * @param now_s   How far the ledger has come, UTC seconds.
 * @param worked  Receives 1 if there was something to do.
 * @param d       Why not.
 * @retval KK_OK And the errors of db_error().
 */
int months_work(struct months *m, int64_t now_s, int *worked, struct diag *d);

/** Sum what is stale, in transactions that let others in between. @param m Months. @param today
 * Today. @param d Why not. @retval KK_OK And the errors of db_error(). */
int months_catch_up(struct months *m, kk_day today, struct diag *d);

/** For a database that has days and no sums yet: sum all but its newest day, telling the log how
 * far it is. @param db Connection in a transaction. @param d Why not. @retval KK_OK And the errors
 * of db_error(). */
int months_build(struct db *db, struct diag *d);

/** The last day that is summed. @param db Connection. @param out Receives it; 0: none. @param d Why
 * not. @retval KK_OK And the errors of db_error(). */
int months_summed(struct db *db, kk_day *out, struct diag *d);

#endif
