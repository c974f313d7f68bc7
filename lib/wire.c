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
