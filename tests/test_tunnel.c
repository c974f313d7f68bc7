/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pcap/dlt.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "tests/decoding.h"
#include "tests/frames.h"
#include "tests/recipe.h"

#define BSSID UINT64_C(0x021122334450)
#define AP    UINT64_C(0xc000020a)
#define AC    UINT64_C(0xc0000201)

/* 802.11 data to the access point, in either order of octets, up to the packet. */
#define DATA	"x:08010000021122334450daa119000042020000000b010001aaaa030000000800"
#define SWAPPED "x:01080000021122334450daa119000042020000000b010100aaaa030000000800"
#define FROM_AP "x:08020000daa119000042021122334450020000000b010001aaaa030000000800"
#define CAPWAP	" udp:33000:5247 ip4:17 out:0800"
#define CAPDOWN " udp:5247:33000 ip4:17 out:0800"
#define GRE	" ip4:47 out:0800"
#define WLAN	" x:0010430000000000" /* HLEN 2, RID 1, WBID 1, T */
#define PLAIN	"pkt eth:0800"

static const uint8_t station[6] = {0xda, 0xa1, 0x19, 0x00, 0x00, 0x42};
static const uint8_t ap_mac[6] = {0x02, 0x00, 0x00, 0x00, 0x0a, 0x01};

static struct pseudonyms *key;
static struct decoder *dec;

