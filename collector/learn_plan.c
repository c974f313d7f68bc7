/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/learn_plan.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "collector/learn.h"
#include "lib/text.h"

uint32_t
learn_key(const void *p, size_t len)
{
	uint64_t h = text_hash(p, len);
	uint32_t key = (uint32_t)(h ^ h >> 32);

	return key != 0 ? key : 1;
}

static const struct octets_rule *
rule_of(const struct choice *c)
{
	return c->entry < c->profile->n_octets ? &c->profile->octets[c->entry] : NULL;
}

/* The row of a candidate that a column belongs to. */
static unsigned
row_for(const struct choice *c, const struct candidate *k, struct column_ref col)
{
	return col.table == rule_of(c)->rows.table ? k->row : k->via_row;
}

/* ---- which rows ---- */

static int
rank_of(const struct choice *c, unsigned row)
{
	const struct octets_rule *r = rule_of(c);
	const struct cell *cell = rows_cell(c->rows, r->prefer_column, row);
	char text[UINT8_MAX + 1];

	memcpy(text, rows_text(c->rows, cell), cell->len);
	text[cell->len] = '\0';
	for (unsigned i = 0; i < r->n_prefer; i++)
		if (regexec(&r->prefer[i], text, 0, NULL, 0) == 0)
			return (int)i;
	return (int)r->n_prefer;
}

/* Takes a row in by its rank; equal ranks stay in the table's order. */
static void
insert(struct choice *c, unsigned row, unsigned most)
{
	const struct octets_rule *r = rule_of(c);
	int rank = rank_of(c, row);
	unsigned at = c->n;

	while (at > 0 && c->candidate[at - 1].rank > rank)
		at--;
	if (at == most)
		return;
	if (c->n < most)
		c->n++;
	memmove(
	    &c->candidate[at + 1], &c->candidate[at], (c->n - 1 - at) * sizeof(c->candidate[0]));
	c->candidate[at] = (struct candidate){
	    .row = row, .via_row = rows_join(c->rows, &r->rows.via, row), .rank = rank};
}

static void
select_rows(struct choice *c)
{
	const struct octets_rule *r = rule_of(c);
	unsigned most = SAMPLE_COUNTERS_MAX;

	c->n = 0;
	if (r == NULL)
		return;
	if (r->pick > 0 && r->pick < most)
		most = r->pick;
	for (unsigned row = 0; row < c->rows->table[r->rows.table].n; row++)
		if (rows_selected(c->rows, &r->rows, row))
			insert(c, row, most);
}

/* ---- what to ask ---- */

static int16_t
ask_column(struct choice *c, const struct candidate *k, struct column_ref col, struct ask *a)
{
	unsigned long name[OID_MAX];
	unsigned row;
	size_t len;
	int i;

	if (col.table == COLUMN_NONE || (row = row_for(c, k, col)) == UINT_MAX ||
	    (len = rows_name(c->rows, col, row, name)) == 0)
		return NOT_ASKED;
	i = ask_add(a, name, len, (unsigned)col.table << 8 | col.column);
	return i >= 0 && i < INT16_MAX ? (int16_t)i : NOT_ASKED;
}

static int16_t
ask_scalar(const struct oid *o, unsigned group, struct ask *a)
{
	int i = o->len > 0 ? ask_add(a, o->sub, o->len, group) : NOT_ASKED;

	return i >= 0 && i < INT16_MAX ? (int16_t)i : NOT_ASKED;
}

static void
ask_candidate(struct choice *c, struct candidate *k, struct ask *a)
{
	const struct octets_rule *r = rule_of(c);

	memset(k->down, 0xff, sizeof(k->down));
	memset(k->up, 0xff, sizeof(k->up));
	memset(k->also, 0xff, sizeof(k->also));
	for (unsigned w = 0; w < r->n_ways; w++) {
		k->down[w] = ask_column(c, k, r->way[w].down, a);
		k->up[w] = ask_column(c, k, r->way[w].up, a);
	}
	k->discontinuity = ask_column(c, k, r->discontinuity, a);
	for (unsigned i = 0; i < r->n_also; i++)
		for (unsigned w = 0; w < r->also[i].n_ways; w++)
			for (unsigned t = 0; t < r->also[i].way[w].n; t++)
				k->also[i][w][t] = ask_column(c, k, r->also[i].way[w].column[t], a);
}

