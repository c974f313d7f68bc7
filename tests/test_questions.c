/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The council's questions over a small city: from inventory, ledger and archives to sheets. */
#include "lib/zone.h"
#include "rrd/archive/archive.h"
#include "tests/fleet.h"
#include "tests/records.h"
#include "usage/question.h"
#include "usage/sheet_out.h"

#define HOUR_S INT64_C(3600)
#define DAY_S  INT64_C(86400)
#define NOW    (FLEET_T0 + 137 * DAY_S + 12 * HOUR_S) /* 2021-11-15, noon */
#define MB     UINT64_C(1000000)

static char dir[64];
static struct db *db;
static struct conf conf;
static struct question q;
static struct book *book;

static const char inventory_csv[] =
    "id,kind,name,district,site,phase,installed,lat,lon,host,uplink,capacity_mbps\n"
    "A1,ap,하나,성동구,시장,1,2021-05,37.5,127.0,127.0.0.1,S1,10\n"
    "A2,ap,둘,성동구,시장,1,2021-06,37.5001,127.0,127.0.0.2,S1,10\n" /* 11 m from A1 */
    "A3,ap,셋,성동구,역,2,2021-07,37.5,127.0,127.0.0.3,S1,\n"
    "A4,ap,넷,구로구,,2,2021-06,37.6,127.0,127.0.0.4,,\n"
    "A5,ap,다섯,구로구,,1,2021,37.7,127.0,127.0.0.5,,\n"
    "A6,ap,여섯,구로구,,,,,,,,\n"
    "S1,switch,스위치,성동구,,,,,,127.0.0.9,,100\n"
    "S2,switch,,구로구,,,,,,127.0.0.8,,100\n";

static void
sql(const char *text)
{
	struct diag d = {""};

	ck_assert_msg(db_exec(db, text, &d) == KK_OK, "%s", d.text);
}

/* A day of the ledger: octets a day in MB. */
static void
put_day(kk_day day, int num, uint64_t mb, int clients)
{
	char text[320];

	snprintf(text, sizeof(text),
	    "INSERT INTO usage_day (day, device, source, octets_down, octets_up, observed_s, up_s,"
	    " clients_peak) VALUES (%d, %d, 0, %llu, 0, 86400, 86400, %d)",
	    (int)day, num, (unsigned long long)mb * MB, clients);
	sql(text);
}

static void
fill_ledger(void)
{
	kk_day day = 20210701;

	records_inventory(db, inventory_csv, FLEET_T0, 0);
	sql("BEGIN");
	for (int i = 0; i < 137; i++, day = zone_day_add(day, 1)) {
		put_day(day, 1, 1000, 5);
		put_day(day, 2, 2000, 20);
		put_day(day, 3, 100, 12);
		put_day(day, 4, 1, 0);
	}
	/* A probe in 성동구: 10 associations in September, 4 of them of WiFi 6 or later. */
	sql("INSERT INTO probe_day (day, device, source, wifi3_clients, wifi4_clients, "
	    "wifi5_clients,"
	    " wifi6_clients, wifi6e_clients, wifi7_clients) VALUES"
	    " (20210910, 1, 2, 0, 1, 4, 2, 0, 1), (20210911, 3, 2, 0, 0, 1, 1, 0, 0)");
	sql("INSERT INTO probe_day (day, device, source, auth_failures) VALUES (20210910, 4, 2, "
	    "1)");
	sql("COMMIT");
}

/* Hours of A1 and A2 over five weeks: 0.1 MB/s each, five times that from 18 to 19. */
static void
fill_archives(void)
{
	int64_t octets = 0, from_s = NOW / DAY_S * DAY_S - 35 * DAY_S;
	struct archive *a;
	struct inventory *inv = NULL;
	struct diag d = {""};

	ck_assert_int_eq(inventory_read(db, &inv, &d), KK_OK);
	ck_assert_int_eq(archive_open(&conf, &a, &d), KK_OK);
	ck_assert_int_eq(archive_inventory(a, inv), KK_OK);
	for (int64_t t = from_s; t < NOW; t += HOUR_S) {
		const struct sink *k = archive_sink(a);
		unsigned hour = (unsigned)((t / HOUR_S + 9) % 24);

		for (uint32_t num = 1; num <= 2; num++) {
			struct sample s = {.device = num, .time_cs = t * 100};

			sample_set(&s, METRIC_OCTETS_DOWN, octets);
			sample_set(&s, METRIC_OCTETS_UP, octets / 10);
			sample_set(&s, METRIC_CLIENTS, hour == 19 ? 40 : 10);
			ck_assert_int_eq(
			    k->take(k->ctx, &s, 1, (struct cursor){1, (uint64_t)t + num}), KK_OK);
		}
		octets += (hour == 18 ? 5 : 1) * 100000 * HOUR_S;
	}
	ck_assert_int_eq(archive_flush_all(a, NOW), KK_OK);
	archive_close(a);
	inventory_free(inv);
}

