/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_learn.c - learning what a device has, and changes of what it is asked. */
#include "collector/target_in.h"

#include <stdlib.h>
#include <string.h>

/* After a reboot radios come up late: look again. */
#define LEARN_AFTER_BOOT_MS (5 * 60 * 1000)
/* Rows that do not come back are given up for a worse choice. */
#define WORSE_AFTER_MS (INT64_C(24) * 3600 * 1000)

/* The same layout with a change. */
int
target_change_layout(struct target *t, struct plan *p)
{
	struct layout *y = NULL;
	uint8_t *octets = NULL;
	size_t len;
	int rc = plan_encode(p, &octets, &len);

	if (rc == KK_OK)
		rc = layouts_take(
		    t->env->layouts, t->profile, t->version, t->community, octets, len, &y, NULL);
	free(octets);
	return rc == KK_OK ? target_use(t, y, t->key) : rc;
}

/* The names that were just learned are not those that are read: without them, its counters count
 * at least. */
void
target_drop_names(struct target *t)
{
	struct plan *p;

	if (plan_decode(t->layout->octets, t->layout->len, &p) != KK_OK)
		return;
	for (unsigned i = p->n_objects; i-- > 0;)
		if (p->object[i].what == OBJECT_NAME)
			plan_drop(p, i);
	if (p->n_objects > 0)
		target_change_layout(t, p);
	plan_free(p);
}

/* ---- learning ---- */

/* Which of the counters went elsewhere, and whether one is gone. */
void
target_compare_rows(struct target *t, const struct plan *p, const uint32_t *key)
{
	const struct plan *old = t->layout != NULL ? t->layout->plan : NULL;

	for (unsigned i = 0; old != NULL && i < old->n_objects; i++) {
		const struct plan_object *o = &old->object[i];
		int found = 0;

		if (o->what != OBJECT_DOWN)
			continue;
		for (unsigned k = 0; k < p->n_objects && !found; k++) {
			if (p->object[k].what != OBJECT_DOWN ||
			    key[p->object[k].index] != t->key[o->index])
				continue;
			found = 1;
			if (p->object[k].len == o->len &&
			    plan_name(p, k)[o->len - 1] != plan_name(old, i)[o->len - 1])
				t->moved = 1;
		}
		if (!found)
			t->lost = 1;
	}
}

static void
take_entry(struct target *t, const struct learned *l)
{
	if (l->plan->n_counters > 0) {
		t->entry = l->plan->entry;
		t->worse_since_ms = 0;
	} else if (t->entry != 0xff && t->worse_since_ms == 0) {
		t->worse_since_ms = clock_mono_ms(t->env->clock);
	}
}

/* An odometer is 0 at the first good reply that carries its counter, and for a device that nobody
 * knew that was one of those that told which counters it has. */
static void
take_base(struct target *t, const struct learned *l)
{
	/* Older than the poll's own answer, which may come within the same 1/100 s. */
	struct meter_moment at = {.when_cs = clock_utc_cs(t->env->clock) - 1, .slack_cs = SLACK_CS};
	struct reading base[SAMPLE_COUNTERS_MAX];

	if (t->meter.seen_cs != 0 || l->plan->n_counters == 0)
		return;
	memcpy(base, l->base, l->plan->n_counters * sizeof(base[0]));
	/* It may boot before the poll's own answer. */
	for (unsigned i = 0; i < l->plan->n_counters; i++) {
		int64_t boot_cs = l->base_uptime >= 0 ? at.when_cs - l->base_uptime : 0;

		base[i].boot_cs =
		    target_started_at(boot_cs, boot_cs, l->base_uptime, base[i].boot_cs);
	}
	t->first = meter_advance(&t->meter, base, l->plan->n_counters, &at) == SAMPLE_FIRST;
	t->heard_cs = at.when_cs;
}

/* A box is known by its address. Of those that tell none, another model is another box: what its
 * counters stand at is not this device's. */
static uint8_t
is_other_box(const struct target *t, const struct learned *l)
{
	if (t->identity != 0 && l->identity != 0)
		return t->identity != l->identity;
	return t->model != 0 && l->model != 0 && t->model != l->model;
}

static int
take_learned(struct target *t, const struct learned *l)
{
	struct layout *y = NULL;
	uint8_t *octets = NULL;
	size_t len;
	int rc;

	/* What the device could not answer at once, it cannot now. */
	if (t->layout != NULL && t->profile == l->profile)
		l->plan->chunk = t->layout->plan->chunk;
	rc = plan_encode(l->plan, &octets, &len);
	if (rc == KK_OK)
		rc = layouts_take(
		    t->env->layouts, l->profile, t->version, t->community, octets, len, &y, NULL);
	free(octets);
	if (rc != KK_OK)
		return rc;
	t->replaced = is_other_box(t, l);
	if (t->profile != l->profile || t->replaced)
		t->entry = 0xff;
	else
		target_compare_rows(t, l->plan, l->key);
	if (l->identity != 0)
		t->identity = l->identity;
	if (l->model != 0)
		t->model = l->model;
	take_entry(t, l);
	t->fits = (uint8_t)l->fits;
	take_base(t, l);
	return target_use(t, y, l->key);
}

static void
plan_next_learn(struct target *t)
{
	int64_t now = clock_mono_ms(t->env->clock);

	t->learn_at_ms = now + LEARN_EVERY_MS + (int64_t)((uint64_t)t->spread * 3600000 >> 32);
	if (t->rebooted)
		t->learn_at_ms = now + LEARN_AFTER_BOOT_MS;
	else if (t->worse_since_ms != 0)
		t->learn_at_ms = now + MISSING_EVERY_MS;
}

static void
on_learned(void *ctx, int rc, const struct learned *l)
{
	struct target *t = ctx;
	struct learn *learn = t->learn;

	if (rc == KK_OK)
		rc = take_learned(t, l);
	if (rc == KK_OK && t->env->named != NULL)
		t->env->named(t->env->named_ctx, t, l->nameplate);
	t->learn = NULL;
	learn_free(learn);
	if (rc == KK_OK) {
		plan_next_learn(t);
		rc = target_start_gets(t);
	} else if (rc == KK_E_NOTFOUND) {
		t->trouble = TROUBLE_UNKNOWN;
		if (t->rtt_us < 0)
			t->rtt_us = 0; /* it answers, but has nothing that a profile knows */
	} else if (t->rtt_us >= 0) {
		t->trouble = TROUBLE_MIDWAY;
	}
	if (rc != KK_OK)
		target_give_up(t, rc);
}

int
target_start_learn(struct target *t)
{
	struct ask_peer peer = target_as_peer(t);
	int64_t now = clock_mono_ms(t->env->clock);
	int give_in = t->worse_since_ms != 0 && now - t->worse_since_ms > WORSE_AFTER_MS;
	struct learn_known known = {
	    .fixed = t->fixed,
	    .profile = t->profile,
	    .entry = give_in ? 0xff : t->entry,
	    .identity = t->identity,
	};

	t->relearned = 1;
	t->learn_trouble = ASK_SOUND;
	return learn_start(&peer, t->env->profiles, layouts_gate(t->env->layouts), &known,
	    on_learned, t, &t->learn);
}
