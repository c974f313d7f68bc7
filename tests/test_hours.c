/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/hours.h"

#include <math.h>

#include "lib/zone.h"
#include "tests/harness.h"

#define MONDAY INT64_C(1625410800) /* 2021-07-05T00:00:00+09:00 */
#define HOURS  (14 * 24)

static double rate[HOURS], people[HOURS];
static struct hours two_weeks = {MONDAY, HOURS, rate, people};

/* Each hour carries its place in the day; Wednesday of the second week has a peak at 21. */
static void
setup(void)
{
	ck_assert_int_eq(zone_use("Asia/Seoul", NULL), KK_OK);
	for (int i = 0; i < HOURS; i++) {
		rate[i] = i % 24 == 20 ? 1000 : i % 24;
		people[i] = i % 24 == 20 ? 40.0 + (i - i % 24) / 24.0 : NAN;
	}
	rate[9 * 24 + 21] = 5000;
}

static const struct {
	int32_t day;
	unsigned want;
} weekdays[] = {{20210705, 0}, {20210711, 6}, {20000229, 1}, {20240229, 3}, {19991231, 4},
    {20260101, 3}, {20261129, 6}};

START_TEST(weekday)
{
	ck_assert_uint_eq(hours_weekday(weekdays[_i].day), weekdays[_i].want);
}
END_TEST

START_TEST(judged)
{
	struct hours_figures f;

	ck_assert_int_eq(hours_judge(&two_weeks, &f), KK_OK);
	ck_assert_uint_eq(f.known, HOURS);
	ck_assert_int_eq(f.peak_s, MONDAY + (9 * 24 + 21) * 3600);
	ck_assert_uint_eq(f.peak_bits, 40000);
	ck_assert_uint_eq(f.busy_hour, 20);
	ck_assert_uint_eq(f.busy_bits, 8000);
	ck_assert_int_eq(f.clients_known, 1);
	ck_assert_uint_eq(f.busy_clients, 47); /* 40 .. 53: 46.5 */
	/* Of 336 hours the 320th: 15 are at 1000 or above, 14 at 23, ... */
	ck_assert_uint_eq(f.p95_bits, 23 * 8);
}
END_TEST

/* Nearest rank of n hours that carry 1 .. n. */
static const struct {
	size_t n;
	uint64_t want;
} ranks[] = {
    {1, 8}, {2, 16}, {19, 19 * 8}, {20, 19 * 8}, {21, 20 * 8}, {100, 95 * 8}, {101, 96 * 8}};

START_TEST(rank)
{
	struct hours h = {MONDAY, ranks[_i].n, rate, people};
	struct hours_figures f;

	for (size_t i = 0; i < h.n; i++)
		rate[i] = (double)(h.n - i);
	ck_assert_int_eq(hours_judge(&h, &f), KK_OK);
	ck_assert_uint_eq(f.p95_bits, ranks[_i].want);
}
END_TEST

START_TEST(holes)
{
	struct hours_figures f;
	struct hours_week w;

	for (int i = 0; i < HOURS; i++)
		if (i != 30)
			rate[i] = NAN;
	for (int i = 0; i < HOURS; i++)
		people[i] = NAN;
	ck_assert_int_eq(hours_judge(&two_weeks, &f), KK_OK);
	ck_assert_uint_eq(f.known, 1);
	ck_assert_uint_eq(f.busy_hour, 6);
	ck_assert_int_eq(f.clients_known, 0);
	hours_week(&two_weeks, &w);
	ck_assert_uint_eq(w.n[1][6], 1);
	ck_assert_uint_eq(w.n[1][7], 0);
	rate[30] = NAN;
	ck_assert_int_eq(hours_judge(&two_weeks, &f), KK_OK);
	ck_assert_uint_eq(f.known, 0);
}
END_TEST

START_TEST(week)
{
	struct hours_week w;

	hours_week(&two_weeks, &w);
	ck_assert_uint_eq(w.n[0][0], 2);
	ck_assert_uint_eq(w.bits[6][5], 40);
	ck_assert_uint_eq(w.bits[2][21], (5000 + 21) / 2 * 8 + 4);
	ck_assert_uint_eq(w.bits[1][21], 21 * 8);
}
END_TEST

START_TEST(no_archive)
{
	struct hours_figures f;
	struct diag d = {""};
	struct hours h;
	struct conf c;
	char dir[64];

	conf_defaults(&c);
	harness_dir(dir);
	snprintf(c.state_dir, sizeof(c.state_dir), "%s", dir);
	snprintf(c.run_dir, sizeof(c.run_dir), "%s", dir);
	ck_assert_int_eq(
	    hours_fetch(&c, "area/city/00/city", MONDAY, MONDAY + 7200, &h, &d), KK_OK);
	ck_assert_uint_eq(h.n, 2);
	ck_assert_int_eq(hours_judge(&h, &f), KK_OK);
	ck_assert_uint_eq(f.known, 0);
	hours_free(&h);
	ck_assert_int_eq(hours_fetch(&c, "x", MONDAY, MONDAY, &h, &d), KK_E_RANGE);
	harness_remove(dir);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hours");
	TCase *tc = tcase_create("hours");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, weekday, 0, ROWS(weekdays));
	tcase_add_test(tc, judged);
	tcase_add_loop_test(tc, rank, 0, ROWS(ranks));
	tcase_add_test(tc, holes);
	tcase_add_test(tc, week);
	tcase_add_test(tc, no_archive);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
