/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db.h - kkachi.db: one SQLite file in WAL mode, its schema, and short transactions. */
#ifndef KK_RRD_DB_DB_H
#define KK_RRD_DB_DB_H

#include <sqlite3.h>
#include <stdint.h>

#include "lib/err.h"

/* How the file says that it is ours (PRAGMA application_id, "KKCH") and how old (user_version). */
#define DB_APPLICATION_ID 0x4b4b4348
#define DB_VERSION	  11

struct db; /* one connection; used by one thread at a time */

enum db_mode { DB_READ, DB_WRITE };

/**
 * Open $statedir/kkachi.db. DB_WRITE makes the folder and the schema and migrates an older one, in
 * one transaction.
 *
 * @param state_dir  Folder.
 * @param mode       DB_READ never writes; an absent file is KK_E_NOTFOUND.
 * @param out        Receives the connection; db_close() frees it. NULL on error.
 * @param d          Names the file.
 * @retval KK_OK Done.
 * @retval KK_E_NOTFOUND Not there.
 * @retval KK_E_VERSION   The file is of a newer Kkachi (DB_READ: or of an older one).
 * @retval KK_E_CORRUPT   Damaged, or not our database.
 * @retval KK_E_DENIED    No permission to read (or write) it or its folder.
 * @retval KK_E_DB        And the other errors of db_error().
 */
int db_open(const char *state_dir, enum db_mode mode, struct db **out, struct diag *d);

/** Close; an open transaction is rolled back. @param db Connection, NULL is allowed. */
void db_close(struct db *db);

/** The SQLite handle, for statements inside rrd/. @param db Connection. @return Borrowed. */
sqlite3 *db_handle(struct db *db);

/** The file, for messages. @param db Connection. @return Borrowed path. */
const char *db_file(const struct db *db);

/** BEGIN IMMEDIATE with the busy timeout of 5 s. @param db Connection. @param d Why not. @retval
 * KK_OK Done. @retval KK_E_BUSY In use. @retval KK_E_DB And the others of db_error(). */
int db_begin(struct db *db, struct diag *d);

/** As db_begin(), but does not wait for another writer: for those that come again in a second, and
 * have polls to attend to. @param db Connection. @param d Why not. @retval KK_OK Done. @retval
 * KK_E_BUSY In use. @retval KK_E_DB And the others of db_error(). */
int db_begin_now(struct db *db, struct diag *d);

/** BEGIN of a transaction that only reads: all its statements see one moment. End it with
 * db_rollback(). @param db Connection. @param d Why not. @retval KK_OK Done. @retval KK_E_DB */
int db_begin_read(struct db *db, struct diag *d);

/** COMMIT; rolls back if that fails. @param db Connection. @param d Why not. @retval KK_OK Done.
 * @retval KK_E_FULL No room left. @retval KK_E_DB */
int db_commit(struct db *db, struct diag *d);

/**
 * COMMIT, and on the disk before it returns: for what a person was told is done. db_commit() alone
 * survives a crash of the process, but a power cut may take the last transactions back (WAL,
 * synchronous=NORMAL); a sink does not mind, as the journal is synced and read again.
 *
 * @param db  Connection.
 * @param d   Why not.
 * @retval KK_OK Done.
 * @retval KK_E_FULL No room left.
 * @retval KK_E_DB
 */
int db_commit_synced(struct db *db, struct diag *d);

/** Bring what is committed to the disk, as db_commit_synced() does. @param db Connection, outside
 * of a transaction. @param d Why not. @retval KK_OK Done. @retval KK_E_FULL No room left. @retval
 * KK_E_DB */
int db_sync(struct db *db, struct diag *d);

/** ROLLBACK; harmless without a transaction. @param db Connection. */
void db_rollback(struct db *db);

/**
 * Prepare a statement that is kept for long.
 *
 * @param db   Connection.
 * @param sql  One statement.
 * @param out  Receives it; sqlite3_finalize() frees it.
 * @param d    Why not.
 * @retval KK_OK  And the errors of db_error().
 */
int db_prepare(struct db *db, const char *sql, sqlite3_stmt **out, struct diag *d);

/** Run statements without results. @param db Connection. @param sql One or more. @param d Why not.
 * @retval KK_OK And the errors of db_error(). */
int db_exec(struct db *db, const char *sql, struct diag *d);

/** Run a bound statement to its end and reset it. @param db Connection. @param s Statement without
 * results. @param d Why not. @param what What is tried, for the message. @retval KK_OK And the
 * errors of db_error(). */
int db_step_done(struct db *db, sqlite3_stmt *s, struct diag *d, const char *what);

/** A text column, "" for NULL. @param s Statement on a row. @param column Index from 0. @return
 * Valid until the next step. */
const char *db_column_text(sqlite3_stmt *s, int column);

/**
 * Fill a diag from SQLite's last error.
 *
 * @param db    Connection.
 * @param d     Receives "FILE: what: text".
 * @param what  What was tried.
 * @return      KK_E_FULL, KK_E_BUSY, KK_E_CORRUPT, KK_E_NOMEM, KK_E_DENIED, KK_E_IO or KK_E_DB.
 */
int db_error(struct db *db, struct diag *d, const char *what);

#endif
