/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/event.h"
#include "tests/harness.h"

#define SINCE INT64_C(178900000000)

/* ---- names of networks ---- */

static const struct {
	const char *octets;
	size_t len;
	const char *text;
} names[] = {
    {"SEOUL", 5, "SEOUL"}, {"", 0, ""},
    {"\xec\x84\x9c\xec\x9a\xb8", 6, "\xec\x84\x9c\xec\x9a\xb8"}, /* Hangul as it is */
    {"SEOUL\0", 6, "SEOUL\\x00"},				 /* an octet more is another name */
    {"SEOUL ", 6, "SEOUL\\x20"}, {" SEOUL", 6, "\\x20SEOUL"}, {"a b", 3, "a b"},
    {"\x1b[2J", 4, "\\x1b[2J"}, /* a terminal's */
    {"a\\x20", 5, "a\\x5cx20"},
    {"a,b", 3,
	"a\\x2c"
	"b"},
    {"S\xe2\x80\x8b", 4, "S\\xe2\\x80\\x8b"}, /* without width */
    {"\xe2\x80\xae"
     "x",
	4, "\\xe2\\x80\\xaex"}, /* from right to left */
    {"\xc2\xa0", 2, "\\xc2\\xa0"}, {"\xff\xfe", 2, "\\xff\\xfe"},
    {"\xec\x84", 2, "\\xec\\x84"}, /* cut within a character */
};

static struct ssid
name(const char *octets, size_t len)
{
	struct ssid s = {.len = (uint8_t)len};

	memcpy(s.octets, octets, len);
	return s;
}

START_TEST(names_as_text)
{
	struct ssid s = name(names[_i].octets, names[_i].len);
	struct ssid_list list;
	char text[SSID_TEXT_MAX];

	ck_assert_str_eq(ssid_text(&s, text), names[_i].text);
	/* And back. */
	ck_assert_int_eq(ssid_list_parse(text, &list), KK_OK);
	if (s.len > 0) {
		ck_assert_uint_eq(list.n, 1);
		ck_assert(ssid_same(&list.name[0], &s));
	}
}
END_TEST

START_TEST(longest_name)
{
	struct ssid s = {.len = SSID_MAX};
	char text[SSID_TEXT_MAX];

	memset(s.octets, 0xff, sizeof(s.octets));
	ck_assert_uint_eq(strlen(ssid_text(&s, text)), SSID_TEXT_MAX - 1);
}
END_TEST

static const struct {
	const char *text;
	int rc;
	size_t n;
	const char *last;
} lists[] = {
    {"", KK_OK, 0, ""},
    {"  ", KK_OK, 0, ""},
    {"SEOUL", KK_OK, 1, "SEOUL"},
    {"SEOUL, SEOUL_Secure", KK_OK, 2, "SEOUL_Secure"},
    {" Public WiFi Free ,x", KK_OK, 2, "x"},
    {"x, Public WiFi Free  ", KK_OK, 2, "Public WiFi Free"},
    {"a\\x20", KK_OK, 1, "a\\x20"},
    {"a\\x2cb", KK_OK, 1, "a\\x2cb"},
    {"a,,b", KK_E_SYNTAX, 0, ""},
    {"a,", KK_E_SYNTAX, 0, ""},
    {",a", KK_E_SYNTAX, 0, ""},
    {"a\\n", KK_E_SYNTAX, 0, ""},
    {"a\\x2", KK_E_SYNTAX, 0, ""},
    {"01234567890123456789012345678901", KK_OK, 1, "01234567890123456789012345678901"},
    {"01234567890123456789012345678901 ", KK_OK, 1, "01234567890123456789012345678901"},
    {"012345678901234567890123456789012", KK_E_RANGE, 0, ""},
};

