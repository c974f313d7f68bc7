/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Datagrams as varbinds, and requests as datagrams. */
#include "collector/snmp/answer.h"

#include "collector/snmp/request.h"
#include "tests/ber.h"
#include "tests/harness.h"

static const unsigned long name[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 4294967295};

static struct answer_reader *reader;
static struct answer answer;
static struct answer_envelope envelope;
static uint8_t *copy;

static void
setup(void)
{
	ck_assert_int_eq(answer_reader_new(&reader), KK_OK);
}

static void
teardown(void)
{
	answer_reader_free(reader);
	free(copy);
}

/* Read an exact-size copy, so that one octet too far is seen; values point into it. */
static int
read_message(struct ber *b)
{
	free(copy);
	copy = malloc(ber_len(b) > 0 ? ber_len(b) : 1);
	memcpy(copy, ber_octets(b), ber_len(b));
	return answer_read(reader, copy, ber_len(b), &answer, &envelope);
}

static void
varbind(struct ber *b, uint8_t tag, const void *p, size_t len)
{
	size_t end = ber_len(b);

	ber_value(b, tag, p, len);
	ber_oid(b, name, 12);
	ber_header(b, 0x30, end);
}

static const struct {
	const char *why;
	uint8_t tag;
	const char *octets;
	size_t n;
	int type; /* -1: refused */
	int64_t number;
} numbers[] = {
    {"INTEGER 0", 0x02, "\0", 1, VB_INTEGER, 0},
    {"INTEGER -1", 0x02, "\xff", 1, VB_INTEGER, -1},
    {"INTEGER least", 0x02, "\x80\0\0\0", 4, VB_INTEGER, INT32_MIN},
    {"Counter32 most", 0x41, "\0\xff\xff\xff\xff", 5, VB_COUNTER32, 0xffffffff},
    {"Counter32 without its zero", 0x41, "\xff\xff\xff\xff", 4, VB_COUNTER32, 0xffffffff},
    {"Gauge32", 0x42, "\x7f", 1, VB_GAUGE32, 127},
    {"TimeTicks", 0x43, "\x0e\x10", 2, VB_TIMETICKS, 3600},
    {"Counter64 above 2^53", 0x46, "\x20\0\0\0\0\0\1", 7, VB_COUNTER64, 0x20000000000001},
    {"Counter64 most", 0x46, "\0\xff\xff\xff\xff\xff\xff\xff\xff", 9, VB_COUNTER64, -1},
    {"noSuchObject", 0x80, "", 0, VB_NO_OBJECT, 0},
    {"noSuchInstance", 0x81, "", 0, VB_NO_INSTANCE, 0},
    {"endOfMibView", 0x82, "", 0, VB_END_OF_VIEW, 0},
    {"NULL", 0x05, "", 0, VB_NULL, 0},
    {"Counter64 in an Opaque", 0x44, "\x9f\x76\x02\x12\x34", 5, VB_COUNTER64, 0x1234},
    {"Float in an Opaque", 0x44, "\x9f\x78\x04\x42\xf6\x00\x00", 7, VB_OPAQUE, 0},
    {"an Opaque that only begins like a counter", 0x44, "\x9f\x76\x02\x12", 4, -1, 0},
};

START_TEST(number)
{
	struct ber b;
	int rc;

	ber_start(&b);
	varbind(&b, numbers[_i].tag, numbers[_i].octets, numbers[_i].n);
	ber_message(&b, 1, "city", 0xa2, 0x12345678, 0, 0);
	rc = read_message(&b);
	if (numbers[_i].type < 0) {
		ck_assert_msg(rc == KK_E_SYNTAX, "%s: taken", numbers[_i].why);
		return;
	}
	ck_assert_msg(rc == KK_OK, "%s: %s", numbers[_i].why, kk_strerror(rc));
	ck_assert_int_eq(answer.request_id, 0x12345678);
	ck_assert_int_eq(envelope.version, 2);
	ck_assert_uint_eq(envelope.community_len, 4);
	ck_assert_mem_eq(envelope.community, "city", 4);
	ck_assert_uint_eq(answer.n, 1);
	ck_assert_uint_eq(answer.vb[0].name_len, 12);
	ck_assert_mem_eq(answer.vb[0].name, name, sizeof(name));
	ck_assert_msg(answer.vb[0].type == numbers[_i].type, "%s: type %02x", numbers[_i].why,
	    answer.vb[0].type);
	ck_assert_msg(answer.vb[0].number == numbers[_i].number, "%s: %lld", numbers[_i].why,
	    (long long)answer.vb[0].number);
}
END_TEST

