/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger_aps.h"

#include <math.h>

#include "tests/records.h"

#define SEOUL_0 INT64_C(1625065200) /* 2021-07-01 00:00 in Seoul */
#define DAY_S	INT64_C(86400)

static char dir[64];
static struct db *db;

static void
setup(void)
{
	db = records_open(dir);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

/* A day of device `num`: down, up, observed, up seconds, clients (-1: unknown), source, imported.
 */
static void
day(kk_day name, int num, int down, int up, int observed, int clients, int source, int imported)
{
	struct diag d = {""};
	char sql[400], peak[16] = "NULL";

	if (clients >= 0)
		snprintf(peak, sizeof(peak), "%d", clients);
	snprintf(sql, sizeof(sql),
	    "INSERT INTO usage_day(day, device, source, octets_down, octets_up, observed_s,"
	    " octets_lump, restarts, unsure, clients_peak, up_s, imported)"
	    " VALUES (%d, %d, %d, %d, %d, %d, 1, 2, 3, %s, 5, %d)",
	    (int)name, num, source, down, up, observed, peak, imported);
	ck_assert_msg(db_exec(db, sql, &d) == KK_OK, "%s", d.text);
}

static const struct {
	const char *why;
	kk_day from, to;
	int64_t now_s;
	const char *want; /* of each: octets observed/possible imported peaks/days last used */
} spans[] = {
    {"all of it", 20210701, 20210703, SEOUL_0 + 30 * DAY_S,
	"A1 66 2000/259200 86400 9/2 20210703; A2 7 500/86400 0 0/0 0; "},
    {"a day", 20210702, 20210702, SEOUL_0 + 30 * DAY_S,
	"A1 22 1000/86400 0 4/1 20210702; A2 7 500/86400 0 0/0 0; "},
    {"until now", 20210702, 20210709, SEOUL_0 + DAY_S + 3600,
	"A1 55 1000/3600 86400 4/1 20210703; A2 7 500/3600 0 0/0 0; "},
    {"who there is", 0, 0, 0, "A1 0 0/0 0 0/0 0; A2 0 0/0 0 0/0 0; "},
    {"later", 20210801, 20210831, SEOUL_0 + 90 * DAY_S,
	"A1 0 0/2678400 0 0/0 0; A2 0 0/0 0 0/0 0; "},
};

START_TEST(sums_a_span)
{
	struct ledger_span span = {spans[_i].from, spans[_i].to, spans[_i].now_s, 11};
	struct ledger_aps *a;
	struct diag d = {""};
	char got[512] = "";

	records_inventory(db,
	    "id,kind,host,district,site,phase,installed,lat,lon,uplink\n"
	    "A1,ap,127.0.0.1,성동구,공원,1,2021-06,37.5,127.0,S1\nS1,switch,,,,,,,,\n",
	    SEOUL_0 - DAY_S, 0);
	records_inventory(db, "id,host\nA2,127.0.0.2\n", SEOUL_0 + DAY_S, 0);
	records_inventory(db, "id\nA1\nS1\n", SEOUL_0 + 2 * DAY_S, 1);
	day(20210701, 1, 10, 1, 1000, 5, 0, 0);
	day(20210701, 2, 900, 900, 1000, 5, 0, 0); /* a switch is no access point */
	day(20210702, 1, 20, 2, 1000, 4, 0, 0);
	day(20210702, 1, 500, 500, 1000, 4, 1, 0); /* of a source that is not the account */
	day(20210702, 3, 7, 0, 500, -1, 0, 0);
	day(20210703, 1, 30, 3, 0, -1, 0, 1);
	ck_assert_msg(ledger_aps(db, &span, &a, &d) == KK_OK, "%s", d.text);
	for (size_t i = 0; i < a->n; i++) {
		const struct ledger_ap *p = &a->at[i];
		size_t len = strlen(got);

		snprintf(got + len, sizeof(got) - len, "%s %d %d/%d %d %d/%u %d; ", p->id,
		    (int)p->octets, (int)p->observed_s, (int)p->possible_s, (int)p->imported_s,
		    (int)p->peak_sum, p->peak_days, (int)p->last_used);
	}
	ck_assert_msg(strcmp(got, spans[_i].want) == 0, "%s: %s", spans[_i].why, got);
	ck_assert_str_eq(a->at[0].phase, "1");
	ck_assert_str_eq(a->at[0].installed, "2021-06");
	ck_assert_str_eq(a->at[0].uplink, "S1");
	ck_assert(a->at[0].lat == 37.5 && isnan(a->at[1].lat));
	ck_assert(a->at[0].retired_s == INT64_MAX && a->at[1].retired_s == SEOUL_0 + 2 * DAY_S);
	ledger_aps_free(a);
}
END_TEST

START_TEST(first_day)
{
	struct diag d = {""};
	kk_day first = 7;

	ck_assert_int_eq(ledger_first_day(db, &first, &d), KK_OK);
	ck_assert_int_eq(first, 0);
	day(20210703, 1, 1, 1, 1, 1, 0, 0);
	day(20210702, 1, 1, 1, 1, 1, 0, 0);
	ck_assert_int_eq(ledger_first_day(db, &first, &d), KK_OK);
	ck_assert_int_eq(first, 20210702);
}
END_TEST

START_TEST(refuses)
{
	static const struct ledger_span bad[] = {
	    {20210732, 20210801, 0, 0}, {20210701, 20210631, 0, 0}, {20210702, 20210701, 0, 0}};
	struct ledger_aps *a;
	struct diag d = {""};

	ck_assert_int_eq(ledger_aps(db, &bad[_i], &a, &d), KK_E_RANGE);
	ck_assert_ptr_null(a);
	ledger_aps_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ledger_aps");
	TCase *t = tcase_create("ledger_aps");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, sums_a_span, 0, ROWS(spans));
	tcase_add_test(t, first_day);
	tcase_add_loop_test(t, refuses, 0, 3);
	suite_add_tcase(s, t);
	return harness_run(s);
}
