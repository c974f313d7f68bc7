/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/zone.h"
#include "tests/harness.h"

static void
use(const char *name)
{
	struct diag d = {""};

	ck_assert_msg(zone_use(name, &d) == KK_OK, "%s", d.text);
}

static const struct {
	const char *zone;
	kk_day day;
	int hours;
	const char *starts;
} days[] = {
    {"Asia/Seoul", 20210731, 24, "2021-07-31T00:00:00+09:00"},
    {"Asia/Seoul", 20211231, 24, "2021-12-31T00:00:00+09:00"},
    {"Asia/Seoul", 20200229, 24, "2020-02-29T00:00:00+09:00"},
    {"UTC", 20210731, 24, "2021-07-31T00:00:00+00:00"},
    {"Europe/Berlin", 20210328, 23, "2021-03-28T00:00:00+01:00"},
    {"Europe/Berlin", 20211031, 25, "2021-10-31T00:00:00+02:00"},
    {"America/New_York", 20210314, 23, "2021-03-14T00:00:00-05:00"},
    /* Clocks go forward at midnight: the day starts at 01:00. */
    {"America/Sao_Paulo", 20171015, 23, "2017-10-15T01:00:00-02:00"},
    /* Clocks go back at midnight to 23:00 of a day that so has 25 hours. */
    {"America/Sao_Paulo", 20180217, 25, "2018-02-17T00:00:00-02:00"},
    {"Asia/Kathmandu", 20210101, 24, "2021-01-01T00:00:00+05:45"},
    /* The day that Samoa left out. */
    {"Pacific/Apia", 20111230, 0, "2011-12-31T00:00:00+14:00"},
};

START_TEST(day_bounds)
{
	struct zone_day d, again = {0};
	char text[ZONE_TEXT];

	use(days[_i].zone);
	ck_assert_int_eq(zone_day_bounds(days[_i].day, &d), KK_OK);
	ck_assert_msg(d.to_s - d.from_s == days[_i].hours * 3600, "%s %d: %lld s", days[_i].zone,
	    days[_i].day, (long long)(d.to_s - d.from_s));
	ck_assert_str_eq(zone_format(d.from_s, text), days[_i].starts);
	if (days[_i].hours == 0)
		return;
	zone_day_of(d.from_s, &again);
	ck_assert_int_eq(again.day, days[_i].day);
	zone_day_of(d.to_s - 1, &again);
	ck_assert_int_eq(again.day, days[_i].day);
	zone_day_of(d.to_s, &again);
	ck_assert_int_ne(again.day, days[_i].day);
	ck_assert_int_eq(again.from_s, d.to_s);
}
END_TEST

/* Every quarter of an hour of some years belongs to exactly the day whose bounds hold it. */
START_TEST(days_tile)
{
	static const char *const zones[] = {
	    "Asia/Seoul", "America/St_Johns", "America/Sao_Paulo", "Pacific/Apia", "Asia/Beirut"};
	struct zone_day d = {0}, before = {0};

	use(zones[_i]);
	for (int64_t t = 1293840000; t < 1325980800; t += 900) { /* 2011 */
		zone_day_of(t, &d);
		ck_assert(t >= d.from_s && t < d.to_s);
		if (before.day != 0 && d.day != before.day) {
			ck_assert_int_eq(d.from_s, before.to_s);
			ck_assert_int_gt(d.day, before.day);
		}
		before = d;
	}
}
END_TEST

START_TEST(calendar)
{
	struct zone_day d;

	use("Asia/Seoul");
	ck_assert_int_eq(zone_day_add(20210228, 1), 20210301);
	ck_assert_int_eq(zone_day_add(20200228, 1), 20200229);
	ck_assert_int_eq(zone_day_add(20200301, -1), 20200229);
	ck_assert_int_eq(zone_day_add(20211231, 1), 20220101);
	ck_assert_int_eq(zone_day_add(20210101, -366), 20200101);
	ck_assert_int_eq(zone_day_add(19691231, 1), 19700101);
	ck_assert_int_eq(zone_month_add(202112, 1), 202201);
	ck_assert_int_eq(zone_month_add(202101, -1), 202012);
	ck_assert_int_eq(zone_month_add(202104, 3), 202107);
	ck_assert_int_eq(zone_day_bounds(20210229, &d), KK_E_RANGE);
	ck_assert_int_eq(zone_day_bounds(20211301, &d), KK_E_RANGE);
	ck_assert_int_eq(zone_day_bounds(20210400, &d), KK_E_RANGE);
	ck_assert_int_eq(zone_day_bounds(0, &d), KK_E_RANGE);
	ck_assert_int_eq(zone_day_bounds(-20210401, &d), KK_E_RANGE);
	for (kk_day day = 18991231, n = 0; n < 100000; n++) {
		kk_day next = zone_day_add(day, 1);
		ck_assert_int_eq(zone_day_add(next, -1), day);
		ck_assert_int_gt(next, day);
		day = next;
	}
}
END_TEST

