/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/fetch.h"

#include <errno.h>
#include <poll.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/clock.h"
#include "rrd/rrderr.h"
#include "rrd/schema.h"

#define FLUSH_WAIT_MS 3000

/* The steps that archives have (schema.c); the finest that keeps within the wished rows. */
static unsigned
pick_step(int64_t span_s, unsigned rows)
{
	static const unsigned steps[] = {60, 300, 3600};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (span_s / (int64_t)steps[i] <= (int64_t)rows)
			return steps[i];
	return 3600;
}

static int
send_line(int fd, const char *key)
{
	char line[1100];
	int n = snprintf(line, sizeof(line), "flush %s\n", key);

	return n > 0 && n < (int)sizeof(line) && send(fd, line, (size_t)n, MSG_NOSIGNAL) == n;
}

/* Wait for the one line of an answer; what it says does not matter: the file then is as new as it
 * gets. */
static void
await_line(int fd)
{
	int64_t end_ms = clock_mono_ms(NULL) + FLUSH_WAIT_MS;
	struct pollfd p = {fd, POLLIN, 0};
	char buf[256];

	for (;;) {
		int64_t left = end_ms - clock_mono_ms(NULL);
		ssize_t n;

		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return;
		n = recv(fd, buf, sizeof(buf), 0);
		if (n <= 0 || memchr(buf, '\n', (size_t)n) != NULL)
			return;
	}
}

int
fetch_ask_flush(const struct conf *c, const char *key)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd;

	if (snprintf(at.sun_path, sizeof(at.sun_path), "%s/control", c->run_dir) >=
		(int)sizeof(at.sun_path) ||
	    strpbrk(key, "\r\n") != NULL)
		return KK_OK;
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return KK_OK;
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && send_line(fd, key))
		await_line(fd);
	close(fd);
	return KK_OK;
}

/* rrd_fetch_r, tried again while a writer holds the file's lock. */
static int
fetch_rows(const char *path, const char *cf, time_t *from, time_t *to, unsigned long *step,
    unsigned long *n_ds, char ***names, rrd_value_t **values, struct diag *d)
{
	time_t want_from = *from, want_to = *to;
	unsigned long want_step = *step;

	for (unsigned attempt = 0;; attempt++) {
		int rc;

		*from = want_from;
		*to = want_to;
		*step = want_step;
		rrd_clear_error();
		if (rrd_fetch_r(path, cf, from, to, step, n_ds, names, values) == 0)
			return KK_OK;
		rc = rrderr_take(path, d);
		if (rc != KK_E_BUSY || !rrderr_wait(attempt))
			return rc;
	}
}

static int
fill(struct series *s, char **names, const rrd_value_t *values, int64_t until_s)
{
	s->n_rows = (size_t)((s->to_s - s->from_s) / (int64_t)s->step_s);
	/* Rows whose time has not come hold nothing yet; a graph should not end in them. */
	while (s->n_rows > 0 && s->from_s + (int64_t)s->n_rows * s->step_s > until_s)
		s->n_rows--;
	s->to_s = s->from_s + (int64_t)s->n_rows * s->step_s;
	s->names = calloc(s->n_ds, sizeof(*s->names));
	s->values = calloc(s->n_rows * s->n_ds + 1, sizeof(*s->values));
	if (s->names == NULL || s->values == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < s->n_ds; i++)
		snprintf(s->names[i], sizeof(s->names[i]), "%s", names[i]);
	memcpy(s->values, values, s->n_rows * s->n_ds * sizeof(*s->values));
	return KK_OK;
}

int
fetch_series(const struct conf *c, const char *key, int maxima, int64_t from_s, int64_t to_s,
    unsigned rows, struct series **out, struct diag *d)
{
	char path[CONF_TEXT + 512], **names = NULL;
	unsigned long step = pick_step(to_s - from_s, rows), n_ds = 0;
	time_t from = (time_t)from_s, to = (time_t)to_s;
	rrd_value_t *values = NULL;
	struct series *s = NULL;
	int rc;

	if (from_s >= to_s)
		return diag_set(d, KK_E_RANGE, "%s: the range ends before it starts", key);
	if (maxima && step < 300)
		step = 300; /* there are no maxima below five minutes */
	fetch_ask_flush(c, key);
	snprintf(path, sizeof(path), "%s/rrd/%s.rrd", c->state_dir, key);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return diag_set(d, KK_E_NOTFOUND, "%s: no such archive yet", path);
	if ((rc = fetch_rows(path, maxima ? "MAX" : "AVERAGE", &from, &to, &step, &n_ds, &names,
		 &values, d)) != KK_OK)
		return rc;
	if ((s = calloc(1, sizeof(*s))) != NULL) {
		s->from_s = from;
		s->to_s = to;
		s->step_s = (unsigned)step;
		s->n_ds = n_ds;
		rc = fill(s, names, values, to_s);
	} else {
		rc = KK_E_NOMEM;
	}
	for (unsigned long i = 0; i < n_ds; i++)
		rrd_freemem(names[i]);
	rrd_freemem(names);
	rrd_freemem(values);
	if (rc != KK_OK) {
		series_free(s);
		return diag_set(d, rc, "%s: %s", path, kk_strerror(rc));
	}
	*out = s;
	return KK_OK;
}

void
series_free(struct series *s)
{
	if (s == NULL)
		return;
	free(s->names);
	free(s->values);
	free(s);
}
