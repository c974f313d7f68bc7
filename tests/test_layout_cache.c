/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/layout_cache.h"

#include "tests/harness.h"

static char dir[64];
static struct db *db;
static struct diag d;

/* What load() hands on, as text. */
static char seen[512];

static void
setup(void)
{
	static const char devices[] =
	    "INSERT INTO device (num, id, added) VALUES (1, 'a', 1), (2, 'b', 1);"
	    "INSERT INTO device (num, id, added, retired) VALUES (3, 'gone', 1, 1);";

	harness_dir(dir);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(db_exec(db, devices, &d), KK_OK);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

static void
note(void *ctx, const struct layout_row *row)
{
	size_t at = strlen(seen);

	(void)ctx;
	snprintf(seen + at, sizeof(seen) - at, "%u %s %.*s;", (unsigned)row->device, row->profile,
	    (int)row->len, (const char *)row->data);
}

static const char *
load(void)
{
	seen[0] = '\0';
	ck_assert_int_eq(layout_cache_load(db, note, NULL, &d), KK_OK);
	return seen;
}

START_TEST(kept)
{
	struct layout_row rows[] = {
	    {1, "unifi", "one", 3}, {2, "if-mib", "two", 3}, {3, "if-mib", "x", 1}};
	struct layout_row newer = {1, "if-mib", "newer", 5};

	ck_assert_str_eq(load(), "");
	ck_assert_int_eq(layout_cache_save(db, rows, 3, 100, &d), KK_OK);
	ck_assert_str_eq(load(), "1 unifi one;2 if-mib two;");
	ck_assert_int_eq(layout_cache_save(db, &newer, 1, 200, &d), KK_OK);
	ck_assert_str_eq(load(), "1 if-mib newer;2 if-mib two;");
}
END_TEST

/* Another writer: refused at once, nothing kept, and the next time it works. */
START_TEST(busy)
{
	struct layout_row row = {1, "unifi", "one", 3};
	struct db *other;

	ck_assert_int_eq(db_open(dir, DB_WRITE, &other, &d), KK_OK);
	ck_assert_int_eq(db_begin(other, &d), KK_OK);
	ck_assert_int_eq(layout_cache_save(db, &row, 1, 100, &d), KK_E_BUSY);
	db_rollback(other);
	ck_assert_str_eq(load(), "");
	ck_assert_int_eq(layout_cache_save(db, &row, 1, 100, &d), KK_OK);
	ck_assert_str_eq(load(), "1 unifi one;");
	db_close(other);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("layout_cache");
	TCase *tc = tcase_create("layout_cache");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, kept);
	tcase_add_test(tc, busy);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
