/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/forecast.h"

#include <math.h>

#include "tests/harness.h"

#define TB     UINT64_C(1000000000000)
#define MONTHS 72

/* A fixed sequence, the same on every machine. */
static double
uniform(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return ((double)(*seed >> 11) + 0.5) / 9007199254740992.0;
}

static double
noise(uint64_t *seed)
{
	double r = sqrt(-2 * log(uniform(seed)));

	return r * cos(2 * M_PI * uniform(seed));
}

/* What a series is made of: percent a month, ± part by season, ± part by noise. */
struct recipe {
	double growth, season, noise;
};

static double
truth(const struct recipe *r, int t)
{
	return 50e12 * exp(t * log1p(r->growth / 100) + r->season * sin(2 * M_PI * t / 12));
}

static void
cook(const struct recipe *r, size_t n, uint64_t seed, struct forecast_past *out)
{
	for (size_t t = 0; t < n; t++) {
		double v = truth(r, (int)t) * exp(r->noise * noise(&seed));

		out[t] = (struct forecast_past){(uint64_t)v, 1};
	}
}

static void
check_order(const struct forecast *f)
{
	for (int k = 0; k < PREDICT_MONTHS; k++) {
		const struct forecast_month *m = &f->month[k];

		ck_assert_uint_le(m->low95, m->low80);
		ck_assert_uint_le(m->low80, m->middle);
		ck_assert_uint_le(m->middle, m->high80);
		ck_assert_uint_le(m->high80, m->high95);
	}
}

static const struct {
	const char *why;
	struct recipe r;
	size_t n;
	double off; /* the farthest that a month may be from the truth, part of it */
	enum predict_season season;
	int slope_low, slope_high;	   /* tenths of a percent a month */
	int mape_most, in80_least, points; /* of the backtest, tenths of a percent */
} knowns[] = {
    {"growth and season", {1.5, 0.2, 0.03}, 60, 0.12, PREDICT_OWN, 8, 22, 80, 600, 78},
    {"shrinking", {-2, 0.1, 0.03}, 60, 0.12, PREDICT_OWN, -30, -10, 80, 500, 78},
    {"neither", {0, 0, 0.03}, 60, 0.06, PREDICT_OWN, -5, 5, 50, 600, 78},
    {"season only, two years", {0, 0.3, 0.02}, 24, 0.12, PREDICT_OWN, -10, 10, 450, 400, 78},
    {"growth, a year and a half", {1, 0, 0.02}, 18, 0.12, PREDICT_FLAT, 2, 20, 60, 400, 21},
    {"growth, half a year", {1, 0, 0.02}, 6, 0.20, PREDICT_FLAT, 0, 20, -1, 0, 0},
    {"a large season without noise", {2, 0.5, 0}, 60, 0.10, PREDICT_OWN, 10, 25, 20, 0, 78},
};

START_TEST(tells_what_is_known)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct forecast_past past[MONTHS];
		struct forecast_history h = {past, knowns[_i].n, 201901, 0};
		struct forecast f;

		cook(&knowns[_i].r, h.n, seed, past);
		ck_assert_int_eq(forecast_make(&h, NULL, &f), KK_OK);
		ck_assert_int_eq(f.kind, FORECAST_MODEL);
		ck_assert_int_eq(f.season, knowns[_i].season);
		check_order(&f);
		for (int k = 0; k < PREDICT_MONTHS; k++) {
			double want = truth(&knowns[_i].r, (int)h.n + k);
			double off = fabs((double)f.month[k].middle / want - 1);

			ck_assert_msg(off <= knowns[_i].off, "%s, seed %d, month %d: off by %.3f",
			    knowns[_i].why, (int)seed, k, off);
		}
		ck_assert_msg(f.slope_tenths >= knowns[_i].slope_low &&
				  f.slope_tenths <= knowns[_i].slope_high,
		    "%s: slope %d", knowns[_i].why, (int)f.slope_tenths);
		ck_assert_uint_eq(f.check.points, knowns[_i].points);
		ck_assert_msg(
		    f.check.mape <= knowns[_i].mape_most &&
			(f.check.points == 0 || f.check.within80 >= knowns[_i].in80_least),
		    "%s: MAPE %d, within 80 %%: %d", knowns[_i].why, (int)f.check.mape,
		    (int)f.check.within80);
	}
}
END_TEST

/* Of 200 series, four of five months to come should be in the 80 % interval; and the backtest,
 * which knows nothing of them, should say so beforehand. */
START_TEST(intervals_hold)
{
	static const struct recipe r = {1, 0.2, 0.05};
	unsigned in80 = 0, in95 = 0, n = 0;
	int64_t said = 0;

	for (uint64_t seed = 100; seed < 300; seed++) {
		struct forecast_past past[MONTHS];
		struct forecast_history h = {past, 48, 201901, 0};
		struct forecast f;

		cook(&r, h.n + PREDICT_MONTHS, seed, past);
		ck_assert_int_eq(forecast_make(&h, NULL, &f), KK_OK);
		for (int k = 0; k < PREDICT_MONTHS; k++, n++) {
			uint64_t came = past[h.n + (size_t)k].value;

			in80 += came >= f.month[k].low80 && came <= f.month[k].high80;
			in95 += came >= f.month[k].low95 && came <= f.month[k].high95;
		}
		said += f.check.within80;
	}
	ck_assert_msg(in80 * 100 >= n * 72 && in80 * 100 <= n * 92, "%u of %u", in80, n);
	ck_assert_msg(in95 * 100 >= n * 89, "%u of %u", in95, n);
	ck_assert_msg(
	    said / 200 >= 680 && said / 200 <= 920, "the backtest said %d", (int)(said / 200));
}
END_TEST

