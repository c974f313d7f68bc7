/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_keyed.c - two probes and a collector through days and nights, on a simulated clock: frames
 * in at the probes, counts out at the collector. */
#include <pcap/dlt.h>

#include "collector/daykeys.h"
#include "collector/distinct.h"
#include "probes/count.h"
#include "probes/keyed.h"
#include "rrd/distinct.h"
#include "tests/harness.h"

#define DAY	 20260801
#define DAY_S	 INT64_C(1785510000) /* 2026-08-01 00:00 in Seoul */
#define HOUR_S	 3600
#define PROBES	 2
#define MINUTE_S 60

static const char map_text[] = "key,value,ap\n"
			       "bssid,02:aa:00:00:00:01,AP-1\n"
			       "bssid,02:aa:00:00:00:02,AP-2\n";

struct probe {
	struct pseudonyms *own;
	struct map *map;
	struct decoder *decoder;
	struct count *count;
	struct keyed *keyed;
	int deaf; /* says nothing */
};

static char dir[64];
static struct db *db;
static struct kk_clock clk;
static struct daykeys *keys;
static struct distinct *merger;
static struct probe probe[PROBES];

/* ---- the collector ---- */

static struct distinct_place
place(void *ctx, const char *id)
{
	(void)ctx;
	return (struct distinct_place){(uint32_t)(id[3] - '0'), "강남구"};
}

static void
hand_out(void)
{
	uint8_t out[DAYKEY_WIRE_OCTETS];
	struct daykey key;

	for (unsigned i = 0; i < DAYKEYS; i++) {
		if (!daykeys_message(keys, i, out))
			continue;
		ck_assert_int_eq(distinct_open(merger, daykeys_facts(keys, i)), KK_OK);
		ck_assert_int_eq(daykey_decode(out, sizeof(out), &key), KK_OK);
		for (int p = 0; p < PROBES; p++)
			keyed_key(probe[p].keyed, &key);
	}
}

static void
collector_up(void)
{
	const struct distinct_env env = {.clock = &clk, .place = place};
	struct diag d = {""};

	ck_assert_msg(daykeys_new(&clk, &keys, &d) == KK_OK, "%s", d.text);
	ck_assert_ptr_nonnull(merger = distinct_new(&env));
	hand_out();
}

static void
keep(void)
{
	struct diag d = {""};
	int rc;

	while ((rc = distinct_keep(merger, db, 1, &d)) == KK_END)
		;
	ck_assert_msg(rc == KK_OK, "%s", d.text);
}

static void
collector_down(void)
{
	keep();
	distinct_free(merger);
	daykeys_free(keys);
	merger = NULL;
	keys = NULL;
}

/* ---- the probes ---- */

static void
on_ap(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	struct probe *p = ctx;

	(void)iv;
	if (line->mapped && line->heard)
		keyed_heard(p->keyed, line->ap);
}

static void
on_end(void *ctx, const struct interval *iv)
{
	keyed_closed(((struct probe *)ctx)->keyed, iv->to_us, iv->partial);
}

static void
on_client(void *ctx, uint32_t ap, uint64_t client)
{
	keyed_client(((struct probe *)ctx)->keyed, ap, client);
}

static int64_t
now_us(void)
{
	return clk.utc_cs * 10000;
}

static void
probe_up(struct probe *p)
{
	const struct count_options o = {.interval_s = MINUTE_S};
	const struct count_sink sink = {.ctx = p, .ap = on_ap, .end = on_end, .client = on_client};
	struct diag d = {""};

	ck_assert_int_eq(pseudonyms_new(&p->own, &d), KK_OK);
	ck_assert_ptr_nonnull(p->decoder = decoder_new(p->own));
	ck_assert_int_eq(
	    map_over("map", map_text, sizeof(map_text) - 1, p->own, &p->map, &d), KK_OK);
	ck_assert_msg(keyed_new(p == probe ? "gate-1" : "gate-2", p->own, p->map, &clk, &p->keyed,
			  &d) == KK_OK,
	    "%s", d.text);
	decoder_turns(p->decoder, keyed_turns(p->keyed));
	ck_assert_ptr_nonnull(p->count = count_new(&o, p->map, &sink));
	count_start(p->count, now_us());
}

