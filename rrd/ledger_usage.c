/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "rrd/ledger.h"
#include "rrd/ledger_devices.h"

#define CELLS_MAX (4u << 20) /* keys × months of one report */

/* One key in one month, while it is summed up. */
struct cell {
	struct usage_row row;
	uint32_t imported_days, measured_days;
};

struct sums {
	const struct ledger_devices *ds;
	const struct ledger_device *all;
	size_t n_devices, n_keys, n_months;
	kk_day from, to;
	int64_t now_s;
	struct zone_day day; /* of the row that is being added */
	struct cell *cells;  /* key × months + month */
};

/* The result: the rows, and the texts that their keys point to. */
struct owned_table {
	struct usage_table table; /* first */
	struct ledger_devices *ds;
};

static size_t
month_index(const struct sums *m, kk_day month)
{
	return (size_t)((month / 100 - m->from / 100) * 12 + month % 100 - m->from % 100);
}

static struct cell *
cell_of(const struct sums *m, uint32_t key, kk_day month)
{
	return &m->cells[key * m->n_months + month_index(m, month)];
}

/* Seconds of [from, to) in which a device was in service, as far as time has come. */
static uint64_t
in_service(const struct sums *m, const struct ledger_device *dev, int64_t from_s, int64_t to_s)
{
	if (from_s < dev->added_s)
		from_s = dev->added_s;
	if (to_s > dev->retired_s)
		to_s = dev->retired_s;
	if (to_s > m->now_s)
		to_s = m->now_s;
	return to_s > from_s ? (uint64_t)(to_s - from_s) : 0;
}

/* ---- what could have been observed ---- */

struct bounds {
	int64_t from_s, to_s;
};

static int64_t
day_start(kk_day day)
{
	struct zone_day b;

	return zone_day_bounds(day, &b) == KK_OK ? b.from_s : INT64_MIN;
}

/* One device: each belonging has its own part of each month. */
static void
add_possible(struct sums *m, const struct ledger_device *dev, const struct bounds *months)
{
	for (size_t i = 0; i < dev->n; i++) {
		const struct ledger_belonging *b = ledger_devices_belonging(m->ds, dev, i);
		int64_t from_s = i == 0 ? INT64_MIN : day_start(b->since);
		int64_t to_s = i + 1 == dev->n ? INT64_MAX : day_start(b[1].since);

		for (size_t k = 0; k < m->n_months; k++) {
			int64_t lo = from_s > months[k].from_s ? from_s : months[k].from_s;
			int64_t hi = to_s < months[k].to_s ? to_s : months[k].to_s;

			m->cells[b->key * m->n_months + k].row.possible_s +=
			    in_service(m, dev, lo, hi);
		}
	}
}

static int
sum_possible(struct sums *m)
{
	struct bounds *months = calloc(m->n_months + 1, sizeof(*months));
	kk_day month = m->from;

	if (months == NULL)
		return KK_E_NOMEM;
	for (size_t k = 0; k < m->n_months; k++, month = zone_month_add(month, 1)) {
		months[k].from_s = day_start(month * 100 + 1);
		months[k].to_s = day_start(zone_month_add(month, 1) * 100 + 1);
	}
	for (size_t i = 0; i < m->n_devices; i++)
		if (m->all[i].is_ap)
			add_possible(m, &m->all[i], months);
	free(months);
	return KK_OK;
}

/* ---- what was booked ---- */

enum {
	Q_DAY,
	Q_DEVICE,
	Q_SOURCE,
	Q_DOWN,
	Q_UP,
	Q_OBSERVED,
	Q_LUMP,
	Q_RESTARTS,
	Q_UNSURE,
	Q_IMPORTED
};

static const char query[] =
    "SELECT day, device, source, octets_down, octets_up, observed_s, octets_lump, restarts, unsure,"
    " imported FROM usage_day WHERE day BETWEEN ?1 AND ?2 ORDER BY day, device, source";

static void
add_row(struct sums *m, const struct ledger_device *dev, sqlite3_stmt *s)
{
	const struct ledger_belonging *b = ledger_devices_on(m->ds, dev, m->day.day);
	struct cell *c;
	struct usage_row *r;

	if (b->account != (unsigned)sqlite3_column_int(s, Q_SOURCE))
		return;
	c = cell_of(m, b->key, m->day.day / 100);
	r = &c->row;
	r->octets_down += (uint64_t)sqlite3_column_int64(s, Q_DOWN);
	r->octets_up += (uint64_t)sqlite3_column_int64(s, Q_UP);
	if (sqlite3_column_int(s, Q_IMPORTED) == 1) {
		/* Measured elsewhere: how much of the day was seen is not known. */
		uint64_t part = in_service(m, dev, m->day.from_s, m->day.to_s);

		c->imported_days++;
		r->possible_s -= part < r->possible_s ? part : r->possible_s;
		return;
	}
	c->measured_days++;
	c->imported_days += sqlite3_column_int(s, Q_IMPORTED) == 2;
	r->observed_s += (uint64_t)sqlite3_column_int64(s, Q_OBSERVED);
	r->octets_lump += (uint64_t)sqlite3_column_int64(s, Q_LUMP);
	r->restarts += (uint64_t)sqlite3_column_int64(s, Q_RESTARTS);
	r->unsure += (uint64_t)sqlite3_column_int64(s, Q_UNSURE);
}

