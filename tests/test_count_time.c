/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_count_time.c - what is told of an interval: where it begins and ends, what was lost, what is
 * encrypted, and when the map becomes another. */
#include "tests/counting.h"

START_TEST(time)
{
	static struct told told;
	struct map *m = counting_map("key,value,ap\nbssid,02:00:00:00:00:01,WF1\n");
	struct count *c = counting_new(m, &told, 0, 0);
	struct seen s = counting_air(0x020000000001, SEEN_DATA, SEEN_UP, 77, 100);

	count_start(c, T0 + 10 * S);
	count_packet(c, T0 + 59 * S, 200, &s);
	count_packet(c, T0 + 60 * S, 200, &s); /* the first of the next minute */
	ck_assert_int_eq(told.n, 1);
	ck_assert_int_eq(told.line[0].iv.from_us, T0 + 10 * S);
	ck_assert_uint_eq(told.line[0].t.octets_up, 100);
	/* Late packets count where time stands: intervals never go back. */
	count_packet(c, T0 + 58 * S, 200, &s);
	count_lost(c, 3);
	count_advance(c, T0 + 120 * S);
	ck_assert_int_eq(told.n, 2);
	ck_assert_uint_eq(told.line[1].t.octets_up, 200);
	ck_assert_int_eq(told.line[1].iv.partial, 1);
	ck_assert_int_eq(told.line[1].iv.lost, -1); /* nobody is asked */
	/* Quiet minutes of a capture are told one by one; a gap of days is not. */
	count_packet(c, T0 + 245 * S, 200, &s);
	ck_assert_int_eq(told.n, 4);
	ck_assert_int_eq(told.line[3].iv.partial, 0);
	ck_assert_uint_eq(told.line[3].t.octets_up, 0);
	count_packet(c, T0 + 30 * 86400 * S + 5 * S, 200, &s);
	ck_assert_int_eq(told.n, 5);
	count_finish(c, 0);
	ck_assert_int_eq(told.n, 6);
	ck_assert_int_eq(told.line[5].iv.from_us, T0 + 30 * 86400 * S);
	ck_assert_int_eq(told.line[5].iv.to_us, T0 + 30 * 86400 * S + 5 * S + 1);
	count_free(c);
	map_free(m);
}
END_TEST

/* A clock that is set on, or a machine that slept: nobody listened then, and nothing is told of it.
 */
START_TEST(leap)
{
	static struct told told;
	struct map *m = counting_map("key,value,ap\nbssid,02:00:00:00:00:01,WF1\n");
	const struct count_options o = {.interval_s = 60, .live = 1};
	const struct count_sink sink = counting_sink(&told);
	struct seen s = counting_air(0x020000000001, SEEN_DATA, SEEN_UP, 77, 100);
	struct count *c = count_new(&o, m, &sink);

	memset(&told, 0, sizeof(told));
	count_start(c, T0 + 10 * S);
	count_packet(c, T0 + 11 * S, 200, &s);
	/* Late, but not asleep. */
	count_advance(c, T0 + 119 * S);
	ck_assert_int_eq(told.n, 1);
	ck_assert_int_eq(told.line[0].iv.partial, 0);
	count_packet(c, T0 + 119 * S, 200, &s);
	/* Nine hours, as when a clock of Seoul's time is taken for UTC; by a packet or by itself.
	 */
	if (_i == 0)
		count_advance(c, T0 + 9 * 3600 * S + 5 * S);
	count_packet(c, T0 + 9 * 3600 * S + 5 * S, 200, &s);
	ck_assert_int_eq(told.n, 2);
	ck_assert_int_eq(told.line[1].iv.to_us, T0 + 120 * S);
	ck_assert_int_eq(told.line[1].iv.partial, 1);
	ck_assert_uint_eq(told.line[1].t.octets_up, 100);
	count_advance(c, T0 + 9 * 3600 * S + 60 * S);
	ck_assert_int_eq(told.n, 3);
	ck_assert_int_eq(told.line[2].iv.from_us, T0 + 9 * 3600 * S + 5 * S);
	ck_assert_int_eq(told.line[2].iv.partial, 0);
	ck_assert_uint_eq(told.line[2].t.octets_up, 100);
	count_free(c);
	map_free(m);
}
END_TEST

/* What is told of what was lost: `late` is found out when the interval ends. */
static const struct {
	uint64_t early, late;
	int partial[2];
	int64_t lost[2];
} losses[] = {
    {0, 0, {0, 0}, {0, 0}},
    {3, 0, {1, 0}, {3, 0}},
    {0, 4, {1, 1}, {4, 0}}, /* perhaps of the next one */
    {3, 4, {1, 1}, {7, 0}},
};

static uint64_t
take_losses(void *ctx)
{
	struct told *told = ctx;
	uint64_t n = told->lost;

	told->lost = 0;
	return n;
}

START_TEST(what_was_lost)
{
	static struct told told;
	struct map *m = counting_map("key,value,ap\nbssid,02:00:00:00:00:01,WF1\n");
	const struct count_options o = {.interval_s = 60};
	struct count_sink sink = counting_sink(&told);
	struct seen s = counting_air(0x020000000001, SEEN_DATA, SEEN_UP, 77, 100);
	struct count *c;

	memset(&told, 0, sizeof(told));
	sink.lost = take_losses;
	ck_assert_ptr_nonnull(c = count_new(&o, m, &sink));
	count_start(c, T0 + 10 * S);
	count_packet(c, T0 + 11 * S, 200, &s);
	if (losses[_i].early > 0)
		count_lost(c, losses[_i].early);
	told.lost = losses[_i].late;
	count_advance(c, T0 + 180 * S);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(told.line[i].iv.partial, losses[_i].partial[i]);
		ck_assert_int_eq(told.line[i].iv.lost, losses[_i].lost[i]);
	}
	ck_assert_int_eq(told.line[2].iv.partial, 0);
	count_free(c);
	map_free(m);
}
END_TEST

