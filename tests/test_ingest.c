/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "collector/ingest.h"
#include "lib/batch_wire.h"
#include "lib/frame_code.h"
#include "tests/harness.h"

#define T0_CS	  INT64_C(162774000000) /* a full minute */
#define MINUTE_CS 6000

/* A store in memory, and a collector over it. */
struct world {
	char dir[64];
	struct kk_clock clock;
	struct ingest *in;
	struct sample kept[64];
	struct counter reason[64][4];
	int events;	   /* taken */
	int sketches;	   /* messages of them */
	int keys;	   /* how many there are */
	int n, full, room; /* `room` puts are taken, then it is full; 0: no such limit */
	int64_t batches;
	int set_back; /* the clock was: times may fall once */
};

static uint32_t
device(void *ctx, const char *id)
{
	(void)ctx;
	return strcmp(id, "AP-1") == 0 ? 1 : strcmp(id, "AP-2") == 0 ? 2 : 0;
}

static int
put(void *ctx, const struct sample *s)
{
	struct world *w = ctx;

	if (w->full)
		return KK_E_FULL;
	if (w->room > 0 && --w->room == 0)
		w->full = 1;
	ck_assert_int_lt(w->n, ROWS(w->kept));
	for (int i = 0; i < w->n; i++)
		if (w->kept[i].device == s->device && w->kept[i].source == s->source)
			ck_assert(w->set_back || s->time_cs >= w->kept[i].time_cs);
	w->kept[w->n] = *s;
	ck_assert_uint_le(s->n_counters, ROWS(w->reason[0]));
	if (s->n_counters > 0)
		memcpy(w->reason[w->n], s->counters, s->n_counters * sizeof(struct counter));
	w->kept[w->n].counters = w->reason[w->n];
	w->n++;
	return KK_OK;
}

static int
take_event(void *ctx, const char *probe, const struct event *e)
{
	struct world *w = ctx;

	if (w->full)
		return KK_E_FULL;
	ck_assert_str_eq(probe, "gate-1");
	ck_assert_uint_eq(e->bssid, 0x0211);
	w->events++;
	return KK_OK;
}

static int
key(void *ctx, unsigned which, uint8_t out[DAYKEY_WIRE_OCTETS])
{
	const struct world *w = ctx;
	struct daykey k = {.epoch = 70 + which, .day = 20260801, .from_s = 0, .to_s = 86400};

	if ((int)which >= w->keys)
		return 0;
	daykey_encode(&k, out);
	return 1;
}

static int
take_sketches(void *ctx, const uint8_t *in, size_t len)
{
	struct world *w = ctx;

	w->sketches++;
	return daykey_message(in, len) == 'S' && len > 4 ? KK_OK : KK_E_SYNTAX;
}

static void
collector_start(struct world *w)
{
	struct diag d = {""};
	struct ingest_env env = {.clock = &w->clock,
	    .run_dir = w->dir,
	    .group = "no-such-group-here",
	    .ctx = w,
	    .device = device,
	    .put = put,
	    .event = take_event,
	    .key = key,
	    .sketches = take_sketches};

	ck_assert_msg(ingest_new(&env, &w->in, &d) == KK_OK, "%s", d.text);
	for (int i = 0; i < w->n; i++)
		ck_assert_int_eq(ingest_restore(w->in, &w->kept[i]), KK_OK);
}

static struct world *
world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	ck_assert_ptr_nonnull(w);
	harness_dir(w->dir);
	w->clock = (struct kk_clock){1, 1000000, T0_CS + 100 * MINUTE_CS};
	collector_start(w);
	return w;
}

static void
world_free(struct world *w)
{
	ingest_free(w->in);
	harness_remove(w->dir);
	free(w);
}

static int
dial(const struct world *w)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/samples", w->dir);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

