/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_count.c - packets of the air and of the wire: which access point they count for, and how. */
#include "tests/counting.h"

START_TEST(the_air)
{
	static struct told told;
	struct map *m = counting_map("key,value,ap\n"
				     "bssid,02:00:00:00:00:01,WF1\n"
				     "bssid,02-00-00-00-00-02,WF1\n"
				     "bssid,02:00:00:00:00:03,WF2\n");
	struct count *c = counting_new(m, &told, 0, 0);
	struct seen s;
	int i;

	s = counting_air(0x020000000001, SEEN_DATA, SEEN_DOWN, 77, 1000);
	count_packet(c, T0 + 1 * S, 1100, &s);
	s = counting_air(0x020000000002, SEEN_DATA, SEEN_UP, 77, 50);
	count_packet(c, T0 + 2 * S, 150, &s);
	s = counting_air(0x020000000002, SEEN_ASSOCIATION_RESPONSE, SEEN_DOWN, 78, 0);
	s.flags |= SEEN_HAS_STATUS;
	count_packet(c, T0 + 3 * S, 60, &s);
	s.status = 17;
	count_packet(c, T0 + 3 * S, 60, &s);
	s = counting_air(0x0200000000ff, SEEN_BEACON, SEEN_DOWN, 0, 0);
	count_packet(c, T0 + 4 * S, 200, &s);
	ck_assert_int_eq(told.n, 0);
	count_advance(c, T0 + 60 * S);
	/* WF2 was never seen, so nothing is known of it. */
	ck_assert_int_eq(told.n, 2);
	ck_assert_int_eq(told.ends, 1);
	i = counting_find(&told, "WF1");
	ck_assert_int_eq(told.line[i].mapped, 1);
	ck_assert_int_eq(told.line[i].iv.from_us, T0 + 1 * S);
	ck_assert_int_eq(told.line[i].iv.to_us, T0 + 60 * S);
	ck_assert_uint_eq(told.line[i].t.octets_down, 1000);
	ck_assert_uint_eq(told.line[i].t.octets_up, 50);
	ck_assert_uint_eq(told.line[i].t.associations, 1);
	ck_assert_uint_eq(told.line[i].t.refusals, 1);
	/* One client on two BSSIDs is one; one that associated is another. */
	ck_assert_int_eq(told.line[i].clients, 2);
	ck_assert_uint_eq(told.line[i].bssids, 2);
	for (size_t k = 0; k < 2; k++)
		ck_assert_uint_eq(
		    told.line[i].associations[k], told.line[i].bssid[k] == 0x020000000002 ? 1 : 0);
	i = counting_find(&told, "bssid:02:00:00:00:00:ff");
	ck_assert_int_eq(told.line[i].mapped, 0);
	ck_assert_uint_eq(told.line[i].t.beacons, 1);
	/* A quiet minute: what was seen before is 0, names of one's own are gone. */
	count_advance(c, T0 + 120 * S);
	ck_assert_int_eq(told.n, 3);
	ck_assert_str_eq(told.line[2].name, "WF1");
	ck_assert_uint_eq(told.line[2].t.octets_down, 0);
	ck_assert_int_eq(told.line[2].clients, 0);
	ck_assert_int_eq(told.line[2].iv.from_us, T0 + 60 * S);
	count_free(c);
	map_free(m);
}
END_TEST

START_TEST(copies)
{
	static struct told told;
	struct count *c = counting_new(NULL, &told, 0, 0);
	struct seen s = counting_air(0x020000000001, SEEN_DATA, SEEN_UP, 77, 100);
	int i;

	s.flags |= SEEN_HAS_SEQUENCE | SEEN_RADIO;
	s.sender = 77;
	s.sequence = 0x10;
	s.airtime_us = 50;
	count_packet(c, T0, 200, &s);
	s.flags |= SEEN_RETRY;
	count_packet(c, T0, 200, &s); /* sent again: a copy */
	s.tid = 3;
	count_packet(c, T0, 200, &s); /* another class counts for itself */
	s.tid = 0;
	s.sequence = 0x20;
	s.airtime_us = 0;
	count_packet(c, T0, 200, &s); /* sent again, but its first copy was missed */
	count_finish(c, T0 + S);
	i = counting_find(&told, "bssid:02:00:00:00:00:01");
	ck_assert_uint_eq(told.line[i].t.octets_up, 300);
	ck_assert_uint_eq(told.line[i].t.copies, 1);
	/* The air was taken by copies too. */
	ck_assert_uint_eq(told.line[i].t.data_frames, 4);
	ck_assert_uint_eq(told.line[i].t.retries, 3);
	ck_assert_uint_eq(told.line[i].t.airtime_us, 150);
	ck_assert_uint_eq(told.line[i].t.airtime_unmeasured, 1);
	/* The totals have every frame. */
	ck_assert_uint_eq(count_totals(c)->packets, 4);
	ck_assert_uint_eq(count_totals(c)->octets, 800);
	ck_assert_uint_eq(count_totals(c)->clients.n, 1);
	count_free(c);
}
END_TEST

