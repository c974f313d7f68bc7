/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: lib/sketch.c */
/* fuzz_sketch.c - sketches from a socket: what is read says a number, and can be written and read
 * back the same; what is refused changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "lib/sketch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t reg[1 << SKETCH_BITS_MAX], again[1 << SKETCH_BITS_MAX];
	static uint8_t out[2 + (1 << SKETCH_BITS_MAX)];
	unsigned bits = size > 0 && data[0] >= SKETCH_BITS_MIN && data[0] <= SKETCH_BITS_MAX
			    ? data[0]
			    : SKETCH_BITS_MIN;
	struct sketch s = {bits, reg}, t = {bits, again};
	int rc, n;

	memset(reg, 0, sizeof(reg));
	memset(again, 0, sizeof(again));
	rc = sketch_decode(data, size, &s);
	if (sketch_decode(data, size, NULL) != rc)
		abort();
	if (rc != KK_OK) {
		if (memcmp(reg, again, sizeof(reg)) != 0)
			abort();
		return 0;
	}
	if ((n = sketch_encode(&s, out, sizeof(out))) <= 0 || (size_t)n > sketch_wire_max(bits) ||
	    sketch_decode(out, (size_t)n, &t) != KK_OK || memcmp(reg, again, sizeof(reg)) != 0 ||
	    sketch_estimate(&s) != sketch_estimate(&t))
		abort();
	return 0;
}
