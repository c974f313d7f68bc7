/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/saturated.h"

#include "tests/harness.h"

#define CLIENTS(tenths)                                                    \
	{                                                                  \
		.known = 1, .mean = (tenths) / 10, .mean_tenths = (tenths) \
	}
#define OCTETS(n)                                         \
	{                                                 \
		.known = 1, .mean = (n), .mean_tenths = 0 \
	}
#define NONE      \
	{         \
		0 \
	}

static const struct {
	const char *why;
	struct saturated_site site;
	enum saturated_verdict verdict;
	int64_t clients, load;
} judges[] = {
    {"quiet", {2, 100, CLIENTS(100), OCTETS(1250000)}, SATURATED_NOT, 167, 100},
    {"too many clients", {2, 100, CLIENTS(601), OCTETS(0)}, SATURATED, 1002, 0},
    {"just as many as it serves", {2, 100, CLIENTS(600), OCTETS(0)}, SATURATED_NOT, 1000, 0},
    {"too many octets", {1, 100, CLIENTS(0), OCTETS(10012500)}, SATURATED, 0, 801},
    {"just as many as its line should carry", {1, 100, CLIENTS(0), OCTETS(10000000)}, SATURATED_NOT,
	0, 800},
    {"clients alone are known", {1, 0, CLIENTS(310), OCTETS(1)}, SATURATED, 1033, -1},
    {"capacity is not known", {1, 0, NONE, OCTETS(99999999)}, SATURATED_UNKNOWN, -1, -1},
    {"nothing is known", {1, 100, NONE, NONE}, SATURATED_UNKNOWN, -1, -1},
    {"octets alone are known", {1, 100, NONE, OCTETS(125)}, SATURATED_NOT, -1, 0},
    {"all that fits", {1, 1, NONE, OCTETS(UINT64_MAX)}, SATURATED, -1, INT64_C(147573952589676413)},
};

START_TEST(judges_sites)
{
	struct saturated j = saturated_judge(&judges[_i].site, 30, 80);

	ck_assert_msg(j.verdict == judges[_i].verdict && j.clients_tenths == judges[_i].clients &&
			  j.load_tenths == judges[_i].load,
	    "%s: %d, %lld, %lld", judges[_i].why, j.verdict, (long long)j.clients_tenths,
	    (long long)j.load_tenths);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("saturated");
	TCase *t = tcase_create("saturated");

	tcase_add_loop_test(t, judges_sites, 0, ROWS(judges));
	suite_add_tcase(s, t);
	return harness_run(s);
}
