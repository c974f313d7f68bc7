/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts/picture.h"

#include <stdlib.h>
#include <string.h>

#include "alerts/cause.h"
#include "lib/text.h"

#define OUTAGE_AS_NAME(id, name) name,
static const char *const kind_names[OUTAGE_KIND_COUNT] = {OUTAGE_KINDS(OUTAGE_AS_NAME)};

const char *
outage_kind_name(enum outage_kind k)
{
	return kind_names[k];
}

/* Ids to rows, open addressing; made once per picture. */
struct index {
	uint32_t *slot; /* row + 1 */
	size_t mask;
};

static int
index_make(struct index *x, const struct standing *rows, size_t n)
{
	size_t size = 16;

	while (size < n * 2)
		size *= 2;
	if ((x->slot = calloc(size, sizeof(*x->slot))) == NULL)
		return KK_E_NOMEM;
	x->mask = size - 1;
	for (size_t i = 0; i < n; i++) {
		size_t k = text_hash(rows[i].dev->id, strlen(rows[i].dev->id)) & x->mask;

		while (x->slot[k] != 0)
			k = (k + 1) & x->mask;
		x->slot[k] = (uint32_t)i + 1;
	}
	return KK_OK;
}

static int32_t
index_find(const struct index *x, const struct standing *rows, const char *id)
{
	if (id[0] == '\0')
		return CAUSE_NONE;
	for (size_t k = text_hash(id, strlen(id)) & x->mask; x->slot[k] != 0; k = (k + 1) & x->mask)
		if (strcmp(rows[x->slot[k] - 1].dev->id, id) == 0)
			return (int32_t)x->slot[k] - 1;
	return CAUSE_NONE;
}

/* An access point that only its controller knows of is judged by what the controller says. */
static void
judge_controlled(struct standing *row, const struct standing *rows, const struct index *x)
{
	struct verdict *v = &row->verdict;
	int32_t c = row->dev->host[0] ? CAUSE_NONE : index_find(x, rows, row->dev->controller);
	uint8_t evidence = c == CAUSE_NONE ? EVIDENCE_NONE : rows[c].verdict.evidence;

	if (v->state != STATE_UNKNOWN || (v->why != WHY_NOT_LATELY && v->why != WHY_NOT_ASKED))
		return;
	if (evidence == EVIDENCE_DEAD || evidence == EVIDENCE_DOUBT ||
	    (c != CAUSE_NONE && rows[c].verdict.why == WHY_NEVER)) {
		v->why = WHY_CONTROLLER;
		v->cause = rows[c].dev->num;
	} else if (evidence == EVIDENCE_ALIVE &&
		   SAMPLE_REASON(rows[c].live.flags) == REASON_LIST_CUT) {
		v->why = WHY_REASON + REASON_LIST_CUT - 1;
		v->cause = rows[c].dev->num;
	} else if (evidence == EVIDENCE_ALIVE && v->why == WHY_NOT_LATELY) {
		v->state = STATE_MISSING;
		v->why = WHY_GONE;
		v->since_s = row->live.time_cs / 100;
	}
}

static void
node_fill(struct cause_node *c, const struct standing *s, const struct standing *rows,
    const struct index *x)
{
	c->up[0] = index_find(x, rows, s->dev->uplink);
	c->up[1] = index_find(x, rows, s->dev->uplink2);
	c->evidence = s->verdict.evidence;
	c->answered_s = s->live.time_cs / 100;
	c->silent_s = s->live.silent_cs / 100;
	c->up_since_s = s->live.up_since_cs / 100;
}

static uint32_t
num_of(const struct standing *s)
{
	return s->dev ? s->dev->num : 0;
}

