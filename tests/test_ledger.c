/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>

#include "tests/harness.h"

#define SEOUL_0 INT64_C(1625065200) /* 2021-07-01 00:00 in Seoul */
#define DAY_S	INT64_C(86400)
#define GAP_S	180
#define CS(s)	((int64_t)(s)*100)
#define ROOM	64

static char dir[64];
static struct ledger *ledger;
static struct db *db;
static uint64_t place;

static void
open_ledger(void)
{
	struct diag d = {""};

	ck_assert_msg(ledger_open(dir, GAP_S, &ledger, &d) == KK_OK, "%s", d.text);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
}

static void
close_ledger(void)
{
	ledger_close(ledger);
	db_close(db);
}

static void
setup(void)
{
	ck_assert_int_eq(zone_use("Asia/Seoul", NULL), KK_OK);
	harness_dir(dir);
	place = 0;
	open_ledger();
}

static void
teardown(void)
{
	close_ledger();
	harness_remove(dir);
}

static int
give(const struct sample *s, size_t n)
{
	const struct sink *sink = ledger_sink(ledger);
	struct cursor end = {1, ++place};

	return sink->take(sink->ctx, s, n, end);
}

static struct sample
sample(uint32_t device, int64_t time_s, int64_t down, int64_t up, unsigned flags)
{
	struct sample s = {.device = device, .time_cs = CS(time_s), .flags = (uint16_t)flags};

	sample_set(&s, METRIC_OCTETS_DOWN, down);
	sample_set(&s, METRIC_OCTETS_UP, up);
	return s;
}

static void
give_one(uint32_t device, int64_t time_s, int64_t down, int64_t up, unsigned flags)
{
	struct sample s = sample(device, time_s, down, up, flags);

	ck_assert_int_eq(give(&s, 1), KK_OK);
}

