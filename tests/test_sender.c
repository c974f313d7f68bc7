/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_sender.c - both ends of the samples socket: the probe's sender against the collector's
 * ingest, with a store that forgets what was not synced when the collector dies. */
#include <signal.h>
#include <sys/resource.h>

#include "collector/ingest.h"
#include "probes/sender.h"
#include "tests/harness.h"
#include "tests/no_sync.h"

#define T0_CS	  INT64_C(162774000000)
#define MINUTE_CS 6000
#define APS	  3

struct world {
	char dir[64], socket[80], spool[80];
	size_t octets_max;
	int spooled;
	struct kk_clock clock;
	struct ingest *in;
	struct sample kept[8192];
	int n, synced;
	int64_t batch;
	struct sender *sender;
	uint64_t sent_down; /* octets that the probe counted for AP 1 */
	int minute;
};

static uint32_t
device(void *ctx, const char *id)
{
	(void)ctx;
	return (uint32_t)(id[0] - 'A') + 1;
}

static int
put(void *ctx, const struct sample *s)
{
	struct world *w = ctx;

	ck_assert_int_lt(w->n, ROWS(w->kept));
	w->kept[w->n++] = *s;
	return KK_OK;
}

static void
collector_up(struct world *w)
{
	struct ingest_env env = {
	    .clock = &w->clock, .run_dir = w->dir, .ctx = w, .device = device, .put = put};
	struct diag d = {""};

	ck_assert_msg(ingest_new(&env, &w->in, &d) == KK_OK, "%s", d.text);
	for (int i = 0; i < w->n; i++)
		ingest_restore(w->in, &w->kept[i]);
}

/* kill -9: what was not synced is gone. */
static void
collector_down(struct world *w)
{
	ingest_free(w->in);
	w->in = NULL;
	w->n = w->synced;
}

static void
probe_up(struct world *w, const char *name)
{
	const struct sender_options o = {.socket = w->socket,
	    .probe = name,
	    .spool = w->spooled ? w->spool : NULL,
	    .octets_max = w->octets_max,
	    .clock = &w->clock};
	struct diag d = {""};

	ck_assert_msg(sender_new(&o, &w->sender, &d) == KK_OK, "%s", d.text);
}

/* What is in memory is gone; what was written stays. */
static void
probe_down(struct world *w)
{
	sender_free(w->sender);
	w->sender = NULL;
}

static struct world *
world_new(size_t octets_max, int spooled)
{
	struct world *w = calloc(1, sizeof(*w));

	ck_assert_ptr_nonnull(w);
	harness_dir(w->dir);
	snprintf(w->socket, sizeof(w->socket), "%s/samples", w->dir);
	snprintf(w->spool, sizeof(w->spool), "%s/spool", w->dir);
	w->octets_max = octets_max;
	w->spooled = spooled;
	w->clock = (struct kk_clock){1, 1000000, T0_CS};
	probe_up(w, "gate-1");
	return w;
}

static void
world_free(struct world *w)
{
	sender_free(w->sender);
	ingest_free(w->in);
	harness_remove(w->dir);
	free(w);
}

/* The sender and the collector get their turns. */
static void
turn(struct world *w, int sync)
{
	size_t taken = 0;

	sender_run(w->sender);
	if (w->in != NULL) {
		for (int i = 0; i < 8; i++)
			taken += ingest_run(w->in);
		ingest_committed(w->in, taken > 0 ? ++w->batch : 0);
		if (sync) {
			w->synced = w->n;
			ingest_synced(w->in, w->batch);
		}
	}
	sender_run(w->sender);
}

/* A minute passes: every AP has an interval. */
static void
minute(struct world *w, int sync)
{
	clock_advance(&w->clock, 60000);
	for (int ap = 0; ap < APS; ap++) {
		char id[8] = {(char)('A' + ap), 'P', '\0'};
		struct sample s = {.device = 1,
		    .source = SOURCE_PROBE,
		    .time_cs = T0_CS + (w->minute + 1) * MINUTE_CS};

		sample_set(&s, METRIC_OCTETS_DOWN, 1000 * ap + w->minute);
		sample_set(&s, METRIC_OCTETS_UP, 1);
		ck_assert_int_eq(
		    sender_put(w->sender, id, T0_CS + w->minute * MINUTE_CS, &s), KK_OK);
	}
	w->sent_down += 1000 + (uint64_t)w->minute;
	w->minute++;
	sender_commit(w->sender);
	turn(w, sync);
}

/* The odometer of AP 1 in the journal, and that it never fell on its way there. */
static uint64_t
odometer(const struct world *w)
{
	int64_t v = 0, time = 0;

	for (int i = 0; i < w->n; i++) {
		if (w->kept[i].device != 2)
			continue;
		ck_assert_int_ge(w->kept[i].value[METRIC_OCTETS_DOWN], v);
		ck_assert_int_ge(w->kept[i].time_cs, time);
		v = w->kept[i].value[METRIC_OCTETS_DOWN];
		time = w->kept[i].time_cs;
	}
	return (uint64_t)v;
}

