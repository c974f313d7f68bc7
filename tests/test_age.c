/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/age.h"

#include "tests/harness.h"

static const struct {
	const char *why, *installed;
	kk_day first_use, ledger, want;
} begans[] = {
    {"a day", "2021-05-17", 202101, 202101, 202105},
    {"a day without dashes", "20210517", 0, 202101, 202105},
    {"a month", "2021-05", 202201, 202101, 202105},
    {"with dots", "2021.05.17", 202201, 202101, 202105},
    {"a year: the month of its first use", "2021", 202107, 202101, 202107},
    {"used the spring after", "2021", 202206, 202101, 202206},
    {"used long after: that was no beginning", "2021", 202207, 202101, 0},
    {"used before it was installed", "2022", 202107, 202101, 0},
    {"there when the ledger began", "2021", 202101, 202101, 0},
    {"never used", "2021", 0, 202101, 0},
    {"nothing known but its first use", "", 202107, 202101, 202107},
    {"nothing known", "", 202101, 202101, 0},
    {"no date", "봄", 202107, 202101, 202107},
    {"no month", "2021-13", 202107, 202101, 202107},
    {"year 0, as the city writes for unknown", "0", 202107, 202101, 202107},
};

START_TEST(begins)
{
	kk_day got = age_began(begans[_i].installed, begans[_i].first_use, begans[_i].ledger);

	ck_assert_msg(got == begans[_i].want, "%s: %d", begans[_i].why, (int)got);
}
END_TEST

START_TEST(counts_months)
{
	ck_assert_int_eq(age_months(202105, 202105), 0);
	ck_assert_int_eq(age_months(202112, 202201), 1);
	ck_assert_int_eq(age_months(202101, 202612), 71);
	ck_assert_int_eq(age_months(202201, 202112), -1);
}
END_TEST

START_TEST(sums_up)
{
	struct age_entry e[] = {{2, 1, 10, 5, 10}, {1, 1, 7, 10, 10}, {1, 2, UINT64_MAX, 1, 1},
	    {2, 1, 100, 10, 10}, {1, 2, UINT64_MAX - 2, 1, 1}, {2, 1, 40, 0, 0}};
	static const struct age_cell want[] = {{1, 1, 1, 7, 7, 10, 10}, {2, 1, 3, 50, 40, 15, 20},
	    {1, 2, 2, UINT64_MAX - 1, UINT64_MAX - 1, 2, 2}};
	struct age_cell *got;
	size_t n;

	ck_assert_int_eq(age_cells(e, 6, &got, &n), KK_OK);
	ck_assert_uint_eq(n, 3);
	for (size_t i = 0; i < n; i++) {
		ck_assert_uint_eq(got[i].group, want[i].group);
		ck_assert_uint_eq(got[i].age, want[i].age);
		ck_assert_uint_eq(got[i].n, want[i].n);
		ck_assert_uint_eq(got[i].mean, want[i].mean);
		ck_assert_uint_eq(got[i].median, want[i].median);
		ck_assert_uint_eq(got[i].observed_s, want[i].observed_s);
		ck_assert_uint_eq(got[i].possible_s, want[i].possible_s);
	}
	free(got);
	ck_assert_int_eq(age_cells(e, 0, &got, &n), KK_OK);
	ck_assert_uint_eq(n, 0);
	free(got);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("age");
	TCase *t = tcase_create("age");

	tcase_add_loop_test(t, begins, 0, ROWS(begans));
	tcase_add_test(t, counts_months);
	tcase_add_test(t, sums_up);
	suite_add_tcase(s, t);
	return harness_run(s);
}
