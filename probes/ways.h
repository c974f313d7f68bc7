/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ways.h - which way packets go that were like others in this interval or the one before: what
 * counting found out about one of them. Exact up to a bound; beyond it all are forgotten, and
 * learned anew. Pure.
 */
#ifndef KK_PROBES_WAYS_H
#define KK_PROBES_WAYS_H

#include <stddef.h>
#include <stdint.h>

#define WAYS_MAX 65536 /* 48 octets each, and half of the places are empty: 6 MB */

/* Packets of one way, two of them in a line of the cache. All that a packet touches of what is
 * counted is here and in what remembers copies. */
struct way {
	uint64_t key;	  /* struct front's; 0: an empty place */
	uint64_t octets;  /* of packets that are not in their cell yet, nor in their client's row */
	uint32_t cell;	  /* number of the cell that they count in, from 0 */
	uint32_t owner;	  /* count_owner() of it */
	uint16_t packets; /* how many are in `octets`; no copies */
	unsigned direction : 2, place : 6;
	unsigned air : 1;	 /* 802.11 */
	unsigned tunnels : 2;	 /* around the client's frame */
	unsigned by_address : 1; /* the direction is that of the IP addresses, which were ... */
	unsigned from_private : 1, to_private : 1;
	unsigned lasting : 1; /* its cell is there in the next interval too */
	unsigned fresh : 1;   /* nobody came yet in this interval */
};

/* Where they go. */
struct way_end {
	uint64_t pair;	 /* the client's at its owner, 0: none */
	uint64_t client; /* under its pseudonym */
};

struct ways {
	struct way *row;
	struct way_end *end; /* of each row */
	size_t mask;
	size_t n;
};

/** Make a table. @param t Receives it; ways_free() frees its memory. @return 0: out of memory. */
int ways_new(struct ways *t);

/** @param t Table, zeroed is allowed. */
void ways_free(struct ways *t);

/** Forget all. @param t Table. */
void ways_clear(struct ways *t);

/** An interval has ended: those that nobody went in it are forgotten, and those that do not last;
 * the others are fresh. @param t Table; its rows move. */
void ways_age(struct ways *t);

/** Have the place of a way in the cache soon. @param t Table. @param key Key. */
static inline void
ways_foresee(const struct ways *t, uint64_t key)
{
	__builtin_prefetch(&t->row[key & t->mask]);
}

/** Look for a way. @param t Table. @param key Key, not 0. @return Borrowed, until ways_put(); its
 * `key` is 0 if it is not there. */
static inline struct way *
ways_find(const struct ways *t, uint64_t key)
{
	size_t at = (size_t)key & t->mask & ~(size_t)1;
	struct way *w = &t->row[at];

	/* Both of a line at once, without a branch that nobody can foretell. */
	w += w[1].key == key;
	while (w->key != key && w->key != 0) {
		at = (at + 1) & t->mask;
		w = &t->row[at];
	}
	return w;
}

/** Where packets of a way go. @param t Table. @param w Way of it. @return Borrowed as `w` is. */
static inline struct way_end *
ways_end(const struct ways *t, const struct way *w)
{
	return &t->end[w - t->row];
}

/** Keep a way that is not in the table. @param t Table; its rows move if it grows. @param w Way;
 * copied. @param end Likewise. @return 0: there is no room: what is in it is to be taken and
 * ways_clear() called. */
int ways_put(struct ways *t, const struct way *w, const struct way_end *end);

#endif
