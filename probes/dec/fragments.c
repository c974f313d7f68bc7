/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/dec/fragments.h"

#include <stdlib.h>
#include <string.h>

#define UNIT  8 /* octets that offsets count in */
#define UNITS (FRAGMENTS_OCTETS / UNIT)
#define WAYS  4 /* places that a datagram may have */
#define SETS  (FRAGMENTS_KNOWN / WAYS)
#define PAIRS 1024
#define NONE  UINT16_MAX

struct datagram {
	uint64_t key;
	int64_t since_us;
	uint16_t store; /* NONE: nothing is kept of it */
	uint8_t state;	/* enum fragment_state */
};

/* A datagram that is being put together. */
struct store {
	uint16_t owner; /* datagram */
	uint32_t units; /* that have come */
	size_t octets;	/* of all of it; 0: the last piece has not come */
	size_t cut;	/* where the first octet is that was not captured */
	uint8_t come[UNITS / 8];
	uint8_t head[FRAGMENTS_HEAD];
};

struct fragments {
	struct datagram datagram[FRAGMENTS_KNOWN];
	struct store store[FRAGMENTS_TOGETHER];
	uint64_t pair[PAIRS];
	uint16_t newest; /* store that was begun last */
};

struct fragments *
fragments_new(void)
{
	struct fragments *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	for (size_t i = 0; i < FRAGMENTS_TOGETHER; i++)
		f->store[i].owner = NONE;
	for (size_t i = 0; i < FRAGMENTS_KNOWN; i++)
		f->datagram[i].store = NONE;
	return f;
}

void
fragments_free(struct fragments *f)
{
	free(f);
}

static int
is_fresh(const struct datagram *g, int64_t now_us)
{
	return now_us - g->since_us <= FRAGMENTS_PATIENCE &&
	       g->since_us - now_us <= FRAGMENTS_PATIENCE;
}

/* Where a datagram is; NULL: nowhere. */
static const struct datagram *
find(const struct fragments *f, uint64_t key, int64_t now_us)
{
	const struct datagram *set = &f->datagram[key % SETS * WAYS];

	for (unsigned i = 0; i < WAYS; i++)
		if (set[i].key == key && set[i].state != FRAGMENT_UNKNOWN &&
		    is_fresh(&set[i], now_us))
			return &set[i];
	return NULL;
}

static void
drop_store(struct fragments *f, struct datagram *g)
{
	if (g->store != NONE)
		f->store[g->store].owner = NONE;
	g->store = NONE;
}

/* The least is given up first. */
static int64_t
age_of(const struct datagram *g)
{
	return g->state == FRAGMENT_UNKNOWN ? INT64_MIN : g->since_us;
}

/* The place of a datagram, a new one in place of the oldest if need be. */
static struct datagram *
place(struct fragments *f, uint64_t key, int64_t now_us)
{
	struct datagram *set = &f->datagram[key % SETS * WAYS], *oldest = set;
	const struct datagram *known = find(f, key, now_us);

	if (known != NULL)
		return &f->datagram[known - f->datagram];
	for (unsigned i = 1; i < WAYS; i++)
		if (age_of(&set[i]) < age_of(oldest))
			oldest = &set[i];
	drop_store(f, oldest);
	*oldest = (struct datagram){.key = key, .since_us = now_us, .store = NONE};
	return oldest;
}

enum fragment_state
fragments_state(const struct fragments *f, uint64_t key, int64_t now_us)
{
	const struct datagram *g = find(f, key, now_us);

	return g != NULL ? (enum fragment_state)g->state : FRAGMENT_UNKNOWN;
}

void
fragments_settle(struct fragments *f, uint64_t key, int64_t now_us, enum fragment_state state)
{
	struct datagram *g = place(f, key, now_us);

	drop_store(f, g);
	g->state = (uint8_t)state;
}

/* The store of a datagram; a new one is that which was begun longest ago. */
static struct store *
store_of(struct fragments *f, struct datagram *g)
{
	struct store *s;

	if (g->store != NONE)
		return &f->store[g->store];
	f->newest = (uint16_t)((f->newest + 1) % FRAGMENTS_TOGETHER);
	s = &f->store[f->newest];
	if (s->owner != NONE) {
		f->datagram[s->owner].state = FRAGMENT_UNKNOWN;
		f->datagram[s->owner].store = NONE;
	}
	g->store = f->newest;
	s->owner = (uint16_t)(g - f->datagram);
	s->units = 0;
	s->octets = 0;
	s->cut = FRAGMENTS_OCTETS;
	memset(s->come, 0, sizeof(s->come));
	return s;
}

/* What came first stays, as a piece that overlaps may be a lie. */
static void
take_unit(struct store *s, const struct fragment_piece *piece, size_t at)
{
	size_t unit = (piece->offset + at) / UNIT, to = piece->offset + at, n = piece->octets - at;

	if (s->come[unit / 8] & 1 << unit % 8)
		return;
	s->come[unit / 8] |= (uint8_t)(1 << unit % 8);
	s->units++;
	n = n < UNIT ? n : UNIT;
	if (at + n > piece->captured) {
		size_t there = at < piece->captured ? piece->captured - at : 0;

		s->cut = s->cut < to + there ? s->cut : to + there;
		n = there;
	}
	if (to + n <= FRAGMENTS_HEAD)
		memcpy(s->head + to, piece->p + at, n);
}

static int
is_possible(const struct fragment_piece *piece)
{
	return piece->octets > 0 && piece->offset % UNIT == 0 &&
	       piece->offset + piece->octets <= FRAGMENTS_OCTETS &&
	       (piece->last || piece->octets % UNIT == 0);
}

enum fragment_news
fragments_add(struct fragments *f, uint64_t key, int64_t now_us, enum fragment_state state,
    const struct fragment_piece *piece, struct fragment_whole *whole)
{
	struct datagram *g;
	struct store *s;

	if (!is_possible(piece))
		return FRAGMENT_BAD;
	g = place(f, key, now_us);
	g->state = (uint8_t)state;
	s = store_of(f, g);
	for (size_t at = 0; at < piece->octets; at += UNIT)
		take_unit(s, piece, at);
	if (piece->last && s->octets == 0)
		s->octets = piece->offset + piece->octets;
	if (s->octets == 0 || s->units != (s->octets + UNIT - 1) / UNIT)
		return FRAGMENT_MORE;
	whole->p = s->head;
	whole->octets = s->octets;
	whole->captured = s->cut < s->octets ? s->cut : s->octets;
	if (whole->captured > FRAGMENTS_HEAD)
		whole->captured = FRAGMENTS_HEAD;
	drop_store(f, g);
	g->state = state == FRAGMENT_WAITS ? FRAGMENT_COUNTED : FRAGMENT_CLIENTS;
	return FRAGMENT_WHOLE;
}

void
fragments_learn(struct fragments *f, uint64_t pair)
{
	f->pair[pair % PAIRS] = pair;
}

int
fragments_learned(const struct fragments *f, uint64_t pair)
{
	return f->pair[pair % PAIRS] == pair;
}