/* Everything the collector's loop does when the socket is readable; 0: the commit fails. */
static void
turn(struct world *w, int commit)
{
	size_t put_now = ingest_run(w->in);

	put_now += ingest_run(w->in); /* the first may only have accepted */
	if (!commit)
		ingest_committed(w->in, -1);
	else if (put_now > 0)
		ingest_committed(w->in, ++w->batches);
	else
		ingest_committed(w->in, 0);
}

static struct sample
increments(int64_t end_cs, int64_t down, int64_t up, int64_t clients)
{
	struct sample s = {.device = 1, .source = SOURCE_PROBE, .time_cs = end_cs};

	sample_set(&s, METRIC_OCTETS_DOWN, down);
	sample_set(&s, METRIC_OCTETS_UP, up);
	sample_set(&s, METRIC_CLIENTS, clients);
	return s;
}

static void
deliver(
    int fd, const struct batch_head *head, const char *id, int64_t from_cs, const struct sample *s)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	struct batch_writer b;

	ck_assert_int_eq(batch_begin(&b, out, sizeof(out), head), KK_OK);
	ck_assert_int_eq(batch_add(&b, id, from_cs, s), KK_OK);
	ck_assert_int_eq(send(fd, out, b.len, MSG_NOSIGNAL), (ssize_t)b.len);
}

/* Minute `m` of AP `id`: 100 octets down and 10 up times (m + 1). */
static void
minute(int fd, uint64_t run, uint64_t sequence, const char *id, int m)
{
	struct batch_head head = {"gate-1", run, sequence};
	struct sample s = increments(T0_CS + (m + 1) * MINUTE_CS, 100 * (m + 1), 10 * (m + 1), m);

	deliver(fd, &head, id, T0_CS + m * MINUTE_CS, &s);
}

/* The newest answer; 0: none, -1: the connection was closed. */
static int64_t
answered(int fd)
{
	uint8_t in[64];
	uint64_t run, sequence = 0;
	ssize_t n;

	while ((n = recv(fd, in, sizeof(in), MSG_DONTWAIT)) > 0)
		ck_assert_int_eq(batch_ack_decode(in, (size_t)n, &run, &sequence), KK_OK);
	return n == 0 ? -1 : (int64_t)sequence;
}

static void
check_last(const struct world *w, int64_t down, int64_t up)
{
	ck_assert_int_gt(w->n, 0);
	ck_assert_int_eq(w->kept[w->n - 1].value[METRIC_OCTETS_DOWN], down);
	ck_assert_int_eq(w->kept[w->n - 1].value[METRIC_OCTETS_UP], up);
}

START_TEST(increments_become_odometers)
{
	struct world *w = world_new();
	int fd = dial(w);

	minute(fd, 5, 1, "AP-1", 0);
	minute(fd, 5, 2, "AP-1", 1);
	turn(w, 1);
	/* The start of all, then two intervals. */
	ck_assert_int_eq(w->n, 3);
	ck_assert_uint_eq(w->kept[0].flags, SAMPLE_FIRST);
	ck_assert_int_eq(w->kept[0].time_cs, T0_CS);
	ck_assert_int_eq(w->kept[0].value[METRIC_OCTETS_DOWN], 0);
	ck_assert_uint_eq(w->kept[1].flags, 0);
	ck_assert_int_eq(w->kept[1].value[METRIC_OCTETS_DOWN], 100);
	ck_assert_int_eq(w->kept[2].time_cs, T0_CS + 2 * MINUTE_CS);
	ck_assert_int_eq(w->kept[2].value[METRIC_CLIENTS], 1);
	check_last(w, 300, 30);
	/* Answered when it is durable, not before. */
	ck_assert_int_eq(answered(fd), 0);
	ingest_synced(w->in, 0);
	ck_assert_int_eq(answered(fd), 0);
	ingest_synced(w->in, 1);
	ck_assert_int_eq(answered(fd), 2);
	close(fd);
	world_free(w);
}
END_TEST

