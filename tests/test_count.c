/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/count.h"
#include "tests/decoding.h"

#define S  INT64_C(1000000)
#define T0 (INT64_C(1627740000) * S) /* a full minute */

/* What the counter told, line by line. */
struct told {
	uint64_t lost; /* for who asks */
	struct {
		struct interval iv;
		char name[COUNT_NAME_MAX];
		int mapped, heard, air, opaque;
		struct tally t;
		int64_t clients, busiest;
		size_t bssids;
		uint64_t bssid[4];
		uint64_t associations[4];
	} line[64];
	int n, ends;
};

static struct pseudonyms *key;

static void
on_ap(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	struct told *told = ctx;

	ck_assert_int_lt(told->n, ROWS(told->line));
	told->line[told->n].iv = *iv;
	snprintf(told->line[told->n].name, COUNT_NAME_MAX, "%s", line->name);
	told->line[told->n].mapped = line->mapped;
	told->line[told->n].heard = line->heard;
	told->line[told->n].air = line->air;
	told->line[told->n].opaque = line->opaque;
	told->line[told->n].t = line->t;
	told->line[told->n].clients = line->clients;
	told->line[told->n].busiest = line->busiest;
	told->line[told->n].bssids = line->bssids;
	for (size_t i = 0; i < line->bssids && i < 4; i++) {
		told->line[told->n].bssid[i] = line->bssid[i].bssid;
		told->line[told->n].associations[i] = line->bssid[i].t->associations;
	}
	told->n++;
}

static void
on_end(void *ctx, const struct interval *iv)
{
	(void)iv;
	((struct told *)ctx)->ends++;
}

static struct map *
make_map(const char *text)
{
	char dir[64], path[80];
	struct diag d = {""};
	struct map *m = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "%s/map.csv", harness_dir(dir));
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	ck_assert_msg(map_read(path, key, &m, &d) == KK_OK, "%s", d.text);
	harness_remove(dir);
	return m;
}

static struct count *
make(const struct map *m, struct told *told, size_t clients_max, size_t unmapped_max)
{
	struct count_options o = {
	    .interval_s = 60, .clients_max = clients_max, .unmapped_max = unmapped_max};
	struct count_sink sink = {.ctx = told, .ap = on_ap, .end = on_end};
	struct count *c = count_new(&o, m, &sink);

	ck_assert_ptr_nonnull(c);
	return c;
}

static struct seen
air(uint64_t bssid, enum seen_kind kind, enum seen_direction direction, uint64_t client,
    uint32_t octets)
{
	return (struct seen){.next = DEC_DONE,
	    .kind = (uint8_t)kind,
	    .direction = (uint8_t)direction,
	    .flags = SEEN_AIR | SEEN_HAS_BSSID,
	    .bssid = bssid,
	    .client = client,
	    .octets = octets,
	    .packets = octets > 0};
}

static struct seen
wire(unsigned outer, unsigned inner, const char *from, const char *to, uint32_t octets)
{
	uint8_t a[6] = {2, 0, 0, 0, 0, (uint8_t)from[0]}, b[6] = {2, 0, 0, 0, 0, (uint8_t)to[0]};
	struct seen s = {.next = DEC_DONE,
	    .kind = SEEN_FRAME,
	    .from = pseudonym_mac(key, a),
	    .to = pseudonym_mac(key, b),
	    .from_mark = pseudonym_mark(key, a),
	    .to_mark = pseudonym_mark(key, b),
	    .octets = octets,
	    .packets = 1};

	if (outer != 0)
		s.vlan[s.vlans++] = (uint16_t)outer;
	if (inner != 0)
		s.vlan[s.vlans++] = (uint16_t)inner;
	return s;
}

/* The newest line of a name. */
static int
find(const struct told *told, const char *name)
{
	for (int i = told->n - 1; i >= 0; i--)
		if (strcmp(told->line[i].name, name) == 0)
			return i;
	ck_abort_msg("nothing was told of %s", name);
	return -1;
}

