/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/harness.h"
#include "web/url.h"

static const struct {
	const char *in;
	int want;
	const char *out;
} texts[] = {
    {"plain", KK_OK, "plain"},
    {"---EP000001", KK_OK, "---EP000001"},
    {"%EC%84%B1%EB%8F%99%EA%B5%AC", KK_OK, "성동구"},
    {"a%2Fb", KK_OK, "a/b"},
    {"a%2", KK_E_SYNTAX, NULL},
    {"%", KK_E_SYNTAX, NULL},
    {"%zz", KK_E_SYNTAX, NULL},
    {"a%00b", KK_E_SYNTAX, NULL},
    {"a%0Ab", KK_E_SYNTAX, NULL},
    {"%EC%84", KK_E_SYNTAX, NULL},
    {"%C0%AF", KK_E_SYNTAX, NULL},
    {"", KK_OK, ""},
};

START_TEST(decode)
{
	struct region *r = region_new();
	const char *out = NULL;

	ck_assert_int_eq(url_decode(r, texts[_i].in, strlen(texts[_i].in), &out), texts[_i].want);
	if (texts[_i].out)
		ck_assert_str_eq(out, texts[_i].out);
	region_free(r);
}
END_TEST

static const struct {
	const char *path;
	int want;
	size_t n;
	const char *last;
} paths[] = {
    {"/", KK_OK, 0, NULL},
    {"", KK_OK, 0, NULL},
    {"/a/b", KK_OK, 2, "b"},
    {"//a///b//", KK_OK, 2, "b"},
    {"/a/..%2F..%2Fetc", KK_OK, 2, "../../etc"},
    {"/1/2/3/4/5/6/7/8", KK_OK, 8, "8"},
    {"/1/2/3/4/5/6/7/8/9", KK_E_RANGE, 8, NULL},
    {"/a/%ff", KK_E_SYNTAX, 1, NULL},
};

START_TEST(split)
{
	struct region *r = region_new();
	struct url_path p;

	ck_assert_int_eq(url_split(r, paths[_i].path, &p), paths[_i].want);
	if (paths[_i].want == KK_OK)
		ck_assert_uint_eq(p.n, paths[_i].n);
	if (paths[_i].last)
		ck_assert_str_eq(p.part[p.n - 1], paths[_i].last);
	region_free(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("url");
	TCase *tc = tcase_create("url");

	tcase_add_loop_test(tc, decode, 0, ROWS(texts));
	tcase_add_loop_test(tc, split, 0, ROWS(paths));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