static int64_t
integer(const char *sql)
{
	sqlite3_stmt *s;
	int64_t v = 0;

	ck_assert_msg(db_prepare(db, sql, &s, NULL) == KK_OK, "%s", sql);
	if (sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

/* Every day's row as text: day:down/up observed lump restarts unsure peak up. */
static const char *
days(void)
{
	static char out[2000];
	sqlite3_stmt *s;
	size_t n = 0;

	out[0] = '\0';
	ck_assert_int_eq(
	    db_prepare(db,
		"SELECT (day % 10000)||':'||octets_down||'/'||octets_up||' '||observed_s"
		"||' '||octets_lump||' '||restarts||' '||unsure||' '||"
		"ifnull(clients_peak, '-')||' '||up_s FROM usage_day"
		" ORDER BY day, device, source",
		&s, NULL),
	    KK_OK);
	while (sqlite3_step(s) == SQLITE_ROW)
		n += (size_t)snprintf(
		    out + n, sizeof(out) - n, "%s%s", n ? ", " : "", db_column_text(s, 0));
	sqlite3_finalize(s);
	return out;
}

/* ---- sharing among days: pure ---- */

static const struct {
	const char *why, *zone;
	int64_t from_s, to_s;
	uint64_t down;
	size_t room;
	size_t n;
	struct {
		kk_day day;
		uint64_t down;
		uint32_t seconds;
	} want[5];
} shares[] = {
    {"inside a day", "Asia/Seoul", SEOUL_0, SEOUL_0 + 60, 100, ROOM, 1, {{20210701, 100, 60}}},
    {"up to midnight", "Asia/Seoul", SEOUL_0 - 60, SEOUL_0, 100, ROOM, 1, {{20210630, 100, 60}}},
    {"halves", "Asia/Seoul", SEOUL_0 - 30, SEOUL_0 + 30, 101, ROOM, 2,
	{{20210630, 50, 30}, {20210701, 51, 30}}},
    {"the last day takes the remainder", "Asia/Seoul", SEOUL_0 - 1, SEOUL_0 + 2, 100, ROOM, 2,
	{{20210630, 33, 1}, {20210701, 67, 2}}},
    {"three midnights", "Asia/Seoul", SEOUL_0 - DAY_S / 2, SEOUL_0 + DAY_S * 5 / 2, 7, ROOM, 4,
	{{20210630, 1, 43200}, {20210701, 2, 86400}, {20210702, 2, 86400}, {20210703, 2, 43200}}},
    {"more days than room", "Asia/Seoul", SEOUL_0 - DAY_S * 10, SEOUL_0 + DAY_S * 2, 12, 2, 2,
	{{20210701, 11, 11 * 86400}, {20210702, 1, 86400}}},
    {"no time at all", "Asia/Seoul", SEOUL_0 + 5, SEOUL_0 + 5, 9, ROOM, 1, {{20210701, 9, 0}}},
    {"time went back", "Asia/Seoul", SEOUL_0 + 5, SEOUL_0 + 1, 9, ROOM, 1, {{20210701, 9, 0}}},
    {"all octets there are", "Asia/Seoul", SEOUL_0 - 1, SEOUL_0 + 1, UINT64_MAX, ROOM, 2,
	{{20210630, UINT64_MAX / 2, 1}, {20210701, UINT64_MAX / 2 + 1, 1}}},
    /* 2021-03-28 has 23 hours in Berlin, 2021-10-31 has 25. */
    {"a day of 23 hours", "Europe/Berlin", 1616886000 - 3600, 1616886000 + 24 * 3600, 25, ROOM, 3,
	{{20210327, 1, 3600}, {20210328, 23, 23 * 3600}, {20210329, 1, 3600}}},
    {"a day of 25 hours", "Europe/Berlin", 1635631200 - 3600, 1635631200 + 26 * 3600, 27, ROOM, 3,
	{{20211030, 1, 3600}, {20211031, 25, 25 * 3600}, {20211101, 1, 3600}}},
    {"before 1970", "UTC", -DAY_S - 10, -DAY_S + 10, 20, ROOM, 2,
	{{19691230, 10, 10}, {19691231, 10, 10}}},
};

START_TEST(share_table)
{
	struct day_share out[ROOM];
	size_t n;

	ck_assert_int_eq(zone_use(shares[_i].zone, NULL), KK_OK);
	n = ledger_share(CS(shares[_i].from_s), CS(shares[_i].to_s), shares[_i].down,
	    shares[_i].down / 3, out, shares[_i].room);
	ck_assert_msg(n == shares[_i].n, "%s: %zu days", shares[_i].why, n);
	for (size_t i = 0; i < n; i++) {
		ck_assert_msg(out[i].day == shares[_i].want[i].day &&
				  out[i].octets_down == shares[_i].want[i].down &&
				  out[i].seconds == shares[_i].want[i].seconds,
		    "%s: day %d has %llu octets, %u s", shares[_i].why, out[i].day,
		    (unsigned long long)out[i].octets_down, out[i].seconds);
	}
}
END_TEST

/* A small generator: the same numbers in every run. */
static uint64_t
next(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

static const char *const zones[] = {
    "Asia/Seoul", "UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"};

/* Whatever the interval: days add up exactly, are in order, and nobody gets a second too many. */
START_TEST(share_property)
{
	uint64_t seed = (uint64_t)_i + 1;
	struct day_share out[ROOM];

	ck_assert_int_eq(zone_use(zones[_i], NULL), KK_OK);
	for (int k = 0; k < 3000; k++) {
		int64_t from = CS(SEOUL_0) + (int64_t)(next(&seed) % (uint64_t)CS(DAY_S * 400));
		int64_t length = (int64_t)(next(&seed) % (uint64_t)CS(k % 3 == 0   ? 120
								      : k % 3 == 1 ? DAY_S * 3
										   : DAY_S * 90));
		size_t room = k % 7 == 0 ? 1 + next(&seed) % 5 : ROOM;
		uint64_t down = next(&seed) << (next(&seed) % 33), up = next(&seed) % 1000;
		uint64_t sum_down = 0, sum_up = 0, seconds = 0;
		size_t n = ledger_share(from, from + length, down, up, out, room);

		ck_assert_uint_ge(n, 1);
		ck_assert_uint_le(n, room);
		for (size_t i = 0; i < n; i++) {
			sum_down += out[i].octets_down;
			sum_up += out[i].octets_up;
			seconds += out[i].seconds;
			if (i > 0)
				ck_assert_int_eq(out[i].day, zone_day_add(out[i - 1].day, 1));
			if (i > 0)
				ck_assert_uint_le(out[i].seconds, 25 * 3600);
		}
		ck_assert_uint_eq(sum_down, down);
		ck_assert_uint_eq(sum_up, up);
		ck_assert_uint_eq(seconds, (uint64_t)((from + length) / 100 - from / 100));
	}
}
END_TEST

/* ---- the sink ---- */

START_TEST(plain_day)
{
	struct sample s;

	give_one(1, SEOUL_0 + 10, 0, 0, SAMPLE_FIRST);
	give_one(1, SEOUL_0 + 70, 1000, 50, 0);
	s = sample(1, SEOUL_0 + 130, 1500, 60, 0);
	sample_set(&s, METRIC_CLIENTS, 12);
	give(&s, 1);
	sample_set(&s, METRIC_CLIENTS, 3);
	s.time_cs += CS(60);
	give(&s, 1);
	ck_assert_str_eq(days(), "701:1500/60 180 0 0 0 12 180");
	ck_assert_int_eq(integer("SELECT octets_down FROM odometer"), 1500);
	ck_assert_int_eq(integer("SELECT time_cs FROM odometer"), CS(SEOUL_0 + 190));
	ck_assert_int_eq(integer("SELECT offset FROM cursor WHERE sink='ledger'"), 4);
}
END_TEST

START_TEST(midnight_is_shared)
{
	give_one(1, SEOUL_0 + DAY_S - 20, 0, 0, SAMPLE_FIRST);
	give_one(1, SEOUL_0 + DAY_S + 40, 100, 10, 0);
	ck_assert_str_eq(days(), "701:33/3 20 0 0 0 - 20, 702:67/7 40 0 0 0 - 40");
}
END_TEST

START_TEST(gap_is_a_lump)
{
	struct sample s;

	give_one(1, SEOUL_0 + 10, 0, 0, SAMPLE_FIRST);
	give_one(1, SEOUL_0 + 10 + GAP_S, 5, 0, 0); /* just no gap */
	give_one(1, SEOUL_0 + 11 + GAP_S * 2, 12, 1, 0);
	ck_assert_str_eq(days(), "701:12/1 180 8 0 0 - 180");
	/* Not observed, but it ran all the time: its boot says so. */
	s = sample(1, SEOUL_0 + 3611 + GAP_S * 2, 12, 1, 0);
	s.boot_cs = CS(SEOUL_0 - 500);
	give(&s, 1);
	ck_assert_str_eq(days(), "701:12/1 180 8 0 0 - 3780");
}
END_TEST

START_TEST(silence_moves_nothing)
{
	struct sample s = sample(1, SEOUL_0 + 130, 999, 999, SAMPLE_SILENT);

	give_one(1, SEOUL_0 + 10, 0, 0, SAMPLE_FIRST);
	give_one(1, SEOUL_0 + 70, 100, 0, 0);
	give(&s, 1);
	s.known = 0;
	give(&s, 1);
	ck_assert_str_eq(days(), "701:100/0 60 0 0 0 - 60");
	ck_assert_int_eq(integer("SELECT time_cs FROM odometer"), CS(SEOUL_0 + 70));
	ck_assert_int_eq(integer("SELECT offset FROM cursor WHERE sink='ledger'"), 4);
}
END_TEST

START_TEST(marks_are_counted)
{
	struct sample s;

	give_one(1, SEOUL_0 + 10, 0, 0, SAMPLE_FIRST);
	give_one(1, SEOUL_0 + 70, 10, 0, SAMPLE_UNSURE);
	give_one(1, SEOUL_0 + 130, 10, 0, SAMPLE_REBASED);
	s = sample(1, SEOUL_0 + 190, 20, 0, SAMPLE_RESTART);
	s.boot_cs = CS(SEOUL_0 + 150); /* it ran for 40 of the 60 seconds */
	give(&s, 1);
	ck_assert_str_eq(days(), "701:20/0 180 0 2 1 - 160");
	/* A controller that says the device is down. */
	s = sample(1, SEOUL_0 + 250, 20, 0, 0);
	sample_set(&s, METRIC_UP, 0);
	give(&s, 1);
	ck_assert_str_eq(days(), "701:20/0 240 0 2 1 - 160");
}
END_TEST

/* The same samples again, older ones, in one batch or in many: nothing twice. */
START_TEST(exactly_once)
{
	struct sample all[] = {sample(1, SEOUL_0 + 10, 0, 0, SAMPLE_FIRST),
	    sample(1, SEOUL_0 + 70, 100, 10, 0), sample(1, SEOUL_0 + 130, 300, 20, 0),
	    sample(2, SEOUL_0 + 10, 0, 0, SAMPLE_FIRST), sample(2, SEOUL_0 + 130, 7, 0, 0)};

	give(all, 5);
	give(all, 5);
	give(&all[1], 1);
	give(all, 2);
	ck_assert_str_eq(days(), "701:300/20 120 0 0 0 - 120, 701:7/0 120 0 0 0 - 120");
	close_ledger();
	open_ledger();
	give(all, 5);
	ck_assert_str_eq(days(), "701:300/20 120 0 0 0 - 120, 701:7/0 120 0 0 0 - 120");
}
END_TEST

START_TEST(clock_that_went_back)
{
	give_one(1, SEOUL_0 + 3600, 0, 0, SAMPLE_FIRST);
	give_one(1, SEOUL_0 + 3660, 100, 0, 0);
	give_one(1, SEOUL_0 - 60, 150, 0, 0); /* set back by an hour: octets are not lost */
	give_one(1, SEOUL_0 + 0, 160, 0, 0);
	ck_assert_str_eq(days(), "630:60/0 60 50 0 0 - 60, 701:100/0 60 0 0 0 - 60");
	ck_assert_int_eq(integer("SELECT octets_down FROM odometer"), 160);
}
END_TEST

/* The collector lost its state: the odometer starts anew, and so does the ledger's. */
START_TEST(odometer_that_fell)
{
	give_one(1, SEOUL_0 + 10, 0, 0, SAMPLE_FIRST);
	give_one(1, SEOUL_0 + 70, 1000, 500, 0);
	give_one(1, SEOUL_0 + 130, 0, 0, SAMPLE_FIRST);
	give_one(1, SEOUL_0 + 190, 40, 10, 0);
	ck_assert_str_eq(days(), "701:1040/510 120 0 0 0 - 120");
	give_one(1, SEOUL_0 + 250, 30, 20, 0); /* half of it fell */
	give_one(1, SEOUL_0 + 310, 31, 21, 0);
	ck_assert_str_eq(days(), "701:1041/511 180 0 0 0 - 180");
}
END_TEST

/* In the middle of its life: not counted by a ledger that never kept anything, as nobody knows when
 * those octets passed. Counted by one that did: the first sample was lost, the octets were not. */
START_TEST(odometer_without_a_beginning)
{
	give_one(1, SEOUL_0 + 10, 5000, 500, 0);
	give_one(1, SEOUL_0 + 70, 5001, 500, 0);
	ck_assert_str_eq(days(), "701:1/0 60 0 0 0 - 60");
	close_ledger();
	open_ledger();
	give_one(2, SEOUL_0 + 70, 30, 3, 0);
	ck_assert_str_eq(days(), "701:1/0 60 0 0 0 - 60, 701:30/3 0 33 0 0 - 0");
}
END_TEST

START_TEST(sources_apart)
{
	struct sample s = sample(1, SEOUL_0 + 10, 0, 0, SAMPLE_FIRST);

	give(&s, 1);
	s.source = SOURCE_PROBE;
	give(&s, 1);
	s = sample(1, SEOUL_0 + 70, 10, 0, 0);
	give(&s, 1);
	s = sample(1, SEOUL_0 + 70, 11, 0, 0);
	s.source = SOURCE_PROBE;
	give(&s, 1);
	ck_assert_int_eq(integer("SELECT octets_down FROM usage_day WHERE source=0"), 10);
	ck_assert_int_eq(integer("SELECT octets_down FROM usage_day WHERE source=2"), 11);
}
END_TEST

/* Samples that are none: from a socket, or from a damaged record. */
START_TEST(hostile_samples)
{
	struct sample s = sample(0, SEOUL_0, 0, 0, 0);

	ck_assert_int_eq(give(&s, 1), KK_OK);
	s = sample(1, SEOUL_0, -5, 0, 0);
	ck_assert_int_eq(give(&s, 1), KK_OK);
	s = sample(1, SEOUL_0, 0, 0, 0);
	s.source = 200;
	ck_assert_int_eq(give(&s, 1), KK_OK);
	s.source = 0;
	s.time_cs = INT64_MAX;
	ck_assert_int_eq(give(&s, 1), KK_OK);
	s.time_cs = INT64_MIN;
	ck_assert_int_eq(give(&s, 1), KK_OK);
	ck_assert_int_eq(give(NULL, 0), KK_OK);
	ck_assert_str_eq(days(), "");
	ck_assert_int_eq(integer("SELECT offset FROM cursor WHERE sink='ledger'"), 6);
}
END_TEST

struct seen {
	unsigned n;
	struct sample last;
	struct counter counter;
};

static int
see(void *ctx, const struct sample *s)
{
	struct seen *seen = ctx;

	seen->n++;
	seen->last = *s;
	if (s->n_counters > 0)
		seen->counter = s->counters[0];
	return 0;
}

START_TEST(odometers_are_handed_back)
{
	struct counter c = {.key = 77,
	    .width = 32,
	    .down = 4000,
	    .up = 9,
	    .boot_cs = 5,
	    .when_cs = CS(SEOUL_0 + 70)};
	struct sample s = sample(3, SEOUL_0 + 10, 0, 0, SAMPLE_FIRST);
	struct seen seen = {0};

	give(&s, 1);
	s = sample(3, SEOUL_0 + 70, 123, 45, 0);
	s.counters = &c;
	s.n_counters = 1;
	give(&s, 1);
	ck_assert_int_eq(ledger_odometers(db, see, &seen, NULL), KK_OK);
	ck_assert_uint_eq(seen.n, 1);
	ck_assert_uint_eq(seen.last.device, 3);
	ck_assert_int_eq(seen.last.value[METRIC_OCTETS_DOWN], 123);
	ck_assert_uint_eq(seen.counter.key, 77);
	ck_assert_uint_eq(seen.counter.down, 4000);
	/* A damaged sample still gives the odometers. */
	ck_assert_int_eq(db_exec(db, "UPDATE odometer SET sample = x'00ff'", NULL), KK_OK);
	ck_assert_int_eq(ledger_odometers(db, see, &seen, NULL), KK_OK);
	ck_assert_int_eq(seen.last.value[METRIC_OCTETS_DOWN], 123);
	ck_assert_uint_eq(seen.last.n_counters, 0);
}
END_TEST

/* Nothing of a failed take counts: the same samples come again and add the same. */
START_TEST(failed_take_keeps_nothing)
{
	struct sample two[] = {
	    sample(1, SEOUL_0 + 70, 100, 0, 0), sample(2, SEOUL_0 + 70, 0, 0, SAMPLE_FIRST)};

	give_one(1, SEOUL_0 + 10, 0, 0, SAMPLE_FIRST);
	ck_assert_int_eq(
	    db_exec(db, "ALTER TABLE cursor RENAME TO cursor_gone; PRAGMA user_version", NULL),
	    KK_OK);
	ck_assert_int_lt(give(two, 2), 0);
	ck_assert_int_lt(give(two, 2), 0);
	ck_assert_int_eq(integer("SELECT octets_down FROM usage_day"), 0);
	ck_assert_int_eq(integer("SELECT count(*) FROM odometer"), 1);
	ck_assert_int_eq(db_exec(db, "ALTER TABLE cursor_gone RENAME TO cursor", NULL), KK_OK);
	ck_assert_int_eq(give(two, 2), KK_OK);
	ck_assert_int_eq(integer("SELECT octets_down FROM usage_day WHERE device=1"), 100);
	ck_assert_int_eq(integer("SELECT count(*) FROM odometer"), 2);
}
END_TEST

/* ---- the great property ---- */

#define FLEET 40

struct truth {
	int64_t down, up, time_s;
};

/* Random gaps, restarts of the ledger, batches of any size, repetitions: per device the days add up
 * to the odometer, and nobody was observed for longer than time passed. */
START_TEST(days_add_up_to_odometers)
{
	struct truth t[FLEET + 1] = {0};
	uint64_t seed = (uint64_t)_i * 7919 + 1;
	struct sample batch[60];
	size_t n = 0;

	ck_assert_int_eq(zone_use(zones[_i], NULL), KK_OK);
	for (int k = 0; k < 3000; k++) {
		uint32_t device = (uint32_t)(1 + next(&seed) % FLEET);
		struct truth *x = &t[device];
		unsigned flags = x->time_s == 0 ? SAMPLE_FIRST : 0;

		x->time_s = x->time_s == 0 ? SEOUL_0 + (int64_t)(next(&seed) % 100) : x->time_s;
		if (!flags) {
			x->time_s += (int64_t)(next(&seed) % 20 == 0 ? next(&seed) % (DAY_S * 40)
								     : 55 + next(&seed) % 10);
			x->down += (int64_t)(next(&seed) % 1000003);
			x->up += (int64_t)(next(&seed) % 1009);
		}
		batch[n++] = sample(device, x->time_s, x->down, x->up, flags);
		if (next(&seed) % 10 == 0) { /* it comes again */
			batch[n] = batch[next(&seed) % n];
			n++;
		}
		if (n >= 50 || next(&seed) % 40 == 0) {
			ck_assert_int_eq(give(batch, n), KK_OK);
			n = 0;
		}
		if (k % 500 == 499) {
			close_ledger();
			open_ledger();
		}
	}
	ck_assert_int_eq(give(batch, n), KK_OK);
	for (uint32_t device = 1; device <= FLEET; device++) {
		char sql[200];

		snprintf(sql, sizeof(sql), "SELECT sum(octets_down) FROM usage_day WHERE device=%u",
		    device);
		ck_assert_int_eq(integer(sql), t[device].down);
		snprintf(sql, sizeof(sql), "SELECT sum(octets_up) FROM usage_day WHERE device=%u",
		    device);
		ck_assert_int_eq(integer(sql), t[device].up);
	}
	ck_assert_int_eq(
	    integer("SELECT count(*) FROM usage_day WHERE observed_s > 25 * 3600 OR"
		    " octets_lump > octets_down + octets_up OR typeof(octets_down) <> 'integer'"),
	    0);
}
END_TEST

/* ---- crashes and disks ---- */

/* A writer killed in the middle of takes: what is booked is what its cursor says. */
START_TEST(killed_writer)
{
	close_ledger();
	for (int round = 0; round < 6; round++) {
		int pipes[2];
		char one;
		pid_t pid;

		ck_assert_int_eq(pipe(pipes), 0);
		pid = fork();
		if (pid == 0) {
			struct cursor c = {0, 0};

			if (ledger_open(dir, GAP_S, &ledger, NULL) != KK_OK)
				_exit(1);
			ledger_sink(ledger)->where(ledger, &c);
			/* Sweep k: device i has passed k × i octets. */
			for (place = c.offset;;) {
				struct sample s[20];

				for (unsigned i = 1; i <= 20; i++)
					s[i - 1] = sample(i, SEOUL_0 + (int64_t)place * 60,
					    (int64_t)(place * i), 0, place == 0 ? SAMPLE_FIRST : 0);
				if (give(s, 20) != KK_OK || write(pipes[1], "x", 1) != 1)
					_exit(1);
			}
		}
		close(pipes[1]);
		for (int i = 0; i < 3 + round; i++)
			ck_assert_int_eq(read(pipes[0], &one, 1), 1);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		close(pipes[0]);
	}
	open_ledger();
	ck_assert_int_ge(integer("SELECT offset FROM cursor WHERE sink='ledger'"), 6 * 3);
	for (unsigned i = 1; i <= 20; i++) {
		char sql[300];

		snprintf(sql, sizeof(sql),
		    "SELECT sum(octets_down) - (SELECT offset - 1 FROM cursor WHERE sink='ledger') "
		    "* %u"
		    " FROM usage_day WHERE device=%u",
		    i, i);
		ck_assert_int_eq(integer(sql), 0);
	}
}
END_TEST

static int
fill_disk(void)
{
	struct sample s[200];
	int rc = KK_OK;
	unsigned kept = 0;

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", dir, "tmpfs", 0, "size=600k") != 0)
		return 77;
	if (ledger_open(dir, GAP_S, &ledger, NULL) != KK_OK)
		return 2;
	for (unsigned k = 0; k < 400 && rc == KK_OK; k++) {
		for (unsigned i = 0; i < 200; i++)
			s[i] = sample(i + 1, SEOUL_0 + k * DAY_S, k * 10, 0, k ? 0 : SAMPLE_FIRST);
		rc = give(s, 200);
		kept += rc == KK_OK;
	}
	if (rc != KK_E_FULL) {
		fprintf(stderr, "got %s after %u sweeps\n", kk_strerror(rc), kept);
		return 3;
	}
	if (mount("tmpfs", dir, "tmpfs", MS_REMOUNT, "size=16m") != 0)
		return 77;
	if (give(s, 200) != KK_OK || db_open(dir, DB_READ, &db, NULL) != KK_OK)
		return 4;
	return integer("SELECT sum(octets_down) FROM usage_day") == (int64_t)kept * 10 * 200 ? 0
											     : 5;
}

START_TEST(full_disk)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(fill_disk());
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		printf("test_ledger: full_disk skipped: needs root for a small tmpfs\n");
		return;
	}
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ledger");
	TCase *pure = tcase_create("share"), *tc = tcase_create("sink");

	tcase_add_loop_test(pure, share_table, 0, ROWS(shares));
	tcase_add_loop_test(pure, share_property, 0, ROWS(zones));
	suite_add_tcase(s, pure);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, plain_day);
	tcase_add_test(tc, midnight_is_shared);
	tcase_add_test(tc, gap_is_a_lump);
	tcase_add_test(tc, silence_moves_nothing);
	tcase_add_test(tc, marks_are_counted);
	tcase_add_test(tc, exactly_once);
	tcase_add_test(tc, clock_that_went_back);
	tcase_add_test(tc, odometer_that_fell);
	tcase_add_test(tc, odometer_without_a_beginning);
	tcase_add_test(tc, sources_apart);
	tcase_add_test(tc, hostile_samples);
	tcase_add_test(tc, odometers_are_handed_back);
	tcase_add_test(tc, failed_take_keeps_nothing);
	tcase_add_loop_test(tc, days_add_up_to_odometers, 0, ROWS(zones));
	tcase_add_test(tc, killed_writer);
	tcase_add_test(tc, full_disk);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
