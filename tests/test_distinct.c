/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/distinct.h"
#include "rrd/distinct.h"
#include "tests/harness.h"

#define DAY	20260801
#define DAY_S	INT64_C(1785510000) /* 2026-08-01 00:00 in Seoul */
#define DAY_CS	(DAY_S * 100)
#define END_CS	(DAY_CS + 8640000)
#define NOON_CS (DAY_CS + 4320000)
#define EPOCH	77

static char dir[64];
static struct db *db;
static struct kk_clock clk;
static struct distinct *merger;

/* AP-1 and AP-2 are in Gangnam, AP-3 in Jung. */
static struct distinct_place
place(void *ctx, const char *id)
{
	(void)ctx;
	if (strncmp(id, "AP-", 3) != 0 || id[3] < '1' || id[3] > '3')
		return (struct distinct_place){0, ""};
	return (struct distinct_place){(uint32_t)(id[3] - '0'), id[3] == '3' ? "중구" : "강남구"};
}

static void
open_day(uint64_t epoch, int whole)
{
	const struct daykey_facts key = {epoch, DAY, DAY_S, DAY_S + 86400, whole};

	ck_assert_int_eq(distinct_open(merger, &key), KK_OK);
}

static void
start(void)
{
	const struct distinct_env env = {.clock = &clk, .place = place};

	merger = distinct_new(&env);
	ck_assert_ptr_nonnull(merger);
}

static void
setup(void)
{
	struct diag d = {""};

	harness_dir(dir);
	ck_assert_int_eq(zone_use("Asia/Seoul", &d), KK_OK);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
	clk = (struct kk_clock){1, 1000, NOON_CS};
	start();
}

static void
teardown(void)
{
	distinct_free(merger);
	db_close(db);
	harness_remove(dir);
}

static uint64_t
hash(uint64_t client)
{
	uint64_t z = client * UINT64_C(0x9e3779b97f4a7c15) + 1;

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* What a probe sends: at which access point clients [from, to) were. */
static size_t
message(uint8_t *out, const struct sketches_head *head, const char *id, unsigned bits,
    uint64_t from, uint64_t to)
{
	static uint8_t reg[1 << SKETCH_BITS_MAX];
	struct sketch s = {bits, reg};
	struct sketches_writer w;

	memset(reg, 0, sizeof(reg));
	while (from < to)
		sketch_add(&s, hash(from++));
	ck_assert_int_eq(sketches_begin(&w, out, BATCH_OCTETS_MAX, head), KK_OK);
	ck_assert_int_eq(sketches_add(&w, id, &s), KK_OK);
	return w.len;
}

static void
tell(const char *probe, const char *id, uint64_t from, uint64_t to, int64_t to_cs)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	struct sketches_head head = {.epoch = EPOCH, .day = DAY, .from_cs = DAY_CS, .to_cs = to_cs};
	unsigned bits = *id != '\0' ? DAYKEY_AP_BITS : DAYKEY_ALL_BITS;
	size_t len;

	memcpy(head.probe, probe, strlen(probe) + 1);
	len = message(out, &head, id, bits, from, to);
	ck_assert_int_eq(distinct_take(merger, out, len), KK_OK);
}

static void
keep(void)
{
	struct diag d = {""};
	int rc;

	while ((rc = distinct_keep(merger, db, 1, &d)) == KK_END)
		;
	ck_assert_msg(rc == KK_OK, "%s", d.text);
}

struct counts {
	int64_t ap[4], gangnam, jung, city; /* -1: none is kept */
	int whole[4], gangnam_whole, city_whole;
	uint32_t ap1_probes;
};

static int
note(void *ctx, const struct distinct_row *r)
{
	struct counts *c = ctx;

	if (r->scope == DISTINCT_AP) {
		c->ap[r->device] = r->clients;
		c->whole[r->device] = r->whole;
		if (r->device == 1)
			c->ap1_probes = r->probes;
	} else if (r->scope == DISTINCT_CITY) {
		c->city = r->clients;
		c->city_whole = r->whole;
		ck_assert_uint_eq(r->error_permille, 9);
	} else if (strcmp(r->district, "중구") == 0) {
		c->jung = r->clients;
	} else {
		c->gangnam = r->clients;
		c->gangnam_whole = r->whole;
	}
	return KK_OK;
}

static struct counts
kept(void)
{
	struct counts c = {.ap = {-1, -1, -1, -1}, .gangnam = -1, .jung = -1, .city = -1};
	struct diag d = {""};

	for (int scope = 0; scope < DISTINCT_SCOPES; scope++) {
		const struct distinct_ask ask = {
		    .from = DAY, .to = DAY, .scope = (enum distinct_scope)scope};

		ck_assert_int_eq(distinct_read(db, &ask, note, &c, &d), KK_OK);
	}
	return c;
}