static const struct {
	const char *why, *recipe;
	enum dec_next next;
	enum seen_tunnel tunnel;
	unsigned tunnels;
	uint32_t octets;
	enum seen_direction direction;
	int client; /* of 802.11 */
	unsigned vlan;
} frames[] = {
    {"802.11 in CAPWAP", "pkt " DATA WLAN CAPWAP, DEC_DONE, SEEN_TUNNEL_CAPWAP, 1, 32, SEEN_UP, 1,
	0},
    {"and down", "pkt " FROM_AP WLAN CAPDOWN, DEC_DONE, SEEN_TUNNEL_CAPWAP, 1, 32, SEEN_DOWN, 1, 0},
    {"with octets exchanged", "pkt " SWAPPED WLAN CAPWAP, DEC_DONE, SEEN_TUNNEL_CAPWAP, 1, 32,
	SEEN_UP, 1, 0},
    {"without a binding", "pkt " DATA " x:0010010000000000" CAPWAP, DEC_DONE, SEEN_TUNNEL_CAPWAP, 1,
	32, SEEN_UP, 1, 0},
    {"of another radio", "pkt " DATA " x:0010070000000000" CAPWAP, DEC_STOP_CAPWAP_BINDING,
	SEEN_TUNNEL_CAPWAP, 1, 0, SEEN_UP, 0, 0},
    {"Ethernet in CAPWAP", PLAIN " x:0010420000000000" CAPWAP, DEC_DONE, SEEN_TUNNEL_CAPWAP, 1, 32,
	SEEN_UP, 0, 0},
    {"over IPv6 and UDP-Lite", "pkt " DATA WLAN " x:80e8147f00000000 ip6:136 out:86dd", DEC_DONE,
	SEEN_TUNNEL_CAPWAP, 1, 32, SEEN_UP, 1, 0},
    {"a padded UDP datagram", "pkt " DATA WLAN " y:ffffffffffff x:80e8147f00500000 ip4:17 out:0800",
	DEC_DONE, SEEN_TUNNEL_CAPWAP, 1, 32, SEEN_UP, 1, 0},
    {"HLEN 0", "pkt " DATA " x:0000430000000000" CAPWAP, DEC_STOP_CAPWAP_HEADER, 0, 0, 0, 0, 0, 0},
    {"HLEN 1", "pkt " DATA " x:0008430000000000" CAPWAP, DEC_STOP_CAPWAP_HEADER, 0, 0, 0, 0, 0, 0},
    {"HLEN 31", "pkt " DATA " x:00f8430000000000" CAPWAP, DEC_STOP_CAPWAP_HEADER, 0, 0, 0, 0, 0, 0},
    {"another version", "pkt " DATA " x:1010430000000000" CAPWAP, DEC_STOP_CAPWAP_HEADER, 0, 0, 0,
	0, 0, 0},
    {"an empty datagram", "udp:33000:5247 ip4:17 out:0800", DEC_STOP_CAPWAP_HEADER, 0, 0, 0, 0, 0,
	0},
    {"a piece that ends beyond 64 K", "pkt x:001043800077fff8" CAPWAP, DEC_STOP_FRAGMENT_BAD,
	SEEN_TUNNEL_CAPWAP, 1, 0, SEEN_UP, 0, 0},
    {"control", "x:0010020000000000 udp:33000:5246 ip4:17 out:0800", DEC_STOP_CAPWAP_CONTROL, 0, 0,
	0, 0, 0, 0},
    {"LWAPP", "x:0010020000000000 udp:33000:12222 ip4:17 out:0800", DEC_STOP_LWAPP, 0, 0, 0, 0, 0,
	0},
    {"LWAPP down", "x:0010020000000000 udp:12222:33000 ip4:17 out:0800", DEC_STOP_LWAPP, 0, 0, 0, 0,
	0, 0},
    {"EoGRE", PLAIN " x:00006558" GRE, DEC_DONE, SEEN_TUNNEL_GRE, 1, 32, 0, 0, 0},
    {"key", PLAIN " x:2000655800000abc" GRE, DEC_DONE, SEEN_TUNNEL_GRE, 1, 32, 0, 0, 0},
    {"checksum, key, sequence",
	PLAIN " x:b000655812340000"
	      "00000abc00000001" GRE,
	DEC_DONE, SEEN_TUNNEL_GRE, 1, 32, 0, 0, 0},
    {"inner tag", "pkt eth:8100 x: ip4:47 out:0800", DEC_STOP_GRE_CLIENT, 0, 0, 66, 0, 0, 0},
    {"source routing", PLAIN " x:40006558" GRE, DEC_STOP_GRE_ROUTING, 0, 0, 0, 0, 0, 0},
    {"a key that is cut", "x:20006558" GRE, DEC_STOP_GRE_SHORT, 0, 0, 0, 0, 0, 0},
    {"GRE over IPv6", PLAIN " x:00006558 ip6:47 out:86dd", DEC_DONE, SEEN_TUNNEL_GRE, 1, 32, 0, 0,
	0},
    {"a client's GRE", "pkt x:00000800" GRE, DEC_STOP_GRE_CLIENT, 0, 0, 56, 0, 0, 0},
    {"PPTP",
	"pkt x:3001880b00200000"
	"00000001" GRE,
	DEC_STOP_GRE_CLIENT, 0, 0, 64, 0, 0, 0},
    {"Aruba's first", "pkt " DATA " x:00008200" GRE, DEC_DONE, SEEN_TUNNEL_GRE, 1, 32, SEEN_UP, 1,
	0},
    {"Aruba's last", "pkt " DATA " x:00008370" GRE, DEC_DONE, SEEN_TUNNEL_GRE, 1, 32, SEEN_UP, 1,
	0},
    {"behind it", "pkt " DATA " x:00008380" GRE, DEC_STOP_GRE_CLIENT, 0, 0, 88, 0, 0, 0},
    {"between", "pkt " DATA " x:00008204" GRE, DEC_STOP_GRE_CLIENT, 0, 0, 88, 0, 0, 0},
    {"Aruba's keep-alive", "x:00009000" GRE, DEC_STOP_GRE_CONTROL, 0, 0, 0, 0, 0, 0},
    {"MPLS in GRE", "pkt x:0001014000008847" GRE, DEC_STOP_GRE_CLIENT, 0, 0, 60, 0, 0, 0},
    {"ERSPAN I", PLAIN " x:000088be" GRE, DEC_DONE, 0, 1, 32, 0, 0, 0},
    {"ERSPAN II",
	PLAIN " x:1000000000000000"
	      " x:100088be00000001" GRE,
	DEC_DONE, 0, 1, 32, 0, 0, 0},
    {"another ERSPAN II",
	PLAIN " x:3000000000000000"
	      " x:100088be00000001" GRE,
	DEC_STOP_ERSPAN_HEADER, 0, 1, 0, 0, 0, 0},
    {"ERSPAN II, with a tag",
	PLAIN " x:112c080000000000"
	      " x:100088be00000001" GRE,
	DEC_DONE, 0, 1, 32, 0, 0, 300},
    {"ERSPAN III",
	PLAIN " x:200100000000000000000000"
	      " x:100022eb00000001" GRE,
	DEC_DONE, 0, 1, 32, 0, 0, 0},
    {"and its platform's header",
	PLAIN " x:200100000000000000000001"
	      "0000000000000000"
	      " x:100022eb00000001" GRE,
	DEC_DONE, 0, 1, 32, 0, 0, 0},
    {"another ERSPAN",
	PLAIN " x:300100000000000000000000"
	      " x:100022eb00000001" GRE,
	DEC_STOP_ERSPAN_HEADER, 0, 1, 0, 0, 0, 0},
    {"a tunnel in a mirrored frame",
	PLAIN " x:00006558" GRE " x:1001000000000000"
	      " x:100088be00000001" GRE,
	DEC_DONE, SEEN_TUNNEL_GRE, 2, 32, 0, 0, 0},
    {"VXLAN", PLAIN " x:0800000000138900 udp:50000:4789 ip4:17 out:0800", DEC_DONE,
	SEEN_TUNNEL_VXLAN, 1, 32, 0, 0, 0},
    {"without a number", PLAIN " x:0000000000138900 udp:50000:4789 ip4:17 out:0800",
	DEC_STOP_VXLAN_HEADER, 0, 0, 0, 0, 0, 0},
    {"VXLAN-GPE, Ethernet", PLAIN " x:0c00000300138900 udp:50000:4790 ip4:17 out:0800", DEC_DONE,
	SEEN_TUNNEL_VXLAN, 1, 32, 0, 0, 0},
    {"VXLAN-GPE, IPv4", "pkt x:0c00000100138900 udp:50000:4790 ip4:17 out:0800", DEC_DONE,
	SEEN_TUNNEL_VXLAN, 1, 32, 0, 0, 0},
    {"VXLAN-GPE, other", "pkt x:0c00000500138900 udp:50000:4790 ip4:17 out:0800",
	DEC_STOP_VXLAN_HEADER, 0, 0, 0, 0, 0, 0},
    {"a port drawn by lot", PLAIN " x:0800000000138900 udp:4789:50000 ip4:17 out:0800", DEC_DONE, 0,
	0, 82, 0, 0, 0},
    {"Geneve", PLAIN " x:0000655800138900 udp:50000:6081 ip4:17 out:0800", DEC_DONE,
	SEEN_TUNNEL_GENEVE, 1, 32, 0, 0, 0},
    {"Geneve with options",
	PLAIN " x:024065580013890001020304"
	      "05060708"
	      " udp:50000:6081 ip4:17 out:0800",
	DEC_DONE, SEEN_TUNNEL_GENEVE, 1, 32, 0, 0, 0},
    {"Geneve, IPv4", "pkt x:0000080000138900 udp:50000:6081 ip4:17 out:0800", DEC_DONE,
	SEEN_TUNNEL_GENEVE, 1, 32, 0, 0, 0},
    {"Geneve's own", "pkt x:0080080000138900 udp:50000:6081 ip4:17 out:0800",
	DEC_STOP_GENEVE_HEADER, 0, 0, 0, 0, 0, 0},
    {"options beyond the end", "x:3f00655800138900 udp:50000:6081 ip4:17 out:0800",
	DEC_STOP_GENEVE_HEADER, 0, 0, 0, 0, 0, 0},
    {"EtherIP", PLAIN " x:3000 ip4:97 out:0800", DEC_DONE, SEEN_TUNNEL_ETHERIP, 1, 32, 0, 0, 0},
    {"as Cisco says it", PLAIN " x:4000 ip4:97 out:0800", DEC_DONE, SEEN_TUNNEL_ETHERIP, 1, 32, 0,
	0, 0},
    {"another version", PLAIN " x:5000 ip4:97 out:0800", DEC_STOP_ETHERIP_HEADER, 0, 0, 0, 0, 0, 0},
    {"L2TPv3", PLAIN " x:00000007 ip4:115 out:0800", DEC_DONE, SEEN_TUNNEL_L2TP, 1, 32, 0, 0, 0},
    {"L2TPv3 over UDP", PLAIN " x:0003000000000007 udp:1701:1701 ip4:17 out:0800", DEC_DONE,
	SEEN_TUNNEL_L2TP, 1, 32, 0, 0, 0},
    {"its control", "x:00000000c8030000 ip4:115 out:0800", DEC_STOP_L2TP_CONTROL, 0, 0, 0, 0, 0, 0},
    {"its control over UDP", "x:c8030014 udp:1701:1701 ip4:17 out:0800", DEC_STOP_L2TP_CONTROL, 0,
	0, 0, 0, 0, 0},
    {"a client's L2TP", "x:4002001400010001ff030021 udp:1701:1701 ip4:17 out:0800", DEC_DONE, 0, 0,
	40, 0, 0, 0},
    {"MPLS", "pkt x:00064040000c8140 out:8847", DEC_DONE, 0, 0, 32, 0, 0, 0},
    {"MPLS without an end",
	"pkt x:000640400006404000064040000640400006404000064040"
	"000c8140 out:8847",
	DEC_STOP_MPLS_DEEP, 0, 0, 0, 0, 0, 0},
    {"a pseudowire", PLAIN " x:000c814000000000 out:8847", DEC_DONE, 0, 1, 32, 0, 0, 0},
    {"PPPoE", "pkt x:1100000100220021 out:8864", DEC_DONE, 0, 0, 32, 0, 0, 0},
    {"PPP's short form", "pkt x:11000001002121 out:8864", DEC_DONE, 0, 0, 32, 0, 0, 0},
    {"LCP", "x:11000001000ac0210901000800000000 out:8864", DEC_STOP_PPPOE_OTHER, 0, 0, 0, 0, 0, 0},
    {"PPPoE that lies", "pkt x:1100000101220021 out:8864", DEC_STOP_PPPOE_HEADER, 0, 0, 0, 0, 0, 0},
    {"a fabric around an access point's",
	"pkt " DATA WLAN CAPWAP " x:0800000000138900 udp:50000:4789 ip4:17 out:0800", DEC_DONE,
	SEEN_TUNNEL_CAPWAP, 2, 32, SEEN_UP, 1, 0},
    {"three deep", PLAIN " x:00006558" GRE " x:00006558" GRE " x:00006558" GRE, DEC_DONE,
	SEEN_TUNNEL_GRE, 3, 32, 0, 0, 0},
    {"four deep", PLAIN " x:00006558" GRE " x:00006558" GRE " x:00006558" GRE " x:00006558" GRE,
	DEC_STOP_TUNNEL_DEEP, SEEN_TUNNEL_GRE, 3, 0, 0, 0, 0},
    /* What is in a client's frame is the client's. */
    {"a client's tunnel", PLAIN " x:0800000000138900 udp:50000:4789 ip4:17 " DATA WLAN CAPWAP,
	DEC_DONE, SEEN_TUNNEL_CAPWAP, 1, 82, SEEN_UP, 1, 0},
    {"an inner tag counts", "pkt x:012c0800 eth:8100 x:00006558 ip4:47 x:00640800 out:8100",
	DEC_DONE, SEEN_TUNNEL_GRE, 1, 32, 0, 0, 300},
    {"else the outer one", PLAIN " x:00006558 ip4:47 x:00640800 out:8100", DEC_DONE,
	SEEN_TUNNEL_GRE, 1, 32, 0, 0, 100},
};

