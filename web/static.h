/* SPDX-License-Identifier: GPL-3.0-or-later */
/* static.h - the files of the page, read once at start: a request never names a file of the system.
 */
#ifndef KK_WEB_STATIC_H
#define KK_WEB_STATIC_H

#include "lib/err.h"
#include "web/http.h"

struct static_files;

/**
 * Read the page's files.
 *
 * @param dir  Folder that holds index.html.
 * @param out  Receives them; static_free() frees it. Usable even if the page is absent: the answer
 * then says so.
 * @param d    Why the page is absent.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND  No page there; `out` is set all the same.
 * @retval KK_E_NOMEM
 */
int static_read(const char *dir, struct static_files **out, struct diag *d);

/** @param s Files, NULL is allowed. */
void static_free(struct static_files *s);

/** Answer with a file, or with index.html for an address of the page's own (/devices/...). @param s
 * Files. @param rq Request. @param a Answer. */
void static_answer(
    const struct static_files *s, const struct web_request *rq, struct web_answer *a);

#endif
