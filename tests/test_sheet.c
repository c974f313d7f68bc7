/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/harness.h"
#include "usage/sheet_out.h"

/* One column of every kind; the second row is a key that repeats, the third one knows nothing. */
static struct sheet *
sample(void)
{
	struct sheet *s = sheet_new("sample", TEXT_KEY_DISTRICT);

	sheet_about(s, "2021-07");
	sheet_column(s, "district", TEXT_KEY_DISTRICT, SHEET_KEY);
	sheet_column(s, "month", TEXT_MONTH, SHEET_DAY);
	sheet_column(s, "octets", TEXT_TOTAL, SHEET_OCTETS);
	sheet_column(s, "growth_percent", TEXT_GROWTH, SHEET_GROWTH);
	sheet_column(s, "lump", TEXT_UPLOAD, SHEET_OCTETS | SHEET_DETAIL);
	sheet_column(s, "state", TEXT_COVERAGE, SHEET_TEXT);
	sheet_text(s, "강남구");
	sheet_number(s, 202107);
	sheet_number(s, UINT64_C(48000000000000));
	sheet_mark(s, MARK_PARTIAL);
	sheet_percent(s, -143);
	sheet_mark(s, MARK_LUMP);
	sheet_number(s, 0);
	sheet_word(s, "up", TEXT_UP);
	sheet_text(s, "강남구");
	sheet_number(s, 202108);
	sheet_number(s, 7);
	sheet_percent(s, 83);
	sheet_unknown(s);
	sheet_word(s, "down", TEXT_DOWN);
	sheet_text(s, "=1+1");
	for (int i = 1; i < 6; i++)
		sheet_unknown(s);
	sheet_note(s, TEXT_UNKNOWN);
	sheet_note(s, TEXT_UNKNOWN);
	ck_assert_int_eq(sheet_error(s), KK_OK);
	return s;
}

static char *
printed(const struct sheet *s, int csv, enum language lang)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(f);
	if (csv)
		sheet_csv(s, csv == 2, f);
	else
		ck_assert_int_eq(sheet_table(s, lang, f), KK_OK);
	fclose(f);
	return text;
}

START_TEST(table)
{
	struct sheet *s = sample();
	char *text = printed(s, 0, LANG_EN);

	ck_assert_str_eq(text,
	    "DISTRICT  2021-07\n"
	    "DISTRICT  MONTH      TOTAL    GROWTH   COVERAGE  MARKS\n"
	    "강남구    2021-07  48.0 TB*  -14.3 %*  up        pg\n"
	    "          2021-08      7 B    +8.3 %   down\n"
	    "=1+1      -              -         -   -\n"
	    "\n"
	    "*  a figure that the letters limit, or that is computed with such a figure\n"
	    "p  partial: not observed all the time\n"
	    "g  gap: includes octets that came in one lump after a gap\n"
	    "unknown\n");
	free(text);
	text = printed(s, 0, LANG_KO);
	ck_assert_ptr_nonnull(strstr(text, "-14.3 %*  정상"));
	free(text);
	sheet_free(s);
}
END_TEST

START_TEST(csv)
{
	struct sheet *s = sample();
	char *text = printed(s, 2, LANG_EN);

	ck_assert_str_eq(text,
	    "\xef\xbb\xbf"
	    "district,month,octets,growth_percent,lump,state,marks,marked\r\n"
	    "강남구,2021-07,48000000000000,-14.3,0,up,partial lump,octets growth_percent\r\n"
	    "강남구,2021-08,7,8.3,,down,,\r\n"
	    "'=1+1,,,,,,,\r\n");
	free(text);
	text = printed(s, 1, LANG_EN);
	ck_assert_int_eq(strncmp(text, "district", 8), 0);
	free(text);
	sheet_free(s);
}
END_TEST

START_TEST(json)
{
	struct sheet *s = sample();
	json_t *j = sheet_json(s, LANG_EN);
	char *text = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(15));

	ck_assert_str_eq(text,
	    "{\"name\":\"sample\",\"title\":\"DISTRICT\",\"about\":\"2021-07\",\"shaded\":false,"
	    "\"columns\":[{\"key\":\"district\",\"heading\":\"DISTRICT\",\"kind\":\"key\","
	    "\"shown\":true},"
	    "{\"key\":\"month\",\"heading\":\"MONTH\",\"kind\":\"day\",\"shown\":true},"
	    "{\"key\":\"octets\",\"heading\":\"TOTAL\",\"kind\":\"octets\",\"shown\":true},"
	    "{\"key\":\"growth_percent\",\"heading\":\"GROWTH\",\"kind\":\"growth\",\"shown\":true}"
	    ","
	    "{\"key\":\"lump\",\"heading\":\"UP\",\"kind\":\"octets\",\"shown\":false},"
	    "{\"key\":\"state\",\"heading\":\"COVERAGE\",\"kind\":\"text\",\"shown\":true}],"
	    "\"rows\":["
	    "{\"district\":\"강남구\",\"month\":\"2021-07\",\"octets\":48000000000000,"
	    "\"growth_percent\":-14.3,\"lump\":0,\"state\":\"up\",\"marks\":[\"partial\",\"lump\"],"
	    "\"marked\":[\"octets\",\"growth_percent\"]}"
	    ","
	    "{\"district\":\"강남구\",\"month\":\"2021-08\",\"octets\":7,\"growth_percent\":8.3,"
	    "\"lump\":null,\"state\":\"down\",\"marks\":[],\"marked\":[]},"
	    "{\"district\":\"=1+1\",\"month\":null,\"octets\":null,\"growth_percent\":null,"
	    "\"lump\":null,\"state\":null,\"marks\":[],\"marked\":[]}],\"totals\":[],"
	    "\"notes\":[{\"note\":\"a figure that the letters limit, or that is computed with such "
	    "a figure\",\"letter\":\"*\"},{\"note\":\"partial: not observed all the "
	    "time\",\"letter\":\"p\",\"mark\":\"partial\"},{\"note\":\"gap: includes octets that "
	    "came in one lump after a "
	    "gap\",\"letter\":\"g\",\"mark\":\"lump\"},{\"note\":\"unknown\"}]}");
	free(text);
	json_decref(j);
	sheet_free(s);
}
END_TEST