static void
setup(void)
{
	struct diag d = {""};

	ck_assert_int_eq(zone_use("Asia/Seoul", NULL), KK_OK);
	harness_dir(dir);
	conf = fleet_conf(dir, 3600);
	ck_assert_msg(db_open(conf.state_dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
	q = (struct question){.conf = &conf, .db = db, .now_s = NOW, .lang = LANG_EN};
	question_defaults(&q.limits);
	book = book_new(TEXT_QUESTIONS_TITLE, "", NOW);
}

static void
teardown(void)
{
	book_free(book);
	db_close(db);
	harness_remove(dir);
}

static void
answer(const char *name)
{
	struct diag d = {""};
	int id = question_of(name);

	ck_assert_int_ge(id, 0);
	ck_assert_msg(question_answer(&q, (enum question_id)id, book, &d) == KK_OK, "%s", d.text);
}

/* A sheet of the book as CSV. */
static const char *
csv(const char *name)
{
	static char text[20000];
	FILE *f = fmemopen(text, sizeof(text), "w");

	for (size_t i = 0; i < book_sheets(book); i++)
		if (strcmp(sheet_name(book_sheet_at(book, i)), name) == 0)
			sheet_csv(book_sheet_at(book, i), 0, f);
	fclose(f);
	return text;
}

/* What a sheet must hold: whole lines. */
static const struct {
	const char *question, *sheet, *want;
} answers[] = {
    {"near", "near_sums",
	"what,count,marks,marked\r\naps,6,,\r\nunplaced,1,,\r\nclose,3,,\r\nunmeasured,0,,"
	"\r\npairs,3,,\r\n"
	"pairs_same_site,1,,\r\npairs_same_point,1,,\r\n"},
    {"near", "near", "\r\nA1,하나,성동구,31000000000,5,A2,11,same,62000000000,20,yes,2,1,,\r\n"},
    {"near", "near", "\r\nA3,셋,성동구,3100000000,12,A2,11,other,62000000000,20,no,2,1,,\r\n"},
    {"idle", "idle_sums",
	"what,count,marks,marked\r\nused,3,,\r\nunused,1,,\r\nsilent,1,,\r\nunobserved,1,,\r\nnew,"
	"0,,\r\n"},
    {"idle", "idle",
	"marks,marked\r\nunused,A4,넷,구로구,2,1000000,100.0,,0,,\r\nsilent,A5,다섯,구로구,1,,0.0,,"
	",,\r\n"
	"unobserved,A6,여섯,구로구,,,0.0,,,,\r\n"},
    {"saturated", "saturated_sums",
	"what,count,marks,marked\r\nsaturated,1,,\r\nnot_saturated,0,,\r\nunknown,4,,\r\n"},
    /* Both together: 0.5 MB/s each and a tenth of it up, of 20 Mbit/s; 80 clients of 60. */
    {"saturated", "saturated", "marks,marked\r\nsaturated,시장,성동구,2,18-19,79,131.7,18-19,8"},
    {"saturated", "saturated", "\r\nunknown,역,성동구,1,,,,,,,,\r\n"},
    {"phases", "phases_sums",
	"what,count,marks,marked\r\naps,6,,\r\nno_phase,1,,\r\nno_beginning,1,,\r\nap_months,15,,"
	"\r\n"},
    {"phases", "phases", "marks,marked\r\n1,1,1,62000000000,62000000000,,100.0,,\r\n"},
    {"phases", "phases",
	"\r\n1,2,2,1565500000,1565500000,-97.5,100.0,,\r\n2,1,2,46500000000,46500000000,,100.0,"
	",\r\n"},
    {"wifi6", "wifi6", "marked\r\ncity,2021-09,3,10,40.0,0,1,5,3,0,1,,\r\n"},
    {"wifi6", "wifi6", "\r\n성동구,2021-09,2,10,40.0,0,1,5,3,0,1,,\r\n구로구,,,,,,,,,,,,\r\n"},
    {"uplinks", "uplinks_sums",
	"what,count,marks,marked\r\nover,0,,\r\nwithin,0,,\r\nperhaps,0,,\r\nnot_within_12_months,"
	"1,,\r\n"
	"unknown,1,,\r\n"},
    {"uplinks", "uplinks",
	"\r\nnot_within_12_months,S1,스위치,성동구,3,100000000,8000000,8.0,access_points,,,,\r\n"
	"unknown,S2,,구로구,0,100000000,,,,,,,\r\n"},
    {"forecast", "forecast", "\r\n성동구,2021-11,93000000000,"},
    {"forecast", "forecast", "\r\ncity,2022-02,86828000000,"},
    {"forecast", "forecast_check", "\r\n성동구,octets,level,4,0,0,0.0,0,"},
    {"forecast", "forecast_check", "\r\n구로구,busy_hour,none,0,4,0,,0,"},
};

START_TEST(answers_questions)
{
	const char *got;

	fill_ledger();
	fill_archives();
	q.limits.top = 0;
	answer(answers[_i].question);
	got = csv(answers[_i].sheet);
	ck_assert_msg(strstr(got, answers[_i].want) != NULL, "%s: %s", answers[_i].sheet, got);
}
END_TEST

/* A city without devices, days and archives. */
START_TEST(nothing_is_known)
{
	answer(question_name((enum question_id)_i));
	ck_assert_uint_ge(book_sheets(book), 1);
}
END_TEST

/* Devices, and nothing ever measured: all is unknown, nothing is 0. */
START_TEST(nothing_was_measured)
{
	records_inventory(db, inventory_csv, FLEET_T0, 0);
	for (int i = 0; i < QUESTION_COUNT; i++)
		answer(question_name((enum question_id)i));
	ck_assert_str_eq(csv("near"),
	    "ap,name,district,octets,clients,neighbour,metres,site,neighbour_octets,"
	    "neighbour_clients,room,close,same_point,marks,marked\r\n");
	ck_assert_ptr_nonnull(strstr(csv("near_sums"), "unmeasured,3,"));
	ck_assert_ptr_nonnull(
	    strstr(csv("idle_sums"), "unused,0,,\r\nsilent,0,,\r\nunobserved,6,"));
	ck_assert_ptr_nonnull(strstr(csv("saturated_sums"), "unknown,5,"));
	ck_assert_ptr_nonnull(strstr(csv("uplinks_sums"), "unknown,2,"));
}
END_TEST

START_TEST(limits)
{
	fill_ledger();
	q.limits.top = 1;
	q.limits.district = "성동구";
	answer("near");
	ck_assert_ptr_nonnull(strstr(csv("near_sums"), "aps,3,"));
	ck_assert_ptr_nonnull(strstr(csv("near"), "\r\nA1,"));
	ck_assert_ptr_null(strstr(csv("near"), "\r\nA3,"));
	answer("idle");
	ck_assert_ptr_nonnull(strstr(csv("idle_sums"), "used,3,,\r\nunused,0,,\r\nsilent,0,"));
	answer("forecast");
	ck_assert_ptr_nonnull(strstr(csv("forecast"), "\r\n성동구,"));
	ck_assert_ptr_null(strstr(csv("forecast"), "\r\ncity,"));
}
END_TEST

START_TEST(names)
{
	ck_assert_int_eq(question_of("idle"), QUESTION_IDLE);
	ck_assert_str_eq(question_name(QUESTION_UPLINKS), "uplinks");
	ck_assert_int_eq(question_of("nothing"), -1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("questions");
	TCase *t = tcase_create("questions");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, answers_questions, 0, ROWS(answers));
	tcase_add_loop_test(t, nothing_is_known, 0, QUESTION_COUNT);
	tcase_add_test(t, nothing_was_measured);
	tcase_add_test(t, limits);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	return harness_run(s);
}
