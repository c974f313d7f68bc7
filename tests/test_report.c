/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/harness.h"
#include "usage/report_sheet.h"
#include "usage/sheet_out.h"

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
make(struct usage_row *rows, size_t n, struct usage_query q)
{
	struct usage_table t = {rows, n};
	struct report *r = NULL;

	ck_assert_int_eq(report_make(&t, &q, &r), KK_OK);
	return r;
}

static struct report *
city(void)
{
	return make(
	    city_rows, 4, (struct usage_query){.by = USAGE_CITY, .from = 202104, .to = 202107});
}

static struct report *
two(void)
{
	return make(
	    two_rows, 6, (struct usage_query){.by = USAGE_DISTRICT, .from = 202112, .to = 202202});
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

	ck_assert_msg(strcmp(figure_text(figure_growth(growths[_i].now, growths[_i].before,
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

	ck_assert_str_eq(figure_octets(sizes[_i].octets, text), sizes[_i].want);
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
		const struct report_cell *m = &r->rows[0].cells[i];

		ck_assert_str_eq(figure_text(m->growth, text), growth_want[i]);
		ck_assert_str_eq(figure_text(m->growth_mean, text), mean_want[i]);
	}
	ck_assert_uint_eq(r->rows[0].cells[2].octets, 56 * TB);
	ck_assert_int_eq(r->rows[0].cells[0].coverage.known, 0);
	ck_assert_uint_eq(r->rows[0].cells[0].marks, MARK_IMPORTED);
	ck_assert_uint_eq(r->rows[0].cells[3].marks,
	    MARK_PART_IMPORTED | MARK_PARTIAL | MARK_RESTARTS | MARK_LUMP);
	report_free(r);
}
END_TEST

START_TEST(holes_and_coverage)
{
	struct report *r = two();
	const struct report_cell *a = r->rows[0].cells, *b = r->rows[1].cells;
	char text[32];

	ck_assert_uint_eq(r->n, 2);
	ck_assert_str_eq(figure_text(a[0].coverage, text), "99.0");
	ck_assert_uint_eq(a[0].marks, 0);
	/* A month without a single observation is unknown, and so is growth from it and to it. */
	ck_assert_int_eq(a[1].known, 0);
	ck_assert_int_eq(a[1].growth.known, 0);
	ck_assert_int_eq(a[2].growth.known, 0);
	/* Two months since December: (14 - 7) / 7 / 2. */
	ck_assert_str_eq(figure_text(a[2].growth_mean, text), "50.0");
	ck_assert_str_eq(figure_text(a[2].coverage, text), "100.0");
	/* 99.9999 % is not called whole; the first month with octets is the one that counts. */
	ck_assert_str_eq(figure_text(b[1].coverage, text), "99.9");
	ck_assert_uint_eq(b[1].marks, MARK_UNSURE);
	ck_assert_int_eq(b[1].growth_mean.known, 0);
	ck_assert_str_eq(figure_text(b[2].growth_mean, text), "100.0");
	report_free(r);
}
END_TEST

static char *
printed(const struct report *r, int csv, enum language lang)
{
	struct sheet *sheet = report_sheet(r);
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(sheet_error(sheet), KK_OK);
	if (csv)
		sheet_csv(sheet, 1, f);
	else
		ck_assert_int_eq(sheet_table(sheet, lang, f), KK_OK);
	fclose(f);
	sheet_free(sheet);
	return text;
}

START_TEST(tables)
{
	struct report *r = city();
	char *text = printed(r, 0, LANG_EN);

	ck_assert_str_eq(text,
	    "Octets of the city  2021-04 – 2021-07\n"
	    "CITY  MONTH       DOWN       UP     TOTAL    GROWTH   MEAN GROWTH   COVERAGE  LUMP  "
	    "RESTARTS  MARKS\n"
	    "city  2021-04  40.0 TB*  8.0 TB*  48.0 TB*        -             -          -   0 B    "
	    "     0  i\n"
	    "      2021-05  44.0 TB*  8.0 TB*  52.0 TB*   +8.3 %*       +8.3 %*         -   0 B    "
	    "     0  i\n"
	    "      2021-06  47.0 TB*  9.0 TB*  56.0 TB*   +7.7 %*       +8.3 %*         -   0 B    "
	    "     0  i\n"
	    "      2021-07  40.0 TB*  8.0 TB*  48.0 TB*  -14.3 %*        0.0 %*    50.0 %   5 B    "
	    "     2  jprg\n"
	    "\n"
	    "*  a figure that the letters limit, or that is computed with such a figure\n"
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
	struct report *r = two();
	char *text = printed(r, 1, LANG_EN);

	ck_assert_str_eq(text,
	    "\xef\xbb\xbf"
	    "key,month,octets_down,octets_up,octets_undirected,octets,share_percent,growth_percent,"
	    "growth_year_percent,growth_mean_percent,aps,coverage_percent,octets_lump,restarts,"
	    "unsure,octets_after,marks,marked\r\n"
	    ",2021-12,7,0,0,7,100.0,,,,,99.0,0,0,0,0,,\r\n"
	    ",2022-01,,,,,,,,,,0.0,,,,0,,\r\n"
	    ",2022-02,9,5,0,14,70.0,,,50.0,,100.0,0,0,0,0,,\r\n"
	    "'=1+1,2021-12,,,,,,,,,,0.0,,,,0,,\r\n"
	    "'=1+1,2022-01,0,3,0,3,100.0,,,,,99.9,0,0,1,0,unsure,octets_down octets_up octets "
	    "share_percent\r\n"
	    "'=1+1,2022-02,0,6,0,6,30.0,100.0,,100.0,,100.0,0,0,0,0,,growth_percent "
	    "growth_mean_percent\r\n");
	free(text);
	report_free(r);
}
END_TEST

START_TEST(totals)
{
	struct report *r = two();
	char *text = printed(r, 0, LANG_EN);

	ck_assert_str_eq(text,
	    "Octets by district  2021-12 – 2022-02\n"
	    "DISTRICT  MONTH    DOWN     UP   TOTAL     SHARE     GROWTH   MEAN "
	    "GROWTH   COVERAGE  UNSURE  MARKS\n"
	    "-         2021-12   7 B    0 B     7 B   100.0 %          -        "
	    "     -     99.0 %       0\n"
	    "-         2022-01     -      -       -         -          -        "
	    "     -      0.0 %       -\n"
	    "-         2022-02   9 B    5 B    14 B    70.0 %          -       "
	    "+50.0 %    100.0 %       0\n"
	    "=1+1      2021-12     -      -       -         -          -        "
	    "     -      0.0 %       -\n"
	    "          2022-01   0 B*   3 B*    3 B*  100.0 %*         -        "
	    "     -     99.9 %       1  u\n"
	    "          2022-02   0 B    6 B     6 B    30.0 %   +100.0 %*     "
	    "+100.0 %*   100.0 %       0\n"
	    "total     2021-12   7 B*   0 B*    7 B*        -          -        "
	    "     -     49.5 %       0  p\n"
	    "          2022-01   0 B*   3 B*    3 B*        -    -57.1 %*      "
	    "-57.1 %*    99.9 %       1  u\n"
	    "          2022-02   9 B   11 B    20 B         -   +566.7 %*      "
	    "+92.9 %*   100.0 %       0\n"
	    "\n"
	    "*  a figure that the letters limit, or that is computed with such a figure\n"
	    "p  partial: not observed all the time\n"
	    "u  unsure: a 32-bit counter may have wrapped more than once\n");
	free(text);
	report_free(r);
}
END_TEST

/* Two years of one key and of another that came later; asked is the second year only. */
static struct usage_row years[48];

static struct report *
second_year(void)
{
	for (size_t i = 0; i < 48; i++)
		years[i] = (struct usage_row){.key = i < 24 ? "a" : "b",
		    .period = zone_month_add(202001, (int)(i % 24)),
		    .octets_down = i < 24   ? 100 + i
				   : i < 30 ? 0
					    : 1000,
		    .observed_s = i < 24 || i >= 30,
		    .possible_s = 1,
		    .unsure = i == 11};
	return make(years, 48, (struct usage_query){.by = USAGE_AP, .from = 202101, .to = 202112});
}

START_TEST(a_year_before)
{
	struct report *r = second_year();
	const struct report_cell *a = r->rows[0].cells, *b = r->rows[1].cells;
	char text[32];

	ck_assert_uint_eq(r->rows[0].n, 12);
	ck_assert_int_eq(a[0].period, 202101);
	/* Against December, which is not shown, and whose mark makes the figure doubtful. */
	ck_assert_str_eq(figure_text(a[0].growth, text), "0.9");
	ck_assert_int_eq(a[0].growth_doubt, 1);
	ck_assert_int_eq(a[1].growth_doubt, 0);
	ck_assert_str_eq(figure_text(a[0].growth_year, text), "12.0");
	ck_assert_int_eq(a[0].growth_mean.known, 0);
	ck_assert_str_eq(figure_text(b[5].growth_year, text), "");
	ck_assert_str_eq(figure_text(b[6].growth_year, text), "0.0");
	ck_assert_uint_eq(r->total.n, 12);
	ck_assert_uint_eq(r->total.cells[0].octets, 1112);
	ck_assert_str_eq(figure_text(a[0].share, text), "10.1");
	ck_assert_str_eq(figure_text(b[0].share, text), "89.9");
	report_free(r);
}
END_TEST

START_TEST(ranks)
{
	struct report *r = second_year();

	report_rank(r, 1, 0);
	ck_assert_uint_eq(r->n, 1);
	ck_assert_str_eq(r->rows[0].key, "b");
	ck_assert_uint_eq(r->total.cells[0].octets, 1112); /* still of all */
	report_free(r);
	r = second_year();
	report_rank(r, 1, 1);
	ck_assert_str_eq(r->rows[0].key, "a");
	report_free(r);
	r = make(two_rows, 2, (struct usage_query){.by = USAGE_AP, .from = 202201, .to = 202201});
	report_rank(r, 5, 1); /* what nobody measured is not the least */
	ck_assert_uint_eq(r->n, 0);
	report_free(r);
}
END_TEST

static const struct {
	const char *why;
	enum usage_period period;
	kk_day name;
	int64_t now_s;
	int running;
} ends[] = {
    {"the last second of July in Seoul", USAGE_MONTHS, 202107, 1627743599, 1},
    {"August has begun", USAGE_MONTHS, 202107, 1627743600, 0},
    {"the same of the day", USAGE_DAYS, 20210731, 1627743599, 1},
    {"the day is over", USAGE_DAYS, 20210731, 1627743600, 0},
    {"the last second of 2021", USAGE_YEARS, 2021, 1640962799, 1},
    {"2022 has begun", USAGE_YEARS, 2021, 1640962800, 0},
};

START_TEST(running)
{
	struct usage_row row = {.key = "city", .period = ends[_i].name, .octets_down = 1};
	struct report *r;

	ck_assert_int_eq(zone_use("Asia/Seoul", NULL), KK_OK);
	r = make(&row, 1,
	    (struct usage_query){.period = ends[_i].period,
		.from = ends[_i].name,
		.to = ends[_i].name,
		.now_s = ends[_i].now_s});
	ck_assert_msg(
	    (r->rows[0].cells[0].marks == MARK_RUNNING) == ends[_i].running, "%s", ends[_i].why);
	report_free(r);
}
END_TEST

static const struct {
	const char *why;
	struct usage_row row;
	unsigned marks;
} marked[] = {
    {"nothing", {.observed_s = 100, .possible_s = 100}, 0},
    {"nearly all the time", {.observed_s = 99, .possible_s = 100}, 0},
    {"not all the time", {.observed_s = 98, .possible_s = 100}, MARK_PARTIAL},
    {"imported", {.imported = 2, .octets_up = 1}, MARK_IMPORTED},
    {"imported in part", {.imported = 1, .octets_up = 1}, MARK_PART_IMPORTED},
    {"spread", {.imported = 2, .spread = 1}, MARK_IMPORTED | MARK_SPREAD},
    {"late", {.octets_up = 1, .after_up = 3}, MARK_LATE},
    {"taken away late", {.octets_up = 1, .after_down = -3}, MARK_LATE},
    {"a reboot", {.restarts = 1}, MARK_RESTARTS},
    {"unknown", {.possible_s = 100}, 0},
};

START_TEST(mark)
{
	struct usage_row row = marked[_i].row;
	struct report *r;

	row.key = "city";
	row.period = 202107;
	r = make(&row, 1, (struct usage_query){.from = 202107, .to = 202107});
	ck_assert_msg(r->rows[0].cells[0].marks == marked[_i].marks, "%s: %u", marked[_i].why,
	    r->rows[0].cells[0].marks);
	report_free(r);
}
END_TEST

static const char json_head[] =
    "{\"from\":\"2021-04\",\"to\":\"2021-07\",\"by\":\"city\",\"per\":\"month\",\"source\":null,"
    "\"rows\":[{\"key\":"
    "\"city\","
    "\"months\":[{\"month\":\"2021-04\",\"octets_down\":40000000000000,"
    "\"octets_up\":8000000000000,\"octets_undirected\":0,\"octets\":48000000000000,"
    "\"growth_percent\":null,\"growth_year_percent\":null,\"growth_mean_percent\":null,"
    "\"aps\":null,\"coverage_percent\":null,\"octets_lump\":0,\"restarts\":0,\"unsure\":0,"
    "\"octets_after\":0,\"marks\":[\"imported\"],\"marked\":[\"octets_down\",\"octets_up\","
    "\"octets\"],\"imported\":true},";

START_TEST(json)
{
	struct report *r = city();
	json_t *j = report_json(r, LANG_EN);
	char *text = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(15));

	ck_assert_ptr_nonnull(text);
	ck_assert_msg(strncmp(text, json_head, strlen(json_head)) == 0, "%s", text);
	ck_assert_ptr_nonnull(strstr(text, "\"growth_percent\":7.7,"));
	ck_assert_ptr_nonnull(strstr(text, "\"growth_percent\":-14.3"));
	ck_assert_ptr_nonnull(strstr(text, "\"total\":{\"months\":[]}"));
	free(text);
	json_decref(j);
	report_free(r);
}
END_TEST

START_TEST(unknown_key)
{
	struct report *r = two();
	json_t *j = report_json(r, LANG_EN), *row = json_array_get(json_object_get(j, "rows"), 0);

	ck_assert(json_is_null(json_object_get(row, "key")));
	ck_assert_uint_eq(json_array_size(json_object_get(row, "months")), 3);
	ck_assert_uint_eq(
	    json_array_size(json_object_get(json_object_get(j, "total"), "months")), 3);
	json_decref(j);
	report_free(r);
}
END_TEST

START_TEST(nothing)
{
	struct report *r =
	    make(two_rows, 0, (struct usage_query){.by = USAGE_AP, .from = 202104, .to = 202104});
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
	tcase_add_test(tc, totals);
	tcase_add_test(tc, a_year_before);
	tcase_add_test(tc, ranks);
	tcase_add_loop_test(tc, running, 0, ROWS(ends));
	tcase_add_loop_test(tc, mark, 0, ROWS(marked));
	tcase_add_test(tc, json);
	tcase_add_test(tc, unknown_key);
	tcase_add_test(tc, nothing);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
