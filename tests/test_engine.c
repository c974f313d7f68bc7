/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's contract, on a network that is an array and a clock that stands still. */
#include "collector/snmp/engine.h"

#include "collector/snmp/slots.h"
#include "tests/fake_net.h"
#include "tests/harness.h"

#define TIMEOUT_MS 1000
#define RETRIES	   2

static const unsigned long sys_uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
static const unsigned long if_in[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 1};

/* Everything that one test uses, and what the callbacks saw. */
struct bench {
	struct fake_net net;
	struct engine *engine;
	struct request *get;
	struct peer peers[200];
	unsigned calls;
	int rc;
	struct answer last; /* its pointers are dead */
	/* What `done` is to do besides. */
	struct peer *ask_again;
	struct peer *cancel;
	int again_rc;
};

static void
start(struct bench *b, unsigned slots)
{
	struct engine_options o = {
	    .timeout_ms = TIMEOUT_MS, .retries = RETRIES, .slots_max = slots};
	struct request_oid names[2] = {{sys_uptime, 9}, {if_in, 12}};
	struct diag d;

	memset(b, 0, sizeof(*b));
	fake_net_init(&b->net);
	struct net net = fake_net_net(&b->net);
	ck_assert_int_eq(engine_new(&net, &b->net.clock, &o, &b->engine), KK_OK);
	ck_assert_int_eq(request_new(REQUEST_GET, 2, "city", names, 2, 0, &b->get, &d), KK_OK);
	for (int i = 0; i < ROWS(b->peers); i++) {
		b->peers[i].addr =
		    (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(161)};
		b->peers[i].addr.sin6_addr.s6_addr[0] = 0xfd;
		b->peers[i].addr.sin6_addr.s6_addr[15] = (uint8_t)i;
	}
}

static void
stop(struct bench *b)
{
	engine_free(b->engine);
	request_free(b->get);
	fake_net_clear(&b->net);
}

static void
on_done(void *ctx, int rc, const struct answer *a)
{
	struct bench *b = ctx;

	b->calls++;
	b->rc = rc;
	ck_assert_int_eq(a != NULL, rc == KK_OK);
	if (a != NULL)
		b->last = *a;
	if (b->cancel != NULL)
		engine_cancel(b->engine, b->cancel);
	if (b->ask_again != NULL)
		b->again_rc = engine_ask(b->engine, b->ask_again, b->get, on_done, b);
	b->cancel = b->ask_again = NULL;
}

static int
ask(struct bench *b, int peer)
{
	return engine_ask(b->engine, &b->peers[peer], b->get, on_done, b);
}

static int
later(struct bench *b, int64_t ms)
{
	clock_advance(&b->net.clock, ms);
	return engine_run(b->engine);
}

START_TEST(answered)
{
	struct bench b;

	start(&b, 0);
	ck_assert_int_eq(engine_run(b.engine), -1);
	ck_assert_int_eq(ask(&b, 0), KK_OK);
	ck_assert_int_eq(ask(&b, 0), KK_E_BUSY);
	ck_assert_uint_eq(b.net.n_sent, 0);
	ck_assert_int_eq(engine_run(b.engine), TIMEOUT_MS);
	ck_assert_uint_eq(b.net.n_sent, 1);
	ck_assert_uint_ge(fake_id(&b.net.sent[0]), 0x01000000);
	fake_answer(&b.net, 0);
	ck_assert_int_eq(later(&b, 37), -1);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(b.rc, KK_OK);
	ck_assert_int_eq(b.last.rtt_us, 37000);
	ck_assert_int_eq(b.last.received_cs, b.net.clock.utc_cs);
	ck_assert_uint_eq(b.last.n, 2);
	ck_assert_uint_eq(engine_busy(b.engine), 0);
	ck_assert_ptr_null(b.peers[0].slot);
	ck_assert_int_eq(ask(&b, 0), KK_OK);
	stop(&b);
}
END_TEST

