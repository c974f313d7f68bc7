/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crosscheck.c - `kkachi crosscheck`: what access points say of a day, against what probes saw. */
#include <stdio.h>
#include <string.h>

#include "cli/city.h"
#include "lib/zone.h"
#include "usage/cross.h"
#include "usage/sheet_out.h"

enum { OPT_DAY = CLI_OWN, OPT_DISTRICT, OPT_ALL, OPT_FORMAT };

static const struct option options[] = {{"day", required_argument, NULL, OPT_DAY},
    {"district", required_argument, NULL, OPT_DISTRICT}, {"all", no_argument, NULL, OPT_ALL},
    {"format", required_argument, NULL, OPT_FORMAT}, {NULL, 0, NULL, 0}};

struct crosscheck {
	const char *day_text; /* --day; NULL: yesterday */
	const char *district; /* --district; NULL: all */
	int all, csv;
	kk_day day;
	uint32_t past_s;
	struct sheet *sheet;
	int seen;   /* a probe saw one of them */
	int judged; /* one of them could be */
	int told;   /* there are rows */
};

static int
set_day(struct cli *c, struct crosscheck *x)
{
	struct zone_day day = {0};
	int64_t at_s = c->now_s;

	if (x->day_text != NULL && zone_parse(x->day_text, c->now_s, &at_s) != KK_OK) {
		cli_misused(c, "--day is a day like 2026-10-31, not \"%s\"", x->day_text);
		return 0;
	}
	zone_day_of(at_s, &day);
	if (x->day_text == NULL) {
		x->day = zone_day_add(day.day, -1);
		zone_day_bounds(x->day, &day);
	}
	x->day = day.day;
	if (day.from_s >= c->now_s) {
		cli_misused(c, "--day: %s has not begun", x->day_text);
		return 0;
	}
	x->past_s = (uint32_t)((day.to_s < c->now_s ? day.to_s : c->now_s) - day.from_s);
	return 1;
}

static void
columns(struct sheet *s)
{
	sheet_column(s, "ap", TEXT_KEY_AP, SHEET_TEXT);
	sheet_column(s, "name", TEXT_NAME, SHEET_TEXT);
	sheet_column(s, "district", TEXT_KEY_DISTRICT, SHEET_TEXT);
	sheet_column(s, "found", TEXT_CROSS_FOUND, SHEET_TEXT);
	sheet_column(s, "octets", TEXT_CROSS_SAID, SHEET_OCTETS);
	sheet_column(s, "octets_probe", TEXT_CROSS_SEEN, SHEET_OCTETS);
	sheet_column(s, "octets_usual", TEXT_CROSS_USUAL, SHEET_OCTETS);
	sheet_column(s, "clients_peak", TEXT_CROSS_CLIENTS, SHEET_COUNT);
	sheet_column(s, "clients_peak_probe", TEXT_CROSS_CLIENTS_SEEN, SHEET_COUNT);
	sheet_column(s, "dhcp_asked", TEXT_CROSS_ASKED, SHEET_COUNT | SHEET_DETAIL);
	sheet_column(s, "dhcp_answered", TEXT_CROSS_ANSWERED, SHEET_COUNT | SHEET_DETAIL);
	sheet_column(s, "login_failures", TEXT_CROSS_FAILURES, SHEET_COUNT | SHEET_DETAIL);
	sheet_column(s, "associations", TEXT_CROSS_ASSOCIATIONS, SHEET_COUNT | SHEET_DETAIL);
}

static void
put_known(struct sheet *s, int64_t n)
{
	if (n == CROSS_UNKNOWN)
		sheet_unknown(s);
	else
		sheet_number(s, (uint64_t)n);
}

static void
put_octets(struct sheet *s, int known, uint64_t octets)
{
	if (known)
		sheet_number(s, octets);
	else
		sheet_unknown(s);
}

