/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/graph.h"

#include <errno.h>
#include <pthread.h>
#include <rrd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/region.h"
#include "rrd/fetch.h"
#include "rrd/rrderr.h"

#define ARGS_MAX 48

/* rrd_graph_v() is not thread safe (rrdthreads(1)): one picture at a time. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

/* The arguments of rrdgraph(1), put together. */
struct args {
	struct region *region;
	char *v[ARGS_MAX];
	int n;
	int failed;
};

static void arg(struct args *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
arg(struct args *a, const char *fmt, ...)
{
	char text[1600];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (a->n == ARGS_MAX || n < 0 || n >= (int)sizeof(text) ||
	    (a->v[a->n] = region_strdup(a->region, text)) == NULL) {
		a->failed = 1;
		return;
	}
	a->n++;
}

/* A text inside a DEF or a legend: colons separate, backslashes escape. */
static const char *
escaped(struct args *a, const char *text)
{
	char *out = region_alloc(a->region, 2 * strlen(text) + 1), *p = out;

	if (out == NULL) {
		a->failed = 1;
		return "";
	}
	for (; *text != '\0'; text++) {
		if (*text == ':' || *text == '\\')
			*p++ = '\\';
		*p++ = *text;
	}
	return out;
}

/* A line of the legend with its greatest, mean and newest value. */
static void
legend(struct args *a, const char *var, const char *format, enum language lang)
{
	arg(a, "VDEF:%s_max=%s,MAXIMUM", var, var);
	arg(a, "VDEF:%s_avg=%s,AVERAGE", var, var);
	arg(a, "VDEF:%s_now=%s,LAST", var, var);
	arg(a, "GPRINT:%s_now:%s %s", var, i18n(lang, TEXT_GRAPH_NOW), format);
	arg(a, "GPRINT:%s_avg:%s %s", var, i18n(lang, TEXT_GRAPH_MEAN), format);
	arg(a, "GPRINT:%s_max:%s %s\\l", var, i18n(lang, TEXT_GRAPH_MOST), format);
}

/* Colours are Wong's; the second line differs by its dashes as well. */
static void
draw_traffic(struct args *a, const char *file, enum language lang)
{
	arg(a, "--vertical-label=bit/s");
	arg(a, "DEF:d=%s:octets_down:AVERAGE", file);
	arg(a, "DEF:u=%s:octets_up:AVERAGE", file);
	arg(a, "CDEF:down=d,8,*");
	arg(a, "CDEF:up=u,8,*");
	arg(a, "AREA:down#0072B244");
	arg(a, "LINE1.5:down#0072B2: %s", i18n(lang, TEXT_DOWNLOAD));
	legend(a, "down", "%7.2lf %s", lang);
	arg(a, "LINE1.5:up#D55E00: %s:dashes=6,3", i18n(lang, TEXT_UPLOAD));
	legend(a, "up", "%7.2lf %s", lang);
}

static int
draw_metric(struct args *a, const char *file, const char *name, enum language lang)
{
	int m = metric_by_name(name);

	if (m < 0)
		return KK_E_RANGE;
	arg(a, "--vertical-label=%s", metric_info((enum metric)m)->unit);
	if (metric_info((enum metric)m)->scale == 1 &&
	    metric_info((enum metric)m)->kind == METRIC_GAUGE)
		arg(a, "--units-exponent=0");
	arg(a, "DEF:v=%s:%s:AVERAGE", file, name);
	arg(a, "AREA:v#009E7344");
	arg(a, "LINE1.5:v#009E73: %s", m == METRIC_CLIENTS ? i18n(lang, TEXT_GRAPH_CLIENTS) : name);
	legend(a, "v", m == METRIC_RTT ? "%7.2lf %ss" : "%7.1lf", lang);
	return KK_OK;
}

static int
build(struct args *a, const struct conf *c, const struct graph_request *g, const char *path,
    const char *format)
{
	char plain[CONF_TEXT + 600];
	const char *file;
	int rc = KK_OK;

	/* Metrics that the first file does not have stand in the second. */
	int m = metric_by_name(g->metric);
	int second = m >= 0 && m != METRIC_OCTETS_DOWN && m != METRIC_OCTETS_UP &&
		     m != METRIC_CLIENTS && m != METRIC_RTT;

	snprintf(plain, sizeof(plain), "%s/rrd/%s%s.rrd", c->state_dir, g->key, second ? ".x" : "");
	file = escaped(a, plain);
	arg(a, "graph");
	arg(a, "%s", path);
	arg(a, "--imgformat=%s", format);
	arg(a, "--start=%lld", (long long)g->from_s);
	arg(a, "--end=%lld", (long long)g->to_s);
	arg(a, "--width=%u", g->width ? g->width : 800);
	arg(a, "--height=%u", g->height ? g->height : 240);
	arg(a, "--title=%s", g->title);
	arg(a, "--lower-limit=0");
	arg(a, "--slope-mode");
	arg(a, "--disable-rrdtool-tag");
	arg(a, "--font=DEFAULT:9:NanumGothic");
	arg(a, "--color=BACK#FFFFFF");
	arg(a, "--color=SHADEA#FFFFFF");
	arg(a, "--color=SHADEB#FFFFFF");
	if (access(plain, F_OK) != 0 && errno == ENOENT)
		return KK_E_NOTFOUND;
	if (strcmp(g->metric, "traffic") == 0)
		draw_traffic(a, file, g->lang);
	else
		rc = draw_metric(a, file, g->metric, g->lang);
	return a->failed ? KK_E_NOMEM : rc;
}

/* Draw into `path`; a lock that a writer holds is waited for. */
static int
draw_file(struct args *a, const char *path, struct diag *d)
{
	int rc;

	for (unsigned attempt = 0;; attempt++) {
		rrd_info_t *info;

		pthread_mutex_lock(&one_at_a_time);
		rrd_clear_error();
		info = rrd_graph_v(a->n, a->v);
		rc = rrd_test_error() ? rrderr_take(path, d) : KK_OK;
		rrd_info_free(info);
		pthread_mutex_unlock(&one_at_a_time);
		if (rc != KK_E_BUSY || !rrderr_wait(attempt))
			return rc;
	}
}

static const char *
format_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	if (dot != NULL && strcmp(dot, ".png") == 0)
		return "PNG";
	if (dot != NULL && strcmp(dot, ".svg") == 0)
		return "SVG";
	return NULL;
}