/* Accounting has odometers of its own, of another probe if need be; counts go on, gauges do not. */
START_TEST(each_source_for_itself)
{
	struct world *w = world_new();
	struct batch_head gate = {"gate-1", 5, 1}, core = {"core-1", 6, 1};
	struct sample s = increments(T0_CS + MINUTE_CS, 100, 10, 3);
	int a = dial(w), b = dial(w);

	sample_set(&s, METRIC_ROAMS, 2);
	sample_set(&s, METRIC_RTT_CLIENT, 5000);
	deliver(a, &gate, "AP-1", T0_CS, &s);
	turn(w, 1);
	/* A count starts from 0, a gauge has no beginning. */
	ck_assert(sample_has(&w->kept[0], METRIC_ROAMS));
	ck_assert(!sample_has(&w->kept[0], METRIC_RTT_CLIENT));
	ck_assert_int_eq(w->kept[1].value[METRIC_RTT_CLIENT], 5000);
	s = increments(T0_CS + MINUTE_CS, 7000, 700, 40);
	s.source = SOURCE_RADIUS;
	sample_set(&s, METRIC_SESSIONS, 4);
	deliver(b, &core, "AP-1", T0_CS, &s);
	turn(w, 1);
	ck_assert_int_eq(w->n, 4);
	ck_assert_uint_eq(w->kept[3].source, SOURCE_RADIUS);
	check_last(w, 7000, 700);
	minute(a, 5, 2, "AP-1", 1);
	turn(w, 1);
	check_last(w, 300, 30);
	ck_assert_int_eq(w->kept[4].value[METRIC_ROAMS], 2);
	ck_assert(sample_has(&w->kept[4], METRIC_ROAMS));
	ck_assert(!sample_has(&w->kept[4], METRIC_RTT_CLIENT));
	/* After a restart both go on. */
	ingest_free(w->in);
	collector_start(w);
	close(b);
	b = dial(w);
	core.sequence = 2;
	s.time_cs += MINUTE_CS;
	deliver(b, &core, "AP-1", T0_CS + MINUTE_CS, &s);
	turn(w, 1);
	check_last(w, 14000, 1400);
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
	struct sample s = increments(c.when_cs, 1, 1, 0);

	s.n_counters = 1;
	s.counters = &c;
	deliver(fd, &head, "AP-1", T0_CS + m * MINUTE_CS, &s);
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
	int fd = dial(w);

	farewells(fd, 1, 0, 7, 3);
	farewells(fd, 2, 1, 4, 10);
	minute(fd, 5, 3, "AP-1", 2);
	turn(w, 1);
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
	collector_start(w);
	fd = dial(w);
	farewells(fd, 2, 1, 4, 10); /* again */
	farewells(fd, 4, 3, 7, 5);
	turn(w, 1);
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
	int fd = dial(w);

	farewells(fd, 1, 0, 7, UINT64_MAX);
	farewells(fd, 2, 0, FRAME_CODE_OTHERS + 1, 1);
	turn(w, 1);
	ck_assert_int_eq(w->n, 0);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_IMPLAUSIBLE], 2);
	close(fd);
	world_free(w);
}
END_TEST

START_TEST(a_hole_is_marked)
{
	struct world *w = world_new();
	int fd = dial(w);

	minute(fd, 5, 1, "AP-1", 0);
	minute(fd, 5, 2, "AP-1", 7);
	turn(w, 1);
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
	int fd = dial(w);

	w->clock.utc_cs = T0_CS + 110 * MINUTE_CS;
	minute(fd, 5, 1, "AP-1", 100);
	turn(w, 1);
	check_last(w, 10100, 1010);
	w->clock.utc_cs = T0_CS + 3 * MINUTE_CS;
	w->set_back = 1;
	minute(fd, 5, 2, "AP-1", 0);
	minute(fd, 5, 3, "AP-1", 1);
	turn(w, 1);
	ck_assert_int_eq(w->n, 5);
	ck_assert_uint_eq(w->kept[2].flags, SAMPLE_RESTART);
	ck_assert_int_eq(w->kept[2].time_cs, T0_CS);
	ck_assert_int_eq(w->kept[2].value[METRIC_OCTETS_DOWN], 10100);
	ck_assert_int_eq(w->kept[3].value[METRIC_OCTETS_DOWN], 10200);
	check_last(w, 10400, 1040);
	close(fd);
	fd = dial(w);
	minute(fd, 6, 1, "AP-1", 1);
	minute(fd, 6, 2, "AP-1", 2);
	turn(w, 1);
	check_last(w, 10700, 1070);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_REPEATED], 1);
	close(fd);
	world_free(w);
}
END_TEST

