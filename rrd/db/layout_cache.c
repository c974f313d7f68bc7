/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/layout_cache.h"

int
layout_cache_load(
    struct db *db, void (*each)(void *ctx, const struct layout_row *row), void *ctx, struct diag *d)
{
	static const char sql[] =
	    "SELECT l.device, l.profile, l.data FROM layout l JOIN device d ON d.num = l.device "
	    "WHERE d.retired IS NULL";
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s, d), step;

	if (rc != KK_OK)
		return rc;
	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		struct layout_row row = {
		    .device = (uint32_t)sqlite3_column_int64(s, 0),
		    .profile = db_column_text(s, 1),
		    .data = sqlite3_column_blob(s, 2),
		    .len = (size_t)sqlite3_column_bytes(s, 2),
		};

		if (row.data != NULL)
			each(ctx, &row);
	}
	if (step != SQLITE_DONE)
		rc = db_error(db, d, "read layouts");
	sqlite3_finalize(s);
	return rc;
}

static int
save_row(
    struct db *db, sqlite3_stmt *s, const struct layout_row *row, int64_t now_s, struct diag *d)
{
	sqlite3_bind_int64(s, 1, row->device);
	sqlite3_bind_text(s, 2, row->profile, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, now_s);
	sqlite3_bind_blob64(s, 4, row->data, row->len, SQLITE_STATIC);
	return db_step_done(db, s, d, "keep a layout");
}

int
layout_cache_save(
    struct db *db, const struct layout_row *rows, size_t n, int64_t now_s, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "INSERT INTO layout (device, profile, learned, data) VALUES (?1, ?2, ?3, ?4) "
	    "ON CONFLICT (device) DO UPDATE SET profile = ?2, learned = ?3, data = ?4",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	rc = db_begin_now(db, d);
	for (size_t i = 0; i < n && rc == KK_OK; i++)
		rc = save_row(db, s, &rows[i], now_s, d);
	sqlite3_finalize(s);
	if (rc == KK_OK)
		return db_commit(db, d);
	db_rollback(db);
	return rc;
}
