/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rrd/db/db_schema.h"
#include "rrd/db/months.h"

#define BUSY_MS		 5000
#define MONTHS_SINCE	 6	    /* version: older ones have days only */
#define WAL_OCTETS	 "67108864" /* the log file is cut back to this after a large transaction */
#define AS_TEXT(x)	 AS_TEXT_AGAIN(x)
#define AS_TEXT_AGAIN(x) #x

/* steps[v] brings version v to v + 1; a new version adds its step here and changes schema.sql. */
static const char *const steps[DB_VERSION] = {
    [1] =
	"CREATE TABLE neighbour (device INTEGER NOT NULL, via INTEGER NOT NULL, port TEXT NOT NULL,"
	" chassis TEXT NOT NULL, far_port TEXT NOT NULL, far_descr TEXT, name TEXT, address TEXT,"
	" chassis_type INTEGER NOT NULL, far_type INTEGER NOT NULL, does INTEGER NOT NULL,"
	" crowd INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
	" PRIMARY KEY (device, via, port, chassis, far_port)) WITHOUT ROWID;"
	"CREATE TABLE reporter (device INTEGER PRIMARY KEY, chassis_type INTEGER NOT NULL,"
	" chassis TEXT, name TEXT, lldp INTEGER, bridge INTEGER);",
    [2] = "CREATE TABLE port (device INTEGER NOT NULL, name TEXT NOT NULL, descr TEXT, alias TEXT,"
	  " mac TEXT, ifindex INTEGER NOT NULL, type INTEGER, admin INTEGER, oper INTEGER, mbps "
	  "INTEGER,"
	  " rx_mdbm INTEGER, poe INTEGER, poe_mw INTEGER, time INTEGER NOT NULL,"
	  " octets_in INTEGER, octets_out INTEGER, octets_raw_in INTEGER, octets_raw_out"
	  " INTEGER, octets_width INTEGER, octets_boot_cs INTEGER, octets_when_cs INTEGER,"
	  " errors_in INTEGER, errors_out INTEGER, errors_raw_in INTEGER, errors_raw_out"
	  " INTEGER, errors_width INTEGER, errors_boot_cs INTEGER, errors_when_cs INTEGER,"
	  " discards_in INTEGER, discards_out INTEGER, discards_raw_in INTEGER,"
	  " discards_raw_out INTEGER, discards_width INTEGER, discards_boot_cs INTEGER,"
	  " discards_when_cs INTEGER,"
	  " PRIMARY KEY (device, name)) WITHOUT ROWID;",
    [3] =
	"CREATE TABLE usm_engine (address BLOB NOT NULL, port INTEGER NOT NULL, user TEXT NOT NULL,"
	" engine BLOB NOT NULL, boots INTEGER NOT NULL, time INTEGER NOT NULL, at INTEGER NOT NULL,"
	" fell INTEGER NOT NULL, frozen INTEGER NOT NULL, PRIMARY KEY (address, port, user))"
	" WITHOUT ROWID;",
    [4] = "CREATE TABLE identity (device INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER,"
	  " changed INTEGER NOT NULL, confirmed INTEGER, model TEXT, serial TEXT, mac TEXT,"
	  " firmware TEXT, PRIMARY KEY (device, since)) WITHOUT ROWID;"
	  "CREATE INDEX identity_change ON identity (since) WHERE changed <> 0;",
    [5] = "CREATE TABLE usage_month (month INTEGER NOT NULL, device INTEGER NOT NULL, since "
	  "INTEGER NOT NULL, source INTEGER NOT NULL, octets_down INTEGER NOT NULL, "
	  "octets_up INTEGER NOT NULL, octets_lump INTEGER NOT NULL, observed_s INTEGER NOT "
	  "NULL, restarts INTEGER NOT NULL, unsure INTEGER NOT NULL, imported_s INTEGER NOT "
	  "NULL, days_measured INTEGER NOT NULL, days_imported INTEGER NOT NULL, days_both "
	  "INTEGER NOT NULL, PRIMARY KEY (month, device, since, source)) WITHOUT ROWID;"
	  "CREATE TABLE usage_stale (month INTEGER NOT NULL, device INTEGER NOT NULL, "
	  "PRIMARY KEY (month, device)) WITHOUT ROWID;"
	  "CREATE TABLE usage_group (month INTEGER NOT NULL, district TEXT NOT NULL, phase "
	  "TEXT NOT NULL, site_type TEXT NOT NULL, octets_down INTEGER NOT NULL, octets_up "
	  "INTEGER NOT NULL, octets_lump INTEGER NOT NULL, observed_s INTEGER NOT NULL, "
	  "restarts INTEGER NOT NULL, unsure INTEGER NOT NULL, imported_s INTEGER NOT NULL, "
	  "days_measured INTEGER NOT NULL, days_imported INTEGER NOT NULL, days_both "
	  "INTEGER NOT NULL, aps INTEGER NOT NULL, PRIMARY KEY (month, district, phase, "
	  "site_type)) WITHOUT ROWID;"
	  "CREATE TABLE usage_grouped (month INTEGER PRIMARY KEY);",
    [6] = "CREATE TABLE event (num INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,"
	  " probe TEXT NOT NULL, bssid INTEGER NOT NULL, ssid BLOB NOT NULL,"
	  " since_cs INTEGER NOT NULL, last_cs INTEGER NOT NULL, state INTEGER NOT NULL,"
	  " told INTEGER NOT NULL, device INTEGER, data BLOB NOT NULL,"
	  " UNIQUE (kind, probe, bssid, ssid, since_cs));"
	  "CREATE INDEX event_time ON event (last_cs);",
    [7] = "CREATE TABLE distinct_day (day INTEGER NOT NULL, scope INTEGER NOT NULL, key NOT NULL,"
	  " clients INTEGER NOT NULL, error_permille INTEGER NOT NULL, whole INTEGER NOT NULL,"
	  " probes INTEGER NOT NULL, PRIMARY KEY (day, scope, key)) WITHOUT ROWID;",
    [8] = "CREATE TABLE probe_day (day INTEGER NOT NULL, device INTEGER NOT NULL, source "
	  "INTEGER NOT NULL, associations INTEGER, refusals INTEGER, roams INTEGER, "
	  "auth_failures INTEGER, eap_failures INTEGER, handshake_failures INTEGER, "
	  "dhcp_asked INTEGER, dhcp_answered INTEGER, sessions INTEGER, wifi3_clients "
	  "INTEGER, wifi4_clients INTEGER, wifi5_clients INTEGER, wifi6_clients INTEGER, "
	  "wifi6e_clients INTEGER, wifi7_clients INTEGER, PRIMARY KEY (day, device, "
	  "source)) WITHOUT ROWID;",
    [9] = "CREATE TABLE usage_period (id TEXT NOT NULL, first INTEGER NOT NULL, last "
	  "INTEGER NOT NULL, octets INTEGER NOT NULL, district TEXT, file TEXT NOT NULL, "
	  "imported INTEGER NOT NULL, PRIMARY KEY (id, first)) WITHOUT ROWID;"
	  "CREATE INDEX usage_period_last ON usage_period (last);"
	  "CREATE TABLE usage_closed (month INTEGER PRIMARY KEY, at INTEGER NOT NULL, who "
	  "TEXT NOT NULL, rows INTEGER NOT NULL, octets_down INTEGER NOT NULL, octets_up "
	  "INTEGER NOT NULL, octets_undirected INTEGER NOT NULL, sha256 TEXT NOT NULL);"
	  "CREATE TABLE usage_frozen (month INTEGER NOT NULL, id TEXT NOT NULL, since "
	  "INTEGER NOT NULL, district TEXT NOT NULL, site TEXT NOT NULL, site_type TEXT NOT "
	  "NULL, phase TEXT NOT NULL, octets_down INTEGER NOT NULL, octets_up INTEGER NOT "
	  "NULL, octets_undirected INTEGER NOT NULL, octets_lump INTEGER NOT NULL, "
	  "observed_s INTEGER NOT NULL, possible_s INTEGER NOT NULL, restarts INTEGER NOT "
	  "NULL, unsure INTEGER NOT NULL, days_measured INTEGER NOT NULL, days_imported "
	  "INTEGER NOT NULL, days_both INTEGER NOT NULL, days_spread INTEGER NOT NULL, "
	  "PRIMARY KEY (month, id, since)) WITHOUT ROWID;"
	  "CREATE TABLE usage_frozen_group (month INTEGER NOT NULL, district TEXT NOT NULL, "
	  "phase TEXT NOT NULL, site_type TEXT NOT NULL, octets_down INTEGER NOT NULL, "
	  "octets_up INTEGER NOT NULL, octets_undirected INTEGER NOT NULL, octets_lump "
	  "INTEGER NOT NULL, observed_s INTEGER NOT NULL, possible_s INTEGER NOT NULL, "
	  "restarts INTEGER NOT NULL, unsure INTEGER NOT NULL, days_measured INTEGER NOT "
	  "NULL, days_imported INTEGER NOT NULL, days_both INTEGER NOT NULL, days_spread "
	  "INTEGER NOT NULL, aps INTEGER NOT NULL, listed INTEGER NOT NULL, PRIMARY KEY "
	  "(month, listed, district, phase, site_type)) WITHOUT ROWID;"
	  "CREATE TABLE usage_closing (num INTEGER PRIMARY KEY AUTOINCREMENT, month INTEGER "
	  "NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, reason "
	  "TEXT, sha256 TEXT NOT NULL, octets_down INTEGER NOT NULL, octets_up INTEGER NOT "
	  "NULL, octets_undirected INTEGER NOT NULL);",
    [10] = "CREATE TABLE code_day (day INTEGER NOT NULL, device INTEGER NOT NULL, kind INTEGER "
	   "NOT NULL, code INTEGER NOT NULL, down INTEGER NOT NULL, up INTEGER NOT NULL, PRIMARY "
	   "KEY (day, device, kind, code)) WITHOUT ROWID;",
};

