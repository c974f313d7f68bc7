/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/markup.h"

#include "tests/harness.h"

static const struct {
	const char *text, *want;
} rows[] = {
    {NULL, ""},
    {"", ""},
    {"서울 AP-1", "서울 AP-1"},
    {"</td><script>&", "&lt;/td&gt;&lt;script&gt;&amp;"},
    {"\" onload='x'", "&quot; onload=&#39;x&#39;"},
    {"a\tb\nc\x01\x7f"
     "d",
	"a b c  d"},
    {"&amp;", "&amp;amp;"},
};

START_TEST(row)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	markup_escaped(f, rows[_i].text);
	fclose(f);
	ck_assert_str_eq(text, rows[_i].want);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("markup");
	TCase *tc = tcase_create("markup");

	tcase_add_loop_test(tc, row, 0, ROWS(rows));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