/* The collector dies after the journal, before the answer: the probe sends again, nothing counts
 * twice. */
START_TEST(repeated_after_restart)
{
	struct world *w = world_new();
	int fd = dial(w);

	minute(fd, 5, 1, "AP-1", 0);
	minute(fd, 5, 2, "AP-1", 1);
	turn(w, 1);
	close(fd);
	ingest_free(w->in);
	collector_start(w);
	fd = dial(w);
	minute(fd, 5, 1, "AP-1", 0);
	minute(fd, 5, 2, "AP-1", 1);
	minute(fd, 5, 3, "AP-1", 2);
	turn(w, 1);
	check_last(w, 600, 60);
	ck_assert_uint_eq(w->kept[w->n - 1].flags, 0);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_REPEATED], 2);
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(answered(fd), 3);
	close(fd);
	world_free(w);
}
END_TEST

/* The journal had only the first of two: the second comes again and is taken. */
START_TEST(lost_tail_comes_again)
{
	struct world *w = world_new();
	int fd = dial(w);

	minute(fd, 5, 1, "AP-1", 0);
	minute(fd, 5, 2, "AP-1", 1);
	turn(w, 1);
	close(fd);
	ingest_free(w->in);
	w->n--;
	collector_start(w);
	fd = dial(w);
	minute(fd, 5, 1, "AP-1", 0);
	minute(fd, 5, 2, "AP-1", 1);
	turn(w, 1);
	check_last(w, 300, 30);
	close(fd);
	world_free(w);
}
END_TEST

/* A commit that fails: connections close, the same batches come again, and end in the journal. */
START_TEST(failed_commit)
{
	struct world *w = world_new();
	int fd = dial(w), kept;

	minute(fd, 5, 1, "AP-1", 0);
	turn(w, 1);
	kept = w->n;
	minute(fd, 5, 2, "AP-1", 1);
	turn(w, 0);
	w->n = kept; /* the store dropped them */
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(answered(fd), -1);
	close(fd);
	fd = dial(w);
	minute(fd, 5, 2, "AP-1", 1);
	turn(w, 1);
	check_last(w, 300, 30);
	ck_assert_int_eq(answered(fd), 1); /* what was durable before; the second is not yet */
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(answered(fd), 2);
	close(fd);
	world_free(w);
}
END_TEST

START_TEST(full_store)
{
	struct world *w = world_new();
	int fd = dial(w);

	w->full = 1;
	minute(fd, 5, 1, "AP-1", 0);
	turn(w, 1);
	ck_assert_int_eq(answered(fd), -1);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_STORE_FULL], 1);
	close(fd);
	w->full = 0;
	fd = dial(w);
	minute(fd, 5, 1, "AP-1", 0);
	turn(w, 1);
	check_last(w, 100, 10);
	close(fd);
	world_free(w);
}
END_TEST

/* The store takes the mark of a hole and not the interval behind it: time does not go back, and
 * the interval is counted when it comes again. */
START_TEST(full_behind_a_hole)
{
	struct world *w = world_new();
	int fd = dial(w);

	minute(fd, 5, 1, "AP-1", 0);
	turn(w, 1);
	w->room = 1;
	minute(fd, 5, 2, "AP-1", 7);
	turn(w, 1);
	ck_assert_int_eq(w->n, 3);
	ck_assert_int_eq(answered(fd), -1);
	close(fd);
	w->full = 0;
	fd = dial(w);
	minute(fd, 6, 1, "AP-1", 3);
	minute(fd, 6, 2, "AP-1", 7);
	turn(w, 1);
	check_last(w, 900, 90);
	ck_assert_uint_eq(w->kept[w->n - 1].flags, 0);
	close(fd);
	world_free(w);
}
END_TEST

