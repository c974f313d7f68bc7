/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices as they were recorded, through the whole target: profile, stations, which rows count.
 * Those of our own making lie in tests/recordings, each with what is expected of it (NAME.json);
 * those of real devices lie beside the sources (../shared/data/snmp, or $KKACHI_RECORDINGS) or are
 * absent. A metric that is not expected must be unknown.
 */
#include <dirent.h>
#include <jansson.h>

#include "collector/aps/rollcall.h"
#include "collector/target.h"

#include "tests/target_bench.h"

#define OWN_MAX 64

/* Real devices, and what the .json beside them says; null: no profile fits. As whom: the profile
 * that is fixed, "": found out. */
static const struct {
	const char *file, *as, *want;
} real[] = {
    {"unifi", "", "{'profile':'unifi','clients':4,'clients_2g':4,'channel_busy_2g':9}"},
    {"unifi_ukultra", "",
	"{'nameplate':'UK-Ultra||6.6.77.15402','profile':'unifi','clients':0,'clients_2g':0,'"
	"channel_busy_2g':13,'channel_busy_5g':0,"
	"'counters':{'n':1,'width':64,'down':4219301,'up':56066}}"},
    /* 7 + 0 + 0 + 4; the last two are virtual and tell no band. Not the wire, not the bridges. */
    {"routeros", "",
	"{'nameplate':'|71B1060EE89D|6.40.5','profile':'mikrotik','clients':11,'clients_2g':7,'"
	"clients_5g':0,'noise_2g':-117,'noise_"
	"5g':"
	"-112,'counters':{'n':4,'width':64,'down':5917986202,'up':358464347}}"},
    {"airos_airos8", "",
	"{'nameplate':'LiteBeam 5AC "
	"Gen2||WA.ar934x.v8.7.4.45112.210415.1103','profile':'airmax','clients':1,'clients_5g':1,'"
	"noise_5g':-91,'counters':{'n':1,'width':"
	"32,"
	"'down':707218017,'up':2365946539}}"},
    {"openwrt", "",
	"{'nameplate':'Linksys WRT1200AC||OpenWrt "
	"21.02.0-rc4','profile':'openwrt','clients':3,'clients_2g':1,'clients_5g':2,'noise_2g':-65,"
	"'noise_5g':"
	"-90}"},
    /* Three members; its own radios are 0 and 1. */
    {"aruba-instant", "",
	"{'nameplate':'225||8.4.0.0-8.4.0.0','profile':'aruba-instant','clients':0,'clients_2g':0,'"
	"clients_5g':0,'channel_busy_2g':11,"
	"'channel_busy_5g':1,'noise_2g':-96,'noise_5g':-92,'counters':{'n':4,'width':64,'down':"
	"663416223,'up':12107426}}"},
    {"ruckuswireless-hotzone", "",
	"{'nameplate':'R500|<private>|9.13.3.0.145','profile':'ruckus-ap','clients':1,'clients_2g':"
	"1,'clients_5g':0,'noise_2g':-111,'noise_"
	"5g':"
	"-99,'channel_busy_2g':4}"},
    /* The octets of the first radio are made unreadable in the file; the other has none. */
    {"epmp_epmp-ap-connected-sta", "",
	"{'nameplate':'||5.10.3','profile':'epmp','clients':6,'clients_5g':6,'counters':{'n':1,'"
	"width':64,'down':0,'up':0}"
	"}"},
    {"hiveos-wireless_650ax", "",
	"{'nameplate':'AP650X|16501810030163|HiveOS 10.0r7a "
	"build-232353','profile':'hiveos','clients':0,'clients_2g':0,'clients_5g':0,'noise_5g':-91,"
	"'counters':{'"
	"n':"
	"3,'width':64,'down':6146480,'up':2640852214}}"},
    {"fortiap_fap231g", "",
	"{'nameplate':'FP231G|FP231GTF2409AF83|v7.4-build0771','profile':'fortiap','clients':0,'"
	"clients_2g':0,'clients_5g':0,'counters':{'n':9,'width':"
	"32}}"},
    {"zyxelnwa", "",
	"{'nameplate':'NWA-||','profile':'zyxel-nwa','clients':65,'clients_2g':11,'clients_5g':"
	"54}"},
    {"arubaos_vmc", "",
	"{'nameplate':'|MC4204394|','profile':'arubaos','clients':0,'aps':0,'list':[]}"},
    /* Its stations arrive as Counter32; the list says nothing of who is connected. */
    {"ciscowlc_cbw240ac", "",
	"{'profile':'cisco-wlc','clients':23,'aps':4,'list':["
	"{'name':'ap1','up':true,'channel_busy_2g':10,'channel_busy_5g':19,'clients':1,'clients_2g'"
	":0,'clients_5g':1},"
	"{'name':'ap2','up':true,'channel_busy_2g':15,'channel_busy_5g':7,'clients':8,'clients_2g':"
	"3,'clients_5g':5},"
	"{'name':'ap3','up':true,'channel_busy_2g':7,'channel_busy_5g':6,'clients':9,'clients_2g':"
	"5,'clients_5g':4},"
	"{'name':'ap4','up':true,'channel_busy_2g':31,'channel_busy_5g':6,'clients':5,'clients_2g':"
	"0,'clients_5g':5}]}"},
    {"fortigate_60f", "",
	"{'nameplate':'||v7.2.6,build1575,230926 "
	"(GA.F)','profile':'fortigate','clients':0,'aps':0,'list':[]}"},
    {"ruckuswireless-sz", "",
	"{'nameplate':'SZ104|211838000212|3.6.2.0.78','profile':'ruckus-sz','clients':146,"
	"'aps':36,'list':[]}"},
    {"ruckuswireless_zd1100", "",
	"{'nameplate':'ZD1106|431323000588|9.7.2.0 build 20','profile':'ruckus-zd','clients':23,"
	"'aps':11,'list':[]}"},
    /* As if nobody knew them. */
    {"routeros", "generic-ifmib",
	"{'profile':'generic-ifmib','counters':{'n':4,'width':64,'down':5917986202,'up':358464347}"
	"}"},
    {"airos_airos8", "generic-ifmib",
	"{'profile':'generic-ifmib','counters':{'n':1,'width':32,'down':707218017,'up':2365946539}"
	"}"},
    {"openwrt", "generic-ifmib", "{'profile':'generic-ifmib'}"},
    {"unifi_ukultra", "generic-ifmib",
	"{'profile':'generic-ifmib','counters':{'n':1,'width':64,'down':4219301,'up':56066}}"},
    {"fortiap_fap231g", "generic-ifmib",
	"{'profile':'generic-ifmib','counters':{'n':9,'width':32}}"},
    /* wifi0 and wifi1 are what the radios hear: the wire is all that is certain. */
    {"hiveos-wireless_650ax", "generic-ifmib",
	"{'profile':'generic-ifmib','counters':{'n':1,'width':64,'down':215328162,'up':2756273936}"
	"}"},
    {"zyxelnwa", "generic-ifmib", "{'profile':null}"},
};

