/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_db.h - a database for a fuzzer, removed with its folder when it ends; and input as a file.
 */
#ifndef KK_TESTS_FUZZ_DB_H
#define KK_TESTS_FUZZ_DB_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/zone.h"
#include "rrd/db/db.h"

#define FUZZ_DB_PATH 64

static struct db *fuzz_db;

/** Close it, and remove it with its files. */
static inline void
fuzz_db_drop(void)
{
	static const char *const behind[] = {"-wal", "-shm", ""};
	char file[200], path[220];

	if (fuzz_db == NULL)
		return;
	snprintf(file, sizeof(file), "%s", db_file(fuzz_db));
	db_close(fuzz_db);
	fuzz_db = NULL;
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", file, behind[i]);
		unlink(path);
	}
	*strrchr(file, '/') = '\0';
	rmdir(file);
}

/** The database; made at the first call and after fuzz_db_drop(). @param sql Run when it is made;
 * "" is nothing. @return Borrowed. */
static inline struct db *
fuzz_db_open(const char *sql)
{
	static int begun;
	char dir[] = "/tmp/kk-test-fuzz-XXXXXX";
	struct diag d = {""};

	if (!begun)
		begun = atexit(fuzz_db_drop) == 0;
	if (fuzz_db != NULL)
		return fuzz_db;
	if (zone_use("Asia/Seoul", &d) != KK_OK || mkdtemp(dir) == NULL ||
	    db_open(dir, DB_WRITE, &fuzz_db, &d) != KK_OK ||
	    db_exec(fuzz_db, "PRAGMA synchronous = OFF", &d) != KK_OK ||
	    db_exec(fuzz_db, sql, &d) != KK_OK)
		abort();
	return fuzz_db;
}

/** What a query's one number is. @param sql Query. */
static inline uint64_t
fuzz_db_number(const char *sql)
{
	sqlite3_stmt *s;
	uint64_t n;

	if (db_prepare(fuzz_db, sql, &s, NULL) != KK_OK || sqlite3_step(s) != SQLITE_ROW)
		abort();
	n = (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

/** Input as a file, without a disk. @param data Input. @param size Octets. @param path Receives
 * its path. @return close() it. */
static inline int
fuzz_db_file(const uint8_t *data, size_t size, char path[FUZZ_DB_PATH])
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	snprintf(path, FUZZ_DB_PATH, "/proc/self/fd/%d", fd);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

#endif
