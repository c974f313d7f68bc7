/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger_sums.h"

#include <stdlib.h>
#include <string.h>

#define CELLS_MAX   (4u << 20) /* keys × periods of one report */
#define SLOTS_MAX   4096
#define COUNTED_MAX (UINT64_C(1) << 31) /* bits */

/* One key in one period. */
struct cell {
	struct usage_row row; /* `after_` is what is live of closed slots, less what is frozen */
	uint64_t imported_s;
	kk_day group_slot; /* whose groups are being counted */
	uint32_t group_aps, group_most;
};

struct usage_sums {
	const struct usage_query *q;
	struct ledger_devices *ds;
	struct usage_slot *slots;
	size_t n_slots, n_periods;
	struct cell *cells; /* key × periods + period */
	size_t keys_room;
	int closed[SLOTS_MAX]; /* by period */
	uint64_t *counted;     /* bits: belonging × periods + period */
};

/* ---- time ---- */

static int
is_month(kk_day month)
{
	return month >= 190001 && month <= 999911 && month % 100 >= 1 && month % 100 <= 12;
}

static int
is_range(const struct usage_query *q)
{
	struct zone_day b;

	if (q->from > q->to)
		return 0;
	switch (q->period) {
	case USAGE_DAYS:
		return zone_day_bounds(q->from, &b) == KK_OK && zone_day_bounds(q->to, &b) == KK_OK;
	case USAGE_YEARS:
		return q->from >= 1900 && q->to <= 9998;
	case USAGE_MONTHS:
		break;
	}
	return is_month(q->from) && is_month(q->to);
}

static int64_t
day_start(kk_day day)
{
	struct zone_day b;

	return zone_day_bounds(day, &b) == KK_OK ? b.from_s : INT64_MIN;
}

static size_t
months_between(kk_day from, kk_day to)
{
	return (size_t)((to / 100 - from / 100) * 12 + to % 100 - from % 100);
}

static int
make_days(struct usage_sums *m, const struct usage_query *q)
{
	kk_day day = q->from;

	for (size_t i = 0; i < SLOTS_MAX; i++, day = zone_day_add(day, 1)) {
		m->slots[i] =
		    (struct usage_slot){day, i, day_start(day), day_start(zone_day_add(day, 1)), 0};
		if (day == q->to) {
			m->n_slots = m->n_periods = i + 1;
			return KK_OK;
		}
	}
	return KK_E_RANGE;
}

static int
make_slots(struct usage_sums *m, const struct usage_query *q)
{
	int years = q->period == USAGE_YEARS;
	kk_day from = years ? q->from * 100 + 1 : q->from, to = years ? q->to * 100 + 12 : q->to;
	size_t n;

	m->slots = calloc(SLOTS_MAX, sizeof(*m->slots));
	if (m->slots == NULL)
		return KK_E_NOMEM;
	if (q->period == USAGE_DAYS)
		return make_days(m, q);
	n = months_between(from, to) + 1;
	if (n > SLOTS_MAX)
		return KK_E_RANGE;
	for (size_t i = 0; i < n; i++) {
		kk_day month = zone_month_add(from, (int)i), next = zone_month_add(month, 1);

		m->slots[i] = (struct usage_slot){month, years ? i / 12 : i,
		    day_start(month * 100 + 1), day_start(next * 100 + 1), 0};
	}
	m->n_slots = n;
	m->n_periods = m->slots[n - 1].period + 1;
	return KK_OK;
}

struct usage_slot *
usage_sums_slots(struct usage_sums *m, size_t *n)
{
	*n = m->n_slots;
	return m->slots;
}

const struct usage_slot *
usage_sums_slot(const struct usage_sums *m, kk_day day)
{
	kk_day name = m->q->period == USAGE_DAYS ? day : day / 100;
	size_t low = 0, high = m->n_slots;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->slots[mid].name < name)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->n_slots && m->slots[low].name == name ? &m->slots[low] : NULL;
}

/* ---- cells ---- */

/* Room for all keys that there are. */
static int
make_room(struct usage_sums *m)
{
	size_t n_keys, more;
	struct cell *cells;

	ledger_devices_keys(m->ds, &n_keys);
	if (n_keys <= m->keys_room)
		return KK_OK;
	more = m->keys_room == 0 ? n_keys : n_keys + n_keys / 2;
	if (more * m->n_periods > CELLS_MAX)
		more = n_keys;
	if (more * m->n_periods > CELLS_MAX)
		return KK_E_RANGE;
	cells = realloc(m->cells, more * m->n_periods * sizeof(*cells));
	if (cells == NULL)
		return KK_E_NOMEM;
	memset(cells + m->keys_room * m->n_periods, 0,
	    (more - m->keys_room) * m->n_periods * sizeof(*cells));
	m->cells = cells;
	m->keys_room = more;
	return KK_OK;
}

