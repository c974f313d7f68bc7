/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger_usage.h"

#include <stdlib.h>

#include "rrd/db/months.h"
#include "rrd/ledger_devices.h"
#include "rrd/ledger_sums.h"
#include "rrd/usage_frozen.h"
#include "rrd/usage_spread.h"

/* The result: the rows, and the texts that their keys point to. */
struct owned_table {
	struct usage_table table; /* first */
	struct ledger_devices *ds;
};

struct reading {
	struct db *db;
	const struct usage_query *q;
	struct ledger_devices *ds;
	struct usage_sums *sums;
	sqlite3_stmt *grouped;
};

/* ---- days ---- */

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

#define DAY_COLUMNS                                                                           \
	"u.day, u.device, u.source, u.octets_down, u.octets_up, u.observed_s, u.octets_lump," \
	" u.restarts, u.unsure, u.imported"
static const char days_sql[] = "SELECT " DAY_COLUMNS " FROM usage_day u WHERE day BETWEEN ?1 AND ?2"
			       " ORDER BY day, device, source";
/* CROSS JOIN: a pair's days are looked up, rather than all days searched for it. */
static const char stale_sql[] =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 31)"
    " SELECT " DAY_COLUMNS " FROM usage_stale s CROSS JOIN n CROSS JOIN usage_day u"
    " ON u.day = s.month * 100 + i AND u.device = s.device"
    " WHERE s.month BETWEEN ?1 / 100 AND ?2 / 100 AND u.day <= ?2";

static void
read_day(sqlite3_stmt *s, struct usage_sum *sum)
{
	int imported = sqlite3_column_int(s, Q_IMPORTED);

	*sum = (struct usage_sum){.octets_down = (uint64_t)sqlite3_column_int64(s, Q_DOWN),
	    .octets_up = (uint64_t)sqlite3_column_int64(s, Q_UP),
	    .observed_s = (uint64_t)sqlite3_column_int64(s, Q_OBSERVED),
	    .octets_lump = (uint64_t)sqlite3_column_int64(s, Q_LUMP),
	    .restarts = (uint64_t)sqlite3_column_int64(s, Q_RESTARTS),
	    .unsure = (uint64_t)sqlite3_column_int64(s, Q_UNSURE),
	    .days_measured = imported == 0,
	    .days_imported = imported == 1,
	    .days_both = imported == 2};
}

static int
is_source(const struct usage_query *q, const struct ledger_belonging *b, unsigned source)
{
	return source == (q->source > 0 ? q->source - 1 : b->account);
}

static int
add_day(
    struct reading *r, const struct ledger_device *dev, const struct zone_day *day, sqlite3_stmt *s)
{
	const struct ledger_belonging *b = ledger_devices_on(r->ds, dev, day->day);
	const struct usage_slot *slot = usage_sums_slot(r->sums, day->day);
	struct usage_sum sum;
	int rc;

	if (slot == NULL || b->key == LEDGER_NO_KEY ||
	    !is_source(r->q, b, (unsigned)sqlite3_column_int(s, Q_SOURCE)))
		return KK_OK;
	read_day(s, &sum);
	if (sum.days_imported > 0)
		sum.imported_s = usage_sums_in_service(r->sums, dev, day->from_s, day->to_s);
	rc = usage_sums_add(r->sums, b->key, slot, &sum);
	return rc == KK_OK ? usage_sums_count(r->sums, dev, b, slot) : rc;
}

static int
walk_days(struct reading *r, sqlite3_stmt *s)
{
	struct zone_day day = {0};
	size_t at = 0;
	int step, is_day = 0, rc = KK_OK;

	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
		const struct ledger_device *dev =
		    ledger_devices_by_num(r->ds, &at, (uint32_t)sqlite3_column_int64(s, Q_DEVICE));
		kk_day name = (kk_day)sqlite3_column_int64(s, Q_DAY);

		if (name != day.day) {
			is_day = zone_day_bounds(name, &day) == KK_OK;
			day.day = name;
		}
		if (is_day && dev != NULL && dev->is_ap)
			rc = add_day(r, dev, &day, s);
	}
	return rc == KK_OK && step != SQLITE_DONE ? KK_E_DB : rc;
}

/* Run a statement between two days or months. */
static int
read_with(struct reading *r, const char *sql, int (*walk)(struct reading *r, sqlite3_stmt *s),
    kk_day from, kk_day to, struct diag *d)
{
	sqlite3_stmt *s;
	int rc;

	if (from > to)
		return KK_OK;
	rc = db_prepare(r->db, sql, &s, d);
	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, from);
	sqlite3_bind_int64(s, 2, to);
	rc = walk(r, s);
	if (rc == KK_E_DB)
		rc = db_error(r->db, d, "read the ledger");
	sqlite3_finalize(s);
	return rc;
}

/* ---- months ---- */

