/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings as the simulator reads and answers them: types, order, what is left out, motion. */
#include "tests/sim/recording.h"

#include <string.h>

#include "tests/harness.h"

#define PUT_MAX 600

static struct recording *
parse(const char *lines)
{
	struct recording *r = NULL;
	struct diag d = {{0}};
	char text[2048];

	snprintf(text, sizeof(text), "%s", lines);
	ck_assert_msg(recording_parse("f", text, strlen(text), &r, &d) == KK_OK, "%s", d.text);
	return r;
}

/* The value at a name as hex of its BER, "none" and "no object" for what is not there. */
static const char *
value(struct recording *r, const char *oid, char out[PUT_MAX])
{
	struct agent_view v = recording_view(r);
	uint8_t encoded[BER_OID_MAX * 5], buf[512], tag;
	struct ber_oid name;
	struct ber_out o;
	struct wire w, c;
	size_t len, n = 0;
	int rc;

	ck_assert_int_eq(ber_oid_parse(oid, &name), 1);
	len = ber_oid_encode(&name, encoded, sizeof(encoded));
	ber_out_init(&o, buf, sizeof(buf));
	rc = v.get(v.ctx, encoded, len, &o);
	if (rc <= 0)
		return rc == 0 ? "none" : "no object";
	w = wire_over(o.at, (size_t)(buf + sizeof(buf) - o.at));
	ber_any(&w, &tag);
	c = ber_any(&w, &tag);
	n += (size_t)snprintf(out, PUT_MAX, "%02x:", tag);
	while (wire_left(&c) > 0)
		n += (size_t)snprintf(out + n, PUT_MAX - n, "%02x", wire_u8(&c));
	return out;
}

static const struct {
	const char *line, *want; /* of 1.3.6.1.9.0 */
} lines[] = {
    {"1.3.6.1.9.0|2|-3", "02:fd"},
    {"1.3.6.1.9.0|4|a|b", "04:617c62"},
    {"1.3.6.1.9.0|4|", "04:"},
    {"1.3.6.1.9.0|4x|00Ff", "04:00ff"},
    {"1.3.6.1.9.0|4x|0F0", "none"}, /* half an octet */
    {"1.3.6.1.9.0|4x| 1", "none"},
    {"1.3.6.1.9.0|5|", "05:"},
    {"1.3.6.1.9.0|6|1.3.6.1.4.1.8072", "06:2b06010401bf08"},
    {"1.3.6.1.9.0|64|10.1.2.3", "40:0a010203"},
    {"1.3.6.1.9.0|64x|0a010203", "40:0a010203"},
    {"1.3.6.1.9.0|65|4294967295", "41:00ffffffff"},
    {"1.3.6.1.9.0|65|4294967296", "41:00"}, /* counters wrap */
    {"1.3.6.1.9.0|66|-124", "42:00ffffff84"},
    {"1.3.6.1.9.0|67|100", "43:64"},
    {"1.3.6.1.9.0|70|18446744073709551615", "46:00ffffffffffffffff"},
    {"1.3.6.1.9.0|70|18446744073709551616", "none"},
    {"1.3.6.1.9.0|70|aabbccddeef4", "none"}, /* made unreadable */
    {"1.3.6.1.9.0|2|", "none"},
    {"1.3.6.1.9.0|128|", "none"},
    {"1.3.6.1.9.0|2:writecache|value=5", "none"},
    {"1.3.6.1.9.0|2x|05", "none"},
};

START_TEST(types)
{
	char text[256], out[PUT_MAX];
	struct recording *r;
	unsigned first = 0;

	snprintf(text, sizeof(text), "# a comment\n%s\r\n1.3.6.1.9.7|2|1\n", lines[_i].line);
	r = parse(text);
	ck_assert_str_eq(value(r, "1.3.6.1.9.0", out), lines[_i].want);
	ck_assert_uint_eq(recording_left_out(r, &first), strcmp(lines[_i].want, "none") == 0);
	ck_assert_uint_eq(first, strcmp(lines[_i].want, "none") == 0 ? 2 : 0);
	recording_free(r);
}
END_TEST

