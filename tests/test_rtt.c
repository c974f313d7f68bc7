/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rtt.c - round trips and retransmissions of TCP, from octets and from segments. */
#include <pcap/dlt.h>

#include "probes/dec/front.h"
#include "probes/rtt.h"
#include "tests/frames_hex.h"
#include "tests/harness.h"

#define STEPS 10
#define MS    1000

enum what { END, UP, DOWN };

struct step {
	int at_ms; /* from 1 */
	enum what way;
	unsigned flags; /* 0: ACK */
	uint32_t seq, octets, stamp, echo;
};

/* What is measured: how many, and their sum in ms. */
struct want {
	unsigned client_n, client_ms, network_n, network_ms, segments, retransmissions;
};

#define SYN    TCP_SYN
#define SYNACK (TCP_SYN | TCP_ACK)

static const struct {
	const char *why;
	struct step step[STEPS];
	struct want want;
} rows[] = {
    {"a handshake",
	{{1, UP, SYN, 100, 0, 0, 0}, {21, DOWN, SYNACK, 500, 0, 0, 0}, {26, UP, 0, 101, 0, 0, 0}},
	{1, 5, 1, 20, 0, 0}},
    {"whom a server asks",
	{{1, DOWN, SYN, 100, 0, 0, 0}, {6, UP, SYNACK, 500, 0, 0, 0}, {26, DOWN, 0, 101, 0, 0, 0}},
	{1, 5, 1, 20, 0, 0}},
    {"asked twice: nobody knows which one is answered",
	{{1, UP, SYN, 100, 0, 0, 0}, {1001, UP, SYN, 100, 0, 0, 0},
	    {1021, DOWN, SYNACK, 500, 0, 0, 0}, {1026, UP, 0, 101, 0, 0, 0}},
	{1, 5, 0, 0, 0, 0}},
    {"answered twice",
	{{1, UP, SYN, 100, 0, 0, 0}, {21, DOWN, SYNACK, 500, 0, 0, 0},
	    {1021, DOWN, SYNACK, 500, 0, 0, 0}, {1026, UP, 0, 101, 0, 0, 0}},
	{0, 0, 1, 20, 0, 0}},
    {"refused", {{1, UP, SYN, 100, 0, 0, 0}, {21, DOWN, TCP_RST | TCP_ACK, 0, 0, 0, 0}},
	{0, 0, 0, 0, 0, 0}},
    {"its ports again, with another beginning",
	{{1, UP, SYN, 100, 0, 0, 0}, {5000, UP, SYN, 900, 0, 0, 0},
	    {5010, DOWN, SYNACK, 500, 0, 0, 0}, {5012, UP, 0, 901, 0, 0, 0}},
	{1, 2, 1, 10, 0, 0}},
    {"timestamps come back",
	{{1, UP, 0, 100, 10, 7, 3}, {31, DOWN, 0, 500, 1000, 4, 7}, {36, UP, 0, 110, 0, 8, 4}},
	{1, 5, 1, 30, 2, 0}},
    {"a segment without data need not be answered",
	{{1, UP, 0, 100, 0, 7, 3}, {3000, DOWN, 0, 500, 0, 4, 7}}, {0, 0, 0, 0, 0, 0}},
    {"one at a time, the first of its stamp",
	{{1, DOWN, 0, 500, 100, 4, 1}, {2, DOWN, 0, 600, 100, 4, 1}, {3, DOWN, 0, 700, 100, 5, 1},
	    {21, UP, 0, 100, 0, 8, 4}, {30, UP, 0, 100, 0, 8, 5}},
	{1, 20, 0, 0, 3, 0}},
    {"an answer that was not seen",
	{{1, DOWN, 0, 500, 100, 4, 1}, {50, UP, 0, 100, 0, 8, 5}, {60, UP, 0, 100, 0, 8, 4}},
	{0, 0, 0, 0, 1, 0}},
    {"one that never comes", /* and the next one is measured */
	{{1, DOWN, 0, 500, 100, 4, 1}, {10002, DOWN, 0, 600, 100, 9, 1},
	    {10012, UP, 0, 100, 0, 8, 9}},
	{1, 10, 0, 0, 2, 0}},
    {"sent again", {{1, DOWN, 0, 500, 100, 0, 0}, {201, DOWN, 0, 500, 100, 0, 0}},
	{0, 0, 0, 0, 2, 1}},
    {"lost before it was seen",
	{{1, DOWN, 0, 500, 100, 0, 0}, {2, DOWN, 0, 700, 100, 0, 0}, {40, DOWN, 0, 600, 100, 0, 0},
	    {41, DOWN, 0, 800, 100, 0, 0}},
	{0, 0, 0, 0, 4, 1}},
    {"overtaken",
	{{1, DOWN, 0, 500, 100, 0, 0}, {2, DOWN, 0, 700, 100, 0, 0}, {4, DOWN, 0, 600, 100, 0, 0}},
	{0, 0, 0, 0, 3, 0}},
    {"is anybody there?", {{1, DOWN, 0, 500, 100, 0, 0}, {9000, DOWN, 0, 599, 1, 0, 0}},
	{0, 0, 0, 0, 1, 0}},
    {"sequences that wrap",
	{{1, DOWN, 0, 0xffffffce, 100, 0, 0}, {2, DOWN, 0, 50, 100, 0, 0},
	    {300, DOWN, 0, 0xffffffce, 100, 0, 0}},
	{0, 0, 0, 0, 3, 1}},
    {"after two minutes of silence it is another",
	{{1, DOWN, 0, 500, 100, 0, 0}, {130000, DOWN, 0, 500, 100, 0, 0}}, {0, 0, 0, 0, 2, 0}},
};

