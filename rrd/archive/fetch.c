/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/fetch.h"

#include <errno.h>
#include <math.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "rrd/archive/fetch_key.h"
#include "rrd/archive/rrderr.h"
#include "rrd/archive/rrdlook.h"
#include "rrd/archive/schema.h"

#define ANSWER_S 3 /* a collector that is busier than that: the archive as it is */
#define RANGE_S	 (INT64_C(800) * 86400)

/* ---- asking the writer ---- */

int
fetch_key_safe(const char *key)
{
	size_t len = strlen(key);

	if (len == 0 || len >= 280 || key[0] == '/' || strstr(key, "..") != NULL)
		return 0;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)key[i] <= ' ' || key[i] == 0x7f)
			return 0;
	return 1;
}

static int
send_all(int fd, const char *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = send(fd, p, len, MSG_NOSIGNAL);
		if (n <= 0 && errno != EINTR)
			return KK_E_IO;
		p += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return KK_OK;
}

/* The answer's first word; the socket has a timeout. */
static int
read_answer(int fd)
{
	char line[256];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof(line) - 1) {
		got = recv(fd, line + n, sizeof(line) - 1 - n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return KK_E_SILENT;
		n += (size_t)got;
		if (memchr(line, '\n', n) != NULL)
			break;
	}
	line[n] = '\0';
	return strncmp(line, "ok", 2) == 0 ? KK_OK : KK_E_REFUSED;
}

int
fetch_ask_flush(const struct conf *c, const char *key)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	struct timeval wait = {.tv_sec = ANSWER_S};
	char line[320];
	int fd, n, rc;

	n = snprintf(to.sun_path, sizeof(to.sun_path), "%s/control", c->run_dir);
	if (n >= (int)sizeof(to.sun_path) || !fetch_key_safe(key))
		return KK_E_RANGE;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return kk_from_errno(errno);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		rc = KK_OK; /* no collector: nothing is newer than the file */
	} else {
		n = snprintf(line, sizeof(line), "flush %s\n", key);
		rc = send_all(fd, line, (size_t)n);
		if (rc == KK_OK)
			rc = read_answer(fd);
	}
	close(fd);
	return rc;
}

/* ---- reading ---- */

/* The finest archive that reaches back far enough and has not too many rows; else the coarsest. */
static const struct schema_rra *
choose(int extra, int maxima, int64_t from_s, int64_t to_s, int64_t last_s, unsigned rows)
{
	const struct schema_rra *all, *best = NULL;
	unsigned n;

	all = schema_rras(extra ? 0 : SCHEMA_MAIN, &n);
	for (unsigned i = 0; i < n; i++) {
		int64_t step = (int64_t)all[i].steps * SCHEMA_STEP_S;

		if (all[i].maxima != maxima)
			continue;
		best = &all[i];
		if (last_s - from_s <= step * all[i].rows &&
		    (to_s - from_s) / step <= (int64_t)rows)
			break;
	}
	return best;
}

/* librrd's rows. */
struct raw {
	time_t from, to;
	unsigned long step, n_ds;
	char **names;
	rrd_value_t *values;
};

static int
fetch_raw(const char *path, const char *cf, struct raw *r, struct diag *d)
{
	struct raw want = *r;
	int rc;

	for (unsigned attempt = 0;; attempt++) {
		*r = want;
		rrd_clear_error();
		if (rrd_fetch_r(
			path, cf, &r->from, &r->to, &r->step, &r->n_ds, &r->names, &r->values) == 0)
			return KK_OK;
		rc = rrderr_take(path, d);
		if (rc != KK_E_BUSY || !rrderr_wait(attempt))
			return rc;
	}
}

static void
raw_free(struct raw *r)
{
	for (unsigned long i = 0; r->names != NULL && i < r->n_ds; i++)
		rrd_freemem(r->names[i]);
	if (r->names != NULL)
		rrd_freemem(r->names);
	if (r->values != NULL)
		rrd_freemem(r->values);
}

