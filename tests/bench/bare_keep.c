/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bare_keep.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bare {
	int fd;
	sqlite3 *db;
	sqlite3_stmt *odometer, *day, *cursor;
	uint8_t *octets;
	size_t room;
};

static const char schema[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    "CREATE TABLE odometer (device INTEGER NOT NULL, source INTEGER NOT NULL, time_cs INTEGER,"
    " octets_down INTEGER, octets_up INTEGER, sample BLOB, PRIMARY KEY (device, source))"
    " WITHOUT ROWID;"
    "CREATE TABLE usage_day (day INTEGER NOT NULL, device INTEGER NOT NULL, source INTEGER NOT"
    " NULL, octets_down INTEGER, octets_up INTEGER, observed_s INTEGER, octets_lump INTEGER,"
    " restarts INTEGER, unsure INTEGER, clients_peak INTEGER, up_s INTEGER,"
    " PRIMARY KEY (day, device, source)) WITHOUT ROWID;"
    "CREATE TABLE cursor (sink TEXT PRIMARY KEY, segment INTEGER, offset INTEGER) WITHOUT ROWID;";

static const char put_odometer[] =
    "INSERT INTO odometer VALUES (?1, 0, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET"
    " time_cs = ?2, octets_down = ?3, octets_up = ?4, sample = ?5";
static const char put_day[] =
    "INSERT INTO usage_day VALUES (?1, ?2, 0, ?3, ?4, 60, 0, 0, 0, 7, 60) ON CONFLICT DO UPDATE SET"
    " octets_down = octets_down + ?3, octets_up = octets_up + ?4, observed_s = observed_s + 60,"
    " clients_peak = max(clients_peak, 7), up_s = up_s + 60";
static const char put_cursor[] = "INSERT OR REPLACE INTO cursor VALUES ('ledger', ?1, ?2)";

static int
complain_of(struct bare *b, const char *what)
{
	fprintf(stderr, "kk-bench: %s: %s\n", what, sqlite3_errmsg(b->db));
	return 0;
}

struct bare *
bare_open(const char *dir)
{
	struct bare *b = calloc(1, sizeof(*b));
	char path[512];

	if (b == NULL)
		return NULL;
	snprintf(path, sizeof(path), "%s/bare.log", dir);
	b->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (b->fd < 0)
		perror(path);
	snprintf(path, sizeof(path), "%s/bare.db", dir);
	if (b->fd >= 0 && sqlite3_open(path, &b->db) == SQLITE_OK &&
	    sqlite3_exec(b->db, schema, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(b->db, put_odometer, -1, &b->odometer, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(b->db, put_day, -1, &b->day, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(b->db, put_cursor, -1, &b->cursor, NULL) == SQLITE_OK)
		return b;
	complain_of(b, path);
	bare_close(b);
	return NULL;
}

void
bare_close(struct bare *b)
{
	if (b == NULL)
		return;
	sqlite3_finalize(b->odometer);
	sqlite3_finalize(b->day);
	sqlite3_finalize(b->cursor);
	sqlite3_close(b->db);
	if (b->fd >= 0)
		close(b->fd);
	free(b->octets);
	free(b);
}

int
bare_write(struct bare *b, size_t len)
{
	if (b->room < len) {
		free(b->octets);
		b->octets = malloc(len);
		b->room = b->octets ? len : 0;
		if (b->octets == NULL)
			return 0;
		memset(b->octets, 0x5a, len);
	}
	return write(b->fd, b->octets, len) == (ssize_t)len && fdatasync(b->fd) == 0;
}

static int
step(struct bare *b, sqlite3_stmt *s)
{
	int ok = sqlite3_step(s) == SQLITE_DONE;

	sqlite3_reset(s);
	return ok ? 1 : complain_of(b, "step");
}

static int
put_row(struct bare *b, const struct bare_row *r)
{
	sqlite3_bind_int64(b->day, 1, r->day);
	sqlite3_bind_int64(b->day, 2, r->device);
	sqlite3_bind_int64(b->day, 3, r->more_down);
	sqlite3_bind_int64(b->day, 4, r->more_up);
	sqlite3_bind_int64(b->odometer, 1, r->device);
	sqlite3_bind_int64(b->odometer, 2, r->time_cs);
	sqlite3_bind_int64(b->odometer, 3, r->octets_down);
	sqlite3_bind_int64(b->odometer, 4, r->octets_up);
	sqlite3_bind_blob(b->odometer, 5, r->blob, r->len, SQLITE_STATIC);
	return step(b, b->day) && step(b, b->odometer);
}

int
bare_upsert(struct bare *b, const struct bare_row *rows, size_t n)
{
	int ok = sqlite3_exec(b->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;

	for (size_t i = 0; i < n && ok; i++)
		ok = put_row(b, &rows[i]);
	sqlite3_bind_int64(b->cursor, 1, 1);
	sqlite3_bind_int64(b->cursor, 2, (int64_t)n);
	ok = ok && step(b, b->cursor);
	return ok && sqlite3_exec(b->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}
