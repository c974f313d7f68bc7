/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sample_wire.h"
#include "lib/wire.h"
#include "tests/harness.h"

#define NOW_CS INT64_C(162774359900)

/* A generator of one's own: the same samples on every machine. */
static uint64_t
next(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = *state;

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Numbers of all lengths, as LEB128 is about lengths. */
static uint64_t
any(uint64_t *state)
{
	uint64_t v = next(state);

	return v >> next(state) % 64;
}

static int64_t
any_time(uint64_t *state)
{
	int64_t t = (int64_t)(any(state) % (uint64_t)SAMPLE_TIME_MAX);

	return next(state) & 1 ? t : -t;
}

static int64_t
any_value(uint64_t *state, enum metric m)
{
	const struct metric_info *i = metric_info(m);

	if (i->min == 0 && i->max == 0)
		return (int64_t)any(state);
	return i->min * i->scale +
	       (int64_t)(any(state) % (uint64_t)((i->max - i->min) * i->scale + 1));
}

static void
random_sample(uint64_t *state, struct sample *s, struct counter *counters)
{
	memset(s, 0, sizeof(*s));
	s->device = (uint32_t)any(state) | 1;
	s->source = (uint8_t)(next(state) % SOURCE_COUNT);
	s->flags = (uint16_t)next(state);
	s->time_cs = any_time(state);
	s->boot_cs = next(state) & 1 ? any_time(state) : 0;
	for (unsigned m = 0; m < METRIC_COUNT; m++)
		if (next(state) & 1)
			sample_set(s, m, any_value(state, m));
	s->n_counters = (uint16_t)(any(state) % (SAMPLE_COUNTERS_MAX + 1));
	s->counters = counters;
	for (size_t i = 0; i < s->n_counters; i++)
		counters[i] = (struct counter){.key = (uint32_t)next(state),
		    .width = next(state) & 1 ? 64 : 32,
		    .down = any(state),
		    .up = any(state),
		    .boot_cs = next(state) & 1 ? s->boot_cs : any_time(state),
		    .when_cs = next(state) & 1 ? s->time_cs : any_time(state)};
}

static void
assert_same(const struct sample *a, const struct sample *b)
{
	ck_assert_uint_eq(a->device, b->device);
	ck_assert_uint_eq(a->source, b->source);
	ck_assert_uint_eq(a->flags, b->flags);
	ck_assert_int_eq(a->time_cs, b->time_cs);
	ck_assert_int_eq(a->boot_cs, b->boot_cs);
	ck_assert_uint_eq(a->known, b->known);
	for (unsigned m = 0; m < METRIC_COUNT; m++)
		if (sample_has(a, m))
			ck_assert_int_eq(a->value[m], b->value[m]);
	ck_assert_uint_eq(a->n_counters, b->n_counters);
	for (size_t i = 0; i < a->n_counters; i++) {
		const struct counter *x = &a->counters[i], *y = &b->counters[i];

		ck_assert_uint_eq(x->key, y->key);
		ck_assert_uint_eq(x->width, y->width);
		ck_assert_uint_eq(x->down, y->down);
		ck_assert_uint_eq(x->up, y->up);
		ck_assert_int_eq(x->boot_cs, y->boot_cs);
		ck_assert_int_eq(x->when_cs, y->when_cs);
	}
}

START_TEST(round_trip)
{
	struct counter in[SAMPLE_COUNTERS_MAX], out[SAMPLE_COUNTERS_MAX];
	uint8_t wire[SAMPLE_WIRE_MAX];
	struct sample s, got;
	uint64_t state = 2;

	for (int i = 0; i < 20000; i++) {
		random_sample(&state, &s, in);
		int n = sample_encode(&s, wire, sizeof(wire));

		ck_assert_int_gt(n, 0);
		memset(&got, 0xaa, sizeof(got));
		ck_assert_int_eq(sample_decode(wire, (size_t)n, &got, out), n);
		assert_same(&s, &got);
	}
}
END_TEST

START_TEST(cut_anywhere)
{
	struct counter in[SAMPLE_COUNTERS_MAX], out[SAMPLE_COUNTERS_MAX];
	uint8_t wire[SAMPLE_WIRE_MAX];
	struct sample s, got;
	uint64_t state = 3;

	for (int i = 0; i < 200; i++) {
		random_sample(&state, &s, in);
		int n = sample_encode(&s, wire, sizeof(wire));

		ck_assert_int_eq(sample_encode(&s, wire, (size_t)n), n);
		ck_assert_int_eq(sample_encode(&s, wire, (size_t)n - 1), KK_E_FULL);
		for (int cut = 0; cut < n; cut++) {
			uint8_t *exact = malloc(cut > 0 ? (size_t)cut : 1);

			memcpy(exact, wire, (size_t)cut);
			ck_assert_int_eq(
			    sample_decode(exact, (size_t)cut, &got, out), KK_E_TRUNCATED);
			free(exact);
		}
	}
}
END_TEST

/* What an access point with three virtual APs takes: the journal's size hangs on it. */
START_TEST(small)
{
	struct counter c[3];
	uint8_t wire[SAMPLE_WIRE_MAX];
	struct sample s = {.device = 18450, .source = SOURCE_SNMP, .time_cs = NOW_CS};

	s.boot_cs = NOW_CS - 8640000;
	sample_set(&s, METRIC_OCTETS_DOWN, INT64_C(3000000000000));
	sample_set(&s, METRIC_OCTETS_UP, INT64_C(300000000000));
	sample_set(&s, METRIC_CLIENTS, 23);
	sample_set(&s, METRIC_RTT, 1800);
	sample_set(&s, METRIC_UP, 1);
	sample_set(&s, METRIC_UPTIME, 86400);
	for (unsigned i = 0; i < 3; i++)
		c[i] = (struct counter){.key = i * 0x01234567u,
		    .width = 64,
		    .down = UINT64_C(100000000000),
		    .up = UINT64_C(10000000000),
		    .boot_cs = s.boot_cs,
		    .when_cs = s.time_cs};
	s.counters = c;
	s.n_counters = 3;
	int n = sample_encode(&s, wire, sizeof(wire));
	ck_assert_int_gt(n, 0);
	ck_assert_int_le(n, 90);
	s.n_counters = 2;
	n = sample_encode(&s, wire, sizeof(wire));
	ck_assert_int_le(n, 75);
}
END_TEST

static const struct {
	const char *why;
	const char *octets;
	size_t len;
	int want;
} bad[] = {
    {"empty", "", 0, KK_E_TRUNCATED},
    {"version 0", "\x00\x00\x01\x00\x00\x00\x00", 7, KK_E_VERSION},
    {"version 2", "\x02\x00\x01\x00\x00\x00\x00", 7, KK_E_VERSION},
    {"the least", "\x01\x00\x01\x00\x00\x00\x00", 7, 7},
    {"no device", "\x01\x00\x00\x00\x00\x00\x00", 7, KK_E_SYNTAX},
    {"device of 33 bits", "\x01\x00\x80\x80\x80\x80\x10\x00\x00\x00\x00", 11, KK_E_SYNTAX},
    {"unknown source", "\x01\x0f\x01\x00\x00\x00\x00", 7, KK_E_SYNTAX},
    {"unknown bit", "\x01\x20\x01\x00\x00\x00\x00", 7, KK_E_SYNTAX},
    {"17 flags", "\x01\x00\x01\x80\x80\x04\x00\x00\x00", 9, KK_E_SYNTAX},
    {"unknown metric", "\x01\x00\x01\x00\x00\x80\x80\x80\x80\x80\x80\x80\x80\x40\x00\x00", 16,
	KK_E_SYNTAX},
    {"65 counters", "\x01\x00\x01\x00\x00\x00\x41", 7, KK_E_SYNTAX},
    {"counter's unknown bit", "\x01\x00\x01\x00\x00\x00\x01kkkk\x08\x00\x00", 14, KK_E_SYNTAX},
    {"time of 64 bits", "\x01\x00\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00", 16,
	KK_E_SYNTAX},
    {"boot before all time", "\x01\x10\x01\x00\x00\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00",
	17, KK_E_SYNTAX},
    {"over-long integer", "\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x00\x00\x00\x00",
	17, KK_E_SYNTAX},
};

START_TEST(refused)
{
	struct counter out[SAMPLE_COUNTERS_MAX];
	uint8_t *exact = malloc(bad[_i].len + 1);
	struct sample s;
	int rc;

	memcpy(exact, bad[_i].octets, bad[_i].len);
	rc = sample_decode(exact, bad[_i].len, &s, out);
	ck_assert_msg(rc == bad[_i].want, "%s: got %d (%s)", bad[_i].why, rc, kk_strerror(rc));
	free(exact);
}
END_TEST

/* What is no measurement does not come in from outside. */
START_TEST(implausible)
{
	struct counter out[SAMPLE_COUNTERS_MAX];
	uint8_t wire[SAMPLE_WIRE_MAX];
	struct sample got, s = {.device = 1, .time_cs = NOW_CS};
	int n;

	s.known = METRIC_BIT(METRIC_CLIENTS) | METRIC_BIT(METRIC_NOISE_5G);
	s.value[METRIC_CLIENTS] = -1;
	s.value[METRIC_NOISE_5G] = -95;
	n = sample_encode(&s, wire, sizeof(wire));
	ck_assert_int_eq(sample_decode(wire, (size_t)n, &got, out), n);
	ck_assert_int_eq(sample_has(&got, METRIC_CLIENTS), 0);
	ck_assert_int_eq(sample_has(&got, METRIC_NOISE_5G), 1);
	ck_assert_int_eq(got.value[METRIC_NOISE_5G], -95);
}
END_TEST

START_TEST(invalid_is_not_encoded)
{
	struct counter c = {.width = 64};
	struct sample s = {.device = 1, .n_counters = 1, .counters = &c};
	uint8_t wire[SAMPLE_WIRE_MAX];

	ck_assert_int_gt(sample_encode(&s, wire, sizeof(wire)), 0);
	c.width = 16;
	ck_assert_int_eq(sample_encode(&s, wire, sizeof(wire)), KK_E_RANGE);
	c.width = 32;
	s.device = 0;
	ck_assert_int_eq(sample_encode(&s, wire, sizeof(wire)), KK_E_RANGE);
	s.device = 1;
	s.source = SOURCE_COUNT;
	ck_assert_int_eq(sample_encode(&s, wire, sizeof(wire)), KK_E_RANGE);
	s.source = 0;
	s.time_cs = SAMPLE_TIME_MAX;
	ck_assert_int_eq(sample_encode(&s, wire, sizeof(wire)), KK_E_RANGE);
	s.time_cs = 0;
	s.known = METRIC_BIT(METRIC_COUNT);
	ck_assert_int_eq(sample_encode(&s, wire, sizeof(wire)), KK_E_RANGE);
	s.known = 0;
	s.n_counters = SAMPLE_COUNTERS_MAX + 1;
	ck_assert_int_eq(sample_encode(&s, wire, sizeof(wire)), KK_E_RANGE);
}
END_TEST

/* Flip every bit of a sample: whatever comes out, nothing is read past its end. */
START_TEST(bit_flips)
{
	struct counter in[SAMPLE_COUNTERS_MAX], out[SAMPLE_COUNTERS_MAX];
	uint8_t wire[SAMPLE_WIRE_MAX];
	struct sample s, got;
	uint64_t state = 5;

	for (int i = 0; i < 20; i++) {
		random_sample(&state, &s, in);
		int n = sample_encode(&s, wire, sizeof(wire));
		uint8_t *exact = malloc((size_t)n);

		for (int bit = 0; bit < n * 8; bit++) {
			memcpy(exact, wire, (size_t)n);
			exact[bit / 8] ^= (uint8_t)(1 << bit % 8);
			int rc = sample_decode(exact, (size_t)n, &got, out);
			ck_assert_int_le(rc, n);
		}
		free(exact);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sample_wire");
	TCase *tc = tcase_create("sample_wire");

	tcase_add_test(tc, round_trip);
	tcase_add_test(tc, cut_anywhere);
	tcase_add_test(tc, small);
	tcase_add_loop_test(tc, refused, 0, ROWS(bad));
	tcase_add_test(tc, implausible);
	tcase_add_test(tc, invalid_is_not_encoded);
	tcase_add_test(tc, bit_flips);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
