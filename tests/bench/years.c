/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/years.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "lib/zone.h"
#include "rrd/db/months.h"
#include "rrd/ledger_usage.h"
#include "tests/bench/measure.h"

#define LAST_YEAR 2025
#define DISTRICTS 25
#define SITE_APS  4
#define RUNS	  5

struct years {
	struct db *db;
	unsigned devices;
	kk_day first, last;
	uint64_t rows, octets; /* of all days */
};

static int
failed(const struct diag *d)
{
	fprintf(stderr, "kk-bench: %s\n", d->text);
	return 1;
}

/* ---- the ledger ---- */

static int
make_devices(struct years *y, struct diag *d)
{
	static const char device[] =
	    "INSERT INTO device (num, id, kind, added, installed) VALUES (?1,"
	    " printf('WF%06d', ?1), 'ap', ?2, printf('%d-04-01', 2015 + ?1 % 6))";
	static const char belonging[] =
	    "INSERT INTO belonging (device, since, district, site, site_type, phase) VALUES (?1, 0,"
	    " printf('district %d', ?1 % ?3), printf('site %d', ?1 / ?4), printf('type %d', ?1 / "
	    "?4 % 6),"
	    " printf('%d', 1 + ?1 % 3))";
	struct zone_day day;
	int rc = zone_day_bounds(y->first, &day);

	for (int k = 0; k < 2 && rc == KK_OK; k++) {
		sqlite3_stmt *s;

		rc = db_prepare(y->db, k == 0 ? device : belonging, &s, d);
		for (unsigned i = 1; i <= y->devices && rc == KK_OK; i++) {
			sqlite3_bind_int64(s, 1, i);
			if (k == 0) {
				sqlite3_bind_int64(s, 2, day.from_s);
			} else {
				sqlite3_bind_int(s, 3, DISTRICTS);
				sqlite3_bind_int(s, 4, SITE_APS);
			}
			rc = db_step_done(y->db, s, d, "make access points");
		}
		sqlite3_finalize(s);
	}
	return rc;
}

/* What an access point carries is its own, and every day a little different; 1 in 50 days has a
 * mark. */
static int
make_days(struct years *y, struct diag *d)
{
	static const char sql[] =
	    "INSERT INTO usage_day (day, device, source, octets_down, octets_up, observed_s, "
	    "octets_lump,"
	    " restarts, clients_peak, up_s) VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?5)";
	sqlite3_stmt *s;
	int rc = db_prepare(y->db, sql, &s, d);

	for (kk_day day = y->first; day <= y->last && rc == KK_OK; day = zone_day_add(day, 1))
		for (unsigned i = 1; i <= y->devices && rc == KK_OK; i++) {
			uint64_t dice =
			    ((uint64_t)day * 1000003 + i) * UINT64_C(0x9e3779b97f4a7c15) >> 20;
			int64_t down = (int64_t)(i % 997 * 10000000 + dice % 1000000000);
			int odd = dice % 50 == 0;

			sqlite3_bind_int(s, 1, day);
			sqlite3_bind_int64(s, 2, i);
			sqlite3_bind_int64(s, 3, down);
			sqlite3_bind_int64(s, 4, down / 9);
			sqlite3_bind_int(s, 5, odd ? 83000 : 86400);
			sqlite3_bind_int64(s, 6, odd ? down / 100 : 0);
			sqlite3_bind_int(s, 7, odd);
			sqlite3_bind_int(s, 8, (int)(dice >> 8) % 60);
			rc = db_step_done(y->db, s, d, "make days");
			y->rows++;
			y->octets += (uint64_t)down + (uint64_t)(down / 9);
		}
	sqlite3_finalize(s);
	return rc;
}

static int
make(struct years *y, struct diag *d)
{
	int rc = db_exec(y->db, "PRAGMA synchronous = OFF", d);

	if (rc == KK_OK)
		rc = db_begin(y->db, d);
	if (rc == KK_OK)
		rc = make_devices(y, d);
	if (rc == KK_OK)
		rc = make_days(y, d);
	if (rc == KK_OK)
		rc = db_commit(y->db, d);
	else
		db_rollback(y->db);
	return rc;
}

/* As a database of an earlier version is brought up. */
static int
build(struct years *y, struct diag *d)
{
	int rc = db_begin(y->db, d);

	if (rc == KK_OK)
		rc = months_build(y->db, d);
	if (rc == KK_OK)
		rc = db_commit(y->db, d);
	return rc == KK_OK ? db_exec(y->db, "PRAGMA wal_checkpoint(TRUNCATE)", d) : rc;
}

/* ---- asking ---- */