START_TEST(octets_and_names)
{
	struct ber b;

	ber_start(&b);
	varbind(&b, 0x04, "\0\1\2", 3);
	varbind(&b, 0x40, "\x7f\0\0\1", 4);
	varbind(&b, 0x06, "\x2b\x06\x01\x8f\xff\xff\xff\x7f", 8);
	varbind(&b, 0x04, "", 0);
	ber_message(&b, 0, "", 0xa2, 1, 2, 3);
	ck_assert_int_eq(read_message(&b), KK_OK);
	ck_assert_int_eq(envelope.version, 1);
	ck_assert_uint_eq(envelope.community_len, 0);
	ck_assert_int_eq(answer.error_status, 2);
	ck_assert_int_eq(answer.error_index, 3);
	ck_assert_uint_eq(answer.n, 4);
	ck_assert_uint_eq(answer.vb[0].len, 0);
	ck_assert_uint_eq(answer.vb[1].type, VB_OID);
	ck_assert_uint_eq(answer.vb[1].len, 5);
	ck_assert_uint_eq(answer.vb[1].oid[4], 4294967295);
	ck_assert_uint_eq(answer.vb[2].type, VB_IPADDRESS);
	ck_assert_mem_eq(answer.vb[2].octets, "\x7f\0\0\1", 4);
	ck_assert_mem_eq(answer.vb[3].octets, "\0\1\2", 3);
}
END_TEST

static const struct {
	const char *why;
	int version;
	uint8_t pdu;
	int64_t id;
	int varbinds;
	int want;
} messages[] = {
    {"as many as fit", 1, 0xa2, 1, ANSWER_VARBINDS_MAX, KK_OK},
    {"one more", 1, 0xa2, 1, ANSWER_VARBINDS_MAX + 1, KK_E_FULL},
    {"none", 1, 0xa2, 1, 0, KK_OK},
    {"version 3", 3, 0xa2, 1, 1, KK_E_TYPE},
    {"version 2, the forgotten one", 2, 0xa2, 1, 1, KK_E_TYPE},
    {"version -1", -1, 0xa2, 1, 1, KK_E_TYPE},
    {"GET", 1, 0xa0, 1, 1, KK_E_TYPE},
    {"SET", 1, 0xa3, 1, 1, KK_E_TYPE},
    {"notification", 1, 0xa7, 1, 1, KK_E_TYPE},
    {"v1 trap", 0, 0xa4, 1, 1, KK_E_TYPE},
    {"no PDU at all", 1, 0x30, 1, 1, KK_E_TYPE},
    {"negative request-id", 1, 0xa2, -5, 1, KK_OK},
    {"request-id of 5 octets, which net-snmp cuts", 1, 0xa2, 0x100000000, 1, KK_OK},
};

START_TEST(message)
{
	struct ber b;
	int rc;

	ber_start(&b);
	for (int i = 0; i < messages[_i].varbinds; i++)
		varbind(&b, 0x05, "", 0);
	ber_message(&b, messages[_i].version, "c", messages[_i].pdu, messages[_i].id, 0, 0);
	rc = read_message(&b);
	ck_assert_msg(rc == messages[_i].want, "%s: %s", messages[_i].why, kk_strerror(rc));
}
END_TEST

/* Every prefix, and every single octet changed: refused or read, but never beyond its end, and
 * nothing on stderr. */
