/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/move.h"

#include <math.h>

#include "tests/harness.h"

#define AT(m)                                     \
	{                                         \
		37.5665, 126.9780 + (m) / 88137.6 \
	}
#define KNOWN(m, o, c, s)         \
	{                         \
		AT(m), o, 1, c, s \
	}

/* Rows as "AP>NEIGHBOUR METRES close/same-point site room;". */
static const struct {
	const char *why;
	struct move_ap aps[5];
	size_t n;
	const char *want;
} finds[] = {
    {"nobody", {{AT(0), 0, 0, 0, 0}}, 0, ""},
    {"far away", {KNOWN(0, 5, 1, 0), KNOWN(50, 9, 1, 0)}, 2, ""},
    {"the less used one moves", {KNOWN(0, 5, 1, 0), KNOWN(20, 9, 1, 0)}, 2,
	"0>1 20 1/0 same room;"},
    {"other sites", {KNOWN(0, 9, 1, 0), KNOWN(20, 5, 1, 1)}, 2, "1>0 20 1/0 other room;"},
    {"no site is no same site", {KNOWN(0, 9, 1, MOVE_NOBODY), KNOWN(20, 5, 1, MOVE_NOBODY)}, 2,
	"1>0 20 1/0 other room;"},
    {"equal use: one of them stays", {KNOWN(0, 7, 1, 0), KNOWN(20, 7, 1, 0), KNOWN(0, 7, 1, 0)}, 3,
	"1>0 20 2/0 same room;2>0 0 2/1 same room;"},
    {"nothing at all is used", {KNOWN(0, 0, 0, 0), KNOWN(20, 0, 0, 0)}, 2, "1>0 20 1/0 same room;"},
    {"unknown use is not little use", {{AT(0), 0, 0, 1, 0}, KNOWN(20, 9, 1, 0)}, 2, ""},
    {"the busiest neighbour, not the nearest",
	{KNOWN(0, 5, 1, 0), KNOWN(5, 6, 1, 0), KNOWN(20, 90, 1, 0)}, 3,
	"0>2 20 2/0 same room;1>2 15 2/0 same room;"},
    {"at its bound", {KNOWN(0, 5, 10, 0), KNOWN(20, 9, 20, 0)}, 2, "0>1 20 1/0 same room;"},
    {"over its bound", {KNOWN(0, 5, 11, 0), KNOWN(20, 9, 20, 0)}, 2, "0>1 20 1/0 same full;"},
    {"clients unknown", {KNOWN(0, 5, -1, 0), KNOWN(20, 9, 20, 0)}, 2, "0>1 20 1/0 same unknown;"},
    {"room first, then the least used",
	{KNOWN(0, 5, 29, 0), KNOWN(20, 99, 2, 0), KNOWN(10, 8, 3, 0), KNOWN(15, 7, -1, 0)}, 4,
	"2>1 10 3/0 same room;3>1 5 3/0 same unknown;0>1 20 3/0 same full;"},
};

START_TEST(finds_candidates)
{
	static const char *const rooms[] = {"room", "unknown", "full"};
	struct move_list *m = NULL;
	char got[512] = "";

	ck_assert_int_eq(
	    move_find(finds[_i].aps, finds[_i].n, &(struct move_limits){30, 30, 0}, &m), KK_OK);
	for (size_t i = 0; i < m->n; i++) {
		const struct move_candidate *c = &m->rows[i];
		size_t len = strlen(got);

		snprintf(got + len, sizeof(got) - len, "%u>%u %u %u/%u %s %s;", c->ap, c->neighbour,
		    (c->cm + 50) / 100, c->close, c->same_point, c->same_site ? "same" : "other",
		    rooms[c->room]);
	}
	ck_assert_msg(strcmp(got, finds[_i].want) == 0, "%s: %s", finds[_i].why, got);
	move_free(m);
}
END_TEST

START_TEST(sums_up)
{
	static const struct move_ap aps[] = {KNOWN(0, 5, 1, 0), KNOWN(0, 6, 1, 0),
	    {AT(9), 0, 0, -1, 1}, {{NAN, NAN}, 7, 1, 1, 0}, KNOWN(500, 9, 1, 0), KNOWN(0, 5, 1, 1)};
	struct move_list *m = NULL;

	ck_assert_int_eq(move_find(aps, ROWS(aps), &(struct move_limits){30, 30, 0}, &m), KK_OK);
	ck_assert_uint_eq(m->sum.aps, 6);
	ck_assert_uint_eq(m->sum.pairs, 6);
	ck_assert_uint_eq(m->sum.pairs_same_point, 3);
	ck_assert_uint_eq(m->sum.pairs_same_site, 2);
	ck_assert_uint_eq(m->sum.unplaced, 1);
	ck_assert_uint_eq(m->sum.close, 4);
	ck_assert_uint_eq(m->sum.unmeasured, 1);
	ck_assert_uint_eq(m->n, 2);
	move_free(m);
	/* At the very same coordinates: counted, and no candidates for each other. */
	ck_assert_int_eq(move_find(aps, ROWS(aps), &(struct move_limits){30, 30, 1}, &m), KK_OK);
	ck_assert_uint_eq(m->sum.pairs, 6);
	ck_assert_uint_eq(m->n, 0);
	move_free(m);
	ck_assert_int_eq(
	    move_find(aps, ROWS(aps), &(struct move_limits){0, 30, 0}, &m), KK_E_RANGE);
	ck_assert_ptr_null(m);
	move_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("move");
	TCase *t = tcase_create("move");

	tcase_add_loop_test(t, finds_candidates, 0, ROWS(finds));
	tcase_add_test(t, sums_up);
	suite_add_tcase(s, t);
	return harness_run(s);
}
