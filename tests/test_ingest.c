/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ingest.c - what probes deliver becomes odometers: by source, over holes and clocks, reasons
 * too; and what is not taken. */
#include "lib/frame_code.h"
#include "tests/ingest_world.h"

START_TEST(increments_become_odometers)
{
	struct world *w = world_new();
	int fd = world_dial(w);

	world_minute(fd, 5, 1, "AP-1", 0);
	world_minute(fd, 5, 2, "AP-1", 1);
	world_turn(w, 1);
	/* The start of all, then two intervals. */
	ck_assert_int_eq(w->n, 3);
	ck_assert_uint_eq(w->kept[0].flags, SAMPLE_FIRST);
	ck_assert_int_eq(w->kept[0].time_cs, T0_CS);
	ck_assert_int_eq(w->kept[0].value[METRIC_OCTETS_DOWN], 0);
	ck_assert_uint_eq(w->kept[1].flags, 0);
	ck_assert_int_eq(w->kept[1].value[METRIC_OCTETS_DOWN], 100);
	ck_assert_int_eq(w->kept[2].time_cs, T0_CS + 2 * MINUTE_CS);
	ck_assert_int_eq(w->kept[2].value[METRIC_CLIENTS], 1);
	world_check_last(w, 300, 30);
	/* Answered when it is durable, not before. */
	ck_assert_int_eq(world_answered(fd), 0);
	ingest_synced(w->in, 0);
	ck_assert_int_eq(world_answered(fd), 0);
	ingest_synced(w->in, 1);
	ck_assert_int_eq(world_answered(fd), 2);
	close(fd);
	world_free(w);
}
END_TEST

/* Accounting has odometers of its own, of another probe if need be; counts go on, gauges do not. */
START_TEST(each_source_for_itself)
{
	struct world *w = world_new();
	struct batch_head gate = {"gate-1", 5, 1}, core = {"core-1", 6, 1};
	struct sample s = world_increments(T0_CS + MINUTE_CS, 100, 10, 3);
	int a = world_dial(w), b = world_dial(w);

	sample_set(&s, METRIC_ROAMS, 2);
	sample_set(&s, METRIC_RTT_CLIENT, 5000);
	world_deliver(a, &gate, "AP-1", T0_CS, &s);
	world_turn(w, 1);
	/* A count starts from 0, a gauge has no beginning. */
	ck_assert(sample_has(&w->kept[0], METRIC_ROAMS));
	ck_assert(!sample_has(&w->kept[0], METRIC_RTT_CLIENT));
	ck_assert_int_eq(w->kept[1].value[METRIC_RTT_CLIENT], 5000);
	s = world_increments(T0_CS + MINUTE_CS, 7000, 700, 40);
	s.source = SOURCE_RADIUS;
	sample_set(&s, METRIC_SESSIONS, 4);
	world_deliver(b, &core, "AP-1", T0_CS, &s);
	world_turn(w, 1);
	ck_assert_int_eq(w->n, 4);
	ck_assert_uint_eq(w->kept[3].source, SOURCE_RADIUS);
	world_check_last(w, 7000, 700);
	world_minute(a, 5, 2, "AP-1", 1);
	world_turn(w, 1);
	world_check_last(w, 300, 30);
	ck_assert_int_eq(w->kept[4].value[METRIC_ROAMS], 2);
	ck_assert(sample_has(&w->kept[4], METRIC_ROAMS));
	ck_assert(!sample_has(&w->kept[4], METRIC_RTT_CLIENT));
	/* After a restart both go on. */
	ingest_free(w->in);
	world_start(w);
	close(b);
	b = world_dial(w);
	core.sequence = 2;
	s.time_cs += MINUTE_CS;
	world_deliver(b, &core, "AP-1", T0_CS + MINUTE_CS, &s);
	world_turn(w, 1);
	world_check_last(w, 14000, 1400);
	ck_assert_int_eq(w->kept[w->n - 1].value[METRIC_SESSIONS], 8);
	close(a);
	close(b);
	world_free(w);
}
END_TEST

/* Minute `m` of AP-1, in which it sent `down` clients away for reason `number`, and one left. */
static void
farewells(int fd, uint64_t sequence, int m, uint32_t number, uint64_t down)
{
	struct batch_head head = {"gate-1", 5, sequence};
	struct counter c = {.key = frame_code_key(FRAME_CODE_DEAUTHENTICATION, number),
	    .width = 64,
	    .down = down,
	    .up = 1,
	    .when_cs = T0_CS + (m + 1) * MINUTE_CS};
	struct sample s = world_increments(c.when_cs, 1, 1, 0);

	s.n_counters = 1;
	s.counters = &c;
	world_deliver(fd, &head, "AP-1", T0_CS + m * MINUTE_CS, &s);
}

