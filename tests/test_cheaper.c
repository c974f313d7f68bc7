/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_cheaper.c - which way of reading a file is taken: the one that cost less, and again when
 * that changes. */
#include "probes/read/cheaper.h"
#include "tests/harness.h"

#define STRETCH (UINT64_C(8) << 20)

/* Stretches that went each way, of as many as are asked for. */
static void
go(struct cheaper *c, unsigned stretches, int64_t map_ns, int64_t read_ns, unsigned went[2])
{
	went[CHEAPER_MAP] = went[CHEAPER_READ] = 0;
	for (unsigned i = 0; i < stretches; i++) {
		went[c->now]++;
		cheaper_next(c, c->now == CHEAPER_MAP ? map_ns : read_ns, STRETCH);
	}
}

START_TEST(short_files_are_mapped)
{
	struct cheaper c = {0};
	unsigned went[2];

	go(&c, 16, 1000000, 1, went);
	ck_assert_uint_eq(went[CHEAPER_READ], 0);
}
END_TEST

START_TEST(the_cheaper_way_is_taken)
{
	static const int64_t ns[][2] = {{1000, 900}, {900, 1000}, {1000, 1000}};
	struct cheaper c = {0};
	unsigned went[2];
	int reads = ns[_i][CHEAPER_READ] < ns[_i][CHEAPER_MAP];

	go(&c, 24, ns[_i][0], ns[_i][1], went);
	ck_assert_uint_eq(went[CHEAPER_READ], 4);
	go(&c, 40, ns[_i][0], ns[_i][1], went);
	ck_assert_uint_eq(went[CHEAPER_READ], reads ? 40 : 0);
	/* The next round has a trial of its own. */
	go(&c, 64, ns[_i][0], ns[_i][1], went);
	ck_assert_uint_eq(went[CHEAPER_READ], reads ? 60 : 4);
}
END_TEST

/* The kernel keeps what follows in another way. */
START_TEST(what_changes_is_noticed)
{
	struct cheaper c = {0};
	unsigned went[2];

	go(&c, 64, 1000, 900, went);
	ck_assert_int_eq(c.now, CHEAPER_MAP); /* on trial */
	go(&c, 8, 800, 900, went);
	go(&c, 56, 800, 900, went);
	ck_assert_uint_eq(went[CHEAPER_READ], 0);
}
END_TEST

/* Stretches need not be as long as each other. */
START_TEST(octets_are_what_is_paid_for)
{
	struct cheaper c = {0};

	for (unsigned i = 0; i < 24; i++)
		cheaper_next(&c, 1000, c.now == CHEAPER_MAP ? STRETCH / 2 : STRETCH);
	ck_assert_int_eq(c.now, CHEAPER_READ);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cheaper");
	TCase *t = tcase_create("cheaper");

	tcase_add_test(t, short_files_are_mapped);
	tcase_add_loop_test(t, the_cheaper_way_is_taken, 0, 3);
	tcase_add_test(t, what_changes_is_noticed);
	tcase_add_test(t, octets_are_what_is_paid_for);
	suite_add_tcase(s, t);
	return harness_run(s);
}
