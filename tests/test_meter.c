/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A device's odometers over its counters: a script per case, and random walks held against the
 * truth. */
#include "collector/meter/meter.h"

#include "tests/harness.h"

/* A row names what matters for it; the rest is 0. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define T0 INT64_C(160000000000)
#define S  100 /* 1/100 s in a second */
#define B0 (T0 - 86400 * S)

/* One reply: seconds after T0, what three counters read, what is expected. */
struct step {
	int s;
	struct {
		uint64_t down, up;
		int64_t boot; /* 0: B0 */
		uint8_t absent;
		uint8_t width; /* 0: 64 */
	} c[2];
	int flags;
	uint64_t down, up; /* expected odometers */
	int64_t agent_boot;
	int replaced;
};

#define STEPS_MAX 6

static const struct {
	const char *why;
	unsigned counters;
	struct step step[STEPS_MAX];
} scripts[] = {
    {"first is 0", 1, {{1, {{500, 50}}, SAMPLE_FIRST, 0, 0}}},
    {"plain, two counters", 2,
	{{1, {{500, 50}, {7, 7}}, SAMPLE_FIRST, 0, 0}, {61, {{600, 60}, {17, 9}}, 0, 110, 12}}},
    {"reboot: what passed since is counted", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0}, {61, {{30, 3, T0 + 40 * S}}, SAMPLE_RESTART, 30, 3},
	    {121, {{40, 5, T0 + 40 * S}}, 0, 40, 5}}},
    {"reboot, then the counter is above the last reading", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0},
	    {61, {{900, 60, T0 + 40 * S}}, SAMPLE_RESTART, 900, 60}}},
    {"discontinuity of one of two", 2,
	{{1, {{500, 50}, {500, 50}}, SAMPLE_FIRST, 0, 0},
	    {61, {{30, 3, T0 + 40 * S}, {510, 55}}, SAMPLE_RESTART, 40, 8}}},
    {"a start just before the reading, told 1/100 s later the next time", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0},
	    {61, {{30, 3, T0 + 60 * S + 60}}, SAMPLE_RESTART, 30, 3},
	    {121, {{40, 5, T0 + 60 * S + 61}}, 0, 40, 5}}},
    {"a boot time that moved without a reboot", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0}, {61, {{530, 60, T0 - 50 * S}}, 0, 30, 10},
	    {121, {{540, 60, T0 - 50 * S}}, 0, 40, 10}}},
    {"missed polls", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0}, {3601, {{99500, 1050}}, 0, 99000, 1000}}},
    {"absent, then back", 2,
	{{1, {{500, 50}, {7, 7}}, SAMPLE_FIRST, 0, 0},
	    {61, {{600, 60}, {0, 0, 0, 1}}, SAMPLE_PARTIAL, 100, 10},
	    {121, {{700, 70}, {27, 17}}, 0, 220, 30}}},
    {"all absent", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0}, {61, {{0, 0, 0, 1}}, SAMPLE_PARTIAL, 0, 0},
	    {121, {{600, 60}}, 0, 100, 10}}},
    {"absent at first: nothing is added when it appears", 2,
	{{1, {{500, 50}, {0, 0, 0, 1}}, SAMPLE_FIRST | SAMPLE_PARTIAL, 0, 0},
	    {61, {{510, 51}, {1000, 1000}}, 0, 10, 1}, {121, {{510, 51}, {1005, 1001}}, 0, 15, 2}}},
    {"one that started since the last reply is counted from its start", 2,
	{{1, {{500, 50}, {0, 0, 0, 1}}, SAMPLE_FIRST | SAMPLE_PARTIAL, 0, 0},
	    {61, {{510, 51}, {1000, 100, T0 + 30 * S}}, 0, 1010, 101}}},
    {"32 bits wrap", 1,
	{{1, {{0xfffffff0, 0xffffffff, 0, 0, 32}}, SAMPLE_FIRST, 0, 0},
	    {11, {{16, 0, 0, 0, 32}}, 0, 32, 1}}},
    {"32 bits that may have wrapped twice", 1,
	{{1, {{100, 100, 0, 0, 32}}, SAMPLE_FIRST, 0, 0},
	    {61, {{200, 200, 0, 0, 32}}, SAMPLE_UNSURE, 100, 100}}},
    {"a jump is held back, then confirmed", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0},
	    {61, {{UINT64_C(1) << 50, 60}}, SAMPLE_PARTIAL, 0, 0},
	    {121, {{(UINT64_C(1) << 50) + 70, 65}}, SAMPLE_REBASED, 70, 5},
	    {181, {{(UINT64_C(1) << 50) + 80, 66}}, 0, 80, 6}}},
    {"a jump, then back", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0},
	    {61, {{UINT64_C(1) << 50, 60}}, SAMPLE_PARTIAL, 0, 0}, {121, {{700, 70}}, 0, 200, 20}}},
    {"a jump within twice the link's octets is not let in by the second reading", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0},
	    {61, {{UINT64_C(13000000000), 60}}, SAMPLE_PARTIAL, 0, 0},
	    {121, {{UINT64_C(13000000000), 70}}, SAMPLE_REBASED, 0, 10}}},
    {"a fall without a reboot", 1,
	{{1, {{5000, 50}}, SAMPLE_FIRST, 0, 0}, {61, {{100, 60}}, SAMPLE_PARTIAL, 0, 0},
	    {121, {{130, 65}}, SAMPLE_REBASED, 30, 5}}},
    {"two jumps in a row", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0},
	    {61, {{UINT64_C(1) << 50, 60}}, SAMPLE_PARTIAL, 0, 0},
	    {121, {{UINT64_C(1) << 55, 60}}, SAMPLE_PARTIAL, 0, 0},
	    {181, {{(UINT64_C(1) << 55) + 1, 61}}, SAMPLE_REBASED, 1, 1}}},
    {"a jump, then a reboot", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0},
	    {61, {{UINT64_C(1) << 50, 60}}, SAMPLE_PARTIAL, 0, 0},
	    {121, {{30, 3, T0 + 100 * S}}, SAMPLE_RESTART, 30, 3}}},
    {"the agent restarts, the counter goes on", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0}, {61, {{600, 60}}, 0, 100, 10, T0 + 30 * S}}},
    {"the agent restarts, and its counters with it", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0}, {61, {{30, 3}}, SAMPLE_RESTART, 30, 3, T0 + 30 * S},
	    {121, {{40, 4}}, 0, 40, 4, T0 + 30 * S}}},
    {"a boot that cannot explain what was counted", 1,
	{{1, {{UINT64_C(1) << 50, 50}}, SAMPLE_FIRST, 0, 0},
	    {61, {{(UINT64_C(1) << 50) + 100, 60, T0 + 40 * S}}, 0, 100, 10}}},
    {"replaced by a box that booted since", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0},
	    {61, {{900, 60, T0 + 30 * S}}, SAMPLE_REPLACED | SAMPLE_RESTART, 900, 60, 0, 1},
	    {121, {{910, 61, T0 + 30 * S}}, 0, 910, 61}}},
    {"replaced by a box that ran before", 1,
	{{1, {{500, 50}}, SAMPLE_FIRST, 0, 0},
	    {61, {{900, 60, T0 - 50 * S}}, SAMPLE_REPLACED | SAMPLE_REBASED, 0, 0, 0, 1},
	    {121, {{910, 61, T0 - 50 * S}}, 0, 10, 1}}},
    {"another width", 1,
	{{1, {{500, 50, 0, 0, 32}}, SAMPLE_FIRST, 0, 0}, {11, {{600, 60}}, SAMPLE_REBASED, 0, 0},
	    {21, {{610, 61}}, 0, 10, 1}}},
    {"only one direction fits: neither moves", 1,
	{{1, {{500, 5000}}, SAMPLE_FIRST, 0, 0}, {61, {{600, 60}}, SAMPLE_PARTIAL, 0, 0},
	    {121, {{650, 65}}, SAMPLE_REBASED, 50, 5}}},
};