START_TEST(repeated_batch)
{
	struct world *w = world_new();
	int fd = dial(w), kept;

	minute(fd, 5, 1, "AP-1", 0);
	turn(w, 1);
	ingest_synced(w->in, 1);
	ck_assert_int_eq(answered(fd), 1);
	kept = w->n;
	minute(fd, 5, 1, "AP-1", 0);
	turn(w, 1);
	ck_assert_int_eq(w->n, kept);
	ck_assert_int_eq(answered(fd), 1);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_REPEATED], 1);
	/* A probe that started again counts from 1 anew. */
	minute(fd, 6, 1, "AP-1", 1);
	turn(w, 1);
	check_last(w, 300, 30);
	/* Batches that never came are known. */
	minute(fd, 6, 5, "AP-1", 2);
	turn(w, 1);
	ck_assert_uint_eq(ingest_stats(w->in)->gaps, 3);
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
	struct sample s = increments(T0_CS + unfit[_i].end, unfit[_i].down, 0, 0);
	int fd = dial(w), kept;

	minute(fd, 5, 1, "AP-1", 0);
	turn(w, 1);
	kept = w->n;
	s.source = (uint8_t)unfit[_i].source;
	if (unfit[_i].has_rtt)
		sample_set(&s, METRIC_RTT, 5);
	deliver(fd, &head, unfit[_i].id, T0_CS + unfit[_i].from, &s);
	turn(w, 1);
	ck_assert_msg(w->n == kept, "%s: taken", unfit[_i].why);
	ck_assert_msg(ingest_stats(w->in)->drops[unfit[_i].want] == 1, "%s: not counted as %s",
	    unfit[_i].why, ingest_drop_name(unfit[_i].want));
	/* It is answered all the same: sending it again would not make it better. */
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(answered(fd), 2);
	close(fd);
	world_free(w);
}
END_TEST

/* Nothing to keep, nothing to wait for: the answer needs no commit. */
START_TEST(answered_at_once)
{
	struct world *w = world_new();
	struct batch_head head = {"gate-1", 5, 1};
	struct sample s = increments(T0_CS + MINUTE_CS, 1, 1, 1);
	int fd = dial(w);

	deliver(fd, &head, "nobody", T0_CS, &s);
	ingest_run(w->in);
	ingest_run(w->in);
	ck_assert_int_eq(answered(fd), 1);
	/* But not past what is on its way. */
	minute(fd, 5, 2, "AP-1", 0);
	ck_assert_uint_gt(ingest_run(w->in), 0);
	ingest_committed(w->in, ++w->batches);
	head.sequence = 3;
	deliver(fd, &head, "nobody", T0_CS, &s);
	ingest_run(w->in);
	ck_assert_int_eq(answered(fd), 0);
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(answered(fd), 3);
	close(fd);
	world_free(w);
}
END_TEST

/* Events go to who takes them; without room the batch comes again. */
START_TEST(events)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	struct world *w = world_new();
	struct batch_head head = {"gate-1", 5, 1};
	struct event e = {.kind = EVENT_DEAUTH_FLOOD, .bssid = 0x0211};
	struct batch_writer b;
	int fd = dial(w);

	ck_assert_int_eq(batch_begin(&b, out, sizeof(out), &head), KK_OK);
	ck_assert_int_eq(batch_add_event(&b, &e), KK_OK);
	ck_assert_int_eq(batch_add_event(&b, &e), KK_OK);
	w->full = 1;
	ck_assert_int_eq(send(fd, out, b.len, MSG_NOSIGNAL), (ssize_t)b.len);
	turn(w, 1);
	ck_assert_int_eq(answered(fd), -1);
	ck_assert_int_eq(w->events, 0);
	w->full = 0;
	close(fd);
	fd = dial(w);
	ck_assert_int_eq(send(fd, out, b.len, MSG_NOSIGNAL), (ssize_t)b.len);
	turn(w, 1);
	ck_assert_int_eq(answered(fd), 1);
	ck_assert_int_eq(w->events, 2);
	ck_assert_uint_eq(ingest_stats(w->in)->events, 2);
	close(fd);
	world_free(w);
}
END_TEST

