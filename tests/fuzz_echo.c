/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: collector/echo/echo_wire.c */
/* Whatever an ICMP socket hands out: it is the reply to one request, or none. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collector/echo/echo_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int v6 = 0; v6 < 2; v6++) {
		uint8_t request[ECHO_OCTETS];
		struct echo_id id;

		if (!echo_read(data, size, v6, &id))
			continue;
		/* What was read is what the request said. */
		echo_write(request, v6, &id);
		if (memcmp(request + 6, data + 6, sizeof(request) - 6) != 0)
			abort();
	}
	return 0;
}