START_TEST(script)
{
	struct meter m;

	meter_init(&m);
	for (unsigned i = 0; i < STEPS_MAX && scripts[_i].step[i].s != 0; i++) {
		const struct step *st = &scripts[_i].step[i];
		struct meter_moment at = {.when_cs = T0 + st->s * S,
		    .slack_cs = 2 * S,
		    .agent_boot_cs = st->agent_boot,
		    .replaced = st->replaced};
		struct reading r[2];
		int got;

		for (unsigned c = 0; c < 2; c++)
			r[c] = (struct reading){.key = 11 + c,
			    .width = st->c[c].width ? st->c[c].width : 64,
			    .present = !st->c[c].absent,
			    .mbps = 1000,
			    .down = st->c[c].down,
			    .up = st->c[c].up,
			    .boot_cs = st->c[c].boot ? st->c[c].boot : B0};
		got = meter_advance(&m, r, scripts[_i].counters, &at);
		ck_assert_msg(got == st->flags, "%s, step %u: flags %#x, want %#x", scripts[_i].why,
		    i, got, st->flags);
		ck_assert_msg(m.down == st->down && m.up == st->up, "%s, step %u: %llu, %llu",
		    scripts[_i].why, i, (unsigned long long)m.down, (unsigned long long)m.up);
	}
	meter_free(&m);
}
END_TEST

