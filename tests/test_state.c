/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts/picture.h"
#include "alerts/state.h"
#include "lib/words.h"
#include "tests/harness.h"

#define NOW INT64_C(10000) /* seconds; all times below are seconds */

/* One device and what the live table holds of it; interval 60 s, three misses. */
static const struct {
	const char *why;
	int touched; /* the collector wrote last, seconds before now; -1: never */
	const char *host;
	int mobile;
	int asked, answered, silent; /* seconds before now; -1: never */
	unsigned misses, flags;
	int other; /* another source answered, seconds before now; -1: never */
	enum device_state state;
	enum why reason;
	enum evidence evidence;
	int since; /* seconds before now; -1: unknown */
} cases[] = {
    {"answers", 0, "h", 0, 5, 5, -1, 0, 0, -1, STATE_UP, WHY_NOTHING, EVIDENCE_ALIVE, 900},
    {"one miss", 0, "h", 0, 5, 65, 5, 1, 0, -1, STATE_UP, WHY_MISSES, EVIDENCE_DOUBT, 900},
    {"two misses", 0, "h", 0, 5, 125, 65, 2, 0, -1, STATE_UP, WHY_MISSES, EVIDENCE_DOUBT, 900},
    {"three misses", 0, "h", 0, 5, 185, 125, 3, 0, -1, STATE_DOWN, WHY_MISSES, EVIDENCE_DEAD, 125},
    {"for days", 0, "h", 0, 5, 9000, 8940, 150, 0, -1, STATE_DOWN, WHY_MISSES, EVIDENCE_DEAD, 8940},
    {"half a reply", 0, "h", 0, 5, 5, -1, 0, SAMPLE_PARTIAL, -1, STATE_DEGRADED, WHY_PARTIAL,
	EVIDENCE_ALIVE, 900},
    {"refuses the SNMPv3 user", 0, "h", 0, 5, 5, -1, 0,
	SAMPLE_PARTIAL | REASON_USM_USER << SAMPLE_REASON_AT, -1, STATE_DEGRADED, WHY_REASON,
	EVIDENCE_ALIVE, 900},
    {"whole, but on two controllers", 0, "h", 0, 5, 5, -1, 0,
	REASON_TWO_CONTROLLERS << SAMPLE_REASON_AT, -1, STATE_DEGRADED,
	WHY_REASON + REASON_TWO_CONTROLLERS - 1, EVIDENCE_ALIVE, 900},
    {"a reason of another version", 0, "h", 0, 5, 5, -1, 0, 31 << SAMPLE_REASON_AT, -1, STATE_UP,
	WHY_NOTHING, EVIDENCE_ALIVE, 900},
    {"its controller says so, twice", 0, "", 0, 5, 125, 65, 2, REASON_SAID_DOWN << SAMPLE_REASON_AT,
	-1, STATE_UP, WHY_REASON + REASON_SAID_DOWN - 1, EVIDENCE_DOUBT, 900},
    {"its controller says so", 0, "", 0, 5, 185, 125, 3, REASON_SAID_DOWN << SAMPLE_REASON_AT, -1,
	STATE_DOWN, WHY_REASON + REASON_SAID_DOWN - 1, EVIDENCE_DEAD, 125},
    {"silent once, its host answers", 0, "h", 0, 5, 65, 5, 1,
	REASON_AGENT_SILENT << SAMPLE_REASON_AT, -1, STATE_UP, WHY_MISSES, EVIDENCE_DOUBT, 900},
    {"silent, its host answers", 0, "h", 0, 5, 185, 125, 3, REASON_AGENT_SILENT << SAMPLE_REASON_AT,
	-1, STATE_DEGRADED, WHY_REASON + REASON_AGENT_SILENT - 1, EVIDENCE_ALIVE, 125},
    {"a bus, its host answers", 0, "h", 1, 5, 185, 125, 3, REASON_AGENT_SILENT << SAMPLE_REASON_AT,
	-1, STATE_DEGRADED, WHY_REASON + REASON_AGENT_SILENT - 1, EVIDENCE_ALIVE, 125},
    {"silent, and so is its host", 0, "h", 0, 5, 185, 125, 3, REASON_NO_ECHO << SAMPLE_REASON_AT,
	-1, STATE_DOWN, WHY_NO_ECHO, EVIDENCE_DEAD, 125},
    {"silent, its host too, a probe sees it", 0, "h", 0, 5, 185, 125, 3,
	REASON_NO_ECHO << SAMPLE_REASON_AT, 30, STATE_DEGRADED, WHY_OTHER_SOURCE, EVIDENCE_ALIVE,
	125},
    {"never answered, but its host does", 0, "h", 0, 5, -1, 8000, 99,
	REASON_AGENT_SILENT << SAMPLE_REASON_AT, -1, STATE_UNKNOWN,
	WHY_REASON + REASON_AGENT_SILENT - 1, EVIDENCE_NONE, 8000},
    {"silent, as its answers are not taken", 0, "h", 0, 5, 185, 125, 3,
	REASON_DROPPED << SAMPLE_REASON_AT, -1, STATE_DOWN, WHY_DROPPED, EVIDENCE_DEAD, 125},
    {"never answered with what can be taken", 0, "h", 0, 5, -1, 8000, 99,
	REASON_DROPPED << SAMPLE_REASON_AT, -1, STATE_UNKNOWN, WHY_DROPPED, EVIDENCE_NONE, 8000},
    {"answers, but its tables are not sound", 0, "h", 0, 5, 5, -1, 0,
	REASON_TABLES << SAMPLE_REASON_AT, -1, STATE_DEGRADED, WHY_REASON + REASON_TABLES - 1,
	EVIDENCE_ALIVE, 900},
    {"not on one list", 0, "", 0, 5, 65, 5, 1, REASON_GONE << SAMPLE_REASON_AT, -1, STATE_UP,
	WHY_MISSES, EVIDENCE_DOUBT, 900},
    {"not on two lists", 0, "", 0, 5, 125, 65, 2, REASON_GONE << SAMPLE_REASON_AT, -1,
	STATE_MISSING, WHY_GONE, EVIDENCE_NONE, 65},
    {"a bus", 0, "h", 1, 5, 185, 125, 3, 0, -1, STATE_AWAY, WHY_MOBILE, EVIDENCE_NONE, 125},
    {"a bus that answers", 0, "h", 1, 5, 5, -1, 0, 0, -1, STATE_UP, WHY_NOTHING, EVIDENCE_ALIVE,
	900},
    {"never answered", 0, "h", 0, 5, -1, 8000, 99, 0, -1, STATE_UNKNOWN, WHY_NEVER, EVIDENCE_NONE,
	8000},
    {"not asked yet", 0, "h", 0, -1, -1, -1, 0, 0, -1, STATE_UNKNOWN, WHY_NOT_ASKED, EVIDENCE_NONE,
	-1},
    {"no address", 0, "", 0, -1, -1, -1, 0, 0, -1, STATE_UNKNOWN, WHY_NO_HOST, EVIDENCE_NONE, -1},
    {"no address, but a probe sees it", 0, "", 0, 5, 5, -1, 0, 0, -1, STATE_UP, WHY_NOTHING,
	EVIDENCE_ALIVE, 900},
    {"asked at the last moment", 0, "h", 0, 190, 190, -1, 0, 0, -1, STATE_UP, WHY_NOTHING,
	EVIDENCE_ALIVE, 900},
    {"not asked of late", 0, "h", 0, 191, 191, -1, 0, 0, -1, STATE_UNKNOWN, WHY_NOT_LATELY,
	EVIDENCE_NONE, 191},
    {"was down before a restart", 0, "h", 0, 700, 900, 800, 5, 0, -1, STATE_UNKNOWN, WHY_NOT_LATELY,
	EVIDENCE_NONE, 700},
    {"collector just quiet", 190, "h", 0, 190, 190, -1, 0, 0, -1, STATE_UP, WHY_NOTHING,
	EVIDENCE_ALIVE, 900},
    {"collector silent", 191, "h", 0, 195, 195, -1, 0, 0, -1, STATE_UNKNOWN, WHY_COLLECTOR_SILENT,
	EVIDENCE_NONE, 191},
    {"collector silent, device was down", 600, "h", 0, 610, 900, 840, 4, 0, -1, STATE_UNKNOWN,
	WHY_COLLECTOR_SILENT, EVIDENCE_NONE, 600},
    {"collector never ran", -1, "h", 0, -1, -1, -1, 0, 0, -1, STATE_UNKNOWN, WHY_COLLECTOR_SILENT,
	EVIDENCE_NONE, -1},
    {"silent, a probe sees it", 0, "h", 0, 5, 185, 125, 3, 0, 30, STATE_DEGRADED, WHY_OTHER_SOURCE,
	EVIDENCE_ALIVE, 125},
    {"silent, a probe saw it before", 0, "h", 0, 5, 185, 125, 3, 0, 130, STATE_DOWN, WHY_MISSES,
	EVIDENCE_DEAD, 125},
    {"silent, the probe too", 0, "h", 0, 5, 985, 925, 13, 0, 400, STATE_DOWN, WHY_MISSES,
	EVIDENCE_DEAD, 925},
};