#define SUM_COLUMNS                                                                      \
	"octets_down, octets_up, octets_lump, observed_s, restarts, unsure, imported_s," \
	" days_measured, days_imported, days_both"

static const char months_sql[] =
    "SELECT month, device, since, source, " SUM_COLUMNS " FROM usage_month m"
    " WHERE month BETWEEN ?1 AND ?2 AND NOT EXISTS"
    " (SELECT 1 FROM usage_stale s WHERE s.month = m.month AND s.device = m.device)";

/* The sums from column `at` on. */
static void
read_sum(sqlite3_stmt *s, int at, struct usage_sum *sum)
{
	*sum = (struct usage_sum){.octets_down = (uint64_t)sqlite3_column_int64(s, at),
	    .octets_up = (uint64_t)sqlite3_column_int64(s, at + 1),
	    .octets_lump = (uint64_t)sqlite3_column_int64(s, at + 2),
	    .observed_s = (uint64_t)sqlite3_column_int64(s, at + 3),
	    .restarts = (uint64_t)sqlite3_column_int64(s, at + 4),
	    .unsure = (uint64_t)sqlite3_column_int64(s, at + 5),
	    .imported_s = (uint64_t)sqlite3_column_int64(s, at + 6),
	    .days_measured = (uint32_t)sqlite3_column_int64(s, at + 7),
	    .days_imported = (uint32_t)sqlite3_column_int64(s, at + 8),
	    .days_both = (uint32_t)sqlite3_column_int64(s, at + 9)};
}

static int
add_month(struct reading *r, const struct ledger_device *dev, sqlite3_stmt *s)
{
	const struct ledger_belonging *b =
	    ledger_devices_on(r->ds, dev, (kk_day)sqlite3_column_int64(s, 2));
	const struct usage_slot *slot =
	    usage_sums_slot(r->sums, (kk_day)sqlite3_column_int64(s, 0) * 100 + 1);
	struct usage_sum sum;
	int rc;

	if (slot == NULL || b->key == LEDGER_NO_KEY ||
	    !is_source(r->q, b, (unsigned)sqlite3_column_int(s, 3)))
		return KK_OK;
	read_sum(s, 4, &sum);
	rc = usage_sums_add(r->sums, b->key, slot, &sum);
	return rc == KK_OK ? usage_sums_count(r->sums, dev, b, slot) : rc;
}

static int
walk_months(struct reading *r, sqlite3_stmt *s)
{
	size_t at = 0;
	int step, rc = KK_OK;

	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
		const struct ledger_device *dev =
		    ledger_devices_by_num(r->ds, &at, (uint32_t)sqlite3_column_int64(s, 1));

		if (dev != NULL && dev->is_ap)
			rc = add_month(r, dev, s);
	}
	return rc == KK_OK && step != SQLITE_DONE ? KK_E_DB : rc;
}

/* ---- months by groups ---- */

#define GROUPS(key)                                                                          \
	"SELECT g.month, " key ", aps, " SUM_COLUMNS                                         \
	" FROM usage_grouped JOIN usage_group g USING (month) WHERE month BETWEEN ?1 AND ?2" \
	" AND district = ifnull(?3, district) AND phase = ifnull(?4, phase)"                 \
	" AND site_type = ifnull(?5, site_type) ORDER BY month"

static const char *const groups_sql[USAGE_BELONGING + 1] = {[USAGE_CITY] = GROUPS("'city'"),
    [USAGE_DISTRICT] = GROUPS("district"),
    [USAGE_PHASE] = GROUPS("phase"),
    [USAGE_TYPE] = GROUPS("site_type")};

static int
by_groups(const struct usage_query *q)
{
	return groups_sql[q->by] != NULL && q->site == NULL && q->source == 0;
}

static int
add_group(struct reading *r, sqlite3_stmt *s)
{
	const struct usage_slot *slot =
	    usage_sums_slot(r->sums, (kk_day)sqlite3_column_int64(s, 0) * 100 + 1);
	struct usage_sum sum;
	uint32_t key;
	int rc;

	if (slot == NULL)
		return KK_OK;
	rc = ledger_devices_key(r->ds, db_column_text(s, 1), &key);
	read_sum(s, 3, &sum);
	if (rc == KK_OK)
		rc = usage_sums_add(r->sums, key, slot, &sum);
	if (rc == KK_OK && !slot->closed)
		usage_sums_count_group(r->sums, key, slot, (uint32_t)sqlite3_column_int64(s, 2));
	return rc;
}

static int
walk_groups(struct reading *r, sqlite3_stmt *s)
{
	const char *const filters[] = {r->q->district, r->q->phase, r->q->site_type};
	int step, rc = KK_OK;

	for (int i = 0; i < 3; i++)
		if (filters[i] != NULL)
			sqlite3_bind_text(s, 3 + i, filters[i], -1, SQLITE_STATIC);
	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW)
		rc = add_group(r, s);
	return rc == KK_OK && step != SQLITE_DONE ? KK_E_DB : rc;
}

