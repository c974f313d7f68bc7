/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/device_json.h"
#include "cli/city.h"
#include "cli/duplicates.h"
#include "cli/nameplates.h"
#include "cli/person.h"
#include "cli/polls.h"
#include "lib/csv.h"
#include "lib/grid.h"

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };
enum {
	OPT_DISTRICT = CLI_OWN,
	OPT_STATE,
	OPT_FORMAT,
	OPT_NO_BOM,
	OPT_SLOW,
	OPT_BY,
	OPT_CHANGES,
	OPT_DUPLICATES
};

#define CHANGES_DAYS 90
#define DAYS_MAX     36500

static const struct option options[] = {{"district", required_argument, NULL, OPT_DISTRICT},
    {"state", required_argument, NULL, OPT_STATE}, {"format", required_argument, NULL, OPT_FORMAT},
    {"no-bom", no_argument, NULL, OPT_NO_BOM}, {"slow", no_argument, NULL, OPT_SLOW},
    {"by", required_argument, NULL, OPT_BY}, {"changes", optional_argument, NULL, OPT_CHANGES},
    {"duplicates", no_argument, NULL, OPT_DUPLICATES}, {NULL, 0, NULL, 0}};

struct wish {
	const char *district;
	int state; /* enum device_state, -1: all */
	enum format format;
	int format_set;
	int bom;
	int list; /* OPT_SLOW, OPT_BY, OPT_CHANGES, OPT_DUPLICATES: another list; 0: devices */
	enum nameplate_field by;
	long days; /* of changes */
};

/* The columns of the CSV file: keys of the JSON form. */
static const char *const columns[] = {"id", "name", "kind", "district", "site", "site_type",
    "phase", "address", "lat", "lon", "state", "reason", "since", "time", "odometer_down",
    "odometer_up", "clients", "down_per_second", "up_per_second", "uptime", "rtt", "source", "host",
    "profile", "uplink", "uplink2", "mobile"};

