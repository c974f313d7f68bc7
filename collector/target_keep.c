/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_keep.c - what is kept of a target between runs: its layout as octets. */
#include <stdlib.h>
#include <string.h>

#include "collector/target_in.h"
#include "lib/wire.h"

#define KEPT_VERSION 1

int
target_use(struct target *t, struct layout *y, const uint32_t *key)
{
	unsigned n = y->plan->n_counters;
	uint32_t *copy = malloc((n > 0 ? n : 1) * sizeof(*copy));

	if (copy == NULL) {
		layout_release(t->env->layouts, y);
		return KK_E_NOMEM;
	}
	memcpy(copy, key, n * sizeof(*copy));
	free(t->key);
	t->key = copy;
	if (t->layout != NULL)
		layout_release(t->env->layouts, t->layout);
	t->layout = y;
	t->profile = y->profile;
	t->dirty = 1;
	return KK_OK;
}

const void *
target_layout(struct target *t, const char **profile, size_t *len)
{
	const struct layout *y = t->layout;
	size_t n = 0;

	free(t->kept);
	t->kept = NULL;
	if (!t->dirty || y == NULL)
		return NULL;
	if ((t->kept = malloc(40 + y->plan->n_counters * 5 + y->len)) == NULL)
		return NULL;
	t->dirty = 0;
	t->kept[n++] = KEPT_VERSION;
	t->kept[n++] = t->entry;
	t->kept[n++] = t->fits;
	n += wire_put_leb(t->kept + n, y->profile->hash);
	n += wire_put_leb(t->kept + n, t->identity);
	n += wire_put_leb(t->kept + n, y->plan->n_counters);
	for (unsigned i = 0; i < y->plan->n_counters; i++)
		n += wire_put_leb(t->kept + n, t->key[i]);
	memcpy(t->kept + n, y->octets, y->len);
	*profile = y->profile->name;
	*len = n + y->len;
	return t->kept;
}

struct kept {
	uint8_t entry, fits;
	uint64_t profile_hash, identity;
	unsigned n;
	uint32_t key[SAMPLE_COUNTERS_MAX];
};

static int
read_kept(struct wire *w, struct kept *k)
{
	uint64_t n;

	if (wire_u8(w) != KEPT_VERSION)
		return KK_E_SYNTAX;
	k->entry = wire_u8(w);
	k->fits = wire_u8(w);
	k->profile_hash = wire_leb(w);
	k->identity = wire_leb(w);
	n = wire_leb(w);
	if (w->failed || n > SAMPLE_COUNTERS_MAX || k->fits > 1)
		return KK_E_SYNTAX;
	k->n = (unsigned)n;
	for (unsigned i = 0; i < k->n; i++) {
		uint64_t key = wire_leb(w);

		if (key > UINT32_MAX)
			return KK_E_SYNTAX;
		k->key[i] = (uint32_t)key;
	}
	return w->failed ? KK_E_SYNTAX : KK_OK;
}

int
target_set_layout(struct target *t, const char *profile, const void *data, size_t len)
{
	const struct profile *p = profiles_by_name(t->env->profiles, profile);
	struct wire w = wire_over(data, len);
	struct layout *y;
	struct kept k;
	int rc;

	if (t->done != NULL || p == NULL || (t->fixed != NULL && p != t->fixed) ||
	    read_kept(&w, &k) != KK_OK || k.profile_hash != p->hash)
		return KK_E_SYNTAX;
	rc = layouts_take(
	    t->env->layouts, p, t->version, t->community, w.at, wire_left(&w), &y, NULL);
	if (rc != KK_OK)
		return KK_E_SYNTAX;
	if (y->plan->n_counters != k.n) {
		layout_release(t->env->layouts, y);
		return KK_E_SYNTAX;
	}
	if ((rc = target_use(t, y, k.key)) != KK_OK)
		return rc;
	t->entry = k.entry;
	t->fits = k.fits;
	t->identity = k.identity;
	t->dirty = 0;
	t->learn_at_ms =
	    clock_mono_ms(t->env->clock) + (int64_t)((uint64_t)t->spread * LEARN_EVERY_MS >> 32);
	if (t->learn_at_ms == 0)
		t->learn_at_ms = 1;
	return KK_OK;
}

void
target_restore(struct target *t, const struct sample *s)
{
	t->silent = (s->flags & SAMPLE_SILENT) != 0;
	meter_free(&t->meter);
	if (meter_restore(&t->meter, s) != KK_OK)
		return;
	t->restored_boot_cs = s->boot_cs;
	t->heard_cs = t->meter.seen_cs;
	if (!(s->flags & SAMPLE_SILENT) && s->time_cs > t->heard_cs)
		t->heard_cs = s->time_cs;
}

void
target_inherit(struct target *t, const struct target *from)
{
	struct sample s = {.time_cs = from->heard_cs,
	    .flags = from->silent > 0 ? SAMPLE_SILENT : 0,
	    .boot_cs = from->restored_boot_cs,
	    .n_counters = from->meter.n,
	    .counters = from->meter.counter};

	if (from->meter.seen_cs == 0)
		return; /* it knows nothing that could be lost */
	sample_set(&s, METRIC_OCTETS_DOWN, (int64_t)from->meter.down);
	sample_set(&s, METRIC_OCTETS_UP, (int64_t)from->meter.up);
	target_restore(t, &s);
	t->agent_boot_cs = from->agent_boot_cs;
	t->host_boot_cs = from->host_boot_cs;
	t->identity = from->identity;
}

void
target_clock_step(struct target *t, int64_t cs)
{
	int64_t *at[] = {&t->agent_boot_cs, &t->host_boot_cs, &t->restored_boot_cs, &t->heard_cs};

	for (unsigned i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (*at[i] != 0)
			*at[i] += cs;
	meter_clock_step(&t->meter, cs);
}
