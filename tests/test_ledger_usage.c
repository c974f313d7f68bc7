/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <time.h>

#include "lib/sample.h"
#include "rrd/ledger_usage.h"
#include "tests/records.h"

#define SEOUL_0 INT64_C(1625065200) /* 2021-07-01 00:00 in Seoul */
#define DAY_S	INT64_C(86400)
#define TB	UINT64_C(1000000000000)

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

static void
sql(const char *text)
{
	struct diag d = {""};

	ck_assert_msg(db_exec(db, text, &d) == KK_OK, "%s", d.text);
}

static struct usage_table *
usage(kk_day from, kk_day to, enum usage_by by, int64_t now_s)
{
	struct usage_query q = {.by = by, .from = from, .to = to, .now_s = now_s};
	struct usage_table *t;
	struct diag d = {""};

	ck_assert_msg(ledger_usage(db, &q, &t, &d) == KK_OK, "%s", d.text);
	return t;
}

/* The table as text: key month down/up observed/possible imported. */
static const char *
table(kk_day from, kk_day to, enum usage_by by, int64_t now_s)
{
	static char out[2000];
	struct usage_table *t = usage(from, to, by, now_s);
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < t->n; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s %d %llu/%llu %llu/%llu %d",
		    i ? "; " : "", t->rows[i].key, t->rows[i].period % 100,
		    (unsigned long long)t->rows[i].octets_down,
		    (unsigned long long)t->rows[i].octets_up,
		    (unsigned long long)t->rows[i].observed_s,
		    (unsigned long long)t->rows[i].possible_s, t->rows[i].imported);
	usage_table_free(t);
	return out;
}

/* ---- days measured before Kkachi ---- */