int
choice_ask(struct choice *c, struct ask *a)
{
	const struct profile *p = c->profile;
	/* Groups that no column has. */
	unsigned group = 0xff00;

	select_rows(c);
	c->uptime = ask_scalar(&p->uptime, group++, a);
	c->host_uptime = ask_scalar(&p->host_uptime, group++, a);
	c->changed = ask_scalar(&p->changed, group++, a);
	for (unsigned i = 0; i < p->n_metrics; i++)
		c->scalar[i] = ask_scalar(&p->metric[i].scalar, group++, a);
	for (unsigned i = 0; i < c->n; i++)
		ask_candidate(c, &c->candidate[i], a);
	return KK_OK;
}

/* ---- the plan ---- */

static uint8_t
type_of(const struct choice *c, int16_t i)
{
	return i >= 0 && (unsigned)i < c->n_type ? c->type[i] : 0;
}

static int
is_counter(uint8_t type)
{
	return type == VB_COUNTER64 || type == VB_COUNTER32 || type == VB_GAUGE32;
}

static int
is_number(uint8_t type)
{
	return is_counter(type) || type == VB_INTEGER || type == VB_TIMETICKS || type == VB_OCTETS;
}

static int
way_of(const struct choice *c, const struct candidate *k)
{
	for (unsigned w = 0; w < rule_of(c)->n_ways; w++)
		if (is_counter(type_of(c, k->down[w])) && is_counter(type_of(c, k->up[w])))
			return (int)w;
	return -1;
}

static int
key_used(const struct choice *c, unsigned n, uint32_t key)
{
	for (unsigned i = 0; i < n; i++)
		if (c->key[i] == key)
			return 1;
	return 0;
}

/* The identity of a row: a name that it keeps, else its instance. */
static uint32_t
key_of(const struct choice *c, const struct candidate *k, unsigned way, unsigned n)
{
	const struct octets_rule *r = rule_of(c);
	const struct rows_table *t = &c->rows->table[r->rows.table];
	struct column_ref own = r->way[way].key;
	uint32_t key = 0;

	for (unsigned i = 0; i < r->n_key + 1 && key == 0; i++) {
		struct column_ref col = i == 0 ? own : r->key[i - 1];
		const struct cell *cell;

		if (col.table == COLUMN_NONE || row_for(c, k, col) == UINT_MAX)
			continue;
		cell = rows_cell(c->rows, col, row_for(c, k, col));
		if (cell->len > 0)
			key = learn_key(rows_text(c->rows, cell), cell->len);
	}
	if (key == 0)
		key = learn_key(c->rows->sub + t->inst_at[k->row],
		    t->inst_len[k->row] * sizeof(c->rows->sub[0]));
	while (key_used(c, n, key))
		key = key * 31 + 1;
	return key;
}

static int
add_object(const struct choice *c, struct plan *p, enum object_what what, unsigned index,
    struct column_ref col, unsigned row)
{
	unsigned long name[OID_MAX];
	size_t len = rows_name(c->rows, col, row, name);

	return len > 0 ? plan_add(p, what, index, name, len) : KK_E_FULL;
}

/* A column of the counter's own row whose text is its identity: when it reads otherwise, the rows
 * have moved. */
static int
add_name(
    const struct choice *c, struct plan *p, const struct candidate *k, unsigned way, unsigned index)
{
	const struct octets_rule *r = rule_of(c);
	struct column_ref col[PROFILE_WAYS * 2 + 1];
	unsigned n = 0;

	col[n++] = r->way[way].key;
	for (unsigned i = 0; i < r->n_key; i++)
		col[n++] = r->key[i];
	for (unsigned i = 0; i < r->rows.via.n_there; i++)
		col[n++] = r->rows.via.there[i];
	for (unsigned i = 0; i < n; i++) {
		const struct cell *cell;

		if (col[i].table != r->way[way].down.table ||
		    c->profile->table[col[i].table].column[col[i].column].index != INDEX_NONE)
			continue;
		cell = rows_cell(c->rows, col[i], row_for(c, k, col[i]));
		if (cell->len > 0 && cell->len < UINT8_MAX &&
		    learn_key(rows_text(c->rows, cell), cell->len) == c->key[index])
			return add_object(c, p, OBJECT_NAME, index, col[i], row_for(c, k, col[i]));
	}
	return KK_OK;
}

