/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_devices.c - devices, filtered and paged here, so that a browser never holds 18,450 rows. */
#include <string.h>
#include <strings.h>

#include "alerts/device_json.h"
#include "alerts/nameplate_json.h"
#include "lib/log.h"
#include "web/api.h"
#include "web/app.h"
#include "web/model.h"

#define LIMIT_MAX     1000
#define LIMIT_DEFAULT 100

struct filter {
	const char *district, *state, *kind, *text;
};

static int
holds(const char *text, const char *what)
{
	return text != NULL && strcasestr(text, what) != NULL;
}

static int
fits(const struct filter *f, const struct standing *r)
{
	const struct device *d = r->dev;

	if (f->district && strcmp(f->district, d->district) != 0)
		return 0;
	if (f->state && strcmp(f->state, state_name(r->verdict.state)) != 0)
		return 0;
	if (f->kind && strcmp(f->kind, device_kind_name(d->kind)) != 0)
		return 0;
	return f->text == NULL || holds(d->id, f->text) || holds(d->name, f->text) ||
	       holds(d->address, f->text) || holds(d->site, f->text) || holds(d->host, f->text);
}

void
api_devices(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	struct filter f = {http_query(rq, "district"), http_query(rq, "state"),
	    http_query(rq, "kind"), http_query(rq, "q")};
	const struct view *v;
	int64_t offset, limit, total = 0;
	json_t *list;

	if (!http_query_int(rq, "offset", 0, 1 << 30, 0, &offset) ||
	    !http_query_int(rq, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit)) {
		answer_error(a, 400, "offset: 0 and up; limit: 1 to %d", LIMIT_MAX);
		return;
	}
	if ((v = model_view(app->model)) == NULL) {
		answer_error(a, 503, "the inventory cannot be read: has kkachi import been run?");
		return;
	}
	list = json_array();
	for (size_t i = 0; i < v->picture->n; i++) {
		if (!fits(&f, &v->picture->rows[i]))
			continue;
		if (total >= offset && total < offset + limit)
			json_array_append_new(list, device_json(v->picture, &v->picture->rows[i]));
		total++;
	}
	model_release(app->model, v);
	answer_json(a, 200,
	    json_pack("{s:I,s:I,s:I,s:o}", "total", (json_int_t)total, "offset", (json_int_t)offset,
		"limit", (json_int_t)limit, "devices", list));
}

/* A device in full, with what it is and was; that is read by a connection of the request's own. */
static void
answer_device(struct app *app, const struct view *v, const struct standing *r, struct web_answer *a)
{
	json_t *o = device_json(v->picture, r), *plates = NULL;
	struct diag d = {""};
	struct db *db = NULL;

	if (db_open(app->conf->state_dir, DB_READ, &db, &d) == KK_OK)
		plates = identities_json(db, r->dev->num, &d);
	db_close(db);
	if (plates == NULL) {
		log_line(LOG_LV_WARNING, "%s", d.text);
		answer_error(a, 503, "the database cannot be read");
		json_decref(o);
		return;
	}
	json_object_set_new(o, "nameplates", plates);
	answer_json(a, 200, o);
}

void
api_device(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	const struct view *v = model_view(app->model);
	const struct device *d = v ? inventory_by_id(v->inventory, rq->path.part[3]) : NULL;
	const struct standing *r = d ? picture_row(v->picture, d->num) : NULL;

	if (v == NULL)
		answer_error(a, 503, "the inventory cannot be read: has kkachi import been run?");
	else if (r == NULL)
		answer_error(a, 404, "no device has this id");
	else
		answer_device(app, v, r, a);
	model_release(app->model, v);
}
