/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ways.c - packets that are not decoded because others like them were: fronts say what
 * decoding says, and nothing that is counted differs. */
#include "probes/decoded.h"
#include "tests/bench/traffic.h"
#include "tests/decoding.h"
#include "tests/front_check.h"
#include "tests/recipe.h"

#define TEXT_MAX (1 << 22)
#define APS	 40

static struct pseudonyms *key;

/* ---- fronts ---- */

static struct front_check
new_check(int octets_only)
{
	struct front_check c = {decoder_new(key), decoder_new(key), decoder_new(key)};

	ck_assert(c.front != NULL && c.whole != NULL && c.kept != NULL);
	if (octets_only) {
		decoder_octets_only(c.front);
		decoder_octets_only(c.whole);
		decoder_octets_only(c.kept);
	}
	return c;
}

static void
free_check(struct front_check *c)
{
	decoder_free(c->front);
	decoder_free(c->whole);
	decoder_free(c->kept);
}

/* 1: it has a front, which says what decoding says. */
static int
check_front(struct front_check *c, const uint8_t *p, size_t caplen, size_t len, struct front *f)
{
	const struct front_frame x = {DLT_EN10MB, 1, p, caplen, len};
	struct seen s;
	const char *why = front_check(c, &x, f, &s);

	ck_assert_msg(why == NULL, "%s", why);
	return f->way != 0;
}

static const enum traffic_form forms[] = {TRAFFIC_PLAIN, TRAFFIC_CAPWAP, TRAFFIC_EOGRE};

/* Damage of every kind: whatever front is left is what decoding sees. Cut by the snap length too.
 */
START_TEST(fronts_say_what_decoding_says)
{
	const struct traffic_options o = {
	    .form = forms[_i % 3], .aps = APS, .clients = 100, .interval = 1000};
	struct traffic *t = traffic_new(&o);
	struct front_check c = new_check(_i >= 3);
	uint8_t frame[TRAFFIC_FRAME_MAX];
	size_t plain = 0, damaged = 0, tell = 0;
	struct front f;

	ck_assert(t != NULL);
	for (unsigned i = 0; i < 3000; i++) {
		int64_t time_ns;
		size_t len = traffic_next(t, frame, &time_ns);
		uint64_t r = set_mix(i + 1);
		size_t at = r % (len < 130 ? len : 130),
		       cut = len < 160 ? len : 60 + (r >> 20) % 100;
		uint8_t was = frame[at];

		plain += (size_t)check_front(&c, frame, len, len, &f);
		tell += f.way != 0 && f.tells;
		check_front(&c, frame, cut, len, &f);
		frame[at] = (uint8_t)(r >> 40);
		damaged += (size_t)check_front(&c, frame, len, len, &f);
		frame[at] ^= (uint8_t)(1 << (r >> 60 & 7));
		check_front(&c, frame, len, len, &f);
		frame[at] = was;
	}
	ck_assert_uint_eq(plain, 3000);
	ck_assert_uint_gt(damaged, 500);
	/* One TCP flow in sixteen is followed. */
	ck_assert_int_eq(tell > 0, _i < 3);
	free_check(&c);
	traffic_free(t);
}
END_TEST

#define DATA	 "x:08010000021122334450daa119000042020000000b010001aaaa030000000800"
#define CAPWAP	 "pkt " DATA " x:0010430000000000 udp:33000:5247 ip4:17 out:0800"
#define ETHERNET "pkt eth:0800 x:0010420000000000 udp:33000:5247 ip4:17 out:0800"

