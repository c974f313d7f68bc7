/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for the archives, in memory: points, how far they reach, and what files are called. */
#include "lib/text.h"
#include "rrd/archive/archive.h"
#include "rrd/archive/marks.h"
#include "rrd/archive/rows.h"
#include "rrd/archive/schema.h"
#include "rrd/archive/series_table.h"
#include "tests/fleet.h"
#include "tests/harness.h"

static int
add(struct rows *r, int64_t cs, int64_t down, int64_t clients)
{
	int64_t v[METRIC_COUNT] = {0};
	uint64_t known = SCHEMA_BIT(OCTETS_DOWN);

	v[METRIC_OCTETS_DOWN] = down;
	if (clients >= 0) {
		known |= SCHEMA_BIT(CLIENTS);
		v[METRIC_CLIENTS] = clients;
	}
	return rows_add(r, cs, known, v);
}

START_TEST(points)
{
	struct rows r = {.mask = SCHEMA_MAIN};
	char text[ROWS_TEXT];

	ck_assert_int_eq(add(&r, 100000, 5, 3), KK_OK);
	ck_assert_int_eq(add(&r, 106025, INT64_C(9000000000000000001), -1), KK_OK);
	ck_assert_int_eq(add(&r, 106025, 8, 8), KK_E_ORDER);
	ck_assert_uint_eq(r.n, 2);
	ck_assert_str_eq(rows_print(&r, 0, SCHEMA_MAIN, text), "1000.00:5:U:3.000000000:U");
	ck_assert_str_eq(rows_print(&r, 1, SCHEMA_MAIN, text), "1060.25:9000000000000000001:U:U:U");
	rows_drop(&r, 1);
	ck_assert_int_eq(rows_time(&r, 0), 106025);
	rows_free(&r);
}
END_TEST

/* Samples of every 10 s become points of every 60 s; polls of every 60 s that jitter stay apart. */
START_TEST(merging)
{
	struct rows r = {.mask = SCHEMA_MAIN};
	char text[ROWS_TEXT];

	for (int i = 0; i < 12; i++)
		ck_assert_int_eq(add(&r, 100000 + i * 1000, i, i % 6), KK_OK);
	ck_assert_uint_eq(r.n, 3); /* 0 .. 40 s, 50 .. 90 s, 100 s on */
	ck_assert_str_eq(rows_print(&r, 0, SCHEMA_MAIN, text), "1040.00:4:U:2.000000000:U");
	ck_assert_int_eq(rows_time(&r, 1) - rows_time(&r, 0), 5000);
	rows_clear(&r);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(add(&r, 100000 + i * 6000 + (i % 2 ? 300 : -300), i, 1), KK_OK);
	ck_assert_uint_eq(r.n, 10);
	rows_free(&r);
}
END_TEST

START_TEST(more_metrics)
{
	struct rows r = {0};
	int64_t v[METRIC_COUNT] = {0};
	char text[ROWS_TEXT];

	v[METRIC_CLIENTS_5G] = 7;
	v[METRIC_NOISE_2G] = -95;
	ck_assert_int_eq(rows_add(&r, 100000, SCHEMA_BIT(CLIENTS_5G), v), KK_OK);
	ck_assert_int_eq(rows_add(&r, 106000, SCHEMA_BIT(NOISE_2G), v), KK_OK);
	ck_assert_uint_eq(r.mask, SCHEMA_BIT(CLIENTS_5G) | SCHEMA_BIT(NOISE_2G));
	ck_assert_str_eq(rows_print(&r, 0, r.mask, text), "1000.00:7.000000000:U");
	ck_assert_str_eq(rows_print(&r, 1, r.mask, text), "1060.00:U:-95.000000000");
	ck_assert_str_eq(
	    rows_print(&r, 1, r.mask | SCHEMA_BIT(ERRORS), text), "1060.00:U:U:-95.000000000");
	rows_free(&r);
}
END_TEST

START_TEST(full_and_loaded)
{
	struct rows r = {.mask = SCHEMA_MAIN}, back = {0};
	char a[ROWS_TEXT], b[ROWS_TEXT];
	const void *p;
	size_t len;

	for (int i = 0; i < ROWS_MAX; i++)
		ck_assert_int_eq(add(&r, 100000 + i * 6000, i, i), KK_OK);
	ck_assert_int_eq(add(&r, 900000, 1, 1), KK_E_FULL);
	p = rows_octets(&r, &len);
	ck_assert_int_eq(rows_load(&back, SCHEMA_MAIN, p, len - 1), KK_E_CORRUPT);
	ck_assert_int_eq(rows_load(&back, SCHEMA_MAIN, p, len), KK_OK);
	ck_assert_uint_eq(back.n, ROWS_MAX);
	ck_assert_str_eq(rows_print(&r, 63, SCHEMA_MAIN, a), rows_print(&back, 63, SCHEMA_MAIN, b));
	rows_free(&r);
	rows_free(&back);
}
END_TEST

