/* SPDX-License-Identifier: GPL-3.0-or-later */
/* url.h - percent-encoding undone, with suspicion: what a browser may send is not always text.
 * Pure. */
#ifndef KK_WEB_URL_H
#define KK_WEB_URL_H

#include <stddef.h>

#include "lib/err.h"
#include "lib/region.h"

#define URL_PARTS_MAX 8

/* A path, cut at its slashes and decoded; parts live in the request's region. */
struct url_path {
	const char *part[URL_PARTS_MAX];
	size_t n;
};

/**
 * Decode a percent-encoded text.
 *
 * @param r    Region for the result.
 * @param in   Encoded text.
 * @param len  Octets.
 * @param out  Receives valid UTF-8 without control characters.
 * @retval KK_OK
 * @retval KK_E_SYNTAX  A stray %, a control character, or no UTF-8.
 * @retval KK_E_NOMEM
 */
int url_decode(struct region *r, const char *in, size_t len, const char **out);

/**
 * Cut a path into decoded parts: "/devices/a%2Fb" is { "devices", "a/b" }. Empty parts are left
 * out.
 *
 * @param r     Region.
 * @param path  Path without the query.
 * @param out   Receives the parts.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_RANGE   More than URL_PARTS_MAX parts.
 * @retval KK_E_NOMEM
 */
int url_split(struct region *r, const char *path, struct url_path *out);

#endif