/* What makes another way, and what does not. */
static const struct {
	const char *a, *b, *what;
	int same;
} pairs[] = {
    {"pkt x:00c80800 eth:8100", "pkt x:00c80800 eth:8100", "the same frame", 1},
    {"pkt x:00c80800 eth:8100", "pkt x:60c80800 eth:8100", "another priority", 1},
    {"pkt x:00c80800 eth:8100", "pkt x:00c90800 eth:8100", "another VLAN", 0},
    {"pkt x:00c80800 eth:8100", "pkt eth:0800", "no VLAN", 0},
    {"pkt x:00c80800 x:00018100 eth:8100", "pkt x:00010800 x:00c88100 eth:8100", "tags turned", 0},
    {CAPWAP, CAPWAP, "the same tunnel", 1},
    {CAPWAP, "pkt " DATA " x:0010430000000000 udp:33001:5247 ip4:17 out:0800", "another port", 0},
    {CAPWAP,
	"pkt x:08010000021122334451daa119000042020000000b010001aaaa030000000800 "
	"x:0010430000000000 udp:33000:5247 ip4:17 out:0800",
	"another BSSID", 0},
    {CAPWAP,
	"pkt x:08010000021122334450daa119000043020000000b010001aaaa030000000800 "
	"x:0010430000000000 udp:33000:5247 ip4:17 out:0800",
	"another client", 0},
    {CAPWAP,
	"pkt x:08010000021122334450daa119000042020000000b02a001aaaa030000000800 "
	"x:0010430000000000 udp:33000:5247 ip4:17 out:0800",
	"another sequence number, and gateway", 0},
    {CAPWAP,
	"pkt x:08112c00021122334450daa119000042020000000b01a0f7aaaa030000000800 "
	"x:0010430055660000 udp:33000:5247 ip4:17 out:0800",
	"other numbers, and power save", 1},
    {"pkt x:01080000021122334450daa119000042020000000b010100aaaa030000000800 "
     "x:0010430000000000 udp:33000:5247 ip4:17 out:0800",
	"pkt x:01080000021122334450daa119000042020000000b01a0f3aaaa030000000800 "
	"x:0010430000000000 udp:33000:5247 ip4:17 out:0800",
	"exchanged octets, other numbers", 1},
    {CAPWAP, ETHERNET, "Ethernet inside", 0},
    {"pkt eth:0800 x:00204210000000000602112233445000 udp:33000:5247 ip4:17 out:0800",
	"pkt eth:0800 x:00204210000000000602112233446000 udp:33000:5247 ip4:17 out:0800",
	"another radio", 0},
    {"pkt eth:0800 x:00006558 ip4:47 out:0800", "pkt eth:0800 x:2000655800000007 ip4:47 out:0800",
	"a key in GRE", 1},
    {"pkt eth:0800 x:00006558 ip4:47 out:0800",
	"pkt x:012c0800 eth:8100 x:00006558 ip4:47 out:0800", "a tag in the tunnel", 0},
    {"pkt eth:0800 x:00006558 ip4:47 x:012c0800 out:8100",
	"pkt x:012c0800 eth:8100 x:00006558 ip4:47 out:0800", "a tag outside, or in the tunnel", 0},
    {"pkt x:00c80800 eth:8100 x:00006558 ip4:47 x:012c0800 out:8100",
	"pkt x:012c0800 eth:8100 x:00006558 ip4:47 x:00c80800 out:8100", "tags that change places",
	0},
};

START_TEST(ways_are_told_apart)
{
	struct front_check c = new_check(0);
	struct front f[2];

	for (unsigned k = 0; k < 2; k++) {
		size_t len;
		uint8_t *p = recipe_make(k == 0 ? pairs[_i].a : pairs[_i].b, &len);

		ck_assert_msg(check_front(&c, p, len, len, &f[k]), "%s: no front", pairs[_i].what);
		free(p);
	}
	ck_assert_msg((f[0].way == f[1].way) == pairs[_i].same, "%s", pairs[_i].what);
	free_check(&c);
}
END_TEST

/* What has to be decoded: services, fragments, encryption, tunnels within each other, control. */
static const char *const decoded_ones[] = {
    "udp:68:67 ip4:17 eth:0800",
    "udp:1813:4000 ip4:17 eth:0800",
    "pkt " DATA " x:0010438000010000 udp:33000:5247 ip4:17 out:0800",
    "pkt " DATA " x:0010430800000000 udp:33000:5247 ip4:17 out:0800",
    "x:0100000017fefd00010000 udp:33000:5247 ip4:17 out:0800",
    "pkt x:08410000021122334450daa119000042020000000b010001aaaa030000000800 x:0010430000000000 "
    "udp:33000:5247 ip4:17 out:0800",
    "pkt x:08050000021122334450daa119000042020000000b010001aaaa030000000800 x:0010430000000000 "
    "udp:33000:5247 ip4:17 out:0800",
    "pkt x:08010000021122334450daa119000042020000000b010101aaaa030000000800 x:0010430000000000 "
    "udp:33000:5247 ip4:17 out:0800",
    "pkt x:88010000021122334450daa119000042020000000b0100018000aaaa030000000800 "
    "x:0010430000000000 udp:33000:5247 ip4:17 out:0800",
    "pkt eth:0800 x:00006558 ip4:47 eth:0800 x:00006558 ip4:47 out:0800",
    "pkt x:4000 eth:0806",
    "pkt x:000181000002810000030800 eth:8100",
};