static void
check_row(int i, const struct seen *s)
{
	const char *why = frames[i].why;

	ck_assert_msg(s->next == frames[i].next, "%s: \"%s\"", why, dec_stop_name(s->next));
	ck_assert_msg(s->tunnel == frames[i].tunnel, "%s: tunnel %u", why, s->tunnel);
	ck_assert_msg(s->tunnels == frames[i].tunnels, "%s: %u tunnels", why, s->tunnels);
	ck_assert_msg(s->octets == frames[i].octets, "%s: %u octets", why, s->octets);
	ck_assert_msg(s->packets == (frames[i].octets > 0), "%s: %u packets", why, s->packets);
	ck_assert_msg(s->direction == frames[i].direction, "%s: direction %u", why, s->direction);
	ck_assert_msg(
	    s->client == (frames[i].client ? pseudonym_mac(key, station) : 0), "%s: client", why);
	ck_assert_msg((s->vlans > 0 ? s->vlan[s->vlans - 1] : 0) == frames[i].vlan, "%s: tag %u",
	    why, s->vlan[0]);
}

START_TEST(tunnels)
{
	size_t len;
	uint8_t *p = recipe_make(frames[_i].recipe, &len);
	struct seen s;

	dec_frame(dec, DLT_EN10MB, _i * 10000000, p, len, len, &s);
	check_row(_i, &s);
	free(p);
}
END_TEST

