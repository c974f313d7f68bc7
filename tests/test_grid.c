/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/grid.h"
#include "tests/harness.h"

/* Cells separated by '|', rows by the number of columns. */
static const struct {
	const char *why, *align, *cells, *want;
} grids[] = {
    {"nothing", "l", "", ""},
    {"one", "l", "a", "a\n"},
    {"left and right", "lr", "ID|N|a|1|bcd|234", "ID     N\na      1\nbcd  234\n"},
    {"Hangul is two wide", "lr", "이름|N|까치온|7|ab|12", "이름     N\n까치온   7\nab      12\n"},
    {"unknown", "ll", "a|b||c", "a  b\n-  c\n"},
    {"no blanks at the end", "lll", "aa|b|c|d| | ", "aa  b  c\nd\n"},
    {"blank in the middle", "lll", "aa|b|c| | |d", "aa  b  c\n       d\n"},
    {"an unfinished row waits", "ll", "a|b|c", "a  b\n"},
    {"control characters", "l", "a\033[2J\tb\nc\177d", "a [2J b c d\n"},
    {"C1 controls", "l",
	"a\xc2\x9b"
	"2J",
	"a  2J\n"},
};

static char *
printed(const struct grid *g, int colour)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(grid_print(g, f, colour), KK_OK);
	fclose(f);
	return text;
}

START_TEST(prints)
{
	struct grid *g = grid_new(strlen(grids[_i].align), grids[_i].align);
	char cells[200], *rest = cells, *cell, *text;

	ck_assert_ptr_nonnull(g);
	snprintf(cells, sizeof(cells), "%s", grids[_i].cells);
	while (cells[0] != '\0' && (cell = strsep(&rest, "|")) != NULL)
		grid_cell(g, cell);
	text = printed(g, 0);
	ck_assert_msg(strcmp(text, grids[_i].want) == 0, "%s: %s", grids[_i].why, text);
	free(text);
	grid_free(g);
}
END_TEST

START_TEST(colours)
{
	struct grid *g = grid_new(2, "lr");
	char *text;

	grid_coloured(g, "up", "32");
	grid_coloured(g, "1", NULL);
	grid_cell(g, "down");
	grid_coloured(g, "22", "31");
	text = printed(g, 1);
	ck_assert_str_eq(text, "\033[32mup\033[0m     1\ndown  \033[31m22\033[0m\n");
	free(text);
	text = printed(g, 0);
	ck_assert_str_eq(text, "up     1\ndown  22\n");
	free(text);
	grid_free(g);
}
END_TEST

START_TEST(refused)
{
	ck_assert_ptr_null(grid_new(0, ""));
	ck_assert_ptr_null(grid_new(2, "l"));
	ck_assert_ptr_null(
	    grid_new(GRID_COLUMNS_MAX + 1, "lllllllllllllllllllllllllllllllllllllllllllll"));
	grid_free(NULL);
}
END_TEST

START_TEST(many)
{
	struct grid *g = grid_new(3, "lrl");
	char *text;

	for (int i = 0; i < 30000; i++)
		grid_cell(g, i % 3 ? "x" : "서울5차-0152-1");
	text = printed(g, 0);
	ck_assert_uint_eq(strlen(text), 10000 * strlen("서울5차-0152-1  x  x\n"));
	free(text);
	grid_free(g);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("grid");
	TCase *tc = tcase_create("grid");

	tcase_add_loop_test(tc, prints, 0, ROWS(grids));
	tcase_add_test(tc, colours);
	tcase_add_test(tc, refused);
	tcase_add_test(tc, many);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