START_TEST(others_are_decoded)
{
	struct front_check c = new_check(0);
	size_t len;
	uint8_t *p = recipe_make(decoded_ones[_i], &len);
	struct front f;

	ck_assert_msg(!check_front(&c, p, len, len, &f), "%s", decoded_ones[_i]);
	free(p);
	free_check(&c);
}
END_TEST

/* ---- counting ---- */

/* An interval ends: who was not there, or has no place in the next one, is forgotten. */
START_TEST(ways_grow_old)
{
	struct ways t;

	ck_assert(ways_new(&t));
	for (uint64_t i = 1; i <= 3000; i++) {
		const struct way w = {.key = i * UINT64_C(0x9e3779b97f4a7c15),
		    .cell = (uint32_t)i,
		    .lasting = i % 2 == 0,
		    .fresh = i % 3 == 0};
		const struct way_end end = {.pair = i};

		ck_assert(ways_put(&t, &w, &end));
	}
	ways_age(&t);
	ck_assert_uint_eq(t.n, 1000);
	for (uint64_t i = 1; i <= 3000; i++) {
		struct way *w = ways_find(&t, i * UINT64_C(0x9e3779b97f4a7c15));

		ck_assert_int_eq(w->key != 0, i % 2 == 0 && i % 3 != 0);
		ck_assert(w->key == 0 || (w->fresh && ways_end(&t, w)->pair == i && w->cell == i));
	}
	/* Nobody came: none is left. */
	ways_age(&t);
	ck_assert_uint_eq(t.n, 0);
	ck_assert_uint_eq(ways_find(&t, 1)->key, 0);
	ways_free(&t);
}
END_TEST

struct book {
	char *text;
	size_t len;
	struct set told; /* clients of this interval: one may be told of twice */
	uint64_t who;	 /* all of them in one */
};

static void
put_tcp(struct book *b, const struct rtt_sums *tcp)
{
	b->len += (size_t)snprintf(b->text + b->len, TEXT_MAX - b->len,
	    "tcp %llu again %llu client %llu %llu network %llu %llu\n",
	    (unsigned long long)tcp->segments, (unsigned long long)tcp->retransmissions,
	    (unsigned long long)tcp->client.n, (unsigned long long)tcp->client.sum_us,
	    (unsigned long long)tcp->network.n, (unsigned long long)tcp->network.sum_us);
}

static void
on_ap(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	struct book *b = ctx;
	const struct tally *t = &line->t;

	b->len += (size_t)snprintf(b->text + b->len, TEXT_MAX - b->len,
	    "%lld %s bssids %zu heard %d %d %llu %llu %llu %llu %llu %llu %llu copies %llu clients "
	    "%lld %d "
	    "busiest %lld\n",
	    (long long)iv->to_us, line->name, line->bssids, line->heard, line->air,
	    (unsigned long long)t->frames, (unsigned long long)t->octets_down,
	    (unsigned long long)t->octets_up, (unsigned long long)t->packets_down,
	    (unsigned long long)t->packets_up, (unsigned long long)t->octets_undirected,
	    (unsigned long long)t->packets_undirected, (unsigned long long)t->copies,
	    (long long)line->clients, line->estimated, (long long)line->busiest);
	if (line->figures != NULL)
		put_tcp(b, &line->figures->tcp);
	ck_assert_uint_lt(b->len, TEXT_MAX - 1000);
}

static void
on_end(void *ctx, const struct interval *iv)
{
	struct book *b = ctx;

	(void)iv;
	b->len += (size_t)snprintf(b->text + b->len, TEXT_MAX - b->len, "told of %zu: %llx\n",
	    b->told.n, (unsigned long long)b->who);
	set_clear(&b->told);
	b->who = 0;
}

static void
on_client(void *ctx, uint32_t ap, uint64_t client)
{
	struct book *b = ctx;
	uint64_t v = set_mix(client + ap);

	ck_assert_uint_ne(client, 0);
	if (set_add(&b->told, v) > 0)
		b->who ^= v;
}

/* How a city is counted. */
struct course {
	struct traffic_options traffic;
	unsigned packets;
	int gateway; /* the map has one */
	int octets_only;
	int doubled; /* every third frame comes again, from another mirror port half the time */
	size_t clients_max;
};

