/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ber.h"
#include "tests/harness.h"
#include "tests/sim/agent.h"
#include "tests/sim/faults.h"
#include "tests/sim/recording.h"

static char dir[64], path[128];
static struct recording *recording;
static struct agent_view view;
static struct agent_options options;
static uint8_t out[AGENT_PACKET];
static struct agent_result result;

/* A device as someone recorded it: not sorted, one value of every type. */
static const char recorded[] = "1.3.6.1.2.1.1.3.0|67|4294967295\n"
			       "1.3.6.1.2.1.1.1.0|4|An access point\n"
			       "1.3.6.1.2.1.2.2.1.10.2|65|4294967290\n"
			       "1.3.6.1.2.1.2.2.1.10.1|65|7\n"
			       "1.3.6.1.2.1.2.2.1.6.1|4x|02004b0a0b0c\n"
			       "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.41112\n"
			       "1.3.6.1.2.1.4.20.1.1.9|64|127.1.0.1\n"
			       "1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615\n"
			       "1.3.6.1.2.1.31.1.1.1.15.1|66|1000\n"
			       "1.3.6.1.2.1.99.1.0|2|-5\n";

static void
setup(void)
{
	struct diag d = {""};
	FILE *f;

	harness_dir(dir);
	snprintf(path, sizeof(path), "%s/ap.snmprec", dir);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(recorded, f);
	fclose(f);
	ck_assert_msg(recording_read(path, &recording, &d) == KK_OK, "%s", d.text);
	view = recording_view(recording);
	options = (struct agent_options){.community = "public", .packet_max = AGENT_PACKET};
}

static void
teardown(void)
{
	recording_free(recording);
	harness_remove(dir);
}

#define OIDS_MAX 40

/* Ask for names given as text, each ended by a blank. */
static void
ask(uint8_t pdu, int version, const char *names, int status, int index)
{
	static struct ber b;
	struct ber_oid oid[OIDS_MAX];
	size_t n = 0;

	for (const char *at = names; *at; n++) {
		char one[128];
		size_t len = strcspn(at, " ");

		snprintf(one, sizeof(one), "%.*s", (int)len, at);
		ck_assert(n < OIDS_MAX && ber_oid_parse(one, &oid[n]));
		at += len + (at[len] == ' ');
	}
	ber_start(&b);
	while (n-- > 0) {
		unsigned long sub[BER_OID_MAX];
		size_t end = ber_len(&b);

		for (size_t i = 0; i < oid[n].n; i++)
			sub[i] = oid[n].sub[i];
		ber_value(&b, 0x05, "", 0);
		ber_oid(&b, sub, oid[n].n);
		ber_header(&b, 0x30, end);
	}
	ber_message(&b, version, "public", pdu, 0x01020304, status, index);
	agent_answer(&options, &view, ber_octets(&b), ber_len(&b), out, &result);
}

/* The answer as text: "STATUS,INDEX name=TAG:hex ...", so that a row of the table says it all. */
static void
tell(char *text, size_t room)
{
	struct wire w = wire_over(out + AGENT_PACKET - result.len, result.len), m, pdu, list;
	size_t at = 0;
	int status;

	text[0] = '\0';
	if (result.len == 0)
		return;
	m = ber_enter(&w, 0x30);
	ck_assert_int_ge(ber_int(&m), 0);
	ber_enter(&m, 0x04);
	pdu = ber_enter(&m, 0xa2);
	ck_assert_int_eq(ber_int(&pdu), 0x01020304);
	status = ber_int(&pdu);
	at += (size_t)snprintf(text, room, "%d,%d", status, ber_int(&pdu));
	list = ber_enter(&pdu, 0x30);
	while (wire_left(&list) > 0) {
		struct wire vb = ber_enter(&list, 0x30), name = ber_enter(&vb, 0x06), v;
		struct ber_oid oid;
		uint8_t tag;

		v = ber_any(&vb, &tag);
		ck_assert(ber_oid_decode(name, &oid) && !vb.failed);
		at += (size_t)snprintf(text + at, room - at, " ");
		for (size_t i = 5; i < oid.n; i++)
			at += (size_t)snprintf(
			    text + at, room - at, "%s%u", i > 5 ? "." : "", oid.sub[i]);
		at += (size_t)snprintf(text + at, room - at, "=%02x:", tag);
		while (wire_left(&v) > 0)
			at += (size_t)snprintf(text + at, room - at, "%02x", wire_u8(&v));
	}
	ck_assert(!w.failed && !m.failed && !pdu.failed && !list.failed);
}

