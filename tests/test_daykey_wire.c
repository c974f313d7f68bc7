/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/daykey_wire.h"
#include "tests/harness.h"

#define DAY_S INT64_C(1785510000) /* 2026-08-01 00:00 in Seoul */

static const struct daykey key = {.epoch = UINT64_C(0xfedcba9876543210),
    .day = 20260801,
    .from_s = DAY_S,
    .to_s = DAY_S + 86400,
    .key = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255}};

static const struct sketches_head head = {.probe = "gate-1",
    .epoch = 77,
    .day = 20260801,
    .from_cs = DAY_S * 100,
    .to_cs = DAY_S * 100 + 6000,
    .partial = 1};

START_TEST(hello)
{
	uint8_t out[DAYKEY_HELLO_MAX + 1] = {0};
	char probe[BATCH_NAME_MAX + 1], name[BATCH_NAME_MAX + 2];
	size_t len = daykey_hello_encode("gate-1", out);

	ck_assert_uint_eq(len, 12);
	ck_assert_int_eq(daykey_message(out, len), 'H');
	ck_assert_int_eq(daykey_hello_decode(out, len, probe), KK_OK);
	ck_assert_str_eq(probe, "gate-1");
	for (size_t n = 0; n < len; n++)
		ck_assert_int_lt(daykey_hello_decode(out, n, probe), 0);
	ck_assert_int_eq(daykey_hello_decode(out, len + 1, probe), KK_E_SYNTAX);
	out[4]++;
	ck_assert_int_eq(daykey_hello_decode(out, len, probe), KK_E_VERSION);
	ck_assert_uint_eq(daykey_hello_encode("", out), 0);
	memset(name, 'a', sizeof(name));
	name[BATCH_NAME_MAX + 1] = '\0';
	ck_assert_uint_eq(daykey_hello_encode(name, out), 0);
	name[BATCH_NAME_MAX] = '\0';
	ck_assert_uint_eq(daykey_hello_encode(name, out), DAYKEY_HELLO_MAX);
}
END_TEST

START_TEST(a_key)
{
	uint8_t out[DAYKEY_WIRE_OCTETS + 1] = {0};
	struct daykey k;

	daykey_encode(&key, out);
	ck_assert_int_eq(daykey_message(out, DAYKEY_WIRE_OCTETS), 'K');
	ck_assert_int_eq(daykey_decode(out, DAYKEY_WIRE_OCTETS, &k), KK_OK);
	ck_assert_uint_eq(k.epoch, key.epoch);
	ck_assert_int_eq(k.day, key.day);
	ck_assert_int_eq(k.from_s, key.from_s);
	ck_assert_int_eq(k.to_s, key.to_s);
	ck_assert_mem_eq(k.key, key.key, DAYKEY_OCTETS);
	for (size_t n = 0; n < DAYKEY_WIRE_OCTETS; n++)
		ck_assert_int_eq(daykey_decode(out, n, &k), KK_E_SYNTAX);
	ck_assert_int_eq(daykey_decode(out, DAYKEY_WIRE_OCTETS + 1, &k), KK_E_SYNTAX);
	out[4]++;
	ck_assert_int_eq(daykey_decode(out, DAYKEY_WIRE_OCTETS, &k), KK_E_VERSION);
}
END_TEST

static const struct {
	const char *why;
	kk_day day;
	int64_t from_s, to_s;
} no_keys[] = {
    {"no day", 20260832, DAY_S, DAY_S + 86400},
    {"an empty day", 20260801, DAY_S, DAY_S},
    {"a day of two", 20260801, DAY_S, DAY_S + 172800},
    {"before the epoch", 20260801, -1, 86400},
    {"at the end of time", 20260801, INT64_MAX - 5, INT64_MAX},
};

START_TEST(a_key_of_no_day)
{
	uint8_t out[DAYKEY_WIRE_OCTETS];
	struct daykey k = key;

	k.day = no_keys[_i].day;
	k.from_s = no_keys[_i].from_s;
	k.to_s = no_keys[_i].to_s;
	daykey_encode(&k, out);
	ck_assert_msg(daykey_decode(out, sizeof(out), &k) == KK_E_SYNTAX, "%s", no_keys[_i].why);
}
END_TEST

static uint8_t registers[2][1 << SKETCH_BITS_MAX];

/* Two access points and all together. */
static size_t
three(uint8_t *out, size_t room)
{
	struct sketch ap = {DAYKEY_AP_BITS, registers[0]}, all = {DAYKEY_ALL_BITS, registers[1]};
	struct sketches_writer w;

	memset(registers, 0, sizeof(registers));
	for (uint64_t i = 1; i <= 30; i++) {
		sketch_add(&ap, i * UINT64_C(0x9e3779b97f4a7c15));
		sketch_add(&all, i * UINT64_C(0x9e3779b97f4a7c15));
	}
	ck_assert_int_eq(sketches_begin(&w, out, room, &head), KK_OK);
	ck_assert_int_eq(sketches_add(&w, "WF181037", &ap), KK_OK);
	ck_assert_int_eq(sketches_add(&w, "서울5차-0152-1", &ap), KK_OK);
	ck_assert_int_eq(sketches_add(&w, "", &all), KK_OK);
	return w.len;
}

