/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pcap/dlt.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "tests/decoding.h"
#include "tests/frames.h"
#include "tests/frames_hex.h"

#define WIRE  DLT_EN10MB
#define RADIO DLT_IEEE802_11_RADIO
#define BARE  DLT_IEEE802_11
#define BSSID UINT64_C(0x021122334450)
#define SLL2  276 /* older headers have no name for it */

#define IP32   "450000200007000040115eb30a010203080808089c419c42000c000061626364"
#define ETH    "020000000b01daa119000042"
#define DEAUTH "c0000000021122334450daa11900004202112233445000000300"
/* AVS: how a signal is told, and which. */
#define AVS(how, signal)                 \
	"8021100100000040"               \
	"0000000000000000"               \
	"0000000000000000"               \
	"00000004"                       \
	"00000006"                       \
	"0000006e"                       \
	"00000000"                       \
	"00000000" how signal "00000000" \
	"00000000"                       \
	"00000000"
/* PPI's field of all of 802.11, heard at 2437 MHz: flags, signal. */
#define PPI_FIELD(flags, signal)        \
	"02001400"                      \
	"0000000000000000" flags "0c00" \
	"8509"                          \
	"c000"                          \
	"0000" signal "a0"
#define PPI(flags, signal) "0000200069000000" PPI_FIELD(flags, signal)
/* QoS data from the access point, A-MSDU, two parts: 32 octets of IPv4 each, then 28 of ARP. */
#define AMSDU                                                      \
	"88020000daa11900004202112233445002000000 0b0110008000"    \
	"daa119000042020000000b010028aaaa030000000800" IP32 "0000" \
	"daa119000042020000000b010028aaaa030000000800" IP32 "0000" \
	"daa119000042020000000b010024aaaa030000000806"             \
	"00010800060400010200000000020a0000010000000000000a000002"

static const uint8_t station[6] = {0xda, 0xa1, 0x19, 0x00, 0x00, 0x42};
static const uint8_t gateway[6] = {0x02, 0x00, 0x00, 0x00, 0x0b, 0x01};

static struct pseudonyms *key;
static struct decoder *dec;

