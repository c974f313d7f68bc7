/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schedule, with a clock that a test moves. */
#include "collector/sweep.h"

#include "tests/harness.h"

#define DEVICES	   500
#define INTERVAL_S 60

struct thing {
	struct sweep_item item;
	unsigned started;
	int64_t at_ms; /* newest start */
	int busy;      /* its poll does not end by itself */
};

struct bench {
	struct kk_clock clock;
	struct sweep *sweep;
	struct thing thing[DEVICES];
	unsigned started;
	int room; /* polls that fit; -1: any number */
	int rc;	  /* what `start` says, if not KK_OK */
};

static int
on_start(void *ctx, struct sweep_item *item)
{
	struct bench *b = ctx;
	struct thing *t = (struct thing *)item; /* its first member */

	if (b->room == 0)
		return KK_E_FULL;
	if (b->rc != KK_OK)
		return b->rc;
	if (b->room > 0)
		b->room--;
	ck_assert_msg(!t->busy || t->started == 0, "a second poll while one is in flight");
	t->started++;
	t->at_ms = b->clock.mono_ms;
	b->started++;
	if (!t->busy)
		sweep_ended(b->sweep, item);
	return KK_OK;
}

static void
start(struct bench *b, int n)
{
	char id[32];

	memset(b, 0, sizeof(*b));
	b->clock = (struct kk_clock){1, 123456, 8640000};
	b->room = -1;
	ck_assert_int_eq(sweep_new(&b->clock, INTERVAL_S, on_start, b, &b->sweep), KK_OK);
	for (int i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "WF%06d", i);
		sweep_add(b->sweep, &b->thing[i].item, id);
	}
}

/* As the daemon does: sleep as long as it says, at the most. */
static void
pass(struct bench *b, int64_t ms)
{
	int64_t end = b->clock.mono_ms + ms;
	unsigned turns = 0;

	for (;;) {
		int wait = sweep_run(b->sweep);

		ck_assert_uint_lt(turns++, 100000);
		if (b->clock.mono_ms >= end && wait != 0)
			return;
		if (wait < 0 || b->clock.mono_ms + wait > end)
			wait = (int)(end - b->clock.mono_ms);
		clock_advance(&b->clock, wait);
	}
}

START_TEST(once_an_interval)
{
	struct bench b;
	unsigned least = 1000, most = 0;

	start(&b, DEVICES);
	for (int minute = 1; minute <= 3; minute++) {
		pass(&b, 60000);
		for (int i = 0; i < DEVICES; i++)
			ck_assert_uint_eq(b.thing[i].started, minute);
	}
	/* Spread: 500 over ten parts of a minute, 50 each on average. */
	for (int part = 0; part < 10; part++) {
		unsigned n = 0;

		for (int i = 0; i < DEVICES; i++)
			n += (b.thing[i].at_ms - 123456) % 60000 / 6000 == part;
		least = n < least ? n : least;
		most = n > most ? n : most;
	}
	ck_assert_uint_gt(least, 25);
	ck_assert_uint_lt(most, 80);
	sweep_free(b.sweep);
}
END_TEST

/* Another process, another monotonic time: the same moment of the minute. */
START_TEST(moment_survives_restart)
{
	struct bench a, b;
	int64_t shift = 777 * 1000 + 10; /* what has passed on the wall clock, ms */

	start(&a, DEVICES);
	pass(&a, 120000);
	start(&b, 0);
	sweep_free(b.sweep);
	b.clock.mono_ms = 5000;
	b.clock.utc_cs += shift / 10;
	ck_assert_int_eq(sweep_new(&b.clock, INTERVAL_S, on_start, &b, &b.sweep), KK_OK);
	for (int i = 0; i < DEVICES; i++) {
		char id[32];

		snprintf(id, sizeof(id), "WF%06d", i);
		sweep_add(b.sweep, &b.thing[i].item, id);
	}
	pass(&b, 60000);
	for (int i = 0; i < DEVICES; i++) {
		int64_t moment = (a.thing[i].at_ms - 123456) % 60000;

		ck_assert_int_eq((b.thing[i].at_ms - 5000 + shift) % 60000, moment);
	}
	sweep_free(a.sweep);
	sweep_free(b.sweep);
}
END_TEST

