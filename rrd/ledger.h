/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger.h - the account: octets per device and local day, from odometers, exactly once. */
#ifndef KK_RRD_LEDGER_H
#define KK_RRD_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/sink.h"
#include "lib/zone.h"
#include "rrd/db/db.h"

struct ledger;

/**
 * A ledger over a writing connection that is its own. Its sink commits days, odometers and cursor
 * in one transaction.
 *
 * @param state_dir  Folder of kkachi.db.
 * @param gap_s      A longer interval between samples is a gap: its octets are a lump, its seconds
 * not observed.
 * @param out        Receives the ledger; ledger_close() frees it.
 * @param d          Why not.
 * @retval KK_OK
 */
int ledger_open(const char *state_dir, unsigned gap_s, struct ledger **out, struct diag *d);

/** @param l Ledger, NULL is allowed. */
void ledger_close(struct ledger *l);

/** Its sink. @param l Ledger. @return Borrowed. */
const struct sink *ledger_sink(struct ledger *l);

/**
 * The newest committed sample of every (device, source): what odometers start from after a restart.
 * Call with the journal's tail as well (recover.h), which may be newer.
 *
 * @param db    Connection.
 * @param each  Called per sample; return non-zero to stop.
 * @param ctx   For `each`.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_DB
 */
int ledger_odometers(
    struct db *db, int (*each)(void *ctx, const struct sample *s), void *ctx, struct diag *d);

/* What one increment adds to one day. Pure, for tests: ledger_share(). */
struct day_share {
	kk_day day;
	uint32_t seconds;
	uint64_t octets_down, octets_up;
};

/**
 * Share an increment among the local days it spans, in proportion to elapsed time, rounded down for
 * every day but the last, which takes the remainder: the days add up exactly.
 *
 * @param from_cs  Previous sample, 1/100 s UTC.
 * @param to_cs    This sample; later than from_cs.
 * @param down     Octets.
 * @param up       Octets.
 * @param out      Receives the shares in order of days.
 * @param room     Rows in `out`; an interval that spans more days has its oldest merged into the
 * first row.
 * @return         Rows filled.
 */
size_t ledger_share(
    int64_t from_cs, int64_t to_cs, uint64_t down, uint64_t up, struct day_share *out, size_t room);

/**
 * Import days measured elsewhere (`day,id,octets_down,octets_up`), all or nothing, in
 * slices that hold up no other writer (ledger_put.h).
 *
 * @param db       Writing connection.
 * @param path     CSV file; "-" is standard input.
 * @param replace  1: days that exist are replaced if they were imported; days that Kkachi measured
 * are never.
 * @param rows     Receives the rows read.
 * @param d        The first error, with file and line.
 * @retval KK_OK         The same file again changes nothing.
 * @retval KK_E_EXISTS   A day is known with other octets.
 * @retval KK_E_SYNTAX
 * @retval KK_E_NOTFOUND An id that the inventory lacks.
 */
int ledger_import(struct db *db, const char *path, int replace, uint64_t *rows, struct diag *d);

#endif