static struct cell *
cell_of(const struct usage_sums *m, uint32_t key, const struct usage_slot *slot)
{
	return &m->cells[key * m->n_periods + slot->period];
}

/* The same, with room made for it. */
static int
make_cell(struct usage_sums *m, uint32_t key, const struct usage_slot *slot, struct cell **out)
{
	int rc = key < m->keys_room ? KK_OK : make_room(m);

	if (rc == KK_OK)
		*out = cell_of(m, key, slot);
	return rc;
}

static void
add_sum(struct usage_row *r, const struct usage_sum *sum)
{
	r->octets_down += sum->octets_down;
	r->octets_up += sum->octets_up;
	r->octets_undirected += sum->octets_undirected;
	r->octets_lump += sum->octets_lump;
	r->observed_s += sum->observed_s;
	r->possible_s += sum->possible_s;
	r->restarts += sum->restarts;
	r->unsure += sum->unsure;
	r->days_measured += sum->days_measured;
	r->days_imported += sum->days_imported;
	r->days_both += sum->days_both;
	r->days_spread += sum->days_spread;
}

static void
add_after(struct usage_row *r, const struct usage_sum *sum, int sign)
{
	r->after_down += sign * (int64_t)sum->octets_down;
	r->after_up += sign * (int64_t)sum->octets_up;
	r->after_undirected += sign * (int64_t)sum->octets_undirected;
}

int
usage_sums_add(
    struct usage_sums *m, uint32_t key, const struct usage_slot *slot, const struct usage_sum *sum)
{
	struct cell *c;
	int rc = make_cell(m, key, slot, &c);

	if (rc != KK_OK)
		return rc;
	if (slot->closed) {
		add_after(&c->row, sum, 1);
		return KK_OK;
	}
	add_sum(&c->row, sum);
	c->imported_s += sum->imported_s;
	return KK_OK;
}

int
usage_sums_freeze(
    struct usage_sums *m, uint32_t key, const struct usage_slot *slot, const struct usage_sum *sum)
{
	struct cell *c;
	int rc = make_cell(m, key, slot, &c);

	if (rc != KK_OK)
		return rc;
	add_sum(&c->row, sum);
	add_after(&c->row, sum, -1);
	return KK_OK;
}

int
usage_sums_count(struct usage_sums *m, const struct ledger_device *dev,
    const struct ledger_belonging *b, const struct usage_slot *slot)
{
	size_t i = 0, bit;
	int rc = b->key < m->keys_room ? KK_OK : make_room(m);

	if (slot->closed)
		return KK_OK;
	/* By the first of its belongings that has this key. */
	while (i < dev->n && ledger_devices_belonging(m->ds, dev, i)->key != b->key)
		i++;
	bit = (dev->first + i) * m->n_periods + slot->period;
	if (rc != KK_OK || i == dev->n || (m->counted[bit / 64] >> bit % 64 & 1))
		return rc;
	m->counted[bit / 64] |= UINT64_C(1) << bit % 64;
	cell_of(m, b->key, slot)->row.aps++;
	return KK_OK;
}

void
usage_sums_count_group(
    struct usage_sums *m, uint32_t key, const struct usage_slot *slot, uint32_t aps)
{
	struct cell *c = cell_of(m, key, slot);

	c->group_aps = c->group_slot == slot->name ? c->group_aps + aps : aps;
	c->group_slot = slot->name;
	if (c->group_aps > c->group_most)
		c->group_most = c->group_aps;
}

/* ---- what could have been observed ---- */

uint64_t
usage_sums_in_service(
    const struct usage_sums *m, const struct ledger_device *dev, int64_t from_s, int64_t to_s)
{
	if (from_s < dev->added_s)
		from_s = dev->added_s;
	if (to_s > dev->retired_s)
		to_s = dev->retired_s;
	if (to_s > m->q->now_s)
		to_s = m->q->now_s;
	return to_s > from_s ? (uint64_t)(to_s - from_s) : 0;
}

/* One device: each belonging has its own part of each slot. */
static int
add_possible(struct usage_sums *m, const struct ledger_device *dev)
{
	int rc = KK_OK;

	for (size_t i = 0; i < dev->n && rc == KK_OK; i++) {
		const struct ledger_belonging *b = ledger_devices_belonging(m->ds, dev, i);
		int64_t from_s = i == 0 ? INT64_MIN : day_start(b->since);
		int64_t to_s = i + 1 == dev->n ? INT64_MAX : day_start(b[1].since);

		if (b->key == LEDGER_NO_KEY)
			continue;
		for (size_t k = 0; k < m->n_slots && rc == KK_OK; k++) {
			const struct usage_slot *slot = &m->slots[k];
			int64_t lo = from_s > slot->from_s ? from_s : slot->from_s;
			int64_t hi = to_s < slot->to_s ? to_s : slot->to_s;
			uint64_t seconds = usage_sums_in_service(m, dev, lo, hi);

			if (seconds == 0 || slot->closed)
				continue;
			cell_of(m, b->key, slot)->row.possible_s += seconds;
			rc = usage_sums_count(m, dev, b, slot);
		}
	}
	return rc;
}

