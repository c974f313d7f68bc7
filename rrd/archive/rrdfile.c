/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/rrdfile.h"

#include <errno.h>
#include <fcntl.h>
#include <rrd.h>
#include <rrd_client.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/log.h"
#include "rrd/archive/rrderr.h"
#include "rrd/archive/rrdlook.h"
#include "rrd/archive/schema.h"

#define PATH_ROOM    640
#define AHEAD_S	     86400 /* a file that knows the future takes nothing until then */
#define COMMAND_ROOM (RRD_CMD_MAX - 2 * PATH_ROOM) /* octets of values in one command */

/* An empty file as librrd made it: the next one with the same data sources is a copy. */
struct template
{
	uint64_t mask;
	int64_t start_s;
	uint8_t *octets;
	size_t len;
};

struct rrdfiles {
	char root[320];
	unsigned heartbeat;
	char daemon[256];
	int connected;
	struct template template[2]; /* the device's file; the last kind of second file */
	char text[ROWS_MAX][ROWS_TEXT];
};

static const char *
path_of(const struct rrdfiles *f, const char *key, const char *ending, char out[PATH_ROOM])
{
	snprintf(out, PATH_ROOM, "%s/%s%s", f->root, key, ending);
	return out;
}

/* Make every folder above `path`, as far as they are below the root's parent. */
static int
make_folders(const char *path, size_t from)
{
	char dir[PATH_ROOM];

	snprintf(dir, sizeof(dir), "%s", path);
	for (char *p = dir + from; (p = strchr(p + 1, '/')) != NULL; *p = '/') {
		*p = '\0';
		if (mkdir(dir, 0755) != 0 && errno != EEXIST)
			return kk_from_errno(errno);
	}
	return KK_OK;
}

int
rrdfiles_open(
    const char *root, unsigned heartbeat, const char *daemon, struct rrdfiles **out, struct diag *d)
{
	struct rrdfiles *f = calloc(1, sizeof(*f));

	*out = f;
	if (f == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", root, kk_strerror(KK_E_NOMEM));
	snprintf(f->root, sizeof(f->root), "%s", root);
	snprintf(f->daemon, sizeof(f->daemon), "%s", daemon);
	f->heartbeat = heartbeat;
	mkdir(f->root, 0755);
	return KK_OK;
}

void
rrdfiles_close(struct rrdfiles *f)
{
	if (f == NULL)
		return;
	if (f->connected)
		rrdc_disconnect();
	free(f->template[0].octets);
	free(f->template[1].octets);
	free(f);
}

/* Read a whole file that was just made. */
static int
slurp(const char *path, uint8_t **out, size_t *len, struct diag *d)
{
	struct stat st;
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*out = NULL;
	if (fd >= 0 && fstat(fd, &st) == 0 && (*out = malloc((size_t)st.st_size)) != NULL) {
		*len = (size_t)st.st_size;
		n = read(fd, *out, *len);
	}
	if (fd >= 0)
		close(fd);
	if (*out != NULL && n == (ssize_t)*len)
		return KK_OK;
	free(*out);
	*out = NULL;
	return diag_set(d, KK_E_IO, "%s: cannot read what was just written", path);
}

/* An empty file's octets that begin shortly before `first_s`; librrd takes a millisecond to make
 * them, a copy a fifth of it. */
static int
template_for(
    struct rrdfiles *f, uint64_t mask, int64_t first_s, const struct template **out, struct diag *d)
{
	struct template *t = &f->template[mask != SCHEMA_MAIN];
	int64_t start_s = (first_s - 1) / SCHEMA_STEP_S * SCHEMA_STEP_S;
	char path[PATH_ROOM];
	int rc;

	*out = t;
	if (t->octets != NULL && t->mask == mask && t->start_s < first_s &&
	    t->start_s >= first_s - (int64_t)f->heartbeat)
		return KK_OK;
	snprintf(path, sizeof(path), "%s/.template", f->root);
	if (mkdir(f->root, 0755) != 0 && errno != EEXIST)
		return diag_set(d, kk_from_errno(errno), "%s: %s", f->root, strerror(errno));
	rc = schema_create(path, mask, f->heartbeat, start_s, NULL, d);
	free(t->octets);
	*t = (struct template){.mask = mask, .start_s = start_s};
	if (rc == KK_OK)
		rc = slurp(path, &t->octets, &t->len, d);
	unlink(path);
	return rc;
}

static int
write_all(int fd, const uint8_t *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? kk_from_errno(errno) : KK_E_IO;
		p += n;
		len -= (size_t)n;
	}
	return KK_OK;
}

/*
 * Write a new file back and take it out of the page cache. It went in by large writes, so the
 * kernel keeps it in folios of half a megabyte, and one row that changes makes all of that dirty
 * (ext4, Linux 6.16 and up): each visit would write the whole file. librrd reads it in again page
 * by page.
 */
