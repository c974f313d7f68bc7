/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_samples.c - what goes to kkachid of an interval: nothing that is not known. */
#include "probes/samples.h"
#include "tests/harness.h"

#define T0_US (INT64_C(1627740000) * 1000000)

static const struct figures figures = {.reassociations = 3,
    .roams = 2,
    .generation = {5, 1, 1, 1, 4, 6, 7, 8},
    .exchange = {[EXCHANGE_DHCP] = {{10, 8, 1, 1}, 4, 100000, 50000},
	[EXCHANGE_EAP] = {{9, 0, 2, 5}, 0, 0, 0},
	[EXCHANGE_HANDSHAKE] = {{9, 0, 3, 0}, 0, 0, 0},
	[EXCHANGE_AUTHENTICATION] = {{9, 0, 4, 0}, 0, 0, 0}},
    .radius = {.messages = 1, .octets_down = 70, .octets_up = 7, .started = 1}};
static const struct figures quiet = {.reassociations = 0};

static const struct ap_line whole = {.name = "AP-1",
    .mapped = 1,
    .t = {.octets_down = 1000,
	.octets_up = 100,
	.packets_down = 10,
	.packets_up = 5,
	.associations = 6,
	.refusals = 1,
	.disassociations = 2,
	.deauthentications = 3},
    .clients = 4,
    .figures = &figures,
    .said = 1,
    .exchanges = EXCHANGES_ALL,
    .air = 1,
    .heard = 1,
    .sessions = 9};

static struct ap_line
with(int heard, int air, int64_t clients, int64_t sessions, const struct figures *f)
{
	struct ap_line line = whole;

	line.heard = heard;
	line.air = air;
	line.clients = clients;
	line.sessions = sessions;
	line.figures = f;
	return line;
}

#define BIT(m) METRIC_BIT(METRIC_##m)
#define OCTETS (BIT(OCTETS_DOWN) | BIT(OCTETS_UP) | BIT(PACKETS_DOWN) | BIT(PACKETS_UP))
#define WIRE   (BIT(EAP_FAILURES) | BIT(HANDSHAKE_FAILURES) | BIT(DHCP_ASKED) | BIT(DHCP_ANSWERED))
#define AIR                                                                                      \
	(BIT(ASSOCIATIONS) | BIT(REASSOCIATIONS) | BIT(REFUSALS) | BIT(DISASSOCIATIONS) |        \
	    BIT(DEAUTHENTICATIONS) | BIT(ROAMS) | BIT(AUTH_FAILURES) | BIT(WIFI3_CLIENTS) |      \
	    BIT(WIFI4_CLIENTS) | BIT(WIFI5_CLIENTS) | BIT(WIFI6_CLIENTS) | BIT(WIFI6E_CLIENTS) | \
	    BIT(WIFI7_CLIENTS))
#define ACCOUNT (BIT(OCTETS_DOWN) | BIT(OCTETS_UP) | BIT(CLIENTS) | BIT(SESSIONS))

static const struct {
	const char *why;
	int heard, air;
	int64_t clients, sessions;
	const struct figures *figures;
	uint64_t probe, radius; /* 0: no such sample */
} rows[] = {
    {"all", 1, 1, 4, 9, &figures, OCTETS | BIT(CLIENTS) | AIR | WIRE | BIT(DHCP_TIME), ACCOUNT},
    {"the wire", 1, 0, 4, -1, &figures, OCTETS | BIT(CLIENTS) | WIRE | BIT(DHCP_TIME), 0},
    {"clients are not known", 1, 0, -1, -1, &figures, OCTETS | WIRE | BIT(DHCP_TIME), 0},
    {"nothing took any time", 1, 0, -1, -1, &quiet, OCTETS | WIRE, 0},
    {"octets only", 1, 0, 4, -1, NULL, OCTETS | BIT(CLIENTS), 0},
    {"octets only, of the air", 1, 1, 4, -1, NULL, OCTETS | BIT(CLIENTS), 0},
    {"accounting only", 0, 0, -1, 0, &quiet, 0, ACCOUNT},
    {"others told of it", 0, 0, -1, -1, &figures, 0, 0},
};

START_TEST(what_is_known)
{
	const struct interval iv = {T0_US, T0_US + 60000000, 0, -1};
	struct ap_line line = with(
	    rows[_i].heard, rows[_i].air, rows[_i].clients, rows[_i].sessions, rows[_i].figures);
	struct samples out;
	const struct sample *s = out.sample;
	size_t i = 0;

	samples_of(&iv, &line, &out);
	ck_assert_int_eq(out.from_cs, T0_US / 10000);
	if (rows[_i].probe != 0) {
		ck_assert_uint_eq(s[i].source, SOURCE_PROBE);
		ck_assert_msg(s[i].known == rows[_i].probe, "%s: %llx is known", rows[_i].why,
		    (unsigned long long)(s[i].known ^ rows[_i].probe));
		ck_assert_int_eq(s[i++].time_cs, T0_US / 10000 + 6000);
	}
	if (rows[_i].radius != 0) {
		ck_assert_uint_eq(s[i].source, SOURCE_RADIUS);
		ck_assert_msg(s[i++].known == rows[_i].radius, "%s: accounting", rows[_i].why);
	}
	ck_assert_msg(out.n == i, "%s: %zu samples", rows[_i].why, out.n);
}
END_TEST

