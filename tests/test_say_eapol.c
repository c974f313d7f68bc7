/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_say_eapol.c - logins and handshakes, step by step; and neighbours that tell who they are. */
#include <pcap/dlt.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "tests/decoding.h"
#include "tests/frames.h"
#include "tests/frames_hex.h"

#define UP     "021122334450daa119000042"
#define EAPOL  UP "888e"
#define TEN    "00000000000000000000"
#define THIRTY TEN TEN TEN
#define NONCE              \
	"a1a2a3a4a5a6a7a8" \
	"a1a2a3a4a5a6a7a8" \
	"a1a2a3a4a5a6a7a8" \
	"a1a2a3a4a5a6a7a8"
/* Behind the key information: length, counter, nonce, vector, sequence, identifier; 16 of MIC. */
#define KEY_REST \
	"0010"   \
	"0000000000000001" NONCE THIRTY "0000" TEN "000000000000"
#define KEY_24 KEY_REST "0000000000000000" /* a MIC of 24 */

static struct pseudonyms *key;
static struct decoder *dec;

static const struct {
	const char *why;
	const char *hex;
	enum dec_next next;
	enum detail_eapol_message message;
	int method;
} messages[] = {
    {"V42", FRAME_V42_EAPOL_M1, DEC_DONE, EAPOL_M1, 0},
    {"first",
	EAPOL "0103005f"
	      "02008a" KEY_REST "0000",
	DEC_DONE, EAPOL_M1, 0},
    {"second",
	EAPOL "01030061"
	      "02010a" KEY_REST "0002"
	      "3000",
	DEC_DONE, EAPOL_M2, 0},
    {"second of a rekeying",
	EAPOL "01030061"
	      "02030a" KEY_REST "0002"
	      "3000",
	DEC_DONE, EAPOL_M2, 0},
    {"third",
	EAPOL "01030061"
	      "0213ca" KEY_REST "0002"
	      "3000",
	DEC_DONE, EAPOL_M3, 0},
    {"third of WPA",
	EAPOL "0103005f"
	      "fe01c9" KEY_REST "0000",
	DEC_DONE, EAPOL_M3, 0},
    {"last",
	EAPOL "0103005f"
	      "02030a" KEY_REST "0000",
	DEC_DONE, EAPOL_M4, 0},
    {"last of WPA, not secure",
	EAPOL "0103005f"
	      "fe0109" KEY_REST "0000",
	DEC_DONE, EAPOL_M4, 0},
    {"second, MIC of 24",
	EAPOL "01030069"
	      "02010a" KEY_24 "0002"
	      "3000",
	DEC_DONE, EAPOL_M2, 0},
    {"last, MIC of 24",
	EAPOL "01030067"
	      "02030a" KEY_24 "0000",
	DEC_DONE, EAPOL_M4, 0},
    {"last, of a length that does not fit",
	EAPOL "01030003"
	      "02030a",
	DEC_DONE, EAPOL_M4, 0},
    {"second, of a length that does not fit",
	EAPOL "01030003"
	      "02010a",
	DEC_DONE, EAPOL_M2, 0},
    {"group key",
	EAPOL "01030003"
	      "021382",
	DEC_DONE, EAPOL_GROUP_1, 0},
    {"group key taken",
	EAPOL "01030003"
	      "020302",
	DEC_DONE, EAPOL_GROUP_2, 0},
    {"a request",
	EAPOL "01030003"
	      "020d0a",
	DEC_DONE, EAPOL_KEY_OTHER, 0},
    {"another descriptor",
	EAPOL "01030003"
	      "01008a",
	DEC_DONE, EAPOL_KEY_OTHER, 0},
    {"key without information",
	EAPOL "01030002"
	      "0200",
	DEC_STOP_EAPOL_KEY, EAPOL_OTHER, 0},
    {"start", EAPOL "01010000" THIRTY, DEC_DONE, EAPOL_START, 0},
    {"logoff", EAPOL "01020000", DEC_DONE, EAPOL_LOGOFF, 0},
    {"identity",
	EAPOL "01000009"
	      "01070009"
	      "01"
	      "616c6963",
	DEC_DONE, EAPOL_REQUEST, 1},
    {"its answer",
	EAPOL "01000009"
	      "02070009"
	      "01"
	      "616c6963",
	DEC_DONE, EAPOL_RESPONSE, 1},
    {"PEAP",
	EAPOL "01000006"
	      "01080006"
	      "1920",
	DEC_DONE, EAPOL_REQUEST, 25},
    {"success",
	EAPOL "01000004"
	      "03080004" THIRTY,
	DEC_DONE, EAPOL_SUCCESS, 0},
    {"failure",
	EAPOL "01000004"
	      "04080004",
	DEC_DONE, EAPOL_FAILURE, 0},
    {"another code",
	EAPOL "01000004"
	      "09080004",
	DEC_DONE, EAPOL_OTHER, 0},
    {"EAP of 3 octets",
	EAPOL "01000004"
	      "03080003",
	DEC_STOP_EAPOL_EAP, EAPOL_OTHER, 0},
    {"EAP longer than its frame",
	EAPOL "01000004"
	      "03080005"
	      "00",
	DEC_STOP_EAPOL_EAP, EAPOL_OTHER, 0},
    {"EAP cut by the sender",
	EAPOL "01000003"
	      "030800",
	DEC_STOP_EAPOL_EAP, EAPOL_OTHER, 0},
    {"MACsec", EAPOL "03050000", DEC_DONE, EAPOL_OTHER, 0},
    {"to the port's group address",
	"0180c2000003"
	"daa119000042"
	"888e"
	"01010000",
	DEC_DONE, EAPOL_START, 0},
};

