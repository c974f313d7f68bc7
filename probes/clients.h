/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clients.h - what each client of an access point carried in an interval; exact up to a bound. */
#ifndef KK_PROBES_CLIENTS_H
#define KK_PROBES_CLIENTS_H

#include <stddef.h>
#include <stdint.h>

#include "probes/set.h"

/* One client at one owner; four of them in a line of the cache. */
struct client_row {
	uint64_t pair;	 /* hash of owner and client; 0: an empty place */
	uint64_t octets; /* down and up */
};

struct clients {
	struct client_row *row;
	uint32_t *owner; /* of each row: the caller's number of an access point */
	size_t mask;
	size_t n, max;
	int full; /* somebody did not fit */
};

/** Make a table. @param t Receives it; clients_free() frees its memory. @param max Most rows, up to
 * 2^24. @return 0: out of memory. */
int clients_new(struct clients *t, size_t max);

/** @param t Table, zeroed is allowed. */
void clients_free(struct clients *t);

/** Forget all. @param t Table. */
void clients_clear(struct clients *t);

/** The place of a client, searched from its hash on. @param t Table. @param pair clients_pair().
 * @return Its row, or an empty one. */
static inline struct client_row *
clients_place(const struct clients *t, uint64_t pair)
{
	size_t at = (size_t)pair & t->mask;

	while (t->row[at].pair != 0 && t->row[at].pair != pair)
		at = (at + 1) & t->mask;
	return &t->row[at];
}

/** What a client at an owner is known by. @param owner Number. @param client Pseudonym, not 0.
 * @return Never 0. */
static inline uint64_t
clients_pair(uint32_t owner, uint64_t client)
{
	uint64_t pair = set_mix(client + ((uint64_t)owner + 1) * UINT64_C(0x9e3779b97f4a7c15));

	return pair != 0 ? pair : 1;
}

/** Have a client's place in the cache soon. @param t Table. @param pair clients_pair(). */
static inline void
clients_foresee(const struct clients *t, uint64_t pair)
{
	__builtin_prefetch(&t->row[pair & t->mask], 1);
}

/** A new client's row. @param t Table; it may grow, and its rows move. @param owner Number. @param
 * pair clients_pair() that is not in the table. @return NULL: no room. */
struct client_row *clients_add(struct clients *t, uint32_t owner, uint64_t pair);

#endif
