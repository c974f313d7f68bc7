/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_events.c - what probes saw happen on the air, as `kkachi events --json` gives it. */
#include <string.h>
#include <time.h>

#include "alerts/event_json.h"
#include "lib/zone.h"
#include "web/api.h"
#include "web/app.h"
#include "web/model.h"

#define DAYS_S	   (INT64_C(7) * 86400)
#define LIMIT	   100
#define LIMIT_MOST 1000

struct list {
	json_t *rows;
	const struct inventory *inventory;
};

static void
take(void *ctx, const struct event_row *row)
{
	struct list *l = ctx;

	json_array_append_new(l->rows, event_json(row, l->inventory));
}

/* 0: it is answered already. */
static int
read_query(
    const struct web_request *rq, const struct view *v, struct event_query *q, struct web_answer *a)
{
	const char *since = http_query(rq, "since"), *kind = http_query(rq, "kind"),
		   *device = http_query(rq, "device"), *open = http_query(rq, "open");
	const struct device *dev = device != NULL ? inventory_by_id(v->inventory, device) : NULL;
	int64_t now_s = time(NULL), limit;

	*q = (struct event_query){.kind = -1, .since_s = now_s - DAYS_S};
	if (since != NULL && zone_parse(since, now_s, &q->since_s) != KK_OK)
		answer_error(a, 400, "since is no time");
	else if (kind != NULL && (q->kind = event_kind_of(kind)) < 0)
		answer_error(a, 400, "kind is evil_twin, legacy_ssid or deauth_flood");
	else if (device != NULL && dev == NULL)
		answer_error(a, 404, "no device has this id");
	else if (!http_query_int(rq, "limit", 1, LIMIT_MOST, LIMIT, &limit))
		answer_error(a, 400, "limit is 1 to 1000");
	else {
		q->device = dev != NULL ? dev->num : 0;
		q->open = open != NULL && strcmp(open, "0") != 0;
		q->max = (size_t)limit;
		return 1;
	}
	return 0;
}

static void
answer(struct app *app, const struct view *v, const struct event_query *q, struct web_answer *a)
{
	struct list l = {json_array(), v->inventory};
	struct diag d = {""};
	struct db *db = NULL;
	int rc = db_open(app->conf->state_dir, DB_READ, &db, &d);

	if (rc == KK_OK)
		rc = events_read(db, q, take, &l, &d);
	if (rc == KK_OK) {
		answer_json(a, 200, json_pack("{s:o}", "events", l.rows));
	} else {
		json_decref(l.rows);
		answer_rc(a, rc, d.text);
	}
	db_close(db);
}

void
api_events(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	const struct view *v = model_view(app->model);
	struct event_query q;

	if (v == NULL)
		answer_error(a, 503, "the inventory cannot be read: has kkachi import been run?");
	else if (read_query(rq, v, &q, a))
		answer(app, v, &q, a);
	model_release(app->model, v);
}
