/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/take.h"

#include <string.h>

#include "collector/learn.h"
#include "collector/table/rows.h"

void
take_start(struct take *t, const struct layout *y, const uint32_t *key)
{
	const struct plan *p = y->plan;

	t->has = 0;
	for (unsigned i = 0; i < p->n_counters; i++)
		t->reading[i] = (struct reading){.key = key[i],
		    .width = 64,
		    .mbps = p->counter[i].mbps,
		    .mbps_max = p->counter[i].mbps_max};
	memset(t->value, 0, p->n_values * sizeof(t->value[0]));
}

/* Not there any more, or there and of another type than it can be. */
static void
note_bad(struct take *t, const struct varbind *vb)
{
	t->has |= TAKE_MISSING;
	if (vb->type < VB_NO_OBJECT && vb->type != VB_NULL)
		t->has |= TAKE_WRONG;
}

/* present counts the directions that are there: 2 is both. */
static void
take_octets(struct take *t, struct reading *r, uint64_t *into, const struct varbind *vb)
{
	if (vb->type == VB_COUNTER32 || vb->type == VB_GAUGE32) {
		r->width = 32;
	} else if (vb->type != VB_COUNTER64) {
		note_bad(t, vb);
		return;
	}
	*into = (uint64_t)vb->number;
	r->present++;
}

static void
take_uptime(struct take *t, const struct varbind *vb, int64_t at_cs)
{
	uint32_t uptime = (uint32_t)vb->number;

	if (vb->type != VB_TIMETICKS && vb->type != VB_COUNTER32 && vb->type != VB_GAUGE32) {
		note_bad(t, vb);
		return;
	}
	/* Of a poll in several parts: it cannot have gone back by more than the parts took. */
	if ((t->has & TAKE_UPTIME) && (int32_t)(uptime - t->uptime) < -100)
		t->has |= TAKE_TORN;
	t->uptime = uptime;
	t->uptime_at_cs = at_cs;
	t->has |= TAKE_UPTIME;
}

static void
take_ticks(struct take *t, unsigned flag, uint32_t *into, const struct varbind *vb)
{
	if (vb->type != VB_TIMETICKS) {
		note_bad(t, vb);
		return;
	}
	*into = (uint32_t)vb->number;
	t->has |= flag;
}

static void
take_name(struct take *t, const struct reading *r, const struct varbind *vb)
{
	if (vb->type != VB_OCTETS || vb->octets == NULL)
		note_bad(t, vb);
	else if (learn_key(vb->octets, vb->len) != r->key)
		t->has |= TAKE_MOVED;
}

/* One term of a value. Of the largest of several, one that cannot be is left out; a sum is spoilt
 * by it. */
static void
take_term(struct take *t, unsigned i, const struct plan_value *v, int good, int64_t number)
{
	if (good && v->low <= v->high && (number < v->low || number > v->high))
		good = 0;
	t->value[i].terms++;
	if (v->gather == GATHER_MAX) {
		if (good && (!t->value[i].any || number > t->value[i].sum))
			t->value[i].sum = number;
	} else if (!good || __builtin_add_overflow(t->value[i].sum, number, &t->value[i].sum)) {
		t->value[i].bad = 1;
	}
	t->value[i].any |= (uint8_t)good;
}

static void
take_terms(
    struct take *t, const struct plan_object *o, const struct plan *p, const struct varbind *vb)
{
	int64_t number = 0;
	int good = varbind_number(vb, &number) && !(vb->type == VB_COUNTER64 && number < 0);

	if (!good)
		note_bad(t, vb);
	for (unsigned k = 0; k < o->n_feeds; k++)
		take_term(t, o->feed[k], &p->value[o->feed[k]], good, number);
}

void
take_answer(struct take *t, const struct layout *y, unsigned get, const struct answer *a)
{
	const struct layout_get *g = &y->get[get];
	const struct plan *p = y->plan;

	for (unsigned i = 0; i < g->n && i < a->n; i++) {
		const struct plan_object *o = &p->object[g->object[i]];
		const struct varbind *vb = &a->vb[i];
		struct reading *r = &t->reading[o->index];

		switch (o->what) {
		case OBJECT_UPTIME:
			take_uptime(t, vb, a->received_cs);
			break;
		case OBJECT_HOST_UPTIME:
			take_ticks(t, TAKE_HOST_UPTIME, &t->host_uptime, vb);
			break;
		case OBJECT_CHANGED:
			take_ticks(t, TAKE_CHANGED, &t->changed, vb);
			break;
		case OBJECT_DOWN:
			take_octets(t, r, &r->down, vb);
			break;
		case OBJECT_UP:
			take_octets(t, r, &r->up, vb);
			break;
		case OBJECT_DISCONTINUITY:
			r->boot_cs = vb->type == VB_TIMETICKS ? vb->number : 0;
			break;
		case OBJECT_NAME:
			take_name(t, r, vb);
			break;
		default:
			take_terms(t, o, p, vb);
			break;
		}
	}
}

void
take_metrics(const struct take *t, const struct layout *y, struct sample *s)
{
	for (unsigned i = 0; i < y->plan->n_values; i++) {
		const struct plan_value *v = &y->plan->value[i];
		int64_t n = t->value[i].sum;

		if (t->value[i].bad || !t->value[i].any || t->value[i].terms != v->terms)
			continue;
		if (__builtin_mul_overflow(n, v->times, &n) ||
		    __builtin_add_overflow(n, v->plus, &n) ||
		    __builtin_mul_overflow(n, metric_info(v->metric)->scale, &n))
			continue;
		sample_set(s, v->metric, n);
	}
}
