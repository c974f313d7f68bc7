/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/aps/roll.h"

#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define NOBODY SIZE_MAX

/* What tells whose a row is: octets, or a number as octets. */
struct key {
	const void *p;
	size_t len;
	int64_t number;
};

/* Whose rows are whose, while a list is made. */
struct index {
	const struct roll *r;
	uint32_t *slot; /* access point + 1, open addressing */
	size_t mask;
};

static struct key
key_of(const struct roll *r, unsigned table, unsigned row)
{
	struct column_ref c = {(uint8_t)table, r->rules->key[table]};
	const struct cell *cell = rows_cell(r->rows, c, row);
	struct key k = {.p = rows_text(r->rows, cell), .len = cell->len};

	if (cell->type != VB_OCTETS && rows_number(r->rows, cell, &k.number)) {
		k.p = NULL;
		k.len = sizeof(k.number);
	}
	return k;
}

static const void *
octets_of(const struct key *k)
{
	return k->p != NULL ? k->p : &k->number;
}

static uint32_t *
place(const struct index *x, const struct key *k)
{
	size_t at = text_hash(octets_of(k), k->len) & x->mask;

	for (; x->slot[at] != 0; at = (at + 1) & x->mask) {
		struct key own = key_of(x->r, x->r->rules->list, x->r->ap[x->slot[at] - 1].row);

		if (own.len == k->len && memcmp(octets_of(&own), octets_of(k), k->len) == 0)
			break;
	}
	return &x->slot[at];
}

static size_t
whose(const struct index *x, unsigned table, unsigned row)
{
	struct key k = key_of(x->r, table, row);
	uint32_t at = k.len > 0 ? *place(x, &k) : 0;

	return at != 0 ? at - 1 : NOBODY;
}

/* ---- the list ---- */

static int64_t
uptime_of(const struct roll *r, unsigned row)
{
	int64_t n;

	if (!rows_number(r->rows, rows_cell(r->rows, r->rules->uptime, row), &n) || n < 0 ||
	    __builtin_mul_overflow(n, r->rules->uptime_cs, &n))
		return -1;
	return n;
}

/* Conditions on what the device does not tell at all say nothing. */
static struct selection
told(const struct roll *r, const struct selection *s)
{
	struct selection left = *s;

	left.n_where = 0;
	for (unsigned i = 0; i < s->n_where; i++) {
		unsigned row = 0, n = r->rows->table[s->table].n;

		while (row < n && rows_cell(r->rows, s->where[i].column, row)->type == 0)
			row++;
		if (row < n)
			left.where[left.n_where++] = s->where[i];
	}
	return left;
}

static int
list(struct roll *r, struct index *x)
{
	struct selection listed = told(r, &r->rules->listed), up = told(r, &r->rules->up);
	const struct rows_table *t = &r->rows->table[r->rules->list];
	size_t size = 16;

	while (size < (size_t)t->n * 2)
		size *= 2;
	x->mask = size - 1;
	r->ap = calloc(t->n + 1, sizeof(*r->ap));
	x->slot = calloc(size, sizeof(*x->slot));
	if (r->ap == NULL || x->slot == NULL)
		return KK_E_NOMEM;
	for (unsigned row = 0; row < t->n; row++) {
		struct key k = key_of(r, r->rules->list, row);
		uint32_t *slot;

		if (k.len == 0 || !rows_selected(r->rows, &listed, row))
			continue;
		if (*(slot = place(x, &k)) != 0) {
			r->twice++;
			continue;
		}
		r->ap[r->n] = (struct roll_ap){
		    .row = row,
		    .up = rows_selected(r->rows, &up, row),
		    .when_cs = t->when_cs[row],
		    .uptime_cs = uptime_of(r, row),
		};
		*slot = (uint32_t)++r->n;
	}
	return KK_OK;
}

/* ---- octets ---- */

