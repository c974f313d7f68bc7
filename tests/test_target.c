/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A device from the first packet to the sample: identified, learned, polled, and all that can go
 * wrong on the way. */
#include "collector/target.h"

#include "tests/target_bench.h"

#define M UINT64_C(1000000)

/* Two radios, a wire and a loopback. */
static void
an_ap(struct target_bench *b)
{
	bench_system(b, 8640000);
	bench_interface(b, 1, "lo", 24, 5, 5);
	bench_interface(b, 2, "eth0", 6, 900 * M, 100 * M);
	bench_interface(b, 3, "ath0", 71, 10 * M, 100 * M);
	bench_interface(b, 4, "ath1", 71, 20 * M, 200 * M);
}

static void
opened_ap(struct target_bench *b)
{
	bench_open(b);
	an_ap(b);
	ck_assert_int_eq(bench_poll(b), SAMPLE_FIRST);
	bench_odometers(b, 0, 0);
	bench_pass(b, 60);
}

START_TEST(first_and_second)
{
	struct target_bench b;
	unsigned gets;

	opened_ap(&b);
	ck_assert_str_eq(target_profile(b.target, NULL)->name, "generic-ifmib");
	ck_assert_uint_eq(b.sample.n_counters, 2);
	ck_assert_uint_eq(b.sample.device, 7);
	ck_assert_int_eq(b.sample.value[METRIC_UP], 1);
	ck_assert_int_eq(b.sample.value[METRIC_UPTIME], 86400);
	ck_assert_int_eq(sample_has(&b.sample, METRIC_CLIENTS), 0);
	bench_interface(&b, 3, "ath0", 71, 11 * M, 105 * M);
	bench_interface(&b, 4, "ath1", 71, 20 * M, 201 * M);
	gets = b.agent.gets;
	ck_assert_int_eq(bench_poll(&b), 0);
	ck_assert_uint_eq(b.agent.gets, gets + 1);
	bench_odometers(&b, 6 * M, 1 * M);
	bench_close(&b);
}
END_TEST

START_TEST(rebooted)
{
	struct target_bench b;

	opened_ap(&b);
	bench_system(&b, 3000);
	bench_interface(&b, 3, "ath0", 71, 1000, 7000);
	bench_interface(&b, 4, "ath1", 71, 2000, 8000);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_RESTART);
	bench_odometers(&b, 15000, 3000);
	bench_pass(&b, 60);
	bench_interface(&b, 3, "ath0", 71, 1001, 7002);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 15002, 3001);
	bench_close(&b);
}
END_TEST

/* The agent alone restarts: the box tells its own uptime, and the counters go on. */
START_TEST(agent_restarted)
{
	struct target_bench b;

	bench_open(&b);
	an_ap(&b);
	agent_number(&b.agent, "1.3.6.1.2.1.25.1.1.0", VB_TIMETICKS, 9000000);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	bench_pass(&b, 60);
	bench_system(&b, 3000);
	bench_interface(&b, 3, "ath0", 71, 11 * M, 101 * M);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 1 * M, 1 * M);
	ck_assert_int_eq(b.sample.value[METRIC_UPTIME], 90060);
	bench_close(&b);
}
END_TEST

/* Interfaces are numbered anew: with a reboot, with ifTableLastChange, and without any sign. */
START_TEST(moved)
{
	struct target_bench b;

	opened_ap(&b);
	if (_i == 0)
		bench_system(&b, 3000);
	if (_i == 1) {
		agent_number(&b.agent, "1.3.6.1.2.1.31.1.5.0", VB_TIMETICKS, 100);
		bench_target(&b);
		ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
		bench_pass(&b, 60);
		agent_number(&b.agent, "1.3.6.1.2.1.31.1.5.0", VB_TIMETICKS, 8645000);
	}
	if (_i == 3) { /* they change places */
		bench_interface(&b, 4, "ath0", 71, 11 * M, 110 * M);
		bench_interface(&b, 3, "ath1", 71, 22 * M, 220 * M);
	} else {
		bench_no_interface(&b, 3);
		bench_no_interface(&b, 4);
		bench_interface(&b, 13, "ath0", 71, 11 * M, 110 * M);
		bench_interface(&b, 14, "ath1", 71, 22 * M, 220 * M);
	}
	ck_assert_int_eq(bench_poll(&b), SAMPLE_MOVED | (_i == 0 ? SAMPLE_RESTART : 0));
	if (_i == 0)
		bench_odometers(&b, 330 * M, 33 * M);
	else
		bench_odometers(&b, 30 * M, 3 * M);
	ck_assert_uint_eq(b.sample.n_counters, 2);
	bench_close(&b);
}
END_TEST