/* Cut at every octet, by the sender and by the snap length. */
START_TEST(cut_everywhere)
{
	size_t len;
	uint8_t *whole = recipe_make(frames[_i].recipe, &len);

	decoding_cut(dec, DLT_EN10MB, whole, len, decoding_bounded);
	free(whole);
}
END_TEST

/* What is known of the tunnel around a packet. */
START_TEST(ends)
{
	static const uint8_t six[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x0a};
	size_t len;
	uint8_t *p = recipe_make("pkt eth:0800 x:00006558" GRE, &len);
	struct seen s;

	dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
	free(p);
	ck_assert_uint_eq(s.tunnel_from, AP);
	ck_assert_uint_eq(s.tunnel_to, AC);
	ck_assert_uint_eq(s.outer_from, pseudonym_mark(key, ap_mac));
	ck_assert_uint_eq(s.from, pseudonym_mac(key, station));
	ck_assert_uint_eq(s.from_mark, pseudonym_mark(key, station));
	p = recipe_make("pkt eth:0800 x:00006558 ip6:47 out:86dd", &len);
	dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
	free(p);
	ck_assert_uint_eq(s.tunnel_from, dec_end_of(six, 16));
	ck_assert(s.tunnel_from & DEC_END_IPV6);
	/* CAPWAP's ends, wherever it is. */
	p = recipe_make(
	    "pkt " DATA WLAN CAPWAP " x:0800000000138900 udp:50000:4789 ip4:17 out:0800", &len);
	dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
	free(p);
	ck_assert_uint_eq(s.tunnel_from, AP);
	ck_assert_uint_eq(s.bssid, BSSID);
	p = recipe_make("pkt eth:0800 x:00204210000000000602112233445000" CAPWAP, &len);
	dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
	free(p);
	ck_assert_uint_eq(s.radio, BSSID);
}
END_TEST