static const struct {
	enum metric m;
	int64_t want;
} values[] = {{METRIC_OCTETS_DOWN, 1000}, {METRIC_OCTETS_UP, 100}, {METRIC_PACKETS_DOWN, 10},
    {METRIC_PACKETS_UP, 5}, {METRIC_CLIENTS, 4}, {METRIC_ASSOCIATIONS, 6},
    {METRIC_REASSOCIATIONS, 3}, {METRIC_REFUSALS, 1}, {METRIC_DISASSOCIATIONS, 2},
    {METRIC_DEAUTHENTICATIONS, 3}, {METRIC_ROAMS, 2}, {METRIC_AUTH_FAILURES, 4},
    {METRIC_EAP_FAILURES, 7}, {METRIC_HANDSHAKE_FAILURES, 3}, {METRIC_DHCP_ASKED, 10},
    {METRIC_DHCP_ANSWERED, 8}, {METRIC_DHCP_TIME, 25000}, {METRIC_WIFI3_CLIENTS, 2},
    {METRIC_WIFI4_CLIENTS, 1}, {METRIC_WIFI5_CLIENTS, 4}, {METRIC_WIFI6_CLIENTS, 6},
    {METRIC_WIFI6E_CLIENTS, 7}, {METRIC_WIFI7_CLIENTS, 8}, {METRIC_CAPTURE_LOST, 12}};

START_TEST(what_is_told)
{
	const struct interval iv = {T0_US, T0_US + 60000000, 1, 12};
	struct samples out;
	const struct sample *s = out.sample;

	samples_of(&iv, &whole, &out);
	ck_assert_uint_eq(out.n, 2);
	for (int i = 0; i < ROWS(values); i++)
		ck_assert_msg(s[0].value[values[i].m] == values[i].want, "%s: %lld",
		    metric_info(values[i].m)->name, (long long)s[0].value[values[i].m]);
	ck_assert_int_eq(s[1].value[METRIC_OCTETS_DOWN], 70);
	ck_assert_int_eq(s[1].value[METRIC_OCTETS_UP], 7);
	ck_assert_int_eq(s[1].value[METRIC_CLIENTS], 9);
	ck_assert_int_eq(s[1].value[METRIC_SESSIONS], 1);
}
END_TEST

/* What may have passed uncounted marks the interval, of the source that it concerns. */
START_TEST(partial)
{
	struct figures f = figures;
	struct interval iv = {T0_US, T0_US + 5000, 0, -1};
	struct ap_line line = whole;
	struct samples out;
	const struct sample *s = out.sample;

	line.figures = &f;
	samples_of(&iv, &line, &out);
	ck_assert_uint_eq(s[0].flags | s[1].flags, 0);
	ck_assert_int_eq(s[0].time_cs, out.from_cs + 1); /* shorter than a sample can tell */
	f.radius.unknown = 1;
	samples_of(&iv, &line, &out);
	ck_assert_uint_eq(s[0].flags, 0);
	ck_assert_uint_eq(s[1].flags, SAMPLE_PARTIAL);
	f.radius.unknown = 0;
	line.t.packets_undirected = 5;
	samples_of(&iv, &line, &out);
	ck_assert_uint_eq(s[0].flags, SAMPLE_PARTIAL);
	ck_assert_uint_eq(s[1].flags, 0);
	iv.partial = 1;
	samples_of(&iv, &line, &out);
	ck_assert_uint_eq(s[0].flags & s[1].flags, SAMPLE_PARTIAL);
}
END_TEST

/* Of an access point behind an encrypted tunnel, or where no direction is known: what 0 of it means
 * nobody knows. */
static const struct {
	const char *why;
	int opaque;
	uint64_t packets_down, undirected;
	int said;	/* DHCP, EAP and handshakes were seen */
	uint64_t known; /* 0: no sample */
} hidden[] = {
    {"nothing was seen", 1, 0, 0, 0, 0},
    {"nothing but exchanges, at their server", 1, 0, 0, 1, 0},
    {"nothing with a direction", 1, 0, 3, 0, 0},
    {"some clients are outside of it", 1, 7, 0, 0, OCTETS},
    {"and their exchanges", 1, 7, 0, 1, OCTETS | WIRE | BIT(DHCP_TIME)},
    {"nothing with a direction, and no tunnel", 0, 0, 3, 0, 0},
    {"some with a direction", 0, 7, 3, 0, OCTETS},
};

