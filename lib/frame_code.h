/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame_code.h - the reasons and statuses that 802.11 frames give, as keys of a probe's counters:
 * why clients were sent away or refused, how often, and by whom. Pure but for the memory of a set.
 */
#ifndef KK_LIB_FRAME_CODE_H
#define KK_LIB_FRAME_CODE_H

#include "lib/err.h"
#include "lib/i18n.h"
#include "lib/sample.h"

/* What gave the number. FRAME_CODE(ID, "name"); numbers of the wire and the database: add at the
 * end. */
#define FRAME_CODES(X)                          \
	X(DEAUTHENTICATION, "deauthentication") \
	X(DISASSOCIATION, "disassociation")     \
	X(ASSOCIATION, "association")           \
	X(AUTHENTICATION, "authentication")
#define FRAME_CODE_AS_ENUM(id, name) FRAME_CODE_##id,
enum frame_code_kind { FRAME_CODES(FRAME_CODE_AS_ENUM) FRAME_CODE_KINDS };

#define FRAME_CODE_UNKNOWN 0xffff  /* it was encrypted */
#define FRAME_CODE_OTHERS  0x10000 /* numbers that found no place of their own */

/** The key of a number. @param kind Frame. @param number IEEE 802.11-2020, 9.4.1.7 (reason) or
 * 9.4.1.9 (status), or one of the two above. @return struct counter's key. */
static inline uint32_t
frame_code_key(enum frame_code_kind kind, uint32_t number)
{
	return (uint32_t)kind << 24 | number;
}

/** What gave a key's number. @param key Key. @return enum frame_code_kind, or FRAME_CODE_KINDS: it
 * is no such key. */
static inline unsigned
frame_code_kind(uint32_t key)
{
	return key >> 24 < FRAME_CODE_KINDS && (key & 0xffffff) <= FRAME_CODE_OTHERS
		   ? key >> 24
		   : FRAME_CODE_KINDS;
}

/** @param key Key. @return Its number. */
static inline uint32_t
frame_code_number(uint32_t key)
{
	return key & 0xffffff;
}

/** What gave a number, in a word. @param kind Frame. @return Static text. */
const char *frame_code_name(enum frame_code_kind kind);

/** What a number means. @param kind Frame. @param number As in the key. @param lang Language.
 * @return Static text, "" if the standard's text is not known here. */
const char *frame_code_text(enum frame_code_kind kind, uint32_t number, enum language lang);

/* Counters of different keys, `down` and `up` being frames to clients and from them. */
struct frame_codes {
	struct counter *counter;
	uint16_t n, room;
};

/** @param c Set; empty afterwards. */
void frame_codes_free(struct frame_codes *c);

/**
 * Make room, so that frame_codes_copy() of as many cannot fail.
 *
 * @param c  Set, zeroed at first.
 * @param n  Count.
 * @retval KK_OK
 * @retval KK_E_NOMEM  The set is as it was.
 */
int frame_codes_room(struct frame_codes *c, uint16_t n);

/**
 * Make a set equal to counters.
 *
 * @param c     Set, zeroed at first.
 * @param from  Counters.
 * @param n     Count, at most SAMPLE_COUNTERS_MAX.
 * @retval KK_OK
 * @retval KK_E_NOMEM  The set is as it was.
 */
int frame_codes_copy(struct frame_codes *c, const struct counter *from, uint16_t n);

/** A key's counter. @param c Set. @param key Key. @return Borrowed; NULL: it has none. */
const struct counter *frame_codes_find(const struct frame_codes *c, uint32_t key);

/**
 * Add what passed to a sum of at most SAMPLE_COUNTERS_MAX counters. When those are few that are
 * left, a new number counts among its kind's FRAME_CODE_OTHERS, for which there is always a place.
 *
 * @param sum   Counters.
 * @param n     How many; grows.
 * @param more  What passed.
 * @return      0: the sum would not fit 64 bits, or the key is no frame's; nothing was added.
 */
int frame_codes_add(
    struct counter sum[SAMPLE_COUNTERS_MAX], uint16_t *n, const struct counter *more);

#endif
