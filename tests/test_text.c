/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "lib/err.h"
#include "lib/i18n.h"
#include "lib/region.h"
#include "lib/text.h"
#include "tests/harness.h"

static const struct {
	const char *octets;
	size_t len;
	int valid;
} utf8[] = {
    {"", 0, 1},
    {"abc", 3, 1},
    {"까치온", 9, 1},
    {"\xf0\x9f\x93\xb6", 4, 1},
    {"\xf4\x8f\xbf\xbf", 4, 1},
    {"a\0b", 3, 0},
    {"\x80", 1, 0},
    {"\xc3", 1, 0},
    {"\xc0\xaf", 2, 0},		/* over-long "/" */
    {"\xe0\x80\xaf", 3, 0},	/* over-long */
    {"\xed\xa0\x80", 3, 0},	/* surrogate */
    {"\xf4\x90\x80\x80", 4, 0}, /* above U+10FFFF */
    {"\xf5\x80\x80\x80", 4, 0},
    {"\xea\xb9", 2, 0}, /* cut short */
    {"\xff", 1, 0},
};

START_TEST(is_utf8)
{
	ck_assert_msg(text_is_utf8(utf8[_i].octets, utf8[_i].len) == utf8[_i].valid, "row %d", _i);
}
END_TEST

static const struct {
	const char *octets;
	size_t len, room;
	const char *want;
} device_texts[] = {
    {"AP-1\0\0", 6, 64, "AP-1"},
    {"까치온", 9, 64, "까치온"},
    {"\xb1\xee\xc4\xa1\xbf\xc2", 6, 64, "까치온"}, /* CP949 */
    {"a\nb\x1b[1m\x7f", 8, 64, "a b [1m "},
    {"\xc2\x9b"
     "31m",
	5, 64, " 31m"}, /* C1: a terminal would take it for an escape */
    {"\x00\x1b\x44\x11\x22\xff", 6, 64, "001b441122ff"},
    {"\xff\xff\xff", 3, 64, "ffffff"},
    {"\xff\xff\xff", 3, 6, "ffff"},
    {"까치온", 9, 8, "까치"},
    {"까치온", 9, 1, ""},
    {"abc", 3, 3, "ab"},
    {"", 0, 1, ""},
};

START_TEST(from_octets)
{
	char *out = malloc(device_texts[_i].room);
	uint8_t *in = malloc(device_texts[_i].len + 1);

	memcpy(in, device_texts[_i].octets, device_texts[_i].len);
	text_from_octets(in, device_texts[_i].len, out, device_texts[_i].room);
	ck_assert_str_eq(out, device_texts[_i].want);
	free(in);
	free(out);
}
END_TEST

START_TEST(cp949)
{
	size_t n = 0;
	/* A syllable that KS X 1001 lacks and CP949 has: 똠. */
	char *t;

	ck_assert_int_eq(text_from_cp949("\x8c\x63\xb0\xa2", 4, &t, &n), KK_OK);
	ck_assert_str_eq(t, "똠각");
	ck_assert_uint_eq(n, 6);
	free(t);
	ck_assert_int_eq(text_from_cp949("\xb1", 1, &t, &n), KK_E_SYNTAX);
	ck_assert_ptr_null(t);
	ck_assert_int_eq(text_from_cp949("\xff\xff", 2, &t, &n), KK_E_SYNTAX);
	ck_assert_int_eq(text_from_cp949("", 0, &t, &n), KK_OK);
	ck_assert_str_eq(t, "");
	free(t);
}
END_TEST

START_TEST(widths)
{
	ck_assert_uint_eq(text_width(""), 0);
	ck_assert_uint_eq(text_width("abc"), 3);
	ck_assert_uint_eq(text_width("까치on"), 6);
	ck_assert_uint_eq(text_width("漢字"), 4);
	ck_assert_uint_eq(text_width("ＡＢ"), 4);
	ck_assert_uint_eq(text_width("e\xcc\x81"), 1); /* combining acute */
	ck_assert_uint_eq(text_width("é"), 1);
	ck_assert_uint_eq(text_width("\xff!"), 2);
}
END_TEST

START_TEST(copies)
{
	char out[8];

	ck_assert_int_eq(text_copy(out, sizeof(out), "abcdefg"), 0);
	ck_assert_str_eq(out, "abcdefg");
	ck_assert_int_eq(text_copy(out, sizeof(out), "abcdefgh"), 1);
	ck_assert_str_eq(out, "abcdefg");
	ck_assert_int_eq(text_copy(out, sizeof(out), "까치온"), 1);
	ck_assert_str_eq(out, "까치");
	ck_assert_int_eq(text_copy(out, 1, "a"), 1);
	ck_assert_str_eq(out, "");
}
END_TEST

static const struct {
	const char *id, *key;
} keys[] = {
    {"WF181037", "WF181037"},
    {"---EP000001", "%2D--EP000001"},
    {"서울5차-0152-1", "%EC%84%9C%EC%9A%B85%EC%B0%A8-0152-1"},
    {"", "%"},
    {".", "%2E"},
    {"..", "%2E%2E"},
    {"a/../b", "a%2F%2E%2E%2Fb"},
    {"a%2Fb", "a%252Fb"},
    {"a-", "a%2D"},
    {"-", "%2D"},
    {"a b\n", "a%20b%0A"},
};

START_TEST(file_keys)
{
	char key[TEXT_KEY_MAX];

	text_file_key(keys[_i].id, key);
	ck_assert_str_eq(key, keys[_i].key);
}
END_TEST