START_TEST(import_is_idempotent)
{
	struct diag d = {""};
	const char *file = "octets_up,day,id,octets_down\n1,2021-04-01,A1,10\n2,20210402,A1,20\n";

	records_inventory(db, "id,district\nA1,성동구\n", SEOUL_0, 0);
	ck_assert_msg(records_days(db, dir, file, 0, &d) == KK_OK, "%s", d.text);
	ck_assert_msg(records_days(db, dir, file, 0, &d) == KK_OK, "%s", d.text);
	ck_assert_msg(records_days(db, dir, file, 1, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(
	    records_integer(db, "SELECT count(*) FROM usage_day WHERE imported = 1"), 2);
	ck_assert_int_eq(records_integer(db, "SELECT sum(octets_down) FROM usage_day"), 30);
	ck_assert_int_eq(records_integer(db, "SELECT sum(octets_up) FROM usage_day"), 3);
}
END_TEST

START_TEST(import_refuses_overlap)
{
	struct diag d = {""};

	records_inventory(db, "id\nA1\nA2\n", SEOUL_0, 0);
	ck_assert_int_eq(
	    records_days(db, dir, "day,id,octets_down,octets_up\n2021-04-01,A1,10,1\n", 0, &d),
	    KK_OK);
	ck_assert_int_eq(records_days(db, dir,
			     "day,id,octets_down,octets_up\n2021-03-01,A2,5,5\n"
			     "2021-04-01,A1,11,1\n",
			     0, &d),
	    KK_E_EXISTS);
	ck_assert_ptr_nonnull(strstr(d.text, "days.csv:3: "));
	ck_assert_int_eq(
	    records_integer(db, "SELECT count(*) FROM usage_day"), 1); /* nothing of it */
	ck_assert_int_eq(
	    records_days(db, dir, "day,id,octets_down,octets_up\n2021-04-01,A1,11,1\n", 1, &d),
	    KK_OK);
	ck_assert_int_eq(records_integer(db, "SELECT octets_down FROM usage_day"), 11);
	/* What Kkachi measured stays, whatever is asked. */
	sql("UPDATE usage_day SET imported = 0");
	ck_assert_int_eq(
	    records_days(db, dir, "day,id,octets_down,octets_up\n2021-04-01,A1,12,1\n", 1, &d),
	    KK_E_EXISTS);
	sql("UPDATE usage_day SET imported = 2");
	ck_assert_int_eq(
	    records_days(db, dir, "day,id,octets_down,octets_up\n2021-04-01,A1,11,1\n", 1, &d),
	    KK_E_EXISTS);
	ck_assert_int_eq(records_integer(db, "SELECT octets_down FROM usage_day"), 11);
}
END_TEST

static const struct {
	const char *why, *text, *place;
	int want;
} bad[] = {
    {"empty", "", ":1: ", KK_E_SYNTAX},
    {"no column", "day,id,octets_down\n", ":1: ", KK_E_SYNTAX},
    {"no such day", "day,id,octets_down,octets_up\n2021-02-29,A1,1,1\n", ":2: ", KK_E_SYNTAX},
    {"no day", "day,id,octets_down,octets_up\nJuly,A1,1,1\n", ":2: ", KK_E_SYNTAX},
    {"a short day", "day,id,octets_down,octets_up\n2021-4-1,A1,1,1\n", ":2: ", KK_E_SYNTAX},
    {"a day to come", "day,id,octets_down,octets_up\n9999-01-01,A1,1,1\n", ":2: ", KK_E_SYNTAX},
    {"no such id", "day,id,octets_down,octets_up\n2021-04-01,A1,1,1\n2021-04-01,A9,1,1\n",
	":3: ", KK_E_NOTFOUND},
    {"a switch", "day,id,octets_down,octets_up\n2021-04-01,S1,1,1\n", ":2: ", KK_E_SYNTAX},
    {"a fraction", "day,id,octets_down,octets_up\n2021-04-01,A1,1.5,1\n", ":2: ", KK_E_SYNTAX},
    {"less than none", "day,id,octets_down,octets_up\n2021-04-01,A1,-1,1\n", ":2: ", KK_E_SYNTAX},
    {"nothing", "day,id,octets_down,octets_up\n2021-04-01,A1,,1\n", ":2: ", KK_E_SYNTAX},
    {"a row cut short", "day,id,octets_down,octets_up\n2021-04-01,A1\n", ":2: ", KK_E_SYNTAX},
    {"too many", "day,id,octets_down,octets_up\n2021-04-01,A1,99999999999999999999,1\n",
	":2: ", KK_E_SYNTAX},
    {"twice, and different", "day,id,octets_down,octets_up\n2021-04-01,A1,1,1\n2021-04-01,A1,2,1\n",
	":3: ", KK_E_SYNTAX},
};

START_TEST(import_errors)
{
	struct diag d = {""};
	int rc;

	records_inventory(db, "id,kind\nA1,ap\nS1,switch\n", SEOUL_0, 0);
	rc = records_days(db, dir, bad[_i].text, 0, &d);
	ck_assert_msg(rc == bad[_i].want, "%s: got %s", bad[_i].why, kk_strerror(rc));
	ck_assert_msg(strstr(d.text, bad[_i].place) != NULL, "%s: %s", bad[_i].why, d.text);
	ck_assert_int_eq(records_integer(db, "SELECT count(*) FROM usage_day"), 0);
}
END_TEST

START_TEST(import_same_row_twice)
{
	struct diag d = {""};

	records_inventory(db, "id\nA1\n", SEOUL_0, 0);
	ck_assert_int_eq(
	    records_days(db, dir,
		"day,id,octets_down,octets_up\n2021-04-01,A1,1,1\n2021-04-01,A1,1,1\n", 0, &d),
	    KK_OK);
	ck_assert_int_eq(records_integer(db, "SELECT sum(octets_down) FROM usage_day"), 1);
}
END_TEST

/* ---- sums ---- */

START_TEST(months_of_the_city)
{
	struct usage_table *t;

	records_inventory(
	    db, "id,district,kind\nA1,성동구,ap\nA2,중구,ap\nS1,중구,switch\n", SEOUL_0, 0);
	sql("INSERT INTO usage_day (day, device, source, octets_down, octets_up, imported) VALUES"
	    " (20210401, 1, 2, 30000000000000, 10000000000000, 1),"
	    " (20210430, 2, 2, 8000000000000, 0, 1), (20210501, 1, 2, 52000000000000, 0, 1),"
	    " (20210501, 3, 2, 77, 0, 1), (20210501, 1, 0, 88, 0, 1)");
	t = usage(202104, 202106, USAGE_CITY, SEOUL_0);
	ck_assert_uint_eq(t->n, 3);
	ck_assert_str_eq(t->rows[0].key, "city");
	ck_assert_int_eq(t->rows[0].period, 202104);
	ck_assert(t->rows[0].octets_down == 38 * TB && t->rows[0].octets_up == 10 * TB);
	/* Neither the switch's octets nor those of another source than the account's. */
	ck_assert(t->rows[1].octets_down == 52 * TB && t->rows[1].octets_up == 0);
	ck_assert_int_eq(t->rows[1].imported, 2);
	ck_assert(t->rows[2].octets_down == 0 && t->rows[2].imported == 0);
	ck_assert_uint_eq(t->rows[1].possible_s, 0); /* before Kkachi knew them */
	usage_table_free(t);
	usage_table_free(NULL);
}
END_TEST

/* A day counts where the device belonged on that day, from the account's source. */
START_TEST(belonging_by_day)
{
	int64_t now = SEOUL_0 + 31 * DAY_S;

	records_inventory(db,
	    "id,district,phase,site,host\nA1,성동구,1,구청,10.0.0.1\nA2,중구,2,,\n", SEOUL_0, 0);
	records_inventory(db, "id,district\nA1,중구\n", SEOUL_0 + 10 * DAY_S, 0);
	sql("INSERT INTO usage_day (day, device, source, octets_down, octets_up, observed_s) VALUES"
	    " (20210701, 1, 0, 1, 0, 86400), (20210710, 1, 0, 10, 0, 86400),"
	    " (20210711, 1, 0, 100, 0, 86400), (20210731, 1, 0, 1000, 1, 86400),"
	    " (20210731, 1, 1, 5000, 0, 86400), (20210702, 2, 2, 7, 0, 0),"
	    " (20210702, 2, 0, 9000, 0, 0)");
	ck_assert_str_eq(table(202107, 202107, USAGE_DISTRICT, now),
	    "성동구 7 11/0 172800/864000 0; 중구 7 1107/1 172800/4492800 0");
	ck_assert_str_eq(table(202107, 202107, USAGE_PHASE, now),
	    "1 7 1111/1 345600/2678400 0; 2 7 7/0 0/2678400 0");
	ck_assert_str_eq(table(202107, 202107, USAGE_SITE, now),
	    " 7 7/0 0/2678400 0; 구청 7 1111/1 345600/2678400 0");
	ck_assert_str_eq(table(202107, 202107, USAGE_AP, now),
	    "A1 7 1111/1 345600/2678400 0; A2 7 7/0 0/2678400 0");
	/* The account moves to another source. */
	records_inventory(db, "id,host\nA1,-\n", SEOUL_0 + 30 * DAY_S, 0);
	sql("INSERT INTO usage_day (day, device, source, octets_down, octets_up) VALUES"
	    " (20210731, 1, 2, 3, 3)");
	ck_assert_str_eq(table(202107, 202107, USAGE_PHASE, now),
	    "1 7 114/3 259200/2678400 0; 2 7 7/0 0/2678400 0");
}
END_TEST

/* How much could have been observed: from when a device was known until it was retired, or now; a
 * day that was imported does not count. */
START_TEST(possible_seconds)
{
	records_inventory(db, "id\nA1\n", SEOUL_0 + 5 * DAY_S, 0);
	ck_assert_str_eq(table(202106, 202108, USAGE_AP, SEOUL_0 + 10 * DAY_S),
	    "A1 6 0/0 0/0 0; A1 7 0/0 0/432000 0; A1 8 0/0 0/0 0");
	ck_assert_str_eq(
	    table(202107, 202107, USAGE_AP, SEOUL_0 + 90 * DAY_S), "A1 7 0/0 0/2246400 0");
	sql("INSERT INTO usage_day (day, device, source, octets_down, octets_up, imported) VALUES"
	    " (20210701, 1, 2, 1, 0, 1), (20210706, 1, 2, 1, 0, 1), (20210707, 1, 2, 1, 0, 2)");
	ck_assert_str_eq(
	    table(202107, 202107, USAGE_AP, SEOUL_0 + 90 * DAY_S), "A1 7 3/0 0/2160000 1");
	records_inventory(db, "id\nA2\n", SEOUL_0 + 20 * DAY_S, 1);
	ck_assert_str_eq(table(202107, 202107, USAGE_AP, SEOUL_0 + 90 * DAY_S),
	    "A1 7 3/0 0/1209600 1; A2 7 0/0 0/950400 0");
	/* Retired, it stays in the months it was there; its key is gone from later ones. */
	ck_assert_str_eq(
	    table(202108, 202108, USAGE_AP, SEOUL_0 + 41 * DAY_S), "A2 8 0/0 0/864000 0");
}
END_TEST

/* ---- what is asked ---- */

/* Rows as "key period down": those that have octets. */
static const char *
asked(struct usage_query q)
{
	static char out[2000];
	struct usage_table *t;
	struct diag d = {""};
	size_t n = 0;

	q.now_s = SEOUL_0 + 90 * DAY_S;
	ck_assert_msg(ledger_usage(db, &q, &t, &d) == KK_OK, "%s", d.text);
	out[0] = '\0';
	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i].octets_down > 0)
			n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s %d %llu",
			    n ? "; " : "", t->rows[i].key, (int)t->rows[i].period,
			    (unsigned long long)t->rows[i].octets_down);
	usage_table_free(t);
	return out;
}