static int64_t
ago(int s)
{
	return s < 0 ? 0 : (NOW - s) * 100;
}

START_TEST(alone)
{
	struct device dev = {.num = 7,
	    .id = "a",
	    .host = cases[_i].host,
	    .controller = "",
	    .mobile = cases[_i].mobile};
	struct live_entry e = {.device = cases[_i].asked < 0 ? 0 : 7,
	    .flags = (uint16_t)cases[_i].flags,
	    .misses = cases[_i].misses,
	    .asked_cs = ago(cases[_i].asked),
	    .time_cs = ago(cases[_i].answered),
	    .silent_cs = ago(cases[_i].silent),
	    .up_since_cs = ago(900)};
	struct state_rules r = {3, 60, NOW * 100, ago(cases[_i].touched)};
	struct verdict v;

	state_judge(&r, &dev, &e, ago(cases[_i].other), &v);
	ck_assert_msg(v.state == cases[_i].state, "%s: %s", cases[_i].why, state_name(v.state));
	ck_assert_msg(v.why == cases[_i].reason, "%s: why %d", cases[_i].why, v.why);
	ck_assert_msg(v.evidence == cases[_i].evidence, "%s: evidence", cases[_i].why);
	ck_assert_msg(v.since_s == ago(cases[_i].since) / 100, "%s: since %lld", cases[_i].why,
	    (long long)v.since_s);
	ck_assert_msg(v.cause == (v.state == STATE_DOWN ? 7 : 0), "%s: cause", cases[_i].why);
}
END_TEST

