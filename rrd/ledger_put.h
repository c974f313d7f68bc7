/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_put.h - days from elsewhere into the ledger, so that nobody waits for long. */
#ifndef KK_RRD_LEDGER_PUT_H
#define KK_RRD_LEDGER_PUT_H

#include "lib/zone.h"
#include "rrd/db/db.h"

/* Rows that one transaction writes: about 20 ms, while kkachid waits for the lock. */
#define PUT_SLICE 8192

/* What has been done to a day. */
enum put_done { PUT_NOTHING, PUT_ADDED, PUT_REPLACED };

/* One row of the file. Times and octets as in the table. */
struct put_day {
	kk_day day;
	uint32_t device;
	unsigned source;
	unsigned line; /* of the file, for messages */
	uint64_t down, up;
	const char *id; /* borrowed, for messages */
	enum put_done done;
	uint64_t old_down, old_up; /* where `done` is PUT_REPLACED */
};

/**
 * Write days: all are checked first, then written in slices, each a transaction of its own with a
 * pause behind it. What goes wrong in a later slice takes the earlier ones back. A process that is
 * killed leaves whole slices; the same days again complete them.
 *
 * @param db       Writing connection, outside of a transaction.
 * @param file     Name of the file, for messages.
 * @param rows     In the table's order, each day of a device and source once; `done` is
 * PUT_NOTHING.
 * @param n        Count.
 * @param replace  1: imported days with other octets are replaced.
 * @param d        Names file and line.
 * @retval KK_OK        On the disk.
 * @retval KK_E_EXISTS  A day is known with other octets, or was measured.
 * @retval KK_E_FULL    And the other errors of db_error(); the text says so if some days stay.
 */
int put_days(
    struct db *db, const char *file, struct put_day *rows, size_t n, int replace, struct diag *d);

#endif
