/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/city.h"
#include "lib/zone.h"
#include "rrd/ledger.h"
#include "rrd/ledger_usage.h"
#include "usage/format.h"

/* Longer ranges are a mistyped year. */
#define MONTHS_MAX 1200

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };
enum { OPT_FROM = CLI_OWN, OPT_TO, OPT_BY, OPT_FORMAT, OPT_NO_BOM, OPT_IMPORT, OPT_REPLACE };

static const struct option options[] = {{"from", required_argument, NULL, OPT_FROM},
    {"to", required_argument, NULL, OPT_TO}, {"by", required_argument, NULL, OPT_BY},
    {"format", required_argument, NULL, OPT_FORMAT}, {"no-bom", no_argument, NULL, OPT_NO_BOM},
    {"import", required_argument, NULL, OPT_IMPORT}, {"replace", no_argument, NULL, OPT_REPLACE},
    {NULL, 0, NULL, 0}};

struct wish {
	const char *import; /* file */
	int replace;
	const char *from, *to; /* as typed; NULL: this month */
	kk_day from_month, to_month;
	enum usage_by by;
	enum format format;
	int format_set, report_set;
	int bom;
};

static int
set_format(struct cli *c, struct wish *w, const char *name)
{
	static const char *const names[] = {"table", "csv", "json"};

	if (strcmp(name, "xlsx") == 0) {
		cli_misused(c, "--format xlsx is not in this version yet; a spreadsheet opens csv");
		return 0;
	}
	for (int i = 0; i < 3; i++)
		if (strcmp(name, names[i]) == 0) {
			w->format = (enum format)i;
			w->format_set = 1;
			return 1;
		}
	cli_misused(c, "--format is table, csv or json, not \"%s\"", name);
	return 0;
}

static int
set_by(struct cli *c, struct wish *w, const char *name)
{
	int by = report_by_name_of(name);

	if (by < 0) {
		cli_misused(c, "--by is city, district, phase, site or ap, not \"%s\"", name);
		return 0;
	}
	w->by = (enum usage_by)by;
	return 1;
}

static int
take(struct cli *c, struct wish *w, int o)
{
	w->report_set |= o != OPT_IMPORT && o != OPT_REPLACE;
	switch (o) {
	case OPT_FROM:
		w->from = optarg;
		return 1;
	case OPT_TO:
		w->to = optarg;
		return 1;
	case OPT_BY:
		return set_by(c, w, optarg);
	case OPT_FORMAT:
		return set_format(c, w, optarg);
	case OPT_NO_BOM:
		w->bom = 0;
		return 1;
	case OPT_IMPORT:
		w->import = optarg;
		return 1;
	default:
		w->replace = 1;
		return 1;
	}
}

/* What contradicts itself, before anything is opened. */
static int
sound(struct cli *c, const struct wish *w)
{
	if (c->json && w->format_set && w->format != FORMAT_JSON)
		cli_misused(c, "--json and --format contradict each other");
	else if (w->import != NULL && w->report_set)
		cli_misused(c, "--import goes only with --replace and --json");
	else if (w->import == NULL && w->replace)
		cli_misused(c, "--replace goes with --import");
	else
		return 1;
	return 0;
}

static int
check_range(struct cli *c, struct wish *w)
{
	if (w->from == NULL)
		w->from_month = w->to_month;
	if (w->to_month < w->from_month)
		cli_misused(c, "--to is before --from");
	else if ((w->to_month / 100 - w->from_month / 100) * 12 > MONTHS_MAX)
		cli_misused(c, "that is more than %d months", MONTHS_MAX);
	else
		return 1;
	return 0;
}

/* Months; zone_use() must have run, for "this month". */
static int
set_range(struct cli *c, struct wish *w)
{
	struct zone_day today = {0};

	zone_day_of(c->now_s, &today);
	w->to_month = today.day / 100;
	if (w->to != NULL && zone_parse_month(w->to, &w->to_month) != KK_OK)
		cli_misused(c, "--to is a month, YYYY-MM, not \"%s\"", w->to);
	else if (w->from != NULL && zone_parse_month(w->from, &w->from_month) != KK_OK)
		cli_misused(c, "--from is a month, YYYY-MM, not \"%s\"", w->from);
	else
		return check_range(c, w);
	return 0;
}

static int
import(const struct cli *c, const struct wish *w)
{
	struct db *db = NULL;
	struct diag d = {""};
	uint64_t rows = 0;
	int rc;

	if (!city_db(c, DB_WRITE, &db))
		return CLI_FAILED;
	rc = ledger_import(db, w->import, w->replace, &rows, &d);
	db_close(db);
	if (rc != KK_OK) {
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
		return CLI_FAILED;
	}
	if (c->json)
		return cli_json(c, json_pack("{s:I}", "rows", (json_int_t)rows));
	printf("%" PRIu64 " days\n", rows);
	return CLI_DONE;
}

static int
print(const struct cli *c, const struct wish *w, const struct report *r)
{
	int rc;

	if (w->format == FORMAT_JSON)
		return cli_json(c, report_json(r));
	if (w->format == FORMAT_CSV) {
		report_csv(r, w->bom, stdout);
		return CLI_DONE;
	}
	if ((rc = report_table(r, c->lang, stdout)) == KK_OK)
		return CLI_DONE;
	cli_say(c, "%s", kk_strerror(rc));
	return CLI_FAILED;
}

static int
report(const struct cli *c, const struct wish *w)
{
	struct usage_query q = {
	    .by = w->by, .from = w->from_month, .to = w->to_month, .now_s = c->now_s};
	struct usage_table *t = NULL;
	struct report *r = NULL;
	struct db *db = NULL;
	struct diag d = {""};
	int rc, code = CLI_FAILED;

	if (!city_db(c, DB_READ, &db))
		return CLI_FAILED;
	rc = ledger_usage(db, &q, &t, &d);
	db_close(db);
	if (rc == KK_OK)
		rc = report_make(t, w->from_month, w->to_month, w->by, &r);
	if (rc == KK_OK)
		code = print(c, w, r);
	else
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	report_free(r);
	usage_table_free(t);
	return code;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct wish w = {.by = USAGE_CITY, .bom = 1};
	int o, code = CLI_USAGE;

	while ((o = cli_option(c, argc, argv, options, &code)) != -1) {
		if (o == CLI_STOP)
			return code;
		if (!take(c, &w, o))
			return c->usage_code;
	}
	if (!sound(c, &w) || !cli_arguments(c, argc, argv, 0, 0))
		return c->usage_code;
	if (c->json)
		w.format = FORMAT_JSON;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (w.import != NULL)
		return import(c, &w);
	return set_range(c, &w) ? report(c, &w) : c->usage_code;
}

const struct command command_usage = {.name = "usage",
    .arguments = "[--from YYYY-MM] [--to YYYY-MM] [--by WHAT] | --import FILE [--replace]",
    .about = TEXT_ABOUT_USAGE,
    .options = "      --from MONTH    first month (default: that of --to)\n"
	       "      --to MONTH      last month (default: this month)\n"
	       "      --by WHAT       city (default), district, phase, site or ap\n"
	       "      --format FORMAT table (default), csv or json\n"
	       "      --no-bom        csv without a byte-order mark\n"
	       "      --import FILE   import days measured before: day,id,octets_down,octets_up\n"
	       "      --replace       imported days replace days imported before\n",
    .run = run};
