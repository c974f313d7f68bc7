/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_dhcp_exchange.c - exchanges, logins, handshakes and authentications as they are really
 * heard: repeated, seen twice, without a beginning, without an end. */
#include "probes/exchange.h"
#include "tests/harness.h"

#define MS    1000
#define STEPS 9

enum what { NOTHING, DHCP4, DHCP6, EAPOL_AIR, EAPOL_WIRE, AUTH_UP, AUTH_DOWN, FAREWELL };

struct step {
	int at; /* ms, from 1 */
	enum what what;
	unsigned type;	 /* of DHCP; EAPOL's message; algorithm of authentication */
	unsigned number; /* xid; method of EAP; step of authentication */
	unsigned status; /* of authentication; its sequence on the way up */
	unsigned ap;
};

#define DISCOVER(at, xid)               \
	{                               \
		at, DHCP4, 1, xid, 0, 7 \
	}
#define OFFER(at, xid)                  \
	{                               \
		at, DHCP4, 2, xid, 1, 0 \
	}
#define ASK(at, xid)                    \
	{                               \
		at, DHCP4, 3, xid, 0, 7 \
	}
#define ACK(at, xid)                    \
	{                               \
		at, DHCP4, 5, xid, 1, 0 \
	}
#define NAK(at, xid)                    \
	{                               \
		at, DHCP4, 6, xid, 1, 0 \
	}
#define SAYS(at, message)                               \
	{                                               \
		at, EAPOL_AIR, EAPOL_##message, 0, 0, 7 \
	}
#define IDENTITY(at)                                  \
	{                                             \
		at, EAPOL_AIR, EAPOL_REQUEST, 1, 0, 7 \
	}