static void
take(struct rtt *r, uint64_t flow, const struct step *t, struct rtt_sums *sums)
{
	struct detail_tcp s = {.flow = flow,
	    .seq = t->seq,
	    .octets = t->octets,
	    .stamp = t->stamp,
	    .echo = t->echo,
	    .flags = (uint8_t)(t->flags != 0 ? t->flags : TCP_ACK),
	    .has_stamp = t->stamp != 0,
	    .is_followed = 1};

	rtt_take(r, &s, t->way == UP ? SEEN_UP : SEEN_DOWN, t->at_ms * MS, sums);
}

START_TEST(segments)
{
	const struct want *w = &rows[_i].want;
	struct rtt *r = rtt_new(64);
	struct rtt_sums s = {0};

	ck_assert_ptr_nonnull(r);
	for (int i = 0; i < STEPS && rows[_i].step[i].way != END; i++)
		take(r, 77, &rows[_i].step[i], &s);
	ck_assert_msg(s.client.n == w->client_n && s.client.sum_us == w->client_ms * MS,
	    "%s: client %d, %d us", rows[_i].why, (int)s.client.n, (int)s.client.sum_us);
	ck_assert_msg(s.network.n == w->network_n && s.network.sum_us == w->network_ms * MS,
	    "%s: network %d, %d us", rows[_i].why, (int)s.network.n, (int)s.network.sum_us);
	ck_assert_msg(s.segments == w->segments, "%s: %d segments", rows[_i].why, (int)s.segments);
	ck_assert_msg(s.retransmissions == w->retransmissions, "%s: %d sent again", rows[_i].why,
	    (int)s.retransmissions);
	rtt_free(r);
}
END_TEST

/* Of a flow that is not followed the handshake is measured, and nothing else. */
START_TEST(not_followed)
{
	static const struct detail_tcp steps[] = {{.flow = 5, .flags = SYN},
	    {.flow = 5, .flags = SYNACK}, {.flow = 5, .flags = TCP_ACK, .octets = 10}};
	struct rtt *r = rtt_new(64);
	struct rtt_sums s = {0};

	for (int i = 0; i < ROWS(steps); i++)
		rtt_take(r, &steps[i], i == 1 ? SEEN_DOWN : SEEN_UP, i * MS, &s);
	rtt_take(r, &steps[0], SEEN_NOWHERE, 9 * MS, &s);
	ck_assert_uint_eq(s.client.n, 1);
	ck_assert_uint_eq(s.network.n, 1);
	ck_assert_uint_eq(s.segments, 0);
	rtt_free(r);
}
END_TEST

/* More flows than there is room for: what was heard of last is known. */
START_TEST(crowd)
{
	struct step syn = {1, UP, SYN, 100, 0, 0, 0};
	const struct step answer = {2000, DOWN, SYNACK, 5, 0, 0, 0};
	struct rtt *r = rtt_new(8);
	struct rtt_sums s = {0};

	for (uint64_t flow = 1; flow <= 1000; flow++, syn.at_ms++)
		take(r, flow, &syn, &s);
	for (uint64_t flow = 993; flow <= 1000; flow++)
		take(r, flow, &answer, &s);
	ck_assert_uint_eq(s.network.n, 8);
	take(r, 500, &answer, &s);
	ck_assert_uint_eq(s.network.n, 8);
	rtt_free(r);
}
END_TEST