START_TEST(questions)
{
	static const struct {
		struct usage_query q;
		const char *answer;
	} rows[] = {
	    {{.by = USAGE_TYPE, .from = 202107, .to = 202107}, "거리 202107 60; 공원 202107 3"},
	    {{.by = USAGE_INSTALLED, .from = 202107, .to = 202107},
		" 202107 20; 2019 202107 3; 2020 202107 40"},
	    {{.by = USAGE_PLACE, .from = 202107, .to = 202107}, "실내 202107 3; 실외 202107 60"},
	    {{.period = USAGE_DAYS, .from = 20210731, .to = 20210801},
		"city 20210731 60; city 20210801 100"},
	    {{.by = USAGE_PHASE, .period = USAGE_DAYS, .from = 20210702, .to = 20210702},
		"1 20210702 2"},
	    {{.period = USAGE_YEARS, .from = 2020, .to = 2021}, "city 2020 1000; city 2021 163"},
	    {{.period = USAGE_YEARS, .from = 2020, .to = 2020, .by = USAGE_AP}, "A1 2020 1000"},
	    {{.from = 202107, .to = 202107, .district = "중구"}, "city 202107 60"},
	    {{.from = 202107, .to = 202107, .district = "중구", .phase = "2"}, "city 202107 20"},
	    {{.by = USAGE_AP, .from = 202107, .to = 202107, .site_type = "거리"},
		"A2 202107 40; A3 202107 20"},
	    {{.from = 202107, .to = 202107, .site = "서울숲"}, "city 202107 3"},
	    {{.from = 202107, .to = 202107, .phase = ""}, ""},
	    /* What another source saw, which is nobody's account. */
	    {{.by = USAGE_AP, .from = 202107, .to = 202107, .source = 1 + SOURCE_RADIUS},
		"A1 202107 7"},
	};

	records_inventory(db,
	    "id,district,site,site_type,phase,installed,place\n"
	    "A1,성동구,서울숲,공원,1,2019,실내\nA2,중구,명동,거리,1,2020-05-01,실외\n"
	    "A3,중구,명동,거리,2,0,실외\n",
	    SEOUL_0, 0);
	sql("INSERT INTO usage_day (day, device, source, octets_down) VALUES (20210701, 1, 2, 1),"
	    " (20210702, 1, 2, 2), (20210701, 1, 3, 7), (20210731, 2, 2, 40), (20210731, 3, 2, 20),"
	    " (20210801, 3, 2, 100), (20200229, 1, 2, 1000)");
	for (int i = 0; i < ROWS(rows); i++)
		ck_assert_msg(strcmp(asked(rows[i].q), rows[i].answer) == 0, "row %d: %s", i,
		    asked(rows[i].q));
}
END_TEST