static const struct {
	const char *why;
	int linktype;
	const char *hex;
	enum dec_next next;
	enum seen_kind kind;
	enum seen_direction direction;
	uint32_t octets, packets;
	int client, bssid, vlans; /* client, bssid: 1 if it must be the known one */
} frames[] = {
    {"QinQ", WIRE, FRAME_V01_QINQ, DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 2},
    {"SNAP", WIRE, FRAME_V02_LLCSNAP, DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 0},
    {"first IPv4 fragment", WIRE, FRAME_V03A_FRAG1, DEC_DONE, SEEN_FRAME, 0, 36, 1, 0, 0, 0},
    {"later IPv4 fragment", WIRE, FRAME_V03B_FRAG2, DEC_DONE, SEEN_FRAME, 0, 28, 1, 0, 0, 0},
    {"IPv6 extensions", WIRE, FRAME_V04_IP6EXT, DEC_DONE, SEEN_FRAME, 0, 66, 1, 0, 0, 0},
    {"CAPWAP", WIRE, FRAME_V05_CAPWAP_80211, DEC_DONE, SEEN_DATA, SEEN_UP, 32, 1, 1, 1, 0},
    {"EoGRE", WIRE, FRAME_V11_EOGRE_KEY_VLAN, DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 1},
    {"Aruba GRE", WIRE, FRAME_V12_ARUBA_GRE, DEC_DONE, SEEN_DATA, SEEN_UP, 32, 1, 1, 1, 0},
    {"VXLAN", WIRE, FRAME_V13_VXLAN, DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 0},
    {"PPPoE", WIRE, FRAME_V14_PPPOE, DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 0},
    {"association request", RADIO, FRAME_V20_ASSOCREQ_WIFI4, DEC_DONE, SEEN_ASSOCIATION_REQUEST,
	SEEN_UP, 0, 0, 1, 1, 0},
    {"of a newer client", RADIO, FRAME_V21_ASSOCREQ_WIFI6, DEC_DONE, SEEN_ASSOCIATION_REQUEST,
	SEEN_UP, 0, 0, 1, 1, 0},
    {"reassociation request", RADIO, FRAME_V22_REASSOCREQ_WIFI7, DEC_DONE,
	SEEN_REASSOCIATION_REQUEST, SEEN_UP, 0, 0, 1, 1, 0},
    {"associated", RADIO, FRAME_V23_ASSOCRESP_OK, DEC_DONE, SEEN_ASSOCIATION_RESPONSE, SEEN_DOWN, 0,
	0, 1, 1, 0},
    {"refused", RADIO, FRAME_V24_ASSOCRESP_FAIL, DEC_DONE, SEEN_ASSOCIATION_RESPONSE, SEEN_DOWN, 0,
	0, 1, 1, 0},
    {"disassociation", RADIO, FRAME_V25_DISASSOC, DEC_DONE, SEEN_DISASSOCIATION, SEEN_UP, 0, 0, 1,
	1, 0},
    {"protected deauthentication", RADIO, FRAME_V26_DEAUTH_PMF, DEC_DONE, SEEN_DEAUTHENTICATION,
	SEEN_DOWN, 0, 0, 1, 1, 0},
    {"probe request", RADIO, FRAME_V27_PROBEREQ, DEC_DONE, SEEN_PROBE_REQUEST, SEEN_UP, 0, 0, 1, 0,
	0},
    /* 28 octets of body: 16 are the cipher's, 8 LLC. */
    {"encrypted", RADIO, FRAME_V28_QOSDATA_TODS_PROT, DEC_DONE, SEEN_DATA, SEEN_UP, 0, 1, 1, 1, 0},
    {"QoS with HT control", RADIO, FRAME_V29_QOSDATA_FROMDS_HTC, DEC_DONE, SEEN_DATA, SEEN_DOWN, 32,
	1, 1, 1, 0},
    {"four addresses", RADIO, FRAME_V30_4ADDR, DEC_STOP_WLAN_WDS, SEEN_DATA, 0, 0, 0, 0, 0, 0},
    {"acknowledgement", RADIO, FRAME_V31_RADIOTAP_EXT, DEC_DONE, SEEN_CONTROL, 0, 0, 0, 0, 0, 0},
    {"RADIUS", WIRE, FRAME_V40_RADIUS_INTERIM, DEC_DONE, SEEN_FRAME, 0, 153, 1, 0, 0, 0},
    {"DHCP", WIRE, FRAME_V41_DHCP_OPT82, DEC_DONE, SEEN_FRAME, 0, 311, 1, 0, 0, 0},
    {"EAPOL", WIRE, FRAME_V42_EAPOL_M1, DEC_DONE, SEEN_FRAME, 0, 99, 1, 0, 0, 0},
    {"A-MSDU", BARE, AMSDU, DEC_DONE, SEEN_DATA, SEEN_DOWN, 92, 3, 1, 1, 0},
    {"priority tag", WIRE, ETH "8100e0000800" IP32, DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 0},
    {"old QinQ types", WIRE,
	ETH "9100000792000008"
	    "0800" IP32,
	DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 2},
    {"padding", WIRE, ETH "0800" IP32 "000000000000", DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 0},
    {"five tags", WIRE,
	ETH "8100000181000002810000038100000481000005"
	    "0800" IP32,
	DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 4},
    {"switches' own", WIRE,
	"0180c2000000daa119000042"
	"0026424203",
	DEC_STOP_ETHERNET_LINK_LOCAL, SEEN_FRAME, 0, 0, 0, 0, 0, 0},
    {"no type and no length", WIRE, ETH "05de" IP32, DEC_STOP_ETHERNET_LENGTH, SEEN_FRAME, 0, 0, 0,
	0, 0, 0},
    {"IPv4 that lies", WIRE,
	ETH "0800"
	    "4500ffff0007000040115eb30a01020308080808",
	DEC_STOP_IPV4_LENGTH, SEEN_FRAME, 0, 0, 0, 0, 0, 0},
    {"IHL 4", WIRE,
	ETH "0800"
	    "440000200007000040115eb30a010203080808089c419c42000c000061626364",
	DEC_STOP_IPV4_HEADER, SEEN_FRAME, 0, 0, 0, 0, 0, 0},
    {"merged by the card", WIRE,
	ETH "0800"
	    "450000000007000040115eb30a010203080808089c419c42000c0000",
	DEC_DONE, SEEN_FRAME, 0, 28, 1, 0, 0, 0},
    {"802.11 version", BARE, "0b000000", DEC_STOP_WLAN_VERSION, 0, 0, 0, 0, 0, 0, 0},
    {"radiotap length", RADIO, "0000040000000000", DEC_STOP_RADIOTAP_HEADER, 0, 0, 0, 0, 0, 0, 0},
    {"radiotap beyond the end", RADIO, "0000ff0000000000", DEC_STOP_RADIOTAP_SHORT, 0, 0, 0, 0, 0,
	0, 0},
    {"bad checksum, says the radio", RADIO,
	"000009000200000040"
	"d4000000daa119000042",
	DEC_STOP_WLAN_FCS, 0, 0, 0, 0, 0, 0, 0},
    {"fields are aligned", RADIO,
	"00001900030000800000000000000000010203040506070840"
	"d4000000daa119000042",
	DEC_STOP_WLAN_FCS, 0, 0, 0, 0, 0, 0, 0},
    {"bad checksum, it shows", RADIO,
	"000009000200000010"
	"d4000000daa119000042deadbeef",
	DEC_STOP_WLAN_FCS, 0, 0, 0, 0, 0, 0, 0},
    {"decrypted by the card, old checksum", RADIO,
	"000009000200000010"
	"88420000daa119000042021122334450020000000b0110000000"
	"1100002000000000"
	"aaaa030000000800" IP32 "0011223344556677"
	"deadbeef",
	DEC_DONE, SEEN_DATA, SEEN_DOWN, 32, 1, 1, 1, 0},
    {"encrypted and damaged", RADIO,
	"000009000200000010"
	"88420000daa119000042021122334450020000000b0110000000"
	"1100002000000000"
	"1122334455667788" IP32 "deadbeef",
	DEC_STOP_WLAN_FCS, 0, 0, 0, 0, 0, 0, 0},
    {"a name that runs on", BARE, "40000000ffffffffffffdaa119000042ffffffffffff000000ff41",
	DEC_STOP_WLAN_ELEMENT, SEEN_PROBE_REQUEST, SEEN_UP, 0, 0, 1, 0, 0},
    {"an A-MSDU part that lies", BARE,
	"88020000daa119000042021122334450020000000b0110008000"
	"daa119000042020000000b01ffffaaaa030000000800",
	DEC_STOP_WLAN_AMSDU, SEEN_DATA, SEEN_DOWN, 0, 0, 1, 1, 0},
    {"Linux cooked", DLT_LINUX_SLL,
	"000000010006daa1190000420000"
	"0800" IP32,
	DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 0},
    {"and behind a tag", DLT_LINUX_SLL,
	"000000010006daa1190000420000"
	"8100"
	"00640800" IP32,
	DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 1},
    {"Linux cooked 2", SLL2,
	"0800000000000002"
	"0001"
	"0006daa1190000420000" IP32,
	DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 0},
    {"raw IP", DLT_RAW, IP32, DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 0},
    {"raw IP, of version 6", DLT_RAW,
	"6000000000083bff"
	"20010db8000000000000000000000001"
	"20010db8000000000000000000000002"
	"0000000000000000",
	DEC_DONE, SEEN_FRAME, 0, 48, 1, 0, 0, 0},
    {"BSD's loopback", DLT_NULL, "02000000" IP32, DEC_DONE, SEEN_FRAME, 0, 32, 1, 0, 0, 0},
    {"Prism, little endian", DLT_PRISM_HEADER, "440000000c00000061746830" DEAUTH, DEC_DONE,
	SEEN_DEAUTHENTICATION, SEEN_UP, 0, 0, 1, 1, 0},
    {"Prism, big endian", DLT_PRISM_HEADER, "000000440000000c61746830" DEAUTH, DEC_DONE,
	SEEN_DEAUTHENTICATION, SEEN_UP, 0, 0, 1, 1, 0},
    {"Prism that lies", DLT_PRISM_HEADER, "440000000400000061746830" DEAUTH, DEC_STOP_PRISM_HEADER,
	0, 0, 0, 0, 0, 0, 0},
    {"AVS", DLT_IEEE802_11_RADIO_AVS, AVS("00000002", "ffffffc4") DEAUTH, DEC_DONE,
	SEEN_DEAUTHENTICATION, SEEN_UP, 0, 0, 1, 1, 0},
    {"PPI", DLT_PPI, PPI("0000", "c8") DEAUTH, DEC_DONE, SEEN_DEAUTHENTICATION, SEEN_UP, 0, 0, 1, 1,
	0},
    {"PPI, bad checksum", DLT_PPI, PPI("0500", "c8") DEAUTH "00000000", DEC_STOP_WLAN_FCS, 0, 0, 0,
	0, 0, 0, 0},
    {"PPI around Ethernet", DLT_PPI, "0000080001000000" ETH "0800" IP32, DEC_DONE, SEEN_FRAME, 0,
	32, 1, 0, 0, 0},
    {"PPI around something", DLT_PPI, "0000080009000000" ETH, DEC_STOP_LINK_UNKNOWN, 0, 0, 0, 0, 0,
	0, 0},
    {"nothing", WIRE, "", DEC_STOP_ETHERNET_SHORT, 0, 0, 0, 0, 0, 0, 0},
    {"another link type", 12345, "00", DEC_STOP_LINK_UNKNOWN, 0, 0, 0, 0, 0, 0, 0},
};

