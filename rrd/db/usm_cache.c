/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/usm_cache.h"

#include <stdio.h>
#include <string.h>

static int
read_row(sqlite3_stmt *s, struct usm_row *row)
{
	const void *address = sqlite3_column_blob(s, 0), *engine = sqlite3_column_blob(s, 3);
	int address_len = sqlite3_column_bytes(s, 0), engine_len = sqlite3_column_bytes(s, 3);
	int64_t port = sqlite3_column_int64(s, 1), boots = sqlite3_column_int64(s, 4),
		time = sqlite3_column_int64(s, 5);
	const char *user = db_column_text(s, 2);

	if (address == NULL || address_len != sizeof(row->address) || engine == NULL ||
	    engine_len < 1 || engine_len > USM_ROW_ENGINE || strlen(user) >= USM_ROW_USER ||
	    port < 1 || port > UINT16_MAX || boots < 0 || boots > INT32_MAX || time < 0 ||
	    time > INT32_MAX)
		return 0;
	*row = (struct usm_row){.port = (uint16_t)port,
	    .engine_len = (uint8_t)engine_len,
	    .boots = (uint32_t)boots,
	    .time = (uint32_t)time,
	    .at_cs = sqlite3_column_int64(s, 6),
	    .fell_cs = sqlite3_column_int64(s, 7),
	    .frozen = sqlite3_column_int(s, 8) != 0};
	memcpy(row->address, address, sizeof(row->address));
	memcpy(row->engine, engine, (size_t)engine_len);
	memcpy(row->user, user, strlen(user) + 1);
	return 1;
}

int
usm_cache_load(
    struct db *db, void (*each)(void *ctx, const struct usm_row *row), void *ctx, struct diag *d)
{
	sqlite3_stmt *s;
	struct usm_row row;
	int rc = db_prepare(db,
	    "SELECT address, port, user, engine, boots, time, at, fell, frozen FROM usm_engine", &s,
	    d);
	int step;

	if (rc != KK_OK)
		return rc;
	while ((step = sqlite3_step(s)) == SQLITE_ROW)
		if (read_row(s, &row))
			each(ctx, &row);
	if (step != SQLITE_DONE)
		rc = db_error(db, d, "read SNMPv3 engines");
	sqlite3_finalize(s);
	return rc;
}

static int
save_row(struct db *db, sqlite3_stmt *s, const struct usm_row *row, struct diag *d)
{
	sqlite3_bind_blob(s, 1, row->address, sizeof(row->address), SQLITE_STATIC);
	sqlite3_bind_int(s, 2, row->port);
	sqlite3_bind_text(s, 3, row->user, -1, SQLITE_STATIC);
	sqlite3_bind_blob(s, 4, row->engine, row->engine_len, SQLITE_STATIC);
	sqlite3_bind_int64(s, 5, row->boots);
	sqlite3_bind_int64(s, 6, row->time);
	sqlite3_bind_int64(s, 7, row->at_cs);
	sqlite3_bind_int64(s, 8, row->fell_cs);
	sqlite3_bind_int(s, 9, row->frozen);
	return db_step_done(db, s, d, "keep an SNMPv3 engine");
}

int
usm_cache_save(struct db *db, const struct usm_row *rows, size_t n, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "INSERT INTO usm_engine (address, port, user, engine, boots, time, at, fell, frozen) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (address, port, user) DO "
	    "UPDATE SET "
	    "engine = ?4, boots = ?5, time = ?6, at = ?7, fell = ?8, frozen = ?9",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	rc = db_begin_now(db, d);
	for (size_t i = 0; i < n && rc == KK_OK; i++)
		rc = save_row(db, s, &rows[i], d);
	sqlite3_finalize(s);
	if (rc == KK_OK)
		return db_commit(db, d);
	db_rollback(db);
	return rc;
}

static int
read_start(struct db *db, int64_t *id, uint32_t *boots, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "SELECT (SELECT value FROM counter WHERE name = 'snmp_engine'), "
	    "(SELECT value FROM counter WHERE name = 'snmp_boots')",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	if (sqlite3_step(s) == SQLITE_ROW) {
		*id = sqlite3_column_int64(s, 0);
		*boots = (uint32_t)sqlite3_column_int64(s, 1);
	} else {
		rc = db_error(db, d, "read the own SNMPv3 engine");
	}
	sqlite3_finalize(s);
	return rc;
}

/* A worn-out engine, or one that somebody has spoilt, is replaced; else its id stays. */
static int
write_start(struct db *db, int64_t id, struct diag *d)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
	    "DELETE FROM counter WHERE name IN ('snmp_engine', 'snmp_boots') AND NOT EXISTS "
	    "(SELECT 1 "
	    "FROM counter WHERE name = 'snmp_boots' AND value BETWEEN 1 AND 2147483645);"
	    "INSERT OR IGNORE INTO counter VALUES ('snmp_engine', %lld), ('snmp_boots', 0);"
	    "UPDATE counter SET value = value + 1 WHERE name = 'snmp_boots';",
	    (long long)id);
	return db_exec(db, sql, d);
}

int
usm_cache_start(struct db *db, int64_t *id, uint32_t *boots, struct diag *d)
{
	int rc = db_begin(db, d);

	if (rc != KK_OK)
		return rc;
	if ((rc = write_start(db, *id, d)) == KK_OK && (rc = read_start(db, id, boots, d)) == KK_OK)
		return db_commit_synced(db, d);
	db_rollback(db);
	return rc;
}
