/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ADDRESS	      0x7f010001u /* 127.1.0.1 */
#define SIM_AS_NAME(id, name) name,

static const char *const names[SIM_PROFILE_COUNT] = {SIM_PROFILES(SIM_AS_NAME)};

const char *
sim_profile_name(unsigned p)
{
	return p < SIM_PROFILE_COUNT ? names[p] : "?";
}

/* Which profile a device has: by its hash, in the parts of the mix. */
static uint8_t
pick_profile(const struct fleet_options *o, uint64_t hash)
{
	unsigned all = 0, at;

	for (unsigned p = 0; p < SIM_SWITCH; p++)
		all += o->mix[p];
	at = all ? (unsigned)(hash % all) : 0;
	for (unsigned p = 0; p < SIM_SWITCH; p++) {
		if (at < o->mix[p])
			return (uint8_t)p;
		at -= o->mix[p];
	}
	return SIM_UNIFI;
}

static void
init_device(struct fleet *f, const struct fleet_options *o, uint32_t i)
{
	struct sim_device *d = &f->devices[i];
	uint64_t hash = load_mix(o->seed ^ 0xdeu << 24 ^ i);

	d->parent = d->parent2 = d->cabled = UINT32_MAX;
	if (i < f->aps) {
		d->profile = pick_profile(o, hash);
		d->v1_only = load_mix(hash ^ 1) % 100 < o->v1_percent;
		d->silent = load_mix(hash) % 1000 < o->dead_percent * 10u;
		d->slow = load_mix(hash ^ 2) % 1000 < o->slow_percent * 10u;
		if (o->switches > 0)
			d->parent = f->aps + (uint32_t)((uint64_t)i * o->switches / f->aps);
	} else {
		d->profile = i < f->n ? SIM_SWITCH : SIM_CONTROLLER;
	}
	/* Booted up to 100 days ago, so that uptimes differ and counters hold something. */
	d->engine_boots = 1 + (uint32_t)(hash >> 40) % 50;
	d->boot_cs = o->now_cs - (int64_t)(hash % (100 * 8640000ULL)) - 360000;
	d->zero_cs = d->boot_cs;
	/* 32-bit devices start shortly below a wrap, each at its own distance. */
	if (d->profile == SIM_IFMIB32)
		d->near_wrap = 0xffffffffULL - load_mix(hash ^ 32) % 2000000;
}

int
fleet_init(struct fleet *f, const struct fleet_options *o)
{
	memset(f, 0, sizeof(*f));
	f->aps = o->aps;
	f->n = o->aps + o->switches;
	f->controllers = o->controllers;
	f->seed = o->seed;
	f->tree = o->tree != 0;
	f->devices = calloc((size_t)f->n + f->controllers, sizeof(*f->devices));
	f->listed = calloc((size_t)f->aps + 1, sizeof(*f->listed));
	if (f->devices == NULL || f->listed == NULL ||
	    !load_init(&f->load, o->seed, o->aps, o->month_octets)) {
		fleet_free(f);
		return 0;
	}
	for (uint32_t i = 0; i < f->n + f->controllers; i++)
		init_device(f, o, i);
	for (uint32_t i = 0; i < f->aps; i++)
		if (f->devices[i].profile == SIM_FIT)
			f->listed[f->n_listed++] = i;
	if (!cables_lay(f, o)) {
		fleet_free(f);
		return 0;
	}
	return 1;
}

void
fleet_free(struct fleet *f)
{
	load_free(&f->load);
	cables_free(&f->cables);
	free(f->devices);
	free(f->listed);
	f->listed = NULL;
	f->devices = NULL;
}

uint32_t
fleet_address(uint32_t index)
{
	return FIRST_ADDRESS + index;
}

uint32_t
fleet_by_address(const struct fleet *f, uint32_t address)
{
	uint32_t i = address - FIRST_ADDRESS;

	return i < f->n + f->controllers ? i : UINT32_MAX;
}

