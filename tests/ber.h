/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ber.h - SNMP messages written by hand for tests, the end first, right or wrong as the test wants
 * them. */
#ifndef KK_TESTS_BER_H
#define KK_TESTS_BER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Grows from the end of `octets` to its start. */
struct ber {
	uint8_t octets[32768];
	size_t at; /* first octet used; sizeof(octets): empty */
};

/** Empty it. @param b Buffer. */
static inline void
ber_start(struct ber *b)
{
	b->at = sizeof(b->octets);
}

/** First octet. @param b Buffer. @return Octets, as many as ber_len(). */
static inline uint8_t *
ber_octets(struct ber *b)
{
	return b->octets + b->at;
}

/** Octets written. @param b Buffer. @return Count. */
static inline size_t
ber_len(const struct ber *b)
{
	return sizeof(b->octets) - b->at;
}

/** Put octets in front. @param b Buffer. @param p Octets. @param len Count. */
static inline void
ber_raw(struct ber *b, const void *p, size_t len)
{
	b->at -= len;
	memcpy(b->octets + b->at, p, len);
}

/** Put tag and length in front of what was written since `end`. @param b Buffer. @param tag Tag.
 * @param end ber_len() before the contents were written. */
static inline void
ber_header(struct ber *b, uint8_t tag, size_t end)
{
	size_t len = ber_len(b) - end;
	uint8_t form[4] = {tag, 0x82, (uint8_t)(len >> 8), (uint8_t)len};

	if (len < 128) {
		form[1] = (uint8_t)len;
		ber_raw(b, form, 2);
	} else {
		ber_raw(b, form, 4);
	}
}

/** A whole value. @param b Buffer. @param tag Tag. @param p Octets. @param len Count. */
static inline void
ber_value(struct ber *b, uint8_t tag, const void *p, size_t len)
{
	size_t end = ber_len(b);

	ber_raw(b, p, len);
	ber_header(b, tag, end);
}

/** A number, in the fewest octets. @param b Buffer. @param tag INTEGER or an unsigned type. @param
 * v Value; unsigned types pass their bits. @param is_unsigned 1: never negative. */
static inline void
ber_number(struct ber *b, uint8_t tag, int64_t v, int is_unsigned)
{
	uint8_t o[9];
	size_t from = is_unsigned ? 0 : 1;

	o[0] = 0;
	for (int i = 0; i < 8; i++)
		o[1 + i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
	while (from < 8 &&
	       ((o[from] == 0 && o[from + 1] < 0x80) || (o[from] == 0xff && o[from + 1] >= 0x80)))
		from++;
	ber_value(b, tag, o + from, 9 - from);
}

/** An object name. @param b Buffer. @param sub Sub-identifiers, two or more. @param n Count. */
static inline void
ber_oid(struct ber *b, const unsigned long *sub, size_t n)
{
	size_t end = ber_len(b);

	for (size_t i = n; i-- > 2;) {
		unsigned long v = sub[i];
		uint8_t o = v & 0x7f;

		ber_raw(b, &o, 1);
		while (v >>= 7) {
			o = 0x80 | (v & 0x7f);
			ber_raw(b, &o, 1);
		}
	}
	ber_raw(b, &(uint8_t){(uint8_t)(sub[0] * 40 + sub[1])}, 1);
	ber_header(b, 0x06, end);
}

/**
 * Around varbinds that are written already: list, PDU, community, version.
 *
 * @param b          Buffer that holds whole varbinds and nothing else.
 * @param version    0: v1, 1: v2c.
 * @param community  Text.
 * @param pdu        PDU tag, 0xa2 is a Response.
 * @param id         Request-id.
 * @param status     error-status.
 * @param index      error-index.
 */
static inline void
ber_message(struct ber *b, int version, const char *community, uint8_t pdu, int64_t id, int status,
    int index)
{
	ber_header(b, 0x30, 0);
	ber_number(b, 0x02, index, 0);
	ber_number(b, 0x02, status, 0);
	ber_number(b, 0x02, id, 0);
	ber_header(b, pdu, 0);
	ber_value(b, 0x04, community, strlen(community));
	ber_number(b, 0x02, version, 0);
	ber_header(b, 0x30, 0);
}

#endif