static void
check_reason(const struct world *w, int kept, int i, uint32_t key, uint64_t down, uint64_t up)
{
	ck_assert_int_lt(i, w->kept[kept].n_counters);
	ck_assert_uint_eq(w->reason[kept][i].key, key);
	ck_assert_uint_eq(w->reason[kept][i].down, down);
	ck_assert_uint_eq(w->reason[kept][i].up, up);
	ck_assert_int_eq(w->reason[kept][i].when_cs, w->kept[kept].time_cs);
}

/* Reasons add up as octets do: over minutes without any, over what comes twice, over a restart. */
START_TEST(reasons)
{
	struct world *w = world_new();
	int fd = world_dial(w);

	farewells(fd, 1, 0, 7, 3);
	farewells(fd, 2, 1, 4, 10);
	world_minute(fd, 5, 3, "AP-1", 2);
	world_turn(w, 1);
	ck_assert_int_eq(w->n, 4);
	ck_assert_uint_eq(w->kept[0].n_counters, 0);
	ck_assert_uint_eq(w->kept[1].n_counters, 1);
	check_reason(w, 1, 0, 7, 3, 1);
	for (int kept = 2; kept < 4; kept++) {
		check_reason(w, kept, 0, 7, 3, 1);
		check_reason(w, kept, 1, 4, 10, 1);
	}
	close(fd);
	ingest_free(w->in);
	world_start(w);
	fd = world_dial(w);
	farewells(fd, 2, 1, 4, 10); /* again */
	farewells(fd, 4, 3, 7, 5);
	world_turn(w, 1);
	ck_assert_int_eq(w->n, 6);
	check_reason(w, 4, 1, 4, 10, 1);
	check_reason(w, 5, 0, 7, 8, 2);
	check_reason(w, 5, 1, 4, 10, 1);
	close(fd);
	world_free(w);
}
END_TEST

/* What no interval can hold, or is no reason. */
START_TEST(no_reasons)
{
	struct world *w = world_new();
	int fd = world_dial(w);

	farewells(fd, 1, 0, 7, UINT64_MAX);
	farewells(fd, 2, 0, FRAME_CODE_OTHERS + 1, 1);
	world_turn(w, 1);
	ck_assert_int_eq(w->n, 0);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_IMPLAUSIBLE], 2);
	close(fd);
	world_free(w);
}
END_TEST

START_TEST(a_hole_is_marked)
{
	struct world *w = world_new();
	int fd = world_dial(w);

	world_minute(fd, 5, 1, "AP-1", 0);
	world_minute(fd, 5, 2, "AP-1", 7);
	world_turn(w, 1);
	ck_assert_int_eq(w->n, 4);
	ck_assert_uint_eq(w->kept[2].flags, SAMPLE_RESTART);
	ck_assert_int_eq(w->kept[2].time_cs, T0_CS + 7 * MINUTE_CS);
	ck_assert_int_eq(w->kept[2].value[METRIC_OCTETS_DOWN], 100);
	ck_assert(!sample_has(&w->kept[2], METRIC_CLIENTS));
	ck_assert_int_eq(w->kept[3].value[METRIC_OCTETS_DOWN], 900);
	close(fd);
	world_free(w);
}
END_TEST

/* The clock was a day fast and is set back: what passes counts, behind a hole; again after a
 * restart, and what comes twice then counts once. */
START_TEST(clock_set_back)
{
	struct world *w = world_new();
	int fd = world_dial(w);

	w->clock.utc_cs = T0_CS + 110 * MINUTE_CS;
	world_minute(fd, 5, 1, "AP-1", 100);
	world_turn(w, 1);
	world_check_last(w, 10100, 1010);
	w->clock.utc_cs = T0_CS + 3 * MINUTE_CS;
	w->set_back = 1;
	world_minute(fd, 5, 2, "AP-1", 0);
	world_minute(fd, 5, 3, "AP-1", 1);
	world_turn(w, 1);
	ck_assert_int_eq(w->n, 5);
	ck_assert_uint_eq(w->kept[2].flags, SAMPLE_RESTART);
	ck_assert_int_eq(w->kept[2].time_cs, T0_CS);
	ck_assert_int_eq(w->kept[2].value[METRIC_OCTETS_DOWN], 10100);
	ck_assert_int_eq(w->kept[3].value[METRIC_OCTETS_DOWN], 10200);
	world_check_last(w, 10400, 1040);
	close(fd);
	fd = world_dial(w);
	world_minute(fd, 6, 1, "AP-1", 1);
	world_minute(fd, 6, 2, "AP-1", 2);
	world_turn(w, 1);
	world_check_last(w, 10700, 1070);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_REPEATED], 1);
	close(fd);
	world_free(w);
}
END_TEST

