/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/snmp/agents.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BUCKETS 65536 /* half as many as there can be slots */

int
agents_init(struct agents *a)
{
	*a = (struct agents){0};
	if (getrandom(&a->seed, sizeof(a->seed), 0) != (ssize_t)sizeof(a->seed))
		return KK_E_IO;
	a->bucket = calloc(BUCKETS, sizeof(struct slot *));
	return a->bucket != NULL ? KK_OK : KK_E_NOMEM;
}

void
agents_clear(struct agents *a)
{
	free(a->bucket);
	*a = (struct agents){0};
}

int
same_agent(const struct sockaddr_in6 *x, const struct sockaddr_in6 *y)
{
	return x->sin6_port == y->sin6_port &&
	       memcmp(&x->sin6_addr, &y->sin6_addr, sizeof(x->sin6_addr)) == 0;
}

static struct slot **
bucket_of(const struct agents *a, const struct sockaddr_in6 *addr)
{
	uint64_t half[2], h;

	memcpy(half, &addr->sin6_addr, sizeof(half));
	h = (half[0] ^ a->seed) * UINT64_C(0x9e3779b97f4a7c15);
	h = (h ^ h >> 32 ^ half[1] ^ addr->sin6_port) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ h >> 29 ^ a->seed) * UINT64_C(0x94d049bb133111eb);
	return &a->bucket[h >> 48];
}

void
agents_foresee(const struct agents *a, const struct sockaddr_in6 *addr)
{
	__builtin_prefetch(bucket_of(a, addr));
}

const struct slot *
agents_likely(const struct agents *a, const struct sockaddr_in6 *addr)
{
	return *bucket_of(a, addr);
}

struct slot *
agents_find(const struct agents *a, const struct sockaddr_in6 *addr)
{
	struct slot *s = *bucket_of(a, addr);

	while (s != NULL && !same_agent(&s->peer->addr, addr))
		s = s->agent_next;
	return s;
}

void
agents_add(struct agents *a, struct slot *s)
{
	struct slot **at = bucket_of(a, &s->peer->addr);

	s->agent_next = *at;
	*at = s;
}

void
agents_remove(struct agents *a, struct slot *s)
{
	struct slot **at = bucket_of(a, &s->peer->addr);

	while (*at != s)
		at = &(*at)->agent_next;
	*at = s->agent_next;
	s->agent_next = NULL;
}