START_TEST(silent_exactly)
{
	struct bench b;

	start(&b, 0);
	ask(&b, 0);
	ck_assert_int_eq(engine_run(b.engine), 1000);
	ck_assert_int_eq(later(&b, 999), 1);
	ck_assert_uint_eq(b.net.n_sent, 1);
	later(&b, 1);
	ck_assert_uint_eq(b.net.n_sent, 2);
	later(&b, 1000);
	ck_assert_uint_eq(b.net.n_sent, 3);
	ck_assert_int_eq(later(&b, 499), 1);
	ck_assert_uint_eq(b.net.n_sent, 3);
	ck_assert_int_eq(later(&b, 1), 500); /* the last try is said twice */
	ck_assert_uint_eq(b.net.n_sent, 4);
	later(&b, 499);
	ck_assert_uint_eq(b.calls, 0);
	ck_assert_int_eq(later(&b, 1), -1);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(b.rc, KK_E_SILENT);
	ck_assert_uint_eq(b.net.n_sent, 4);
	ck_assert_uint_eq(engine_stats(b.engine)->silent, 1);
	ck_assert_uint_eq(engine_stats(b.engine)->retries, 2);
	ck_assert_int_eq(
	    engine_stats(b.engine)->last_event_ms - engine_stats(b.engine)->first_sent_ms,
	    TIMEOUT_MS * (RETRIES + 1));
	stop(&b);
}
END_TEST

/* An answer to either counts, with its own round trip; what comes after it is a duplicate. */
START_TEST(answer_to_the_copy)
{
	struct bench b;

	start(&b, 0);
	ask(&b, 0);
	engine_run(b.engine);
	later(&b, 1000);
	later(&b, 1000);
	later(&b, 500);
	ck_assert_uint_eq(b.net.n_sent, 4);
	ck_assert_uint_ne(fake_id(&b.net.sent[2]), fake_id(&b.net.sent[3]));
	fake_answer(&b.net, 3);
	fake_answer(&b.net, 2);
	ck_assert_int_eq(later(&b, 30), -1);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(b.rc, KK_OK);
	ck_assert_int_eq(b.last.rtt_us, 30000);
	ck_assert_uint_eq(engine_stats(b.engine)->sent, 4);
	ck_assert_uint_eq(engine_stats(b.engine)->retries, 2);
	ck_assert_uint_eq(engine_stats(b.engine)->drops[ENGINE_DROP_UNKNOWN_ID], 1);
	stop(&b);
}
END_TEST

/* Other options while the copy waits: never more datagrams than there are ids for. */
START_TEST(retries_change_meanwhile)
{
	struct bench b;

	start(&b, 0);
	engine_set_timeout(b.engine, TIMEOUT_MS, 10);
	ask(&b, 0);
	engine_run(b.engine);
	for (int i = 0; i < 60 && b.calls == 0; i++) {
		engine_set_timeout(b.engine, TIMEOUT_MS, i % 2 != 0 ? 10 : 1);
		later(&b, 500);
	}
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(b.rc, KK_E_SILENT);
	ck_assert_uint_le(b.net.n_sent, SLOT_SENDS_MAX);
	stop(&b);
}
END_TEST

/* Two entries of the inventory with one address: one request in flight, the second after it. */
START_TEST(one_request_per_agent)
{
	struct bench b;

	start(&b, 0);
	b.peers[1].addr = b.peers[2].addr = b.peers[0].addr;
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(ask(&b, i), KK_OK);
	engine_run(b.engine);
	ck_assert_uint_eq(b.net.n_sent, 2); /* 0 and 3 */
	ck_assert_uint_eq(engine_busy(b.engine), 4);
	engine_cancel(b.engine, &b.peers[1]);
	fake_answer(&b.net, 0);
	later(&b, 10); /* 0 has its answer, 2 is asked */
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_uint_eq(b.net.n_sent, 3);
	ck_assert_int_eq(ask(&b, 0), KK_OK);
	engine_run(b.engine);
	ck_assert_uint_eq(b.net.n_sent, 3);
	engine_cancel(b.engine, &b.peers[2]);
	engine_run(b.engine);
	ck_assert_uint_eq(b.net.n_sent, 4);
	ck_assert_uint_eq(engine_stats(b.engine)->held, 3);
	/* The same address, but another port: another agent. */
	b.peers[5].addr = b.peers[0].addr;
	b.peers[5].addr.sin6_port = htons(1161);
	ask(&b, 5);
	engine_run(b.engine);
	ck_assert_uint_eq(b.net.n_sent, 5);
	ask(&b, 1);
	stop(&b); /* also of the one that waits */
	ck_assert_uint_eq(b.calls, 1 + 4);
}
END_TEST

