/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/harness.h"
#include "tests/sim/fleet.h"
#include "tests/sim/load.h"

#define CITY   18450
#define MONTH  (UINT64_C(521) * 1000000000000)
#define DAY_CS INT64_C(8640000)
/* 2021-07-05, a Monday, 00:00 in Seoul. */
#define MONDAY_CS (INT64_C(1625410800) * 100)

static struct load load;

static void
setup(void)
{
	ck_assert(load_init(&load, 7, CITY, MONTH));
}

static void
teardown(void)
{
	load_free(&load);
}

static int
descending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x > y ? -1 : x < y;
}

static uint64_t
carried(uint32_t device, int64_t from_cs, int64_t to_cs)
{
	uint64_t sum = 0;

	for (unsigned radio = 0; radio < SIM_RADIOS; radio++)
		sum += load_down(&load, device, radio, to_cs) -
		       load_down(&load, device, radio, from_cs) +
		       load_up(&load, device, radio, to_cs) -
		       load_up(&load, device, radio, from_cs);
	return sum;
}

/* As in the city's own figures: the top 1 % of APs carry 14 %, the top 10 % carry 47 %. */
START_TEST(skew)
{
	uint64_t *octets = calloc(CITY, sizeof(*octets)), all = 0, one = 0, ten = 0;

	for (uint32_t i = 0; i < CITY; i++)
		all += octets[i] = carried(i, MONDAY_CS, MONDAY_CS + 28 * DAY_CS);
	qsort(octets, CITY, sizeof(*octets), descending);
	for (uint32_t i = 0; i < CITY / 10; i++) {
		ten += octets[i];
		one += i < CITY / 100 ? octets[i] : 0;
	}
	ck_assert_msg(one * 100 / all >= 13 && one * 100 / all <= 15, "top 1 %%: %.1f %%",
	    100.0 * (double)one / (double)all);
	ck_assert_msg(ten * 100 / all >= 46 && ten * 100 / all <= 48, "top 10 %%: %.1f %%",
	    100.0 * (double)ten / (double)all);
	/* 28 of 30 days, within a thousandth. */
	ck_assert_uint_ge(all, MONTH / 30 * 28 / 1000 * 999);
	ck_assert_uint_le(all, MONTH / 30 * 28 / 1000 * 1001);
	free(octets);
}
END_TEST

/* Whoever is busiest is no neighbour of the next: the order of addresses says nothing. */
START_TEST(spread)
{
	uint64_t first = 0;

	for (uint32_t i = 0; i < CITY / 10; i++)
		first += load_weight(&load, i);
	ck_assert_uint_ge(first * 100 / load.weight_sum, 6);
	ck_assert_uint_le(first * 100 / load.weight_sum, 15);
}
END_TEST

START_TEST(monotone_and_bounded)
{
	for (uint32_t device = 0; device < CITY; device += 611) {
		for (unsigned radio = 0; radio < SIM_RADIOS; radio++) {
			uint64_t down = 0, up = 0;

			for (int64_t t = MONDAY_CS - 200; t < MONDAY_CS + DAY_CS; t += 997) {
				uint64_t d = load_down(&load, device, radio, t),
					 u = load_up(&load, device, radio, t);

				ck_assert_uint_ge(d, down);
				ck_assert_uint_ge(u, up);
				/* 1 Gbit/s for 9.97 s */
				ck_assert(down == 0 || d - down < UINT64_C(1246250000));
				down = d;
				up = u;
			}
		}
	}
}
END_TEST

START_TEST(recomputable)
{
	struct load again, other;

	ck_assert(load_init(&again, 7, CITY, MONTH));
	ck_assert(load_init(&other, 8, CITY, MONTH));
	for (uint32_t i = 0; i < CITY; i += 97) {
		int64_t t = MONDAY_CS + i * INT64_C(3571);

		ck_assert_uint_eq(load_down(&load, i, 1, t), load_down(&again, i, 1, t));
		ck_assert_uint_eq(load_up(&load, i, 0, t), load_up(&again, i, 0, t));
		ck_assert_uint_eq(load_clients(&load, i, 0, t), load_clients(&again, i, 0, t));
	}
	ck_assert_uint_ne(load_down(&load, 5, 1, MONDAY_CS), load_down(&other, 5, 1, MONDAY_CS));
	load_free(&again);
	load_free(&other);
}
END_TEST

