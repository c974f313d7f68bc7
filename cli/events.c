/* SPDX-License-Identifier: GPL-3.0-or-later */
/* events.c - `kkachi events`: what probes saw happen on the air. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/event_json.h"
#include "cli/city.h"
#include "cli/person.h"
#include "lib/grid.h"
#include "lib/zone.h"

#define ROWS_MAX 1000

enum { OPT_SINCE = CLI_OWN, OPT_KIND, OPT_DEVICE, OPT_OPEN };

static const struct option options[] = {{"since", required_argument, NULL, OPT_SINCE},
    {"kind", required_argument, NULL, OPT_KIND}, {"device", required_argument, NULL, OPT_DEVICE},
    {"open", no_argument, NULL, OPT_OPEN}, {NULL, 0, NULL, 0}};

/* What is asked for, and where it goes. */
struct wish {
	const char *since, *kind, *device;
	int open;
	const struct cli *c;
	const struct inventory *inventory;
	json_t *list;	/* JSON */
	struct grid *g; /* or a table */
};

static void
as_row(const struct wish *w, const struct event_row *row)
{
	const struct event *e = &row->e;
	char text[512], name[SSID_TEXT_MAX], number[16];
	int over = row->state != EVENT_OPEN;

	grid_cell(w->g, person_time(e->since_cs / 100, text));
	grid_cell(w->g, over ? person_time(e->last_cs / 100, text) : NULL);
	grid_coloured(w->g, event_kind_word(e->kind, w->c->lang),
	    !over && e->kind != EVENT_LEGACY_SSID ? "31" : NULL);
	grid_cell(w->g, ssid_text(&e->ssid, name));
	grid_cell(w->g, event_bssid(e->bssid, text));
	grid_cell(w->g, e->ap);
	snprintf(number, sizeof(number), "%u", e->channel);
	grid_cell(w->g, e->channel > 0 ? number : NULL);
	snprintf(number, sizeof(number), "%d", e->signal_best);
	grid_cell(w->g, e->signal_best != EVENT_NO_SIGNAL ? number : NULL);
	grid_cell(w->g, event_evidence(e, w->c->lang, text, sizeof(text)));
	grid_cell(w->g, row->probe);
}

static void
take(void *ctx, const struct event_row *row)
{
	struct wish *w = ctx;

	if (w->list != NULL)
		json_array_append_new(w->list, event_json(row, w->inventory));
	else
		as_row(w, row);
}

static struct grid *
headed(const struct cli *c)
{
	static const enum text_id headings[] = {TEXT_SINCE, TEXT_UNTIL, TEXT_WHAT, TEXT_SSID,
	    TEXT_BSSID, TEXT_NEAR_AP, TEXT_CHANNEL, TEXT_SIGNAL_BEST, TEXT_EVIDENCE, TEXT_PROBE};
	struct grid *g = grid_new(10, "llllllrrll");

	for (size_t i = 0; i < 10 && g != NULL; i++)
		grid_cell(g, i18n(c->lang, headings[i]));
	return g;
}

static int
list(struct wish *w, struct db *db, const struct event_query *q)
{
	const struct cli *c = w->c;
	struct diag d = {""};
	int rc;

	if (c->json)
		w->list = json_array();
	else
		w->g = headed(c);
	if (w->list == NULL && w->g == NULL)
		rc = KK_E_NOMEM;
	else
		rc = events_read(db, q, take, w, &d);
	if (rc == KK_OK && c->json)
		return cli_json(c, w->list);
	if (rc == KK_OK)
		rc = grid_print(w->g, stdout, c->colour);
	json_decref(w->list);
	grid_free(w->g);
	if (rc == KK_OK)
		return CLI_DONE;
	cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	return CLI_FAILED;
}

static int
read_options(struct cli *c, int argc, char **argv, struct wish *w, int *code)
{
	int o;

	while ((o = cli_option(c, argc, argv, options, code)) != -1) {
		if (o == CLI_STOP)
			return 0;
		if (o == OPT_SINCE)
			w->since = optarg;
		else if (o == OPT_KIND)
			w->kind = optarg;
		else if (o == OPT_DEVICE)
			w->device = optarg;
		else
			w->open = 1;
	}
	*code = c->usage_code;
	if (!cli_arguments(c, argc, argv, 0, 0))
		return 0;
	if (w->kind == NULL || event_kind_of(w->kind) >= 0)
		return 1;
	cli_misused(c, "--kind is evil_twin, legacy_ssid or deauth_flood, not \"%s\"", w->kind);
	return 0;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct wish w = {.since = "-7d", .c = c};
	struct event_query q = {.kind = -1, .max = ROWS_MAX};
	const struct device *dev = NULL;
	struct city city;
	int code = CLI_USAGE;

	if (!read_options(c, argc, argv, &w, &code))
		return code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (zone_parse(w.since, c->now_s, &q.since_s) != KK_OK)
		return cli_misused(c, "--since is no time: \"%s\"", w.since);
	if (w.kind != NULL)
		q.kind = event_kind_of(w.kind);
	q.open = w.open;
	if (!city_open(c, &city))
		return CLI_FAILED;
	code = CLI_FAILED;
	if (w.device == NULL || (dev = city_device(c, &city, w.device)) != NULL) {
		q.device = dev != NULL ? dev->num : 0;
		w.inventory = city.inventory;
		code = list(&w, city.db, &q);
	}
	city_close(&city);
	return code;
}

const struct command command_events = {.name = "events",
    .arguments = "[OPTION ...]",
    .about = TEXT_ABOUT_EVENTS,
    .options =
	"      --since TIME    heard at this time or later: -1h, -7d (default), YYYY-MM-DD, ...\n"
	"      --kind KIND     only evil_twin, legacy_ssid or deauth_flood\n"
	"      --device ID     only those of or beside this access point\n"
	"      --open          only those that go on\n",
    .run = run};
