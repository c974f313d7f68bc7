/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/months.h"

#include <stdlib.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/log.h"

#define LATE_S	   3600 /* samples of the old day still come for a while */
#define PAIRS	   128	/* that one piece of work sums again */
#define EMPTY_DAYS 400	/* that one piece of work passes over */
#define TELL_MS	   2000 /* from here on a long summing says how far it is */

/* Days of ?1 and devices ?2 to ?3 into their months. A day older than the first belonging counts
 * for that one. ?4 and ?5 are the day's bounds: what was imported was not observed. */
static const char fold_sql[] =
    "INSERT INTO usage_month SELECT day / 100, device,"
    " coalesce((SELECT max(since) FROM belonging b WHERE b.device = u.device AND since <= day),"
    "  (SELECT min(since) FROM belonging b WHERE b.device = u.device), 0),"
    " source, octets_down, octets_up, octets_lump, observed_s, restarts, unsure,"
    " CASE imported WHEN 1 THEN max(0, min(ifnull(retired, ?5), ?5) - max(added, ?4)) ELSE 0 END,"
    " imported = 0, imported = 1, imported = 2"
    " FROM usage_day u JOIN device ON num = device WHERE day = ?1 AND device BETWEEN ?2 AND ?3"
    " ON CONFLICT DO UPDATE SET octets_down = octets_down + excluded.octets_down,"
    " octets_up = octets_up + excluded.octets_up, octets_lump = octets_lump + excluded.octets_lump,"
    " observed_s = observed_s + excluded.observed_s, restarts = restarts + excluded.restarts,"
    " unsure = unsure + excluded.unsure, imported_s = imported_s + excluded.imported_s,"
    " days_measured = days_measured + excluded.days_measured,"
    " days_imported = days_imported + excluded.days_imported,"
    " days_both = days_both + excluded.days_both";
static const char group_sql[] =
    "INSERT INTO usage_group SELECT month, ifnull(district, ''), ifnull(phase, ''),"
    " ifnull(site_type, ''), sum(octets_down), sum(octets_up), sum(octets_lump), sum(observed_s),"
    " sum(restarts), sum(unsure), sum(imported_s), sum(days_measured), sum(days_imported),"
    " sum(days_both), count(DISTINCT m.device)"
    " FROM usage_month m JOIN device ON num = m.device LEFT JOIN belonging b ON b.device = m.device"
    " AND b.since = m.since WHERE month = ?1 AND kind = 'ap' AND source = ifnull(account, 0)"
    " GROUP BY 2, 3, 4";

enum {
	S_SUMMED,
	S_SET_SUMMED,
	S_FIRST_DAY,
	S_FOLD,
	S_STALE,
	S_DEGROUP,
	S_NEXT_STALE,
	S_CLEAR,
	S_FRESH,
	S_GROUPED,
	S_HAS_MONTH,
	S_FIRST_MONTH,
	S_DROP_GROUPS,
	S_GROUP,
	S_SET_GROUPED,
	S_COUNT
};

static const char *const texts[S_COUNT] = {
    [S_SUMMED] = "SELECT value FROM counter WHERE name = 'summed'",
    [S_SET_SUMMED] = "INSERT OR REPLACE INTO counter VALUES ('summed', ?1)",
    [S_FIRST_DAY] = "SELECT min(day) FROM usage_day",
    [S_FOLD] = fold_sql,
    [S_STALE] = "INSERT OR IGNORE INTO usage_stale VALUES (?1, ?2)",
    [S_DEGROUP] = "DELETE FROM usage_grouped WHERE month = ?1",
    [S_NEXT_STALE] = "SELECT month, device FROM usage_stale LIMIT 1",
    [S_CLEAR] = "DELETE FROM usage_month WHERE month = ?1 AND device = ?2",
    [S_FRESH] = "DELETE FROM usage_stale WHERE month = ?1 AND device = ?2",
    [S_GROUPED] = "SELECT 1 FROM usage_grouped WHERE month = ?1",
    [S_HAS_MONTH] = "SELECT 1 FROM usage_month WHERE month = ?1 LIMIT 1",
    [S_FIRST_MONTH] = "SELECT min(month) FROM usage_month",
    [S_DROP_GROUPS] = "DELETE FROM usage_group WHERE month = ?1",
    [S_GROUP] = group_sql,
    [S_SET_GROUPED] = "INSERT OR REPLACE INTO usage_grouped VALUES (?1)",
};

struct months {
	struct db *db;
	kk_day summed; /* 0: nothing */
	struct zone_day day;
	sqlite3_stmt *s[S_COUNT];
};

/* A statement that answers one integer; *out stays as it is where there is none. */
static int
ask(struct months *m, int which, int64_t *out, struct diag *d)
{
	sqlite3_stmt *s = m->s[which];
	int step = sqlite3_step(s), rc = KK_OK;

	if (step == SQLITE_ROW)
		*out = sqlite3_column_int64(s, 0);
	else if (step != SQLITE_DONE)
		rc = db_error(m->db, d, "read the months");
	sqlite3_reset(s);
	return rc;
}

