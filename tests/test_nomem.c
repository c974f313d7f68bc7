/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_nomem.c - what is kept, imported, reported and judged, with memory that runs out. */
#include "tests/nomem.h"

#include <jansson.h>

#include "alerts/picture.h"
#include "lib/csv.h"
#include "lib/grid.h"
#include "lib/log.h"
#include "lib/seglog.h"
#include "lib/zone.h"
#include "rrd/archive/fetch.h"
#include "rrd/archive/roster.h"
#include "rrd/db/inventory.h"
#include "rrd/import/import.h"
#include "rrd/journal.h"
#include "rrd/ledger.h"
#include "rrd/live.h"
#include "rrd/store.h"
#include "tests/fleet.h"
#include "usage/ask.h"
#include "usage/sheet_out.h"

static char dir[64], days_csv[96];
static struct conf conf;
static struct diag diag;

static const char inventory_csv[] =
    "id,district,site,phase,uplink,kind,host,floor\nS1,성동구,,,,switch,127.0.0.9,\n"
    "A1,성동구,가,1,S1,ap,127.0.0.1,1\nA2,중구,나,1,S1,ap,127.0.0.2,2\nA3,중구,나,2,A9,ap,,\n"
    "A1,성동구,가,1,S1,ap,127.0.0.1,1\n";
static const char open_data[] =
    "{\"TbPublicWifiInfo\": {\"row\": [{\"X_SWIFI_MGR_NO\": \"W1\", \"X_SWIFI_WRDOFC\": "
    "\"중구\", \"LAT\": \"126.9\", \"LNT\": \"37.5\", \"X_SWIFI_MAIN_NM\": \"가\\n나\", "
    "\"BEMERK\": 5}]}}";

static struct db *
open_db(void)
{
	struct db *db;

	ck_assert_msg(db_open(dir, DB_WRITE, &db, &diag) == KK_OK, "%s", diag.text);
	return db;
}

static int
import(const char *text)
{
	struct import_options o = {.now_s = FLEET_T0, .prune = 1};
	struct import_report *r = NULL;
	struct db *db;
	int rc = db_open(dir, DB_WRITE, &db, &diag);

	if (rc == KK_OK)
		rc = import_text(db, "f", text, strlen(text), &o, &r, &diag);
	import_report_free(r);
	db_close(db);
	return rc;
}

/* A city of three access points with one day of history and an hour of samples. */
static void
setup(void)
{
	struct store *s;
	struct db *db;
	uint64_t rows;
	FILE *f;

	log_open("test", LOG_LV_ERROR - 1);
	ck_assert_int_eq(zone_use("Asia/Seoul", NULL), KK_OK);
	harness_dir(dir);
	conf = fleet_conf(dir, 60);
	conf.alerts.misses = 3;
	snprintf(days_csv, sizeof(days_csv), "%s/days.csv", dir);
	f = fopen(days_csv, "w");
	fputs("day,id,octets_down,octets_up\n2021-04-01,A1,10,1\n2021-04-01,A2,\"20\",2\n", f);
	fclose(f);
	ck_assert_msg(import(inventory_csv) == KK_OK, "%s", diag.text);
	db = open_db();
	ck_assert_int_eq(ledger_import(db, days_csv, 0, &rows, &diag), KK_OK);
	db_close(db);
	ck_assert_int_eq(store_open(&conf, 0, &s, &diag), KK_OK);
	for (int m = 0; m < 10; m++) {
		for (uint32_t num = 1; num <= 4; num++) {
			struct sample one = fleet_sample(num, FLEET_T0 + m * 60);

			ck_assert_int_eq(store_put(s, &one), KK_OK);
		}
		ck_assert_int_gt(store_commit(s, &diag), 0);
	}
	store_close(s);
}

static void
teardown(void)
{
	harness_remove(dir);
}

/* ---- one after another ---- */

static int
import_csv(void)
{
	return import(inventory_csv);
}

static int
import_json(void)
{
	return import(open_data);
}