#define P "1.3.6.1.2.1."

static const struct {
	const char *why;
	uint8_t pdu;
	int version;
	const char *names;
	int a, b; /* non-repeaters, max-repetitions */
	const char *want;
} asked[] = {
    {"every type", 0xa0, 1,
	P "1.1.0 " P "1.2.0 " P "1.3.0 " P "2.2.1.6.1 " P "2.2.1.10.2 " P "4.20.1.1.9 " P
	  "31.1.1.1.6.1 " P "31.1.1.1.15.1 " P "99.1.0",
	0, 0,
	"0,0 1.1.1.0=04:416e2061636365737320706f696e74 1.1.2.0=06:2b0601040182c118 "
	"1.1.3.0=43:00ffffffff 1.2.2.1.6.1=04:02004b0a0b0c 1.2.2.1.10.2=41:00fffffffa "
	"1.4.20.1.1.9=40:7f010001 1.31.1.1.1.6.1=46:00ffffffffffffffff "
	"1.31.1.1.1.15.1=42:03e8 1.99.1.0=02:fb"},
    {"no such instance, no such object", 0xa0, 1, P "2.2.1.10.3 " P "77.0", 0, 0,
	"0,0 1.2.2.1.10.3=81: 1.77.0=80:"},
    {"v1: the first that is missing", 0xa0, 0, P "1.1.0 " P "77.0 " P "78.0", 0, 0,
	"2,3 1.1.1.0=05: 1.77.0=05: 1.78.0=05:"},
    {"next", 0xa1, 1, P "1.1.0 " P "2.2.1.10.1 1.3", 0, 0,
	"0,0 1.1.2.0=06:2b0601040182c118 1.2.2.1.10.2=41:00fffffffa "
	"1.1.1.0=04:416e2061636365737320706f696e74"},
    {"next at the end", 0xa1, 1, P "99.1.0", 0, 0, "0,0 1.99.1.0=82:"},
    {"v1: next at the end", 0xa1, 0, P "99.1.0", 0, 0, "2,1 1.99.1.0=05:"},
    {"bulk", 0xa5, 1, P "1.2.0 " P "2.2.1.10", 1, 2,
	"0,0 1.1.3.0=43:00ffffffff 1.2.2.1.10.1=41:07 1.2.2.1.10.2=41:00fffffffa"},
    {"bulk over the end", 0xa5, 1, P "31.1.1.1.15.1", 0, 3, "0,0 1.99.1.0=02:fb 1.99.1.0=82:"},
    {"bulk of nothing", 0xa5, 1, P "1.2.0", 0, 0, "0,0"},
    {"bulk, all single", 0xa5, 1, P "1.2.0", 5, 0, "0,0 1.1.3.0=43:00ffffffff"},
    {"v1: no 64 bits", 0xa0, 0, P "1.1.0 " P "31.1.1.1.6.1", 0, 0,
	"2,2 1.1.1.0=05: 1.31.1.1.1.6.1=05:"},
    {"v1: next steps over 64 bits", 0xa1, 0, P "31", 0, 0, "0,0 1.31.1.1.1.15.1=42:03e8"},
    {"v1 has no bulk", 0xa5, 0, P "1.2.0", 0, 2, ""},
    {"a SET is none of ours", 0xa3, 1, P "1.2.0", 0, 0, ""},
};