int
usage_sums_possible(struct usage_sums *m)
{
	size_t n;
	const struct ledger_device *all = ledger_devices_all(m->ds, &n);
	int rc = KK_OK;

	for (size_t i = 0; i < n && rc == KK_OK; i++)
		if (all[i].is_ap)
			rc = add_possible(m, &all[i]);
	return rc;
}

/* ---- rows ---- */

static int
by_key(const void *a, const void *b)
{
	const struct usage_row *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order != 0 ? order : (x->period > y->period) - (x->period < y->period);
}

/* A key nobody belonged to in these periods has no row. */
static int
is_used(const struct usage_sums *m, size_t key)
{
	for (size_t k = 0; k < m->n_periods; k++) {
		const struct usage_row *r = &m->cells[key * m->n_periods + k].row;

		if (r->possible_s || r->days_measured || r->days_imported || r->days_both ||
		    r->days_spread || r->after_down || r->after_up || r->after_undirected)
			return 1;
	}
	return 0;
}

static kk_day
period_name(const struct usage_sums *m, size_t k)
{
	return m->q->period == USAGE_YEARS ? m->slots[k * 12].name / 100 : m->slots[k].name;
}

static void
finish(struct usage_row *r, const struct cell *c)
{
	*r = c->row;
	/* Measured elsewhere: how much of the day was seen is not known. */
	r->possible_s -= c->imported_s < r->possible_s ? c->imported_s : r->possible_s;
	if (c->group_most > r->aps)
		r->aps = c->group_most;
	if (r->days_imported + r->days_both > 0)
		r->imported = r->days_measured + r->days_both > 0 ? 1 : 2;
	if (r->days_spread > 0)
		r->spread =
		    r->days_measured + r->days_both + r->days_imported > r->days_spread ? 1 : 2;
}

/* How many of a period's slots are closed: 0 none, 1 some, 2 all. */
static int
closed(const struct usage_sums *m, size_t period)
{
	size_t all = 0, n = 0;

	for (size_t k = 0; k < m->n_slots; k++) {
		if (m->slots[k].period != period)
			continue;
		all++;
		n += m->slots[k].closed != 0;
	}
	return n == 0 ? 0 : n < all ? 1 : 2;
}

int
usage_sums_rows(struct usage_sums *m, struct usage_table *t)
{
	size_t n_keys;
	const char *const *keys = ledger_devices_keys(m->ds, &n_keys);
	int rc = make_room(m);

	if (rc != KK_OK)
		return rc;
	t->rows = calloc(n_keys * m->n_periods + 1, sizeof(*t->rows));
	if (t->rows == NULL)
		return KK_E_NOMEM;
	for (size_t k = 0; k < m->n_periods; k++)
		m->closed[k] = closed(m, k);
	for (size_t key = 0; key < n_keys; key++) {
		if (m->q->by != USAGE_CITY && !is_used(m, key))
			continue;
		for (size_t k = 0; k < m->n_periods; k++) {
			struct usage_row *r = &t->rows[t->n++];

			finish(r, &m->cells[key * m->n_periods + k]);
			r->key = keys[key];
			r->period = period_name(m, k);
			r->closed = m->closed[k];
		}
	}
	qsort(t->rows, t->n, sizeof(*t->rows), by_key);
	return KK_OK;
}

int
usage_sums_new(const struct usage_query *q, struct ledger_devices *ds, struct usage_sums **out)
{
	struct usage_sums *m;
	uint64_t bits;
	int rc;

	*out = NULL;
	if (!is_range(q))
		return KK_E_RANGE;
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return KK_E_NOMEM;
	m->q = q;
	m->ds = ds;
	rc = make_slots(m, q);
	if (rc == KK_OK)
		rc = make_room(m);
	bits = (uint64_t)ledger_devices_belongings(ds) * m->n_periods;
	if (rc == KK_OK && bits > COUNTED_MAX)
		rc = KK_E_RANGE;
	if (rc == KK_OK && (m->counted = calloc(bits / 64 + 1, sizeof(*m->counted))) == NULL)
		rc = KK_E_NOMEM;
	if (rc != KK_OK) {
		usage_sums_free(m);
		return rc;
	}
	*out = m;
	return KK_OK;
}

void
usage_sums_free(struct usage_sums *m)
{
	if (m == NULL)
		return;
	free(m->slots);
	free(m->cells);
	free(m->counted);
	free(m);
}