/* Which of the months `grouped` has are not read one by one. */
static int
is_grouped(struct reading *r, kk_day month, int *is, struct diag *d)
{
	sqlite3_stmt *s = r->grouped;
	int step;

	sqlite3_bind_int(s, 1, month);
	step = sqlite3_step(s);
	*is = step == SQLITE_ROW;
	sqlite3_reset(s);
	return step == SQLITE_ROW || step == SQLITE_DONE ? KK_OK
							 : db_error(r->db, d, "read the months");
}

/* Groups where there are some, and between them the runs of months that have none. */
static int
read_groups(struct reading *r, kk_day from, kk_day to, struct diag *d)
{
	kk_day run = from;
	int is = 0, rc;

	if (!by_groups(r->q))
		return read_with(r, months_sql, walk_months, from, to, d);
	rc = db_prepare(r->db, "SELECT 1 FROM usage_grouped WHERE month = ?1", &r->grouped, d);
	for (kk_day month = from; month <= to && rc == KK_OK; month = zone_month_add(month, 1)) {
		rc = is_grouped(r, month, &is, d);
		if (rc != KK_OK || !is)
			continue;
		rc = read_with(r, months_sql, walk_months, run, zone_month_add(month, -1), d);
		run = zone_month_add(month, 1);
	}
	sqlite3_finalize(r->grouped);
	if (rc == KK_OK)
		rc = read_with(r, months_sql, walk_months, run, to, d);
	return rc == KK_OK ? read_with(r, groups_sql[r->q->by], walk_groups, from, to, d) : rc;
}

/* What is summed, and the days that are not. */
static int
read_months(struct reading *r, kk_day from, kk_day to, struct diag *d)
{
	kk_day summed, last = to * 100 + 31;
	int rc = months_summed(r->db, &summed, d);

	if (rc == KK_OK && summed / 100 >= from)
		rc = read_groups(r, from, summed / 100 < to ? summed / 100 : to, d);
	if (rc == KK_OK && summed >= from * 100)
		rc = read_with(
		    r, stale_sql, walk_days, from * 100, summed < last ? summed : last, d);
	if (rc == KK_OK)
		rc = read_with(r, days_sql, walk_days,
		    summed >= from * 100 ? summed + 1 : from * 100, last, d);
	return rc;
}

/* ---- the table ---- */

static int
sum_up(struct reading *r, struct diag *d)
{
	size_t n;
	const struct usage_slot *slots;
	int rc = usage_sums_new(r->q, r->ds, &r->sums);

	if (rc == KK_OK)
		rc = usage_frozen_read(r->db, r->q, r->ds, r->sums, d);
	if (rc == KK_OK)
		rc = usage_sums_possible(r->sums);
	if (rc == KK_OK)
		rc = usage_spread_read(r->db, r->q, r->ds, r->sums, d);
	if (rc != KK_OK)
		return rc;
	slots = usage_sums_slots(r->sums, &n);
	if (r->q->period == USAGE_DAYS)
		return read_with(r, days_sql, walk_days, slots[0].name, slots[n - 1].name, d);
	return read_months(r, slots[0].name, slots[n - 1].name, d);
}

static int
fill(struct reading *r, struct owned_table *t, struct diag *d)
{
	int rc = ledger_devices_read(r->db, r->q, &t->ds, d);

	if (rc != KK_OK)
		return rc;
	r->ds = t->ds;
	rc = sum_up(r, d);
	if (rc == KK_OK)
		rc = usage_sums_rows(r->sums, &t->table);
	usage_sums_free(r->sums);
	if (rc == KK_E_RANGE)
		return diag_set(d, rc, "%d to %d: no range of periods, or too many rows",
		    (int)r->q->from, (int)r->q->to);
	return rc == KK_E_NOMEM ? diag_set(d, rc, "%s: out of memory", db_file(r->db)) : rc;
}

int
ledger_usage_within(
    struct db *db, const struct usage_query *q, struct usage_table **out, struct diag *d)
{
	struct reading r = {.db = db, .q = q};
	struct owned_table *t = calloc(1, sizeof(*t));
	int rc;

	*out = NULL;
	if (t == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	rc = fill(&r, t, d);
	if (rc != KK_OK) {
		usage_table_free(&t->table);
		return rc;
	}
	*out = &t->table;
	return KK_OK;
}

int
ledger_usage(struct db *db, const struct usage_query *q, struct usage_table **out, struct diag *d)
{
	int rc = db_begin_read(db, d);

	*out = NULL;
	if (rc == KK_OK)
		rc = ledger_usage_within(db, q, out, d);
	db_rollback(db);
	return rc;
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
