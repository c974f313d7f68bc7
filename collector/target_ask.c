/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_ask.c - the requests of a poll, one after another, and what an agent stumbles over. */
#include "collector/target_in.h"

#include <stdlib.h>

/* Corrections of the request in one poll: tooBig, objects that the agent stumbles over. */
#define TRIES_MAX 40

/* It says that it cannot answer for an object that it had: before that is dropped, which would cost
 * a counter until it is learned anew, look whether this is still the device that was learned. An
 * agent that errs again and again is not looked at again and again. */
static int
look_again(struct target *t, const struct answer *a)
{
	int64_t now = clock_mono_ms(t->env->clock);

	if (a->error_status == 1 || t->relearned || now < t->missing_at_ms ||
	    target_start_learn(t) != KK_OK)
		return 0;
	t->missing_at_ms = now + MISSING_EVERY_MS;
	return 1;
}

/* tooBig: half as much at a time. Another error: without the object that it names. Both are
 * remembered with the layout. */
int
target_correct_layout(struct target *t, const struct answer *a)
{
	const struct layout_get *g = &t->layout->get[t->get];
	unsigned at = a->error_index > 0 ? (unsigned)a->error_index - 1 : g->n;
	struct plan *p;
	int rc;

	t->trouble_arg = (uint8_t)a->error_status;
	if (t->tries++ == TRIES_MAX)
		return KK_E_REFUSED;
	if ((rc = plan_decode(t->layout->octets, t->layout->len, &p)) != KK_OK)
		return rc;
	if (a->error_status != 1 && at < g->n && p->n_objects > 1)
		plan_drop(p, g->object[at]);
	else if (g->n > 2)
		p->chunk = (uint8_t)((g->n < p->chunk ? g->n : p->chunk) / 2);
	else
		rc = KK_E_REFUSED;
	if (rc == KK_OK)
		rc = target_change_layout(t, p);
	plan_free(p);
	return rc;
}

static void
tally_ended(void *ctx, int rc)
{
	struct target *t = ctx;

	if (rc == KK_E_CLOSED) {
		target_give_up(t, rc);
		return;
	}
	tally_into(t->tally, t->take);
	tally_free(t->tally);
	t->tally = NULL;
	target_conclude(t, t->take, t->take->received_cs);
}

/* All values are there; what is to be counted is not yet. */
static void
count_rows(struct target *t, struct take *k, int64_t received_cs)
{
	struct ask_peer p = target_as_peer(t);

	k->received_cs = received_cs;
	if (k != t->take || !tally_needed(t->layout) ||
	    tally_start(&p, t->layout, tally_ended, t, &t->tally) != KK_OK)
		target_conclude(t, k, received_cs);
}

static void
on_get(void *ctx, int rc, const struct answer *a)
{
	struct take own, *k;
	struct target *t = ctx;

	if (rc == KK_E_SILENT && t->get > 0) { /* what has come counts; the rest is missing */
		t->trouble = TROUBLE_MIDWAY;
		t->relearned = 1;
		target_conclude(t, t->take, clock_utc_cs(t->env->clock));
		return;
	}
	if (rc != KK_OK) {
		target_give_up(t, rc);
		return;
	}
	if (t->rtt_us < 0)
		t->rtt_us = a->rtt_us;
	if (a->error_status != 0) {
		if (look_again(t, a))
			return;
		if ((rc = target_correct_layout(t, a)) != KK_OK)
			t->trouble = TROUBLE_REFUSES;
		else
			rc = target_start_gets(t);
		if (rc != KK_OK)
			target_give_up(t, rc);
		return;
	}
	k = t->take != NULL ? t->take : &own;
	if (t->get == 0)
		take_start(k, t->layout, t->key);
	take_answer(k, t->layout, t->get, a);
	if (t->trace != NULL)
		for (size_t i = 0; i < a->n; i++)
			t->trace->object(t->trace->ctx, &a->vb[i]);
	if (++t->get < t->layout->n_gets) {
		rc =
		    engine_ask(t->env->engine, &t->peer, t->layout->get[t->get].request, on_get, t);
		if (rc != KK_OK)
			target_give_up(t, rc);
		return;
	}
	count_rows(t, k, a->received_cs);
}

int
target_start_gets(struct target *t)
{
	t->get = 0;
	t->peer.near[0] = t->meter.counter;
	t->peer.near[1] = t->meter.doubt;
	t->peer.near[2] = t->key;
	t->peer.near[3] = t->ctx;
	if ((t->layout->n_gets > 1 || tally_needed(t->layout)) && t->take == NULL &&
	    (t->take = malloc(sizeof(*t->take))) == NULL)
		return KK_E_NOMEM;
	return engine_ask(t->env->engine, &t->peer, t->layout->get[0].request, on_get, t);
}
