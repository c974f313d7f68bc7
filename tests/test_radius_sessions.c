/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_radius_sessions.c - accounting as devices really send it: repeated, late, lost, restarted.
 */
#include "probes/book.h"
#include "probes/sessions.h"
#include "tests/harness.h"

#define SECOND	INT64_C(1000000)
#define GIGA	(UINT64_C(1) << 32)
#define TIMEOUT 3600
#define STEPS	8

enum { NO_OCTETS = 1, NO_TIME = 2, EVENT = 4, NO_DOWN = 8, NO_NAS = 16 };

struct step {
	int at; /* seconds */
	unsigned status;
	uint64_t up, down;
	unsigned time, delay, event;
	unsigned session, nas, ap;
	unsigned flags;
};

struct sum {
	uint64_t up, down;
	unsigned starts, ends, unknown; /* unknown: deltas of which something is not known */
};

#define S(at)                                                       \
	{                                                           \
		at, RADIUS_START, 0, 0, 0, 0, 0, 1, 1, 7, NO_OCTETS \
	}
#define I(at, up, down)                                            \
	{                                                          \
		at, RADIUS_INTERIM, up, down, at, 0, 0, 1, 1, 7, 0 \
	}
#define E(at, up, down)                                         \
	{                                                       \
		at, RADIUS_STOP, up, down, at, 0, 0, 1, 1, 7, 0 \
	}
#define DEVICE(at, status, n)                                           \
	{                                                               \
		at, status, 0, 0, 0, 0, 0, 0, n, 0, NO_OCTETS | NO_TIME \
	}

