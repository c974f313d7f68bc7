/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_shows.c - peaks, density, cost, concentration and the week, of a small city whose hours are
 * known. */
#include "usage/shows.h"

#include "lib/daykey_wire.h"
#include "lib/sketch.h"
#include "lib/zone.h"
#include "rrd/archive/archive.h"
#include "rrd/archive/roster.h"
#include "rrd/distinct.h"
#include "tests/fleet.h"
#include "tests/records.h"
#include "usage/sheet_out.h"

#define DAY  86400
#define DAYS 3

static char dir[64];
static struct conf conf;
static struct db *db;
static struct diag diag;

static const char city[] =
    "id,district,site,phase\nA,강남구,공원,1\nB,강남구,시장,1\nC,중구,거리,2\n";
static const char days[] = "day,id,octets_down,octets_up\n"
			   "2021-07-01,A,1000000000000,0\n2021-07-02,A,2000000000000,500\n"
			   "2021-07-01,B,3000000000000,0\n2021-07-03,C,4000000000000,0\n";

/* The city's second day is a lower bound only. */
static const struct distinct_row people[] = {
    {.day = 20210701, .scope = DISTINCT_CITY, .clients = 100, .whole = 1},
    {.day = 20210702, .scope = DISTINCT_CITY, .clients = 201},
    {.day = 20210702, .scope = DISTINCT_DISTRICT, .district = "강남구", .clients = 60, .whole = 1},
    {.day = 20210702, .scope = DISTINCT_AP, .device = 1, .clients = 9, .whole = 1},
};

static void
write_city(void)
{
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &diag) == KK_OK, "%s", diag.text);
	records_inventory(db, city, FLEET_T0 - DAY, 0);
	records_days_taken(db, dir, days, 0);
	ck_assert_msg(distinct_put(db, people, 4, &diag) == KK_OK, "%s", diag.text);
}

/* Octets a second in an hour of the three days: as much as the hour's number, 1000 in the evening,
 * and once more. */
static int64_t
rate(int hour)
{
	if (hour == 24 + 21)
		return 9000;
	return hour % 24 == 20 ? 1000 : hour % 24;
}

/* A's archive, and those of its areas: minute by minute. */
static void
write_archives(void)
{
	struct inventory *inv;
	struct archive *a;
	struct roster *r;
	const struct device *all;
	int64_t down = 0;
	size_t n;

	ck_assert_int_eq(inventory_read(db, &inv, &diag), KK_OK);
	all = inventory_all(inv, &n);
	ck_assert_int_eq(archive_open(&conf, &a, &diag), KK_OK);
	ck_assert_int_eq(roster_make(all, n, &r), KK_OK);
	ck_assert_int_eq(archive_roster(a, r), KK_OK);
	for (int64_t m = 0; m <= DAYS * 1440; m++) {
		const struct sink *k = archive_sink(a);
		struct sample s = fleet_sample(all[0].num, FLEET_T0 + m * 60);

		s.source = (uint8_t)all[0].account;
		if (m > 0)
			down += 60 * rate((int)((m - 1) / 60));
		sample_set(&s, METRIC_OCTETS_DOWN, down);
		sample_set(&s, METRIC_OCTETS_UP, 7);
		sample_set(&s, METRIC_CLIENTS, 30);
		ck_assert_int_eq(
		    k->take(k->ctx, &s, 1, (struct cursor){1, (uint64_t)m + 1}), KK_OK);
	}
	archive_close(a);
	inventory_free(inv);
}

