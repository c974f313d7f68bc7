/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_radio.c - how long frames took on the air, by what radiotap headers say. */
#include <pcap/dlt.h>

#include "probes/dec/dec.h"
#include "tests/frames_hex.h"
#include "tests/harness.h"

/* Data from an access point, as far as its addresses. */
#define FRAME                                      \
	"08020000daa11900004202112233445002000000" \
	"0b010000"
#define FRAME_OCTETS 24

/* Lengths are with the checksum; the headers say that it was not captured. */
static const struct {
	const char *why, *header; /* version, pad, length, bitmap, fields */
	unsigned octets, want_us;
} rows[] = {
    {"6 Mbit/s",
	"00000a00"
	"06000000"
	"000c",
	1000, 1360},
    {"54 Mbit/s",
	"00000a00"
	"06000000"
	"006c",
	1534, 248},
    {"11 Mbit/s",
	"00000a00"
	"06000000"
	"0016",
	1534, 1308},
    {"11 Mbit/s, short preamble",
	"00000a00"
	"06000000"
	"0216",
	1534, 1212},
    {"1 Mbit/s has no short preamble",
	"00000a00"
	"06000000"
	"0202",
	100, 992},
    {"behind time and channel",
	"00001600"
	"0f000000"
	"0000000000000000"
	"006c3c144001",
	1534, 248},
    {"HT, MCS 7",
	"00000b00"
	"00000800"
	"070007",
	1534, 228},
    {"HT, MCS 15, 40 MHz, short guard interval",
	"00000b00"
	"00000800"
	"07050f",
	1534, 84},
    {"HT, its bandwidth is not known",
	"00000b00"
	"00000800"
	"060007",
	1534, 0},
    {"VHT, MCS 9, 80 MHz, 2 streams, short guard interval",
	"00001400"
	"00002000"
	"440004049200000000000000",
	1534, 59},
    {"VHT, no stream",
	"00001400"
	"00002000"
	"440004049000000000000000",
	1534, 0},
    {"HE, MCS 11, 80 MHz, 2 streams",
	"00001400"
	"00008000"
	"20400200000b000002000200",
	1534, 66},
    {"HE, 26 tones, MCS 0",
	"00001400"
	"00008000"
	"204002000000000004000100",
	100, 983},
    {"HE, its guard interval is not known",
	"00001400"
	"00008000"
	"20400000000b000002000200",
	1534, 0},
    {"nothing is said",
	"00000800"
	"00000000",
	1534, 0},
    {"a rate that nothing has",
	"00000a00"
	"06000000"
	"00ff",
	1534, 0},
    {"fields are cut off",
	"00000900"
	"02000800"
	"00",
	1534, 0},
};

static struct seen
decode(struct decoder *dec, const char *header, unsigned octets)
{
	char hex[256];
	struct seen s;
	uint8_t *p;
	size_t n;

	snprintf(hex, sizeof(hex), "%s%s", header, FRAME);
	p = unhex(hex, &n);
	dec_frame(dec, DLT_IEEE802_11_RADIO, 0, p, n, n - FRAME_OCTETS + octets - 4, &s);
	free(p);
	return s;
}

static struct decoder *
make(struct pseudonyms **key)
{
	struct diag d = {""};
	struct decoder *dec;

	ck_assert_msg(pseudonyms_new(key, &d) == KK_OK, "%s", d.text);
	dec = decoder_new(*key);
	ck_assert_ptr_nonnull(dec);
	return dec;
}

START_TEST(airtime)
{
	struct pseudonyms *key;
	struct decoder *dec = make(&key);
	struct seen s = decode(dec, rows[_i].header, rows[_i].octets);

	ck_assert(s.flags & SEEN_RADIO);
	ck_assert_msg(s.airtime_us == rows[_i].want_us, "%s: %u us", rows[_i].why, s.airtime_us);
	decoder_free(dec);
	pseudonyms_free(key);
}
END_TEST

/* Frames of one A-MPDU have one preamble. */
START_TEST(aggregated)
{
	static const char *const of_7 = "00001c00"
					"00003000"
					"0700000000000000"
					"440004049200000000000000";
	static const char *const of_8 = "00001c00"
					"00003000"
					"0800000000000000"
					"440004049200000000000000";
	struct pseudonyms *key;
	struct decoder *dec = make(&key);

	ck_assert_uint_eq(decode(dec, of_7, 1534).airtime_us, 59);
	ck_assert_uint_eq(decode(dec, of_7, 1534).airtime_us, 15);
	ck_assert_uint_eq(decode(dec, of_8, 1534).airtime_us, 59);
	ck_assert_uint_eq(decode(dec, rows[1].header, 1534).airtime_us, 248);
	ck_assert_uint_eq(decode(dec, of_8, 1534).airtime_us, 59);
	decoder_free(dec);
	pseudonyms_free(key);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("radio");
	TCase *tc = tcase_create("radio");

	tcase_add_loop_test(tc, airtime, 0, ROWS(rows));
	tcase_add_test(tc, aggregated);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
