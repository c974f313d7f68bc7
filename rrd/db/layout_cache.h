/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout_cache.h - what the collector learned about each device, so that a restart need not walk
 * the whole city again. */
#ifndef KK_RRD_DB_LAYOUT_CACHE_H
#define KK_RRD_DB_LAYOUT_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "rrd/db/db.h"

/* One device's. A view: all of it belongs to whoever passes it on. */
struct layout_row {
	uint32_t device;     /* inventory number */
	const char *profile; /* its profile's name */
	const void *data;    /* target_layout() */
	size_t len;
};

/**
 * Read what was kept.
 *
 * @param db    Connection.
 * @param each  Called per device in service; the row lives during the call.
 * @param ctx   For `each`.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_DB  And the other errors of db_error().
 */
int layout_cache_load(struct db *db, void (*each)(void *ctx, const struct layout_row *row),
    void *ctx, struct diag *d);

/**
 * Keep layouts, in one transaction. Never waits for another writer, as the poller calls it.
 *
 * @param db     Writing connection.
 * @param rows   Layouts; they replace older ones of the same devices.
 * @param n      Count.
 * @param now_s  UTC seconds.
 * @param d      Why not.
 * @retval KK_OK
 * @retval KK_E_BUSY  Another process is writing: try again later.
 * @retval KK_E_DB    And the other errors of db_error(); nothing was kept.
 */
int layout_cache_save(
    struct db *db, const struct layout_row *rows, size_t n, int64_t now_s, struct diag *d);

#endif