static char own[OWN_MAX][64];
static int n_own;

static const char *
source(void)
{
	return getenv("srcdir") ? getenv("srcdir") : ".";
}

/* What the meter is given for every metric that counts octets or comes of itself. */
static int
comes_of_itself(enum metric m)
{
	return m == METRIC_UP || m == METRIC_RTT || m == METRIC_UPTIME || m == METRIC_OCTETS_DOWN ||
	       m == METRIC_OCTETS_UP || m == METRIC_PACKETS_DOWN || m == METRIC_PACKETS_UP ||
	       m == METRIC_ERRORS || m == METRIC_DISCARDS;
}

static void
expect_metrics(const struct target_bench *b, const json_t *want, const char *file)
{
	for (int m = 0; m < METRIC_COUNT; m++) {
		const char *name = metric_info((enum metric)m)->name;
		const json_t *v = json_object_get(want, name);
		int known = sample_has(&b->sample, (enum metric)m);

		if (comes_of_itself((enum metric)m))
			continue;
		ck_assert_msg(
		    (v != NULL) == known, "%s: %s is %s", file, name, known ? "known" : "unknown");
		if (v != NULL)
			ck_assert_msg(b->sample.value[m] == json_integer_value(v), "%s: %s is %d",
			    file, name, (int)b->sample.value[m]);
	}
}

