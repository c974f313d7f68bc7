/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_dhcp.c - DHCP for IPv4 and IPv6: messages, whose, and what relay agents say. */
#include <pcap/dlt.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "tests/decoding.h"
#include "tests/frames.h"
#include "tests/frames_hex.h"

#define BSSID UINT64_C(0x021122334450)
#define TEN   "00000000000000000000"
#define FIFTY TEN TEN TEN TEN TEN
/* Ask, Ethernet, 6; xid; no addresses but the relay's; the client's; 192 octets; cookie. */
#define ASK    "010106003903f326" TEN TEN "daa119000042" TEN FIFTY FIFTY FIFTY TEN TEN TEN TEN "0000"
#define COOKIE "63825363"
#define TYPE   "350101"
#define STA    "daa119000042"

static const uint8_t station[6] = {0xda, 0xa1, 0x19, 0x00, 0x00, 0x42};
static const uint8_t access_point[6] = {0x02, 0x11, 0x22, 0x33, 0x44, 0x50};

static struct pseudonyms *key;
static struct decoder *dec;

static const struct {
	const char *why;
	const char *payload;
	enum dec_next next;
	int type; /* -1: no detail */
	unsigned flags;
	const char *name, *ssid;
	unsigned vlan, port;
} messages[] = {
    {"no relay", ASK COOKIE TYPE "ff", DEC_DONE, 1, 0, "", "", 0, 0},
    {"BOOTP", ASK "00000000", DEC_DONE, 0, 0, "", "", 0, 0},
    {"BOOTP that ends there", ASK, DEC_DONE, 0, 0, "", "", 0, 0},
    {"padding between options", ASK COOKIE "000000" TYPE "00ff", DEC_DONE, 1, 0, "", "", 0, 0},
    {"no end", ASK COOKIE TYPE, DEC_DONE, 1, 0, "", "", 0, 0},
    {"the first type counts", ASK COOKIE TYPE "350105ff", DEC_DONE, 1, 0, "", "", 0, 0},
    {"BSSID;SSID",
	ASK COOKIE TYPE "52160114"
			"3032313132323333343435303b"
			"436974792d5769"
			"ff",
	DEC_DONE, 1, DETAIL_AP_BSSID | DETAIL_AP_SSID, "", "City-Wi", 0, 0},
    {"name",
	ASK COOKIE TYPE "52060104"
			"61702d37"
			"ff",
	DEC_DONE, 1, DETAIL_AP_NAME, "ap-7", "", 0, 0},
    {"name, and its address",
	ASK COOKIE TYPE "520e0104"
			"61702d37"
			"0206"
			"021122334450"
			"ff",
	DEC_DONE, 1, DETAIL_AP_NAME | DETAIL_AP_BSSID, "ap-7", "", 0, 0},
    {"VLAN and port",
	ASK COOKIE TYPE "52080106"
			"0004"
			"012c"
			"0207"
			"ff",
	DEC_DONE, 1, DETAIL_AP_VLAN, "", "", 300, 0x0207},
    {"VLAN and port, address of the switch",
	ASK COOKIE TYPE "52120106"
			"0004"
			"012c"
			"0207"
			"0208"
			"0006"
			"021122334450"
			"ff",
	DEC_DONE, 1, DETAIL_AP_VLAN | DETAIL_AP_BSSID, "", "", 300, 0x0207},
    {"remote text",
	ASK COOKIE TYPE "52080206"
			"0104"
			"61702d37"
			"ff",
	DEC_DONE, 1, DETAIL_AP_NAME, "ap-7", "", 0, 0},
    {"six letters are a name",
	ASK COOKIE TYPE "52080206"
			"61702d303137"
			"ff",
	DEC_DONE, 1, DETAIL_AP_NAME, "ap-017", "", 0, 0},
    {"the client's address", ASK COOKIE TYPE "52080206" STA "ff", DEC_DONE, 1, 0, "", "", 0, 0},
    {"the client's address within",
	ASK COOKIE TYPE "520a0108"
			"0106" STA "ff",
	DEC_DONE, 1, 0, "", "", 0, 0},
    {"octets that are no text",
	ASK COOKIE TYPE "52050103"
			"0a0b0c"
			"ff",
	DEC_DONE, 1, DETAIL_AP_NAME | DETAIL_AP_BINARY, "\x0a\x0b\x0c", "", 0, 0},
    {"empty relay", ASK COOKIE TYPE "5200ff", DEC_DONE, 1, 0, "", "", 0, 0},
    {"empty parts", ASK COOKIE TYPE "520401000200ff", DEC_DONE, 1, 0, "", "", 0, 0},
    {"a part past its option",
	ASK COOKIE TYPE "52030102"
			"41"
			"ff",
	DEC_STOP_DHCP_RELAY, 1, 0, "", "", 0, 0},
    {"an option past the end", ASK COOKIE TYPE "0cff41", DEC_STOP_DHCP_OPTION, 1, 0, "", "", 0, 0},
    {"an option without length", ASK COOKIE TYPE "0c", DEC_STOP_DHCP_OPTION, 1, 0, "", "", 0, 0},
    {"a type of no octets", ASK COOKIE "3500ff", DEC_STOP_DHCP_OPTION, 0, 0, "", "", 0, 0},
    {"an address of 17", "010111003903f326" TEN TEN STA TEN, DEC_STOP_DHCP_HARDWARE, -1, 0, "", "",
	0, 0},
    {"short", "01010600", DEC_STOP_DHCP_SHORT, -1, 0, "", "", 0, 0},
    {"not DHCP", "03010600", DEC_DONE, -1, 0, "", "", 0, 0},
};