struct db {
	sqlite3 *h;
	char *file;
};

sqlite3 *
db_handle(struct db *db)
{
	return db->h;
}

const char *
db_file(const struct db *db)
{
	return db->file;
}

/* SQLite's result code in our terms; the errno below it tells a full disk from a broken one. */
static int
error_of(sqlite3 *h)
{
	int err = sqlite3_system_errno(h);

	switch (sqlite3_extended_errcode(h) & 0xff) {
	case SQLITE_FULL:
		return KK_E_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return KK_E_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return KK_E_CORRUPT;
	case SQLITE_NOMEM:
		return KK_E_NOMEM;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return KK_E_DENIED;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return err == 0 ? KK_E_IO : kk_from_errno(err);
	default:
		return KK_E_DB;
	}
}

int
db_error(struct db *db, struct diag *d, const char *what)
{
	int rc = error_of(db->h), err = sqlite3_system_errno(db->h);
	const char *text = sqlite3_errmsg(db->h);

	if ((rc == KK_E_FULL || rc == KK_E_DENIED) && err != 0)
		return diag_set(d, rc, "%s: %s: %s: %s", db->file, what, text, strerror(err));
	return diag_set(d, rc, "%s: %s: %s", db->file, what, text);
}

int
db_prepare(struct db *db, const char *sql, sqlite3_stmt **out, struct diag *d)
{
	*out = NULL;
	if (sqlite3_prepare_v3(db->h, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
		return db_error(db, d, "prepare");
	return KK_OK;
}

int
db_exec(struct db *db, const char *sql, struct diag *d)
{
	char what[48];

	if (sqlite3_exec(db->h, sql, NULL, NULL, NULL) == SQLITE_OK)
		return KK_OK;
	snprintf(what, sizeof(what), "%.40s", sql);
	return db_error(db, d, what);
}

int
db_step_done(struct db *db, sqlite3_stmt *s, struct diag *d, const char *what)
{
	int rc = KK_OK;

	if (sqlite3_step(s) != SQLITE_DONE)
		rc = db_error(db, d, what);
	sqlite3_reset(s);
	return rc;
}

const char *
db_column_text(sqlite3_stmt *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s, column);

	return text ? (const char *)text : "";
}

int
db_begin(struct db *db, struct diag *d)
{
	return db_exec(db, "BEGIN IMMEDIATE", d);
}

int
db_begin_now(struct db *db, struct diag *d)
{
	int rc;

	sqlite3_busy_timeout(db->h, 0);
	rc = db_begin(db, d);
	sqlite3_busy_timeout(db->h, BUSY_MS);
	return rc;
}

int
db_begin_read(struct db *db, struct diag *d)
{
	return db_exec(db, "BEGIN", d);
}

int
db_commit(struct db *db, struct diag *d)
{
	int rc = db_exec(db, "COMMIT", d);

	if (rc != KK_OK)
		db_rollback(db);
	return rc;
}

int
db_sync(struct db *db, struct diag *d)
{
	/* A checkpoint syncs the log first. BUSY: another process is at it already. */
	int at = sqlite3_wal_checkpoint_v2(db->h, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	if (at != SQLITE_OK && (at & 0xff) != SQLITE_BUSY)
		return db_error(db, d, "checkpoint");
	return KK_OK;
}

int
db_commit_synced(struct db *db, struct diag *d)
{
	int rc = db_commit(db, d);

	return rc == KK_OK ? db_sync(db, d) : rc;
}

void
db_rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(db->h))
		sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
}

