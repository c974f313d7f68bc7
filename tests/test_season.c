/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a forecast is made of: the season, level and trend, medians. */
#include "usage/season.h"

#include <math.h>

#include "tests/harness.h"
#include "usage/holt.h"
#include "usage/median.h"

/* A straight line with a season of ± `height`; every `hole`th month is unknown. */
static const struct {
	const char *why;
	size_t n;
	double slope, height;
	int hole, known;
	double off; /* by so much may an effect be wrong */
} seasons[] = {
    {"five years", 60, 0.02, 0.2, 0, 1, 0.01},
    {"two years", 24, 0.02, 0.2, 0, 1, 0.05},
    {"falling", 36, -0.03, 0.1, 0, 1, 0.03},
    {"with holes", 48, 0, 0.2, 7, 1, 0.04},
    {"no season", 48, 0.01, 0, 0, 1, 0.001},
    {"a month short of two years", 23, 0, 0.2, 0, 0, 0},
    {"two years with a hole", 24, 0, 0.2, 20, 0, 0},
    {"nothing", 0, 0, 0, 0, 0, 0},
};

START_TEST(estimates_seasons)
{
	double y[SEASON_MONTHS_MAX], sum = 0;
	struct season s;
	unsigned first = 3; /* April */

	for (size_t t = 0; t < seasons[_i].n; t++) {
		y[t] = 30 + seasons[_i].slope * (double)t +
		       seasons[_i].height * sin(2 * M_PI * (double)(first + t) / 12);
		if (seasons[_i].hole && (t + 1) % (size_t)seasons[_i].hole == 0)
			y[t] = NAN;
	}
	ck_assert_msg(season_estimate(y, seasons[_i].n, first, &s) == seasons[_i].known, "%s",
	    seasons[_i].why);
	for (int m = 0; m < 12 && seasons[_i].known; m++) {
		double want = seasons[_i].height * sin(2 * M_PI * m / 12);

		ck_assert_msg(fabs(s.effect[m] - want) <= seasons[_i].off,
		    "%s, month %d: %f, not %f", seasons[_i].why, m, s.effect[m], want);
		sum += s.effect[m];
	}
	ck_assert(fabs(sum) < 1e-9);
}
END_TEST

/* y = from + step × t, `unknown` of them in the middle, `h` steps ahead. */
static const struct {
	const char *why;
	size_t n, unknown;
	double from, step;
	unsigned h;
	int fits;
	double least, most;
} fits[] = {
    {"two values", 2, 0, 5, 0, 1, 0, 0, 0},
    {"three of a level", 3, 0, 5, 0, 12, 1, 5, 5},
    {"five that rise: no trend yet", 5, 0, 5, 1, 12, 1, 5, 9.01},
    {"a rising line, one step", 40, 0, 5, 0.1, 1, 1, 8.95, 9.05},
    {"a rising line, a year: damped", 40, 0, 5, 0.1, 12, 1, 9.6, 10.11},
    {"a falling line", 40, 0, 5, -0.1, 12, 1, -0.11, 0.4},
    {"with holes", 40, 20, 5, 0.1, 1, 1, 8.8, 9.1},
};

START_TEST(follows_levels_and_trends)
{
	double y[64], mean, sd;
	struct holt m;

	for (size_t t = 0; t < fits[_i].n; t++)
		y[t] = t >= 10 && t < 10 + fits[_i].unknown
			   ? NAN
			   : fits[_i].from + fits[_i].step * (double)t;
	ck_assert_msg(holt_fit(y, fits[_i].n, &m) == fits[_i].fits, "%s", fits[_i].why);
	if (!fits[_i].fits)
		return;
	sd = holt_ahead(&m, fits[_i].h, &mean);
	ck_assert_msg(mean >= fits[_i].least - 1e-9 && mean <= fits[_i].most + 1e-9, "%s: %f",
	    fits[_i].why, mean);
	ck_assert(sd >= 0 && sd >= holt_ahead(&m, 1, &mean));
	ck_assert_uint_ge(m.df, 1);
}
END_TEST

START_TEST(medians)
{
	double v[] = {3, 1, 2, 10}, one[] = {7};
	uint64_t n[] = {UINT64_MAX, UINT64_MAX - 2}, odd[] = {9, 1, 5};

	ck_assert(median_of(v, 4) == 2.5 && median_of(v, 3) == 2 && median_of(one, 1) == 7);
	ck_assert_uint_eq(median_u64(n, 2), UINT64_MAX - 1);
	ck_assert_uint_eq(median_u64(odd, 3), 5);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("season");
	TCase *t = tcase_create("season");

	tcase_add_loop_test(t, estimates_seasons, 0, ROWS(seasons));
	tcase_add_loop_test(t, follows_levels_and_trends, 0, ROWS(fits));
	tcase_add_test(t, medians);
	suite_add_tcase(s, t);
	return harness_run(s);
}