START_TEST(beats_the_naive)
{
	static const struct recipe r = {1.5, 0.2, 0.03};
	struct forecast_past past[MONTHS];
	struct forecast_history h = {past, 60, 201901, 0};
	struct forecast f;

	cook(&r, h.n, 9, past);
	ck_assert_int_eq(forecast_make(&h, NULL, &f), KK_OK);
	ck_assert_uint_eq(f.check.origins, FORECAST_ORIGINS);
	ck_assert_int_lt(f.check.mape * 2, f.check.mape_naive);
	ck_assert_int_lt(f.check.mape * 2, f.check.mape_seasonal);
	ck_assert_int_lt(f.check.mase_thousandths, 500);
	ck_assert_int_eq(f.check.mase_seasonal, 1);
}
END_TEST

/* Short and odd series, letter by letter: a digit is so many TB, z nothing, . unknown. */
static const struct {
	const char *why, *past;
	enum forecast_kind kind;
	unsigned known, drawn_in;
	int trend;
	uint64_t low, high; /* what the first month's middle must lie between */
} odds[] = {
    {"no history", "", FORECAST_NONE, 0, 0, 0, 0, 0},
    {"nothing known", "......", FORECAST_NONE, 0, 0, 0, 0, 0},
    {"two months", "55", FORECAST_NONE, 2, 0, 0, 0, 0},
    {"three months", "555", FORECAST_MODEL, 3, 0, 0, 5 * TB - 9, 5 * TB + 9},
    {"three months with holes", "5..5....5", FORECAST_MODEL, 3, 0, 0, 5 * TB - 9, 5 * TB + 9},
    {"constant", "777777777777777777777777777777", FORECAST_MODEL, 30, 0, 1, 7 * TB - 99,
	7 * TB + 99},
    {"constant with a hole", "777777777777..777777777777777...", FORECAST_MODEL, 27, 0, 1,
	7 * TB - 99, 7 * TB + 99},
    {"known until a year ago", "555555............", FORECAST_NONE, 6, 0, 0, 0, 0},
    {"not quite a year ago", "555555...........", FORECAST_MODEL, 6, 0, 1, 5 * TB - 99,
	5 * TB + 99},
    {"never anything", "zzzzzzzzzzzz", FORECAST_ZERO, 0, 0, 0, 0, 0},
    {"three months of nothing", "555555555zzz", FORECAST_ZERO, 9, 0, 0, 0, 0},
    {"nothing, unknown, nothing", "555zz.z", FORECAST_ZERO, 3, 0, 0, 0, 0},
    {"two months of nothing are an outage", "5555555zz", FORECAST_MODEL, 7, 0, 1, 5 * TB - 99,
	5 * TB + 99},
    {"begun late", "zzzzz5555555", FORECAST_MODEL, 7, 0, 1, 5 * TB - 99, 5 * TB + 99},
    {"one odd month", "555555519555555555", FORECAST_MODEL, 18, 2, 1, 4 * TB, 6 * TB},
    {"a step that stays", "333333333666666666", FORECAST_MODEL, 18, 0, 1, 5 * TB, 7 * TB},
};

START_TEST(odd_series)
{
	struct forecast_past past[MONTHS] = {{0, 0}};
	struct forecast_history h = {past, strlen(odds[_i].past), 202101, 0};
	struct forecast f;

	for (size_t t = 0; t < h.n; t++) {
		char c = odds[_i].past[t];

		past[t].known = c != '.';
		past[t].value = c >= '0' && c <= '9' ? (uint64_t)(c - '0') * TB : 0;
	}
	ck_assert_int_eq(forecast_make(&h, NULL, &f), KK_OK);
	ck_assert_msg(f.kind == odds[_i].kind && f.known == odds[_i].known &&
			  f.drawn_in == odds[_i].drawn_in && f.trend == odds[_i].trend,
	    "%s: kind %d known %u drawn in %u trend %d", odds[_i].why, f.kind, f.known, f.drawn_in,
	    f.trend);
	ck_assert_uint_eq(f.left_out, h.n - f.known);
	ck_assert_msg(f.month[0].middle >= odds[_i].low && f.month[0].middle <= odds[_i].high,
	    "%s: %llu", odds[_i].why, (unsigned long long)f.month[0].middle);
	ck_assert_int_eq(f.month[0].month, zone_month_add(202101, (int)h.n));
	check_order(&f);
}
END_TEST