/* Vectors of CAPWAP that are no single frame's. */
START_TEST(vectors)
{
	static const struct {
		const char *why, *hex;
		enum dec_next next;
		uint32_t octets;
		uint64_t radio;
	} rows[] = {
	    {"V06", FRAME_V06_CAPWAP_W_SWAPPED, DEC_DONE, 32, 0},
	    {"V07", FRAME_V07_CAPWAP_M_8023, DEC_DONE, 32, BSSID},
	    {"V08a", FRAME_V08A_CAPWAP_FRAG1, DEC_STOP_FRAGMENT_WAITS, 0, 0},
	    {"V08b", FRAME_V08B_CAPWAP_FRAG2, DEC_DONE, 32, 0},
	    {"V09", FRAME_V09_CAPWAP_KEEPALIVE, DEC_STOP_CAPWAP_KEEPALIVE, 0, 0},
	    {"V10", FRAME_V10_CAPWAP_DTLS, DEC_STOP_CAPWAP_ENCRYPTED, 0, 0},
	};

	for (int i = 0; i < ROWS(rows); i++) {
		uint8_t octets[512];
		size_t len = recipe_hex(rows[i].hex, octets);
		struct seen s;

		dec_frame(dec, DLT_EN10MB, 1000000000, octets, len, len, &s);
		ck_assert_msg(
		    s.next == rows[i].next, "%s: \"%s\"", rows[i].why, dec_stop_name(s.next));
		ck_assert_msg(s.octets == rows[i].octets, "%s: %u", rows[i].why, s.octets);
		ck_assert_msg(s.radio == rows[i].radio, "%s: radio", rows[i].why);
		if (rows[i].octets == 0)
			continue;
		ck_assert_msg(s.direction == SEEN_UP, "%s: direction", rows[i].why);
		ck_assert_msg((i == 1 ? s.from : s.client) == pseudonym_mac(key, station),
		    "%s: client", rows[i].why);
	}
}
END_TEST

/* A cookie's length is what both ends are configured for. */
START_TEST(cookies)
{
	struct decoder *other = decoder_new(key);
	size_t len;
	uint8_t *p = recipe_make("pkt eth:0800 x:000000070102030405060708 ip4:115 out:0800", &len);
	struct seen s;

	ck_assert_ptr_nonnull(other);
	decoder_l2tp_cookie(other, 8);
	dec_frame(other, DLT_EN10MB, 0, p, len, len, &s);
	ck_assert_uint_eq(s.octets, 32);
	free(p);
	decoder_free(other);
}
END_TEST

/* ---- the order of octets ---- */

#define HEADER_UP "0000021122334450daa119000042021122334450"
#define ASSOC      \
	"3104"     \
	"0a00"     \
	"0004"     \
	"43697479" \
	"0104"     \
	"82848b96"

static enum seen_kind
kind_of(struct decoder *d, const char *recipe)
{
	size_t len;
	uint8_t *p = recipe_make(recipe, &len);
	struct seen s;

	dec_frame(d, DLT_EN10MB, 0, p, len, len, &s);
	free(p);
	return (enum seen_kind)s.kind;
}

