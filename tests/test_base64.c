/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base64.h"
#include "tests/harness.h"

/* The first ones are those of RFC 4648, section 10. */
static const struct {
	const char *octets;
	unsigned line;
	const char *want;
} rows[] = {
    {"", 0, ""},
    {"f", 0, "Zg=="},
    {"fo", 0, "Zm8="},
    {"foo", 0, "Zm9v"},
    {"foob", 0, "Zm9vYg=="},
    {"fooba", 0, "Zm9vYmE="},
    {"foobar", 0, "Zm9vYmFy"},
    {"\xff\xfe\xfb\xef\xbe", 0, "//77774="},
    {"", 4, ""},
    {"foobar", 4, "Zm9v\nYmFy\n"},
    {"fooba", 8, "Zm9vYmE=\n"},
    {"foobarf", 8, "Zm9vYmFy\nZg==\n"},
};

START_TEST(row)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	base64_put(f, rows[_i].octets, strlen(rows[_i].octets), rows[_i].line);
	fclose(f);
	ck_assert_str_eq(text, rows[_i].want);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("base64");
	TCase *tc = tcase_create("base64");

	tcase_add_loop_test(tc, row, 0, ROWS(rows));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
