/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ber.h - just enough BER (X.690) for an SNMP agent; not net-snmp's, so that product and simulator
 * share no bug. */
#ifndef KK_SIM_BER_H
#define KK_SIM_BER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/wire.h"

#define BER_OID_MAX 64 /* sub-identifiers */

struct ber_oid {
	uint32_t sub[BER_OID_MAX];
	size_t n;
};

/** Step into the next element of a given tag. @param w Cursor; moved behind it. @param tag Tag
 * octet. @return Its contents; failed if the tag or the length does not fit. */
struct wire ber_enter(struct wire *w, uint8_t tag);

/** Step over the next element, whatever it is. @param w Cursor. @param tag Receives its tag.
 * @return Its contents. */
struct wire ber_any(struct wire *w, uint8_t *tag);

/** Read an INTEGER of at most 4 octets. @param w Cursor. @return Value, 0 on failure. */
int32_t ber_int(struct wire *w);

/** Decode the contents of an OBJECT IDENTIFIER. @param c Contents. @param out Receives it. @return
 * 1, or 0: malformed. */
int ber_oid_decode(struct wire c, struct ber_oid *out);

/** Encode an OID's contents. @param o OID, two sub-identifiers and up. @param out Buffer. @param
 * room Octets. @return Octets, 0: no room. */
size_t ber_oid_encode(const struct ber_oid *o, uint8_t *out, size_t room);

/** Read "1.3.6.1...". @param text Dotted numbers, a leading dot is allowed; the first two as
 * BER can say them. @param out Receives it. @return 1 or 0. */
int ber_oid_parse(const char *text, struct ber_oid *out);

/** Lexicographic order (RFC 3416 section 4.2.2). @param a One. @param b Other. @return <0, 0, >0.
 */
int ber_oid_cmp(const struct ber_oid *a, const struct ber_oid *b);

/* Octets written from the end to the front: a length is known when its contents stand. */
struct ber_out {
	uint8_t *start, *at;
	int failed;
};

/** @param o Output. @param buf Buffer. @param room Octets. */
void ber_out_init(struct ber_out *o, uint8_t *buf, size_t room);

/** Put octets in front. @param o Output. @param p Octets. @param n Count. */
void ber_put(struct ber_out *o, const void *p, size_t n);

/** Put tag and length in front of what was put since `end`. @param o Output. @param tag Tag. @param
 * end What `o->at` was before the contents. */
void ber_close(struct ber_out *o, uint8_t tag, const uint8_t *end);

/** Put a signed number with its tag in front. @param o Output. @param tag INTEGER. @param v Value.
 */
void ber_put_int(struct ber_out *o, uint8_t tag, int64_t v);

/** Put an unsigned number with its tag in front (Counter32/64, Gauge32, TimeTicks). @param o
 * Output. @param tag Tag. @param v Value. */
void ber_put_unsigned(struct ber_out *o, uint8_t tag, uint64_t v);

#endif
