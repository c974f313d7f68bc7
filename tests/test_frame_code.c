/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_frame_code.c - reasons and statuses as counters: their keys, their texts, and sums that stay
 * bounded. */
#include "lib/frame_code.h"

#include "tests/harness.h"

static const struct {
	enum frame_code_kind kind;
	uint32_t number;
	const char *name, *en, *ko;
} texts[] = {
    {FRAME_CODE_DEAUTHENTICATION, 7, "deauthentication", "frame of a client that is not associated",
	"접속하지 않은 단말의 프레임"},
    {FRAME_CODE_DISASSOCIATION, 8, "disassociation", "the sender leaves this access point",
	"보낸 쪽이 이 AP를 떠남"},
    {FRAME_CODE_ASSOCIATION, 17, "association", "access point cannot take more clients",
	"AP가 더 받을 수 없음"},
    {FRAME_CODE_AUTHENTICATION, 15, "authentication", "challenge failed (wrong key)",
	"인증 시험 실패(암호 오류)"},
    {FRAME_CODE_ASSOCIATION, 7, "association", "", ""},
    {FRAME_CODE_DEAUTHENTICATION, 12345, "deauthentication", "", ""},
    {FRAME_CODE_DEAUTHENTICATION, FRAME_CODE_UNKNOWN, "deauthentication", "encrypted, unknown",
	"암호화되어 알 수 없음"},
    {FRAME_CODE_ASSOCIATION, FRAME_CODE_UNKNOWN, "association", "", ""},
    {FRAME_CODE_AUTHENTICATION, FRAME_CODE_OTHERS, "authentication", "other numbers",
	"그 밖의 사유"},
};

START_TEST(what_they_mean)
{
	uint32_t key = frame_code_key(texts[_i].kind, texts[_i].number);

	ck_assert_uint_eq(frame_code_kind(key), texts[_i].kind);
	ck_assert_uint_eq(frame_code_number(key), texts[_i].number);
	ck_assert_str_eq(frame_code_name(texts[_i].kind), texts[_i].name);
	ck_assert_str_eq(frame_code_text(texts[_i].kind, texts[_i].number, LANG_EN), texts[_i].en);
	ck_assert_str_eq(frame_code_text(texts[_i].kind, texts[_i].number, LANG_KO), texts[_i].ko);
}
END_TEST

static int
add(struct counter sum[SAMPLE_COUNTERS_MAX], uint16_t *n, uint32_t key, uint64_t down, uint64_t up)
{
	struct counter more = {.key = key, .width = 64, .down = down, .up = up};

	return frame_codes_add(sum, n, &more);
}

static uint64_t
all_of(const struct counter *c, uint16_t n, enum frame_code_kind kind)
{
	uint64_t sum = 0;

	for (uint16_t i = 0; i < n; i++)
		if (frame_code_kind(c[i].key) == kind)
			sum += c[i].down + c[i].up;
	return sum;
}

/* Whoever gives every number there is fills the table and loses none: 1,000 of each kind. */
START_TEST(bounded)
{
	struct counter sum[SAMPLE_COUNTERS_MAX];
	uint16_t n = 0;

	for (uint32_t i = 0; i < 1000; i++)
		for (unsigned kind = 0; kind < FRAME_CODE_KINDS; kind++)
			ck_assert_int_eq(add(sum, &n, frame_code_key(kind, i), 1, 2), 1);
	ck_assert_uint_eq(n, SAMPLE_COUNTERS_MAX);
	for (unsigned kind = 0; kind < FRAME_CODE_KINDS; kind++)
		ck_assert_uint_eq(all_of(sum, n, kind), 3000);
	/* A number that has a place keeps it. */
	ck_assert_int_eq(add(sum, &n, frame_code_key(FRAME_CODE_DISASSOCIATION, 0), 5, 0), 1);
	ck_assert_uint_eq(sum[1].key, frame_code_key(FRAME_CODE_DISASSOCIATION, 0));
	ck_assert_uint_eq(sum[1].down, 6);
	ck_assert_uint_eq(sum[1].up, 2);
}
END_TEST

/* One kind alone leaves the others' places free. */
START_TEST(one_kind)
{
	struct counter sum[SAMPLE_COUNTERS_MAX];
	uint16_t n = 0;

	for (uint32_t i = 0; i < 1000; i++)
		ck_assert_int_eq(add(sum, &n, frame_code_key(FRAME_CODE_ASSOCIATION, i), 1, 0), 1);
	ck_assert_uint_eq(n, SAMPLE_COUNTERS_MAX - (FRAME_CODE_KINDS - 1));
	for (unsigned kind = 0; kind < FRAME_CODE_KINDS; kind++)
		ck_assert_int_eq(add(sum, &n, frame_code_key(kind, 5000), 1, 0), 1);
	ck_assert_uint_eq(n, SAMPLE_COUNTERS_MAX);
	ck_assert_uint_eq(all_of(sum, n, FRAME_CODE_ASSOCIATION), 1001);
	ck_assert_uint_eq(all_of(sum, n, FRAME_CODE_DEAUTHENTICATION), 1);
}
END_TEST

START_TEST(refused)
{
	struct counter sum[SAMPLE_COUNTERS_MAX] = {{.key = 0}};
	uint16_t n = 0;

	ck_assert_int_eq(add(sum, &n, frame_code_key(FRAME_CODE_KINDS, 1), 1, 0), 0);
	ck_assert_int_eq(add(sum, &n, FRAME_CODE_OTHERS + 1, 1, 0), 0);
	ck_assert_int_eq(add(sum, &n, 7, UINT64_MAX, 1), 1);
	ck_assert_int_eq(add(sum, &n, 7, 1, 0), 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(sum[0].down, UINT64_MAX);
	ck_assert_uint_eq(sum[0].up, 1);
	/* Counters of something else: nothing is written past them. */
	for (n = 0; n < SAMPLE_COUNTERS_MAX; n++)
		sum[n] = (struct counter){.key = 0xff000000 + n};
	ck_assert_int_eq(add(sum, &n, 7, 1, 0), 0);
}
END_TEST

START_TEST(sets)
{
	const struct counter from[] = {{.key = 3, .down = 1}, {.key = 9, .down = 2}};
	struct frame_codes c = {.counter = NULL};

	ck_assert_ptr_null(frame_codes_find(&c, 3));
	ck_assert_int_eq(frame_codes_copy(&c, from, 2), KK_OK);
	ck_assert_uint_eq(frame_codes_find(&c, 9)->down, 2);
	ck_assert_ptr_null(frame_codes_find(&c, 4));
	ck_assert_int_eq(frame_codes_copy(&c, from + 1, 1), KK_OK);
	ck_assert_ptr_null(frame_codes_find(&c, 3));
	ck_assert_int_eq(frame_codes_copy(&c, NULL, 0), KK_OK);
	ck_assert_ptr_null(frame_codes_find(&c, 9));
	frame_codes_free(&c);
	ck_assert_ptr_null(c.counter);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("frame_code");
	TCase *tc = tcase_create("codes");

	tcase_add_loop_test(tc, what_they_mean, 0, ROWS(texts));
	tcase_add_test(tc, bounded);
	tcase_add_test(tc, one_kind);
	tcase_add_test(tc, refused);
	tcase_add_test(tc, sets);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
