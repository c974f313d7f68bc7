/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_radius.c - accounting messages: what is said, what is kept, and what is malformed. */
#include <pcap/dlt.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "tests/decoding.h"
#include "tests/frames.h"
#include "tests/frames_hex.h"

#define BSSID UINT64_C(0x021122334450)
#define AUTH  "00000000000000000000000000000000"

static const uint8_t station[6] = {0xda, 0xa1, 0x19, 0x00, 0x00, 0x42};
static const uint8_t access_point[6] = {0x02, 0x11, 0x22, 0x33, 0x44, 0x50};

static struct pseudonyms *key;
static struct decoder *dec;

/* An accounting request of these attributes. */
static const struct detail_radius *
decode(const char *attributes, unsigned cut, struct seen *s)
{
	char hex[1024];
	size_t len;
	uint8_t *p;

	snprintf(hex, sizeof(hex), "0407%04zx" AUTH "%s", strlen(attributes) / 2 + 20, attributes);
	p = udp_frame(hex, 40000, 1813, &len);
	dec_frame(dec, DLT_EN10MB, 0, p, len - cut, len, s);
	free(p);
	return decoder_detail(dec)->kind == DETAIL_RADIUS ? &decoder_detail(dec)->radius : NULL;
}

START_TEST(interim)
{
	size_t len;
	uint8_t *p = unhex(FRAME_V40_RADIUS_INTERIM, &len);
	const struct detail_radius *r = &decoder_detail(dec)->radius;
	struct seen s;

	dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
	free(p);
	ck_assert_int_eq(s.next, DEC_DONE);
	ck_assert_int_eq(decoder_detail(dec)->kind, DETAIL_RADIUS);
	ck_assert_uint_eq(r->code, 4);
	ck_assert_uint_eq(r->id, 7);
	ck_assert_uint_eq(r->status, RADIUS_INTERIM);
	ck_assert_uint_eq(r->up, UINT64_C(4294968296));
	ck_assert_uint_eq(r->down, UINT64_C(8589936592));
	ck_assert_uint_eq(r->session_s, 600);
	ck_assert_uint_eq(r->event_s, 1790000000);
	ck_assert_uint_eq(r->port_type, 19);
	ck_assert_uint_eq(r->client, pseudonym_mac(key, station));
	ck_assert_uint_eq(r->ap.flags, DETAIL_AP_BSSID | DETAIL_AP_SSID);
	ck_assert_uint_eq(r->ap.bssid, BSSID);
	ck_assert_uint_eq(r->ap.mark, pseudonym_mark(key, access_point));
	ck_assert_uint_eq(r->ap.ssid.len, 9);
	ck_assert_mem_eq(r->ap.ssid.octets, "City-WiFi", 9);
	ck_assert(r->flags & RADIUS_HAS_SESSION);
	ck_assert((r->flags & (RADIUS_HAS_NAS | RADIUS_HAS_DELAY | RADIUS_HAS_UP_PACKETS)) == 0);
}
END_TEST