START_TEST(lists_of_names)
{
	struct ssid_list list;
	char text[SSID_TEXT_MAX];

	ck_assert_int_eq(ssid_list_parse(lists[_i].text, &list), lists[_i].rc);
	if (lists[_i].rc != KK_OK)
		return;
	ck_assert_uint_eq(list.n, lists[_i].n);
	if (list.n == 0)
		return;
	ck_assert_str_eq(ssid_text(&list.name[list.n - 1], text), lists[_i].last);
	ck_assert_int_eq(ssid_list_find(&list, &list.name[list.n - 1]), (int)list.n - 1);
	list.name[0].octets[0] ^= 1;
	ck_assert_int_eq(ssid_list_find(&list, &(struct ssid){0}), -1);
}
END_TEST

START_TEST(as_many_names)
{
	char text[2 * SSID_LIST_MAX + 3] = "";
	struct ssid_list list;

	for (unsigned i = 0; i < SSID_LIST_MAX; i++)
		memcpy(text + 2 * i, "a,", 3);
	text[2 * SSID_LIST_MAX - 1] = '\0';
	ck_assert_int_eq(ssid_list_parse(text, &list), KK_OK);
	ck_assert_uint_eq(list.n, SSID_LIST_MAX);
	memcpy(text + 2 * SSID_LIST_MAX - 1, ",a", 3);
	ck_assert_int_eq(ssid_list_parse(text, &list), KK_E_FULL);
}
END_TEST

/* ---- events ---- */

static struct event
twin(void)
{
	struct event e = {.kind = EVENT_EVIL_TWIN,
	    .phase = EVENT_BEGIN,
	    .differs = EVENT_DIFFERS_OPEN,
	    .channel = 6,
	    .signal_last = -61,
	    .signal_best = -48,
	    .bssid = UINT64_C(0x026677889900),
	    .ssid = name("SEOUL_Secure", 12),
	    .since_cs = SINCE,
	    .last_cs = SINCE + 300,
	    .ap = "WF181037",
	    .security = "open",
	    .own_security = "WPA2-Enterprise",
	    .frames = 30};

	return e;
}

static struct event
flood(void)
{
	struct event e = {.kind = EVENT_DEAUTH_FLOOD,
	    .phase = EVENT_END,
	    .signal_last = EVENT_NO_SIGNAL,
	    .signal_best = EVENT_NO_SIGNAL,
	    .bssid = UINT64_C(0xffffffffffff),
	    .since_cs = -SINCE,
	    .last_cs = SINCE,
	    .frames = UINT64_MAX,
	    .broadcast = UINT64_MAX,
	    .peak = 900,
	    .reasons = EVENT_REASONS_MAX,
	    .reason = {{7, 120}, {65535, 8}, {3, 2}, {1, 1}}};

	return e;
}

static void
assert_round_trip(const struct event *e)
{
	uint8_t wire[EVENT_WIRE_MAX], again[EVENT_WIRE_MAX];
	struct event got;
	int n = event_encode(e, wire, sizeof(wire));

	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(event_decode(wire, (size_t)n, &got), KK_OK);
	ck_assert_int_eq(event_encode(&got, again, sizeof(again)), n);
	ck_assert_mem_eq(again, wire, (size_t)n);
	ck_assert_str_eq(got.ap, e->ap);
	ck_assert_int_eq(got.last_cs, e->last_cs);
	for (int cut = 0; cut < n; cut++)
		ck_assert_int_eq(event_decode(wire, (size_t)cut, &got), KK_E_TRUNCATED);
	ck_assert_int_eq(event_encode(e, wire, (size_t)n - 1), KK_E_FULL);
	ck_assert_int_eq(event_encode(e, wire, (size_t)n), n);
	ck_assert_int_eq(event_decode(wire, (size_t)n + 1, &got), KK_E_SYNTAX);
	wire[0] = 9;
	ck_assert_int_eq(event_decode(wire, (size_t)n, &got), KK_E_VERSION);
}