/* FIRST.0.0.N, where N is the last octet that it has. */
static void
to_ipv4(struct peer *p, uint8_t first)
{
	uint8_t *o = p->addr.sin6_addr.s6_addr;

	o[0] = 0;
	o[10] = o[11] = 255;
	o[12] = first;
}

/* 40 a second, ten at once; another subnet is not held up. */
START_TEST(rate_of_a_subnet)
{
	struct bench b;

	start(&b, 0);
	ck_assert_int_eq(engine_set_subnet_rate(b.engine, 40), KK_OK);
	for (int i = 0; i < ROWS(b.peers); i++) {
		to_ipv4(&b.peers[i], 10);
		b.peers[i].addr.sin6_addr.s6_addr[14] = i >= 100;
	}
	for (int i = 0; i < 105; i++)
		ask(&b, i);
	ck_assert_int_eq(engine_run(b.engine), 25);
	ck_assert_uint_eq(b.net.n_sent, 15);
	ck_assert_uint_eq(b.net.sent[14].peer.sin6_addr.s6_addr[14], 1);
	engine_cancel(b.engine, &b.peers[10]); /* whose turn it is */
	for (size_t i = 0; i < 15; i++)
		fake_answer(&b.net, i);
	for (int ms = 0; ms < 1000; ms += 5)
		later(&b, 5);
	ck_assert_uint_eq(b.net.n_sent, 15 + 40);
	ck_assert_uint_eq(b.net.sent[15].peer.sin6_addr.s6_addr[15], 11);
	/* No limit any more: what waits goes. */
	ck_assert_int_eq(engine_set_subnet_rate(b.engine, 0), KK_OK);
	engine_run(b.engine);
	ck_assert_uint_ge(b.net.n_sent, 104);
	stop(&b);
	ck_assert_uint_eq(b.calls, 104);
}
END_TEST

/* Everything within loopback goes at once, whatever the rate. */
START_TEST(no_rate_of_loopback)
{
	static const struct {
		int ipv4;
		uint8_t first; /* octet of 127.0.0.0/8, or of the IPv6 address */
		unsigned sent; /* of 50, at once, where 4 a second are allowed */
	} rows[] = {{1, 127, 50}, {1, 126, 1}, {1, 128, 1}, {0, 0, 50}, {0, 1, 1}};

	for (int r = 0; r < ROWS(rows); r++) {
		struct bench b;

		start(&b, 0);
		ck_assert_int_eq(engine_set_subnet_rate(b.engine, 4), KK_OK);
		for (int i = 0; i < 50; i++) {
			if (rows[r].ipv4)
				to_ipv4(&b.peers[i], rows[r].first);
			else {
				b.peers[i].addr.sin6_addr.s6_addr[0] = rows[r].first;
				b.peers[i].addr.sin6_addr.s6_addr[15] = 1;
				b.peers[i].addr.sin6_port = htons((uint16_t)(1000 + i));
			}
			ask(&b, i);
		}
		engine_run(b.engine);
		ck_assert_msg(b.net.n_sent == rows[r].sent, "row %d: %zu", r, (size_t)b.net.n_sent);
		stop(&b);
	}
}
END_TEST

/* All that wait give up, and others come: the table forgets nobody and finds no one twice. */
START_TEST(rate_given_up)
{
	struct bench b;

	start(&b, 0);
	ck_assert_int_eq(engine_set_subnet_rate(b.engine, 4), KK_OK);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 50; i++)
			ask(&b, i);
		engine_run(b.engine);
		for (int i = 0; i < 50; i++)
			engine_cancel(b.engine, &b.peers[i]);
		ck_assert_uint_eq(engine_busy(b.engine), 0);
	}
	ck_assert_int_eq(later(&b, 1000), -1);
	ck_assert_uint_eq(b.net.n_sent, 1);
	ask(&b, 7);
	ck_assert_int_gt(engine_run(b.engine), 0);
	ck_assert_uint_eq(b.net.n_sent, 2);
	stop(&b);
}
END_TEST

