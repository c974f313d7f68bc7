/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/graph.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <rrd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/leaks.h"
#include "rrd/archive/fetch.h"
#include "rrd/archive/fetch_key.h"
#include "rrd/archive/rrderr.h"
#include "rrd/archive/rrdlook.h"
#include "rrd/archive/schema.h"

#define ARGS	 64
#define ARG_ROOM 1400
#define DAY_S	 INT64_C(86400)

/* Okabe and Ito's colours, which most colour-blind people can tell apart. */
#define BLUE	   "#0072B2"
#define SKY	   "#56B4E9"
#define ORANGE	   "#E69F00"
#define VERMILLION "#D55E00"
#define GREEN	   "#009E73"
#define SI	   "%7.2lf%s"

/* rrd_graph_v() keeps its work in globals of librrd. */
static pthread_mutex_t drawing = PTHREAD_MUTEX_INITIALIZER;

/* The arguments of one picture. */
struct args {
	char *arg[ARGS + 1];
	int n;
	int failed;
	char path[2 * 640]; /* escaped, as DEF wants it */
	int maxima;	    /* the file has MAX rows that are finer than a pixel */
};

/* One line of the picture and of the legend. */
struct plot {
	const char *ds, *label;
	const char *area, *line; /* colours; no area: NULL */
	const char *factor;	 /* RPN: times what */
	const char *format;	 /* of the legend's numbers */
	int below;		 /* drawn downwards */
};

__attribute__((format(printf, 2, 3))) static void
put(struct args *a, const char *fmt, ...)
{
	char text[ARG_ROOM];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (a->n < ARGS)
		a->arg[a->n] = strdup(text);
	if (a->n == ARGS || a->arg[a->n] == NULL)
		a->failed = 1;
	else
		a->n++;
}

static void
args_free(struct args *a)
{
	for (int i = 0; i < a->n; i++)
		free(a->arg[i]);
}

/* A path inside DEF: colons end it unless they are escaped. */
static void
escape(const char *path, char *out, size_t room)
{
	size_t at = 0;

	for (; *path != '\0' && at + 2 < room; path++) {
		if (*path == ':' || *path == '\\')
			out[at++] = '\\';
		out[at++] = *path;
	}
	out[at] = '\0';
}

/* Marks of the time axis in numbers, which every language reads: minor, major, label, format. */
static const char *
grid(int64_t span)
{
	static const struct {
		int64_t most;
		const char *grid;
	} grids[] = {
	    {2 * 3600, "MINUTE:5:MINUTE:30:MINUTE:15:0:%H:%M"},
	    {8 * 3600, "MINUTE:30:HOUR:2:HOUR:1:0:%H:%M"},
	    {30 * 3600, "HOUR:1:HOUR:6:HOUR:3:0:%H:%M"},
	    {54 * 3600, "HOUR:2:DAY:1:HOUR:6:0:%H:%M"},
	    {4 * DAY_S, "HOUR:6:DAY:1:DAY:1:86400:%m-%d"},
	    {17 * DAY_S, "HOUR:12:DAY:7:DAY:1:86400:%m-%d"},
	    {70 * DAY_S, "DAY:1:WEEK:1:WEEK:1:0:%m-%d"},
	    {200 * DAY_S, "WEEK:1:MONTH:1:MONTH:1:0:%Y-%m"},
	};

	for (size_t i = 0; i < sizeof(grids) / sizeof(grids[0]); i++)
		if (span <= grids[i].most)
			return grids[i].grid;
	return "MONTH:1:YEAR:1:MONTH:2:0:%Y-%m";
}

static void
put_frame(struct args *a, const struct graph_request *g, const char *axis, int from_zero)
{
	size_t len = strlen(g->path);

	put(a, "graph");
	put(a, "-");
	put(a, "--imgformat");
	put(a, "%s", strcmp(g->path + len - 4, ".svg") == 0 ? "SVG" : "PNG");
	put(a, "--start");
	put(a, "%lld", (long long)g->from_s);
	put(a, "--end");
	put(a, "%lld", (long long)g->to_s);
	put(a, "--width");
	put(a, "%u", g->width == 0 ? 800 : g->width);
	put(a, "--height");
	put(a, "%u", g->height == 0 ? 240 : g->height);
	put(a, "--full-size-mode");
	put(a, "--title");
	put(a, "%s", g->title);
	put(a, "--vertical-label");
	put(a, "%s", axis);
	put(a, "--x-grid");
	put(a, "%s", grid(g->to_s - g->from_s));
	put(a, "--units");
	put(a, "si");
	put(a, "--border");
	put(a, "0");
	/* A list: whichever of them the system has, all of which know Hangul. */
	put(a, "--font");
	put(a, "DEFAULT:9:NanumGothic,Noto Sans CJK KR,sans");
	put(a, "--font");
	put(a, "TITLE:11:NanumGothic,Noto Sans CJK KR,sans");
	put(a, "--font");
	put(a, "LEGEND:9:NanumGothicCoding,D2Coding,Noto Sans Mono CJK KR,monospace");
	put(a, "--color");
	put(a, "BACK#FFFFFF");
	if (from_zero) {
		put(a, "--lower-limit");
		put(a, "0");
	}
}

