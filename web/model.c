/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/model.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/zone.h"
#include "rrd/db.h"
#include "rrd/ledger.h"

#define VIEW_LIFE_MS 1000

struct model {
	const struct conf *conf;
	pthread_mutex_t lock; /* all below */
	struct db *db;
	struct live *live;
	struct view *view; /* the newest; the model holds it too */
	int64_t made_ms;   /* monotonic */
	struct complaint trouble;
};

int
model_new(const struct conf *c, struct model **out)
{
	struct model *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return KK_E_NOMEM;
	m->conf = c;
	pthread_mutex_init(&m->lock, NULL);
	*out = m;
	return KK_OK;
}

static void
view_drop(struct view *v)
{
	if (v == NULL || --v->holders > 0)
		return;
	inventory_free(v->inventory);
	free(v->rows);
	free(v->districts);
	view_incidents_free(v);
	free(v);
}

void
model_free(struct model *m)
{
	if (m == NULL)
		return;
	view_drop(m->view);
	live_close(m->live);
	db_close(m->db);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct view_sum *)a)->name, ((const struct view_sum *)b)->name);
}

/* One sum per district that an access point belongs to, sorted by name. */
static int
make_districts(struct view *v)
{
	size_t room = 0;

	for (size_t i = 0; i < v->n; i++) {
		struct view_sum key = { .name = v->rows[i].dev->district };

		if (v->rows[i].dev->kind != KIND_AP ||
		    (v->n_districts > 0 && bsearch(&key, v->districts, v->n_districts, sizeof(key), by_name)))
			continue;
		if (v->n_districts == room) {
			struct view_sum *more = realloc(v->districts, (room = room ? room * 2 : 32) * sizeof(*more));

			if (more == NULL)
				return KK_E_NOMEM;
			v->districts = more;
		}
		v->districts[v->n_districts++] = key;
		qsort(v->districts, v->n_districts, sizeof(key), by_name);
	}
	return KK_OK;
}

static void
count_row(struct view_sum *s, const struct view_row *r)
{
	uint32_t *field = &s->other;

	if (r->verdict.state == STATE_UP)
		field = &s->up;
	else if (r->verdict.state == STATE_DEGRADED)
		field = &s->degraded;
	else if (r->verdict.state == STATE_DOWN)
		field = &s->down;
	else if (r->verdict.state == STATE_UNREACHABLE)
		field = &s->unreachable;
	else if (r->verdict.state == STATE_UNKNOWN)
		field = &s->unknown;
	(*field)++;
	s->total++;
	/* What a silent device last said is not what is there now. */
	if (r->live.misses > 0 || r->live.device == 0)
		return;
	if (r->live.known >> METRIC_CLIENTS & 1) {
		s->clients += (uint64_t)r->live.value[METRIC_CLIENTS];
		s->clients_known++;
	}
	if (r->has_rate) {
		s->down_rate += r->down_rate;
		s->up_rate += r->up_rate;
		s->rate_known++;
	}
}

static void
sum_up(struct view *v)
{
	v->city.name = "";
	for (size_t i = 0; i < v->n; i++) {
		struct view_sum key = { .name = v->rows[i].dev->district };
		struct view_sum *s;

		if (v->rows[i].dev->kind != KIND_AP)
			continue;
		s = bsearch(&key, v->districts, v->n_districts, sizeof(key), by_name);
		count_row(s, &v->rows[i]);
		count_row(&v->city, &v->rows[i]);
	}
}
