/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_watch.c - clients that come, roam and leave, and what is told of their access points. */
#include "probes/stations.h"
#include "probes/watch.h"
#include "tests/harness.h"

#define MS    1000
#define STEPS 8
#define APS   4 /* keys 1 and 2 are of one access point */

/* What is counted of an access point. */
struct want {
	unsigned ap, associations, reassociations, roams, unknown, wifi6, refused;
};

enum what { END, ASK, ASK_AGAIN, YES, YES_AGAIN, NO, DEAUTHENTICATION, DISASSOCIATION };

struct step {
	int at_ms;
	enum what what;
	unsigned ap, current;
};

static const struct {
	const char *why;
	struct step step[STEPS];
	struct want want;
} rows[] = {
    {"let in", {{1, ASK, 1, 0}, {3, YES, 1, 0}}, {1, 1, 0, 0, 0, 1, 0}},
    {"refused", {{1, ASK, 1, 0}, {3, NO, 1, 0}}, {1, 0, 0, 0, 0, 0, 1}},
    {"its request was not heard", {{3, YES, 1, 0}}, {1, 1, 0, 0, 1, 0, 0}},
    {"its request went to another", {{1, ASK, 3, 0}, {3, YES, 1, 0}}, {1, 1, 0, 0, 1, 0, 0}},
    {"an answer that is too late", {{1, ASK, 1, 0}, {5002, YES, 1, 0}}, {1, 1, 0, 0, 1, 0, 0}},
    {"asked twice", {{1, ASK, 1, 0}, {2, ASK, 1, 0}, {3, YES, 1, 0}}, {1, 1, 0, 0, 0, 1, 0}},
    {"a reassociation names where it comes from", {{1, ASK_AGAIN, 1, 3}, {3, YES_AGAIN, 1, 0}},
	{1, 1, 1, 1, 0, 1, 0}},
    {"from the other radio of the same", {{1, ASK_AGAIN, 1, 2}, {3, YES_AGAIN, 1, 0}},
	{1, 1, 1, 0, 0, 1, 0}},
    {"from itself", {{1, ASK_AGAIN, 1, 1}, {3, YES_AGAIN, 1, 0}}, {1, 1, 1, 0, 0, 1, 0}},
    {"let in elsewhere before",
	{{1, ASK, 3, 0}, {3, YES, 3, 0}, {9000, ASK, 1, 0}, {10003, YES, 1, 0}},
	{1, 1, 0, 1, 0, 1, 0}},
    {"long before", {{1, ASK, 3, 0}, {3, YES, 3, 0}, {9000, ASK, 1, 0}, {10004, YES, 1, 0}},
	{1, 1, 0, 0, 0, 1, 0}},
    {"left elsewhere before", {{1, DISASSOCIATION, 3, 0}, {4, ASK, 1, 0}, {6, YES, 1, 0}},
	{1, 1, 0, 1, 0, 1, 0}},
    {"sent away by itself", {{1, DEAUTHENTICATION, 1, 0}, {4, ASK, 1, 0}, {6, YES, 1, 0}},
	{1, 1, 0, 0, 0, 1, 0}},
    {"where it was says so late",
	{{1, YES, 3, 0}, {2, YES, 1, 0}, {3, DEAUTHENTICATION, 3, 0}, {4, YES, 1, 0}},
	{1, 2, 0, 1, 2, 0, 0}},
    {"to and fro", {{1, YES, 1, 0}, {2, YES, 3, 0}, {3, YES, 1, 0}, {4, YES, 3, 0}},
	{3, 2, 0, 2, 2, 0, 0}},
};

static struct figures sums[APS];

static struct figures *
figures_of(void *ctx, uint64_t ap)
{
	(void)ctx;
	ck_assert_uint_lt(ap, APS);
	return &sums[ap];
}

static int
is_same(void *ctx, uint64_t a, uint64_t b)
{
	(void)ctx;
	return a == b || (a + b == 3 && a != 0 && b != 0);
}

static const struct watch_sink sink = {NULL, figures_of, is_same};