START_TEST(answers)
{
	char text[2048];

	ask(asked[_i].pdu, asked[_i].version, asked[_i].names, asked[_i].a, asked[_i].b);
	tell(text, sizeof(text));
	ck_assert_msg(strcmp(text, asked[_i].want) == 0, "%s: got %s\nnot %s", asked[_i].why, text,
	    asked[_i].want);
}
END_TEST

START_TEST(too_big)
{
	char text[2048];

	options.packet_max = 60;
	ask(0xa0, 1, P "1.1.0 " P "1.2.0", 0, 0);
	tell(text, sizeof(text));
	ck_assert_str_eq(text, "1,0");
	ask(0xa0, 0, P "1.1.0", 0, 0);
	tell(text, sizeof(text));
	ck_assert_str_eq(text, "0,0 1.1.1.0=04:416e2061636365737320706f696e74");
	options.packet_max = 100; /* bulk answers what fits */
	ask(0xa5, 1, "1.3", 0, 20);
	ck_assert_uint_gt(result.len, 40);
	ck_assert_uint_le(result.len, 100);
}
END_TEST

START_TEST(who_is_answered)
{
	options.community = "private";
	ask(0xa0, 1, P "1.1.0", 0, 0);
	ck_assert_uint_eq(result.len, 0);
	options.community = "public";
	options.v1_only = 1;
	ask(0xa0, 1, P "1.1.0", 0, 0);
	ck_assert_uint_eq(result.len, 0);
	ask(0xa0, 0, P "1.1.0", 0, 0);
	ck_assert_uint_gt(result.len, 0);
}
END_TEST

/* Numbers at the edges of their octets come back as they went. */
START_TEST(numbers)
{
	static const int64_t edges[] = {0, 1, 127, 128, 255, 256, 32767, 32768, 2147483647, -1,
	    -128, -129, -32768, -2147483647 - 1};
	uint8_t buf[32];

	for (int i = 0; i < ROWS(edges); i++) {
		struct ber_out o;
		struct wire w;

		ber_out_init(&o, buf, sizeof(buf));
		ber_put_int(&o, 0x02, edges[i]);
		w = wire_over(o.at, (size_t)(buf + sizeof(buf) - o.at));
		ck_assert_int_eq(ber_int(&w), edges[i]);
		ck_assert(!w.failed && wire_left(&w) == 0);
	}
}
END_TEST

/* No damaged answer could be taken for the right one. */
START_TEST(damage)
{
	struct faults f = {.dice = 1};

	for (int i = 0; i < 20000; i++) {
		uint8_t copy[AGENT_PACKET];
		size_t len;

		ask(0xa0, 1, P "1.1.0 " P "1.3.0", 0, 0);
		memcpy(copy, out + AGENT_PACKET - result.len, result.len);
		len = faults_damage(&f, copy, result.len);
		ck_assert_uint_gt(len, 0);
		ck_assert_uint_le(len, result.len);
		ck_assert(len < result.len || memcmp(copy, out + AGENT_PACKET - len, len) != 0);
	}
}
END_TEST

START_TEST(chances)
{
	struct faults f = {
	    .dice = 5, .loss = 20, .duplicate = 10, .late = 30, .malformed = 40, .delay_ms = 20};
	unsigned fates[FATE_MALFORMED + 1] = {0};
	uint64_t delay = 0;

	for (int i = 0; i < 100000; i++) {
		fates[faults_fate(&f)]++;
		delay += faults_delay(&f);
	}
	ck_assert_uint_ge(fates[FATE_LOST], 1900);
	ck_assert_uint_le(fates[FATE_LOST], 2100);
	ck_assert_uint_ge(fates[FATE_TWICE], 900);
	ck_assert_uint_le(fates[FATE_TWICE], 1100);
	ck_assert_uint_ge(fates[FATE_LATE], 2850);
	ck_assert_uint_le(fates[FATE_LATE], 3150);
	ck_assert_uint_ge(fates[FATE_MALFORMED], 3850);
	ck_assert_uint_le(fates[FATE_MALFORMED], 4150);
	ck_assert_uint_ge(delay / 100000, 18);
	ck_assert_uint_le(delay / 100000, 21);
}
END_TEST

