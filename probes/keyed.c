/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/keyed.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "probes/days.h"

#define KEYS	  2		    /* today's and tomorrow's */
#define SAY_MS	  300000	    /* between two rounds */
#define LAST_MS	  600000	    /* a day that is over is told for so long */
#define FORGET_US INT64_C(10000000) /* after a turn every packet from before it is decoded */
#define AHEAD_US  50000		    /* a key is there before the first packet that needs it */
#define CS_US	  10000
#define US	  INT64_C(1000000)

/* Which key: of a day, or our own. */
struct which {
	uint64_t epoch; /* 0: our own */
	kk_day day;
	int64_t from_us, to_us;
};

struct keyed {
	const struct kk_clock *clock;
	const struct map *map;
	char probe[BATCH_NAME_MAX + 1];
	struct pseudonym_turns *turns;
	struct daykey *key; /* KEYS of them, locked; epoch 0: none */
	struct which now, next;
	int64_t turn_us, turned_us;	   /* when `next` begins; when `now` began; 0: never */
	struct day_sketches *today, *last; /* NULL: none */
	int64_t say_ms, last_ms;
	uint8_t message[BATCH_OCTETS_MAX];
};

int
keyed_new(const char *probe, const struct pseudonyms *own, const struct map *map,
    const struct kk_clock *clock, struct keyed **out, struct diag *d)
{
	struct keyed *k = calloc(1, sizeof(*k));
	int rc = KK_E_NOMEM;

	if (k == NULL)
		return diag_set(d, rc, "out of memory");
	if (strlen(probe) <= BATCH_NAME_MAX)
		memcpy(k->probe, probe, strlen(probe) + 1);
	k->clock = clock;
	k->map = map;
	if ((rc = pseudonym_turns_new(own, &k->turns, d)) != KK_OK)
		goto fail;
	k->key = sodium_allocarray(KEYS, sizeof(*k->key));
	if (k->key == NULL || sodium_mlock(k->key, KEYS * sizeof(*k->key)) != 0) {
		rc = diag_set(d, KK_E_NOMEM, "no memory can be locked for the day's key");
		goto fail;
	}
	sodium_memzero(k->key, KEYS * sizeof(*k->key));
	k->say_ms = clock_mono_ms(clock) + SAY_MS;
	*out = k;
	return KK_OK;
fail:
	keyed_free(k);
	return rc;
}

void
keyed_free(struct keyed *k)
{
	if (k == NULL)
		return;
	days_free(k->today);
	days_free(k->last);
	pseudonym_turns_free(k->turns);
	sodium_free(k->key); /* wipes */
	free(k);
}

const struct pseudonym_turns *
keyed_turns(const struct keyed *k)
{
	return k->turns;
}

/* ---- keys ---- */

static int64_t
now_us(const struct keyed *k)
{
	return clock_utc_cs(k->clock) * CS_US;
}

void
keyed_key(struct keyed *k, const struct daykey *key)
{
	struct daykey *to = &k->key[0];

	for (unsigned i = 0; i < KEYS; i++) {
		if (k->key[i].epoch == key->epoch)
			return;
		/* One of the same day takes the old one's place: kkachid was started again. */
		if (k->key[i].day == key->day ||
		    (to->day != key->day && k->key[i].from_s < to->from_s))
			to = &k->key[i];
	}
	*to = *key;
}

/* The key of a moment; NULL: our own. */
static const struct daykey *
key_of(const struct keyed *k, int64_t time_us)
{
	for (unsigned i = 0; i < KEYS; i++)
		if (k->key[i].epoch != 0 && time_us >= k->key[i].from_s * US &&
		    time_us < k->key[i].to_s * US)
			return &k->key[i];
	return NULL;
}

/* A day's key does not outlive its day. */
static void
wipe_old(struct keyed *k, int64_t now)
{
	for (unsigned i = 0; i < KEYS; i++)
		if (k->key[i].epoch != 0 && now >= k->key[i].to_s * US)
			sodium_memzero(&k->key[i], sizeof(k->key[i]));
	if (k->turned_us != 0 && now >= k->turned_us + FORGET_US) {
		k->turned_us = 0;
		pseudonym_turns_forget(k->turns, now);
	}
}