static int
is_counter(const struct cell *c)
{
	return c->type == VB_COUNTER64 || c->type == VB_COUNTER32 || c->type == VB_GAUGE32;
}

/* The way of a row; `n_ways`: none. */
static unsigned
way_of(const struct roll *r, const struct octets_rule *o, unsigned row)
{
	unsigned w = 0;

	while (w < o->n_ways && !(is_counter(rows_cell(r->rows, o->way[w].down, row)) &&
				    is_counter(rows_cell(r->rows, o->way[w].up, row))))
		w++;
	return w;
}

/* A name that the row keeps, else its instance. */
static uint32_t
counter_key(const struct roll *r, const struct octets_rule *o, unsigned row, uint32_t salt)
{
	const struct rows_table *t = &r->rows->table[o->rows.table];
	uint64_t h = 0;

	for (unsigned i = 0; i < o->n_key && h == 0; i++) {
		const struct cell *c = rows_cell(r->rows, o->key[i], row);

		if (c->len > 0)
			h = text_hash(rows_text(r->rows, c), c->len);
	}
	if (h == 0)
		h = text_hash(
		    r->rows->sub + t->inst_at[row], t->inst_len[row] * sizeof(r->rows->sub[0]));
	h = (h ^ salt) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 32) != 0 ? (uint32_t)(h >> 32) : 1;
}

static struct reading
read_row(const struct roll *r, const struct octets_rule *o, unsigned row, unsigned w, uint32_t salt)
{
	const struct cell *down = rows_cell(r->rows, o->way[w].down, row);
	const struct cell *up = rows_cell(r->rows, o->way[w].up, row);
	int64_t mbps = 0;

	if (!rows_number(r->rows, rows_cell(r->rows, o->mbps, row), &mbps) || mbps < 0 ||
	    mbps > 1000000)
		mbps = 0;
	return (struct reading){
	    .key = counter_key(r, o, row, salt),
	    .width = down->type == VB_COUNTER64 && up->type == VB_COUNTER64 ? 64 : 32,
	    .present = 1,
	    .mbps = (uint32_t)mbps,
	    .mbps_max = o->mbps_max,
	    .down = (uint64_t)down->number,
	    .up = (uint64_t)up->number,
	};
}

/* Two passes: rows of one access point need not follow one another. With `put` 0 they are counted.
 */
static void
pass(struct roll *r, const struct index *x, const struct octets_rule *o, uint32_t salt, int put)
{
	const struct rows_table *t = &r->rows->table[o->rows.table];

	for (unsigned row = 0; row < t->n; row++) {
		size_t a;
		unsigned w;

		if (!rows_selected(r->rows, &o->rows, row) || (w = way_of(r, o, row)) == o->n_ways)
			continue;
		if ((a = whose(x, o->rows.table, row)) == NOBODY) {
			r->strays += (size_t)!put;
			continue;
		}
		if (!put) {
			r->ways = w + 1 > r->ways ? w + 1 : r->ways;
			r->n_readings++;
		} else {
			r->reading[r->ap[a].first + r->ap[a].n] = read_row(r, o, row, w, salt);
			if (t->when_cs[row] > r->ap[a].when_cs)
				r->ap[a].when_cs = t->when_cs[row];
		}
		r->ap[a].n++;
	}
}

static int
take_octets(struct roll *r, const struct index *x, unsigned worst, uint32_t salt)
{
	const struct profile *p = r->rules->rows;
	size_t at = 0;

	for (r->entry = 0; r->entry < p->n_octets && r->entry <= worst; r->entry++) {
		pass(r, x, &p->octets[r->entry], salt, 0);
		if (r->n_readings > 0)
			break;
		r->strays = 0;
	}
	if (r->n_readings == 0) {
		r->entry = ROLL_NO_ENTRY;
		return KK_OK;
	}
	if ((r->reading = calloc(r->n_readings, sizeof(*r->reading))) == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < r->n; i++) {
		r->ap[i].first = at;
		at += r->ap[i].n;
		r->ap[i].n = 0;
	}
	pass(r, x, &p->octets[r->entry], salt, 1);
	for (size_t i = 0; i < r->n; i++)
		if (r->ap[i].n > SAMPLE_COUNTERS_MAX)
			r->ap[i].n = SAMPLE_COUNTERS_MAX;
	return KK_OK;
}