static int
has(struct months *m, int which, kk_day month, int *is, struct diag *d)
{
	int64_t one = 0;
	int rc;

	sqlite3_bind_int(m->s[which], 1, month);
	rc = ask(m, which, &one, d);
	*is = one != 0;
	return rc;
}

/* A statement about a month (and a device). */
static int
run(struct months *m, int which, kk_day month, uint32_t device, struct diag *d)
{
	sqlite3_bind_int(m->s[which], 1, month);
	if (sqlite3_bind_parameter_count(m->s[which]) > 1)
		sqlite3_bind_int64(m->s[which], 2, device);
	return db_step_done(m->db, m->s[which], d, "sum a month");
}

static int
set_summed(struct months *m, kk_day day, struct diag *d)
{
	int rc = run(m, S_SET_SUMMED, day, 0, d);

	if (rc == KK_OK)
		m->summed = day;
	return rc;
}

int
months_begin(struct months *m, kk_day today, struct diag *d)
{
	int64_t summed = 0, first = 0;
	int rc = ask(m, S_SUMMED, &summed, d);

	m->summed = (kk_day)summed;
	if (rc != KK_OK || summed != 0)
		return rc;
	rc = ask(m, S_FIRST_DAY, &first, d);
	if (rc != KK_OK)
		return rc;
	return set_summed(m, zone_day_add(first == 0 ? today : (kk_day)first, -1), d);
}

int
months_touch(struct months *m, kk_day day, uint32_t device, struct diag *d)
{
	int rc;

	if (day > m->summed)
		return KK_OK;
	rc = run(m, S_STALE, day / 100, device, d);
	return rc == KK_OK ? run(m, S_DEGROUP, day / 100, 0, d) : rc;
}

/* ---- work ---- */

static int
fold(struct months *m, kk_day day, uint32_t from, uint32_t to, int *rows, struct diag *d)
{
	sqlite3_stmt *s = m->s[S_FOLD];
	int rc;

	*rows = 0;
	if (m->day.day != day && zone_day_bounds(day, &m->day) != KK_OK)
		return KK_OK;
	sqlite3_bind_int(s, 1, day);
	sqlite3_bind_int64(s, 2, from);
	sqlite3_bind_int64(s, 3, to);
	sqlite3_bind_int64(s, 4, m->day.from_s);
	sqlite3_bind_int64(s, 5, m->day.to_s);
	rc = db_step_done(m->db, s, d, "sum a day");
	if (rc == KK_OK)
		*rows = sqlite3_changes(db_handle(m->db));
	return rc;
}

/* The day after those that are summed, if it is over; days without rows are passed over. */
static int
fold_next(struct months *m, int64_t now_s, int *worked, struct diag *d)
{
	kk_day summed = m->summed;
	int rows = 0, rc = KK_OK;

	for (int i = 0; i < EMPTY_DAYS && rows == 0 && rc == KK_OK; i++) {
		kk_day next = zone_day_add(summed, 1);

		if (zone_day_bounds(next, &m->day) != KK_OK || now_s < m->day.to_s + LATE_S)
			break;
		rc = fold(m, next, 0, UINT32_MAX, &rows, d);
		summed = next;
	}
	*worked = summed != m->summed;
	return *worked && rc == KK_OK ? set_summed(m, summed, d) : rc;
}

static int
sum_again(struct months *m, kk_day month, uint32_t device, struct diag *d)
{
	int rows, rc = run(m, S_CLEAR, month, device, d);

	for (kk_day day = month * 100 + 1;
	     day <= month * 100 + 31 && day <= m->summed && rc == KK_OK; day++)
		rc = fold(m, day, device, device, &rows, d);
	return rc == KK_OK ? run(m, S_FRESH, month, device, d) : rc;
}

static int
sum_stale(struct months *m, int *worked, struct diag *d)
{
	sqlite3_stmt *s = m->s[S_NEXT_STALE];
	int rc = KK_OK;

	for (int i = 0; i < PAIRS && rc == KK_OK; i++) {
		int step = sqlite3_step(s);
		kk_day month = (kk_day)sqlite3_column_int64(s, 0);
		uint32_t device = (uint32_t)sqlite3_column_int64(s, 1);

		sqlite3_reset(s);
		if (step != SQLITE_ROW)
			return step == SQLITE_DONE ? KK_OK
						   : db_error(m->db, d, "read what is stale");
		*worked = 1;
		rc = sum_again(m, month, device, d);
	}
	return rc;
}

static int
group(struct months *m, kk_day month, struct diag *d)
{
	int rc = run(m, S_DROP_GROUPS, month, 0, d);

	if (rc == KK_OK)
		rc = run(m, S_GROUP, month, 0, d);
	return rc == KK_OK ? run(m, S_SET_GROUPED, month, 0, d) : rc;
}