START_TEST(file_keys_differ)
{
	char a[TEXT_KEY_MAX], b[TEXT_KEY_MAX], id[301];

	text_file_key("wf181037", a);
	text_file_key("WF181037", b);
	ck_assert_str_ne(a, b);
	memset(id, 'x', 300);
	id[300] = '\0';
	text_file_key(id, a);
	id[299] = 'y';
	text_file_key(id, b);
	ck_assert_str_ne(a, b);
	ck_assert_uint_lt(strlen(a), TEXT_KEY_MAX);
	ck_assert_uint_ge(strlen(a), 100);
	ck_assert_ptr_nonnull(strchr(a, '~'));
	/* 247 octets fit as they are; 248 do not. Eighty octets fit whatever they are. */
	id[247] = '\0';
	text_file_key(id, a);
	ck_assert_str_eq(a, id);
	id[247] = 'x';
	id[248] = '\0';
	text_file_key(id, a);
	ck_assert_ptr_nonnull(strchr(a, '~'));
	memset(id, '/', 80);
	id[80] = '\0';
	text_file_key(id, a);
	ck_assert_uint_eq(strlen(a), 240);
	for (const char *p = a; *p; p++)
		ck_assert(*p == '%' || *p == '2' || *p == 'F');
}
END_TEST

static const struct {
	const char *text;
	uint64_t mac;
} macs[] = {
    {"02:4b:00:00:00:01", UINT64_C(0x024b00000001)},
    {"02-4B-00-00-00-FF", UINT64_C(0x024b000000ff)},
    {"02:4b:00:00:00:0", 0},
    {"02:4b:00:00:00:011", 0},
    {"02:4b:00:00:00: 1", 0},
    {"02:4b:00:00:00:-1", 0},
    {"02:4b:00:00:00:0g", 0},
    {"02.4b.00.00.00.01", 0},
    {"", 0},
};

START_TEST(hardware_addresses)
{
	ck_assert_uint_eq(text_mac(macs[_i].text), macs[_i].mac);
}
END_TEST

START_TEST(hash)
{
	/* Values of the FNV authors' test vectors. */
	ck_assert_uint_eq(text_hash("", 0), UINT64_C(0xcbf29ce484222325));
	ck_assert_uint_eq(text_hash("a", 1), UINT64_C(0xaf63dc4c8601ec8c));
	ck_assert_uint_eq(text_hash("foobar", 6), UINT64_C(0x85944171f73967e8));
}
END_TEST

static const struct {
	double value;
	const char *unit, *want;
} sizes[] = {
    {48e12, "B", "48.0 TB"},
    {1.2e9, "bit/s", "1.2 Gbit/s"},
    {0, "B", "0 B"},
    {999, "B", "999 B"},
    {999.6, "B", "1.0 kB"},
    {1000, "B", "1.0 kB"},
    {999949, "B", "999.9 kB"},
    {999951, "B", "1.0 MB"},
    {-2.5e6, "bit/s", "-2.5 Mbit/s"},
    {5e21, "B", "5000.0 EB"},
    {NAN, "B", "?"},
    {INFINITY, "B", "?"},
};

START_TEST(si)
{
	char out[32];

	ck_assert_str_eq(text_si(sizes[_i].value, sizes[_i].unit, out), sizes[_i].want);
}
END_TEST

START_TEST(languages)
{
	ck_assert_int_eq(i18n_language("ko"), LANG_KO);
	ck_assert_int_eq(i18n_language("ko_KR.UTF-8"), LANG_KO);
	ck_assert_int_eq(i18n_language("kok"), LANG_EN);
	ck_assert_int_eq(i18n_language("C"), LANG_EN);
	ck_assert_int_eq(i18n_language(""), LANG_EN);
	ck_assert_str_eq(i18n(LANG_KO, TEXT_DOWN), "장애");
	ck_assert_str_eq(i18n(LANG_EN, TEXT_DOWN), "down");
	for (int id = 0; id < TEXT_COUNT; id++) {
		const char *ko = i18n(LANG_KO, id), *en = i18n(LANG_EN, id);

		ck_assert(text_is_utf8(ko, strlen(ko)));
		ck_assert(text_is_utf8(en, strlen(en)));
		ck_assert_msg((*ko == '\0') == (*en == '\0'), "\"%s%s\" lacks one", ko, en);
	}
}
END_TEST

START_TEST(regions)
{
	struct region *r = region_new();
	char *text, *first;
	uint8_t dirt = 0;

	ck_assert_ptr_nonnull(r);
	text = region_strdup(r, "까치");
	for (size_t size = 0; size < 6000; size += 7) {
		uint8_t *p = region_alloc(r, size);

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			dirt |= p[i];
		memset(p, 0xff, size);
	}
	ck_assert_uint_eq(dirt, 0);
	ck_assert_str_eq(text, "까치");
	ck_assert_ptr_null(region_alloc(r, SIZE_MAX));
	ck_assert_ptr_null(region_alloc(r, SIZE_MAX - 64));
	first = region_alloc(r, 1 << 20);
	memset(first, 1, 1 << 20);
	region_free(r);
	region_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("text");
	TCase *tc = tcase_create("text");

	tcase_add_loop_test(tc, is_utf8, 0, ROWS(utf8));
	tcase_add_loop_test(tc, from_octets, 0, ROWS(device_texts));
	tcase_add_test(tc, cp949);
	tcase_add_test(tc, widths);
	tcase_add_test(tc, copies);
	tcase_add_loop_test(tc, file_keys, 0, ROWS(keys));
	tcase_add_test(tc, file_keys_differ);
	tcase_add_loop_test(tc, hardware_addresses, 0, ROWS(macs));
	tcase_add_test(tc, hash);
	tcase_add_loop_test(tc, si, 0, ROWS(sizes));
	tcase_add_test(tc, languages);
	tcase_add_test(tc, regions);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
