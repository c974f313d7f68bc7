/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/snmp/slots.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define CHUNK 1024

/* The 31 bits of an id before the permutation: generation, slot, datagram. */
#define SEND_BITS	4
#define SLOT_BITS	17
#define GENERATION_AT	(SEND_BITS + SLOT_BITS)
#define GENERATION_MAX	1023
#define GENERATION_MIN	8 /* smaller ones would give ids below ID_MIN */
#define ID_BITS		UINT32_C(0x7fffffff)
#define ID_MIN		UINT32_C(0x01000000)
#define SLOT_INDEX_BITS ((UINT32_C(1) << SLOT_BITS) - 1)

_Static_assert(SLOTS_MAX == 1 << SLOT_BITS, "every slot has its number in an id");
_Static_assert(SLOT_SENDS_MAX <= 1 << SEND_BITS, "every datagram has its number in an id");

void
slot_list_add(struct slot_list *l, struct slot *s)
{
	s->next = NULL;
	s->prev = l->tail;
	if (l->tail != NULL)
		l->tail->next = s;
	else
		l->head = s;
	l->tail = s;
}

void
slot_list_remove(struct slot_list *l, struct slot *s)
{
	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		l->head = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	else
		l->tail = s->prev;
	s->next = s->prev = NULL;
}

/* The number that undoes a multiplication by an odd one modulo 2^31 (Newton's iteration: the right
 * bits double with every step). */
static uint32_t
inverse_of(uint32_t odd)
{
	uint32_t x = odd;

	for (int i = 0; i < 5; i++)
		x *= 2 - odd * x;
	return x & ID_BITS;
}

int
slots_init(struct slots *s, size_t max)
{
	uint32_t secret[4];

	*s = (struct slots){.max = max};
	if (getrandom(secret, sizeof(secret), 0) != (ssize_t)sizeof(secret))
		return kk_from_errno(errno);
	for (int i = 0; i < 2; i++) {
		s->add[i] = secret[i] & ID_BITS;
		s->mul[i] = (secret[2 + i] & ID_BITS) | 1;
		s->inverse[i] = inverse_of(s->mul[i]);
	}
	s->chunks = calloc((max + CHUNK - 1) / CHUNK, sizeof(*s->chunks));
	return s->chunks != NULL ? KK_OK : KK_E_NOMEM;
}

void
slots_clear(struct slots *s)
{
	for (size_t i = 0; i < s->n_chunks; i++)
		free(s->chunks[i]);
	free(s->chunks);
	*s = (struct slots){0};
}

struct slot *
slots_at(const struct slots *s, size_t i)
{
	return &s->chunks[i / CHUNK][i % CHUNK];
}

static void
grow(struct slots *s)
{
	struct slot *chunk = calloc(CHUNK, sizeof(*chunk));

	if (chunk == NULL)
		return;
	s->chunks[s->n_chunks++] = chunk;
	for (size_t i = 0; i < CHUNK && s->n < s->max; i++) {
		chunk[i].index = (uint32_t)s->n++;
		chunk[i].generation = GENERATION_MIN;
		slot_list_add(&s->free, &chunk[i]);
	}
}

struct slot *
slots_take(struct slots *s)
{
	struct slot *slot;

	if (s->free.head == NULL && s->n < s->max)
		grow(s);
	if ((slot = s->free.head) == NULL)
		return NULL;
	slot_list_remove(&s->free, slot);
	slot->generation =
	    slot->generation == GENERATION_MAX ? GENERATION_MIN : slot->generation + 1;
	slot->sends = slot->tries = slot->copying = slot->fresh = 0;
	slot->course = (struct usm_course){0};
	slot->probes = 0;
	slot->held = (struct slot_list){0};
	s->in_use++;
	return slot;
}

void
slots_give(struct slots *s, struct slot *slot)
{
	slot->state = SLOT_FREE;
	slot_list_add(
	    &s->free, slot); /* used again as late as possible: a late answer dies first */
	s->in_use--;
}

static uint32_t
permute(const struct slots *s, uint32_t x)
{
	for (int i = 0; i < 2; i++) {
		x = (x + s->add[i]) * s->mul[i] & ID_BITS;
		x ^= x >> 16;
	}
	return x;
}

static uint32_t
permute_back(const struct slots *s, uint32_t x)
{
	for (int i = 1; i >= 0; i--) {
		x ^= x >> 16;
		x = (x * s->inverse[i] - s->add[i]) & ID_BITS;
	}
	return x;
}

uint32_t
slots_id(const struct slots *s, const struct slot *slot, unsigned send)
{
	uint32_t x = (uint32_t)slot->generation << GENERATION_AT | slot->index << SEND_BITS | send;

	/* Walk the cycle until it is back among the four-octet ids: still a permutation of them. */
	do
		x = permute(s, x);
	while (x < ID_MIN);
	return x;
}

struct slot *
slots_find(const struct slots *s, int32_t id, unsigned *send)
{
	uint32_t x = (uint32_t)id, index;
	struct slot *slot;

	if (id < (int32_t)ID_MIN)
		return NULL;
	do
		x = permute_back(s, x);
	while (x < ID_MIN);
	*send = x & ((1 << SEND_BITS) - 1);
	index = x >> SEND_BITS & SLOT_INDEX_BITS;
	if (index >= s->n)
		return NULL;
	slot = slots_at(s, index);
	if (slot->state == SLOT_FREE || slot->generation != x >> GENERATION_AT ||
	    *send >= slot->sends)
		return NULL;
	return slot;
}
