/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_reconcile.c - `kkachi usage --reconcile`. */
#include <stdio.h>

#include "cli/city.h"
#include "cli/out_file.h"
#include "cli/usage_in.h"
#include "lib/zone.h"
#include "usage/reconcile.h"
#include "usage/sheet_out.h"

static int
print(const struct cli *c, const struct usage_wish *w, const struct sheet *s, FILE *out)
{
	json_t *j;
	int ok;

	if (w->format == ASK_FORMAT_CSV) {
		sheet_csv(s, w->bom, out);
		return CLI_DONE;
	}
	if (w->format != ASK_FORMAT_JSON)
		return sheet_table(s, w->lang, out) == KK_OK ? CLI_DONE : CLI_FAILED;
	j = sheet_json(s, w->lang);
	ok = j != NULL && json_dumpf(j, out, JSON_COMPACT) == 0 && fputc('\n', out) != EOF;
	json_decref(j);
	if (!ok)
		cli_say(c, "%s", kk_strerror(KK_E_NOMEM));
	return ok ? CLI_DONE : CLI_FAILED;
}

static kk_day
month_of(const struct cli *c, const struct usage_wish *w)
{
	struct zone_day today = {0};
	kk_day month;

	if (w->month != NULL)
		return zone_parse_month(w->month, &month) == KK_OK ? month : 0;
	zone_day_of(c->now_s, &today);
	return zone_month_add(today.day / 100, -1);
}

int
usage_reconcile(struct cli *c, struct usage_wish *w)
{
	kk_day month = month_of(c, w);
	struct sheet *s = NULL;
	struct db *db = NULL;
	struct diag d = {""};
	struct out_file f;
	int rc, code;

	if (month == 0)
		return cli_misused(c, "--month is a month like 2026-10, not \"%s\"", w->month);
	if (!w->lang_set)
		w->lang = c->lang;
	if (c->json)
		w->format = ASK_FORMAT_JSON;
	if (!city_db(c, DB_READ, &db))
		return CLI_FAILED;
	rc = reconcile_month(&c->conf, db, month, c->now_s, &s, &d);
	db_close(db);
	if (rc != KK_OK) {
		cli_say(c, "%s", d.text);
		return CLI_FAILED;
	}
	code = out_file_open(c, w->out, &f) ? out_file_close(c, &f, print(c, w, s, f.stream))
					    : CLI_FAILED;
	sheet_free(s);
	return code;
}
