/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_export.c - `kkachi usage --export`, and --import of what it wrote. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/city.h"
#include "cli/out_file.h"
#include "cli/usage_in.h"
#include "rrd/ledger_file.h"

static int
tell(const struct cli *c, uint64_t rows)
{
	if (c->json)
		return cli_json(c, json_pack("{s:I}", "rows", (json_int_t)rows));
	printf("%" PRIu64 " rows\n", rows);
	return CLI_DONE;
}

int
usage_export(const struct cli *c, const char *path)
{
	const char *file = strcmp(path, "-") == 0 ? NULL : path;
	struct out_file f;
	struct db *db = NULL;
	struct diag d = {""};
	uint64_t rows = 0;
	int rc, code;

	if (!city_db(c, DB_READ, &db))
		return CLI_FAILED;
	if (!out_file_open(c, file, &f)) {
		db_close(db);
		return CLI_FAILED;
	}
	rc = ledger_file_write(db, f.stream, &rows, &d);
	db_close(db);
	if (rc != KK_OK)
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	code = out_file_close(c, &f, rc == KK_OK ? CLI_DONE : CLI_FAILED);
	return code == CLI_DONE && file != NULL ? tell(c, rows) : code;
}

int
usage_restore(const struct cli *c, const char *path)
{
	struct db *db = NULL;
	struct diag d = {""};
	uint64_t rows = 0;
	int rc;

	if (!city_db(c, DB_WRITE, &db))
		return CLI_FAILED;
	rc = ledger_file_read(db, path, &rows, &d);
	db_close(db);
	if (rc == KK_OK)
		return tell(c, rows);
	cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	return rc == KK_E_BUSY ? CLI_LOCKED : CLI_FAILED;
}