START_TEST(one_gone_and_back)
{
	struct target_bench b;

	opened_ap(&b);
	bench_no_interface(&b, 4);
	bench_interface(&b, 3, "ath0", 71, 11 * M, 110 * M);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_PARTIAL);
	bench_odometers(&b, 10 * M, 1 * M);
	bench_pass(&b, 60);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_pass(&b, 8 * 3600); /* learned anew in the meantime */
	bench_interface(&b, 9, "ath1", 71, 21 * M, 205 * M);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 15 * M, 2 * M);
	bench_close(&b);
}
END_TEST

/* After a reboot the radios come up late: the wire is not counted in their place. */
START_TEST(radios_late)
{
	struct target_bench b;

	opened_ap(&b);
	bench_system(&b, 1000);
	bench_no_interface(&b, 3);
	bench_no_interface(&b, 4);
	bench_interface(&b, 2, "eth0", 6, 5000, 5000);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_RESTART | SAMPLE_PARTIAL);
	bench_odometers(&b, 0, 0);
	bench_pass(&b, 60);
	ck_assert_int_eq(bench_poll(&b) & SAMPLE_PARTIAL, SAMPLE_PARTIAL);
	bench_pass(&b, 300);
	bench_interface(&b, 3, "ath0", 71, 100, 1000);
	bench_interface(&b, 4, "ath1", 71, 200, 2000);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_RESTART);
	bench_odometers(&b, 3000, 300);
	bench_close(&b);
}
END_TEST

/* The same ports on another box. */
static void
swap(struct target_bench *b, uint32_t uptime)
{
	static const uint8_t mac[6] = {0x00, 0x99, 0x99, 0x99, 0x99, 0x01};
	char oid[64];

	bench_system(b, uptime);
	for (int i = 1; i <= 4; i++) {
		snprintf(oid, sizeof(oid), "1.3.6.1.2.1.2.2.1.6.%d", i);
		agent_octets(&b->agent, oid, mac, sizeof(mac));
	}
}

START_TEST(other_hardware)
{
	struct target_bench b;

	opened_ap(&b);
	swap(&b, _i == 0 ? 3000 : 20000000);
	bench_interface(&b, 5, "ath5", 1, 0, 0);
	bench_no_interface(&b, 5);
	bench_set(&b, VB_COUNTER64, 500, "1.3.6.1.2.1.31.1.1.1.6.3");
	bench_set(&b, VB_COUNTER64, 600, "1.3.6.1.2.1.31.1.1.1.10.3");
	bench_set(&b, VB_COUNTER64, 50, "1.3.6.1.2.1.31.1.1.1.6.4");
	bench_set(&b, VB_COUNTER64, 60, "1.3.6.1.2.1.31.1.1.1.10.4");
	if (_i == 0) {
		ck_assert_int_eq(bench_poll(&b), SAMPLE_REPLACED | SAMPLE_RESTART);
		bench_odometers(&b, 660, 550);
	} else {
		ck_assert_int_eq(bench_poll(&b), SAMPLE_REPLACED | SAMPLE_REBASED);
		bench_odometers(&b, 0, 0);
	}
	bench_close(&b);
}
END_TEST

static void
without_addresses(struct target_bench *b)
{
	agent_remove(&b->agent, "1.3.6.1.2.1.2.2.1.6");
}

/* Another model at the same address, which tells no hardware address and runs as long as the old
 * one did: its ports have other numbers, so the answers stop fitting, and sysObjectID is asked
 * again. What its counters stand at is not counted. */
START_TEST(other_model)
{
	struct target_bench b;

	bench_open(&b);
	an_ap(&b);
	without_addresses(&b);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	bench_pass(&b, 60);
	bench_system(&b, 8640000 + 6000); /* uptime goes on as it did */
	agent_oid(&b.agent, "1.3.6.1.2.1.1.2.0", "1.3.6.1.4.1.99999.7");
	bench_no_interface(&b, 3);
	bench_no_interface(&b, 4);
	bench_interface(&b, 13, "ath0", 71, 11 * M, 110 * M);
	bench_interface(&b, 14, "ath1", 71, 22 * M, 220 * M);
	without_addresses(&b);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_REPLACED | SAMPLE_REBASED);
	bench_odometers(&b, 0, 0);
	bench_pass(&b, 60);
	bench_interface(&b, 13, "ath0", 71, 12 * M, 110 * M);
	without_addresses(&b);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 0, 1 * M);
	bench_close(&b);
}
END_TEST

