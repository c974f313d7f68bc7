/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_aim.c - from a frame to the access point it counts at, and that it counts once there. */
#include <pcap/dlt.h>

#include "probes/count.h"
#include "tests/decoding.h"
#include "tests/recipe.h"

#define MS INT64_C(1000)
#define T0 INT64_C(1627740000000000) /* a full minute */

#define DATA	 "x:08010000021122334450daa119000042020000000b010001aaaa030000000800"
#define CAPWAP	 "pkt " DATA " x:0010430000000000 udp:33000:5247 ip4:17 out:0800"
#define EOGRE	 "pkt eth:0800 x:00006558 ip4:47 out:0800"
#define RADIO	 "pkt eth:0800 x:00204210000000000602112233445000 udp:33000:5247 ip4:17 out:0800"
#define ETHERNET "pkt eth:0800 x:0010420000000000 udp:33000:5247 ip4:17 out:0800"
#define DTLS	 "x:0100000017fefd00010000 udp:33000:5247 ip4:17 out:0800"
#define TAGGED	 "pkt x:012c0800 eth:8100 x:00006558 ip4:47 out:0800"
#define PLAIN	 "pkt x:00c80800 eth:8100"
#define DEEP	 "pkt x:000188a8000291000003920000048100000581000006810000070800 eth:8100"

static struct pseudonyms *key;
static struct decoder *dec;

struct told {
	char name[COUNT_NAME_MAX];
	struct tally t;
	int64_t clients;
	int lines;
};

static void
on_ap(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	struct told *told = ctx;

	(void)iv;
	if (line->t.frames == 0)
		return;
	snprintf(told->name, sizeof(told->name), "%s", line->name);
	told->t = line->t;
	told->clients = line->clients;
	told->lines++;
}

static void
on_end(void *ctx, const struct interval *iv)
{
	(void)ctx;
	(void)iv;
}

/* Counts frames at times; how many packets the totals have. */
static uint64_t
count_frames(
    const char *rows, const char *const *recipe, const int64_t *at_us, size_t n, struct told *told)
{
	struct count_options o = {.interval_s = 60};
	struct count_sink sink = {.ctx = told, .ap = on_ap, .end = on_end};
	struct map *map = NULL;
	struct count *c;
	char text[500];
	struct diag d = {""};
	uint64_t packets;

	*told = (struct told){.clients = -2};
	snprintf(text, sizeof(text), "key,value,ap\n%s", rows);
	ck_assert_msg(map_over("map", text, strlen(text), key, &map, &d) == KK_OK, "%s", d.text);
	ck_assert_ptr_nonnull(c = count_new(&o, map, &sink));
	for (size_t i = 0; i < n; i++) {
		size_t len;
		uint8_t *p = recipe_make(recipe[i], &len);
		struct seen s;

		dec_frame(dec, DLT_EN10MB, T0 + at_us[i], p, len, len, &s);
		count_packet(c, T0 + at_us[i], len, &s);
		free(p);
	}
	count_finish(c, T0 + 30000 * MS);
	packets = count_totals(c)->packets;
	count_free(c);
	map_free(map);
	return packets;
}