START_TEST(rhythm)
{
	uint64_t night = 0, evening = 0, monday = 0, sunday = 0, down = 0, up = 0;
	uint32_t clients_night = 0, clients_evening = 0;

	for (uint32_t i = 0; i < CITY; i += 10) {
		night += carried(i, MONDAY_CS + 3 * 360000, MONDAY_CS + 4 * 360000);
		evening += carried(i, MONDAY_CS + 19 * 360000, MONDAY_CS + 20 * 360000);
		monday += carried(i, MONDAY_CS, MONDAY_CS + DAY_CS);
		sunday += carried(i, MONDAY_CS - DAY_CS, MONDAY_CS);
		clients_night += load_clients(&load, i, 1, MONDAY_CS + 3 * 360000 + 180000);
		clients_evening += load_clients(&load, i, 1, MONDAY_CS + 19 * 360000 + 180000);
		down +=
		    load_down(&load, i, 0, MONDAY_CS + DAY_CS) - load_down(&load, i, 0, MONDAY_CS);
		up += load_up(&load, i, 0, MONDAY_CS + DAY_CS) - load_up(&load, i, 0, MONDAY_CS);
	}
	ck_assert_uint_gt(evening, 5 * night);
	ck_assert_uint_gt(sunday, monday);
	ck_assert_uint_gt(clients_evening, 3 * clients_night);
	ck_assert_uint_ge(up * 1000, down * 148);
	ck_assert_uint_le(up * 1000, down * 151);
}
END_TEST

/* What the truth says after values were served at some moments, with reboots between them. */
START_TEST(truth)
{
	struct fleet_options o = {
	    .aps = 10, .switches = 1, .seed = 3, .month_octets = MONTH, .mix = {0, 0, 1}};
	struct fleet f;
	uint64_t at[5][2], want_down, want_up;
	struct sim_truth *t;

	o.now_cs = MONDAY_CS;
	ck_assert(fleet_init(&f, &o));
	t = f.devices[4].truth;
	ck_assert_uint_gt(f.devices[4].near_wrap, 0xffffffffU - 2000000U);
	for (unsigned i = 0; i < 5; i++) {
		int64_t now = MONDAY_CS + 6000 * (i + 1);

		if (i == 2)
			fleet_reboot(&f, 4, now - 3000);
		if (i == 4)
			fleet_discontinuity(&f, 4, now - 1000);
		fleet_counters(&f, 4, 1, now, &at[i][0], &at[i][1]);
		fleet_served(&f, 4, 1, now);
	}
	want_down = at[1][0] - at[0][0] + at[2][0] + at[3][0] - at[2][0] + at[4][0];
	want_up = at[1][1] - at[0][1] + at[2][1] + at[3][1] - at[2][1] + at[4][1];
	ck_assert_uint_eq(t[1].down, want_down);
	ck_assert_uint_eq(t[1].up, want_up);
	ck_assert_uint_eq(t[1].reboots, 2);
	ck_assert_uint_eq(t[0].down, 0);
	ck_assert_int_eq(f.devices[4].boot_cs, MONDAY_CS + 18000 - 3000);
	fleet_free(&f);
}
END_TEST

START_TEST(dead_switch)
{
	struct fleet_options o = {
	    .aps = 10, .switches = 2, .seed = 3, .month_octets = MONTH, .mix = {1}};
	struct fleet f;
	char id[32];

	ck_assert(fleet_init(&f, &o));
	ck_assert_uint_eq(fleet_by_address(&f, fleet_address(11)), 11);
	ck_assert_uint_eq(fleet_by_address(&f, fleet_address(12)), UINT32_MAX);
	ck_assert_uint_eq(fleet_by_address(&f, fleet_address(0) - 1), UINT32_MAX);
	ck_assert_uint_eq(fleet_by_id(&f, fleet_id(&f, 7, id)), 7);
	ck_assert_uint_eq(fleet_by_id(&f, "nobody"), UINT32_MAX);
	f.devices[fleet_by_id(&f, "SW-00002")].silent = 1;
	for (uint32_t i = 0; i < 12; i++)
		ck_assert_int_eq(fleet_reachable(&f, i), i < 5 || i == 10);
	fleet_free(&f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sim_load");
	TCase *tc = tcase_create("load");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, skew);
	tcase_add_test(tc, spread);
	tcase_add_test(tc, monotone_and_bounded);
	tcase_add_test(tc, recomputable);
	tcase_add_test(tc, rhythm);
	tcase_add_test(tc, truth);
	tcase_add_test(tc, dead_switch);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
