/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copies.h - frames that come twice: inside a tunnel and outside, or from two mirror ports. What
 * came in the last 100 ms is remembered, in 512 KB that are taken at once: 57,344 frames, of which
 * the oldest of seven gives way. Pure.
 */
#ifndef KK_PROBES_COPIES_H
#define KK_PROBES_COPIES_H

#include <stddef.h>
#include <stdint.h>

#include "probes/set.h"

#define COPIES_WAYS 7
#define COPIES_SETS 8192
#define COPIES_US   100000 /* how much later a copy may come, or earlier */
#define COPIES_SOON 10000  /* the same, of what its sender may send again */

/* One line of the cache. */
struct copies_set {
	/* An octet of each frame's hash, and in the highest octet the place of the oldest one: with
	 * one look at it nearly every frame is known to be none of these. */
	uint64_t tags;
	/* Of each frame: half of its hash << 32 | place << 26 | direction << 24 | time. */
	uint64_t frame[COPIES_WAYS];
};

struct copies {
	void *memory;
	struct copies_set *set;
};

/* A frame that was seen. */
struct copies_frame {
	uint64_t hash;	   /* of what it is and whose */
	int64_t time_us;   /* of the capture */
	uint32_t soon_us;  /* as a copy at the same place it comes so soon, at most COPIES_US */
	uint8_t place;	   /* where it was seen, 6 bits: addresses, tags, tunnels */
	uint8_t direction; /* 0: not known, else 1 or 2: a frame comes once in each */
};

/** Take the memory. @param c Receives it; copies_free() frees it. @return 0: out of memory. */
int copies_new(struct copies *c);

/** @param c Memory, zeroed is allowed. */
void copies_free(struct copies *c);

/** Have the place of a frame in the cache soon. @param c Memory. @param hash Of the frame. */
static inline void
copies_foresee(const struct copies *c, uint64_t hash)
{
	__builtin_prefetch(&c->set[hash % COPIES_SETS], 1);
}

/** Note a frame. @param c Memory. @param f Frame. @return 1: it is a copy of one that was noted. */
int copies_note(struct copies *c, const struct copies_frame *f);

#endif