static void
uncache(int fd)
{
	sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

/* Make a file: a copy of the template beside it, then renamed, so that a half one never shows. */
static int
create(struct rrdfiles *f, const char *key, uint64_t mask, int64_t first_s, struct diag *d)
{
	char path[PATH_ROOM], temp[PATH_ROOM];
	const struct template *t;
	int fd, rc = template_for(f, mask, first_s, &t, d);

	if (rc != KK_OK)
		return rc;
	path_of(f, key, ".rrd", path);
	path_of(f, key, ".rrd.tmp", temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 && errno == ENOENT && make_folders(temp, strlen(f->root)) == KK_OK)
		fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", temp, strerror(errno));
	rc = write_all(fd, t->octets, t->len);
	uncache(fd);
	if (close(fd) != 0 && rc == KK_OK)
		rc = kk_from_errno(errno);
	if (rc == KK_OK && rename(temp, path) != 0)
		rc = kk_from_errno(errno);
	if (rc != KK_OK) {
		diag_set(d, rc, "%s: cannot be made: %s", path, kk_strerror(rc));
		unlink(temp);
	}
	return rc;
}

/* Another interval, another heartbeat. */
static int
tune(const struct rrdfiles *f, const char *path, uint64_t mask, struct diag *d)
{
	char text[METRIC_COUNT][48], opt[] = "--heartbeat", name[PATH_ROOM], tool[] = "tune";
	char *arg[2 + 2 * METRIC_COUNT + 1] = {tool, name};
	int n = 2;

	snprintf(name, sizeof(name), "%s", path);
	for (int m = 0; m < METRIC_COUNT; m++)
		if (mask >> m & 1) {
			snprintf(text[m], sizeof(text[m]), "%s:%u",
			    metric_info((enum metric)m)->name, f->heartbeat);
			arg[n++] = opt;
			arg[n++] = text[m];
		}
	rrd_clear_error();
	return rrd_tune(n, arg) == 0 ? KK_OK : rrderr_take(path, d);
}

static int
put_aside(const char *path, const char *why)
{
	char aside[PATH_ROOM + 32], stamp[24];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	snprintf(aside, sizeof(aside), "%s.bad-%s", path, stamp);
	if (rename(path, aside) != 0)
		return kk_from_errno(errno);
	log_line(LOG_LV_ERROR, "%s: put aside as %s, a new file is begun", why, aside);
	return KK_OK;
}

/* More data sources: a new file that takes the old one's rows over. */
static int
widen(struct rrdfiles *f, const char *path, uint64_t mask, int64_t last_s, struct diag *d)
{
	char temp[PATH_ROOM + 8];
	int rc;

	snprintf(temp, sizeof(temp), "%s.tmp", path);
	rc = schema_create(temp, mask, f->heartbeat, last_s, path, d);
	if (rc == KK_OK && rename(temp, path) != 0)
		rc = diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	if (rc != KK_OK)
		unlink(temp);
	return rc;
}

/* librrd writes to rrdcached's socket without MSG_NOSIGNAL: a daemon that was restarted would kill
 * us. The signal is held back in this thread, and taken away if it came. */
static void
hold_pipe(sigset_t *had)
{
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, had);
}

static void
release_pipe(const sigset_t *had)
{
	const struct timespec now = {0};
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	while (!sigismember(had, SIGPIPE) && sigtimedwait(&pipe, NULL, &now) > 0)
		;
	pthread_sigmask(SIG_SETMASK, had, NULL);
}

static int
connect_daemon(struct rrdfiles *f, struct diag *d)
{
	if (f->connected && rrdc_is_connected(f->daemon))
		return KK_OK;
	rrd_clear_error();
	f->connected = rrdc_connect(f->daemon) == 0;
	if (f->connected)
		return KK_OK;
	rrderr_take(f->daemon, d);
	return KK_E_REFUSED;
}

int
rrdfiles_flush(struct rrdfiles *f, const char *key, struct diag *d)
{
	char path[PATH_ROOM];
	sigset_t had;
	int rc;

	if (f->daemon[0] == '\0')
		return KK_OK;
	path_of(f, key, ".rrd", path);
	if (access(path, F_OK) != 0)
		return KK_OK;
	rc = connect_daemon(f, d);
	if (rc != KK_OK)
		return rc;
	hold_pipe(&had);
	rrd_clear_error();
	rc = rrdc_flush(path) == 0 ? KK_OK : rrderr_take(path, d);
	release_pipe(&had);
	return rc;
}