/* An access point counts once for each key that it had, however often it moved. */
START_TEST(access_points_are_counted)
{
	struct usage_query q = {.by = USAGE_DISTRICT, .from = 202107, .to = 202107};
	struct usage_table *t;
	struct diag d = {""};

	records_inventory(db, "id,district,site\nA1,중구,x\nA2,중구,x\n", SEOUL_0, 0);
	records_inventory(db, "id,district,site\nA1,중구,y\n", SEOUL_0 + DAY_S, 0);
	records_inventory(db, "id,district,site\nA2,성동구,x\n", SEOUL_0 + 2 * DAY_S, 0);
	q.now_s = SEOUL_0 + 20 * DAY_S;
	ck_assert_int_eq(ledger_usage(db, &q, &t, &d), KK_OK);
	ck_assert_uint_eq(t->n, 2);
	ck_assert_uint_eq(t->rows[0].aps, 1); /* 성동구 */
	ck_assert_uint_eq(t->rows[1].aps, 2);
	usage_table_free(t);
}
END_TEST

START_TEST(no_range_of_months)
{
	static const struct {
		kk_day from, to;
	} ranges[] = {
	    {202108, 202107}, {202100, 202101}, {202101, 202113}, {0, 202101}, {202101, INT32_MAX}};
	struct usage_table *t;
	struct diag d;

	for (int i = 0; i < ROWS(ranges); i++) {
		struct usage_query q = {
		    .from = ranges[i].from, .to = ranges[i].to, .now_s = SEOUL_0};

		ck_assert_int_eq(ledger_usage(db, &q, &t, &d), KK_E_RANGE);
	}
	ck_assert_str_eq(
	    table(202101, 202102, USAGE_CITY, SEOUL_0), "city 1 0/0 0/0 0; city 2 0/0 0/0 0");
	ck_assert_str_eq(table(202101, 202102, USAGE_DISTRICT, SEOUL_0), "");
}
END_TEST