static const struct {
	enum sheet_kind kind;
	int negative;
	uint64_t number;
	const char *say, *exact;
} numbers[] = {
    {SHEET_COUNT, 0, 0, "0", "0"},
    {SHEET_COUNT, 0, 999, "999", "999"},
    {SHEET_COUNT, 0, 18450, "18,450", "18450"},
    {SHEET_COUNT, 1, 1234567, "-1,234,567", "-1234567"},
    {SHEET_COUNT, 0, UINT64_MAX, "18,446,744,073,709,551,615", "18446744073709551615"},
    {SHEET_OCTETS, 0, UINT64_C(52000000000000), "52.0 TB", "52000000000000"},
    {SHEET_OCTETS, 1, 1500, "-1.5 kB", "-1500"},
    {SHEET_RATE, 0, 313000000, "313.0 Mbit/s", "313000000"},
    {SHEET_PERCENT, 0, 999, "99.9 %", "99.9"},
    {SHEET_PERCENT, 1, 5, "-0.5 %", "-0.5"},
    {SHEET_GROWTH, 0, 83, "+8.3 %", "8.3"},
    {SHEET_GROWTH, 0, 0, "0.0 %", "0.0"},
    {SHEET_WON, 0, 316800000, "₩316,800,000", "316800000"},
    {SHEET_WON, 1, 1, "-₩1", "-1"},
    {SHEET_METRES, 0, 1000, "1,000 m", "1000"},
    {SHEET_KM2, 0, 2391, "23.91 km²", "23.91"},
    {SHEET_KM2, 0, 4700, "47.00 km²", "47.00"},
    {SHEET_DAY, 0, 20210731, "2021-07-31", "2021-07-31"},
    {SHEET_DAY, 0, 202107, "2021-07", "2021-07"},
    {SHEET_DAY, 0, 2021, "2021", "2021"},
};

START_TEST(number)
{
	struct sheet_column column = {"n", TEXT_TOTAL, numbers[_i].kind, 0};
	struct sheet_cell c = {
	    .state = CELL_NUMBER, .negative = numbers[_i].negative, .number = numbers[_i].number};
	char text[SHEET_SAY];

	ck_assert_str_eq(sheet_say(&column, &c, LANG_KO, text), numbers[_i].say);
	ck_assert_str_eq(sheet_exact(&column, &c, text), numbers[_i].exact);
}
END_TEST

START_TEST(mistakes)
{
	struct sheet *s = sheet_new("bad", TEXT_TOTAL);

	ck_assert_int_eq(sheet_error(NULL), KK_E_NOMEM);
	ck_assert_int_eq(sheet_error(s), KK_E_RANGE); /* no column */
	sheet_column(s, "a", TEXT_TOTAL, SHEET_COUNT);
	sheet_column(s, "b", TEXT_TOTAL, SHEET_COUNT);
	ck_assert_int_eq(sheet_error(s), KK_OK);
	sheet_number(s, 1);
	ck_assert_int_eq(sheet_error(s), KK_E_RANGE); /* a row that lacks a cell */
	sheet_number(s, 2);
	ck_assert_int_eq(sheet_error(s), KK_OK);
	ck_assert_uint_eq(sheet_rows(s), 1);
	sheet_column(s, "late", TEXT_TOTAL, SHEET_COUNT);
	ck_assert_int_eq(sheet_error(s), KK_E_RANGE);
	sheet_free(s);
	sheet_number(NULL, 1); /* a sheet that could not be made takes everything */
	sheet_text(NULL, "x");
	sheet_free(NULL);
}
END_TEST

START_TEST(details)
{
	struct sheet *s = sheet_new("detail", TEXT_TOTAL);
	char *text;

	sheet_column(s, "a", TEXT_TOTAL, SHEET_COUNT);
	sheet_column(s, "b", TEXT_UPLOAD, SHEET_COUNT | SHEET_DETAIL);
	sheet_number(s, 1);
	sheet_number(s, 0);
	text = printed(s, 0, LANG_EN);
	ck_assert_ptr_null(strstr(text, "UP"));
	free(text);
	sheet_number(s, 1);
	sheet_number(s, 3);
	text = printed(s, 0, LANG_EN);
	ck_assert_ptr_nonnull(strstr(text, "UP"));
	free(text);
	sheet_free(s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sheet");
	TCase *tc = tcase_create("sheet");

	tcase_add_test(tc, table);
	tcase_add_test(tc, csv);
	tcase_add_test(tc, json);
	tcase_add_loop_test(tc, number, 0, ROWS(numbers));
	tcase_add_test(tc, mistakes);
	tcase_add_test(tc, details);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
