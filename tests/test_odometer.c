/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every way a counter can move between two readings, and every way an uptime can. */
#include "collector/meter/odometer.h"

#include "tests/harness.h"

#define MAX_OCTETS UINT64_C(7500000000) /* 60 s of 1 Gbit/s */
#define T	   INT64_C(160000000000)

static const struct {
	const char *why;
	struct odometer from; /* total, last, boot, when */
	uint64_t raw;
	unsigned width;
	int64_t boot, when;
	int want;
	uint64_t total;
} moves[] = {
    {"plain", {5, 100, 0, 100}, 130, 64, 0, 200, KK_OK, 35},
    {"same value", {5, 100, 0, 100}, 100, 64, 0, 200, KK_OK, 5},
    {"32 bits, plain", {5, 100, 0, 100}, 130, 32, 0, 200, KK_OK, 35},
    {"32 bits wrapped", {5, 0xfffffff0, 0, 100}, 4, 32, 0, 200, KK_OK, 25},
    {"32 bits wrapped to 0", {0, 0xffffffff, 0, 100}, 0, 32, 0, 200, KK_OK, 1},
    {"64 bits wrapped", {5, UINT64_MAX - 9, 0, 100}, 20, 64, 0, 200, KK_OK, 35},
    {"64 bits fell: no wrap", {5, 1000, 0, 100}, 20, 64, 0, 200, KK_E_RANGE, 5},
    {"more than 32 bits hold", {5, 100, 0, 100}, UINT64_C(1) << 32, 32, 0, 200, KK_E_RANGE, 5},
    {"restart", {5, 100, 0, 100}, 30, 64, 150, 200, KK_RESTART, 35},
    {"restart, counter above the last", {5, 100, 0, 100}, 130, 64, 150, 200, KK_RESTART, 135},
    {"restart, 32 bits", {5, 0xfffffff0, 0, 100}, 4, 32, 150, 200, KK_RESTART, 9},
    {"restart, nothing since", {5, 100, 0, 100}, 0, 64, 150, 200, KK_RESTART, 5},
    {"restart, more than can be", {5, 100, 0, 100}, MAX_OCTETS + 1, 64, 150, 200, KK_E_RANGE, 5},
    {"boot known older than thought", {5, 100, 50, 100}, 130, 64, 20, 200, KK_OK, 35},
    {"as much as the link carries", {0, 100, 0, 100}, MAX_OCTETS + 100, 64, 0, 200, KK_OK,
	MAX_OCTETS},
    {"jump", {0, 100, 0, 100}, MAX_OCTETS + 101, 64, 0, 200, KK_E_RANGE, 0},
    {"duplicate", {5, 100, 0, 100}, 100, 64, 0, 100, KK_E_ORDER, 5},
    {"late", {5, 100, 0, 100}, 90, 64, 0, 90, KK_E_ORDER, 5},
    {"late over a restart", {5, 100, 0, 100}, 90, 64, 80, 90, KK_E_ORDER, 5},
    {"the odometer itself is full", {UINT64_MAX - 3, 100, 0, 100}, 130, 64, 0, 200, KK_E_RANGE,
	UINT64_MAX - 3},
};

START_TEST(advance)
{
	struct odometer o = moves[_i].from, before = o;
	int rc = odometer_advance(
	    &o, moves[_i].raw, moves[_i].width, moves[_i].boot, moves[_i].when, MAX_OCTETS);

	ck_assert_msg(rc == moves[_i].want, "%s: got %s", moves[_i].why, kk_strerror(rc));
	ck_assert_msg(o.total == moves[_i].total, "%s: total %llu", moves[_i].why,
	    (unsigned long long)o.total);
	if (rc < 0) {
		ck_assert_mem_eq(&o, &before, sizeof(o));
	} else {
		ck_assert_uint_eq(o.last, moves[_i].raw);
		ck_assert_int_eq(o.when_cs, moves[_i].when);
		ck_assert_msg(
		    o.boot_cs == (rc == KK_RESTART ? moves[_i].boot : moves[_i].from.boot_cs), "%s",
		    moves[_i].why);
	}
}
END_TEST

#define DAY (INT64_C(24) * 3600 * 100)

