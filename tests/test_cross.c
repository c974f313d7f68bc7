/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_cross.c - what is found of a day as said and as seen, and how the day is read. */
#include "usage/cross.h"

#include "lib/sample.h"

#include "tests/harness.h"

#define DAY  86400
#define HALF 43200
#define NO   CROSS_UNKNOWN
#define MB   UINT64_C(1000000)

/* A day that fits; rows change what they are about. */
#define FINE                                                                                   \
	.said = 1, .seen = 1, .said_octets = 900 * MB, .seen_octets = 850 * MB, .said_s = DAY, \
	.up_s = DAY, .seen_s = DAY, .said_clients = 9, .seen_clients = 8, .usual_octets = NO,  \
	.dhcp_asked = NO, .dhcp_answered = NO, .login_failures = NO, .associations = NO

/* One that is not seen, though a probe knew it and sees as many of its district as it does not. */
#define SILENT FINE, .seen = 0, .heard = 1, .beside = 2, .beside_seen = 1, .beside_s = DAY

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const struct {
	const char *why;
	struct cross_day day;
	uint32_t past_s;
	enum cross_kind want;
} days[] = {
    {"all is well", {FINE}, DAY, CROSS_FITS},
    {"nobody asks it", {FINE, .said = 0}, DAY, CROSS_NOT_SAID},
    {"no probe is there", {FINE, .seen = 0}, DAY, CROSS_NOT_SEEN},
    {"neither", {FINE, .said = 0, .seen = 0}, DAY, CROSS_NOT_SEEN},
    {"neither, though it was heard", {SILENT, .said = 0}, DAY, CROSS_NOT_SEEN},
    {"never heard, whoever else is",
	{SILENT, .heard = 0, .beside = 9, .beside_seen = 9, .said_octets = 0}, DAY, CROSS_NOT_SEEN},
    {"heard before, and says octets", {SILENT}, DAY, CROSS_PROBE_LOST},
    {"heard before, and says none", {SILENT, .said_octets = 0}, DAY, CROSS_NO_TRAFFIC},
    {"heard before, its usual traffic is missing",
	{SILENT, .said_octets = MB - 1, .said_clients = 0, .usual_octets = 5 * MB}, DAY,
	CROSS_NO_TRAFFIC},
    {"heard before, nobody ever comes",
	{SILENT, .said_octets = 0, .said_clients = 0, .usual_octets = 0}, DAY, CROSS_NOT_SEEN},
    {"heard before, nobody knows who comes", {SILENT, .said_octets = 0, .said_clients = NO}, DAY,
	CROSS_NOT_SEEN},
    {"heard before, down half of the time", {SILENT, .said_octets = 0, .up_s = HALF}, DAY,
	CROSS_NOT_SEEN},
    {"heard before, a little of little", {SILENT, .said_octets = MB - 1, .said_clients = 0}, DAY,
	CROSS_NOT_SEEN},
    {"its probe is gone", {SILENT, .beside_seen = 0, .beside_s = 0}, DAY, CROSS_NOT_SEEN},
    {"one of its probes is gone", {SILENT, .beside = 3}, DAY, CROSS_NOT_SEEN},
    {"its probe was there for half of the day", {SILENT, .beside_s = HALF}, DAY, CROSS_PROBE_LOST},
    {"its probe was there for less", {SILENT, .beside_s = HALF - 1}, DAY, CROSS_TOO_SHORT},
    {"asked for too short a time, heard before", {SILENT, .said_s = HALF - 1}, DAY,
	CROSS_TOO_SHORT},
    {"nobody knows its district", {SILENT, .beside = 0, .beside_seen = 0, .beside_s = 0}, DAY,
	CROSS_NOT_SEEN},
    {"half of the day is enough", {FINE, .said_s = HALF, .seen_s = HALF, .up_s = HALF}, DAY,
	CROSS_FITS},
    {"less is not", {FINE, .said_s = HALF - 1}, DAY, CROSS_TOO_SHORT},
    {"of the probe neither", {FINE, .seen_s = HALF - 1}, DAY, CROSS_TOO_SHORT},
    {"of a day that runs", {FINE, .said_s = 3600, .up_s = 3600, .seen_s = 3600}, 7200, CROSS_FITS},
    {"clients, and nothing passes", {FINE, .seen_octets = 0, .said_octets = 0}, DAY,
	CROSS_NO_TRAFFIC},
    {"its usual traffic is missing",
	{FINE, .seen_octets = 0, .said_octets = 5000, .said_clients = 0, .usual_octets = 5 * MB},
	DAY, CROSS_NO_TRAFFIC},
    {"nobody ever comes",
	{FINE, .seen_octets = 0, .said_octets = 0, .said_clients = 0, .usual_octets = 0}, DAY,
	CROSS_FITS},
    {"nobody knows who comes",
	{FINE, .seen_octets = 0, .said_octets = 0, .said_clients = NO, .usual_octets = NO}, DAY,
	CROSS_FITS},
    {"down half of the time", {FINE, .seen_octets = 0, .said_octets = 0, .up_s = HALF}, DAY,
	CROSS_FITS},
    {"the mirror is broken", {FINE, .seen_octets = 0}, DAY, CROSS_PROBE_LESS},
    {"70 % are seen", {FINE, .seen_octets = 630 * MB}, DAY, CROSS_FITS},
    {"a little less", {FINE, .seen_octets = 630 * MB - 1}, DAY, CROSS_PROBE_LESS},
    {"a little of little", {FINE, .said_octets = MB - 1, .seen_octets = 1}, DAY, CROSS_FITS},
    {"more than it says", {FINE, .seen_octets = 1300 * MB}, DAY, CROSS_PROBE_MORE},
    {"the largest numbers", {FINE, .said_octets = UINT64_MAX, .seen_octets = UINT64_MAX}, DAY,
	CROSS_FITS},
    {"no addresses", {FINE, .dhcp_asked = 20, .dhcp_answered = 9}, DAY, CROSS_NO_ADDRESS},
    {"half get one", {FINE, .dhcp_asked = 20, .dhcp_answered = 10}, DAY, CROSS_FITS},
    {"too few to say", {FINE, .dhcp_asked = 19, .dhcp_answered = 0}, DAY, CROSS_FITS},
    {"answers are not counted", {FINE, .dhcp_asked = 20}, DAY, CROSS_FITS},
    {"logins fail", {FINE, .login_failures = 21, .associations = 20}, DAY, CROSS_NO_LOGIN},
    {"as many as not", {FINE, .login_failures = 20, .associations = 20}, DAY, CROSS_FITS},
    {"only failures are counted", {FINE, .login_failures = 200}, DAY, CROSS_FITS},
    {"the gravest is told",
	{FINE, .seen_octets = 0, .said_octets = 0, .dhcp_asked = 99, .dhcp_answered = 0}, DAY,
	CROSS_NO_TRAFFIC},
};
#pragma GCC diagnostic pop

