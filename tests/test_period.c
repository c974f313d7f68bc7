/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <time.h>

#include "rrd/import/import.h"
#include "rrd/ledger_usage.h"
#include "rrd/period_import.h"
#include "rrd/usage_spread.h"
#include "tests/records.h"

#define NOW INT64_C(1640000000) /* December 2021 */

static char dir[64];
static struct db *db;

static void
setup(void)
{
	db = records_open(dir);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

START_TEST(gigabytes)
{
	static const struct {
		const char *text;
		int rc;
		uint64_t octets;
	} rows[] = {
	    {"10244.1184965 ", KK_OK, UINT64_C(10244118496500)},
	    {"0.0000132", KK_OK, 13200},
	    {" 7", KK_OK, UINT64_C(7000000000)},
	    {".5", KK_OK, 500000000},
	    {"0.000000001", KK_OK, 1},
	    {"0.0000000014", KK_OK, 1},
	    {"0.0000000015", KK_OK, 2},
	    {"0.00000000149", KK_OK, 1},
	    {"9007199.254740993", KK_OK, UINT64_C(9007199254740993)}, /* no double has it */
	    {"", KK_E_SYNTAX, 0},
	    {".", KK_E_SYNTAX, 0},
	    {"-1", KK_E_SYNTAX, 0},
	    {"1e3", KK_E_SYNTAX, 0},
	    {"1,000", KK_E_SYNTAX, 0},
	    {"4611686019", KK_E_SYNTAX, 0},
	};

	for (int i = 0; i < ROWS(rows); i++) {
		uint64_t octets = 0;

		ck_assert_msg(
		    period_parse_gb(rows[i].text, &octets) == rows[i].rc, "\"%s\"", rows[i].text);
		if (rows[i].rc == KK_OK)
			ck_assert_uint_eq(octets, rows[i].octets);
	}
}
END_TEST

START_TEST(days_add_up)
{
	static const uint64_t octets[] = {0, 1, 165, 166, 167, 1000000007, UINT64_C(1) << 61};

	for (int i = 0; i < ROWS(octets); i++)
		for (unsigned days = 1; days < 200; days += 33) {
			uint64_t sum = 0;

			for (unsigned k = 0; k < days; k++)
				sum += usage_spread(octets[i], days, k, k + 1);
			ck_assert_uint_eq(sum, octets[i]);
			ck_assert_uint_eq(usage_spread(octets[i], days, 0, days), octets[i]);
		}
	ck_assert_uint_eq(usage_days_between(20210501, 20211013), 165);
	ck_assert_uint_eq(usage_days_between(20200228, 20200301), 2);
	ck_assert_uint_eq(usage_days_between(20201231, 20210101), 1);
}
END_TEST

static int
list(const char *csv, kk_day first, kk_day last, int replace, struct period_done *done,
    struct diag *d)
{
	struct period_wish w = {.first = first, .last = last, .replace = replace, .now_s = NOW};
	char path[128];

	records_file(dir, "list.csv", csv, path);
	return period_import(db, path, &w, done, d);
}

/* "key period octets", those that have some. */
static const char *
asked(struct usage_query q)
{
	static char out[1000];
	struct usage_table *t;
	struct diag d = {""};
	size_t n = 0;

	q.now_s = NOW;
	ck_assert_msg(ledger_usage(db, &q, &t, &d) == KK_OK, "%s", d.text);
	out[0] = '\0';
	for (size_t i = 0; i < t->n; i++) {
		const struct usage_row *r = &t->rows[i];

		if (r->octets_undirected == 0)
			continue;
		ck_assert_int_eq(r->spread, 2);
		ck_assert_int_eq(r->imported, 2);
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s %d %llu", n ? "; " : "",
		    r->key, (int)r->period, (unsigned long long)r->octets_undirected);
	}
	usage_table_free(t);
	return out;
}

#define HEAD "관리번호,자치구,AP별 이용량(GB)\n"