/* The same rate in every month: February has fewer octets, and is no worse a month. */
START_TEST(months_have_days)
{
	static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	struct forecast_past past[36];
	struct forecast_history h = {past, 36, 202101, 1};
	struct forecast f;

	for (int t = 0; t < 36; t++)
		past[t] = (struct forecast_past){days[t % 12] * TB, 1};
	ck_assert_int_eq(forecast_make(&h, NULL, &f), KK_OK);
	for (int k = 0; k < 12; k++) {
		uint64_t want = (days[k] + (k == 1)) * TB; /* 2024 is a leap year */

		ck_assert_uint_ge(f.month[k].middle, want - 999);
		ck_assert_uint_le(f.month[k].middle, want + 999);
	}
}
END_TEST

START_TEST(borrows_a_season)
{
	static const struct recipe r = {0, 0.3, 0.01};
	struct forecast_past city[MONTHS], own[MONTHS];
	struct forecast_history lender = {city, 36, 201901, 0}, h = {own, 36, 201901, 0};
	struct forecast with, without;
	double off_with = 0, off_without = 0;

	cook(&r, 36, 3, city);
	cook(&r, 36, 4, own);
	for (int t = 0; t < 20; t++)
		own[t].known = 0;
	ck_assert_int_eq(forecast_make(&h, &lender, &with), KK_OK);
	ck_assert_int_eq(forecast_make(&h, NULL, &without), KK_OK);
	ck_assert_int_eq(with.season, PREDICT_LENT);
	ck_assert_int_eq(without.season, PREDICT_FLAT);
	for (int k = 0; k < 12; k++) {
		off_with =
		    fmax(off_with, fabs((double)with.month[k].middle / truth(&r, 36 + k) - 1));
		off_without = fmax(
		    off_without, fabs((double)without.month[k].middle / truth(&r, 36 + k) - 1));
	}
	ck_assert_msg(off_with < 0.1 && off_without > 0.2, "%f %f", off_with, off_without);
	lender.from = 201902;
	ck_assert_int_eq(forecast_make(&h, &lender, &with), KK_E_RANGE);
}
END_TEST

/* Nothing overflows, whatever is said to have passed. */
static const struct {
	const char *why;
	uint64_t even, odd;
} extremes[] = {
    {"all that fits", UINT64_MAX, UINT64_MAX},
    {"one octet", 1, 1},
    {"all or next to nothing", UINT64_MAX, 1},
};

START_TEST(extreme_values)
{
	struct forecast_past past[300];
	struct forecast_history h = {past, 300, 200101, 1};
	struct forecast f;

	for (size_t t = 0; t < h.n; t++)
		past[t] = (struct forecast_past){t % 2 ? extremes[_i].odd : extremes[_i].even, 1};
	ck_assert_int_eq(forecast_make(&h, NULL, &f), KK_OK);
	ck_assert_int_eq(f.kind, FORECAST_MODEL);
	ck_assert_uint_eq(f.known, SEASON_MONTHS_MAX);
	ck_assert_int_eq(f.month[0].month, 202601);
	check_order(&f);
	/* Growth by a thousand times a month runs into the end of what fits. */
	for (size_t t = 0; t < h.n; t++)
		past[t].value = t < 294 ? 1 : past[t - 1].value * 1000;
	ck_assert_int_eq(forecast_make(&h, NULL, &f), KK_OK);
	check_order(&f);
	ck_assert_uint_eq(f.month[11].high95, FORECAST_MOST);
}
END_TEST

static const struct {
	const char *why;
	enum forecast_kind kind;
	uint64_t bound;
	int upper;
	kk_day want;
} bounds[] = {
    {"in the fifth month", FORECAST_MODEL, 45, 0, 202605},
    {"as early as", FORECAST_MODEL, 45, 1, 202604},
    {"at once", FORECAST_MODEL, 9, 0, 202601},
    {"reached is not passed", FORECAST_MODEL, 120, 0, 0},
    {"not within a year", FORECAST_MODEL, 200, 1, 0},
    {"no forecast", FORECAST_NONE, 0, 0, 0},
    {"nothing passes any more", FORECAST_ZERO, 0, 1, 0},
};

START_TEST(passes_a_bound)
{
	struct forecast f = {.kind = bounds[_i].kind};

	for (int k = 0; k < PREDICT_MONTHS; k++)
		f.month[k] = (struct forecast_month){.month = 202601 + k,
		    .middle = (uint64_t)(k + 1) * 10,
		    .high80 = (uint64_t)(k + 1) * 10 + 7};
	ck_assert_int_eq(forecast_passes(&f, bounds[_i].bound, bounds[_i].upper), bounds[_i].want);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("forecast");
	TCase *t = tcase_create("forecast");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, tells_what_is_known, 0, ROWS(knowns));
	tcase_add_test(t, intervals_hold);
	tcase_add_test(t, beats_the_naive);
	tcase_add_loop_test(t, odd_series, 0, ROWS(odds));
	tcase_add_test(t, months_have_days);
	tcase_add_test(t, borrows_a_season);
	tcase_add_loop_test(t, extreme_values, 0, ROWS(extremes));
	tcase_add_loop_test(t, passes_a_bound, 0, ROWS(bounds));
	suite_add_tcase(s, t);
	return harness_run(s);
}
