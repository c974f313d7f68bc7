/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain_aps.c - whom a controller speaks for, as `kkachi poll` tells it. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "collector/explain_in.h"
#include "lib/text.h"

static json_t *
text_of(const struct roll *r, const struct roll_ap *a, enum ap_fact fact)
{
	const struct cell *c = rows_cell(r->rows, r->rules->fact[fact], a->row);
	char text[256];

	if (c->len == 0)
		return json_null();
	text_from_octets(rows_text(r->rows, c), c->len, text, sizeof(text));
	return json_string(text);
}

static json_t *
mac_of(const struct roll *r, const struct roll_ap *a)
{
	char text[20];
	uint8_t m[6];

	if (roll_mac(r, a, 0, m) <= 0)
		return json_null();
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
	    m[5]);
	return json_string(text);
}

static json_t *
name_of(const struct roll *r, const struct roll_ap *a)
{
	char name[256], text[256];

	if (roll_name(r, a, 0, name) <= 0)
		return json_null();
	text_from_octets((const uint8_t *)name, strlen(name), text, sizeof(text));
	return json_string(text);
}

/* Raw counters, added up: odometers are the collector's. */
static json_t *
octets_of(const struct roll *r, const struct roll_ap *a, int down)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < a->n; i++)
		sum += down ? r->reading[a->first + i].down : r->reading[a->first + i].up;
	return a->n > 0 ? json_integer((json_int_t)(sum & INT64_MAX)) : json_null();
}

static json_t *
ap_json(const struct roll *r, const struct roll_ap *a)
{
	json_t *o = json_pack("{s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "mac", mac_of(r, a),
	    "name", name_of(r, a), "connected", a->up, "uptime",
	    a->uptime_cs >= 0 ? json_integer(a->uptime_cs / 100) : json_null(), "serial",
	    text_of(r, a, AP_FACT_SERIAL), "model", text_of(r, a, AP_FACT_MODEL), "firmware",
	    text_of(r, a, AP_FACT_FIRMWARE), "raw_down", octets_of(r, a, 1), "raw_up",
	    octets_of(r, a, 0));

	/* All rows have the same keys. */
	for (unsigned i = 0; i < r->rules->rows->n_metrics; i++) {
		enum metric m = r->rules->rows->metric[i].metric;

		json_object_set_new(o, metric_info(m)->name,
		    a->known >> m & 1 ? json_integer(a->value[m]) : json_null());
	}
	return o;
}

static void
take(struct explain *x, const struct roll *r)
{
	int64_t clients = 0;
	char number[3][12];
	size_t up = 0;
	int any = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct roll_ap *a = &r->ap[i];

		json_array_append_new(x->aps, ap_json(r, a));
		up += (size_t)(a->up != 0);
		if (!a->up || !(a->known >> METRIC_CLIENTS & 1))
			continue;
		clients += a->value[METRIC_CLIENTS];
		any = 1;
	}
	if (any && !sample_has(&x->sample, METRIC_CLIENTS))
		sample_set(&x->sample, METRIC_CLIENTS, clients);
	if (r->n > 0 && !sample_has(&x->sample, METRIC_APS))
		sample_set(&x->sample, METRIC_APS, (int64_t)up);
	ask_trace_tell(&x->trace, TEXT_TELL_LISTS, ask_number(number[0], (unsigned)r->n),
	    ask_number(number[1], (unsigned)up), ask_number(number[2], (unsigned)r->strays), NULL);
	if (r->entry == ROLL_NO_ENTRY)
		ask_trace_tell(&x->trace, TEXT_TELL_NO_AP_OCTETS, NULL);
	else
		ask_trace_tell(&x->trace, TEXT_TELL_AP_OCTETS, ask_number(number[0], r->entry + 1u),
		    ask_number(number[1], (unsigned)r->n_readings), NULL);
}

static void
on_called(void *ctx, int rc, const struct roll *r)
{
	struct explain *x = ctx;

	if (rc == KK_OK)
		take(x, r);
	else
		ask_trace_tell(&x->trace, TEXT_WHY_LIST_CUT, NULL);
	explain_end(x);
}

static int
always(void *ctx)
{
	(void)ctx;
	return 1;
}

int
explain_list(struct explain *x, const struct kk_clock *clock)
{
	const struct profile *p = target_profile(x->target, NULL);
	struct rollcall_wish wish = {.clock = clock, .ctx = x, .may_ask = always};
	struct ask_peer peer = target_peer(x->target);

	if (p == NULL || p->aps == NULL || (x->sample.flags & SAMPLE_SILENT))
		return KK_END;
	wish.rules = p->aps;
	rollcall_forget(&x->memory);
	return rollcall_start(&peer, &wish, &x->memory, on_called, &x->call);
}
