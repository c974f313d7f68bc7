/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "collector/layout.h"
#include "lib/wire.h"

#define PLAN_VERSION 1

int
plan_new(struct plan **out)
{
	struct plan *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return KK_E_NOMEM;
	p->entry = 0xff;
	p->chunk = PLAN_CHUNK_MAX;
	if ((p->object = calloc(PLAN_OBJECTS_MAX, sizeof(*p->object))) == NULL) {
		free(p);
		return KK_E_NOMEM;
	}
	*out = p;
	return KK_OK;
}

void
plan_free(struct plan *p)
{
	if (p == NULL)
		return;
	free(p->object);
	free(p->sub);
	free(p);
}

const unsigned long *
plan_name(const struct plan *p, unsigned i)
{
	return p->sub + p->object[i].at;
}

/* Another feed for an object that is asked already. */
static int
feed_known(struct plan *p, unsigned index, const unsigned long *name, size_t len)
{
	for (unsigned i = 0; i < p->n_objects; i++) {
		struct plan_object *o = &p->object[i];

		if (o->what != OBJECT_METRIC || o->len != len ||
		    memcmp(plan_name(p, i), name, len * sizeof(*name)) != 0)
			continue;
		if (o->n_feeds == PLAN_FEEDS_MAX)
			return 0; /* asked twice, then */
		o->feed[o->n_feeds++] = (uint8_t)index;
		return 1;
	}
	return 0;
}

int
plan_add(
    struct plan *p, enum object_what what, unsigned index, const unsigned long *name, size_t len)
{
	struct plan_object *o = &p->object[p->n_objects];

	if (what == OBJECT_METRIC)
		p->value[index].terms++;
	if (what == OBJECT_METRIC && feed_known(p, index, name, len))
		return KK_OK;
	if (p->n_objects == PLAN_OBJECTS_MAX || len > OID_MAX)
		return KK_E_FULL;
	if (p->n_sub + len > p->sub_room) {
		size_t room = p->sub_room * 2 + OID_MAX;
		unsigned long *sub = realloc(p->sub, room * sizeof(*sub));

		if (sub == NULL)
			return KK_E_NOMEM;
		p->sub = sub;
		p->sub_room = room;
	}
	*o = (struct plan_object){.what = (uint8_t)what,
	    .index = (uint8_t)index,
	    .len = (uint8_t)len,
	    .at = (uint32_t)p->n_sub};
	if (what == OBJECT_METRIC) {
		o->n_feeds = 1;
		o->feed[0] = (uint8_t)index;
	}
	memcpy(p->sub + p->n_sub, name, len * sizeof(*name));
	p->n_sub += len;
	p->n_objects++;
	return KK_OK;
}

void
plan_drop(struct plan *p, unsigned i)
{
	/* A metric that lacks a term is unknown: `terms` stays, so that it never has them all. */
	p->n_objects--;
	memmove(&p->object[i], &p->object[i + 1], (p->n_objects - i) * sizeof(*p->object));
}

/* ---- as octets ---- */

static size_t
put_object(const struct plan *p, unsigned i, uint8_t *at)
{
	const struct plan_object *o = &p->object[i];
	const unsigned long *name = plan_name(p, i);
	size_t same = 0, n = 0;

	if (i > 0) {
		const unsigned long *before = plan_name(p, i - 1);
		size_t most = p->object[i - 1].len < o->len ? p->object[i - 1].len : o->len;

		while (same < most && name[same] == before[same])
			same++;
	}
	at[n++] = o->what;
	at[n++] = o->index;
	at[n++] = o->n_feeds;
	for (unsigned k = 0; k < o->n_feeds; k++)
		at[n++] = o->feed[k];
	at[n++] = o->len;
	at[n++] = (uint8_t)same;
	for (; same < o->len; same++)
		n += wire_put_leb(at + n, name[same]);
	return n;
}

int
plan_encode(const struct plan *p, uint8_t **out, size_t *len)
{
	size_t room = 64 + p->n_counters * 20 + p->n_values * 44 +
		      p->n_objects * (size_t)(8 + PLAN_FEEDS_MAX) + p->n_sub * 10;
	uint8_t *at = malloc(room);
	size_t n = 0;

	if (at == NULL)
		return KK_E_NOMEM;
	at[n++] = PLAN_VERSION;
	at[n++] = p->entry;
	at[n++] = p->chunk;
	n += wire_put_leb(at + n, p->n_counters);
	for (unsigned i = 0; i < p->n_counters; i++) {
		n += wire_put_leb(at + n, p->counter[i].mbps);
		n += wire_put_leb(at + n, p->counter[i].mbps_max);
	}
	n += wire_put_leb(at + n, p->n_values);
	for (unsigned i = 0; i < p->n_values; i++) {
		const struct plan_value *v = &p->value[i];

		at[n++] = v->metric;
		at[n++] = v->gather;
		at[n++] = v->terms;
		n += wire_put_zigzag(at + n, v->times);
		n += wire_put_zigzag(at + n, v->plus);
		n += wire_put_zigzag(at + n, v->low);
		n += wire_put_zigzag(at + n, v->high);
	}
	n += wire_put_leb(at + n, p->n_objects);
	for (unsigned i = 0; i < p->n_objects; i++)
		n += put_object(p, i, at + n);
	*out = at;
	*len = n;
	return KK_OK;
}

