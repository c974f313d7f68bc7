/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kkachi usage: reports. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/city.h"
#include "cli/out_file.h"
#include "cli/usage_in.h"
#include "lib/zone.h"
#include "usage/report_sheet.h"
#include "usage/sheet_out.h"

/* ---- options ---- */

/* One of a list of names. `names`: for the person. */
static int
set_name(struct cli *c, int found, const char *option, const char *names, int *out)
{
	if (found < 0) {
		cli_misused(c, "--%s is %s, not \"%s\"", option, names, optarg);
		return 0;
	}
	*out = found;
	return 1;
}

static int
set_count(struct cli *c, const char *option, unsigned *out)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(optarg, &end, 10);
	if (errno != 0 || *optarg < '0' || *optarg > '9' || *end != '\0' || n == 0 || n > 1000000) {
		cli_misused(c, "--%s is a number from 1 on, not \"%s\"", option, optarg);
		return 0;
	}
	*out = (unsigned)n;
	return 1;
}

static int
set_choice(struct cli *c, struct usage_wish *w, int o)
{
	int n = 0, ok;

	switch (o) {
	case OPT_BY:
		ok = set_name(c, report_by_name_of(optarg), "by",
		    "city, district, phase, type, site, ap, installed or place", &n);
		w->ask.q.by = (enum usage_by)n;
		return ok;
	case OPT_PER:
		ok = set_name(c, report_period_name_of(optarg), "per", "month, day or year", &n);
		w->ask.q.period = (enum usage_period)n;
		return ok;
	case OPT_SHOW:
		ok = set_name(c, ask_show_of(optarg), "show", ask_show_list(), &n);
		w->ask.show = (enum ask_show)n;
		return ok;
	case OPT_SOURCE:
		ok = set_name(
		    c, ask_source_of(optarg), "source", "snmp, controller, probe or radius", &n);
		w->ask.q.source = (unsigned)n;
		return ok;
	case OPT_LANGUAGE:
		ok = set_name(c,
		    strcmp(optarg, "ko") == 0	? LANG_KO
		    : strcmp(optarg, "en") == 0 ? LANG_EN
						: -1,
		    "language", "ko or en", &n);
		w->lang = (enum language)n;
		w->lang_set = 1;
		return ok;
	default:
		ok = set_name(
		    c, ask_format_of(optarg), "format", "table, csv, json, xlsx or html", &n);
		w->format = (enum ask_format)n;
		w->format_set = 1;
		return ok;
	}
}

int
usage_take(struct cli *c, struct usage_wish *w, int o)
{
	w->set = 1;
	switch (o) {
	case OPT_FROM:
		w->from = optarg;
		return 1;
	case OPT_TO:
		w->to = optarg;
		return 1;
	case OPT_TOP:
		return set_count(c, "top", &w->ask.top);
	case OPT_BOTTOM:
		return set_count(c, "bottom", &w->ask.bottom);
	case OPT_DISTRICT:
		w->ask.q.district = optarg;
		return 1;
	case OPT_PHASE:
		w->ask.q.phase = optarg;
		return 1;
	case OPT_TYPE:
		w->ask.q.site_type = optarg;
		return 1;
	case OPT_SITE:
		w->ask.q.site = optarg;
		return 1;
	case OPT_NO_BOM:
		w->bom = 0;
		return 1;
	case OPT_MONTH:
		w->month = optarg;
		return 1;
	case OPT_MAIL:
		w->mail = 1;
		return 1;
	case OPT_OPEN_DATA:
		w->open_data = optarg;
		return 1;
	case USAGE_OPT_OUT:
		w->out = optarg;
		return 1;
	default:
		return set_choice(c, w, o);
	}
}

int
usage_sound(struct cli *c, struct usage_wish *w)
{
	if (c->json && w->format_set && w->format != ASK_FORMAT_JSON)
		cli_misused(c, "--json and --format contradict each other");
	else if (w->ask.top > 0 && w->ask.bottom > 0)
		cli_misused(c, "--top and --bottom contradict each other");
	else if (w->open_data != NULL && (w->ask.q.by != USAGE_CITY || w->ask.show != ASK_OCTETS ||
					     w->ask.q.period != USAGE_MONTHS || w->format_set ||
					     w->ask.top > 0 || w->ask.bottom > 0))
		cli_misused(c, "--open-data goes only with --from, --to, --no-bom and filters");
	else if (!ask_source_fits(&w->ask, w->format) ||
		 (w->ask.q.source > 0 && (w->open_data != NULL || w->month != NULL)))
		cli_misused(
		    c, "--source goes only with --show octets, and --format table, csv or json");
	else if (w->format == ASK_FORMAT_XLSX && w->out == NULL)
		cli_misused(c, "--format xlsx needs -o FILE");
	else
		return 1;
	return 0;
}