static void
expect_counters(const struct target_bench *b, const json_t *want, const char *file)
{
	const json_t *c = json_object_get(want, "counters"), *down = json_object_get(c, "down");
	uint64_t sum_down = 0, sum_up = 0;

	ck_assert_msg(b->sample.n_counters == json_integer_value(json_object_get(c, "n")),
	    "%s: %u counters", file, b->sample.n_counters);
	for (unsigned i = 0; i < b->sample.n_counters; i++) {
		ck_assert_uint_eq(
		    b->counter[i].width, (unsigned)json_integer_value(json_object_get(c, "width")));
		sum_down += b->counter[i].down;
		sum_up += b->counter[i].up;
	}
	if (down == NULL)
		return;
	ck_assert_msg(sum_down == (uint64_t)json_integer_value(down), "%s: down is %llu", file,
	    (unsigned long long)sum_down);
	ck_assert_msg(sum_up == (uint64_t)json_integer_value(json_object_get(c, "up")),
	    "%s: up is %llu", file, (unsigned long long)sum_up);
}

/* ---- a controller's list ---- */

struct called {
	const json_t *want; /* array */
	const char *file;
	int ended;
};

static int
always(void *ctx)
{
	(void)ctx;
	return 1;
}

static void
expect_ap_metrics(const struct roll_ap *a, const json_t *want, const char *file)
{
	for (int m = 0; m < METRIC_COUNT; m++) {
		const char *name = metric_info((enum metric)m)->name;
		const json_t *v = json_object_get(want, name);
		int known = a->known >> m & 1;

		if (m == METRIC_UP)
			continue;
		ck_assert_msg(
		    (v != NULL) == known, "%s: %s is %s", file, name, known ? "known" : "unknown");
		if (v != NULL)
			ck_assert_int_eq(a->value[m], json_integer_value(v));
	}
}

static void
expect_ap(const struct roll *r, const struct roll_ap *a, const json_t *want, const char *file)
{
	const json_t *c = json_object_get(want, "counters");
	uint64_t down = 0, up = 0;

	ck_assert_int_eq(a->up != 0, json_is_true(json_object_get(want, "up")));
	expect_ap_metrics(a, want, file);
	ck_assert_msg(
	    a->n == json_integer_value(json_object_get(c, "n")), "%s: %u counters", file, a->n);
	for (unsigned i = 0; i < a->n; i++) {
		const struct reading *one = &r->reading[a->first + i];

		ck_assert_uint_eq(
		    one->width, (unsigned)json_integer_value(json_object_get(c, "width")));
		down += one->down;
		up += one->up;
		for (unsigned k = 0; k < i; k++)
			ck_assert_uint_ne(one->key, r->reading[a->first + k].key);
	}
	ck_assert_uint_eq(down, (uint64_t)json_integer_value(json_object_get(c, "down")));
	ck_assert_uint_eq(up, (uint64_t)json_integer_value(json_object_get(c, "up")));
}

static int
is_wanted(const struct roll *r, const struct roll_ap *a, const json_t *want)
{
	const char *mac = json_string_value(json_object_get(want, "mac"));
	const char *name = json_string_value(json_object_get(want, "name"));
	char text[256];
	uint8_t m[6];

	if (mac == NULL)
		return roll_name(r, a, 0, text) > 0 && strcmp(name, text) == 0;
	if (roll_mac(r, a, 0, m) <= 0)
		return 0;
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
	    m[5]);
	return strcmp(mac, text) == 0;
}