/* SNMPv1 says noSuchName, and of the whole request: what is not there any more is looked for before
 * it is dropped, once and not at every poll. */
START_TEST(named_no_more)
{
	struct target_bench b;
	unsigned nexts;

	bench_open(&b);
	an_ap(&b);
	b.device.version = "1";
	bench_target(&b);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	ck_assert_uint_eq(b.sample.n_counters, 2);
	bench_pass(&b, 10);
	bench_no_interface(&b, 3);
	bench_interface(&b, 13, "ath0", 71, 11 * M, 105 * M);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_MOVED);
	ck_assert_uint_eq(b.sample.n_counters, 2);
	bench_odometers(&b, 5 * M, 1 * M);
	for (int i = 0; i < 3; i++) { /* and again within minutes: no further walks */
		bench_pass(&b, 10);
		bench_no_interface(&b, i % 2 ? 14 : 4);
		bench_interface(&b, i % 2 ? 4 : 14, "ath1", 71, 20 * M, 200 * M);
		nexts = b.agent.nexts;
		bench_poll(&b);
		ck_assert_uint_eq(b.agent.nexts, nexts);
	}
	bench_pass(&b, 11 * 60);
	bench_poll(&b);
	bench_close(&b);
}
END_TEST

START_TEST(only_32_bits)
{
	struct target_bench b;

	bench_open(&b);
	an_ap(&b);
	agent_remove(&b.agent, "1.3.6.1.2.1.31.1.1.1.6");
	agent_remove(&b.agent, "1.3.6.1.2.1.31.1.1.1.10");
	bench_set(&b, VB_COUNTER32, 0xfffffff0, "1.3.6.1.2.1.2.2.1.16.3");
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	ck_assert_uint_eq(b.counter[0].width, 32);
	bench_pass(&b, 10);
	bench_set(&b, VB_COUNTER32, 0x10, "1.3.6.1.2.1.2.2.1.16.3");
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 32, 0);
	bench_pass(&b, 60); /* 1 Gbit/s wraps it in 34 s */
	ck_assert_int_eq(bench_poll(&b), SAMPLE_UNSURE);
	bench_close(&b);
}
END_TEST

/* A device whose counters move with every GET that carries them: the odometer starts at the first
 * of these replies, which is one of learning's. */
START_TEST(starts_while_learning)
{
	struct target_bench b;

	bench_open(&b);
	an_ap(&b);
	b.agent.moves = 100; /* octets by GET, on every 64-bit counter */
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	bench_odometers(
	    &b, b.agent.served - b.agent.served_first, b.agent.served - b.agent.served_first);
	bench_pass(&b, 60);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(
	    &b, b.agent.served - b.agent.served_first, b.agent.served - b.agent.served_first);
	bench_close(&b);
}
END_TEST

/* Its counters have been cleared a moment before it is seen for the first time: what they say then
 * was not served to us, and the clearing is not news afterwards. */
START_TEST(cleared_before_learning)
{
	struct target_bench b;

	bench_open(&b);
	an_ap(&b);
	for (int i = 3; i <= 4; i++)
		bench_set(&b, VB_TIMETICKS, 8639800, "1.3.6.1.2.1.31.1.1.1.19.%d", i);
	b.agent.moves = 100;
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	bench_odometers(
	    &b, b.agent.served - b.agent.served_first, b.agent.served - b.agent.served_first);
	bench_close(&b);
}
END_TEST

/* It boots, is learned anew, and boots once more before that is over: what it served in between is
 * counted. */
START_TEST(boots_while_learning)
{
	struct target_bench b;

	opened_ap(&b);
	bench_system(&b, 3000);
	bench_interface(&b, 3, "ath0", 71, 1000, 7000);
	bench_interface(&b, 4, "ath1", 71, 2000, 8000);
	b.agent.boots_after = 2; /* GETs: the poll's own, then those of learning */
	ck_assert_int_eq(bench_poll(&b) & SAMPLE_RESTART, SAMPLE_RESTART);
	bench_pass(&b, 60);
	ck_assert_int_eq(bench_poll(&b) & SAMPLE_REBASED, 0);
	bench_odometers(&b, 15000, 3000); /* nothing since the second boot */
	bench_close(&b);
}
END_TEST