static void
probe_down(struct probe *p)
{
	keyed_free(p->keyed);
	count_free(p->count);
	map_free(p->map);
	decoder_free(p->decoder);
	pseudonyms_free(p->own);
	memset(p, 0, sizeof(*p));
}

/* A client's data frame to an access point; the pseudonym it has. */
static uint64_t
hear(struct probe *p, unsigned ap, unsigned client)
{
	const uint8_t frame[40] = {0x08, 0x01, 0, 0, 0x02, 0xaa, 0, 0, 0, (uint8_t)ap, 0x02, 0xcc,
	    0, 0, (uint8_t)(client >> 8), (uint8_t)client, 0x02, 0xbb, 0, 0, 0, 1};
	const struct packet packet = {
	    .time_us = now_us(), .p = frame, .len = sizeof(frame), .caplen = sizeof(frame)};
	struct seen seen;

	dec_frame(
	    p->decoder, DLT_IEEE802_11, packet.time_us, frame, sizeof(frame), sizeof(frame), &seen);
	count_packets(p->count, &(struct count_batch){.packet = &packet, .seen = &seen}, 1);
	return seen.client;
}

static int
say(void *arg, const uint8_t *message, size_t len)
{
	const struct probe *p = arg;

	if (p->deaf || merger == NULL)
		return KK_E_CLOSED;
	ck_assert_int_eq(distinct_take(merger, message, len), KK_OK);
	return KK_OK;
}

/* A second passes. */
static void
tick(void)
{
	int64_t turn_us;

	clock_advance(&clk, 1000);
	if (keys != NULL && daykeys_follow(keys))
		hand_out();
	for (int i = 0; i < PROBES; i++) {
		struct probe *p = &probe[i];

		if (p->count == NULL)
			continue;
		count_advance(p->count, now_us() - 500000);
		turn_us = keyed_plan(p->keyed, count_due(p->count), MINUTE_S * INT64_C(1000000));
		if (turn_us != 0)
			count_turn(p->count, turn_us);
		keyed_say(p->keyed, 0, say, p);
	}
}

static void
until(int64_t utc_s)
{
	while (clk.utc_cs < utc_s * 100)
		tick();
}

/* Clients [from, to) at an access point, one now. */
static void
crowd(int who, unsigned ap, unsigned from, unsigned to)
{
	while (from < to)
		(void)hear(&probe[who], ap, from++);
}

static void
at(int64_t utc_s)
{
	struct diag d = {""};

	harness_dir(dir);
	ck_assert_int_eq(zone_use("Asia/Seoul", &d), KK_OK);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
	clk = (struct kk_clock){1, 1000, utc_s * 100};
	for (int i = 0; i < PROBES; i++)
		probe_up(&probe[i]);
}

static void
leave(void)
{
	for (int i = 0; i < PROBES; i++)
		if (probe[i].count != NULL)
			probe_down(&probe[i]);
	if (merger != NULL)
		collector_down();
	db_close(db);
	harness_remove(dir);
}

static void
check(kk_day day, uint32_t device, int64_t clients, int whole)
{
	struct distinct_row row = {0};
	struct diag d = {""};

	keep();
	ck_assert_int_eq(distinct_of(db, day, device, &row, &d), KK_OK);
	ck_assert_msg(llabs(row.clients - clients) * 10 <= clients, "%d AP-%u: %lld, not %lld",
	    (int)day, device, (long long)row.clients, (long long)clients);
	ck_assert_msg(row.whole == whole, "%d AP-%u: whole %d", (int)day, device, row.whole);
}