/* The epochs of the keys that have come, two digits each; -1: hung up. */
static int
keys_got(int fd)
{
	uint8_t in[64];
	struct daykey k;
	int got = 0;
	ssize_t n;

	while ((n = recv(fd, in, sizeof(in), MSG_DONTWAIT)) > 0) {
		ck_assert_int_eq(daykey_decode(in, (size_t)n, &k), KK_OK);
		got = got * 100 + (int)k.epoch;
	}
	return n == 0 ? -1 : got;
}

/* What this is answered with. */
static int
answer_to(struct world *w, int fd, const void *message, size_t len)
{
	ck_assert_int_eq(send(fd, message, len, MSG_NOSIGNAL), (ssize_t)len);
	turn(w, 1);
	return keys_got(fd);
}

/* Who says hello gets the keys, and the new ones; who does not never sees one. */
START_TEST(keys)
{
	struct world *w = world_new();
	uint8_t hello[DAYKEY_HELLO_MAX];
	size_t len = daykey_hello_encode("gate-1", hello);
	int fd = dial(w), other = dial(w);

	w->keys = 1;
	ck_assert_int_eq(answer_to(w, fd, hello, len), 70);
	ingest_keys(w->in, 0);
	ck_assert_int_eq(keys_got(fd), 0);
	w->keys = 2;
	ingest_keys(w->in, 1);
	ck_assert_int_eq(keys_got(fd), 7071);
	ck_assert_int_eq(keys_got(other), 0);
	/* Sketches go to who merges them; what is none ends the connection. */
	ck_assert_int_eq(answer_to(w, fd, "KKPS\1", 5), 0);
	ck_assert_int_eq(w->sketches, 1);
	ck_assert_int_eq(answer_to(w, fd, "KKPS", 4), -1);
	/* So does a hello without a name. */
	ck_assert_int_eq(answer_to(w, other, "KKPH\1\0", 6), -1);
	close(fd);
	/* And nobody gives kkachid a key. */
	fd = dial(w);
	ck_assert_int_eq(answer_to(w, fd, "KKPK\1", 5), -1);
	close(fd);
	close(other);
	world_free(w);
}
END_TEST

START_TEST(two_probes)
{
	struct world *w = world_new();
	struct batch_head other = {"gate-2", 9, 1};
	struct sample s = increments(T0_CS + 2 * MINUTE_CS, 7, 7, 1);
	int a = dial(w), b = dial(w);

	minute(a, 5, 1, "AP-1", 0);
	turn(w, 1);
	deliver(b, &other, "AP-1", T0_CS + MINUTE_CS, &s);
	turn(w, 1);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_FOREIGN], 1);
	check_last(w, 100, 10);
	/* One that is silent loses the AP to the next. */
	clock_advance(&w->clock, 600000);
	other.sequence = 2;
	deliver(b, &other, "AP-1", T0_CS + MINUTE_CS, &s);
	turn(w, 1);
	check_last(w, 107, 17);
	close(a);
	close(b);
	world_free(w);
}
END_TEST

