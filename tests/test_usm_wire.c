/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SNMPv3's keys, digests and encryption against published vectors and net-snmp; its messages
 * against themselves and against every way to be wrong. */
#include "collector/snmp/usm_crypt.h"
#include "collector/snmp/usm_wire.h"

#include <net-snmp/net-snmp-config.h>
/* The configuration has to come first. */
#include <net-snmp/net-snmp-includes.h>

#include "tests/harness.h"

static struct usm_crypt *box;

static void
setup(void)
{
	ck_assert_int_eq(usm_crypt_new(&box), KK_OK);
}

static void
teardown(void)
{
	usm_crypt_free(box);
}

static void
unhex(const char *hex, uint8_t *out, size_t *len)
{
	for (*len = 0; hex[0] != '\0'; hex += 2) {
		char two[3] = {hex[0], hex[1], 0};

		out[(*len)++] = (uint8_t)strtoul(two, NULL, 16);
	}
}

static void
ck_hex(const char *why, const uint8_t *got, const char *want)
{
	uint8_t octets[64];
	size_t n;

	unhex(want, octets, &n);
	ck_assert_msg(memcmp(got, octets, n) == 0, "%s: other octets than %s", why, want);
}

/* ---- keys ---- */

/* RFC 3414 A.3.1 and A.3.2. */
static const struct {
	unsigned auth;
	const char *secret, *ku, *kul;
} rfc3414[] = {
    {USM_AUTH_MD5, "maplesyrup", "9faf3283884e92834ebc9847d8edd963",
	"526f5eed9fcce26f8964c2930787d82b"},
    {USM_AUTH_SHA1, "maplesyrup", "9fb5cc0381497b3793528939ff788d5d79145211",
	"6695febc9288e36282235fc7151f128497b38f3f"},
};