START_TEST(unsorted)
{
	static const char *const order[] = {
	    "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.9.0", "1.3.6.1.2.1.1.10.0", "1.3.6.1.2.1.2"};
	struct recording *r =
	    parse("1.3.6.1.2.1.1.10.0|2|3\n1.3.6.1.2.1.2|2|4\n1.3.6.1.2.1.1.9.0|2|2\n"
		  "1.3.6.1.2.1.1.1.0|2|1\n1.3.6.1.2.1.1.9.0|2|99\n");
	struct agent_view v = recording_view(r);
	struct ber_oid at = {.sub = {1, 3}, .n = 2}, want;
	char out[PUT_MAX];
	uint8_t buf[64];
	struct ber_out o;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		ber_out_init(&o, buf, sizeof(buf));
		ck_assert_int_eq(v.next(v.ctx, &at, &o), 1);
		ck_assert_int_eq(ber_oid_parse(order[i], &want), 1);
		ck_assert_int_eq(ber_oid_cmp(&at, &want), 0);
	}
	ber_out_init(&o, buf, sizeof(buf));
	ck_assert_int_eq(v.next(v.ctx, &at, &o), 0);
	ck_assert_str_eq(value(r, "1.3.6.1.2.1.1.9.0", out), "02:02"); /* the first counts */
	ck_assert_str_eq(value(r, "1.3.6.1.2.1.7.0", out), "no object");
	recording_free(r);
}
END_TEST

START_TEST(in_motion)
{
	struct recording *r =
	    parse("1.3.6.1.2.1.1.3.0|67|4294967200\n1.3.6.1.9.1|70|1000\n"
		  "1.3.6.1.9.2|65|4294967290\n1.3.6.1.9.3|4|text\n1.3.6.1.8.1|2|5\n");
	struct kk_clock clock = {.simulated = 1};
	struct diag d = {{0}};
	char out[PUT_MAX];

	ck_assert_int_eq(recording_move(r, "1.3.6.1.9=10", &clock, &d), KK_OK);
	clock_advance(&clock, 1500);
	ck_assert_str_eq(value(r, "1.3.6.1.9.1", out), "46:03f7"); /* 1015 */
	ck_assert_str_eq(value(r, "1.3.6.1.9.2", out), "41:09");   /* wrapped */
	ck_assert_str_eq(value(r, "1.3.6.1.9.3", out), "04:74657874");
	ck_assert_str_eq(value(r, "1.3.6.1.8.1", out), "02:05");
	ck_assert_str_eq(value(r, "1.3.6.1.2.1.1.3.0", out), "43:36"); /* 150 on, and wrapped */
	ck_assert_int_eq(recording_move(r, "1.3.6.1.9.1=0", &clock, &d), KK_OK);
	ck_assert_str_eq(value(r, "1.3.6.1.9.1", out), "46:03e8");
	ck_assert_int_eq(recording_move(r, "time", &clock, &d), KK_OK);
	ck_assert_int_eq(recording_move(r, "1.3.6.1.9.3=1", &clock, &d), KK_E_NOTFOUND);
	ck_assert_int_eq(recording_move(r, "1.3.6.1.9.1", &clock, &d), KK_E_SYNTAX);
	ck_assert_int_eq(recording_move(r, "1.3.6.1.9.1=fast", &clock, &d), KK_E_SYNTAX);
	recording_free(r);
}
END_TEST

static const struct {
	const char *text, *says;
} bad[] = {
    {"1.3.6.1|2\n", "f:1: not OID|TYPE|VALUE"},
    {"1.3.6.1|2|1\nsysDescr|4|x\n", "f:2: not OID"},
    {"6.1.3|2|1\n", "f:1: not OID"}, /* BER would make 2.161.3 of it */
    {"1.40.3|2|1\n", "f:1: not OID"},
    {"2.4294967295|2|1\n", "f:1: not OID"},
    {"\n\n|2|1\n", "f:3: not OID"},
    {"1.3.6.4294967296|2|1\n", "f:1: not OID"},
};

START_TEST(refused)
{
	struct recording *r = NULL;
	struct diag d = {{0}};
	char text[128];

	snprintf(text, sizeof(text), "%s", bad[_i].text);
	ck_assert_int_eq(recording_parse("f", text, strlen(text), &r, &d), KK_E_SYNTAX);
	ck_assert_msg(strstr(d.text, bad[_i].says) != NULL, "says %s", d.text);
	ck_assert_ptr_null(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("recordings of the simulator");
	TCase *tc = tcase_create("lines");

	tcase_add_loop_test(tc, types, 0, ROWS(lines));
	tcase_add_loop_test(tc, refused, 0, ROWS(bad));
	tcase_add_test(tc, unsorted);
	tcase_add_test(tc, in_motion);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
