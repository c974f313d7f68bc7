/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_field.h - one field of a ledger as text (ledger_file.h): written as its value is, read as
 * its column wants it. */
#ifndef KK_RRD_LEDGER_FIELD_H
#define KK_RRD_LEDGER_FIELD_H

#include <stdio.h>

#include "rrd/db/db.h"

/* What a column takes. */
enum ledger_kind {
	LEDGER_NONE, /* there is no such column */
	LEDGER_TEXT,
	LEDGER_COUNT, /* an integer, 0 and up */
	LEDGER_SINCE, /* likewise, or -1 */
	LEDGER_DAY,   /* YYYYMMDD, of the calendar, 1990 .. 2099 */
	LEDGER_MONTH, /* YYYYMM, likewise */
	LEDGER_REAL,  /* a finite number */
	LEDGER_KEY    /* a device's number or a name: the row's scope says which */
};

/**
 * Write a column of the current row.
 *
 * @param s       Statement.
 * @param column  From 0.
 * @param out     Stream; its errors are the caller's to ask for.
 */
void ledger_field_put(sqlite3_stmt *s, int column, FILE *out);

/** What a column takes. @param db Connection. @param table Name. @param column Name. @return Kind.
 */
enum ledger_kind ledger_field_kind(struct db *db, const char *table, const char *column);

/**
 * Bind a field as it was read; hostile ones are refused.
 *
 * @param s     Statement.
 * @param at    Parameter, from 1.
 * @param kind  What the column takes, neither LEDGER_NONE nor LEDGER_KEY.
 * @param text  Field; changed, and borrowed until the statement was stepped.
 * @return      NULL, or what is wrong with it.
 */
const char *ledger_field_bind(sqlite3_stmt *s, int at, enum ledger_kind kind, char *text);

#endif
