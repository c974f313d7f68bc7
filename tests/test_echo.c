/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ICMP echo: octets, what is in flight, and what a device's silence is made of. */
#include <arpa/inet.h>

#include "collector/echo/echo.h"
#include "collector/echo/echo_wire.h"
#include "tests/fake_net.h"
#include "tests/target_bench.h"

#define TIMEOUT_MS 1000
#define REASON(r)  ((r) << SAMPLE_REASON_AT)

static struct sockaddr_in6
address(const char *text)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(161)};
	char mapped[64];

	snprintf(mapped, sizeof(mapped), "%s%s", strchr(text, ':') ? "" : "::ffff:", text);
	ck_assert_int_eq(inet_pton(AF_INET6, mapped, &a.sin6_addr), 1);
	return a;
}

/* ---- octets ---- */

START_TEST(octets)
{
	const struct echo_id id = {.sequence = 0xabcd, .nonce = UINT64_C(0x0123456789abcdef)};

	for (int v6 = 0; v6 < 2; v6++) {
		uint8_t p[ECHO_OCTETS];
		struct echo_id got;

		echo_write(p, v6, &id);
		ck_assert_uint_eq(p[0], v6 ? 128 : 8); /* RFC 4443, 4.1; RFC 792 */
		ck_assert_uint_eq(p[1] | p[2] | p[3] | p[4] | p[5], 0);
		ck_assert(!echo_read(p, sizeof(p), v6, &got)); /* a request is no reply */
		p[0] = v6 ? 129 : 0;
		ck_assert(echo_read(p, sizeof(p), v6, &got));
		ck_assert_uint_eq(got.sequence, id.sequence);
		ck_assert_uint_eq(got.nonce, id.nonce);
		ck_assert(!echo_read(p, sizeof(p), !v6, &got));
		for (size_t n = 0; n < sizeof(p); n++)
			ck_assert(!echo_read(p, n, v6, &got));
		p[1] = 1; /* code */
		ck_assert(!echo_read(p, sizeof(p), v6, &got));
		p[1] = 0;
		p[8] ^= 1; /* somebody else's data */
		ck_assert(!echo_read(p, sizeof(p), v6, &got));
	}
}
END_TEST

static const struct {
	const char *to;
	int may;
} whom[] = {{"192.0.2.1", 1}, {"10.1.2.3", 1}, {"223.255.255.255", 1}, {"127.0.0.1", 0},
    {"127.255.3.4", 0}, {"0.0.0.0", 0}, {"0.1.2.3", 0}, {"224.0.0.1", 0}, {"239.1.1.1", 0},
    {"240.0.0.1", 0}, {"255.255.255.255", 0}, {"2001:db8::1", 1}, {"fe80::1", 1}, {"::1", 0},
    {"::", 0}, {"ff02::1", 0}};

START_TEST(who_may_be_asked)
{
	struct sockaddr_in6 a = address(whom[_i].to);

	ck_assert_msg(echo_may_ask(&a) == whom[_i].may, "%s", whom[_i].to);
}
END_TEST

/* ---- what is in flight ---- */

struct told {
	unsigned n;
	int rc;
	struct echo *cancel_in; /* when told, this ticket is cancelled */
	unsigned cancel;
};

static void
on_done(void *ctx, int rc)
{
	struct told *t = ctx;

	t->n++;
	t->rc = rc;
	if (t->cancel_in != NULL)
		echo_cancel(t->cancel_in, t->cancel);
}

static int allowed; /* datagrams that may be sent; -1: any number */

static int
may_send(void *ctx, const struct sockaddr_in6 *to)
{
	(void)ctx;
	(void)to;
	if (allowed > 0)
		allowed--;
	else if (allowed == 0)
		return 0;
	return 1;
}

static struct echo *
open_echo(struct fake_net *f)
{
	const struct echo_options o = {.timeout_ms = TIMEOUT_MS, .may_send = may_send};
	struct net net;
	struct echo *e;

	fake_net_init(f);
	net = fake_net_net(f);
	allowed = -1;
	e = echo_new(&net, &f->clock, &o);
	ck_assert_ptr_nonnull(e);
	return e;
}

static void
close_echo(struct echo *e, struct fake_net *f)
{
	echo_free(e);
	fake_net_clear(f);
}

/* The honest reply to what was sent. */
static struct fake_datagram *
reply(struct fake_net *f, size_t i)
{
	struct fake_datagram *d = fake_inbox(f), *s = &f->sent[i];

	d->peer = s->peer;
	d->len = s->len;
	memcpy(d->octets, s->octets, s->len);
	d->octets[0] = s->octets[0] == 8 ? 0 : 129;
	return d;
}