/* A tunnel that is encrypted, by the minute: what comes through it, and what is known then. */
static const struct {
	const char *what; /* e: encrypted, c: a client's packet, a: one of 802.11 */
	int opaque, air;
	int64_t clients;
} minutes[] = {
    {"c", 0, 0, 1},
    {"", 0, 0, 0},
    {"e", 1, 0, -1},
    {"", 1, 0, -1}, /* not known to be silence of clients */
    {"ec", 1, 0, -1},
    {"ca", 0, 1, 2},
    {"", 0, 1, 0},
    {"e", 1, 0, -1}, /* what is 802.11 may be in there as well */
    {"ea", 1, 1, -1},
    {"a", 0, 1, 1},
};

START_TEST(encrypted)
{
	static struct told told;
	struct map *m = counting_map("key,value,ap\ntunnel,192.0.2.10,WF1\n"
				     "bssid,02:00:00:00:00:01,WF1\n");
	struct count *c = counting_new(m, &told, 0, 0);

	for (int i = 0; i < ROWS(minutes); i++) {
		for (const char *p = minutes[i].what; *p != '\0'; p++) {
			struct seen s = counting_tunnelled();

			if (*p == 'c') {
				s = counting_wire(0, 0, "c", "g", 9);
				s.tunnels = 1;
				s.tunnel = SEEN_TUNNEL_CAPWAP;
				s.tunnel_from = 0xc000020a;
			}
			if (*p == 'a')
				s = counting_air(0x020000000001, SEEN_DATA, SEEN_UP, 77, 5);
			count_packet(c, T0 + (i * 60 + 1) * S, 100, &s);
		}
		count_advance(c, T0 + (i + 1) * 60 * S);
		ck_assert_int_eq(told.n, i + 1);
		ck_assert_msg(told.line[i].opaque == minutes[i].opaque, "minute %d", i);
		ck_assert_msg(told.line[i].air == minutes[i].air, "minute %d: air", i);
		ck_assert_msg(told.line[i].clients == minutes[i].clients, "minute %d: %lld clients",
		    i, (long long)told.line[i].clients);
		ck_assert_int_eq(told.line[i].busiest < 0, minutes[i].clients < 0);
	}
	count_free(c);
	map_free(m);
}
END_TEST

/* Another map: one that was heard is told when quiet too, unless nothing of what it was heard by is
 * left. */
START_TEST(another_map)
{
	static struct told told;
	struct map *m =
	    counting_map("key,value,ap\nbssid,02:00:00:00:00:01,GONE\n"
			 "bssid,02:00:00:00:00:02,HEARD\nvlan,7,MOVED\nvlan,8,NEVER\n"
			 "vlan,9,ON WIRE\ntunnel,192.0.2.10,DARK\ngateway,02:00:00:00:00:67,\n");
	struct map *n = counting_map("key,value,ap\nbssid,02:00:00:00:00:02,HEARD\n"
				     "bssid,02:00:00:00:00:03,ON WIRE\nvlan,6,AHEAD\nvlan,8,NEVER\n"
				     "vlan,9,ON WIRE\nvlan,10,MOVED\ntunnel,192.0.2.10,DARK\n"
				     "gateway,02:00:00:00:00:67,\n");
	struct count *old = counting_new(m, &told, 0, 0), *c = counting_new(n, &told, 0, 0);
	struct seen s;

	for (unsigned bssid = 1; bssid <= 2; bssid++) {
		s = counting_air(0x020000000000 + bssid, SEEN_DATA, SEEN_DOWN, 77, 1000);
		count_packet(old, T0 + 1 * S, 1100, &s);
	}
	for (unsigned vlan = 7; vlan <= 9; vlan += 2) {
		s = counting_wire(0, vlan, "c", "g", 9);
		count_packet(old, T0 + 1 * S, 60, &s);
	}
	s = counting_tunnelled();
	count_packet(old, T0 + 1 * S, 60, &s);
	count_finish(old, T0 + 20 * S);
	ck_assert_int_eq(told.n, 5);
	count_start(c, T0 + 20 * S);
	count_succeed(c, old);
	count_free(old);
	map_free(m);
	count_advance(c, T0 + 60 * S);
	ck_assert_int_eq(told.n, 8);
	ck_assert_str_eq(told.line[5].name, "DARK");
	ck_assert_int_eq(told.line[5].opaque, 1);
	for (int i = 6; i < told.n; i++) {
		ck_assert_str_eq(told.line[i].name, i == 6 ? "HEARD" : "ON WIRE");
		ck_assert_int_eq(told.line[i].iv.from_us, T0 + 20 * S);
		ck_assert_int_eq(told.line[i].heard, 1);
		ck_assert_int_eq(told.line[i].air, i == 6);
		ck_assert_uint_eq(told.line[i].t.octets_down + told.line[i].t.octets_up, 0);
		ck_assert_int_eq(told.line[i].clients, 0);
	}
	count_free(c);
	map_free(n);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("count_time");
	TCase *tc = tcase_create("intervals");

	tcase_add_test(tc, time);
	tcase_add_loop_test(tc, leap, 0, 2);
	tcase_add_loop_test(tc, what_was_lost, 0, ROWS(losses));
	tcase_add_test(tc, encrypted);
	tcase_add_test(tc, another_map);
	suite_add_tcase(s, tc);
	return counting_run(s);
}
