/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: rrd/ledger_file.c */
/* Exported ledgers from anywhere: what is refused leaves nothing behind, and what is read can be
 * written again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/zone.h"
#include "rrd/db/db.h"
#include "rrd/ledger_file.h"

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
	    db_exec(db, "PRAGMA synchronous = OFF", &d) != KK_OK)
		abort();
}

static int
is_empty(void)
{
	sqlite3_stmt *s;
	int n;

	if (db_prepare(db,
		"SELECT (SELECT count(*) FROM device) + (SELECT count(*) FROM usage_day)", &s,
		NULL) != KK_OK ||
	    sqlite3_step(s) != SQLITE_ROW)
		abort();
	n = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return n == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int begun;
	struct diag d = {""};
	uint64_t rows = 0;
	int fd = memfd_create("ledger", MFD_CLOEXEC), rc;
	char path[64];
	FILE *out;

	if (!begun)
		begun = atexit(drop_db) == 0;
	if (db == NULL)
		open_db();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	rc = ledger_file_read(db, path, &rows, &d);
	close(fd);
	if (rc != KK_OK) {
		if (d.text[0] == '\0' || !is_empty())
			abort();
		return 0;
	}
	if ((out = fopen("/dev/null", "w")) == NULL ||
	    ledger_file_write(db, out, &rows, &d) != KK_OK)
		abort();
	fclose(out);
	drop_db(); /* the next one has an empty one again */
	return 0;
}