START_TEST(damaged)
{
	struct ber b, c;

	ber_start(&b);
	varbind(&b, 0x46, "\x20\0\0\0\0\0\1", 7);
	varbind(&b, 0x06, "\x2b\x06\x01", 3);
	ber_message(&b, 1, "city", 0xa2, 0x12345678, 0, 0);
	for (size_t cut = 1; cut <= ber_len(&b); cut++) {
		ber_start(&c);
		ber_raw(&c, ber_octets(&b), ber_len(&b) - cut);
		ck_assert_int_ne(read_message(&c), KK_OK);
	}
	for (size_t i = 0; i < ber_len(&b); i++)
		for (int v = 0; v < 256; v++) {
			uint8_t was = ber_octets(&b)[i];

			ber_octets(&b)[i] = (uint8_t)v;
			read_message(&b);
			ber_octets(&b)[i] = was;
		}
}
END_TEST

static const struct {
	const char *why;
	enum request_kind kind;
	int version;
	const char *community;
	size_t n;
	unsigned repeat;
	int want;
} requests[] = {
    {"GET", REQUEST_GET, 2, "public", 20, 0, KK_OK},
    {"GET v1", REQUEST_GET, 1, "public", 20, 0, KK_OK},
    {"a community like an id", REQUEST_GET, 2, "\x02\x04\x01\x02\x03\x04", 1, 0, KK_OK},
    {"GETNEXT", REQUEST_GETNEXT, 2, "public", 3, 0, KK_OK},
    {"GETBULK", REQUEST_GETBULK, 2, "public", 4, 32, KK_OK},
    {"GETBULK for more than fits", REQUEST_GETBULK, 2, "public", 4, 33, KK_E_RANGE},
    {"GETBULK for nothing", REQUEST_GETBULK, 2, "public", 4, 0, KK_E_RANGE},
    {"GETBULK v1", REQUEST_GETBULK, 1, "public", 4, 10, KK_E_RANGE},
    {"version 4", REQUEST_GET, 4, "public", 1, 0, KK_E_RANGE},
    {"no community", REQUEST_GET, 2, "", 1, 0, KK_E_RANGE},
    {"nothing", REQUEST_GET, 2, "public", 0, 0, KK_E_RANGE},
    {"too many", REQUEST_GET, 2, "public", ANSWER_VARBINDS_MAX + 1, 0, KK_E_RANGE},
    {"the most", REQUEST_GET, 2, "public", ANSWER_VARBINDS_MAX, 0, KK_OK},
};

START_TEST(encoded)
{
	struct request_oid oids[ANSWER_VARBINDS_MAX + 1];
	struct request *r = NULL;
	struct diag d = {""};
	struct ber b;
	int rc;

	for (int i = 0; i < ROWS(oids); i++)
		oids[i] = (struct request_oid){name, 12};
	rc = request_new(requests[_i].kind, requests[_i].version, requests[_i].community, oids,
	    requests[_i].n, requests[_i].repeat, &r, &d);
	ck_assert_msg(
	    rc == requests[_i].want, "%s: %s (%s)", requests[_i].why, kk_strerror(rc), d.text);
	if (rc != KK_OK) {
		ck_assert_msg(d.text[0] != '\0', "%s: no reason", requests[_i].why);
		return;
	}
	/* The same octets as written by hand. */
	ber_start(&b);
	for (size_t i = 0; i < requests[_i].n; i++)
		varbind(&b, 0x05, "", 0);
	ber_message(&b, requests[_i].version - 1, requests[_i].community,
	    (uint8_t[]){0xa0, 0xa1, 0xa5}[requests[_i].kind], 0x01020304, 0,
	    (int)requests[_i].repeat);
	ck_assert_uint_eq(request_octets(r), r->len);
	ck_assert_mem_eq(r->octets + r->id_at, "\1\2\3\4", 4);
	if (requests[_i].n == 1)
		ck_assert_mem_eq(r->octets, ber_octets(&b), r->len);
	request_free(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("answer");
	TCase *tc = tcase_create("answer");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, number, 0, ROWS(numbers));
	tcase_add_test(tc, octets_and_names);
	tcase_add_loop_test(tc, message, 0, ROWS(messages));
	tcase_add_test(tc, damaged);
	tcase_add_loop_test(tc, encoded, 0, ROWS(requests));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