START_TEST(judge)
{
	enum cross_kind got = cross_judge(&days[_i].day, days[_i].past_s);

	ck_assert_msg(got == days[_i].want, "%s: %s", days[_i].why, cross_word(got));
	ck_assert_int_eq(cross_is_judged(got),
	    got != CROSS_NOT_SAID && got != CROSS_NOT_SEEN && got != CROSS_TOO_SHORT);
}
END_TEST

/* ---- the day as it is read ---- */

static char told[1000];

static int
note(void *ctx, const struct cross_day *c)
{
	size_t at = strlen(told);

	(void)ctx;
	snprintf(told + at, sizeof(told) - at,
	    "%s %s said %d %llu/%u/%u/%lld seen %d %llu/%u/%lld usual %lld dhcp %lld/%lld logins "
	    "%lld/%lld; ",
	    c->id, c->district, c->said, (unsigned long long)c->said_octets, c->said_s, c->up_s,
	    (long long)c->said_clients, c->seen, (unsigned long long)c->seen_octets, c->seen_s,
	    (long long)c->seen_clients, (long long)c->usual_octets, (long long)c->dhcp_asked,
	    (long long)c->dhcp_answered, (long long)c->login_failures, (long long)c->associations);
	return KK_OK;
}

static int
note_beside(void *ctx, const struct cross_day *c)
{
	size_t at = strlen(told);

	(void)ctx;
	snprintf(told + at, sizeof(told) - at, "%s %d %u/%u/%u; ", c->id, c->heard, c->beside_seen,
	    c->beside, c->beside_s);
	return KK_OK;
}

/* What is told, by `tell`, of 2026-06-04 in a database that is filled like this. */
static void
check_day(const char *fill, int (*tell)(void *ctx, const struct cross_day *c), const char *want)
{
	char dir[64];
	struct diag d = {""};
	struct db *db;

	harness_dir(dir);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_msg(db_exec(db, fill, &d) == KK_OK, "%s", d.text);
	told[0] = '\0';
	ck_assert_msg(cross_days(db, 20260604, tell, NULL, &d) == KK_OK, "%s", d.text);
	ck_assert_str_eq(told, want);
	db_close(db);
	harness_remove(dir);
}