/* Rows and devices are both in order of numbers: one walk a day. */
static int
sum_rows(struct sums *m, struct db *db, struct diag *d)
{
	sqlite3_stmt *s;
	size_t at = 0;
	int step, is_day = 0, rc = db_prepare(db, query, &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, (int64_t)m->from * 100 + 1);
	sqlite3_bind_int64(s, 2, (int64_t)m->to * 100 + 31);
	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		uint32_t device = (uint32_t)sqlite3_column_int64(s, Q_DEVICE);
		kk_day day = (kk_day)sqlite3_column_int64(s, Q_DAY);

		if (day != m->day.day) {
			is_day = zone_day_bounds(day, &m->day) == KK_OK;
			m->day.day = day;
			at = 0;
		}
		while (at < m->n_devices && m->all[at].num < device)
			at++;
		if (is_day && at < m->n_devices && m->all[at].num == device && m->all[at].is_ap)
			add_row(m, &m->all[at], s);
	}
	if (step != SQLITE_DONE)
		rc = db_error(db, d, "read the ledger");
	sqlite3_finalize(s);
	return rc;
}

/* ---- the table ---- */

static int
by_key(const void *a, const void *b)
{
	const struct usage_row *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order != 0 ? order : (x->month > y->month) - (x->month < y->month);
}

/* A key nobody belonged to in these months has no row. */
static int
is_used(const struct sums *m, size_t key)
{
	for (size_t k = 0; k < m->n_months; k++) {
		const struct cell *c = &m->cells[key * m->n_months + k];

		if (c->row.possible_s > 0 || c->imported_days + c->measured_days > 0)
			return 1;
	}
	return 0;
}

static int
fill_table(struct sums *m, enum usage_by by, struct usage_table *t)
{
	const char *const *keys = ledger_devices_keys(m->ds, &m->n_keys);

	t->rows = calloc(m->n_keys * m->n_months + 1, sizeof(*t->rows));
	if (t->rows == NULL)
		return KK_E_NOMEM;
	for (size_t key = 0; key < m->n_keys; key++) {
		kk_day month = m->from;

		if (by != USAGE_CITY && !is_used(m, key))
			continue;
		for (size_t k = 0; k < m->n_months; k++, month = zone_month_add(month, 1)) {
			const struct cell *c = &m->cells[key * m->n_months + k];
			struct usage_row *r = &t->rows[t->n++];

			*r = c->row;
			r->key = keys[key];
			r->month = month;
			r->imported = c->imported_days == 0 ? 0 : c->measured_days == 0 ? 2 : 1;
		}
	}
	qsort(t->rows, t->n, sizeof(*t->rows), by_key);
	return KK_OK;
}

static int
sum_up(struct sums *m, struct db *db, enum usage_by by, struct owned_table *t, struct diag *d)
{
	int rc = ledger_devices_read(db, by, &t->ds, d);

	if (rc != KK_OK)
		return rc;
	m->ds = t->ds;
	m->all = ledger_devices_all(m->ds, &m->n_devices);
	ledger_devices_keys(m->ds, &m->n_keys);
	if (m->n_keys * m->n_months > CELLS_MAX)
		return diag_set(d, KK_E_RANGE, "too many months for %zu rows", m->n_keys);
	m->cells = calloc(m->n_keys * m->n_months + 1, sizeof(*m->cells));
	rc = m->cells != NULL ? sum_possible(m) : KK_E_NOMEM;
	if (rc == KK_OK)
		rc = sum_rows(m, db, d);
	if (rc == KK_OK)
		rc = fill_table(m, by, &t->table);
	free(m->cells);
	return rc == KK_E_NOMEM ? diag_set(d, rc, "%s: out of memory", db_file(db)) : rc;
}

static int
is_month(kk_day month)
{
	return month >= 190001 && month <= 999911 && month % 100 >= 1 && month % 100 <= 12;
}

int
ledger_usage(struct db *db, kk_day from, kk_day to, enum usage_by by, int64_t now_s,
    struct usage_table **out, struct diag *d)
{
	struct sums m = {.from = from, .to = to, .now_s = now_s};
	struct owned_table *t;
	int rc;

	*out = NULL;
	if (!is_month(from) || !is_month(to) || from > to)
		return diag_set(d, KK_E_RANGE, "%d to %d is no range of months", from, to);
	m.n_months = month_index(&m, to) + 1;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	rc = db_begin_read(db, d);
	if (rc == KK_OK)
		rc = sum_up(&m, db, by, t, d);
	db_rollback(db);
	if (rc != KK_OK) {
		usage_table_free(&t->table);
		return rc;
	}
	*out = &t->table;
	return KK_OK;
}

void
usage_table_free(struct usage_table *t)
{
	struct owned_table *owned = (struct owned_table *)t;

	if (t == NULL)
		return;
	ledger_devices_free(owned->ds);
	free(t->rows);
	free(owned);
}