static void
decode(const char *hex, struct seen *s)
{
	size_t len;
	uint8_t *p = unhex(hex, &len);

	dec_frame(dec, DLT_EN10MB, 0, p, len, len, s);
	free(p);
}

START_TEST(says)
{
	const struct detail *said = decoder_detail(dec);
	const char *why = messages[_i].why;
	struct seen s;

	decode(messages[_i].hex, &s);
	ck_assert_msg(s.next == messages[_i].next, "%s: \"%s\"", why, dec_stop_name(s.next));
	ck_assert_int_eq(said->kind, DETAIL_EAPOL);
	ck_assert_msg(said->eapol.message == messages[_i].message, "%s: %s", why,
	    detail_eapol_name(said->eapol.message));
	ck_assert_msg(said->eapol.method == messages[_i].method, "%s: method", why);
}
END_TEST

static struct detail_eapol uncut;

/* What is left of a message says what the whole one does, or less. */
static void
check_cut(const struct seen *s, size_t there, size_t on_wire)
{
	const struct detail *said = decoder_detail(dec);

	(void)s;
	if (said->kind != DETAIL_EAPOL)
		return;
	ck_assert_msg(said->eapol.message == uncut.message || said->eapol.message == EAPOL_OTHER,
	    "%zu of %zu octets: %s", there, on_wire, detail_eapol_name(said->eapol.message));
	ck_assert_msg(said->eapol.method == uncut.method || said->eapol.method == 0,
	    "%zu of %zu octets: method %d", there, on_wire, (int)said->eapol.method);
}

START_TEST(cut_everywhere)
{
	struct seen s;
	size_t len;
	uint8_t *whole = unhex(messages[_i].hex, &len);

	decode(messages[_i].hex, &s);
	uncut = decoder_detail(dec)->eapol;
	decoding_cut(dec, DLT_EN10MB, whole, len, check_cut);
	free(whole);
}
END_TEST

/* A length beyond the frame, and half a head. */
START_TEST(lengths)
{
	struct seen s;

	decode(EAPOL "01000005"
		     "03080004",
	    &s);
	ck_assert_int_eq(s.next, DEC_STOP_EAPOL_LENGTH);
	ck_assert_int_eq(decoder_detail(dec)->kind, DETAIL_NONE);
	decode(EAPOL "010000", &s);
	ck_assert_int_eq(s.next, DEC_STOP_EAPOL_SHORT);
	ck_assert_str_eq(detail_eapol_name(EAPOL_M3), "handshake_3");
	ck_assert_str_eq(detail_eapol_name(1000), "other");
}
END_TEST

#define LLDP           \
	"0180c200000e" \
	"021122334450" \
	"88cc"
#define CHASSIS \
	"0207"  \
	"04"    \
	"021122334450"
#define PORT   \
	"0404" \
	"05"   \
	"6765" \
	"31"
#define TTL    \
	"0602" \
	"0078"
#define NAME   \
	"0a05" \
	"73772d3137"
#define BRIDGE \
	"0e04" \
	"00140004"
#define PHONE  \
	"0e04" \
	"00240024"
#define PC     \
	"0e04" \
	"00800080"

