/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology.c - `kkachi topology`: what devices say of their neighbours, against the inventory. */
#include "topology/topology.h"

#include <stdio.h>
#include <string.h>

#include "alerts/device_json.h"
#include "cli/city.h"
#include "cli/person.h"
#include "lib/csv.h"
#include "lib/grid.h"

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };
enum { OPT_DIFF = CLI_OWN, OPT_FORMAT, OPT_NO_BOM };

static const struct option options[] = {{"diff", no_argument, NULL, OPT_DIFF},
    {"format", required_argument, NULL, OPT_FORMAT}, {"no-bom", no_argument, NULL, OPT_NO_BOM},
    {NULL, 0, NULL, 0}};

struct wish {
	int diff, bom;
	enum format format;
	int format_set;
};

/* What is shown, and where it comes from. */
struct look {
	const struct cli *c;
	const struct wish *w;
	struct city city;
	struct neighbours *told;
	struct topology *topology;
	const struct topology_finding *f;
	size_t n;
};

/* ---- options ---- */

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
read_options(struct cli *c, int argc, char **argv, struct wish *w, int *code)
{
	int o, good = 1;

	while (good && (o = cli_option(c, argc, argv, options, code)) != -1) {
		if (o == CLI_STOP)
			return 0;
		if (o == OPT_DIFF)
			w->diff = 1;
		else if (o == OPT_FORMAT)
			good = set_format(c, w, optarg);
		else
			w->bom = 0;
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
is_shown(const struct look *l, const struct topology_finding *f)
{
	return !l->w->diff || (f->verdict != TOPOLOGY_AGREES && f->verdict != TOPOLOGY_UNKNOWN);
}

/* ---- for a person ---- */

static const char *
id_of(const struct device *d)
{
	return d != NULL ? d->id : NULL;
}

/* The uplink that is told, as it stands in the inventory, also if that knows no such device. */
static const char *
told_id(const struct topology_finding *f)
{
	if (f->device == NULL)
		return NULL;
	return f->second ? f->device->uplink2 : f->device->uplink;
}

/* "SW-00001 ge1": who says so, and of which of his ports. */
static void
cell_source(struct grid *g, const struct look *l, const struct neighbour *n)
{
	const struct device *by = n != NULL ? inventory_by_num(l->city.inventory, n->device) : NULL;
	char text[200];

	if (by == NULL) {
		grid_cell(g, NULL);
		return;
	}
	snprintf(
	    text, sizeof(text), "%s %s%s", by->id, n->port, n->via == VIA_BRIDGE ? " (MAC)" : "");
	grid_cell(g, text);
}

/* What is known of a neighbour that the inventory does not know; else at which port he is. */
static void
cell_far(struct grid *g, const struct neighbour *n, int stranger)
{
	char text[400];

	if (n == NULL) {
		grid_cell(g, NULL);
		return;
	}
	if (!stranger) {
		grid_cell(g, n->far_port);
		return;
	}
	snprintf(text, sizeof(text), "%s %s %s %s", n->chassis, n->name, n->address, n->far_port);
	grid_cell(g, text);
}

static void
table_row(struct grid *g, const struct look *l, const struct topology_finding *f)
{
	static const char *const colours[TOPOLOGY_VERDICT_COUNT] = {[TOPOLOGY_DIFFERS] = "31",
	    [TOPOLOGY_RING] = "33",
	    [TOPOLOGY_NOT_SEEN] = "33",
	    [TOPOLOGY_CONTRADICTORY] = "31",
	    [TOPOLOGY_MISSING] = "33"};

	grid_cell(g, f->device != NULL ? f->device->id : "?");
	grid_cell(g, f->device == NULL ? NULL
				       : i18n(l->c->lang, f->second ? TEXT_TOPOLOGY_SECOND
								    : TEXT_TOPOLOGY_FIRST));
	grid_coloured(g, i18n(l->c->lang, (enum text_id)(TEXT_TOPOLOGY_AGREES + f->verdict)),
	    colours[f->verdict]);
	grid_cell(g, told_id(f));
	grid_cell(g, f->verdict == TOPOLOGY_MISSING ? NULL : id_of(f->seen));
	cell_source(g, l, f->by);
	cell_far(g, f->by, f->verdict == TOPOLOGY_MISSING);
	cell_source(g, l, f->against);
}

static int
print_table(const struct look *l)
{
	static const enum text_id headings[] = {TEXT_ID, TEXT_LINK, TEXT_FINDING, TEXT_INVENTORY,
	    TEXT_SEEN, TEXT_TOLD_BY, TEXT_FAR_END, TEXT_AGAINST};
	struct grid *g = grid_new(8, "llllllll");
	int rc = KK_E_NOMEM;

	if (g != NULL) {
		for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
			grid_cell(g, i18n(l->c->lang, headings[i]));
		for (size_t i = 0; i < l->n; i++)
			if (is_shown(l, &l->f[i]))
				table_row(g, l, &l->f[i]);
		rc = grid_print(g, stdout, l->c->colour);
	}
	grid_free(g);
	if (rc != KK_OK)
		cli_say(l->c, "%s", kk_strerror(rc));
	return rc == KK_OK ? CLI_DONE : CLI_FAILED;
}

/* ---- for an import ---- */

/* What a row of the import file says of one of the two uplinks; NULL: nothing. */
static const char *
proposed(const struct look *l, const struct topology_finding *f, int second)
{
	if (f->seen == NULL || f->second != second)
		return NULL;
	if (f->verdict == TOPOLOGY_AGREES)
		return l->w->diff ? NULL : f->seen->id;
	if (f->verdict == (second ? TOPOLOGY_RING : TOPOLOGY_DIFFERS))
		return f->seen->id;
	return NULL;
}

static int
print_csv(const struct look *l)
{
	size_t end;

	if (l->w->bom)
		fputs("\xef\xbb\xbf", stdout);
	fputs("id,uplink,uplink2\r\n", stdout);
	for (size_t i = 0; i < l->n; i = end) {
		const char *up[2] = {NULL, NULL};

		for (end = i; end < l->n && l->f[end].device == l->f[i].device; end++)
			for (int second = 0; second < 2; second++)
				if (proposed(l, &l->f[end], second) != NULL)
					up[second] = proposed(l, &l->f[end], second);
		if (l->f[i].device == NULL || (up[0] == NULL && up[1] == NULL))
			continue;
		csv_put(stdout, l->f[i].device->id, 1);
		csv_put(stdout, up[0], 0);
		csv_put(stdout, up[1], 0);
		fputs("\r\n", stdout);
	}
	return CLI_DONE;
}

/* ---- for a program ---- */

static json_t *
source_json(const struct look *l, const struct neighbour *n)
{
	const struct device *by = n != NULL ? inventory_by_num(l->city.inventory, n->device) : NULL;
	json_t *o;

	if (by == NULL || (o = json_object()) == NULL)
		return json_null();
	json_object_set_new(o, "id", json_string(by->id));
	json_object_set_new(o, "via", json_string(n->via == VIA_BRIDGE ? "bridge" : "lldp"));
	json_object_set_new(o, "port", device_json_text(n->port));
	json_object_set_new(o, "chassis", device_json_text(n->chassis));
	json_object_set_new(o, "far_port", device_json_text(n->far_port));
	json_object_set_new(o, "far_descr", device_json_text(n->far_descr));
	json_object_set_new(o, "name", device_json_text(n->name));
	json_object_set_new(o, "address", device_json_text(n->address));
	json_object_set_new(o, "first", device_json_time(n->first_s));
	json_object_set_new(o, "last", device_json_time(n->last_s));
	return o;
}

static json_t *
finding_json(const struct look *l, const struct topology_finding *f)
{
	json_t *o = json_object();

	if (o == NULL)
		return NULL;
	json_object_set_new(o, "id", f->device != NULL ? json_string(f->device->id) : json_null());
	json_object_set_new(o, "link", json_string(f->second ? "uplink2" : "uplink"));
	json_object_set_new(o, "finding", json_string(topology_verdict_name(f->verdict)));
	json_object_set_new(o, "told", device_json_text(told_id(f)));
	json_object_set_new(o, "seen",
	    f->verdict == TOPOLOGY_MISSING ? json_null() : device_json_text(id_of(f->seen)));
	json_object_set_new(o, "by", source_json(l, f->by));
	json_object_set_new(o, "against", source_json(l, f->against));
	return o;
}

static int
print_json(const struct look *l)
{
	size_t count[TOPOLOGY_VERDICT_COUNT] = {0};
	json_t *all = json_object(), *list = json_array(), *counts = json_object();

	for (size_t i = 0; i < l->n; i++) {
		count[l->f[i].verdict]++;
		if (is_shown(l, &l->f[i]))
			json_array_append_new(list, finding_json(l, &l->f[i]));
	}
	for (int v = 0; v < TOPOLOGY_VERDICT_COUNT; v++)
		json_object_set_new(counts, topology_verdict_name((enum topology_verdict)v),
		    json_integer((json_int_t)count[v]));
	json_object_set_new(
	    all, "reporters", json_integer((json_int_t)topology_reporters(l->topology)));
	json_object_set_new(all, "counts", counts);
	json_object_set_new(all, "findings", list);
	return cli_json(l->c, all);
}

/* ---- the whole ---- */

static int
look(struct look *l)
{
	struct topology_view v = {.now_s = l->c->now_s};
	struct diag d = {""};
	int rc = neighbours_read(l->city.db, &l->told, &d);

	if (rc == KK_OK) {
		v.device = inventory_all(l->city.inventory, &v.n_devices);
		v.told = l->told;
		rc = topology_make(&v, &l->topology);
	}
	if (rc != KK_OK) {
		cli_say(l->c, "%s", d.text[0] ? d.text : kk_strerror(rc));
		return 0;
	}
	l->f = topology_findings(l->topology, &l->n);
	if (topology_reporters(l->topology) == 0)
		cli_say(l->c, "no device has told its neighbours of late: is kkachid running?");
	return 1;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct wish w = {.bom = 1};
	struct look l = {.c = c, .w = &w};
	int code = CLI_USAGE;

	if (!read_options(c, argc, argv, &w, &code))
		return code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (!city_open(c, &l.city))
		return CLI_FAILED;
	code = CLI_FAILED;
	if (look(&l))
		code = w.format == FORMAT_JSON	? print_json(&l)
		       : w.format == FORMAT_CSV ? print_csv(&l)
						: print_table(&l);
	topology_free(l.topology);
	neighbours_free(l.told);
	city_close(&l.city);
	return code;
}

const struct command command_topology = {.name = "topology",
    .arguments = "[OPTION ...]",
    .about = TEXT_ABOUT_TOPOLOGY,
    .options = "      --diff          only what differs from the inventory\n"
	       "      --format FORMAT table (default), csv (an import file) or json\n"
	       "      --no-bom        csv without a byte-order mark\n",
    .run = run};