static const struct {
	const char *why;
	const char *called; /* text; of Called-Station-Id */
	unsigned flags;
	const char *name, *ssid;
} calls[] = {
    {"dashes", "02-11-22-33-44-50:City-WiFi", DETAIL_AP_BSSID | DETAIL_AP_SSID, "", "City-WiFi"},
    {"colons", "02:11:22:33:44:50:City-WiFi", DETAIL_AP_BSSID | DETAIL_AP_SSID, "", "City-WiFi"},
    {"dots", "0211.2233.4450:City-WiFi", DETAIL_AP_BSSID | DETAIL_AP_SSID, "", "City-WiFi"},
    {"halves", "021122-334450", DETAIL_AP_BSSID, "", ""},
    {"nothing between", "021122334450", DETAIL_AP_BSSID, "", ""},
    {"a colon in the SSID", "02-11-22-33-44-50:a:b", DETAIL_AP_BSSID | DETAIL_AP_SSID, "", "a:b"},
    {"a semicolon", "02-11-22-33-44-50;City", DETAIL_AP_BSSID | DETAIL_AP_SSID, "", "City"},
    {"an empty SSID", "02-11-22-33-44-50:", DETAIL_AP_BSSID, "", ""},
    {"a name", "gangnam-017", DETAIL_AP_NAME, "gangnam-017", ""},
    {"a name and an SSID", "gangnam-017:City", DETAIL_AP_NAME | DETAIL_AP_SSID, "gangnam-017",
	"City"},
    {"13 digits are a name", "0211223344501", DETAIL_AP_NAME, "0211223344501", ""},
    {"dividers that change", "02-11:22-33-44-50", DETAIL_AP_NAME | DETAIL_AP_SSID, "02-11",
	"22-33-44-50"},
    {"a group address is no access point's", "03-11-22-33-44-50", DETAIL_AP_NAME,
	"03-11-22-33-44-50", ""},
    {"no text",
	"ap\x01"
	"7",
	DETAIL_AP_NAME | DETAIL_AP_BINARY,
	"ap\x01"
	"7",
	""},
    {"the client's own address", "DA-A1-19-00-00-42:City", 0, "", ""},
    {"a name with the client's address", "x/daa119000042", 0, "", ""},
    {"an SSID of 33", "02-11-22-33-44-50:123456789012345678901234567890123", DETAIL_AP_BSSID, "",
	""},
};

START_TEST(called_station)
{
	char attributes[512];
	size_t len = strlen(calls[_i].called), n;
	const struct detail_radius *r;
	struct seen s;

	/* Calling-Station-Id of the client behind it. */
	n = (size_t)snprintf(attributes, sizeof(attributes), "1e%02zx", len + 2);
	for (size_t i = 0; i < len; i++)
		n += (size_t)snprintf(attributes + n, sizeof(attributes) - n, "%02x",
		    (unsigned char)calls[_i].called[i]);
	snprintf(attributes + n, sizeof(attributes) - n, "1f0e646161313139303030303432");
	r = decode(attributes, 0, &s);
	ck_assert_ptr_nonnull(r);
	ck_assert_msg(r->ap.flags == calls[_i].flags, "%s: flags %x", calls[_i].why, r->ap.flags);
	ck_assert_msg(
	    !(r->ap.flags & DETAIL_AP_BSSID) || r->ap.bssid == BSSID, "%s", calls[_i].why);
	ck_assert_msg(r->ap.name.len == strlen(calls[_i].name) &&
			  memcmp(r->ap.name.octets, calls[_i].name, r->ap.name.len) == 0,
	    "%s: name", calls[_i].why);
	ck_assert_msg(r->ap.ssid.len == strlen(calls[_i].ssid) &&
			  memcmp(r->ap.ssid.octets, calls[_i].ssid, r->ap.ssid.len) == 0,
	    "%s: SSID", calls[_i].why);
	ck_assert_uint_eq(r->client, pseudonym_mac(key, station));
}
END_TEST

static const struct {
	const char *why;
	const char *attributes;
	enum dec_next next;
	int told; /* a detail is there */
} hostile[] = {
    {"nothing", "", DEC_DONE, 1},
    {"length 0",
	"280600000001"
	"2c00",
	DEC_STOP_RADIUS_ATTRIBUTE, 0},
    {"length 1",
	"280600000001"
	"2c01",
	DEC_STOP_RADIUS_ATTRIBUTE, 0},
    {"length 2: empty",
	"280600000001"
	"2c02",
	DEC_DONE, 1},
    {"past the end",
	"280600000001"
	"2c0441",
	DEC_STOP_RADIUS_ATTRIBUTE, 0},
    {"no length",
	"280600000001"
	"2c",
	DEC_STOP_RADIUS_ATTRIBUTE, 0},
    {"a number of 3 octets", "2805000001", DEC_STOP_RADIUS_VALUE, 1},
    {"a number of 8 octets", "2a0a0000000000000001", DEC_STOP_RADIUS_VALUE, 1},
};

