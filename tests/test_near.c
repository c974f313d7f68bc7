/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/near.h"
#include "rrd/import/import.h"
#include "tests/harness.h"

static const struct {
	const char *a, *b;
	unsigned most, want;
} pairs[] = {
    {"", "", 2, 0},
    {"WF181037", "WF181037", 2, 0},
    {"wf181037", "WF181037", 2, 0},
    {"WF181037", "WF18103", 2, 1},
    {"WF181037", "WF181307", 2, 1},
    {"WF181037", "WF181047", 2, 1},
    {"WF181037", "XF181047", 2, 2},
    {"WF181037", "XX181047", 2, 3},
    {"abc", "abcdef", 2, 3},
    {"abcdef", "", 2, 3},
    {"kitten", "sitting", 5, 3},
};

START_TEST(distance)
{
	ck_assert_uint_eq(near_distance(pairs[_i].a, pairs[_i].b, pairs[_i].most), pairs[_i].want);
	ck_assert_uint_eq(near_distance(pairs[_i].b, pairs[_i].a, pairs[_i].most), pairs[_i].want);
}
END_TEST

START_TEST(very_long)
{
	char a[400], b[400];

	memset(a, 'x', sizeof(a) - 1);
	memset(b, 'x', sizeof(b) - 1);
	a[399] = b[399] = '\0';
	ck_assert_uint_eq(near_distance(a, b, 2), 3);
}
END_TEST

static const struct {
	const char *asked, *want;
} asked[] = {
    {"WF1009", "; near: WF1001, WF1002, WF1003"},
    {"wf1002", "; near: WF1002, WF1001, WF1003"},
    {"SW", ""},
    {"SW-", "; near: SW-1"},
    {"zzzzz", ""},
    {"", ""},
};

START_TEST(ids)
{
	static const char csv[] = "id\nWF1001\nWF1002\nWF1003\nWF1004\nSW-1\n서울5차-0152-1\n";
	struct import_options o = {.now_s = 1};
	struct import_report *r = NULL;
	struct inventory *inv = NULL;
	struct diag d = {""};
	struct db *db = NULL;
	char dir[64], text[NEAR_TEXT];

	harness_dir(dir);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(import_text(db, "x", csv, strlen(csv), &o, &r, &d), KK_OK);
	ck_assert_int_eq(inventory_read(db, &inv, &d), KK_OK);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		ck_assert_msg(strcmp(near_ids(inv, asked[i].asked, text), asked[i].want) == 0,
		    "%s: %s", asked[i].asked, text);
	ck_assert_str_eq(near_ids(inv, "서울5차-0152-2", text), "; near: 서울5차-0152-1");
	inventory_free(inv);
	import_report_free(r);
	db_close(db);
	harness_remove(dir);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("near");
	TCase *tc = tcase_create("near");

	tcase_add_loop_test(tc, distance, 0, ROWS(pairs));
	tcase_add_test(tc, very_long);
	tcase_add_test(tc, ids);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