START_TEST(hostile_connections)
{
	struct world *w = world_new();
	static uint8_t big[BATCH_OCTETS_MAX + 100];
	int fd[INGEST_CLIENTS_MAX], extra;
	struct batch_head changed = {"gate-2", 5, 2};
	struct sample s = increments(T0_CS + 2 * MINUTE_CS, 7, 7, 1);

	fd[0] = dial(w);
	ck_assert_int_eq(send(fd[0], "hello", 5, 0), 5);
	fd[1] = dial(w);
	ck_assert_int_gt(send(fd[1], big, sizeof(big), 0), 0);
	/* A connection cannot become another probe. */
	fd[2] = dial(w);
	minute(fd[2], 5, 1, "AP-1", 0);
	deliver(fd[2], &changed, "AP-1", T0_CS + MINUTE_CS, &s);
	for (int i = 0; i < 4; i++)
		turn(w, 1);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(answered(fd[i]), -1);
		close(fd[i]);
	}
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_MALFORMED], 3);
	ck_assert_uint_eq(ingest_stats(w->in)->clients, 0);
	for (int i = 0; i < INGEST_CLIENTS_MAX; i++) {
		fd[i] = dial(w);
		turn(w, 1);
	}
	extra = dial(w);
	turn(w, 1);
	ck_assert_int_eq(answered(extra), -1);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_CLIENTS], 1);
	close(extra);
	for (int i = 0; i < INGEST_CLIENTS_MAX; i++)
		close(fd[i]);
	world_free(w);
}
END_TEST

/* The same probe on a new connection: the old one is given up, answers go to the new one. */
START_TEST(reconnected)
{
	struct world *w = world_new();
	int a = dial(w), b;

	minute(a, 5, 1, "AP-1", 0);
	turn(w, 1);
	b = dial(w);
	minute(b, 5, 1, "AP-1", 0);
	turn(w, 1);
	ck_assert_int_eq(answered(a), -1);
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(answered(b), 1);
	close(a);
	close(b);
	world_free(w);
}
END_TEST

START_TEST(the_socket)
{
	struct world *w = world_new();
	struct ingest_env env = {.run_dir = w->dir, .ctx = w, .device = device, .put = put};
	struct ingest *second = NULL;
	struct diag d = {""};
	struct stat st;
	char path[96], other[80];

	snprintf(path, sizeof(path), "%s/samples", w->dir);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0660);
	ck_assert_int_eq(ingest_new(&env, &second, &d), KK_E_BUSY);
	ck_assert_int_eq(stat(path, &st), 0);
	/* Left behind by one that was killed: taken over. */
	snprintf(other, sizeof(other), "%s/elsewhere", w->dir);
	ck_assert_int_eq(rename(path, other), 0);
	ingest_free(w->in);
	ck_assert_int_eq(rename(other, path), 0);
	collector_start(w);
	ck_assert_int_eq(stat(path, &st), 0);
	/* What is no socket stays. */
	ingest_free(w->in);
	ck_assert_int_eq(stat(path, &st), -1);
	fclose(fopen(path, "w"));
	ck_assert_int_eq(ingest_new(&env, &second, &d), KK_E_EXISTS);
	ck_assert_ptr_nonnull(strstr(d.text, path));
	unlink(path);
	collector_start(w);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ingest");
	TCase *tc = tcase_create("samples socket");

	tcase_add_test(tc, increments_become_odometers);
	tcase_add_test(tc, each_source_for_itself);
	tcase_add_test(tc, reasons);
	tcase_add_test(tc, no_reasons);
	tcase_add_test(tc, a_hole_is_marked);
	tcase_add_test(tc, clock_set_back);
	tcase_add_test(tc, repeated_after_restart);
	tcase_add_test(tc, lost_tail_comes_again);
	tcase_add_test(tc, failed_commit);
	tcase_add_test(tc, full_store);
	tcase_add_test(tc, full_behind_a_hole);
	tcase_add_test(tc, repeated_batch);
	tcase_add_loop_test(tc, not_taken, 0, ROWS(unfit));
	tcase_add_test(tc, answered_at_once);
	tcase_add_test(tc, events);
	tcase_add_test(tc, keys);
	tcase_add_test(tc, two_probes);
	tcase_add_test(tc, hostile_connections);
	tcase_add_test(tc, reconnected);
	tcase_add_test(tc, the_socket);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
