/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/text.h"

#include <ctype.h>
#include <iconv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

size_t
text_char(const uint8_t *p, size_t len, uint32_t *out)
{
	static const uint32_t least[] = {0, 1, 0x80, 0x800, 0x10000};
	size_t n;
	uint32_t c;

	if (len == 0 || p[0] == 0)
		return 0;
	if (p[0] < 0x80) {
		*out = p[0];
		return 1;
	}
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len < n)
		return 0;
	c = p[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*out = c;
	return n;
}

int
text_is_plain(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xad)
		return 0;
	/* Of no width, of direction, or blanks of another kind. */
	return !(c >= 0x2000 && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202f) &&
	       !(c >= 0x205f && c <= 0x206f) && c != 0x3000 && c != 0x061c && c != 0xfeff &&
	       !(c >= 0xfff0 && c <= 0xffff) && c < 0xe0000;
}

int
text_is_utf8(const char *p, size_t len)
{
	uint32_t c;

	while (len > 0) {
		size_t n = text_char((const uint8_t *)p, len, &c);

		if (n == 0)
			return 0;
		p += n;
		len -= n;
	}
	return 1;
}

/* Valid text with controls (C0, DEL, C1) as spaces. */
static void
put_clean(const char *in, size_t len, char *out, size_t room)
{
	size_t at = 0;
	uint32_t c = 0;

	while (len > 0) {
		size_t n = text_char((const uint8_t *)in, len, &c);

		if (n == 0)
			break;
		if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
			if (at + 1 >= room)
				break;
			out[at++] = ' ';
		} else {
			if (at + n >= room)
				break;
			memcpy(out + at, in, n);
			at += n;
		}
		in += n;
		len -= n;
	}
	out[at] = '\0';
}

static void
put_hex(const uint8_t *p, size_t len, char *out, size_t room)
{
	static const char hex[] = "0123456789abcdef";
	size_t at = 0;

	for (size_t i = 0; i < len && at + 2 < room; i++) {
		out[at++] = hex[p[i] >> 4];
		out[at++] = hex[p[i] & 15];
	}
	out[at] = '\0';
}

/* A MAC address may be CP949 by chance: octets that no text holds tell. */
static int
has_binary(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r')
			return 1;
	return 0;
}

void
text_from_octets(const uint8_t *p, size_t len, char *out, size_t room)
{
	char *converted = NULL;
	size_t n = 0;

	while (len > 0 && p[len - 1] == 0)
		len--; /* agents send C strings with their end */
	if (len > TEXT_OCTETS_MAX)
		len = TEXT_OCTETS_MAX;
	if (text_is_utf8((const char *)p, len)) {
		put_clean((const char *)p, len, out, room);
		return;
	}
	if (!has_binary(p, len) && text_from_cp949((const char *)p, len, &converted, &n) == KK_OK)
		put_clean(converted, n, out, room);
	else
		put_hex(p, len, out, room);
	free(converted);
}

int
text_from_cp949(const char *in, size_t len, char **out, size_t *out_len)
{
	/* Two octets become three at the most; one stays one. */
	size_t room = len + len / 2 + 4, left = room, in_left = len;
	char *text = malloc(room + 1), *to = text, *from = (char *)(uintptr_t)in;
	iconv_t cd = iconv_open("UTF-8", "CP949");
	int rc = KK_E_NOMEM;

	if (text != NULL && cd != (iconv_t)-1) {
		int bad = iconv(cd, &from, &in_left, &to, &left) == (size_t)-1 || in_left > 0;

		rc = bad ? KK_E_SYNTAX : KK_OK;
	}
	if (cd != (iconv_t)-1)
		iconv_close(cd);
	*out = NULL;
	if (rc != KK_OK) {
		free(text);
		return rc;
	}
	*out_len = room - left;
	text[*out_len] = '\0';
	*out = text;
	return KK_OK;
}

struct range {
	uint32_t from, to;
};

static int
in_ranges(uint32_t c, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].from && c <= r[i].to)
			return 1;
	return 0;
}

