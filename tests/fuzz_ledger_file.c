/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: rrd/ledger_file.c rrd/ledger_field.c */
/* Exported ledgers from anywhere: what is refused leaves nothing behind, and what is read can be
 * written again. */
#include "rrd/ledger_file.h"
#include "tests/fuzz_db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct db *db = fuzz_db_open("");
	struct diag d = {""};
	uint64_t rows = 0;
	char path[FUZZ_DB_PATH];
	int fd = fuzz_db_file(data, size, path), rc = ledger_file_read(db, path, &rows, &d);
	FILE *out;

	close(fd);
	if (rc != KK_OK) {
		if (d.text[0] == '\0' || fuzz_db_number("SELECT (SELECT count(*) FROM device) +"
							" (SELECT count(*) FROM usage_day) +"
							" (SELECT count(*) FROM distinct_day) +"
							" (SELECT count(*) FROM probe_day)") != 0)
			abort();
		return 0;
	}
	if ((out = fopen("/dev/null", "w")) == NULL ||
	    ledger_file_write(db, out, &rows, &d) != KK_OK)
		abort();
	fclose(out);
	fuzz_db_drop(); /* the next one has an empty one again */
	return 0;
}