static void
put_plot(struct args *a, const struct graph_request *g, const struct plot *p, int i)
{
	put(a, "DEF:raw%d=%s:%s:AVERAGE", i, a->path, p->ds);
	put(a, "CDEF:mean%d=raw%d,%s,*", i, i, p->factor);
	put(a, "DEF:top%d=%s:%s:%s", i, a->path, p->ds, a->maxima ? "MAX" : "AVERAGE");
	put(a, "CDEF:most%d=top%d,%s,*", i, i, p->factor);
	put(a, "CDEF:drawn%d=mean%d,%s,*", i, i, p->below ? "-1" : "1");
	put(a, "VDEF:now%d=mean%d,LAST", i, i);
	put(a, "VDEF:avg%d=mean%d,AVERAGE", i, i);
	put(a, "VDEF:max%d=most%d,MAXIMUM", i, i);
	if (p->area != NULL)
		put(a, "AREA:drawn%d%s", i, p->area);
	put(a, "LINE1:drawn%d%s:%s", i, p->line, p->label);
	put(a, "GPRINT:now%d:  %s %s", i, i18n(g->lang, TEXT_GRAPH_NOW), p->format);
	put(a, "GPRINT:avg%d:  %s %s", i, i18n(g->lang, TEXT_GRAPH_MEAN), p->format);
	put(a, "GPRINT:max%d:  %s %s\\l", i, i18n(g->lang, TEXT_GRAPH_MOST), p->format);
}

static void
put_traffic(struct args *a, const struct graph_request *g)
{
	const struct plot down = {
	    "octets_down", i18n(g->lang, TEXT_GRAPH_DOWNLOAD), SKY, BLUE, "8", SI, 0};
	const struct plot up = {
	    "octets_up", i18n(g->lang, TEXT_GRAPH_UPLOAD), ORANGE, VERMILLION, "8", SI, 1};

	put_frame(a, g, "bit/s", 0);
	put_plot(a, g, &down, 0);
	put_plot(a, g, &up, 1);
	put(a, "HRULE:0#000000");
}

static void
put_metric(struct args *a, const struct graph_request *g, enum metric m)
{
	const struct metric_info *info = metric_info(m);
	struct plot p = {info->name, info->name, SKY, BLUE, "1", SI, 0};
	char axis[64];

	snprintf(axis, sizeof(axis), "%s%s", info->unit, info->kind == METRIC_DERIVE ? "/s" : "");
	if (m == METRIC_CLIENTS) {
		p.label = i18n(g->lang, TEXT_GRAPH_CLIENTS);
		snprintf(axis, sizeof(axis), "%s", i18n(g->lang, TEXT_GRAPH_CLIENTS_AXIS));
		p.area = "#8FD0BA";
		p.line = GREEN;
		p.format = "%8.1lf";
	} else if (m == METRIC_RTT) {
		p.label = i18n(g->lang, TEXT_GRAPH_RTT);
		p.factor = "1000";
		p.format = "%8.2lf";
		snprintf(axis, sizeof(axis), "ms");
	}
	if (info->min < 0) /* dBm: an area down to 0 would show nothing */
		p.area = NULL;
	put_frame(a, g, axis, info->min >= 0);
	if (m == METRIC_RTT || m == METRIC_CLIENTS) {
		put(a, "--units-exponent");
		put(a, "0");
	}
	put_plot(a, g, &p, 0);
}