/* Before a key came each probe has its own; then both have the day's, and the night changes it. */
START_TEST(pseudonyms)
{
	uint64_t before, today;

	at(DAY_S - HOUR_S);
	before = hear(&probe[0], 1, 7);
	ck_assert_uint_ne(before, hear(&probe[1], 1, 7));
	collector_up();
	tick();
	ck_assert_uint_eq(hear(&probe[0], 1, 7), before); /* the interval runs on */
	until(DAY_S - HOUR_S + MINUTE_S + 1);
	today = hear(&probe[0], 1, 7);
	ck_assert_uint_ne(today, before);
	ck_assert_uint_eq(today, hear(&probe[1], 1, 7));
	until(DAY_S - 1);
	ck_assert_uint_eq(hear(&probe[0], 1, 7), today);
	clock_advance(&clk, 1000); /* midnight, before anybody looks */
	ck_assert_uint_ne(hear(&probe[0], 1, 7), today);
	ck_assert_uint_eq(hear(&probe[0], 1, 7), hear(&probe[1], 1, 7));
	leave();
}
END_TEST

/* What one probe saw and what two saw, and a day from midnight to midnight is whole. */
START_TEST(a_day)
{
	at(DAY_S - HOUR_S);
	collector_up();
	until(DAY_S - 1);
	crowd(0, 1, 500, 700); /* of the day before */
	until(DAY_S + HOUR_S);
	crowd(0, 1, 0, 60);
	crowd(1, 1, 30, 90);
	crowd(1, 2, 60, 120);
	until(DAY_S + 20 * HOUR_S);
	crowd(0, 1, 80, 110);
	crowd(0, 2, 0, 1);
	until(DAY_S + 24 * HOUR_S - 1);
	crowd(1, 1, 110, 120);
	until(DAY_S + 24 * HOUR_S + 2);
	crowd(0, 1, 1000, 1200); /* of the day after */
	until(DAY_S + 24 * HOUR_S + 1000);
	check(DAY, 1, 120, 1);
	check(DAY, 2, 61, 1);
	check(DAY + 1, 1, 200, 0);
	check(20260731, 1, 200, 0);
	ck_assert_uint_eq(distinct_stats(merger)->drops[DISTINCT_DROP_FOREIGN_KEY], 0);
	leave();
}
END_TEST

/* The collector is started again at noon: who was there before and after counts twice or once, but
 * nobody says that it is whole. */
START_TEST(restarted)
{
	at(DAY_S - HOUR_S);
	collector_up();
	until(DAY_S + HOUR_S);
	crowd(0, 1, 0, 100);
	until(DAY_S + 2 * HOUR_S);
	collector_down();
	collector_up();
	until(DAY_S + 3 * HOUR_S);
	crowd(0, 1, 50, 90);
	until(DAY_S + 24 * HOUR_S + 1000);
	check(DAY, 1, 100, 0);
	leave();
}
END_TEST

/* The collector is gone for good: the day's key is left at midnight, for one that nobody else has.
 */
START_TEST(alone)
{
	uint64_t today;

	at(DAY_S);
	collector_up();
	until(DAY_S + HOUR_S);
	today = hear(&probe[0], 1, 7);
	ck_assert_uint_eq(today, hear(&probe[1], 1, 7));
	collector_down();
	until(DAY_S + 24 * HOUR_S - 1);
	ck_assert_uint_eq(today, hear(&probe[0], 1, 7));
	until(DAY_S + 24 * HOUR_S);
	ck_assert_uint_ne(today, hear(&probe[0], 1, 7));
	ck_assert_uint_ne(hear(&probe[0], 1, 7), hear(&probe[1], 1, 7));
	leave();
}
END_TEST

/* One probe stops in the evening: what both listened to is whole, what it alone did is not. */
START_TEST(one_stops)
{
	at(DAY_S - HOUR_S);
	collector_up();
	until(DAY_S + HOUR_S);
	crowd(0, 1, 0, 30);
	crowd(1, 1, 10, 40);
	crowd(1, 2, 0, 50);
	until(DAY_S + 20 * HOUR_S);
	keyed_say(probe[1].keyed, 1, say, &probe[1]);
	probe_down(&probe[1]);
	probe_up(&probe[1]); /* as a name only: it hears nothing */
	until(DAY_S + 24 * HOUR_S + 1000);
	check(DAY, 1, 40, 1);
	check(DAY, 2, 50, 0);
	leave();
}
END_TEST