static const struct {
	const char *why;
	struct step step[STEPS];
	struct sum sum;
	struct sessions_stats stats;
} rows[] = {
    {"a session", {S(1), I(600, 100, 1000), E(700, 150, 1500)}, {150, 1500, 1, 1, 0},
	{.started = 1, .ended = 1}},
    {"gigawords", {S(1), I(600, GIGA - 1, 5 * GIGA), E(700, GIGA + 1, 9 * GIGA + 3)},
	{GIGA + 1, 9 * GIGA + 3, 1, 1, 0}, {.started = 1, .ended = 1}},
    {"all of 64 bits", {S(1), E(600, UINT64_MAX, 1)}, {UINT64_MAX, 1, 1, 1, 0},
	{.started = 1, .ended = 1}},
    {"every message twice",
	{S(1), S(1), I(600, 100, 1000), I(600, 100, 1000), E(700, 150, 1500), E(700, 150, 1500)},
	{150, 1500, 1, 1, 0}, {.started = 1, .ended = 1, .duplicates = 3}},
    {"sent again, with its delay",
	{S(1), {5, RADIUS_START, 0, 0, 0, 4, 0, 1, 1, 7, NO_OCTETS}, I(600, 100, 1000),
	    {605, RADIUS_INTERIM, 100, 1000, 600, 5, 0, 1, 1, 7, 0}},
	{100, 1000, 1, 0, 0}, {.started = 1, .duplicates = 2}},
    {"the start comes after the first interim",
	{I(600, 100, 1000), {601, RADIUS_START, 0, 0, 0, 600, 0, 1, 1, 7, NO_OCTETS},
	    I(1200, 300, 3000)},
	{200, 2000, 0, 0, 1}, {.adopted = 1, .duplicates = 1}},
    {"an interim that others overtook",
	{S(1), I(1200, 300, 3000), {1201, RADIUS_INTERIM, 100, 1000, 600, 0, 0, 1, 1, 7, 0},
	    I(1800, 400, 4000)},
	{400, 4000, 1, 0, 0}, {.started = 1, .late = 1}},
    {"an interim after its stop",
	{S(1), E(1200, 300, 3000), {1201, RADIUS_INTERIM, 100, 1000, 600, 0, 0, 1, 1, 7, 0}},
	{300, 3000, 1, 1, 0}, {.started = 1, .ended = 1, .late = 1}},
    {"a start after its stop",
	{S(1), E(1200, 300, 3000), {1201, RADIUS_START, 0, 0, 0, 1200, 0, 1, 1, 7, NO_OCTETS}},
	{300, 3000, 1, 1, 0}, {.started = 1, .ended = 1, .duplicates = 1}},
    {"counters that go back", {S(1), I(600, 100, 1000), I(1200, 50, 2000), I(1800, 60, 2500)},
	{110, 1500, 1, 0, 1}, {.started = 1, .restarts = 1}},
    {"a session's clock that goes back, as the device's clock says",
	{{1, RADIUS_START, 0, 0, 0, 0, 1000, 1, 1, 7, NO_OCTETS | EVENT},
	    {600, RADIUS_INTERIM, 100, 1000, 600, 0, 1600, 1, 1, 7, EVENT},
	    {700, RADIUS_INTERIM, 500, 5000, 60, 0, 1700, 1, 1, 7, EVENT},
	    {760, RADIUS_INTERIM, 501, 5001, 120, 0, 1760, 1, 1, 7, EVENT}},
	{101, 1001, 1, 0, 1}, {.started = 1, .restarts = 1}},
    {"known from its middle on", {I(600, 100, 1000), I(1200, 150, 1500), E(1300, 160, 1600)},
	{60, 600, 0, 1, 1}, {.adopted = 1, .ended = 1}},
    {"stop without start", {E(600, 100, 1000), E(600, 100, 1000)}, {0, 0, 0, 1, 1},
	{.orphans = 1, .duplicates = 1}},
    {"start without stop",
	{S(1), I(600, 100, 1000),
	    {600 + TIMEOUT + 1, RADIUS_START, 0, 0, 0, 0, 0, 2, 1, 7, NO_OCTETS}},
	{100, 1000, 2, 1, 1}, {.started = 2, .timed_out = 1}},
    {"heard of just in time", {S(1), I(TIMEOUT, 1, 1), I(2 * TIMEOUT, 2, 2)}, {2, 2, 1, 0, 0},
	{.started = 1}},
    {"timed out, and yet alive",
	{S(1), I(600, 100, 1000),
	    {600 + TIMEOUT + 1, RADIUS_START, 0, 0, 0, 0, 0, 2, 1, 7, NO_OCTETS},
	    I(4300, 300, 3000)},
	{300, 3000, 3, 1, 1}, {.started = 2, .timed_out = 1}},
    {"a device that restarts closes its sessions",
	{S(1), {2, RADIUS_START, 0, 0, 0, 0, 0, 2, 2, 8, NO_OCTETS}, DEVICE(10, RADIUS_ON, 1),
	    DEVICE(12, RADIUS_ON, 1)},
	{0, 0, 2, 1, 1}, {.started = 2, .by_device = 1}},
    {"or goes down", {S(1), DEVICE(10, RADIUS_OFF, 1)}, {0, 0, 1, 1, 1},
	{.started = 1, .by_device = 1}},
    {"but not those that started since",
	{{20, RADIUS_START, 0, 0, 0, 0, 0, 1, 1, 7, NO_OCTETS},
	    {21, RADIUS_ON, 0, 0, 0, 11, 0, 0, 1, 0, NO_OCTETS | NO_TIME}},
	{0, 0, 1, 0, 0}, {.started = 1}},
    {"a device without a name closes nothing",
	{S(1), {10, RADIUS_ON, 0, 0, 0, 0, 0, 0, 1, 0, NO_OCTETS | NO_TIME | NO_NAS}},
	{0, 0, 1, 0, 0}, {.started = 1, .unusable = 1}},
    {"a number that is used again",
	{S(1), I(600, 100, 1000), {700, RADIUS_START, 0, 0, 0, 0, 0, 1, 1, 7, NO_OCTETS},
	    {800, RADIUS_INTERIM, 5, 50, 100, 0, 0, 1, 1, 7, 0}},
	{105, 1050, 2, 1, 1}, {.started = 2, .replaced = 1}},
    {"a start right after a start, by the device's clock",
	{{1, RADIUS_START, 0, 0, 0, 0, 1000, 1, 1, 7, NO_OCTETS | EVENT},
	    {3, RADIUS_START, 0, 0, 0, 0, 1002, 1, 1, 7, NO_OCTETS | EVENT}},
	{0, 0, 2, 1, 1}, {.started = 2, .replaced = 1}},
    {"moved to another access point",
	{S(1), I(600, 100, 1000), {900, RADIUS_INTERIM, 150, 1500, 900, 0, 0, 1, 1, 8, 0}},
	{150, 1500, 2, 1, 1}, {.started = 1, .moved = 1}},
    {"an interim without octets says nothing",
	{S(1), {600, RADIUS_INTERIM, 0, 0, 600, 0, 0, 1, 1, 7, NO_OCTETS}, I(1200, 100, 1000)},
	{100, 1000, 1, 0, 1}, {.started = 1}},
    {"one without octets down",
	{S(1), {600, RADIUS_INTERIM, 10, 0, 600, 0, 0, 1, 1, 7, NO_DOWN}, I(1200, 100, 1000)},
	{100, 1000, 1, 0, 1}, {.started = 1}},
    {"no session time",
	{S(1), {600, RADIUS_INTERIM, 10, 20, 0, 0, 0, 1, 1, 7, NO_TIME},
	    {600, RADIUS_INTERIM, 10, 20, 0, 0, 0, 1, 1, 7, NO_TIME},
	    {1200, RADIUS_INTERIM, 30, 60, 0, 0, 0, 1, 1, 7, NO_TIME}},
	{30, 60, 1, 0, 0}, {.started = 1, .duplicates = 1}},
    {"start and stop without octets", {S(1), {9, RADIUS_STOP, 0, 0, 8, 0, 0, 1, 1, 7, NO_OCTETS}},
	{0, 0, 1, 1, 1}, {.started = 1, .ended = 1}},
    {"the table is full",
	{S(1), {2, RADIUS_START, 0, 0, 0, 0, 0, 2, 1, 7, NO_OCTETS},
	    {3, RADIUS_START, 0, 0, 0, 0, 0, 3, 1, 7, NO_OCTETS},
	    {4, RADIUS_START, 0, 0, 0, 0, 0, 4, 1, 7, NO_OCTETS},
	    {5, RADIUS_START, 0, 0, 0, 0, 0, 5, 1, 7, NO_OCTETS}},
	{0, 0, 4, 0, 1}, {.started = 4, .full = 1}},
    {"what was closed makes room",
	{S(1), {2, RADIUS_START, 0, 0, 0, 0, 0, 2, 1, 7, NO_OCTETS},
	    {3, RADIUS_START, 0, 0, 0, 0, 0, 3, 1, 7, NO_OCTETS},
	    {4, RADIUS_START, 0, 0, 0, 0, 0, 4, 1, 7, NO_OCTETS}, E(5, 1, 1),
	    {6, RADIUS_START, 0, 0, 0, 0, 0, 5, 1, 7, NO_OCTETS}},
	{1, 1, 5, 1, 0}, {.started = 5, .ended = 1}},
    {"another status", {{1, 15, 0, 0, 0, 0, 0, 1, 1, 7, 0}}, {0, 0, 0, 0, 0}, {.unusable = 1}},
    {"no session", {{1, RADIUS_START, 0, 0, 0, 0, 0, 0, 1, 7, 0}}, {0, 0, 0, 0, 0},
	{.unusable = 1}},
};

