/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_sender.c - both ends of the samples socket: the probe's sender against the collector's
 * ingest, with a store that forgets what was not synced when the collector dies. */
#include "collector/ingest.h"
#include "probes/sender.h"
#include "tests/harness.h"

#define T0_CS	  INT64_C(162774000000)
#define MINUTE_CS 6000
#define APS	  3

struct world {
	char dir[64], socket[80];
	struct kk_clock clock;
	struct ingest *in;
	struct sample kept[4096];
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

static struct world *
world_new(size_t octets_max)
{
	struct world *w = calloc(1, sizeof(*w));
	struct sender_options o;
	struct diag d = {""};

	ck_assert_ptr_nonnull(w);
	harness_dir(w->dir);
	snprintf(w->socket, sizeof(w->socket), "%s/samples", w->dir);
	w->clock = (struct kk_clock){1, 1000000, T0_CS};
	o = (struct sender_options){w->socket, "gate-1", octets_max, &w->clock};
	ck_assert_msg(sender_new(&o, &w->sender, &d) == KK_OK, "%s", d.text);
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

/* A minute passes: every AP has an interval; the sender and the collector get their turns. */
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
	sender_run(w->sender);
	if (w->in != NULL) {
		size_t taken = 0;

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
	struct world *w = world_new(0);

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
	struct world *w = world_new(0);

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
	struct world *w = world_new(0);

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

/* No room: the oldest are lost, counted, and the hole is marked in what is kept. */
START_TEST(bounded)
{
	struct world *w = world_new(400);
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
	struct sender_options o = {path, "gate", 0, NULL};
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

	tcase_add_test(tc, delivers);
	tcase_add_test(tc, collector_comes_late);
	tcase_add_test(tc, collector_is_killed);
	tcase_add_test(tc, bounded);
	tcase_add_test(tc, refuses);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