/* First visit: make the file, or see that it is ours and fits. */
static int
first_look(struct rrdfiles *f, const char *key, struct rrdfile *known, const struct rows *rows,
    struct diag *d)
{
	uint64_t want = rows->mask == SCHEMA_MAIN ? SCHEMA_MAIN : 0;
	struct rrdlook l = {0};
	char path[PATH_ROOM];
	int rc = rrdfiles_flush(f, key, d);

	path_of(f, key, ".rrd", path);
	if (rc == KK_OK)
		rc = rrdlook(path, f->heartbeat, &l, d);
	if (rc == KK_OK && want != 0 && l.mask != want)
		rc = diag_set(d, KK_E_CORRUPT, "%s: not an archive of Kkachi", path);
	if (rc == KK_E_CORRUPT) {
		rc = put_aside(path, d->text);
		if (rc != KK_OK)
			return diag_set(
			    d, rc, "%s: damaged, and cannot be renamed: %s", path, kk_strerror(rc));
		rc = KK_E_NOTFOUND;
	}
	if (rc == KK_E_NOTFOUND) {
		l = (struct rrdlook){.mask = rows->mask};
		rc = create(f, key, rows->mask, rows_time(rows, 0) / 100, d);
	}
	if (rc == KK_OK && l.other_heartbeat != 0)
		rc = tune(f, path, l.other_heartbeat, d);
	if (rc == KK_OK) {
		known->mask = l.mask;
		known->last_s = l.last_s;
	}
	return rc;
}

/* To rrdcached, in commands that fit its buffer. It acknowledges whatever it gets, so all of it was
 * made by rows_print() from numbers. */
static int
update_daemon(struct rrdfiles *f, const char *path, int n, const char *const *value, struct diag *d)
{
	int rc = connect_daemon(f, d), some;
	size_t octets;
	sigset_t had;

	hold_pipe(&had);
	for (; rc == KK_OK && n > 0; n -= some, value += some) {
		octets = strlen(value[0]);
		for (some = 1; some < n && octets + strlen(value[some]) < COMMAND_ROOM; some++)
			octets += strlen(value[some]) + 1;
		rrd_clear_error();
		if (rrdc_update(path, some, value) != 0)
			rc = rrderr_take(path, d);
	}
	release_pipe(&had);
	return rc;
}

/* Hand `n` values over, to the file or to rrdcached. */
static int
update(struct rrdfiles *f, const char *path, int n, const char **value, struct diag *d)
{
	int rc;

	if (f->daemon[0] != '\0')
		return update_daemon(f, path, n, value, d);
	for (unsigned attempt = 0;; attempt++) {
		rrd_clear_error();
		if (rrd_updatex_r(path, NULL, RRD_SKIP_PAST_UPDATES, n, value) == 0)
			return KK_OK;
		rc = rrderr_take(path, d);
		if (rc != KK_E_BUSY || !rrderr_wait(attempt))
			return rc;
	}
}

static int
visit(struct rrdfiles *f, const char *key, struct rrdfile *known, const struct rows *rows,
    struct diag *d)
{
	const char *value[ROWS_MAX];
	char path[PATH_ROOM];
	int n = 0, rc = KK_OK;

	path_of(f, key, ".rrd", path);
	if (known->mask == 0)
		rc = first_look(f, key, known, rows, d);
	if (rc == KK_OK && (rows->mask & ~known->mask) != 0) {
		rc = rrdfiles_flush(f, key, d);
		if (rc == KK_OK)
			rc = widen(f, path, known->mask | rows->mask, known->last_s, d);
		if (rc == KK_OK)
			known->mask |= rows->mask;
	}
	if (rc != KK_OK)
		return rc;
	/* A value that is not newer was written before a crash, and is read again: no error. */
	for (size_t i = 0; i < rows->n; i++)
		if (rows_time(rows, i) / 100 > known->last_s)
			value[n++] = rows_print(rows, i, known->mask, f->text[i]);
	if (n == 0 && known->last_s - rows_time(rows, rows->n - 1u) / 100 > AHEAD_S)
		return diag_set(d, KK_E_REFUSED,
		    "%s: its newest value is of %lld, ahead of the samples: was the clock set?",
		    path, (long long)known->last_s);
	if (n == 0)
		return KK_OK;
	rc = update(f, path, n, value, d);
	if (rc == KK_OK)
		known->last_s = rows_time(rows, rows->n - 1u) / 100;
	return rc;
}

int
rrdfiles_write(struct rrdfiles *f, const char *key, struct rrdfile *known, const struct rows *rows,
    struct diag *d)
{
	int rc = visit(f, key, known, rows, d);

	/* Gone, damaged or changed since the last visit: look again, once. */
	if (rc == KK_E_NOTFOUND || rc == KK_E_CORRUPT || rc == KK_E_ORDER) {
		*known = (struct rrdfile){0};
		rc = visit(f, key, known, rows, d);
	}
	return rc;
}