START_TEST(rfc3414_keys)
{
	static const uint8_t engine[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
	uint8_t ku[USM_KEY_MAX], kul[USM_KEY_MAX];

	ck_assert_int_eq(usm_secret_key(box, rfc3414[_i].auth, rfc3414[_i].secret,
			     strlen(rfc3414[_i].secret), ku),
	    KK_OK);
	ck_hex("Ku", ku, rfc3414[_i].ku);
	ck_assert_int_eq(
	    usm_localize(box, rfc3414[_i].auth, ku, engine, sizeof(engine), kul), KK_OK);
	ck_hex("Kul", kul, rfc3414[_i].kul);
}
END_TEST

/* RFC 4231 test cases 1 (a key of 20 octets), as RFC 7860 cuts them; RFC 2202 for the older ones. A
 * key that is shorter than the digest is followed by zeros, which is what HMAC does with it anyway.
 */
static const struct {
	unsigned auth;
	const char *mac;
} hmacs[] = {
    {USM_AUTH_SHA1, "b617318655057264e28bc0b6"},
    {USM_AUTH_SHA224, "896fb1128abbdf196832107cd49df33f"},
    {USM_AUTH_SHA256, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da7"},
    {USM_AUTH_SHA384, "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"},
    {USM_AUTH_SHA512, "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8"
		      "a702038b274eaea3f4e4"},
};

START_TEST(rfc7860_digests)
{
	uint8_t key[USM_KEY_MAX] = {0}, mac[USM_MAC_MAX];

	memset(key, 0x0b, 20);
	ck_assert_int_eq(
	    usm_mac(box, hmacs[_i].auth, key, (const uint8_t *)"Hi There", 8, mac), KK_OK);
	ck_assert_uint_eq(usm_mac_len(hmacs[_i].auth), strlen(hmacs[_i].mac) / 2);
	ck_hex(usm_auth_name(hmacs[_i].auth), mac, hmacs[_i].mac);
}
END_TEST

/* Every protocol, as net-snmp computes it. */
static const struct {
	unsigned auth;
	int type;
} like_netsnmp[] = {
    {USM_AUTH_MD5, NETSNMP_USMAUTH_HMACMD5},
    {USM_AUTH_SHA1, NETSNMP_USMAUTH_HMACSHA1},
    {USM_AUTH_SHA224, NETSNMP_USMAUTH_HMAC128SHA224},
    {USM_AUTH_SHA256, NETSNMP_USMAUTH_HMAC192SHA256},
    {USM_AUTH_SHA384, NETSNMP_USMAUTH_HMAC256SHA384},
    {USM_AUTH_SHA512, NETSNMP_USMAUTH_HMAC384SHA512},
};

START_TEST(keys_like_netsnmp)
{
	uint8_t engine[17] = {0x80, 0, 0x1f, 0x88, 4, 'k'}, ku[USM_KEY_MAX], key[USM_KEY_MAX];
	u_char theirs[USM_LENGTH_KU_HASHBLOCK + 256];
	size_t len, n = sizeof(theirs);
	const oid *alg = sc_get_auth_oid(like_netsnmp[_i].type, &len);

	ck_assert_ptr_nonnull(alg);
	ck_assert_int_eq(
	    generate_Ku(alg, (u_int)len, (const u_char *)"a secret of Seoul", 17, theirs, &n), 0);
	ck_assert_int_eq(
	    usm_secret_key(box, like_netsnmp[_i].auth, "a secret of Seoul", 17, ku), KK_OK);
	ck_assert_mem_eq(ku, theirs, n);
	n = sizeof(theirs);
	ck_assert_int_eq(generate_kul(alg, (u_int)len, engine, sizeof(engine), ku,
			     sc_get_proper_auth_length_bytype(like_netsnmp[_i].type), theirs, &n),
	    0);
	ck_assert_int_eq(
	    usm_localize(box, like_netsnmp[_i].auth, ku, engine, sizeof(engine), key), KK_OK);
	ck_assert_mem_eq(key, theirs, n);
}
END_TEST

/* Where a key is too short for its cipher: both ways to make it longer, as net-snmp goes them. */
START_TEST(long_keys_like_netsnmp)
{
	static const struct {
		unsigned priv;
		int type;
		size_t octets;
	} ciphers[] = {{USM_PRIV_AES128, USM_CREATE_USER_PRIV_AES, 16},
	    {USM_PRIV_AES192, USM_CREATE_USER_PRIV_AES192, 24},
	    {USM_PRIV_AES256, USM_CREATE_USER_PRIV_AES256, 32},
	    {USM_PRIV_AES192C, USM_CREATE_USER_PRIV_AES192_CISCO, 24},
	    {USM_PRIV_AES256C, USM_CREATE_USER_PRIV_AES256_CISCO, 32}};
	uint8_t engine[11] = {0x80, 0, 0x1f, 0x88, 3, 1, 2, 3, 4, 5, 6}, ku[USM_KEY_MAX],
		key[USM_PRIV_MAX];
	size_t len, n;
	const oid *alg = sc_get_auth_oid(like_netsnmp[_i].type, &len);

	ck_assert_int_eq(
	    usm_secret_key(box, like_netsnmp[_i].auth, "another secret", 14, ku), KK_OK);
	for (int i = 0; i < ROWS(ciphers); i++) {
		u_char *theirs = calloc(1, 512);
		int have = sc_get_proper_auth_length_bytype(like_netsnmp[_i].type);

		n = 512;
		ck_assert_int_eq(generate_kul(alg, (u_int)len, engine, sizeof(engine), ku,
				     (size_t)have, theirs, &n),
		    0);
		ck_assert_int_eq(
		    netsnmp_extend_kul((u_int)ciphers[i].octets, (oid *)alg, (u_int)len,
			ciphers[i].type, engine, sizeof(engine), &theirs, &n, 512),
		    0);
		ck_assert_int_eq(usm_priv_key(box, like_netsnmp[_i].auth, ciphers[i].priv, ku,
				     engine, sizeof(engine), key),
		    KK_OK);
		ck_assert_msg(memcmp(key, theirs, ciphers[i].octets) == 0,
		    "%s with %s: another key", usm_priv_name(ciphers[i].priv),
		    usm_auth_name(like_netsnmp[_i].auth));
		free(theirs);
	}
}
END_TEST

/* RFC 3826 3.1.2.1: the vector is boots, time, salt. */
START_TEST(cipher_like_netsnmp)
{
	uint8_t key[32] = "0123456789abcdef0123456789abcde", text[100], ours[100];
	u_char iv[16] = {0, 0, 0, 7, 0, 1, 2, 3, 9, 8, 7, 6, 5, 4, 3, 2}, theirs[128];
	struct usm_seal s = {.priv = USM_PRIV_AES128, .key = key, .boots = 7, .time = 0x010203};
	size_t n = sizeof(theirs);

	for (size_t i = 0; i < sizeof(text); i++)
		ours[i] = text[i] = (uint8_t)(i * 7);
	memcpy(s.salt, iv + 8, 8);
	ck_assert_int_eq(sc_encrypt(usmAESPrivProtocol, OID_LENGTH(usmAESPrivProtocol), key, 16, iv,
			     16, text, sizeof(text), theirs, &n),
	    0);
	ck_assert_int_eq(usm_cipher(box, &s, 1, ours, sizeof(ours)), KK_OK);
	ck_assert_mem_eq(ours, theirs, sizeof(ours));
	for (unsigned p = USM_PRIV_AES128; p < USM_PRIV_COUNT; p++) { /* there and back */
		s.priv = p;
		memcpy(ours, text, sizeof(text));
		ck_assert_int_eq(usm_cipher(box, &s, 1, ours, sizeof(ours)), KK_OK);
		ck_assert_mem_ne(ours, text, sizeof(text));
		ck_assert_int_eq(usm_cipher(box, &s, 0, ours, sizeof(ours)), KK_OK);
		ck_assert_mem_eq(ours, text, sizeof(text));
	}
}
END_TEST

static const struct {
	const char *name;
	int auth, priv;
} names[] = {
    {"SHA", USM_AUTH_SHA1, -1},
    {"sha-1", USM_AUTH_SHA1, -1},
    {"SHA256", USM_AUTH_SHA256, -1},
    {"SHA-512", USM_AUTH_SHA512, -1},
    {"MD5", USM_AUTH_MD5, -1},
    {"none", USM_AUTH_NONE, USM_PRIV_NONE},
    {"AES", -1, USM_PRIV_AES128},
    {"aes256", -1, USM_PRIV_AES256},
    {"AES-256-C", -1, USM_PRIV_AES256C},
    {"DES", -1, -1},
    {"SHA-3", -1, -1},
    {"", -1, -1},
};

START_TEST(protocol_names)
{
	ck_assert_msg(
	    usm_auth_by_name(names[_i].name) == names[_i].auth, "auth \"%s\"", names[_i].name);
	ck_assert_msg(
	    usm_priv_by_name(names[_i].name) == names[_i].priv, "priv \"%s\"", names[_i].name);
}
END_TEST

/* ---- messages ---- */

static uint8_t engine_id[32], user_name[32];
static const uint8_t pdu[] = {0xa0, 0x0e, 2, 4, 1, 2, 3, 4, 2, 1, 0, 2, 1, 0, 0x30, 0};
static const uint8_t salt[8] = {1, 2, 3, 4, 5, 6, 7, 8};

static const struct {
	const char *why;
	struct usm_draft d;
} drafts[] = {
    {"discovery", {.msg_id = 0x01000000, .flags = USM_FLAG_REPORTABLE}},
    {"authPriv", {.msg_id = 0x7fffffff,
		     .flags = 7,
		     .engine_len = 17,
		     .user_len = 6,
		     .boots = 3,
		     .time = 200,
		     .mac_len = 12,
		     .salt = salt}},
    {"everything at its longest", {.msg_id = 0x7fffffff,
				      .flags = 7,
				      .engine_len = 32,
				      .user_len = 32,
				      .boots = INT32_MAX,
				      .time = INT32_MAX,
				      .mac_len = 48,
				      .salt = salt}},
};

static struct usm_written
write_draft(int i, const uint8_t *what, size_t len, uint8_t *room)
{
	struct usm_draft d = drafts[i].d;
	struct usm_written w;

	d.engine = engine_id;
	d.user = user_name;
	d.pdu = what;
	d.pdu_len = len;
	usm_write(&d, room, &w);
	return w;
}

START_TEST(written_is_read)
{
	static uint8_t room[8192 + USM_AROUND], long_pdu[8192];
	const struct usm_draft *d = &drafts[_i].d;
	size_t sizes[] = {sizeof(pdu), 100, 300, 8192};

	for (int i = 0; i < ROWS(sizes); i++) {
		struct usm_written w;
		struct usm_message m;
		struct usm_scoped s;

		memcpy(long_pdu, pdu, sizeof(pdu));
		if (sizes[i] > sizeof(pdu)) {
			long_pdu[1] = 0x82;
			long_pdu[2] = (uint8_t)((sizes[i] - 4) >> 8);
			long_pdu[3] = (uint8_t)(sizes[i] - 4);
		}
		w = write_draft(_i, long_pdu, sizes[i], room);
		ck_assert(w.octets >= room);
		ck_assert(usm_is_v3(w.octets, w.len));
		ck_assert_msg(
		    usm_read(w.octets, w.len, &m) == KK_OK, "%s is not read", drafts[_i].why);
		ck_assert_int_eq(m.msg_id, (int32_t)d->msg_id);
		ck_assert_uint_eq(m.flags, d->flags);
		ck_assert_uint_eq(m.boots, d->boots);
		ck_assert_uint_eq(m.time, d->time);
		ck_assert_uint_eq(m.engine_len, d->engine_len);
		ck_assert_uint_eq(m.user_len, d->user_len);
		ck_assert_uint_eq(m.mac_len, d->mac_len);
		ck_assert_ptr_eq(w.octets + m.mac_at, w.mac);
		ck_assert_ptr_eq(w.octets + m.scoped_at, w.scoped);
		ck_assert_uint_eq(m.scoped_len, w.scoped_len);
		ck_assert_int_eq(usm_read_scoped(w.scoped, w.scoped_len, &s), KK_OK);
		ck_assert_uint_eq(s.pdu_len, sizes[i]);
		ck_assert_mem_eq(s.pdu, long_pdu, sizes[i]);
	}
}
END_TEST

/* A message cut anywhere, or with any one octet changed, is refused or read; the sanitizers say
 * whether beyond it. */
START_TEST(cut_and_changed)
{
	uint8_t room[sizeof(pdu) + USM_AROUND];
	struct usm_written w = write_draft(_i, pdu, sizeof(pdu), room);
	struct usm_message m;
	struct usm_scoped s;

	for (size_t n = 0; n < w.len; n++) {
		uint8_t *copy = malloc(n + 1);

		memcpy(copy, w.octets, n);
		ck_assert_msg(
		    usm_read(copy, n, &m) != KK_OK, "%zu of %zu octets are read", n, w.len);
		free(copy);
	}
	for (size_t i = 0; i < w.len; i++)
		for (unsigned v = 0; v < 256; v++) {
			uint8_t *copy = malloc(w.len);

			memcpy(copy, w.octets, w.len);
			copy[i] = (uint8_t)v;
			if (usm_read(copy, w.len, &m) == KK_OK) {
				ck_assert_uint_le(m.scoped_at + m.scoped_len, w.len);
				ck_assert_uint_le(m.mac_at + m.mac_len, w.len);
				(void)usm_read_scoped(copy + m.scoped_at, m.scoped_len, &s);
			}
			free(copy);
		}
}
END_TEST

/* A discovery that was written by hand, wrong in one octet. */
static const char by_hand[] = "303d"
			      "020103"
			      "3010"
			      "02040a000001"
			      "02024000"
			      "040104"
			      "020103"
			      "0410300e0400020100020100040004000400"
			      "301404000400a00e0204010203040201000201003000";
static const struct {
	const char *why;
	unsigned at;
	uint8_t octet;
	int want;
} wrong[] = {
    {"good", 0, 0x30, KK_OK},
    {"no sequence", 0, 0x31, KK_E_SYNTAX},
    {"longer than the datagram", 1, 0x3e, KK_E_SYNTAX},
    {"a length of no definite form", 1, 0x80, KK_E_SYNTAX},
    {"version 2c", 4, 1, KK_E_TYPE},
    {"a negative id", 9, 0x8a, KK_E_SYNTAX},
    {"a negative size", 15, 0x80, KK_E_SYNTAX},
    {"a size below 484", 15, 1, KK_E_SYNTAX},
    {"flags of no octet", 18, 0, KK_E_SYNTAX},
    {"encrypted, but not authenticated", 19, 6, KK_E_TYPE},
    {"said to be encrypted, without a salt", 19, 7, KK_E_SYNTAX},
    {"model 2", 22, 2, KK_E_TYPE},
    {"parameters in no string", 23, 0x30, KK_E_SYNTAX},
    {"negative boots", 31, 0xff, KK_E_SYNTAX},
    {"an engine id that takes all", 28, 0x0e, KK_E_SYNTAX},
    {"a digest that takes all", 38, 0x20, KK_E_SYNTAX},
};

START_TEST(wrong_messages)
{
	uint8_t octets[128];
	struct usm_message m;
	size_t n;
	int rc;

	unhex(by_hand, octets, &n);
	octets[wrong[_i].at] = wrong[_i].octet;
	rc = usm_read(octets, n, &m);
	ck_assert_msg(rc == wrong[_i].want, "%s: got %s", wrong[_i].why, kk_strerror(rc));
}
END_TEST

static const struct {
	const char *name; /* contents of the OID */
	int want;
} counters[] = {
    {"2b060106030f01010100", USM_REPORT_LEVEL},
    {"2b060106030f01010200", USM_REPORT_WINDOW},
    {"2b060106030f01010300", USM_REPORT_USER},
    {"2b060106030f01010400", USM_REPORT_ENGINE},
    {"2b060106030f01010500", USM_REPORT_DIGEST},
    {"2b060106030f01010600", USM_REPORT_DECRYPT},
    {"2b060106030c010500", USM_REPORT_CONTEXT},
    {"2b060106030f01010700", USM_REPORT_OTHER},
    {"2b060106030f010101", USM_REPORT_OTHER},
    {"", USM_REPORT_OTHER},
};

START_TEST(reports_named)
{
	/* request-id 0x01020304, error-status 0, error-index 0 */
	static const uint8_t numbers[] = {2, 4, 1, 2, 3, 4, 2, 1, 0, 2, 1, 0};
	uint8_t octets[64], name[16];
	size_t n, at = 0;

	unhex(counters[_i].name, name, &n);
	octets[at++] = 0xa8;
	octets[at++] = (uint8_t)(18 + n);
	memcpy(octets + at, numbers, sizeof(numbers));
	at += sizeof(numbers);
	octets[at++] = 0x30;
	octets[at++] = (uint8_t)(4 + n + 0);
	octets[at++] = 0x30;
	octets[at++] = (uint8_t)(2 + n);
	octets[at++] = 6;
	octets[at++] = (uint8_t)n;
	memcpy(octets + at, name, n);
	at += n;
	ck_assert_msg(usm_read_report(octets, at) == counters[_i].want, "%s: %d", counters[_i].name,
	    usm_read_report(octets, at));
	ck_assert_int_eq(usm_read_report(octets, at - 1), KK_E_SYNTAX);
	octets[0] = 0xa2;
	ck_assert_int_eq(usm_read_report(octets, at), KK_E_SYNTAX);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("usm_wire");
	TCase *keys = tcase_create("keys"), *messages = tcase_create("messages");

	init_snmp_logging();
	sc_init();
	tcase_add_unchecked_fixture(keys, setup, teardown);
	tcase_set_timeout(keys, 120);
	tcase_add_loop_test(keys, rfc3414_keys, 0, ROWS(rfc3414));
	tcase_add_loop_test(keys, rfc7860_digests, 0, ROWS(hmacs));
	tcase_add_loop_test(keys, keys_like_netsnmp, 0, ROWS(like_netsnmp));
	tcase_add_loop_test(keys, long_keys_like_netsnmp, 0, ROWS(like_netsnmp));
	tcase_add_test(keys, cipher_like_netsnmp);
	tcase_add_loop_test(keys, protocol_names, 0, ROWS(names));
	suite_add_tcase(s, keys);
	tcase_add_loop_test(messages, written_is_read, 0, ROWS(drafts));
	tcase_add_loop_test(messages, cut_and_changed, 0, ROWS(drafts));
	tcase_add_loop_test(messages, wrong_messages, 0, ROWS(wrong));
	tcase_add_loop_test(messages, reports_named, 0, ROWS(counters));
	suite_add_tcase(s, messages);
	return harness_run(s);
}