START_TEST(an_answer)
{
	static const char *const hosts[] = {"192.0.2.1", "2001:db8::1"};
	struct sockaddr_in6 to = address(hosts[_i]);
	struct fake_net f;
	struct echo *e = open_echo(&f);
	struct told t = {0};

	ck_assert_uint_ne(echo_ask(e, &to, on_done, &t), 0);
	ck_assert_int_eq(echo_run(e), TIMEOUT_MS);
	ck_assert_uint_eq(f.n_sent, 1);
	ck_assert_uint_eq(f.sent[0].octets[0], _i == 0 ? 8 : 128);
	ck_assert_uint_eq(t.n, 0);
	reply(&f, 0);
	ck_assert_int_eq(echo_run(e), -1);
	ck_assert_uint_eq(t.n, 1);
	ck_assert_int_eq(t.rc, KK_OK);
	ck_assert(!echo_busy(e));
	reply(&f, 0); /* once more: of no meaning */
	ck_assert_int_eq(echo_run(e), -1);
	ck_assert_uint_eq(t.n, 1);
	ck_assert_uint_eq(echo_stats(e)->late, 1);
	close_echo(e, &f);
}
END_TEST

/* So many tries, each with its time, and then silence. */
START_TEST(no_answer)
{
	struct sockaddr_in6 to = address("192.0.2.1");
	struct fake_net f;
	struct echo *e = open_echo(&f);
	struct told t = {0};

	echo_ask(e, &to, on_done, &t);
	for (int i = 1; i <= ECHO_TRIES; i++) {
		ck_assert_int_eq(echo_run(e), TIMEOUT_MS);
		ck_assert_uint_eq(f.n_sent, i);
		clock_advance(&f.clock, TIMEOUT_MS);
	}
	ck_assert_int_eq(echo_run(e), -1);
	ck_assert_uint_eq(t.n, 1);
	ck_assert_int_eq(t.rc, KK_E_SILENT);
	ck_assert_uint_eq(f.n_sent, ECHO_TRIES);
	reply(&f, 0); /* too late */
	echo_run(e);
	ck_assert_uint_eq(t.n, 1);
	close_echo(e, &f);
}
END_TEST

/* A reply to the first try, while the second is on its way, is one. */
START_TEST(a_lost_one)
{
	struct sockaddr_in6 to = address("192.0.2.1");

	for (size_t which = 0; which < 2; which++) {
		struct fake_net f;
		struct echo *e = open_echo(&f);
		struct told t = {0};

		echo_ask(e, &to, on_done, &t);
		echo_run(e);
		clock_advance(&f.clock, TIMEOUT_MS);
		echo_run(e);
		ck_assert_uint_eq(f.n_sent, 2);
		reply(&f, which);
		echo_run(e);
		ck_assert_uint_eq(t.n, 1);
		ck_assert_int_eq(t.rc, KK_OK);
		close_echo(e, &f);
	}
}
END_TEST

/* What is wrong with a reply: none of them is believed, each has its counter. */
START_TEST(forged)
{
	struct sockaddr_in6 to = address("192.0.2.1");
	struct fake_net f;
	struct echo *e = open_echo(&f);
	struct told t = {0};

	echo_ask(e, &to, on_done, &t);
	echo_run(e);
	reply(&f, 0)->peer = address("192.0.2.2");
	reply(&f, 0)->octets[16] ^= 1;	 /* nonce */
	reply(&f, 0)->octets[6] ^= 0x80; /* an older use of the same place */
	reply(&f, 0)->octets[7] ^= 1;	 /* a place that is not in use */
	reply(&f, 0)->len = 23;
	reply(&f, 0)->octets[0] = 3; /* destination unreachable: no echo's reply */
	echo_run(e);
	ck_assert_uint_eq(t.n, 0);
	ck_assert_uint_eq(echo_stats(e)->wrong_peer, 1);
	ck_assert_uint_eq(echo_stats(e)->wrong_nonce, 1);
	ck_assert_uint_eq(echo_stats(e)->late, 2);
	ck_assert_uint_eq(echo_stats(e)->malformed, 2);
	reply(&f, 0);
	echo_run(e);
	ck_assert_uint_eq(t.n, 1);
	close_echo(e, &f);
}
END_TEST