/* One integer that a statement answers. */
static int
ask_integer(struct db *db, const char *sql, int64_t *out, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s, d);

	if (rc != KK_OK)
		return rc;
	if (sqlite3_step(s) == SQLITE_ROW)
		*out = sqlite3_column_int64(s, 0);
	else
		rc = db_error(db, d, sql);
	sqlite3_finalize(s);
	return rc;
}

/* Whose file is it, and how old? An empty database (version 0) is about to become ours. */
static int
identify(struct db *db, int64_t *version, struct diag *d)
{
	int64_t app = 0, tables = 0;
	int rc = ask_integer(db, "PRAGMA application_id", &app, d);

	if (rc == KK_OK)
		rc = ask_integer(db, "PRAGMA user_version", version, d);
	if (rc == KK_OK)
		rc = ask_integer(db, "SELECT count(*) FROM sqlite_master", &tables, d);
	if (rc != KK_OK)
		return rc;
	if (app == 0 && *version == 0 && tables == 0)
		return KK_OK;
	if (app != DB_APPLICATION_ID)
		return diag_set(d, KK_E_CORRUPT, "%s: not a database of Kkachi", db->file);
	if (*version > DB_VERSION || *version < 1)
		return diag_set(d, KK_E_VERSION,
		    "%s: made by a newer Kkachi (version %lld, this one knows %d)", db->file,
		    (long long)*version, DB_VERSION);
	return KK_OK;
}

