/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replace.c - `kkachi replace`: a person says that a device's hardware was swapped. */
#include <stdio.h>
#include <string.h>

#include "alerts/device_json.h"
#include "alerts/nameplate_json.h"
#include "cli/city.h"
#include "cli/nameplates.h"
#include "cli/person.h"
#include "lib/grid.h"

enum { OPT_YES = CLI_OWN };

static const struct option options[] = {{"yes", no_argument, NULL, OPT_YES}, {NULL, 0, NULL, 0}};

/* One swap. */
struct swap {
	const struct cli *c;
	const struct device *dev;
	const struct standing *standing; /* NULL: not polled yet */
	const struct identity *was, *is; /* before it, and from it on */
	const struct identity *now;
};

static void
odometer_row(const struct swap *s, struct grid *g, enum text_id name, enum metric m)
{
	char text[64];

	grid_cell(g, i18n(s->c->lang, name));
	grid_cell(g, s->standing != NULL ? person_metric(&s->standing->live, m, text) : NULL);
	grid_cell(g, i18n(s->c->lang, TEXT_GOES_ON));
}

/* What was and what is, before it is asked. */
static int
tell(const struct swap *s)
{
	static const enum text_id names[] = {TEXT_MODEL, TEXT_SERIAL, TEXT_BASE_MAC, TEXT_FIRMWARE};
	struct grid *g = grid_new(3, "lll");
	char text[64];
	int rc = KK_E_NOMEM;

	if (g != NULL) {
		grid_cell(g, s->dev->id);
		grid_cell(g, i18n(s->c->lang, TEXT_WAS));
		grid_cell(g, i18n(s->c->lang, TEXT_IS));
		for (unsigned f = 0; f < NAMEPLATE_COUNT; f++) {
			grid_cell(g, i18n(s->c->lang, names[f]));
			grid_cell(g, s->was->plate.text[f]);
			grid_cell(g, s->now->plate.text[f]);
		}
		grid_cell(g, i18n(s->c->lang, TEXT_SINCE));
		grid_cell(g, person_time(s->was->since_s, text));
		grid_cell(g, person_time(s->is->since_s, text));
		odometer_row(s, g, TEXT_ODOMETER_DOWN, METRIC_OCTETS_DOWN);
		odometer_row(s, g, TEXT_ODOMETER_UP, METRIC_OCTETS_UP);
		rc = grid_print(g, stdout, s->c->colour);
	}
	grid_free(g);
	fflush(stdout);
	if (rc != KK_OK)
		cli_say(s->c, "%s", kk_strerror(rc));
	return rc == KK_OK;
}

static int
is_yes(const struct cli *c)
{
	char line[16] = "";

	fprintf(stderr, "%s [y/N] ", i18n(c->lang, TEXT_SWAP_ASK));
	fflush(stderr);
	if (fgets(line, sizeof(line), stdin) == NULL) {
		fputc('\n', stderr);
		return 0;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return strcmp(line, "y") == 0 || strcmp(line, "Y") == 0 || strcmp(line, "yes") == 0 ||
	       strcmp(line, "예") == 0;
}

static json_t *
swap_json(const struct swap *s, int moved)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", json_string(s->dev->id));
	json_object_set_new(o, "was", identity_json(s->was));
	json_object_set_new(o, "is", identity_json(s->now));
	json_object_set_new(o, "since", device_json_time(s->is->since_s));
	json_object_set_new(o, "confirmed", device_json_time(s->c->now_s));
	json_object_set_new(o, "inventory_mac_changed", json_boolean(moved));
	return o;
}

static int
confirm(const struct swap *s)
{
	const struct cli *c = s->c;
	struct diag d = {""};
	struct db *db = NULL;
	int rc, moved = 0;

	if (!city_db(c, DB_WRITE, &db))
		return CLI_FAILED;
	rc = identity_confirm(db, s->dev->num, s->is->since_s, c->now_s, &moved, &d);
	db_close(db);
	if (rc != KK_OK) {
		cli_say(c, "%s", d.text);
		return rc == KK_E_BUSY ? CLI_LOCKED : CLI_FAILED;
	}
	if (c->json)
		return cli_json(c, swap_json(s, moved));
	puts(i18n(c->lang, TEXT_SWAP_DONE));
	if (moved)
		printf(
		    "%s %s\n", i18n(c->lang, TEXT_SWAP_MOVED), s->now->plate.text[NAMEPLATE_MAC]);
	return CLI_DONE;
}

static int
replace(struct cli *c, struct city *city, const struct device *dev, int yes)
{
	struct nameplates p;
	struct swap s = {.c = c, .dev = dev};
	size_t at;
	int code = CLI_FAILED;

	if (!nameplates_read(c, city->db, dev->num, &p))
		return CLI_FAILED;
	if ((at = nameplates_open_swap(&p)) == 0) {
		cli_say(c, "%s: no other hardware was seen that is not confirmed already", dev->id);
		nameplates_free(&p);
		return CLI_FAILED;
	}
	s.was = &p.state[at - 1];
	s.is = &p.state[at];
	s.now = &p.state[p.n - 1];
	if (city_judge(c, city))
		s.standing = picture_row(city->picture, dev->num);
	if ((c->json || tell(&s)) && (yes || is_yes(c)))
		code = confirm(&s);
	else
		cli_say(c, "%s: nothing is confirmed", dev->id);
	nameplates_free(&p);
	return code;
}

static int
run(struct cli *c, int argc, char **argv)
{
	const struct device *dev;
	struct city city;
	int code, o, yes = 0;

	while ((o = cli_option(c, argc, argv, options, &code)) != -1) {
		if (o == CLI_STOP)
			return code;
		yes = 1;
	}
	if (!cli_arguments(c, argc, argv, 1, 1))
		return c->usage_code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (!city_open(c, &city))
		return CLI_FAILED;
	dev = city_device(c, &city, argv[optind]);
	code = dev != NULL ? replace(c, &city, dev, yes) : CLI_FAILED;
	city_close(&city);
	return code;
}

const struct command command_replace = {.name = "replace",
    .arguments = "[OPTION ...] ID",
    .about = TEXT_ABOUT_REPLACE,
    .options = "      --yes           do not ask\n",
    .run = run};
