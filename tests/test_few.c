/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/few.h"

#include "tests/harness.h"

#define K 5

/* People of each cell, "?" unknown; rows are separated by "/". Wanted: x is hidden. */
static const struct {
	const char *why, *people, *want;
} tables[] = {
    {"enough everywhere", "5 9 20", "..."},
    {"one below: the smallest other goes with it", "5 4 20", "xx."},
    {"none is few as well", "0 9 6", "x.x"},
    {"unknown may be few", "? 9 6", "x.x"},
    {"two below are still too few: 4 people may be behind both", "4 4 9 7", "xx.x"},
    {"all below", "1 2 3", "xxx"},
    {"one cell", "3", "x"},
    {"one cell, enough", "5", "."},
    {"a column's total gives nothing away either",
	"9 4 8 /"
	"7 9 6 /"
	"8 9 9",
	".xx/"
	".x./"
	"..."},
    {"one column", "4/9/6", "x/./x"},
    {"no cells", "", ""},
};

#define CELLS_MAX 16

static struct few_table
parse(const char *text, struct few_cell cell[CELLS_MAX])
{
	struct few_table t = {cell, *text != '\0', 0};
	size_t n = 0;
	char *end;

	while (*text != '\0') {
		if (*text == '/') {
			t.rows++;
			text++;
		} else if (*text == ' ') {
			text++;
		} else if (*text == '?') {
			cell[n++].clients = -1;
			text++;
		} else {
			cell[n++].clients = strtol(text, &end, 10);
			text = end;
		}
	}
	t.columns = t.rows > 0 ? n / t.rows : 0;
	return t;
}

static const char *
written(const struct few_table *t, char out[2 * CELLS_MAX])
{
	char *p = out;

	for (size_t i = 0; i < t->rows * t->columns; i++) {
		if (i > 0 && i % t->columns == 0)
			*p++ = '/';
		*p++ = t->cell[i].hidden ? 'x' : '.';
	}
	*p = '\0';
	return out;
}

START_TEST(hiding)
{
	struct few_cell cell[CELLS_MAX] = {{0, 0}};
	struct few_table t = parse(tables[_i].people, cell);
	char out[2 * CELLS_MAX];
	size_t hidden = few_hide(&t, K), want = 0;

	ck_assert_msg(
	    strcmp(written(&t, out), tables[_i].want) == 0, "%s: %s", tables[_i].why, out);
	for (const char *p = tables[_i].want; *p != '\0'; p++)
		want += *p == 'x';
	ck_assert_uint_eq(hidden, want);
}
END_TEST

/* Whatever the table, a line whose total stands beside cells that are shown hides k people or more,
 * in one cell, or none; and no cell that is shown has fewer. */
START_TEST(nothing_is_found_by_subtraction)
{
	uint64_t state = 5;

	for (int round = 0; round < 5000; round++) {
		struct few_cell cell[12];
		struct few_table t = {cell, 3, 4};

		for (int i = 0; i < 12; i++) {
			state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
			cell[i] = (struct few_cell){(int64_t)(state >> 60) - 1, 0};
		}
		few_hide(&t, K);
		for (size_t r = 0; r < 3; r++) {
			int few = 0, enough = 0, shown = 0;

			for (size_t c = 0; c < 4; c++) {
				const struct few_cell *x = &cell[r * 4 + c];

				ck_assert(x->hidden || x->clients >= K);
				shown += !x->hidden;
				few += x->hidden && x->clients < K;
				enough += x->hidden && x->clients >= K;
			}
			if (few_total(&t, r * 4, 1, 4, 100, K))
				ck_assert(few == 0 || enough > 0 || shown == 0);
			else
				ck_assert(few > 0 && enough == 0 && shown > 0);
		}
	}
}
END_TEST

static const struct {
	const char *why, *people;
	int64_t total;
	int want;
} totals[] = {
    {"all is shown", "5 9 20", 30, 1},
    {"what is hidden is enough", "5 4 20", 20, 1},
    {"all is hidden, and together they are enough", "1 2 3", 5, 1},
    {"all is hidden, and together too few", "1 2 3", 4, 0},
    {"nobody knows how many", "5 9", -1, 0},
    {"no cells", "", 7, 1},
};

START_TEST(a_total)
{
	struct few_cell cell[CELLS_MAX] = {{0, 0}};
	struct few_table t = parse(totals[_i].people, cell);

	few_hide(&t, K);
	ck_assert_msg(few_total(&t, 0, 1, t.columns, totals[_i].total, K) == totals[_i].want, "%s",
	    totals[_i].why);
}
END_TEST

static const struct {
	int64_t clients, want;
} rounded[] = {{5, 5}, {7, 5}, {8, 10}, {12, 10}, {13, 15}, {1000, 1000}, {1, 5}};

START_TEST(rounding)
{
	ck_assert_int_eq(few_round(rounded[_i].clients, K), rounded[_i].want);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("few");
	TCase *t = tcase_create("few");

	tcase_add_loop_test(t, hiding, 0, ROWS(tables));
	tcase_add_test(t, nothing_is_found_by_subtraction);
	tcase_add_loop_test(t, a_total, 0, ROWS(totals));
	tcase_add_loop_test(t, rounding, 0, ROWS(rounded));
	suite_add_tcase(s, t);
	return harness_run(s);
}
