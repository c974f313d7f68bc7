/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * code_days.h - why clients were sent away or refused, per access point and local day: table
 * code_day. probe_days.h writes it, in the ledger's transaction.
 */
#ifndef KK_RRD_CODE_DAYS_H
#define KK_RRD_CODE_DAYS_H

#include <stdint.h>

#include "lib/frame_code.h"
#include "lib/zone.h"
#include "rrd/db/db.h"

#define CODE_DAYS_KEPT 400 /* days that have any; older ones are removed */

struct code_days;

/**
 * @param db   Connection; outlives it.
 * @param out  Receives it; code_days_close() frees it.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_DB  And the other errors of db_error().
 */
int code_days_open(struct db *db, struct code_days **out, struct diag *d);

/** @param c Days, NULL is allowed. */
void code_days_close(struct code_days *c);

/**
 * Add what passed between two readings. A counter that fell is a new base.
 *
 * @param c       Days.
 * @param day     Local day.
 * @param device  Inventory number.
 * @param from    Reading before.
 * @param to      Reading now.
 * @param d       Why not.
 * @retval KK_OK
 * @retval KK_E_DB  And the other errors of db_error(): roll back.
 */
int code_days_add(struct code_days *c, kk_day day, uint32_t device, const struct frame_codes *from,
    const struct frame_codes *to, struct diag *d);

/* How often a number was given. */
struct code_sum {
	enum frame_code_kind kind;
	uint32_t number;
	uint64_t last;	 /* frames on the last day */
	uint64_t all;	 /* on all days */
	uint64_t all_up; /* of them: clients sent it */
};

/**
 * Sums of an access point.
 *
 * @param db      Connection.
 * @param device  Inventory number.
 * @param from    First local day.
 * @param to      Last.
 * @param each    Told each sum, by kind, then the most frequent first; other than KK_OK ends it.
 * @param ctx     For `each`.
 * @param d       Why not.
 * @retval KK_OK
 * @retval KK_E_DB  And the other errors of db_error(), or what `each` returned.
 */
int code_days_read(struct db *db, uint32_t device, kk_day from, kk_day to,
    int (*each)(void *ctx, const struct code_sum *sum), void *ctx, struct diag *d);

#endif