static int
add_counter(struct choice *c, struct plan *p, const struct candidate *k, unsigned way)
{
	const struct octets_rule *r = rule_of(c);
	unsigned index = p->n_counters, row = row_for(c, k, r->way[way].down);
	int64_t mbps = 0;
	int rc;

	c->key[index] = key_of(c, k, way, index);
	if (r->mbps.table != COLUMN_NONE && row_for(c, k, r->mbps) != UINT_MAX &&
	    (!rows_number(c->rows, rows_cell(c->rows, r->mbps, row_for(c, k, r->mbps)), &mbps) ||
		mbps < 0 || mbps > 1000000))
		mbps = 0;
	p->counter[index] = (struct plan_counter){(uint32_t)mbps, r->mbps_max};
	c->base[index] = (struct reading){.key = c->key[index],
	    .width = type_of(c, k->down[way]) == VB_COUNTER64 ? 64 : 32,
	    .present = 1,
	    .mbps = (uint32_t)mbps,
	    .mbps_max = r->mbps_max,
	    .down = (uint64_t)c->number[k->down[way]],
	    .up = (uint64_t)c->number[k->up[way]]};
	if (type_of(c, k->discontinuity) == VB_TIMETICKS)
		c->base[index].boot_cs = c->number[k->discontinuity];
	p->n_counters++;
	if ((rc = add_name(c, p, k, way, index)) != KK_OK ||
	    (rc = add_object(c, p, OBJECT_DOWN, index, r->way[way].down, row)) != KK_OK ||
	    (rc = add_object(c, p, OBJECT_UP, index, r->way[way].up, row)) != KK_OK)
		return rc;
	if (is_number(type_of(c, k->discontinuity)))
		return add_object(c, p, OBJECT_DISCONTINUITY, index, r->discontinuity,
		    row_for(c, k, r->discontinuity));
	return KK_OK;
}

static int
add_scalar(const struct choice *c, struct plan *p, enum object_what what, const struct oid *o,
    int16_t asked)
{
	return is_number(type_of(c, asked)) ? plan_add(p, what, 0, o->sub, o->len) : KK_OK;
}

static struct plan_value *
new_value(struct plan *p, enum metric m)
{
	struct plan_value *v = &p->value[p->n_values++];

	*v = (struct plan_value){.metric = (uint8_t)m, .times = 1, .low = 1, .high = 0};
	return v;
}

static int
column_seen(const struct rows *r, struct column_ref col)
{
	for (unsigned row = 0; row < r->table[col.table].n; row++)
		if (rows_cell(r, col, row)->type != 0)
			return 1;
	return 0;
}

static int
add_metric(const struct choice *c, struct plan *p, unsigned i)
{
	const struct metric_rule *m = &c->profile->metric[i];
	unsigned index = p->n_values;
	struct plan_value *v;
	int64_t number;
	int rc = KK_OK;

	for (unsigned k = 0; k < p->n_values; k++)
		if (p->value[k].metric == m->metric)
			return KK_OK; /* a rule before this one can be served */
	v = new_value(p, m->metric);
	v->gather = (uint8_t)m->gather;
	v->times = m->times;
	v->plus = m->plus;
	v->low = m->low;
	v->high = m->high;
	if (m->gather == GATHER_COUNT) {
		if (!column_seen(c->rows, m->beside))
			p->n_values--;
		return KK_OK;
	}
	if (m->scalar.len > 0) {
		if (is_number(type_of(c, c->scalar[i])))
			rc = plan_add(p, OBJECT_METRIC, index, m->scalar.sub, m->scalar.len);
	} else {
		for (unsigned row = 0; row < c->rows->table[m->rows.table].n && rc == KK_OK; row++)
			if (rows_selected(c->rows, &m->rows, row) &&
			    rows_number(c->rows, rows_cell(c->rows, m->column, row), &number))
				rc = add_object(c, p, OBJECT_METRIC, index, m->column, row);
	}
	if (v->terms == 0)
		p->n_values--; /* the device lacks it: unknown, not 0 */
	return rc;
}