int64_t
keyed_plan(struct keyed *k, int64_t due_us, int64_t step_us)
{
	int64_t now = now_us(k);
	const struct daykey *key;
	struct which next = {0};

	wipe_old(k, now);
	if (due_us == 0 || (k->turn_us != 0 && k->turn_us < due_us))
		return 0; /* no interval runs; or it is planned, and not told yet */
	if (due_us < now + AHEAD_US)
		due_us += (now + AHEAD_US - due_us + step_us - 1) / step_us * step_us;
	if (k->turn_us != 0 && k->turn_us < due_us)
		return 0;
	key = key_of(k, due_us);
	if (key != NULL)
		next = (struct which){key->epoch, key->day, key->from_s * US, key->to_s * US};
	if (next.epoch == (k->turn_us == due_us ? k->next.epoch : k->now.epoch))
		return 0;
	pseudonym_turns_next(k->turns, key != NULL ? key->key : NULL, now, due_us);
	k->next = next;
	k->turn_us = due_us;
	return due_us;
}

/* ---- days ---- */

/* The interval before the turn was told; the next one is under the other key. */
static void
turn(struct keyed *k)
{
	struct sketches_head head = {.epoch = k->next.epoch,
	    .day = k->next.day,
	    .from_cs = k->turn_us / CS_US,
	    .to_cs = k->turn_us / CS_US};

	days_free(k->last);
	if ((k->last = k->today) != NULL)
		days_all(k->last);
	k->last_ms = clock_mono_ms(k->clock) + LAST_MS;
	k->now = k->next;
	k->today = NULL;
	k->turned_us = k->turn_us;
	k->turn_us = 0;
	memcpy(head.probe, k->probe, sizeof(head.probe));
	if (k->now.epoch != 0 && (k->today = days_new(&head, k->map)) == NULL)
		log_line(LOG_LV_ERROR, "no memory for the clients of a day");
}

void
keyed_client(struct keyed *k, uint32_t ap, uint64_t client)
{
	if (k->today != NULL)
		days_add(k->today, ap, client);
}

void
keyed_heard(struct keyed *k, uint32_t ap)
{
	if (k->today != NULL)
		days_heard(k->today, ap);
}

void
keyed_closed(struct keyed *k, int64_t to_us, int partial)
{
	if (k->today != NULL)
		days_until(
		    k->today, (to_us < k->now.to_us ? to_us : k->now.to_us) / CS_US, partial);
	if (k->turn_us != 0 && to_us >= k->turn_us)
		turn(k);
}

int
keyed_map(struct keyed *k, const struct map *map)
{
	int kept = k->today == NULL || days_map(k->today, map);

	if (!kept || (k->last != NULL && !days_map(k->last, map))) {
		days_free(k->today);
		days_free(k->last);
		k->today = k->last = NULL;
		kept = 0;
	}
	k->map = map;
	return kept;
}

/* ---- what kkachid is told ---- */

/* 1: all of it is said. */
static int
say_all(struct keyed *k, struct day_sketches *s,
    int (*say)(void *arg, const uint8_t *message, size_t len), void *arg)
{
	size_t len;
	int rc = KK_OK;

	while (rc == KK_OK && (len = days_message(s, k->message)) > 0)
		if ((rc = say(arg, k->message, len)) == KK_OK)
			days_said(s);
	explicit_bzero(k->message, sizeof(k->message));
	return rc == KK_OK;
}

void
keyed_say(
    struct keyed *k, int end, int (*say)(void *arg, const uint8_t *message, size_t len), void *arg)
{
	int64_t now_ms = clock_mono_ms(k->clock);

	if (k->last != NULL && (say_all(k, k->last, say, arg) || now_ms >= k->last_ms)) {
		days_free(k->last);
		k->last = NULL;
	}
	if (k->today != NULL && (end || now_ms >= k->say_ms) && say_all(k, k->today, say, arg))
		k->say_ms = now_ms + SAY_MS;
}
