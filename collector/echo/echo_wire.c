/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/echo/echo_wire.h"

#include <string.h>

#include "lib/wire.h"

enum { ECHO4_REQUEST = 8, ECHO4_REPLY = 0, ECHO6_REQUEST = 128, ECHO6_REPLY = 129 };

static const uint8_t mark[8] = {'k', 'k', 'a', 'c', 'h', 'i', 0, 1};

void
echo_write(uint8_t *out, int ipv6, const struct echo_id *id)
{
	memset(out, 0, ECHO_OCTETS);
	out[0] = ipv6 ? ECHO6_REQUEST : ECHO4_REQUEST;
	out[6] = (uint8_t)(id->sequence >> 8);
	out[7] = (uint8_t)id->sequence;
	memcpy(out + 8, mark, sizeof(mark));
	for (int i = 0; i < 8; i++)
		out[16 + i] = (uint8_t)(id->nonce >> (8 * i));
}

int
echo_read(const uint8_t *p, size_t len, int ipv6, struct echo_id *out)
{
	struct wire w = wire_over(p, len);
	uint8_t type = wire_u8(&w), code = wire_u8(&w);
	const uint8_t *said;

	wire_take(
	    &w, 4); /* checksum, which the kernel has verified; identifier, by which it found us */
	out->sequence = wire_be16(&w);
	said = wire_take(&w, sizeof(mark));
	out->nonce = wire_le64(&w);
	return !w.failed && type == (ipv6 ? ECHO6_REPLY : ECHO4_REPLY) && code == 0 &&
	       memcmp(said, mark, sizeof(mark)) == 0;
}