START_TEST(malformed)
{
	struct seen s;
	const struct detail_radius *r = decode(hostile[_i].attributes, 0, &s);

	ck_assert_msg(
	    s.next == hostile[_i].next, "%s: \"%s\"", hostile[_i].why, dec_stop_name(s.next));
	ck_assert_msg((r != NULL) == hostile[_i].told, "%s", hostile[_i].why);
	ck_assert_uint_eq(s.radius, 1);
}
END_TEST

/* The message's own length, and the snap length. */
START_TEST(lengths)
{
	static const struct {
		const char *payload;
		enum dec_next next;
	} rows[] = {
	    {"04070013" AUTH, DEC_STOP_RADIUS_LENGTH},
	    {"04070015" AUTH, DEC_STOP_RADIUS_LENGTH},
	    {"04070000" AUTH, DEC_STOP_RADIUS_LENGTH},
	    {"04070014", DEC_STOP_RADIUS_SHORT},
	    {"04070014" AUTH "ffff", DEC_DONE}, /* padding is ignored */
	    {"05070014" AUTH, DEC_DONE},
	};
	struct seen s;

	for (int i = 0; i < ROWS(rows); i++) {
		size_t len;
		uint8_t *p = udp_frame(rows[i].payload, 40000, 1646, &len);

		dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
		free(p);
		ck_assert_msg(s.next == rows[i].next, "row %d: \"%s\"", i, dec_stop_name(s.next));
	}
	ck_assert_ptr_null(decode("280600000001", 1, &s));
	ck_assert_int_eq(s.next, DEC_STOP_CUT);
}
END_TEST

/* Sessions are told apart by who accounts and by their number; the same ones are the same. */
START_TEST(keys)
{
	static const char *const attributes[] = {"0406c00002012c0441412006"
						 "6e617331",
	    "0406c00002012c0441422006"
	    "6e617331",
	    "0406c00002022c0441412006"
	    "6e617331",
	    "0406c00002012c0441412006"
	    "6e617332",
	    "2006"
	    "6e617331"
	    "2c0441410406c0000201"};
	uint64_t session[ROWS(attributes)], nas[ROWS(attributes)];
	struct seen s;

	for (int i = 0; i < ROWS(attributes); i++) {
		const struct detail_radius *r = decode(attributes[i], 0, &s);

		ck_assert_ptr_nonnull(r);
		session[i] = r->session;
		nas[i] = r->nas;
		ck_assert(r->flags & RADIUS_HAS_NAS);
		ck_assert_uint_eq(r->nas_name.len, 4);
	}
	ck_assert_uint_ne(session[0], session[1]);
	ck_assert_uint_eq(nas[0], nas[1]);
	ck_assert_uint_ne(nas[0], nas[2]);
	ck_assert_uint_ne(session[0], session[2]);
	ck_assert_uint_ne(nas[0], nas[3]);
	ck_assert_uint_eq(session[0], session[4]);
}
END_TEST

/* NAS-Identifier may be an address; NAS-IP-Address counts if the message came from there. */
START_TEST(who_accounts)
{
	static const struct {
		const char *why, *attributes;
		uint64_t mac, end;
	} rows[] = {
	    {"nobody", "", 0, 0},
	    {"a name", "200661702d37", 0, 0},
	    {"an address", "200e303231313232333334343530", BSSID, 0},
	    {"an address and more",
		"2010303231313232333334343530"
		"2d30",
		BSSID, 0},
	    {"the sender", "04060a010203", 0, 0x0a010203},
	    {"behind the sender", "0406c0a80001", 0, 0},
	    {"three octets", "04050a0102", 0, 0},
	    {"IPv6 in IPv4", "5f1220010db8000000000000000000000001", 0, 0},
	};

	for (int i = 0; i < ROWS(rows); i++) {
		struct seen s;
		const struct detail_radius *r = decode(rows[i].attributes, 0, &s);

		ck_assert_ptr_nonnull(r);
		ck_assert_msg(r->nas_mac == rows[i].mac, "%s: address", rows[i].why);
		ck_assert_msg(
		    r->nas_mark == (rows[i].mac != 0 ? pseudonym_mark(key, access_point) : 0),
		    "%s: mark", rows[i].why);
		ck_assert_msg(r->nas_end == rows[i].end, "%s: end", rows[i].why);
	}
}
END_TEST

