/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/daykeys.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD_S \
	600 /* tomorrow's key is made so long before midnight, so that probes have it then */

/* What is locked. */
struct secret {
	uint8_t key[DAYKEYS][DAYKEY_OCTETS];
};

struct daykeys {
	const struct kk_clock *clock;
	struct secret *secret;
	struct daykey_facts facts[DAYKEYS];
	struct zone_day today;
};

static int64_t
now_s(const struct daykeys *k)
{
	return clock_utc_cs(k->clock) / 100;
}

static void
make(struct daykeys *k, unsigned which, const struct zone_day *day)
{
	struct daykey_facts *f = &k->facts[which];

	sodium_mprotect_readwrite(k->secret);
	randombytes_buf(k->secret->key[which], DAYKEY_OCTETS);
	sodium_mprotect_readonly(k->secret);
	*f = (struct daykey_facts){.day = day->day,
	    .from_s = day->from_s,
	    .to_s = day->to_s,
	    .whole = now_s(k) < day->from_s};
	while (f->epoch == 0)
		randombytes_buf(&f->epoch, sizeof(f->epoch));
}

/* Tomorrow's becomes today's, where it is; the other place is empty. */
static void
step(struct daykeys *k)
{
	sodium_mprotect_readwrite(k->secret);
	memcpy(k->secret->key[0], k->secret->key[1], DAYKEY_OCTETS);
	sodium_memzero(k->secret->key[1], DAYKEY_OCTETS);
	sodium_mprotect_readonly(k->secret);
	k->facts[0] = k->facts[1];
	k->facts[1] = (struct daykey_facts){0};
}

int
daykeys_follow(struct daykeys *k)
{
	struct zone_day next;
	int made = 0;

	zone_day_of(now_s(k), &k->today);
	if (k->facts[0].day != k->today.day) {
		step(k);
		/* Another day than was foreseen: the clock was set, or this is the start. */
		if (k->facts[0].day != k->today.day) {
			make(k, 0, &k->today);
			made = 1;
		}
	}
	if (k->facts[1].epoch == 0 && now_s(k) >= k->today.to_s - AHEAD_S &&
	    zone_day_bounds(zone_day_add(k->today.day, 1), &next) == KK_OK) {
		make(k, 1, &next);
		made = 1;
	}
	return made;
}

int
daykeys_new(const struct kk_clock *clock, struct daykeys **out, struct diag *d)
{
	struct daykeys *k = calloc(1, sizeof(*k));

	if (k == NULL || sodium_init() < 0) {
		free(k);
		return diag_set(d, KK_E_NOMEM, "out of memory for the day's key");
	}
	k->clock = clock;
	k->secret = sodium_malloc(sizeof(*k->secret));
	if (k->secret == NULL || sodium_mlock(k->secret, sizeof(*k->secret)) != 0) {
		daykeys_free(k);
		return diag_set(d, KK_E_NOMEM,
		    "the day's key cannot be locked into memory (%s): see RLIMIT_MEMLOCK",
		    strerror(errno));
	}
	sodium_memzero(k->secret, sizeof(*k->secret));
	daykeys_follow(k);
	*out = k;
	return KK_OK;
}

void
daykeys_free(struct daykeys *k)
{
	if (k == NULL)
		return;
	sodium_free(k->secret); /* wipes */
	free(k);
}

const struct daykey_facts *
daykeys_facts(const struct daykeys *k, unsigned which)
{
	return &k->facts[which];
}

int
daykeys_message(const struct daykeys *k, unsigned which, uint8_t out[DAYKEY_WIRE_OCTETS])
{
	const struct daykey_facts *f = &k->facts[which];
	struct daykey key = {f->epoch, f->day, f->from_s, f->to_s, {0}};

	if (f->epoch == 0)
		return 0;
	memcpy(key.key, k->secret->key[which], DAYKEY_OCTETS);
	daykey_encode(&key, out);
	sodium_memzero(&key, sizeof(key));
	return 1;
}
