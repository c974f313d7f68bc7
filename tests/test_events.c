/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_events.c - events of probes in the database: exactly once, open and over. */
#include "rrd/db/events.h"
#include "tests/harness.h"

#define T0    INT64_C(1789000000)
#define BSSID UINT64_C(0x026677889900)

static char dir[64];
static struct db *db;

static void
setup(void)
{
	struct diag d = {""};

	harness_dir(dir);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

static struct event
word(enum event_phase phase, int64_t since_s, int64_t last_s)
{
	struct event e = {.kind = EVENT_EVIL_TWIN,
	    .phase = (uint8_t)phase,
	    .bssid = BSSID,
	    .ssid = {5, "SEOUL"},
	    .since_cs = (T0 + since_s) * 100,
	    .last_cs = (T0 + last_s) * 100,
	    .ap = "A1",
	    .security = "open",
	    .frames = (uint64_t)(last_s - since_s) + 1};

	return e;
}

static enum event_news
put(const char *probe, const struct event *e, int64_t now_s)
{
	enum event_news news = EVENT_NOTHING_NEW;
	struct diag d = {""};

	ck_assert_msg(events_put(db, probe, e, 7, T0 + now_s, &news, &d) == KK_OK, "%s", d.text);
	return news;
}

struct rows {
	struct event_row row[16];
	unsigned n;
};

static void
keep(void *ctx, const struct event_row *row)
{
	struct rows *r = ctx;

	ck_assert_uint_lt(r->n, 16);
	r->row[r->n++] = *row;
}

static struct rows
ask(const struct event_query *q)
{
	struct rows r = {.n = 0};
	struct diag d = {""};

	ck_assert_msg(events_read(db, q, keep, &r, &d) == KK_OK, "%s", d.text);
	return r;
}

static struct rows
all(void)
{
	return ask(&(struct event_query){.kind = -1});
}

/* What a probe may say, and again: which news it was, and what stands there afterwards. */
static const struct {
	enum event_phase phase;
	int64_t since, last;
	enum event_news news;
	unsigned rows;
	enum event_state state; /* of the newest */
	int64_t kept_last;
} story[] = {
    {EVENT_BEGIN, 0, 2, EVENT_BEGAN, 1, EVENT_OPEN, 2},
    {EVENT_BEGIN, 0, 2, EVENT_NOTHING_NEW, 1, EVENT_OPEN, 2}, /* the batch came again */
    {EVENT_STILL, 0, 900, EVENT_NOTHING_NEW, 1, EVENT_OPEN, 900},
    {EVENT_BEGIN, 0, 2, EVENT_NOTHING_NEW, 1, EVENT_OPEN, 900}, /* and again: late */
    {EVENT_END, 0, 1000, EVENT_ENDED, 1, EVENT_OVER, 1000},
    {EVENT_END, 0, 1000, EVENT_NOTHING_NEW, 1, EVENT_OVER, 1000},
    {EVENT_STILL, 0, 1800, EVENT_NOTHING_NEW, 1, EVENT_OVER, 1000}, /* over is over */
    {EVENT_BEGIN, 2000, 2002, EVENT_BEGAN, 2, EVENT_OPEN, 2002},
    {EVENT_BEGIN, 3000, 3002, EVENT_BEGAN, 3, EVENT_OPEN, 3002}, /* the probe started anew */
    {EVENT_END, 4000, 4001, EVENT_BEGAN, 4, EVENT_OVER, 4001},	 /* its beginning was lost */
};

START_TEST(exactly_once)
{
	for (int i = 0; i < ROWS(story); i++) {
		struct event e = word(story[i].phase, story[i].since, story[i].last);
		struct rows r;

		ck_assert_msg(put("p1", &e, i) == story[i].news, "word %d", i);
		r = all();
		ck_assert_msg(r.n == story[i].rows, "word %d: %u rows", i, r.n);
		ck_assert_msg(r.row[0].state == story[i].state, "word %d", i);
		ck_assert_msg(r.row[0].e.last_cs == (T0 + story[i].kept_last) * 100, "word %d", i);
	}
	/* The one that the new start forgot is not open for ever. */
	ck_assert_uint_eq(ask(&(struct event_query){.kind = -1, .open = 1}).n, 0);
	ck_assert_uint_eq(all().row[2].state, EVENT_LAPSED);
}
END_TEST

START_TEST(probes_do_not_share)
{
	struct event e = word(EVENT_BEGIN, 0, 2), other = word(EVENT_BEGIN, 0, 2);

	other.kind = EVENT_LEGACY_SSID;
	ck_assert_int_eq(put("p1", &e, 0), EVENT_BEGAN);
	ck_assert_int_eq(put("p2", &e, 0), EVENT_BEGAN);
	ck_assert_int_eq(put("p2", &other, 0), EVENT_BEGAN);
	ck_assert_uint_eq(ask(&(struct event_query){.kind = -1, .open = 1}).n, 3);
}
END_TEST

START_TEST(evidence_is_kept)
{
	struct event e = word(EVENT_BEGIN, 0, 2);
	struct rows r;

	put("p1", &e, 50);
	r = all();
	ck_assert_uint_eq(r.n, 1);
	ck_assert_str_eq(r.row[0].probe, "p1");
	ck_assert_uint_eq(r.row[0].device, 7);
	ck_assert_int_eq(r.row[0].told_s, T0 + 50);
	ck_assert_uint_eq(r.row[0].e.bssid, BSSID);
	ck_assert_str_eq(r.row[0].e.security, "open");
	ck_assert_uint_eq(r.row[0].e.frames, 3);
}
END_TEST

static const struct {
	struct event_query q;
	unsigned n;
} queries[] = {
    {{.kind = -1}, 3},
    {{.kind = EVENT_EVIL_TWIN}, 2},
    {{.kind = EVENT_DEAUTH_FLOOD}, 0},
    {{.kind = -1, .since_s = T0 + 100}, 2},
    {{.kind = -1, .since_s = T0 + 102}, 2}, /* heard at that very time */
    {{.kind = -1, .since_s = T0 + 203}, 0},
    {{.kind = -1, .device = 7}, 3},
    {{.kind = -1, .device = 8}, 0},
    {{.kind = -1, .max = 2}, 2},
    {{.kind = -1, .open = 1}, 2},
};

START_TEST(which_ones)
{
	struct event e = word(EVENT_BEGIN, 0, 2);
	struct rows r;

	put("p1", &e, 0);
	e = word(EVENT_END, 0, 3);
	put("p1", &e, 0);
	e = word(EVENT_BEGIN, 100, 102);
	put("p1", &e, 0);
	e = word(EVENT_BEGIN, 200, 202);
	e.kind = EVENT_LEGACY_SSID;
	put("p1", &e, 0);
	r = ask(&queries[_i].q);
	ck_assert_uint_eq(r.n, queries[_i].n);
	for (unsigned i = 1; i < r.n; i++)
		ck_assert_int_lt(r.row[i].e.since_cs, r.row[i - 1].e.since_cs);
}
END_TEST

START_TEST(silence_lapses_and_a_word_opens)
{
	struct event e = word(EVENT_BEGIN, 0, 2);
	struct diag d = {""};

	put("p1", &e, 0);
	ck_assert_int_eq(events_lapse(db, T0 + EVENTS_LAPSE_S, &d), KK_OK);
	ck_assert_uint_eq(all().row[0].state, EVENT_OPEN);
	ck_assert_int_eq(events_lapse(db, T0 + EVENTS_LAPSE_S + 1, &d), KK_OK);
	ck_assert_uint_eq(all().row[0].state, EVENT_LAPSED);
	/* The spool was emptied late. */
	e = word(EVENT_STILL, 0, 900);
	ck_assert_int_eq(put("p1", &e, EVENTS_LAPSE_S + 2), EVENT_NOTHING_NEW);
	ck_assert_uint_eq(all().row[0].state, EVENT_OPEN);
}
END_TEST

START_TEST(the_newest_are_kept)
{
	struct event e = word(EVENT_END, 0, 2);
	struct diag d = {""};

	put("p1", &e, 0);
	ck_assert_int_eq(db_exec(db, "UPDATE sqlite_sequence SET seq = 100000", &d), KK_OK);
	e = word(EVENT_END, 10, 12);
	put("p1", &e, 0);
	ck_assert_int_eq(events_lapse(db, T0, &d), KK_OK);
	ck_assert_uint_eq(all().n, 1);
	ck_assert_int_eq(all().row[0].num, 100001);
}
END_TEST

START_TEST(never_waits)
{
	struct event e = word(EVENT_BEGIN, 0, 2);
	enum event_news news;
	struct diag d = {""};
	struct db *other;

	ck_assert_int_eq(db_open(dir, DB_WRITE, &other, &d), KK_OK);
	ck_assert_int_eq(db_begin(other, &d), KK_OK);
	ck_assert_int_eq(events_put(db, "p1", &e, 0, T0, &news, &d), KK_E_BUSY);
	ck_assert_int_eq(events_lapse(db, T0, &d), KK_E_BUSY);
	db_rollback(other);
	db_close(other);
	e.kind = EVENT_KIND_COUNT;
	ck_assert_int_eq(events_put(db, "p1", &e, 0, T0, &news, &d), KK_E_RANGE);
	ck_assert_uint_eq(all().n, 0);
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(events_state_name(EVENT_LAPSED), "lapsed");
	ck_assert_str_eq(events_state_name(9), "?");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("events");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, exactly_once);
	tcase_add_test(t, probes_do_not_share);
	tcase_add_test(t, evidence_is_kept);
	tcase_add_loop_test(t, which_ones, 0, ROWS(queries));
	tcase_add_test(t, silence_lapses_and_a_word_opens);
	tcase_add_test(t, the_newest_are_kept);
	tcase_add_test(t, never_waits);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	return harness_run(s);
}
