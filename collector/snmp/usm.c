/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm.c - agents' engines: who they are, what their clocks say, and what is kept of it. */
#include "collector/snmp/usm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "collector/snmp/usm_in.h"
#include "lib/text.h"

/* A clock that is off by so much from what was kept is kept anew: well within the window. */
#define KEEP_DRIFT_MS 20000
/* Answers that overtake each other may seem to fall by so much. */
#define FALL_S 5

int
usm_new(struct usm **out)
{
	struct usm *u = calloc(1, sizeof(*u));
	int rc;

	if (u == NULL)
		return KK_E_NOMEM;
	if (getrandom(&u->salt, sizeof(u->salt), 0) != (ssize_t)sizeof(u->salt))
		rc = kk_from_errno(errno);
	else
		rc = usm_crypt_new(&u->crypt);
	if (rc != KK_OK) {
		free(u);
		return rc;
	}
	*out = u;
	return KK_OK;
}

void
usm_free(struct usm *u)
{
	if (u == NULL)
		return;
	usm_senders_free(u);
	usm_crypt_free(u->crypt);
	free(u->by_address.bucket);
	free(u->by_engine.bucket);
	free(u);
}

/* ---- the line of what has to be kept ---- */

static void
keep_remove(struct usm_peer *p)
{
	struct usm *u = p->usm;

	if (!p->to_keep)
		return;
	*(p->keep_prev != NULL ? &p->keep_prev->keep_next : &u->keep_first) = p->keep_next;
	*(p->keep_next != NULL ? &p->keep_next->keep_prev : &u->keep_last) = p->keep_prev;
	p->to_keep = 0;
}

static void
keep_add(struct usm_peer *p)
{
	struct usm *u = p->usm;

	if (p->to_keep)
		return;
	p->to_keep = 1;
	p->keep_next = NULL;
	p->keep_prev = u->keep_last;
	*(u->keep_last != NULL ? &u->keep_last->keep_next : &u->keep_first) = p;
	u->keep_last = p;
}

static int64_t
start_of(const struct usm_peer *p)
{
	return p->at_ms - (int64_t)p->time * 1000;
}

size_t
usm_to_keep(const struct usm *u, struct usm_kept *out, size_t max)
{
	size_t n = 0;

	for (const struct usm_peer *p = u->keep_first; p != NULL && n < max; p = p->keep_next) {
		struct usm_kept *k = &out[n++];

		*k = (struct usm_kept){.addr = p->addr,
		    .port = ntohs(p->port),
		    .engine_len = p->engine_len,
		    .frozen = p->frozen,
		    .boots = p->boots,
		    .time = p->time,
		    .at_ms = p->at_ms,
		    .fell_ms = p->fell_ms};
		memcpy(k->user, p->user->name, p->user->name_len);
		memcpy(k->engine, p->engine, p->engine_len);
	}
	return n;
}

void
usm_kept(struct usm *u, size_t n)
{
	for (; n > 0 && u->keep_first != NULL; n--) {
		u->keep_first->start_ms = start_of(u->keep_first);
		keep_remove(u->keep_first);
	}
}

/* ---- peers ---- */

static uint64_t
address_hash(const struct in6_addr *addr, in_port_t port, const char *user)
{
	uint64_t h = text_hash(addr, sizeof(*addr)) ^ port;

	return (h ^ text_hash(user, strlen(user))) * UINT64_C(0x9e3779b97f4a7c15) >> 7;
}

static struct usm_peer *
find(const struct usm *u, const struct in6_addr *addr, in_port_t port, const char *user)
{
	struct usm_link *l = usm_table_first(&u->by_address, address_hash(addr, port, user));

	for (; l != NULL; l = usm_table_next(l)) {
		struct usm_peer *p = (struct usm_peer *)l;

		if (p->port == port && memcmp(&p->addr, addr, sizeof(*addr)) == 0 &&
		    strcmp(p->user->name, user) == 0)
			return p;
	}
	return NULL;
}

int
usm_peer_take(
    struct usm *u, const struct sockaddr_in6 *addr, struct usm_user *user, struct usm_peer **out)
{
	struct usm_peer *p = find(u, &addr->sin6_addr, addr->sin6_port, user->name);
	int rc;

	/* Who has changed a secret meanwhile is another user of the same name. */
	if (p != NULL && p->user->print == user->print) {
		p->refs++;
		*out = p;
		return KK_OK;
	}
	if ((rc = usm_user_ready(user, u->crypt)) != KK_OK)
		return rc;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return KK_E_NOMEM;
	p->usm = u;
	p->refs = 1;
	p->addr = addr->sin6_addr;
	p->port = addr->sin6_port;
	p->fell_ms = INT64_MIN;
	if (usm_table_add(&u->by_address, &p->by_address,
		address_hash(&p->addr, p->port, user->name)) != KK_OK) {
		free(p);
		return KK_E_NOMEM;
	}
	p->user = usm_user_hold(user);
	*out = p;
	return KK_OK;
}

