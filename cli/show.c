/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "alerts/device_json.h"
#include "cli/city.h"
#include "cli/interfaces.h"
#include "cli/person.h"
#include "cli/polls.h"
#include "lib/grid.h"
#include "lib/text.h"
#include "lib/zone.h"

static void
row(struct grid *g, const struct cli *c, enum text_id label, const char *value)
{
	grid_cell(g, i18n(c->lang, label));
	grid_cell(g, value);
}

static void
belonging_rows(struct grid *g, const struct cli *c, const struct device *d)
{
	char place[64] = "", host[320] = "";

	row(g, c, TEXT_ID, d->id);
	row(g, c, TEXT_NAME, d->name);
	row(g, c, TEXT_KIND, person_kind(d->kind, c->lang));
	row(g, c, TEXT_KEY_DISTRICT, d->district);
	row(g, c, TEXT_KEY_SITE, d->site);
	row(g, c, TEXT_KEY_PHASE, d->phase);
	row(g, c, TEXT_ADDRESS, d->address);
	if (isfinite(d->lat) && isfinite(d->lon))
		snprintf(place, sizeof(place), "%.6f, %.6f", d->lat, d->lon);
	row(g, c, TEXT_POSITION, place);
	row(g, c, TEXT_UPLINK, d->uplink);
	if (d->host[0])
		snprintf(
		    host, sizeof(host), "%s, %u", d->host, d->port ? d->port : c->conf.snmp.port);
	row(g, c, TEXT_HOST, host);
}

static void
state_rows(struct grid *g, const struct cli *c, const struct picture *p, const struct standing *s)
{
	char text[160];

	grid_cell(g, i18n(c->lang, TEXT_STATE));
	grid_coloured(g, state_text(s->verdict.state, c->lang), person_colour(s->verdict.state));
	row(g, c, TEXT_REASON,
	    state_reason(&s->verdict, picture_cause(p, &s->verdict), c->lang, text, sizeof(text)));
	row(g, c, TEXT_SINCE, person_time(s->verdict.since_s, text));
	row(g, c, TEXT_SAMPLE_TIME, person_time(s->live.time_cs / 100, text));
}

static void
newest_rows(struct grid *g, const struct cli *c, const struct live_entry *e)
{
	char text[64];
	double down = 0, up = 0;
	int rate = person_now(e, &down, &up);

	row(g, c, TEXT_CLIENTS, person_metric(e, METRIC_CLIENTS, text));
	row(g, c, TEXT_TRAFFIC_DOWN, person_rate(rate, down, text));
	row(g, c, TEXT_TRAFFIC_UP, person_rate(rate, up, text));
	row(g, c, TEXT_ODOMETER_DOWN, person_metric(e, METRIC_OCTETS_DOWN, text));
	row(g, c, TEXT_ODOMETER_UP, person_metric(e, METRIC_OCTETS_UP, text));
	row(g, c, TEXT_BOOTED, person_time(e->boot_cs / 100, text));
	for (int m = METRIC_RTT; m < METRIC_COUNT; m++)
		if (m != METRIC_UP && e->known >> m & 1) {
			grid_cell(g, metric_info(m)->name);
			grid_cell(g, person_metric(e, m, text));
		}
}

/* What the collector says of its polls; nothing, where none runs. */
static void
poll_rows(struct grid *g, const struct cli *c, const struct device *d)
{
	json_t *p = polls_of(c, d->id);
	char text[320];

	if (p == NULL)
		return;
	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT " ms",
	    json_integer_value(json_object_get(p, "mean_ms")));
	row(g, c, TEXT_POLL_TIME, text);
	polls_trouble(c, p, text, sizeof(text));
	row(g, c, TEXT_POLL_TROUBLE, text);
	json_decref(p);
}

static int
print(const struct cli *c, const struct picture *p, const struct standing *s)
{
	struct grid *g = grid_new(2, "ll");
	int rc = KK_E_NOMEM;

	if (g != NULL) {
		belonging_rows(g, c, s->dev);
		state_rows(g, c, p, s);
		newest_rows(g, c, &s->live);
		poll_rows(g, c, s->dev);
		rc = grid_print(g, stdout, c->colour);
	}
	grid_free(g);
	if (rc == KK_OK)
		return CLI_DONE;
	cli_say(c, "%s", kk_strerror(rc));
	return CLI_FAILED;
}

static int
print_json(const struct cli *c, const struct city *city, const struct standing *s)
{
	json_t *interfaces = interfaces_json(c, city->db, s->dev->num), *o, *polls;

	if (interfaces == NULL)
		return CLI_FAILED;
	if ((o = device_json(city->picture, s)) == NULL)
		json_decref(interfaces);
	else
		json_object_set_new(o, "interfaces", interfaces);
	if (o != NULL && (polls = polls_of(c, s->dev->id)) != NULL)
		json_object_set_new(o, "polls", polls);
	return cli_json(c, o);
}

static int
run(struct cli *c, int argc, char **argv)
{
	const struct device *dev;
	struct city city;
	int code;

	if (cli_option(c, argc, argv, NULL, &code) == CLI_STOP)
		return code;
	if (!cli_arguments(c, argc, argv, 1, 1))
		return c->usage_code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (!city_open(c, &city))
		return CLI_FAILED;
	code = CLI_FAILED;
	if ((dev = city_device(c, &city, argv[optind])) != NULL && city_judge(c, &city)) {
		const struct standing *s = picture_row(city.picture, dev->num);

		code = c->json ? print_json(c, &city, s) : print(c, city.picture, s);
		if (code == CLI_DONE && !c->json)
			code = interfaces_print(c, city.db, dev->num);
	}
	city_close(&city);
	return code;
}

const struct command command_show = {.name = "show",
    .arguments = "[OPTION ...] ID",
    .about = TEXT_ABOUT_SHOW,
    .options = "",
    .run = run};
