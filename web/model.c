/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/model.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/zone.h"
#include "rrd/db/today.h"
#include "rrd/live.h"

#define VIEW_LIFE_MS 1000

struct model {
	const struct conf *conf;
	pthread_mutex_t lock; /* all below, and every view's holders */
	struct db *db;
	struct live *live;
	struct view *view; /* the newest; the model holds it too */
	int64_t made_ms;   /* monotonic */
	struct zone_day today;
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
	picture_free(v->picture);
	inventory_free(v->inventory);
	free(v->districts);
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

static struct view_sum *
district(struct view *v, const char *name)
{
	struct view_sum key = {.name = name};

	return v->n_districts ? bsearch(&key, v->districts, v->n_districts, sizeof(key), by_name)
			      : NULL;
}

/* One sum per district that an access point stands in, sorted by name. */
static int
make_districts(struct view *v)
{
	size_t room = 0;

	for (size_t i = 0; i < v->picture->n; i++) {
		const struct device *dev = v->picture->rows[i].dev;

		if (dev->kind != KIND_AP || district(v, dev->district) != NULL)
			continue;
		if (v->n_districts == room) {
			struct view_sum *more =
			    realloc(v->districts, (room = room ? room * 2 : 32) * sizeof(*more));

			if (more == NULL)
				return KK_E_NOMEM;
			v->districts = more;
		}
		v->districts[v->n_districts++] = (struct view_sum){.name = dev->district};
		qsort(v->districts, v->n_districts, sizeof(*v->districts), by_name);
	}
	return KK_OK;
}

static void
count(struct view_sum *s, const struct standing *r)
{
	double down, up;

	s->total++;
	s->in_state[r->verdict.state]++;
	/* What a silent device last said is not what is there now. */
	if (r->verdict.evidence != EVIDENCE_ALIVE)
		return;
	if (r->live.known >> METRIC_CLIENTS & 1) {
		s->clients += (uint64_t)r->live.value[METRIC_CLIENTS];
		s->clients_known++;
	}
	if (live_rate(&r->live, &down, &up)) {
		s->down_rate += down;
		s->up_rate += up;
		s->rate_known++;
	}
}

static void
sum_up(struct view *v)
{
	v->city.name = "";
	for (size_t i = 0; i < v->picture->n; i++) {
		const struct standing *r = &v->picture->rows[i];

		if (r->dev->kind != KIND_AP)
			continue;
		count(district(v, r->dev->district), r);
		count(&v->city, r);
	}
}

/* The database and the live table come and go with their owners: opened when needed, tried again
 * when absent. */
static int
open_sources(struct model *m, struct diag *d)
{
	int rc = KK_OK;

	if (m->db == NULL && (rc = db_open(m->conf->state_dir, DB_READ, &m->db, d)) != KK_OK)
		return rc;
	if (m->live == NULL && live_open_reader(m->conf->run_dir, &m->live, NULL) != KK_OK)
		m->live = NULL; /* the picture then says that the collector is silent */
	return KK_OK;
}

static int
make_view(struct model *m, struct view **out, struct diag *d)
{
	struct view *v = calloc(1, sizeof(*v));
	int64_t now_cs = clock_utc_cs(NULL);
	int rc;

	if (v == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	v->holders = 1;
	if ((rc = open_sources(m, d)) != KK_OK ||
	    (rc = inventory_read(m->db, &v->inventory, d)) != KK_OK ||
	    (rc = picture_make(m->conf, v->inventory, m->live, now_cs, &v->picture)) != KK_OK ||
	    (rc = make_districts(v)) != KK_OK) {
		view_drop(v);
		return rc;
	}
	sum_up(v);
	zone_day_of(now_cs / 100, &m->today);
	if (today_octets(m->db, m->today.day, &v->octets_today, d) != KK_OK)
		v->octets_today = -1;
	*out = v;
	return KK_OK;
}

/* A collector that was started anew has made the live table anew: let go of one that nobody writes
 * any more. */
static void
forget_stale(struct model *m, const struct view *v)
{
	if (v->picture->collector_silent && m->live != NULL) {
		live_close(m->live);
		m->live = NULL;
	}
}

static void
refresh(struct model *m, int64_t now_ms)
{
	struct diag d = {""};
	struct view *v = NULL;
	int rc = make_view(m, &v, &d);

	m->made_ms = now_ms;
	view_drop(m->view);
	m->view = v;
	if (rc == KK_OK) {
		complaint_over(&m->trouble, "the store can be read again");
		forget_stale(m, v);
		return;
	}
	complain(&m->trouble, now_ms, LOG_LV_ERROR, "%s", d.text[0] ? d.text : kk_strerror(rc));
	db_close(m->db);
	m->db = NULL;
}

const struct view *
model_view(struct model *m)
{
	int64_t now_ms = clock_mono_ms(NULL);
	struct view *v;

	pthread_mutex_lock(&m->lock);
	if (m->made_ms == 0 || now_ms - m->made_ms >= VIEW_LIFE_MS)
		refresh(m, now_ms);
	v = m->view;
	if (v != NULL)
		v->holders++;
	pthread_mutex_unlock(&m->lock);
	return v;
}

void
model_release(struct model *m, const struct view *v)
{
	if (v == NULL)
		return;
	pthread_mutex_lock(&m->lock);
	view_drop((struct view *)(uintptr_t)v);
	pthread_mutex_unlock(&m->lock);
}