/* What the newest poll had, whatever the state is called meanwhile. */
START_TEST(troubles)
{
	struct live_entry e = {.device = 7, .misses = 4};
	char text[100];

	ck_assert_ptr_null(state_trouble(&e, LANG_EN, text, sizeof(text)));
	e.flags = 31 << SAMPLE_REASON_AT;
	ck_assert_ptr_null(state_trouble(&e, LANG_EN, text, sizeof(text)));
	e.flags = REASON_NO_ECHO << SAMPLE_REASON_AT;
	ck_assert_str_eq(
	    state_trouble(&e, LANG_EN, text, sizeof(text)), "4 polls missed, ICMP echo too");
	e.flags = SAMPLE_SILENT | REASON_NO_PROFILE << SAMPLE_REASON_AT;
	ck_assert_str_eq(state_trouble(&e, LANG_KO, text, sizeof(text)),
	    "응답하지만 어떤 프로필에도 맞는 값이 없음");
	e.device = 0;
	ck_assert_ptr_null(state_trouble(&e, LANG_EN, text, sizeof(text)));
}
END_TEST

START_TEST(names)
{
	for (int i = 0; i < STATE_COUNT; i++) {
		ck_assert_int_eq(state_by_name(state_name(i)), i);
		ck_assert_str_eq(state_text(i, LANG_EN), state_name(i));
		ck_assert_str_ne(state_text(i, LANG_KO), state_name(i));
	}
	ck_assert_int_eq(state_by_name("UP"), -1);
}
END_TEST

