/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch_name.h - names of probes and ids of access points as octets: a length, then UTF-8. What
 * reads or writes the samples socket's messages includes it, nobody else. */
#ifndef KK_LIB_BATCH_NAME_H
#define KK_LIB_BATCH_NAME_H

#include <string.h>

#include "lib/batch_wire.h"
#include "lib/text.h"
#include "lib/wire.h"

/** The length of a name. @param name Text. @return Octets; 0: it is no name. */
static inline size_t
batch_name_length(const char *name)
{
	size_t len = strnlen(name, BATCH_NAME_MAX + 1);

	return len <= BATCH_NAME_MAX && text_is_utf8(name, len) ? len : 0;
}

/** Write a name. @param out Room for 1 + len octets. @param name Text. @param len
 * batch_name_length(). @return Octets written. */
static inline size_t
batch_put_name(uint8_t *out, const char *name, size_t len)
{
	out[0] = (uint8_t)len;
	memcpy(out + 1, name, len);
	return 1 + len;
}

/**
 * Read a name.
 *
 * @param w    Cursor.
 * @param out  Receives it.
 * @retval KK_OK
 * @retval KK_E_TRUNCATED
 * @retval KK_E_SYNTAX  Empty, too long or not UTF-8.
 */
static inline int
batch_take_name(struct wire *w, char out[BATCH_NAME_MAX + 1])
{
	size_t len = wire_u8(w);
	const uint8_t *p = wire_take(w, len);

	if (p == NULL)
		return KK_E_TRUNCATED;
	if (len == 0 || len > BATCH_NAME_MAX || !text_is_utf8((const char *)p, len))
		return KK_E_SYNTAX;
	memcpy(out, p, len);
	out[len] = '\0';
	return KK_OK;
}

#endif