/* Management frames can be read either way; before anybody is known, by what makes sense. */
START_TEST(order_by_sense)
{
	static const struct {
		const char *recipe;
		enum seen_kind kind;
	} rows[] = {
	    {"x:0000" HEADER_UP "1000" ASSOC WLAN CAPWAP, SEEN_ASSOCIATION_REQUEST},
	    {"x:4000" HEADER_UP "1000"
	     "000443697479" WLAN CAPWAP,
		SEEN_PROBE_REQUEST},
	    {"x:0040" HEADER_UP "0010"
	     "000443697479" WLAN CAPWAP,
		SEEN_PROBE_REQUEST},
	    {"x:a000" HEADER_UP "1000"
	     "0800" WLAN CAPWAP,
		SEEN_DISASSOCIATION},
	    {"x:00a0" HEADER_UP "0010"
	     "0800" WLAN CAPWAP,
		SEEN_DISASSOCIATION},
	    {"x:00c0" HEADER_UP "0010"
	     "0800" WLAN CAPWAP,
		SEEN_DEAUTHENTICATION},
	    {"x:b000" HEADER_UP "1000"
	     "000001000000" WLAN CAPWAP,
		SEEN_AUTHENTICATION},
	    {"x:00b0" HEADER_UP "0010"
	     "000001000000" WLAN CAPWAP,
		SEEN_AUTHENTICATION},
	    {"x:0020" HEADER_UP "0010"
	     "3104"
	     "0a00"
	     "021122334499"
	     "000443697479" WLAN CAPWAP,
		SEEN_REASSOCIATION_REQUEST},
	};

	for (int i = 0; i < ROWS(rows); i++) {
		struct decoder *fresh = decoder_new(key);

		ck_assert_ptr_nonnull(fresh);
		ck_assert_msg(kind_of(fresh, rows[i].recipe) == rows[i].kind, "row %d", i);
		decoder_free(fresh);
	}
}
END_TEST

/* Action frames have no shape: what data frames of the same access point showed decides. */
START_TEST(order_by_vote)
{
	struct decoder *fresh = decoder_new(key);

	ck_assert_ptr_nonnull(fresh);
	ck_assert_int_eq(kind_of(fresh, "x:00d0" HEADER_UP "0010"
					"0300" WLAN CAPWAP),
	    SEEN_ASSOCIATION_REQUEST);
	kind_of(fresh, "pkt " SWAPPED WLAN CAPWAP);
	ck_assert_int_eq(kind_of(fresh, "x:00d0" HEADER_UP "0010"
					"0300" WLAN CAPWAP),
	    SEEN_ACTION);
	for (int i = 0; i < 3; i++)
		kind_of(fresh, "pkt " DATA WLAN CAPWAP);
	ck_assert_int_eq(kind_of(fresh, "x:d000" HEADER_UP "1000"
					"0300" WLAN CAPWAP),
	    SEEN_ACTION);
	decoder_free(fresh);
}
END_TEST

/* Who exchanges the frame control exchanges the sequence control as well. */
START_TEST(sequence)
{
	size_t len;
	uint8_t *p = recipe_make("pkt " SWAPPED WLAN CAPWAP, &len);
	struct seen s;

	dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
	ck_assert_uint_eq(s.sequence, 0x0100);
	free(p);
}
END_TEST

/* How well the access point heard the client. */
START_TEST(signal_of)
{
	size_t len;
	uint8_t *p = recipe_make("x:4000" HEADER_UP "1000"
				 "0000"
				 " x:002043200000000004c322021c000000" CAPWAP,
	    &len);
	struct seen s;

	dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
	ck_assert_int_eq(decoder_detail(dec)->kind, DETAIL_MANAGEMENT);
	ck_assert_int_eq(decoder_detail(dec)->management.signal, -61);
	free(p);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tunnel");
	TCase *tc = tcase_create("tunnels"), *order = tcase_create("order");

	tcase_add_loop_test(tc, tunnels, 0, ROWS(frames));
	tcase_add_loop_test(tc, cut_everywhere, 0, ROWS(frames));
	tcase_add_test(tc, ends);
	tcase_add_test(tc, vectors);
	tcase_add_test(tc, cookies);
	tcase_add_test(order, order_by_sense);
	tcase_add_test(order, order_by_vote);
	tcase_add_test(order, sequence);
	tcase_add_test(order, signal_of);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, order);
	return decoding_run(s, &key, &dec);
}