START_TEST(the_air)
{
	static struct told told;
	struct map *m = make_map("key,value,ap\n"
				 "bssid,02:00:00:00:00:01,WF1\n"
				 "bssid,02-00-00-00-00-02,WF1\n"
				 "bssid,02:00:00:00:00:03,WF2\n");
	struct count *c = make(m, &told, 0, 0);
	struct seen s;
	int i;

	s = air(0x020000000001, SEEN_DATA, SEEN_DOWN, 77, 1000);
	count_packet(c, T0 + 1 * S, 1100, &s);
	s = air(0x020000000002, SEEN_DATA, SEEN_UP, 77, 50);
	count_packet(c, T0 + 2 * S, 150, &s);
	s = air(0x020000000002, SEEN_ASSOCIATION_RESPONSE, SEEN_DOWN, 78, 0);
	s.flags |= SEEN_HAS_STATUS;
	count_packet(c, T0 + 3 * S, 60, &s);
	s.status = 17;
	count_packet(c, T0 + 3 * S, 60, &s);
	s = air(0x0200000000ff, SEEN_BEACON, SEEN_DOWN, 0, 0);
	count_packet(c, T0 + 4 * S, 200, &s);
	ck_assert_int_eq(told.n, 0);
	count_advance(c, T0 + 60 * S);
	/* WF2 was never seen, so nothing is known of it. */
	ck_assert_int_eq(told.n, 2);
	ck_assert_int_eq(told.ends, 1);
	i = find(&told, "WF1");
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
	i = find(&told, "bssid:02:00:00:00:00:ff");
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
	struct count *c = make(NULL, &told, 0, 0);
	struct seen s = air(0x020000000001, SEEN_DATA, SEEN_UP, 77, 100);
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
	i = find(&told, "bssid:02:00:00:00:00:01");
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
	struct map *m = make_map("key,value,ap\nvlan,200,VLAN200\nvlan,100.200,VLAN100.200\n"
				 "vlan,300,VLAN300\nmac,02:00:00:00:00:6d,ROUTER\n"
				 "gateway,02:00:00:00:00:67,\n");
	struct count *c = make(m, &told, 0, 0);
	struct seen s = wire(wires[_i].outer, wires[_i].inner, wires[_i].from, wires[_i].to, 9);
	int i;

	s.flags |= (uint16_t)wires[_i].flags;
	count_packet(c, T0, 60, &s);
	count_finish(c, T0 + S);
	i = find(&told, wires[_i].name);
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
	struct count *c = make(NULL, &told, 10, 3);
	uint64_t octets = 0;

	for (uint64_t i = 1; i <= 20; i++) {
		struct seen s = air(0x020000000000 + i, SEEN_DATA, SEEN_UP, 100 + i, 10);

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
		struct seen s = air(0x02000000ff00 + i, SEEN_DATA, SEEN_UP, 100 + i, 10);

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
	struct map *m = make_map("key,value,ap\nbssid,02:00:00:00:00:01,WF1\n"
				 "bssid,02:00:00:00:00:02,WF2\n");
	struct count *c = make(m, &told, 1000, 0);
	int i;

	for (int again = 0; again < 2; again++)
		for (uint64_t client = 1; client <= 5000; client++) {
			struct seen s = air(0x020000000001 + (client == 1), SEEN_DATA, SEEN_UP,
			    set_mix(client), 10);

			count_packet(c, T0, 100, &s);
		}
	count_advance(c, T0 + 60 * S);
	i = find(&told, "WF1");
	ck_assert_int_ge(told.line[i].clients, 999 + 4000 * 9 / 10); /* three standard errors */
	ck_assert_int_le(told.line[i].clients, 999 + 4000 * 11 / 10);
	ck_assert_int_eq(told.line[i].busiest, -1);
	i = find(&told, "WF2"); /* its client had room */
	ck_assert_int_eq(told.line[i].clients, 1);
	ck_assert_int_eq(told.line[i].busiest, 20);
	/* The next interval is exact again. */
	for (uint64_t client = 1; client <= 3; client++) {
		struct seen s = air(0x020000000001, SEEN_DATA, SEEN_UP, client, 10);

		count_packet(c, T0 + 61 * S, 100, &s);
	}
	count_finish(c, T0 + 62 * S);
	ck_assert_int_eq(told.line[find(&told, "WF1")].clients, 3);
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
	struct map *m = make_map("key,value,ap\nbssid,02:00:00:00:00:01,WF1\n"
				 "bssid,02:00:00:00:00:02,WF2\n");
	struct count *c = make(m, &told, 0, 0);

	for (int i = 0; i < ROWS(frames); i++) {
		struct seen s = air(0x020000000000 + frames[i].bssid, SEEN_DATA,
		    frames[i].direction, frames[i].client, frames[i].octets);

		count_packet(c, T0, 100, &s);
	}
	count_advance(c, T0 + 60 * S);
	for (int i = 0; i < ROWS(want); i++)
		ck_assert_int_eq(told.line[find(&told, want[i].name)].busiest, want[i].most);
	/* It is forgotten with its interval. */
	count_finish(c, T0 + 61 * S);
	ck_assert_int_eq(told.line[find(&told, "WF1")].busiest, 0);
	count_free(c);
	map_free(m);
}
END_TEST

/* One that was let in, and carries nothing until later, is a client of the totals then. */
START_TEST(client_of_totals)
{
	static struct told told;
	struct count *c = make(NULL, &told, 0, 0);
	struct seen in = air(0x020000000001, SEEN_ASSOCIATION_RESPONSE, SEEN_DOWN, 7, 0);
	struct seen data = air(0x020000000001, SEEN_DATA, SEEN_UP, 7, 10);

	in.flags |= SEEN_HAS_STATUS;
	count_packet(c, T0, 60, &in);
	ck_assert_uint_eq(count_totals(c)->clients.n, 0);
	for (int i = 0; i < 3; i++)
		count_packet(c, T0 + i, 60, &data);
	ck_assert_uint_eq(count_totals(c)->clients.n, 1);
	count_free(c);
}
END_TEST

/* A packet of 192.0.2.10 that is encrypted. */
static struct seen
tunnelled(void)
{
	return (struct seen){.next = DEC_STOP_CAPWAP_ENCRYPTED,
	    .kind = SEEN_FRAME,
	    .flags = SEEN_OPAQUE,
	    .tunnels = 1,
	    .tunnel = SEEN_TUNNEL_CAPWAP,
	    .tunnel_from = 0xc000020a};
}

/* Another map: one that was heard is told when quiet too, unless nothing of what it was heard by is
 * left. */
START_TEST(another_map)
{
	static struct told told;
	struct map *m =
	    make_map("key,value,ap\nbssid,02:00:00:00:00:01,GONE\n"
		     "bssid,02:00:00:00:00:02,HEARD\nvlan,7,MOVED\nvlan,8,NEVER\n"
		     "vlan,9,ON WIRE\ntunnel,192.0.2.10,DARK\ngateway,02:00:00:00:00:67,\n");
	struct map *n = make_map("key,value,ap\nbssid,02:00:00:00:00:02,HEARD\n"
				 "bssid,02:00:00:00:00:03,ON WIRE\nvlan,6,AHEAD\nvlan,8,NEVER\n"
				 "vlan,9,ON WIRE\nvlan,10,MOVED\ntunnel,192.0.2.10,DARK\n"
				 "gateway,02:00:00:00:00:67,\n");
	struct count *old = make(m, &told, 0, 0), *c = make(n, &told, 0, 0);
	struct seen s;

	for (unsigned bssid = 1; bssid <= 2; bssid++) {
		s = air(0x020000000000 + bssid, SEEN_DATA, SEEN_DOWN, 77, 1000);
		count_packet(old, T0 + 1 * S, 1100, &s);
	}
	for (unsigned vlan = 7; vlan <= 9; vlan += 2) {
		s = wire(0, vlan, "c", "g", 9);
		count_packet(old, T0 + 1 * S, 60, &s);
	}
	s = tunnelled();
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
	struct map *m = make_map("key,value,ap\ntunnel,192.0.2.10,WF1\n"
				 "bssid,02:00:00:00:00:01,WF1\n");
	struct count *c = make(m, &told, 0, 0);

	for (int i = 0; i < ROWS(minutes); i++) {
		for (const char *p = minutes[i].what; *p != '\0'; p++) {
			struct seen s = tunnelled();

			if (*p == 'c') {
				s = wire(0, 0, "c", "g", 9);
				s.tunnels = 1;
				s.tunnel = SEEN_TUNNEL_CAPWAP;
				s.tunnel_from = 0xc000020a;
			}
			if (*p == 'a')
				s = air(0x020000000001, SEEN_DATA, SEEN_UP, 77, 5);
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
	struct map *m = make_map("key,value,ap\nvlan,20,A\nvlan,21,B\nbssid,02:00:00:00:00:05,C\n"
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
			seen[n] =
			    air(0x020000000000 + r / 5 % 500, SEEN_DATA, SEEN_UP, 1 + r % 3000, 9);
		else
			seen[n] =
			    wire(0, 1 + (unsigned)(r >> 20) % 900, "c", "g", (uint32_t)(r >> 50));
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
	struct map *m = make_map("key,value,ap\nbssid,02:00:00:00:00:01,WF1\n");
	const struct count_options o = {.interval_s = 60};
	const struct count_sink sink = {
	    .ctx = &told, .ap = on_ap, .end = on_end, .lost = take_losses};
	struct seen s = air(0x020000000001, SEEN_DATA, SEEN_UP, 77, 100);
	struct count *c = count_new(&o, m, &sink);

	memset(&told, 0, sizeof(told));
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

START_TEST(time)
{
	static struct told told;
	struct map *m = make_map("key,value,ap\nbssid,02:00:00:00:00:01,WF1\n");
	struct count *c = make(m, &told, 0, 0);
	struct seen s = air(0x020000000001, SEEN_DATA, SEEN_UP, 77, 100);

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
	struct map *m = make_map("key,value,ap\nbssid,02:00:00:00:00:01,WF1\n");
	const struct count_options o = {.interval_s = 60, .live = 1};
	const struct count_sink sink = {.ctx = &told, .ap = on_ap, .end = on_end};
	struct seen s = air(0x020000000001, SEEN_DATA, SEEN_UP, 77, 100);
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

static const struct {
	const char *text, *where, *why;
} maps[] = {
    {"key,ap\n", ":1:", "key,value,ap"},
    {"", ":", "key,value,ap"},
    {"key,value,ap\nstreet,5,X\n", ":2:", "none of"},
    {"key,value,ap\nvlan,4095,X\n", ":2:", "no vlan"},
    {"key,value,ap\nvlan,5.,X\n", ":2:", "no vlan"},
    {"key,value,ap\nvlan,0.5,X\n", ":2:", "no vlan"},
    {"key,value,ap\nvlan,-5,X\n", ":2:", "no vlan"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/2,X\nport,02-00-00-00-00-01/1/2,Y\n", ":3:", "second"},
    {"key,value,ap\nport,02:00:00:00:00:01,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01//2,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/-1/2,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/-2,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/256,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/ 2,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/2/3,X\n", ":2:", "no port"},
    {"key,value,ap\nport,03:00:00:00:00:01/1/2,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00/1/2,X\n", ":2:", "no port"},
    {"key,value,ap\nbssid,02:00:00:00:00,X\n", ":2:", "no bssid"},
    {"key,value,ap\nbssid,01:00:00:00:00:00,X\n", ":2:", "no bssid"},
    {"key,value,ap\nbssid,02:00:00:00:00:01:02,X\n", ":2:", "no bssid"},
    {"key,value,ap\nbssid,-2:11:22:33:44:50,X\n", ":2:", "no bssid"},
    {"key,value,ap\nbssid, 2: 1: 2: 3: 4:50,X\n", ":2:", "no bssid"},
    {"key,value,ap\nradio,+2:11:22:33:44:50,X\n", ":2:", "no radio"},
    {"key,value,ap\nmac,00:00:00:00:00:00,X\n", ":2:", "no mac"},
    {"key,value,ap\nport, 2: 1: 2: 3: 4:50/1/2,X\n", ":2:", "no port"},
    {"key,value,ap\nvlan,5,\n", ":2:", "no id"},
    {"key,value,ap\nvlan,5,X\nvlan,6,X\033[2J\n", ":3:", "no id"},
    {"key,value,ap\nvlan,5,\"X\nY\"\n", ":2:", "no id"},
    {"key,value,ap\nvlan,5,X\302\205Y\n", ":2:", "no id"},     /* NEL */
    {"key,value,ap\nvlan,5,X\342\200\256Y\n", ":2:", "no id"}, /* right to left from here */
    {"key,value,ap\nvlan,5,X\nvlan,6,X\nvlan,5,Y\n", ":4:", "second time"},
};

START_TEST(wrong_maps)
{
	char dir[64], path[80];
	struct diag d = {""};
	struct map *m = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "%s/map.csv", harness_dir(dir));
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(maps[_i].text, f);
	fclose(f);
	ck_assert_int_lt(map_read(path, key, &m, &d), 0);
	ck_assert_msg(strstr(d.text, path) != NULL && strstr(d.text, maps[_i].where) != NULL &&
			  strstr(d.text, maps[_i].why) != NULL,
	    "row %d: %s", _i, d.text);
	harness_remove(dir);
}
END_TEST

/* A map may name nobody. */
START_TEST(empty_maps)
{
	static struct told told;
	struct map *m = make_map("key,value,ap\n"), *g = make_map("key,value,ap\n"
								  "gateway,02:00:00:00:00:67,\n");
	struct count *c = make(g, &told, 0, 0);
	struct seen s = wire(0, 6, "c", "g", 9);

	ck_assert_uint_eq(map_aps(m), 0);
	count_packet(c, T0, 60, &s);
	count_finish(c, T0 + S);
	ck_assert_int_eq(told.n, 1);
	ck_assert_uint_eq(told.line[0].t.octets_up, 9);
	count_free(c);
	map_free(m);
	map_free(g);
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
	TCase *tc = tcase_create("intervals");

	tcase_add_test(tc, the_air);
	tcase_add_test(tc, copies);
	tcase_add_loop_test(tc, the_wire, 0, ROWS(wires));
	tcase_add_test(tc, bounds);
	tcase_add_test(tc, beyond);
	tcase_add_test(tc, busiest);
	tcase_add_test(tc, client_of_totals);
	tcase_add_test(tc, another_map);
	tcase_add_test(tc, encrypted);
	tcase_add_test(tc, together);
	tcase_add_test(tc, time);
	tcase_add_loop_test(tc, leap, 0, 2);
	tcase_add_loop_test(tc, what_was_lost, 0, ROWS(losses));
	tcase_add_loop_test(tc, wrong_maps, 0, ROWS(maps));
	tcase_add_test(tc, empty_maps);
	tcase_add_test(tc, sets);
	suite_add_tcase(s, tc);
	return decoding_run(s, &key, NULL);
}