START_TEST(delivers)
{
	struct world *w = world_new(0, _i);

	collector_up(w);
	for (int i = 0; i < 10; i++)
		minute(w, 1);
	ck_assert_uint_eq(odometer(w), w->sent_down);
	ck_assert_uint_eq(sender_waiting(w->sender), 0);
	ck_assert_uint_eq(sender_stats(w->sender)->answered, 10);
	world_free(w);
}
END_TEST

START_TEST(collector_comes_late)
{
	struct world *w = world_new(0, _i);

	for (int i = 0; i < 5; i++)
		minute(w, 1);
	ck_assert_uint_eq(sender_waiting(w->sender), 5);
	collector_up(w);
	minute(w, 1);
	ck_assert_uint_eq(odometer(w), w->sent_down);
	ck_assert_uint_eq(sender_waiting(w->sender), 0);
	world_free(w);
}
END_TEST

/* Killed again and again, sometimes before the sync, sometimes after it but before the answer. */
START_TEST(collector_is_killed)
{
	struct world *w = world_new(0, _i);

	collector_up(w);
	for (int i = 0; i < 60; i++) {
		minute(w, i % 3 != 0);
		if (i % 4 == 0) {
			if (i % 8 == 0)
				w->synced = w->n; /* durable, and nobody was told */
			collector_down(w);
			if (i % 12 == 0)
				minute(w, 1); /* away for a while */
			collector_up(w);
		}
	}
	for (int i = 0; i < 2; i++)
		minute(w, 1);
	ck_assert_uint_eq(odometer(w), w->sent_down);
	ck_assert_uint_eq(sender_waiting(w->sender), 0);
	ck_assert_uint_eq(sender_stats(w->sender)->lost, 0);
	world_free(w);
}
END_TEST

/* Both are killed, again and again and each at its own pace; nobody's octets are lost or doubled.
 */
START_TEST(both_are_killed)
{
	struct world *w = world_new(0, 1);

	collector_up(w);
	for (int i = 0; i < 120; i++) {
		minute(w, i % 3 != 0);
		if (i % 5 == 0) {
			probe_down(w);
			probe_up(w, "gate-1");
		}
		if (i % 7 != 0)
			continue;
		if (i % 14 == 0)
			w->synced = w->n;
		collector_down(w);
		/* Longer than an access point belongs to a probe that is silent. */
		for (int k = 0; k < 4 + i % 6; k++)
			minute(w, 1);
		collector_up(w);
	}
	for (int i = 0; i < 8; i++)
		minute(w, 1);
	ck_assert_uint_eq(odometer(w), w->sent_down);
	ck_assert_uint_eq(sender_waiting(w->sender), 0);
	ck_assert_uint_eq(sender_stats(w->sender)->lost, 0);
	world_free(w);
}
END_TEST

/* A day's outage is on disk, not in memory, and is delivered in order by the next probe. */
START_TEST(a_long_outage)
{
	struct world *w = world_new(400, 1);
	int n = 1300;

	for (int i = 0; i < n; i++)
		minute(w, 1);
	ck_assert_uint_eq(sender_waiting(w->sender), (size_t)n);
	probe_down(w);
	probe_up(w, "gate-1");
	ck_assert_uint_eq(sender_waiting(w->sender), (size_t)n);
	minute(w, 1);
	collector_up(w);
	for (int i = 0; sender_waiting(w->sender) > 0 && i < 200; i++)
		minute(w, 1);
	ck_assert_uint_eq(sender_waiting(w->sender), 0);
	ck_assert_uint_eq(odometer(w), w->sent_down);
	world_free(w);
}
END_TEST

/* What one name has left behind is delivered under it, by a probe that has another name now. */
START_TEST(another_name)
{
	struct world *w = world_new(0, 1);

	for (int i = 0; i < 5; i++)
		minute(w, 1);
	probe_down(w);
	probe_up(w, "gate-2");
	collector_up(w);
	turn(w, 1);
	ck_assert_uint_eq(sender_waiting(w->sender), 0);
	ck_assert_uint_eq(odometer(w), w->sent_down);
	clock_advance(&w->clock, 180000); /* the access points are free again */
	w->minute += 3;
	minute(w, 1);
	ck_assert_uint_eq(sender_stats(w->sender)->connects, 2);
	ck_assert_uint_eq(sender_waiting(w->sender), 0);
	ck_assert_uint_eq(odometer(w), w->sent_down);
	world_free(w);
}
END_TEST