static void
add(void *arg, const struct session_delta *d)
{
	struct sum *sum = arg;

	ck_assert(d->up_known || d->up == 0);
	ck_assert(d->down_known || d->down == 0);
	sum->up += d->up;
	sum->down += d->down;
	sum->starts += d->started;
	sum->ends += d->ended != SESSION_GOES_ON;
	sum->unknown += !d->up_known || !d->down_known;
}

static struct detail_radius
message(const struct step *t)
{
	struct detail_radius r = {.code = 4, .status = t->status, .nas = t->nas, .client = 42};

	r.session = t->session;
	r.flags |= t->session != 0 ? RADIUS_HAS_SESSION : 0;
	r.flags |= t->flags & NO_NAS ? 0 : RADIUS_HAS_NAS;
	r.flags |= t->flags & NO_TIME ? 0 : RADIUS_HAS_TIME;
	r.flags |= t->flags & EVENT ? RADIUS_HAS_EVENT : 0;
	r.flags |= t->delay != 0 ? RADIUS_HAS_DELAY : 0;
	r.flags |= t->flags & NO_OCTETS ? 0 : RADIUS_HAS_UP;
	r.flags |= t->flags & (NO_OCTETS | NO_DOWN) ? 0 : RADIUS_HAS_DOWN;
	r.up = t->up;
	r.down = t->down;
	r.session_s = t->time;
	r.delay_s = t->delay;
	r.event_s = t->event;
	return r;
}

