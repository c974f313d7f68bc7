/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pcap/dlt.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "probes/dec/fragments.h"
#include "tests/decoding.h"
#include "tests/recipe.h"

#define S INT64_C(1000000)

static struct pseudonyms *key;

/* ---- the room ---- */

static uint8_t octets[FRAGMENTS_OCTETS];

static enum fragment_news
add(struct fragments *f, uint64_t k, int64_t now_us, size_t offset, size_t n, int last,
    struct fragment_whole *whole)
{
	const struct fragment_piece p = {octets + offset, n, n, offset, last};

	return fragments_add(f, k, now_us, FRAGMENT_WAITS, &p, whole);
}

START_TEST(any_order)
{
	static const struct {
		size_t offset, octets;
		int last;
	} pieces[3] = {{0, 1000, 0}, {1000, 1000, 0}, {2000, 333, 1}};
	static const int orders[6][3] = {
	    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct fragments *f = fragments_new();
	struct fragment_whole whole = {0};

	ck_assert_ptr_nonnull(f);
	for (int i = 0; i < 3; i++) {
		int j = orders[_i][i];
		enum fragment_news news =
		    add(f, 5, 0, pieces[j].offset, pieces[j].octets, pieces[j].last, &whole);

		/* Twice is no other than once. */
		ck_assert_int_eq(news, i < 2 ? FRAGMENT_MORE : FRAGMENT_WHOLE);
		if (i < 2)
			ck_assert_int_eq(add(f, 5, 0, pieces[j].offset, pieces[j].octets,
					     pieces[j].last, &whole),
			    FRAGMENT_MORE);
	}
	ck_assert_uint_eq(whole.octets, 2333);
	ck_assert_uint_eq(whole.captured, FRAGMENTS_HEAD);
	ck_assert_mem_eq(whole.p, octets, FRAGMENTS_HEAD);
	ck_assert_int_eq(fragments_state(f, 5, 0), FRAGMENT_COUNTED);
	fragments_free(f);
}
END_TEST

START_TEST(impossible)
{
	static const struct {
		size_t offset, octets;
		int last;
	} rows[] = {{0, 0, 1}, {4, 8, 0}, {0, 12, 0}, {65528, 16, 1}};
	struct fragments *f = fragments_new();
	struct fragment_whole whole;

	ck_assert_ptr_nonnull(f);
	for (int i = 0; i < ROWS(rows); i++)
		ck_assert_msg(add(f, 5, 0, rows[i].offset, rows[i].octets, rows[i].last, &whole) ==
				  FRAGMENT_BAD,
		    "row %d", i);
	fragments_free(f);
}
END_TEST

/* What overlaps does not replace what came first; what is longer than its end is never whole. */
START_TEST(lies)
{
	static const uint8_t other[16] = "xxxxxxxxxxxxxxx";
	const struct fragment_piece late = {other, 16, 16, 8, 0};
	struct fragments *f = fragments_new();
	struct fragment_whole whole;

	ck_assert_ptr_nonnull(f);
	add(f, 5, 0, 0, 16, 0, &whole);
	ck_assert_int_eq(fragments_add(f, 5, 0, FRAGMENT_WAITS, &late, &whole), FRAGMENT_MORE);
	ck_assert_int_eq(add(f, 5, 0, 24, 8, 1, &whole), FRAGMENT_WHOLE);
	ck_assert_mem_eq(whole.p, octets, 16);
	ck_assert_mem_eq(whole.p + 16, other + 8, 8);
	add(f, 6, 0, 0, 64, 0, &whole);
	ck_assert_int_eq(add(f, 6, 0, 32, 8, 1, &whole), FRAGMENT_MORE);
	fragments_free(f);
}
END_TEST

START_TEST(cut_by_snap)
{
	const struct fragment_piece first = {octets, 10, 16, 0, 0};
	struct fragments *f = fragments_new();
	struct fragment_whole whole;

	ck_assert_ptr_nonnull(f);
	fragments_add(f, 5, 0, FRAGMENT_MESSAGE, &first, &whole);
	ck_assert_int_eq(fragments_state(f, 5, 0), FRAGMENT_MESSAGE);
	ck_assert_int_eq(add(f, 5, 0, 16, 8, 1, &whole), FRAGMENT_WHOLE);
	ck_assert_uint_eq(whole.octets, 24);
	ck_assert_uint_eq(whole.captured, 10);
	fragments_free(f);
}
END_TEST

/* Memory and time are bounded: the oldest goes. */
START_TEST(bounds)
{
	struct fragments *f = fragments_new();
	struct fragment_whole whole;
	unsigned known = 0;

	ck_assert_ptr_nonnull(f);
	for (uint64_t k = 1; k <= 100000; k++)
		add(f, k * UINT64_C(0x9e3779b97f4a7c15), 0, 0, 8, 0, &whole);
	for (uint64_t k = 1; k <= 100000; k++)
		known +=
		    fragments_state(f, k * UINT64_C(0x9e3779b97f4a7c15), 0) != FRAGMENT_UNKNOWN;
	ck_assert_uint_le(known, FRAGMENTS_TOGETHER);
	ck_assert_uint_gt(known, FRAGMENTS_TOGETHER / 2);
	fragments_settle(f, 5, 0, FRAGMENT_COUNTED);
	ck_assert_int_eq(fragments_state(f, 5, FRAGMENTS_PATIENCE), FRAGMENT_COUNTED);
	ck_assert_int_eq(fragments_state(f, 5, FRAGMENTS_PATIENCE + 1), FRAGMENT_UNKNOWN);
	fragments_free(f);
}
END_TEST

/* ---- packets in pieces ---- */

#define DATA   "x:08010000021122334450daa119000042020000000b010001aaaa030000000800"
#define SECRET "x:08410000021122334450daa119000042020000000b0100010001002000000000"
#define HUGE   "y:" HUNDRED HUNDRED HUNDRED HUNDRED
#define HUNDRED                                                                            \
	"00000000000000000000000000000000000000000000000000000000000000000000000000000000" \
	"00000000000000000000000000000000000000000000000000000000000000000000000000000000" \
	"0000000000000000000000000000000000000000"

/* A packet as `n` pieces of IPv4, at most `size` octets each but for the last, in an order. */
static const struct {
	const char *why, *recipe;
	size_t size;
	const char *order;
	uint32_t octets[4]; /* of each piece, as they come */
	enum dec_next next[4];
} rows[] = {
    {"CAPWAP: the first one says all",
	"x:450001900007000040115eb30a01020308080808"
	"9c419c42017c0000 " HUGE " " DATA " x:0010430000000000 udp:33000:5247 ip4:17 out:0800",
	256, "01", {400, 0}, {DEC_DONE, DEC_STOP_FRAGMENT_COUNTED}},
    {"CAPWAP: it does not", "pkt " DATA " x:0010430000000000 udp:33000:5247 ip4:17 out:0800", 48,
	"01", {0, 32}, {DEC_STOP_FRAGMENT_WAITS, DEC_DONE}},
    {"EoGRE: the first one says all", "pkt eth:0800 x:00006558 ip4:47 out:0800", 40, "01", {32, 0},
	{DEC_DONE, DEC_STOP_FRAGMENT_COUNTED}},
    {"EoGRE: it does not", "pkt eth:0800 x:00006558 ip4:47 out:0800", 16, "0123", {0, 0, 0, 32},
	{DEC_STOP_FRAGMENT_WAITS, DEC_STOP_FRAGMENT_WAITS, DEC_STOP_FRAGMENT_WAITS, DEC_DONE}},
    {"Aruba, encrypted: octets are known when all are there",
	HUGE " " SECRET " x:00008200 ip4:47 out:0800", 256, "01", {0, 384},
	{DEC_STOP_FRAGMENT_WAITS, DEC_DONE}},
    {"ARP in EoGRE", HUGE " eth:0806 x:00006558 ip4:47 out:0800", 256, "01", {0, 400},
	{DEC_STOP_FRAGMENT_WAITS, DEC_DONE}},
    {"a client's own", "x:9c41009000000000 " HUGE " ip4:17 out:0800", 256, "01", {276, 172},
	{DEC_DONE, DEC_DONE}},
    {"a client's own, the last one first", "x:9c41009000000000 " HUGE " ip4:17 out:0800", 256, "10",
	{172, 276}, {DEC_DONE, DEC_DONE}},
    {"CAPWAP's control", HUGE " x:0010020000000000 udp:33000:5246 ip4:17 out:0800", 256, "01",
	{0, 0}, {DEC_STOP_CAPWAP_CONTROL, DEC_STOP_FRAGMENT_COUNTED}},
};

/* The piece of a frame with a header of 14 + 20 octets. */
static size_t
cut_piece(const uint8_t *frame, size_t len, size_t size, size_t i, uint8_t *out)
{
	size_t content = len - 34, from = i * size, n = content - from;
	unsigned offset = (unsigned)(from / 8);

	if (n > size) {
		n = size;
		offset |= 0x2000;
	}
	memcpy(out, frame, 34);
	memcpy(out + 34, frame + 34 + from, n);
	out[16] = (uint8_t)((n + 20) >> 8);
	out[17] = (uint8_t)(n + 20);
	out[20] = (uint8_t)(offset >> 8);
	out[21] = (uint8_t)offset;
	return 34 + n;
}

START_TEST(ip_pieces)
{
	struct decoder *dec = decoder_new(key);
	uint8_t *frame, piece[2048];
	size_t len;
	struct seen s;

	ck_assert_ptr_nonnull(dec);
	frame = recipe_make(rows[_i].recipe, &len);
	for (size_t i = 0; rows[_i].order[i] != '\0'; i++) {
		size_t n =
		    cut_piece(frame, len, rows[_i].size, (size_t)(rows[_i].order[i] - '0'), piece);

		dec_frame(dec, DLT_EN10MB, S, piece, n, n, &s);
		ck_assert_msg(s.next == rows[_i].next[i], "%s: piece %zu: \"%s\"", rows[_i].why, i,
		    dec_stop_name(s.next));
		ck_assert_msg(s.octets == rows[_i].octets[i], "%s: piece %zu: %u octets",
		    rows[_i].why, i, s.octets);
		ck_assert_msg(s.packets == (s.octets > 0), "%s: piece %zu: %u packets",
		    rows[_i].why, i, s.packets);
	}
	free(frame);
	decoder_free(dec);
}
END_TEST

/* A pair of addresses that has a tunnel: its pieces may come in any order. */
START_TEST(learned)
{
	struct decoder *dec = decoder_new(key);
	uint8_t *frame, piece[2048];
	size_t len, n;
	struct seen s;

	ck_assert_ptr_nonnull(dec);
	frame = recipe_make("pkt eth:0800 x:00006558 ip4:47 out:0800", &len);
	for (size_t i = 0; i < 2; i++) {
		n = cut_piece(frame, len, 40, i, piece);
		dec_frame(dec, DLT_EN10MB, S, piece, n, n, &s);
	}
	frame[19] = 2; /* another datagram */
	n = cut_piece(frame, len, 40, 1, piece);
	dec_frame(dec, DLT_EN10MB, 2 * S, piece, n, n, &s);
	ck_assert_uint_eq(s.octets, 0);
	ck_assert_uint_eq(s.next, DEC_STOP_FRAGMENT_WAITS);
	n = cut_piece(frame, len, 40, 0, piece);
	dec_frame(dec, DLT_EN10MB, 2 * S, piece, n, n, &s);
	ck_assert_uint_eq(s.octets, 32);
	free(frame);
	decoder_free(dec);
}
END_TEST

/* CAPWAP's own pieces, the first of which says all; and they may be pieces of IP as well. */
START_TEST(capwap_pieces)
{
	static const char *const pieces[] = {"x:450001900007000040115eb30a01020308080808 " DATA
					     " x:001043800077"
					     "0000 udp:33000:5247 ip4:17 out:0800",
	    HUGE " x:001043c000770038 udp:33000:5247 ip4:17 out:0800"};
	struct decoder *dec = decoder_new(key);
	uint32_t octets_of[2] = {400, 0};
	struct seen s;

	ck_assert_ptr_nonnull(dec);
	for (int i = 0; i < 2; i++) {
		size_t len;
		uint8_t *p = recipe_make(pieces[i], &len);

		dec_frame(dec, DLT_EN10MB, S, p, len, len, &s);
		ck_assert_msg(s.octets == octets_of[i], "piece %d: %u", i, s.octets);
		ck_assert_uint_eq(s.next, i == 0 ? DEC_DONE : DEC_STOP_FRAGMENT_COUNTED);
		free(p);
	}
	decoder_free(dec);
}
END_TEST

/* RADIUS in two pieces is read when both are there, and counts as two packets of octets. */
START_TEST(message)
{
	struct decoder *dec = decoder_new(key);
	uint8_t *frame, piece[2048];
	size_t len, n;
	struct seen s;

	ck_assert_ptr_nonnull(dec);
	frame = recipe_make("x:0407001a00000000000000000000000000000000"
			    "280600000001 "
			    "udp:5001:1813 ip4:17 out:0800",
	    &len);
	n = cut_piece(frame, len, 16, 0, piece);
	dec_frame(dec, DLT_EN10MB, S, piece, n, n, &s);
	ck_assert_uint_eq(s.octets, 36);
	ck_assert_uint_eq(s.radius, 0);
	n = cut_piece(frame, len, 16, 1, piece);
	dec_frame(dec, DLT_EN10MB, S, piece, n, n, &s);
	ck_assert_uint_eq(s.octets, 36);
	n = cut_piece(frame, len, 16, 2, piece);
	dec_frame(dec, DLT_EN10MB, S, piece, n, n, &s);
	ck_assert_uint_eq(s.octets, 22);
	ck_assert_uint_eq(s.radius, 1);
	ck_assert_int_eq(decoder_detail(dec)->kind, DETAIL_RADIUS);
	ck_assert_uint_eq(decoder_detail(dec)->radius.status, RADIUS_START);
	free(frame);
	decoder_free(dec);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fragments");
	TCase *room = tcase_create("room"), *tc = tcase_create("packets");

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 7);
	tcase_add_loop_test(room, any_order, 0, 6);
	tcase_add_test(room, impossible);
	tcase_add_test(room, lies);
	tcase_add_test(room, cut_by_snap);
	tcase_add_test(room, bounds);
	tcase_add_loop_test(tc, ip_pieces, 0, ROWS(rows));
	tcase_add_test(tc, learned);
	tcase_add_test(tc, capwap_pieces);
	tcase_add_test(tc, message);
	suite_add_tcase(s, room);
	suite_add_tcase(s, tc);
	return decoding_run(s, &key, NULL);
}