static const struct {
	const char *why;
	int64_t known;
	uint32_t uptime;
	int64_t when, slack, want;
} boots[] = {
    {"first", 0, 6000, T, 200, T - 6000},
    {"as expected", T - 6000, 6000, T, 200, T - 6000},
    {"a late answer", T - 6000, 5900, T, 200, T - 6000},
    {"a clock that is ahead", T - 6000, 6100, T, 200, T - 6000},
    {"at the edge", T - 6000, 5800, T, 200, T - 6000},
    {"beyond it", T - 6000, 5799, T, 200, T - 5799},
    {"reboot", T - 600000, 3000, T, 200, T - 3000},
    {"sysUpTime wrapped after 497 days", T - (INT64_C(1) << 32) - 500, 500, T, 200,
	T - (INT64_C(1) << 32) - 500},
    {"and again", T - (INT64_C(2) << 32) - 500, 450, T, 200, T - (INT64_C(2) << 32) - 500},
    {"just before the wrap", T - UINT32_MAX, UINT32_MAX - 30, T, 200, T - UINT32_MAX},
    {"a lag across the wrap", T - (INT64_C(1) << 32) - 50, UINT32_MAX - 40, T, 200,
	T - (INT64_C(1) << 32) - 50},
    {"reboot after a wrap", T - (INT64_C(1) << 32) - 600000, 500, T, 200, T - 500},
};

START_TEST(boot)
{
	int64_t got = boot_time(boots[_i].known, boots[_i].uptime, boots[_i].when, boots[_i].slack);

	ck_assert_msg(got == boots[_i].want, "%s: got %lld, want %lld", boots[_i].why,
	    (long long)got, (long long)boots[_i].want);
}
END_TEST

static const struct {
	const char *why;
	int64_t known;
	uint32_t uptime;
	int64_t seen;
	int want;
	int64_t boot;
} follows[] = {
    {"first", 0, 6000, 0, KK_OK, T - 6000},
    {"same", T - 600000, 600000, T - 6000, KK_OK, T - 600000},
    {"reboot", T - 600000, 3000, T - 6000, KK_RESTART, T - 3000},
    {"reboot a moment after the last reading", T - 600000, 6000, T - 6000, KK_RESTART, T - 6000},
    {"reboot long ago, but since the last reading", T - 10 * DAY, (uint32_t)DAY, T - 2 * DAY,
	KK_RESTART, T - DAY},
    {"drift", T - 600000, 599000, T - 6000, KK_OK, T - 599000},
    {"an agent that renews its uptime seldom", T - 600000, 594000, T - 6000, KK_OK, T - 594000},
    {"a clock that went ahead", T - 600000, 700000, T - 6000, KK_OK, T - 700000},
    {"a frozen uptime", T - 187000000, 186994000, T - 6000, KK_OK, T - 186994000},
    {"drift after a wrap keeps the wrap", T - (INT64_C(1) << 32) - DAY, (uint32_t)DAY - 1000,
	T - 6000, KK_OK, T - (INT64_C(1) << 32) - DAY + 1000},
    {"nothing known, heard before it booted", 0, 3000, T - 6000, KK_RESTART, T - 3000},
    {"nothing known, heard while it ran", 0, 9000, T - 6000, KK_OK, T - 9000},
    {"other hardware that has run longer", T - 600000, (uint32_t)(30 * DAY), T - 6000, KK_OK,
	T - 30 * DAY},
};

START_TEST(follow)
{
	int64_t b = follows[_i].known;
	int rc = boot_advance(&b, follows[_i].uptime, T, 200, follows[_i].seen);

	ck_assert_msg(rc == follows[_i].want, "%s: got %s", follows[_i].why, kk_strerror(rc));
	ck_assert_msg(b == follows[_i].boot, "%s: boot %lld, want %lld", follows[_i].why,
	    (long long)b, (long long)follows[_i].boot);
}
END_TEST

START_TEST(link_carries)
{
	ck_assert_uint_ge(link_octets(1000, 6000), UINT64_C(7500000000));
	ck_assert_uint_le(link_octets(1000, 6000), UINT64_C(10000000000));
	ck_assert_uint_eq(link_octets(1000, -5), link_octets(1000, 0));
	ck_assert_uint_eq(link_octets(UINT32_MAX, INT64_MAX), UINT64_MAX);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("odometer");
	TCase *tc = tcase_create("tables");

	tcase_add_loop_test(tc, advance, 0, ROWS(moves));
	tcase_add_loop_test(tc, boot, 0, ROWS(boots));
	tcase_add_loop_test(tc, follow, 0, ROWS(follows));
	tcase_add_test(tc, link_carries);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