/* The way of an extra metric that one candidate has; -1: none. */
static int
also_way(const struct choice *c, const struct candidate *k, unsigned i)
{
	const struct octets_rule *r = rule_of(c);

	for (unsigned w = 0; w < r->also[i].n_ways; w++) {
		unsigned t = 0;

		while (t < r->also[i].way[w].n && is_number(type_of(c, k->also[i][w][t])))
			t++;
		if (t == r->also[i].way[w].n)
			return (int)w;
	}
	return -1;
}

/* All counters have it and it fits the budget, or it is left out: half a sum says nothing. */
static int
add_also(const struct choice *c, struct plan *p, const int *way, unsigned i)
{
	const struct octets_rule *r = rule_of(c);
	unsigned index = p->n_values, more = 0;
	int rc = KK_OK;

	for (unsigned k = 0; k < c->n; k++) {
		int w = way[k] >= 0 ? also_way(c, &c->candidate[k], i) : 0;

		if (w < 0)
			return KK_OK;
		if (way[k] >= 0)
			more += r->also[i].way[w].n;
	}
	if (more == 0 || p->n_objects + more > c->profile->varbinds ||
	    p->n_values == PLAN_VALUES_MAX)
		return KK_OK;
	new_value(p, r->also[i].metric);
	for (unsigned k = 0; k < c->n; k++) {
		int w = way[k] >= 0 ? also_way(c, &c->candidate[k], i) : -1;

		for (unsigned t = 0; w >= 0 && t < r->also[i].way[w].n && rc == KK_OK; t++)
			rc = add_object(c, p, OBJECT_METRIC, index, r->also[i].way[w].column[t],
			    row_for(c, &c->candidate[k], r->also[i].way[w].column[t]));
	}
	return rc;
}

int
choice_plan(struct choice *c, struct plan *p)
{
	const struct profile *f = c->profile;
	int way[SAMPLE_COUNTERS_MAX];
	int rc;

	if ((rc = add_scalar(c, p, OBJECT_UPTIME, &f->uptime, c->uptime)) != KK_OK ||
	    (rc = add_scalar(c, p, OBJECT_HOST_UPTIME, &f->host_uptime, c->host_uptime)) != KK_OK ||
	    (rc = add_scalar(c, p, OBJECT_CHANGED, &f->changed, c->changed)) != KK_OK)
		return rc;
	for (unsigned i = 0; i < c->n && rc == KK_OK; i++) {
		way[i] = way_of(c, &c->candidate[i]);
		if (way[i] >= 0)
			rc = add_counter(c, p, &c->candidate[i], (unsigned)way[i]);
	}
	if (p->n_counters > 0)
		p->entry = (uint8_t)c->entry;
	for (unsigned i = 0; i < f->n_metrics && rc == KK_OK && p->n_values < PLAN_VALUES_MAX; i++)
		rc = add_metric(c, p, i);
	if (p->n_counters > 0)
		for (unsigned i = 0; i < rule_of(c)->n_also && rc == KK_OK; i++)
			rc = add_also(c, p, way, i);
	return rc == KK_E_FULL ? KK_OK : rc; /* what fits is better than nothing */
}

int64_t
choice_uptime(const struct choice *c)
{
	return type_of(c, c->uptime) == VB_TIMETICKS ? c->number[c->uptime] : -1;
}

/* An address that is made up, anew at every boot by some, says less than one that was given. */
static int
rank_address(const uint8_t *p, size_t len)
{
	size_t zeros = 0;

	while (zeros < len && p[zeros] == 0)
		zeros++;
	if (zeros == len)
		return 0;
	return len == 6 && (p[0] & 3) != 0 ? 1 : 2;
}

uint64_t
choice_identity(const struct rows *rows, struct nameplate *plate)
{
	struct column_ref col = rows->profile->identity;
	const uint8_t *least = NULL;
	size_t least_len = 0;
	int rank = 0;

	for (unsigned i = 0; col.table != COLUMN_NONE && i < rows->table[col.table].n; i++) {
		const struct cell *cell = rows_cell(rows, col, i);
		const uint8_t *p = rows_text(rows, cell);
		int r = rank_address(p, cell->len);

		if (r == 0 || r < rank)
			continue;
		if (r > rank || cell->len < least_len ||
		    (cell->len == least_len && memcmp(p, least, least_len) < 0)) {
			rank = r;
			least = p;
			least_len = cell->len;
		}
	}
	if (least_len == 6)
		nameplate_take_mac(plate, least);
	return least != NULL ? text_hash(least, least_len) : 0;
}
