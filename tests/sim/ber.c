/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/ber.h"

#include <string.h>

struct wire
ber_any(struct wire *w, uint8_t *tag)
{
	size_t len, n;

	*tag = wire_u8(w);
	len = wire_u8(w);
	if (len & 0x80) {
		n = len & 0x7f;
		if (n == 0 || n > 3)
			w->failed = 1;
		for (len = 0; n > 0 && !w->failed; n--)
			len = len << 8 | wire_u8(w);
	}
	return wire_sub(w, len);
}

struct wire
ber_enter(struct wire *w, uint8_t tag)
{
	uint8_t seen;
	struct wire c = ber_any(w, &seen);

	if (seen != tag)
		w->failed = c.failed = 1;
	return c;
}

int32_t
ber_int(struct wire *w)
{
	struct wire c = ber_enter(w, 0x02);
	size_t n = wire_left(&c);
	int64_t v;

	if (n == 0 || n > 4) {
		w->failed = 1;
		return 0;
	}
	v = wire_u8(&c);
	if (v > 0x7f)
		v -= 0x100;
	while (--n > 0)
		v = v * 256 + wire_u8(&c);
	return (int32_t)v;
}

int
ber_oid_decode(struct wire c, struct ber_oid *out)
{
	out->n = 0;
	while (wire_left(&c) > 0) {
		uint64_t v = 0;
		uint8_t b;

		do {
			b = wire_u8(&c);
			v = v << 7 | (b & 0x7f);
		} while ((b & 0x80) && !c.failed && v <= UINT32_MAX);
		if (c.failed || v > UINT32_MAX || out->n + (out->n == 0 ? 2 : 1) > BER_OID_MAX)
			return 0;
		if (out->n == 0) {
			out->sub[0] = v < 80 ? (uint32_t)(v / 40) : 2;
			out->sub[1] = (uint32_t)(v - 40 * out->sub[0]);
			out->n = 2;
		} else {
			out->sub[out->n++] = (uint32_t)v;
		}
	}
	return !c.failed && out->n >= 2;
}

size_t
ber_oid_encode(const struct ber_oid *o, uint8_t *out, size_t room)
{
	size_t at = 0;

	for (size_t i = 1; i < o->n; i++) {
		uint32_t v = i == 1 ? o->sub[0] * 40 + o->sub[1] : o->sub[i];
		int shift = 28;

		while (shift > 0 && v >> shift == 0)
			shift -= 7;
		for (; shift >= 0; shift -= 7) {
			if (at == room)
				return 0;
			out[at++] = (uint8_t)((v >> shift & 0x7f) | (shift ? 0x80 : 0));
		}
	}
	return at;
}

/* The first two share one number in BER (X.690 section 8.19.4): what does not fit would be another
 * name when it is read back. */
static int
starts_well(const struct ber_oid *o)
{
	if (o->n < 2 || o->sub[0] > 2)
		return 0;
	return o->sub[0] < 2 ? o->sub[1] < 40 : o->sub[1] <= UINT32_MAX - 80;
}

int
ber_oid_parse(const char *text, struct ber_oid *out)
{
	out->n = 0;
	if (*text == '.')
		text++;
	while (out->n < BER_OID_MAX) {
		uint64_t v = 0;

		if (*text < '0' || *text > '9')
			return 0;
		while (*text >= '0' && *text <= '9' && v <= UINT32_MAX)
			v = v * 10 + (uint64_t)(*text++ - '0');
		if (v > UINT32_MAX)
			return 0;
		out->sub[out->n++] = (uint32_t)v;
		if (*text == '\0')
			return starts_well(out);
		if (*text++ != '.')
			return 0;
	}
	return 0;
}

int
ber_oid_cmp(const struct ber_oid *a, const struct ber_oid *b)
{
	size_t n = a->n < b->n ? a->n : b->n;

	for (size_t i = 0; i < n; i++)
		if (a->sub[i] != b->sub[i])
			return a->sub[i] < b->sub[i] ? -1 : 1;
	return a->n == b->n ? 0 : a->n < b->n ? -1 : 1;
}

void
ber_out_init(struct ber_out *o, uint8_t *buf, size_t room)
{
	o->start = buf;
	o->at = buf + room;
	o->failed = 0;
}

void
ber_put(struct ber_out *o, const void *p, size_t n)
{
	if (o->failed || (size_t)(o->at - o->start) < n) {
		o->failed = 1;
		return;
	}
	o->at -= n;
	memcpy(o->at, p, n);
}

void
ber_close(struct ber_out *o, uint8_t tag, const uint8_t *end)
{
	size_t len = (size_t)(end - o->at);
	uint8_t head[4];
	size_t n = 0;

	head[n++] = tag;
	if (len >= 256) {
		head[n++] = 0x82;
		head[n++] = (uint8_t)(len >> 8);
	} else if (len >= 128) {
		head[n++] = 0x81;
	}
	head[n++] = (uint8_t)len;
	ber_put(o, head, n);
}

void
ber_put_int(struct ber_out *o, uint8_t tag, int64_t v)
{
	const uint8_t *end = o->at;
	uint8_t b;

	do {
		b = (uint8_t)v;
		ber_put(o, &b, 1);
		v >>= 8;
	} while (!(v == 0 && !(b & 0x80)) && !(v == -1 && (b & 0x80)));
	ber_close(o, tag, end);
}

void
ber_put_unsigned(struct ber_out *o, uint8_t tag, uint64_t v)
{
	const uint8_t *end = o->at;
	uint8_t b, zero = 0;

	do {
		b = (uint8_t)v;
		ber_put(o, &b, 1);
		v >>= 8;
	} while (v != 0);
	if (b & 0x80)
		ber_put(o, &zero, 1);
	ber_close(o, tag, end);
}