static struct map *
make_map(const struct course *o, struct traffic *t)
{
	char *text = malloc(o->traffic.aps * 64 + 200);
	size_t len = (size_t)sprintf(text, "key,value,ap\n");
	struct map *map;
	struct diag d;

	/* The last quarter is not on the map. */
	for (unsigned ap = 0; ap < o->traffic.aps * 3 / 4; ap++) {
		traffic_map(t, ap, text + len, 64);
		len += strlen(text + len);
		text[len++] = '\n';
	}
	if (o->gateway) {
		traffic_map(t, o->traffic.aps, text + len, 64);
		len += strlen(text + len);
		text[len++] = '\n';
	}
	ck_assert_msg(map_over("map", text, len, key, &map, &d) == KK_OK, "%s", d.text);
	free(text);
	return map;
}

/* Another mirror port: another VLAN around it, or the same frame. */
static size_t
copy_frame(uint8_t *frame, size_t len, unsigned i)
{
	static const uint8_t tag[4] = {0x88, 0xa8, 0, 0}; /* priority only */

	if (i % 2 == 0 || len + 4 > TRAFFIC_FRAME_MAX)
		return len;
	memmove(frame + 16, frame + 12, len - 12);
	memcpy(frame + 12, tag, sizeof(tag));
	return len + 4;
}

/* Each packet decoded; those whose way is not known; likewise, and looked at where it lies, of
 * which only some octets are kept. */
enum taking { DECODED, KNOWN, KEPT };

struct run {
	struct decoder *dec;
	struct count *count;
	struct decoded *batch;
	uint8_t (*frame)[TRAFFIC_FRAME_MAX];
	struct packet packet[COUNT_BATCH];
	size_t n, known;
	enum taking taking;
};

/* What is kept of packets, in exact-size copies, to be freed. */
static void
look(struct run *r, uint8_t *copy[COUNT_BATCH])
{
	for (size_t i = 0; i < r->n; i++) {
		size_t kept = decoded_look(r->batch, r->dec, r->count, &r->packet[i]);

		copy[i] = memcpy(malloc(kept), r->packet[i].p, kept);
		decoded_moved(r->batch, copy[i], kept);
		memset(r->frame[i], 0xa5, sizeof(r->frame[i]));
	}
	decoded_rest(r->batch, r->dec, r->count);
}

static void
flush(struct run *r)
{
	const struct counting to = {.count = r->count};
	uint8_t *copy[COUNT_BATCH] = {NULL};

	if (r->taking == KNOWN)
		decoded_take(r->batch, r->dec, r->count, r->packet, r->n, 0);
	else if (r->taking == KEPT)
		look(r, copy);
	for (size_t i = 0; r->taking == DECODED && i < r->n; i++)
		decoded_add(r->batch, r->dec, &r->packet[i]);
	for (size_t i = 0; r->taking != DECODED && i < r->n; i++) {
		r->known += r->batch->way[i] != NULL;
		free(copy[i]);
	}
	decoded_count(r->batch, &to, 0, r->n);
	decoded_clear(r->batch);
	r->n = 0;
}

static void
put(struct run *r, const uint8_t *p, size_t len, int64_t time_ns)
{
	memcpy(r->frame[r->n], p, len);
	r->packet[r->n] = (struct packet){.p = r->frame[r->n],
	    .time_us = time_ns / 1000,
	    .caplen = (uint32_t)len,
	    .len = (uint32_t)len,
	    .linktype = DLT_EN10MB};
	if (++r->n == COUNT_BATCH)
		flush(r);
}

static void
put_totals(struct book *b, const struct totals *t)
{
	b->len += (size_t)snprintf(b->text + b->len, TEXT_MAX - b->len,
	    "%llu %llu tunnels %llu clients %zu bssids %zu done %llu\n",
	    (unsigned long long)t->packets, (unsigned long long)t->octets,
	    (unsigned long long)t->tunnel_octets, t->clients.n, t->bssids.n,
	    (unsigned long long)t->stopped[DEC_DONE]);
}

