/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/usage_frozen.h"

#define FILTERS                                                              \
	" WHERE month BETWEEN ?1 AND ?2 AND district = ifnull(?3, district)" \
	" AND phase = ifnull(?4, phase) AND site_type = ifnull(?5, site_type)"
#define LISTED(column)                                                         \
	"SELECT month, CASE WHEN listed THEN " column " ELSE '" USAGE_UNLISTED \
	"' END, aps, " FROZEN_COLUMNS " FROM usage_frozen_group" FILTERS       \
	" AND (listed OR ?3 IS NULL AND ?4 IS NULL AND ?5 IS NULL) ORDER BY month"
/* Of access points by themselves, in whose device's row the key may stand. */
#define EACH(column)                                                                       \
	"SELECT month, " column ", 1, " FROZEN_COLUMNS " FROM usage_frozen f"              \
	" LEFT JOIN (SELECT id, installed, place FROM device) USING (id)" FILTERS          \
	" AND site = ifnull(?6, site) AND (since >= 0 OR ?3 IS NULL AND ?4 IS NULL AND ?5" \
	" IS NULL AND ?6 IS NULL) ORDER BY month"
#define LISTED_EACH(column) \
	EACH("CASE WHEN since >= 0 THEN " column " ELSE '" USAGE_UNLISTED "' END")

static const char *const by_group[USAGE_BY_COUNT] = {
    [USAGE_CITY] = "SELECT month, 'city', aps, " FROZEN_COLUMNS " FROM usage_frozen_group" FILTERS
		   " AND (listed OR ?3 IS NULL AND ?4 IS NULL AND ?5 IS NULL) ORDER BY month",
    [USAGE_DISTRICT] = LISTED("district"),
    [USAGE_PHASE] = LISTED("phase"),
    [USAGE_TYPE] = LISTED("site_type")};
static const char *const by_one[USAGE_BY_COUNT] = {[USAGE_CITY] = EACH("'city'"),
    [USAGE_DISTRICT] = LISTED_EACH("district"),
    [USAGE_PHASE] = LISTED_EACH("phase"),
    [USAGE_TYPE] = LISTED_EACH("site_type"),
    [USAGE_SITE] = LISTED_EACH("site"),
    [USAGE_AP] = EACH("id"),
    [USAGE_INSTALLED] = LISTED_EACH(USAGE_INSTALLED_SQL),
    [USAGE_PLACE] = LISTED_EACH("ifnull(place, '')")};

static void
read_sum(sqlite3_stmt *s, int at, struct usage_sum *sum)
{
	uint64_t *const to[FROZEN_COUNT] = {&sum->octets_down, &sum->octets_up,
	    &sum->octets_undirected, &sum->octets_lump, &sum->observed_s, &sum->possible_s,
	    &sum->restarts, &sum->unsure, &sum->days_measured, &sum->days_imported, &sum->days_both,
	    &sum->days_spread};

	for (int i = 0; i < FROZEN_COUNT; i++)
		*to[i] = (uint64_t)sqlite3_column_int64(s, at + i);
}

static int
add(sqlite3_stmt *s, struct ledger_devices *ds, struct usage_sums *m)
{
	const struct usage_slot *slot =
	    usage_sums_slot(m, (kk_day)sqlite3_column_int64(s, 0) * 100 + 1);
	struct usage_sum sum = {0};
	uint32_t key;
	int rc;

	if (slot == NULL)
		return KK_OK;
	rc = ledger_devices_key(ds, db_column_text(s, 1), &key);
	read_sum(s, 3, &sum);
	if (rc == KK_OK)
		rc = usage_sums_freeze(m, key, slot, &sum);
	if (rc == KK_OK)
		usage_sums_count_group(m, key, slot, (uint32_t)sqlite3_column_int64(s, 2));
	return rc;
}

static int
read_rows(struct db *db, const char *sql, const struct usage_query *q, struct ledger_devices *ds,
    struct usage_sums *m, struct diag *d)
{
	const char *const filters[] = {q->district, q->phase, q->site_type, q->site};
	size_t n;
	const struct usage_slot *slots = usage_sums_slots(m, &n);
	sqlite3_stmt *s;
	int step, rc = db_prepare(db, sql, &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, slots[0].name);
	sqlite3_bind_int64(s, 2, slots[n - 1].name);
	for (int i = 0; i < 4 && 3 + i <= sqlite3_bind_parameter_count(s); i++)
		if (filters[i] != NULL)
			sqlite3_bind_text(s, 3 + i, filters[i], -1, SQLITE_STATIC);
	while ((step = sqlite3_step(s)) == SQLITE_ROW && rc == KK_OK)
		rc = add(s, ds, m);
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read closed months");
	sqlite3_finalize(s);
	return rc;
}

/* Mark the closed slots. */
static int
mark(struct db *db, struct usage_sums *m, int *any, struct diag *d)
{
	size_t n, at = 0;
	struct usage_slot *slots = usage_sums_slots(m, &n);
	sqlite3_stmt *s;
	int step, rc = db_prepare(db, "SELECT month FROM usage_closed ORDER BY month", &s, d);

	*any = 0;
	if (rc != KK_OK)
		return rc;
	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		kk_day month = (kk_day)sqlite3_column_int64(s, 0);

		while (at < n && slots[at].name < month)
			at++;
		if (at < n && slots[at].name == month)
			*any = slots[at].closed = 1;
	}
	if (step != SQLITE_DONE)
		rc = db_error(db, d, "read which months are closed");
	sqlite3_finalize(s);
	return rc;
}

int
usage_frozen_read(struct db *db, const struct usage_query *q, struct ledger_devices *ds,
    struct usage_sums *m, struct diag *d)
{
	const char *sql;
	int any, rc;

	if (q->live || q->source > 0 || q->period == USAGE_DAYS || q->by >= USAGE_BY_COUNT)
		return KK_OK;
	sql = q->site == NULL && by_group[q->by] != NULL ? by_group[q->by] : by_one[q->by];
	rc = mark(db, m, &any, d);
	return rc == KK_OK && any ? read_rows(db, sql, q, ds, m, d) : rc;
}
