/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sketch.h"

#include <math.h>

#include "tests/harness.h"

#define MOST (1 << SKETCH_BITS_MAX)

static uint8_t memory[3][MOST];

/* An empty sketch over one of the memories. */
static struct sketch
empty(int which, unsigned bits)
{
	memset(memory[which], 0, sizeof(memory[which]));
	return (struct sketch){bits, memory[which]};
}

/* Uniform numbers of a fixed seed: splitmix64. */
static uint64_t
uniform(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void
add_some(struct sketch *s, uint64_t *state, unsigned n)
{
	while (n-- > 0)
		sketch_add(s, uniform(state));
}

/* What a hash does to an empty sketch of 8 bits. */
static const struct {
	const char *why;
	uint64_t hash;
	unsigned reg, rank;
} hashes[] = {
    {"the first bit behind the index", UINT64_C(0x0080000000000000), 0, 1},
    {"the second", UINT64_C(0x0540000000000000), 5, 2},
    {"the first of two", UINT64_C(0xff60000000000000), 255, 2},
    {"the last bit", UINT64_C(0xff00000000000001), 255, 56},
    {"none", UINT64_C(0x8000000000000000), 128, 57},
    {"a hash of 0", 0, 0, 57},
};

START_TEST(one_hash)
{
	struct sketch s = empty(0, 8);

	ck_assert_int_eq(sketch_add(&s, hashes[_i].hash), 1);
	ck_assert_msg(s.reg[hashes[_i].reg] == hashes[_i].rank, "%s: %u", hashes[_i].why,
	    s.reg[hashes[_i].reg]);
	ck_assert_int_eq(sketch_add(&s, hashes[_i].hash), 0);
	ck_assert_uint_eq(sketch_estimate(&s), 1);
}
END_TEST

/* Many random sets of a size: the root of the mean square of the relative error is what is stated
 * (for few it is smaller), and their mean is right. With a fixed seed this is no game of chance. */
static const struct {
	unsigned bits, n, sets;
} sizes[] = {
    {8, 0, 1},
    {8, 1, 1000},
    {8, 10, 1000},
    {8, 100, 1000},
    {8, 400, 1000},
    {8, 640, 1000}, /* where linear counting and the plain estimate meet, and that one is off */
    {8, 1000, 1000},
    {8, 10000, 300},
    {9, 5, 1000},
    {9, 50, 1000},
    {9, 300, 1000},
    {9, 1280, 1000},
    {9, 1800, 1000},
    {9, 20000, 200},
    {12, 3000, 300},
    {12, 12000, 200},
    {14, 100, 200},
    {14, 40000, 50},
    {14, 300000, 20},
};

START_TEST(error_is_as_stated)
{
	unsigned bits = sizes[_i].bits, n = sizes[_i].n, sets = sizes[_i].sets;
	double stated = 1.04 / sqrt(1 << bits), sum = 0, squares = 0, bias, error;
	uint64_t state = 20261129;

	for (unsigned i = 0; i < sets; i++) {
		struct sketch s = empty(0, bits);
		double off;

		add_some(&s, &state, n);
		off = ((double)sketch_estimate(&s) - n) / (n > 0 ? n : 1);
		sum += off;
		squares += off * off;
	}
	bias = sum / sets;
	error = sqrt(squares / sets);
	ck_assert_msg(error <= stated * 1.1, "%u bits, %u: error %.4f", bits, n, error);
	/* An estimate is rounded: half a one beside it. */
	ck_assert_msg(fabs(bias) <= 3.5 * stated / sqrt(sets) + 0.5 / (n > 0 ? n : 1),
	    "%u bits, %u: %.4f off", bits, n, bias);
}
END_TEST

static const struct {
	unsigned bits, permille;
} stated[] = {{8, 65}, {9, 46}, {10, 33}, {11, 23}, {12, 17}, {13, 12}, {14, 9}};

START_TEST(stated_error)
{
	ck_assert_uint_eq(sketch_error_permille(stated[_i].bits), stated[_i].permille);
}
END_TEST

/* Two halves that overlap, merged, are the sketch of the whole, register by register. */
START_TEST(merging)
{
	struct sketch whole = empty(0, 9), a = empty(1, 9), b = empty(2, 9), other = {8, memory[1]};
	uint64_t state = 7;

	for (int i = 0; i < 3000; i++) {
		uint64_t hash = uniform(&state);

		sketch_add(&whole, hash);
		if (i < 2000)
			sketch_add(&a, hash);
		if (i >= 1000)
			sketch_add(&b, hash);
	}
	ck_assert_int_eq(sketch_merge(&a, &other), KK_E_TYPE);
	ck_assert_int_eq(sketch_merge(&a, &b), KK_OK);
	ck_assert_mem_eq(a.reg, whole.reg, sketch_octets(9));
	ck_assert_int_eq(sketch_merge(&a, &b), KK_OK); /* once more changes nothing */
	ck_assert_mem_eq(a.reg, whole.reg, sketch_octets(9));
}
END_TEST

/* What is written reads back the same, and short while few were added. */
static const struct {
	unsigned bits, n, octets_most;
} written[] = {{9, 0, 3}, {9, 1, 6}, {9, 20, 45}, {9, 200, 400}, {9, 5000, 514}, {14, 100, 400},
    {14, 1000000, 16386}};

START_TEST(round_trip)
{
	static uint8_t out[MOST + 3];
	unsigned bits = written[_i].bits;
	struct sketch s = empty(0, bits), t = empty(1, bits);
	uint64_t state = 11;
	int len;

	add_some(&s, &state, written[_i].n);
	ck_assert_int_eq(sketch_encode(&s, out, sketch_wire_max(bits) - 1), KK_E_FULL);
	len = sketch_encode(&s, out, sizeof(out));
	ck_assert_int_gt(len, 0);
	ck_assert_int_le(len, (int)written[_i].octets_most);
	ck_assert_int_eq(sketch_decode(out, (size_t)len, NULL), KK_OK);
	ck_assert_int_eq(sketch_decode(out, (size_t)len, &t), KK_OK);
	ck_assert_mem_eq(t.reg, s.reg, sketch_octets(bits));
	for (int n = 0; n < len; n += n < 64 ? 1 : 97) /* cut short */
		ck_assert_int_eq(sketch_decode(out, (size_t)n, NULL), KK_E_TRUNCATED);
	out[len] = 0;
	ck_assert_int_eq(sketch_decode(out, (size_t)len + 1, NULL), KK_E_SYNTAX);
}
END_TEST

static const struct {
	const char *why;
	uint8_t in[16];
	size_t len;
	int want;
} wire[] = {
    {"nothing", {0}, 0, KK_E_TRUNCATED},
    {"no register is set", {8, 1, 0}, 3, KK_OK},
    {"too coarse", {7, 1, 0}, 3, KK_E_SYNTAX},
    {"too fine", {15, 1, 0}, 3, KK_E_SYNTAX},
    {"another precision", {9, 1, 0}, 3, KK_E_TYPE},
    {"an unknown form", {8, 2, 0}, 3, KK_E_SYNTAX},
    {"the greatest rank", {8, 1, 1, 0, 57}, 5, KK_OK},
    {"a rank beyond it", {8, 1, 1, 0, 58}, 5, KK_E_SYNTAX},
    {"a rank of 0", {8, 1, 1, 0, 0}, 5, KK_E_SYNTAX},
    {"the last register", {8, 1, 1, 0xff, 1, 9}, 6, KK_OK},
    {"one behind it", {8, 1, 1, 0x80, 2, 9}, 6, KK_E_SYNTAX},
    {"behind the last one", {8, 1, 2, 0xff, 1, 9, 0, 9}, 8, KK_E_SYNTAX},
    {"a good one, then a bad one", {8, 1, 2, 3, 9, 0, 0}, 7, KK_E_SYNTAX},
    {"more than there are", {8, 1, 0x81, 2, 0, 9}, 6, KK_E_SYNTAX},
    {"fewer than it says", {8, 1, 2, 0, 9}, 5, KK_E_TRUNCATED},
};

START_TEST(hostile)
{
	struct sketch s = empty(0, 8);

	ck_assert_msg(
	    sketch_decode(wire[_i].in, wire[_i].len, &s) == wire[_i].want, "%s", wire[_i].why);
	if (wire[_i].want != KK_OK)
		ck_assert_uint_eq(sketch_estimate(&s), 0);
}
END_TEST

/* Registers that no set of people leads to: a number all the same. */
START_TEST(made_up)
{
	struct sketch s = empty(0, 8);

	memset(s.reg, 57, sketch_octets(8));
	ck_assert_uint_eq(sketch_estimate(&s), UINT64_C(1000000000000000000));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sketch");
	TCase *t = tcase_create("sketch");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, one_hash, 0, ROWS(hashes));
	tcase_add_loop_test(t, error_is_as_stated, 0, ROWS(sizes));
	tcase_add_loop_test(t, stated_error, 0, ROWS(stated));
	tcase_add_test(t, merging);
	tcase_add_loop_test(t, round_trip, 0, ROWS(written));
	tcase_add_loop_test(t, hostile, 0, ROWS(wire));
	tcase_add_test(t, made_up);
	suite_add_tcase(s, t);
	return harness_run(s);
}
