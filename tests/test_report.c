/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/harness.h"
#include "usage/format.h"

#define TB UINT64_C(1000000000000)

/* The city's own table of 2021: phase 1, April to July. */
static struct usage_row city_rows[] = {
    {.key = "city", .period = 202104, .octets_down = 40 * TB, .octets_up = 8 * TB, .imported = 2},
    {.key = "city", .period = 202105, .octets_down = 44 * TB, .octets_up = 8 * TB, .imported = 2},
    {.key = "city", .period = 202106, .octets_down = 47 * TB, .octets_up = 9 * TB, .imported = 2},
    {.key = "city",
	.period = 202107,
	.octets_down = 40 * TB,
	.octets_up = 8 * TB,
	.imported = 1,
	.observed_s = 50,
	.possible_s = 100,
	.restarts = 2,
	.octets_lump = 5},
};

static struct usage_row two_rows[] = {
    {.key = "", .period = 202112, .octets_down = 7, .observed_s = 99, .possible_s = 100},
    {.key = "", .period = 202201, .possible_s = 100},
    {.key = "",
	.period = 202202,
	.octets_down = 9,
	.octets_up = 5,
	.observed_s = 200,
	.possible_s = 100},
    {.key = "=1+1", .period = 202112, .possible_s = 100},
    {.key = "=1+1",
	.period = 202201,
	.octets_up = 3,
	.observed_s = 999999,
	.possible_s = 1000000,
	.unsure = 1},
    {.key = "=1+1", .period = 202202, .octets_up = 6, .observed_s = 100, .possible_s = 100},
};

static struct report *
make(struct usage_row *rows, size_t n, kk_day from, kk_day to, enum usage_by by)
{
	struct usage_table t = {rows, n};
	struct report *r = NULL;

	ck_assert_int_eq(report_make(&t, from, to, by, &r), KK_OK);
	return r;
}

static struct report *
city(void)
{
	return make(city_rows, 4, 202104, 202107, USAGE_CITY);
}

static const struct {
	const char *why;
	uint64_t now, before;
	unsigned months;
	const char *want;
} growths[] = {
    {"May against April", 52 * TB, 48 * TB, 1, "8.3"},
    {"June against May", 56 * TB, 52 * TB, 1, "7.7"},
    {"July against June", 48 * TB, 56 * TB, 1, "-14.3"},
    {"the city's figure: April to June", 56 * TB, 48 * TB, 2, "8.3"},
    {"none", 48 * TB, 48 * TB, 3, "0.0"},
    {"half a tenth goes up", 100050, 100000, 1, "0.1"},
    {"just below", 1000499, 1000000, 1, "0.0"},
    {"half a tenth goes away from 0", 99950, 100000, 1, "-0.1"},
    {"from nothing", 5, 0, 1, ""},
    {"no month between", 5, 5, 0, ""},
    {"one octet in 18 exabytes", UINT64_MAX, UINT64_MAX - 1, 1, "0.0"},
    {"all", 0, UINT64_MAX, 1, "-100.0"},
    {"clamped", UINT64_MAX, 1, 1, "10000000000000000.0"},
};

START_TEST(growth)
{
	char text[32];

	ck_assert_msg(strcmp(report_figure(report_growth(growths[_i].now, growths[_i].before,
					       growths[_i].months),
				 text),
			  growths[_i].want) == 0,
	    "%s: got %s", growths[_i].why, text);
}
END_TEST

static const struct {
	uint64_t octets;
	const char *want;
} sizes[] = {
    {48 * TB, "48.0 TB"},
    {UINT64_C(51998000000000), "52.0 TB"},
    {UINT64_C(47950000000000), "48.0 TB"},
    {UINT64_C(47949999999999), "47.9 TB"},
    {UINT64_C(50000000000), "0.1 TB"},
    {UINT64_C(49999999999), "50.0 GB"},
    {1500, "1.5 kB"},
    {999, "999 B"},
    {0, "0 B"},
    {UINT64_MAX, "18446744.1 TB"},
};

