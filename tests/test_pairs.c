/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/pairs.h"

#include <math.h>

#include "tests/harness.h"

#define CITY_HALL                 \
	{                         \
		37.5665, 126.9780 \
	}
#define METRES_NORTH(m)                             \
	{                                           \
		37.5665 + (m) / 111195.08, 126.9780 \
	}
#define METRES_EAST(m)                            \
	{                                         \
		37.5665, 126.9780 + (m) / 88137.6 \
	}

static const struct {
	const char *why;
	struct pairs_point a, b;
	uint32_t least_cm, most_cm;
} distances[] = {
    {"the same point", CITY_HALL, CITY_HALL, 0, 0},
    {"30 m north", CITY_HALL, METRES_NORTH(30), 2999, 3001},
    {"30 m east", CITY_HALL, METRES_EAST(30), 2999, 3001},
    {"a centimetre", CITY_HALL, METRES_NORTH(0.01), 1, 1},
    /* 325 km by the ellipsoid. */
    {"to Busan", CITY_HALL, {35.1796, 129.0756}, 32400000, 32600000},
    {"to the other side of the earth", {0, 0}, {0, 180}, 2001500000, 2001520000},
};

START_TEST(measures)
{
	uint32_t cm = pairs_distance(distances[_i].a, distances[_i].b);

	ck_assert_msg(cm >= distances[_i].least_cm && cm <= distances[_i].most_cm, "%s: %u cm",
	    distances[_i].why, cm);
	ck_assert_uint_eq(cm, pairs_distance(distances[_i].b, distances[_i].a));
}
END_TEST

static void
write_pair(void *ctx, uint32_t a, uint32_t b, uint32_t cm)
{
	char *out = ctx;
	size_t len = strlen(out);

	snprintf(out + len, 256 - len, "%u-%u:%u ", a, b, (cm + 50) / 100);
}

static const struct {
	const char *why;
	unsigned metres;
	struct pairs_point p[4];
	size_t n;
	const char *want;
} walks[] = {
    {"nobody", 30, {CITY_HALL}, 0, ""},
    {"alone", 30, {CITY_HALL}, 1, ""},
    {"29 m", 30, {CITY_HALL, METRES_NORTH(29)}, 2, "0-1:29 "},
    {"31 m", 30, {CITY_HALL, METRES_NORTH(31)}, 2, ""},
    {"just in", 30, {CITY_HALL, METRES_EAST(29.99)}, 2, "0-1:30 "},
    {"at the same point, each pair once", 1, {CITY_HALL, CITY_HALL, CITY_HALL}, 3,
	"0-1:0 1-2:0 0-2:0 "},
    {"a chain", 30, {CITY_HALL, METRES_EAST(20), METRES_EAST(40)}, 3, "0-1:20 1-2:20 "},
    {"unknown coordinates", 30, {{NAN, NAN}, CITY_HALL, {37.5665, NAN}, CITY_HALL}, 4, "1-3:0 "},
    {"impossible ones", 1000, {{91, 0}, {91, 0}, {0, 181}, {0, 181}}, 4, ""},
    {"infinite ones", 1000, {{INFINITY, 0}, {INFINITY, 0}}, 2, ""},
    {"at the poles", 30, {{90, 0}, {90, 120}, {-90, 0}}, 3, "0-1:0 "},
    {"south-west of null", 30, {{-0.0001, -0.0001}, {0.0001, 0.0001}}, 2, ""},
    {"about null", 40, {{-0.0001, -0.0001}, {0.0001, 0.0001}}, 2, "0-1:31 "},
};

START_TEST(walks_pairs)
{
	char got[256] = "";

	ck_assert_int_eq(
	    pairs_walk(walks[_i].p, walks[_i].n, walks[_i].metres, write_pair, got), KK_OK);
	ck_assert_msg(strcmp(got, walks[_i].want) == 0, "%s: %s", walks[_i].why, got);
}
END_TEST

static void
count_pair(void *ctx, uint32_t a, uint32_t b, uint32_t cm)
{
	uint64_t *sum = ctx;

	ck_assert_uint_lt(a, b);
	sum[0]++;
	sum[1] += cm;
}

/* Against every point with every other one: some thousand points of a city, many at one place. */
START_TEST(finds_what_a_bare_search_finds)
{
	enum { N = 3000 };
	static struct pairs_point p[N];
	uint64_t got[2] = {0}, want[2] = {0};
	unsigned seed = 7;

	for (int i = 0; i < N; i++) {
		seed = seed * 1103515245 + 12345;
		p[i].lat = 37.5 + (seed >> 8 & 1023) * 0.00002;
		seed = seed * 1103515245 + 12345;
		p[i].lon = 127.0 + (seed >> 8 & 1023) * 0.00002;
	}
	for (uint32_t b = 0; b < N; b++)
		for (uint32_t a = 0; a < b; a++)
			if (pairs_distance(p[a], p[b]) <= 3000)
				count_pair(want, a, b, pairs_distance(p[a], p[b]));
	ck_assert_int_eq(pairs_walk(p, N, 30, count_pair, got), KK_OK);
	ck_assert_uint_gt(want[0], 1000);
	ck_assert_uint_eq(got[0], want[0]);
	ck_assert_uint_eq(got[1], want[1]);
}
END_TEST

START_TEST(refuses)
{
	struct pairs_point p = CITY_HALL;

	ck_assert_int_eq(pairs_walk(&p, 1, 0, write_pair, NULL), KK_E_RANGE);
	ck_assert_int_eq(pairs_walk(&p, 1, PAIRS_METRES_MAX + 1, write_pair, NULL), KK_E_RANGE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pairs");
	TCase *t = tcase_create("pairs");

	tcase_add_loop_test(t, measures, 0, ROWS(distances));
	tcase_add_loop_test(t, walks_pairs, 0, ROWS(walks));
	tcase_add_test(t, finds_what_a_bare_search_finds);
	tcase_add_test(t, refuses);
	suite_add_tcase(s, t);
	return harness_run(s);
}