START_TEST(decode)
{
	size_t len;
	uint8_t *p = unhex(frames[_i].hex, &len);
	struct seen s;

	dec_frame(dec, frames[_i].linktype, 0, p, len, len, &s);
	decoding_check(&s, &(struct decoding_want){frames[_i].why, frames[_i].next,
			       frames[_i].octets, frames[_i].packets, (unsigned)frames[_i].vlans});
	ck_assert_msg(s.kind == frames[_i].kind, "%s: kind %u", frames[_i].why, s.kind);
	ck_assert_msg(s.direction == frames[_i].direction, "%s: direction", frames[_i].why);
	ck_assert_msg(s.client == (frames[_i].client ? pseudonym_mac(key, station) : 0),
	    "%s: client", frames[_i].why);
	ck_assert_msg((s.flags & SEEN_HAS_BSSID ? s.bssid : 0) == (frames[_i].bssid ? BSSID : 0),
	    "%s: bssid", frames[_i].why);
	free(p);
}
END_TEST

/* Cut at every octet, by the sender and by the snap length. */
START_TEST(cut_everywhere)
{
	size_t len;
	uint8_t *whole = unhex(frames[_i].hex, &len);

	decoding_cut(dec, frames[_i].linktype, whole, len, decoding_bounded);
	free(whole);
}
END_TEST