START_TEST(never_two_in_flight)
{
	struct bench b;
	struct sweep_stats st;

	start(&b, 3);
	b.thing[1].busy = 1;
	pass(&b, 300000);
	ck_assert_uint_eq(b.thing[0].started, 5);
	ck_assert_uint_eq(b.thing[1].started, 1);
	sweep_stats(b.sweep, &st);
	ck_assert_uint_eq(st.overruns, 4);
	ck_assert_uint_eq(st.flying, 1);
	/* When it ends, the next moment counts, and none is made up for. */
	b.thing[1].busy = 0;
	sweep_ended(b.sweep, &b.thing[1].item);
	pass(&b, 60000);
	ck_assert_uint_eq(b.thing[1].started, 2);
	sweep_free(b.sweep);
}
END_TEST

static unsigned late, turned;

/* Who flies when his moment comes again is ended here. */
static void
on_late(void *ctx, struct sweep_item *item)
{
	struct bench *b = ctx;

	late++;
	if (item->flying)
		sweep_ended(b->sweep, item);
}

static void
on_turned(void *ctx)
{
	(void)ctx;
	turned++;
}

/* The owner is told, ends the poll, and the next one starts at its moment. */
START_TEST(ended_when_late)
{
	struct bench b;
	struct sweep_stats st;

	late = turned = 0;
	start(&b, 3);
	sweep_listen(b.sweep, on_late, on_turned);
	b.thing[1].busy = 1;
	pass(&b, 60000);
	ck_assert_uint_eq(late, 0);
	b.thing[1].started = 0; /* on_start() takes no second one */
	pass(&b, 60000);
	ck_assert_uint_eq(b.thing[1].started, 1);
	ck_assert_uint_eq(late, 1);
	ck_assert_uint_ge(turned, 2);
	ck_assert_uint_le(turned, 3);
	sweep_stats(b.sweep, &st);
	ck_assert_uint_eq(st.overruns, 0);
	sweep_free(b.sweep);
}
END_TEST

/* Out of turn: once, not beside a poll that runs, and its moment stays what it was. */
START_TEST(now)
{
	struct bench b;
	int64_t at;

	start(&b, 3);
	pass(&b, 60000);
	at = b.thing[0].at_ms;
	ck_assert_int_eq(sweep_now(b.sweep, &b.thing[0].item), KK_OK);
	ck_assert_int_eq(sweep_now(b.sweep, &b.thing[0].item), KK_E_BUSY);
	b.thing[0].busy = 1;
	b.thing[0].started = 0;
	sweep_run(b.sweep);
	ck_assert_uint_eq(b.thing[0].started, 1);
	ck_assert_int_eq(sweep_now(b.sweep, &b.thing[0].item), KK_E_BUSY);
	ck_assert_int_eq(b.thing[0].item.slot_ms, 0);
	b.thing[0].busy = 0;
	sweep_ended(b.sweep, &b.thing[0].item);
	pass(&b, 60000);
	ck_assert_uint_eq(b.thing[0].started, 2);
	ck_assert_int_eq((b.thing[0].at_ms - at) % 60000, 0);
	sweep_remove(b.sweep, &b.thing[0].item);
	ck_assert_int_eq(sweep_now(b.sweep, &b.thing[0].item), KK_E_NOTFOUND);
	sweep_free(b.sweep);
}
END_TEST

START_TEST(no_room)
{
	struct bench b;

	start(&b, DEVICES);
	b.room = 100;
	pass(&b, 60000);
	ck_assert_uint_eq(b.started, 100);
	b.room = 1000;
	pass(&b, 10);
	for (int i = 0; i < DEVICES; i++)
		ck_assert_uint_ge(b.thing[i].started, 1);
	ck_assert_uint_lt(b.started, DEVICES + 10); /* but for those whose moment came again */
	sweep_free(b.sweep);
}
END_TEST

START_TEST(refused)
{
	struct bench b;
	struct sweep_stats st;

	start(&b, 10);
	b.rc = KK_E_BUSY;
	pass(&b, 60000);
	sweep_stats(b.sweep, &st);
	ck_assert_uint_eq(st.refused, 10);
	ck_assert_uint_eq(st.due, 0);
	ck_assert_uint_eq(st.flying, 0);
	b.rc = KK_OK;
	pass(&b, 60000);
	ck_assert_uint_eq(b.started, 10);
	sweep_free(b.sweep);
}
END_TEST