static int
same_engine(const struct usm_peer *p, const uint8_t *engine, size_t len)
{
	return p->engine_len == len && memcmp(p->engine, engine, len) == 0;
}

/* After a peer came to, or left, an engine id: who shares it? Ends with the first two that do, so
 * that a city of equal ids costs no more. */
static void
mark_shared(struct usm_peer *p, int leaves)
{
	struct usm_link *l = usm_table_first(&p->usm->by_engine, p->by_engine.hash);
	struct usm_peer *one = NULL;

	for (; l != NULL; l = usm_table_next(l)) {
		struct usm_peer *q =
		    (struct usm_peer *)((char *)l - offsetof(struct usm_peer, by_engine));

		if (q == p || !same_engine(q, p->engine, p->engine_len))
			continue;
		if (!leaves &&
		    (q->port != p->port || memcmp(&q->addr, &p->addr, sizeof(q->addr)) != 0)) {
			q->shared = p->shared = 1;
			return;
		}
		if (leaves && one != NULL)
			return; /* at least two are left */
		one = q;
	}
	if (leaves && one != NULL)
		one->shared = 0;
}

static void
forget_engine(struct usm_peer *p)
{
	if (!p->known)
		return;
	usm_table_remove(&p->usm->by_engine, &p->by_engine);
	mark_shared(p, 1);
	p->known = p->sure = p->synced = p->shared = p->frozen = 0;
	keep_remove(p);
}

void
usm_peer_give(struct usm_peer *p)
{
	if (p == NULL || --p->refs > 0)
		return;
	forget_engine(p);
	usm_table_remove(&p->usm->by_address, &p->by_address);
	usm_user_drop(p->user);
	usm_wipe(p, sizeof(*p));
	free(p);
}

int
usm_make_keys(struct usm_crypt *c, const struct usm_user *user, const uint8_t *engine, size_t len,
    struct usm_keys *out)
{
	int rc = KK_OK;

	if (user->auth != USM_AUTH_NONE)
		rc = usm_localize(c, user->auth, user->ku_auth, engine, len, out->auth);
	if (rc == KK_OK && user->priv != USM_PRIV_NONE)
		rc = usm_priv_key(c, user->auth, user->priv, user->ku_priv, engine, len, out->priv);
	return rc;
}

int
usm_learn(struct usm_peer *p, const uint8_t *engine, size_t len, uint32_t boots, uint32_t time,
    int64_t now_ms)
{
	uint8_t copy[USM_ENGINE_MAX];
	int rc;

	memcpy(copy, engine, len);
	forget_engine(p);
	memcpy(p->engine, copy, len);
	p->engine_len = (uint8_t)len;
	if ((rc = usm_make_keys(p->usm->crypt, p->user, p->engine, len, &p->keys)) != KK_OK)
		return rc;
	if (usm_table_add(&p->usm->by_engine, &p->by_engine, text_hash(p->engine, len)) != KK_OK)
		return KK_E_NOMEM;
	p->known = 1;
	mark_shared(p, 0);
	p->boots = boots;
	p->time = time;
	p->at_ms = now_ms;
	return KK_OK;
}

void
usm_gave_up(struct usm_peer *p)
{
	if (!p->sure)
		forget_engine(p);
}

/* ---- time ---- */

uint32_t
usm_time(const struct usm_peer *p, int64_t now_ms)
{
	int64_t passed = p->frozen || now_ms < p->at_ms ? 0 : (now_ms - p->at_ms) / 1000;
	int64_t time = (int64_t)p->time + passed;

	return time < INT32_MAX ? (uint32_t)time : INT32_MAX;
}

int
usm_fits_answers(
    const struct usm *u, const struct in6_addr *from, const struct usm_message *m, int64_t now_ms)
{
	struct usm_link *l = usm_table_first(&u->by_engine, text_hash(m->engine, m->engine_len));

	for (; l != NULL; l = usm_table_next(l)) {
		const struct usm_peer *p =
		    (const struct usm_peer *)((char *)l - offsetof(struct usm_peer, by_engine));

		if (p->synced && same_engine(p, m->engine, m->engine_len) &&
		    memcmp(&p->addr, from, sizeof(*from)) == 0)
			return m->boots > p->boots ||
			       (m->boots == p->boots &&
				   (int64_t)m->time + USM_WINDOW_S >= usm_time(p, now_ms));
	}
	return -1;
}