static unsigned
get_count(struct wire *w, unsigned max)
{
	uint64_t n = wire_leb(w);

	if (n > max)
		w->failed = 1;
	return w->failed ? 0 : (unsigned)n;
}

static int64_t
get_bounded(struct wire *w)
{
	int64_t v = wire_zigzag(w);

	if (v < -(INT64_C(1) << 33) || v > (INT64_C(1) << 33))
		w->failed = 1;
	return v;
}

static void
get_value(struct wire *w, struct plan_value *v)
{
	v->metric = wire_u8(w);
	v->gather = wire_u8(w);
	v->terms = wire_u8(w);
	v->times = get_bounded(w);
	v->plus = get_bounded(w);
	v->low = get_bounded(w);
	v->high = get_bounded(w);
	if (v->metric >= METRIC_COUNT || v->gather >= GATHERS || v->times > 1000000 ||
	    v->times < -1000000)
		w->failed = 1;
}

static int
index_fits(const struct plan *p, const struct plan_object *o)
{
	switch (o->what) {
	case OBJECT_UPTIME:
	case OBJECT_HOST_UPTIME:
	case OBJECT_CHANGED:
		return o->index == 0;
	case OBJECT_METRIC:
		for (unsigned k = 0; k < o->n_feeds; k++)
			if (o->feed[k] >= p->n_values)
				return 0;
		return o->n_feeds > 0;
	default:
		return o->what < OBJECT_WHATS && o->index < p->n_counters;
	}
}

static int
get_object(struct wire *w, struct plan *p)
{
	struct plan_object o = {0};
	unsigned long name[OID_MAX];
	unsigned same, i = p->n_objects;
	int rc;

	o.what = wire_u8(w);
	o.index = wire_u8(w);
	o.n_feeds = wire_u8(w);
	if (o.n_feeds > PLAN_FEEDS_MAX)
		return KK_E_SYNTAX;
	for (unsigned k = 0; k < o.n_feeds; k++)
		o.feed[k] = wire_u8(w);
	o.len = wire_u8(w);
	same = wire_u8(w);
	if (w->failed || o.len < 2 || o.len > OID_MAX || same > o.len ||
	    same > (i > 0 ? p->object[i - 1].len : 0) || !index_fits(p, &o))
		return KK_E_SYNTAX;
	if (same > 0)
		memcpy(name, plan_name(p, i - 1), same * sizeof(name[0]));
	for (; same < o.len; same++)
		if ((name[same] = wire_leb(w)) > UINT32_MAX)
			return KK_E_SYNTAX;
	/* As something that is no metric, so that it stands where it stood. */
	if ((rc = plan_add(p, OBJECT_UPTIME, 0, name, o.len)) != KK_OK)
		return rc;
	o.at = p->object[i].at;
	p->object[i] = o;
	return KK_OK;
}

int
plan_decode(const uint8_t *in, size_t len, struct plan **out)
{
	struct wire w = wire_over(in, len);
	struct plan_object *shrunk;
	struct plan *p;
	unsigned n;
	int rc;

	if (wire_u8(&w) != PLAN_VERSION)
		return KK_E_VERSION;
	if ((rc = plan_new(&p)) != KK_OK)
		return rc;
	p->entry = wire_u8(&w);
	p->chunk = wire_u8(&w);
	if (p->chunk == 0 || p->chunk > PLAN_CHUNK_MAX)
		w.failed = 1;
	p->n_counters = get_count(&w, SAMPLE_COUNTERS_MAX);
	for (unsigned i = 0; i < p->n_counters; i++) {
		p->counter[i].mbps = get_count(&w, UINT32_MAX);
		p->counter[i].mbps_max = get_count(&w, UINT32_MAX);
	}
	p->n_values = get_count(&w, PLAN_VALUES_MAX);
	for (unsigned i = 0; i < p->n_values; i++)
		get_value(&w, &p->value[i]);
	n = get_count(&w, PLAN_OBJECTS_MAX);
	while (rc == KK_OK && !w.failed && n-- > 0)
		rc = get_object(&w, p);
	if (rc == KK_OK && (w.failed || wire_left(&w) > 0 || p->n_objects == 0))
		rc = KK_E_SYNTAX;
	if (rc != KK_OK) {
		plan_free(p);
		return rc;
	}
	/* As many as there are: every device may have a layout of its own. */
	shrunk = realloc(p->object, p->n_objects * sizeof(*shrunk));
	if (shrunk != NULL)
		p->object = shrunk;
	*out = p;
	return KK_OK;
}