/* What the tree says of a device, over what it says itself. */
static void
apply(struct verdict *v, const struct cause_node *c, const struct standing *rows, size_t self)
{
	v->pending = c->pending;
	if (c->proven && v->state == STATE_DOWN) {
		v->state = STATE_DEGRADED;
		v->why = WHY_ONLY_BELOW;
		v->cause = 0;
	} else if (c->proven && v->why == WHY_NO_HOST) {
		v->state = STATE_UP;
		v->why = WHY_BELOW_ANSWERS;
		v->since_s = c->proof_s;
	} else if (c->root == CAUSE_COLLECTOR &&
		   (v->state == STATE_DOWN || v->evidence == EVIDENCE_DOUBT)) {
		v->state = STATE_UNKNOWN;
		v->why = WHY_CUT_OFF;
		v->cause = 0;
	} else if (c->root == (int32_t)self && c->inferred) {
		v->state = STATE_DOWN;
		v->why = WHY_NOTHING_BELOW;
		v->since_s = c->since_s;
		v->cause = num_of(&rows[self]);
	} else if (c->root >= 0 && c->root != (int32_t)self &&
		   (c->inferred || v->evidence != EVIDENCE_NONE)) {
		if (v->evidence == EVIDENCE_DOUBT)
			v->since_s = rows[self].live.silent_cs / 100;
		else if (c->inferred)
			v->since_s = c->since_s;
		v->state = STATE_UNREACHABLE;
		v->why = WHY_ABOVE;
		v->cause = num_of(&rows[c->root]);
	}
}

static enum outage_kind
kind_of(const struct device *d)
{
	switch (d->kind) {
	case KIND_AP:
		return OUTAGE_AP;
	case KIND_SWITCH:
	case KIND_NODE:
		return OUTAGE_UPLINK;
	case KIND_CONTROLLER:
		return OUTAGE_CONTROLLER;
	default:
		return OUTAGE_DEVICE;
	}
}

static void
count(struct outage *o, const struct standing *s)
{
	if (o->dev == NULL || s->dev->num != o->dev->num)
		o->suppressed++;
	if (s->dev->kind != KIND_AP)
		return;
	o->affected++;
	if (s->live.known >> METRIC_CLIENTS & 1) {
		o->clients += (uint64_t)s->live.value[METRIC_CLIENTS];
		o->clients_known++;
	}
}

static int
by_affected(const void *a, const void *b)
{
	const struct outage *x = a, *y = b;

	if (x->affected != y->affected)
		return x->affected < y->affected ? 1 : -1;
	if (x->since_s != y->since_s)
		return x->since_s < y->since_s ? -1 : 1;
	if (x->dev == NULL || y->dev == NULL)
		return (x->dev != NULL) - (y->dev != NULL);
	return x->dev->num < y->dev->num ? -1 : x->dev->num > y->dev->num;
}

/* The collector's own failure: one outage instead of all the others. */
static void
collector_outage(struct picture *p, enum outage_kind kind)
{
	struct outage *o = &p->outages[p->n_outages++];
	enum why why = kind == OUTAGE_COLLECTOR_SILENT ? WHY_COLLECTOR_SILENT : WHY_CUT_OFF;

	*o = (struct outage){.kind = kind};
	if (kind == OUTAGE_COLLECTOR_SILENT)
		o->since_s = p->touched_cs / 100;
	for (size_t i = 0; i < p->n; i++) {
		const struct standing *s = &p->rows[i];

		if (s->verdict.why != (uint8_t)why)
			continue;
		count(o, s);
		if (kind == OUTAGE_COLLECTOR_CUT && s->verdict.since_s > 0 &&
		    (o->since_s == 0 || s->verdict.since_s < o->since_s))
			o->since_s = s->verdict.since_s;
	}
	if (o->affected + o->suppressed == 0)
		p->n_outages--; /* nothing is polled: nobody misses the collector */
}

static void
device_outages(struct picture *p, int32_t *at)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct standing *s = &p->rows[i];
		struct outage *o;

		at[i] = CAUSE_NONE;
		if (s->verdict.state != STATE_DOWN)
			continue;
		o = &p->outages[p->n_outages];
		at[i] = (int32_t)p->n_outages++;
		*o = (struct outage){.kind = kind_of(s->dev),
		    .dev = s->dev,
		    .since_s = s->verdict.since_s,
		    .pending = s->verdict.pending};
	}
	for (size_t i = 0; i < p->n; i++) {
		const struct verdict *v = &p->rows[i].verdict;
		const struct standing *cause = v->cause ? picture_row(p, v->cause) : NULL;

		if (cause != NULL && at[cause - p->rows] != CAUSE_NONE)
			count(&p->outages[at[cause - p->rows]], &p->rows[i]);
	}
}

static int
any_cut_off(const struct picture *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i].verdict.why == WHY_CUT_OFF)
			return 1;
	return 0;
}

