/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/spool.h"

#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/seglog.h"
#include "lib/wire.h"

#define OCTETS_MIN	 (UINT64_C(1) << 20)
#define SEGMENTS	 8 /* of a full spool: one of them is dropped at a time */
#define SEGMENT_MAX	 (UINT64_C(16) << 20)
#define MARK_MAX	 (1 + 2 * WIRE_LEB_MAX)
#define NEVER_TOO_RECENT INT64_MAX

/* The first octet of a record. */
enum kind { KIND_BATCH = 'B', KIND_MARK = 'P' };

struct spool {
	struct seglog *log;
	struct seglog_reader *reader;
	char dir[300];
	uint64_t octets_max;
	struct cursor at; /* of the reader */
	uint64_t marked;  /* segment of the last mark */
	uint64_t unread, entries_unread;
	struct spool_stats stats;
	uint8_t record[1 + BATCH_OCTETS_MAX];
};

/* ---- records ---- */

/* 0: it is no batch of this version. */
static int
parse(const uint8_t *p, size_t len, struct spooled *b)
{
	struct batch_reader r;
	struct batch_entry e;
	int rc;

	*b = (struct spooled){.octets = p + 1, .len = len - 1};
	if (p[0] != KIND_BATCH || batch_open(&r, b->octets, b->len, &b->head) != KK_OK)
		return 0;
	while ((rc = batch_next(&r, &e)) == KK_OK)
		b->entries++;
	return rc == KK_END;
}

static int
parse_mark(const uint8_t *p, size_t len, struct cursor *c)
{
	struct wire w = wire_over(p + 1, len - 1);

	if (p[0] != KIND_MARK)
		return 0;
	c->segment = wire_leb(&w);
	c->offset = wire_leb(&w);
	return !w.failed && wire_left(&w) == 0;
}

/* ---- what is there ---- */

/* Where the last mark says to go on; the oldest record if there is none. */
static int
find_mark(struct spool *s, struct diag *d)
{
	struct seglog_reader *r;
	struct cursor mark;
	const void *p;
	size_t len;
	int rc = seglog_read_from(s->dir, s->at, &r, d);

	if (rc != KK_OK)
		return rc;
	while ((rc = seglog_next(r, NULL, &p, &len, NULL, d)) == KK_OK || rc == KK_E_CORRUPT)
		if (rc == KK_OK && parse_mark(p, len, &mark) &&
		    cursor_cmp(mark, seglog_end(s->log)) <= 0)
			s->at = mark;
	seglog_reader_free(r);
	return rc == KK_END ? KK_OK : rc;
}

/* Read on from `at`, and count what waits there. */
static int
go_to(struct spool *s, struct diag *d)
{
	struct seglog_reader *r;
	struct spooled b;
	const void *p;
	size_t len;
	int rc = seglog_read_from(s->dir, s->at, &r, d);

	if (rc != KK_OK)
		return rc;
	s->unread = s->entries_unread = 0;
	while ((rc = seglog_next(r, NULL, &p, &len, NULL, d)) == KK_OK || rc == KK_E_CORRUPT) {
		if (rc != KK_OK || !parse(p, len, &b))
			continue;
		s->unread++;
		s->entries_unread += b.entries;
	}
	seglog_reader_free(r);
	seglog_reader_free(s->reader);
	s->reader = NULL;
	return seglog_read_from(s->dir, s->at, &s->reader, d);
}

/* Some of what waited is gone: what is left is counted anew. */
static int
count_lost(struct spool *s, struct diag *d)
{
	uint64_t unread = s->unread, entries = s->entries_unread;
	int rc = go_to(s, d);

	if (rc == KK_OK) {
		s->stats.lost += unread - s->unread;
		s->stats.entries_lost += entries - s->entries_unread;
	}
	return rc;
}

/* The log ends earlier than before, so the places behind its end are given to others. */
static void
after_cut(struct spool *s)
{
	struct cursor end = seglog_end(s->log);
	struct diag d;

	s->stats.cuts++;
	if (cursor_cmp(s->at, end) > 0)
		s->at = end;
	if (count_lost(s, &d) != KK_OK)
		log_line(LOG_LV_ERROR, "%s", d.text);
}

/* ---- beginning and end ---- */

