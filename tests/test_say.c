/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_say.c - what management frames say: security, generation, channel, reasons. */
#include <pcap/dlt.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "tests/decoding.h"
#include "tests/frames.h"
#include "tests/frames_hex.h"

#define RADIO DLT_IEEE802_11_RADIO
#define BARE  DLT_IEEE802_11

#define AP_TO_ALL  "ffffffffffff0211223344500211223344500000"
#define STA_TO_AP  "021122334450daa1190000420211223344500000"
#define AP_TO_STA  "daa1190000420211223344500211223344500000"
#define BEACON	   "80000000" AP_TO_ALL "00000000000000006400"
#define ASSOCIATE  "00000000" STA_TO_AP "11040a00"
#define CITY	   "0009436974792d57694669"
#define RSN_HEAD   "0100000fac040100000fac04"
#define RATES_5GHZ "01088c129824b048606c"
#define RATES_2GHZ "010482848b96"
#define TEN	   "00000000000000000000"
#define HT	   "2d1a" TEN TEN "000000000000"
#define VHT	   "bf0c" TEN "0000"
#define HE	   "ff1623" TEN TEN "00"
#define HE_6GHZ	   "ff033b0000"
#define EHT	   "ff0c6c" TEN "00"
#define FIFTY	   TEN TEN TEN TEN TEN
#define AS_LONG	   FIFTY FIFTY FIFTY FIFTY FIFTY "0000000000" /* 255 octets */

static struct pseudonyms *key;
static struct decoder *dec;

static const struct {
	const char *why;
	const char *hex;
	const char *security;
	int pmf; /* 0, 1 capable, 2 required */
	int channel;
	enum dec_next next;
} networks[] = {
    {"open", BEACON "0100" CITY "030106", "open", 0, 6, DEC_DONE},
    {"WEP", BEACON "1100" CITY "03010b", "WEP", 0, 11, DEC_DONE},
    {"WPA", BEACON "1100" CITY "dd060050f2010100", "WPA", 0, 0, DEC_DONE},
    {"WPA2-PSK", BEACON "1100" CITY "3014" RSN_HEAD "0100000fac020000", "WPA2-PSK", 0, 0, DEC_DONE},
    {"WPA and WPA2", BEACON "1100" CITY "3014" RSN_HEAD "0100000fac020000dd060050f2010100",
	"WPA+WPA2-PSK", 0, 0, DEC_DONE},
    {"WPA2-Enterprise", BEACON "1100" CITY "3014" RSN_HEAD "0100000fac018000", "WPA2-Enterprise", 1,
	0, DEC_DONE},
    {"WPA3-SAE", BEACON "1100" CITY "3014" RSN_HEAD "0100000fac08c000", "WPA3-SAE", 2, 0, DEC_DONE},
    {"WPA3 transition", BEACON "1100" CITY "3018" RSN_HEAD "0200000fac02000fac088000",
	"WPA2-PSK+WPA3-SAE", 1, 0, DEC_DONE},
    {"192 bits", BEACON "1100" CITY "3014" RSN_HEAD "0100000fac0cc000", "WPA3-Enterprise", 2, 0,
	DEC_DONE},
    {"OWE", BEACON "1100" CITY "3014" RSN_HEAD "0100000fac12c000", "OWE", 2, 0, DEC_DONE},
    {"OWE transition, the open one", BEACON "0100" CITY "dd05506f9a1c00", "open+OWE-transition", 0,
	0, DEC_DONE},
    {"a maker's own suite", BEACON "1100" CITY "3014" RSN_HEAD "0100004096000000", "other", 0, 0,
	DEC_DONE},
    {"RSN that says no suite", BEACON "1100" CITY "30020100", "WPA2-Enterprise", 0, 0, DEC_DONE},
    {"the second RSN is nobody's",
	BEACON "1100" CITY "3014" RSN_HEAD "0100000fac0200003014" RSN_HEAD "0100000fac080000",
	"WPA2-PSK", 0, 0, DEC_DONE},
    {"channel of HT operation",
	BEACON "0100" CITY "3d16"
	       "2400" TEN TEN,
	"open", 0, 36, DEC_DONE},
    {"channel of 6 GHz", BEACON "1100" CITY "ff0c2400000200000025000000ff", "WEP", 0, 0x25,
	DEC_DONE},
    {"suites run past the end", BEACON "1100" CITY "3014" RSN_HEAD "ffff000fac020000", "WEP", 0, 0,
	DEC_STOP_WLAN_ELEMENT_SIZE},
    {"a name of 33",
	BEACON "0100"
	       "0021" TEN TEN TEN "414141",
	"open", 0, 0, DEC_STOP_WLAN_ELEMENT_SIZE},
    {"an element past the end", BEACON "0100" CITY "3014", "unknown", 0, 0, DEC_STOP_WLAN_ELEMENT},
    {"an element of one octet", BEACON "0100" CITY "30", "unknown", 0, 0, DEC_STOP_WLAN_ELEMENT},
    {"a fragment of nothing", BEACON "0100" CITY "f2020000", "open", 0, 0, DEC_STOP_WLAN_FRAGMENT},
    {"fragments of a long one",
	BEACON "0100" CITY "ddff" AS_LONG "f2ff" AS_LONG "f2020000"
	       "030101",
	"open", 0, 1, DEC_DONE},
    {"an extension without number", BEACON "0100" CITY "ff00", "open", 0, 0,
	DEC_STOP_WLAN_ELEMENT_SIZE},
};