START_TEST(lists)
{
	struct period_done done;
	struct diag d = {""};

	records_inventory(db, "id,district\nA1,중구\nA2,성동구\n", NOW, 0);
	/* Ten days over a month's end: 1 GB + 3 octets, 100000000 a day and 3 more on the last. */
	ck_assert_msg(list(HEAD "A1,중구,1.000000003\nA2,성동구,0.00000001\nX9,강남구,2\n",
			  20210625, 20210704, 0, &done, &d) == KK_OK,
	    "%s", d.text);
	ck_assert(done.rows == 3 && done.unlisted_rows == 1);
	ck_assert_uint_eq(done.octets, UINT64_C(3000000013));
	ck_assert_uint_eq(done.unlisted_octets, UINT64_C(2000000000));
	ck_assert_str_eq(asked((struct usage_query){.from = 202106, .to = 202107}),
	    "city 202106 1800000006; city 202107 1200000007");
	ck_assert_str_eq(
	    asked((struct usage_query){.by = USAGE_DISTRICT, .from = 202106, .to = 202107}),
	    "unlisted 202106 1200000000; unlisted 202107 800000000; 성동구 202106 6; "
	    "성동구 202107 4; 중구 202106 600000000; 중구 202107 400000003");
	ck_assert_str_eq(
	    asked((struct usage_query){
		.by = USAGE_AP, .period = USAGE_DAYS, .from = 20210704, .to = 20210705}),
	    "A1 20210704 100000003; A2 20210704 1; X9 20210704 200000000");
	ck_assert_str_eq(asked((struct usage_query){
			     .period = USAGE_YEARS, .from = 2021, .to = 2021, .district = "중구"}),
	    "city 2021 1000000003");
	/* The same again, and another total. */
	ck_assert_int_eq(
	    list(HEAD "A1,중구,1.000000003\n", 20210625, 20210704, 0, &done, &d), KK_OK);
	ck_assert_int_eq(list(HEAD "A1,중구,2\n", 20210625, 20210704, 0, &done, &d), KK_E_EXISTS);
	ck_assert_ptr_nonnull(strstr(d.text, "--replace"));
	ck_assert_int_eq(list(HEAD "A1,중구,2\n", 20210625, 20210704, 1, &done, &d), KK_OK);
	ck_assert_str_eq(asked((struct usage_query){
			     .by = USAGE_AP, .from = 202106, .to = 202106, .district = "중구"}),
	    "A1 202106 1200000000");
	/* Once the inventory has it, it counts where it belongs. */
	records_inventory(db, "id,district\nX9,강남구\n", NOW, 0);
	ck_assert_str_eq(
	    asked((struct usage_query){
		.by = USAGE_DISTRICT, .from = 202107, .to = 202107, .district = "강남구"}),
	    "강남구 202107 800000000");
}
END_TEST

START_TEST(refused)
{
	static const struct {
		const char *csv;
		kk_day first, last;
		int rc;
		const char *says;
	} rows[] = {
	    {HEAD "A1,중구,1\n", 20210630, 20210710, KK_E_EXISTS, "another imported period"},
	    {HEAD "A1,중구,1\n", 20210801, 20210810, KK_E_EXISTS, "days of its own"},
	    {HEAD "A1,중구,1\n", 20210811, 20210810, KK_E_RANGE, "no such time"},
	    {HEAD "A1,중구,1\n", 20210811, 20311231, KK_E_RANGE, "not been yet"},
	    {HEAD "A1,중구,x\n", 20210811, 20210812, KK_E_SYNTAX, ":2: \"x\""},
	    {HEAD "A1,중구,1\nA1,중구,1\n", 20210811, 20210812, KK_E_SYNTAX, "twice"},
	    {"관리번호,이용량\nA1,1\n", 20210811, 20210812, KK_E_SYNTAX, "heading"},
	    {"", 20210811, 20210812, KK_E_SYNTAX, "heading"},
	};
	struct period_done done;
	struct diag d = {""};

	records_inventory(db, "id,district\nA1,중구\n", NOW, 0);
	ck_assert_int_eq(list(HEAD "A1,중구,1\n", 20210625, 20210704, 0, &done, &d), KK_OK);
	ck_assert_int_eq(
	    db_exec(db, "INSERT INTO usage_day (day, device, source) VALUES (20210805, 1, 2)", &d),
	    KK_OK);
	for (int i = 0; i < ROWS(rows); i++) {
		ck_assert_msg(
		    list(rows[i].csv, rows[i].first, rows[i].last, 1, &done, &d) == rows[i].rc,
		    "row %d: %s", i, d.text);
		ck_assert_msg(strstr(d.text, rows[i].says) != NULL, "row %d: %s", i, d.text);
	}
}
END_TEST