/* Subnets without number: the table stays as large as it is, and nobody waits longer than a
 * neighbour in it makes him. */
START_TEST(many_subnets)
{
	struct bench b;

	start(&b, 0);
	ck_assert_int_eq(engine_set_subnet_rate(b.engine, 4), KK_OK);
	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < ROWS(b.peers); i++) {
			b.peers[i].addr.sin6_addr.s6_addr[6] = (uint8_t)round;
			b.peers[i].addr.sin6_addr.s6_addr[7] = (uint8_t)i;
			ck_assert_int_eq(ask(&b, i), KK_OK);
		}
		for (int turn = 0; turn < 20 && engine_busy(b.engine) > 0; turn++) {
			engine_run(b.engine);
			for (int i = 0; i < ROWS(b.peers); i++)
				if (b.peers[i].slot != NULL &&
				    b.peers[i].slot->state == SLOT_WAITING)
					engine_cancel(b.engine, &b.peers[i]);
			clock_advance(&b.net.clock, 250);
		}
		ck_assert_uint_eq(engine_busy(b.engine), 0);
	}
	ck_assert_uint_eq(b.net.n_sent, 200 * ROWS(b.peers));
	stop(&b);
}
END_TEST

/* A request with one try, and why an answer was not taken, where its owner can see it. */
START_TEST(single_try)
{
	struct bench b;

	start(&b, 0);
	b.peers[0].single = 1;
	ask(&b, 0);
	engine_run(b.engine);
	fake_answer(&b.net, 0)->octets[fake_id_at(&b.net.sent[0])] ^= 1;
	later(&b, 10);
	ck_assert_uint_eq(b.peers[0].drop, ENGINE_DROP_UNKNOWN_ID + 1);
	fake_answer(&b.net, 0)->len = 7;
	later(&b, 10);
	ck_assert_uint_eq(b.peers[0].drop, ENGINE_DROP_MALFORMED + 1);
	fake_answer(&b.net, 0)->peer.sin6_addr.s6_addr[3] = 9;
	later(&b, 10);
	ck_assert_uint_eq(b.peers[0].drop, ENGINE_DROP_WRONG_PEER + 1);
	ck_assert_str_eq(engine_drop_name(ENGINE_DROP_WRONG_PEER), "wrong_peer");
	later(&b, 970);
	ck_assert_int_eq(b.rc, KK_E_SILENT);
	ck_assert_uint_eq(b.net.n_sent, 1);
	ask(&b, 0);
	ck_assert_uint_eq(b.peers[0].drop, 0);
	stop(&b);
}
END_TEST

START_TEST(late_answer_to_an_earlier_try)
{
	struct bench b;

	start(&b, 0);
	ask(&b, 0);
	engine_run(b.engine);
	later(&b, 1000);
	fake_answer(&b.net, 0);
	later(&b, 250);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(b.rc, KK_OK);
	ck_assert_int_eq(b.last.rtt_us, 1250000);
	/* And then the one to the second try: a duplicate by now, even if the peer is asked again.
	 */
	ask(&b, 0);
	engine_run(b.engine);
	fake_answer(&b.net, 1);
	later(&b, 10);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_uint_eq(engine_stats(b.engine)->drops[ENGINE_DROP_UNKNOWN_ID], 1);
	fake_answer(&b.net, 2);
	later(&b, 10);
	ck_assert_uint_eq(b.calls, 2);
	ck_assert_int_eq(b.last.rtt_us, 20000);
	stop(&b);
}
END_TEST

/* An answer that has come in time, but finds the process late, is an answer. */
START_TEST(answer_before_timeout)
{
	struct bench b;

	start(&b, 0);
	ask(&b, 0);
	engine_run(b.engine);
	for (int i = 0; i < RETRIES; i++)
		later(&b, 1000);
	fake_answer(&b.net, 2);
	later(&b, 5000);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(b.rc, KK_OK);
	stop(&b);
}
END_TEST

static void
other_address(struct fake_datagram *a)
{
	a->peer.sin6_addr.s6_addr[15] ^= 1;
}

static void
other_port(struct fake_datagram *a)
{
	a->peer.sin6_port = htons(162);
}

static void
other_lane(struct fake_datagram *a)
{
	a->lane = (uint8_t)((a->lane + 1) % FAKE_LANES);
}

