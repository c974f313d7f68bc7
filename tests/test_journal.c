/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "rrd/ledger.h"
#include "rrd/recover.h"
#include "tests/fleet.h"
#include "tests/harness.h"

#define COUNTERS 3

static char dir[64];
static struct journal *journal;
static struct diag diag;

/* A sink that is an array. */
static struct {
	struct sample sample[70000];
	size_t n, calls;
	struct counter last[COUNTERS];
	int fail; /* refuse so many calls */
	struct cursor at;
} got;

static int
take(void *ctx, const struct sample *s, size_t n, struct cursor end)
{
	(void)ctx;
	got.calls++;
	if (got.fail > 0) {
		got.fail--;
		return KK_E_FULL;
	}
	for (size_t i = 0; i < n && got.n < (size_t)ROWS(got.sample); i++)
		got.sample[got.n++] = s[i];
	if (n > 0 && s[n - 1].n_counters == COUNTERS)
		memcpy(got.last, s[n - 1].counters, sizeof(got.last));
	got.at = end;
	return KK_OK;
}

static int
where(void *ctx, struct cursor *c)
{
	(void)ctx;
	*c = got.at;
	return KK_OK;
}

static const struct sink sink = {.name = "array", .take = take, .where = where};

static void
setup(void)
{
	harness_dir(dir);
	memset(&got, 0, sizeof(got));
	ck_assert_msg(journal_open(dir, 7, &journal, &diag) == KK_OK, "%s", diag.text);
}

static void
teardown(void)
{
	journal_close(journal);
	harness_remove(dir);
}

static struct sample
counted(uint32_t num, int64_t time_s)
{
	static struct counter c[COUNTERS];
	struct sample s = fleet_sample(num, time_s);

	for (uint32_t i = 0; i < COUNTERS; i++)
		c[i] = (struct counter){.key = num * 10 + i,
		    .width = 64,
		    .down = (uint64_t)time_s * num,
		    .boot_cs = 100,
		    .when_cs = s.time_cs};
	s.counters = c;
	s.n_counters = COUNTERS;
	return s;
}

static void
append(uint32_t from, uint32_t to, int64_t time_s)
{
	for (uint32_t num = from; num <= to; num++) {
		struct sample s = counted(num, time_s);

		ck_assert_msg(journal_append(journal, &s, 1, &diag) == KK_OK, "%s", diag.text);
	}
}

START_TEST(handed_on)
{
	struct feed *f;
	struct cursor limit;

	ck_assert_int_eq(feed_open(dir, &sink, &f, &diag), KK_OK);
	ck_assert_int_eq(feed_step(f, NULL, 0, &diag), KK_END);
	append(1, 10, FLEET_T0);
	ck_assert_int_eq(journal_sync(journal, &diag), KK_OK);
	limit = journal_synced(journal);
	append(11, 12, FLEET_T0);
	ck_assert_int_eq(feed_step(f, &limit, 4, &diag), KK_OK);
	ck_assert_uint_eq(got.n, 4);
	ck_assert_int_eq(feed_step(f, &limit, 0, &diag), KK_OK);
	ck_assert_uint_eq(got.n, 10); /* what is not synced is not committed */
	ck_assert_uint_eq(got.calls, 2);
	ck_assert_int_eq(feed_step(f, &limit, 0, &diag), KK_END);
	ck_assert_int_eq(cursor_cmp(feed_where(f), limit), 0);
	ck_assert_uint_eq(got.sample[9].device, 10);
	ck_assert_int_eq(
	    got.sample[9].value[METRIC_OCTETS_DOWN], fleet_sample(10, FLEET_T0).value[0]);
	ck_assert_uint_eq(got.last[2].key, 102);
	ck_assert_uint_eq(got.last[2].down, (uint64_t)FLEET_T0 * 10);
	ck_assert_int_eq(journal_sync(journal, &diag), KK_OK);
	limit = journal_synced(journal);
	ck_assert_int_eq(feed_step(f, &limit, 0, &diag), KK_OK);
	ck_assert_uint_eq(got.n, 12);
	feed_free(f);
}
END_TEST

START_TEST(sink_refuses)
{
	struct feed *f;

	append(1, 5, FLEET_T0);
	got.fail = 2;
	ck_assert_int_eq(feed_open(dir, &sink, &f, &diag), KK_OK);
	ck_assert_int_eq(feed_step(f, NULL, 0, &diag), KK_E_FULL);
	append(6, 7, FLEET_T0);
	ck_assert_int_eq(feed_step(f, NULL, 3, &diag), KK_E_FULL);
	ck_assert_int_eq(feed_step(f, NULL, 0, &diag), KK_OK);
	ck_assert_uint_eq(got.n, 7);
	for (uint32_t i = 0; i < 7; i++)
		ck_assert_uint_eq(got.sample[i].device, i + 1);
	feed_free(f);
}
END_TEST

/* From its own cursor after a restart; a batch that is larger than a record is split. */
START_TEST(large_batches)
{
	struct sample *all = calloc(60000, sizeof(*all));
	struct feed *f;

	for (uint32_t i = 0; i < 60000; i++)
		all[i] = fleet_sample(i + 1, FLEET_T0);
	ck_assert_int_eq(journal_append(journal, all, 60000, &diag), KK_OK);
	ck_assert_int_eq(feed_open(dir, &sink, &f, &diag), KK_OK);
	ck_assert_int_eq(feed_step(f, NULL, 1, &diag), KK_OK);
	ck_assert_uint_lt(got.n, 60000);
	feed_free(f);
	journal_close(journal);
	ck_assert_int_eq(journal_open(dir, 7, &journal, &diag), KK_OK);
	ck_assert_int_eq(feed_open(dir, &sink, &f, &diag), KK_OK);
	while (feed_step(f, NULL, 0, &diag) == KK_OK)
		;
	ck_assert_uint_eq(got.n, 60000);
	for (uint32_t i = 0; i < 60000; i++)
		ck_assert_uint_eq(got.sample[i].device, i + 1);
	feed_free(f);
	free(all);
}
END_TEST