static const struct {
	const char *text, *want;
} scripts[] = {
    {"10 reboot WF200001\n", NULL},
    {"# a comment\n\n10 loss 2.5 # and another\n10 silent SW-00001\n", NULL},
    {"10 reboot\n", "script:1: not SECONDS WHAT WHO"},
    {"10 reboot WF200001\n5 answer WF200001\n", "script:2: earlier than the line before"},
    {"1 loss many\n", "script:1: many is no percentage"},
    {"1 loss 101\n", "script:1: 101 is no percentage"},
    {"1 explode WF200001\n", "script:1: explode is no event"},
    {"1 reboot 7%\n", NULL},
    {"1 reboot 700%\n", "script:1: 700% is no percentage"},
    {"1 reboot NOBODY\n", "script:1: no device NOBODY"},
};

START_TEST(script)
{
	struct fleet_options o = {.aps = 10, .switches = 1, .seed = 1, .mix = {1}};
	struct fleet f;
	struct script *s = NULL;
	struct diag d = {""};
	char name[128];
	FILE *out_file;
	int rc;

	ck_assert(fleet_init(&f, &o));
	snprintf(name, sizeof(name), "%s/script", dir);
	out_file = fopen(name, "w");
	ck_assert_ptr_nonnull(out_file);
	fputs(scripts[_i].text, out_file);
	fclose(out_file);
	rc = script_read(name, &f, &s, &d);
	if (scripts[_i].want == NULL)
		ck_assert_msg(rc == KK_OK, "%s", d.text);
	else
		ck_assert_msg(rc != KK_OK && strstr(d.text, scripts[_i].want), "got %s", d.text);
	script_free(s);
	fleet_free(&f);
}
END_TEST

/* A share of the access points, always the same ones. */
START_TEST(script_runs)
{
	struct fleet_options o = {.aps = 1000, .switches = 10, .seed = 1, .mix = {1}};
	struct fleet f;
	struct faults faults = {0};
	struct script *s = NULL;
	struct diag d = {""};
	char name[128];
	unsigned rebooted = 0;
	FILE *out_file;

	o.now_cs = 1000000000;
	ck_assert(fleet_init(&f, &o));
	snprintf(name, sizeof(name), "%s/script", dir);
	out_file = fopen(name, "w");
	ck_assert_ptr_nonnull(out_file);
	fputs("1 reboot 10%\n2 loss 2.5\n2 v1 WF200500\n3 silent SW-00002\n", out_file);
	fclose(out_file);
	ck_assert_msg(script_read(name, &f, &s, &d) == KK_OK, "%s", d.text);
	ck_assert_uint_eq(script_run(s, 1000000000, 1000000099, &f, &faults), 0);
	ck_assert_uint_eq(script_run(s, 1000000000, 1000000100, &f, &faults), 1);
	for (uint32_t i = 0; i < f.n; i++)
		rebooted += f.devices[i].boot_cs == 1000000100;
	ck_assert_uint_ge(rebooted, 70);
	ck_assert_uint_le(rebooted, 130);
	ck_assert_uint_eq(script_run(s, 1000000000, 1000000300, &f, &faults), 3);
	ck_assert_uint_eq(faults.loss, 25);
	ck_assert_uint_eq(f.devices[fleet_by_id(&f, "WF200500")].v1_only, 1);
	ck_assert_int_eq(fleet_reachable(&f, 150), 0);
	script_free(s);
	fleet_free(&f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sim_agent");
	TCase *tc = tcase_create("agent");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, answers, 0, ROWS(asked));
	tcase_add_test(tc, too_big);
	tcase_add_test(tc, who_is_answered);
	tcase_add_test(tc, numbers);
	tcase_add_test(tc, damage);
	tcase_add_test(tc, chances);
	tcase_add_loop_test(tc, script, 0, ROWS(scripts));
	tcase_add_test(tc, script_runs);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