/* Nobody hears at the last minute: the key of a packet is that of its time, whenever it is decoded.
 */
START_TEST(late_packets)
{
	struct pseudonyms *own;
	struct pseudonym_turns *t;
	struct diag d = {""};
	const uint8_t key[PSEUDONYM_KEY] = {1}, mac[6] = {2, 0, 0, 0, 0, 1};
	uint64_t before, after, mark;

	ck_assert_int_eq(pseudonyms_new(&own, &d), KK_OK);
	ck_assert_int_eq(pseudonym_turns_new(own, &t, &d), KK_OK);
	before = pseudonym_mac(pseudonym_turns_at(t, 500), mac);
	mark = pseudonym_mark(own, mac);
	ck_assert_uint_eq(before, pseudonym_mac(own, mac));
	pseudonym_turns_next(t, key, 500, 1000);
	after = pseudonym_mac(pseudonym_turns_at(t, 1000), mac);
	ck_assert_uint_ne(after, before);
	ck_assert_uint_eq(pseudonym_mac(pseudonym_turns_at(t, 999), mac), before);
	ck_assert_uint_eq(pseudonym_mark(pseudonym_turns_at(t, 1000), mac), mark);
	/* Not before the turn, and then for good: what comes late has a number of nobody's. */
	pseudonym_turns_forget(t, 999);
	ck_assert_uint_eq(pseudonym_mac(pseudonym_turns_at(t, 999), mac), before);
	pseudonym_turns_forget(t, 1000);
	ck_assert_uint_ne(pseudonym_mac(pseudonym_turns_at(t, 999), mac), before);
	ck_assert_uint_eq(pseudonym_mac(pseudonym_turns_at(t, 1000), mac), after);
	/* A plan that is changed before its time comes. */
	pseudonym_turns_next(t, NULL, 1500, 2000);
	pseudonym_turns_next(t, key, 1500, 2000);
	ck_assert_uint_eq(pseudonym_mac(pseudonym_turns_at(t, 1999), mac), after);
	ck_assert_uint_eq(pseudonym_mac(pseudonym_turns_at(t, 2000), mac), after);
	pseudonym_turns_free(t);
	pseudonyms_free(own);
}
END_TEST

/* The border at which a key takes its turn, from now on, ms; the running interval ends in so long.
 */
static const struct {
	const char *why;
	int64_t due_ms, step_ms, want_ms;
} plans[] = {
    {"the interval runs", 30000, 60000, 30000},
    {"it has ended, and waits for late packets", -400, 1000, 600},
    {"it ends this moment", 0, 60000, 60000},
    {"it ends so soon that packets may be ahead", 20, 1000, 1020},
    {"nothing was counted for long", -7400, 1000, 600},
};

START_TEST(planned)
{
	int64_t due_us, want_us;

	at(DAY_S + HOUR_S);
	collector_up();
	due_us = now_us() + plans[_i].due_ms * 1000;
	want_us = now_us() + plans[_i].want_ms * 1000;
	ck_assert_msg(keyed_plan(probe[0].keyed, due_us, plans[_i].step_ms * 1000) == want_us, "%s",
	    plans[_i].why);
	/* Once is enough. */
	ck_assert_int_eq(keyed_plan(probe[0].keyed, due_us, plans[_i].step_ms * 1000), 0);
	ck_assert_int_eq(keyed_plan(probe[1].keyed, 0, plans[_i].step_ms * 1000), 0);
	leave();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("keyed");
	TCase *tc = tcase_create("days");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, pseudonyms);
	tcase_add_test(tc, a_day);
	tcase_add_test(tc, restarted);
	tcase_add_test(tc, alone);
	tcase_add_test(tc, one_stops);
	tcase_add_test(tc, late_packets);
	tcase_add_loop_test(tc, planned, 0, ROWS(plans));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