/* Interfaces that are numbered anew: the readings come in another order, the keys stay. */
START_TEST(moved)
{
	struct meter m;
	struct reading r[2] = {{1, 64, 1, 100, 0, 1000, 1000, B0}, {2, 64, 1, 100, 0, 5, 5, B0}};
	struct reading swapped[2] = {
	    {2, 64, 1, 100, 0, 15, 6, B0}, {1, 64, 1, 100, 0, 1100, 1010, B0}};
	struct meter_moment at = {.when_cs = T0, .slack_cs = 200};

	meter_init(&m);
	ck_assert_int_eq(meter_advance(&m, r, 2, &at), SAMPLE_FIRST);
	ck_assert_int_eq(meter_advance(&m, r, 2, &at), KK_E_ORDER);
	at.when_cs += 6000;
	ck_assert_int_eq(meter_advance(&m, swapped, 2, &at), 0);
	ck_assert_uint_eq(m.down, 110);
	ck_assert_uint_eq(m.up, 11);
	meter_free(&m);
}
END_TEST

/* More counters than a sample holds: the rest is marked, nothing is lost of those that fit. */
START_TEST(full)
{
	struct reading r[SAMPLE_COUNTERS_MAX + 5];
	struct meter_moment at = {.when_cs = T0, .slack_cs = 200};
	struct meter m;

	meter_init(&m);
	for (unsigned i = 0; i < ROWS(r); i++)
		r[i] = (struct reading){i + 1, 64, 1, 1000, 0, 1000, 1000, B0};
	ck_assert_int_eq(meter_advance(&m, r, ROWS(r), &at), SAMPLE_FIRST | SAMPLE_PARTIAL);
	ck_assert_uint_eq(m.n, SAMPLE_COUNTERS_MAX);
	at.when_cs += 6000;
	for (unsigned i = 0; i < ROWS(r); i++)
		r[i].down++;
	ck_assert_int_eq(meter_advance(&m, r, ROWS(r), &at), SAMPLE_PARTIAL);
	ck_assert_uint_eq(m.down, SAMPLE_COUNTERS_MAX);
	/* One that is gone makes room. */
	at.when_cs += 6000;
	ck_assert_int_eq(meter_advance(&m, r + 1, SAMPLE_COUNTERS_MAX, &at), 0);
	ck_assert_uint_eq(m.n, SAMPLE_COUNTERS_MAX);
	meter_free(&m);
}
END_TEST

/* The set goes through a sample and back; a step of the wall clock changes nothing. */
START_TEST(restore)
{
	struct reading r = {9, 64, 1, 1000, 0, 500, 50, B0};
	struct meter_moment at = {.when_cs = T0, .slack_cs = 200};
	struct sample s = {0};
	struct meter a, b;

	meter_init(&a);
	meter_advance(&a, &r, 1, &at);
	r.down += 100;
	at.when_cs += 6000;
	meter_advance(&a, &r, 1, &at);
	sample_set(&s, METRIC_OCTETS_DOWN, (int64_t)a.down);
	sample_set(&s, METRIC_OCTETS_UP, (int64_t)a.up);
	s.n_counters = a.n;
	s.counters = a.counter;
	meter_init(&b);
	ck_assert_int_eq(meter_restore(&b, &s), KK_OK);
	meter_clock_step(&b, -360000);
	r.down += 7;
	r.boot_cs -= 360000;
	at.when_cs += 6000 - 360000;
	ck_assert_int_eq(meter_advance(&b, &r, 1, &at), 0);
	ck_assert_uint_eq(b.down, 107);
	meter_free(&a);
	meter_free(&b);
}
END_TEST

