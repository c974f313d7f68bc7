/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/city.h"

/* A folder gets a file with the moment in its name, so that a daily backup replaces none. */
static int
target(const struct cli *c, const char *to, char path[PATH_MAX])
{
	time_t now = (time_t)c->now_s;
	char name[64] = "";
	struct stat st;
	struct tm tm;

	if (stat(to, &st) == 0 && S_ISDIR(st.st_mode)) {
		localtime_r(&now, &tm);
		strftime(name, sizeof(name), "/kkachi-%Y%m%d-%H%M%S.db", &tm);
	}
	return (size_t)snprintf(path, PATH_MAX, "%s%s", to, name) < PATH_MAX;
}

static int
backup(const struct cli *c, struct db *db, const char *path)
{
	struct diag d = {""};
	uint64_t octets = 0;
	char journal[CONF_TEXT + 16], archives[CONF_TEXT + 16];
	int rc = backup_write(db, path, &octets, &d);

	if (rc != KK_OK) {
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
		return CLI_FAILED;
	}
	snprintf(journal, sizeof(journal), "%s/journal", c->conf.state_dir);
	snprintf(archives, sizeof(archives), "%s/rrd", c->conf.state_dir);
	if (c->json)
		return cli_json(c, json_pack("{s:s,s:I,s:[s,s]}", "file", path, "octets",
				       (json_int_t)octets, "not_copied", journal, archives));
	printf(
	    "%s: %" PRIu64 " octets: inventory, usage ledger, odometers, alerts\n"
	    "Not in it: %s (the newest samples), %s (graphs); any copy of these folders will do.\n",
	    path, octets, journal, archives);
	return CLI_DONE;
}

static int
run(struct cli *c, int argc, char **argv)
{
	char path[PATH_MAX];
	struct db *db = NULL;
	int code = CLI_USAGE;

	if (cli_option(c, argc, argv, NULL, &code) == CLI_STOP)
		return code;
	if (!cli_arguments(c, argc, argv, 1, 1))
		return c->usage_code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (!target(c, argv[optind], path)) {
		cli_say(c, "%s: %s", argv[optind], strerror(ENAMETOOLONG));
		return CLI_FAILED;
	}
	if (!city_db(c, DB_READ, &db))
		return CLI_FAILED;
	code = backup(c, db, path);
	db_close(db);
	return code;
}

const struct command command_backup = {.name = "backup",
    .arguments = "[OPTION ...] FOLDER|FILE",
    .about = TEXT_ABOUT_BACKUP,
    .options = "",
    .run = run};
