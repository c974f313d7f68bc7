/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/archive.h"
#include "rrd/archive/area.h"
#include "rrd/archive/schema.h"
#include "tests/fleet.h"
#include "tests/harness.h"

/* Points that were given, of all areas. */
static struct point {
	char key[ROSTER_KEY];
	int64_t time_s;
	uint64_t known;
	int64_t down, clients;
} points[4000];
static int n_points;

static struct areas *areas;
static struct roster *roster;

static void
keep(void *ctx, const struct area_point *p)
{
	struct point *to = &points[n_points++];

	(void)ctx;
	ck_assert_int_lt(n_points, ROWS(points));
	snprintf(to->key, sizeof(to->key), "%s", p->key);
	to->time_s = p->time_cs / 100;
	to->known = p->known;
	to->down = p->value[METRIC_OCTETS_DOWN];
	to->clients = p->value[METRIC_CLIENTS];
}

/* The newest point of an area, NULL: none. */
static const struct point *
newest(const char *kind, const char *name)
{
	char key[ROSTER_KEY];

	archive_area_key(kind, name, key, sizeof(key));
	for (int i = n_points - 1; i >= 0; i--)
		if (strcmp(points[i].key, key) == 0)
			return &points[i];
	return NULL;
}

static void
give_roster(const struct device *all, size_t n)
{
	struct roster *r;

	ck_assert_int_eq(roster_make(all, n, &r), KK_OK);
	ck_assert_int_eq(areas_roster(areas, r), KK_OK);
	roster_free(roster);
	roster = r;
}

static void
setup(void)
{
	struct device all[4];

	n_points = 0;
	roster = NULL;
	areas = areas_new(180, keep, NULL);
	for (uint32_t i = 0; i < 4; i++)
		all[i] = fleet_device(i + 1);
	give_roster(all, 4);
}

static void
teardown(void)
{
	areas_free(areas);
	roster_free(roster);
}

static void
give(struct sample s)
{
	areas_take(areas, roster_find(roster, s.device), &s);
}

static void
sweep(int from, int to)
{
	for (int m = from; m < to; m++)
		for (uint32_t num = 1; num <= 4; num++)
			give(fleet_sample(num, FLEET_T0 + m * 60 + num));
}

START_TEST(sums)
{
	const struct point *city;

	sweep(0, 11);
	city = newest("city", "");
	ck_assert_ptr_nonnull(city);
	ck_assert_int_eq(city->time_s, FLEET_T0 + 600);
	ck_assert_int_eq(city->down, 9 * 60 * 1000 * (1 + 2 + 3 + 4));
	ck_assert_int_eq(city->clients, 1 + 2 + 3 + 4);
	ck_assert_int_eq(newest("district", "성동구")->down, 9 * 60 * 1000 * (1 + 3));
	ck_assert_int_eq(newest("district", "구로구")->clients, 2 + 4);
	ck_assert_int_eq(newest("site", "성동구청")->down, 9 * 60 * 1000 * (1 + 3));
	ck_assert_ptr_null(
	    newest("site", "구로시장")); /* one access point: its own archive says it */
	ck_assert_int_eq(n_points, 10 * 4);
}
END_TEST

/* Octets that come late are added when they come: the sum never falls, and ends exact. */
START_TEST(late_octets)
{
	int64_t before = 0;

	for (int m = 0; m < 30; m++)
		for (uint32_t num = 1; num <= 4; num++)
			if (num == 1 || (m + (int)num) % 3 == 0 || m == 29)
				give(fleet_sample(num, FLEET_T0 + m * 60 + num));
	give(fleet_sample(1, FLEET_T0 + 30 * 60));
	for (int i = 0; i < n_points; i++)
		if (strcmp(points[i].key, newest("city", "")->key) == 0) {
			ck_assert_int_ge(points[i].down, before);
			before = points[i].down;
		}
	/* device 2 was first heard at minute 1, 3 at 0, 4 at 2 */
	ck_assert_int_eq(before, 60000 * (29 * 1 + 28 * 2 + 29 * 3 + 27 * 4));
}
END_TEST