START_TEST(size)
{
	char text[32];

	ck_assert_str_eq(report_octets(sizes[_i].octets, text), sizes[_i].want);
}
END_TEST

START_TEST(the_city_to_the_digit)
{
	static const char *const growth_want[] = {"", "8.3", "7.7", "-14.3"};
	static const char *const mean_want[] = {"", "8.3", "8.3", "0.0"};
	struct report *r = city();
	char text[32];

	ck_assert_uint_eq(r->n, 1);
	ck_assert_uint_eq(r->rows[0].n, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct report_month *m = &r->rows[0].months[i];

		ck_assert_str_eq(report_figure(m->growth, text), growth_want[i]);
		ck_assert_str_eq(report_figure(m->growth_mean, text), mean_want[i]);
	}
	ck_assert_uint_eq(r->rows[0].months[2].octets, 56 * TB);
	ck_assert_int_eq(r->rows[0].months[0].coverage.known, 0);
	ck_assert_uint_eq(r->rows[0].months[0].marks, REPORT_IMPORTED);
	ck_assert_uint_eq(r->rows[0].months[3].marks,
	    REPORT_PART_IMPORTED | REPORT_PARTIAL | REPORT_RESTARTS | REPORT_LUMP);
	report_free(r);
}
END_TEST

START_TEST(holes_and_coverage)
{
	struct report *r = make(two_rows, 6, 202112, 202202, USAGE_DISTRICT);
	const struct report_month *a = r->rows[0].months, *b = r->rows[1].months;
	char text[32];

	ck_assert_uint_eq(r->n, 2);
	ck_assert_str_eq(report_figure(a[0].coverage, text), "99.0");
	ck_assert_uint_eq(a[0].marks, 0);
	/* A month without a single observation is unknown, and so is growth from it and to it. */
	ck_assert_int_eq(a[1].known, 0);
	ck_assert_int_eq(a[1].growth.known, 0);
	ck_assert_int_eq(a[2].growth.known, 0);
	/* Two months since December: (14 - 7) / 7 / 2. */
	ck_assert_str_eq(report_figure(a[2].growth_mean, text), "50.0");
	ck_assert_str_eq(report_figure(a[2].coverage, text), "100.0");
	/* 99.9999 % is not called whole; the first month with octets is the one that counts. */
	ck_assert_str_eq(report_figure(b[1].coverage, text), "99.9");
	ck_assert_uint_eq(b[1].marks, REPORT_UNSURE);
	ck_assert_int_eq(b[1].growth_mean.known, 0);
	ck_assert_str_eq(report_figure(b[2].growth_mean, text), "100.0");
	report_free(r);
}
END_TEST

static char *
printed(const struct report *r, int csv, enum language lang)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(f);
	if (csv)
		report_csv(r, 1, f);
	else
		ck_assert_int_eq(report_table(r, lang, f), KK_OK);
	fclose(f);
	return text;
}

START_TEST(tables)
{
	struct report *r = city();
	char *text = printed(r, 0, LANG_EN);

	ck_assert_str_eq(text,
	    "CITY  MONTH       DOWN      UP    TOTAL   GROWTH  MEAN GROWTH  COVERAGE  MARKS\n"
	    "city  2021-04  40.0 TB  8.0 TB  48.0 TB        -            -         -  i\n"
	    "      2021-05  44.0 TB  8.0 TB  52.0 TB   +8.3 %       +8.3 %         -  i\n"
	    "      2021-06  47.0 TB  9.0 TB  56.0 TB   +7.7 %       +8.3 %         -  i\n"
	    "      2021-07  40.0 TB  8.0 TB  48.0 TB  -14.3 %        0.0 %    50.0 %  jprg\n"
	    "\n"
	    "i  imported: measured before Kkachi\n"
	    "j  imported in part: some days were measured before Kkachi\n"
	    "p  partial: not observed all the time\n"
	    "r  restarts: octets just before a reboot are unknown and not counted\n"
	    "g  gap: includes octets that came in one lump after a gap\n");
	free(text);
	text = printed(r, 0, LANG_KO);
	ck_assert_ptr_nonnull(strstr(text, "월평균 증가율"));
	ck_assert_ptr_nonnull(strstr(text, "\ni  까치 도입 전에"));
	free(text);
	report_free(r);
}
END_TEST