static const struct {
	const char *why;
	unsigned outer, inner;
	const char *from, *to; /* g: gateway, m: an AP that routes, others: clients */
	unsigned flags;
	const char *name;
	uint64_t down, up, undirected;
	int64_t clients;
} wires[] = {
    {"to the gateway", 0, 200, "c", "g", 0, "VLAN200", 0, 9, 0, 1},
    {"from the gateway", 0, 200, "g", "c", 0, "VLAN200", 9, 0, 0, 1},
    {"neither", 0, 200, "c", "d", 0, "VLAN200", 0, 0, 9, -1},
    {"private to public", 0, 200, "c", "d", SEEN_FROM_PRIVATE, "VLAN200", 0, 9, 0, 1},
    {"public to private", 0, 200, "c", "d", SEEN_TO_PRIVATE, "VLAN200", 9, 0, 0, 1},
    {"both private", 0, 200, "c", "d", SEEN_FROM_PRIVATE | SEEN_TO_PRIVATE, "VLAN200", 0, 0, 9, -1},
    {"to a virtual router", 0, 200, "c", "d", SEEN_TO_ROUTER, "VLAN200", 0, 9, 0, 1},
    {"two tags, both named", 100, 200, "c", "g", 0, "VLAN100.200", 0, 9, 0, 1},
    {"two tags, the inner is named", 101, 200, "c", "g", 0, "VLAN200", 0, 9, 0, 1},
    {"two tags, the outer is named", 300, 7, "c", "g", 0, "VLAN300", 0, 9, 0, 1},
    {"tags that nobody names", 5, 6, "c", "g", 0, "vlan:5.6", 0, 9, 0, 1},
    {"a tag that nobody names", 0, 6, "c", "g", 0, "vlan:6", 0, 9, 0, 1},
    {"no tag", 0, 0, "c", "g", 0, "unknown", 0, 9, 0, -1},
    {"an AP that routes, up", 0, 200, "m", "d", 0, "ROUTER", 0, 9, 0, -1},
    {"an AP that routes, down", 0, 0, "d", "m", 0, "ROUTER", 9, 0, 0, -1},
};

START_TEST(the_wire)
{
	static struct told told;
	struct map *m = counting_map("key,value,ap\nvlan,200,VLAN200\nvlan,100.200,VLAN100.200\n"
				     "vlan,300,VLAN300\nmac,02:00:00:00:00:6d,ROUTER\n"
				     "gateway,02:00:00:00:00:67,\n");
	struct count *c = counting_new(m, &told, 0, 0);
	struct seen s =
	    counting_wire(wires[_i].outer, wires[_i].inner, wires[_i].from, wires[_i].to, 9);
	int i;

	s.flags |= (uint16_t)wires[_i].flags;
	count_packet(c, T0, 60, &s);
	count_finish(c, T0 + S);
	i = counting_find(&told, wires[_i].name);
	ck_assert_msg(told.n == 1, "%s: %d lines", wires[_i].why, told.n);
	ck_assert_msg(told.line[i].t.octets_down == wires[_i].down, "%s: down", wires[_i].why);
	ck_assert_msg(told.line[i].t.octets_up == wires[_i].up, "%s: up", wires[_i].why);
	ck_assert_msg(told.line[i].t.octets_undirected == wires[_i].undirected, "%s: undirected",
	    wires[_i].why);
	ck_assert_msg(told.line[i].clients == wires[_i].clients, "%s: %lld clients", wires[_i].why,
	    (long long)told.line[i].clients);
	count_free(c);
	map_free(m);
}
END_TEST