int
spool_open(const char *dir, uint64_t octets_max, struct spool **out, struct diag *d)
{
	struct spool *s = calloc(1, sizeof(*s));
	struct seglog_options o = {0};
	int rc;

	if (s == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	s->octets_max = octets_max < OCTETS_MIN ? OCTETS_MIN : octets_max;
	o.segment_octets = s->octets_max / SEGMENTS;
	if (o.segment_octets > SEGMENT_MAX)
		o.segment_octets = SEGMENT_MAX;
	if (strlen(dir) >= sizeof(s->dir)) {
		rc = diag_set(d, KK_E_RANGE, "%s: the folder's name is too long", dir);
		goto fail;
	}
	memcpy(s->dir, dir, strlen(dir) + 1);
	if ((rc = seglog_open(dir, &o, &s->log, d)) != KK_OK || (rc = find_mark(s, d)) != KK_OK ||
	    (rc = go_to(s, d)) != KK_OK)
		goto fail;
	*out = s;
	return KK_OK;
fail:
	spool_close(s);
	return rc;
}

void
spool_close(struct spool *s)
{
	if (s == NULL)
		return;
	seglog_reader_free(s->reader);
	seglog_close(s->log);
	free(s);
}

/* ---- putting ---- */

/* Drop the oldest segment; 0: there is only the one that is written. */
static int
drop_oldest(struct spool *s, struct diag *d)
{
	uint64_t oldest, lost = s->stats.lost;

	seglog_octets(s->log, &oldest);
	if (oldest == 0 || oldest >= seglog_end(s->log).segment)
		return 0;
	seglog_trim(s->log, (struct cursor){oldest + 1, 0}, NEVER_TOO_RECENT);
	if (s->at.segment > oldest)
		return 1;
	s->at = (struct cursor){oldest + 1, 0};
	if (count_lost(s, d) != KK_OK)
		return 0;
	if (s->stats.lost > lost)
		log_line(LOG_LV_ERROR, "%s: no room: the oldest %llu batches are lost", s->dir,
		    (unsigned long long)(s->stats.lost - lost));
	return 1;
}

/* A new segment begins with a sync of the old one, which may fail. */
static int
append(struct spool *s, size_t len, struct diag *d)
{
	struct cursor end = seglog_end(s->log);
	int rc = seglog_append(s->log, s->record, len, d);

	if (rc != KK_OK && cursor_cmp(seglog_end(s->log), end) < 0)
		after_cut(s);
	return rc;
}

int
spool_put(struct spool *s, const void *p, size_t len, struct diag *d)
{
	struct spooled b;
	uint64_t oldest;
	int rc;

	if (len == 0 || len > BATCH_OCTETS_MAX)
		return diag_set(d, KK_E_RANGE, "%s: a batch of %zu octets", s->dir, len);
	s->record[0] = KIND_BATCH;
	memcpy(s->record + 1, p, len);
	if (!parse(s->record, len + 1, &b))
		return diag_set(d, KK_E_SYNTAX, "%s: not a batch", s->dir);
	while ((rc = append(s, len + 1, d)) == KK_E_FULL)
		if (!drop_oldest(s, d))
			return rc;
	if (rc != KK_OK)
		return rc;
	s->unread++;
	s->entries_unread += b.entries;
	while (seglog_octets(s->log, &oldest) > s->octets_max && drop_oldest(s, d))
		;
	return KK_OK;
}

int
spool_sync(struct spool *s, struct diag *d)
{
	int rc = seglog_sync(s->log, d);

	if (rc != KK_OK)
		after_cut(s);
	return rc;
}

/* ---- reading ---- */

/* A record that is whole; 1: it is a batch. */
static int
take(struct spool *s, const uint8_t *p, size_t len, struct spooled *b)
{
	struct cursor mark;

	if (parse(p, len, b)) {
		b->behind = s->at;
		s->unread -= s->unread > 0;
		s->entries_unread -=
		    s->entries_unread > b->entries ? b->entries : s->entries_unread;
		return 1;
	}
	if (parse_mark(p, len, &mark))
		return 0;
	s->stats.damaged++;
	log_line(LOG_LV_WARNING,
	    "%s: segment %016llx: the record before octet %llu is no batch of "
	    "this version: left out",
	    s->dir, (unsigned long long)s->at.segment, (unsigned long long)s->at.offset);
	return 0;
}

int
spool_next(struct spool *s, struct spooled *b, struct diag *d)
{
	const void *p;
	size_t len;
	int rc;

	while ((rc = seglog_next(s->reader, NULL, &p, &len, &s->at, d)) == KK_OK ||
	       rc == KK_E_CORRUPT) {
		if (rc == KK_E_CORRUPT) {
			s->stats.damaged++;
			log_line(LOG_LV_WARNING, "%s: left out", d->text);
		} else if (take(s, p, len, b)) {
			return KK_OK;
		}
	}
	return rc;
}

void
spool_passed(struct spool *s, struct cursor behind)
{
	uint8_t mark[MARK_MAX] = {KIND_MARK};
	size_t len = 1;
	struct diag d;

	len += wire_put_leb(mark + len, behind.segment);
	len += wire_put_leb(mark + len, behind.offset);
	/* Without the mark some batches come twice, which the collector knows how to take. */
	if (seglog_append(s->log, mark, len, &d) != KK_OK)
		log_line(LOG_LV_WARNING, "%s", d.text);
	if (behind.segment != s->marked)
		seglog_trim(s->log, behind, NEVER_TOO_RECENT);
	s->marked = behind.segment;
}

uint64_t
spool_unread(const struct spool *s)
{
	return s->unread;
}

const struct spool_stats *
spool_stats(const struct spool *s)
{
	return &s->stats;
}