#define NOW INT64_C(1627743599) /* 2021-07-31T23:59:59+09:00 */

static const struct {
	const char *text;
	int rc;
	int64_t want;
} times[] = {
    {"now", KK_OK, NOW},
    {"-2d", KK_OK, NOW - 2 * 86400},
    {"-3h", KK_OK, NOW - 3 * 3600},
    {"-30min", KK_OK, NOW - 1800},
    {"2021-07", KK_OK, 1625065200},
    {"2021-07-31", KK_OK, 1627657200},
    {"2021-07-31T23:59:59", KK_OK, NOW},
    {"2021-07-31 23:59:59", KK_OK, NOW},
    {"2021-07-31T23:59:59+09:00", KK_OK, NOW},
    {"2021-07-31T14:59:59Z", KK_OK, NOW},
    {"2021-07-31T10:59:59-0400", KK_OK, NOW},
    {"2021-07-31T23:59", KK_OK, NOW - 59},
    {"2021-07-31T23:59+09:00", KK_OK, NOW - 59},
    {"", KK_E_SYNTAX, 0},
    {"-", KK_E_SYNTAX, 0},
    {"-d", KK_E_SYNTAX, 0},
    {"-2y", KK_E_SYNTAX, 0},
    {"-99999999999999999999d", KK_E_SYNTAX, 0},
    {"2021", KK_E_SYNTAX, 0},
    {"2021-7", KK_E_SYNTAX, 0},
    {"2021-13", KK_E_SYNTAX, 0},
    {"2021-02-29", KK_E_SYNTAX, 0},
    {"2021-07-31T24:00", KK_E_SYNTAX, 0},
    {"2021-07-31T23:60", KK_E_SYNTAX, 0},
    {"2021-07-31T23:59+9", KK_E_SYNTAX, 0},
    {"2021-07-31T23:59:59+09:00x", KK_E_SYNTAX, 0},
    {"2021-07-31x", KK_E_SYNTAX, 0},
    {"0000-01-01", KK_E_SYNTAX, 0},
};

START_TEST(parse)
{
	int64_t got = 0;
	int rc;

	use("Asia/Seoul");
	rc = zone_parse(times[_i].text, NOW, &got);
	ck_assert_msg(rc == times[_i].rc, "\"%s\": got %s", times[_i].text, kk_strerror(rc));
	ck_assert_msg(got == times[_i].want, "\"%s\": got %lld", times[_i].text, (long long)got);
}
END_TEST

START_TEST(months)
{
	kk_day m = 0;

	ck_assert_int_eq(zone_parse_month("2021-07", &m), KK_OK);
	ck_assert_int_eq(m, 202107);
	ck_assert_int_eq(zone_parse_month("2021-00", &m), KK_E_SYNTAX);
	ck_assert_int_eq(zone_parse_month("2021-07-01", &m), KK_E_SYNTAX);
	ck_assert_int_eq(zone_parse_month("202107", &m), KK_E_SYNTAX);
}
END_TEST

START_TEST(names)
{
	struct diag d = {""};
	char text[ZONE_TEXT];

	ck_assert_int_eq(zone_use("Asia/Soeul", &d), KK_E_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(d.text, "Asia/Soeul"));
	ck_assert_int_eq(zone_use("", NULL), KK_E_NOTFOUND);
	ck_assert_int_eq(zone_use("../../etc/passwd", NULL), KK_E_NOTFOUND);
	ck_assert_int_eq(zone_use("Asia/../Asia/Seoul", NULL), KK_E_NOTFOUND);
	ck_assert_int_eq(zone_use("/usr/share/zoneinfo/Asia/Seoul", NULL), KK_E_NOTFOUND);
	ck_assert_int_eq(zone_use("Asia", NULL), KK_E_NOTFOUND);
	ck_assert_int_eq(zone_use("zone.tab", NULL), KK_E_NOTFOUND);
	use("UTC");
	ck_assert_str_eq(zone_format(0, text), "1970-01-01T00:00:00+00:00");
	use("Asia/Seoul");
	ck_assert_str_eq(zone_format(NOW, text), "2021-07-31T23:59:59+09:00");
	/* Absurd times stay within four digits. */
	ck_assert_uint_eq(strlen(zone_format(INT64_MAX, text)), 25);
	ck_assert_uint_eq(strlen(zone_format(INT64_MIN, text)), 25);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("zone");
	TCase *tc = tcase_create("zone");

	tcase_add_loop_test(tc, day_bounds, 0, ROWS(days));
	tcase_add_loop_test(tc, days_tile, 0, 5);
	tcase_add_test(tc, calendar);
	tcase_add_loop_test(tc, parse, 0, ROWS(times));
	tcase_add_test(tc, months);
	tcase_add_test(tc, names);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