START_TEST(wired_only)
{
	struct target_bench b;

	bench_open(&b);
	bench_system(&b, 8640000);
	bench_interface(&b, 1, "lo", 24, 5, 5);
	bench_interface(&b, 2, "br0", 6, 1 * M, 1 * M);
	bench_interface(&b, 3, "eth1", 6, 2 * M, 2 * M);
	bench_interface(&b, 4, "eth0", 6, 3 * M, 3 * M);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	ck_assert_uint_eq(b.sample.n_counters, 1);
	bench_pass(&b, 60);
	bench_interface(&b, 3, "eth1", 6, 9 * M, 9 * M);
	bench_interface(&b, 4, "eth0", 6, 5 * M, 4 * M);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 2 * M, 1 * M); /* in is towards the clients */
	bench_close(&b);
}
END_TEST

START_TEST(silent)
{
	struct target_bench b;

	bench_open(&b);
	an_ap(&b);
	b.agent.silent = 1;
	ck_assert_int_eq(bench_poll(&b), SAMPLE_SILENT);
	ck_assert_uint_eq(b.sample.known, 0);
	b.agent.silent = 0;
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	bench_pass(&b, 60);
	b.agent.silent = 1;
	ck_assert_int_eq(bench_poll(&b), SAMPLE_SILENT);
	ck_assert_uint_eq(b.sample.n_counters, 2);
	bench_odometers(&b, 0, 0);
	b.agent.silent = 0;
	bench_pass(&b, 57);
	bench_interface(&b, 3, "ath0", 71, 11 * M, 110 * M);
	agent_number(&b.agent, "1.3.6.1.2.1.1.3.0", VB_TIMETICKS, 8640000 + 12000);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 10 * M, 1 * M);
	bench_close(&b);
}
END_TEST

static unsigned
sent_by_poll(struct target_bench *b)
{
	uint64_t before = engine_stats(b->engine)->sent;

	bench_poll(b);
	bench_pass(b, 60);
	return (unsigned)(engine_stats(b->engine)->sent - before);
}

/* Dead devices: one small request an interval, all tries at few polls only; and back at once. */
START_TEST(slow_lane)
{
	static const unsigned sent[] = {4, 4, 4, 1, 4, 1, 1, 1, 4, 1, 1, 1, 1, 1, 1, 1, 4, 1};
	struct target_bench b;

	opened_ap(&b);
	b.agent.silent = 1;
	for (unsigned i = 0; i < sizeof(sent) / sizeof(sent[0]); i++) {
		unsigned n = sent_by_poll(&b);

		ck_assert_msg(n == sent[i], "poll %u: %u", i, n);
		ck_assert_uint_eq(target_silent(b.target), i + 1);
		ck_assert_int_eq(target_slow_lane(b.target), i >= 2);
		ck_assert_int_eq(b.sample.flags, SAMPLE_SILENT);
	}
	/* A trap: the next poll is a whole one, and only that. */
	target_wake(b.target);
	ck_assert_uint_eq(sent_by_poll(&b), 4);
	ck_assert_uint_eq(sent_by_poll(&b), 1);
	/* An answer: all that is to be known comes with the same poll. */
	b.agent.silent = 0;
	bench_interface(&b, 3, "ath0", 71, 11 * M, 110 * M);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 10 * M, 1 * M);
	ck_assert_int_eq(target_slow_lane(b.target), 0);
	ck_assert_uint_eq(target_silent(b.target), 0);
	bench_close(&b);
}
END_TEST

/* Run the engine for so long, or until a sample is there. */
static void
run_for(struct target_bench *b, int64_t ms)
{
	int64_t end = b->agent.clock.mono_ms + ms;

	while (b->agent.clock.mono_ms < end) {
		int wait = engine_run(b->engine);
		int64_t left = end - b->agent.clock.mono_ms;

		clock_advance(&b->agent.clock, wait >= 0 && wait < left ? wait : left);
	}
	engine_run(b->engine);
}

