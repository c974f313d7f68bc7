/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/graph.h"

#include <stdio.h>
#include <string.h>

#include "cli/city.h"
#include "lib/zone.h"
#include "rrd/archive/archive.h"

#define KEY_TEXT 1024

enum { OPT_METRIC = CLI_OWN, OPT_SOURCE, OPT_FROM, OPT_TO };

static const struct option options[] = {{"metric", required_argument, NULL, OPT_METRIC},
    {"source", required_argument, NULL, OPT_SOURCE}, {"from", required_argument, NULL, OPT_FROM},
    {"to", required_argument, NULL, OPT_TO}, {"output", required_argument, NULL, 'o'},
    {NULL, 0, NULL, 0}};

struct wish {
	const char *metric, *source, *from, *to, *path;
};

static int
ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n > k && strcmp(text + n - k, end) == 0;
}

static int
is_metric(const char *name)
{
	return strcmp(name, "traffic") == 0 || metric_by_name(name) >= 0;
}

/* Areas are sums of accounts; a device has files of each source. */
static int
is_source(const char *name, const char *what)
{
	return sample_source_by_name(name) >= 0 && strcmp(what, "city") != 0 &&
	       strncmp(what, "district:", 9) != 0 && strncmp(what, "site:", 5) != 0;
}

static int
area_exists(const struct city *city, const char *kind, const char *name)
{
	size_t n;
	const struct device *d = inventory_all(city->inventory, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(kind[0] == 'd' ? d[i].district : d[i].site, name) == 0)
			return 1;
	return 0;
}

/* From what was asked for to an archive and a title. */
static int
resolve(const struct cli *c, const struct city *city, const char *what, const char *source,
    char key[KEY_TEXT], char title[KEY_TEXT])
{
	const char *name = strchr(what, ':');
	const char *kind = strncmp(what, "district:", 9) == 0 ? "district"
			   : strncmp(what, "site:", 5) == 0   ? "site"
							      : NULL;
	const struct device *dev;

	if (strcmp(what, "city") == 0) {
		archive_area_key("city", "", key, KEY_TEXT);
		snprintf(title, KEY_TEXT, "%s", c->lang == LANG_KO ? "전체" : "City");
		return 1;
	}
	if (kind != NULL && area_exists(city, kind, name + 1)) {
		archive_area_key(kind, name + 1, key, KEY_TEXT);
		snprintf(title, KEY_TEXT, "%s", name + 1);
		return 1;
	}
	if (kind != NULL) {
		cli_say(c, "no device belongs to the %s \"%s\"", kind, name + 1);
		return 0;
	}
	if ((dev = city_device(c, city, what)) == NULL)
		return 0;
	archive_key(dev, source != NULL ? (unsigned)sample_source_by_name(source) : dev->account, 0,
	    key, KEY_TEXT);
	snprintf(title, KEY_TEXT, "%s %s%s%s%s", dev->id, dev->name, source != NULL ? " (" : "",
	    source != NULL ? source : "", source != NULL ? ")" : "");
	return 1;
}

static int
draw(const struct cli *c, const struct wish *w, const char *what, struct graph_request *g)
{
	char key[KEY_TEXT], title[KEY_TEXT];
	struct diag d = {""};
	struct city city;
	int rc, found;

	if (!city_open(c, &city))
		return CLI_FAILED;
	found = resolve(c, &city, what, w->source, key, title);
	city_close(&city);
	if (!found)
		return CLI_FAILED;
	g->key = key;
	g->title = title;
	rc = graph_draw(&c->conf, g, &d);
	g->key = g->title = NULL;
	if (rc != KK_OK) {
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
		return CLI_FAILED;
	}
	return c->json ? cli_json(c, json_pack("{s:s}", "file", w->path)) : CLI_DONE;
}

static int
read_options(struct cli *c, int argc, char **argv, struct wish *w, int *code)
{
	int o;

	while ((o = cli_option(c, argc, argv, options, code)) != -1) {
		if (o == CLI_STOP)
			return 0;
		if (o == OPT_METRIC)
			w->metric = optarg;
		else if (o == OPT_SOURCE)
			w->source = optarg;
		else if (o == OPT_FROM)
			w->from = optarg;
		else if (o == OPT_TO)
			w->to = optarg;
		else
			w->path = optarg;
	}
	*code = c->usage_code;
	if (!cli_arguments(c, argc, argv, 1, 1))
		return 0;
	if (w->path == NULL)
		cli_misused(c, "where to? -o FILE.png or -o FILE.svg");
	else if (!ends_in(w->path, ".png") && !ends_in(w->path, ".svg"))
		cli_misused(c, "-o takes a name that ends in .png or .svg, not \"%s\"", w->path);
	else if (!is_metric(w->metric))
		cli_misused(c, "no such metric: \"%s\" (traffic, clients, rtt, ...; see kkachi(7))",
		    w->metric);
	else if (w->source != NULL && !is_source(w->source, argv[optind]))
		cli_misused(c, "--source is snmp, controller, probe or radius, and of a device");
	else
		return 1;
	return 0;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct wish w = {.metric = "traffic", .from = "-1d", .to = "now"};
	struct graph_request g = {0};
	int code = CLI_USAGE;

	if (!read_options(c, argc, argv, &w, &code))
		return code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (zone_parse(w.from, c->now_s, &g.from_s) != KK_OK)
		return cli_misused(c, "--from is no time: \"%s\"", w.from);
	if (zone_parse(w.to, c->now_s, &g.to_s) != KK_OK)
		return cli_misused(c, "--to is no time: \"%s\"", w.to);
	if (g.to_s <= g.from_s)
		return cli_misused(c, "--to is not after --from");
	g.metric = w.metric;
	g.path = w.path;
	g.lang = c->lang;
	return draw(c, &w, argv[optind], &g);
}

const struct command command_graph = {.name = "graph",
    .arguments = "[OPTION ...] -o FILE.png|FILE.svg ID|district:NAME|site:NAME|city",
    .about = TEXT_ABOUT_GRAPH,
    .options = "  -o, --output FILE   picture to make; its name says which kind\n"
	       "      --metric M      traffic (default), clients, rtt, or another of kkachi(7)\n"
	       "      --source NAME   what snmp, controller, probe or radius knew of a device\n"
	       "      --from TIME     YYYY-MM-DD[THH:MM], -3h, -1d (default), ...\n"
	       "      --to TIME       likewise; now (default)\n",
    .run = run};