/* Beyond a bound nothing is lost, and what is no longer exact is unknown. */
START_TEST(bounds)
{
	static struct told told;
	struct count *c = counting_new(NULL, &told, 10, 3);
	uint64_t octets = 0;

	for (uint64_t i = 1; i <= 20; i++) {
		struct seen s = counting_air(0x020000000000 + i, SEEN_DATA, SEEN_UP, 100 + i, 10);

		count_packet(c, T0, 100, &s);
	}
	count_advance(c, T0 + 60 * S);
	ck_assert_int_eq(told.n, 4); /* three names, and "unknown" for the rest */
	for (int i = 0; i < told.n; i++) {
		octets += told.line[i].t.octets_up;
		/* Whose clients "unknown" has, nobody knows. */
		ck_assert_int_eq(
		    told.line[i].clients, strcmp(told.line[i].name, "unknown") == 0 ? -1 : 1);
	}
	ck_assert_uint_eq(octets, 200);
	/* The next interval has room again. */
	for (uint64_t i = 1; i <= 2; i++) {
		struct seen s = counting_air(0x02000000ff00 + i, SEEN_DATA, SEEN_UP, 100 + i, 10);

		count_packet(c, T0 + 61 * S, 100, &s);
	}
	count_finish(c, T0 + 62 * S);
	ck_assert_int_eq(told.n, 6);
	ck_assert_int_eq(told.line[5].clients, 1);
	count_free(c);
}
END_TEST

/* Past the bound of the exact table clients are estimated, and no one is the busiest. */
START_TEST(beyond)
{
	static struct told told;
	struct map *m = counting_map("key,value,ap\nbssid,02:00:00:00:00:01,WF1\n"
				     "bssid,02:00:00:00:00:02,WF2\n");
	struct count *c = counting_new(m, &told, 1000, 0);
	int i;

	for (int again = 0; again < 2; again++)
		for (uint64_t client = 1; client <= 5000; client++) {
			struct seen s = counting_air(0x020000000001 + (client == 1), SEEN_DATA,
			    SEEN_UP, set_mix(client), 10);

			count_packet(c, T0, 100, &s);
		}
	count_advance(c, T0 + 60 * S);
	i = counting_find(&told, "WF1");
	ck_assert_int_ge(told.line[i].clients, 999 + 4000 * 9 / 10); /* three standard errors */
	ck_assert_int_le(told.line[i].clients, 999 + 4000 * 11 / 10);
	ck_assert_int_eq(told.line[i].busiest, -1);
	i = counting_find(&told, "WF2"); /* its client had room */
	ck_assert_int_eq(told.line[i].clients, 1);
	ck_assert_int_eq(told.line[i].busiest, 20);
	/* The next interval is exact again. */
	for (uint64_t client = 1; client <= 3; client++) {
		struct seen s = counting_air(0x020000000001, SEEN_DATA, SEEN_UP, client, 10);

		count_packet(c, T0 + 61 * S, 100, &s);
	}
	count_finish(c, T0 + 62 * S);
	ck_assert_int_eq(told.line[counting_find(&told, "WF1")].clients, 3);
	count_free(c);
	map_free(m);
}
END_TEST

/* The client that carried most, down and up together; its like at another access point is not it.
 */
START_TEST(busiest)
{
	static const struct {
		uint64_t bssid, client;
		enum seen_direction direction;
		uint32_t octets;
	} frames[] = {{1, 7, SEEN_UP, 10}, {1, 8, SEEN_UP, 15}, {1, 7, SEEN_DOWN, 20},
	    {2, 8, SEEN_UP, 4}, {9, 5, SEEN_DOWN, 3}, {9, 6, SEEN_DOWN, 2}};
	static const struct {
		const char *name;
		int64_t most;
	} want[] = {{"WF1", 30}, {"WF2", 4}, {"bssid:02:00:00:00:00:09", 3}};
	static struct told told;
	struct map *m = counting_map("key,value,ap\nbssid,02:00:00:00:00:01,WF1\n"
				     "bssid,02:00:00:00:00:02,WF2\n");
	struct count *c = counting_new(m, &told, 0, 0);

	for (int i = 0; i < ROWS(frames); i++) {
		struct seen s = counting_air(0x020000000000 + frames[i].bssid, SEEN_DATA,
		    frames[i].direction, frames[i].client, frames[i].octets);

		count_packet(c, T0, 100, &s);
	}
	count_advance(c, T0 + 60 * S);
	for (int i = 0; i < ROWS(want); i++)
		ck_assert_int_eq(
		    told.line[counting_find(&told, want[i].name)].busiest, want[i].most);
	/* It is forgotten with its interval. */
	count_finish(c, T0 + 61 * S);
	ck_assert_int_eq(told.line[counting_find(&told, "WF1")].busiest, 0);
	count_free(c);
	map_free(m);
}
END_TEST

/* One that was let in, and carries nothing until later, is a client of the totals then. */
START_TEST(client_of_totals)
{
	static struct told told;
	struct count *c = counting_new(NULL, &told, 0, 0);
	struct seen in = counting_air(0x020000000001, SEEN_ASSOCIATION_RESPONSE, SEEN_DOWN, 7, 0);
	struct seen data = counting_air(0x020000000001, SEEN_DATA, SEEN_UP, 7, 10);

	in.flags |= SEEN_HAS_STATUS;
	count_packet(c, T0, 60, &in);
	ck_assert_uint_eq(count_totals(c)->clients.n, 0);
	for (int i = 0; i < 3; i++)
		count_packet(c, T0 + i, 60, &data);
	ck_assert_uint_eq(count_totals(c)->clients.n, 1);
	count_free(c);
}
END_TEST

