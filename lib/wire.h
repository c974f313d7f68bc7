/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire.h - a checked cursor over octets from outside. After the first failure everything is a no-op
 * that gives 0. */
#ifndef KK_LIB_WIRE_H
#define KK_LIB_WIRE_H

#include <stddef.h>
#include <stdint.h>

struct wire {
	const uint8_t *at;
	const uint8_t *end;
	int failed; /* sticky: some read went past the end */
};

/** A cursor over a buffer. @param p First octet; may be NULL when empty. @param len Octets. @return
 * The cursor. */
static inline struct wire
wire_over(const void *p, size_t len)
{
	/* NULL + 0 is undefined in C, so an empty cursor over nothing adds nothing. */
	struct wire w = {
	    (const uint8_t *)p, len > 0 ? (const uint8_t *)p + len : (const uint8_t *)p, 0};

	return w;
}

/** Octets left. @param w Cursor. @return 0 after a failure. */
static inline size_t
wire_left(const struct wire *w)
{
	return w->failed ? 0 : (size_t)(w->end - w->at);
}

/** Step over octets and hand them out. @param w Cursor. @param n Octets. @return First one, NULL on
 * failure. */
static inline const uint8_t *
wire_take(struct wire *w, size_t n)
{
	const uint8_t *p = w->at;

	if (w->failed || (size_t)(w->end - w->at) < n) {
		w->failed = 1;
		return NULL;
	}
	w->at = n > 0 ? p + n : p;
	return p;
}

/** A sub-cursor over the next octets, which are stepped over. @param w Cursor. @param n Octets.
 * @return Failed if too short. */
static inline struct wire
wire_sub(struct wire *w, size_t n)
{
	const uint8_t *p = wire_take(w, n);
	struct wire sub = {p, p ? p + n : NULL, p == NULL};

	return sub;
}

/** One octet. @param w Cursor. @return Value, 0 on failure. */
static inline uint8_t
wire_u8(struct wire *w)
{
	const uint8_t *p = wire_take(w, 1);

	return p ? p[0] : 0;
}

/** 16 bits, network order. @param w Cursor. @return Value, 0 on failure. */
static inline uint16_t
wire_be16(struct wire *w)
{
	const uint8_t *p = wire_take(w, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

/** 32 bits, network order. @param w Cursor. @return Value, 0 on failure. */
static inline uint32_t
wire_be32(struct wire *w)
{
	const uint8_t *p = wire_take(w, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

/** 16 bits, little endian (802.11, radiotap). @param w Cursor. @return Value, 0 on failure. */
static inline uint16_t
wire_le16(struct wire *w)
{
	const uint8_t *p = wire_take(w, 2);

	return p ? (uint16_t)(p[1] << 8 | p[0]) : 0;
}

/** 32 bits, little endian. @param w Cursor. @return Value, 0 on failure. */
static inline uint32_t
wire_le32(struct wire *w)
{
	const uint8_t *p = wire_take(w, 4);

	return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

/** 64 bits, little endian. @param w Cursor. @return Value, 0 on failure. */
static inline uint64_t
wire_le64(struct wire *w)
{
	uint64_t low = wire_le32(w);

	return low | (uint64_t)wire_le32(w) << 32;
}

/**
 * Unsigned LEB128, at most 10 octets, shortest form not required.
 *
 * @param w  Cursor; fails on more than 64 bits.
 * @return   Value, 0 on failure.
 */
uint64_t wire_leb(struct wire *w);

/** Signed number as zigzag LEB128. @param w Cursor. @return Value, 0 on failure. */
static inline int64_t
wire_zigzag(struct wire *w)
{
	uint64_t v = wire_leb(w);

	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/** Octets of the longest LEB128 integer of 64 bits. */
#define WIRE_LEB_MAX 10

/** Write an unsigned LEB128 integer, shortest form. @param out Room for WIRE_LEB_MAX octets. @param
 * v Value. @return Octets written. */
size_t wire_put_leb(uint8_t *out, uint64_t v);

/** Write 64 bits, little endian. @param out Room for 8 octets. @param v Value. @return 8. */
static inline size_t
wire_put_le64(uint8_t *out, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		out[i] = (uint8_t)(v >> 8 * i);
	return 8;
}

/** Write a signed number as zigzag LEB128. @param out Room for WIRE_LEB_MAX octets. @param v Value.
 * @return Octets written. */
static inline size_t
wire_put_zigzag(uint8_t *out, int64_t v)
{
	return wire_put_leb(out, (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0));
}

#endif
