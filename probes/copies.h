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

#define COPIES_TICK_US	  100
#define COPIES_TIME_BITS  24 /* of ticks: they come round in 28 minutes */
#define COPIES_TIME_MASK  ((UINT64_C(1) << COPIES_TIME_BITS) - 1)
#define COPIES_PLACE_FROM 26
#define COPIES_TAG_FROM \
	16 /* of the hash: neither of the set's number nor of the half that is kept */
#define COPIES_TAGS UINT64_C(0x00ffffffffffffff)

/* One line of the cache. */
struct copies_set {
	/* An octet of each frame's hash, and in the highest octet where the oldest one's is, in
	 * bits: with one look at it nearly every frame is known to be none of these. */
	uint64_t tags;
	/* Of each frame: half of its hash << 32 | place << 26 | direction << 24 | time. */
	uint64_t frame[COPIES_WAYS];
};

struct copies {
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

/** What is kept of a frame, as struct copies_set has it. @param f Frame. @return Number. */
static inline uint64_t
copies_kept(const struct copies_frame *f)
{
	return (f->hash >> 32) << 32 | (uint64_t)(f->place & 63) << COPIES_PLACE_FROM |
	       (uint64_t)(f->direction & 3) << COPIES_TIME_BITS |
	       ((uint64_t)f->time_us / COPIES_TICK_US & COPIES_TIME_MASK);
}

/** Tags that are one: each has its octet's highest bit set; so may one that follows such a tag, as
 * it is compared whole anyway. @param tags Of a set. @param tag Of a frame. @return Bits. */
static inline uint64_t
copies_alike(uint64_t tags, uint64_t tag)
{
	uint64_t each = UINT64_C(0x0001010101010101), differ = tags ^ tag * each;

	return (differ - each) & ~differ & each << 7;
}

/** Look whether a frame is one of those of a set that are alike. @param set Set. @param mine
 * copies_kept(). @param f Frame. @return 1: it is a copy; 0: it was sent again, and is noted anew;
 * -1: it is none of them. */
int copies_compare(struct copies_set *set, uint64_t mine, const struct copies_frame *f);

/** Note a frame. @param c Memory. @param f Frame. @return 1: it is a copy of one that was noted. */
static inline int
copies_note(struct copies *c, const struct copies_frame *f)
{
	struct copies_set *set = &c->set[f->hash % COPIES_SETS];
	uint64_t tag = f->hash >> COPIES_TAG_FROM & 0xff, mine = copies_kept(f);
	unsigned at = (unsigned)(set->tags >> 56); /* bits, of the oldest one's tag */
	int same = copies_alike(set->tags, tag) != 0 ? copies_compare(set, mine, f) : -1;

	if (same >= 0)
		return same;
	/* The oldest frame gives way. */
	set->frame[at / 8] = mine;
	set->tags = (set->tags & COPIES_TAGS & ~(UINT64_C(0xff) << at)) | tag << at |
		    (uint64_t)(at + 8 < COPIES_WAYS * 8 ? at + 8 : 0) << 56;
	return 0;
}

#endif
