/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kkachi usage --open-data: what may be published, as CSV and JSON in a folder. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/city.h"
#include "cli/out_file.h"
#include "cli/usage_in.h"
#include "usage/open_data.h"
#include "usage/sheet_out.h"

static int
put(const struct cli *c, const struct usage_wish *w, const char *name, const struct sheet *s,
    int json)
{
	char path[512];
	struct out_file f;
	json_t *j;
	int code = CLI_DONE;

	if (snprintf(path, sizeof(path), "%s/%s.%s", w->open_data, name, json ? "json" : "csv") >=
	    (int)sizeof(path)) {
		cli_say(c, "%s: too long a name", w->open_data);
		return CLI_FAILED;
	}
	if (!out_file_open(c, path, &f))
		return CLI_FAILED;
	if (!json) {
		sheet_csv(s, w->bom, f.stream);
		return out_file_close(c, &f, CLI_DONE);
	}
	j = sheet_json(s, w->lang);
	if (j == NULL || json_dumpf(j, f.stream, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) != 0)
		code = CLI_FAILED;
	json_decref(j);
	code = out_file_close(c, &f, code);
	if (code != CLI_DONE)
		cli_say(c, "%s was not written", path);
	return code;
}

static int
put_both(const struct cli *c, const struct usage_wish *w, const char *name, const struct sheet *s)
{
	int code = put(c, w, name, s, 0);

	return code == CLI_DONE ? put(c, w, name, s, 1) : code;
}

static int
put_by(const struct cli *c, const struct usage_wish *w, struct db *db, enum usage_by by)
{
	struct usage_query q = w->ask.q;
	struct diag d = {""};
	struct sheet *s = NULL;
	int rc, code;

	q.by = by;
	if ((rc = open_data_sheet(&c->conf, db, &q, &s, &d)) != KK_OK) {
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
		return CLI_FAILED;
	}
	code = put_both(c, w, report_by_name(by), s);
	sheet_free(s);
	return code;
}

static int
put_columns(const struct cli *c, const struct usage_wish *w)
{
	struct sheet *s = open_data_columns();
	int code = CLI_FAILED;

	if (sheet_error(s) == KK_OK)
		code = put(c, w, "columns", s, 0);
	else
		cli_say(c, "%s", kk_strerror(sheet_error(s)));
	sheet_free(s);
	return code;
}

int
usage_open(struct cli *c, struct usage_wish *w)
{
	static const enum usage_by all[] = {USAGE_CITY, USAGE_DISTRICT, USAGE_SITE, USAGE_AP};
	struct db *db = NULL;
	int code;

	if (!usage_range(c, w))
		return c->usage_code;
	if (!w->lang_set)
		w->lang = c->lang;
	if (mkdir(w->open_data, 0755) != 0 && errno != EEXIST) {
		cli_say(c, "%s: %s", w->open_data, strerror(errno));
		return CLI_FAILED;
	}
	if (!city_db(c, DB_READ, &db))
		return CLI_FAILED;
	code = put_columns(c, w);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && code == CLI_DONE; i++)
		code = put_by(c, w, db, all[i]);
	db_close(db);
	return code;
}