static int
bare(struct years *y, const char *sql, kk_day from, kk_day to, uint64_t *sum, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(y->db, sql, &s, d);

	*sum = 0;
	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int(s, 1, from);
	sqlite3_bind_int(s, 2, to);
	while (sqlite3_step(s) == SQLITE_ROW)
		*sum += (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return rc;
}

static int
report(struct years *y, const struct usage_query *q, uint64_t *sum, struct diag *d)
{
	struct usage_table *t;
	int rc = ledger_usage(y->db, q, &t, d);

	*sum = 0;
	for (size_t i = 0; rc == KK_OK && i < t->n; i++)
		*sum += t->rows[i].octets_down + t->rows[i].octets_up;
	if (rc == KK_OK)
		usage_table_free(t);
	return rc;
}

/* A report and the bare query in turn; both must find the same octets. */
static int
measure(struct years *y, const char *name, const struct usage_query *q, const char *sql,
    kk_day from, kk_day to, struct diag *d)
{
	int64_t ours[RUNS], theirs[RUNS];
	uint64_t sum, bare_sum;
	struct spent began;

	for (int i = 0; i < RUNS; i++) {
		spent_now(&began);
		if (report(y, q, &sum, d) != KK_OK)
			return 0;
		ours[i] = spent_since(&began).wall_us;
		spent_now(&began);
		if (bare(y, sql, from, to, &bare_sum, d) != KK_OK)
			return 0;
		theirs[i] = spent_since(&began).wall_us;
		if (sum != bare_sum) {
			diag_set(d, KK_E_CORRUPT, "%s: %" PRIu64 " octets, bare SQL finds %" PRIu64,
			    name, sum, bare_sum);
			return 0;
		}
	}
	printf(",\"%s_us\":%" PRId64 ",\"%s_first_us\":%" PRId64, name, median(ours, RUNS), name,
	    ours[0]);
	printf(",\"%s_bare_us\":%" PRId64, name, median(theirs, RUNS));
	return 1;
}

static int
ask(struct years *y, struct diag *d)
{
	static const char by_sum[] =
	    "SELECT sum(octets_down + octets_up) FROM usage_day WHERE day BETWEEN ?1 AND ?2";
	static const char by_ap[] = "SELECT sum(octets_down + octets_up) FROM usage_day WHERE day "
				    "BETWEEN ?1 AND ?2 GROUP BY device";
	const kk_day month = LAST_YEAR * 100 + 10;
	const kk_day from = month * 100 + 1, to = month * 100 + 31;
	const kk_day year = y->first / 10000 < LAST_YEAR ? LAST_YEAR - 1 : LAST_YEAR;
	struct zone_day end;
	struct usage_query q = {.by = USAGE_DISTRICT, .from = month, .to = month};

	zone_day_bounds(y->last, &end);
	q.now_s = end.to_s;
	if (!measure(y, "district", &q, by_sum, from, to, d))
		return 0;
	q.by = USAGE_AP;
	if (!measure(y, "ap", &q, by_ap, from, to, d))
		return 0;
	q = (struct usage_query){
	    .by = USAGE_PHASE, .period = USAGE_YEARS, .from = year, .to = year, .now_s = end.to_s};
	return measure(y, "year", &q, by_sum, year * 10000 + 101, year * 10000 + 1231, d);
}

int
bench_years(const char *dir, unsigned devices, unsigned years)
{
	struct years y = {.devices = devices,
	    .first = (kk_day)(LAST_YEAR + 1 - years) * 10000 + 101,
	    .last = LAST_YEAR * 10000 + 1231};
	struct diag d = {""};
	struct spent began, made, built;
	struct stat st;
	int ok;

	if (zone_use("Asia/Seoul", &d) != KK_OK || db_open(dir, DB_WRITE, &y.db, &d) != KK_OK)
		return failed(&d);
	spent_now(&began);
	ok = make(&y, &d) == KK_OK;
	made = spent_since(&began);
	spent_now(&began);
	ok = ok && build(&y, &d) == KK_OK && stat(db_file(y.db), &st) == 0;
	built = spent_since(&began);
	if (ok) {
		printf("{\"rows\":%" PRIu64 ",\"file_octets\":%" PRId64 ",\"octets_a_day\":%.1f",
		    y.rows, (int64_t)st.st_size, (double)st.st_size / (double)y.rows);
		printf(",\"make_ms\":%" PRId64 ",\"sum_ms\":%" PRId64, made.wall_us / 1000,
		    built.wall_us / 1000);
		ok = ask(&y, &d);
		printf("}\n");
	}
	db_close(y.db);
	return ok ? 0 : failed(&d);
}
