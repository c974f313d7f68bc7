/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bucket.h - so many at once, and so many a second for ever (a token bucket). */
#ifndef KK_COLLECTOR_TRAP_BUCKET_H
#define KK_COLLECTOR_TRAP_BUCKET_H

#include <stdint.h>

/* A plain value; all zero is a full one. */
struct bucket {
	int64_t looked_ms; /* monotonic, + 1; 0: never */
	int64_t tokens;	   /* 1/1000 */
};

/** Take one out. @param b Bucket. @param burst How many it holds, 1 .. 1,000,000. @param rate How
 * many come in a second, 1 .. 1,000,000. @param now_ms Monotonic; an earlier one than before adds
 * none. @return 1; 0: it is empty. */
int bucket_take(struct bucket *b, int64_t burst, int64_t rate, int64_t now_ms);

#endif