START_TEST(second_writer)
{
	struct journal *other;

	ck_assert_int_eq(journal_open(dir, 7, &other, &diag), KK_E_BUSY);
	ck_assert_ptr_null(other);
}
END_TEST

/* Octets that are no samples, in a record whose checksum is right: left out, the rest goes on. */
START_TEST(no_samples)
{
	struct seglog_options o = {0};
	struct seglog *l;
	struct feed *f;
	char log[80];

	append(1, 3, FLEET_T0);
	journal_close(journal);
	snprintf(log, sizeof(log), "%s/journal", dir);
	ck_assert_int_eq(seglog_open(log, &o, &l, &diag), KK_OK);
	ck_assert_int_eq(seglog_append(l, "\377\377\377\377", 4, &diag), KK_OK);
	seglog_close(l);
	ck_assert_int_eq(journal_open(dir, 7, &journal, &diag), KK_OK);
	append(4, 6, FLEET_T0);
	ck_assert_int_eq(feed_open(dir, &sink, &f, &diag), KK_OK);
	while (feed_step(f, NULL, 0, &diag) == KK_OK)
		;
	ck_assert_uint_eq(got.n, 6);
	ck_assert_uint_eq(got.sample[3].device, 4);
	feed_free(f);
}
END_TEST

/* ---- recovery ---- */

static struct sample found[8];
static struct counter found_counter[8];

static void
find(void *ctx, const struct sample *s)
{
	(*(int *)ctx)++;
	ck_assert_uint_lt(s->device, 8);
	found[s->device] = *s;
	found_counter[s->device] = s->n_counters > 0 ? s->counters[0] : (struct counter){0};
}

START_TEST(recovered)
{
	struct sample s;
	struct ledger *ledger;
	struct recover *r;
	struct feed *f;
	int n = 0;

	append(1, 3, FLEET_T0);
	ck_assert_int_eq(ledger_open(dir, 180, &ledger, &diag), KK_OK);
	ck_assert_int_eq(feed_open(dir, ledger_sink(ledger), &f, &diag), KK_OK);
	ck_assert_int_eq(feed_step(f, NULL, 0, &diag), KK_OK);
	feed_free(f);
	ledger_close(ledger);
	append(2, 2, FLEET_T0 + 60); /* newer, in the journal only */
	append(4, 4, FLEET_T0 + 60);
	/* The clock went back behind it: its odometer grew all the same. One that did not is old.
	 */
	s = fleet_sample(4, FLEET_T0 + 60);
	s.time_cs -= 86400 * 100;
	s.value[METRIC_OCTETS_DOWN] += 5;
	ck_assert_int_eq(journal_append(journal, &s, 1, &diag), KK_OK);
	s.value[METRIC_OCTETS_DOWN] -= 1;
	s.time_cs -= 100;
	ck_assert_int_eq(journal_append(journal, &s, 1, &diag), KK_OK);
	s = fleet_silent(3, FLEET_T0 + 60);
	ck_assert_int_eq(journal_append(journal, &s, 1, &diag), KK_OK);
	s = (struct sample){.device = 1, .time_cs = (FLEET_T0 + 70) * 100};
	sample_set(&s, METRIC_CLIENTS, 3); /* answered, but without octets */
	ck_assert_int_eq(journal_append(journal, &s, 1, &diag), KK_OK);
	ck_assert_msg(recover_read(dir, &r, &diag) == KK_OK, "%s", diag.text);
	recover_each(r, find, &n);
	recover_free(r);
	ck_assert_int_eq(n, 4);
	ck_assert_int_eq(found[1].time_cs, (FLEET_T0 + 70) * 100);
	ck_assert_int_eq(found[1].value[METRIC_OCTETS_DOWN], fleet_sample(1, FLEET_T0).value[0]);
	ck_assert_int_eq(found[2].time_cs, (FLEET_T0 + 60) * 100);
	ck_assert_int_eq(found[2].value[0], fleet_sample(2, FLEET_T0 + 60).value[0]);
	ck_assert_uint_eq(found_counter[2].down, (uint64_t)(FLEET_T0 + 60) * 2);
	ck_assert_int_eq(found[3].time_cs, FLEET_T0 * 100);
	ck_assert_int_eq(found[4].time_cs, (FLEET_T0 + 60 - 86400) * 100);
	ck_assert_int_eq(found[4].value[0], fleet_sample(4, FLEET_T0 + 60).value[0] + 5);
	ck_assert_uint_eq(found_counter[3].key, 30);
}
END_TEST

START_TEST(nothing_to_recover)
{
	struct recover *r;
	int n = 0;

	ck_assert_int_eq(recover_read(dir, &r, &diag), KK_OK);
	recover_each(r, find, &n);
	ck_assert_int_eq(n, 0);
	recover_free(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("journal");
	TCase *tc = tcase_create("log");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, handed_on);
	tcase_add_test(tc, sink_refuses);
	tcase_add_test(tc, large_batches);
	tcase_add_test(tc, second_writer);
	tcase_add_test(tc, no_samples);
	tcase_add_test(tc, recovered);
	tcase_add_test(tc, nothing_to_recover);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