/* ---- metrics ---- */

struct gathered {
	int64_t sum;
	uint8_t any, bad;
};

static void
gather(struct gathered *g, const struct metric_rule *m, int64_t n)
{
	int good = m->low > m->high || (n >= m->low && n <= m->high);

	if (!good) {
		g->bad |= m->gather != GATHER_MAX;
	} else if (m->gather == GATHER_MAX) {
		g->sum = !g->any || n > g->sum ? n : g->sum;
	} else if (__builtin_add_overflow(g->sum, n, &g->sum)) {
		g->bad = 1;
	}
	g->any |= (uint8_t)good;
}

static void
set_metric(struct roll_ap *a, const struct metric_rule *m, const struct gathered *g)
{
	int64_t n = g->sum;

	if (g->bad || !g->any || a->known >> m->metric & 1 ||
	    __builtin_mul_overflow(n, m->times, &n) || __builtin_add_overflow(n, m->plus, &n) ||
	    __builtin_mul_overflow(n, metric_info(m->metric)->scale, &n) ||
	    !metric_plausible(m->metric, n))
		return;
	a->known |= METRIC_BIT(m->metric);
	a->value[m->metric] = n;
}

static void
take_metric(
    struct roll *r, const struct index *x, const struct metric_rule *m, struct gathered *all)
{
	memset(all, 0, r->n * sizeof(*all));
	for (unsigned row = 0; row < r->rows->table[m->rows.table].n; row++) {
		int64_t n;
		size_t a;

		if (rows_number(r->rows, rows_cell(r->rows, m->column, row), &n) &&
		    rows_selected(r->rows, &m->rows, row) &&
		    (a = whose(x, m->rows.table, row)) != NOBODY)
			gather(&all[a], m, n);
	}
	for (size_t i = 0; i < r->n; i++)
		set_metric(&r->ap[i], m, &all[i]);
}

static int
take_metrics(struct roll *r, const struct index *x)
{
	struct gathered *all = calloc(r->n + 1, sizeof(*all));

	if (all == NULL)
		return KK_E_NOMEM;
	for (unsigned i = 0; i < r->rules->rows->n_metrics; i++)
		take_metric(r, x, &r->rules->rows->metric[i], all);
	free(all);
	return KK_OK;
}

int
roll_make(const struct ap_rules *rules, const struct rows *rows, unsigned entry, uint32_t salt,
    struct roll *out)
{
	struct index x = {.r = out};
	int rc;

	*out = (struct roll){.rows = rows, .rules = rules, .entry = ROLL_NO_ENTRY};
	if ((rc = list(out, &x)) == KK_OK && (rc = take_octets(out, &x, entry, salt)) == KK_OK)
		rc = take_metrics(out, &x);
	free(x.slot);
	if (rc != KK_OK)
		roll_forget(out);
	return rc;
}

void
roll_forget(struct roll *r)
{
	free(r->ap);
	free(r->reading);
	*r = (struct roll){.entry = ROLL_NO_ENTRY};
}

/* ---- what has to be read ---- */

static void
need(const struct profile *p, struct column_ref c, uint32_t mask[PROFILE_TABLES])
{
	unsigned i = c.column;

	if (c.table == COLUMN_NONE)
		return;
	/* An index comes with any object of its row: the table's first. */
	if (p->table[c.table].column[i].index != INDEX_NONE)
		for (i = 0; p->table[c.table].column[i].index != INDEX_NONE; i++)
			;
	mask[c.table] |= UINT32_C(1) << i;
}