/* A disk that takes no more: what is new waits in memory as before. */
START_TEST(disk_full)
{
	struct world *w = world_new(0, 1);
	struct rlimit before, none = {0, 0};

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	none.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	for (int i = 0; i < 3; i++)
		minute(w, 1);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	for (int i = 0; i < 3; i++)
		minute(w, 1);
	ck_assert_uint_eq(sender_waiting(w->sender), 6);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	for (int i = 0; i < 3; i++)
		minute(w, 1);
	collector_up(w);
	minute(w, 1);
	ck_assert_uint_eq(sender_stats(w->sender)->lost, 0);
	ck_assert_uint_eq(sender_waiting(w->sender), 0);
	ck_assert_uint_eq(odometer(w), w->sent_down);
	world_free(w);
}
END_TEST

/* A disk that drops what it was given: batches that are in memory are sent from there, and what is
 * written where they stood is not taken for answered with them. */
START_TEST(disk_drops)
{
	struct world *w = world_new(0, 1);

	for (int i = 0; i < 3; i++)
		minute(w, 1);
	clock_advance(&w->clock, 3000);
	no_sync = 1;
	turn(w, 1);
	ck_assert_int_le(no_sync, 0);
	collector_up(w);
	clock_advance(&w->clock, 60000);
	turn(w, 1);
	ck_assert_uint_eq(sender_waiting(w->sender), 0);
	ck_assert_uint_eq(odometer(w), w->sent_down);
	/* What comes now fills the place of the others, and the probe is killed. */
	collector_down(w);
	for (int i = 0; i < 3; i++)
		minute(w, 1);
	probe_down(w);
	collector_up(w);
	probe_up(w, "gate-1");
	turn(w, 1);
	turn(w, 1);
	ck_assert_uint_eq(sender_waiting(w->sender), 0);
	ck_assert_uint_eq(odometer(w), w->sent_down);
	world_free(w);
}
END_TEST

/* No room: the oldest are lost, counted, and the hole is marked in what is kept. */
START_TEST(bounded)
{
	struct world *w = world_new(400, 0);
	uint64_t lost;
	int marked = 0;

	for (int i = 0; i < 20; i++)
		minute(w, 1);
	lost = sender_stats(w->sender)->lost;
	ck_assert_uint_gt(lost, 0);
	ck_assert_uint_eq(lost + sender_waiting(w->sender), 20);
	ck_assert_uint_eq(sender_stats(w->sender)->entries_lost, lost * APS);
	collector_up(w);
	minute(w, 1);
	lost = sender_stats(w->sender)->lost;
	/* All but the lost ones: minute m counts 1000 + m. */
	ck_assert_uint_eq(odometer(w), w->sent_down - lost * 1000 - lost * (lost - 1) / 2);
	ck_assert_uint_eq(w->kept[0].flags, SAMPLE_FIRST);
	ck_assert_int_eq(w->kept[0].time_cs, T0_CS + (int64_t)lost * MINUTE_CS);
	for (int i = 0; i < w->n; i++)
		marked += (w->kept[i].flags & SAMPLE_RESTART) != 0;
	ck_assert_int_eq(marked, 0);
	world_free(w);
}
END_TEST

START_TEST(refuses)
{
	char path[200];
	struct sender_options o = {.socket = path, .probe = "gate"};
	struct sample s = {.device = 1, .source = SOURCE_PROBE, .time_cs = T0_CS};
	struct sender *sender = NULL;
	struct diag d = {""};

	memset(path, 'a', sizeof(path));
	path[199] = '\0';
	ck_assert_int_eq(sender_new(&o, &sender, &d), KK_E_RANGE);
	path[20] = '\0';
	o.probe = "";
	ck_assert_int_eq(sender_new(&o, &sender, &d), KK_E_RANGE);
	o.probe = "gate";
	ck_assert_int_eq(sender_new(&o, &sender, &d), KK_OK);
	ck_assert_int_eq(sender_put(sender, "", T0_CS - 1, &s), KK_E_RANGE);
	ck_assert_int_eq(sender_put(sender, "AP", T0_CS, &s), KK_E_RANGE);
	sender_commit(sender);
	ck_assert_uint_eq(sender_waiting(sender), 0);
	sender_free(sender);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sender");
	TCase *tc = tcase_create("from probe to collector");

	tcase_add_loop_test(tc, delivers, 0, 2);	     /* in memory, on disk */
	tcase_add_loop_test(tc, collector_comes_late, 0, 2); /* in memory, on disk */
	tcase_add_loop_test(tc, collector_is_killed, 0, 2);  /* in memory, on disk */
	tcase_add_test(tc, both_are_killed);
	tcase_add_test(tc, a_long_outage);
	tcase_add_test(tc, another_name);
	tcase_add_test(tc, disk_full);
	tcase_add_test(tc, disk_drops);
	tcase_add_test(tc, bounded);
	tcase_add_test(tc, refuses);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