START_TEST(sketches)
{
	static uint8_t out[BATCH_OCTETS_MAX], reg[1 << SKETCH_BITS_MAX];
	size_t len = three(out, sizeof(out));
	struct sketch s = {DAYKEY_AP_BITS, reg};
	struct sketches_head got;
	struct sketches_reader r;
	struct sketches_entry e;

	ck_assert_int_eq(daykey_message(out, len), 'S');
	ck_assert_int_eq(sketches_open(&r, out, len, &got), KK_OK);
	ck_assert_str_eq(got.probe, "gate-1");
	ck_assert_uint_eq(got.epoch, 77);
	ck_assert_int_eq(got.day, 20260801);
	ck_assert_int_eq(got.from_cs, head.from_cs);
	ck_assert_int_eq(got.to_cs, head.to_cs);
	ck_assert_int_eq(got.partial, 1);
	ck_assert_int_eq(sketches_next(&r, &e), KK_OK);
	ck_assert_str_eq(e.id, "WF181037");
	ck_assert_int_eq(sketch_decode(e.octets, e.len, &s), KK_OK);
	ck_assert_mem_eq(reg, registers[0], sketch_octets(DAYKEY_AP_BITS));
	ck_assert_int_eq(sketches_next(&r, &e), KK_OK);
	ck_assert_str_eq(e.id, "서울5차-0152-1");
	ck_assert_int_eq(sketches_next(&r, &e), KK_OK);
	ck_assert_str_eq(e.id, "");
	ck_assert_int_eq(sketches_next(&r, &e), KK_END);
}
END_TEST

/* Cut anywhere: an error, or fewer sketches. */
START_TEST(truncated)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	size_t len = three(out, sizeof(out));

	for (size_t n = 0; n < len; n++) {
		uint8_t *cut = malloc(n > 0 ? n : 1);
		struct sketches_head got;
		struct sketches_reader r;
		struct sketches_entry e;
		int rc, entries = 0;

		ck_assert_ptr_nonnull(cut);
		memcpy(cut, out, n);
		rc = sketches_open(&r, cut, n, &got);
		while (rc == KK_OK && (rc = sketches_next(&r, &e)) == KK_OK)
			entries++;
		ck_assert_int_lt(entries, 3);
		ck_assert(rc == KK_END || rc == KK_E_TRUNCATED || rc == KK_E_SYNTAX);
		free(cut);
	}
}
END_TEST

/* Heads that are refused by who writes and by who reads. */
static const struct {
	const char *why;
	kk_day day;
	int64_t from_cs, to_cs;
} heads[] = {
    {"no day", 20261301, 0, 100},
    {"a day of 0", 0, 0, 100},
    {"nothing was counted", 20260801, 100, 100},
    {"backwards", 20260801, 100, 99},
    {"longer than any day", 20260801, 0, INT64_C(27) * 360000},
    {"beyond time", 20260801, (INT64_C(1) << 45) - 1, INT64_C(1) << 45},
};

START_TEST(refused)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	struct sketches_head bad = head;
	struct sketches_writer w;

	bad.day = heads[_i].day;
	bad.from_cs = heads[_i].from_cs;
	bad.to_cs = heads[_i].to_cs;
	ck_assert_msg(
	    sketches_begin(&w, out, sizeof(out), &bad) == KK_E_RANGE, "%s", heads[_i].why);
}
END_TEST

START_TEST(full)
{
	static uint8_t out[600];
	struct sketch s = {DAYKEY_AP_BITS, registers[0]};
	struct sketches_writer w;
	size_t before = 0;

	memset(registers, 0, sizeof(registers));
	ck_assert_int_eq(sketches_begin(&w, out, 20, &head), KK_E_FULL);
	ck_assert_int_eq(sketches_begin(&w, out, sizeof(out), &head), KK_OK);
	ck_assert_int_eq(sketches_add(&w, "a\xff", &s), KK_E_RANGE);
	while (sketches_add(&w, "AP", &s) == KK_OK)
		before = w.len;
	ck_assert_uint_gt(before, 500);
	ck_assert_uint_eq(w.len, before);
}
END_TEST

static const struct {
	const char *in;
	size_t len;
	char want;
} kinds[] = {{"KKPH", 4, 'H'}, {"KKPK", 4, 'K'}, {"KKPSx", 5, 'S'}, {"KKPB", 4, 0}, {"KKPA", 4, 0},
    {"KKP", 3, 0}, {"", 0, 0}, {"XKPH", 4, 0}};

START_TEST(kind)
{
	ck_assert_int_eq(
	    daykey_message((const uint8_t *)kinds[_i].in, kinds[_i].len), kinds[_i].want);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("daykey_wire");
	TCase *tc = tcase_create("messages");

	tcase_add_test(tc, hello);
	tcase_add_test(tc, a_key);
	tcase_add_loop_test(tc, a_key_of_no_day, 0, ROWS(no_keys));
	tcase_add_test(tc, sketches);
	tcase_add_test(tc, truncated);
	tcase_add_loop_test(tc, refused, 0, ROWS(heads));
	tcase_add_test(tc, full);
	tcase_add_loop_test(tc, kind, 0, ROWS(kinds));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
