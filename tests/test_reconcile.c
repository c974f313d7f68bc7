/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_reconcile.c - the account against the picture: causes, and a month of three access points.
 */
#include "usage/reconcile.h"

#include "rrd/archive/archive.h"
#include "usage/sheet_out.h"

#include "tests/fleet.h"
#include "tests/records.h"

#define H INT64_C(3600)

static const struct {
	const char *why;
	struct ledger_ap ap;
	struct reconcile_archive a;
	enum reconcile_cause want;
} causes[] = {
    {"equal", {.octets = 1000000}, {1, 1000000, 720, 0, 0}, RECONCILE_FITS},
    {"one in a thousand less", {.octets = 1000000}, {1, 999000, 720, 0, 0}, RECONCILE_FITS},
    {"a little less than that", {.octets = 1000000}, {1, 998999, 720, 0, 0}, RECONCILE_UNEXPLAINED},
    {"more", {.octets = 1000000}, {1, 1001001, 720, 0, 0}, RECONCILE_UNEXPLAINED},
    {"nothing, and something", {.octets = 0}, {1, 5, 720, 0, 0}, RECONCILE_UNEXPLAINED},
    {"the largest", {.octets = UINT64_MAX}, {1, UINT64_MAX, 720, 0, 0}, RECONCILE_FITS},
    {"no file", {.octets = 5}, {0, 0, 0, 0, 0}, RECONCILE_NO_ARCHIVE},
    {"imported", {.octets = 5, .imported_s = 86400}, {0, 0, 0, 0, 0}, RECONCILE_IMPORTED},
    {"a young file", {.octets = 50, .observed_s = 700 * 3600}, {1, 9, 720, 100, 100},
	RECONCILE_YOUNG},
    {"a young access point", {.octets = 50, .observed_s = 620 * 3600}, {1, 9, 720, 100, 100},
	RECONCILE_GAP},
    {"a lump", {.octets = 50, .octets_lump = 1, .restarts = 1}, {1, 9, 720, 5, 0}, RECONCILE_LUMP},
    {"a reboot", {.octets = 50, .restarts = 1}, {1, 9, 720, 5, 0}, RECONCILE_RESTART},
    {"a gap", {.octets = 50}, {1, 9, 720, 5, 0}, RECONCILE_GAP},
};

START_TEST(judge)
{
	enum reconcile_cause got = reconcile_judge(&causes[_i].ap, &causes[_i].a);

	ck_assert_msg(got == causes[_i].want, "%s: %s", causes[_i].why, reconcile_word(got));
}
END_TEST

/* A month of 1 kB/s in the archives of A and B; the ledger has the same of A, a tenth more of B,
 * and of C what no archive has. */
START_TEST(a_month)
{
	static const char csv[] =
	    "id,kind,host\nA,ap,127.0.0.1\nB,ap,127.0.0.2\nC,ap,127.0.0.3\nD,ap,127.0.0.4\n";
	const int64_t from_s = INT64_C(1780239600); /* 2026-06-01 in Seoul */
	struct inventory *inv = NULL;
	struct archive *a;
	struct sheet *s;
	struct conf conf;
	struct db *db;
	struct diag d = {""};
	char dir[64], text[4000] = "";
	FILE *f;

	ck_assert_int_eq(zone_use("Asia/Seoul", &d), KK_OK);
	harness_dir(dir);
	conf = fleet_conf(dir, 3600);
	ck_assert_int_eq(db_open(conf.state_dir, DB_WRITE, &db, &d), KK_OK);
	records_inventory(db, csv, from_s - 86400, 0);
	ck_assert_int_eq(db_exec(db,
			     "WITH RECURSIVE day(d) AS (VALUES (20260601) UNION ALL SELECT d + 1 "
			     "FROM day WHERE d < 20260630)"
			     " INSERT INTO usage_day (day, device, source, octets_down, octets_up, "
			     "observed_s, restarts)"
			     " SELECT d, 1, 0, 86400000, 0, 86400, 0 FROM day UNION ALL"
			     " SELECT d, 2, 0, 95040000, 0, 86400, 1 FROM day UNION ALL"
			     " SELECT d, 3, 0, 7, 0, 86400, 0 FROM day",
			     &d),
	    KK_OK);
	ck_assert_int_eq(inventory_read(db, &inv, &d), KK_OK);
	ck_assert_int_eq(archive_open(&conf, &a, &d), KK_OK);
	ck_assert_int_eq(archive_inventory(a, inv), KK_OK);
	for (int64_t t = from_s - 48 * H; t <= from_s + 31 * 24 * H; t += H)
		for (uint32_t num = 1; num <= 2; num++) {
			const struct sink *k = archive_sink(a);
			struct sample one = {.device = num, .time_cs = t * 100};

			sample_set(&one, METRIC_OCTETS_DOWN, (t - from_s + 100 * H) * 1000);
			sample_set(&one, METRIC_OCTETS_UP, 0);
			ck_assert_int_eq(
			    k->take(k->ctx, &one, 1, (struct cursor){1, (uint64_t)t + num}), KK_OK);
		}
	ck_assert_int_eq(archive_flush_all(a, from_s + 31 * 24 * H), KK_OK);
	archive_close(a);
	inventory_free(inv);
	ck_assert_msg(reconcile_month(&conf, db, 202606, from_s + 32 * 24 * H, &s, &d) == KK_OK,
	    "%s", d.text);
	f = fmemopen(text, sizeof(text) - 1, "w");
	sheet_csv(s, 0, f);
	fclose(f);
	ck_assert_msg(strstr(text, "\r\nA,") == NULL, "%s", text);
	ck_assert_msg(
	    strstr(text, "\r\nB,,,2851200000,2592000000,-9.0,restart,0,") != NULL, "%s", text);
	ck_assert_msg(strstr(text, "\r\nC,,,210,,,no_archive,0,") != NULL, "%s", text);
	ck_assert_msg(strstr(text, "\r\nD,") == NULL, "%s", text);
	sheet_free(s);
	ck_assert_int_eq(
	    reconcile_month(&conf, db, 202608, from_s + 32 * 24 * H, &s, &d), KK_E_RANGE);
	db_close(db);
	harness_remove(dir);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("reconcile");
	Suite *s = suite_create("reconcile");

	tcase_add_loop_test(tc, judge, 0, ROWS(causes));
	tcase_add_test(tc, a_month);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