/* Which file, and what is drawn of it. */
static int
prepare(const struct conf *c, const struct graph_request *g, struct args *a, struct diag *d)
{
	int traffic = strcmp(g->metric, "traffic") == 0, m = metric_by_name(g->metric), extra;
	size_t len = strlen(g->path);
	char path[640], key[300];
	struct rrdlook look;
	int rc;

	if (len < 5 ||
	    (strcmp(g->path + len - 4, ".png") != 0 && strcmp(g->path + len - 4, ".svg") != 0))
		return diag_set(d, KK_E_RANGE, "%s: a picture is .png or .svg", g->path);
	if (g->to_s <= g->from_s)
		return diag_set(d, KK_E_RANGE, "a range of time that ends before it begins");
	if (!fetch_key_safe(g->key))
		return diag_set(d, KK_E_NOTFOUND, "%s: no archive", g->key);
	extra = !traffic && m >= 0 && (SCHEMA_EXTRA >> m & 1);
	if (!traffic && (m < 0 || (!extra && !(SCHEMA_MAIN >> m & 1))))
		return diag_set(d, KK_E_RANGE, "%s: no metric that is drawn", g->metric);
	snprintf(key, sizeof(key), "%s%s", g->key, extra ? ".x" : "");
	snprintf(path, sizeof(path), "%s/rrd/%s.rrd", c->state_dir, key);
	fetch_ask_flush(c, key);
	rc = rrdlook(path, 0, &look, d);
	if (rc != KK_OK)
		return rc;
	if (extra && !(look.mask >> m & 1))
		return diag_set(d, KK_E_NOTFOUND, "%s: has no %s yet", path, g->metric);
	escape(path, a->path, sizeof(a->path));
	/* Up to two days the means are of minutes, finer than any maxima. */
	a->maxima = !extra && g->to_s - g->from_s > 2 * DAY_S;
	if (traffic)
		put_traffic(a, g);
	else
		put_metric(a, g, (enum metric)m);
	return a->failed ? diag_set(d, KK_E_NOMEM, "%s: out of memory", g->path) : KK_OK;
}

static int
write_beside(const char *path, const unsigned char *p, size_t len, struct diag *d)
{
	char temp[1100];
	ssize_t n = 1;
	int fd, err = 0;

	if (snprintf(temp, sizeof(temp), "%s.tmp%ld", path, (long)getpid()) >= (int)sizeof(temp))
		return diag_set(d, KK_E_RANGE, "%s: too long a name", path);
	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	for (size_t at = 0; at < len && err == 0; at += n > 0 ? (size_t)n : 0) {
		n = write(fd, p + at, len - at);
		if (n < 0 && errno != EINTR)
			err = errno;
	}
	if (close(fd) != 0 && err == 0)
		err = errno;
	if (err == 0 && rename(temp, path) != 0)
		err = errno;
	if (err == 0)
		return KK_OK;
	unlink(temp);
	return diag_set(d, kk_from_errno(err), "%s: %s", path, strerror(err));
}

/* The picture in memory; a file that a writer has locked is waited for. */
static int
draw(struct args *a, const char *path, rrd_info_t **out, struct diag *d)
{
	int rc;

	for (unsigned attempt = 0;; attempt++) {
		a->arg[a->n] = NULL;
		pthread_mutex_lock(&drawing);
		rrd_clear_error();
		/* librrd forgets some strings of every picture. */
		leaks_ignore();
		*out = rrd_graph_v(a->n, a->arg);
		leaks_watch();
		rc = *out != NULL && !rrd_test_error() ? KK_OK : rrderr_take(path, d);
		pthread_mutex_unlock(&drawing);
		if (rc == KK_OK)
			return rc;
		if (*out != NULL)
			rrd_info_free(*out);
		*out = NULL;
		if (rc != KK_E_BUSY || !rrderr_wait(attempt))
			return rc;
	}
}

/* The picture, of a form that the ending of its path names. */
static int
image(const struct conf *c, const struct graph_request *g, rrd_info_t **all, rrd_blob_t *out,
    struct diag *d)
{
	struct args *a = calloc(1, sizeof(*a));
	int rc;

	*all = NULL;
	if (a == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", g->path);
	rc = prepare(c, g, a, d);
	if (rc == KK_OK)
		rc = draw(a, g->path, all, d);
	if (rc == KK_OK) {
		rc = diag_set(d, KK_E_IO, "%s: librrd drew nothing", g->path);
		for (const rrd_info_t *i = *all; i != NULL; i = i->next)
			if (strcmp(i->key, "image") == 0) {
				*out = i->value.u_blo;
				rc = KK_OK;
			}
	}
	args_free(a);
	free(a);
	return rc;
}

int
graph_draw(const struct conf *c, const struct graph_request *g, struct diag *d)
{
	rrd_info_t *all;
	rrd_blob_t blob;
	int rc = image(c, g, &all, &blob, d);

	if (rc == KK_OK)
		rc = write_beside(g->path, blob.ptr, blob.size, d);
	if (all != NULL)
		rrd_info_free(all);
	return rc;
}

int
graph_svg(const struct conf *c, const struct graph_request *g, char **out, struct diag *d)
{
	struct graph_request svg = *g;
	rrd_info_t *all;
	rrd_blob_t blob;
	int rc;

	svg.path = "graph.svg";
	*out = NULL;
	rc = image(c, &svg, &all, &blob, d);
	if (rc == KK_OK && (*out = strndup((const char *)blob.ptr, blob.size)) == NULL)
		rc = diag_set(d, KK_E_NOMEM, "%s: out of memory", g->key);
	if (all != NULL)
		rrd_info_free(all);
	return rc;
}
