/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_vlan.c - stacks of VLAN tags: as many as a packet holds, and which of them are told. */
#include <pcap/dlt.h>

#include "probes/dec/front.h"
#include "tests/decoding.h"
#include "tests/recipe.h"

#define WIRE   DLT_EN10MB
#define FRAME  65535 /* octets of the longest one here */
#define IP     32    /* octets of the client's packet */
#define HEADER 12    /* before the first tag's type */
#define ETHERNET                                                        \
	{                                                               \
		0x02, 0, 0, 0, 0x0b, 0x01, 0xda, 0xa1, 0x19, 0, 0, 0x42 \
	}

static struct pseudonyms *key;
static struct decoder *dec;

static void
put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* Ethernet and `n` tags of all types in turn, numbered from 1; one in `priority` is none but a
 * priority. Behind them the client's packet. Octets of all; the caller frees `*frame`. */
static size_t
stack(unsigned n, unsigned priority, uint8_t **frame)
{
	static const uint8_t addresses[HEADER] = ETHERNET;
	static const unsigned types[] = {0x8100, 0x88a8, 0x9100, 0x9200};
	size_t len = HEADER + 4 * (size_t)n + 2 + IP, ip_len;
	uint8_t *p = malloc(len), *ip = recipe_make("pkt", &ip_len);

	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(ip_len, IP);
	memcpy(p, addresses, HEADER);
	for (unsigned i = 0; i < n; i++) {
		put16(p + HEADER + (size_t)4 * i, types[i % 4]);
		put16(p + HEADER + (size_t)4 * i + 2,
		    0xe000u | (priority != 0 && i % priority == 0 ? 0 : i + 1));
	}
	put16(p + HEADER + 4 * (size_t)n, 0x0800);
	memcpy(p + len - IP, ip, IP);
	free(ip);
	*frame = p;
	return len;
}

/* How many tags, and which are told. */
static const struct {
	unsigned tags, priority, vlans;
	uint16_t vlan[DEC_VLANS_MAX];
} stacks[] = {
    {1, 0, 1, {1}},
    {4, 0, 4, {1, 2, 3, 4}},
    {5, 0, 4, {1, 3, 4, 5}},
    {8, 0, 4, {1, 6, 7, 8}},
    {8, 2, 4, {2, 4, 6, 8}},
    {12, 2, 4, {2, 8, 10, 12}},
    {12, 1, 0, {0}},
    {300, 0, 4, {1, 298, 299, 300}},
    {4000, 0, 4, {1, 3998, 3999, 4000}},
};

START_TEST(all_are_passed)
{
	uint8_t *p;
	size_t len = stack(stacks[_i].tags, stacks[_i].priority, &p);
	struct front f;
	struct seen s;
	char why[32];
	int plain = dec_front(dec, WIRE, 0, p, len, len, &f);

	dec_frame(dec, WIRE, 0, p, len, len, &s);
	snprintf(why, sizeof(why), "%u tags", stacks[_i].tags);
	decoding_check(&s, &(struct decoding_want){why, DEC_DONE, IP, 1, stacks[_i].vlans});
	ck_assert_uint_ne(s.identity, 0);
	for (unsigned i = 0; i < stacks[_i].vlans; i++)
		ck_assert_msg(s.vlan[i] == stacks[_i].vlan[i], "%s: [%u] is %u", why, i, s.vlan[i]);
	/* Fronts have two tags at most: frames that differ in others cannot be mixed up. */
	ck_assert_int_eq(plain, stacks[_i].tags <= 2);
	free(p);
}
END_TEST

/* Cut within the sixth of eight tags, by the sender and by the snap length. */
START_TEST(cut_within)
{
	uint8_t *whole, *p;
	size_t len = stack(8, 0, &whole), n = HEADER + 5 * 4 + 2 + 1;
	struct seen s;

	ck_assert_ptr_nonnull(p = malloc(n));
	memcpy(p, whole, n);
	dec_frame(dec, WIRE, 0, p, n, n, &s);
	ck_assert_str_eq(dec_stop_name(s.next), "vlan.short");
	ck_assert_uint_eq(s.packets, 0);
	dec_frame(dec, WIRE, 0, p, n, len, &s);
	ck_assert_str_eq(dec_stop_name(s.next), "capture.cut");
	ck_assert_uint_eq(s.vlans, 4);
	ck_assert_uint_eq(s.vlan[3], 5);
	free(p);
	free(whole);
}
END_TEST

START_TEST(cut_everywhere)
{
	uint8_t *p;
	size_t len = stack(8, 3, &p);

	decoding_cut(dec, WIRE, p, len, decoding_bounded);
	free(p);
}
END_TEST

/* Nothing but tags: no deeper on the stack of calls than one of them. */
START_TEST(nothing_else)
{
	static const uint8_t addresses[HEADER] = ETHERNET;
	uint8_t *p = malloc(FRAME);
	struct seen s;

	ck_assert_ptr_nonnull(p);
	memcpy(p, addresses, HEADER);
	for (size_t at = HEADER; at < FRAME; at++)
		p[at] = at % 2 == 0 ? 0x81 : 0x00;
	dec_frame(dec, WIRE, 0, p, FRAME, FRAME, &s);
	ck_assert_str_eq(dec_stop_name(s.next), "vlan.short");
	ck_assert_uint_eq(s.vlan[DEC_VLANS_MAX - 1], 0x100);
	free(p);
}
END_TEST

#define TAGS4 "81000002810000038100000481000005"

/* Tags within tunnels, and those around them, each stack from its own beginning. */
static const struct {
	const char *why, *recipe;
	unsigned vlans, first, last;
} within[] = {
    {"deep around a tunnel that has none",
	"pkt eth:0800 x:00006558 ip4:47 x:0800 x:8100000681000007 x:" TAGS4
	" x:020000000a02020000000a01",
	4, 2, 7},
    {"deep in one, and around it",
	"pkt x:0800 x:81000006 x:" TAGS4 " x:020000000b01daa119000042 x:00006558 ip4:47 x:0800"
	" x:8100000781000008 x:" TAGS4 " x:020000000a02020000000a01",
	4, 2, 6},
    {"behind the tag that a mirror took off",
	"pkt x:0800 x:" TAGS4 " x:020000000b01daa119000042 x:112c080000000000 x:00000001"
	" x:100088be ip4:47 out:0800",
	4, 300, 5},
    {"behind SNAP",
	"pkt x:0800 x:81000006 x:" TAGS4 " x:003caaaa03000000 x:81000001"
	" x:020000000b01daa119000042",
	4, 1, 6},
};

START_TEST(tunnels)
{
	size_t len;
	uint8_t *p = recipe_make(within[_i].recipe, &len);
	struct seen s;

	dec_frame(dec, WIRE, 0, p, len, len, &s);
	decoding_check(
	    &s, &(struct decoding_want){within[_i].why, DEC_DONE, IP, 1, within[_i].vlans});
	ck_assert_msg(s.vlan[0] == within[_i].first && s.vlan[s.vlans - 1] == within[_i].last,
	    "%s: %u to %u", within[_i].why, s.vlan[0], s.vlan[s.vlans - 1]);
	free(p);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("vlan");
	TCase *tc = tcase_create("stacks");

	tcase_add_loop_test(tc, all_are_passed, 0, ROWS(stacks));
	tcase_add_test(tc, cut_within);
	tcase_add_test(tc, cut_everywhere);
	tcase_add_test(tc, nothing_else);
	tcase_add_loop_test(tc, tunnels, 0, ROWS(within));
	suite_add_tcase(s, tc);
	return decoding_run(s, &key, &dec);
}
