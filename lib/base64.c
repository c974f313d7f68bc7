/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base64.h"

#include <stdint.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Up to three octets as four characters. */
static void
put_group(FILE *out, const uint8_t *p, size_t n)
{
	uint32_t v = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0) | (n > 2 ? p[2] : 0);

	fputc(digits[v >> 18], out);
	fputc(digits[v >> 12 & 63], out);
	fputc(n > 1 ? digits[v >> 6 & 63] : '=', out);
	fputc(n > 2 ? digits[v & 63] : '=', out);
}

void
base64_put(FILE *out, const void *p, size_t len, unsigned line)
{
	unsigned column = 0;

	for (size_t i = 0; i < len; i += 3) {
		put_group(out, (const uint8_t *)p + i, len - i);
		column += 4;
		if (line > 0 && (column >= line || i + 3 >= len)) {
			fputc('\n', out);
			column = 0;
		}
	}
}