START_TEST(round_trip)
{
	struct event e = {0}, zeroed = {0};

	memcpy(&e, &zeroed, sizeof(e));
	assert_round_trip(&e);
	e = twin();
	assert_round_trip(&e);
	e = flood();
	assert_round_trip(&e);
	memset(e.ap, 'x', sizeof(e.ap) - 1);
	memset(e.security, 'x', sizeof(e.security) - 1);
	memset(e.own_security, 'x', sizeof(e.own_security) - 1);
	e.ssid.len = SSID_MAX;
	assert_round_trip(&e);
}
END_TEST

/* What cannot be, by number: see below. */
static void
spoil(struct event *e, int how)
{
	switch (how) {
	case 0:
		e->kind = EVENT_KIND_COUNT;
		break;
	case 1:
		e->phase = EVENT_PHASE_COUNT;
		break;
	case 2:
		e->differs = EVENT_DIFFERENCE_COUNT;
		break;
	case 3:
		e->bssid = UINT64_C(1) << 48;
		break;
	case 4:
		e->ssid.len = SSID_MAX + 1;
		break;
	case 5:
		e->last_cs = e->since_cs - 1;
		break;
	case 6:
		e->since_cs = INT64_MIN;
		break;
	case 7:
		e->reasons = EVENT_REASONS_MAX + 1;
		break;
	case 8:
		e->broadcast = e->frames + 1;
		break;
	case 9:
		memcpy(e->ap, "a\x1b", 3);
		break;
	case 10:
		memcpy(e->security, "\xff", 2);
		break;
	default:
		memset(e->own_security, 'x', sizeof(e->own_security));
		break;
	}
}

START_TEST(cannot_be)
{
	uint8_t wire[EVENT_WIRE_MAX];
	struct event e = twin();

	spoil(&e, _i);
	ck_assert_int_eq(event_encode(&e, wire, sizeof(wire)), KK_E_RANGE);
}
END_TEST

/* An octet of the encoded twin, changed into what a hostile probe may send. */
static const struct {
	unsigned at;
	uint8_t octet;
} hostile[] = {
    {1, EVENT_KIND_COUNT}, /* kind */
    {2, EVENT_PHASE_COUNT}, {3, EVENT_DIFFERENCE_COUNT},
    {13, SSID_MAX + 1}, /* length of the name: runs on into what follows */
};

START_TEST(hostile_octets)
{
	uint8_t wire[EVENT_WIRE_MAX];
	struct event e = twin(), got;
	int n = event_encode(&e, wire, sizeof(wire));

	ck_assert_int_eq(wire[13], 12);
	wire[hostile[_i].at] = hostile[_i].octet;
	ck_assert_int_lt(event_decode(wire, (size_t)n, &got), 0);
}
END_TEST

START_TEST(names_of_things)
{
	struct event e = flood();
	char text[128];

	for (unsigned i = 0; i < EVENT_KIND_COUNT; i++)
		ck_assert_int_eq(event_kind_of(event_kind_name(i)), (int)i);
	ck_assert_int_eq(event_kind_of("nothing"), -1);
	ck_assert_str_eq(event_kind_name(EVENT_KIND_COUNT), "?");
	ck_assert_str_eq(event_phase_name(EVENT_STILL), "still");
	ck_assert_str_eq(event_difference_name(EVENT_DIFFERS_OPEN), "open_where_ours_is_encrypted");
	ck_assert_str_eq(event_bssid(UINT64_C(0x02aabbccddee), text), "02:aa:bb:cc:dd:ee");
	ck_assert_str_eq(event_reasons(&e, text), "7 x 120, 65535 x 8, 3 x 2, 1 x 1");
	e.reasons = 0;
	ck_assert_str_eq(event_reasons(&e, text), "");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("event");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, names_as_text, 0, ROWS(names));
	tcase_add_test(t, longest_name);
	tcase_add_loop_test(t, lists_of_names, 0, ROWS(lists));
	tcase_add_test(t, as_many_names);
	tcase_add_test(t, round_trip);
	tcase_add_loop_test(t, cannot_be, 0, 12);
	tcase_add_loop_test(t, hostile_octets, 0, ROWS(hostile));
	tcase_add_test(t, names_of_things);
	suite_add_tcase(s, t);
	return harness_run(s);
}
