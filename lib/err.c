/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define KK_AS_TEXT(name, text) text,

static const char *const outcome_text[] = {KK_OUTCOMES(KK_AS_TEXT)};
static const char *const error_text[] = {KK_ERRORS(KK_AS_TEXT)};

const char *
kk_strerror(int rc)
{
	int n_outcomes = (int)(sizeof(outcome_text) / sizeof(outcome_text[0]));

	if (rc >= 0)
		return rc < n_outcomes ? outcome_text[rc] : "unknown outcome";
	return rc >= -KK_INDEX_COUNT ? error_text[-rc - 1] : "unknown error";
}

int
kk_from_errno(int err)
{
	static const struct {
		int err, rc;
	} known[] = {
	    {0, KK_OK},
	    {ENOMEM, KK_E_NOMEM},
	    {ENOSPC, KK_E_FULL},
	    {EDQUOT, KK_E_FULL},
	    {EFBIG, KK_E_FULL},
	    {ENOENT, KK_E_NOTFOUND},
	    {EEXIST, KK_E_EXISTS},
	    {EACCES, KK_E_DENIED},
	    {EPERM, KK_E_DENIED},
	    {EROFS, KK_E_DENIED},
	    {EBUSY, KK_E_BUSY},
	    {EAGAIN, KK_E_BUSY},
	    {ECONNREFUSED, KK_E_REFUSED},
	    {EHOSTUNREACH, KK_E_REFUSED},
	    {ENETUNREACH, KK_E_REFUSED},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].err == err)
			return known[i].rc;
	return KK_E_IO;
}

int
diag_set(struct diag *d, int rc, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (d == NULL)
		return rc;
	va_start(ap, fmt);
	n = vsnprintf(d->text, sizeof(d->text), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(d->text)) {
		/* Do not leave half a character at the cut. */
		size_t end = sizeof(d->text) - 1;
		while (end > 0 && ((unsigned char)d->text[end - 1] & 0xc0) == 0x80)
			end--;
		if (end > 0 && (unsigned char)d->text[end - 1] >= 0xc0)
			d->text[end - 1] = '\0';
	}
	return rc;
}