static int
set_format(struct cli *c, struct wish *w, const char *name)
{
	static const char *const names[] = {"table", "csv", "json"};

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
set_state(struct cli *c, struct wish *w, const char *name)
{
	if ((w->state = state_by_name(name)) >= 0)
		return 1;
	cli_misused(c, "no such state: \"%s\"", name);
	fputs("States:", stderr);
	for (int i = 0; i < STATE_COUNT; i++)
		fprintf(stderr, " %s", state_name((enum device_state)i));
	fputc('\n', stderr);
	return 0;
}

static int
set_days(struct cli *c, struct wish *w, const char *argument)
{
	char *end;

	w->days = CHANGES_DAYS;
	if (argument == NULL)
		return 1;
	w->days = strtol(argument, &end, 10);
	if (end != argument && *end == '\0' && w->days > 0 && w->days <= DAYS_MAX)
		return 1;
	cli_misused(c, "--changes=DAYS is 1 to %d, not \"%s\"", DAYS_MAX, argument);
	return 0;
}

/* Another list than that of devices: one of them. */
static int
set_list(struct cli *c, struct wish *w, int list, const char *argument)
{
	if (w->list != 0 && w->list != list) {
		cli_misused(c, "--slow, --by, --changes and --duplicates are different lists");
		return 0;
	}
	w->list = list;
	if (list == OPT_CHANGES)
		return set_days(c, w, argument);
	if (list != OPT_BY)
		return 1;
	w->by = NAMEPLATE_FIRMWARE;
	if (strcmp(argument, "model") == 0)
		w->by = NAMEPLATE_MODEL;
	else if (strcmp(argument, "firmware") != 0) {
		cli_misused(c, "--by is firmware or model, not \"%s\"", argument);
		return 0;
	}
	return 1;
}

/* Returns 1 to go on, else 0 with the exit code. */
static int
read_options(struct cli *c, int argc, char **argv, struct wish *w, int *code)
{
	int o, good = 1;

	while (good && (o = cli_option(c, argc, argv, options, code)) != -1) {
		if (o == CLI_STOP)
			return 0;
		if (o == OPT_DISTRICT)
			w->district = optarg;
		else if (o == OPT_STATE)
			good = set_state(c, w, optarg);
		else if (o == OPT_FORMAT)
			good = set_format(c, w, optarg);
		else if (o == OPT_NO_BOM)
			w->bom = 0;
		else
			good = set_list(c, w, o, optarg);
	}
	if (good && w->list != 0 && (w->district || w->state >= 0 || w->format_set)) {
		cli_misused(
		    c, "--slow, --by, --changes and --duplicates stand alone, or with --json");
		good = 0;
	}
	if (good && c->json && w->format_set && w->format != FORMAT_JSON) {
		cli_misused(c, "--json and --format contradict each other");
		good = 0;
	}
	if (c->json)
		w->format = FORMAT_JSON;
	*code = c->usage_code;
	return good && cli_arguments(c, argc, argv, 0, 0);
}

static int
fits(const struct wish *w, const struct standing *s)
{
	return (w->district == NULL || strcmp(w->district, s->dev->district) == 0) &&
	       (w->state < 0 || w->state == s->verdict.state);
}

static void
table_row(struct grid *g, const struct cli *c, const struct picture *p, const struct standing *s)
{
	const struct verdict *v = &s->verdict;
	char text[160];
	double down = 0, up = 0;
	int rate = person_now(&s->live, &down, &up);

	grid_cell(g, s->dev->id);
	grid_cell(g, s->dev->name);
	grid_cell(g, person_kind(s->dev->kind, c->lang));
	grid_cell(g, s->dev->district);
	grid_coloured(g, state_text(v->state, c->lang), person_colour(v->state));
	grid_cell(g, person_time(v->since_s, text));
	grid_cell(g, s->live.misses ? NULL : person_metric(&s->live, METRIC_CLIENTS, text));
	grid_cell(g, person_rate(rate, down, text));
	grid_cell(g, person_rate(rate, up, text));
	grid_cell(g, state_reason(v, picture_cause(p, v), c->lang, text, sizeof(text)));
}

static int
print_table(const struct cli *c, const struct wish *w, const struct picture *p)
{
	static const enum text_id headings[] = {TEXT_ID, TEXT_NAME, TEXT_KIND, TEXT_KEY_DISTRICT,
	    TEXT_STATE, TEXT_SINCE, TEXT_CLIENTS, TEXT_TRAFFIC_DOWN, TEXT_TRAFFIC_UP, TEXT_REASON};
	struct grid *g = grid_new(10, "llllllrrrl");
	int rc = KK_E_NOMEM;

	if (g != NULL) {
		for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
			grid_cell(g, i18n(c->lang, headings[i]));
		for (size_t i = 0; i < p->n; i++)
			if (fits(w, &p->rows[i]))
				table_row(g, c, p, &p->rows[i]);
		rc = grid_print(g, stdout, c->colour);
	}
	grid_free(g);
	if (rc != KK_OK)
		cli_say(c, "%s", kk_strerror(rc));
	return rc == KK_OK ? CLI_DONE : CLI_FAILED;
}

static void
csv_value(const json_t *v, int first)
{
	char number[40];

	if (json_is_string(v)) {
		csv_put(stdout, json_string_value(v), first);
		return;
	}
	number[0] = '\0';
	if (json_is_integer(v))
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		snprintf(number, sizeof(number), "%.10g", json_real_value(v));
	else if (json_is_boolean(v))
		snprintf(number, sizeof(number), "%s", json_is_true(v) ? "yes" : "no");
	csv_put(stdout, number, first);
}

static int
print_csv(const struct wish *w, const struct picture *p)
{
	const size_t n = sizeof(columns) / sizeof(columns[0]);

	if (w->bom)
		fputs("\xef\xbb\xbf", stdout);
	for (size_t k = 0; k < n; k++)
		csv_put(stdout, columns[k], k == 0);
	fputs("\r\n", stdout);
	for (size_t i = 0; i < p->n; i++) {
		json_t *j = fits(w, &p->rows[i]) ? device_json(p, &p->rows[i]) : NULL;

		if (j == NULL)
			continue;
		for (size_t k = 0; k < n; k++)
			csv_value(json_object_get(j, columns[k]), k == 0);
		fputs("\r\n", stdout);
		json_decref(j);
	}
	return CLI_DONE;
}

/* Piece by piece: a million devices are one line, and never in memory at once. */
static int
print_json(const struct cli *c, const struct wish *w, const struct picture *p)
{
	const char *before = "[";

	for (size_t i = 0; i < p->n; i++) {
		json_t *j;
		int whole;

		if (!fits(w, &p->rows[i]))
			continue;
		j = device_json(p, &p->rows[i]);
		fputs(before, stdout);
		whole = j != NULL && cli_json_part(j);
		json_decref(j);
		if (!whole) {
			cli_say(c, "out of memory");
			return CLI_FAILED;
		}
		before = ",";
	}
	fputs(before[0] == '[' ? "[]\n" : "]\n", stdout);
	return CLI_DONE;
}

static int
known_district(const struct picture *p, const char *district)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->rows[i].dev->district, district) == 0)
			return 1;
	return 0;
}

static int
other_list(const struct cli *c, const struct wish *w)
{
	switch (w->list) {
	case OPT_SLOW:
		return polls_slowest(c);
	case OPT_BY:
		return nameplates_versions(c, w->by);
	case OPT_CHANGES:
		return nameplates_changes(c, c->now_s - (int64_t)w->days * 86400);
	default:
		return duplicates_list(c);
	}
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct wish w = {.state = -1, .bom = 1};
	struct city city;
	int code = CLI_USAGE;

	if (!read_options(c, argc, argv, &w, &code))
		return code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (w.list != 0)
		return other_list(c, &w);
	if (!city_open(c, &city))
		return CLI_FAILED;
	code = CLI_FAILED;
	if (city_judge(c, &city)) {
		if (w.district != NULL && !known_district(city.picture, w.district))
			cli_say(c, "no device belongs to a district \"%s\"", w.district);
		code = w.format == FORMAT_JSON	? print_json(c, &w, city.picture)
		       : w.format == FORMAT_CSV ? print_csv(&w, city.picture)
						: print_table(c, &w, city.picture);
	}
	city_close(&city);
	return code;
}

const struct command command_devices = {.name = "devices",
    .arguments = "[OPTION ...]",
    .about = TEXT_ABOUT_DEVICES,
    .options =
	"      --district NAME only devices of this district\n"
	"      --state STATE   only devices in this state (up, down, unreachable, ...)\n"
	"      --format FORMAT table (default), csv or json\n"
	"      --no-bom        csv without a byte-order mark\n"
	"      --slow          the fifty whose polls take longest, by the kkachid that runs\n"
	"      --by FIELD      how many there are of each firmware, or model\n"
	"      --changes[=DAYS] what has changed in 90 days: firmware, hardware; newest first\n"
	"      --duplicates    what devices share and should not: address, MAC, serial, engine\n",
    .run = run};