static void
need_selection(const struct profile *p, const struct selection *s, uint32_t mask[PROFILE_TABLES])
{
	for (unsigned i = 0; i < s->n_where; i++)
		need(p, s->where[i].column, mask);
}

static void
need_octets(const struct profile *p, const struct octets_rule *o, unsigned ways,
    uint32_t mask[PROFILE_TABLES])
{
	need_selection(p, &o->rows, mask);
	for (unsigned i = 0; i < o->n_key; i++)
		need(p, o->key[i], mask);
	need(p, o->mbps, mask);
	for (unsigned w = 0; w < o->n_ways && w < ways; w++) {
		need(p, o->way[w].down, mask);
		need(p, o->way[w].up, mask);
	}
}

void
roll_needs(const struct ap_rules *rules, unsigned entry, unsigned ways, int facts,
    uint32_t mask[PROFILE_TABLES])
{
	const struct profile *p = rules->rows;

	memset(mask, 0, PROFILE_TABLES * sizeof(mask[0]));
	need(p, (struct column_ref){rules->list, rules->key[rules->list]}, mask);
	need_selection(p, &rules->listed, mask);
	need_selection(p, &rules->up, mask);
	for (unsigned i = 0; i < rules->n_mac; i++)
		need(p, rules->mac[i], mask);
	for (unsigned i = 0; i < rules->n_name; i++)
		need(p, rules->name[i], mask);
	need(p, rules->uptime, mask);
	for (unsigned i = 0; facts && i < AP_FACT_COUNT; i++)
		need(p, rules->fact[i], mask);
	for (unsigned i = 0; i < p->n_octets; i++)
		if (entry == ROLL_NO_ENTRY || i < entry)
			need_octets(p, &p->octets[i], PROFILE_WAYS, mask);
		else if (i == entry)
			need_octets(p, &p->octets[i], ways, mask);
	for (unsigned i = 0; i < p->n_metrics; i++) {
		need_selection(p, &p->metric[i].rows, mask);
		need(p, p->metric[i].column, mask);
	}
	/* Whose a row is. */
	for (unsigned t = 0; t < p->n_tables; t++)
		if (mask[t] != 0)
			need(p, (struct column_ref){(uint8_t)t, rules->key[t]}, mask);
}

/* ---- who it is ---- */

/* "aa:bb:..", "aabb.ccdd.eeff", "AABBCCDDEEFF" */
static int
mac_of_text(const uint8_t *p, size_t len, uint8_t mac[6])
{
	unsigned digits = 0;

	for (size_t i = 0; i < len; i++) {
		int c = p[i] >= 'A' && p[i] <= 'F' ? p[i] + ('a' - 'A') : p[i];
		int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (v < 0 && (p[i] == ':' || p[i] == '-' || p[i] == '.' || p[i] == ' '))
			continue;
		if (v < 0 || digits == 12)
			return 0;
		mac[digits / 2] = (uint8_t)(digits % 2 ? mac[digits / 2] << 4 | v : v);
		digits++;
	}
	return digits == 12;
}

int
roll_mac(const struct roll *r, const struct roll_ap *a, unsigned i, uint8_t mac[6])
{
	const struct cell *c;

	if (i >= r->rules->n_mac)
		return -1;
	c = rows_cell(r->rows, r->rules->mac[i], a->row);
	if (c->len != 6)
		return mac_of_text(rows_text(r->rows, c), c->len, mac);
	memcpy(mac, rows_text(r->rows, c), 6);
	return 1;
}

int
roll_name(const struct roll *r, const struct roll_ap *a, unsigned i, char out[256])
{
	const struct cell *c;

	if (i >= r->rules->n_name)
		return -1;
	c = rows_cell(r->rows, r->rules->name[i], a->row);
	memcpy(out, rows_text(r->rows, c), c->len);
	out[c->len] = '\0';
	return c->len > 0;
}