/* What is counted does not depend on the snap length, if it leaves the headers. */
START_TEST(snap_length)
{
	static const struct {
		const char *hex;
		size_t snap;
		int linktype;
		uint32_t octets;
	} cut[] = {
	    {FRAME_V01_QINQ, 22 + 20, WIRE, 32},
	    {FRAME_V02_LLCSNAP, 22 + 20, WIRE, 32},
	    {FRAME_V41_DHCP_OPT82, 14 + 20 + 8, WIRE, 311},
	    {FRAME_V42_EAPOL_M1, 14, WIRE, 99},
	    {FRAME_V04_IP6EXT, 54, WIRE, 66},
	    {FRAME_V29_QOSDATA_FROMDS_HTC, 16 + 30 + 8 + 20, RADIO, 32},
	    /* The third part is beyond it, and estimated without its padding and header. */
	    {AMSDU, 26 + 14 + 28 + 14 + 8 + 32 + 22, BARE, 92},
	};

	for (int i = 0; i < ROWS(cut); i++) {
		size_t len;
		uint8_t *p = unhex(cut[i].hex, &len);
		struct seen s;

		p = realloc(p, cut[i].snap);
		dec_frame(dec, cut[i].linktype, 0, p, cut[i].snap, len, &s);
		ck_assert_msg(s.octets == cut[i].octets, "row %d: %u octets", i, s.octets);
		free(p);
	}
}
END_TEST

