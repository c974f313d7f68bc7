/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts/decide.h"

#include <stdlib.h>
#include <string.h>

static const char *
cause_of(const struct outage *o)
{
	return o->dev ? o->dev->id : OUTAGE_COLLECTOR;
}

static int
is_collector(const char *kind)
{
	return strcmp(kind, outage_kind_name(OUTAGE_COLLECTOR_SILENT)) == 0 ||
	       strcmp(kind, outage_kind_name(OUTAGE_COLLECTOR_CUT)) == 0;
}

/* Whether an open incident is this outage's. A device has one, whatever its kind was; the two of
 * the collector are told apart. */
static int
is_same(const struct incident *i, const struct outage *o)
{
	if (i->ended_s != 0)
		return 0;
	if (o->dev == NULL)
		return strcmp(i->kind, outage_kind_name(o->kind)) == 0;
	return !is_collector(i->kind) && strcmp(i->cause, o->dev->id) == 0;
}

/* A sorted view, so that a thousand outages against a thousand incidents are no million. */
struct open {
	const struct incident *incident;
};

static int
by_cause(const void *a, const void *b)
{
	const struct open *x = a, *y = b;

	return strcmp(x->incident->cause, y->incident->cause);
}

static const struct incident *
find(const struct open *sorted, size_t n, const struct outage *o)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(sorted[middle].incident->cause, cause_of(o)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < n && strcmp(sorted[low].incident->cause, cause_of(o)) == 0; low++)
		if (is_same(sorted[low].incident, o))
			return sorted[low].incident;
	return NULL;
}

static void
begin_or_grow(struct decisions *d, const struct outage *o, const struct incident *i)
{
	if (i == NULL && !o->pending)
		d->rows[d->n++] = (struct decision){.what = DECISION_BEGIN, .outage = o};
	else if (i != NULL && (i->affected != o->affected || i->suppressed != o->suppressed))
		d->rows[d->n++] =
		    (struct decision){.what = DECISION_GROW, .outage = o, .incident = i};
}

/* Since when a device is sure to be back; 0: it is not. */
static int64_t
back_since(const struct picture *p, const struct device *dev, int64_t now_s)
{
	const struct standing *s = picture_row(p, dev->num);
	const struct verdict *v = &s->verdict;

	if (v->state == STATE_AWAY) /* a device that was made mobile: nobody waits for it */
		return now_s;
	if (v->state != STATE_UP && v->state != STATE_DEGRADED)
		return 0;
	/* After a restart one miss is all that is known: no sign of life. */
	if (v->evidence == EVIDENCE_DOUBT ||
	    (v->evidence == EVIDENCE_NONE && v->why != WHY_BELOW_ANSWERS))
		return 0;
	if (v->why != WHY_NOTHING && v->why != WHY_PARTIAL && v->why < WHY_REASON &&
	    v->why != WHY_BELOW_ANSWERS)
		return now_s; /* "since" is when it fell silent */
	return v->since_s > 0 ? v->since_s : now_s;
}

static void
end(struct decisions *d, const struct picture *p, const struct inventory *inv,
    const struct incident *i, int64_t now_s)
{
	const struct device *dev;
	int64_t ended = now_s;

	if (is_collector(i->kind)) {
		for (size_t k = 0; k < p->n_outages; k++)
			if (p->outages[k].dev == NULL && is_same(i, &p->outages[k]))
				return;
		/* While nobody writes, nobody knows whether the network is back. */
		if (p->collector_silent)
			return;
	} else if ((dev = inventory_by_id(inv, i->cause)) != NULL &&
		   (ended = back_since(p, dev, now_s)) == 0) {
		return;
	}
	if (ended < i->since_s)
		ended = now_s;
	d->rows[d->n++] = (struct decision){.what = DECISION_END, .incident = i, .ended_s = ended};
}

int
decide(const struct picture *p, const struct inventory *inv, const struct incidents *known,
    int64_t now_s, struct decisions *out)
{
	struct open *sorted = calloc(known->n + 1, sizeof(*sorted));
	size_t n = 0;

	out->n = 0;
	out->rows = calloc(known->n + p->n_outages + 1, sizeof(*out->rows));
	if (sorted == NULL || out->rows == NULL) {
		free(sorted);
		free(out->rows);
		out->rows = NULL;
		return KK_E_NOMEM;
	}
	for (size_t i = 0; i < known->n; i++)
		if (known->rows[i].ended_s == 0)
			sorted[n++].incident = &known->rows[i];
	qsort(sorted, n, sizeof(*sorted), by_cause);
	for (size_t i = 0; i < p->n_outages; i++)
		begin_or_grow(out, &p->outages[i], find(sorted, n, &p->outages[i]));
	for (size_t i = 0; i < n; i++)
		end(out, p, inv, sorted[i].incident, now_s);
	free(sorted);
	return KK_OK;
}
