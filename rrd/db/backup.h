/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backup.h - a whole copy of kkachi.db while everything goes on writing. */
#ifndef KK_RRD_DB_BACKUP_H
#define KK_RRD_DB_BACKUP_H

#include <stdint.h>

#include "rrd/db/db.h"

/**
 * Copy the database by SQLite's online backup, check the copy, sync it, and only then give it its
 * name: it appears whole or not at all.
 *
 * @param db      Reading connection.
 * @param path    File to make; one that is there is replaced.
 * @param octets  Receives the copy's size; may be NULL.
 * @param d       Why not, with the file's name.
 * @retval KK_OK
 * @retval KK_E_FULL
 * @retval KK_E_CORRUPT  The database itself is damaged; no copy was made.
 * @retval KK_E_BUSY     It was written to without pause for a minute.
 * @retval KK_E_IO       And its kin.
 */
int backup_write(struct db *db, const char *path, uint64_t *octets, struct diag *d);

#endif
