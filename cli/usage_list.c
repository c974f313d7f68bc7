/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_list.c - `kkachi usage --import FILE --first DAY --last DAY`: a list of GB. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/city.h"
#include "cli/usage_in.h"
#include "lib/zone.h"
#include "rrd/period_import.h"
#include "usage/figure.h"

#define TOLD_MOST 10 /* ids by name, for a person */

struct telling {
	const struct cli *c;
	json_t *ids;
	int told;
};

static void
unlisted(void *ctx, const char *id, uint64_t octets)
{
	struct telling *t = ctx;
	char text[32];

	if (t->ids != NULL)
		json_array_append_new(t->ids, json_string(id));
	else if (t->told++ < TOLD_MOST)
		cli_say(t->c, "%s: not in the inventory: %s", id, figure_octets(octets, text));
}

/* "YYYY-MM-DD", and nothing else. */
static int
parse_day(const char *text, int64_t now_s, kk_day *out)
{
	struct zone_day day = {0};
	int64_t at_s;

	if (strlen(text) != 10 || zone_parse(text, now_s, &at_s) != KK_OK)
		return 0;
	zone_day_of(at_s, &day);
	*out = day.day;
	return 1;
}

static int
tell(struct telling *t, const struct period_done *done)
{
	char all[32], some[32];

	if (t->c->json)
		return cli_json(t->c,
		    json_pack("{s:I, s:I, s:I, s:I, s:O}", "rows", (json_int_t)done->rows, "octets",
			(json_int_t)done->octets, "unlisted_rows", (json_int_t)done->unlisted_rows,
			"unlisted_octets", (json_int_t)done->unlisted_octets, "unlisted", t->ids));
	if (t->told > TOLD_MOST)
		cli_say(t->c, "... and %d more (--json names all)", t->told - TOLD_MOST);
	printf("%" PRIu64 " rows, %s; not in the inventory: %" PRIu64 " rows, %s\n", done->rows,
	    figure_octets(done->octets, all), done->unlisted_rows,
	    figure_octets(done->unlisted_octets, some));
	return CLI_DONE;
}

int
usage_list(const struct cli *c, const char *path, const char *first, const char *last, int replace)
{
	struct telling t = {.c = c};
	struct period_wish w = {
	    .replace = replace, .now_s = c->now_s, .unlisted = unlisted, .ctx = &t};
	struct period_done done;
	struct db *db = NULL;
	struct diag d = {""};
	int rc, code = CLI_FAILED;

	if (!parse_day(first, c->now_s, &w.first) || !parse_day(last, c->now_s, &w.last))
		return cli_misused(c, "--first and --last are days, YYYY-MM-DD");
	if (!city_db(c, DB_WRITE, &db))
		return CLI_FAILED;
	t.ids = c->json ? json_array() : NULL;
	rc = period_import(db, path, &w, &done, &d);
	db_close(db);
	if (rc == KK_OK)
		code = tell(&t, &done);
	else
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	json_decref(t.ids);
	return code;
}