static const struct detail_management *
decode(int linktype, const char *hex, struct seen *s)
{
	size_t len;
	uint8_t *p = unhex(hex, &len);

	dec_frame(dec, linktype, 0, p, len, len, s);
	free(p);
	ck_assert_int_eq(decoder_detail(dec)->kind, DETAIL_MANAGEMENT);
	return &decoder_detail(dec)->management;
}

START_TEST(says_security)
{
	struct seen s;
	const struct detail_management *m = decode(BARE, networks[_i].hex, &s);
	char text[96];
	int pmf = m->security & SECURITY_PMF_REQUIRED  ? 2
		  : m->security & SECURITY_PMF_CAPABLE ? 1
						       : 0;

	detail_security_text(m->security, text, sizeof(text));
	ck_assert_msg(
	    s.next == networks[_i].next, "%s: \"%s\"", networks[_i].why, dec_stop_name(s.next));
	ck_assert_msg(strcmp(text, networks[_i].security) == 0, "%s: %s", networks[_i].why, text);
	ck_assert_msg(pmf == networks[_i].pmf, "%s: PMF %d", networks[_i].why, pmf);
	ck_assert_msg(
	    m->channel == networks[_i].channel, "%s: channel %d", networks[_i].why, m->channel);
	ck_assert_msg(
	    !(m->flags & MANAGEMENT_ELEMENTS) == (strcmp(networks[_i].security, "unknown") == 0),
	    "%s: known", networks[_i].why);
}
END_TEST

static const struct {
	const char *why;
	int linktype;
	const char *hex;
	const char *generation;
} clients[] = {
    {"V20", RADIO, FRAME_V20_ASSOCREQ_WIFI4, "4"},
    {"V21", RADIO, FRAME_V21_ASSOCREQ_WIFI6, "6"},
    {"V22", RADIO, FRAME_V22_REASSOCREQ_WIFI7, "7"},
    {"802.11b", BARE, ASSOCIATE CITY RATES_2GHZ, "1"},
    {"802.11g", BARE, ASSOCIATE CITY "010882848b960c121824", "3"},
    {"802.11a", BARE, ASSOCIATE CITY RATES_5GHZ, "3"},
    {"of the second list", BARE, ASSOCIATE CITY RATES_2GHZ "32040c122448", "3"},
    {"HT", BARE, ASSOCIATE CITY RATES_2GHZ HT, "4"},
    {"VHT", BARE, ASSOCIATE CITY RATES_5GHZ HT VHT, "5"},
    {"VHT in 2.4 GHz is a maker's own", BARE, ASSOCIATE CITY RATES_2GHZ HT VHT, "4"},
    {"so says the class", BARE, ASSOCIATE CITY RATES_5GHZ HT VHT "3b0151", "4"},
    {"HE", BARE, ASSOCIATE CITY RATES_5GHZ HT VHT HE, "6"},
    {"HE alone, in 6 GHz by its element", BARE, ASSOCIATE CITY RATES_5GHZ HE HE_6GHZ, "6E"},
    {"HE alone, in 6 GHz by its class", BARE, ASSOCIATE CITY RATES_5GHZ HE "3b0183", "6E"},
    {"HE alone, in 6 GHz by the radio", RADIO,
	"00000c0008000000431740 01" ASSOCIATE CITY RATES_5GHZ HE, "6E"},
    {"VHT, heard in 2.4 GHz", RADIO, "00000c0008000000850980 04" ASSOCIATE CITY RATES_5GHZ HT VHT,
	"4"},
    {"EHT", BARE, ASSOCIATE CITY RATES_5GHZ HT VHT HE EHT, "7"},
    {"EHT in 6 GHz", BARE, ASSOCIATE CITY RATES_5GHZ HE HE_6GHZ EHT, "7"},
    {"HE that is too short", BARE, ASSOCIATE CITY RATES_5GHZ HT "ff0223aa", "4"},
    {"no elements", BARE, ASSOCIATE, "unknown"},
    {"elements that run on may hide a newer one", BARE, ASSOCIATE CITY RATES_5GHZ HT "bf0c00",
	"unknown"},
    {"but nothing is newer than EHT", BARE, ASSOCIATE CITY EHT "bf0c00", "7"},
};

START_TEST(says_generation)
{
	struct seen s;
	const struct detail_management *m = decode(clients[_i].linktype, clients[_i].hex, &s);
	const char *name = detail_generation_name(m->generation);

	ck_assert_msg(strcmp(name, clients[_i].generation) == 0, "%s: %s", clients[_i].why, name);
	ck_assert_msg(m->ssid.len == 0, "%s: a name that a client asks for", clients[_i].why);
}
END_TEST