/* The process stood still for an hour: each is polled once, not sixty times. */
START_TEST(stall)
{
	struct bench b;

	start(&b, DEVICES);
	pass(&b, 60000);
	clock_advance(&b.clock, 3600000);
	pass(&b, 0);
	for (int i = 0; i < DEVICES; i++)
		ck_assert_uint_eq(b.thing[i].started, 2);
	/* And the rhythm is the old one. */
	pass(&b, 60000);
	for (int i = 0; i < DEVICES; i++)
		ck_assert_uint_eq(b.thing[i].started, 3);
	sweep_free(b.sweep);
}
END_TEST

START_TEST(removed)
{
	struct bench b;
	struct sweep_stats st;

	start(&b, 4);
	sweep_remove(b.sweep, &b.thing[0].item);
	sweep_remove(b.sweep, &b.thing[0].item);
	b.room = 0;
	pass(&b, 60000);
	sweep_stats(b.sweep, &st);
	ck_assert_uint_eq(st.due, 3);
	sweep_remove(b.sweep, &b.thing[1].item); /* due */
	b.room = -1;
	b.thing[2].busy = 1;
	pass(&b, 10);
	sweep_remove(b.sweep, &b.thing[2].item); /* in flight */
	sweep_stats(b.sweep, &st);
	ck_assert_uint_eq(st.items, 1);
	ck_assert_uint_eq(st.flying, 0);
	pass(&b, 60000);
	ck_assert_uint_eq(b.thing[0].started, 0);
	ck_assert_uint_eq(b.thing[1].started, 0);
	ck_assert_uint_eq(b.thing[2].started, 1);
	ck_assert_uint_eq(b.thing[3].started, 2);
	sweep_free(b.sweep);
}
END_TEST

START_TEST(another_interval)
{
	struct bench b;

	start(&b, DEVICES);
	ck_assert_int_eq(sweep_retime(b.sweep, 7), KK_OK);
	pass(&b, 70000);
	for (int i = 0; i < DEVICES; i++)
		ck_assert_uint_eq(b.thing[i].started, 10);
	ck_assert_int_eq(sweep_retime(b.sweep, 3600), KK_OK);
	pass(&b, 3600000);
	for (int i = 0; i < DEVICES; i++)
		ck_assert_uint_eq(b.thing[i].started, 11);
	sweep_free(b.sweep);
}
END_TEST

START_TEST(all_at_once)
{
	struct bench b;
	unsigned runs = 0;

	start(&b, DEVICES);
	for (int i = 0; i < DEVICES; i += 50)
		b.thing[i].item.early = 1;
	sweep_all(b.sweep);
	b.room = DEVICES / 50;
	ck_assert_int_gt(sweep_run(b.sweep), 0);
	for (int i = 0; i < DEVICES; i++)
		ck_assert_uint_eq(b.thing[i].started, i % 50 == 0);
	b.room = -1;
	while (sweep_run(b.sweep) == 0)
		runs++;
	ck_assert_uint_eq(b.started, DEVICES);
	ck_assert_uint_ge(runs, 1); /* a part at a time, so that the network is looked at between */
	ck_assert_int_eq(sweep_run(b.sweep), -1);
	clock_advance(&b.clock, 600000);
	ck_assert_int_eq(sweep_run(b.sweep), -1);
	ck_assert_uint_eq(b.started, DEVICES);
	sweep_free(b.sweep);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sweep");
	TCase *tc = tcase_create("sweep");

	tcase_add_test(tc, once_an_interval);
	tcase_add_test(tc, moment_survives_restart);
	tcase_add_test(tc, never_two_in_flight);
	tcase_add_test(tc, ended_when_late);
	tcase_add_test(tc, now);
	tcase_add_test(tc, no_room);
	tcase_add_test(tc, refused);
	tcase_add_test(tc, stall);
	tcase_add_test(tc, removed);
	tcase_add_test(tc, another_interval);
	tcase_add_test(tc, all_at_once);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