/* A quantile is at most 6.3 % off, whatever the times are. */
START_TEST(quantiles)
{
	static const uint64_t scales[] = {1, 17, 333, 9999, 250000};

	for (int k = 0; k < ROWS(scales); k++) {
		struct delays d = {0}, twice = {0};

		for (uint64_t i = 1; i <= 200; i++)
			delays_put(&d, i * scales[k]);
		for (unsigned percent = 1; percent <= 100; percent++) {
			double want = 2.0 * percent * (double)scales[k];
			double got = (double)delays_quantile_us(&d, percent);

			ck_assert_msg(got >= want * 0.937 && got <= want * 1.063,
			    "%u %% of %d: %f, not %f", percent, (int)scales[k], got, want);
		}
		delays_add(&twice, &d);
		delays_add(&twice, &d);
		ck_assert_uint_eq(twice.n, 400);
		ck_assert_uint_eq(twice.sum_us, 2 * d.sum_us);
		ck_assert_uint_eq(delays_quantile_us(&twice, 95), delays_quantile_us(&d, 95));
	}
}
END_TEST

START_TEST(extreme_delays)
{
	struct delays d = {0};

	ck_assert_uint_eq(delays_quantile_us(&d, 50), 0);
	for (int i = 0; i < 70000; i++)
		delays_put(&d, 5);
	ck_assert_uint_eq(delays_quantile_us(&d, 50), 5);
	delays_put(&d, UINT64_MAX / 2);
	ck_assert_uint_eq(d.max_us, UINT64_MAX / 2);
	ck_assert_uint_ge(delays_quantile_us(&d, 100), 60000000);
}
END_TEST

/* ---- octets ---- */

#define IP(len) "020000000b01daa119000042080045000" len "00010000400600000a01020308080808"
#define BACK(len)                                                      \
	"daa119000042020000000b01080045000" len "00010000400600000808" \
	"08080a010203"
#define NO_STAMP "5010ffff00000000"
#define STAMP              \
	"8010ffff00000000" \
	"0101080a0000000700000003"
#define SYN_STAMP                          \
	"a002ffff00000000"                 \
	"020405b40402080a0000000700000000" \
	"01030307"

static const struct {
	const char *why, *hex;
	unsigned uncaptured; /* octets more on the wire */
	enum dec_next next;
	int is_tcp, has_stamp;
	uint32_t octets;
} frames[] = {
    {"no options", IP("02c") "9c4101bb0000000100000002" NO_STAMP "61626364", 0, DEC_DONE, 1, 0, 4},
    {"a timestamp", IP("038") "9c4101bb0000000100000002" STAMP "61626364", 0, DEC_DONE, 1, 1, 4},
    {"a SYN", IP("03c") "9c4101bb0000000100000000" SYN_STAMP, 0, DEC_DONE, 1, 1, 0},
    {"data beyond the snap length", IP("5dc") "9c4101bb0000000100000002" NO_STAMP, 1460, DEC_DONE,
	1, 0, 1460},
    {"options beyond the snap length",
	IP("5dc") "9c4101bb0000000100000002"
		  "8010ffff00000000",
	1460, DEC_DONE, 0, 0, 0},
    {"a header that is cut", IP("02c") "9c4101bb00000001", 16, DEC_DONE, 0, 0, 0},
    {"a header too short", IP("01c") "9c4101bb00000001", 0, DEC_STOP_TCP_SHORT, 0, 0, 0},
    {"a header of 16 octets",
	IP("028") "9c4101bb0000000100000002"
		  "4010ffff00000000",
	0, DEC_STOP_TCP_HEADER, 0, 0, 0},
    {"a header longer than all",
	IP("028") "9c4101bb0000000100000002"
		  "f010ffff00000000",
	0, DEC_STOP_TCP_HEADER, 0, 0, 0},
    {"an option of no length",
	IP("02c") "9c4101bb0000000100000002"
		  "6010ffff00000000"
		  "08000000",
	0, DEC_STOP_TCP_OPTION, 0, 0, 0},
    {"an option past the end",
	IP("02c") "9c4101bb0000000100000002"
		  "6010ffff00000000"
		  "080a0000",
	0, DEC_STOP_TCP_OPTION, 0, 0, 0},
    {"a timestamp of another size",
	IP("02c") "9c4101bb0000000100000002"
		  "6010ffff00000000"
		  "08040000",
	0, DEC_DONE, 1, 0, 0},
    {"the end of the options",
	IP("02c") "9c4101bb0000000100000002"
		  "6010ffff00000000"
		  "00ffffff",
	0, DEC_DONE, 1, 0, 0},
    {"the first part of one",
	"020000000b01daa11900004208004500002c"
	"00012000400600000a01020308080808"
	"9c4101bb0000000100000002" NO_STAMP "61626364",
	0, DEC_DONE, 0, 0, 0},
};

static struct pseudonyms *key;
static struct decoder *dec;

static void
setup(void)
{
	struct diag d = {""};

	ck_assert_msg(pseudonyms_new(&key, &d) == KK_OK, "%s", d.text);
	dec = decoder_new(key);
	ck_assert_ptr_nonnull(dec);
}