static void
on_called(void *ctx, int rc, const struct roll *r)
{
	struct called *c = ctx;
	size_t i;
	json_t *want;

	c->ended = 1;
	ck_assert_int_eq(rc, KK_OK);
	ck_assert_msg(r->n == json_array_size(c->want), "%s: %zu access points", c->file, r->n);
	json_array_foreach(c->want, i, want)
	{
		size_t found = 0;

		for (size_t k = 0; k < r->n; k++)
			if (is_wanted(r, &r->ap[k], want)) {
				found++;
				expect_ap(r, &r->ap[k], want, c->file);
			}
		ck_assert_msg(found == 1, "%s: %zu rows are the %zuth", c->file, found, i);
	}
}

/* Twice: the second reading asks for what is needed alone. */
static void
expect_list(struct target_bench *b, const json_t *want, const char *file)
{
	const struct profile *p = target_profile(b->target, NULL);
	struct called c = {.want = json_object_get(want, "list"), .file = file};
	struct rollcall_memory memory;

	if (c.want == NULL)
		return;
	ck_assert_ptr_nonnull(p->aps);
	rollcall_forget(&memory);
	for (int i = 0; i < 2; i++) {
		struct rollcall_wish wish = {.rules = p->aps,
		    .clock = &b->agent.clock,
		    .salt = 7,
		    .ctx = &c,
		    .may_ask = always};
		struct ask_peer peer = target_peer(b->target);
		struct rollcall *call = NULL;

		c.ended = 0;
		ck_assert_int_eq(rollcall_start(&peer, &wish, &memory, on_called, &call), KK_OK);
		for (int turns = 0; !c.ended && turns < 10000; turns++) {
			int wait = engine_run(b->engine);

			if (wait > 0)
				clock_advance(&b->agent.clock, wait);
		}
		ck_assert(c.ended);
		rollcall_free(call);
	}
}

/* A device that stands still: nothing is added, no restart is seen. */
static void
stand_still(struct target_bench *b)
{
	for (int i = 0; i < 3; i++) {
		bench_pass(b, 60);
		ck_assert_int_eq(bench_poll(b) & (SAMPLE_RESTART | SAMPLE_MOVED | SAMPLE_REPLACED |
						     SAMPLE_REBASED),
		    0);
		if (b->sample.n_counters > 0)
			bench_odometers(b, 0, 0);
	}
}

/* "MODEL|SERIAL|FIRMWARE"; without a word of it all three are unknown. */
static void
expect_nameplate(const struct target_bench *b, const json_t *want, const char *file)
{
	const char *text = json_string_value(json_object_get(want, "nameplate"));
	char got[NAMEPLATE_COUNT * NAMEPLATE_TEXT];

	snprintf(got, sizeof(got), "%s|%s|%s", b->plate.text[NAMEPLATE_MODEL],
	    b->plate.text[NAMEPLATE_SERIAL], b->plate.text[NAMEPLATE_FIRMWARE]);
	ck_assert_msg(strcmp(got, text != NULL ? text : "||") == 0, "%s: nameplate %s", file, got);
}

static void
expect(struct target_bench *b, const json_t *want, const char *file)
{
	const char *profile = json_string_value(json_object_get(want, "profile"));

	bench_poll(b);
	ck_assert_int_eq(b->sample.flags & SAMPLE_SILENT, 0);
	if (profile == NULL) {
		ck_assert_int_eq(
		    b->sample.flags, SAMPLE_PARTIAL | REASON_NO_PROFILE << SAMPLE_REASON_AT);
		ck_assert_int_eq(b->sample.value[METRIC_UP], 1);
		return;
	}
	ck_assert_msg(target_profile(b->target, NULL) != NULL, "%s: no profile", file);
	ck_assert_str_eq(target_profile(b->target, NULL)->name, profile);
	expect_metrics(b, want, file);
	expect_counters(b, want, file);
	expect_nameplate(b, want, file);
	expect_list(b, want, file);
	stand_still(b);
	expect_metrics(b, want, file);
}

