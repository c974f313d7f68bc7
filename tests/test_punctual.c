/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A town with dead, slow and lossy devices, swept twenty times by the real fleet, targets and
 * engine, on a clock and a network that are this file's own. tests/bench/punctual.sh is the same
 * with a whole city, sockets and the machine's clock. */
#include <arpa/inet.h>

#include "collector/fleet.h"
#include "tests/target_bench.h"

#define DEVICES	 300
#define SWEEPS	 20
#define ANSWER	 1500
#define ON_WAY	 4096
#define LOSS	 20 /* per mille */
#define SLOW_MS	 2000
#define QUICK_MS 30

enum kind { QUICK, DEAD, SLOW };

/* An answer on its way. */
struct letter {
	int64_t at_ms;
	struct sockaddr_in6 peer;
	uint32_t len;
	uint8_t lane;
	uint8_t data[ANSWER];
};

struct town {
	struct fake_agent agent; /* what all of them say; its clock is the time */
	struct net inner;
	struct letter *way;
	unsigned n_way;
	uint64_t dice;
	struct fleet *fleet;
	unsigned samples[DEVICES + 1], answered[DEVICES + 1];
	unsigned sent[DEVICES + 1];
};

static enum kind
kind_of(unsigned device)
{
	return device % 10 == 0 ? DEAD : device % 20 == 1 ? SLOW : QUICK;
}

static int
is_lost(struct town *t)
{
	t->dice = t->dice * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (t->dice >> 33) % 1000 < LOSS;
}

/* The device answers at once, and the answer takes its time. */
static void
answer_one(struct town *t, const struct datagram *d, enum kind kind)
{
	struct letter *l = &t->way[t->n_way];
	struct datagram in = {.data = l->data, .len = ANSWER};

	agent_number(&t->agent, "1.3.6.1.2.1.1.3.0", VB_TIMETICKS, t->agent.clock.mono_ms / 10);
	t->inner.send(t->inner.ctx, d, 1);
	if (t->inner.receive(t->inner.ctx, &in, 1) != 1 || is_lost(t))
		return;
	ck_assert_uint_lt(t->n_way, ON_WAY - 1);
	l->at_ms = t->agent.clock.mono_ms + (kind == SLOW ? SLOW_MS : QUICK_MS);
	l->peer = d->peer;
	l->lane = d->lane;
	l->len = in.len;
	t->n_way++;
}

static int
town_send(void *ctx, const struct datagram *d, unsigned n)
{
	struct town *t = ctx;

	for (unsigned i = 0; i < n; i++) {
		const uint8_t *o = d[i].peer.sin6_addr.s6_addr;
		unsigned device = (unsigned)o[14] << 8 | o[15];

		if (device < 1 || device > DEVICES)
			ck_abort_msg("datagram to %u", device);
		t->sent[device]++;
		if (kind_of(device) != DEAD)
			answer_one(t, &d[i], kind_of(device));
	}
	return (int)n;
}

static int
town_receive(void *ctx, struct datagram *d, unsigned n)
{
	struct town *t = ctx;
	unsigned got = 0;

	for (unsigned i = 0; i < t->n_way && got < n;) {
		struct letter *l = &t->way[i];

		if (l->at_ms > t->agent.clock.mono_ms) {
			i++;
			continue;
		}
		d[got].peer = l->peer;
		d[got].lane = l->lane;
		d[got].len = l->len;
		memcpy(d[got++].data, l->data, l->len);
		*l = t->way[--t->n_way];
	}
	return (int)got;
}

static void
on_sample(void *ctx, const struct sample *s)
{
	struct town *t = ctx;

	t->samples[s->device]++;
	t->answered[s->device] += !(s->flags & SAMPLE_SILENT);
}

static void
settle(struct town *t)
{
	struct diag d = {{0}};
	struct inventory *inv;
	struct db *db;
	char dir[64], sql[200];

	harness_dir(dir);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	for (unsigned i = 1; i <= DEVICES; i++) {
		snprintf(sql, sizeof(sql),
		    "INSERT INTO device (num, id, host, added) VALUES (%u, 'WF%06u', '10.0.%u.%u', "
		    "1); INSERT INTO belonging (device, since) VALUES (%u, 0)",
		    i, i, i >> 8, i & 255, i);
		ck_assert_msg(db_exec(db, sql, &d) == KK_OK, "%s", d.text);
	}
	ck_assert_int_eq(inventory_read(db, &inv, &d), KK_OK);
	ck_assert_int_eq(fleet_update(t->fleet, inv), KK_OK);
	fleet_restored(t->fleet);
	inventory_free(inv);
	db_close(db);
	harness_remove(dir);
}