/* More than there is room for; all places are used again and again. */
START_TEST(many)
{
	struct sockaddr_in6 to = address("192.0.2.1");
	struct fake_net f;
	struct echo *e = open_echo(&f);
	struct told t = {0};

	for (unsigned turn = 0; turn < 20; turn++) { /* the sequence number wraps at 16 */
		size_t from = f.n_sent;

		for (unsigned i = 0; i < ECHO_IN_FLIGHT_MAX; i++)
			ck_assert_uint_ne(echo_ask(e, &to, on_done, &t), 0);
		ck_assert_uint_eq(echo_ask(e, &to, on_done, &t), 0);
		while (f.n_sent < from + ECHO_IN_FLIGHT_MAX)
			echo_run(e);
		for (size_t i = from; i < f.n_sent; i++)
			reply(&f, i);
		while (echo_busy(e))
			echo_run(e);
		ck_assert_uint_eq(t.n, (turn + 1) * ECHO_IN_FLIGHT_MAX);
		ck_assert_uint_eq(echo_stats(e)->full, turn + 1);
	}
	ck_assert_uint_eq(echo_stats(e)->answered, 20 * ECHO_IN_FLIGHT_MAX);
	close_echo(e, &f);
}
END_TEST

/* A subnet's rate, a full socket, no route. */
START_TEST(obstacles)
{
	struct sockaddr_in6 to = address("192.0.2.1");
	struct fake_net f;
	struct echo *e = open_echo(&f);
	struct told t[8] = {{0}};

	for (int i = 0; i < 8; i++)
		echo_ask(e, &to, on_done, &t[i]);
	allowed = 3;
	ck_assert_int_eq(echo_run(e), 20);
	ck_assert_uint_eq(f.n_sent, 3);
	allowed = -1;
	f.take = 2;
	ck_assert_int_eq(echo_run(e), 20);
	ck_assert_uint_eq(f.n_sent, 5);
	f.take = -1;
	f.refuse = 1;
	ck_assert_int_eq(echo_run(e), TIMEOUT_MS);
	ck_assert_uint_eq(f.n_sent, 5);
	ck_assert_uint_eq(echo_stats(e)->send_errors, 3);
	f.refuse = 0;
	for (size_t i = 0; i < 5; i++)
		reply(&f, i);
	ck_assert_int_eq(echo_run(e), -1);
	for (int i = 0; i < 8; i++)
		ck_assert_uint_eq(t[i].n, 1);
	close_echo(e, &f);
}
END_TEST

/* Whoever is told may cancel others; who is cancelled is not told, and free() tells the rest. */
START_TEST(cancelled)
{
	struct sockaddr_in6 to = address("192.0.2.1");
	struct fake_net f;
	struct echo *e = open_echo(&f);
	struct told t[4] = {{0}};

	for (int i = 1; i < 4; i++)
		t[0].cancel = echo_ask(e, &to, on_done, &t[i]);
	t[0].cancel_in = e;
	echo_ask(e, &to, on_done, &t[0]); /* cancels the last of the three */
	echo_run(e);
	ck_assert_uint_eq(f.n_sent, 4);
	reply(&f, 3);
	reply(&f, 2);
	echo_run(e);
	ck_assert_uint_eq(t[0].n, 1);
	ck_assert_uint_eq(t[3].n, 0);
	echo_free(e);
	ck_assert_uint_eq(t[1].n, 1);
	ck_assert_int_eq(t[2].rc, KK_E_CLOSED);
	ck_assert_uint_eq(t[3].n, 0);
	fake_net_clear(&f);
}
END_TEST

/* ---- a device whose agent is silent ---- */

struct host {
	struct target_bench b;
	struct fake_net net;
	struct echo *echo;
	int alive;
	size_t seen;
	int64_t took_ms; /* the newest poll */
};

static void
open_host(struct host *h)
{
	memset(h, 0, sizeof(*h));
	bench_open(&h->b);
	h->echo = open_echo(&h->net);
	h->net.clock = h->b.agent.clock;
	h->b.env.echo = h->echo;
	bench_system(&h->b, 8640000);
	bench_set(&h->b, VB_INTEGER, 1, "1.3.6.1.2.1.2.1.0");
	bench_interface(&h->b, 3, "ath0", 71, 1000, 2000);
	bench_target(&h->b);
}

static void
close_host(struct host *h)
{
	bench_close(&h->b);
	close_echo(h->echo, &h->net);
}

/* One poll, with both networks. Returns the sample's flags. */
static int
poll_host(struct host *h)
{
	struct target_bench *b = &h->b;
	unsigned before = b->samples;
	int64_t begun = b->agent.clock.mono_ms;

	ck_assert_int_eq(target_poll(b->target, bench_on_sample, b), KK_OK);
	for (int turns = 0; b->samples == before; turns++) {
		int wait = engine_run(b->engine), echo;

		ck_assert_msg(turns < 10000, "the poll does not end");
		h->net.clock = b->agent.clock;
		echo = echo_run(h->echo);
		for (; h->seen < h->net.n_sent; h->seen++)
			if (h->alive) {
				reply(&h->net, h->seen);
				echo = 0;
			}
		if (echo >= 0 && (wait < 0 || echo < wait))
			wait = echo;
		if (b->samples == before && wait > 0)
			clock_advance(&b->agent.clock, wait);
	}
	h->took_ms = b->agent.clock.mono_ms - begun;
	bench_pass(b, 60);
	return b->sample.flags;
}

