/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/route.h"

#include <string.h>

#include "web/api.h"
#include "web/app.h"

static void route_openapi(struct app *app, const struct web_request *rq, struct web_answer *a);

/* Times are "now", "-6h", YYYY-MM-DD, RFC 3339 or seconds since the epoch. */
#define FROM_TO                                                                  \
	{"from", "start of the range"}, {"to", "end of the range; default now"}, \
	    {"rows", "at most about this many rows (10 .. 2000)"},               \
	{                                                                        \
		"cf", "AVERAGE (default) or MAX"                                 \
	}

static const struct route routes[] = {
    {.path = "/api/v1/summary",
	.handle = api_summary,
	.about = "The city now: states, traffic, districts, open incidents"},
    {.path = "/api/v1/devices",
	.handle = api_devices,
	.about = "Devices, filtered and paged",
	.query = {{"district", "name, exactly"}, {"state", "a state"}, {"kind", "ap, switch, ..."},
	    {"q", "text in id, name, address or site"}, {"offset", "first row, from 0"},
	    {"limit", "rows, 1 .. 1000"}}},
    {.path = "/api/v1/devices/{id}",
	.handle = api_device,
	.about = "One device, as `kkachi show` gives it"},
    {.path = "/api/v1/devices/{id}/series",
	.handle = api_device_series,
	.about = "A device's archive as numbers",
	.query = {FROM_TO}},
    {.path = "/api/v1/devices/{id}/graph.png",
	.handle = api_device_graph,
	.about = "A device's graph drawn by RRDtool",
	.query = {{"metric", "traffic, clients, rtt"}, {"from", "start"}, {"to", "end"},
	    {"lang", "ko or en"}}},
    {.path = "/api/v1/areas/city/series",
	.handle = api_city_series,
	.about = "The city's sums as numbers",
	.query = {FROM_TO}},
    {.path = "/api/v1/areas/{kind}/{name}/series",
	.handle = api_area_series,
	.about = "A district's or site's sums as numbers",
	.query = {FROM_TO}},
    {.path = "/api/v1/usage",
	.handle = api_usage,
	.about = "Octets per month, as `kkachi usage` gives them",
	.query = {{"from", "YYYY-MM"}, {"to", "YYYY-MM"}, {"by", "city, district, phase, site, ap"},
	    {"source", "snmp, controller, probe, radius; default each one's account"},
	    {"format", "json or csv"}}},
    {.path = "/api/v1/events",
	.handle = api_events,
	.about = "What probes saw happen on the air, as `kkachi events` gives it",
	.query = {{"since", "heard at this time or later; default -7d"},
	    {"kind", "evil_twin, legacy_ssid, deauth_flood"}, {"device", "an access point's id"},
	    {"open", "1: only those that go on"}, {"limit", "rows, 1 .. 1000; default 100"}}},
    {.path = "/api/v1/openapi.json", .handle = route_openapi, .about = "This description"},
    {.path = "/metrics",
	.handle = api_metrics,
	.about = "OpenMetrics: the districts and Kkachi itself"},
    {.path = "/healthz",
	.handle = api_health,
	.about = "200 while the store can be read and the collector is alive, else 503"},
};

int
route_fits(const char *pattern, const struct url_path *p)
{
	for (size_t i = 0; i < p->n; i++) {
		size_t len;

		if (*pattern++ != '/')
			return 0;
		len = strcspn(pattern, "/");
		if (pattern[0] != '{' &&
		    (strlen(p->part[i]) != len || strncmp(pattern, p->part[i], len) != 0))
			return 0;
		pattern += len;
	}
	return *pattern == '\0';
}

void
route_answer(void *ctx, const struct web_request *rq, struct web_answer *a)
{
	struct app *app = ctx;

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (route_fits(routes[i].path, &rq->path)) {
			routes[i].handle(app, rq, a);
			return;
		}
	}
	if (rq->path.n > 0 && strcmp(rq->path.part[0], "api") == 0) {
		answer_error(a, 404, "no such address; /api/v1/openapi.json lists them");
		return;
	}
	static_answer(app->files, rq, a);
}

/* Parameters of one route: those between braces in the path, then the query's. */
static json_t *
describe_params(const struct route *r)
{
	json_t *list = json_array();

	for (const char *at = strchr(r->path, '{'); at != NULL; at = strchr(at + 1, '{'))
		json_array_append_new(
		    list, json_pack("{s:s%,s:s,s:b,s:{s:s}}", "name", at + 1, strcspn(at + 1, "}"),
			      "in", "path", "required", 1, "schema", "type", "string"));
	for (size_t i = 0; i < ROUTE_PARAMS_MAX && r->query[i].name != NULL; i++)
		json_array_append_new(list,
		    json_pack("{s:s,s:s,s:s,s:{s:s}}", "name", r->query[i].name, "in", "query",
			"description", r->query[i].about, "schema", "type", "string"));
	return list;
}

static void
route_openapi(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	json_t *paths = json_object();

	(void)app;
	(void)rq;
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		json_object_set_new(paths, routes[i].path,
		    json_pack("{s:{s:s,s:o,s:{s:{s:s}}}}", "get", "summary", routes[i].about,
			"parameters", describe_params(&routes[i]), "responses", "200",
			"description", "OK"));
	answer_json(a, 200,
	    json_pack("{s:s,s:{s:s,s:s,s:s},s:o}", "openapi", "3.0.3", "info", "title", "Kkachi",
		"version", PACKAGE_VERSION, "description",
		"Times are RFC 3339 with the configured zone's offset, durations seconds, octets "
		"integers (up to 2^64-1), "
		"unknown is null.",
		"paths", paths));
}