static void
other_community(struct fake_datagram *a)
{
	memcpy(memmem(a->octets, a->len, "city", 4), "town", 4);
}

static void
other_id(struct fake_datagram *a)
{
	a->octets[fake_id_at(a) + 3] ^= 1;
}

static void
small_id(struct fake_datagram *a)
{
	memset(a->octets + fake_id_at(a), 0, 4);
}

static void
other_version(struct fake_datagram *a)
{
	((uint8_t *)memmem(a->octets, a->len, "\x02\x01\x01", 3))[2] = 0;
}

static void
version_3(struct fake_datagram *a)
{
	((uint8_t *)memmem(a->octets, a->len, "\x02\x01\x01", 3))[2] = 3;
}

static void
a_request(struct fake_datagram *a)
{
	*(uint8_t *)memmem(a->octets, a->len, "\xa2", 1) = 0xa0;
}

static void
cut_short(struct fake_datagram *a)
{
	a->len -= 3;
}

static void
nothing(struct fake_datagram *a)
{
	a->len = 0;
}

static void
bad_type(struct fake_datagram *a)
{
	a->octets[a->len - 2] = 0xb9;
}

static void
other_name(struct fake_datagram *a)
{
	a->octets[a->len - 3] ^= 3; /* ifHCInOctets of another interface */
}

static const struct {
	const char *why;
	void (*change)(struct fake_datagram *a);
	enum engine_drop drop;
} forged[] = {
    {"another address", other_address, ENGINE_DROP_WRONG_PEER},
    {"another port", other_port, ENGINE_DROP_WRONG_PEER},
    {"on another socket", other_lane, ENGINE_DROP_WRONG_PEER},
    {"another community", other_community, ENGINE_DROP_WRONG_COMMUNITY},
    {"another request-id", other_id, ENGINE_DROP_UNKNOWN_ID},
    {"a request-id that is never used", small_id, ENGINE_DROP_UNKNOWN_ID},
    {"v1 to a v2c request", other_version, ENGINE_DROP_WRONG_PDU},
    {"v3 in nothing but its number", version_3, ENGINE_DROP_MALFORMED},
    {"a request", a_request, ENGINE_DROP_WRONG_PDU},
    {"cut short", cut_short, ENGINE_DROP_MALFORMED},
    {"empty", nothing, ENGINE_DROP_MALFORMED},
    {"a type that is none", bad_type, ENGINE_DROP_MALFORMED},
    {"another object", other_name, ENGINE_DROP_WRONG_NAMES},
};

START_TEST(dropped_and_counted)
{
	struct bench b;

	start(&b, 0);
	ask(&b, 7);
	engine_run(b.engine);
	forged[_i].change(fake_answer(&b.net, 0));
	later(&b, 10);
	ck_assert_msg(b.calls == 0, "%s: was taken", forged[_i].why);
	for (int i = 0; i < ENGINE_DROP_COUNT; i++)
		ck_assert_msg(engine_stats(b.engine)->drops[i] == (i == (int)forged[_i].drop),
		    "%s: counter %d", forged[_i].why, i);
	/* It costs nothing: the true answer is still waited for. */
	fake_answer(&b.net, 0);
	later(&b, 10);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(b.rc, KK_OK);
	stop(&b);
}
END_TEST

START_TEST(too_big_is_passed_on)
{
	struct bench b;
	struct fake_datagram *a;
	size_t id_at, list;

	start(&b, 0);
	ask(&b, 0);
	engine_run(b.engine);
	a = fake_answer(&b.net, 0);
	id_at = fake_id_at(a);
	a->octets[id_at + 4 + 2] = 1;	     /* tooBig */
	list = id_at + 4 + 3 + 3;	     /* an empty list of varbinds instead of two */
	a->octets[1] -= a->octets[list + 1]; /* all lengths are below 128 here */
	a->octets[id_at - 3] -= a->octets[list + 1];
	a->octets[list + 1] = 0;
	a->len = (uint32_t)list + 2;
	later(&b, 10);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(b.rc, KK_OK);
	ck_assert_int_eq(b.last.error_status, 1);
	ck_assert_uint_eq(b.last.n, 0);
	stop(&b);
}
END_TEST

