/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/copies.h"
#include "tests/harness.h"

#define MS INT64_C(1000)
#define T0 INT64_C(1627740000000000)

/* A frame, then another one: whether it is a copy. */
static const struct {
	const char *why;
	struct copies_frame first, second;
	int copy;
} pairs[] = {
    {"outside a tunnel, a little later", {7, T0, COPIES_US, 1, 1},
	{7, T0 + 3 * MS, COPIES_US, 2, 1}, 1},
    {"at another port", {7, T0, COPIES_US, 1, 1}, {7, T0 + 3 * MS, COPIES_US, 1, 1}, 1},
    {"a little earlier", {7, T0, COPIES_US, 1, 1}, {7, T0 - 3 * MS, COPIES_US, 2, 1}, 1},
    {"another frame", {7, T0, COPIES_US, 1, 1}, {8, T0 + 3 * MS, COPIES_US, 2, 1}, 0},
    {"another one of its set", {7, T0, COPIES_US, 1, 1},
	{7 + (UINT64_C(5) << 40), T0 + 3 * MS, COPIES_US, 2, 1}, 0},
    {"too late", {7, T0, COPIES_US, 1, 1}, {7, T0 + 101 * MS, COPIES_US, 2, 1}, 0},
    {"just in time", {7, T0, COPIES_US, 1, 1}, {7, T0 + 100 * MS, COPIES_US, 2, 1}, 1},
    {"the other way", {7, T0, COPIES_US, 1, 1}, {7, T0 + 3 * MS, COPIES_US, 2, 2}, 0},
    {"which way nobody knows", {7, T0, COPIES_US, 1, 0}, {7, T0 + 3 * MS, COPIES_US, 2, 2}, 1},
    {"without a number, at once", {7, T0, COPIES_SOON, 1, 1}, {7, T0 + 3 * MS, COPIES_SOON, 1, 1},
	1},
    {"without a number, sent again", {7, T0, COPIES_SOON, 1, 1},
	{7, T0 + 30 * MS, COPIES_SOON, 1, 1}, 0},
    {"without a number, elsewhere", {7, T0, COPIES_SOON, 1, 1},
	{7, T0 + 30 * MS, COPIES_SOON, 2, 1}, 1},
    {"one of many alike", {7, T0, 0, 1, 1}, {7, T0, 0, 1, 1}, 0},
    {"one of many alike, elsewhere", {7, T0, 0, 1, 1}, {7, T0, 0, 2, 1}, 1},
    {"half an hour later", {7, T0, COPIES_US, 1, 1}, {7, T0 + 1650 * 1000 * MS, COPIES_US, 2, 1},
	0},
};

START_TEST(two)
{
	struct copies c;

	ck_assert(copies_new(&c));
	ck_assert_int_eq(copies_note(&c, &pairs[_i].first), 0);
	ck_assert_msg(copies_note(&c, &pairs[_i].second) == pairs[_i].copy, "%s", pairs[_i].why);
	copies_free(&c);
}
END_TEST

/* Each frame of a second at 60,000 a second comes twice, 20 ms apart: every copy is known. */
START_TEST(many)
{
	struct copies c;
	unsigned copies = 0, new = 0;

	ck_assert(copies_new(&c));
	for (uint64_t i = 0; i < 60000; i++) {
		struct copies_frame f = {.time_us = T0 + (int64_t)i * 16, .soon_us = COPIES_US};

		f.hash = set_mix(i + 1);
		f.place = 1;
		new += !copies_note(&c, &f);
		if (i < 1250)
			continue;
		f.hash = set_mix(i + 1 - 1250);
		f.place = 2;
		copies += (unsigned)copies_note(&c, &f);
	}
	ck_assert_uint_eq(new, 60000);
	ck_assert_uint_eq(copies, 60000 - 1250);
	copies_free(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("copies");
	TCase *tc = tcase_create("copies");

	tcase_add_loop_test(tc, two, 0, ROWS(pairs));
	tcase_add_test(tc, many);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