/* The device's next moment has come, and its poll still runs: what becomes of it. */
START_TEST(expires)
{
	static const struct {
		const char *why, *trouble;
		int learned, silent, age_s;
		enum target_expired want;
	} rows[] = {
	    {"younger than one request may be", NULL, 1, 1, 2, TARGET_GOES_ON},
	    {"asked, and no answer yet", "too_slow", 1, 1, 30, TARGET_NOT_ASKED},
	    {"learning takes several moments", NULL, 0, 1, 590, TARGET_GOES_ON},
	    {"but not any number", "too_slow", 0, 1, 610, TARGET_NOT_ASKED},
	};
	struct target_bench b;
	const char *trouble;
	char text[200];

	bench_open(&b);
	an_ap(&b);
	engine_set_timeout(b.engine, 60000, 10); /* the engine's, not the configuration's */
	ck_assert_int_eq(target_expire(b.target), TARGET_GOES_ON);
	if (rows[_i].learned)
		bench_poll(&b);
	b.samples = 0;
	b.agent.silent = rows[_i].silent;
	ck_assert_int_eq(target_poll(b.target, bench_on_sample, &b), KK_OK);
	run_for(&b, (int64_t)rows[_i].age_s * 1000);
	ck_assert_uint_eq(b.samples, 0);
	ck_assert_msg(target_expire(b.target) == rows[_i].want, "%s", rows[_i].why);
	trouble = target_trouble(b.target, text, sizeof(text));
	ck_assert_int_eq(engine_busy(b.engine) > 0, rows[_i].want == TARGET_GOES_ON);
	if (rows[_i].trouble != NULL)
		ck_assert_pstr_eq(trouble, rows[_i].trouble);
	/* And it can be polled again. */
	b.agent.silent = 0;
	if (rows[_i].want != TARGET_GOES_ON)
		bench_poll(&b);
	bench_close(&b);
}
END_TEST

/* What had come when the time was over counts. */
START_TEST(expires_midway)
{
	struct target_bench b;
	char text[200];

	opened_ap(&b);
	b.agent.most = 4; /* the poll takes several requests from now on */
	bench_poll(&b);
	bench_pass(&b, 60);
	engine_set_timeout(b.engine, 60000, 10);
	b.samples = 0;
	b.agent.dies_after = 1;
	ck_assert_int_eq(target_poll(b.target, bench_on_sample, &b), KK_OK);
	run_for(&b, 50000);
	ck_assert_uint_eq(b.samples, 0);
	ck_assert_int_eq(target_expire(b.target), TARGET_ENDED);
	ck_assert_uint_eq(b.samples, 1);
	ck_assert_int_eq(b.sample.flags & SAMPLE_SILENT, 0);
	ck_assert_str_eq(target_trouble(b.target, text, sizeof(text)), "too_slow");
	bench_close(&b);
}
END_TEST

/* Agents that cannot do what was asked: the same sample in the end. */
START_TEST(vices)
{
	struct target_bench b;

	bench_open(&b);
	an_ap(&b);
	switch (_i) {
	case 0:
	case 1:
	case 2:
		b.agent.no_bulk = _i + 1;
		break;
	case 3:
		b.agent.most = 5; /* tooBig, and GETBULK in small pieces */
		break;
	case 4:
		b.agent.no_walk = 1;
		break;
	case 5:
		b.device.version = "1";
		agent_remove(&b.agent, "1.3.6.1.2.1.31");
		bench_target(&b);
		break;
	case 6:
		b.agent.sick = "1.3.6.1.2.1.31.1.1.1.19"; /* genErr for the discontinuities */
		break;
	case 7:
		b.agent.most = 3;
		break;
	}
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	ck_assert_uint_eq(b.sample.n_counters, 2);
	bench_pass(&b, 10);
	bench_interface(&b, 3, "ath0", 71, 11 * M, 105 * M);
	bench_interface(&b, 4, "ath1", 71, 20 * M, 201 * M);
	if (_i == 5)
		agent_remove(&b.agent, "1.3.6.1.2.1.31");
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 6 * M, 1 * M);
	bench_close(&b);
}
END_TEST

/* An agent that gets sick later: the object is dropped, the others go on. */
START_TEST(sick_later)
{
	struct target_bench b;
	unsigned gets;

	opened_ap(&b);
	b.agent.sick = "1.3.6.1.2.1.31.1.1.1.19";
	bench_interface(&b, 3, "ath0", 71, 11 * M, 105 * M);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 5 * M, 1 * M);
	bench_pass(&b, 60);
	gets = b.agent.gets;
	ck_assert_int_eq(bench_poll(&b), 0);
	ck_assert_uint_eq(b.agent.gets, gets + 1); /* remembered */
	b.agent.most = 4;
	bench_pass(&b, 60);
	bench_interface(&b, 4, "ath1", 71, 21 * M, 207 * M);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 12 * M, 2 * M);
	bench_close(&b);
}
END_TEST