START_TEST(hidden_octets)
{
	const struct interval iv = {T0_US, T0_US + 60000000, 0, -1};
	struct ap_line line = with(1, 0, -1, 9, hidden[_i].said ? &figures : &quiet);
	struct samples out;
	size_t n = hidden[_i].known != 0;

	line.opaque = hidden[_i].opaque;
	line.exchanges = hidden[_i].said ? EXCHANGES_ALL : 0;
	line.t.packets_down = hidden[_i].packets_down;
	line.t.packets_up = 0;
	line.t.packets_undirected = hidden[_i].undirected;
	samples_of(&iv, &line, &out);
	ck_assert_msg(out.n == n + 1, "%s: %zu samples", hidden[_i].why, out.n);
	if (n == 1) {
		ck_assert_uint_eq(out.sample[0].flags, SAMPLE_PARTIAL);
		ck_assert_msg(out.sample[0].known == hidden[_i].known, "%s: %llx", hidden[_i].why,
		    (unsigned long long)(out.sample[0].known ^ hidden[_i].known));
	}
	/* Accounting is not in the tunnel. */
	ck_assert_uint_eq(out.sample[n].source, SOURCE_RADIUS);
	ck_assert_uint_eq(out.sample[n].flags, 0);
}
END_TEST

/* Of what a radio heard: shares, and nothing that is known in part only. */
START_TEST(radio)
{
	const struct interval iv = {T0_US, T0_US + 60000000, 0, -1};
	struct ap_line line = whole;
	struct samples out;
	const struct sample *s = out.sample;

	line.t.radio_frames = 9;
	line.t.data_frames = 8;
	line.t.retries = 1;
	line.t.airtime_us = 15000000;
	samples_of(&iv, &line, &out);
	ck_assert_int_eq(s[0].value[METRIC_RETRIES], 12500); /* 12.5 % */
	ck_assert_int_eq(s[0].value[METRIC_AIRTIME], 25000);
	line.t.airtime_unmeasured = 1;
	samples_of(&iv, &line, &out);
	ck_assert(sample_has(&s[0], METRIC_RETRIES));
	ck_assert(!sample_has(&s[0], METRIC_AIRTIME));
}
END_TEST

static const struct {
	unsigned exchanges;
	uint64_t known;
} seen[] = {
    {0, 0}, {1U << EXCHANGE_EAP, BIT(EAP_FAILURES)},
    {1U << EXCHANGE_HANDSHAKE, BIT(HANDSHAKE_FAILURES)},
    {1U << EXCHANGE_DHCP, BIT(DHCP_ASKED) | BIT(DHCP_ANSWERED) | BIT(DHCP_TIME)},
    {1U << EXCHANGE_AUTHENTICATION, 0}, /* on the air only */
};

/* Of which kind none was ever seen here, none is not known to be 0. */
START_TEST(exchanges)
{
	const struct interval iv = {T0_US, T0_US + 60000000, 0, -1};
	struct ap_line line = with(1, 0, -1, -1, &figures);
	struct samples out;

	line.exchanges = seen[_i].exchanges;
	samples_of(&iv, &line, &out);
	ck_assert_uint_eq(out.sample[0].known & ~OCTETS, seen[_i].known);
}
END_TEST

static const struct figures farewells = {
    .deauthentication = {{7, 0xffff}, {{5, 2}, {1, 0}}, 2, {4, 1}},
    .disassociation = {{8}, {{3, 3}}, 1, {0, 0}},
    .refusal = {{17}, {{2, 0}}, 1, {0, 0}},
    .authentication = {{15}, {{6, 0}}, 1, {0, 0}},
};

static const struct {
	uint32_t key;
	uint64_t down, up;
} codes[] = {{7, 3, 2}, {0xffff, 1, 0}, {0x10000, 3, 1}, {1 << 24 | 8, 0, 3}, {2 << 24 | 17, 2, 0},
    {3 << 24 | 15, 6, 0}};

/* Why clients were sent away, and by whom; nobody's, where the air is not seen. */
START_TEST(reasons)
{
	const struct interval iv = {T0_US, T0_US + 60000000, 0, -1};
	struct ap_line line = with(1, 1, 4, 9, &farewells);
	const struct sample *s;
	struct samples out;

	samples_of(&iv, &line, &out);
	s = out.sample;
	ck_assert_int_eq(s[0].n_counters, ROWS(codes));
	for (int i = 0; i < ROWS(codes); i++) {
		ck_assert_uint_eq(s[0].counters[i].key, codes[i].key);
		ck_assert_uint_eq(s[0].counters[i].down, codes[i].down);
		ck_assert_uint_eq(s[0].counters[i].up, codes[i].up);
		ck_assert_uint_eq(s[0].counters[i].width, 64);
		ck_assert_int_eq(s[0].counters[i].when_cs, s[0].time_cs);
	}
	ck_assert_uint_eq(s[1].n_counters, 0); /* accounting knows none */
	line.air = 0;
	samples_of(&iv, &line, &out);
	ck_assert_uint_eq(s[0].n_counters, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("samples");
	TCase *tc = tcase_create("samples");

	tcase_add_loop_test(tc, what_is_known, 0, ROWS(rows));
	tcase_add_test(tc, what_is_told);
	tcase_add_test(tc, partial);
	tcase_add_loop_test(tc, hidden_octets, 0, ROWS(hidden));
	tcase_add_test(tc, radio);
	tcase_add_test(tc, reasons);
	tcase_add_loop_test(tc, exchanges, 0, ROWS(seen));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