int
usage_range(struct cli *c, struct usage_wish *w)
{
	static const char *const forms[] = {
	    "a month, YYYY-MM", "a day, YYYY-MM-DD", "a year, YYYY"};
	struct usage_query *q = &w->ask.q;
	const char *fault;

	q->now_s = c->now_s;
	q->to = ask_period_of(q->period, c->now_s);
	if (w->to != NULL && ask_period(q->period, w->to, &q->to) != KK_OK) {
		cli_misused(c, "--to is %s, not \"%s\"", forms[q->period], w->to);
		return 0;
	}
	q->from = q->to;
	if (w->from != NULL && ask_period(q->period, w->from, &q->from) != KK_OK) {
		cli_misused(c, "--from is %s, not \"%s\"", forms[q->period], w->from);
		return 0;
	}
	if ((fault = ask_range_fault(q)) == NULL)
		return 1;
	cli_misused(c, "the range of time cannot be: %s", fault);
	return 0;
}

/* ---- output ---- */

static int
fail(const struct cli *c, int rc, const struct diag *d)
{
	cli_say(c, "%s", d->text[0] ? d->text : kk_strerror(rc));
	return CLI_FAILED;
}

static int
print_json(const struct cli *c, const struct usage_wish *w, struct db *db, FILE *out)
{
	struct diag d = {""};
	json_t *j = NULL;
	int rc = ask_json(&c->conf, db, &w->ask, w->lang, &j, &d);

	if (rc != KK_OK)
		return fail(c, rc, &d);
	rc = json_dumpf(j, out, JSON_COMPACT | JSON_REAL_PRECISION(15)) == 0 || ferror(out);
	json_decref(j);
	fputc('\n', out);
	return rc ? CLI_DONE : fail(c, KK_E_NOMEM, &d);
}

static int
print_sheet(const struct cli *c, const struct usage_wish *w, struct db *db, FILE *out)
{
	struct diag d = {""};
	struct sheet *s = NULL;
	int rc = ask_sheet(&c->conf, db, &w->ask, &s, &d);

	if (rc == KK_OK && w->format == ASK_FORMAT_CSV)
		sheet_csv(s, w->bom, out);
	else if (rc == KK_OK)
		rc = sheet_table(s, w->lang, out);
	sheet_free(s);
	return rc == KK_OK ? CLI_DONE : fail(c, rc, &d);
}

static int
print_html(const struct cli *c, const struct usage_wish *w, struct db *db, FILE *out)
{
	struct diag d = {""};
	struct book *b = NULL;
	int rc = ask_book(&c->conf, db, &w->ask, w->lang, &b, &d);

	if (rc == KK_OK)
		book_html(b, w->lang, out);
	book_free(b);
	return rc == KK_OK ? CLI_DONE : fail(c, rc, &d);
}

static int
write_xlsx(const struct cli *c, const struct usage_wish *w, struct db *db)
{
	struct diag d = {""};
	struct book *b = NULL;
	int rc = ask_book(&c->conf, db, &w->ask, w->lang, &b, &d);

	if (rc == KK_OK)
		rc = book_xlsx(b, w->lang, w->out, &d);
	book_free(b);
	return rc == KK_OK ? CLI_DONE : fail(c, rc, &d);
}

static int
print(const struct cli *c, const struct usage_wish *w, struct db *db)
{
	struct out_file f;
	int code;

	if (w->format == ASK_FORMAT_XLSX)
		return write_xlsx(c, w, db);
	if (!out_file_open(c, w->out, &f))
		return CLI_FAILED;
	if (w->format == ASK_FORMAT_JSON)
		code = print_json(c, w, db, f.stream);
	else if (w->format == ASK_FORMAT_HTML)
		code = print_html(c, w, db, f.stream);
	else
		code = print_sheet(c, w, db, f.stream);
	return out_file_close(c, &f, code);
}

int
usage_report(struct cli *c, struct usage_wish *w)
{
	struct db *db = NULL;
	int code;

	if (!usage_range(c, w))
		return c->usage_code;
	if (!w->lang_set)
		w->lang = c->lang;
	if (c->json)
		w->format = ASK_FORMAT_JSON;
	if (!city_db(c, DB_READ, &db))
		return CLI_FAILED;
	code = print(c, w, db);
	db_close(db);
	return code;
}