static const struct {
	const char *why;
	struct step step[STEPS];
	enum exchange_kind kind;
	unsigned count[4]; /* begun, done, failed, given up */
	int took_ms;	   /* of the last that was done or failed; -1: unknown */
	struct exchange_stats stats;
} rows[] = {
    {"DHCP", {DISCOVER(10, 5), OFFER(20, 5), ASK(30, 5), ACK(45, 5)}, EXCHANGE_DHCP, {1, 1, 0, 0},
	35, {.repeated = 1}},
    {"a renewal", {ASK(30, 5), ACK(45, 5)}, EXCHANGE_DHCP, {1, 1, 0, 0}, 15, {0}},
    {"a request has its own number", {DISCOVER(10, 5), OFFER(20, 5), ASK(30, 6), ACK(45, 6)},
	EXCHANGE_DHCP, {1, 1, 0, 0}, 35, {.repeated = 1}},
    {"relayed, and seen on both sides",
	{ASK(30, 5), ASK(31, 5), ACK(45, 5), ACK(46, 5), ASK(47, 5)}, EXCHANGE_DHCP, {1, 1, 0, 0},
	15, {.repeated = 3}},
    {"refused", {ASK(30, 5), NAK(45, 5)}, EXCHANGE_DHCP, {1, 0, 1, 0}, 15, {0}},
    {"again, with another number", {ASK(30, 5), NAK(45, 5), DISCOVER(50, 6), ACK(60, 6)},
	EXCHANGE_DHCP, {2, 1, 1, 0}, 10, {0}},
    {"nobody answers", {DISCOVER(10, 5), DISCOVER(4000, 5), {15000, NOTHING, 0, 0, 0, 0}},
	EXCHANGE_DHCP, {1, 0, 0, 1}, 0, {.repeated = 1}},
    {"asked again just in time",
	{DISCOVER(10, 5), DISCOVER(9000, 5), DISCOVER(18000, 5), ACK(18010, 5)}, EXCHANGE_DHCP,
	{1, 1, 0, 0}, 18000, {.repeated = 2}},
    {"an answer to another", {ASK(30, 5), ACK(45, 6)}, EXCHANGE_DHCP, {1, 0, 0, 0}, 0,
	{.unasked = 1}},
    {"an answer to nothing", {ACK(45, 6)}, EXCHANGE_DHCP, {0, 0, 0, 0}, 0, {.unasked = 1}},
    {"a client that answers", {{10, DHCP4, 5, 5, 0, 7}}, EXCHANGE_DHCP, {0, 0, 0, 0}, 0, {0}},
    {"DHCPv6",
	{{10, DHCP6, 1, 5, 0, 7}, {12, DHCP6, 2, 5, 1, 0}, {14, DHCP6, 3, 6, 0, 7},
	    {18, DHCP6, 7, 6, 1, 0}},
	EXCHANGE_DHCP, {1, 1, 0, 0}, 8, {.repeated = 1}},
    {"EAP", {SAYS(10, START), IDENTITY(11), SAYS(12, RESPONSE), SAYS(500, SUCCESS)}, EXCHANGE_EAP,
	{1, 1, 0, 0}, 490, {.repeated = 1}},
    {"EAP that fails", {IDENTITY(11), SAYS(12, RESPONSE), SAYS(500, FAILURE), SAYS(501, FAILURE)},
	EXCHANGE_EAP, {1, 0, 1, 0}, 489, {.repeated = 1}},
    {"and at once again", {IDENTITY(11), SAYS(500, FAILURE), IDENTITY(501), SAYS(900, SUCCESS)},
	EXCHANGE_EAP, {2, 1, 1, 0}, 399, {0}},
    {"a failure whose beginning was not seen", {SAYS(500, FAILURE), SAYS(501, FAILURE)},
	EXCHANGE_EAP, {0, 0, 1, 0}, -1, {.repeated = 1}},
    {"a login that nobody ends", {IDENTITY(11), {31000, NOTHING, 0, 0, 0, 0}}, EXCHANGE_EAP,
	{1, 0, 0, 1}, 0, {0}},
    {"a handshake", {SAYS(10, M1), SAYS(15, M2), SAYS(20, M3), SAYS(25, M4)}, EXCHANGE_HANDSHAKE,
	{1, 1, 0, 0}, 15, {0}},
    {"its messages twice",
	{SAYS(10, M1), SAYS(11, M1), SAYS(15, M2), SAYS(20, M3), SAYS(21, M3), SAYS(25, M4),
	    SAYS(26, M4)},
	EXCHANGE_HANDSHAKE, {1, 1, 0, 0}, 15, {.repeated = 2}},
    {"a wrong password",
	{SAYS(10, M1), SAYS(15, M2), SAYS(1010, M1), SAYS(1015, M2), {2000, FAREWELL, 0, 0, 0, 7},
	    {2001, FAREWELL, 0, 0, 0, 7}},
	EXCHANGE_HANDSHAKE, {1, 0, 1, 0}, 1990, {.repeated = 1}},
    {"a wrong password, and silence",
	{SAYS(10, M1), SAYS(15, M2), {6000, NOTHING, 0, 0, 0, 0}, SAYS(6001, M4)},
	EXCHANGE_HANDSHAKE, {1, 0, 0, 1}, 0, {.repeated = 1}},
    {"keys are changed", {SAYS(10, M1), SAYS(25, M4), SAYS(60000, M1), SAYS(60010, M4)},
	EXCHANGE_HANDSHAKE, {2, 2, 0, 0}, 10, {0}},
    {"on the wire, both sides are one client",
	{{10, EAPOL_WIRE, EAPOL_M1, 0, 0, 7}, {15, EAPOL_WIRE, EAPOL_M2, 0, 0, 7},
	    {20, EAPOL_WIRE, EAPOL_M3, 0, 0, 7}, {25, EAPOL_WIRE, EAPOL_M4, 0, 0, 7}},
	EXCHANGE_HANDSHAKE, {1, 1, 0, 0}, 15, {0}},
    {"authenticated", {{10, AUTH_UP, 0, 1, 16, 7}, {12, AUTH_DOWN, 0, 2, 0, 7}},
	EXCHANGE_AUTHENTICATION, {1, 1, 0, 0}, 2, {0}},
    {"refused",
	{{10, AUTH_UP, 0, 1, 16, 7}, {12, AUTH_DOWN, 0, 2, 17, 7}, {13, AUTH_DOWN, 0, 2, 17, 7}},
	EXCHANGE_AUTHENTICATION, {1, 0, 1, 0}, 2, {.repeated = 1}},
    {"asked again, as the frame was sent again",
	{{10, AUTH_UP, 0, 1, 16, 7}, {12, AUTH_DOWN, 0, 2, 17, 7}, {13, AUTH_UP, 0, 1, 16, 7},
	    {14, AUTH_UP, 0, 1, 32, 7}},
	EXCHANGE_AUTHENTICATION, {2, 0, 1, 0}, 2, {.repeated = 1}},
    {"SAE",
	{{10, AUTH_UP, 3, 1, 16, 7}, {12, AUTH_DOWN, 3, 1, 76, 7}, {14, AUTH_UP, 3, 1, 32, 7},
	    {16, AUTH_DOWN, 3, 1, 0, 7}, {18, AUTH_UP, 3, 2, 48, 7}, {20, AUTH_DOWN, 3, 2, 0, 7}},
	EXCHANGE_AUTHENTICATION, {1, 1, 0, 0}, 10, {.repeated = 1}},
    {"SAE with a wrong password",
	{{10, AUTH_UP, 3, 1, 16, 7}, {16, AUTH_DOWN, 3, 1, 0, 7}, {18, AUTH_UP, 3, 2, 48, 7},
	    {20, AUTH_DOWN, 3, 2, 15, 7}},
	EXCHANGE_AUTHENTICATION, {1, 0, 1, 0}, 10, {0}},
    {"shared key",
	{{10, AUTH_UP, 1, 1, 16, 7}, {12, AUTH_DOWN, 1, 2, 0, 7}, {14, AUTH_DOWN, 1, 4, 0, 7}},
	EXCHANGE_AUTHENTICATION, {1, 1, 0, 0}, 4, {0}},
};

