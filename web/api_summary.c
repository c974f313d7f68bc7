/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_summary.c - the first screen in one answer. */
#include <time.h>

#include "web/api.h"
#include "web/app.h"
#include "web/json.h"
#include "web/model.h"

static json_t *
incident_json(const struct view *v, const struct view_incident *i)
{
	const struct device *cause = inventory_by_id(v->inventory, i->cause);

	return json_pack("{s:s,s:s,s:s,s:o,s:s,s:o,s:i,s:i}", "id", i->id, "kind", i->kind, "cause", i->cause,
	    "cause_name", json_text(cause ? cause->name : NULL), "state", "firing", "since", json_time(i->since_s),
	    "affected", (int)i->affected, "suppressed", (int)i->suppressed);
}

void
api_summary(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	const struct view *v = model_view(app->model);
	int64_t now_s = time(NULL), age_s;
	json_t *districts, *incidents, *all;

	(void)rq;
	if (v == NULL) {
		answer_error(a, 503, "the inventory cannot be read: has kkachi import been run?");
		return;
	}
	districts = json_array();
	for (size_t i = 0; i < v->n_districts; i++)
		json_array_append_new(districts, json_sum(&v->districts[i]));
	incidents = json_array();
	for (size_t i = 0; i < v->n_incidents; i++)
		json_array_append_new(incidents, incident_json(v, &v->incidents[i]));
	age_s = now_s - v->data_cs / 100;
	all = json_pack("{s:o,s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "time", json_time(now_s), "data_time",
	    json_time(v->data_cs / 100), "data_age_seconds", v->data_cs ? json_integer(age_s > 0 ? age_s : 0) : json_null(),
	    "collector", v->data_cs == 0 ? "absent" : v->collector_alive ? "running" : "silent", "aps", json_sum(&v->city),
	    "clients", json_rate(v->city.clients_known > 0, (double)v->city.clients), "down_per_second",
	    json_rate(v->city.rate_known > 0, v->city.down_rate), "up_per_second",
	    json_rate(v->city.rate_known > 0, v->city.up_rate), "octets_today",
	    v->octets_today < 0 ? json_null() : json_integer(v->octets_today), "districts", districts, "incidents", incidents);
	model_release(app->model, v);
	answer_json(a, 200, all);
}