/* ---- random walks ---- */

#define VAPS 3

struct device {
	uint64_t served[VAPS][2]; /* since boot: true octets */
	uint64_t start[VAPS][2];  /* what the counters showed at boot */
	int64_t boot_cs;
	unsigned width;
};

static uint32_t
roll(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)*seed * below) >> 32);
}

static void
serve(struct device *d, uint32_t *seed)
{
	for (int v = 0; v < VAPS; v++)
		for (int way = 0; way < 2; way++)
			d->served[v][way] += roll(seed, 700000000);
}

static void
read_device(const struct device *d, struct reading r[VAPS])
{
	uint64_t mask = d->width == 32 ? UINT32_MAX : UINT64_MAX;

	for (int v = 0; v < VAPS; v++)
		r[v] = (struct reading){(uint32_t)v + 1, (uint8_t)d->width, 1, 100, 0,
		    (d->start[v][0] + d->served[v][0]) & mask,
		    (d->start[v][1] + d->served[v][1]) & mask, d->boot_cs};
}

static uint64_t
sum(const struct device *d, int way)
{
	return d->served[0][way] + d->served[1][way] + d->served[2][way];
}

/* The rule: what was served between the first and the last reply; what was served between a reply
 * and a reboot is unknown. */
START_TEST(walk)
{
	uint32_t seed = (uint32_t)_i * 2654435761u + 1;
	struct device d = {.boot_cs = B0, .width = _i % 2 ? 32 : 64};
	struct meter_moment at = {.when_cs = T0, .slack_cs = 200};
	uint64_t truth[2] = {0, 0}, seen[2];
	struct reading r[VAPS];
	struct meter m;

	for (int v = 0; v < VAPS; v++)
		for (int way = 0; way < 2; way++)
			d.start[v][way] = (uint64_t)roll(&seed, UINT32_MAX)
					  << (d.width == 32 ? 0 : 32);
	meter_init(&m);
	read_device(&d, r);
	ck_assert_int_eq(meter_advance(&m, r, VAPS, &at), SAMPLE_FIRST);
	seen[0] = seen[1] = 0;
	for (int i = 0; i < 500; i++) {
		int rebooted = roll(&seed, 20) == 0, missed = roll(&seed, 10) == 0, flags;

		at.when_cs += 6000;
		serve(&d, &seed);
		if (rebooted) {
			memset(d.served, 0, sizeof(d.served));
			memset(d.start, 0, sizeof(d.start));
			d.boot_cs = at.when_cs - 100 - roll(&seed, 5800);
			for (int v = 0; v < VAPS; v++)
				d.served[v][0] = roll(&seed, 1000000);
			seen[0] = seen[1] = 0;
		}
		if (missed && !(d.width == 32))
			continue; /* 32 bits may wrap twice in 120 s: not certain any more */
		read_device(&d, r);
		flags = meter_advance(&m, r, VAPS, &at);
		ck_assert_int_ge(flags, 0);
		ck_assert_int_eq(flags & (SAMPLE_PARTIAL | SAMPLE_REBASED | SAMPLE_UNSURE), 0);
		for (int way = 0; way < 2; way++) {
			truth[way] += sum(&d, way) - seen[way];
			seen[way] = sum(&d, way);
		}
		ck_assert_uint_eq(m.down, truth[0]);
		ck_assert_uint_eq(m.up, truth[1]);
	}
	meter_free(&m);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("meter");
	TCase *tc = tcase_create("scripts");
	TCase *walks = tcase_create("walks");

	tcase_add_loop_test(tc, script, 0, ROWS(scripts));
	tcase_add_test(tc, moved);
	tcase_add_test(tc, full);
	tcase_add_test(tc, restore);
	tcase_add_loop_test(walks, walk, 0, 40);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, walks);
	return harness_run(s);
}
