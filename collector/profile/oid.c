/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/profile/oid.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

int
oid_parse(const char *text, struct oid *out)
{
	struct oid o = {0};

	if (*text == '.')
		text++;
	for (;;) {
		uint64_t v = 0;
		int digits = 0;

		for (; *text >= '0' && *text <= '9' && v <= UINT32_MAX; text++, digits++)
			v = v * 10 + (uint64_t)(*text - '0');
		if (digits == 0 || v > UINT32_MAX || o.len == OID_SHORT)
			return 0;
		o.sub[o.len++] = (unsigned long)v;
		if (*text == '\0')
			break;
		if (*text++ != '.')
			return 0;
	}
	if (o.len < 2)
		return 0;
	*out = o;
	return 1;
}

int
oid_compare(const unsigned long *a, size_t na, const unsigned long *b, size_t nb)
{
	size_t n = na < nb ? na : nb;

	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return na == nb ? 0 : na < nb ? -1 : 1;
}

int
oid_below(const unsigned long *name, size_t len, const struct oid *prefix)
{
	return len > prefix->len && memcmp(name, prefix->sub, prefix->len * sizeof(*name)) == 0;
}

char *
oid_text(const unsigned long *sub, size_t len, char *out, size_t room)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < len && at < room; i++) {
		int n = snprintf(out + at, room - at, i == 0 ? "%lu" : ".%lu", sub[i]);

		if (n < 0)
			break;
		at += (size_t)n;
	}
	return out;
}