/* Walks that never end, or go in circles: an answer within bounds. */
START_TEST(hostile)
{
	static const char *const reason[] = {"goes in circles", "more rows than are read"};
	struct target_bench b;
	char text[200];

	bench_open(&b);
	an_ap(&b);
	if (_i == 0)
		b.agent.loops = 1;
	else
		b.agent.endless = 1;
	bench_poll(&b);
	ck_assert_uint_lt(b.agent.gets + b.agent.nexts + b.agent.bulks, 3000);
	ck_assert_ptr_nonnull(target_trouble(b.target, text, sizeof(text)));
	ck_assert_msg(strstr(text, reason[_i]) != NULL, "%s", text);
	ck_assert_uint_eq(SAMPLE_REASON(b.sample.flags), REASON_TABLES);
	bench_close(&b);
}
END_TEST

static void
a_unifi(struct target_bench *b)
{
	static const char *const names[] = {"ath0", "ath1", "ath2"};
	static const char *const radios[] = {"ng", "na", "na"};

	bench_system(b, 8640000);
	agent_oid(&b->agent, "1.3.6.1.2.1.1.2.0", "1.3.6.1.4.1.41112.1.6");
	bench_interface(b, 2, "eth0", 6, 900 * M, 100 * M);
	for (int i = 0; i < 3; i++) {
		bench_interface(
		    b, 10 + i, names[i], 6, (uint64_t)(i + 1) * M, (uint64_t)(i + 1) * 10 * M);
		bench_text(b, names[i], "1.3.6.1.4.1.41112.1.6.1.2.1.7.%d", i + 1);
		bench_text(b, radios[i], "1.3.6.1.4.1.41112.1.6.1.2.1.9.%d", i + 1);
		bench_set(b, VB_INTEGER, 5 * i, "1.3.6.1.4.1.41112.1.6.1.2.1.8.%d", i + 1);
		bench_set(b, VB_COUNTER32, 77, "1.3.6.1.4.1.41112.1.6.1.2.1.10.%d", i + 1);
		bench_set(b, VB_COUNTER32, 77, "1.3.6.1.4.1.41112.1.6.1.2.1.16.%d", i + 1);
		if (i < 2) {
			bench_text(b, radios[i], "1.3.6.1.4.1.41112.1.6.1.1.1.3.%d", i + 1);
			bench_set(b, VB_GAUGE32, i == 0 ? 4294967172 : 41,
			    "1.3.6.1.4.1.41112.1.6.1.1.1.6.%d", i + 1);
		}
	}
}

START_TEST(unifi)
{
	struct target_bench b;

	bench_open(&b);
	a_unifi(&b);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	ck_assert_str_eq(target_profile(b.target, NULL)->name, "unifi");
	ck_assert_uint_eq(b.sample.n_counters, 3);
	ck_assert_uint_eq(b.counter[0].width, 64);
	ck_assert_int_eq(b.sample.value[METRIC_CLIENTS], 15);
	ck_assert_int_eq(b.sample.value[METRIC_CLIENTS_2G], 0);
	ck_assert_int_eq(sample_has(&b.sample, METRIC_CLIENTS_2G), 1);
	ck_assert_int_eq(b.sample.value[METRIC_CLIENTS_5G], 15);
	ck_assert_int_eq(sample_has(&b.sample, METRIC_CLIENTS_6G), 0);
	ck_assert_int_eq(sample_has(&b.sample, METRIC_CHANNEL_BUSY_2G), 0);
	ck_assert_int_eq(b.sample.value[METRIC_CHANNEL_BUSY_5G], 41);
	bench_pass(&b, 60);
	bench_set(&b, VB_COUNTER64, 2 * M, "1.3.6.1.2.1.31.1.1.1.6.10");
	bench_set(&b, VB_COUNTER64, 40 * M, "1.3.6.1.2.1.31.1.1.1.10.12");
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 10 * M, 1 * M);
	bench_close(&b);
}
END_TEST