/* ---- the city's own lists, where they are ---- */

static int
down(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

static double
gb(uint64_t octets)
{
	return (double)octets / 1e9;
}

/* Where the city's lists are: $KKACHI_SEOUL, or beside the sources; NULL: nowhere. */
static const char *
city_folder(void)
{
	static char beside[300];
	const char *srcdir = getenv("srcdir"), *folder = getenv("KKACHI_SEOUL");

	snprintf(beside, sizeof(beside), "%s/../shared/data/seoul", srcdir != NULL ? srcdir : ".");
	if (folder == NULL && access(beside, R_OK) == 0)
		folder = beside;
	return folder;
}

START_TEST(the_citys)
{
	const char *folder = city_folder();
	char path[512];
	struct import_options o = {.now_s = NOW};
	struct import_report *r;
	struct period_wish w = {.first = 20210501, .last = 20211013, .now_s = NOW};
	struct period_done done;
	struct usage_query q = {
	    .by = USAGE_AP, .period = USAGE_YEARS, .from = 2021, .to = 2021, .now_s = NOW};
	struct usage_table *t;
	struct diag d = {""};
	static uint64_t all[20000];
	uint64_t total = 0, one = 0, ten = 0;
	size_t n = 0;

	if (folder == NULL)
		return;
	snprintf(path, sizeof(path), "%s/public_wifi_2021-07_13col_utf8.csv", folder);
	ck_assert_msg(import_file(db, path, &o, &r, &d) == KK_OK, "%s", d.text);
	import_report_free(r);
	snprintf(
	    path, sizeof(path), "%s/ap_usage_fixed_20210501_20211013_open_half_utf8.csv", folder);
	ck_assert_msg(period_import(db, path, &w, &done, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(ledger_usage(db, &q, &t, &d), KK_OK);
	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i].octets_undirected > 0)
			total += all[n++] = t->rows[i].octets_undirected;
	usage_table_free(t);
	ck_assert_uint_eq(n, done.rows);
	ck_assert_uint_eq(total, done.octets);
	qsort(all, n, sizeof(all[0]), down);
	for (size_t i = 0; i < n / 10; i++) {
		ten += all[i];
		one += i < n / 100 ? all[i] : 0;
	}
	printf("%zu rows, joined %.1f %%, total %llu octets; GB: median %.1f, p90 %.1f, p99 %.1f, "
	       "most %.1f; top 1 %% of APs %.1f %%, top 10 %% %.1f %%\n",
	    n, 100.0 * (double)(done.rows - done.unlisted_rows) / (double)done.rows,
	    (unsigned long long)total, gb(all[n / 2]), gb(all[n / 10]), gb(all[n / 100]),
	    gb(all[0]), 100.0 * (double)one / (double)total, 100.0 * (double)ten / (double)total);
	snprintf(path, sizeof(path), "%s/ap_usage_citybus_20210501_20211013_cp949.csv", folder);
	ck_assert_msg(period_import(db, path, &w, &done, &d) == KK_OK, "%s", d.text);
	ck_assert_uint_eq(done.rows, 7370);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("period");
	TCase *tc = tcase_create("period");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, gigabytes);
	tcase_add_test(tc, days_add_up);
	tcase_add_test(tc, lists);
	tcase_add_test(tc, refused);
	tcase_add_test(tc, the_citys);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