static void
about(int64_t got, int64_t want, const char *what)
{
	ck_assert_msg(llabs(got - want) * 10 <= want, "%s: %lld, not about %lld", what,
	    (long long)got, (long long)want);
}

/* Two probes see the same access point, some of the same people at another: each counts once. */
START_TEST(unions)
{
	struct counts c;

	open_day(EPOCH, 1);
	tell("gate-1", "AP-1", 0, 60, NOON_CS);
	tell("gate-2", "AP-1", 40, 100, NOON_CS);
	tell("gate-1", "AP-2", 50, 150, NOON_CS);
	tell("gate-1", "AP-3", 140, 200, NOON_CS);
	tell("gate-1", "", 0, 160, NOON_CS);
	tell("gate-2", "", 40, 200, NOON_CS);
	keep();
	c = kept();
	about(c.ap[1], 100, "AP-1");
	ck_assert_uint_eq(c.ap1_probes, 2);
	about(c.ap[2], 100, "AP-2");
	about(c.ap[3], 60, "AP-3");
	about(c.gangnam, 150, "gangnam");
	about(c.jung, 60, "jung");
	about(c.city, 200, "the city");
	ck_assert_int_eq(c.whole[1], 0); /* the day is not over */
	/* Twice, and out of order: nothing changes. */
	tell("gate-2", "AP-1", 40, 100, NOON_CS);
	tell("gate-1", "AP-1", 0, 20, NOON_CS - 6000);
	keep();
	ck_assert_int_eq(kept().ap[1], c.ap[1]);
	ck_assert_int_eq(kept().gangnam, c.gangnam);
	/* It grows. */
	tell("gate-1", "AP-1", 0, 200, NOON_CS);
	keep();
	about(kept().ap[1], 200, "AP-1 later");
}
END_TEST

static const struct {
	const char *why;
	uint64_t epoch;
	kk_day day;
	int64_t from_cs, to_cs, now_cs;
	const char *id;
	unsigned bits, clients;
	enum distinct_drop want;
} unfit[] = {
    {"a key of nobody's", 1, DAY, DAY_CS, NOON_CS, NOON_CS, "AP-1", 9, 5,
	DISTINCT_DROP_FOREIGN_KEY},
    {"another day than its key's", EPOCH, DAY + 1, DAY_CS, NOON_CS, NOON_CS, "AP-1", 9, 5,
	DISTINCT_DROP_SPAN},
    {"begun the day before", EPOCH, DAY, DAY_CS - 1, NOON_CS, NOON_CS, "AP-1", 9, 5,
	DISTINCT_DROP_SPAN},
    {"beyond the day", EPOCH, DAY, DAY_CS, END_CS + 1, END_CS + 100, "AP-1", 9, 5,
	DISTINCT_DROP_SPAN},
    {"in the future", EPOCH, DAY, DAY_CS, NOON_CS + 6000, NOON_CS, "AP-1", 9, 5,
	DISTINCT_DROP_SPAN},
    {"of a day that is closed", 1, DAY, DAY_CS, END_CS, END_CS + 90000, "AP-1", 9, 5,
	DISTINCT_DROP_LATE},
    {"an access point of nobody's", EPOCH, DAY, DAY_CS, NOON_CS, NOON_CS, "XX-1", 9, 5,
	DISTINCT_DROP_UNKNOWN_AP},
    {"a coarser sketch", EPOCH, DAY, DAY_CS, NOON_CS, NOON_CS, "AP-1", 8, 5,
	DISTINCT_DROP_PRECISION},
    {"one of a probe for an access point", EPOCH, DAY, DAY_CS, NOON_CS, NOON_CS, "AP-1", 14, 5,
	DISTINCT_DROP_PRECISION},
    {"one of an access point for a probe", EPOCH, DAY, DAY_CS, NOON_CS, NOON_CS, "", 9, 5,
	DISTINCT_DROP_PRECISION},
    {"more clients than there can be", EPOCH, DAY, DAY_CS, NOON_CS, NOON_CS, "AP-1", 9, 2000000,
	DISTINCT_DROP_IMPLAUSIBLE},
};

START_TEST(not_taken)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	const struct sketches_head head = {
	    "gate-1", unfit[_i].epoch, unfit[_i].day, unfit[_i].from_cs, unfit[_i].to_cs, 0};
	size_t len = message(out, &head, unfit[_i].id, unfit[_i].bits, 0, unfit[_i].clients);

	open_day(EPOCH, 1);
	clk.utc_cs = unfit[_i].now_cs;
	ck_assert_int_eq(distinct_take(merger, out, len), KK_OK);
	for (unsigned r = 0; r < DISTINCT_DROP_COUNT; r++)
		ck_assert_msg(distinct_stats(merger)->drops[r] == (r == unfit[_i].want), "%s: %s",
		    unfit[_i].why, distinct_drop_name(r));
	ck_assert_uint_eq(distinct_stats(merger)->sketches, 0);
	keep();
	ck_assert_int_eq(kept().ap[1], -1);
}
END_TEST

