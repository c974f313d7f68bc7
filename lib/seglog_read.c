/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seglog_read.c - the reader's side: nothing is believed before its checksum fits. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/seglog.h"
#include "lib/seglog_file.h"

#define WINDOW 65536

struct seglog_reader {
	char dir[SEG_DIR_MAX];
	char path[SEG_PATH_MAX]; /* of the open segment */
	struct cursor at;	 /* the next record */
	int is_open;
	int fd; /* -1: a compressed segment, whole in `buf` */
	uint8_t *buf;
	size_t room;
	uint64_t from; /* file offset of buf[0] */
	size_t have;
};

/* What stands at a place. */
enum found {
	FOUND_RECORD,
	FOUND_NOTHING, /* the file ends here */
	FOUND_PART,    /* it ends within a record, or the record is damaged */
	FOUND_ERROR    /* the diag says it */
};

int
seglog_read_from(const char *dir, struct cursor from, struct seglog_reader **out, struct diag *d)
{
	struct seglog_reader *r;

	if (strlen(dir) >= SEG_DIR_MAX)
		return diag_set(d, KK_E_RANGE, "%s: the folder's name is too long", dir);
	if ((r = calloc(1, sizeof(*r))) == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", dir, kk_strerror(KK_E_NOMEM));
	snprintf(r->dir, sizeof(r->dir), "%s", dir);
	snprintf(r->path, sizeof(r->path), "%s", dir);
	r->at = from;
	r->fd = -1;
	*out = r;
	return KK_OK;
}

static void
close_segment(struct seglog_reader *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	r->is_open = 0;
	r->have = 0;
}

void
seglog_reader_free(struct seglog_reader *r)
{
	if (r == NULL)
		return;
	close_segment(r);
	free(r->buf);
	free(r);
}

static int
no_memory(const struct seglog_reader *r, struct diag *d)
{
	diag_set(d, KK_E_NOMEM, "%s: %s", r->path, kk_strerror(KK_E_NOMEM));
	return KK_E_NOMEM;
}

static int
unreadable(const struct seglog_reader *r, struct diag *d)
{
	diag_set(d, KK_E_IO, "%s: %s", r->path, strerror(errno));
	return KK_E_IO;
}

/* `n` octets at `offset` in the buffer; 1: they are there, 0: the file ends before, KK_E_...: no.
 */
static int
fetch(struct seglog_reader *r, uint64_t offset, size_t n, const uint8_t **p, struct diag *d)
{
	size_t want = n > WINDOW ? n : WINDOW;
	uint8_t *more;

	if (offset >= r->from && offset + n <= r->from + r->have) {
		*p = r->buf + (offset - r->from);
		return 1;
	}
	if (r->fd < 0)
		return 0;
	if (want > r->room) {
		if ((more = realloc(r->buf, want)) == NULL)
			return no_memory(r, d);
		r->buf = more;
		r->room = want;
	}
	r->from = offset;
	r->have = 0;
	while (r->have < want) {
		ssize_t got =
		    pread(r->fd, r->buf + r->have, want - r->have, (off_t)(offset + r->have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return unreadable(r, d);
		if (got == 0)
			break;
		r->have += (size_t)got;
	}
	*p = r->buf;
	return r->have >= n;
}

/* Look at the record at `offset`. `fresh` forgets what was read before, as a writer may have gone
 * on. */
static enum found
look(struct seglog_reader *r, uint64_t offset, int fresh, const uint8_t **p, size_t *len,
    struct diag *d)
{
	const uint8_t *head;
	int got;

	if (fresh && r->fd >= 0)
		r->have = 0;
	if ((got = fetch(r, offset, 1, &head, d)) <= 0)
		return got < 0 ? FOUND_ERROR : FOUND_NOTHING;
	if ((got = fetch(r, offset, SEG_RECORD, &head, d)) <= 0)
		return got < 0 ? FOUND_ERROR : FOUND_PART;
	if ((*len = seg_record_len(head)) == 0)
		return FOUND_PART;
	if ((got = fetch(r, offset, SEG_RECORD + *len, &head, d)) <= 0)
		return got < 0 ? FOUND_ERROR : FOUND_PART;
	*p = head + SEG_RECORD;
	return seg_record_ok(head, *p) ? FOUND_RECORD : FOUND_PART;
}

/* The oldest segment from `least` up, and whether there are any; *number 0: none. */
static int
find_segment(const struct seglog_reader *r, uint64_t least, uint64_t *number, uint64_t *newest,
    struct diag *d)
{
	struct seg_entry *all;
	size_t n;
	int rc = seg_list(r->dir, &all, &n, d);

	if (rc != KK_OK)
		return rc;
	*number = 0;
	*newest = n > 0 ? all[n - 1].number : 0;
	for (size_t i = n; i > 0 && all[i - 1].number >= least; i--)
		*number = all[i - 1].number;
	/* A cursor of another, newer log than this one: better twice than never. One past the
	 * newest is where a reader waits that has found the newest unreadable. */
	if (n > 0 && least > *newest + 1) {
		log_line(LOG_LV_WARNING, "%s: segment %llx is not there: reading from the oldest",
		    r->dir, (unsigned long long)least);
		*number = all[0].number;
	}
	free(all);
	return KK_OK;
}

/* A cursor behind the file's end (a tail that was cut off): the end of what there is. */
static void
settle(struct seglog_reader *r, uint64_t size)
{
	const uint8_t *p;
	size_t len;
	uint64_t at = SEG_HEAD;

	if (r->at.offset <= size)
		return;
	while (at < size && look(r, at, 0, &p, &len, NULL) == FOUND_RECORD)
		at += SEG_RECORD + len;
	log_line(LOG_LV_WARNING, "%s: offset %llu is behind its end: going on at %llu", r->path,
	    (unsigned long long)r->at.offset, (unsigned long long)at);
	r->at.offset = at;
}

static int
open_packed(struct seglog_reader *r, struct diag *d)
{
	size_t len = 0;
	uint8_t *p;
	int rc;

	seg_path(r->dir, r->at.segment, SEG_PACKED, r->path);
	if ((rc = seg_unpack(r->path, &p, &len, d)) != KK_OK)
		return rc;
	free(r->buf);
	r->buf = p;
	r->room = r->have = len;
	r->from = 0;
	return KK_OK;
}

/* Open segment `at.segment`, plain or packed. KK_E_TRUNCATED: its header is not whole yet. */
static int
open_segment(struct seglog_reader *r, struct diag *d)
{
	const uint8_t *head;
	struct stat st;
	uint64_t size;
	int rc;

	seg_path(r->dir, r->at.segment, SEG_PLAIN, r->path);
	r->have = 0;
	if ((r->fd = open(r->path, O_RDONLY | O_CLOEXEC)) < 0) {
		if (errno != ENOENT)
			return diag_set(
			    d, kk_from_errno(errno), "%s: %s", r->path, strerror(errno));
		if ((rc = open_packed(r, d)) != KK_OK)
			return rc;
	}
	size = r->fd < 0 ? r->have : fstat(r->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	if ((rc = fetch(r, 0, SEG_HEAD, &head, d)) <= 0)
		return rc < 0 ? rc : diag_set(d, KK_E_TRUNCATED, "%s: no whole header", r->path);
	if ((rc = seg_head_check(head)) != KK_OK)
		return diag_set(d, KK_E_CORRUPT, "%s: %s", r->path, kk_strerror(rc));
	r->is_open = 1;
	if (r->at.offset < SEG_HEAD)
		r->at.offset = SEG_HEAD;
	settle(r, size);
	return KK_OK;
}

static void
go_to(struct seglog_reader *r, uint64_t segment)
{
	close_segment(r);
	r->at = (struct cursor){segment, SEG_HEAD};
}

/* Open the segment in which the reader stands, or the next one that is there. */
static int
open_next(struct seglog_reader *r, struct diag *d)
{
	uint64_t number, newest;
	int rc = find_segment(r, r->at.segment, &number, &newest, d);

	if (rc != KK_OK)
		return rc;
	if (number == 0)
		return KK_END;
	if (number != r->at.segment)
		go_to(r, number);
	if ((rc = open_segment(r, d)) == KK_OK)
		return KK_OK;
	close_segment(r);
	if (rc == KK_E_NOTFOUND)
		return KK_END; /* trimmed between two looks; found in the next call */
	if (rc == KK_E_TRUNCATED && number == newest)
		return KK_END; /* its writer is about to make it */
	if (rc == KK_E_TRUNCATED || rc == KK_E_CORRUPT) {
		go_to(r, number + 1);
		return KK_E_CORRUPT;
	}
	return rc;
}

/* Whether a whole record stands behind the damaged one: then its length can be believed. */
static int
skip_one(struct seglog_reader *r)
{
	const uint8_t *p;
	size_t len = 0, ignored;
	uint64_t behind;

	if (look(r, r->at.offset, 1, &p, &len, NULL) != FOUND_PART || len == 0)
		return 0;
	behind = r->at.offset + SEG_RECORD + len;
	if (look(r, behind, 0, &p, &ignored, NULL) != FOUND_RECORD)
		return 0;
	/* What is read now was written before that one, so it is not half-written any more. */
	if (look(r, r->at.offset, 1, &p, &len, NULL) != FOUND_PART)
		return 0;
	r->at.offset = behind;
	return 1;
}

/* There is no whole record here. Says what to do: KK_OK: look again; KK_END; KK_E_... */
static int
stuck(struct seglog_reader *r, enum found found, const struct cursor *limit, struct diag *d)
{
	const struct cursor damaged = r->at;
	uint64_t number, newest;
	const uint8_t *p;
	struct stat st;
	size_t len;
	int rc = find_segment(r, r->at.segment + 1, &number, &newest, d);

	if (rc != KK_OK)
		return rc;
	if (newest > r->at.segment) { /* closed: what is here now is all that comes */
		found = look(r, r->at.offset, 1, &p, &len, d);
		if (found == FOUND_RECORD)
			return KK_OK;
		if (found == FOUND_NOTHING) {
			go_to(r, number);
			return KK_OK;
		}
	} else if (r->fd >= 0 && fstat(r->fd, &st) == 0) {
		settle(r, (uint64_t)st.st_size);
		if (r->at.offset != damaged.offset)
			return KK_OK;
	}
	if (found == FOUND_ERROR)
		return KK_E_IO;
	diag_set(d, KK_E_CORRUPT, "%s: damaged record at offset %llu", r->path,
	    (unsigned long long)damaged.offset);
	if (found == FOUND_PART && skip_one(r))
		return KK_E_CORRUPT;
	if (newest > damaged.segment)
		go_to(r, number);
	else if (found == FOUND_PART && limit != NULL && limit->segment == damaged.segment)
		r->at = *limit; /* its writer says that it is whole up to there, and it is not */
	else
		return KK_END;
	return KK_E_CORRUPT;
}

int
seglog_next(struct seglog_reader *r, const struct cursor *limit, const void **p, size_t *len,
    struct cursor *next, struct diag *d)
{
	const uint8_t *payload;
	enum found found;
	int rc;

	for (;;) {
		if (limit != NULL && cursor_cmp(r->at, *limit) >= 0)
			return KK_END;
		if (!r->is_open && (rc = open_next(r, d)) != KK_OK)
			return rc;
		if (limit != NULL && cursor_cmp(r->at, *limit) >= 0)
			return KK_END;
		found = look(r, r->at.offset, 0, &payload, len, d);
		if (found == FOUND_RECORD)
			break;
		/* The window may be older than what the writer has added since. */
		if (found != FOUND_ERROR &&
		    look(r, r->at.offset, 1, &payload, len, d) == FOUND_RECORD)
			break;
		if ((rc = stuck(r, found, limit, d)) != KK_OK)
			return rc;
	}
	r->at.offset += SEG_RECORD + *len;
	*p = payload;
	if (next != NULL)
		*next = r->at;
	return KK_OK;
}