/* No interface of the VAP's name: its own octets, and never both. */
START_TEST(unifi_own_octets)
{
	struct target_bench b;

	bench_open(&b);
	a_unifi(&b);
	agent_remove(&b.agent, "1.3.6.1.2.1.31");
	agent_remove(&b.agent, "1.3.6.1.2.1.2");
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	ck_assert_uint_eq(b.sample.n_counters, 3);
	ck_assert_uint_eq(b.counter[0].width, 32);
	bench_pass(&b, 2);
	bench_set(&b, VB_COUNTER32, 177, "1.3.6.1.4.1.41112.1.6.1.2.1.16.2");
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 100, 0);
	bench_close(&b);
}
END_TEST

/* Restart of the collector: layout and counters are taken up; one GET, nothing lost. */
START_TEST(taken_up)
{
	struct target_bench b;
	const char *profile = NULL;
	struct sample kept;
	struct counter counters[SAMPLE_COUNTERS_MAX];
	uint8_t octets[1024];
	const void *data;
	size_t len;
	unsigned gets;

	opened_ap(&b);
	data = target_layout(b.target, &profile, &len);
	ck_assert_ptr_nonnull(data);
	ck_assert_uint_lt(len, sizeof(octets));
	memcpy(octets, data, len);
	ck_assert_ptr_null(target_layout(b.target, &profile, &len));
	kept = b.sample;
	memcpy(counters, b.counter, sizeof(counters));
	kept.counters = counters;
	bench_target(&b);
	target_restore(b.target, &kept);
	ck_assert_int_eq(target_set_layout(b.target, "generic-ifmib", octets, len), KK_OK);
	ck_assert_int_eq(target_set_layout(b.target, "unifi", octets, len), KK_E_SYNTAX);
	for (size_t i = 0; i < len; i++)
		ck_assert_int_eq(
		    target_set_layout(b.target, "generic-ifmib", octets, i), KK_E_SYNTAX);
	bench_interface(&b, 3, "ath0", 71, 11 * M, 105 * M);
	gets = b.agent.gets + b.agent.bulks + b.agent.nexts;
	ck_assert_int_eq(bench_poll(&b), 0);
	ck_assert_uint_eq(b.agent.gets + b.agent.bulks + b.agent.nexts, gets + 1);
	bench_odometers(&b, 5 * M, 1 * M);
	ck_assert_ptr_null(target_layout(b.target, &profile, &len));
	bench_close(&b);
}
END_TEST

/* A reboot while the collector was down is seen. */
START_TEST(taken_up_after_reboot)
{
	struct target_bench b;
	struct sample kept;

	opened_ap(&b);
	kept = b.sample;
	bench_target(&b);
	target_restore(b.target, &kept);
	bench_system(&b, 3000);
	bench_interface(&b, 3, "ath0", 71, 11 * M, 105 * M);
	bench_interface(&b, 4, "ath1", 71, 3, 4);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_RESTART);
	bench_odometers(&b, 105 * M + 4, 11 * M + 3);
	bench_close(&b);
}
END_TEST

/* Swapped while the collector was down, for a box that ran before, with more on its counters. */
START_TEST(taken_up_after_swap)
{
	struct target_bench b;
	const char *profile = NULL;
	struct sample kept;
	struct counter counters[SAMPLE_COUNTERS_MAX];
	uint8_t octets[1024];
	const void *data;
	size_t len;

	opened_ap(&b);
	ck_assert_ptr_nonnull(data = target_layout(b.target, &profile, &len));
	memcpy(octets, data, len);
	kept = b.sample;
	memcpy(counters, b.counter, sizeof(counters));
	kept.counters = counters;
	bench_target(&b);
	target_restore(b.target, &kept);
	ck_assert_int_eq(target_set_layout(b.target, profile, octets, len), KK_OK);
	swap(&b, 20000000);
	bench_set(&b, VB_COUNTER64, 105 * M, "1.3.6.1.2.1.31.1.1.1.10.3");
	ck_assert_int_eq(bench_poll(&b), SAMPLE_REPLACED | SAMPLE_REBASED);
	bench_odometers(&b, 0, 0);
	ck_assert_str_eq(b.plate.text[NAMEPLATE_MAC], "00:99:99:99:99:01");
	bench_close(&b);
}
END_TEST

START_TEST(clock_stepped)
{
	struct target_bench b;

	opened_ap(&b);
	b.agent.clock.utc_cs -= 3600 * 100;
	target_clock_step(b.target, -3600 * 100);
	bench_interface(&b, 3, "ath0", 71, 11 * M, 105 * M);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 5 * M, 1 * M);
	bench_close(&b);
}
END_TEST