START_TEST(ask_from_inside)
{
	struct bench b;

	start(&b, 0);
	b.ask_again = &b.peers[0];
	b.again_rc = -99;
	ask(&b, 0);
	engine_run(b.engine);
	fake_answer(&b.net, 0);
	later(&b, 10);
	ck_assert_int_eq(b.again_rc, KK_OK);
	ck_assert_uint_eq(b.net.n_sent, 2);
	fake_answer(&b.net, 1);
	later(&b, 10);
	ck_assert_uint_eq(b.calls, 2);
	stop(&b);
}
END_TEST

START_TEST(cancelled)
{
	struct bench b;

	start(&b, 0);
	engine_cancel(b.engine, &b.peers[0]);
	ask(&b, 0);
	ask(&b, 1);
	ask(&b, 2);
	engine_cancel(b.engine, &b.peers[0]); /* queued */
	engine_run(b.engine);
	ck_assert_uint_eq(b.net.n_sent, 2);
	engine_cancel(b.engine, &b.peers[1]); /* in flight */
	fake_answer(&b.net, 0);
	later(&b, 10);
	ck_assert_uint_eq(b.calls, 0);
	ck_assert_uint_eq(engine_stats(b.engine)->drops[ENGINE_DROP_UNKNOWN_ID], 1);
	/* From inside another's callback, in the middle of ending both. */
	ask(&b, 3);
	engine_run(b.engine);
	b.cancel = &b.peers[3];
	clock_advance(&b.net.clock, 1000);
	fake_answer(&b.net, 1);
	engine_run(b.engine);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_uint_eq(engine_busy(b.engine), 0);
	stop(&b);
}
END_TEST

START_TEST(full)
{
	struct bench b;

	start(&b, 3);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(ask(&b, i), KK_OK);
	ck_assert_int_eq(ask(&b, 3), KK_E_FULL);
	ck_assert_ptr_null(b.peers[3].slot);
	engine_run(b.engine);
	fake_answer(&b.net, 1);
	later(&b, 10);
	ck_assert_int_eq(ask(&b, 3), KK_OK);
	ck_assert_int_eq(ask(&b, 4), KK_E_FULL);
	stop(&b);
	ck_assert_uint_eq(b.calls, 4);
}
END_TEST

START_TEST(free_ends_all)
{
	struct bench b;

	start(&b, 0);
	for (int i = 0; i < 100; i++)
		ask(&b, i);
	engine_run(b.engine);
	for (int i = 100; i < 150; i++)
		ask(&b, i); /* queued only */
	b.ask_again = &b.peers[199];
	stop(&b);
	ck_assert_uint_eq(b.calls, 150);
	ck_assert_int_eq(b.rc, KK_E_CLOSED);
	ck_assert_int_eq(b.again_rc, KK_E_FULL);
	for (int i = 0; i < ROWS(b.peers); i++)
		ck_assert_ptr_null(b.peers[i].slot);
}
END_TEST

START_TEST(back_pressure)
{
	struct bench b;

	start(&b, 0);
	b.net.take = 70;
	for (int i = 0; i < 150; i++)
		ask(&b, i);
	ck_assert_int_eq(engine_run(b.engine), 1);
	ck_assert_uint_eq(b.net.n_sent, 70);
	/* Answers are taken meanwhile. */
	fake_answer(&b.net, 69);
	ck_assert_int_eq(later(&b, 500), 1);
	ck_assert_uint_eq(b.calls, 1);
	b.net.take = -1;
	ck_assert_int_eq(engine_run(b.engine), 500);
	ck_assert_uint_eq(b.net.n_sent, 150);
	/* Nobody's timeout runs before his request is sent. */
	later(&b, 500);
	ck_assert_uint_eq(b.net.n_sent, 150 + 69);
	later(&b, 500);
	ck_assert_uint_eq(b.net.n_sent, 150 + 69 + 80);
	stop(&b);
	ck_assert_uint_eq(b.calls, 150);
}
END_TEST

START_TEST(no_route)
{
	struct bench b;

	start(&b, 0);
	ask(&b, 0);
	ask(&b, 1);
	b.net.refuse = 1;
	engine_run(b.engine);
	ck_assert_uint_eq(b.calls, 2);
	ck_assert_int_eq(b.rc, KK_E_REFUSED);
	ck_assert_uint_eq(engine_stats(b.engine)->send_errors, 2);
	ck_assert_int_eq(engine_run(b.engine), -1);
	stop(&b);
}
END_TEST