static void
frame(struct watch *w, int64_t at_us, uint64_t client, const struct step *t)
{
	static const uint8_t kinds[] = {[ASK] = SEEN_ASSOCIATION_REQUEST,
	    [ASK_AGAIN] = SEEN_REASSOCIATION_REQUEST,
	    [YES] = SEEN_ASSOCIATION_RESPONSE,
	    [YES_AGAIN] = SEEN_REASSOCIATION_RESPONSE,
	    [NO] = SEEN_ASSOCIATION_RESPONSE,
	    [DEAUTHENTICATION] = SEEN_DEAUTHENTICATION,
	    [DISASSOCIATION] = SEEN_DISASSOCIATION};
	struct seen s = {.kind = kinds[t->what],
	    .flags = SEEN_AIR | SEEN_HAS_STATUS,
	    .status = t->what == NO ? 17 : 0,
	    .client = client};
	struct detail d = {.kind = DETAIL_MANAGEMENT,
	    .management = {
		.generation = t->what <= ASK_AGAIN ? WIFI_6 : WIFI_UNKNOWN, .reason = 8}};

	watch_take(w, &s, &d, t->ap, t->current, at_us, &sink);
}

START_TEST(clients)
{
	struct watch *w = watch_new();
	const struct want *want = &rows[_i].want;
	const struct figures *f = &sums[want->ap];
	unsigned associations = 0;

	ck_assert_ptr_nonnull(w);
	memset(sums, 0, sizeof(sums));
	for (int i = 0; i < STEPS && rows[_i].step[i].what != END; i++)
		frame(w, rows[_i].step[i].at_ms * MS, 77, &rows[_i].step[i]);
	for (int i = 0; i < FIGURES_GENERATIONS; i++)
		associations += (unsigned)f->generation[i];
	ck_assert_msg(associations == want->associations, "%s: let in", rows[_i].why);
	ck_assert_msg(f->reassociations == want->reassociations, "%s: again", rows[_i].why);
	ck_assert_msg(f->roams == want->roams, "%s: roams", rows[_i].why);
	ck_assert_msg(f->generation[WIFI_UNKNOWN] == want->unknown, "%s: unknown", rows[_i].why);
	ck_assert_msg(f->generation[WIFI_6] == want->wifi6, "%s: WiFi 6", rows[_i].why);
	ck_assert_msg(f->refusal.used == want->refused, "%s: refused", rows[_i].why);
	watch_free(w);
}
END_TEST

/* What was said, of a client, by whom; as many times as `n`. */
static const struct {
	enum seen_direction direction;
	uint8_t category, action;
	uint16_t flags;
	unsigned n;
	uint16_t code;
} actions[] = {
    {SEEN_DOWN, 10, 7, 0, 3, 10 << 8 | 7}, /* BSS transition request */
    {SEEN_UP, 10, 8, 0, 2, 10 << 8 | 8},   /* and response */
    {SEEN_UP, 10, 7, 0, 1, 10 << 8 | 7},
    {SEEN_DOWN, 8, 0, MANAGEMENT_PROTECTED, 4, REASON_UNKNOWN}, /* encrypted: nobody knows */
};

START_TEST(action_frames)
{
	const struct figures_codes *c = &sums[1].action;
	struct watch *w = watch_new();

	ck_assert_ptr_nonnull(w);
	memset(sums, 0, sizeof(sums));
	for (int i = 0; i < ROWS(actions); i++) {
		const struct seen s = {
		    .kind = SEEN_ACTION, .flags = SEEN_AIR, .direction = actions[i].direction};
		const struct detail d = {.kind = DETAIL_MANAGEMENT,
		    .management = {.category = actions[i].category,
			.action = actions[i].action,
			.flags = actions[i].flags}};

		for (unsigned n = 0; n < actions[i].n; n++)
			watch_take(w, &s, &d, 1, 0, i, &sink);
	}
	ck_assert_uint_eq(c->used, 3);
	ck_assert_uint_eq(c->code[0], actions[0].code);
	ck_assert_uint_eq(c->n[0].all, 4);
	ck_assert_uint_eq(c->n[0].up, 1);
	ck_assert_uint_eq(c->code[1], actions[1].code);
	ck_assert_uint_eq(c->n[1].up, 2);
	ck_assert_uint_eq(c->code[2], REASON_UNKNOWN);
	ck_assert_uint_eq(c->n[2].all, 4);
	watch_free(w);
}
END_TEST