/* The schema, or the steps from an older one; all or nothing. Another process may have been first.
 */
static int
migrate(struct db *db, struct diag *d)
{
	int64_t version = 0, was;
	int rc = db_begin(db, d);

	if (rc == KK_OK)
		rc = identify(db, &version, d);
	if (rc == KK_OK && version == 0)
		rc = db_exec(db, db_schema_sql, d);
	was = version;
	for (; rc == KK_OK && version > 0 && version < DB_VERSION; version++)
		rc = db_exec(db, steps[version], d);
	if (rc == KK_OK && was > 0 && was < MONTHS_SINCE)
		rc = months_build(db, d);
	if (rc == KK_OK)
		rc = db_exec(db,
		    "PRAGMA application_id=" AS_TEXT(
			DB_APPLICATION_ID) ";"
					   "PRAGMA user_version=" AS_TEXT(DB_VERSION),
		    d);
	if (rc == KK_OK)
		return db_commit(db, d);
	db_rollback(db);
	return rc;
}

/* mkdir -p, for the owner and the group. */
static int
make_folders(const char *dir, struct diag *d)
{
	char path[4096];
	size_t len = strlen(dir);

	if (len == 0 || len >= sizeof(path))
		return diag_set(d, KK_E_RANGE, "%s: no name for a folder", dir);
	for (size_t i = 1; i <= len; i++) {
		if (dir[i] != '/' && dir[i] != '\0')
			continue;
		memcpy(path, dir, i);
		path[i] = '\0';
		if (mkdir(path, 0750) != 0 && errno != EEXIST)
			return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	}
	return KK_OK;
}

/* What every connection sets. A writer leaves the log files behind (PERSIST_WAL), so that a reader
 * without write permission can open the database while nobody else has. */
static int
settle(struct db *db, enum db_mode mode, struct diag *d)
{
	int64_t version = 0;
	int keep = 1, rc = identify(db, &version, d);

	if (rc != KK_OK)
		return rc;
	if (mode == DB_READ && version == 0)
		return diag_set(d, KK_E_NOTFOUND, "%s: empty: nothing was imported yet", db->file);
	if (mode == DB_READ && version != DB_VERSION)
		return diag_set(d, KK_E_VERSION,
		    "%s: made by an older Kkachi (version %lld): start kkachid once to bring it up "
		    "to %d",
		    db->file, (long long)version, DB_VERSION);
	if (mode == DB_READ)
		return KK_OK;
	sqlite3_file_control(db->h, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
	rc = db_exec(db,
	    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768;"
	    "PRAGMA journal_size_limit=" WAL_OCTETS,
	    d);
	if (rc == KK_OK && version != DB_VERSION)
		rc = migrate(db, d);
	return rc;
}

static int
open_file(const char *state_dir, enum db_mode mode, struct db *db, struct diag *d)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	struct stat st;
	int rc;

	if (asprintf(&db->file, "%s/kkachi.db", state_dir) < 0) {
		db->file = NULL;
		return diag_set(d, KK_E_NOMEM, "out of memory");
	}
	if (mode == DB_WRITE) {
		if ((rc = make_folders(state_dir, d)) != KK_OK)
			return rc;
		flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	} else {
		flags |= SQLITE_OPEN_READONLY;
		if (stat(db->file, &st) != 0)
			return diag_set(
			    d, kk_from_errno(errno), "%s: %s", db->file, strerror(errno));
	}
	rc = sqlite3_open_v2(db->file, &db->h, flags, NULL);
	if (rc != SQLITE_OK && db->h == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", db->file);
	if (rc != SQLITE_OK)
		return db_error(db, d, "open");
	sqlite3_busy_timeout(db->h, BUSY_MS);
	return settle(db, mode, d);
}

int
db_open(const char *state_dir, enum db_mode mode, struct db **out, struct diag *d)
{
	struct db *db = calloc(1, sizeof(*db));
	int rc;

	*out = NULL;
	if (db == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	rc = open_file(state_dir, mode, db, d);
	if (rc != KK_OK) {
		db_close(db);
		return rc;
	}
	*out = db;
	return KK_OK;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	sqlite3_close_v2(db->h);
	free(db->file);
	free(db);
}