static const struct detail_dhcp *
decode(const char *payload, unsigned port, struct seen *s)
{
	size_t len;
	uint8_t *p = udp_frame(payload, port, port, &len);

	dec_frame(dec, DLT_EN10MB, 0, p, len, len, s);
	free(p);
	return decoder_detail(dec)->kind == DETAIL_DHCP ? &decoder_detail(dec)->dhcp : NULL;
}

START_TEST(says)
{
	struct seen s;
	const struct detail_dhcp *m = decode(messages[_i].payload, 67, &s);
	const char *why = messages[_i].why;

	ck_assert_msg(s.next == messages[_i].next, "%s: \"%s\"", why, dec_stop_name(s.next));
	ck_assert_msg((m == NULL) == (messages[_i].type < 0), "%s: detail", why);
	if (m == NULL)
		return;
	ck_assert_msg(m->type == messages[_i].type, "%s: type %d", why, m->type);
	ck_assert_uint_eq(m->version, 4);
	ck_assert_uint_eq(m->xid, 0x3903f326);
	ck_assert_uint_eq(m->client, pseudonym_mac(key, station));
	ck_assert_msg(m->relay.flags == messages[_i].flags, "%s: flags %x", why, m->relay.flags);
	ck_assert_msg(!(m->relay.flags & DETAIL_AP_BSSID) || m->relay.bssid == BSSID, "%s", why);
	ck_assert_msg(
	    m->relay.mark ==
		(m->relay.flags & DETAIL_AP_BSSID ? pseudonym_mark(key, access_point) : 0),
	    "%s: mark", why);
	ck_assert_msg(m->relay.name.len == strlen(messages[_i].name) &&
			  memcmp(m->relay.name.octets, messages[_i].name, m->relay.name.len) == 0,
	    "%s: name", why);
	ck_assert_msg(m->relay.ssid.len == strlen(messages[_i].ssid) &&
			  memcmp(m->relay.ssid.octets, messages[_i].ssid, m->relay.ssid.len) == 0,
	    "%s: SSID", why);
	ck_assert_msg(m->relay.vlan == messages[_i].vlan, "%s: VLAN", why);
	ck_assert_msg(m->relay.port == messages[_i].port, "%s: port", why);
}
END_TEST

START_TEST(relayed)
{
	size_t len;
	uint8_t *p = unhex(FRAME_V41_DHCP_OPT82, &len);
	const struct detail_dhcp *m = &decoder_detail(dec)->dhcp;
	struct seen s;

	dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
	ck_assert_int_eq(s.next, DEC_DONE);
	ck_assert_int_eq(decoder_detail(dec)->kind, DETAIL_DHCP);
	ck_assert_uint_eq(m->type, 1);
	ck_assert_uint_eq(m->relayed, 1);
	ck_assert_uint_eq(m->is_answer, 0);
	ck_assert_uint_eq(m->relay.flags, DETAIL_AP_BSSID | DETAIL_AP_SSID);
	ck_assert_uint_eq(m->relay.bssid, BSSID);
	ck_assert_uint_eq(m->relay.ssid.len, 9);
	for (size_t n = 0; n < len; n++) {
		uint8_t *cut = malloc(n > 0 ? n : 1);

		ck_assert_ptr_nonnull(cut);
		memcpy(cut, p, n);
		dec_frame(dec, DLT_EN10MB, 0, cut, n, n, &s);
		dec_frame(dec, DLT_EN10MB, 0, cut, n, len, &s);
		ck_assert(s.next != DEC_DONE || m->relay.flags == 0 ||
			  decoder_detail(dec)->kind == DETAIL_NONE);
		free(cut);
	}
	free(p);
}
END_TEST

