/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_air.c - networks on the air, evil twins, names that should be gone, floods of farewells. */
#include "probes/air.h"
#include "tests/harness.h"

#define US	INT64_C(1000000)
#define START_S INT64_C(1789000000)
#define OWN_A	UINT64_C(0x021122334450)
#define OWN_B	UINT64_C(0x021122334460)
#define FOREIGN UINT64_C(0x066677889900)
#define PHONE	UINT64_C(0x0a0102030405)
#define CLIENT	77
#define TOLD	512

static const char map_text[] = "key,value,ap\n"
			       "bssid,02:11:22:33:44:50,WF-A\n"
			       "bssid,02:11:22:33:44:60,WF-B\n"
			       "vlan,7,WF-C\n";
static const char map_without[] = "key,value,ap\nvlan,7,WF-C\n";
static const char map_grown[] = "key,value,ap\n"
				"bssid,02:11:22:33:44:50,WF-A\n"
				"bssid,06:66:77:88:99:00,WF-NEW\n";

struct world {
	struct pseudonyms *key;
	struct map *map;
	struct air *air;
	struct ssid_list ssids, legacy;
	struct event told[TOLD];
	unsigned n;
};

static void
take(void *ctx, const struct event *e)
{
	struct world *w = ctx;
	uint8_t wire[EVENT_WIRE_MAX];

	ck_assert_uint_lt(w->n, TOLD);
	/* Whatever is told can be sent. */
	ck_assert_int_gt(event_encode(e, wire, sizeof(wire)), 0);
	w->told[w->n++] = *e;
}

static struct map *
map_of(struct world *w, const char *text)
{
	struct map *map = NULL;
	struct diag d = {""};

	ck_assert_msg(map_over("map", text, strlen(text), w->key, &map, &d) == KK_OK, "%s", d.text);
	return map;
}

