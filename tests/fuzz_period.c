/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: rrd/period_import.c */
/* The city's lists of usage, as an attacker would have written them: all of a list is kept, or
 * nothing, and what is kept is what it says. */
#include "rrd/period_import.h"
#include "tests/fuzz_db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t
kept(void)
{
	return fuzz_db_number("SELECT ifnull(sum(octets), 0) FROM usage_period");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct db *db = fuzz_db_open("INSERT INTO device (num, id, added) VALUES (1, 'A', 0)");
	struct period_wish w = {.first = 20210401, .last = 20210430, .now_s = 1780000000};
	struct period_done done = {0};
	struct diag d = {""};
	char path[FUZZ_DB_PATH];
	int fd = fuzz_db_file(data, size, path), rc = period_import(db, path, &w, &done, &d);

	close(fd);
	if (rc != KK_OK && (d.text[0] == '\0' || kept() != 0))
		abort();
	if (rc == KK_OK && kept() != done.octets)
		abort();
	if (db_exec(db, "DELETE FROM usage_period", &d) != KK_OK)
		abort();
	return 0;
}
