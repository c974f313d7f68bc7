/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger_file.h - the whole ledger as one text file, and back.
 *
 * Lines of UTF-8 with tabs between fields: "# kkachi ledger 1"; for each table "@NAME" and its
 * columns, then its rows; at the end "@end" and the number of rows. In a field \t, \n, \r, \\
 * and \@ (at the beginning of a row) stand for what they say, and \N for NULL. The tables are those
 * of db/schema.sql: who the access points are and what they belonged to, the days, the imported
 * periods, what was closed, and what probes counted: clients, logins, WiFi generations, reasons. A
 * file that lacks a table or a column, as an older version has written it, is read as well.
 * Communities, odometers and monthly sums are not there: the sums are made again.
 */
#ifndef KK_RRD_LEDGER_FILE_H
#define KK_RRD_LEDGER_FILE_H

#include <stdint.h>
#include <stdio.h>

#include "rrd/db/db.h"

/**
 * Write all as of one moment.
 *
 * @param db    Connection.
 * @param out   Stream; its errors are the caller's to ask for.
 * @param rows  Receives the rows written.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_DB
 */
int ledger_file_write(struct db *db, FILE *out, uint64_t *rows, struct diag *d);

/** Whether a file begins as such a file does. @param path File. @return 1 or 0. */
int ledger_file_is(const char *path);

/**
 * Read into a database that has no device, no day and no period yet: all or nothing.
 *
 * @param db    Writing connection.
 * @param path  File.
 * @param rows  Receives the rows read.
 * @param d     The first error, with file and line.
 * @retval KK_OK
 * @retval KK_E_EXISTS   The database is not empty.
 * @retval KK_E_SYNTAX   Not such a file, or one that was cut.
 * @retval KK_E_VERSION  It has tables or columns that this version lacks.
 */
int ledger_file_read(struct db *db, const char *path, uint64_t *rows, struct diag *d);

#endif
