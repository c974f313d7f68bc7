/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/wire.h"

uint64_t
wire_leb(struct wire *w)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = wire_u8(w);

		if (shift == 63 && b > 1)
			break; /* more than 64 bits */
		v |= (uint64_t)(b & 0x7f) << shift;
		if ((b & 0x80) == 0)
			return w->failed ? 0 : v;
	}
	w->failed = 1;
	return 0;
}

size_t
wire_put_leb(uint8_t *out, uint64_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		out[n++] = (uint8_t)(v | 0x80);
	out[n++] = (uint8_t)v;
	return n;
}