int
graph_draw(const struct conf *c, const struct graph_request *g, struct diag *d)
{
	const char *format = format_of(g->path);
	char temporary[CONF_TEXT + 1024];
	struct args a = {.region = NULL};
	int rc;

	if (format == NULL)
		return diag_set(d, KK_E_RANGE, "%s: a graph is a .png or an .svg", g->path);
	if (g->from_s >= g->to_s)
		return diag_set(d, KK_E_RANGE, "%s: the range ends before it starts", g->key);
	if (snprintf(temporary, sizeof(temporary), "%s.new.%ld", g->path, (long)getpid()) >=
	    (int)sizeof(temporary))
		return diag_set(d, KK_E_RANGE, "the path is too long");
	if ((a.region = region_new()) == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	fetch_ask_flush(c, g->key);
	rc = build(&a, c, g, temporary, format);
	if (rc == KK_E_RANGE)
		diag_set(d, rc, "%s: no such metric (traffic, or one of kkachi(7))", g->metric);
	else if (rc == KK_E_NOTFOUND)
		diag_set(d, rc, "%s: no archive yet", g->key);
	else if (rc != KK_OK)
		diag_set(d, rc, "%s: %s", g->path, kk_strerror(rc));
	else
		rc = draw_file(&a, temporary, d);
	if (rc == KK_OK && rename(temporary, g->path) != 0)
		rc = diag_set(d, kk_from_errno(errno), "%s: %s", g->path, strerror(errno));
	if (rc != KK_OK)
		unlink(temporary);
	region_free(a.region);
	return rc;
}
