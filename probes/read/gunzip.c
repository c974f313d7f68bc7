/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/read/gunzip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "probes/read/source.h"

#define GZIP_ONLY (15 + 16) /* the largest window, and gzip's header rather than zlib's */

struct gunzip {
	z_stream z;
	uint64_t packed; /* octets read until now */
	int between;	 /* a member has ended, the next has not begun */
	int over;	 /* of the file */
	uint8_t in[SOURCE_ROOM];
};

int
gunzip_is(const uint8_t *p, size_t n)
{
	return n >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8;
}

struct gunzip *
gunzip_new(const uint8_t *p, size_t n)
{
	struct gunzip *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	if (inflateInit2(&g->z, GZIP_ONLY) != Z_OK) {
		free(g);
		return NULL;
	}
	memcpy(g->in, p, n);
	g->z.next_in = g->in;
	g->z.avail_in = (uInt)n;
	g->packed = n;
	return g;
}

void
gunzip_free(struct gunzip *g)
{
	if (g == NULL)
		return;
	inflateEnd(&g->z);
	free(g);
}

/* Packed octets, if there are none left. */
static int
refill(struct gunzip *g, const struct source *s, struct diag *d)
{
	size_t n;
	int rc;

	if (g->z.avail_in > 0 || g->over)
		return KK_OK;
	if ((rc = source_take(s, g->in, sizeof(g->in), &n, d)) != KK_OK)
		return rc;
	g->over = n == 0;
	g->packed += n;
	g->z.next_in = g->in;
	g->z.avail_in = (uInt)n;
	return KK_OK;
}

static int
damaged(const struct gunzip *g, const char *name, const char *what, struct diag *d)
{
	return diag_set(d, KK_E_CORRUPT, "%s: octet %llu of gzip: %s", name,
	    (unsigned long long)(g->packed - g->z.avail_in), what);
}

/* Behind a member: another one, or what tapes pad with. 1: the end. */
static int
after_member(struct gunzip *g, const char *name, struct diag *d)
{
	while (g->z.avail_in > 0 && *g->z.next_in == 0) {
		g->z.next_in++;
		g->z.avail_in--;
	}
	if (g->z.avail_in == 0)
		return g->over;
	if (*g->z.next_in != 0x1f)
		return damaged(g, name, "something else follows", d);
	inflateReset(&g->z);
	g->between = 0;
	return KK_OK;
}

/* One step; *over at the end of all. */
static int
step(struct gunzip *g, const char *name, int *over, struct diag *d)
{
	int rc;

	if (g->between) {
		rc = after_member(g, name, d);
		*over = rc == 1;
		return rc < 0 ? rc : KK_OK;
	}
	rc = inflate(&g->z, Z_NO_FLUSH);
	if (rc == Z_STREAM_END) {
		g->between = 1;
		return KK_OK;
	}
	if (rc == Z_BUF_ERROR && g->over)
		return diag_set(d, KK_E_TRUNCATED, "%s: octet %llu of gzip: the file is cut short",
		    name, (unsigned long long)g->packed);
	if (rc != Z_OK && rc != Z_BUF_ERROR)
		return damaged(g, name, g->z.msg != NULL ? g->z.msg : zError(rc), d);
	return KK_OK;
}

int
gunzip_read(struct gunzip *g, const struct source *s, uint8_t *out, size_t room, size_t *got,
    struct diag *d)
{
	int rc = KK_OK, over = 0;

	g->z.next_out = out;
	g->z.avail_out = (uInt)room;
	while (rc == KK_OK && !over && g->z.avail_out == room) {
		rc = refill(g, s, d);
		if (rc == KK_OK)
			rc = step(g, s->name, &over, d);
	}
	*got = room - g->z.avail_out;
	return *got > 0 ? KK_OK : rc;
}
