/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/daykeys.h"
#include "tests/harness.h"

#define DAY_S INT64_C(1785510000) /* 2026-08-01 00:00 in Seoul */

static struct kk_clock clk;
static struct daykeys *keys;

static void
at(int64_t utc_s)
{
	struct diag d = {""};

	ck_assert_int_eq(zone_use("Asia/Seoul", &d), KK_OK);
	clk = (struct kk_clock){1, 1000, utc_s * 100};
	ck_assert_msg(daykeys_new(&clk, &keys, &d) == KK_OK, "%s", d.text);
}

static struct daykey
read_key(unsigned which)
{
	uint8_t out[DAYKEY_WIRE_OCTETS];
	struct daykey k;

	ck_assert_int_eq(daykeys_message(keys, which, out), 1);
	ck_assert_int_eq(daykey_decode(out, sizeof(out), &k), KK_OK);
	return k;
}

/* A day and a night: tomorrow's key comes ten minutes before midnight, is today's from then on, and
 * is another one. */
START_TEST(a_night)
{
	struct daykey first, next, today;
	uint8_t out[DAYKEY_WIRE_OCTETS];

	at(DAY_S + 3600);
	first = read_key(0);
	ck_assert_int_eq(first.day, 20260801);
	ck_assert_int_eq(first.from_s, DAY_S);
	ck_assert_int_eq(first.to_s, DAY_S + 86400);
	ck_assert_int_eq(daykeys_facts(keys, 0)->whole, 0); /* an hour had passed */
	ck_assert_int_eq(daykeys_message(keys, 1, out), 0);
	clk.utc_cs = (DAY_S + 86400 - 601) * 100;
	ck_assert_int_eq(daykeys_follow(keys), 0);
	clk.utc_cs += 100;
	ck_assert_int_eq(daykeys_follow(keys), 1);
	ck_assert_int_eq(daykeys_follow(keys), 0);
	next = read_key(1);
	ck_assert_int_eq(next.day, 20260802);
	ck_assert_int_eq(daykeys_facts(keys, 1)->whole, 1);
	ck_assert(memcmp(next.key, first.key, DAYKEY_OCTETS) != 0);
	ck_assert_uint_ne(next.epoch, first.epoch);
	clk.utc_cs = (DAY_S + 86400) * 100;
	ck_assert_int_eq(daykeys_follow(keys), 0); /* it is out already */
	today = read_key(0);
	ck_assert_mem_eq(today.key, next.key, DAYKEY_OCTETS);
	ck_assert_uint_eq(today.epoch, next.epoch);
	ck_assert_int_eq(daykeys_message(keys, 1, out), 0);
	daykeys_free(keys);
}
END_TEST

/* No key is made twice, also not for the same day. */
START_TEST(a_restart)
{
	struct daykey first, second;

	at(DAY_S + 3600);
	first = read_key(0);
	daykeys_free(keys);
	at(DAY_S + 3601);
	second = read_key(0);
	ck_assert_int_eq(first.day, second.day);
	ck_assert_uint_ne(first.epoch, second.epoch);
	ck_assert(memcmp(first.key, second.key, DAYKEY_OCTETS) != 0);
	daykeys_free(keys);
}
END_TEST

/* Where the clock is set to; which key there is then. */
static const struct {
	const char *why;
	int64_t to_s;
	kk_day day;
	int fresh;
} steps[] = {
    {"within the day", DAY_S + 7200, 20260801, 0},
    {"back by two days", DAY_S - 86400 - 7200, 20260730, 1},
    {"a month on", DAY_S + 31 * 86400 + 60, 20260901, 1},
    {"close to midnight", DAY_S + 86400 - 60, 20260801, 1},
};

START_TEST(the_clock_is_set)
{
	struct daykey first, now;

	at(DAY_S + 3600);
	first = read_key(0);
	clk.utc_cs = steps[_i].to_s * 100;
	ck_assert_msg(daykeys_follow(keys) == steps[_i].fresh, "%s", steps[_i].why);
	now = read_key(0);
	ck_assert_msg(now.day == steps[_i].day, "%s", steps[_i].why);
	ck_assert_int_eq(now.epoch == first.epoch, now.day == first.day);
	ck_assert_int_eq(daykeys_facts(keys, 0)->whole, 0);
	daykeys_free(keys);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("daykeys");
	TCase *tc = tcase_create("keys");

	tcase_add_test(tc, a_night);
	tcase_add_test(tc, a_restart);
	tcase_add_loop_test(tc, the_clock_is_set, 0, ROWS(steps));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