static const struct {
	const char *why;
	const char *hex;
	enum dec_next next;
	int told; /* 0: nothing, 1: only that it lives, 2: all */
} neighbours[] = {
    {"a switch", LLDP CHASSIS PORT TTL NAME BRIDGE "0000", DEC_STOP_ETHERNET_LINK_LOCAL, 2},
    {"padding",
	LLDP CHASSIS PORT TTL NAME BRIDGE "0000"
					  "00000000",
	DEC_STOP_ETHERNET_LINK_LOCAL, 2},
    {"an organisation's own",
	LLDP CHASSIS PORT TTL NAME BRIDGE "fe040012bb01"
					  "0000",
	DEC_STOP_ETHERNET_LINK_LOCAL, 2},
    {"somebody's PC", LLDP CHASSIS PORT TTL NAME PC "0000", DEC_STOP_ETHERNET_LINK_LOCAL, 1},
    {"a telephone, with a port for a PC", LLDP CHASSIS PORT TTL NAME PHONE "0000",
	DEC_STOP_ETHERNET_LINK_LOCAL, 1},
    {"who says not what he is", LLDP CHASSIS PORT TTL NAME "0000", DEC_STOP_ETHERNET_LINK_LOCAL, 1},
    {"no end", LLDP CHASSIS PORT TTL NAME BRIDGE, DEC_STOP_LLDP_TLV, 0},
    {"past the end", LLDP CHASSIS PORT TTL "0aff41", DEC_STOP_LLDP_TLV, 0},
    {"a chassis without number", LLDP "0200" PORT TTL "0000", DEC_STOP_LLDP_TLV, 0},
    {"an address of 5",
	LLDP "0206"
	     "04"
	     "0211223344" PORT TTL "0000",
	DEC_STOP_LLDP_TLV, 0},
    {"a life of 1 octet",
	LLDP CHASSIS PORT "0601"
			  "78"
			  "0000",
	DEC_STOP_LLDP_TLV, 0},
    {"half of what it can",
	LLDP CHASSIS PORT TTL "0e02"
			      "0004"
			      "0000",
	DEC_STOP_LLDP_TLV, 0},
};

START_TEST(neighbour)
{
	const struct detail *said = decoder_detail(dec);
	const char *why = neighbours[_i].why;
	struct seen s;

	decode(neighbours[_i].hex, &s);
	ck_assert_msg(s.next == neighbours[_i].next, "%s: \"%s\"", why, dec_stop_name(s.next));
	ck_assert_uint_eq(s.octets, 0);
	ck_assert_msg((said->kind == DETAIL_LLDP) == (neighbours[_i].told > 0), "%s", why);
	if (neighbours[_i].told == 0)
		return;
	ck_assert_uint_eq(said->lldp.ttl_s, 120);
	ck_assert_uint_eq(said->lldp.infrastructure, neighbours[_i].told == 2);
	ck_assert_uint_eq(
	    said->lldp.chassis_mac, neighbours[_i].told == 2 ? UINT64_C(0x021122334450) : 0);
	ck_assert_uint_eq(said->lldp.name.len, neighbours[_i].told == 2 ? 5 : 0);
	ck_assert_uint_eq(said->lldp.port.len, neighbours[_i].told == 2 ? 3 : 0);
	if (neighbours[_i].told == 2)
		ck_assert_mem_eq(said->lldp.name.octets, "sw-17", 5);
}
END_TEST

/* A name that is too long is cut, and says so. */
START_TEST(long_name)
{
	struct seen s;

	decode(LLDP CHASSIS PORT TTL "0a40" THIRTY THIRTY "41414141" BRIDGE "0000", &s);
	ck_assert_int_eq(decoder_detail(dec)->kind, DETAIL_LLDP);
	ck_assert_uint_eq(decoder_detail(dec)->lldp.name.len, DETAIL_TEXT_MAX);
	ck_assert_uint_eq(decoder_detail(dec)->lldp.name.cut, 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("eapol");
	TCase *tc = tcase_create("messages");

	tcase_add_loop_test(tc, says, 0, ROWS(messages));
	tcase_add_loop_test(tc, cut_everywhere, 0, ROWS(messages));
	tcase_add_loop_test(tc, neighbour, 0, ROWS(neighbours));
	tcase_add_test(tc, lengths);
	tcase_add_test(tc, long_name);
	suite_add_tcase(s, tc);
	return decoding_run(s, &key, &dec);
}
