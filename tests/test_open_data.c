/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/open_data.h"

#include "lib/zone.h"
#include "rrd/distinct.h"
#include "tests/records.h"
#include "usage/sheet_out.h"

#define T0 INT64_C(1625065200) /* 2021-07-01 00:00 in Seoul */

static char dir[64];
static struct db *db;
static struct diag diag;
static struct conf conf;

/* Addresses of every kind, none of which may come out. */
static const char city[] = "id,district,site,mac,host,controller,address\n"
			   "A,강남구,공원,02:00:5e:10:00:01,192.0.2.1,,서울로 "
			   "1\nB,강남구,공원,02:00:5e:10:00:02,192.0.2.2,,서울로 1\n"
			   "C,강남구,시장,02:00:5e:10:00:03,192.0.2.3,,서울로 "
			   "2\nD,중구,거리,02:00:5e:10:00:04,192.0.2.4,,서울로 3\n"
			   "E,중구,역,02:00:5e:10:00:05,192.0.2.5,,서울로 "
			   "4\nF,종로구,궁,02:00:5e:10:00:06,192.0.2.6,,서울로 5\n";

static void
setup(void)
{
	static const char days[] =
	    "day,id,octets_down,octets_up\n2021-07-01,A,1001,0\n2021-07-01,B,2002,0\n"
	    "2021-07-01,C,3003,0\n2021-07-01,D,4004,0\n2021-07-01,E,5005,0\n"
	    "2021-07-01,F,6006,0\n";

	conf_defaults(&conf);
	db = records_open(dir);
	records_inventory(db, city, T0 - 86400, 0);
	records_days_taken(db, dir, days, 0);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

/* People of A .. F on two days; -1: nobody counted. */
static void
people(const int64_t (*counts)[6])
{
	for (int day = 0; day < 2; day++)
		for (uint32_t i = 0; i < 6; i++) {
			struct distinct_row r = {.day = 20210705 + day,
			    .scope = DISTINCT_AP,
			    .device = i + 1,
			    .clients = counts[day][i],
			    .whole = 1};

			if (r.clients >= 0)
				ck_assert_msg(
				    distinct_put(db, &r, 1, &diag) == KK_OK, "%s", diag.text);
		}
}

static char *
csv(enum usage_by by)
{
	struct usage_query q = {.by = by, .from = 202107, .to = 202107, .now_s = T0 + 40 * 86400};
	struct sheet *s = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	ck_assert_msg(open_data_sheet(&conf, db, &q, &s, &diag) == KK_OK, "%s", diag.text);
	sheet_csv(s, 0, f);
	fclose(f);
	sheet_free(s);
	return text;
}

static const struct {
	const char *why;
	int64_t counts[2][6]; /* A and B are the park, C the market, D the street, E the station, F
				 the palace */
	enum usage_by by;
	const char *hidden; /* octets that must be missing; all others must be there */
} rows[] = {
    {"nobody counts", {{-1, -1, -1, -1, -1, -1}, {-1, -1, -1, -1, -1, -1}}, USAGE_AP, ""},
    {"many people everywhere", {{9, 9, 9, 9, 9, 9}, {9, 9, 9, 9, 9, 9}}, USAGE_AP, ""},
    {"few in the park: its other one goes too, and no more",
	{{4, 20, 9, 9, 9, 9}, {0, 20, 9, 9, 9, 9}}, USAGE_AP, "1001 2002 3003"},
    {"few at one time, many at another", {{4, 20, 9, 9, 9, 9}, {5, 20, 9, 9, 9, 9}}, USAGE_AP, ""},
    {"few on the street: the station goes too", {{9, 9, 9, 1, 9, 9}, {9, 9, 9, 1, 9, 9}}, USAGE_AP,
	"4004 5005"},
    {"few in a palace that is alone", {{9, 9, 9, 9, 9, 2}, {9, 9, 9, 9, 9, 2}}, USAGE_AP, "6006"},
    {"a site with few", {{9, 9, 9, 1, 9, 9}, {9, 9, 9, 1, 9, 9}}, USAGE_SITE, "4004 5005"},
    {"a site with one that has few and one that has many",
	{{4, 20, 9, 9, 9, 9}, {4, 20, 9, 9, 9, 9}}, USAGE_SITE, ""},
};

START_TEST(hidden)
{
	static const char *const octets[2][6] = {{"1001", "2002", "3003", "4004", "5005", "6006"},
	    {"3003", "3003", "3003", "4004", "5005", "6006"}};
	char *text;

	people(rows[_i].counts);
	text = csv(rows[_i].by);
	for (int i = 0; i < 6; i++) {
		const char *o = octets[rows[_i].by == USAGE_SITE][i];
		int gone = strstr(rows[_i].hidden, o) != NULL;

		ck_assert_msg(
		    (strstr(text, o) == NULL) == gone, "%s: %s\n%s", rows[_i].why, o, text);
	}
	free(text);
}
END_TEST

START_TEST(no_addresses)
{
	static const char *const never[] = {"02:00:5e", "02005e", "192.0.2", "서울로"};
	static const enum usage_by all[] = {USAGE_CITY, USAGE_DISTRICT, USAGE_SITE, USAGE_AP};
	static const int64_t counts[2][6] = {{13, 20, 9, 9, 9, 9}, {12, 20, 9, 9, 9, 9}};

	people(counts);
	for (size_t i = 0; i < 4; i++) {
		char *text = csv(all[i]);

		for (size_t k = 0; k < 4; k++)
			ck_assert_msg(strstr(text, never[k]) == NULL, "%s", text);
		/* A count is rounded: 13 is 15. */
		if (all[i] == USAGE_AP)
			ck_assert_ptr_nonnull(
			    strstr(text, "A,2021-07,강남구,공원,1001,0,1001,,15,imported"));
		free(text);
	}
}
END_TEST

START_TEST(columns)
{
	struct sheet *s = open_data_columns();
	struct usage_query q = {.by = USAGE_AP, .from = 202107, .to = 202107};
	struct sheet *data = NULL;
	int documented;

	ck_assert_int_eq(sheet_error(s), KK_OK);
	ck_assert_int_eq(open_data_sheet(&conf, db, &q, &data, &diag), KK_OK);
	for (size_t i = 0; i < sheet_columns(data); i++) {
		documented = 0;
		for (size_t k = 0; k < sheet_rows(s); k++)
			documented |= strcmp(sheet_cell_at(s, k, 0)->text,
					  sheet_column_at(data, i)->key) == 0;
		ck_assert_msg(documented, "%s", sheet_column_at(data, i)->key);
	}
	sheet_free(s);
	sheet_free(data);
	q.by = USAGE_PHASE;
	ck_assert_int_eq(open_data_sheet(&conf, db, &q, &data, &diag), KK_E_RANGE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("open_data");
	TCase *tc = tcase_create("open_data");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, hidden, 0, ROWS(rows));
	tcase_add_test(tc, no_addresses);
	tcase_add_test(tc, columns);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