static int
judge_tree(
    const struct state_rules *r, struct picture *p, const struct index *x, struct cause_node *node)
{
	int64_t wait_s = (int64_t)r->misses * r->interval_s;
	int32_t *at = malloc((p->n + 1) * sizeof(*at));
	int rc = at == NULL ? KK_E_NOMEM : KK_OK;

	for (size_t i = 0; i < p->n; i++)
		node_fill(&node[i], &p->rows[i], p->rows, x);
	if (rc == KK_OK)
		rc = cause_find(node, p->n, wait_s, r->now_cs / 100);
	if (rc == KK_OK) {
		for (size_t i = 0; i < p->n; i++)
			apply(&p->rows[i].verdict, &node[i], p->rows, i);
		device_outages(p, at);
		if (p->collector_silent)
			collector_outage(p, OUTAGE_COLLECTOR_SILENT);
		else if (any_cut_off(p))
			collector_outage(p, OUTAGE_COLLECTOR_CUT);
		qsort(p->outages, p->n_outages, sizeof(*p->outages), by_affected);
	}
	free(at);
	return rc;
}

int
picture_judge(const struct state_rules *r, struct standing *rows, size_t n, struct picture **out)
{
	struct picture *p = calloc(1, sizeof(*p));
	struct cause_node *node = calloc(n + 1, sizeof(*node));
	struct index x = {NULL, 0};
	int rc = KK_E_NOMEM;

	*out = NULL;
	if (p == NULL || node == NULL || (p->outages = calloc(n + 1, sizeof(*p->outages))) == NULL)
		goto out;
	if ((rc = index_make(&x, rows, n)) != KK_OK)
		goto out;
	p->rows = rows;
	p->n = n;
	p->touched_cs = r->touched_cs;
	p->collector_silent = state_collector_silent(r);
	for (size_t i = 0; i < n; i++)
		state_judge(r, rows[i].dev, &rows[i].live, rows[i].other_cs, &rows[i].verdict);
	for (size_t i = 0; i < n; i++)
		judge_controlled(&rows[i], rows, &x);
	rc = judge_tree(r, p, &x, node);
out:
	free(node);
	free(x.slot);
	if (rc == KK_OK) {
		*out = p;
	} else if (p != NULL) {
		free(p->outages);
		free(p);
	}
	return rc;
}

/* The account's entry, or the newest of another source; and when another source last answered. */
static void
look_up(struct live *live, struct standing *s)
{
	struct live_entry e;

	if (live == NULL)
		return;
	live_get(live, s->dev->num, s->dev->account, &s->live);
	for (unsigned source = 0; source < SOURCE_COUNT; source++) {
		if (source == s->dev->account || live_get(live, s->dev->num, source, &e) != KK_OK)
			continue;
		if (s->live.device == 0)
			s->live = e;
		else if (e.time_cs > s->other_cs)
			s->other_cs = e.time_cs;
	}
}

int
picture_make(const struct conf *c, const struct inventory *inv, struct live *live, int64_t now_cs,
    struct picture **out)
{
	struct state_rules r = state_rules(c, now_cs, live ? live_touched_cs(live) : 0);
	size_t n;
	const struct device *dev = inventory_all(inv, &n);
	struct standing *rows = calloc(n + 1, sizeof(*rows));
	int rc;

	*out = NULL;
	if (rows == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		rows[i].dev = &dev[i];
		look_up(live, &rows[i]);
	}
	if ((rc = picture_judge(&r, rows, n, out)) != KK_OK)
		free(rows);
	return rc;
}

void
picture_free(struct picture *p)
{
	if (p == NULL)
		return;
	free(p->rows);
	free(p->outages);
	free(p);
}

const struct standing *
picture_row(const struct picture *p, uint32_t num)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->rows[middle].dev->num < num)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->n && p->rows[low].dev->num == num ? &p->rows[low] : NULL;
}

const char *
picture_cause(const struct picture *p, const struct verdict *v)
{
	const struct standing *s = v->cause ? picture_row(p, v->cause) : NULL;

	return s ? s->dev->id : NULL;
}

void
picture_since(struct picture *p, const struct kept_state *kept, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < p->n && k < n; i++) {
		struct verdict *v = &p->rows[i].verdict;

		while (k < n && kept[k].device < p->rows[i].dev->num)
			k++;
		if (k == n || kept[k].device != p->rows[i].dev->num || kept[k].since_s == 0 ||
		    strcmp(kept[k].state, state_name(v->state)) != 0)
			continue;
		if (v->since_s == 0 || kept[k].since_s < v->since_s)
			v->since_s = kept[k].since_s;
	}
}