/* Run until so many sweeps are over. */
static void
until_sweep(struct town *t, struct engine *e, uint64_t sweeps)
{
	while (fleet_stats(t->fleet)->sweeps < sweeps) {
		int a = sweep_run(fleet_sweep(t->fleet)), b = engine_run(e);
		int64_t now = t->agent.clock.mono_ms, wait = a >= 0 ? a : 1000;

		if (b >= 0 && b < wait)
			wait = b;
		for (unsigned i = 0; i < t->n_way; i++)
			if (t->way[i].at_ms - now < wait)
				wait = t->way[i].at_ms - now;
		clock_advance(&t->agent.clock, wait > 0 ? wait : 0);
	}
}

static void
check_sweeps(struct town *t, struct engine *e, uint64_t first)
{
	for (uint64_t sweep = first; sweep < first + SWEEPS; sweep++) {
		const struct sweep_health *h = fleet_last_sweep(t->fleet);

		until_sweep(t, e, sweep);
		ck_assert_uint_eq(h->started, DEVICES);
		ck_assert_uint_le(hist_at(&h->lag, 990), 1000);
		ck_assert_uint_eq(h->n_left, 0);
	}
}

static void
check_devices(const struct town *t)
{
	for (unsigned i = 1; i <= DEVICES; i++) {
		ck_assert_msg(t->samples[i] >= SWEEPS - 1 && t->samples[i] <= SWEEPS + 1,
		    "device %u: %u samples", i, t->samples[i]);
		if (kind_of(i) == QUICK)
			ck_assert_msg(t->answered[i] == t->samples[i], "device %u: silent", i);
		else if (kind_of(i) == SLOW) /* the second try's answer comes with the deadline */
			ck_assert_uint_ge(t->answered[i], SWEEPS * 3 / 4);
		else /* the slow lane: one datagram, but at the whole polls */
			ck_assert_uint_le(t->sent[i], SWEEPS + 4 * 3);
	}
}

START_TEST(twenty_sweeps)
{
	static struct town t;
	struct target_bench b;
	struct net net = {.ctx = &t, .send = town_send, .receive = town_receive, .lanes = 1};
	struct engine_options o = {.timeout_ms = 1000, .retries = 2, .subnet_rate = 1000};
	struct fleet_env env = {.target = &b.env, .sample = on_sample, .ctx = &t};
	struct sweep_stats before, st;

	bench_open(&b);
	bench_system(&b, 8640000);
	bench_interface(&b, 2, "eth0", 6, 900, 100);
	bench_interface(&b, 3, "ath0", 71, 10, 100);
	t.agent = b.agent;
	t.inner = agent_net(&t.agent);
	t.way = calloc(ON_WAY, sizeof(*t.way));
	net.fd = -1;
	engine_free(b.engine);
	ck_assert_int_eq(engine_new(&net, &t.agent.clock, &o, &b.engine), KK_OK);
	b.env.engine = b.engine;
	b.env.clock = &t.agent.clock;
	target_free(b.target);
	b.target = NULL;
	ck_assert_int_eq(fleet_new(&env, &t.fleet), KK_OK);
	settle(&t);
	/* Learned, and the dead have their lane. */
	until_sweep(&t, b.engine, 6);
	ck_assert_uint_eq(fleet_slow_lane(t.fleet), DEVICES / 10);
	memset(t.samples, 0, sizeof(t.samples));
	memset(t.answered, 0, sizeof(t.answered));
	memset(t.sent, 0, sizeof(t.sent));
	sweep_stats(fleet_sweep(t.fleet), &before);
	check_sweeps(&t, b.engine, 7);
	check_devices(&t);
	sweep_stats(fleet_sweep(t.fleet), &st);
	ck_assert_uint_eq(st.overruns, before.overruns);
	/* The process stands still for a sweep and a half: nobody is asked twice for it, and the
	 * sweep after the next is as punctual as ever. */
	clock_advance(&t.agent.clock, 90000);
	until_sweep(&t, b.engine, fleet_stats(t.fleet)->sweeps + 2);
	check_sweeps(&t, b.engine, fleet_stats(t.fleet)->sweeps + 1);
	fleet_free(t.fleet);
	b.agent = t.agent;
	bench_close(&b);
	free(t.way);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("punctual");
	TCase *tc = tcase_create("punctual");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, twenty_sweeps);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