/* Ids that real lists hold and careless programs stumble over. */
static const char *const odd_ids[] = {"---EP000001", "서울5차-0152-1", "-WF171016", "24서울-0001"};
#define ODD_IDS ((uint32_t)(sizeof(odd_ids) / sizeof(odd_ids[0])))

const char *
fleet_id(const struct fleet *f, uint32_t index, char out[32])
{
	if (index >= f->n)
		snprintf(out, 32, "WLC-%u", index - f->n + 1);
	else if (index >= f->aps)
		snprintf(out, 32, "SW-%05u", index - f->aps + 1);
	else if (index < ODD_IDS && f->aps > 100)
		snprintf(out, 32, "%s", odd_ids[index]);
	else
		snprintf(out, 32, "WF%06u", 200001 + index);
	return out;
}

uint32_t
fleet_by_id(const struct fleet *f, const char *id)
{
	char seen[32];

	for (uint32_t i = 0; i < f->n + f->controllers; i++)
		if (strcmp(fleet_id(f, i, seen), id) == 0)
			return i;
	return UINT32_MAX;
}

void
fleet_counters(const struct fleet *f, uint32_t index, unsigned radio, int64_t now_cs,
    uint64_t *down, uint64_t *up)
{
	const struct sim_device *d = &f->devices[index];

	if (index >= f->aps) { /* a switch's ports carry what some AP would */
		index = (index - f->aps) % f->aps;
	}
	*down = load_down(&f->load, index, radio, now_cs) -
		load_down(&f->load, index, radio, d->zero_cs) + d->near_wrap;
	*up = load_up(&f->load, index, radio, now_cs) -
	      load_up(&f->load, index, radio, d->zero_cs) + d->near_wrap;
}

void
fleet_served(struct fleet *f, uint32_t index, unsigned radio, int64_t now_cs)
{
	struct sim_device *d = &f->devices[index];
	struct sim_truth *t = &d->truth[radio];
	uint64_t down, up;

	fleet_counters(f, index, radio, now_cs, &down, &up);
	if (t->first_cs == 0) {
		t->first_cs = now_cs;
	} else if (t->boot_cs == d->zero_cs) {
		t->down += down - t->last_down;
		t->up += up - t->last_up;
	} else { /* octets since then; those between the last value served and the reboot are
		    unknown */
		t->down += down;
		t->up += up;
		t->reboots++;
	}
	t->last_down = down;
	t->last_up = up;
	t->last_cs = now_cs;
	t->boot_cs = d->zero_cs;
}

void
fleet_reboot(struct fleet *f, uint32_t index, int64_t now_cs)
{
	struct sim_device *d = &f->devices[index];

	d->boot_cs = d->zero_cs = now_cs;
	d->engine_boots++;
	d->frozen_cs = 0;
	d->near_wrap = 0;
}

void
fleet_discontinuity(struct fleet *f, uint32_t index, int64_t now_cs)
{
	f->devices[index].zero_cs = now_cs;
	f->devices[index].near_wrap = 0;
}

uint32_t
fleet_first_listed(const struct fleet *f, uint32_t index)
{
	return (uint32_t)((uint64_t)(index - f->n) * f->n_listed / f->controllers);
}

uint32_t
fleet_controller(const struct fleet *f, uint32_t index)
{
	for (uint32_t c = f->n; c < f->n + f->controllers; c++)
		for (uint32_t k = fleet_first_listed(f, c); k < fleet_first_listed(f, c + 1); k++)
			if (f->listed[k] >= index)
				return f->listed[k] == index ? c : UINT32_MAX;
	return UINT32_MAX;
}

int
fleet_reachable(const struct fleet *f, uint32_t index)
{
	/* A switch takes along what really hangs on it. */
	for (; index != UINT32_MAX; index = f->devices[index].cabled)
		if (f->devices[index].silent)
			return 0;
	return 1;
}
