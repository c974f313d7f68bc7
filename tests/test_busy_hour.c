/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/busy_hour.h"

#include <math.h>

#include "lib/zone.h"
#include "tests/harness.h"

#define MONDAY INT64_C(1625410800) /* 2021-07-05 00:00 in Seoul */
#define HOURS  (14 * 24)

/* Two weeks of hours: `usual` all day long, `busy` at one hour of working days, `weekend` then. */
static const struct {
	const char *why;
	double usual, busy, weekend;
	unsigned hour, unknown_days; /* the first so many days are unknown */
	int known;
	unsigned want_hour, days;
	uint64_t mean, tenths;
} finds[] = {
    {"evening", 10, 90, 10, 18, 0, 1, 18, 10, 90, 900},
    {"weekends do not count", 10, 90, 500, 18, 0, 1, 18, 10, 90, 900},
    {"the first hour of the day", 1, 2, 1, 0, 0, 1, 0, 10, 2, 20},
    {"tenths", 0.2, 0.44, 0, 12, 0, 1, 12, 10, 0, 4},
    {"the first of equal hours", 5, 5, 5, 12, 0, 1, 0, 10, 5, 50},
    {"nothing passes", 0, 0, 0, 12, 0, 1, 0, 10, 0, 0},
    {"five days are enough", 10, 90, 0, 9, 7, 1, 9, 5, 90, 900},
    {"four are not", 10, 90, 0, 9, 8, 0, 0, 0, 0, 0},
    {"all unknown", 10, 90, 0, 9, 14, 0, 0, 0, 0, 0},
    {"more than fits", 1e30, 1e31, 0, 9, 0, 1, 9, 10, UINT64_MAX, UINT64_MAX},
};

START_TEST(finds_it)
{
	double v[HOURS * 2];
	uint8_t slots[HOURS];
	struct busy_hour got;

	ck_assert_int_eq(zone_use("Asia/Seoul", NULL), KK_OK);
	for (unsigned i = 0; i < HOURS; i++) {
		unsigned day = i / 24 % 7;

		v[2 * i] = day > 4		      ? finds[_i].weekend
			   : i % 24 == finds[_i].hour ? finds[_i].busy
						      : finds[_i].usual;
		v[2 * i + 1] = 1e9; /* another series */
		if (i / 24 < finds[_i].unknown_days)
			v[2 * i] = NAN;
	}
	busy_slots(MONDAY, 3600, HOURS, slots);
	got = busy_find(v, 2, slots, HOURS, 1);
	ck_assert_msg(got.known == finds[_i].known && got.hour == finds[_i].want_hour &&
			  got.days == finds[_i].days && got.mean == finds[_i].mean &&
			  got.mean_tenths == finds[_i].tenths,
	    "%s: known %d hour %u days %u mean %llu tenths %llu", finds[_i].why, got.known,
	    got.hour, got.days, (unsigned long long)got.mean, (unsigned long long)got.mean_tenths);
}
END_TEST

START_TEST(half_hours)
{
	double v[HOURS];
	uint8_t slots[HOURS];
	struct busy_hour got;

	ck_assert_int_eq(zone_use("Asia/Seoul", NULL), KK_OK);
	for (int i = 0; i < HOURS; i++)
		v[i] = i % 48 == 20 ? 30 : i % 48 == 21 ? 50 : 1;
	busy_slots(MONDAY, 1800, HOURS, slots); /* one week */
	got = busy_find(v, 1, slots, HOURS, 2);
	ck_assert(got.known && got.hour == 10 && got.days == 5 && got.mean == 40);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("busy_hour");
	TCase *t = tcase_create("busy_hour");

	tcase_add_loop_test(t, finds_it, 0, ROWS(finds));
	tcase_add_test(t, half_hours);
	suite_add_tcase(s, t);
	return harness_run(s);
}
