/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES	 2560 /* a step: 10 MiB, some milliseconds */
#define BUSY_MS	 50
#define BUSY_MAX 1200 /* a minute */

static int
from_sqlite(int rc, const char *path, struct diag *d)
{
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return diag_set(d, KK_E_FULL, "%s: no room left", path);
	case SQLITE_CANTOPEN:
		return diag_set(d, KK_E_IO, "%s: cannot be made: %s", path,
		    errno ? strerror(errno) : sqlite3_errstr(rc));
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return diag_set(d, KK_E_CORRUPT, "%s: the database is damaged", path);
	default:
		return diag_set(d, KK_E_IO, "%s: %s", path, sqlite3_errstr(rc));
	}
}

static int
copy(struct db *db, sqlite3 *to, const char *path, struct diag *d)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", db_handle(db), "main");
	int busy = 0, rc;

	if (b == NULL)
		return from_sqlite(sqlite3_errcode(to), path, d);
	do {
		rc = sqlite3_backup_step(b, PAGES);
		if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
			sqlite3_sleep(BUSY_MS);
	} while (
	    rc == SQLITE_OK || ((rc == SQLITE_BUSY || rc == SQLITE_LOCKED) && ++busy < BUSY_MAX));
	sqlite3_backup_finish(b);
	if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
		return diag_set(d, KK_E_BUSY, "%s: the database is written to without pause", path);
	return rc == SQLITE_DONE ? KK_OK : from_sqlite(rc, path, d);
}

/* A copy that cannot be read is none. */
static int
verify(sqlite3 *to, const char *path, struct diag *d)
{
	sqlite3_stmt *s = NULL;
	int rc = KK_OK;

	if (sqlite3_prepare_v2(to, "PRAGMA quick_check(1)", -1, &s, NULL) != SQLITE_OK ||
	    sqlite3_step(s) != SQLITE_ROW ||
	    strcmp((const char *)sqlite3_column_text(s, 0), "ok") != 0)
		rc = diag_set(d, KK_E_CORRUPT, "%s: the copy does not pass SQLite's check", path);
	sqlite3_finalize(s);
	return rc;
}

static int
sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

static int
give_name(const char *tmp, const char *path, struct diag *d)
{
	char dir[PATH_MAX];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (slash == NULL)
		snprintf(dir, sizeof(dir), ".");
	else
		slash[slash == dir] = '\0';
	if (sync_path(tmp, O_RDWR) != 0 || rename(tmp, path) != 0 ||
	    sync_path(dir, O_RDONLY | O_DIRECTORY) != 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	return KK_OK;
}

int
backup_write(struct db *db, const char *path, uint64_t *octets, struct diag *d)
{
	char tmp[PATH_MAX];
	struct stat st;
	sqlite3 *to = NULL;
	int rc;

	if ((size_t)snprintf(tmp, sizeof(tmp), "%s.part", path) >= sizeof(tmp))
		return diag_set(d, KK_E_RANGE, "%s: the name is too long", path);
	if (unlink(tmp) != 0 && errno != ENOENT) /* what a run that was killed left behind */
		return diag_set(d, kk_from_errno(errno), "%s: %s", tmp, strerror(errno));
	errno = 0;
	rc = sqlite3_open_v2(tmp, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	rc = rc == SQLITE_OK ? copy(db, to, path, d) : from_sqlite(rc, path, d);
	/* One file that stands alone: no write-ahead log beside it. */
	if (rc == KK_OK && sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL))
		rc = from_sqlite(sqlite3_errcode(to), path, d);
	if (rc == KK_OK)
		rc = verify(to, path, d);
	sqlite3_close(to);
	if (rc == KK_OK)
		rc = give_name(tmp, path, d);
	if (rc == KK_OK && octets != NULL)
		*octets = stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
	if (rc != KK_OK)
		unlink(tmp);
	return rc;
}