START_TEST(silence)
{
	sweep(0, 5);
	for (int m = 5; m < 12; m++) {
		give(fleet_sample(1, FLEET_T0 + m * 60 + 1));
		give(fleet_silent(2, FLEET_T0 + m * 60 + 2));
	}
	/* Two and four are silent: their district has a gap, the city those who are heard. */
	ck_assert_int_eq(newest("city", "")->clients, 1);
	ck_assert_int_eq(newest("city", "")->time_s, FLEET_T0 + 660);
	ck_assert_int_le(newest("district", "구로구")->time_s, FLEET_T0 + 480);
	/* All silent: no point, though the clock goes on. */
	for (int m = 12; m < 20; m++)
		give(fleet_silent(1, FLEET_T0 + m * 60));
	ck_assert_int_le(newest("city", "")->time_s, FLEET_T0 + 15 * 60);
}
END_TEST

/* The collector was away: what passed meanwhile is nobody's minute. */
START_TEST(collector_away)
{
	int64_t before;

	sweep(0, 10);
	before = newest("city", "")->down + 60 * 1000 * 10;
	sweep(600, 602);
	ck_assert_int_eq(newest("city", "")->down, before);
	sweep(602, 603);
	ck_assert_int_eq(newest("city", "")->down, before + 60 * 1000 * 10);
}
END_TEST

START_TEST(twice_and_elsewhere)
{
	struct sample s;

	sweep(0, 5);
	sweep(0, 5); /* read again after a crash */
	for (int m = 0; m < 5; m++) {
		s = fleet_sample(1, FLEET_T0 + m * 60 + 30);
		s.source = SOURCE_PROBE; /* not the account: the same octets seen elsewhere */
		give(s);
	}
	sweep(5, 6);
	ck_assert_int_eq(newest("city", "")->down, 4 * 60 * 1000 * 10);
}
END_TEST

/* A device that changes its district takes no octets along. */
START_TEST(moved)
{
	struct device all[4];

	sweep(0, 10);
	for (uint32_t i = 0; i < 4; i++)
		all[i] = fleet_device(i + 1);
	all[3].district = "강서구";
	give_roster(all, 4);
	sweep(10, 21);
	ck_assert_int_eq(newest("district", "구로구")->down, 60000 * (9 * 6 + 10 * 2));
	ck_assert_int_eq(newest("district", "강서구")->down, 60000 * (10 * 4));
	ck_assert_int_eq(newest("city", "")->down, 60000 * 19 * 10);
}
END_TEST

/* A restart neither loses nor doubles, wherever the journal is read from again. */
START_TEST(restarted)
{
	struct device all[4];
	uint8_t *state;
	size_t len;

	sweep(0, 7);
	give(fleet_sample(1, FLEET_T0 + 7 * 60 + 1));
	state = areas_save(areas, &len);
	ck_assert_ptr_nonnull(state);
	areas_free(areas);
	areas = areas_new(180, keep, NULL);
	ck_assert_int_eq(areas_load(areas, state, len - 1), KK_E_CORRUPT);
	ck_assert_int_eq(areas_load(areas, state, len), KK_OK);
	free(state);
	for (uint32_t i = 0; i < 4; i++)
		all[i] = fleet_device(i + 1);
	give_roster(all, 4);
	sweep(_i, 21); /* from the begin, the middle, or just where it ended */
	ck_assert_int_eq(newest("city", "")->down, 60000 * 19 * 10);
	ck_assert_int_eq(newest("district", "성동구")->down, 60000 * 19 * 4);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("area");
	TCase *tc = tcase_create("sums");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, sums);
	tcase_add_test(tc, late_octets);
	tcase_add_test(tc, silence);
	tcase_add_test(tc, collector_away);
	tcase_add_test(tc, twice_and_elsewhere);
	tcase_add_test(tc, moved);
	tcase_add_loop_test(tc, restarted, 0, 8);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
