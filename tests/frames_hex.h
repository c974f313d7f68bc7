/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frames_hex.h - packets that are written as hexadecimal text. */
#ifndef KK_TESTS_FRAMES_HEX_H
#define KK_TESTS_FRAMES_HEX_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Octets of hexadecimal text, spaces skipped, in a copy of the exact size, so that one octet too
 * far is seen. @param hex Text. @param len Receives how many. @return free() it. */
static inline uint8_t *
unhex(const char *hex, size_t *len)
{
	uint8_t *out = malloc(strlen(hex) / 2 + 1);
	size_t n = 0;
	unsigned v;

	if (out == NULL)
		abort();
	for (; *hex != '\0'; hex += 2) {
		while (*hex == ' ')
			hex++;
		if (sscanf(hex, "%2x", &v) != 1)
			abort();
		out[n++] = (uint8_t)v;
	}
	*len = n;
	return realloc(out, n > 0 ? n : 1);
}

/** A UDP packet in IPv4 in Ethernet, from the client to the gateway. @param hex Payload. @param
 * from Port. @param to Port. @param len Receives octets. @return free() it. */
static inline uint8_t *
udp_frame(const char *hex, unsigned from, unsigned to, size_t *len)
{
	size_t payload;
	uint8_t *p = unhex(hex, &payload), *out;
	char head[128];

	snprintf(head, sizeof(head),
	    "020000000b01daa1190000420800"
	    "4500%04zx00010000401100000a01020308080808%04x%04x%04zx0000",
	    payload + 28, from, to, payload + 8);
	out = unhex(head, len);
	out = realloc(out, *len + payload);
	if (out == NULL)
		abort();
	memcpy(out + *len, p, payload);
	*len += payload;
	free(p);
	return out;
}

#endif
