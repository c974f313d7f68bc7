/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/harness.h"
#include "usage/land.h"

START_TEST(seoul)
{
	struct diag d = {""};
	struct land *l;

	ck_assert_int_eq(land_read("", &l, &d), KK_OK);
	ck_assert_uint_eq(
	    land_whole(l), 60524); /* the list's own sum is 605.25, of figures less rounded */
	ck_assert_uint_eq(land_of(l, "중구"), 996);
	ck_assert_uint_eq(land_of(l, "강동구"), 2458);
	ck_assert_uint_eq(land_of(l, "과천시"), 0);
	land_free(l);
}
END_TEST

static const struct {
	const char *text;
	int rc;
	uint64_t whole;
} files[] = {
    {"district,km2\n강남구,39.51\n", KK_OK, 3951},
    {"km2,note,district\r\n2,x,a\r\n0.019,y,b\r\n3.5,z,c\r\n", KK_OK, 551},
    {"district\n강남구\n", KK_E_SYNTAX, 0},
    {"", KK_E_SYNTAX, 0},
    {"district,km2\n강남구,-1\n", KK_E_SYNTAX, 0},
    {"district,km2\n강남구,0\n", KK_E_SYNTAX, 0},
    {"district,km2\n강남구,1e3\n", KK_E_SYNTAX, 0},
    {"district,km2\n강남구,1.2.3\n", KK_E_SYNTAX, 0},
    {"district,km2\n강남구,1234567890123\n", KK_E_SYNTAX, 0},
    {"district,km2\n강남구\n", KK_E_SYNTAX, 0},
};

START_TEST(file)
{
	struct diag d = {""};
	struct land *l = NULL;
	char dir[64], path[96];
	FILE *f;

	harness_dir(dir);
	snprintf(path, sizeof(path), "%s/areas.csv", dir);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(files[_i].text, f);
	fclose(f);
	ck_assert_msg(land_read(path, &l, &d) == files[_i].rc, "%s", files[_i].text);
	if (files[_i].rc == KK_OK)
		ck_assert_uint_eq(land_whole(l), files[_i].whole);
	else
		ck_assert_ptr_nonnull(strstr(d.text, "areas.csv"));
	land_free(l);
	harness_remove(dir);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("land");
	TCase *tc = tcase_create("land");

	tcase_add_test(tc, seoul);
	tcase_add_loop_test(tc, file, 0, ROWS(files));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