/* Every reason has its count, as far as there is room; what has none is not lost. */
START_TEST(codes)
{
	struct figures_codes c = {.used = 0};
	struct figures a = {.roams = 1}, b = {.roams = 2};

	for (unsigned i = 0; i < 2 * (FIGURES_CODES + 3); i++)
		figures_code(&c, (uint16_t)(i / 2), i % 2 != 0);
	ck_assert_uint_eq(c.used, FIGURES_CODES);
	for (uint32_t i = 0; i < FIGURES_CODES; i++) {
		ck_assert_uint_eq(c.code[i], i);
		ck_assert_uint_eq(c.n[i].all, 2);
		ck_assert_uint_eq(c.n[i].up, 1);
	}
	ck_assert_uint_eq(c.others.all, 6);
	ck_assert_uint_eq(c.others.up, 3);
	a.refusal = c;
	figures_code(&b.refusal, 100, 0);
	figures_code(&b.refusal, 3, 0);
	figures_add(&b, &a);
	ck_assert_uint_eq(b.roams, 3);
	ck_assert_uint_eq(b.refusal.code[0], 100);
	ck_assert_uint_eq(b.refusal.n[1].all, 3);
	ck_assert_uint_eq(b.refusal.n[1].up, 1);
	/* One of a's finds no place any more. */
	ck_assert_uint_eq(b.refusal.others.all, 8);
	ck_assert_uint_eq(b.refusal.others.up, 4);
}
END_TEST

/* More clients at once than there is room for: those that were heard of last are known. */
START_TEST(crowd)
{
	struct stations *s = stations_new(4);

	ck_assert_ptr_nonnull(s);
	for (uint64_t client = 1; client <= 6; client++)
		stations_ask(s, client, 1, 0, WIFI_5, (int64_t)client);
	for (uint64_t client = 3; client <= 6; client++)
		ck_assert_uint_eq(stations_admit(s, client, 1, 10).generation, WIFI_5);
	ck_assert_uint_eq(stations_admit(s, 1, 1, 10).generation, WIFI_UNKNOWN);
	stations_free(s);
}
END_TEST

static void
exchange(struct watch *w, enum detail_kind kind, unsigned type, int answer, unsigned named)
{
	static int64_t at_us;
	struct seen s = {.client = 5};
	struct detail d = {.kind = kind};

	if (kind == DETAIL_DHCP)
		d.dhcp = (struct detail_dhcp){.version = 4,
		    .type = (uint8_t)type,
		    .is_answer = (uint8_t)answer,
		    .client = 5,
		    .xid = 9};
	else
		d.eapol.message = (uint8_t)type;
	watch_take(w, &s, &d, 3, named, at_us += 10 * MS, &sink);
}

/* An exchange is its access point's; DHCP's that of which the relay tells. */
START_TEST(exchanges)
{
	struct watch *w = watch_new();
	const struct figures_exchange *dhcp = &sums[1].exchange[EXCHANGE_DHCP];
	const struct figures_exchange *handshake = &sums[3].exchange[EXCHANGE_HANDSHAKE];

	memset(sums, 0, sizeof(sums));
	exchange(w, DETAIL_DHCP, 3, 0, 1);
	exchange(w, DETAIL_DHCP, 5, 1, 0);
	exchange(w, DETAIL_EAPOL, EAPOL_M1, 0, 0);
	ck_assert_uint_eq(dhcp->step[EXCHANGE_BEGUN], 1);
	ck_assert_uint_eq(dhcp->step[EXCHANGE_DONE], 1);
	ck_assert_uint_eq(dhcp->sum_us, 10 * MS);
	ck_assert_uint_eq(dhcp->max_us, 10 * MS);
	ck_assert_uint_eq(handshake->step[EXCHANGE_GIVEN_UP], 0);
	watch_tick(w, 60000 * MS, &sink);
	ck_assert_uint_eq(handshake->step[EXCHANGE_BEGUN], 1);
	ck_assert_uint_eq(handshake->step[EXCHANGE_GIVEN_UP], 1);
	ck_assert_uint_eq(handshake->timed, 0);
	watch_free(w);
}
END_TEST

static void
count_open(void *arg, uint64_t ap)
{
	((unsigned *)arg)[ap]++;
}

static void
account_at(
    struct watch *w, unsigned session, unsigned status, uint64_t down, unsigned named, int64_t at_s)
{
	const struct seen s = {.packets = 1};
	struct detail d = {.kind = DETAIL_RADIUS,
	    .radius = {.code = 4,
		.status = status,
		.flags = RADIUS_HAS_UP | RADIUS_HAS_DOWN | RADIUS_HAS_SESSION | RADIUS_HAS_NAS |
			 RADIUS_HAS_TIME,
		.session_s = (uint32_t)at_s,
		.up = 1,
		.down = down,
		.nas = 1,
		.session = session}};