/* All that is told of a course; how many packets were not decoded. */
static size_t
count_course(const struct course *o, enum taking taking, struct book *book)
{
	const struct count_options co = {
	    .interval_s = 1, .octets_only = o->octets_only, .clients_max = o->clients_max};
	const struct count_sink sink = {
	    .ctx = book, .ap = on_ap, .end = on_end, .client = on_client};
	struct traffic *t = traffic_new(&o->traffic);
	struct map *map = make_map(o, t);
	struct run r = {.dec = decoder_new(key),
	    .count = count_new(&co, map, &sink),
	    .batch = calloc(1, sizeof(*r.batch)),
	    .frame = malloc(COUNT_BATCH * sizeof(*r.frame)),
	    .taking = taking};
	uint8_t frame[TRAFFIC_FRAME_MAX];

	*book = (struct book){.text = malloc(TEXT_MAX)};
	ck_assert(set_new(&book->told, 1 << 20));
	if (o->octets_only)
		decoder_octets_only(r.dec);
	for (unsigned i = 0; i < o->packets; i++) {
		int64_t time_ns;
		size_t len = traffic_next(t, frame, &time_ns);

		/* Some are late. */
		put(&r, frame, len, i % 50 == 49 ? time_ns - 30000000 : time_ns);
		if (o->doubled && i % 3 == 0)
			put(&r, frame, copy_frame(frame, len, i / 3), time_ns + 5000);
	}
	flush(&r);
	count_finish(r.count, 0);
	put_totals(book, count_totals(r.count));
	set_free(&book->told);
	count_free(r.count);
	decoder_free(r.dec);
	map_free(map);
	traffic_free(t);
	free(r.batch);
	free(r.frame);
	return r.known;
}

static const struct course courses[] = {
    {{TRAFFIC_PLAIN, APS, 300, 50000}, 60000, 1, 0, 1, 0},
    {{TRAFFIC_CAPWAP, APS, 300, 50000}, 60000, 1, 0, 1, 0},
    {{TRAFFIC_EOGRE, APS, 300, 50000}, 60000, 1, 0, 1, 0},
    {{TRAFFIC_PLAIN, APS, 300, 50000}, 60000, 1, 1, 1, 0},
    {{TRAFFIC_CAPWAP, APS, 300, 50000}, 60000, 1, 1, 0, 0},
    {{TRAFFIC_EOGRE, APS, 300, 50000}, 60000, 0, 1, 1, 0},
    /* Directions by addresses; and clients that find no room. */
    {{TRAFFIC_PLAIN, APS, 300, 50000}, 60000, 0, 0, 1, 0},
    {{TRAFFIC_PLAIN, APS, 3000, 50000}, 60000, 1, 0, 0, 1000},
    /* More access points than are in the packets that are decoded as they may end an interval. */
    {{TRAFFIC_CAPWAP, 1000, 1000, 20000}, 200000, 1, 1, 0, 0},
    /* More packets of a way than it gathers. */
    {{TRAFFIC_PLAIN, 8, 2, 4000}, 800000, 1, 0, 0, 0},
    /* More ways than are remembered. */
    {{TRAFFIC_PLAIN, APS, 80000, 500}, 300000, 1, 1, 0, 0},
};

static void
are_same(const struct book *with, const struct book *without)
{
	size_t at = 0;

	if (strcmp(with->text, without->text) == 0)
		return;
	while (with->text[at] == without->text[at])
		at++;
	while (at > 0 && with->text[at - 1] != '\n')
		at--;
	ck_abort_msg("with ways: %.200s\nwithout: %.200s", with->text + at, without->text + at);
}

START_TEST(nothing_counted_differs)
{
	struct book with, without;
	size_t known;

	ck_assert_uint_eq(count_course(&courses[_i], DECODED, &without), 0);
	ck_assert_uint_gt(without.len, 1000);
	for (enum taking taking = KNOWN; taking <= KEPT; taking++) {
		known = count_course(&courses[_i], taking, &with);
		ck_assert_uint_gt(known, courses[_i].packets / 4);
		are_same(&with, &without);
		free(with.text);
	}
	free(without.text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ways");
	TCase *t = tcase_create("ways");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, ways_grow_old);
	tcase_add_loop_test(t, fronts_say_what_decoding_says, 0, 6);
	tcase_add_loop_test(t, ways_are_told_apart, 0, ROWS(pairs));
	tcase_add_loop_test(t, others_are_decoded, 0, ROWS(decoded_ones));
	tcase_add_loop_test(t, nothing_counted_differs, 0, ROWS(courses));
	suite_add_tcase(s, t);
	return decoding_run(s, &key, NULL);
}