struct sum {
	enum exchange_kind kind;
	unsigned count[4];
	int64_t took_us;
	unsigned without_ap;
};

static void
add(void *arg, const struct exchange_event *e)
{
	struct sum *sum = arg;

	if (e->kind != sum->kind)
		return;
	ck_assert_uint_eq(e->client, 42);
	sum->count[e->step]++;
	sum->without_ap += e->ap != 7;
	if (e->step == EXCHANGE_DONE || e->step == EXCHANGE_FAILED)
		sum->took_us = e->took_us;
}

static void
take(struct exchange *x, const struct step *t, struct sum *sum)
{
	struct seen s = {0};
	struct detail d = {0};

	switch (t->what) {
	case DHCP4:
	case DHCP6:
		d.kind = DETAIL_DHCP;
		d.dhcp = (struct detail_dhcp){.version = t->what == DHCP4 ? 4 : 6,
		    .type = (uint8_t)t->type,
		    .xid = t->number,
		    .client = 42,
		    .is_answer = t->status != 0};
		break;
	case EAPOL_AIR:
	case EAPOL_WIRE:
		d.kind = DETAIL_EAPOL;
		d.eapol.message = (uint8_t)t->type;
		d.eapol.method = (uint8_t)t->number;
		s.flags = t->what == EAPOL_AIR ? SEEN_AIR : 0;
		s.client = t->what == EAPOL_AIR ? 42 : 0;
		s.from = t->type == EAPOL_M1 || t->type == EAPOL_M3 ? 1 : 42;
		s.to = s.from == 42 ? 1 : 42;
		break;
	case AUTH_UP:
	case AUTH_DOWN:
	case FAREWELL:
		d.kind = DETAIL_MANAGEMENT;
		d.management.algorithm = (uint16_t)t->type;
		d.management.step = (uint16_t)t->number;
		s.kind = t->what == FAREWELL ? SEEN_DEAUTHENTICATION : SEEN_AUTHENTICATION;
		s.direction = t->what == AUTH_UP ? SEEN_UP : SEEN_DOWN;
		s.flags = SEEN_AIR | SEEN_HAS_STATUS | SEEN_HAS_SEQUENCE;
		s.status = t->what == AUTH_DOWN ? (uint16_t)t->status : 0;
		s.sequence = t->what == AUTH_UP ? (uint16_t)t->status : 0;
		s.client = 42;
		break;
	default:
		break;
	}
	exchange_take(x, &s, &d, t->ap, t->at * MS, add, sum);
}

