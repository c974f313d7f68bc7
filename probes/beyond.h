/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * beyond.h - clients of an interval that found no room in the exact table: a sketch of 1,024
 * registers for each access point that has some. Its standard error is 3.3 %, of that part only.
 */
#ifndef KK_PROBES_BEYOND_H
#define KK_PROBES_BEYOND_H

#include <stddef.h>
#include <stdint.h>

#define BEYOND_NOWHERE UINT32_MAX /* place of those for whom there was no sketch either */

struct beyond {
	uint8_t *reg; /* of all sketches */
	uint32_t used, room;
};

/** Add a client. @param b Sketches; zeroed there are none. @param place In and out: where the
 * access point's is, from 1; 0: it has none yet. @param pair Hash of access point and client. */
void beyond_add(struct beyond *b, uint32_t *place, uint64_t pair);

/** @param b Sketches. @param place Place. @return How many clients; 0 for place 0; -1: unknown. */
int64_t beyond_count(const struct beyond *b, uint32_t place);

/** Forget all. @param b Sketches. */
void beyond_clear(struct beyond *b);

/** @param b Sketches, zeroed is allowed. */
void beyond_free(struct beyond *b);

#endif
