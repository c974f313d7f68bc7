/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_summary.c - the first screen in one answer. */
#include <math.h>
#include <time.h>

#include "alerts/device_json.h"
#include "web/api.h"
#include "web/app.h"
#include "web/model.h"

static json_t *
rate(int known, double v)
{
	return known ? json_integer((json_int_t)llround(v)) : json_null();
}

/* Counts per state, clients and rates; states without a field of their own are `other`. */
static json_t *
sum_json(const struct view_sum *s)
{
	const uint32_t *n = s->in_state;
	uint32_t named = n[STATE_UP] + n[STATE_DEGRADED] + n[STATE_DOWN] + n[STATE_UNREACHABLE] +
			 n[STATE_UNKNOWN];

	return json_pack("{s:s,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:o,s:o,s:o}", "name", s->name, "total",
	    (int)s->total, "up", (int)n[STATE_UP], "degraded", (int)n[STATE_DEGRADED], "down",
	    (int)n[STATE_DOWN], "unreachable", (int)n[STATE_UNREACHABLE], "unknown",
	    (int)n[STATE_UNKNOWN], "other", (int)(s->total - named), "clients",
	    rate(s->clients_known > 0, (double)s->clients), "down_per_second",
	    rate(s->rate_known > 0, s->down_rate), "up_per_second",
	    rate(s->rate_known > 0, s->up_rate));
}

static json_t *
outage_json(const struct outage *o)
{
	const char *cause = o->dev ? o->dev->id : OUTAGE_COLLECTOR;

	return json_pack("{s:s,s:s,s:s,s:o,s:o,s:o,s:s,s:o,s:i,s:i,s:I}", "kind",
	    outage_kind_name(o->kind), "cause", cause, "cause_kind",
	    o->dev ? device_kind_name(o->dev->kind) : "collector", "cause_name",
	    device_json_text(o->dev ? o->dev->name : NULL), "district",
	    device_json_text(o->dev ? o->dev->district : NULL), "site",
	    device_json_text(o->dev ? o->dev->site : NULL), "state", "firing", "since",
	    device_json_time(o->since_s), "affected", (int)o->affected, "suppressed",
	    (int)o->suppressed, "clients", (json_int_t)o->clients);
}

static json_t *
outages_json(const struct picture *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_outages; i++)
		if (!p->outages[i].pending)
			json_array_append_new(list, outage_json(&p->outages[i]));
	return list;
}

void
api_summary(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	const struct view *v = model_view(app->model);
	int64_t now_s = time(NULL), age_s;
	const struct picture *p;
	json_t *districts, *all;

	(void)rq;
	if (v == NULL) {
		answer_error(a, 503, "the inventory cannot be read: has `kkachi import` been run?");
		return;
	}
	p = v->picture;
	districts = json_array();
	for (size_t i = 0; i < v->n_districts; i++)
		json_array_append_new(districts, sum_json(&v->districts[i]));
	age_s = now_s - p->touched_cs / 100;
	all = json_pack("{s:o,s:o,s:o,s:s,s:o,s:o,s:o,s:o}", "time", device_json_time(now_s),
	    "data_time", device_json_time(p->touched_cs / 100), "data_age_seconds",
	    p->touched_cs ? json_integer(age_s > 0 ? age_s : 0) : json_null(), "collector",
	    p->touched_cs == 0	  ? "absent"
	    : p->collector_silent ? "silent"
				  : "running",
	    "aps", sum_json(&v->city), "octets_today",
	    v->octets_today < 0 ? json_null() : json_integer(v->octets_today), "districts",
	    districts, "incidents", outages_json(p));
	model_release(app->model, v);
	answer_json(a, 200, all);
}