static int
put(void *ctx, const struct cross_day *d)
{
	struct crosscheck *x = ctx;
	enum cross_kind kind = cross_judge(d, x->past_s);
	struct sheet *s = x->sheet;

	if (x->district != NULL && strcmp(x->district, d->district) != 0)
		return KK_OK;
	x->seen |= d->seen;
	x->judged |= cross_is_judged(kind);
	if (!x->all && !cross_is_trouble(kind))
		return KK_OK;
	x->told = 1;
	sheet_text(s, d->id);
	sheet_text(s, d->name);
	sheet_text(s, d->district);
	sheet_word(s, cross_word(kind), cross_text(kind));
	put_octets(s, d->said, d->said_octets);
	put_octets(s, d->seen, d->seen_octets);
	put_known(s, d->usual_octets);
	put_known(s, d->said_clients);
	put_known(s, d->seen_clients);
	put_known(s, d->dhcp_asked);
	put_known(s, d->dhcp_answered);
	put_known(s, d->login_failures);
	put_known(s, d->associations);
	return KK_OK;
}

/* A sheet without rows is not to be taken for a city in which all is well. */
static void
note(const struct cli *c, const struct crosscheck *x)
{
	if (!x->seen)
		sheet_note(x->sheet, TEXT_CROSS_NOBODY);
	else if (!x->judged)
		sheet_note(x->sheet, TEXT_CROSS_UNJUDGED);
	else if (!x->told)
		sheet_note(x->sheet, TEXT_CROSS_NOTHING);
	if (x->csv && !x->seen)
		cli_say(c, "%s", i18n(c->lang, TEXT_CROSS_NOBODY));
	sheet_note(x->sheet, TEXT_CROSS_METHOD);
}

static int
print(const struct cli *c, const struct crosscheck *x)
{
	int rc = sheet_error(x->sheet);

	if (rc == KK_OK && c->json)
		return cli_json(c, sheet_json(x->sheet, c->lang));
	if (rc == KK_OK && x->csv)
		sheet_csv(x->sheet, 1, stdout);
	else if (rc == KK_OK)
		rc = sheet_table(x->sheet, c->lang, stdout);
	if (rc == KK_OK)
		return CLI_DONE;
	cli_say(c, "%s", kk_strerror(rc));
	return CLI_FAILED;
}

static int
crosscheck(struct cli *c, struct crosscheck *x)
{
	struct diag d = {""};
	struct db *db = NULL;
	char about[16];
	int rc, code = CLI_FAILED;

	if (!city_db(c, DB_READ, &db))
		return CLI_FAILED;
	x->sheet = sheet_new("crosscheck", TEXT_CROSS_TITLE);
	snprintf(about, sizeof(about), "%04d-%02d-%02d", (int)(x->day / 10000),
	    (int)(x->day / 100 % 100), (int)(x->day % 100));
	if (x->sheet != NULL) {
		sheet_about(x->sheet, about);
		columns(x->sheet);
	}
	rc = x->sheet != NULL ? cross_days(db, x->day, put, x, &d)
			      : diag_set(&d, KK_E_NOMEM, "out of memory");
	if (rc == KK_OK) {
		note(c, x);
		code = print(c, x);
	} else {
		cli_say(c, "%s", d.text);
	}
	sheet_free(x->sheet);
	db_close(db);
	return code;
}

static int
set_option(struct cli *c, struct crosscheck *x, int o)
{
	switch (o) {
	case OPT_DAY:
		x->day_text = optarg;
		return 1;
	case OPT_DISTRICT:
		x->district = optarg;
		return 1;
	case OPT_ALL:
		x->all = 1;
		return 1;
	default:
		break;
	}
	x->csv = strcmp(optarg, "csv") == 0;
	c->json |= strcmp(optarg, "json") == 0;
	if (x->csv || strcmp(optarg, "json") == 0 || strcmp(optarg, "table") == 0)
		return 1;
	cli_misused(c, "--format is table, csv or json, not \"%s\"", optarg);
	return 0;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct crosscheck x = {0};
	int code, o;

	while ((o = cli_option(c, argc, argv, options, &code)) != -1) {
		if (o == CLI_STOP)
			return code;
		if (!set_option(c, &x, o))
			return c->usage_code;
	}
	if (!cli_arguments(c, argc, argv, 0, 0))
		return c->usage_code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	return set_day(c, &x) ? crosscheck(c, &x) : c->usage_code;
}

const struct command command_crosscheck = {.name = "crosscheck",
    .arguments = "[OPTION ...]",
    .about = TEXT_ABOUT_CROSSCHECK,
    .options = "      --day DAY       yesterday if not given\n"
	       "      --district D    of one district\n"
	       "      --all           also those that fit, or that nobody can judge\n"
	       "      --format F      table, csv or json\n",
    .run = run};
