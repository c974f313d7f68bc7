/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: rrd/period_import.c */
/* The city's lists of usage, as an attacker would have written them: all of a list is kept, or
 * nothing, and what is kept is what it says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/zone.h"
#include "rrd/period_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct db *db;

/* With its files. */
static void
drop_db(void)
{
	static const char *const behind[] = {"-wal", "-shm", ""};
	char file[200], path[220];

	if (db == NULL)
		return;
	snprintf(file, sizeof(file), "%s", db_file(db));
	db_close(db);
	db = NULL;
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", file, behind[i]);
		unlink(path);
	}
	*strrchr(file, '/') = '\0';
	rmdir(file);
}

static void
open_db(void)
{
	char dir[] = "/tmp/kk-test-fuzz-XXXXXX";
	struct diag d = {""};

	if (zone_use("Asia/Seoul", &d) != KK_OK || mkdtemp(dir) == NULL ||
	    db_open(dir, DB_WRITE, &db, &d) != KK_OK ||
	    db_exec(db,
		"PRAGMA synchronous = OFF; INSERT INTO device (num, id, added) VALUES (1, 'A', 0)",
		&d) != KK_OK)
		abort();
}

static uint64_t
kept(void)
{
	sqlite3_stmt *s;
	uint64_t sum;

	if (db_prepare(db, "SELECT ifnull(sum(octets), 0) FROM usage_period", &s, NULL) != KK_OK ||
	    sqlite3_step(s) != SQLITE_ROW)
		abort();
	sum = (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int begun;
	struct period_wish w = {.first = 20210401, .last = 20210430, .now_s = 1780000000};
	struct period_done done = {0};
	struct diag d = {""};
	int fd = memfd_create("list", MFD_CLOEXEC), rc;
	char path[64];

	if (!begun)
		begun = atexit(drop_db) == 0;
	if (db == NULL)
		open_db();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	rc = period_import(db, path, &w, &done, &d);
	close(fd);
	if (rc != KK_OK && (d.text[0] == '\0' || kept() != 0))
		abort();
	if (rc == KK_OK && kept() != done.octets)
		abort();
	if (db_exec(db, "DELETE FROM usage_period", &d) != KK_OK)
		abort();
	return 0;
}
