/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/cables.h"

#include <stdlib.h>

#include "tests/sim/fleet.h"

/* Whom the inventory names as uplink. */
static void
plan(struct fleet *f, const struct fleet_options *o)
{
	for (uint32_t k = 1; o->tree && k < o->switches; k++)
		f->devices[f->aps + k].parent = f->aps + (k - 1) / CABLES_TREE;
	/* The last one closes a ring. */
	if (o->tree && o->switches > CABLES_TREE + 1)
		f->devices[f->n - 1].parent2 = f->aps;
	for (uint32_t i = 0; i < f->n; i++)
		f->devices[i].cabled = f->devices[i].parent;
}

static void
miscable(struct fleet *f, const struct fleet_options *o)
{
	unsigned left = o->switches > 1 ? o->miscable : 0;

	if (left > o->aps)
		left = o->aps;
	for (uint64_t k = 0; left > 0; k++) {
		uint64_t hash = load_mix(o->seed ^ 0xcab1e ^ k << 32);
		struct sim_device *d = &f->devices[hash % o->aps];
		uint32_t was = d->parent - f->aps;

		if (d->cabled != d->parent)
			continue;
		d->cabled =
		    f->aps + (was + 1 + (uint32_t)(hash >> 32) % (o->switches - 1)) % o->switches;
		left--;
	}
}

static int
gather(struct fleet *f)
{
	uint32_t switches = f->n - f->aps;
	uint32_t *first = calloc(switches + 2u, sizeof(*first));
	uint32_t *child = calloc((size_t)f->n * 2 + 1, sizeof(*child));

	f->cables = (struct cables){first, child};
	if (first == NULL || child == NULL)
		return 0;
	for (uint32_t i = 0; i < f->n; i++) {
		if (f->devices[i].cabled != UINT32_MAX)
			first[f->devices[i].cabled - f->aps + 2]++;
		if (f->devices[i].parent2 != UINT32_MAX)
			first[f->devices[i].parent2 - f->aps + 2]++;
	}
	for (uint32_t s = 2; s < switches + 2; s++)
		first[s] += first[s - 1];
	for (uint32_t i = 0; i < f->n; i++) {
		if (f->devices[i].cabled != UINT32_MAX)
			child[first[f->devices[i].cabled - f->aps + 1]++] = i;
		if (f->devices[i].parent2 != UINT32_MAX)
			child[first[f->devices[i].parent2 - f->aps + 1]++] = i;
	}
	return 1;
}

int
cables_lay(struct fleet *f, const struct fleet_options *o)
{
	for (uint32_t i = 0; i < f->n; i++)
		f->devices[i].parent2 = UINT32_MAX;
	plan(f, o);
	miscable(f, o);
	for (uint32_t i = 0; i < f->aps; i++)
		f->devices[i].no_lldp =
		    load_mix(o->seed ^ 0x11d9 ^ (uint64_t)i << 24) % 100 < o->no_lldp_percent;
	for (uint32_t k = 0; k < o->dim && k < o->switches; k++)
		f->devices[f->n - 1 - k].dim = 1;
	return gather(f);
}

void
cables_free(struct cables *c)
{
	free(c->first);
	free(c->child);
	*c = (struct cables){0};
}

const uint32_t *
cables_children(const struct fleet *f, uint32_t index, uint32_t *n)
{
	uint32_t at = index - f->aps, first = f->cables.first[at];

	*n = f->cables.first[at + 1] - first;
	return f->cables.child + first;
}
