/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ingest_again.c - what is answered when, and what comes again: after restarts, commits that
 * fail and a store that is full, all counts once. */
#include "tests/ingest_world.h"

/* The collector dies after the journal, before the answer: the probe sends again, nothing counts
 * twice. */
START_TEST(repeated_after_restart)
{
	struct world *w = world_new();
	int fd = world_dial(w);

	world_minute(fd, 5, 1, "AP-1", 0);
	world_minute(fd, 5, 2, "AP-1", 1);
	world_turn(w, 1);
	close(fd);
	ingest_free(w->in);
	world_start(w);
	fd = world_dial(w);
	world_minute(fd, 5, 1, "AP-1", 0);
	world_minute(fd, 5, 2, "AP-1", 1);
	world_minute(fd, 5, 3, "AP-1", 2);
	world_turn(w, 1);
	world_check_last(w, 600, 60);
	ck_assert_uint_eq(w->kept[w->n - 1].flags, 0);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_REPEATED], 2);
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(world_answered(fd), 3);
	close(fd);
	world_free(w);
}
END_TEST

/* The journal had only the first of two: the second comes again and is taken. */
START_TEST(lost_tail_comes_again)
{
	struct world *w = world_new();
	int fd = world_dial(w);

	world_minute(fd, 5, 1, "AP-1", 0);
	world_minute(fd, 5, 2, "AP-1", 1);
	world_turn(w, 1);
	close(fd);
	ingest_free(w->in);
	w->n--;
	world_start(w);
	fd = world_dial(w);
	world_minute(fd, 5, 1, "AP-1", 0);
	world_minute(fd, 5, 2, "AP-1", 1);
	world_turn(w, 1);
	world_check_last(w, 300, 30);
	close(fd);
	world_free(w);
}
END_TEST

/* A commit that fails: connections close, the same batches come again, and end in the journal. */
START_TEST(failed_commit)
{
	struct world *w = world_new();
	int fd = world_dial(w), kept;

	world_minute(fd, 5, 1, "AP-1", 0);
	world_turn(w, 1);
	kept = w->n;
	world_minute(fd, 5, 2, "AP-1", 1);
	world_turn(w, 0);
	w->n = kept; /* the store dropped them */
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(world_answered(fd), -1);
	close(fd);
	fd = world_dial(w);
	world_minute(fd, 5, 2, "AP-1", 1);
	world_turn(w, 1);
	world_check_last(w, 300, 30);
	ck_assert_int_eq(
	    world_answered(fd), 1); /* what was durable before; the second is not yet */
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(world_answered(fd), 2);
	close(fd);
	world_free(w);
}
END_TEST

START_TEST(full_store)
{
	struct world *w = world_new();
	int fd = world_dial(w);

	w->full = 1;
	world_minute(fd, 5, 1, "AP-1", 0);
	world_turn(w, 1);
	ck_assert_int_eq(world_answered(fd), -1);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_STORE_FULL], 1);
	close(fd);
	w->full = 0;
	fd = world_dial(w);
	world_minute(fd, 5, 1, "AP-1", 0);
	world_turn(w, 1);
	world_check_last(w, 100, 10);
	close(fd);
	world_free(w);
}
END_TEST

/* The store takes the mark of a hole and not the interval behind it: time does not go back, and
 * the interval is counted when it comes again. */
START_TEST(full_behind_a_hole)
{
	struct world *w = world_new();
	int fd = world_dial(w);

	world_minute(fd, 5, 1, "AP-1", 0);
	world_turn(w, 1);
	w->room = 1;
	world_minute(fd, 5, 2, "AP-1", 7);
	world_turn(w, 1);
	ck_assert_int_eq(w->n, 3);
	ck_assert_int_eq(world_answered(fd), -1);
	close(fd);
	w->full = 0;
	fd = world_dial(w);
	world_minute(fd, 6, 1, "AP-1", 3);
	world_minute(fd, 6, 2, "AP-1", 7);
	world_turn(w, 1);
	world_check_last(w, 900, 90);
	ck_assert_uint_eq(w->kept[w->n - 1].flags, 0);
	close(fd);
	world_free(w);
}
END_TEST

START_TEST(repeated_batch)
{
	struct world *w = world_new();
	int fd = world_dial(w), kept;

	world_minute(fd, 5, 1, "AP-1", 0);
	world_turn(w, 1);
	ingest_synced(w->in, 1);
	ck_assert_int_eq(world_answered(fd), 1);
	kept = w->n;
	world_minute(fd, 5, 1, "AP-1", 0);
	world_turn(w, 1);
	ck_assert_int_eq(w->n, kept);
	ck_assert_int_eq(world_answered(fd), 1);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_REPEATED], 1);
	/* A probe that started again counts from 1 anew. */
	world_minute(fd, 6, 1, "AP-1", 1);
	world_turn(w, 1);
	world_check_last(w, 300, 30);
	/* Batches that never came are known. */
	world_minute(fd, 6, 5, "AP-1", 2);
	world_turn(w, 1);
	ck_assert_uint_eq(ingest_stats(w->in)->gaps, 3);
	close(fd);
	world_free(w);
}
END_TEST

/* Nothing to keep, nothing to wait for: the answer needs no commit. */
START_TEST(answered_at_once)
{
	struct world *w = world_new();
	struct batch_head head = {"gate-1", 5, 1};
	struct sample s = world_increments(T0_CS + MINUTE_CS, 1, 1, 1);
	int fd = world_dial(w);

	world_deliver(fd, &head, "nobody", T0_CS, &s);
	ingest_run(w->in);
	ingest_run(w->in);
	ck_assert_int_eq(world_answered(fd), 1);
	/* But not past what is on its way. */
	world_minute(fd, 5, 2, "AP-1", 0);
	ck_assert_uint_gt(ingest_run(w->in), 0);
	ingest_committed(w->in, ++w->batches);
	head.sequence = 3;
	world_deliver(fd, &head, "nobody", T0_CS, &s);
	ingest_run(w->in);
	ck_assert_int_eq(world_answered(fd), 0);
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(world_answered(fd), 3);
	close(fd);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ingest_again");
	TCase *tc = tcase_create("answers");

	tcase_add_test(tc, repeated_after_restart);
	tcase_add_test(tc, lost_tail_comes_again);
	tcase_add_test(tc, failed_commit);
	tcase_add_test(tc, full_store);
	tcase_add_test(tc, full_behind_a_hole);
	tcase_add_test(tc, repeated_batch);
	tcase_add_test(tc, answered_at_once);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