START_TEST(recorded_own)
{
	struct target_bench b;
	json_error_t error;
	char path[512];
	json_t *want;

	bench_open(&b);
	snprintf(path, sizeof(path), "%s/tests/recordings/%s.snmprec", source(), own[_i]);
	ck_assert_int_gt(agent_recording(&b.agent, path), 0);
	snprintf(path, sizeof(path), "%s/tests/recordings/%s.json", source(), own[_i]);
	want = json_load_file(path, 0, &error);
	ck_assert_msg(want != NULL, "%s: %s", path, error.text);
	expect(&b, want, own[_i]);
	json_decref(want);
	bench_close(&b);
}
END_TEST

static int
open_real(struct target_bench *b, const char *file)
{
	const char *dir = getenv("KKACHI_RECORDINGS");
	char path[512];

	if (dir != NULL)
		snprintf(path, sizeof(path), "%s/%s.snmprec", dir, file);
	else
		snprintf(path, sizeof(path), "%s/../shared/data/snmp/%s.snmprec", source(), file);
	return agent_recording(&b->agent, path) > 0;
}

START_TEST(recorded_real)
{
	struct target_bench b;
	char text[1024];
	json_t *want;

	bench_open(&b);
	if (!open_real(&b, real[_i].file)) {
		fprintf(stderr, "skipped: no recording %s beside the sources\n", real[_i].file);
		bench_close(&b);
		return;
	}
	b.device.profile = real[_i].as;
	bench_target(&b);
	snprintf(text, sizeof(text), "%s", real[_i].want);
	for (char *c = text; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	want = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(want);
	expect(&b, want, real[_i].file);
	json_decref(want);
	bench_close(&b);
}
END_TEST

/* Every profile that is shipped says what it was tested with, and is tested with a recording of our
 * own. */
START_TEST(all_tested)
{
	struct profile *const *all;
	struct target_bench b;
	size_t n;

	bench_open(&b);
	all = profiles_all(b.profiles, &n);
	for (size_t i = 0; i < n; i++) {
		int found = 0;

		for (int k = 0; k < n_own && !found; k++) {
			char path[512];
			json_t *want;

			snprintf(
			    path, sizeof(path), "%s/tests/recordings/%s.json", source(), own[k]);
			want = json_load_file(path, 0, NULL);
			found = json_string_value(json_object_get(want, "profile")) != NULL &&
				strcmp(json_string_value(json_object_get(want, "profile")),
				    all[i]->name) == 0;
			json_decref(want);
		}
		ck_assert_msg(found, "no recording in tests/recordings for %s", all[i]->name);
		ck_assert_msg(all[i]->tested[0] != '\0', "%s does not say what it was tested with",
		    all[i]->name);
		for (unsigned m = 0; m < all[i]->n_metrics; m++)
			ck_assert_msg(all[i]->metric[m].metric != METRIC_CLIENTS ||
					  all[i]->counted[0] != '\0',
			    "%s does not say which view it counts", all[i]->name);
	}
	bench_close(&b);
}
END_TEST

static int
is_recording(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return dot != NULL && strcmp(dot, ".snmprec") == 0;
}

static void
find_own(void)
{
	struct dirent **files;
	char dir[512];
	int n;

	snprintf(dir, sizeof(dir), "%s/tests/recordings", source());
	n = scandir(dir, &files, is_recording, alphasort);
	for (int i = 0; i < n; i++) {
		if (n_own < OWN_MAX)
			snprintf(own[n_own++], sizeof(own[0]), "%.*s",
			    (int)(strrchr(files[i]->d_name, '.') - files[i]->d_name),
			    files[i]->d_name);
		free(files[i]);
	}
	if (n >= 0)
		free(files);
}

int
main(void)
{
	Suite *s = suite_create("recordings");
	TCase *tc = tcase_create("devices");

	find_own();
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, all_tested);
	tcase_add_loop_test(tc, recorded_own, 0, n_own > 0 ? n_own : 1);
	tcase_add_loop_test(tc, recorded_real, 0, ROWS(real));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