#define SOLICIT	 "01abcdef"
#define DUID_LL	 "0001000a00030001" STA
#define DUID_LLT "0001000e0001000112345678" STA
#define FORWARD	 "0c00" TEN TEN TEN "0000"

static const struct {
	const char *why;
	const char *payload;
	enum dec_next next;
	int type;   /* -1: no detail */
	int client; /* 1: the known one, 0: none, 2: another */
	unsigned flags;
} messages6[] = {
    {"solicit", SOLICIT DUID_LL, DEC_DONE, 1, 1, 0},
    {"with time", SOLICIT DUID_LLT, DEC_DONE, 1, 1, 0},
    {"an identifier without address", SOLICIT "0001000400040001", DEC_DONE, 1, 2, 0},
    {"an identifier of 3 octets", SOLICIT "00010003000300", DEC_DONE, 1, 2, 0},
    {"no identifier", SOLICIT, DEC_DONE, 1, 0, 0},
    {"relayed", FORWARD "00090012" SOLICIT DUID_LL "0012000461702d37", DEC_DONE, 1, 1,
	DETAIL_AP_NAME},
    {"remote identifier",
	FORWARD "00090012" SOLICIT DUID_LL "00250010000000093032313132323333343435"
		"30",
	DEC_DONE, 1, 1, DETAIL_AP_BSSID},
    {"the client's address as the relay's",
	FORWARD "00090012" SOLICIT DUID_LL "0012000"
		"6" STA,
	DEC_DONE, 1, 1, 0},
    {"the address as the relay saw it", FORWARD "00090004" SOLICIT "004f00080001" STA, DEC_DONE, 1,
	1, 0},
    {"a relay without a message", FORWARD "0012000461702d37", DEC_STOP_DHCP6_OPTION, -1, 0, 0},
    {"a message of 3 octets", FORWARD "0009000301abcd", DEC_STOP_DHCP6_SHORT, -1, 0, 0},
    {"an option past the end", SOLICIT "0001ffff", DEC_STOP_DHCP6_OPTION, 1, 0, 0},
    {"half an option", SOLICIT "000100", DEC_STOP_DHCP6_OPTION, 1, 0, 0},
    {"too many relays",
	FORWARD "0009009c" FORWARD "00090076" FORWARD "00090050" FORWARD "0009002a" FORWARD
		"00090004" SOLICIT,
	DEC_STOP_DHCP6_DEEP, -1, 0, 0},
    {"four relays",
	FORWARD "00090076" FORWARD "00090050" FORWARD "0009002a" FORWARD "00090004" SOLICIT,
	DEC_DONE, 1, 0, 0},
    {"not DHCP", "00abcdef", DEC_DONE, -1, 0, 0},
};

START_TEST(says6)
{
	struct seen s;
	const struct detail_dhcp *m = decode(messages6[_i].payload, 547, &s);
	const char *why = messages6[_i].why;

	ck_assert_msg(s.next == messages6[_i].next, "%s: \"%s\"", why, dec_stop_name(s.next));
	ck_assert_msg((m == NULL) == (messages6[_i].type < 0), "%s: detail", why);
	if (m == NULL)
		return;
	ck_assert_msg(m->type == messages6[_i].type, "%s: type %d", why, m->type);
	ck_assert_uint_eq(m->version, 6);
	ck_assert_uint_eq(m->xid, 0xabcdef);
	ck_assert_msg((m->client == pseudonym_mac(key, station)) == (messages6[_i].client == 1),
	    "%s: client", why);
	ck_assert_msg((m->client == 0) == (messages6[_i].client == 0), "%s: client", why);
	ck_assert_msg(m->relay.flags == messages6[_i].flags, "%s: flags %x", why, m->relay.flags);
	ck_assert_msg((m->relay.mark == pseudonym_mark(key, access_point)) ==
			  ((m->relay.flags & DETAIL_AP_BSSID) != 0),
	    "%s: mark", why);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dhcp");
	TCase *tc = tcase_create("messages");

	tcase_add_loop_test(tc, says, 0, ROWS(messages));
	tcase_add_loop_test(tc, says6, 0, ROWS(messages6));
	tcase_add_test(tc, relayed);
	suite_add_tcase(s, tc);
	return decoding_run(s, &key, &dec);
}