	watch_take(w, &s, &d, 0, named, at_s * 1000 * MS, &sink);
}

static void
account(struct watch *w, unsigned session, unsigned status, uint64_t down, unsigned named)
{
	static int64_t at_s;

	account_at(w, session, status, down, named, at_s += 60);
}

START_TEST(accounting)
{
	unsigned open[APS] = {0}, after[APS] = {0};
	struct watch *w = watch_new();

	memset(sums, 0, sizeof(sums));
	account(w, 100, RADIUS_START, 0, 1);
	account(w, 101, RADIUS_INTERIM, 5000, 1); /* from its middle on */
	account(w, 100, RADIUS_INTERIM, 700, 1);
	account(w, 102, RADIUS_START, 0, 0); /* nobody knows where */
	watch_sessions(w, count_open, open);
	ck_assert_uint_eq(open[1], 2);
	ck_assert_uint_eq(open[0], 1);
	ck_assert_uint_eq(sums[1].radius.octets_down, 700);
	ck_assert_uint_eq(sums[1].radius.messages, 3);
	ck_assert_uint_eq(sums[1].radius.started, 1);
	ck_assert_uint_eq(sums[1].radius.unknown, 1);
	account(w, 100, RADIUS_INTERIM, 800, 3); /* it moved */
	account(w, 101, RADIUS_STOP, 5100, 1);
	watch_sessions(w, count_open, after);
	ck_assert_uint_eq(after[1], 0);
	ck_assert_uint_eq(after[3], 1);
	ck_assert_uint_eq(sums[1].radius.ended, 2);
	ck_assert_uint_eq(sums[1].radius.octets_down, 800);
	ck_assert_uint_eq(sums[3].radius.octets_down, 100);
	ck_assert_uint_eq(sums[3].radius.started, 1);
	watch_free(w);
}
END_TEST

/* What was made of messages stands at the access point that they name, and what found no room
 * makes its octets unknown. */
START_TEST(noted)
{
	enum { ROOM = 131072, MORE = 3 };
	const struct figures_radius *r = &sums[1].radius;
	struct watch *w = watch_new();

	memset(sums, 0, sizeof(sums));
	for (unsigned i = 0; i < ROOM; i++)
		account_at(w, 1000 + i, RADIUS_START, 0, 1, 60);
	account_at(w, 1000, RADIUS_START, 0, 1, 60);
	account_at(w, 1000, 99, 0, 1, 60);
	ck_assert_uint_eq(r->unknown, 0);
	for (unsigned i = 0; i < MORE; i++)
		account_at(w, 1000 + ROOM + i, RADIUS_START, 0, 2, 60);
	ck_assert_uint_eq(r->stats.started, ROOM);
	ck_assert_uint_eq(r->stats.duplicates, 1);
	ck_assert_uint_eq(r->stats.unusable, 1);
	ck_assert_uint_eq(r->stats.full, 0);
	ck_assert_uint_eq(sums[2].radius.stats.full, MORE);
	ck_assert_uint_eq(sums[2].radius.unknown, MORE);
	ck_assert_uint_eq(sums[2].radius.started, 0);
	/* Hours later: what timed out is told where it was, not of who is heard. */
	account_at(w, 1, RADIUS_START, 0, 3, 8000);
	ck_assert_uint_eq(r->stats.timed_out, ROOM);
	ck_assert_uint_eq(sums[3].radius.stats.timed_out, 0);
	exchange(w, DETAIL_DHCP, 3, 0, 1);
	exchange(w, DETAIL_DHCP, 3, 0, 1);
	ck_assert_uint_eq(sums[3].exchanges.repeated, 1);
	figures_add(&sums[3], &sums[1]);
	ck_assert_uint_eq(sums[3].radius.stats.started, ROOM + 1);
	ck_assert_uint_eq(sums[3].exchanges.repeated, 1);
	watch_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("watch");
	TCase *tc = tcase_create("watch");

	tcase_add_loop_test(tc, clients, 0, ROWS(rows));
	tcase_add_test(tc, action_frames);
	tcase_add_test(tc, codes);
	tcase_add_test(tc, crowd);
	tcase_add_test(tc, exchanges);
	tcase_add_test(tc, accounting);
	tcase_add_test(tc, noted);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