static const struct {
	const char *why, *id;
	int64_t from, end; /* 1/100 s after T0 */
	int64_t down;
	int source;
	int has_rtt;
	enum ingest_drop want;
} unfit[] = {
    {"an AP that nobody knows", "bssid:02:00:00:00:00:01", 6000, 12000, 1, SOURCE_PROBE, 0,
	INGEST_DROP_UNKNOWN_AP},
    {"another source", "AP-1", 6000, 12000, 1, SOURCE_SNMP, 0, INGEST_DROP_SOURCE},
    {"a metric that is not a probe's", "AP-1", 6000, 12000, 1, SOURCE_PROBE, 1, INGEST_DROP_SOURCE},
    {"a metric that accounting has not", "AP-1", 6000, 12000, 1, SOURCE_RADIUS, 1,
	INGEST_DROP_SOURCE},
    {"tomorrow", "AP-1", 8640000, 8646000, 1, SOURCE_PROBE, 0, INGEST_DROP_FUTURE},
    {"over what was taken", "AP-1", 3000, 9000, 1, SOURCE_PROBE, 0, INGEST_DROP_OVERLAP},
    {"two days", "AP-1", -2 * 8640000, 0, 1, SOURCE_PROBE, 0, INGEST_DROP_INTERVAL},
    {"before the city had APs", "AP-1", -T0_CS + 1, -T0_CS + 2, 1, SOURCE_PROBE, 0,
	INGEST_DROP_INTERVAL},
    {"octets that fall", "AP-1", 6000, 12000, -1, SOURCE_PROBE, 0, INGEST_DROP_IMPLAUSIBLE},
    {"more than a link carries", "AP-1", 6000, 12000, INT64_C(1) << 40, SOURCE_PROBE, 0,
	INGEST_DROP_IMPLAUSIBLE},
};

START_TEST(not_taken)
{
	struct world *w = world_new();
	struct batch_head head = {"gate-1", 5, 2};
	struct sample s = world_increments(T0_CS + unfit[_i].end, unfit[_i].down, 0, 0);
	int fd = world_dial(w), kept;

	world_minute(fd, 5, 1, "AP-1", 0);
	world_turn(w, 1);
	kept = w->n;
	s.source = (uint8_t)unfit[_i].source;
	if (unfit[_i].has_rtt)
		sample_set(&s, METRIC_RTT, 5);
	world_deliver(fd, &head, unfit[_i].id, T0_CS + unfit[_i].from, &s);
	world_turn(w, 1);
	ck_assert_msg(w->n == kept, "%s: taken", unfit[_i].why);
	ck_assert_msg(ingest_stats(w->in)->drops[unfit[_i].want] == 1, "%s: not counted as %s",
	    unfit[_i].why, ingest_drop_name(unfit[_i].want));
	/* It is answered all the same: sending it again would not make it better. */
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(world_answered(fd), 2);
	close(fd);
	world_free(w);
}
END_TEST

START_TEST(two_probes)
{
	struct world *w = world_new();
	struct batch_head other = {"gate-2", 9, 1};
	struct sample s = world_increments(T0_CS + 2 * MINUTE_CS, 7, 7, 1);
	int a = world_dial(w), b = world_dial(w);

	world_minute(a, 5, 1, "AP-1", 0);
	world_turn(w, 1);
	world_deliver(b, &other, "AP-1", T0_CS + MINUTE_CS, &s);
	world_turn(w, 1);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_FOREIGN], 1);
	world_check_last(w, 100, 10);
	/* One that is silent loses the AP to the next. */
	clock_advance(&w->clock, 600000);
	other.sequence = 2;
	world_deliver(b, &other, "AP-1", T0_CS + MINUTE_CS, &s);
	world_turn(w, 1);
	world_check_last(w, 107, 17);
	close(a);
	close(b);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ingest");
	TCase *tc = tcase_create("odometers");

	tcase_add_test(tc, increments_become_odometers);
	tcase_add_test(tc, each_source_for_itself);
	tcase_add_test(tc, reasons);
	tcase_add_test(tc, no_reasons);
	tcase_add_test(tc, a_hole_is_marked);
	tcase_add_test(tc, clock_set_back);
	tcase_add_loop_test(tc, not_taken, 0, ROWS(unfit));
	tcase_add_test(tc, two_probes);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
