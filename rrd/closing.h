/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * closing.h - months whose figures are frozen, with a checksum that anybody can make again.
 *
 * The checksum is SHA-256, in hexadecimal, over UTF-8 text: the line "kkachi usage 1 YYYY-MM", then
 * a line per row of usage_frozen in the order of ids (by octets) and `since`: id, since, district,
 * site, site_type, phase, octets_down, octets_up, octets_undirected, octets_lump, observed_s,
 * possible_s, restarts, unsure, days_measured, days_imported, days_both, days_spread, with one
 * horizontal tab between two of them and a line feed after the last.
 */
#ifndef KK_RRD_CLOSING_H
#define KK_RRD_CLOSING_H

#include <stdint.h>

#include "lib/zone.h"
#include "rrd/db/db.h"

#define CLOSING_SHA256 65 /* octets of a checksum as text, with NUL */

/* Texts are owned by who hands it out, and live as long as the call. */
struct closing {
	kk_day month; /* YYYYMM */
	int64_t at_s; /* UTC */
	const char *who;
	const char *what;   /* "close" or "reopen" */
	const char *reason; /* of a reopening; "" */
	const char *sha256;
	uint64_t octets_down, octets_up, octets_undirected;
	int intact; /* of a closed month: the rows and the total are those that were frozen */
};

/**
 * Freeze a month, in one transaction: it is closed, and on the disk, or it is not.
 *
 * @param db         Writing connection, outside of a transaction.
 * @param state_dir  Where the journal is.
 * @param month      YYYYMM.
 * @param who        Who says so.
 * @param now_s      UTC seconds.
 * @param d          Why not.
 * @retval KK_OK
 * @retval KK_E_EXISTS  It is closed already.
 * @retval KK_E_ORDER   It is not over, or samples of it are not in the ledger yet.
 * @retval KK_E_DB      And the errors of ledger_usage().
 */
int closing_close(struct db *db, const char *state_dir, kk_day month, const char *who,
    int64_t now_s, struct diag *d);

/** Let a month's figures move again; who did it and why stays. @param db Writing connection. @param
 * month YYYYMM. @param who Who says so. @param reason Why; not empty. @param now_s UTC seconds.
 * @param d Why not. @retval KK_OK Done. @retval KK_E_NOTFOUND It is not closed. @retval KK_E_DB */
int closing_reopen(struct db *db, kk_day month, const char *who, const char *reason, int64_t now_s,
    struct diag *d);

/**
 * The months that are closed, with their checksums made again.
 *
 * @param db    Connection.
 * @param each  Called per month, in order.
 * @param ctx   For `each`.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_DB
 */
int closing_closed(
    struct db *db, void (*each)(void *ctx, const struct closing *c), void *ctx, struct diag *d);

/** All that was closed and reopened, in order of time. @param db Connection. @param each Called per
 * event; `intact` is 0. @param ctx For `each`. @param d Why not. @retval KK_OK Done. @retval
 * KK_E_DB
 */
int closing_history(
    struct db *db, void (*each)(void *ctx, const struct closing *c), void *ctx, struct diag *d);

/**
 * Whether samples that count for a time stand in the journal, but not in the ledger.
 *
 * @param db         Connection.
 * @param state_dir  Where the journal is; it may lack one.
 * @param until_s    End of that time, UTC seconds.
 * @param is         Receives 1 or 0.
 * @param d          Why not.
 * @retval KK_OK
 * @retval KK_E_IO  And the other errors of journal.h.
 */
int closing_unread(struct db *db, const char *state_dir, int64_t until_s, int *is, struct diag *d);

#endif
