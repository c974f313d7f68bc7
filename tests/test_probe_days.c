/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_probe_days.c - what probes counted, by local days, through the ledger: each once. */
#include "rrd/probe_days.h"

#include "tests/day_ledger.h"

static struct day_ledger ledger;

static void
setup(void)
{
	struct diag d = {""};
	struct db *db;

	day_ledger_folder(&ledger);
	ck_assert_msg(db_open(ledger.dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(
	    db_exec(db,
		"INSERT INTO device (num, id, added) VALUES (1, 'A', 0), (2, 'B', 0);"
		"INSERT INTO belonging (device, since, district) VALUES (1, 0, 'East'),"
		" (1, 20260605, 'West'), (2, 0, 'East')",
		&d),
	    KK_OK);
	db_close(db);
	day_ledger_open(&ledger);
}

static void
teardown(void)
{
	day_ledger_remove(&ledger);
}

/* One sample; a negative count is one that it does not tell. */
struct step {
	uint32_t device;
	uint8_t source;
	uint16_t flags;
	int64_t time_cs;
	int64_t dhcp_asked, wifi6;
};

static int
take(const struct step *step)
{
	struct sample s = {.device = step->device,
	    .source = step->source,
	    .flags = step->flags,
	    .time_cs = step->time_cs};

	if (step->dhcp_asked >= 0)
		sample_set(&s, METRIC_DHCP_ASKED, step->dhcp_asked);
	if (step->wifi6 >= 0)
		sample_set(&s, METRIC_WIFI6_CLIENTS, step->wifi6);
	return day_ledger_take(&ledger, &s);
}

/* What stands in the table; NONE: NULL, or no row. */
static int64_t
kept(uint32_t device, int source, kk_day day, const char *column)
{
	char sql[200];

	snprintf(sql, sizeof(sql),
	    "SELECT %s FROM probe_day WHERE device = %u AND source = %d AND day = %d", column,
	    device, source, (int)day);
	return day_ledger_number(&ledger, sql);
}

/* Two samples one after another, and what the first one's day and the next day then hold. */
static const struct {
	const char *why;
	struct step step[3];
	int64_t asked, wifi6, asked_next;
} days[] = {
    {"the first one counts from 0", {{1, SOURCE_PROBE, SAMPLE_FIRST, NOON, 5, 2}}, 5, 2, NONE},
    {"then what passed",
	{{1, SOURCE_PROBE, 0, NOON, 5, 2}, {1, SOURCE_PROBE, 0, NOON + 6000, 8, 2}}, 8, 2, NONE},
    {"the same one again",
	{{1, SOURCE_PROBE, 0, NOON, 5, 2}, {1, SOURCE_PROBE, 0, NOON, 5, 2},
	    {1, SOURCE_PROBE, 0, NOON, 5, 2}},
	5, 2, NONE},
    {"an older one", {{1, SOURCE_PROBE, 0, NOON, 5, 2}, {1, SOURCE_PROBE, 0, NOON - 6000, 4, 1}}, 5,
	2, NONE},
    {"the clock went back, the counter on",
	{{1, SOURCE_PROBE, 0, NOON, 5, 2}, {1, SOURCE_PROBE, 0, NOON - 6000, 7, 2}}, 7, 2, NONE},
    {"one that fell is a new base",
	{{1, SOURCE_PROBE, 0, NOON, 5, 2}, {1, SOURCE_PROBE, 0, NOON + 6000, 1, 2},
	    {1, SOURCE_PROBE, 0, NOON + 12000, 4, 2}},
	8, 2, NONE},
    {"an interval that ends at midnight",
	{{1, SOURCE_PROBE, 0, NOON, 5, 2}, {1, SOURCE_PROBE, 0, NOON + 12 * HOUR, 9, 2}}, 9, 2,
	NONE},
    {"one that ends behind it",
	{{1, SOURCE_PROBE, 0, NOON, 5, 2}, {1, SOURCE_PROBE, 0, NOON + 12 * HOUR + 1, 9, 2}}, 5, 2,
	4},
    {"not told is not 0", {{1, SOURCE_PROBE, 0, NOON, 5, NONE}}, 5, NONE, NONE},
    {"not told, and told later",
	{{1, SOURCE_PROBE, 0, NOON, 5, NONE}, {1, SOURCE_PROBE, 0, NOON + 6000, NONE, 3}}, 5, 3,
	NONE},
    {"a silent one", {{1, SOURCE_PROBE, SAMPLE_SILENT, NOON, 5, 2}}, NONE, NONE, NONE},
    {"another source", {{1, SOURCE_SNMP, 0, NOON, 5, 2}}, NONE, NONE, NONE},
};

START_TEST(by_days)
{
	for (int i = 0; i < ROWS(days[0].step) && days[_i].step[i].device != 0; i++)
		ck_assert_int_eq(take(&days[_i].step[i]), KK_OK);
	ck_assert_msg(kept(1, SOURCE_PROBE, 20260604, "dhcp_asked") == days[_i].asked, "%s: %lld",
	    days[_i].why, (long long)kept(1, SOURCE_PROBE, 20260604, "dhcp_asked"));
	ck_assert_msg(
	    kept(1, SOURCE_PROBE, 20260604, "wifi6_clients") == days[_i].wifi6, "%s", days[_i].why);
	ck_assert_msg(kept(1, SOURCE_PROBE, 20260605, "dhcp_asked") == days[_i].asked_next, "%s",
	    days[_i].why);
}
END_TEST

/* A restart between any two samples changes nothing. */
START_TEST(over_a_restart)
{
	const struct step step[] = {{1, SOURCE_PROBE, SAMPLE_FIRST, NOON, 5, 2},
	    {1, SOURCE_PROBE, 0, NOON + 6000, 8, 2}, {1, SOURCE_PROBE, 0, NOON + 12000, 9, 6}};

	for (int i = 0; i < ROWS(step); i++) {
		ck_assert_int_eq(take(&step[i]), KK_OK);
		day_ledger_again(&ledger);
	}
	ck_assert_int_eq(kept(1, SOURCE_PROBE, 20260604, "dhcp_asked"), 9);
	ck_assert_int_eq(kept(1, SOURCE_PROBE, 20260604, "wifi6_clients"), 6);
}
END_TEST

/* A transaction that fails counts nothing, and the samples count when they come again. */
START_TEST(not_committed)
{
	const struct step first = {1, SOURCE_PROBE, 0, NOON, 5, 2},
			  second = {1, SOURCE_PROBE, 0, NOON + 6000, 8, 2};
	struct db *db;
	struct diag d = {""};

	ck_assert_int_eq(take(&first), KK_OK);
	ck_assert_int_eq(db_open(ledger.dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(db_exec(db,
			     "CREATE TRIGGER no BEFORE INSERT ON cursor BEGIN"
			     " SELECT raise(ABORT, 'no'); END",
			     &d),
	    KK_OK);
	ck_assert_int_ne(take(&second), KK_OK);
	ck_assert_int_eq(kept(1, SOURCE_PROBE, 20260604, "dhcp_asked"), 5);
	ck_assert_int_eq(db_exec(db, "DROP TRIGGER no", &d), KK_OK);
	db_close(db);
	ck_assert_int_eq(take(&second), KK_OK);
	ck_assert_int_eq(kept(1, SOURCE_PROBE, 20260604, "dhcp_asked"), 8);
}
END_TEST

/* ---- reading ---- */

static char told[1000];

static int
note(void *ctx, const struct probe_days_sum *sum)
{
	size_t at = strlen(told);
	int known = sum->known >> PROBE_DAY_WIFI6_CLIENTS & 1;

	(void)ctx;
	snprintf(told + at, sizeof(told) - at, "%s %d %u aps asked %lld wifi6 %lld; ", sum->key,
	    (int)sum->month, sum->aps, (long long)sum->n[PROBE_DAY_DHCP_ASKED],
	    known ? (long long)sum->n[PROBE_DAY_WIFI6_CLIENTS] : -1);
	return KK_OK;
}

START_TEST(by_keys)
{
	const struct step step[] = {{1, SOURCE_PROBE, 0, NOON, 5, 2},
	    {1, SOURCE_PROBE, 0, NOON + 24 * HOUR, 9, 3}, {2, SOURCE_PROBE, 0, NOON, 100, NONE},
	    {2, SOURCE_RADIUS, 0, NOON, 1000, 1},
	    {1, SOURCE_PROBE, 0, NOON + 30 * 24 * HOUR, 10, 3}};
	static const struct {
		enum probe_days_by by;
		int source;
		const char *want;
	} asks[] = {
	    {PROBE_DAYS_CITY, SOURCE_PROBE,
		"city 202606 2 aps asked 109 wifi6 3; city 202607 1 aps asked 1 wifi6 0; "},
	    {PROBE_DAYS_DISTRICT, SOURCE_PROBE,
		"East 202606 2 aps asked 105 wifi6 2; West 202606 1 aps asked 4 wifi6 1; "
		"West 202607 1 aps asked 1 wifi6 0; "},
	    {PROBE_DAYS_AP, SOURCE_PROBE,
		"A 202606 1 aps asked 9 wifi6 3; A 202607 1 aps asked 1 wifi6 0; "
		"B 202606 1 aps asked 100 wifi6 -1; "},
	    {PROBE_DAYS_AP, SOURCE_RADIUS, "B 202606 1 aps asked 1000 wifi6 1; "},
	};
	struct diag d = {""};
	struct db *db;

	for (int i = 0; i < ROWS(step); i++)
		ck_assert_int_eq(take(&step[i]), KK_OK);
	db = day_ledger_db(&ledger);
	for (int i = 0; i < ROWS(asks); i++) {
		told[0] = '\0';
		ck_assert_msg(probe_days_read(db, 202606, 202607, asks[i].source, asks[i].by, note,
				  NULL, &d) == KK_OK,
		    "%s", d.text);
		ck_assert_str_eq(told, asks[i].want);
	}
	told[0] = '\0';
	ck_assert_int_eq(
	    probe_days_read(db, 202608, 202612, SOURCE_PROBE, PROBE_DAYS_CITY, note, NULL, &d),
	    KK_OK);
	ck_assert_str_eq(told, "");
	db_close(db);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("probe_days");
	Suite *s = suite_create("probe_days");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, by_days, 0, ROWS(days));
	tcase_add_test(tc, over_a_restart);
	tcase_add_test(tc, not_committed);
	tcase_add_test(tc, by_keys);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