/* One broken sketch, and nothing of the message is taken. */
START_TEST(malformed)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	const struct sketches_head head = {"gate-1", EPOCH, DAY, DAY_CS, NOON_CS, 0};
	size_t len = message(out, &head, "AP-1", 9, 0, 30);

	open_day(EPOCH, 1);
	ck_assert_int_lt(distinct_take(merger, out, len - 1), 0);
	ck_assert_int_lt(distinct_take(merger, out, 3), 0);
	ck_assert_uint_eq(distinct_stats(merger)->drops[DISTINCT_DROP_MALFORMED], 2);
	keep();
	ck_assert_int_eq(kept().ap[1], -1);
}
END_TEST

/* When a day is whole, a quarter of an hour after it. */
static const struct {
	const char *why;
	int key_whole;
	int64_t ap1_to_cs, ap2_to_cs;
	int ap1, gangnam, city;
} days[] = {
    {"all day", 1, END_CS, END_CS, 1, 1, 1},
    {"the key is younger than the day", 0, END_CS, END_CS, 0, 0, 0},
    {"nobody looked at the second one in the evening", 1, END_CS, NOON_CS, 1, 0, 0},
    {"nor at the first", 1, NOON_CS, NOON_CS, 0, 0, 0},
};

START_TEST(whole_days)
{
	struct counts c;
	struct diag d = {""};

	open_day(EPOCH, days[_i].key_whole);
	clk.utc_cs = END_CS + 100;
	tell("gate-1", "AP-1", 0, 30, days[_i].ap1_to_cs);
	tell("gate-1", "AP-2", 30, 50, days[_i].ap2_to_cs);
	tell("gate-1", "", 0, 50, END_CS);
	keep();
	ck_assert_int_eq(kept().whole[1], 0);
	clk.utc_cs = END_CS + 90000;
	keep();
	c = kept();
	about(c.ap[1], 30, "AP-1");
	ck_assert_msg(c.whole[1] == days[_i].ap1, "%s", days[_i].why);
	ck_assert_msg(c.gangnam_whole == days[_i].gangnam, "%s", days[_i].why);
	ck_assert_msg(c.city_whole == days[_i].city, "%s", days[_i].why);
	/* Closed: what comes now is late. */
	tell("gate-1", "AP-1", 0, 300, END_CS);
	ck_assert_uint_eq(distinct_stats(merger)->drops[DISTINCT_DROP_LATE], 1);
	ck_assert_int_eq(distinct_keep(merger, db, 1, &d), KK_OK);
}
END_TEST

/* Another key within the day, as after a restart: the greater count stays, and it is not whole. */
START_TEST(restarted)
{
	open_day(EPOCH, 1);
	tell("gate-1", "AP-1", 0, 100, NOON_CS);
	keep();
	distinct_free(merger);
	start();
	open_day(EPOCH + 1, 0);
	tell("gate-1", "AP-1", 0, 100, NOON_CS); /* the probe has not heard of it yet */
	ck_assert_uint_eq(distinct_stats(merger)->drops[DISTINCT_DROP_FOREIGN_KEY], 1);
	open_day(EPOCH, 0);
	tell("gate-1", "AP-1", 0, 10, NOON_CS);
	clk.utc_cs = END_CS + 90000;
	keep();
	about(kept().ap[1], 100, "AP-1");
	ck_assert_int_eq(kept().whole[1], 0);
}
END_TEST

/* Rounds: nothing is written before five minutes are over, and then 500 rows at a time. */
START_TEST(rounds)
{
	struct diag d = {""};

	open_day(EPOCH, 1);
	tell("gate-1", "AP-1", 0, 100, NOON_CS);
	ck_assert_int_eq(distinct_keep(merger, db, 0, &d), KK_OK);
	ck_assert_int_eq(kept().ap[1], -1);
	clk.mono_ms += 300000;
	ck_assert_int_eq(distinct_keep(merger, db, 0, &d), KK_END);
	ck_assert_int_eq(distinct_keep(merger, db, 0, &d), KK_OK);
	about(kept().ap[1], 100, "AP-1");
	ck_assert_uint_eq(distinct_stats(merger)->kept, 2);
	/* What has not changed is not written again. */
	clk.mono_ms += 300000;
	ck_assert_int_eq(distinct_keep(merger, db, 0, &d), KK_OK);
	ck_assert_uint_eq(distinct_stats(merger)->kept, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("distinct");
	TCase *tc = tcase_create("merging");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, unions);
	tcase_add_loop_test(tc, not_taken, 0, ROWS(unfit));
	tcase_add_test(tc, malformed);
	tcase_add_loop_test(tc, whole_days, 0, ROWS(days));
	tcase_add_test(tc, restarted);
	tcase_add_test(tc, rounds);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