static void
build(struct world *w, const char *map, unsigned flood, size_t networks)
{
	const struct air_options o = {
	    .ssids = &w->ssids, .legacy = &w->legacy, .flood = flood, .networks_max = networks};
	const struct air_sink sink = {w, take};
	struct diag d = {""};

	memset(w, 0, sizeof(*w));
	ck_assert_msg(pseudonyms_new(&w->key, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(ssid_list_parse("SEOUL, SEOUL_Secure", &w->ssids), KK_OK);
	ck_assert_int_eq(ssid_list_parse("Public WiFi Free", &w->legacy), KK_OK);
	w->map = map != NULL ? map_of(w, map) : NULL;
	ck_assert_int_eq(air_new(&o, w->map, &sink, &w->air, &d), KK_OK);
}

static void
tear_down(struct world *w)
{
	air_free(w->air);
	map_free(w->map);
	pseudonyms_free(w->key);
}

/* A beacon, `at` seconds after the start. */
static void
beacon(struct world *w, double at, uint64_t bssid, const char *name, unsigned security, int signal)
{
	struct seen s = {.kind = SEEN_BEACON,
	    .next = DEC_DONE,
	    .flags = SEEN_AIR | SEEN_HAS_BSSID,
	    .direction = SEEN_DOWN,
	    .bssid = bssid};
	struct detail_management m = {.flags = MANAGEMENT_SIGNAL | MANAGEMENT_ELEMENTS,
	    .security = (uint16_t)security,
	    .channel = 6,
	    .signal = (int8_t)signal,
	    .ssid = {.len = (uint8_t)strlen(name)}};

	memcpy(m.ssid.octets, name, strlen(name));
	air_hear(w->air, START_S * US + (int64_t)(at * 1e6), &s, &m);
}

static void
farewell(struct world *w, double at, uint64_t bssid, uint64_t client, uint16_t reason, int flags)
{
	struct seen s = {.kind = SEEN_DEAUTHENTICATION,
	    .next = DEC_DONE,
	    .flags = (uint16_t)(SEEN_AIR | SEEN_HAS_BSSID | flags),
	    .direction = SEEN_DOWN,
	    .bssid = bssid,
	    .client = client};
	struct detail_management m = {
	    .flags = MANAGEMENT_SIGNAL, .mhz = 5180, .signal = -70, .reason = reason};

	air_hear(w->air, START_S * US + (int64_t)(at * 1e6), &s, &m);
}

static void
advance(struct world *w, double at)
{
	air_advance(w->air, START_S * US + (int64_t)(at * 1e6));
}

/* ---- which networks are told ---- */

static const struct {
	const char *what;
	const char *map;
	uint64_t bssid;
	const char *name;
	int frames;
	int told; /* enum event_kind, -1: nothing */
	const char *ap;
} networks[] = {
    {"the city's own", map_text, OWN_A, "SEOUL", 9, -1, ""},
    {"an evil twin", map_text, FOREIGN, "SEOUL", 9, EVENT_EVIL_TWIN, "WF-B"},
    {"the other name", map_text, FOREIGN, "SEOUL_Secure", 9, EVENT_EVIL_TWIN, "WF-B"},
    {"one frame may be damaged", map_text, FOREIGN, "SEOUL", 2, -1, ""},
    {"three are not", map_text, FOREIGN, "SEOUL", 3, EVENT_EVIL_TWIN, "WF-B"},
    {"a phone's hotspot", map_text, PHONE, "Minsu's iPhone", 9, -1, ""},
    {"a name that begins as ours", map_text, PHONE, "SEOUL_", 9, -1, ""},
    {"hidden", map_text, PHONE, "", 9, -1, ""},
    {"a legacy name of ours", map_text, OWN_A, "Public WiFi Free", 9, EVENT_LEGACY_SSID, "WF-A"},
    {"a legacy name elsewhere", map_text, PHONE, "Public WiFi Free", 9, EVENT_LEGACY_SSID, "WF-B"},
    {"nobody knows who is ours", map_without, FOREIGN, "SEOUL", 9, -1, ""},
    {"no map at all", NULL, FOREIGN, "SEOUL", 9, -1, ""},
};

START_TEST(who_is_told)
{
	struct world w;

	build(&w, networks[_i].map, 0, 0);
	beacon(&w, 0.0, OWN_A, "SEOUL", SECURITY_OPEN, -80);
	beacon(&w, 0.1, OWN_B, "SEOUL_Secure", SECURITY_WPA2_ENTERPRISE, -50);
	for (int i = 0; i < networks[_i].frames; i++)
		beacon(&w, 1 + i * 0.1, networks[_i].bssid, networks[_i].name, SECURITY_OPEN, -60);
	if (networks[_i].told < 0) {
		ck_assert_msg(w.n == 0, "%s", networks[_i].what);
	} else {
		ck_assert_msg(w.n == 1, "%s: %u", networks[_i].what, w.n);
		ck_assert_int_eq(w.told[0].kind, networks[_i].told);
		ck_assert_int_eq(w.told[0].phase, EVENT_BEGIN);
		/* With a map the access point that is heard best beside it. */
		ck_assert_str_eq(w.told[0].ap, networks[_i].ap);
	}
	tear_down(&w);
}
END_TEST

/* ---- the evidence ---- */

static const struct {
	unsigned ours, theirs;
	enum event_difference differs;
} differences[] = {
    {SECURITY_OPEN, SECURITY_OPEN, EVENT_DIFFERS_SAME},
    {SECURITY_WPA2_PSK, SECURITY_OPEN, EVENT_DIFFERS_OPEN},
    {SECURITY_WPA2_PSK | SECURITY_PMF_CAPABLE, SECURITY_WPA2_PSK, EVENT_DIFFERS_SAME},
    {SECURITY_WPA2_PSK, SECURITY_WEP, EVENT_DIFFERS_OTHER},
    {SECURITY_OPEN, SECURITY_WPA2_PSK, EVENT_DIFFERS_OTHER},
    {0, SECURITY_OPEN, EVENT_DIFFERS_UNKNOWN},
};

START_TEST(evidence)
{
	struct world w;
	char text[EVENT_SECURITY_MAX];

	build(&w, map_text, 0, 0);
	if (differences[_i].ours != 0)
		beacon(&w, 0, OWN_A, "SEOUL", differences[_i].ours, -50);
	beacon(&w, 10, FOREIGN, "SEOUL", differences[_i].theirs, -70);
	beacon(&w, 11, FOREIGN, "SEOUL", differences[_i].theirs, -40);
	beacon(&w, 12, FOREIGN, "SEOUL", differences[_i].theirs, -60);
	ck_assert_uint_eq(w.n, 1);
	ck_assert_uint_eq(w.told[0].differs, differences[_i].differs);
	ck_assert_uint_eq(w.told[0].bssid, FOREIGN);
	ck_assert_uint_eq(w.told[0].frames, 3);
	ck_assert_uint_eq(w.told[0].channel, 6);
	ck_assert_int_eq(w.told[0].signal_last, -60);
	ck_assert_int_eq(w.told[0].signal_best, -40);
	ck_assert_int_eq(w.told[0].since_cs, (START_S + 10) * 100);
	ck_assert_int_eq(w.told[0].last_cs, (START_S + 12) * 100);
	detail_security_text(differences[_i].theirs, text, sizeof(text));
	ck_assert_str_eq(w.told[0].security, text);
	if (differences[_i].ours == 0)
		ck_assert_str_eq(w.told[0].own_security, "");
	else
		detail_security_text(differences[_i].ours, text, sizeof(text));
	if (differences[_i].ours != 0)
		ck_assert_str_eq(w.told[0].own_security, text);
	tear_down(&w);
}
END_TEST

/* ---- beginning, going on, end ---- */

START_TEST(one_at_begin_one_at_end)
{
	struct world w;

	build(&w, map_text, 0, 0);
	for (int i = 0; i < 10000; i++) /* 1,000 s */
		beacon(&w, i * 0.1, FOREIGN, "SEOUL", SECURITY_OPEN, -60);
	ck_assert_uint_eq(w.n, 2);
	ck_assert_int_eq(w.told[1].phase, EVENT_STILL);
	ck_assert_int_eq(w.told[1].since_cs, w.told[0].since_cs);
	advance(&w, 1599);
	ck_assert_uint_eq(w.n, 2);
	advance(&w, 1611);
	advance(&w, 9999);
	ck_assert_uint_eq(w.n, 3);
	ck_assert_int_eq(w.told[2].phase, EVENT_END);
	ck_assert_int_eq(w.told[2].since_cs, w.told[0].since_cs);
	ck_assert_uint_eq(w.told[2].frames, 10000);
	/* Back: another event. */
	for (int i = 0; i < 5; i++)
		beacon(&w, 10000 + i, FOREIGN, "SEOUL", SECURITY_OPEN, -60);
	ck_assert_uint_eq(w.n, 4);
	ck_assert_int_eq(w.told[3].phase, EVENT_BEGIN);
	ck_assert_int_eq(w.told[3].since_cs, (START_S + 10000) * 100);
	tear_down(&w);
}
END_TEST

START_TEST(three_frames_far_apart_are_none)
{
	struct world w;

	build(&w, map_text, 0, 0);
	for (int i = 0; i < 5; i++)
		beacon(&w, i * 601.0, FOREIGN, "SEOUL", SECURITY_OPEN, -60);
	ck_assert_uint_eq(w.n, 0);
	tear_down(&w);
}
END_TEST

/* The city's name from as many BSSIDs as somebody likes: events and memory are bounded. */
START_TEST(no_storm)
{
	struct air_stats stats;
	struct world w;

	build(&w, map_text, 0, 300);
	for (int i = 0; i < 3000; i++)
		beacon(&w, i * 0.01, FOREIGN + (uint64_t)(i / 3), "SEOUL", SECURITY_OPEN, -60);
	ck_assert_uint_eq(w.n, AIR_EVENTS_MAX);
	air_stats(w.air, &stats);
	ck_assert_uint_eq(stats.untold, 1000 - AIR_EVENTS_MAX);
	ck_assert_uint_eq(stats.forgotten, 700);
	/* Each that was told ends once. */
	advance(&w, 2000);
	ck_assert_uint_eq(w.n, 2 * AIR_EVENTS_MAX);
	for (unsigned i = AIR_EVENTS_MAX; i < w.n; i++)
		ck_assert_int_eq(w.told[i].phase, EVENT_END);
	tear_down(&w);
}
END_TEST

/* Strangers fill the table: what is told of stays. */
START_TEST(told_ones_stay)
{
	struct air_stats stats;
	struct world w;

	build(&w, map_text, 0, 4);
	for (int i = 0; i < 3; i++)
		beacon(&w, i, FOREIGN, "SEOUL", SECURITY_OPEN, -60);
	for (int i = 0; i < 50; i++)
		beacon(&w, 3 + i, PHONE + (uint64_t)i, "phone", SECURITY_WPA2_PSK, -60);
	beacon(&w, 60, FOREIGN, "SEOUL", SECURITY_OPEN, -60);
	ck_assert_uint_eq(w.n, 1);
	air_stats(w.air, &stats);
	ck_assert_uint_eq(stats.forgotten, 47);
	/* More told ones than places: the oldest ends, rightly told. */
	for (int i = 0; i < 15; i++)
		beacon(&w, 70 + i, FOREIGN + 1 + (uint64_t)(i / 3), "SEOUL", SECURITY_OPEN, -60);
	ck_assert_uint_eq(w.n, 6 + 2);
	advance(&w, 3000);
	ck_assert_uint_eq(w.n, 12);
	tear_down(&w);
}
END_TEST

START_TEST(another_map)
{
	struct world w;
	struct map *grown;

	build(&w, map_text, 0, 0);
	for (int i = 0; i < 3; i++) {
		beacon(&w, i, FOREIGN, "SEOUL", SECURITY_OPEN, -60);
		beacon(&w, i, FOREIGN + 1, "SEOUL", SECURITY_OPEN, -60);
	}
	ck_assert_uint_eq(w.n, 2);
	grown = map_of(&w, map_grown);
	ck_assert_int_eq(air_map(w.air, grown), KK_OK);
	map_free(w.map);
	w.map = grown;
	ck_assert_uint_eq(w.n, 3);
	ck_assert_int_eq(w.told[2].phase, EVENT_END);
	ck_assert_uint_eq(w.told[2].bssid, FOREIGN);
	/* One is ours now, the other goes on as it was; a BSSID that left the map is a stranger's.
	 */
	for (int i = 0; i < 3; i++) {
		beacon(&w, 10 + i, FOREIGN, "SEOUL", SECURITY_OPEN, -60);
		beacon(&w, 10 + i, FOREIGN + 1, "SEOUL", SECURITY_OPEN, -60);
		beacon(&w, 10 + i, OWN_B, "SEOUL", SECURITY_OPEN, -70);
	}
	ck_assert_uint_eq(w.n, 4);
	ck_assert_uint_eq(w.told[3].bssid, OWN_B);
	ck_assert_str_eq(w.told[3].ap, "WF-NEW");
	tear_down(&w);
}
END_TEST

/* ---- the table ---- */

struct list {
	struct air_network n[8];
	unsigned count;
};

static void
keep(void *ctx, const struct air_network *n)
{
	struct list *l = ctx;

	ck_assert_uint_lt(l->count, 8);
	l->n[l->count++] = *n;
}

START_TEST(all_networks)
{
	struct world w;
	struct list l = {.count = 0};
	struct seen response = {.kind = SEEN_PROBE_RESPONSE,
	    .next = DEC_DONE,
	    .flags = SEEN_AIR | SEEN_HAS_BSSID,
	    .direction = SEEN_DOWN,
	    .bssid = OWN_B};
	struct detail_management other = {.mhz = 5745};

	build(&w, map_text, 0, 0);
	beacon(&w, 5, PHONE, "phone", SECURITY_WPA2_PSK, -80);
	beacon(&w, 6, OWN_A, "SEOUL", SECURITY_OPEN, -50);
	beacon(&w, 6, OWN_A, "SEOUL_Secure", SECURITY_WPA2_ENTERPRISE, -50);
	beacon(&w, 7, OWN_B, "", SECURITY_OPEN, -50);
	air_hear(w.air, (START_S + 8) * US, &response, &other);
	ck_assert_int_eq(air_networks(w.air, &l, keep), 1);
	ck_assert_uint_eq(l.count, 4);
	ck_assert_uint_eq(l.n[0].bssid, OWN_A);
	ck_assert_uint_eq(l.n[0].ssid.len, 5);
	ck_assert_uint_eq(l.n[1].ssid.len, 12);
	ck_assert_uint_eq(l.n[1].security, SECURITY_WPA2_ENTERPRISE);
	ck_assert_uint_eq(l.n[2].bssid, OWN_B);
	ck_assert_uint_eq(l.n[2].beacons, 1);
	ck_assert_uint_eq(l.n[2].responses, 1);
	ck_assert_uint_eq(l.n[2].heard.channels, 2);
	ck_assert_uint_eq(l.n[2].heard.channel[0], 149);
	ck_assert_uint_eq(l.n[2].heard.channel[1], 6);
	ck_assert_uint_eq(l.n[3].ap, OWN_NONE);
	ck_assert_int_eq(l.n[3].heard.first_us, (START_S + 5) * US);
	tear_down(&w);
}
END_TEST

static const struct {
	uint16_t mhz;
	uint8_t channel;
} frequencies[] = {{2412, 1}, {2472, 13}, {2484, 14}, {5180, 36}, {5885, 177}, {5955, 1},
    {7115, 233}, {0, 0}, {900, 0}, {2400, 0}};

START_TEST(channels)
{
	struct hearing h = {0};
	struct detail_management m = {.mhz = frequencies[_i].mhz};

	hearing_add(&h, 1, &m);
	ck_assert_uint_eq(h.channels, frequencies[_i].channel != 0);
	ck_assert_uint_eq(h.channel[0], frequencies[_i].channel);
	ck_assert_int_eq(h.signal_last, EVENT_NO_SIGNAL);
}
END_TEST

START_TEST(newest_channels_first)
{
	static const uint8_t in[] = {1, 6, 11, 6, 36, 1, 149}, out[] = {149, 1, 36, 6};
	struct hearing h = {0};

	for (unsigned i = 0; i < sizeof(in); i++)
		hearing_add(&h, 1, &(struct detail_management){.channel = in[i]});
	ck_assert_uint_eq(h.channels, HEARING_CHANNELS);
	ck_assert_mem_eq(h.channel, out, sizeof(out));
}
END_TEST

/* ---- floods ---- */

static const struct {
	const char *what;
	uint64_t bssid;
	int frames;
	double apart; /* seconds */
	uint64_t client;
	int flags;
	unsigned told;
} floods[] = {
    {"an attack", OWN_A, 200, 0.05, 0, 0, 1},
    {"as many as the threshold", OWN_A, 40, 0.2, 0, 0, 1},
    {"one less", OWN_A, 39, 0.2, 0, 0, 0},
    {"as many, but in longer", OWN_A, 400, 0.26, 0, 0, 0},
    {"a client that is gone, asked again", OWN_A, 200, 0.05, CLIENT, SEEN_RETRY, 0},
    {"a stranger's network", PHONE, 200, 0.05, 0, 0, 0},
};

START_TEST(what_is_a_flood)
{
	struct world w;

	build(&w, map_text, 40, 0);
	for (int i = 0; i < floods[_i].frames; i++)
		farewell(&w, 100 + i * floods[_i].apart, floods[_i].bssid, floods[_i].client, 7,
		    floods[_i].flags);
	ck_assert_msg(w.n == floods[_i].told, "%s: %u", floods[_i].what, w.n);
	tear_down(&w);
}
END_TEST

START_TEST(a_flood_s_evidence)
{
	struct world w;
	char text[128];

	build(&w, map_text, 40, 0);
	farewell(&w, 10, OWN_B, CLIENT, 8, 0); /* somebody leaves, long before */
	for (int i = 0; i < 300; i++)
		farewell(&w, 100 + i * 0.1, OWN_B, i % 3 == 0 ? CLIENT : 0,
		    (uint16_t)(i % 10 == 0 ? 1 : 7), 0);
	ck_assert_uint_eq(w.n, 1);
	ck_assert_int_eq(w.told[0].kind, EVENT_DEAUTH_FLOOD);
	ck_assert_str_eq(w.told[0].ap, "WF-B");
	ck_assert_uint_eq(w.told[0].frames, 40);
	ck_assert_int_eq(w.told[0].since_cs, (START_S + 100) * 100);
	ck_assert_int_eq(w.told[0].last_cs, (START_S + 100) * 100 + 390);
	advance(&w, 100 + 29.9 + 59);
	ck_assert_uint_eq(w.n, 1);
	advance(&w, 100 + 29.9 + 71);
	ck_assert_uint_eq(w.n, 2);
	ck_assert_int_eq(w.told[1].phase, EVENT_END);
	ck_assert_uint_eq(w.told[1].frames, 300);
	ck_assert_uint_eq(w.told[1].broadcast, 200);
	ck_assert_uint_eq(w.told[1].peak, 100);
	ck_assert_uint_eq(w.told[1].channel, 36);
	ck_assert_str_eq(event_reasons(&w.told[1], text), "7 x 270, 1 x 30");
	tear_down(&w);
}
END_TEST

/* Between a quarter of the threshold and the threshold nothing is told, in neither direction. */
START_TEST(hysteresis)
{
	struct world w;

	build(&w, map_text, 40, 0);
	for (int i = 0; i < 400; i++) /* 20 within 10 s: not enough */
		farewell(&w, i * 0.5, OWN_A, 0, 7, 0);
	ck_assert_uint_eq(w.n, 0);
	for (int i = 0; i < 100; i++)
		farewell(&w, 300 + i * 0.1, OWN_A, 0, 7, 0);
	ck_assert_uint_eq(w.n, 1);
	for (int i = 0; i < 400; i++) /* and not few enough */
		farewell(&w, 310 + i * 0.5, OWN_A, 0, 7, 0);
	ck_assert_uint_eq(w.n, 1);
	for (int i = 0; i < 30; i++) /* 5 within 10 s */
		farewell(&w, 510 + i * 2, OWN_A, 0, 7, 0);
	advance(&w, 590);
	ck_assert_uint_eq(w.n, 2);
	ck_assert_int_eq(w.told[1].phase, EVENT_END);
	tear_down(&w);
}
END_TEST

START_TEST(a_flood_goes_on)
{
	struct world w;

	build(&w, map_text, 40, 0);
	for (int i = 0; i < 20000; i++) /* 2,000 s */
		farewell(&w, i * 0.1, OWN_A, 0, 7, 0);
	ck_assert_uint_eq(w.n, 3);
	ck_assert_int_eq(w.told[1].phase, EVENT_STILL);
	ck_assert_int_eq(w.told[2].phase, EVENT_STILL);
	ck_assert_int_eq(w.told[2].since_cs, START_S * 100);
	tear_down(&w);
}
END_TEST

/* Without a map's BSSIDs all are watched: floods of many, bounded. */
START_TEST(floods_of_many)
{
	struct air_stats stats;
	struct world w;

	build(&w, NULL, 40, 0);
	for (int round = 0; round < 40; round++)
		for (unsigned b = 0; b < 100; b++)
			farewell(&w, round * 0.1, FOREIGN + b, 0, 7, 0);
	ck_assert_uint_eq(w.n, 64);
	air_stats(w.air, &stats);
	ck_assert_uint_eq(stats.untold, 36);
	/* Single ones of many others take no flood's place. */
	for (unsigned b = 0; b < 3000; b++)
		farewell(&w, 5, PHONE + b, 0, 7, 0);
	advance(&w, 300);
	ck_assert_uint_eq(w.n, 128);
	tear_down(&w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("air");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, who_is_told, 0, ROWS(networks));
	tcase_add_loop_test(t, evidence, 0, ROWS(differences));
	tcase_add_test(t, one_at_begin_one_at_end);
	tcase_add_test(t, three_frames_far_apart_are_none);
	tcase_add_test(t, no_storm);
	tcase_add_test(t, told_ones_stay);
	tcase_add_test(t, another_map);
	tcase_add_test(t, all_networks);
	tcase_add_loop_test(t, channels, 0, ROWS(frequencies));
	tcase_add_test(t, newest_channels_first);
	tcase_add_loop_test(t, what_is_a_flood, 0, ROWS(floods));
	tcase_add_test(t, a_flood_s_evidence);
	tcase_add_test(t, hysteresis);
	tcase_add_test(t, a_flood_goes_on);
	tcase_add_test(t, floods_of_many);
	suite_add_tcase(s, t);
	return harness_run(s);
}
