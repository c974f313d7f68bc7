/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_series.c - archives as numbers and as pictures. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/zone.h"
#include "rrd/archive/archive.h"
#include "rrd/archive/fetch.h"
#include "rrd/archive/graph.h"
#include "web/api.h"
#include "web/app.h"
#include "web/model.h"

#define KEY_MAX	     512
#define DEFAULT_SPAN (6 * 3600)

/* A time of the query: seconds since the epoch, or what zone_parse() takes. */
static int
query_time(
    const struct web_request *rq, const char *name, int64_t now_s, int64_t otherwise, int64_t *out)
{
	const char *text = http_query(rq, name);
	char *end;

	*out = otherwise;
	if (text == NULL)
		return 1;
	errno = 0;
	*out = strtoll(text, &end, 10);
	if (errno == 0 && *end == '\0' && *out > 100000000)
		return 1;
	return zone_parse(text, now_s, out) == KK_OK;
}

static int
query_range(const struct web_request *rq, int64_t *from_s, int64_t *to_s, struct web_answer *a)
{
	int64_t now_s = time(NULL);

	if (!query_time(rq, "to", now_s, now_s, to_s) ||
	    !query_time(rq, "from", now_s, *to_s - DEFAULT_SPAN, from_s) || *from_s >= *to_s ||
	    *from_s < 0 || *to_s > now_s + 366 * 86400) {
		answer_error(a, 400, "from and to: two times, the later one second");
		return 0;
	}
	return 1;
}

static json_t *
series_json(const struct series *s)
{
	char at[ZONE_TEXT];
	json_t *list = json_array();

	for (size_t ds = 0; ds < s->n_ds; ds++) {
		json_t *values = json_array();

		for (size_t i = 0; i < s->n_rows; i++) {
			double v = s->values[i * s->n_ds + ds];

			json_array_append_new(values, isfinite(v) ? json_real(v) : json_null());
		}
		json_array_append_new(
		    list, json_pack("{s:s,s:o}", "name", s->names[ds], "values", values));
	}
	return json_pack("{s:s,s:i,s:o}", "from", zone_format(s->from_s, at), "step_seconds",
	    (int)s->step_s, "series", list);
}

static void
answer_series(struct app *app, const char *key, const struct web_request *rq, struct web_answer *a)
{
	const char *cf = http_query(rq, "cf");
	struct series *s = NULL;
	struct diag d = {""};
	int64_t from_s, to_s, rows;
	int rc;

	if (!query_range(rq, &from_s, &to_s, a))
		return;
	if (!http_query_int(rq, "rows", 10, 2000, 600, &rows)) {
		answer_error(a, 400, "rows: a number from 10 to 2000");
		return;
	}
	rc = fetch_series(app->conf, key, cf != NULL && strcmp(cf, "MAX") == 0, from_s, to_s,
	    (unsigned)rows, &s, &d);
	if (rc != KK_OK)
		answer_rc(a, rc, d.text);
	else
		answer_json(a, 200, series_json(s));
	series_free(s);
}

/* The archive of the device that the path names; 0: answered with an error. */
static int
device_key(struct app *app, const struct web_request *rq, struct web_answer *a, char *key,
    char *title, size_t title_room)
{
	const struct view *v = model_view(app->model);
	const struct device *dev = v ? inventory_by_id(v->inventory, rq->path.part[3]) : NULL;

	if (dev != NULL) {
		archive_key(dev, dev->account, 0, key, KEY_MAX);
		snprintf(title, title_room, "%s %s", dev->id, dev->name);
	}
	model_release(app->model, v);
	if (v == NULL)
		answer_error(a, 503, "the inventory cannot be read");
	else if (dev == NULL)
		answer_error(a, 404, "no device has this id");
	return dev != NULL;
}

void
api_device_series(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	char key[KEY_MAX], title[300];

	if (device_key(app, rq, a, key, title, sizeof(title)))
		answer_series(app, key, rq, a);
}

void
api_city_series(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	char key[KEY_MAX];

	answer_series(app, archive_area_key("city", "", key, sizeof(key)), rq, a);
}

void
api_area_series(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	const char *kind = rq->path.part[3];
	char key[KEY_MAX];

	if (strcmp(kind, "district") != 0 && strcmp(kind, "site") != 0) {
		answer_error(a, 404, "areas are: city, district, site");
		return;
	}
	answer_series(app, archive_area_key(kind, rq->path.part[4], key, sizeof(key)), rq, a);
}

/* Hand a drawn file on as the answer's body. */
static int
slurp(const char *path, struct web_answer *a)
{
	FILE *f = fopen(path, "rb");
	char *body = NULL;
	long size;

	if (f == NULL)
		return kk_from_errno(errno);
	if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) > 0 &&
	    (body = malloc((size_t)size)) != NULL) {
		rewind(f);
		a->len = fread(body, 1, (size_t)size, f);
	}
	fclose(f);
	if (body == NULL)
		return KK_E_IO;
	a->body = body;
	a->owned = 1;
	a->type = "image/png";
	return KK_OK;
}

void
api_device_graph(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	const char *metric = http_query(rq, "metric"), *lang = http_query(rq, "lang");
	char key[KEY_MAX], title[300], dir[] = "/tmp/kkachi-graph-XXXXXX", path[64];
	struct graph_request g = {.key = key, .title = title, .path = path};
	struct diag d = {""};
	int rc;

	if (!device_key(app, rq, a, key, title, sizeof(title)) ||
	    !query_range(rq, &g.from_s, &g.to_s, a))
		return;
	g.metric = metric ? metric : "traffic";
	g.lang = i18n_language(lang ? lang : app->conf->language);
	if (mkdtemp(dir) == NULL) {
		answer_error(a, 503, "no room for a picture");
		return;
	}
	snprintf(path, sizeof(path), "%s/graph.png", dir);
	if ((rc = graph_draw(app->conf, &g, &d)) == KK_OK)
		rc = slurp(path, a);
	if (rc != KK_OK)
		answer_rc(a, rc, d.text);
	unlink(path);
	rmdir(dir);
}
