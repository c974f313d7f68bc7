/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/city.h"
#include "cli/usage_in.h"
#include "rrd/ledger.h"
#include "rrd/ledger_file.h"

enum {
	OPT_IMPORT = OPT_REPORT_END,
	OPT_REPLACE,
	OPT_REASON,
	OPT_FIRST,
	OPT_LAST,
	OPT_EXPORT,
	OPT_RECONCILE
};

static const struct option options[] = {USAGE_REPORT_OPTIONS,
    {"import", required_argument, NULL, OPT_IMPORT}, {"replace", no_argument, NULL, OPT_REPLACE},
    {"reason", required_argument, NULL, OPT_REASON}, {"first", required_argument, NULL, OPT_FIRST},
    {"last", required_argument, NULL, OPT_LAST}, {"export", required_argument, NULL, OPT_EXPORT},
    {"reconcile", no_argument, NULL, OPT_RECONCILE}, {NULL, 0, NULL, 0}};

struct wish {
	const char *import; /* file */
	const char *export;
	int replace;
	const char *reason;	  /* of usage reopen */
	const char *first, *last; /* of a list of usage */
	int monthly;		  /* usage report */
	int reconcile;
	struct usage_wish report;
};

static int
take(struct cli *c, struct wish *w, int o)
{
	switch (o) {
	case OPT_IMPORT:
		w->import = optarg;
		return 1;
	case OPT_REPLACE:
		w->replace = 1;
		return 1;
	case OPT_EXPORT:
		w->export = optarg;
		return 1;
	case OPT_RECONCILE:
		w->reconcile = 1;
		return 1;
	case OPT_FIRST:
		w->first = optarg;
		return 1;
	case OPT_LAST:
		w->last = optarg;
		return 1;
	case OPT_REASON:
		w->reason = optarg;
		return 1;
	default:
		return usage_take(c, &w->report, o);
	}
}

/* What contradicts itself, before anything is opened. */
static int
sound(struct cli *c, struct wish *w)
{
	if (w->import != NULL && w->report.set)
		cli_misused(c, "--import goes only with --replace and --json");
	else if (w->export != NULL && (w->report.set || w->import != NULL || w->replace))
		cli_misused(c, "--export goes only with --json");
	else if (w->reason != NULL)
		cli_misused(c, "--reason goes with \"usage reopen\"");
	else if ((w->first != NULL) != (w->last != NULL) || (w->first != NULL && !w->import))
		cli_misused(c, "--first and --last go together, with --import");
	else if (w->import == NULL && w->replace)
		cli_misused(c, "--replace goes with --import");
	else if (w->reconcile &&
		 (w->import != NULL || w->export != NULL || w->monthly || w->report.from != NULL ||
		     w->report.to != NULL || w->report.mail || w->report.ask.q.source > 0 ||
		     w->report.format == ASK_FORMAT_XLSX || w->report.format == ASK_FORMAT_HTML))
		cli_misused(c, "--reconcile goes with --month, --output, --language and --format "
			       "table, csv or json");
	else if (w->monthly && (w->import != NULL || w->report.from != NULL ||
				   w->report.to != NULL || w->report.format_set ||
				   w->report.ask.q.by != USAGE_CITY || w->report.ask.q.source > 0))
		cli_misused(
		    c, "\"usage report\" goes only with --month, --output, --language and --mail");
	else if (!w->monthly && ((w->report.month != NULL && !w->reconcile) || w->report.mail))
		cli_misused(c, "--month and --mail go with \"usage report\"");
	else
		return usage_sound(c, &w->report);
	return 0;
}

static int
import(const struct cli *c, const struct wish *w)
{
	struct db *db = NULL;
	struct diag d = {""};
	uint64_t rows = 0;
	int rc;

	if (w->first != NULL)
		return usage_list(c, w->import, w->first, w->last, w->replace);
	if (strcmp(w->import, "-") != 0 && ledger_file_is(w->import))
		return usage_restore(c, w->import);
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
run(struct cli *c, int argc, char **argv)
{
	struct wish w = {.report = {.bom = 1}};
	int o, verb, code = CLI_USAGE;

	while ((o = cli_option(c, argc, argv, options, &code)) != -1) {
		if (o == CLI_STOP)
			return code;
		if (!take(c, &w, o))
			return c->usage_code;
	}
	verb = optind < argc ? usage_verb(argv[optind]) : -1;
	if (verb >= 0 && cli_arguments(c, argc, argv, 1, 2))
		return usage_closing(c, verb, argv[optind + 1], w.reason);
	w.monthly = optind < argc && strcmp(argv[optind], "report") == 0;
	if (!sound(c, &w) || !cli_arguments(c, argc, argv, 0, w.monthly))
		return c->usage_code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (w.reconcile)
		return usage_reconcile(c, &w.report);
	if (w.monthly)
		return usage_monthly(c, &w.report);
	if (w.report.open_data != NULL)
		return usage_open(c, &w.report);
	if (w.export != NULL)
		return usage_export(c, w.export);
	return w.import != NULL ? import(c, &w) : usage_report(c, &w.report);
}

const struct command command_usage = {.name = "usage",
    .arguments = "[--from PERIOD] [--to PERIOD] [--by WHAT] [--per PERIOD] [--show WHAT] "
		 "[--format FORMAT] [-o FILE] | report [--month YYYY-MM] [-o DIR] [--mail] | "
		 "close [YYYY-MM] | reopen YYYY-MM --reason TEXT | closed | --import FILE [--first "
		 "DAY --last DAY] [--replace] | --export FILE | --reconcile [--month YYYY-MM]",
    .about = TEXT_ABOUT_USAGE,
    .options =
	"      --from PERIOD   first month, YYYY-MM (default: that of --to)\n"
	"      --to PERIOD     last month (default: this month)\n"
	"      --per PERIOD    month (default), day (YYYY-MM-DD) or year (YYYY)\n"
	"      --by WHAT       city (default), district, phase, type, site, ap, installed "
	"(year), place (indoor, outdoor)\n"
	"      --show WHAT     octets (default), peaks, density, cost, concentration or hours\n"
	"      --source NAME   what snmp, controller, probe or radius measured, rather than each "
	"one's account\n"
	"      --top N         only the N with the most octets; --bottom N: with the least\n"
	"      --district NAME, --phase NAME, --type NAME, --site NAME: only what was there\n"
	"      --format FORMAT table (default), csv, json, xlsx or html\n"
	"  -o, --output FILE   write there; the file appears whole or not at all\n"
	"      --language LANG ko or en (default: the session's)\n"
	"      --no-bom        csv without a byte-order mark\n"
	"      --month MONTH   of \"usage report\": HTML and XLSX into a folder (default: last "
	"month)\n"
	"      --mail          and by mail (report.* in the configuration)\n"
	"      --open-data DIR what may be published, into a folder: no device's address, no few "
	"people\n"
	"      --reason TEXT   of \"usage reopen\": why, which is kept\n"
	"      --import FILE   import days measured before: day,id,octets_down,octets_up\n"
	"      --export FILE   the whole ledger; --import reads it into an empty database\n"
	"      --reconcile     the ledger against the round-robin files, per access point and "
	"month\n"
	"      --first DAY, --last DAY: FILE is the city's list of GB in that time (YYYY-MM-DD)\n"
	"      --replace       imported days replace days imported before\n",
    .run = run};