START_TEST(agent_silent)
{
	struct host h;

	open_host(&h);
	ck_assert_int_eq(poll_host(&h) & SAMPLE_SILENT, 0);
	ck_assert_uint_eq(h.net.n_sent, 0); /* who answers is not asked twice */
	h.alive = 1;
	h.b.agent.silent = 1;
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(poll_host(&h), SAMPLE_SILENT | REASON(REASON_AGENT_SILENT));
		ck_assert_uint_eq(h.net.n_sent, i + 1);
		ck_assert_uint_eq(target_silent(h.b.target), i + 1); /* it is silent all the same */
	}
	ck_assert_int_eq(target_slow_lane(h.b.target), 1);
	/* Three echoes in vain are needed until it counts as dead. */
	h.alive = 0;
	ck_assert_int_eq(poll_host(&h), SAMPLE_SILENT | REASON(REASON_AGENT_SILENT));
	ck_assert_int_eq(poll_host(&h), SAMPLE_SILENT | REASON(REASON_AGENT_SILENT));
	ck_assert_int_eq(poll_host(&h), SAMPLE_SILENT | REASON(REASON_NO_ECHO));
	h.alive = 1;
	ck_assert_int_eq(poll_host(&h), SAMPLE_SILENT | REASON(REASON_AGENT_SILENT));
	h.b.agent.silent = 0;
	ck_assert_int_eq(poll_host(&h) & (SAMPLE_SILENT | REASON(31)), 0);
	close_host(&h);
}
END_TEST

/* A dead host is told no later than without echo: from the second poll on both are asked at once.
 */
START_TEST(host_dead)
{
	struct host h;
	int64_t without[6];

	for (int with = 0; with < 2; with++) {
		open_host(&h);
		if (!with)
			h.b.env.echo = NULL;
		poll_host(&h);
		h.b.agent.silent = 1;
		for (int i = 0; i < 6; i++) {
			int flags = poll_host(&h);

			ck_assert_int_eq(
			    flags, SAMPLE_SILENT | (with ? REASON(REASON_NO_ECHO) : 0));
			if (!with)
				without[i] = h.took_ms;
			else if (i == 1 || i == 2)
				ck_assert_int_eq(h.took_ms, without[i]);
			else
				ck_assert_int_le(h.took_ms, without[i] + ECHO_TRIES * TIMEOUT_MS);
		}
		close_host(&h);
	}
}
END_TEST

/* Nothing hangs on an echo: the device may go, or its time may be over. */
START_TEST(ended_early)
{
	struct host h;

	open_host(&h);
	poll_host(&h);
	h.b.agent.silent = 1;
	ck_assert_int_eq(target_poll(h.b.target, bench_on_sample, &h.b), KK_OK);
	while (!echo_busy(h.echo)) {
		int wait = engine_run(h.b.engine);

		if (wait > 0)
			clock_advance(&h.b.agent.clock, wait);
	}
	clock_advance(&h.b.agent.clock, 60000);
	ck_assert_int_eq(target_expire(h.b.target), TARGET_ENDED);
	ck_assert_int_eq(h.b.sample.flags, SAMPLE_SILENT);
	ck_assert(!echo_busy(h.echo));
	ck_assert_int_eq(target_poll(h.b.target, bench_on_sample, &h.b), KK_OK);
	ck_assert(echo_busy(h.echo));
	target_free(h.b.target);
	h.b.target = NULL;
	ck_assert(!echo_busy(h.echo));
	close_host(&h);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("echo");
	TCase *tc = tcase_create("echo");

	tcase_add_test(tc, octets);
	tcase_add_loop_test(tc, who_may_be_asked, 0, ROWS(whom));
	tcase_add_loop_test(tc, an_answer, 0, 2);
	tcase_add_test(tc, no_answer);
	tcase_add_test(tc, a_lost_one);
	tcase_add_test(tc, forged);
	tcase_add_test(tc, many);
	tcase_add_test(tc, obstacles);
	tcase_add_test(tc, cancelled);
	tcase_add_test(tc, agent_silent);
	tcase_add_test(tc, host_dead);
	tcase_add_test(tc, ended_early);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
