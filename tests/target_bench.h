/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_bench.h - a target, its engine and one fake device, with a clock that stands still. */
#ifndef KK_TESTS_TARGET_BENCH_H
#define KK_TESTS_TARGET_BENCH_H

#include <math.h>
#include <stdarg.h>

#include "collector/layout.h"
#include "collector/target.h"
#include "tests/fake_agent.h"
#include "tests/harness.h"

struct target_bench {
	struct fake_agent agent;
	struct conf conf;
	struct engine *engine;
	struct profiles *profiles;
	struct layouts *layouts;
	struct target_env env;
	struct device device;
	struct target *target;
	/* The newest sample, copied. */
	unsigned samples;
	struct sample sample;
	struct counter counter[SAMPLE_COUNTERS_MAX];
	unsigned named; /* how often it was learned */
	struct nameplate plate;
};

/** Set one object of a table or a scalar. @param b Bench. @param type enum vb_type. @param v Value.
 * @param fmt Its name, by printf. */
static inline void __attribute__((format(printf, 4, 5)))
bench_set(struct target_bench *b, uint8_t type, int64_t v, const char *fmt, ...)
{
	char oid[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(oid, sizeof(oid), fmt, ap);
	va_end(ap);
	agent_number(&b->agent, oid, type, v);
}

/** Set a text. @param b Bench. @param text Text. @param fmt Its name, by printf. */
static inline void __attribute__((format(printf, 3, 4)))
bench_text(struct target_bench *b, const char *text, const char *fmt, ...)
{
	char oid[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(oid, sizeof(oid), fmt, ap);
	va_end(ap);
	agent_text(&b->agent, oid, text);
}

/** One interface with 64-bit counters. @param b Bench. @param i ifIndex. @param name ifName. @param
 * type ifType. @param in ifHCInOctets. @param out ifHCOutOctets. */
static inline void
bench_interface(
    struct target_bench *b, int i, const char *name, int type, uint64_t in, uint64_t out)
{
	uint8_t mac[6] = {0x00, 0x11, 0x22, 0x33, 0x44, (uint8_t)(0x50 + i)};
	char oid[64];

	bench_text(b, name, "1.3.6.1.2.1.2.2.1.2.%d", i);
	bench_set(b, VB_INTEGER, type, "1.3.6.1.2.1.2.2.1.3.%d", i);
	snprintf(oid, sizeof(oid), "1.3.6.1.2.1.2.2.1.6.%d", i);
	agent_octets(&b->agent, oid, mac, sizeof(mac));
	bench_set(b, VB_INTEGER, 1, "1.3.6.1.2.1.2.2.1.8.%d", i);
	bench_set(b, VB_COUNTER32, in & UINT32_MAX, "1.3.6.1.2.1.2.2.1.10.%d", i);
	bench_set(b, VB_COUNTER32, out & UINT32_MAX, "1.3.6.1.2.1.2.2.1.16.%d", i);
	bench_text(b, name, "1.3.6.1.2.1.31.1.1.1.1.%d", i);
	bench_set(b, VB_COUNTER64, (int64_t)in, "1.3.6.1.2.1.31.1.1.1.6.%d", i);
	bench_set(b, VB_COUNTER64, (int64_t)out, "1.3.6.1.2.1.31.1.1.1.10.%d", i);
	bench_set(b, VB_GAUGE32, 1000, "1.3.6.1.2.1.31.1.1.1.15.%d", i);
	bench_set(b, VB_TIMETICKS, 0, "1.3.6.1.2.1.31.1.1.1.19.%d", i);
}

/** Take an interface away. @param b Bench. @param i ifIndex. */
static inline void
bench_no_interface(struct target_bench *b, int i)
{
	static const char *const columns[] = {"2.2.1.2", "2.2.1.3", "2.2.1.6", "2.2.1.8",
	    "2.2.1.10", "2.2.1.16", "31.1.1.1.1", "31.1.1.1.6", "31.1.1.1.10", "31.1.1.1.15",
	    "31.1.1.1.19"};
	char oid[64];

	for (int k = 0; k < ROWS(columns); k++) {
		snprintf(oid, sizeof(oid), "1.3.6.1.2.1.%s.%d", columns[k], i);
		agent_remove(&b->agent, oid);
	}
}

/** sysUpTime and sysObjectID. @param b Bench. @param uptime 1/100 s. */
static inline void
bench_system(struct target_bench *b, uint32_t uptime)
{
	agent_text(&b->agent, "1.3.6.1.2.1.1.1.0", "An AP");
	agent_oid(&b->agent, "1.3.6.1.2.1.1.2.0", "1.3.6.1.4.1.99999.1");
	agent_number(&b->agent, "1.3.6.1.2.1.1.3.0", VB_TIMETICKS, uptime);
}

/** Make the target anew, from `device` and `conf`. @param b Bench. */
static inline void
bench_target(struct target_bench *b)
{
	struct diag d = {{0}};
	int rc;

	target_free(b->target);
	b->target = NULL;
	rc = target_new(&b->env, &b->device, &b->target, &d);
	ck_assert_msg(rc == KK_OK, "%s", d.text);
}

static inline void
bench_on_named(void *ctx, const struct target *t, const struct nameplate *n)
{
	struct target_bench *b = ctx;

	(void)t;
	b->named++;
	b->plate = *n;
}

/** All of it, with our profiles and no objects. @param b Receives it. */
static inline void
bench_open(struct target_bench *b)
{
	const char *src = getenv("srcdir") ? getenv("srcdir") : ".";
	struct engine_options o = {.timeout_ms = 1000, .retries = 2};
	struct diag d = {{0}};
	struct net net;
	char dir[512];
	int rc;

	memset(b, 0, sizeof(*b));
	agent_init(&b->agent);
	net = agent_net(&b->agent);
	conf_defaults(&b->conf);
	snprintf(dir, sizeof(dir), "%s/collector/profiles", src);
	rc = profiles_read(dir, &b->profiles, &d);
	ck_assert_msg(rc == KK_OK, "%s", d.text);
	ck_assert_int_eq(layouts_new(&b->layouts), KK_OK);
	ck_assert_int_eq(engine_new(&net, &b->agent.clock, &o, &b->engine), KK_OK);
	b->env = (struct target_env){.engine = b->engine,
	    .clock = &b->agent.clock,
	    .conf = &b->conf,
	    .profiles = b->profiles,
	    .layouts = b->layouts,
	    .named = bench_on_named,
	    .named_ctx = b};
	b->device = (struct device){.num = 7,
	    .id = "WF000007",
	    .host = "192.0.2.7",
	    .version = "",
	    .community = "",
	    .user = "",
	    .profile = "",
	    .lat = NAN,
	    .lon = NAN};
	bench_target(b);
}

/** @param b Bench. */
static inline void
bench_close(struct target_bench *b)
{
	target_free(b->target);
	engine_free(b->engine);
	layouts_free(b->layouts);
	profiles_free(b->profiles);
	agent_clear(&b->agent);
}

static inline void
bench_on_sample(void *ctx, struct target *t, const struct sample *s)
{
	struct target_bench *b = ctx;

	ck_assert_ptr_eq(t, b->target);
	b->samples++;
	b->sample = *s;
	if (s->n_counters > 0)
		memcpy(b->counter, s->counters, s->n_counters * sizeof(b->counter[0]));
	b->sample.counters = b->counter;
}

/** Poll once, to the end. @param b Bench. @return Its flags. */
static inline int
bench_poll(struct target_bench *b)
{
	unsigned before = b->samples;

	ck_assert_int_eq(target_poll(b->target, bench_on_sample, b), KK_OK);
	ck_assert_int_eq(target_poll(b->target, bench_on_sample, b), KK_E_BUSY);
	for (int turns = 0; b->samples == before; turns++) {
		int wait = engine_run(b->engine);

		ck_assert_msg(turns < 100000, "the poll does not end");
		if (b->samples == before && wait > 0)
			clock_advance(&b->agent.clock, wait);
	}
	ck_assert_uint_eq(b->samples, before + 1);
	ck_assert_uint_eq(engine_busy(b->engine), 0);
	return b->sample.flags;
}

/** Let time pass, for the device's uptime as well. @param b Bench. @param s Seconds. */
static inline void
bench_pass(struct target_bench *b, int s)
{
	static const char *const ticks[] = {"1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.25.1.1.0"};

	clock_advance(&b->agent.clock, (int64_t)s * 1000);
	for (size_t i = 0; i < b->agent.n; i++)
		for (int k = 0; k < 2; k++) {
			char name[64];

			oid_text(
			    b->agent.object[i].sub, b->agent.object[i].len, name, sizeof(name));
			if (strcmp(name, ticks[k]) == 0)
				b->agent.object[i].number =
				    (uint32_t)(b->agent.object[i].number + s * 100);
		}
}

/** The odometers of the newest sample. @param b Bench. @param down Expected. @param up Expected. */
#define bench_odometers(b, d, u)                                                       \
	do {                                                                           \
		ck_assert_int_eq((b)->sample.value[METRIC_OCTETS_DOWN], (int64_t)(d)); \
		ck_assert_int_eq((b)->sample.value[METRIC_OCTETS_UP], (int64_t)(u));   \
	} while (0)

#endif