START_TEST(says_the_rest)
{
	struct seen s;
	const struct detail_management *m = decode(RADIO, FRAME_V22_REASSOCREQ_WIFI7, &s);

	ck_assert_uint_eq(m->current_ap, UINT64_C(0x021122334499));
	ck_assert_uint_ne(s.ssid, 0);
	ck_assert_int_eq(m->mhz, 5180);
	ck_assert(m->flags & MANAGEMENT_SIGNAL);
	ck_assert_int_eq(m->signal, -57);
	ck_assert_uint_eq(m->reason, REASON_UNKNOWN);
	m = decode(RADIO, FRAME_V25_DISASSOC, &s);
	ck_assert_uint_eq(m->reason, 8);
	m = decode(RADIO, FRAME_V26_DEAUTH_PMF, &s);
	ck_assert_uint_eq(m->reason, REASON_UNKNOWN);
	ck_assert(m->flags & MANAGEMENT_PROTECTED);
	m = decode(RADIO, FRAME_V24_ASSOCRESP_FAIL, &s);
	ck_assert_uint_eq(s.status, 17);
	m = decode(BARE, "b0000000" AP_TO_STA "030002004d00", &s);
	ck_assert_uint_eq(m->algorithm, 3);
	ck_assert_uint_eq(m->step, 2);
	ck_assert_uint_eq(s.status, 77);
	m = decode(BARE, "d0000000" AP_TO_STA "0a07", &s);
	ck_assert_uint_eq(m->category, 10);
	ck_assert_uint_eq(m->action, 7);
	m = decode(BARE, BEACON "0100" CITY "36032a1700", &s);
	ck_assert(m->flags & MANAGEMENT_MOBILITY);
	ck_assert_uint_eq(m->mobility, 0x172a);
	ck_assert_uint_eq(m->ssid.len, 9);
	ck_assert_mem_eq(m->ssid.octets, "City-WiFi", 9);
	ck_assert(s.flags & SEEN_HAS_BSSID);
	/* A phone that offers Wi-Fi Direct is no access point; the owner of such a group is one. */
	m = decode(BARE,
	    "50000000" AP_TO_STA "00000000000000006400"
	    "0100"
	    "00074449524543542d",
	    &s);
	ck_assert_mem_eq(m->ssid.octets, "DIRECT-", 7);
	ck_assert(!(s.flags & SEEN_HAS_BSSID));
	ck_assert_uint_eq(s.bssid, 0);
	decode(BARE,
	    "50000000" AP_TO_STA "00000000000000006400"
	    "0100"
	    "00094449524543542d6162",
	    &s);
	ck_assert(s.flags & SEEN_HAS_BSSID);
	/* The reason, the action, the status: one octet short. */
	decode(BARE, "c0000000" AP_TO_STA "08", &s);
	ck_assert_int_eq(s.next, DEC_STOP_WLAN_SHORT);
	decode(BARE, "d0000000" AP_TO_STA "0a", &s);
	ck_assert_int_eq(s.next, DEC_STOP_WLAN_SHORT);
	decode(BARE, "b0000000" AP_TO_STA "0300020000", &s);
	ck_assert_int_eq(s.next, DEC_STOP_WLAN_SHORT);
	/* A name that is asked for is a person's: a pseudonym at most. */
	m = decode(BARE, "40000000ffffffffffffdaa119000042ffffffffffff0000" CITY, &s);
	ck_assert_uint_ne(s.ssid, 0);
	ck_assert_uint_eq(m->ssid.len, 0);
}
END_TEST

/* Cut at every octet, by the sender and by the snap length. */
static void
check_cut(const struct seen *s, size_t there, size_t on_wire)
{
	(void)s;
	if (there < on_wire && decoder_detail(dec)->kind == DETAIL_MANAGEMENT)
		ck_assert_uint_eq(decoder_detail(dec)->management.flags & MANAGEMENT_ELEMENTS, 0);
}

START_TEST(cut_everywhere)
{
	size_t len;
	uint8_t *whole = unhex(networks[_i].hex, &len);

	decoding_cut(dec, BARE, whole, len, check_cut);
	free(whole);
}
END_TEST

/* What was said before is not said again. */
START_TEST(is_reset)
{
	struct seen s;
	size_t len;
	uint8_t *p;

	decode(BARE, BEACON "0100" CITY, &s);
	p = unhex(FRAME_V01_QINQ, &len);
	dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
	free(p);
	ck_assert_int_eq(decoder_detail(dec)->kind, DETAIL_NONE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("say");
	TCase *tc = tcase_create("management");

	tcase_add_loop_test(tc, says_security, 0, ROWS(networks));
	tcase_add_loop_test(tc, says_generation, 0, ROWS(clients));
	tcase_add_loop_test(tc, cut_everywhere, 0, ROWS(networks));
	tcase_add_test(tc, says_the_rest);
	tcase_add_test(tc, is_reset);
	suite_add_tcase(s, tc);
	return decoding_run(s, &key, &dec);
}
