/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set.h - distinct numbers, exactly, up to a bound. */
#ifndef KK_PROBES_SET_H
#define KK_PROBES_SET_H

#include <stddef.h>
#include <stdint.h>

struct set {
	uint64_t *slot; /* 0: empty */
	size_t mask;
	size_t n, max;
	int full; /* something did not fit: `n` is a lower bound */
};

/** Make a set. @param s Receives it; set_free() frees its memory. @param max Most numbers it holds,
 * up to 2^28. @return 0: out of memory. */
int set_new(struct set *s, size_t max);

/** @param s Set, zeroed is allowed. */
void set_free(struct set *s);

/** Forget all. @param s Set. */
void set_clear(struct set *s);

/** Add a number. @param s Set. @param v Number, not 0. @return 1: it is new; 0: it was there; -1:
 * no room. */
int set_add(struct set *s, uint64_t v);

/** Whether a number is there. @param s Set. @param v Number, not 0. @return 1 or 0. */
int set_has(const struct set *s, uint64_t v);

/** A number spread over all 64 bits, for tables. @param v Number. @return Never 0 unless v is 0. */
static inline uint64_t
set_mix(uint64_t v)
{
	v = (v ^ v >> 31) * UINT64_C(0x9e3779b97f4a7c15);
	v = (v ^ v >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return v ^ v >> 32;
}

#endif