static void
teardown(void)
{
	decoder_free(dec);
	pseudonyms_free(key);
}

static struct seen
decode(const char *hex, unsigned uncaptured)
{
	struct seen s;
	size_t n;
	uint8_t *p = unhex(hex, &n);

	dec_frame(dec, DLT_EN10MB, 0, p, n, n + uncaptured, &s);
	free(p);
	return s;
}

START_TEST(octets)
{
	const struct detail *d = decoder_detail(dec);
	struct seen s;

	decoder_follow(dec, 1);
	s = decode(frames[_i].hex, frames[_i].uncaptured);
	ck_assert_msg(s.next == frames[_i].next, "%s: %s", frames[_i].why, dec_stop_name(s.next));
	ck_assert_msg((d->kind == DETAIL_TCP) == frames[_i].is_tcp, "%s: kind", frames[_i].why);
	if (!frames[_i].is_tcp)
		return;
	ck_assert_msg(d->tcp.octets == frames[_i].octets, "%s: octets", frames[_i].why);
	ck_assert_msg(d->tcp.has_stamp == frames[_i].has_stamp, "%s: stamp", frames[_i].why);
	ck_assert_uint_eq(d->tcp.seq, 1);
	ck_assert_uint_eq(d->tcp.stamp, d->tcp.has_stamp ? 7 : 0);
}
END_TEST

/* Both ways are one flow; another port is another. */
START_TEST(flows)
{
	const struct detail *d = decoder_detail(dec);
	uint64_t up, down;

	decoder_follow(dec, 1);
	decode(IP("02c") "9c4101bb0000000100000002" NO_STAMP "61626364", 0);
	up = d->tcp.flow;
	decode(BACK("02c") "01bb9c410000000200000005" NO_STAMP "61626364", 0);
	down = d->tcp.flow;
	ck_assert_uint_eq(up, down);
	decode(IP("02c") "9c4201bb0000000100000002" NO_STAMP "61626364", 0);
	ck_assert_uint_ne(d->tcp.flow, up);
}
END_TEST

/* Of flows that are not followed three segments are of interest. */
static const char *const steps[] = {IP("028") "9c4101bb0000000100000000"
					      "5002ffff00000000",
    BACK("028") "01bb9c410000000500000002"
		"5012ffff00000000",
    IP("028") "9c4101bb0000000200000006" NO_STAMP,
    IP("02c") "9c4101bb0000000200000006" NO_STAMP "61626364"};
static const int want[] = {1, 1, 1, 0};

START_TEST(handshakes)
{
	int followed = 0;

	decoder_follow(dec, 65536);
	for (int i = 0; i < ROWS(steps); i++) {
		decode(steps[i], 0);
		followed |=
		    decoder_detail(dec)->kind == DETAIL_TCP && decoder_detail(dec)->tcp.is_followed;
		if (!followed) /* one in 65,536 runs follows it */
			ck_assert_int_eq(decoder_detail(dec)->kind == DETAIL_TCP, want[i]);
	}
}
END_TEST

/* All of a handshake may be looked at before the first of it is decoded. */
START_TEST(handshakes_at_once)
{
	struct front f[ROWS(steps)];
	uint8_t *p[ROWS(steps)];
	size_t n[ROWS(steps)];
	struct detail d;
	struct seen s;

	decoder_follow(dec, 65536);
	for (int i = 0; i < ROWS(steps); i++) {
		p[i] = unhex(steps[i], &n[i]);
		dec_front(dec, DLT_EN10MB, 0, p[i], n[i], n[i], &f[i]);
	}
	for (int i = 0; i < ROWS(steps); i++) {
		int tells;

		if (f[i].way != 0) {
			tells = f[i].tells && dec_front_segment(dec, &f[i], p[i] + n[i], &d) > 0;
		} else {
			dec_frame(dec, DLT_EN10MB, 0, p[i], n[i], n[i], &s);
			d = *decoder_detail(dec);
			tells = d.kind == DETAIL_TCP;
		}
		free(p[i]);
		if (!tells || !d.tcp.is_followed) /* one in 65,536 runs follows it */
			ck_assert_int_eq(tells, want[i]);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rtt");
	TCase *tc = tcase_create("rtt");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, segments, 0, ROWS(rows));
	tcase_add_test(tc, not_followed);
	tcase_add_test(tc, crowd);
	tcase_add_test(tc, quantiles);
	tcase_add_test(tc, extreme_delays);
	tcase_add_loop_test(tc, octets, 0, ROWS(frames));
	tcase_add_test(tc, flows);
	tcase_add_test(tc, handshakes_at_once);
	tcase_add_test(tc, handshakes);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
