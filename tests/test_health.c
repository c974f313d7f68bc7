/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Durations in a fixed number of buckets. */
#include "collector/health.h"

#include "tests/harness.h"

static const struct {
	const char *why;
	int64_t ms[6];
	unsigned n, permille;
	uint32_t want;
} rows[] = {
    {"nothing was seen", {0}, 0, 500, 0},
    {"small ones are exact", {3, 1, 2, 4, 5}, 5, 500, 3},
    {"the last one", {3, 1, 2, 4, 5}, 5, 1000, 5},
    {"the first one", {3, 1, 2, 4, 5}, 5, 0, 1},
    {"never more than the largest", {1000, 1000}, 2, 500, 1000},
    {"at most an eighth more", {1000, 5000}, 2, 500, 1023},
    {"16 begins the second doubling", {16, 40}, 2, 500, 17},
    {"a clock that went back", {-5, 7}, 2, 500, 0},
    {"a day", {86400000}, 1, 990, 86400000},
    {"longer than there are buckets", {INT64_MAX, 1}, 2, 1000, UINT32_MAX},
};

START_TEST(quantiles)
{
	struct hist h = {0};

	for (unsigned i = 0; i < rows[_i].n; i++)
		hist_add(&h, rows[_i].ms[i]);
	ck_assert_msg(hist_at(&h, rows[_i].permille) == rows[_i].want, "%s: %u", rows[_i].why,
	    hist_at(&h, rows[_i].permille));
}
END_TEST

/* Whatever the value, what is told of it is no less, and at most an eighth more. */
START_TEST(every_value)
{
	for (int64_t ms = 0; ms < 900000; ms += 1 + ms / 50) {
		struct hist h = {0};

		hist_add(&h, ms);
		hist_add(&h, 2 * ms + 1);
		ck_assert_int_ge(hist_at(&h, 500), ms);
		ck_assert_int_le(hist_at(&h, 500), ms + ms / 8);
	}
}
END_TEST

START_TEST(left)
{
	struct sweep_health h = {0};

	for (uint32_t i = 1; i <= HEALTH_LEFT_MAX + 5; i++)
		health_left(&h, i);
	ck_assert_uint_eq(h.n_left, HEALTH_LEFT_MAX + 5);
	ck_assert_uint_eq(h.left[HEALTH_LEFT_MAX - 1], HEALTH_LEFT_MAX);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("health");
	TCase *tc = tcase_create("health");

	tcase_add_loop_test(tc, quantiles, 0, ROWS(rows));
	tcase_add_test(tc, every_value);
	tcase_add_test(tc, left);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