START_TEST(counts_once)
{
	struct exchange *x = exchange_new(4);
	struct sum sum = {.kind = rows[_i].kind};
	const struct exchange_stats *stats;

	ck_assert_ptr_nonnull(x);
	stats = exchange_stats(x);
	for (int i = 0; i < STEPS && rows[_i].step[i].at != 0; i++)
		take(x, &rows[_i].step[i], &sum);
	for (int i = 0; i < 4; i++)
		ck_assert_msg(sum.count[i] == rows[_i].count[i], "%s: %u of step %d", rows[_i].why,
		    sum.count[i], i);
	ck_assert_msg(sum.took_us == (rows[_i].took_ms < 0 ? -1 : rows[_i].took_ms * MS),
	    "%s: took %jd us", rows[_i].why, (intmax_t)sum.took_us);
	ck_assert_msg(sum.without_ap == 0, "%s: access point", rows[_i].why);
	ck_assert_msg(stats->repeated == rows[_i].stats.repeated, "%s: repeated %ju", rows[_i].why,
	    (uintmax_t)stats->repeated);
	ck_assert_msg(stats->unasked == rows[_i].stats.unasked, "%s: unasked", rows[_i].why);
	ck_assert_uint_eq(stats->full, 0);
	ck_assert_uint_eq(stats->nobodys, 0);
	exchange_free(x);
}
END_TEST

static void
ignore(void *arg, const struct exchange_event *e)
{
	(void)e;
	++*(unsigned *)arg;
}

/* A full table says so, and what is closed makes room; a packet of nobody is counted as such. */
START_TEST(bounds)
{
	struct exchange *x = exchange_new(3);
	struct seen s = {.flags = SEEN_AIR};
	struct detail d = {.kind = DETAIL_EAPOL};
	unsigned events = 0;

	ck_assert_ptr_nonnull(x);
	d.eapol.message = EAPOL_M1;
	for (s.client = 1; s.client <= 5; s.client++)
		exchange_take(x, &s, &d, 1, 10, ignore, &events);
	ck_assert_uint_eq(events, 3);
	ck_assert_uint_eq(exchange_stats(x)->full, 2);
	s.client = 2;
	d.eapol.message = EAPOL_M4;
	exchange_take(x, &s, &d, 1, 20, ignore, &events);
	s.client = 9;
	d.eapol.message = EAPOL_M1;
	exchange_take(x, &s, &d, 1, 30, ignore, &events);
	ck_assert_uint_eq(events, 5);
	s.client = 0;
	exchange_take(x, &s, &d, 1, 30, ignore, &events);
	ck_assert_uint_eq(exchange_stats(x)->nobodys, 1);
	/* 1, 3 and 9 are given up, once. */
	exchange_tick(x, 6000 * MS, ignore, &events);
	exchange_tick(x, 60000 * MS, ignore, &events);
	ck_assert_uint_eq(events, 8);
	ck_assert_str_eq(exchange_name(EXCHANGE_HANDSHAKE), "handshake");
	exchange_free(x);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dhcp_exchange");
	TCase *tc = tcase_create("exchanges");

	tcase_add_loop_test(tc, counts_once, 0, ROWS(rows));
	tcase_add_test(tc, bounds);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
