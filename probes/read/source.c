/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/read/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "probes/read/gunzip.h"

#define MAGIC_OCTETS 3	       /* of gzip */
#define LOOK_MS	     1000      /* whoever wants to write is let to after 45 s anyway */
#define READ_OCTETS  (1 << 18) /* at once: what is parsed next is still in the cache */

int
source_take(const struct source *s, uint8_t *out, size_t room, size_t *got, struct diag *d)
{
	ssize_t n;

	*got = 0;
	if (s->wait != NULL && !s->wait->wait(s->wait->ctx, s->fd))
		return diag_set(d, KK_E_CLOSED, "%s: read no more", s->name);
	do
		n = read(s->fd, out, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", s->name, strerror(errno));
	*got = (size_t)n;
	return KK_OK;
}

static int
more(struct source *s, size_t have, size_t *got, struct diag *d)
{
	uint8_t *to = s->room + have;
	size_t room = SOURCE_ROOM - have < READ_OCTETS ? SOURCE_ROOM - have : READ_OCTETS;

	if (s->gunzip != NULL)
		return gunzip_read(s->gunzip, s, to, room, got, d);
	return source_take(s, to, room, got, d);
}

static int64_t
processor_ns(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0
		   ? (int64_t)t.tv_sec * 1000000000 + t.tv_nsec
		   : 0;
}

static void
begin_stretch(struct source *s)
{
	s->stretch = source_offset(s);
	s->stretch_ns = processor_ns();
}

/* Look at a file that is held from its beginning on. */
static void
begin_mapping(struct source *s)
{
	if ((s->is_held = mapped_is_held(s->fd)))
		s->end = s->at;
	s->looked_ms = clock_mono_ms(NULL);
	begin_stretch(s);
}

/* What was in a map, or read ahead of the parser, is read again. */
static int
begin_reading(struct source *s, struct diag *d)
{
	uint64_t offset = source_offset(s);

	mapped_free(&s->mapped);
	s->over = 0;
	s->base = offset;
	s->at = s->end = s->window = s->room;
	if (lseek(s->fd, (off_t)offset, SEEK_SET) < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", s->name, strerror(errno));
	return KK_OK;
}

/* Read on where a map is not to be had any more. */
static int
stop_mapping(struct source *s, struct diag *d)
{
	mapped_let_go(s->fd);
	s->is_held = 0;
	return begin_reading(s, d);
}

static int
source_map(struct source *s, struct diag *d)
{
	uint64_t offset = source_offset(s);

	if (!mapped_is_held(s->fd) || !mapped_move(&s->mapped, s->fd, offset))
		return stop_mapping(s, d);
	s->window = s->mapped.p;
	s->base = s->mapped.from;
	s->at = s->window + (offset - s->base);
	s->end = s->window + s->mapped.n;
	return KK_OK;
}

static int
source_read(struct source *s, size_t n, struct diag *d)
{
	size_t have = (size_t)(s->end - s->at), got;
	int rc;

	if (have > 0)
		memmove(s->room, s->at, have);
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

/* A file that is held goes by stretches, of which each is mapped, or read. A map is one, and giving
 * it back is a part of what it takes. */
static int
next_stretch(struct source *s, struct diag *d)
{
	uint64_t octets = source_offset(s) - s->stretch;
	int rc = begin_reading(s, d);

	cheaper_next(&s->cheaper, processor_ns() - s->stretch_ns, octets);
	begin_stretch(s);
	return rc;
}

static int
fill_held(struct source *s, size_t n, struct diag *d)
{
	int rc = KK_OK;

	if (source_is_mapped(s) || source_offset(s) - s->stretch >= MAPPED_OCTETS)
		rc = next_stretch(s, d);
	if (rc == KK_OK && s->cheaper.now == CHEAPER_MAP)
		rc = source_map(s, d);
	if (rc != KK_OK)
		return rc;
	if (!source_is_mapped(s))
		return source_read(s, n, d);
	return (size_t)(s->end - s->at) >= n ? KK_OK : KK_END;
}

int
source_fill(struct source *s, size_t n, struct diag *d)
{
	return s->is_held ? fill_held(s, n, d) : source_read(s, n, d);
}

int
source_check(struct source *s, struct diag *d)
{
	int64_t now_ms;

	if (!s->is_held || (now_ms = clock_mono_ms(NULL)) - s->looked_ms < LOOK_MS)
		return KK_OK;
	s->looked_ms = now_ms;
	return mapped_is_held(s->fd) ? KK_OK : stop_mapping(s, d);
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

static int
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

int
source_open(
    struct source *s, int fd, const char *name, const struct read_patience *wait, struct diag *d)
{
	int rc;

	*s = (struct source){.fd = fd, .name = name, .wait = is_regular(fd) ? NULL : wait};
	if ((s->room = malloc(SOURCE_ROOM)) == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", name);
	s->at = s->end = s->window = s->room;
	rc = source_fill(s, MAGIC_OCTETS, d);
	if (rc < 0)
		return rc;
	if (!gunzip_is(s->at, (size_t)(s->end - s->at))) {
		begin_mapping(s);
		return KK_OK;
	}
	mapped_let_go(fd);
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
	if (s->is_held)
		mapped_let_go(s->fd);
	mapped_free(&s->mapped);
	free(s->room);
	*s = (struct source){0};
}