/* What was kept must tell an engine's time well enough after a restart. */
static void
note_time(struct usm_peer *p)
{
	int64_t off = start_of(p) - p->start_ms;

	if (!p->frozen && (off > KEEP_DRIFT_MS || off < -KEEP_DRIFT_MS))
		keep_add(p);
}

int
usm_timely(struct usm_peer *p, uint32_t boots, uint32_t time, int64_t now_ms)
{
	if (boots == INT32_MAX)
		return 0; /* as the standard has it: for ever */
	/* The first authentic message decides; a discovery's numbers were only a guess. */
	if (!p->synced) {
		p->synced = 1;
		p->boots = boots;
		p->time = time;
		p->at_ms = now_ms;
		keep_add(p);
		return 1;
	}
	if (boots > p->boots || (boots == p->boots && time > p->time)) {
		if (boots > p->boots || p->frozen)
			keep_add(p);
		p->frozen = 0;
		p->boots = boots;
		p->time = time;
		p->at_ms = now_ms;
		note_time(p);
		return 1;
	}
	/* A fall within the window: fresh, as the message id tells, and taken over. */
	if (boots == p->boots && (int64_t)time + FALL_S < (int64_t)p->time &&
	    (int64_t)time + USM_WINDOW_S >= (int64_t)usm_time(p, now_ms)) {
		usm_adopt(p, boots, time, now_ms);
		return 1;
	}
	if (boots == p->boots && time == p->time && now_ms - p->at_ms >= USM_FROZEN_MS &&
	    !p->frozen) {
		p->frozen = 1;
		keep_add(p);
	}
	return boots == p->boots && (int64_t)time + USM_WINDOW_S >= (int64_t)usm_time(p, now_ms);
}

void
usm_adopt(struct usm_peer *p, uint32_t boots, uint32_t time, int64_t now_ms)
{
	int same = boots == p->boots && time == p->time;

	if (p->synced && !same && (boots < p->boots || (boots == p->boots && time < p->time)))
		p->fell_ms = now_ms;
	if (same && p->synced)
		p->frozen = now_ms - p->at_ms >= USM_FROZEN_MS;
	else
		p->frozen = 0;
	p->boots = boots;
	p->time = time;
	if (!same || !p->synced)
		p->at_ms = now_ms;
	p->synced = 1;
	keep_add(p);
}

void
usm_restore(struct usm *u, const struct usm_kept *k)
{
	struct usm_peer *p = find(u, &k->addr, htons(k->port), k->user);

	if (p == NULL || p->known || k->engine_len < USM_ENGINE_MIN ||
	    k->engine_len > USM_ENGINE_MAX || k->boots > INT32_MAX || k->time > INT32_MAX)
		return;
	if (usm_learn(p, k->engine, k->engine_len, k->boots, k->time, k->at_ms) != KK_OK)
		return;
	p->sure = p->synced = 1;
	p->frozen = k->frozen != 0;
	p->fell_ms = k->fell_ms;
	p->start_ms = start_of(p);
}

/* ---- what is wrong ---- */

enum usm_trouble
usm_peer_trouble(const struct usm_peer *p, int64_t now_ms)
{
	if (p->denied != USM_FINE)
		return (enum usm_trouble)p->denied;
	if (p->shared)
		return USM_SHARED;
	if (p->frozen)
		return USM_FROZEN;
	return p->fell_ms != INT64_MIN && now_ms - p->fell_ms < USM_FELL_MS ? USM_BOOTS : USM_FINE;
}

const char *
usm_trouble_text(unsigned t)
{
	static const char *const texts[USM_TROUBLES] = {
	    [USM_FINE] = "",
	    [USM_NO_USER] = "the agent does not know the SNMPv3 user",
	    [USM_BAD_DIGEST] = "the agent has another SNMPv3 authentication secret or protocol",
	    [USM_BAD_LEVEL] = "the agent does not grant the SNMPv3 user this security level",
	    [USM_BAD_PRIV] = "the agent has another SNMPv3 privacy secret or protocol",
	    [USM_BAD_ENGINE] = "the agent's SNMPv3 engine id cannot be used",
	    [USM_BAD_TIME] = "the agent does not accept its own SNMPv3 engine time",
	    [USM_REFUSED] = "the agent refuses SNMPv3 requests",
	    [USM_FROZEN] = "the agent's SNMPv3 engine time stands still",
	    [USM_BOOTS] = "the agent's SNMPv3 engine boots or time fell",
	    [USM_SHARED] = "another device has the same SNMPv3 engine id",
	};

	return t < USM_TROUBLES ? texts[t] : "?";
}