/* The same over IPv6, to which NAS-IPv6-Address belongs. */
START_TEST(who_accounts_over_ipv6)
{
	static const struct {
		const char *source;
		int known;
	} rows[] = {
	    {"20010db8000000000000000000000001", 1}, {"20010db8000000000000000000000002", 0}};
	static const char *const address = "20010db8000000000000000000000001";

	for (int i = 0; i < ROWS(rows); i++) {
		char hex[512];
		size_t len, octets;
		uint8_t *p, *end = unhex(address, &octets);
		struct seen s;

		snprintf(hex, sizeof(hex),
		    "020000000a02020000000a0186dd"
		    "60000000002e1140%s20010db8000000000000000000000099"
		    "9c400715002e0000"
		    "04070026" AUTH "5f12%s",
		    rows[i].source, address);
		p = unhex(hex, &len);
		dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
		free(p);
		ck_assert_int_eq(decoder_detail(dec)->kind, DETAIL_RADIUS);
		ck_assert_uint_eq(decoder_detail(dec)->radius.nas_end,
		    rows[i].known ? dec_end_of(end, octets) : 0);
		free(end);
	}
}
END_TEST

/* What is a person's is nowhere in a detail: user name, address given, the client's own. */
START_TEST(keeps_nothing_personal)
{
	struct seen s;
	const struct detail_radius *r = decode("0107616c696365" /* User-Name alice */
					       "08060a636465"	/* Framed-IP */
					       "200e646161313139303030303432",
	    0, &s);
	const uint8_t *p = (const uint8_t *)decoder_detail(dec);

	ck_assert_ptr_nonnull(r);
	/* NAS-Identifier is the client's address only if Calling-Station-Id says so. */
	ck_assert_uint_eq(r->nas_name.len, 12);
	r = decode("0107616c69636508060a636465"
		   "200e646161313139303030303432"
		   "1f13"
		   "44412d41312d31392d30302d30302d3432",
	    0, &s);
	ck_assert_ptr_nonnull(r);
	ck_assert_uint_eq(r->nas_name.len, 0);
	for (size_t i = 0; i + 6 <= sizeof(struct detail); i++) {
		ck_assert_mem_ne(p + i, "alice", 5);
		ck_assert_mem_ne(p + i,
		    "\x0a"
		    "cde",
		    4);
		ck_assert_mem_ne(p + i, station, 6);
	}
}
END_TEST

static void
check_cut(const struct seen *s, size_t there, size_t on_wire)
{
	(void)s, (void)there, (void)on_wire;
	ck_assert_int_eq(decoder_detail(dec)->kind, DETAIL_NONE);
}

START_TEST(cut_everywhere)
{
	size_t len;
	uint8_t *whole = unhex(FRAME_V40_RADIUS_INTERIM, &len);

	decoding_cut(dec, DLT_EN10MB, whole, len, check_cut);
	free(whole);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("radius");
	TCase *tc = tcase_create("accounting");

	tcase_add_test(tc, interim);
	tcase_add_loop_test(tc, called_station, 0, ROWS(calls));
	tcase_add_loop_test(tc, malformed, 0, ROWS(hostile));
	tcase_add_test(tc, lengths);
	tcase_add_test(tc, keys);
	tcase_add_test(tc, who_accounts);
	tcase_add_test(tc, who_accounts_over_ipv6);
	tcase_add_test(tc, keeps_nothing_personal);
	tcase_add_test(tc, cut_everywhere);
	suite_add_tcase(s, tc);
	return decoding_run(s, &key, &dec);
}