START_TEST(passing)
{
	struct marks m = {0};
	uint32_t a, b, c;

	for (uint64_t i = 0; i < 200;
	     i++) { /* nothing held: all passed, and the ring stays small */
		ck_assert_int_eq(marks_begin(&m, &a), KK_OK);
		marks_end(&m, (struct cursor){1, i});
		ck_assert_uint_eq(marks_passed(&m).offset, i);
	}
	ck_assert_uint_le(m.room, 64);
	marks_begin(&m, &a);
	marks_hold(&m, a);
	marks_hold(&m, a);
	marks_end(&m, (struct cursor){1, 300});
	marks_begin(&m, &b);
	marks_hold(&m, b);
	marks_end(&m, (struct cursor){2, 7});
	for (int i = 0; i < 100; i++) {
		marks_begin(&m, &c);
		marks_end(&m, (struct cursor){3, (uint64_t)i});
	}
	marks_release(&m, b);
	marks_release(&m, a);
	ck_assert_uint_eq(marks_passed(&m).offset, 199);
	marks_release(&m, a);
	ck_assert_uint_eq(marks_passed(&m).segment, 3);
	ck_assert_uint_eq(marks_passed(&m).offset, 99);
	marks_free(&m);
}
END_TEST

START_TEST(names)
{
	struct device d = fleet_device(3), all[4];
	char key[ROSTER_KEY], long_id[81], area[ROSTER_KEY];
	struct roster *r;
	unsigned source;

	archive_key(&d, SOURCE_CONTROLLER, 1, key, sizeof(key));
	ck_assert_ptr_nonnull(strstr(key, ".controller.x"));
	ck_assert_int_eq(strncmp(key, "ap/", 3), 0);
	for (uint32_t i = 0; i < 4; i++)
		all[i] = fleet_device(i + 1);
	ck_assert_int_eq(roster_make(all, 4, &r), KK_OK);
	ck_assert_uint_eq(roster_by_key(r, key, &source)->num, 3);
	ck_assert_uint_eq(source, SOURCE_CONTROLLER);
	ck_assert_ptr_null(roster_by_key(r, "ap/00/WF181037", &source));
	ck_assert_ptr_null(roster_by_key(r, "", &source));
	snprintf(key + strlen(key), 2, "y");
	ck_assert_ptr_null(roster_by_key(r, key, &source));
	/* city, two districts, the site of two; not the site of one */
	ck_assert_uint_eq(roster_areas(r), 4);
	ck_assert_uint_eq(roster_find(r, 2)->area[2], ROSTER_NONE);
	ck_assert_uint_eq(roster_find(r, 1)->area[2], roster_find(r, 3)->area[2]);
	ck_assert_str_eq(roster_area(r, roster_find(r, 1)->area[1]),
	    archive_area_key("district", "성동구", area, sizeof(area)));
	roster_free(r);
	memset(long_id, 0xec, 80); /* an id of 80 octets that all need escapes */
	long_id[80] = '\0';
	d.id = long_id;
	archive_key(&d, SOURCE_CONTROLLER, 1, key, sizeof(key));
	ck_assert_uint_lt(strlen(strrchr(key, '/') + 1) + strlen(".rrd.tmp"), 255);
	ck_assert_ptr_nonnull(strstr(key, ".controller.x"));
}
END_TEST

START_TEST(table)
{
	struct series_table t = {0};
	unsigned seen = 0, most = 0;

	for (uint32_t i = 1; i <= 6000; i++)
		ck_assert_uint_eq(table_get(&t, table_id(i, 0, 0), NULL), i - 1);
	ck_assert_uint_eq(table_get(&t, table_id(77, 0, 0), NULL), 76);
	ck_assert_uint_eq(table_find(&t, table_id(77, 0, 1)), TABLE_END);
	ck_assert_uint_eq(
	    table_get(&t, table_area_id("area/city/00/all"), "area/city/00/all"), 6000);
	for (unsigned s = 0; s < TURN_S; s++) {
		unsigned here = 0;

		for (uint32_t i = table_turn(&t, s); i != TABLE_END; i = t.at[i].next)
			here++;
		seen += here;
		most = here > most ? here : most;
	}
	ck_assert_uint_eq(seen, 6001);
	ck_assert_uint_lt(most, 40); /* 10 a second on average: spread */
	table_free(&t);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rows");
	TCase *tc = tcase_create("waiting");

	tcase_add_test(tc, points);
	tcase_add_test(tc, merging);
	tcase_add_test(tc, more_metrics);
	tcase_add_test(tc, full_and_loaded);
	tcase_add_test(tc, passing);
	tcase_add_test(tc, names);
	tcase_add_test(tc, table);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
