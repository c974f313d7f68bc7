/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger_usage.h"

#include <stdlib.h>

#include "rrd/ledger_devices.h"
#include "rrd/ledger_sums.h"

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

static const char days_sql[] =
    "SELECT day, device, source, octets_down, octets_up, observed_s, octets_lump, restarts, unsure,"
    " imported FROM usage_day WHERE day BETWEEN ?1 AND ?2 ORDER BY day, device, source";

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

/* Rows and devices are both in order of numbers: one walk a day. */
static int
walk_days(struct reading *r, sqlite3_stmt *s)
{
	size_t at = 0, n;
	const struct ledger_device *all = ledger_devices_all(r->ds, &n);
	struct zone_day day = {0};
	int step, is_day = 0, rc = KK_OK;

	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
		uint32_t device = (uint32_t)sqlite3_column_int64(s, Q_DEVICE);
		kk_day name = (kk_day)sqlite3_column_int64(s, Q_DAY);

		if (name != day.day) {
			is_day = zone_day_bounds(name, &day) == KK_OK;
			day.day = name;
			at = 0;
		}
		while (at < n && all[at].num < device)
			at++;
		if (is_day && at < n && all[at].num == device && all[at].is_ap)
			rc = add_day(r, &all[at], &day, s);
	}
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = KK_E_DB;
	return rc;
}

static int
read_days(struct reading *r, kk_day from, kk_day to, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(r->db, days_sql, &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, from);
	sqlite3_bind_int64(s, 2, to);
	rc = walk_days(r, s);
	if (rc == KK_E_DB)
		rc = db_error(r->db, d, "read the ledger");
	sqlite3_finalize(s);
	return rc;
}

/* ---- the table ---- */

static kk_day
first_day(const struct usage_slot *slot)
{
	return slot->name > 999912 ? slot->name : slot->name * 100 + 1;
}

static kk_day
last_day(const struct usage_slot *slot)
{
	return slot->name > 999912 ? slot->name : slot->name * 100 + 31;
}

static int
sum_up(struct reading *r, struct diag *d)
{
	size_t n;
	const struct usage_slot *slots;
	int rc = usage_sums_new(r->q, r->ds, &r->sums);

	if (rc == KK_OK)
		rc = usage_sums_possible(r->sums);
	if (rc != KK_OK)
		return rc;
	slots = usage_sums_slots(r->sums, &n);
	return read_days(r, first_day(&slots[0]), last_day(&slots[n - 1]), d);
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
ledger_usage(struct db *db, const struct usage_query *q, struct usage_table **out, struct diag *d)
{
	struct reading r = {.db = db, .q = q};
	struct owned_table *t = calloc(1, sizeof(*t));
	int rc;

	*out = NULL;
	if (t == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	rc = db_begin_read(db, d);
	if (rc == KK_OK)
		rc = fill(&r, t, d);
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
