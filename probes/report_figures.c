/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/report_figures.h"

#include <stdio.h>

#define CODE_TEXT 8

static void
put_number(char text[CODE_TEXT], uint16_t code)
{
	snprintf(text, CODE_TEXT, "%u", code);
}

/* "10.7": category and action. */
static void
put_action(char text[CODE_TEXT], uint16_t code)
{
	snprintf(text, CODE_TEXT, "%u.%u", (unsigned)code >> 8, (unsigned)code & 0xff);
}

/* Those that occurred, by number; a reason that is encrypted is unknown. */
static void
put_codes(struct json_out *j, const char *name, const struct figures_codes *c,
    void (*text)(char number[CODE_TEXT], uint16_t code))
{
	char number[CODE_TEXT];

	json_open(j, name, '{');
	for (uint32_t i = 0; i < c->used; i++) {
		text(number, c->code[i]);
		json_put_count(j, c->code[i] == REASON_UNKNOWN ? "unknown" : number, c->n[i].all);
	}
	if (c->others.all > 0)
		json_put_count(j, "others", c->others.all);
	json_close(j, '}');
}

static void
put_exchange(struct json_out *j, const char *name, const struct figures_exchange *x)
{
	json_open(j, name, '{');
	json_put_count(j, "begun", x->step[EXCHANGE_BEGUN]);
	json_put_count(j, "done", x->step[EXCHANGE_DONE]);
	json_put_count(j, "failed", x->step[EXCHANGE_FAILED]);
	json_put_count(j, "given_up", x->step[EXCHANGE_GIVEN_UP]);
	json_put_count(j, "timed", x->timed);
	json_put_count(j, "us_sum", x->sum_us);
	json_put_count(j, "us_max", x->max_us);
	json_close(j, '}');
}

/* null: nothing was measured, or it is unknown. */
static void
put_delays(struct json_out *j, const char *name, const struct delays *d)
{
	if (d == NULL || d->n == 0) {
		json_put_null(j, name);
		return;
	}
	json_open(j, name, '{');
	json_put_count(j, "n", d->n);
	json_put_count(j, "us_sum", d->sum_us);
	json_put_count(j, "us_median", delays_quantile_us(d, 50));
	json_put_count(j, "us_p95", delays_quantile_us(d, 95));
	json_put_count(j, "us_max", d->max_us);
	json_close(j, '}');
}

static void
put_tcp(struct json_out *j, const struct rtt_sums *t, int opaque)
{
	int known;

	put_delays(j, "rtt_client", t != NULL ? &t->client : NULL);
	put_delays(j, "rtt_network", t != NULL ? &t->network : NULL);
	known = t != NULL && (!opaque || t->segments > 0);
	json_put_known(j, "tcp_segments", known ? (int64_t)t->segments : -1);
	json_put_known(j, "retransmissions", known ? (int64_t)t->retransmissions : -1);
}

static void
put_generations(struct json_out *j, const char *name, const struct figures *f)
{
	json_open(j, name, '{');
	for (unsigned i = 0; i < FIGURES_GENERATIONS; i++)
		if (f->generation[i] > 0)
			json_put_count(j, detail_generation_name(i), f->generation[i]);
	json_close(j, '}');
}

static void
put_radius(struct json_out *j, const struct figures_radius *r, int64_t sessions)
{
	if (r == NULL || (r->messages == 0 && r->ended == 0 && sessions < 0)) {
		json_put_null(j, "radius");
		return;
	}
	json_open(j, "radius", '{');
	json_put_known(j, "sessions", sessions);
	json_put_count(j, "started", r->started);
	json_put_count(j, "ended", r->ended);
	json_put_count(j, "octets_down", r->octets_down);
	json_put_count(j, "octets_up", r->octets_up);
	json_put_flag(j, "partial", r->unknown > 0);
	json_close(j, '}');
}

static void
put_air(struct json_out *j, const struct figures *f)
{
	static const char *const names[] = {"reassociations", "roams", "generations",
	    "deauthentication_reasons", "disassociation_reasons", "refusal_statuses",
	    "authentication_statuses", "actions"};

	if (f == NULL) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			json_put_null(j, names[i]);
		return;
	}
	json_put_count(j, names[0], f->reassociations);
	json_put_count(j, names[1], f->roams);
	put_generations(j, names[2], f);
	put_codes(j, names[3], &f->deauthentication, put_number);
	put_codes(j, names[4], &f->disassociation, put_number);
	put_codes(j, names[5], &f->refusal, put_number);
	put_codes(j, names[6], &f->authentication, put_number);
	put_codes(j, names[7], &f->action, put_action);
}

void
report_figures(struct json_out *j, const struct figures *f, const struct figures_scope *scope)
{
	put_air(j, scope->air ? f : NULL);
	for (unsigned i = 0; i < EXCHANGE_KIND_COUNT; i++)
		if (f != NULL && (scope->exchanges >> i & 1))
			put_exchange(j, exchange_name(i), &f->exchange[i]);
		else
			json_put_null(j, exchange_name(i));
	put_tcp(j, f != NULL ? &f->tcp : NULL, scope->opaque);
	put_radius(j, f != NULL ? &f->radius : NULL, scope->sessions);
}