START_TEST(csv)
{
	struct report *r = make(two_rows, 6, 202112, 202202, USAGE_DISTRICT);
	char *text = printed(r, 1, LANG_EN);

	ck_assert_str_eq(text,
	    "\xef\xbb\xbfkey,month,octets_down,octets_up,octets,coverage_percent,imported,"
	    "growth_percent,growth_mean_percent,partial,octets_lump,restarts,unsure\r\n"
	    ",2021-12,7,0,7,99.0,no,,,no,0,0,0\r\n"
	    ",2022-01,,,,0.0,no,,,no,,,\r\n"
	    ",2022-02,9,5,14,100.0,no,,50.0,no,0,0,0\r\n"
	    "'=1+1,2021-12,,,,0.0,no,,,no,,,\r\n"
	    "'=1+1,2022-01,0,3,3,99.9,no,,,no,0,0,1\r\n"
	    "'=1+1,2022-02,0,6,6,100.0,no,100.0,100.0,no,0,0,0\r\n");
	free(text);
	report_free(r);
}
END_TEST

static const char json_head[] =
    "{\"from\":\"2021-04\",\"to\":\"2021-07\",\"by\":\"city\",\"rows\":[{\"key\":\"city\","
    "\"months\":[{\"month\":\"2021-04\",\"octets_down\":40000000000000,"
    "\"octets_up\":8000000000000,\"octets\":48000000000000,\"coverage_percent\":null,"
    "\"imported\":true,\"growth_percent\":null,\"growth_mean_percent\":null,";

START_TEST(json)
{
	struct report *r = city();
	json_t *j = report_json(r);
	char *text = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(15));

	ck_assert_ptr_nonnull(text);
	ck_assert_msg(strncmp(text, json_head, strlen(json_head)) == 0, "%s", text);
	ck_assert_ptr_nonnull(strstr(text, "\"growth_percent\":7.7,\"growth_mean_percent\":8.3"));
	ck_assert_ptr_nonnull(strstr(text, "\"growth_percent\":-14.3"));
	free(text);
	json_decref(j);
	report_free(r);
}
END_TEST

START_TEST(unknown_key)
{
	struct report *r = make(two_rows, 6, 202112, 202202, USAGE_DISTRICT);
	json_t *j = report_json(r), *row = json_array_get(json_object_get(j, "rows"), 0);

	ck_assert(json_is_null(json_object_get(row, "key")));
	ck_assert_uint_eq(json_array_size(json_object_get(row, "months")), 3);
	json_decref(j);
	report_free(r);
}
END_TEST

START_TEST(nothing)
{
	struct report *r = make(two_rows, 0, 202104, 202104, USAGE_AP);
	char *text = printed(r, 0, LANG_EN);

	ck_assert_uint_eq(r->n, 0);
	ck_assert_ptr_nonnull(strstr(text, "AP  MONTH"));
	free(text);
	report_free(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("report");
	TCase *tc = tcase_create("report");

	tcase_add_loop_test(tc, growth, 0, ROWS(growths));
	tcase_add_loop_test(tc, size, 0, ROWS(sizes));
	tcase_add_test(tc, the_city_to_the_digit);
	tcase_add_test(tc, holes_and_coverage);
	tcase_add_test(tc, tables);
	tcase_add_test(tc, csv);
	tcase_add_test(tc, json);
	tcase_add_test(tc, unknown_key);
	tcase_add_test(tc, nothing);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
