/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/distinct.h"
#include "tests/harness.h"

#define DAY 20260801

static char dir[64];
static struct db *db;

static void
setup(void)
{
	struct diag d = {""};

	harness_dir(dir);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

static struct distinct_row
ap(kk_day day, uint32_t device, int64_t clients, unsigned whole)
{
	return (struct distinct_row){.day = day,
	    .scope = DISTINCT_AP,
	    .device = device,
	    .clients = clients,
	    .whole = (uint8_t)whole,
	    .error_permille = 46,
	    .probes = 1};
}

static void
put(struct distinct_row row)
{
	struct diag d = {""};

	ck_assert_msg(distinct_put(db, &row, 1, &d) == KK_OK, "%s", d.text);
}

/* What was read, as "DAY device/district clients whole;". */
static int
write_row(void *ctx, const struct distinct_row *r)
{
	char *out = ctx;
	size_t len = strlen(out);

	snprintf(out + len, 512 - len, "%d %u%s %lld %d;", r->day % 100, r->device, r->district,
	    (long long)r->clients, r->whole);
	return KK_OK;
}

static const struct {
	const char *why;
	struct distinct_ask ask;
	const char *want;
} asks[] = {
    {"all access points of two days", {DAY, DAY + 1, DISTINCT_AP, 0, NULL},
	"1 7 10 1;1 9 20 1;2 7 11 0;"},
    {"one of them", {DAY, DAY + 2, DISTINCT_AP, 7, NULL}, "1 7 10 1;2 7 11 0;3 7 12 0;"},
    {"one day", {DAY, DAY, DISTINCT_AP, 9, NULL}, "1 9 20 1;"},
    {"all districts", {DAY, DAY, DISTINCT_DISTRICT, 0, NULL}, "1 0강남구 25 1;1 0중구 5 1;"},
    {"one district", {DAY, DAY, DISTINCT_DISTRICT, 0, "중구"}, "1 0중구 5 1;"},
    {"the city", {DAY, DAY, DISTINCT_CITY, 0, NULL}, "1 0 28 1;"},
    {"a day without", {DAY + 9, DAY + 9, DISTINCT_AP, 0, NULL}, ""},
};

START_TEST(read_back)
{
	struct distinct_row gangnam = {DAY, DISTINCT_DISTRICT, 1, 46, 0, "강남구", 25, 2},
			    jung = {DAY, DISTINCT_DISTRICT, 1, 46, 0, "중구", 5, 1},
			    city = {DAY, DISTINCT_CITY, 1, 9, 0, "", 28, 2};
	struct diag d = {""};
	char got[512] = "";

	put(ap(DAY, 7, 10, 1));
	put(ap(DAY, 9, 20, 1));
	put(ap(DAY + 1, 7, 11, 0));
	put(ap(DAY + 2, 7, 12, 0));
	put(gangnam);
	put(jung);
	put(city);
	ck_assert_int_eq(distinct_read(db, &asks[_i].ask, write_row, got, &d), KK_OK);
	ck_assert_msg(strcmp(got, asks[_i].want) == 0, "%s: %s", asks[_i].why, got);
}
END_TEST

/* Put one after another, for one access point and day: what stands at the end. */
static const struct {
	const char *why;
	struct {
		int64_t clients;
		unsigned whole;
	} put[3];
	int64_t clients;
	int whole;
} again[] = {
    {"it grows, and the day ends whole", {{5, 0}, {9, 0}, {9, 1}}, 9, 1},
    {"another key has seen fewer: the day is not whole", {{50, 0}, {9, 0}, {12, 0}}, 50, 0},
    {"another key has seen more", {{5, 0}, {3, 0}, {12, 0}}, 12, 0},
};

START_TEST(put_again)
{
	struct distinct_row row = {0};
	struct diag d = {""};

	for (int i = 0; i < ROWS(again[_i].put); i++)
		put(ap(DAY, 7, again[_i].put[i].clients, again[_i].put[i].whole));
	ck_assert_int_eq(distinct_of(db, DAY, 7, &row, &d), KK_OK);
	ck_assert_msg(row.clients == again[_i].clients, "%s", again[_i].why);
	ck_assert_msg(row.whole == again[_i].whole, "%s", again[_i].why);
	ck_assert_uint_eq(row.error_permille, 46);
	ck_assert_int_eq(distinct_of(db, DAY, 8, &row, &d), KK_END);
}
END_TEST

START_TEST(nobody_is_waited_for)
{
	struct distinct_row row = ap(DAY, 7, 1, 0);
	struct diag d = {""};
	struct db *other;

	ck_assert_int_eq(db_open(dir, DB_WRITE, &other, &d), KK_OK);
	ck_assert_int_eq(db_begin(other, &d), KK_OK);
	ck_assert_int_eq(distinct_put(db, &row, 1, &d), KK_E_BUSY);
	db_rollback(other);
	ck_assert_int_eq(distinct_put(db, &row, 1, &d), KK_OK);
	db_close(other);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("distinct_day");
	TCase *tc = tcase_create("counts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, read_back, 0, ROWS(asks));
	tcase_add_loop_test(tc, put_again, 0, ROWS(again));
	tcase_add_test(tc, nobody_is_waited_for);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
