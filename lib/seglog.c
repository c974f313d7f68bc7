/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seglog.c - the writer's side. */
#include "lib/seglog.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/seglog_file.h"

#define SEGMENT_OCTETS (UINT64_C(16) << 20)

struct seglog {
	char dir[SEG_DIR_MAX];
	char path[SEG_PATH_MAX]; /* of the segment that is written */
	struct seglog_options o;
	int lock_fd, fd;
	int to_cut; /* what a failed write left behind `end` is not cut off yet */
	struct cursor end;
	pthread_mutex_t
	    *guard; /* of `synced`; behind a pointer, as readers of it hold a const log */
	struct cursor synced;
};

static int
fail(struct diag *d, const char *path)
{
	int err = errno;

	return diag_set(d, kk_from_errno(err), "%s: %s", path, strerror(err));
}

int
cursor_cmp(struct cursor a, struct cursor b)
{
	if (a.segment != b.segment)
		return a.segment < b.segment ? -1 : 1;
	return a.offset < b.offset ? -1 : a.offset > b.offset;
}

static void
set_synced(struct seglog *l)
{
	pthread_mutex_lock(l->guard);
	l->synced = l->end;
	pthread_mutex_unlock(l->guard);
}

struct cursor
seglog_synced(const struct seglog *l)
{
	struct cursor c;

	pthread_mutex_lock(l->guard);
	c = l->synced;
	pthread_mutex_unlock(l->guard);
	return c;
}

struct cursor
seglog_end(const struct seglog *l)
{
	return l->end;
}

/* The folder and those above it. */
static int
make_folders(const char *dir)
{
	char path[SEG_DIR_MAX];
	size_t len = strlen(dir);

	memcpy(path, dir, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		path[i] = '\0';
		if (mkdir(path, 0750) != 0 && errno != EEXIST)
			return -1;
		path[i] = dir[i];
	}
	return 0;
}

static int
take_lock(struct seglog *l, struct diag *d)
{
	char path[SEG_PATH_MAX];

	snprintf(path, sizeof(path), "%s/lock", l->dir);
	if ((l->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640)) < 0)
		return fail(d, path);
	if (flock(l->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return KK_OK;
	if (errno == EWOULDBLOCK)
		return diag_set(d, KK_E_BUSY, "%s: another process writes this log", l->dir);
	return fail(d, path);
}

/* Begin a new, empty segment; on failure the old one is still open and there is no new file. */
static int
begin_segment(struct seglog *l, uint64_t number, struct diag *d)
{
	uint8_t head[SEG_HEAD];
	char path[SEG_PATH_MAX];
	int fd, err;

	seg_head(head);
	seg_path(l->dir, number, SEG_PLAIN, path);
	if ((fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640)) < 0)
		return fail(d, path);
	errno = ENOSPC; /* should the write be short */
	if (write(fd, head, sizeof(head)) != (ssize_t)sizeof(head) || fsync(fd) != 0 ||
	    seg_sync_dir(l->dir) != 0) {
		err = errno;
		close(fd);
		unlink(path);
		errno = err;
		return fail(d, path);
	}
	if (l->fd >= 0)
		close(l->fd);
	l->fd = fd;
	memcpy(l->path, path, sizeof(path));
	l->end = (struct cursor){number, SEG_HEAD};
	l->to_cut = 0;
	set_synced(l);
	return KK_OK;
}

/* Cut off what stands behind the last whole record, and say so. */
static int
repair(struct seglog *l, uint64_t size, struct diag *d)
{
	int64_t whole = seg_whole(l->fd, size);

	if (whole < 0)
		return fail(d, l->path);
	l->end.offset = (uint64_t)whole;
	if (l->end.offset < size) {
		log_line(LOG_LV_WARNING, "%s: torn record cut off at offset %llu (%llu octets)",
		    l->path, (unsigned long long)whole, (unsigned long long)(size - l->end.offset));
		if (ftruncate(l->fd, whole) != 0)
			return fail(d, l->path);
	}
	if (fdatasync(l->fd) != 0)
		return fail(d, l->path);
	set_synced(l);
	return KK_OK;
}