/* Whose a frame is. Octets are 32 where there are some. */
static const struct {
	const char *why, *map, *recipe, *name;
	uint64_t down, up;
	int64_t clients;
} finds[] = {
    {"BSSID", "bssid,02:11:22:33:44:50,WF1\ntunnel,192.0.2.10,WF2\n", CAPWAP, "WF1", 0, 32, 1},
    {"a BSSID that the map lacks", "tunnel,192.0.2.10,WF2\n", CAPWAP, "WF2", 0, 32, 1},
    {"nothing at all", "", CAPWAP, "bssid:02:11:22:33:44:50", 0, 32, 1},
    {"the radio", "radio,02:11:22:33:44:50,WF1\ntunnel,192.0.2.10,WF2\n", RADIO, "WF1", 0, 32, 1},
    {"the tunnel's end", "tunnel,192.0.2.10,WF2\nvlan,300,WF3\n", TAGGED, "WF2", 0, 32, 1},
    {"its other end", "tunnel,192.0.2.1,WF2\n", EOGRE, "WF2", 32, 0, 1},
    {"an end of IPv6", "tunnel,2001:db8::a,WF2\n", "pkt eth:0800 x:00006558 ip6:47 out:86dd", "WF2",
	0, 32, 1},
    {"the address around it", "mac,02:00:00:00:0a:01,WF4\n", EOGRE, "WF4", 0, 32, -1},
    {"the tag in it", "vlan,300,WF3\n", TAGGED, "WF3", 0, 32, 1},
    {"CAPWAP's end", "", ETHERNET, "tunnel:192.0.2.10", 0, 32, 1},
    {"the controller's other end", "controller,192.0.2.1,\n", EOGRE, "tunnel:192.0.2.10", 0, 32, 1},
    {"a tag is no name if the end is known", "controller,192.0.2.1,\n", TAGGED, "tunnel:192.0.2.10",
	0, 32, 1},
    {"some tunnel", "", EOGRE, "unknown", 0, 32, -1},
    {"the last two of many tags", "vlan,6.7,WF3\nvlan,1.2,WF4\nvlan,7,WF5\n", DEEP, "WF3", 0, 32,
	1},
    {"the last one of many", "vlan,7,WF3\nvlan,1,WF4\n", DEEP, "WF3", 0, 32, 1},
    {"some tag", "", TAGGED, "vlan:300", 0, 32, 1},
    {"down, by the controller", "controller,192.0.2.10,\nvlan,300,WF3\n",
	"pkt x:daa119000042020000000b018100012c0800 x:00006558 ip4:47 out:0800", "WF3", 32, 0, 1},
    {"encrypted", "tunnel,192.0.2.10,WF2\n", DTLS, "WF2", 0, 0, -1},
};

START_TEST(find)
{
	const int64_t at = 0;
	struct told told = {0};

	count_frames(finds[_i].map, &finds[_i].recipe, &at, 1, &told);
	ck_assert_msg(told.lines == 1, "%s: %d lines", finds[_i].why, told.lines);
	ck_assert_msg(
	    strcmp(told.name, finds[_i].name) == 0, "%s: \"%s\"", finds[_i].why, told.name);
	ck_assert_msg(told.t.octets_down == finds[_i].down, "%s: down", finds[_i].why);
	ck_assert_msg(told.t.octets_up == finds[_i].up, "%s: up", finds[_i].why);
	ck_assert_msg(told.clients == finds[_i].clients, "%s: %lld clients", finds[_i].why,
	    (long long)told.clients);
	ck_assert_uint_eq(told.t.encrypted, finds[_i].down + finds[_i].up == 0);
}
END_TEST

/* Of an end of IPv6 a hash is known, so that is the name of what the map lacks. */
START_TEST(end_of_ipv6)
{
	static const uint8_t end[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x0a};
	static const char *const recipe = "pkt eth:0800 x:00006558 ip6:47 out:86dd";
	const int64_t at = 0;
	struct told told = {0};
	char name[COUNT_NAME_MAX];

	snprintf(name, sizeof(name), "tunnel6:%014llx",
	    (unsigned long long)(dec_end_of(end, sizeof(end)) & ~DEC_END_IPV6));
	count_frames("controller,2001:db8::1,\n", &recipe, &at, 1, &told);
	ck_assert_int_eq(told.lines, 1);
	ck_assert_str_eq(told.name, name);
	ck_assert_uint_eq(told.t.octets_up, 32);
	ck_assert_int_eq(told.clients, 1);
}
END_TEST

/* TCP of 40 octets in a VLAN of the map: with a number of its own in IP, or without. */
#define TCP(id, seq)                                          \
	"x:45000028" id "40004006"                            \
	"00000a010203080808089c4101bb" seq "0000000150100000" \
	"12340000 "                                           \
	"x:00c80800 eth:8100"

