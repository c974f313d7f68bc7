/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base64.h - octets as text for a mail or an HTML document (RFC 4648, section 4). */
#ifndef KK_LIB_BASE64_H
#define KK_LIB_BASE64_H

#include <stddef.h>
#include <stdio.h>

#define BASE64_LINE 76 /* characters of a line in a mail (RFC 2045) */

/**
 * Write octets in base64.
 *
 * @param out   Stream; its errors are the caller's to ask for.
 * @param p     Octets.
 * @param len   Count.
 * @param line  Characters of a line, a multiple of 4; a line feed ends each, the last one too. 0:
 * no lines.
 */
void base64_put(FILE *out, const void *p, size_t len, unsigned line);

#endif
