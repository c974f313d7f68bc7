/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices as they were recorded, through the whole target: profile, clients, which rows count.
 * The recordings lie beside the sources (../shared/data/snmp) or are absent; our own small one is
 * always there.
 */
#include "collector/target.h"

#include "tests/target_bench.h"

#define UNKNOWN (-1)

static const struct {
	const char *file;
	const char *profile;
	int clients, clients_2g, clients_5g, busy_2g;
	unsigned counters;
	unsigned width;
	uint64_t down, up; /* sums of the raw counters */
} rows[] = {
    {"own", "unifi", 7, 3, 4, 12, 2, 64, 30000000000, 3000000000},
    {"unifi", "unifi", 4, 4, UNKNOWN, 9, 0, 0, 0, 0},
    {"unifi_ukultra", "unifi", 0, 0, UNKNOWN, 13, 0, 0, 0, 0},
    /* Four radios and virtual APs; not the wire, not the bridges, not PPPoE. */
    {"routeros", "generic-ifmib", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 4, 64,
	3592473100 + 124247 + 44655542 + 2280733313, 235098478 + 70946 + 3810656 + 119484267},
    /* Says ethernetCsmacd of its radio: the wire is all that is certain; eth0 in, out. */
    {"airos_airos8", "generic-ifmib", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 1, 32, 2055946673,
	3352696952},
    {"openwrt", "generic-ifmib", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 0, 0, 0, 0},
    {"fortiap_fap231g", "generic-ifmib", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, ~0u, 32, 0, 0},
    {"hiveos-wireless_650ax", "generic-ifmib", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, ~0u, 64, 0, 0},
    {"zyxelnwa", NULL, /* neither an uptime nor an interface */ UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
	0, 0, 0, 0},
};

static void
expect(const struct sample *s, enum metric m, int want, const char *file)
{
	ck_assert_msg(sample_has(s, m) == (want != UNKNOWN), "%s: %s is %sknown", file,
	    metric_info(m)->name, sample_has(s, m) ? "" : "un");
	if (want != UNKNOWN)
		ck_assert_msg(s->value[m] == want, "%s: %s is %d", file, metric_info(m)->name,
		    (int)s->value[m]);
}

static int
open_recording(struct target_bench *b, const char *file)
{
	const char *src = getenv("srcdir") ? getenv("srcdir") : ".";
	char path[512];

	snprintf(path, sizeof(path), "%s/tests/recordings/%s.snmprec", src, file);
	if (agent_recording(&b->agent, path) > 0)
		return 1;
	snprintf(path, sizeof(path), "%s/../shared/data/snmp/%s.snmprec", src, file);
	return agent_recording(&b->agent, path) > 0;
}

START_TEST(recorded)
{
	const char *file = rows[_i].file;
	struct target_bench b;
	uint64_t down = 0, up = 0;

	bench_open(&b);
	if (!open_recording(&b, file)) {
		fprintf(stderr, "skipped: no recording %s beside the sources\n", file);
		bench_close(&b);
		return;
	}
	bench_poll(&b);
	ck_assert_int_eq(b.sample.flags & SAMPLE_SILENT, 0);
	if (rows[_i].profile == NULL) {
		ck_assert_int_eq(b.sample.flags, SAMPLE_PARTIAL);
		ck_assert_int_eq(b.sample.value[METRIC_UP], 1);
		bench_close(&b);
		return;
	}
	ck_assert_msg(target_profile(b.target, NULL) != NULL, "%s: no profile", file);
	ck_assert_str_eq(target_profile(b.target, NULL)->name, rows[_i].profile);
	expect(&b.sample, METRIC_CLIENTS, rows[_i].clients, file);
	expect(&b.sample, METRIC_CLIENTS_2G, rows[_i].clients_2g, file);
	expect(&b.sample, METRIC_CLIENTS_5G, rows[_i].clients_5g, file);
	expect(&b.sample, METRIC_CHANNEL_BUSY_2G, rows[_i].busy_2g, file);
	for (unsigned i = 0; i < b.sample.n_counters; i++) {
		down += b.counter[i].down;
		up += b.counter[i].up;
		ck_assert_uint_eq(b.counter[i].width, rows[_i].width);
	}
	fprintf(stderr, "%s: %u counters, %llu down, %llu up, %u GETs\n", file, b.sample.n_counters,
	    (unsigned long long)down, (unsigned long long)up,
	    target_layout_used(b.target) ? target_layout_used(b.target)->n_gets : 0);
	if (rows[_i].counters != ~0u) {
		ck_assert_uint_eq(b.sample.n_counters, rows[_i].counters);
		ck_assert_uint_eq(down, rows[_i].down);
		ck_assert_uint_eq(up, rows[_i].up);
	}
	/* A device that stands still: nothing is added, no restart is seen. */
	for (int i = 0; i < 3; i++) {
		bench_pass(&b, 60);
		ck_assert_int_eq(bench_poll(&b) & (SAMPLE_RESTART | SAMPLE_MOVED | SAMPLE_REPLACED |
						      SAMPLE_REBASED),
		    0);
		if (b.sample.n_counters > 0)
			bench_odometers(&b, 0, 0);
	}
	bench_close(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("recordings");
	TCase *tc = tcase_create("devices");

	tcase_add_loop_test(tc, recorded, 0, ROWS(rows));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