/* Two frames at an access point: whether the second one counts. */
static const struct {
	const char *why, *first, *second;
	int64_t after_us;
	int copy;
} copies[] = {
    {"inside and outside", CAPWAP, PLAIN, 2 * MS, 1},
    {"outside and inside", PLAIN, CAPWAP, 2 * MS, 1},
    {"inside twice", CAPWAP, CAPWAP, 2 * MS, 1},
    {"in two kinds of tunnels", CAPWAP, EOGRE, 2 * MS, 1},
    {"outside twice", PLAIN, PLAIN, 2 * MS, 1},
    {"too late", CAPWAP, PLAIN, 101 * MS, 0},
    {"a segment sent again has another number", TCP("0007", "00000001"), TCP("0008", "00000001"),
	2 * MS, 0},
    {"without a number it is known by time", TCP("0000", "00000001"), TCP("0000", "00000001"),
	30 * MS, 0},
    {"and by time it is a copy", TCP("0000", "00000001"), TCP("0000", "00000001"), 1 * MS, 1},
    {"another segment", TCP("0000", "00000001"), TCP("0000", "00000002"), 1 * MS, 0},
};

START_TEST(once)
{
	const char *const recipe[2] = {copies[_i].first, copies[_i].second};
	const int64_t at[2] = {0, copies[_i].after_us};
	struct told told = {0};
	uint64_t packets = count_frames("bssid,02:11:22:33:44:50,WF1\ntunnel,192.0.2.10,WF1\n"
					"vlan,200,WF1\n",
	    recipe, at, 2, &told);

	ck_assert_uint_eq(packets, 2); /* the totals have every frame */
	ck_assert_int_eq(told.lines, 1);
	ck_assert_msg(told.t.copies == (uint64_t)copies[_i].copy, "%s", copies[_i].why);
	ck_assert_msg(
	    told.t.packets_up == 2 - (uint64_t)copies[_i].copy, "%s: packets", copies[_i].why);
}
END_TEST

/* At another access point it counts again: a client's packet to its neighbour passes both. */
START_TEST(elsewhere)
{
	static const char *const recipe[2] = {CAPWAP, PLAIN};
	static const int64_t at[2] = {0, 2 * MS};
	struct told told = {0};

	count_frames("bssid,02:11:22:33:44:50,WF1\nvlan,200,WF2\n", recipe, at, 2, &told);
	ck_assert_int_eq(told.lines, 2);
	ck_assert_uint_eq(told.t.octets_up, 32);
	ck_assert_uint_eq(told.t.copies, 0);
}
END_TEST

#define ACTION                                                                \
	"pkt x:d0000000daa11900004202112233445002112233445000000409506f9a09 " \
	"x:0010430000000000 udp:33000:5247 ip4:17 out:0800"

/* An action frame makes nobody an access point: phones speak to each other in them. It counts where
 * one is known, by the map or by other frames. */
static const struct {
	const char *map;
	size_t frames; /* of both below */
	int lines;
	const char *name;
	uint64_t counted;
} actions[] = {
    {"", 1, 0, "", 0},
    {"bssid,02:11:22:33:44:50,WF1\n", 1, 1, "WF1", 1},
    {"", 2, 1, "bssid:02:11:22:33:44:50", 1},
};

START_TEST(two_phones)
{
	static const char *const recipe[2] = {ACTION, CAPWAP};
	static const int64_t at[2] = {0, 2 * MS};
	struct told told = {0};

	ck_assert_uint_eq(count_frames(actions[_i].map, recipe, at, actions[_i].frames, &told),
	    actions[_i].frames);
	ck_assert_int_eq(told.lines, actions[_i].lines);
	ck_assert_str_eq(told.name, actions[_i].name);
	ck_assert_uint_eq(told.t.frames, actions[_i].counted);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("aim");
	TCase *tc = tcase_create("aim");

	tcase_add_loop_test(tc, find, 0, ROWS(finds));
	tcase_add_test(tc, end_of_ipv6);
	tcase_add_loop_test(tc, once, 0, ROWS(copies));
	tcase_add_test(tc, elsewhere);
	tcase_add_loop_test(tc, two_phones, 0, ROWS(actions));
	suite_add_tcase(s, tc);
	return decoding_run(s, &key, &dec);
}