static int
import_days(void)
{
	struct db *db;
	uint64_t rows;
	int rc = db_open(dir, DB_WRITE, &db, &diag);

	if (rc == KK_OK)
		rc = ledger_import(db, days_csv, 1, &rows, &diag);
	db_close(db);
	return rc;
}

static int
print_sheet(const struct sheet *s, FILE *out)
{
	json_t *j = sheet_json(s, LANG_KO); /* its memory is another library's */

	json_decref(j);
	sheet_csv(s, 1, out);
	return sheet_table(s, LANG_KO, out);
}

static int
print_report(struct db *db, enum usage_by by, FILE *out)
{
	const struct ask a = {
	    .q = {.by = by, .from = 202104, .to = 202107, .now_s = 1638284400}, .top = 3};
	struct book *b = NULL;
	struct conf c;
	int rc;

	conf_defaults(&c);
	rc = ask_book(&c, db, &a, LANG_KO, &b, &diag);
	if (rc == KK_OK)
		book_html(b, LANG_KO, out);
	for (size_t i = 0; rc == KK_OK && i < book_sheets(b); i++)
		rc = print_sheet(book_sheet_at(b, i), out);
	book_free(b);
	return rc;
}

static int
report(void)
{
	FILE *out = fopen("/dev/null", "w");
	struct db *db;
	int rc = db_open(dir, DB_READ, &db, &diag);

	for (enum usage_by by = USAGE_CITY; by < USAGE_BY_COUNT && rc == KK_OK; by++)
		rc = print_report(db, by, out);
	db_close(db);
	fclose(out);
	return rc;
}

static int
judge(void)
{
	struct inventory *inv = NULL;
	struct picture *p = NULL;
	struct live *live = NULL;
	struct db *db;
	int rc = db_open(dir, DB_READ, &db, &diag);

	if (rc == KK_OK)
		rc = inventory_read(db, &inv, &diag);
	if (rc == KK_OK)
		rc = live_open_reader(dir, &live, &diag);
	if (rc == KK_OK)
		rc = picture_make(&conf, inv, live, (FLEET_T0 + 600) * 100, &p);
	if (rc == KK_OK)
		picture_free(p);
	live_close(live);
	inventory_free(inv);
	db_close(db);
	return rc;
}

static int
take_none(void *ctx, const struct sample *s, size_t n, struct cursor end)
{
	(void)s;
	(void)end;
	*(size_t *)ctx += n;
	return KK_OK;
}

static int
from_the_start(void *ctx, struct cursor *c)
{
	(void)ctx;
	*c = (struct cursor){0, 0};
	return KK_OK;
}

static int
replay(void)
{
	size_t n = 0;
	struct sink sink = {"test", &n, take_none, from_the_start};
	struct feed *f = NULL;
	int rc = feed_open(dir, &sink, &f, &diag);

	while (rc == KK_OK)
		rc = feed_step(f, NULL, 0, &diag);
	feed_free(f);
	return rc == KK_END ? n == 40 ? KK_OK : KK_E_CORRUPT : rc;
}

static void
count(void *ctx, const struct sample *s)
{
	(void)s;
	++*(int *)ctx;
}

/* Four devices' odometers, also when the live table is gone. */
static int
start_again(void)
{
	struct store *s;
	int n = 0, rc = store_open(&conf, 0, &s, &diag);

	if (rc != KK_OK)
		return rc;
	rc = store_restore(s, count, &n, &diag);
	store_close(s);
	return rc == KK_OK && n != 4 ? KK_E_CORRUPT : rc;
}

