/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/slurp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 65536

/* One octet more than `most` is read where there is one: so a file that is too long is known. */
static int
read_all(FILE *f, size_t most, char **out, size_t *len)
{
	size_t room = most < FIRST_ROOM ? most + 1 : FIRST_ROOM;
	char *p;

	while ((p = realloc(*out, room)) != NULL) {
		*out = p;
		errno = 0;
		*len += fread(p + *len, 1, room - *len, f);
		if (ferror(f))
			return errno != 0 ? kk_from_errno(errno) : KK_E_IO;
		if (*len > most)
			return KK_E_RANGE;
		if (*len < room)
			return KK_OK;
		room = room > most / 2 ? most + 1 : room * 2;
	}
	return KK_E_NOMEM;
}

int
slurp(const char *path, size_t most, char **out, size_t *len, struct diag *d)
{
	int is_stdin = strcmp(path, "-") == 0, rc, err;
	const char *name = is_stdin ? "standard input" : path;
	FILE *f = is_stdin ? stdin : fopen(path, "rbe");

	*out = NULL;
	*len = 0;
	if (f == NULL)
		return diag_set(d, kk_from_errno(errno), "%s: %s", name, strerror(errno));
	rc = read_all(f, most, out, len);
	err = errno;
	if (!is_stdin)
		fclose(f);
	if (rc == KK_OK)
		return KK_OK;
	free(*out);
	*out = NULL;
	if (rc == KK_E_RANGE)
		return diag_set(d, rc, "%s: longer than %zu octets", name, most);
	return diag_set(
	    d, rc, "%s: %s", name, rc == KK_E_NOMEM || err == 0 ? kk_strerror(rc) : strerror(err));
}