static const struct {
	struct verdict v;
	const char *cause;
	enum language lang;
	size_t room;
	const char *want;
} reasons[] = {
    {{.why = WHY_NOTHING}, NULL, LANG_EN, 80, ""},
    {{.why = WHY_MISSES, .misses = 1}, NULL, LANG_EN, 80, "1 poll missed"},
    {{.why = WHY_MISSES, .misses = 3}, NULL, LANG_EN, 80, "3 polls missed"},
    {{.why = WHY_NO_ECHO, .misses = 1}, NULL, LANG_EN, 80, "1 poll missed"},
    {{.why = WHY_NO_ECHO, .misses = 3}, NULL, LANG_EN, 80, "3 polls missed, ICMP echo too"},
    {{.why = WHY_MISSES, .misses = 3}, NULL, LANG_KO, 80, "3회 연속 응답 없음"},
    {{.why = WHY_DROPPED, .misses = 3}, NULL, LANG_EN, 80,
	"its answers are not taken: malformed, or to no request of ours"},
    {{.why = WHY_REASON + REASON_TABLES - 1}, NULL, LANG_KO, 120,
	"표가 정상이 아님: 제자리를 돌거나 끝이 없음"},
    {{.why = WHY_ABOVE}, "SW-1", LANG_EN, 80, "SW-1 above it is down"},
    {{.why = WHY_ABOVE}, NULL, LANG_EN, 80, "? above it is down"},
    {{.why = WHY_ABOVE}, "SW\n1\033[2J", LANG_KO, 80, "상위 장비 SW 1 [2J 장애"},
    {{.why = WHY_CONTROLLER}, "WLC", LANG_EN, 80, "its controller WLC does not answer"},
    {{.why = WHY_MOBILE}, NULL, LANG_EN, 80, "mobile, and silent"},
    {{.why = WHY_ABOVE}, "S", LANG_KO, 8, "상위 "},
    {{.why = WHY_ABOVE}, "S", LANG_KO, 7, "상위"},
    {{.why = WHY_ABOVE}, "S", LANG_KO, 6, "상"},
    {{.why = WHY_ABOVE}, "S", LANG_KO, 1, ""},
    {{.why = 250}, NULL, LANG_EN, 80, ""},
};

START_TEST(reason)
{
	char text[80];

	memset(text, 'x', sizeof(text));
	ck_assert_str_eq(state_reason(&reasons[_i].v, reasons[_i].cause, reasons[_i].lang, text,
			     reasons[_i].room),
	    reasons[_i].want);
}
END_TEST

START_TEST(places)
{
	const char *w[] = {"one", "two"};
	char text[40];

	ck_assert_str_eq(words_fill(text, 40, "{1}-{0} {2} {x} {", w, 2), "two-one {2} {x} {");
	ck_assert_str_eq(words_fill(text, 40, "", w, 2), "");
	ck_assert_str_eq(words_fill(text, 6, "{0}{1}", w, 2), "onetw");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("state");
	TCase *tc = tcase_create("state");

	tcase_add_loop_test(tc, alone, 0, ROWS(cases));
	tcase_add_test(tc, troubles);
	tcase_add_test(tc, names);
	tcase_add_loop_test(tc, reason, 0, ROWS(reasons));
	tcase_add_test(tc, places);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