START_TEST(adds_up)
{
	struct sessions *s = sessions_new(4, TIMEOUT);
	const struct sessions_stats *stats;
	struct sum sum = {0};

	ck_assert_ptr_nonnull(s);
	for (int i = 0; i < STEPS && rows[_i].step[i].at != 0; i++) {
		struct detail_radius r = message(&rows[_i].step[i]);

		sessions_take(s, &r, rows[_i].step[i].ap, rows[_i].step[i].at * SECOND, add, &sum);
	}
	stats = sessions_stats(s);
#define SAME(x) \
	ck_assert_msg(sum.x == rows[_i].sum.x, "%s: " #x " %ju", rows[_i].why, (uintmax_t)sum.x)
#define COUNTED(x)                                                                        \
	ck_assert_msg(stats->x == rows[_i].stats.x, "%s: stats " #x " %ju", rows[_i].why, \
	    (uintmax_t)stats->x)
	SAME(up);
	SAME(down);
	SAME(starts);
	SAME(ends);
	SAME(unknown);
	COUNTED(started);
	COUNTED(ended);
	COUNTED(adopted);
	COUNTED(orphans);
	COUNTED(duplicates);
	COUNTED(late);
	COUNTED(restarts);
	COUNTED(timed_out);
	COUNTED(by_device);
	COUNTED(replaced);
	COUNTED(moved);
	COUNTED(full);
	COUNTED(unusable);
	sessions_free(s);
}
END_TEST

/* Many sessions at random, each message lost, doubled or swapped with the next at random: never
 * more than was sent, and all of it where nothing was lost. */
START_TEST(many)
{
	enum { SESSIONS = 200, MESSAGES = 50 };
	struct sessions *s = sessions_new(SESSIONS, 1000000);
	uint64_t sent[2] = {0}, seed = 1;
	struct sum sum = {0};

	ck_assert_ptr_nonnull(s);
	for (unsigned n = 0; n < SESSIONS; n++) {
		uint64_t up = 0, down = 0;

		for (unsigned i = 0; i < MESSAGES; i++) {
			struct step t = {(int)(n * 100 + i + 1),
			    i == 0		? RADIUS_START
			    : i == MESSAGES - 1 ? RADIUS_STOP
						: RADIUS_INTERIM,
			    up, down, i, 0, 0, n + 1, n % 7 + 1, n % 5 + 1, 0};
			struct detail_radius r = message(&t);

			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			if (i == 0 || i == MESSAGES - 1 || seed >> 62 != 0) {
				sessions_take(s, &r, t.ap, t.at * SECOND, add, &sum);
				if (seed >> 61 & 1)
					sessions_take(s, &r, t.ap, t.at * SECOND, add, &sum);
			}
			if (i < MESSAGES - 1) {
				up += seed >> 40;
				down += seed >> 20;
			}
		}
		sent[0] += up;
		sent[1] += down;
	}
	ck_assert_uint_eq(sum.up, sent[0]);
	ck_assert_uint_eq(sum.down, sent[1]);
	ck_assert_uint_eq(sum.starts, SESSIONS);
	ck_assert_uint_eq(sum.ends, SESSIONS);
	ck_assert_uint_gt(sessions_stats(s)->duplicates, SESSIONS);
	sessions_free(s);
}
END_TEST

/* The table under both: keys that share a bucket, closed ones that make room, time that goes back.
 */
START_TEST(book)
{
	struct book *b = book_new(3);
	uint32_t at[3];

	ck_assert_ptr_nonnull(b);
	for (unsigned i = 0; i < 3; i++) {
		at[i] = book_add(b, 4 * i, 10 - i);
		ck_assert_uint_ne(at[i], BOOK_NONE);
	}
	ck_assert_uint_eq(book_add(b, 100, 11), BOOK_NONE);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(book_find(b, 4 * i), at[i]);
	ck_assert_uint_eq(book_find(b, 12), BOOK_NONE);
	ck_assert_uint_eq(book_idle(b, 10), BOOK_NONE);
	ck_assert_uint_eq(book_idle(b, 11), at[0]);
	book_touch(b, at[0], 12);
	ck_assert_uint_eq(book_idle(b, 11), at[1]);
	book_close(b, at[1], 13);
	ck_assert(!book_is_open(b, at[1]));
	ck_assert_uint_eq(book_find(b, 4), at[1]);
	ck_assert_uint_eq(book_add(b, 100, 14), at[1]);
	ck_assert_uint_eq(book_find(b, 4), BOOK_NONE);
	ck_assert_uint_eq(book_find(b, 8), at[2]);
	book_close(b, at[2], 15);
	book_forget(b, 15);
	ck_assert_uint_eq(book_find(b, 8), at[2]);
	book_forget(b, 16);
	ck_assert_uint_eq(book_find(b, 8), BOOK_NONE);
	book_free(b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("radius_sessions");
	TCase *tc = tcase_create("accounting");

	tcase_add_loop_test(tc, adds_up, 0, ROWS(rows));
	tcase_add_test(tc, many);
	tcase_add_test(tc, book);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