/* 100 peers, every second one silent: each callback once, nobody waits for another's silence. */
START_TEST(many)
{
	struct bench b;

	start(&b, 0);
	for (int i = 0; i < 100; i++)
		ask(&b, i);
	engine_run(b.engine);
	ck_assert_uint_eq(b.net.n_sent, 100);
	for (size_t i = 0; i < 100; i += 2)
		fake_answer(&b.net, i);
	later(&b, 5);
	ck_assert_uint_eq(b.calls, 50);
	for (int i = 0; i < 6; i++)
		later(&b, 500);
	ck_assert_uint_eq(b.calls, 100);
	ck_assert_uint_eq(b.net.n_sent, 100 + 3 * 50);
	stop(&b);
	ck_assert_uint_eq(b.calls, 100);
}
END_TEST

/* Every id leads back to its slot and try, no two are equal, and each has four octets in BER. */
START_TEST(ids)
{
	struct slots s;
	struct slot *slot[3000];
	unsigned try, wrong = 0;

	ck_assert_int_eq(slots_init(&s, 3000), KK_OK);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < ROWS(slot); i++) {
			slot[i] = slots_take(&s);
			ck_assert_ptr_nonnull(slot[i]);
			slot[i]->state = SLOT_WAITING;
			slot[i]->sends = SLOT_SENDS_MAX;
		}
		ck_assert_ptr_null(slots_take(&s));
		for (int i = 0; i < ROWS(slot); i++)
			for (unsigned t = 0; t < SLOT_SENDS_MAX; t++) {
				uint32_t id = slots_id(&s, slot[i], t);

				wrong += id < 0x01000000 || id > 0x7fffffff ||
					 slots_find(&s, (int32_t)id, &try) != slot[i] || try != t;
			}
		ck_assert_uint_eq(wrong, 0);
		for (int i = 0; i < ROWS(slot); i++)
			slots_give(&s, slot[i]);
	}
	slots_clear(&s);
}
END_TEST

/* A generation comes again only after a thousand uses of its slot. */
START_TEST(generations)
{
	struct slots s;
	struct slot *slot;
	uint32_t first;
	unsigned try, uses = 0;

	ck_assert_int_eq(slots_init(&s, 1), KK_OK);
	slot = slots_take(&s);
	first = slots_id(&s, slot, 0);
	do {
		slots_give(&s, slot);
		ck_assert_ptr_null(slots_find(&s, (int32_t)first, &try));
		slot = slots_take(&s);
		slot->state = SLOT_WAITING;
		slot->sends = 1;
		uses++;
	} while (slots_find(&s, (int32_t)first, &try) == NULL && uses < 5000);
	ck_assert_uint_eq(uses, 1016);
	slots_clear(&s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("engine");
	TCase *tc = tcase_create("engine");

	tcase_add_test(tc, answered);
	tcase_add_test(tc, silent_exactly);
	tcase_add_test(tc, answer_to_the_copy);
	tcase_add_test(tc, retries_change_meanwhile);
	tcase_add_test(tc, one_request_per_agent);
	tcase_add_test(tc, rate_of_a_subnet);
	tcase_add_test(tc, no_rate_of_loopback);
	tcase_add_test(tc, rate_given_up);
	tcase_add_test(tc, many_subnets);
	tcase_add_test(tc, single_try);
	tcase_add_test(tc, late_answer_to_an_earlier_try);
	tcase_add_test(tc, answer_before_timeout);
	tcase_add_loop_test(tc, dropped_and_counted, 0, ROWS(forged));
	tcase_add_test(tc, too_big_is_passed_on);
	tcase_add_test(tc, ask_from_inside);
	tcase_add_test(tc, cancelled);
	tcase_add_test(tc, full);
	tcase_add_test(tc, free_ends_all);
	tcase_add_test(tc, back_pressure);
	tcase_add_test(tc, no_route);
	tcase_add_test(tc, many);
	tcase_add_test(tc, ids);
	tcase_add_test(tc, generations);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
