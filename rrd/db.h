/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db.h - kkachi.db: one SQLite file in WAL mode, its schema, and short transactions. */
#ifndef KK_RRD_DB_H
#define KK_RRD_DB_H

#include <sqlite3.h>
#include <stdint.h>

#include "lib/err.h"

struct db; /* one connection; used by one thread */

enum db_mode { DB_READ, DB_WRITE };

/**
 * Open $statedir/kkachi.db. DB_WRITE makes the folder and the schema and migrates an older one, in
 * one transaction.
 *
 * @param state_dir  Folder.
 * @param mode       DB_READ never writes; an absent file is KK_E_NOTFOUND.
 * @param out        Receives the connection; db_close() frees it.
 * @param d          Names the file.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND
 * @retval KK_E_VERSION   The file is of a newer Kkachi.
 * @retval KK_E_CORRUPT   Not our database.
 * @retval KK_E_DB
 */
int db_open(const char *state_dir, enum db_mode mode, struct db **out, struct diag *d);

/** @param db Connection, NULL is allowed. */
void db_close(struct db *db);

/** The SQLite handle, for statements inside rrd/. @param db Connection. @return Borrowed. */
sqlite3 *db_handle(struct db *db);

/** BEGIN IMMEDIATE with the busy timeout of 5 s. @param db Connection. @param d Why not. @retval
 * KK_OK @retval KK_E_BUSY @retval KK_E_DB */
int db_begin(struct db *db, struct diag *d);

/** COMMIT; rolls back if that fails. @param db Connection. @param d Why not. @retval KK_OK @retval
 * KK_E_FULL @retval KK_E_DB */
int db_commit(struct db *db, struct diag *d);

/** ROLLBACK. @param db Connection. */
void db_rollback(struct db *db);

/** Fill a diag from SQLite's last error. @param db Connection. @param d Receives "FILE: what:
 * text". @param what What was tried. @return KK_E_FULL, KK_E_BUSY, KK_E_CORRUPT, KK_E_NOMEM or
 * KK_E_DB. */
int db_error(struct db *db, struct diag *d, const char *what);

#endif