/* Devices of equal layout share it. */
START_TEST(shared)
{
	struct target_bench b;
	struct target *first;
	struct device other;
	struct diag d;

	opened_ap(&b);
	ck_assert_uint_eq(layouts_count(b.layouts), 1);
	first = b.target;
	other = b.device;
	other.num = 8;
	other.id = "WF000008";
	other.host = "2001:db8::8";
	ck_assert_int_eq(target_new(&b.env, &other, &b.target, &d), KK_OK);
	ck_assert_int_eq(bench_poll(&b), SAMPLE_FIRST);
	ck_assert_uint_eq(layouts_count(b.layouts), 1);
	ck_assert_ptr_eq(target_layout_used(first), target_layout_used(b.target));
	target_free(first);
	bench_close(&b);
}
END_TEST

START_TEST(bad_devices)
{
	static const struct {
		const char *host, *version, *profile;
		int rc;
	} rows[] = {
	    {"not-an-address", "", "", KK_E_RANGE},
	    {"192.0.2.300", "", "", KK_E_RANGE},
	    {"192.0.2.3", "3", "", KK_E_RANGE},
	    {"192.0.2.3", "", "no-such", KK_E_NOTFOUND},
	    {"2001:db8::1", "1", "unifi", KK_OK},
	};
	struct target_bench b;
	struct target *t = NULL;
	struct diag d = {{0}};

	bench_open(&b);
	b.device.host = rows[_i].host;
	b.device.version = rows[_i].version;
	b.device.profile = rows[_i].profile;
	ck_assert_int_eq(target_new(&b.env, &b.device, &t, &d), rows[_i].rc);
	if (rows[_i].rc != KK_OK)
		ck_assert_ptr_nonnull(strstr(d.text, "WF000007"));
	target_free(t);
	bench_close(&b);
}
END_TEST

/* Freed while it learns, and while it is polled; the engine freed first. */
START_TEST(freed)
{
	struct target_bench b;

	bench_open(&b);
	an_ap(&b);
	for (int turns = 0; turns < _i / 2; turns++) {
		if (turns == 0)
			ck_assert_int_eq(target_poll(b.target, bench_on_sample, &b), KK_OK);
		engine_run(b.engine);
	}
	if (_i % 2 == 0) {
		target_free(b.target);
		b.target = NULL;
		engine_run(b.engine);
	} else {
		engine_free(b.engine);
		b.engine = NULL;
		b.env.engine = NULL;
		ck_assert_uint_le(b.samples, 1);
		/* Only its memory is left to free. */
		b.env.engine = NULL;
		engine_free(NULL);
		target_free(b.target);
		b.target = NULL;
	}
	bench_close(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("target");
	TCase *tc = tcase_create("polls");

	tcase_add_test(tc, first_and_second);
	tcase_add_test(tc, rebooted);
	tcase_add_test(tc, agent_restarted);
	tcase_add_loop_test(tc, moved, 0, 4);
	tcase_add_test(tc, one_gone_and_back);
	tcase_add_test(tc, radios_late);
	tcase_add_loop_test(tc, other_hardware, 0, 2);
	tcase_add_test(tc, other_model);
	tcase_add_test(tc, named_no_more);
	tcase_add_test(tc, only_32_bits);
	tcase_add_test(tc, starts_while_learning);
	tcase_add_test(tc, cleared_before_learning);
	tcase_add_test(tc, boots_while_learning);
	tcase_add_test(tc, wired_only);
	tcase_add_test(tc, silent);
	tcase_add_test(tc, slow_lane);
	tcase_add_loop_test(tc, expires, 0, 4);
	tcase_add_test(tc, expires_midway);
	tcase_add_loop_test(tc, vices, 0, 8);
	tcase_add_test(tc, sick_later);
	tcase_add_loop_test(tc, hostile, 0, 2);
	tcase_add_test(tc, unifi);
	tcase_add_test(tc, unifi_own_octets);
	tcase_add_test(tc, taken_up);
	tcase_add_test(tc, taken_up_after_reboot);
	tcase_add_test(tc, taken_up_after_swap);
	tcase_add_test(tc, clock_stepped);
	tcase_add_test(tc, shared);
	tcase_add_loop_test(tc, bad_devices, 0, 5);
	tcase_add_loop_test(tc, freed, 0, 12);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
