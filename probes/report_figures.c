/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/report_figures.h"

#include <stdio.h>

#define CODE_TEXT 8

static void
put(json_t *o, const char *name, uint64_t v)
{
	json_object_set_new(o, name, json_integer((json_int_t)v));
}

/* Those that occurred, by number; a reason that is encrypted is unknown. */
static json_t *
codes(const struct figures_codes *c)
{
	json_t *o = json_object();
	char name[CODE_TEXT];

	for (uint32_t i = 0; i < c->used; i++) {
		snprintf(name, sizeof(name), "%u", c->code[i]);
		put(o, c->code[i] == REASON_UNKNOWN ? "unknown" : name, c->n[i]);
	}
	if (c->others > 0)
		put(o, "others", c->others);
	return o;
}

static json_t *
exchange(const struct figures_exchange *x)
{
	json_t *o = json_object();

	put(o, "begun", x->step[EXCHANGE_BEGUN]);
	put(o, "done", x->step[EXCHANGE_DONE]);
	put(o, "failed", x->step[EXCHANGE_FAILED]);
	put(o, "given_up", x->step[EXCHANGE_GIVEN_UP]);
	put(o, "timed", x->timed);
	put(o, "us_sum", x->sum_us);
	put(o, "us_max", x->max_us);
	return o;
}

/* null: nothing was measured. */
static json_t *
delays(const struct delays *d)
{
	json_t *o;

	if (d->n == 0)
		return json_null();
	o = json_object();
	put(o, "n", d->n);
	put(o, "us_sum", d->sum_us);
	put(o, "us_median", delays_quantile_us(d, 50));
	put(o, "us_p95", delays_quantile_us(d, 95));
	put(o, "us_max", d->max_us);
	return o;
}

static void
put_tcp(json_t *o, const struct rtt_sums *t)
{
	json_object_set_new(o, "rtt_client", t != NULL ? delays(&t->client) : json_null());
	json_object_set_new(o, "rtt_network", t != NULL ? delays(&t->network) : json_null());
	json_object_set_new(
	    o, "tcp_segments", t != NULL ? json_integer((json_int_t)t->segments) : json_null());
	json_object_set_new(o, "retransmissions",
	    t != NULL ? json_integer((json_int_t)t->retransmissions) : json_null());
}

static json_t *
generations(const struct figures *f)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < FIGURES_GENERATIONS; i++)
		if (f->generation[i] > 0)
			put(o, detail_generation_name(i), f->generation[i]);
	return o;
}

static json_t *
radius(const struct figures_radius *r, int64_t sessions)
{
	json_t *o;

	if (r->messages == 0 && r->ended == 0 && sessions < 0)
		return json_null();
	o = json_object();
	json_object_set_new(o, "sessions", sessions >= 0 ? json_integer(sessions) : json_null());
	put(o, "started", r->started);
	put(o, "ended", r->ended);
	put(o, "octets_down", r->octets_down);
	put(o, "octets_up", r->octets_up);
	json_object_set_new(o, "partial", json_boolean(r->unknown > 0));
	return o;
}

static void
put_air(json_t *o, const struct figures *f)
{
	static const char *const names[] = {"reassociations", "roams", "generations",
	    "deauthentication_reasons", "disassociation_reasons", "refusal_statuses",
	    "authentication_statuses"};

	if (f == NULL) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			json_object_set_new(o, names[i], json_null());
		return;
	}
	put(o, names[0], f->reassociations);
	put(o, names[1], f->roams);
	json_object_set_new(o, names[2], generations(f));
	json_object_set_new(o, names[3], codes(&f->deauthentication));
	json_object_set_new(o, names[4], codes(&f->disassociation));
	json_object_set_new(o, names[5], codes(&f->refusal));
	json_object_set_new(o, names[6], codes(&f->authentication));
}

void
report_figures(json_t *o, const struct figures *f, int air, int64_t sessions)
{
	put_air(o, air ? f : NULL);
	for (unsigned i = 0; i < EXCHANGE_KIND_COUNT; i++) {
		int known = f != NULL && (air || i != EXCHANGE_AUTHENTICATION);

		json_object_set_new(
		    o, exchange_name(i), known ? exchange(&f->exchange[i]) : json_null());
	}
	put_tcp(o, f != NULL ? &f->tcp : NULL);
	json_object_set_new(o, "radius", f != NULL ? radius(&f->radius, sessions) : json_null());
}