/* The newest whole month whose groups are not summed. */
static int
group_next(struct months *m, int *worked, struct diag *d)
{
	kk_day month = zone_day_add(m->summed, 1) / 100;
	int64_t first = 0;
	int is = 0, rc = ask(m, S_FIRST_MONTH, &first, d);

	*worked = 0;
	if (first == 0)
		return rc;
	while (rc == KK_OK && (month = zone_month_add(month, -1)) >= first) {
		rc = has(m, S_GROUPED, month, &is, d);
		if (rc == KK_OK && !is)
			rc = has(m, S_HAS_MONTH, month, worked, d);
		if (rc == KK_OK && *worked)
			return group(m, month, d);
	}
	return rc;
}

int
months_work(struct months *m, int64_t now_s, int *worked, struct diag *d)
{
	int rc;

	*worked = 0;
	rc = fold_next(m, now_s, worked, d);
	if (rc == KK_OK && !*worked)
		rc = sum_stale(m, worked, d);
	if (rc == KK_OK && !*worked)
		rc = group_next(m, worked, d);
	return rc;
}

/* Let those in who wait for the lock; they look again after ever longer naps. */
static void
pause_for(int64_t ms)
{
	struct timespec nap = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&nap, NULL);
}

int
months_catch_up(struct months *m, kk_day today, struct diag *d)
{
	int worked = 1, rc = KK_OK;

	while (worked && rc == KK_OK) {
		int64_t begun;

		rc = db_begin(m->db, d);
		begun = clock_mono_ms(NULL);
		if (rc == KK_OK)
			rc = months_begin(m, today, d);
		if (rc == KK_OK)
			rc = months_work(m, 0, &worked, d);
		rc = rc == KK_OK ? db_commit(m->db, d) : rc;
		db_rollback(m->db);
		if (worked && rc == KK_OK)
			pause_for(clock_mono_ms(NULL) - begun + 1);
	}
	return rc;
}

/* ---- a ledger without sums ---- */

static int
build(struct months *m, kk_day first, kk_day last, struct diag *d)
{
	int64_t begun = clock_mono_ms(NULL);
	kk_day told = 0;
	int rows, rc = KK_OK;

	for (kk_day day = first; day <= last && rc == KK_OK; day = zone_day_add(day, 1)) {
		rc = fold(m, day, 0, UINT32_MAX, &rows, d);
		if (day / 100 == told || clock_mono_ms(NULL) - begun < TELL_MS)
			continue;
		told = day / 100;
		log_line(LOG_LV_NOTICE, "%s: summing the months up to %d: %d", db_file(m->db),
		    (int)(last / 100), (int)told);
	}
	return rc == KK_OK ? set_summed(m, last, d) : rc;
}

int
months_build(struct db *db, struct diag *d)
{
	struct months *m;
	int64_t first = 0, last = 0;
	int worked = 1, rc = months_open(db, &m, d);
	sqlite3_stmt *s = NULL;

	if (rc == KK_OK)
		rc = db_prepare(db, "SELECT min(day), max(day) FROM usage_day", &s, d);
	if (rc == KK_OK && sqlite3_step(s) == SQLITE_ROW) {
		first = sqlite3_column_int64(s, 0);
		last = sqlite3_column_int64(s, 1);
	}
	sqlite3_finalize(s);
	if (rc == KK_OK && first != 0)
		rc = build(m, (kk_day)first, zone_day_add((kk_day)last, -1), d);
	while (first != 0 && worked && rc == KK_OK)
		rc = group_next(m, &worked, d);
	months_close(m);
	return rc;
}

int
months_summed(struct db *db, kk_day *out, struct diag *d)
{
	sqlite3_stmt *s;
	int step, rc = db_prepare(db, texts[S_SUMMED], &s, d);

	*out = 0;
	if (rc != KK_OK)
		return rc;
	step = sqlite3_step(s);
	if (step == SQLITE_ROW)
		*out = (kk_day)sqlite3_column_int64(s, 0);
	else if (step != SQLITE_DONE)
		rc = db_error(db, d, "read the months");
	sqlite3_finalize(s);
	return rc;
}

int
months_open(struct db *db, struct months **out, struct diag *d)
{
	struct months *m = calloc(1, sizeof(*m));
	int rc = KK_OK;

	*out = NULL;
	if (m == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", db_file(db));
	m->db = db;
	for (int i = 0; i < S_COUNT && rc == KK_OK; i++)
		rc = db_prepare(db, texts[i], &m->s[i], d);
	if (rc != KK_OK) {
		months_close(m);
		return rc;
	}
	*out = m;
	return KK_OK;
}

void
months_close(struct months *m)
{
	if (m == NULL)
		return;
	for (int i = 0; i < S_COUNT; i++)
		sqlite3_finalize(m->s[i]);
	free(m);
}
