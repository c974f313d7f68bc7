/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/uplink.h"

#include "tests/harness.h"

#define MBIT 125000

/* A line of 100 Mbit/s whose busy hour grows so much a month, in Mbit/s; 80 % are too much. */
static const struct {
	const char *why;
	unsigned months, from, step;
	enum uplink_verdict verdict;
	int64_t tenths;
	kk_day month_low, month_high; /* between which the middle passes; 0: it does not */
} judges[] = {
    {"nothing known", 0, 0, 0, UPLINK_UNKNOWN, 0, 0, 0},
    {"one month", 1, 10, 0, UPLINK_UNKNOWN, 100, 0, 0},
    {"over, of one month", 1, 90, 0, UPLINK_OVER, 900, 0, 0},
    {"over", 24, 81, 0, UPLINK_OVER, 810, 202301, 202301},
    {"just at the bound", 24, 80, 0, UPLINK_NOT, 800, 0, 0},
    {"quiet", 24, 10, 0, UPLINK_NOT, 100, 0, 0},
    {"grows into it", 24, 30, 2, UPLINK_WITHIN, 760, 202302, 202304},
    {"grows, too slowly", 24, 20, 1, UPLINK_NOT, 430, 0, 0},
};

START_TEST(judges_lines)
{
	struct forecast_past past[24] = {{0, 0}};
	struct forecast_history h = {past, 24, 202101, 0};
	struct uplink u;

	for (unsigned k = 0; k < judges[_i].months; k++)
		past[24 - judges[_i].months + k] = (struct forecast_past){
		    (uint64_t)(judges[_i].from + judges[_i].step * k) * MBIT, 1};
	ck_assert_int_eq(uplink_judge(&h, NULL, 100, 80, &u), KK_OK);
	ck_assert_msg(u.verdict == judges[_i].verdict && u.tenths == judges[_i].tenths &&
			  u.month >= judges[_i].month_low && u.month <= judges[_i].month_high,
	    "%s: verdict %d, %d tenths, %d", judges[_i].why, u.verdict, (int)u.tenths,
	    (int)u.month);
	ck_assert(u.month == 0 || (u.early != 0 && u.early <= u.month));
}
END_TEST

START_TEST(scales)
{
	static const struct forecast_past octets[] = {
	    {100, 1}, {50, 0}, {300, 1}, {200, 1}, {7, 0}};
	static const struct forecast_past want[] = {{10, 1}, {0, 0}, {30, 1}, {20, 1}, {0, 0}};
	static const struct forecast_past zero[] = {{5, 1}, {0, 1}},
					  huge[] = {{UINT64_MAX, 1}, {1, 1}};
	struct forecast_past got[5];

	uplink_scale(octets, 5, 20, got);
	for (int k = 0; k < 5; k++) {
		ck_assert_uint_eq(got[k].value, want[k].value);
		ck_assert_int_eq(got[k].known, want[k].known);
	}
	uplink_scale(zero, 2, 20, got); /* nothing passed: no proportion */
	ck_assert_int_eq(got[0].known, 0);
	uplink_scale(huge, 2, UINT64_MAX, got);
	ck_assert_uint_eq(got[0].value, FORECAST_MOST);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("uplink");
	TCase *t = tcase_create("uplink");

	tcase_add_loop_test(t, judges_lines, 0, ROWS(judges));
	tcase_add_test(t, scales);
	suite_add_tcase(s, t);
	return harness_run(s);
}