START_TEST(details)
{
	size_t len;
	uint8_t *p = unhex(FRAME_V01_QINQ, &len);
	struct seen s, t;

	dec_frame(dec, WIRE, 0, p, len, len, &s);
	ck_assert_uint_eq(s.vlan[0], 100);
	ck_assert_uint_eq(s.vlan[1], 200);
	ck_assert_uint_eq(s.from, pseudonym_mac(key, station));
	ck_assert_uint_eq(s.to, pseudonym_mac(key, gateway));
	ck_assert_uint_eq(
	    s.flags & (SEEN_IP | SEEN_FROM_PRIVATE | SEEN_TO_PRIVATE), SEEN_IP | SEEN_FROM_PRIVATE);
	free(p);
	p = unhex(FRAME_V24_ASSOCRESP_FAIL, &len);
	dec_frame(dec, RADIO, 0, p, len, len, &s);
	ck_assert(s.flags & SEEN_HAS_STATUS);
	ck_assert_uint_eq(s.status, 17);
	ck_assert_uint_eq(s.sequence, 0x0100);
	free(p);
	/* The same name has the same pseudonym; a hidden one has none. */
	p = unhex(FRAME_V20_ASSOCREQ_WIFI4, &len);
	dec_frame(dec, RADIO, 0, p, len, len, &s);
	free(p);
	p = unhex(FRAME_V21_ASSOCREQ_WIFI6, &len);
	dec_frame(dec, RADIO, 0, p, len, len, &t);
	free(p);
	ck_assert_uint_ne(s.ssid, 0);
	ck_assert_uint_eq(s.ssid, t.ssid);
	p = unhex(FRAME_V27_PROBEREQ, &len);
	dec_frame(dec, RADIO, 0, p, len, len, &s);
	free(p);
	ck_assert_uint_eq(s.ssid, 0);
	p = unhex(FRAME_V40_RADIUS_INTERIM, &len);
	dec_frame(dec, WIRE, 0, p, len, len, &s);
	free(p);
	ck_assert_uint_eq(s.radius, 1);
	p = unhex(FRAME_V41_DHCP_OPT82, &len);
	dec_frame(dec, WIRE, 0, p, len, len, &s);
	free(p);
	ck_assert_uint_eq(s.dhcp, 1);
}
END_TEST

/* Two addresses of IPv6. */
#define IP6_ENDS                           \
	"20010db8000000000000000000000001" \
	"20010db8000000000000000000000002"
#define OPTIONS "3c00010400000000" /* of IPv6, and more options behind them */
#define MORE               \
	"0000008000000080" \
	"0000008000000080" /* words of radiotap's bitmap, and no last one */

/* Why decoding ends, one reason after the other. */
static const struct {
	const char *why;
	int linktype;
	const char *hex;
	enum dec_next next;
} stops[] = {
    {"another PPI", DLT_PPI, "0100080069000000", DEC_STOP_PPI_HEADER},
    {"PPI's length", DLT_PPI, "0000070069000000", DEC_STOP_PPI_HEADER},
    {"radiotap's bitmap has no end", RADIO,
	"00008800" MORE MORE MORE MORE MORE MORE MORE MORE "00000080", DEC_STOP_RADIOTAP_HEADER},
    {"802.11's fourth type", BARE, "0c000000", DEC_STOP_WLAN_EXTENSION},
    {"cooked", DLT_LINUX_SLL, "00000001000600000000", DEC_STOP_COOKED_SHORT},
    {"cooked 2", SLL2, "080000000000000200010006", DEC_STOP_COOKED_SHORT},
    {"a family that nobody has", DLT_NULL, "63000000" IP32, DEC_STOP_LOOPBACK_FAMILY},
    {"a tag", WIRE, ETH "810000", DEC_STOP_VLAN_SHORT},
    {"LLC", WIRE, ETH "0002aaaa", DEC_STOP_LLC_SHORT},
    {"spanning tree, to another address", WIRE, ETH "0003424203", DEC_STOP_LLC_OTHER},
    {"MPLS", WIRE, ETH "88470006", DEC_STOP_MPLS_SHORT},
    {"PPPoE", WIRE, ETH "88641100", DEC_STOP_PPPOE_SHORT},
    {"IPv4", WIRE, ETH "08004500", DEC_STOP_IPV4_SHORT},
    {"IPv6", WIRE, ETH "86dd6000", DEC_STOP_IPV6_SHORT},
    {"another version", WIRE,
	ETH "86dd"
	    "4000000000003bff" IP6_ENDS,
	DEC_STOP_IPV6_HEADER},
    {"longer than its frame", WIRE,
	ETH "86dd"
	    "6000000000013bff" IP6_ENDS,
	DEC_STOP_IPV6_LENGTH},
    {"a jumbogram", WIRE,
	ETH "86dd"
	    "60000000000000ff" IP6_ENDS,
	DEC_STOP_IPV6_LENGTH},
    {"an extension past the end", WIRE,
	ETH "86dd"
	    "60000000000800ff" IP6_ENDS "1103010400000000",
	DEC_STOP_IPV6_SHORT},
    {"nine extensions", WIRE,
	ETH "86dd"
	    "60000000004800ff" IP6_ENDS OPTIONS OPTIONS OPTIONS OPTIONS OPTIONS OPTIONS OPTIONS
		OPTIONS OPTIONS,
	DEC_STOP_IPV6_DEEP},
    {"UDP", WIRE,
	ETH "0800"
	    "4500001800070000401100000a01020308080808"
	    "9c419c42",
	DEC_STOP_UDP_SHORT},
    {"L2TP", WIRE,
	ETH "0800"
	    "4500001600070000407300000a01020308080808"
	    "0000",
	DEC_STOP_L2TP_SHORT},
};