/* The demo's history: 122 days of 1,840 access points, loaded whole, summed to the octet. */
START_TEST(history_of_phase_1)
{
	enum { APS = 1840, DAYS = 122 };
	char path[128];
	struct diag d = {""};
	struct usage_table *t;
	uint64_t rows, sum = 0, want = 0;
	kk_day day = 20210401;
	FILE *f;

	snprintf(path, sizeof(path), "%s/inventory.csv", dir);
	f = fopen(path, "w");
	fputs("id,district,phase\n", f);
	for (int i = 0; i < APS; i++)
		fprintf(f, "AP%04d,%s,1\n", i, i % 2 ? "성동구" : "구로구");
	fclose(f);
	{
		struct import_options o = {.now_s = SEOUL_0 + 40 * DAY_S};
		struct import_report *r;

		ck_assert_int_eq(import_file(db, path, &o, &r, &d), KK_OK);
		import_report_free(r);
	}
	f = fopen(path, "w");
	fputs("day,id,octets_down,octets_up\n", f);
	for (int k = 0; k < DAYS; k++, day = zone_day_add(day, 1))
		for (int i = 0; i < APS; i++) {
			fprintf(f, "%04d-%02d-%02d,AP%04d,%d,%d\n", day / 10000, day / 100 % 100,
			    day % 100, i, i * 1000003 + k, k);
			want += (uint64_t)(i * 1000003 + k) + (uint64_t)k;
		}
	fclose(f);
	ck_assert_msg(ledger_import(db, path, 0, &rows, &d) == KK_OK, "%s", d.text);
	ck_assert_uint_eq(rows, APS * DAYS);
	for (enum usage_by by = USAGE_CITY; by < USAGE_BY_COUNT; by++) {
		t = usage(202104, 202107, by, SEOUL_0 + 40 * DAY_S);
		sum = 0;
		for (size_t i = 0; i < t->n; i++)
			sum += t->rows[i].octets_down + t->rows[i].octets_up;
		ck_assert_uint_eq(sum, want);
		ck_assert_uint_eq(t->n, 4 * (by == USAGE_AP ? APS : by == USAGE_DISTRICT ? 2 : 1));
		usage_table_free(t);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ledger_usage");
	TCase *tc = tcase_create("ledger_usage");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, import_is_idempotent);
	tcase_add_test(tc, import_refuses_overlap);
	tcase_add_loop_test(tc, import_errors, 0, ROWS(bad));
	tcase_add_test(tc, import_same_row_twice);
	tcase_add_test(tc, months_of_the_city);
	tcase_add_test(tc, belonging_by_day);
	tcase_add_test(tc, possible_seconds);
	tcase_add_test(tc, questions);
	tcase_add_test(tc, access_points_are_counted);
	tcase_add_test(tc, no_range_of_months);
	tcase_add_test(tc, history_of_phase_1);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
