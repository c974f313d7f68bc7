/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/read/source.h"

#include <stdlib.h>
#include <string.h>

#include "probes/read/gunzip.h"

#define MAGIC_OCTETS 3	       /* of gzip */
#define READ_OCTETS  (1 << 18) /* at once: what is parsed next is still in the cache */

static int
more(struct source *s, size_t have, size_t *got, struct diag *d)
{
	uint8_t *to = s->window + have;
	size_t room = SOURCE_ROOM - have < READ_OCTETS ? SOURCE_ROOM - have : READ_OCTETS;

	if (s->gunzip != NULL)
		return gunzip_read(s->gunzip, s->fd, s->name, to, room, got, d);
	return read_some(s->fd, s->name, to, room, got, d);
}

int
source_fill(struct source *s, size_t n, struct diag *d)
{
	size_t have = (size_t)(s->end - s->at), got;
	int rc;

	if (have > 0)
		memmove(s->window, s->at, have);
	s->base = source_offset(s);
	s->at = s->window;
	s->end = s->window + have;
	while (have < n && !s->over) {
		if ((rc = more(s, have, &got, d)) != KK_OK)
			return rc;
		s->over = got == 0;
		have += got;
		s->end = s->window + have;
	}
	return have >= n ? KK_OK : KK_END;
}

int
source_skip(struct source *s, uint64_t n, struct diag *d)
{
	int rc;

	for (;;) {
		size_t have = (size_t)(s->end - s->at);

		if (n <= have) {
			s->at += n;
			return KK_OK;
		}
		s->at = s->end;
		n -= have;
		if ((rc = source_fill(s, 1, d)) != KK_OK)
			return rc;
	}
}

int
source_open(struct source *s, int fd, const char *name, struct diag *d)
{
	int rc;

	*s = (struct source){.fd = fd, .name = name};
	if ((s->window = malloc(SOURCE_ROOM)) == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", name);
	s->at = s->end = s->window;
	rc = source_fill(s, MAGIC_OCTETS, d);
	if (rc < 0 || !gunzip_is(s->at, (size_t)(s->end - s->at)))
		return rc < 0 ? rc : KK_OK;
	if ((s->gunzip = gunzip_new(s->at, (size_t)(s->end - s->at))) == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", name);
	s->end = s->at;
	s->over = 0;
	return KK_OK;
}

void
source_close(struct source *s)
{
	gunzip_free(s->gunzip);
	free(s->window);
	*s = (struct source){0};
}