/* One value of `every` rows: the mean of those that are known, or the highest. */
static double
reduce(const struct raw *r, size_t row, size_t rows, unsigned every, size_t ds, int maxima)
{
	double sum = 0, most = NAN, x;
	unsigned known = 0;

	for (size_t i = row; i < row + every && i < rows; i++) {
		x = r->values[i * r->n_ds + ds];
		if (isnan(x))
			continue;
		known++;
		sum += x;
		most = isnan(most) || x > most ? x : most;
	}
	if (known == 0)
		return NAN;
	return maxima ? most : sum / known;
}

static struct series *
make_series(const struct raw *r, int64_t to_s, unsigned wish, int maxima)
{
	/* A row whose time has not ended holds nothing yet: a series should not end in it. */
	time_t to = r->to > to_s ? (time_t)to_s : r->to;
	size_t rows = to > r->from ? (size_t)(to - r->from) / r->step : 0;
	unsigned every = (unsigned)((rows + wish - 1) / wish);
	struct series *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	every = every == 0 ? 1 : every;
	s->n_ds = r->n_ds;
	s->n_rows = (rows + every - 1) / every;
	s->step_s = (unsigned)r->step * every;
	s->from_s = r->from;
	s->to_s = r->from + (int64_t)s->n_rows * s->step_s;
	s->names = calloc(s->n_ds + 1, sizeof(*s->names));
	s->values = calloc(s->n_rows * s->n_ds + 1, sizeof(*s->values));
	if (s->names == NULL || s->values == NULL) {
		series_free(s);
		return NULL;
	}
	for (size_t ds = 0; ds < s->n_ds; ds++)
		snprintf(s->names[ds], sizeof(s->names[ds]), "%s", r->names[ds]);
	for (size_t row = 0; row < s->n_rows; row++)
		for (size_t ds = 0; ds < s->n_ds; ds++)
			s->values[row * s->n_ds + ds] =
			    reduce(r, row * every, rows, every, ds, maxima);
	return s;
}

int
fetch_written(const struct conf *c, const char *key, int maxima, int64_t from_s, int64_t to_s,
    unsigned rows, struct series **out, struct diag *d)
{
	const struct schema_rra *rra;
	struct raw r = {0};
	char path[640];
	size_t len = strlen(key);
	int extra = len > 2 && strcmp(key + len - 2, ".x") == 0, rc;
	struct rrdlook look;

	*out = NULL;
	if (!fetch_key_safe(key))
		return diag_set(d, KK_E_NOTFOUND, "%s: no archive", key);
	if (to_s <= from_s)
		return diag_set(
		    d, KK_E_RANGE, "%s: a range of time that ends before it begins", key);
	snprintf(path, sizeof(path), "%s/rrd/%s.rrd", c->state_dir, key);
	rc = rrdlook(path, 0, &look, d);
	if (rc != KK_OK)
		return rc;
	if (to_s - from_s > RANGE_S)
		from_s = to_s - RANGE_S;
	if (rows == 0)
		rows = UINT32_MAX;
	if (extra) /* it has no maxima: the highest of its means */
		rra = choose(1, 0, from_s, to_s, look.last_s, rows);
	else
		rra = choose(0, maxima, from_s, to_s, look.last_s, rows);
	r.from = (time_t)from_s;
	r.to = (time_t)(to_s - 1); /* librrd rounds up, and to a whole row more where it is whole */
	r.step = (unsigned long)rra->steps * SCHEMA_STEP_S;
	rc = fetch_raw(path, rra->maxima ? "MAX" : "AVERAGE", &r, d);
	if (rc != KK_OK)
		return rc;
	*out = make_series(&r, to_s, rows, maxima);
	raw_free(&r);
	return *out == NULL ? diag_set(d, KK_E_NOMEM, "%s: %s", path, kk_strerror(KK_E_NOMEM))
			    : KK_OK;
}

int
fetch_series(const struct conf *c, const char *key, int maxima, int64_t from_s, int64_t to_s,
    unsigned rows, struct series **out, struct diag *d)
{
	fetch_ask_flush(c, key); /* which refuses what is no key */
	return fetch_written(c, key, maxima, from_s, to_s, rows, out, d);
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