/* What was told, as one number. */
static void
add_line(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	const uint64_t *figure = (const uint64_t *)&line->t;
	uint64_t *sum = ctx;

	for (const char *p = line->name; *p != '\0'; p++)
		*sum = *sum * 31 + (uint8_t)*p;
	for (size_t i = 0; i < sizeof(line->t) / sizeof(*figure); i++)
		*sum = *sum * 31 + figure[i];
	*sum = *sum * 31 + (uint64_t)line->clients;
	*sum = *sum * 31 + (uint64_t)line->busiest;
	*sum = *sum * 31 + (uint64_t)iv->to_us;
}

static void
no_end(void *ctx, const struct interval *iv)
{
	(void)ctx;
	(void)iv;
}

/* Packets of many access points and clients, some of the air, over four minutes. */
static uint64_t
count_many(size_t at_once, size_t *clients)
{
	struct map *m =
	    counting_map("key,value,ap\nvlan,20,A\nvlan,21,B\nbssid,02:00:00:00:00:05,C\n"
			 "gateway,02:00:00:00:00:67,\n");
	struct count_options o = {.interval_s = 60};
	uint64_t sum = 0;
	struct count_sink sink = {.ctx = &sum, .ap = add_line, .end = no_end};
	struct count *c = count_new(&o, m, &sink);
	struct packet packet[COUNT_BATCH];
	struct seen seen[COUNT_BATCH];
	size_t n = 0;

	for (uint64_t i = 0; i < 20000; i++) {
		uint64_t r = set_mix(i + 1);

		packet[n] = (struct packet){.time_us = T0 + (int64_t)i * 12000, .len = 60};
		if (r % 5 == 0)
			seen[n] = counting_air(
			    0x020000000000 + r / 5 % 500, SEEN_DATA, SEEN_UP, 1 + r % 3000, 9);
		else
			seen[n] = counting_wire(
			    0, 1 + (unsigned)(r >> 20) % 900, "c", "g", (uint32_t)(r >> 50));
		if (r % 5 != 0)
			seen[n].from = 1 + (r >> 8) % 5000;
		if (++n < at_once && i < 19999)
			continue;
		if (at_once == 1)
			count_packet(c, packet[0].time_us, packet[0].len, &seen[0]);
		else
			count_packets(c, &(struct count_batch){.packet = packet, .seen = seen}, n);
		n = 0;
	}
	count_finish(c, 0);
	*clients = count_totals(c)->clients.n;
	count_free(c);
	map_free(m);
	return sum;
}

START_TEST(together)
{
	static const size_t at_once[] = {2, 7, COUNT_BATCH};
	size_t alone_clients, clients;
	uint64_t alone = count_many(1, &alone_clients);

	ck_assert_uint_gt(alone_clients, 500);
	for (int i = 0; i < ROWS(at_once); i++) {
		ck_assert_uint_eq(count_many(at_once[i], &clients), alone);
		ck_assert_uint_eq(clients, alone_clients);
	}
}
END_TEST

START_TEST(sets)
{
	struct set s;

	ck_assert(set_new(&s, 1000));
	for (uint64_t v = 1; v <= 1000; v++)
		ck_assert_int_eq(set_add(&s, v * 4096), 1);
	ck_assert_int_eq(set_add(&s, 4096), 0);
	ck_assert_int_eq(s.full, 0);
	ck_assert_int_eq(set_add(&s, 5), -1);
	ck_assert_int_eq(s.full, 1);
	ck_assert_uint_eq(s.n, 1000);
	ck_assert_int_eq(set_has(&s, 5), 0);
	ck_assert_int_eq(set_has(&s, 8192), 1);
	set_clear(&s);
	ck_assert_uint_eq(s.n, 0);
	ck_assert_int_eq(set_add(&s, 4096), 1);
	set_free(&s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("count");
	TCase *tc = tcase_create("figures");

	tcase_add_test(tc, the_air);
	tcase_add_test(tc, copies);
	tcase_add_loop_test(tc, the_wire, 0, ROWS(wires));
	tcase_add_test(tc, bounds);
	tcase_add_test(tc, beyond);
	tcase_add_test(tc, busiest);
	tcase_add_test(tc, client_of_totals);
	tcase_add_test(tc, together);
	tcase_add_test(tc, sets);
	suite_add_tcase(s, tc);
	return counting_run(s);
}