START_TEST(stops_for)
{
	size_t len;
	uint8_t *p = unhex(stops[_i].hex, &len);
	struct seen s;

	dec_frame(dec, stops[_i].linktype, 0, p, len, len, &s);
	ck_assert_msg(s.next == stops[_i].next, "%s: stopped as \"%s\"", stops[_i].why,
	    dec_stop_name(s.next));
	free(p);
}
END_TEST

/* How strong it was heard, and where, as each header tells it. */
START_TEST(signals)
{
	static const struct {
		const char *hex;
		int linktype, has, signal, mhz;
	} heard[] = {
	    {"00000e002800000085098004"
	     "c400" DEAUTH,
		RADIO, 1, -60, 2437},
	    {PPI("0000", "c8") DEAUTH, DLT_PPI, 1, -56, 2437},
	    {PPI("0000", "80") DEAUTH, DLT_PPI, 0, 0, 2437},
	    /* One octet of another field goes before it, and is padded to 4, or not. */
	    {"0001280069000000"
	     "0400010099000000" PPI_FIELD("0000", "c8") DEAUTH,
		DLT_PPI, 1, -56, 2437},
	    {"0000250069000000"
	     "0400010099" PPI_FIELD("0000", "c8") DEAUTH,
		DLT_PPI, 1, -56, 2437},
	    {AVS("00000002", "ffffffc4") DEAUTH, DLT_IEEE802_11_RADIO_AVS, 1, -60, 0},
	    {AVS("00000002", "fffffe80") DEAUTH, DLT_IEEE802_11_RADIO_AVS, 0, 0, 0},
	    {AVS("00000002", "000000c4") DEAUTH, DLT_IEEE802_11_RADIO_AVS, 0, 0, 0},
	    {AVS("00000001", "00000032") DEAUTH, DLT_IEEE802_11_RADIO_AVS, 0, 0, 0},
	    {"440000000c00000061746830" DEAUTH, DLT_PRISM_HEADER, 0, 0, 0},
	};

	for (int i = 0; i < ROWS(heard); i++) {
		const struct detail_management *m = &decoder_detail(dec)->management;
		size_t len;
		uint8_t *p = unhex(heard[i].hex, &len);
		struct seen s;

		dec_frame(dec, heard[i].linktype, 0, p, len, len, &s);
		ck_assert_int_eq(s.next, DEC_DONE);
		ck_assert_msg(!!(m->flags & MANAGEMENT_SIGNAL) == heard[i].has, "row %d", i);
		ck_assert_msg(
		    !heard[i].has || m->signal == heard[i].signal, "row %d: %d", i, m->signal);
		ck_assert_msg(m->mhz == heard[i].mhz, "row %d: %u MHz", i, m->mhz);
		free(p);
	}
}
END_TEST

/* A pseudonym is the same within a run and another in the next, and never the address. */
START_TEST(pseudonyms)
{
	struct pseudonyms *other = NULL;
	struct diag d;

	ck_assert_int_eq(pseudonyms_new(&other, &d), KK_OK);
	ck_assert_uint_eq(pseudonym_mac(key, station), pseudonym_mac(key, station));
	ck_assert_uint_ne(pseudonym_mac(key, station), pseudonym_mac(other, station));
	ck_assert_uint_ne(pseudonym_mac(key, station), pseudonym_mac(key, gateway));
	pseudonyms_free(other);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dec");
	TCase *tc = tcase_create("packets");

	tcase_add_loop_test(tc, decode, 0, ROWS(frames));
	tcase_add_loop_test(tc, cut_everywhere, 0, ROWS(frames));
	tcase_add_loop_test(tc, stops_for, 0, ROWS(stops));
	tcase_add_test(tc, snap_length);
	tcase_add_test(tc, details);
	tcase_add_test(tc, signals);
	tcase_add_test(tc, pseudonyms);
	suite_add_tcase(s, tc);
	return decoding_run(s, &key, &dec);
}
