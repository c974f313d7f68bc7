/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oid.h - object identifiers as plain values. */
#ifndef KK_COLLECTOR_PROFILE_OID_H
#define KK_COLLECTOR_PROFILE_OID_H

#include <stddef.h>

#define OID_MAX 128 /* sub-identifiers (RFC 3416) */
/* Octets of the longest one as text. */
#define OID_TEXT (OID_MAX * 11)

/* The names in profiles: columns and scalars, no long indexes. */
#define OID_SHORT 32

struct oid {
	size_t len;
	unsigned long sub[OID_SHORT];
};

/**
 * Read "1.3.6.1.2.1", with or without a leading dot.
 *
 * @param text  Digits and dots.
 * @param out   Receives it; 2 .. OID_SHORT sub-identifiers of 32 bits.
 * @return      1, or 0 if it is none.
 */
int oid_parse(const char *text, struct oid *out);

/** Order as agents walk. @param a Sub-identifiers. @param na Count. @param b Others. @param nb
 * Count. @return Below 0, 0, above 0. */
int oid_compare(const unsigned long *a, size_t na, const unsigned long *b, size_t nb);

/** Whether a name starts with a prefix and is longer. @param name Sub-identifiers. @param len
 * Count.
 * @param prefix Prefix. @return 1 or 0. */
int oid_below(const unsigned long *name, size_t len, const struct oid *prefix);

/** As text. @param sub Sub-identifiers. @param len Count. @param out Receives it, cut if need be.
 * @param room Octets in `out`, at least 1. @return `out`. */
char *oid_text(const unsigned long *sub, size_t len, char *out, size_t room);

#endif