static void
setup(void)
{
	ck_assert_int_eq(zone_use("Asia/Seoul", NULL), KK_OK);
	harness_dir(dir);
	conf = fleet_conf(dir, 60);
	conf.usage.won_per_gb = 6600;
	write_city();
	write_archives();
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

static char *
csv(struct ask a)
{
	struct sheet *s = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	a.q.now_s = FLEET_T0 + DAYS * DAY;
	if (a.q.from == 0)
		a.q.from = a.q.to = 202107;
	ck_assert_msg(ask_sheet(&conf, db, &a, &s, &diag) == KK_OK, "%s", diag.text);
	sheet_csv(s, 0, f);
	sheet_free(s);
	fclose(f);
	return text;
}

/* The line of a sheet that begins with a key, without its end. */
static char *
line_of(char *text, const char *begin)
{
	size_t len = strlen(begin);
	char *rest = NULL;

	for (char *l = strtok_r(text, "\r\n", &rest); l != NULL; l = strtok_r(NULL, "\r\n", &rest))
		if (strncmp(l, begin, len) == 0)
			return l;
	return NULL;
}

static const struct {
	const char *why;
	struct ask ask;
	unsigned cost_per_tb, cost_per_ap;
	const char *begin, *want; /* the line that begins so */
} rows[] = {
    {"the city's peaks", {.show = ASK_PEAKS}, 0, 0, "city",
	"city,2021-07,,2021-07-01,4000000000000,2021-07-02 21:00,70933,7869,21–22,30,100.0,151,"
	"imported partial,peak_day peak_day_octets users_a_day"},
    {"a district's", {.show = ASK_PEAKS, .q.by = USAGE_DISTRICT}, 0, 0, "강남구",
	"강남구,2021-07,,2021-07-01,4000000000000,2021-07-02 21:00,70933,7869,21–22,30,100.0,60,"
	"imported,peak_day peak_day_octets"},
    {"a district without an archive", {.show = ASK_PEAKS, .q.by = USAGE_DISTRICT}, 0, 0, "중구",
	"중구,2021-07,,2021-07-03,4000000000000,,,,,,,,imported,peak_day peak_day_octets"},
    {"an access point's", {.show = ASK_PEAKS, .q.by = USAGE_AP}, 0, 0, "A",
	"A,2021-07,,2021-07-02,2000000000500,2021-07-02 21:00,72000,8000,21–22,30,100.0,9,"
	"imported,peak_day peak_day_octets"},
    {"a day's", {.show = ASK_PEAKS, .q = {.period = USAGE_DAYS, .from = 20210702, .to = 20210702}},
	0, 0, "city",
	"city,2021-07-02,,2021-07-02,2000000000500,2021-07-02 21:00,70933,7869,21–22,30,100.0,201,"
	"imported partial,peak_day peak_day_octets users_a_day"},
    {"no archives of phases", {.show = ASK_PEAKS, .q.by = USAGE_PHASE}, 0, 0, "1",
	"1,2021-07,,2021-07-01,4000000000000,,,,,,,,imported,peak_day peak_day_octets"},
    {"the city's density", {.show = ASK_DENSITY}, 0, 0, "city",
	"city,2021-07,10000000000500,,3,3333333333500,605.24,16522371292,imported running,octets "
	"octets_per_ap octets_per_km2"},
    {"a district's", {.show = ASK_DENSITY, .q.by = USAGE_DISTRICT}, 0, 0, "중구",
	"중구,2021-07,4000000000000,,1,4000000000000,9.96,401606425703,imported running,octets "
	"octets_per_ap octets_per_km2"},
    {"a phase has no area", {.show = ASK_DENSITY, .q.by = USAGE_PHASE}, 0, 0, "2",
	"2,2021-07,4000000000000,,1,4000000000000,,,imported running,octets octets_per_ap"},
    {"saved charges", {.show = ASK_COST, .q.by = USAGE_DISTRICT}, 0, 0, "강남구",
	"강남구,2021-07,6000000000500,,39600000,,,imported running,octets saved_won"},
    {"cost by octets", {.show = ASK_COST, .q.by = USAGE_DISTRICT}, 500000, 0, "강남구",
	"강남구,2021-07,6000000000500,,39600000,3000000,500000,imported running,octets saved_won "
	"cost_won won_per_tb"},
    {"and by access points", {.show = ASK_COST, .q.by = USAGE_DISTRICT}, 500000, 9000, "강남구",
	"강남구,2021-07,6000000000500,,39600000,3018000,503000,imported running,octets saved_won "
	"cost_won won_per_tb"},
    {"a day of it is not told",
	{.show = ASK_COST, .q = {.period = USAGE_DAYS, .from = 20210701, .to = 20210701}}, 0, 9000,
	"city", "city,2021-07-01,4000000000000,,26400000,,,imported,octets saved_won"},
    {"concentration", {.show = ASK_CONCENTRATION, .q.by = USAGE_DISTRICT}, 0, 0, "2021-07",
	"2021-07,10000000000500,,3,3000000000500,4000000000000,4000000000000,4000000000000,40.0,40."
	"0,"
	"imported running,octets median_octets p90_octets p99_octets most_octets top_1_percent "
	"top_10_percent"},
    /* An area's point comes with the next minute: a 60th of each hour is its neighbour's. July 1
       was a Thursday: 3 days are known of a month that is 3 days old. */
    {"the week", {.show = ASK_HOURS}, 0, 0, "20", "20–21,,,,7869,7869,7869,,,"},
    {"the week, at the peak", {.show = ASK_HOURS}, 0, 0, "21", "21–22,,,,299,70933,299,,,"},
    {"of a district without an archive", {.show = ASK_HOURS, .q.district = "중구"}, 0, 0, "20",
	"20–21,,,,,,,,,"},
};

/* What is said of an estimate's error is what its sketch has. */
START_TEST(error_of_users)
{
	unsigned part = sketch_error_permille(DAYKEY_AP_BITS),
		 all = sketch_error_permille(DAYKEY_ALL_BITS);
	struct ask a = {
	    .show = ASK_PEAKS, .q = {.from = 202107, .to = 202107, .now_s = FLEET_T0 + DAYS * DAY}};
	struct sheet *s = NULL;
	char want[80], *text;
	json_t *json;

	ck_assert_msg(ask_sheet(&conf, db, &a, &s, &diag) == KK_OK, "%s", diag.text);
	json = sheet_json(s, LANG_EN);
	text = json_dumps(json, 0);
	snprintf(want, sizeof(want), "(standard error of a day %u.%u %%, of the city %u.%u %%)",
	    part / 10, part % 10, all / 10, all % 10);
	ck_assert_msg(strstr(text, want) != NULL, "%s is not in:\n%s", want, text);
	free(text);
	json_decref(json);
	sheet_free(s);
}
END_TEST

START_TEST(row)
{
	char *text, *line;

	conf.usage.cost_per_tb = rows[_i].cost_per_tb;
	conf.usage.cost_per_ap = rows[_i].cost_per_ap;
	text = csv(rows[_i].ask);
	line = line_of(text, rows[_i].begin);
	ck_assert_msg(line != NULL && strcmp(line, rows[_i].want) == 0, "%s:\n%s\n%s", rows[_i].why,
	    line, rows[_i].want);
	free(text);
}
END_TEST

/* For a look at them: KK_KEEP_GRAPHS names a folder. */
static void
keep(const struct book *b, const char *html, size_t len)
{
	const char *folder = getenv("KK_KEEP_GRAPHS");
	char path[256];
	FILE *f;

	if (folder == NULL)
		return;
	snprintf(path, sizeof(path), "%s/report.html", folder);
	f = fopen(path, "w");
	fwrite(html, 1, len, f);
	fclose(f);
	snprintf(path, sizeof(path), "%s/report.xlsx", folder);
	ck_assert_int_eq(book_xlsx(b, LANG_KO, path, &diag), KK_OK);
}

START_TEST(book)
{
	struct ask a = {
	    .q = {.by = USAGE_DISTRICT, .from = 202107, .to = 202107, .now_s = FLEET_T0 + 3 * DAY}};
	struct book *b = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	ck_assert_msg(ask_book(&conf, db, &a, LANG_KO, &b, &diag) == KK_OK, "%s", diag.text);
	ck_assert_uint_eq(book_sheets(b), 9);
	book_html(b, LANG_KO, f);
	fclose(f);
	keep(b, text, len);
	/* Two pictures by RRDtool, each for itself. */
	ck_assert_ptr_nonnull(strstr(text, "data:image/svg+xml;base64,"));
	ck_assert_ptr_null(strstr(text, "<script"));
	ck_assert_ptr_null(strstr(text, "http://"));
	free(text);
	book_free(b);
}
END_TEST

START_TEST(too_many)
{
	struct report r = {.n = SHOWS_PEAKS_MOST + 1};
	struct ask a = {.show = ASK_PEAKS};
	struct sheet *s;

	ck_assert_int_eq(shows_peaks(&conf, db, &a, &r, &s, &diag), KK_E_RANGE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("shows");
	TCase *tc = tcase_create("shows");

	/* One city for all rows: nothing here writes. */
	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, row, 0, ROWS(rows));
	tcase_add_test(tc, error_of_users);
	tcase_add_test(tc, book);
	tcase_add_test(tc, too_many);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
