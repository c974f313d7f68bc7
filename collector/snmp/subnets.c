/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/snmp/subnets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SETS	 1024
#define WAYS	 4
#define BURST_US 250000

int
subnets_set_rate(struct subnets *n, unsigned rate)
{
	if (rate > 0 && n->place == NULL) {
		if (getrandom(&n->seed, sizeof(n->seed), 0) != (ssize_t)sizeof(n->seed))
			return KK_E_NOMEM;
		n->place = calloc((size_t)SETS * WAYS, sizeof(*n->place));
		if (n->place == NULL)
			return KK_E_NOMEM;
	}
	n->cost_us = rate == 0 ? 0 : rate < 1000000 ? 1000000 / rate : 1;
	return KK_OK;
}

void
subnets_clear(struct subnets *n)
{
	free(n->place);
	*n = (struct subnets){0};
}

static int64_t
burst_us(const struct subnets *n)
{
	return BURST_US > n->cost_us ? BURST_US : n->cost_us;
}

/* 127.0.0.0/8 and ::1: no line is there that could be flooded. */
static int
is_loopback(const struct sockaddr_in6 *addr)
{
	const struct in6_addr *a = &addr->sin6_addr;

	return IN6_IS_ADDR_LOOPBACK(a) || (IN6_IS_ADDR_V4MAPPED(a) && a->s6_addr[12] == 127);
}

/* IPv4 comes as ::ffff:a.b.c.d. The lowest bit tells a /24 from a /64. */
static uint64_t
key_of(const struct sockaddr_in6 *addr)
{
	const uint8_t *o = addr->sin6_addr.s6_addr;
	uint64_t key;

	if (IN6_IS_ADDR_V4MAPPED(&addr->sin6_addr))
		return (uint64_t)o[12] << 24 | o[13] << 16 | o[14] << 8 | 1;
	memcpy(&key, o, sizeof(key));
	return key & ~UINT64_C(1);
}

/* Its place, an idle one, or that of the set which is full soonest. */
static struct subnet *
find(struct subnets *n, uint64_t key, int64_t now_us)
{
	uint64_t h = (key ^ n->seed) * UINT64_C(0x9e3779b97f4a7c15);
	struct subnet *set, *best;

	h = (h ^ h >> 32) * UINT64_C(0x94d049bb133111eb);
	set = best = &n->place[(h >> 48) % SETS * WAYS];

	for (int i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].full_us < best->full_us)
			best = &set[i];
	}
	if (best->full_us <= now_us && !best->crowded)
		*best = (struct subnet){.key = key};
	return best;
}

/* Returns 1 if there was a token. */
static int
take(const struct subnets *n, struct subnet *at, int64_t now_us)
{
	int64_t full = at->full_us > now_us ? at->full_us : now_us;

	if (full + n->cost_us - now_us > burst_us(n))
		return 0;
	at->full_us = full + n->cost_us;
	return 1;
}

struct subnet *
subnets_take(struct subnets *n, const struct sockaddr_in6 *addr, int64_t now_us)
{
	struct subnet *at;

	if (n->cost_us == 0 || is_loopback(addr))
		return NULL;
	at = find(n, key_of(addr), now_us);
	return at->waiting.head == NULL && take(n, at, now_us) ? NULL : at;
}

void
subnets_wait(struct subnets *n, struct subnet *at, struct slot *s)
{
	if (!at->crowded) {
		at->crowded = 1;
		at->next = n->crowded;
		n->crowded = at;
	}
	s->subnet = at;
	s->state = SLOT_CROWDED;
	slot_list_add(&at->waiting, s);
}

void
subnets_release(struct subnets *n, int64_t now_us, struct slot_list *queue)
{
	for (struct subnet **at = &n->crowded; *at != NULL;) {
		struct subnet *here = *at;
		struct slot *s;

		while ((s = here->waiting.head) != NULL &&
		       (n->cost_us == 0 || take(n, here, now_us))) {
			slot_list_remove(&here->waiting, s);
			s->state = SLOT_QUEUED;
			slot_list_add(queue, s);
		}
		if (s != NULL) {
			at = &here->next;
		} else {
			here->crowded = 0;
			*at = here->next;
		}
	}
}

int64_t
subnets_due_us(const struct subnets *n)
{
	int64_t due = INT64_MAX;

	for (const struct subnet *at = n->crowded; at != NULL; at = at->next)
		if (at->waiting.head != NULL && at->full_us + n->cost_us - burst_us(n) < due)
			due = at->full_us + n->cost_us - burst_us(n);
	return due;
}
