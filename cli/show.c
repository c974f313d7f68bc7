/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "alerts/device_json.h"
#include "cli/city.h"
#include "cli/day_clients.h"
#include "cli/duplicates.h"
#include "cli/farewells.h"
#include "cli/interfaces.h"
#include "cli/nameplates.h"
#include "cli/person.h"
#include "cli/polls.h"
#include "cli/sources.h"
#include "lib/grid.h"
#include "lib/text.h"
#include "lib/zone.h"

/* All that is known of one device. */
struct look {
	const struct cli *c;
	const struct city *city;
	const struct standing *standing;
	struct nameplates plates;
	struct duplicates *shared;
};

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

/* What the collector says of its polls; where none runs, what the newest one has left. */
static void
poll_rows(struct grid *g, const struct cli *c, const struct standing *s)
{
	json_t *p = polls_of(c, s->dev->id);
	char text[320];

	if (p == NULL) {
		if (state_trouble(&s->live, c->lang, text, sizeof(text)) != NULL)
			row(g, c, TEXT_POLL_TROUBLE, text);
		return;
	}
	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT " ms",
	    json_integer_value(json_object_get(p, "mean_ms")));
	row(g, c, TEXT_POLL_TIME, text);
	polls_trouble(c, p, text, sizeof(text));
	row(g, c, TEXT_POLL_TROUBLE, text);
	for (size_t i = 0; polls_list(c, p, i, text, sizeof(text)); i++)
		row(g, c, i == 0 ? TEXT_LISTED : TEXT_STRANGER, text);
	json_decref(p);
}

/* What it is, and what it shares with others; nothing, where nothing is known. */
static void
nameplate_rows(struct grid *g, const struct look *l)
{
	static const enum text_id names[] = {TEXT_MODEL, TEXT_SERIAL, TEXT_BASE_MAC, TEXT_FIRMWARE};
	const struct identity *now = l->plates.n > 0 ? &l->plates.state[l->plates.n - 1] : NULL;
	char text[640];

	for (unsigned f = 0; f < NAMEPLATE_COUNT && now != NULL; f++)
		if (now->plate.text[f][0] != '\0')
			row(g, l->c, names[f], now->plate.text[f]);
	if (nameplates_open_swap(&l->plates) > 0)
		row(g, l->c, TEXT_HARDWARE, i18n(l->c->lang, TEXT_SWAP_OPEN));
	for (unsigned n = 0;
	     duplicates_text(l->c, l->shared, l->standing->dev->num, n, text, sizeof(text)); n++)
		row(g, l->c, TEXT_SHARED, text);
}

static void
clients_row(struct grid *g, const struct look *l)
{
	char text[160];

	if (*day_clients_text(l->c, l->city->db, l->standing->dev->num, text, sizeof(text)) != '\0')
		row(g, l->c, TEXT_DAY_CLIENTS, text);
}

static int
print(const struct look *l)
{
	const struct cli *c = l->c;
	const struct standing *s = l->standing;
	struct grid *g = grid_new(2, "ll");
	int rc = KK_E_NOMEM, code;

	if (g != NULL) {
		belonging_rows(g, c, s->dev);
		nameplate_rows(g, l);
		state_rows(g, c, l->city->picture, s);
		newest_rows(g, c, &s->live);
		clients_row(g, l);
		poll_rows(g, c, s);
		rc = grid_print(g, stdout, c->colour);
	}
	grid_free(g);
	if (rc != KK_OK) {
		cli_say(c, "%s", kk_strerror(rc));
		return CLI_FAILED;
	}
	code = sources_print(c, l->city, s);
	if (code == CLI_DONE)
		code = farewells_print(c, l->city->db, s->dev->num);
	if (code == CLI_DONE)
		code = nameplates_print(c, &l->plates);
	return code == CLI_DONE ? interfaces_print(c, l->city->db, s->dev->num) : code;
}

static int
print_json(const struct look *l)
{
	const struct cli *c = l->c;
	const struct standing *s = l->standing;
	json_t *interfaces = interfaces_json(c, l->city->db, s->dev->num);
	json_t *farewells = farewells_json(c, l->city->db, s->dev->num), *o, *polls, *clients;
	char text[320];

	if (interfaces == NULL || farewells == NULL) {
		json_decref(interfaces);
		json_decref(farewells);
		return CLI_FAILED;
	}
	/* Without an object these let go of their values. */
	o = device_json(l->city->picture, s);
	json_object_set_new(o, "interfaces", interfaces);
	json_object_set_new(o, "farewells", farewells);
	json_object_set_new(o, "sources", sources_json(l->city, s));
	json_object_set_new(o, "nameplates", nameplates_json(&l->plates));
	json_object_set_new(o, "shared", duplicates_json(l->shared, s->dev->num));
	if (o != NULL && state_trouble(&s->live, c->lang, text, sizeof(text)) != NULL)
		json_object_set_new(o, "trouble", json_string(text));
	if (o != NULL && day_clients_json(c, l->city->db, s->dev->num, &clients) && clients != NULL)
		json_object_set_new(o, "distinct_clients", clients);
	if (o != NULL && (polls = polls_of(c, s->dev->id)) != NULL)
		json_object_set_new(o, "polls", polls);
	return cli_json(c, o);
}

static int
show(struct cli *c, struct city *city, const struct device *dev)
{
	struct look l = {.c = c, .city = city};
	int code = CLI_FAILED;

	if (city_judge(c, city) && nameplates_read(c, city->db, dev->num, &l.plates) &&
	    duplicates_find(c, city, &l.shared)) {
		l.standing = picture_row(city->picture, dev->num);
		code = c->json ? print_json(&l) : print(&l);
	}
	duplicates_free(l.shared);
	nameplates_free(&l.plates);
	return code;
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
	dev = city_device(c, &city, argv[optind]);
	code = dev != NULL ? show(c, &city, dev) : CLI_FAILED;
	city_close(&city);
	return code;
}

const struct command command_show = {.name = "show",
    .arguments = "[OPTION ...] ID",
    .about = TEXT_ABOUT_SHOW,
    .options = "",
    .run = run};
