/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/figures.h"

static void
ways_add(struct figures_ways *sum, const struct figures_ways *n)
{
	sum->all += n->all;
	sum->up += n->up;
}

static void
code_add(struct figures_codes *c, uint16_t code, const struct figures_ways *n)
{
	uint32_t at = 0;

	while (at < c->used && c->code[at] != code)
		at++;
	if (at == FIGURES_CODES) {
		ways_add(&c->others, n);
		return;
	}
	if (at == c->used) {
		c->code[at] = code;
		c->n[at] = (struct figures_ways){0, 0};
		c->used++;
	}
	ways_add(&c->n[at], n);
}

void
figures_code(struct figures_codes *c, uint16_t code, int is_up)
{
	const struct figures_ways one = {1, is_up != 0};

	code_add(c, code, &one);
}

void
figures_exchange(struct figures *f, const struct exchange_event *e)
{
	struct figures_exchange *x = &f->exchange[e->kind];
	uint64_t took_us = (uint64_t)e->took_us;

	x->step[e->step]++;
	if (e->step == EXCHANGE_FAILED && e->kind == EXCHANGE_AUTHENTICATION)
		figures_code(&f->authentication, e->status, 0);
	if (e->step != EXCHANGE_DONE || e->took_us < 0)
		return;
	x->timed++;
	x->sum_us += took_us;
	if (took_us > x->max_us)
		x->max_us = took_us;
}

int
figures_any(const struct figures_exchange *x)
{
	uint64_t any = 0;

	for (int i = 0; i < EXCHANGE_STEP_COUNT; i++)
		any |= x->step[i];
	return any != 0;
}

static void
codes_add(struct figures_codes *sum, const struct figures_codes *c)
{
	for (uint32_t i = 0; i < c->used; i++)
		code_add(sum, c->code[i], &c->n[i]);
	ways_add(&sum->others, &c->others);
}

static void
exchange_add(struct figures_exchange *sum, const struct figures_exchange *x)
{
	for (int i = 0; i < EXCHANGE_STEP_COUNT; i++)
		sum->step[i] += x->step[i];
	sum->timed += x->timed;
	sum->sum_us += x->sum_us;
	if (x->max_us > sum->max_us)
		sum->max_us = x->max_us;
}

void
figures_grow(void *sum, const void *now, const void *before, size_t octets)
{
	const uint64_t *to = now, *from = before;
	uint64_t *out = sum;

	for (size_t i = 0; i < octets / sizeof(*out); i++)
		out[i] += to[i] - (from != NULL ? from[i] : 0);
}

static void
radius_add(struct figures_radius *sum, const struct figures_radius *r)
{
	sum->messages += r->messages;
	sum->octets_down += r->octets_down;
	sum->octets_up += r->octets_up;
	sum->started += r->started;
	sum->ended += r->ended;
	sum->unknown += r->unknown;
	figures_grow(&sum->stats, &r->stats, NULL, sizeof(sum->stats));
}

void
figures_add(struct figures *sum, const struct figures *f)
{
	sum->reassociations += f->reassociations;
	sum->roams += f->roams;
	for (int i = 0; i < FIGURES_GENERATIONS; i++)
		sum->generation[i] += f->generation[i];
	codes_add(&sum->deauthentication, &f->deauthentication);
	codes_add(&sum->disassociation, &f->disassociation);
	codes_add(&sum->refusal, &f->refusal);
	codes_add(&sum->authentication, &f->authentication);
	codes_add(&sum->action, &f->action);
	for (int i = 0; i < EXCHANGE_KIND_COUNT; i++)
		exchange_add(&sum->exchange[i], &f->exchange[i]);
	figures_grow(&sum->exchanges, &f->exchanges, NULL, sizeof(sum->exchanges));
	radius_add(&sum->radius, &f->radius);
	rtt_add(&sum->tcp, &f->tcp);
}