/* wcwidth(3) hangs on the locale, which a daemon does not set: our own short list (UAX 11). */
static unsigned
char_width(uint32_t c)
{
	static const struct range none[] = {{0x0300, 0x036f}, {0x1160, 0x11ff}, {0x200b, 0x200f},
	    {0x20d0, 0x20ff}, {0x3099, 0x309a}, {0xd7b0, 0xd7fb}, {0xfe00, 0xfe0f},
	    {0xfeff, 0xfeff}};
	static const struct range two[] = {{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0x4dbf},
	    {0x4e00, 0xa4cf}, {0xa960, 0xa97c}, {0xac00, 0xd7a3}, {0xf900, 0xfaff},
	    {0xfe30, 0xfe6f}, {0xff01, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
	    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

	if (c < 0x300)
		return c >= 0x20;
	if (in_ranges(c, none, sizeof(none) / sizeof(none[0])))
		return 0;
	return in_ranges(c, two, sizeof(two) / sizeof(two[0])) ? 2 : 1;
}

size_t
text_width(const char *utf8)
{
	const uint8_t *p = (const uint8_t *)utf8;
	size_t len = strlen(utf8), width = 0;
	uint32_t c = 0;

	while (len > 0) {
		size_t n = text_char(p, len, &c);

		if (n == 0) { /* not text: one column an octet */
			n = 1;
			c = '?';
		}
		width += char_width(c);
		p += n;
		len -= n;
	}
	return width;
}

int
text_copy(char *out, size_t room, const char *utf8)
{
	size_t len = strlen(utf8), n = len;

	if (n >= room)
		for (n = room - 1; n > 0 && ((uint8_t)utf8[n] & 0xc0) == 0x80;)
			n--;
	memcpy(out, utf8, n);
	out[n] = '\0';
	return n < len;
}

static int
key_keeps(const char *id, size_t i, size_t len)
{
	char c = id[i];

	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '_' || (c == '-' && i > 0 && i + 1 < len);
}

/* Two hashes in 32 digits behind "~", which no other name holds. */
static void
put_key_hash(const char *id, size_t len, char *out, size_t room)
{
	uint64_t forth = text_hash(id, len), back = UINT64_C(14695981039346656037);

	for (size_t i = len; i > 0; i--)
		back = (back ^ (uint8_t)id[i - 1]) * UINT64_C(1099511628211);
	snprintf(out, room, "~%016llx%016llx", (unsigned long long)forth, (unsigned long long)back);
}

void
text_file_key(const char *id, char out[TEXT_KEY_MAX])
{
	static const char hex[] = "0123456789ABCDEF";
	const size_t tail = 34; /* "~", 32 digits, NUL */
	size_t len = strlen(id), at = 0, cut = 0;

	for (size_t i = 0; i < len; i++) {
		size_t n = key_keeps(id, i, len) ? 1 : 3;

		if (at + n >= TEXT_KEY_MAX) {
			put_key_hash(id, len, out + cut, TEXT_KEY_MAX - cut);
			return;
		}
		if (n == 1) {
			out[at++] = id[i];
		} else {
			out[at++] = '%';
			out[at++] = hex[(uint8_t)id[i] >> 4];
			out[at++] = hex[(uint8_t)id[i] & 15];
		}
		if (at + tail <= TEXT_KEY_MAX)
			cut = at;
	}
	if (at == 0)
		out[at++] = '%'; /* the id "": a name all the same, and nobody else's */
	out[at] = '\0';
}

uint64_t
text_mac(const char *text)
{
	uint64_t n = 0;

	if (strlen(text) != 17)
		return 0;
	for (int i = 0; i < 6; i++) {
		char *end;
		unsigned long octet = strtoul(text + (size_t)i * 3, &end, 16);

		if (!isxdigit((unsigned char)text[i * 3]) || end != text + (size_t)i * 3 + 2 ||
		    (i < 5 && *end != ':' && *end != '-'))
			return 0;
		n = n << 8 | octet;
	}
	return n;
}

uint64_t
text_hash(const void *p, size_t len)
{
	const uint8_t *octets = p;
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < len; i++)
		h = (h ^ octets[i]) * UINT64_C(1099511628211);
	return h;
}

const char *
text_si(double value, const char *unit, char out[32])
{
	static const char *const prefix[] = {"", "k", "M", "G", "T", "P", "E"};
	size_t i = 0;

	if (!isfinite(value)) {
		snprintf(out, 32, "?");
		return out;
	}
	/* 999.95 and up would be shown as 1000.0. */
	while (fabs(value) >= (i == 0 ? 999.5 : 999.95) &&
	       i + 1 < sizeof(prefix) / sizeof(prefix[0])) {
		value /= 1000;
		i++;
	}
	snprintf(out, 32, i == 0 ? "%.0f %s%.8s" : "%.1f %s%.8s", value, prefix[i], unit);
	return out;
}