/* Go on in the newest segment; KK_END: it is to be left as it is. */
static int
resume(struct seglog *l, uint64_t number, struct diag *d)
{
	uint8_t head[SEG_HEAD];
	struct stat st;
	int rc;

	seg_path(l->dir, number, SEG_PLAIN, l->path);
	l->end.segment = number;
	if ((l->fd = open(l->path, O_RDWR | O_CLOEXEC)) < 0 || fstat(l->fd, &st) != 0)
		return fail(d, l->path);
	if (st.st_size < SEG_HEAD)
		return begin_segment(l, number, d); /* a crash while it was made */
	if (pread(l->fd, head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return fail(d, l->path);
	if ((rc = seg_head_check(head)) == KK_E_VERSION)
		return diag_set(d, rc, "%s: %s", l->path, kk_strerror(rc));
	if (rc != KK_OK) {
		log_line(LOG_LV_WARNING, "%s: not a segment; it is left as it is", l->path);
		return KK_END;
	}
	return repair(l, (uint64_t)st.st_size, d);
}

/* A crash while compressing leaves a temporary file. */
static void
remove_temporary(const struct seglog *l, uint64_t number)
{
	char path[SEG_PATH_MAX], temp[SEG_PATH_MAX + 8];

	seg_path(l->dir, number, SEG_PACKED, path);
	snprintf(temp, sizeof(temp), "%s.tmp", path);
	unlink(temp);
}

static int
open_newest(struct seglog *l, struct diag *d)
{
	struct seg_entry *all;
	struct seg_entry newest = {0, 0};
	size_t n;
	int rc = seg_list(l->dir, &all, &n, d);

	if (rc != KK_OK)
		return rc;
	for (size_t i = 0; i < n; i++)
		remove_temporary(l, all[i].number);
	if (n > 0)
		newest = all[n - 1];
	free(all);
	if (newest.forms == SEG_PLAIN && (rc = resume(l, newest.number, d)) != KK_END)
		return rc;
	if (n > 0)
		return begin_segment(l, newest.number + 1, d);
	return begin_segment(l, (uint64_t)time(NULL), d);
}

int
seglog_open(const char *dir, const struct seglog_options *o, struct seglog **out, struct diag *d)
{
	struct seglog *l;
	int rc;

	if (strlen(dir) >= SEG_DIR_MAX)
		return diag_set(d, KK_E_RANGE, "%s: the folder's name is too long", dir);
	if (make_folders(dir) != 0)
		return fail(d, dir);
	if ((l = calloc(1, sizeof(*l))) == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", dir, kk_strerror(KK_E_NOMEM));
	l->fd = l->lock_fd = -1;
	l->o = *o;
	if (l->o.segment_octets == 0)
		l->o.segment_octets = SEGMENT_OCTETS;
	snprintf(l->dir, sizeof(l->dir), "%s", dir);
	rc = KK_E_NOMEM;
	if ((l->guard = malloc(sizeof(*l->guard))) == NULL) {
		diag_set(d, rc, "%s: %s", dir, kk_strerror(rc));
		goto fail;
	}
	pthread_mutex_init(l->guard, NULL);
	if ((rc = take_lock(l, d)) != KK_OK || (rc = open_newest(l, d)) != KK_OK)
		goto fail;
	*out = l;
	return KK_OK;
fail:
	seglog_close(l);
	return rc;
}

void
seglog_close(struct seglog *l)
{
	struct diag d;

	if (l == NULL)
		return;
	if (l->guard != NULL && l->fd >= 0 && l->end.offset > 0 &&
	    cursor_cmp(l->end, l->synced) != 0 && seglog_sync(l, &d) != KK_OK)
		log_line(LOG_LV_ERROR, "%s", d.text);
	if (l->fd >= 0)
		close(l->fd);
	if (l->lock_fd >= 0)
		close(l->lock_fd);
	if (l->guard != NULL)
		pthread_mutex_destroy(l->guard);
	free(l->guard);
	free(l);
}

/* Write all of it behind the end; -1: errno. */
static int
write_record(struct seglog *l, const uint8_t *head, const void *p, size_t len)
{
	struct iovec iov[2] = {{(void *)(uintptr_t)head, SEG_RECORD}, {(void *)(uintptr_t)p, len}};
	uint64_t at = l->end.offset;
	size_t first = 0;

	while (first < 2) {
		ssize_t n = pwritev(l->fd, iov + first, (int)(2 - first), (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? ENOSPC : errno;
			return -1;
		}
		at += (uint64_t)n;
		for (; first < 2 && (size_t)n >= iov[first].iov_len; first++)
			n -= (ssize_t)iov[first].iov_len;
		if (first < 2) {
			iov[first].iov_base = (uint8_t *)iov[first].iov_base + n;
			iov[first].iov_len -= (size_t)n;
		}
	}
	return 0;
}

/* Leave nothing behind the end; if even that fails, before the next append. */
static int
cut(struct seglog *l)
{
	l->to_cut = ftruncate(l->fd, (off_t)l->end.offset) != 0;
	return l->to_cut ? -1 : 0;
}

int
seglog_sync(struct seglog *l, struct diag *d)
{
	int rc;

	if (fdatasync(l->fd) == 0) {
		set_synced(l);
		return KK_OK;
	}
	rc = fail(d, l->path);
	l->end = seglog_synced(l);
	(void)cut(l);
	return rc;
}

int
seglog_append(struct seglog *l, const void *p, size_t len, struct diag *d)
{
	uint8_t head[SEG_RECORD];
	int rc;

	if (len == 0 || len > SEGLOG_RECORD_MAX)
		return diag_set(d, KK_E_RANGE, "%s: a record of %zu octets", l->path, len);
	if (l->to_cut && cut(l) != 0)
		return fail(d, l->path);
	if (l->end.offset > SEG_HEAD && l->end.offset + SEG_RECORD + len > l->o.segment_octets) {
		if ((rc = seglog_sync(l, d)) != KK_OK ||
		    (rc = begin_segment(l, l->end.segment + 1, d)) != KK_OK)
			return rc;
	}
	seg_record_head(head, p, len);
	if (write_record(l, head, p, len) != 0) {
		rc = fail(d, l->path);
		(void)cut(l);
		return rc;
	}
	l->end.offset += SEG_RECORD + len;
	return KK_OK;
}

/* Delete one closed segment or compress it, as its age and the readers allow. */
static void
tend(const struct seglog *l, const struct seg_entry *e, struct cursor passed, int64_t now_s)
{
	char plain[SEG_PATH_MAX], packed[SEG_PATH_MAX];
	struct diag d = {""};
	struct stat st;

	seg_path(l->dir, e->number, SEG_PLAIN, plain);
	seg_path(l->dir, e->number, SEG_PACKED, packed);
	if (stat(e->forms & SEG_PLAIN ? plain : packed, &st) != 0)
		return;
	if (passed.segment > e->number && now_s - (int64_t)st.st_mtime >= l->o.keep_s) {
		if ((e->forms & SEG_PLAIN && unlink(plain) != 0) ||
		    (e->forms & SEG_PACKED && unlink(packed) != 0))
			log_line(LOG_LV_WARNING, "%s: %s", plain, strerror(errno));
	} else if (l->o.compress && e->forms & SEG_PLAIN) {
		if (seg_pack(l->dir, e->number, &d) != KK_OK)
			log_line(LOG_LV_WARNING, "%s", d.text);
	}
}

void
seglog_trim(struct seglog *l, struct cursor passed, int64_t now_s)
{
	uint64_t written = seglog_synced(l).segment;
	struct seg_entry *all;
	struct diag d = {""};
	size_t n;

	if (seg_list(l->dir, &all, &n, &d) != KK_OK) {
		log_line(LOG_LV_WARNING, "%s", d.text);
		return;
	}
	for (size_t i = 0; i < n && all[i].number < written; i++)
		tend(l, &all[i], passed, now_s);
	free(all);
}

uint64_t
seglog_octets(const struct seglog *l, uint64_t *oldest)
{
	char path[SEG_PATH_MAX];
	struct seg_entry *all;
	struct diag d = {""};
	uint64_t sum = 0;
	struct stat st;
	size_t n;

	*oldest = 0;
	if (seg_list(l->dir, &all, &n, &d) != KK_OK) {
		log_line(LOG_LV_WARNING, "%s", d.text);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		for (unsigned form = SEG_PLAIN; form <= SEG_PACKED; form++) {
			seg_path(l->dir, all[i].number, form, path);
			if (all[i].forms & form && stat(path, &st) == 0)
				sum += (uint64_t)st.st_size;
		}
	if (n > 0)
		*oldest = all[0].number;
	free(all);
	return sum;
}