/* Segments are compressed, and read when they are. */
static int
pack(void)
{
	struct seglog_options o = {.segment_octets = 300, .compress = 1};
	struct seglog_reader *r = NULL;
	struct seglog *l = NULL;
	char sub[96], octets[100] = {0};
	const void *p;
	size_t len;
	int rc;

	snprintf(sub, sizeof(sub), "%s/log", dir);
	rc = seglog_open(sub, &o, &l, &diag);
	for (int i = 0; i < 6 && rc == KK_OK; i++)
		rc = seglog_append(l, octets, sizeof(octets), &diag);
	if (rc == KK_OK)
		rc = seglog_sync(l, &diag);
	if (rc == KK_OK) {
		seglog_trim(l, (struct cursor){0, 0}, 0); /* tells its trouble in the log */
		rc = seglog_read_from(sub, (struct cursor){0, 0}, &r, &diag);
	}
	while (rc == KK_OK)
		rc = seglog_next(r, NULL, &p, &len, NULL, &diag);
	seglog_reader_free(r);
	seglog_close(l);
	harness_remove(sub);
	return rc == KK_END ? KK_OK : rc;
}

static int
read_csv(void)
{
	/* CP949, a guarded field, a line break inside of one. */
	static const char text[] = "a,b\n\xb0\xa1,\"x\ny\"\n'=1,\xb3\xaa\n";
	char *fields[CSV_FIELDS_MAX];
	struct csv *c = NULL;
	unsigned line = 1;
	size_t n;
	int rc = csv_over("f", text, sizeof(text) - 1, &c, &diag);

	while (rc == KK_OK)
		rc = csv_next(c, fields, &n, &line, &diag);
	csv_free(c);
	return rc == KK_END ? KK_OK : rc;
}

/* A file in two encodings: every line is looked at. */
static int
import_broken(void)
{
	return import("id,district\nA1,중구\nA2,\xb0\xa1\n");
}

static int
read_conf(void)
{
	struct conf c;
	char path[96];
	FILE *f;

	snprintf(path, sizeof(path), "%s/kkachi.yaml", dir);
	f = fopen(path, "w");
	fputs("timezone: Asia/Seoul\nsnmp:\n  interval: 30\n  community: x\n", f);
	fclose(f);
	return conf_read(path, &c, &diag);
}

static const struct {
	const char *why;
	int (*run)(void);
	int may; /* do without */
} tries[] = {
    {"an inventory in CSV", import_csv, 0},
    {"the city's JSON", import_json, 0},
    {"days of the past", import_days, 0},
    {"a report", report, 0},
    {"a picture of the outages", judge, 0},
    {"the journal read", replay, 0},
    {"the store opened", start_again, 1},
    {"segments packed", pack, 1},
    {"a CSV file", read_csv, 0},
    {"an inventory in two encodings", import_broken, 0},
    {"the configuration", read_conf, 0},
};

START_TEST(one_fails)
{
	ck_assert_int_gt(
	    nomem_try(tries[_i / 2].why, tries[_i / 2].run, _i % 2, tries[_i / 2].may), 0);
}
END_TEST

/* What failed for want of memory left the database as it was. */
static int64_t
integer(const char *sql)
{
	struct db *db = open_db();
	sqlite3_stmt *s;
	int64_t v;

	ck_assert_int_eq(db_prepare(db, sql, &s, &diag), KK_OK);
	ck_assert_int_eq(sqlite3_step(s), SQLITE_ROW);
	v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	db_close(db);
	return v;
}

START_TEST(nothing_half_imported)
{
	nomem = (__typeof__(nomem)){.on = 1, .at = 1};
	for (int rc = KK_E_NOMEM; rc != KK_OK; nomem.at++) {
		nomem.calls = 0;
		nomem.on = 1;
		rc = import("id,district\nA1,종로구\nB1,종로구\n");
		nomem.on = 0;
		ck_assert_int_eq(
		    integer("SELECT count(*) FROM device WHERE id = 'B1'"), rc == KK_OK);
		ck_assert_int_eq(integer("SELECT count(*) FROM device WHERE retired IS NULL"),
		    rc == KK_OK ? 2 : 4);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nomem");
	TCase *tc = tcase_create("nomem");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, one_fails, 0, 2 * ROWS(tries));
	tcase_add_test(tc, nothing_half_imported);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