START_TEST(reading)
{
	static const char fill[] =
	    "INSERT INTO device (num, id, kind, added, retired) VALUES (1, 'A', 'ap', 0, NULL), "
	    "(2, 'B', 'ap', 0, NULL),"
	    " (3, 'C', 'ap', 0, NULL), (4, 'D', 'ap', 0, 9), (5, 'E', 'switch', 0, NULL), (6, 'F', "
	    "'ap', 0, NULL);"
	    "INSERT INTO belonging (device, since, district) VALUES (1, 0, 'East'), (1, 20260605, "
	    "'West');"
	    "INSERT INTO usage_day (day, device, source, octets_down, octets_up, observed_s, up_s, "
	    "clients_peak) VALUES"
	    " (20260604, 1, 0, 10, 1, 86400, 86300, 7), (20260604, 1, 2, 9, 1, 86000, 0, 6),"
	    " (20260528, 1, 0, 20, 0, 1, 1, 1), (20260521, 1, 0, 30, 1, 1, 1, 1), (20260527, 1, 0, "
	    "999, 0, 1, 1, 1),"
	    " (20260604, 2, 1, 5, 0, 600, 600, NULL), (20260604, 2, 0, 4, 0, 500, 500, 3),"
	    " (20260604, 3, 2, 8, 0, 100, 0, NULL),"
	    " (20260604, 4, 0, 1, 0, 1, 1, 1), (20260604, 5, 0, 1, 0, 1, 1, 1);"
	    "INSERT INTO probe_day (day, device, source, associations, auth_failures, "
	    "eap_failures, handshake_failures,"
	    " dhcp_asked, dhcp_answered) VALUES (20260604, 1, 2, 50, 1, 2, 4, 30, 29), (20260604, "
	    "3, 2, NULL, 5, NULL,"
	    " NULL, NULL, NULL);";

	check_day(fill, note,
	    "A East said 1 11/86400/86300/7 seen 1 10/86000/6 usual 25 dhcp 30/29 logins 7/50; "
	    "B  said 1 4/500/500/3 seen 0 0/0/-1 usual -1 dhcp -1/-1 logins -1/-1; "
	    "C  said 0 0/0/0/-1 seen 1 8/100/-1 usual -1 dhcp -1/-1 logins 5/-1; ");
}
END_TEST

/* Who was heard of late, and by how many of its district that is compared. */
START_TEST(beside)
{
	static const char fill[] =
	    "INSERT INTO device (num, id, kind, added, retired) VALUES (1, 'A', 'ap', 0, NULL), "
	    "(2, 'B', 'ap', 0, NULL), (3, 'C', 'ap', 0, NULL), (4, 'D', 'ap', 0, NULL), "
	    "(5, 'E', 'ap', 0, 9), (6, 'F', 'ap', 0, NULL), (7, 'G', 'ap', 0, NULL);"
	    "INSERT INTO belonging (device, since, district) VALUES (1, 0, 'East'), (2, 0, "
	    "'East'), "
	    "(3, 0, 'East'), (4, 0, 'West'), (4, 20260601, 'East'), (5, 0, 'East'), (6, 0, 'West');"
	    /* All say something on the day. */
	    "INSERT INTO usage_day (day, device, source, observed_s) SELECT 20260604, num, 0, "
	    "86400 "
	    "FROM device;"
	    "INSERT INTO usage_day (day, device, source, observed_s) VALUES"
	    " (20260604, 1, 2, 70000), (20260604, 4, 2, 80000)," /* seen */
	    " (20260507, 2, 2, 9),"				 /* four weeks ago to the day */
	    " (20260506, 3, 2, 9), (20260605, 3, 2, 9)," /* before that, and after the day */
	    " (20260603, 5, 2, 9),"			 /* retired */
	    " (20260603, 6, 2, 9), (20260603, 7, 2, 9), (20260603, 3, 3, 9);";

	check_day(fill, note_beside,
	    "A 1 2/3/80000; B 1 2/3/80000; C 0 2/3/80000; D 1 2/3/80000; "
	    "F 1 0/1/0; G 1 0/0/0; ");
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("cross");
	Suite *s = suite_create("cross");

	tcase_add_loop_test(tc, judge, 0, ROWS(days));
	tcase_add_test(tc, reading);
	tcase_add_test(tc, beside);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
