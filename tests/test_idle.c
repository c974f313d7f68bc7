/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/idle.h"

#include "tests/harness.h"

#define DAY UINT64_C(86400)
#define MB  UINT64_C(1000000)

static const struct {
	const char *why;
	struct ledger_ap ap;
	uint64_t looked_s;
	enum idle_kind want;
	uint64_t a_day;
} judges[] = {
    {"used", {.host = "h", .octets = 9000 * MB, .observed_s = 90 * DAY, .possible_s = 90 * DAY},
	90 * DAY, IDLE_USED, 100 * MB},
    {"unused", {.host = "h", .octets = 90 * MB, .observed_s = 90 * DAY, .possible_s = 90 * DAY},
	90 * DAY, IDLE_UNUSED, MB},
    {"nothing at all", {.host = "h", .observed_s = 90 * DAY, .possible_s = 90 * DAY}, 90 * DAY,
	IDLE_UNUSED, 0},
    {"just used", {.host = "h", .octets = 900 * MB, .observed_s = 90 * DAY, .possible_s = 90 * DAY},
	90 * DAY, IDLE_USED, 10 * MB},
    {"just not",
	{.host = "h", .octets = 900 * MB - 1, .observed_s = 90 * DAY, .possible_s = 90 * DAY},
	90 * DAY, IDLE_UNUSED, 10 * MB - 1},
    {"observed just enough",
	{.host = "h", .octets = MB, .observed_s = 72 * DAY, .possible_s = 90 * DAY}, 90 * DAY,
	IDLE_UNUSED, 13888},
    {"not quite: it did not answer",
	{.host = "h", .octets = MB, .observed_s = 72 * DAY - 1, .possible_s = 90 * DAY}, 90 * DAY,
	IDLE_SILENT, 13888},
    {"never answered", {.host = "h", .possible_s = 90 * DAY}, 90 * DAY, IDLE_SILENT, 0},
    {"nobody could ask it", {.host = "", .possible_s = 90 * DAY}, 90 * DAY, IDLE_UNOBSERVED, 0},
    {"nobody looked", {.host = "h", .possible_s = 90 * DAY}, 30 * DAY, IDLE_UNOBSERVED, 0},
    {"much in little time",
	{.host = "h", .octets = 9000 * MB, .observed_s = DAY, .possible_s = 90 * DAY}, 90 * DAY,
	IDLE_USED, 9000 * MB},
    {"observed for a day only, and used then",
	{.host = "h", .octets = 100 * MB, .observed_s = DAY, .possible_s = 90 * DAY}, 90 * DAY,
	IDLE_SILENT, 100 * MB},
    {"in service since last week",
	{.host = "h", .octets = MB, .observed_s = 7 * DAY, .possible_s = 7 * DAY}, 90 * DAY,
	IDLE_NEW, 142857},
    {"new and used",
	{.host = "h", .octets = 700 * MB, .observed_s = 7 * DAY, .possible_s = 7 * DAY}, 90 * DAY,
	IDLE_USED, 100 * MB},
    {"not in service yet", {.host = "h"}, 90 * DAY, IDLE_NEW, 0},
    {"imported days are known",
	{.host = "", .octets = MB, .imported_s = 80 * DAY, .possible_s = 90 * DAY}, 0, IDLE_UNUSED,
	12500},
    {"all that fits", {.host = "h", .octets = UINT64_MAX, .observed_s = 1, .possible_s = 90 * DAY},
	90 * DAY, IDLE_USED, UINT64_MAX},
};

START_TEST(judges_one)
{
	struct idle_limits l = {90 * DAY, judges[_i].looked_s, 10 * MB, 80};
	enum idle_kind got = idle_judge(&judges[_i].ap, &l);
	uint64_t a_day;
	int known = idle_a_day(&judges[_i].ap, &a_day);

	ck_assert_msg(got == judges[_i].want, "%s: %d", judges[_i].why, got);
	ck_assert_msg(
	    a_day == judges[_i].a_day, "%s: %llu", judges[_i].why, (unsigned long long)a_day);
	ck_assert_int_eq(known, judges[_i].ap.observed_s + judges[_i].ap.imported_s > 0);
}
END_TEST

START_TEST(looked_as_long_as_anybody_was_seen)
{
	struct ledger_ap at[] = {{.observed_s = 5}, {.observed_s = 9}, {.observed_s = 7}};
	struct ledger_aps aps = {at, 3}, none = {at, 0};

	ck_assert_uint_eq(idle_looked(&aps), 9);
	ck_assert_uint_eq(idle_looked(&none), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("idle");
	TCase *t = tcase_create("idle");

	tcase_add_loop_test(t, judges_one, 0, ROWS(judges));
	tcase_add_test(t, looked_as_long_as_anybody_was_seen);
	suite_add_tcase(s, t);
	return harness_run(s);
}
