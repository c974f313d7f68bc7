/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sources.h"

#include <stdio.h>

#include "alerts/device_json.h"
#include "cli/person.h"
#include "lib/grid.h"

/* The newest sample of a source, unless it is the one that the device's own row shows. */
static int
entry_of(const struct city *city, const struct standing *s, unsigned source, struct live_entry *e)
{
	return city->live != NULL && source != s->live.source &&
	       live_get(city->live, s->dev->num, source, e) == KK_OK && e->device != 0 &&
	       e->time_cs != 0;
}

json_t *
sources_json(const struct city *city, const struct standing *s)
{
	json_t *all = json_object(), *o;
	struct live_entry e;

	for (unsigned source = 0; source < SOURCE_COUNT; source++) {
		if (!entry_of(city, s, source, &e))
			continue;
		o = json_object();
		json_object_set_new(o, "time", device_json_time(e.time_cs / 100));
		json_object_set_new(o, "partial", json_boolean(e.flags & SAMPLE_PARTIAL));
		for (unsigned m = 0; m < METRIC_COUNT; m++)
			if (e.known >> m & 1)
				json_object_set_new(
				    o, metric_info(m)->name, device_json_metric(&e, m));
		json_object_set_new(all, sample_source_name(source), o);
	}
	return all;
}

static void
rows(struct grid *g, const struct cli *c, unsigned source, const struct live_entry *e)
{
	double down = 0, up = 0;
	int rate = person_now(e, &down, &up);
	char text[64];

	grid_cell(g, sample_source_name(source));
	grid_cell(g, person_time(e->time_cs / 100, text));
	if (e->flags & SAMPLE_PARTIAL) {
		grid_cell(g, i18n(c->lang, TEXT_REASON));
		grid_cell(g, i18n(c->lang, TEXT_SOURCE_PARTIAL));
	}
	grid_cell(g, i18n(c->lang, TEXT_TRAFFIC_DOWN));
	grid_cell(g, person_rate(rate, down, text));
	grid_cell(g, i18n(c->lang, TEXT_TRAFFIC_UP));
	grid_cell(g, person_rate(rate, up, text));
	for (unsigned m = 0; m < METRIC_COUNT; m++) {
		if (!(e->known >> m & 1))
			continue;
		grid_cell(g, metric_info(m)->name);
		grid_cell(g, person_metric(e, m, text));
	}
}

static int
print_source(const struct cli *c, unsigned source, const struct live_entry *e)
{
	struct grid *g = grid_new(2, "ll");
	int rc = KK_E_NOMEM;

	if (g != NULL) {
		rows(g, c, source, e);
		putchar('\n');
		rc = grid_print(g, stdout, c->colour);
	}
	grid_free(g);
	if (rc != KK_OK)
		cli_say(c, "%s", kk_strerror(rc));
	return rc == KK_OK ? CLI_DONE : CLI_FAILED;
}

int
sources_print(const struct cli *c, const struct city *city, const struct standing *s)
{
	struct live_entry e;
	int code = CLI_DONE;

	for (unsigned source = 0; source < SOURCE_COUNT && code == CLI_DONE; source++)
		if (entry_of(city, s, source, &e))
			code = print_source(c, source, &e);
	return code;
}
