/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/batch_wire.h"
#include "tests/harness.h"

#define T0_CS INT64_C(162774000000)

static const struct batch_head head = {"gate-1", UINT64_C(0xfedcba9876543210), 300};

static struct sample
increments(int64_t down, int64_t up)
{
	struct sample s = {.device = 77, .source = SOURCE_PROBE, .time_cs = T0_CS + 6000};

	sample_set(&s, METRIC_OCTETS_DOWN, down);
	sample_set(&s, METRIC_OCTETS_UP, up);
	return s;
}

/* A batch of three entries. */
static size_t
three(uint8_t out[BATCH_OCTETS_MAX])
{
	static const char *const ids[] = {"WF181037", "---EP000001", "서울5차-0152-1"};
	struct batch_writer b;

	ck_assert_int_eq(batch_begin(&b, out, BATCH_OCTETS_MAX, &head), KK_OK);
	for (int i = 0; i < ROWS(ids); i++) {
		struct sample s = increments(1000 + i, INT64_C(1) << 40);

		ck_assert_int_eq(batch_add(&b, ids[i], T0_CS + i, &s), KK_OK);
	}
	return b.len;
}

static struct event
twin(void)
{
	return (struct event){.kind = EVENT_EVIL_TWIN,
	    .channel = 6,
	    .signal_last = -60,
	    .signal_best = -40,
	    .bssid = UINT64_C(0x021122334455),
	    .ssid = {.len = 5, .octets = "SEOUL"},
	    .since_cs = T0_CS,
	    .last_cs = T0_CS + 100,
	    .ap = "WF181037",
	    .frames = 12};
}

START_TEST(round_trip)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	size_t len = three(out);
	struct batch_reader r;
	struct batch_head got;
	struct batch_entry e;

	ck_assert_int_eq(batch_open(&r, out, len, &got), KK_OK);
	ck_assert_str_eq(got.probe, "gate-1");
	ck_assert_uint_eq(got.run, head.run);
	ck_assert_uint_eq(got.sequence, 300);
	ck_assert_int_eq(batch_next(&r, &e), KK_OK);
	ck_assert_uint_eq(e.kind, BATCH_SAMPLE);
	ck_assert_str_eq(e.id, "WF181037");
	ck_assert_int_eq(e.from_cs, T0_CS);
	ck_assert_int_eq(e.sample.time_cs, T0_CS + 6000);
	ck_assert_int_eq(e.sample.value[METRIC_OCTETS_DOWN], 1000);
	ck_assert_uint_eq(e.sample.device, BATCH_DEVICE);
	ck_assert_int_eq(batch_next(&r, &e), KK_OK);
	ck_assert_int_eq(batch_next(&r, &e), KK_OK);
	ck_assert_str_eq(e.id, "서울5차-0152-1");
	ck_assert_int_eq(e.from_cs, T0_CS + 2);
	ck_assert_int_eq(e.sample.value[METRIC_OCTETS_UP], INT64_C(1) << 40);
	ck_assert_int_eq(batch_next(&r, &e), KK_END);
}
END_TEST

/* A probe's reasons travel with its sample; accounting that claims to have some is not believed. */
START_TEST(reasons)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	const struct counter c = {
	    .key = 7, .width = 64, .down = 3, .up = 2, .when_cs = T0_CS + 6000};
	struct sample s = increments(5, 6);
	struct batch_writer b;
	struct batch_reader r;
	struct batch_head got;
	struct batch_entry e;
	size_t at;

	s.n_counters = 1;
	s.counters = &c;
	ck_assert_int_eq(batch_begin(&b, out, sizeof(out), &head), KK_OK);
	at = b.len + 1 + 3 + 2; /* kind, length and id, span: the sample begins there */
	ck_assert_int_eq(batch_add(&b, "AP", T0_CS, &s), KK_OK);
	ck_assert_int_eq(batch_open(&r, out, b.len, &got), KK_OK);
	ck_assert_int_eq(batch_next(&r, &e), KK_OK);
	ck_assert_uint_eq(e.sample.n_counters, 1);
	ck_assert_ptr_eq(e.sample.counters, e.counters);
	ck_assert_uint_eq(e.counters[0].key, 7);
	ck_assert_uint_eq(e.counters[0].down, 3);
	ck_assert_uint_eq(e.counters[0].up, 2);
	ck_assert_uint_eq(out[at + 1], SOURCE_PROBE);
	out[at + 1] = SOURCE_RADIUS;
	ck_assert_int_eq(batch_open(&r, out, b.len, &got), KK_OK);
	ck_assert_int_eq(batch_next(&r, &e), KK_E_SYNTAX);
}
END_TEST

/* Events and samples in one batch, in the order in which they were added. */
START_TEST(events)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	struct event e = twin();
	struct sample s = increments(5, 6);
	struct batch_writer b;
	struct batch_reader r;
	struct batch_head got;
	struct batch_entry entry;

	ck_assert_int_eq(batch_begin(&b, out, sizeof(out), &head), KK_OK);
	ck_assert_int_eq(batch_add_event(&b, &e), KK_OK);
	ck_assert_int_eq(batch_add(&b, "WF181037", T0_CS, &s), KK_OK);
	ck_assert_int_eq(batch_add_event(&b, &e), KK_OK);
	ck_assert_int_eq(batch_open(&r, out, b.len, &got), KK_OK);
	ck_assert_int_eq(batch_next(&r, &entry), KK_OK);
	ck_assert_uint_eq(entry.kind, BATCH_EVENT);
	ck_assert_uint_eq(entry.event.bssid, e.bssid);
	ck_assert_str_eq(entry.event.ap, "WF181037");
	ck_assert_int_eq(batch_next(&r, &entry), KK_OK);
	ck_assert_uint_eq(entry.kind, BATCH_SAMPLE);
	ck_assert_int_eq(entry.sample.value[METRIC_OCTETS_UP], 6);
	ck_assert_int_eq(batch_next(&r, &entry), KK_OK);
	ck_assert_uint_eq(entry.kind, BATCH_EVENT);
	ck_assert_int_eq(batch_next(&r, &entry), KK_END);
	e.kind = EVENT_KIND_COUNT;
	ck_assert_int_eq(batch_add_event(&b, &e), KK_E_RANGE);
}
END_TEST

/* A batch of the version before, as a spool may hold it. */
START_TEST(samples_only)
{
	static const char old[] =
	    "KKPB\x01\x06gate-1\x07\0\0\0\0\0\0\0\x01"
	    "\x04"
	    "AP-1\xf0\x2e\x01\x02\x01\x00\xe0\xa5\x9f\xe0\xbc\x09\xc7\x81\x20\x02\x04"
	    "\x06\x08\x02\x00\x00";
	struct batch_reader r;
	struct batch_head got;
	struct batch_entry e;

	ck_assert_int_eq(batch_open(&r, (const uint8_t *)old, sizeof(old) - 1, &got), KK_OK);
	ck_assert_str_eq(got.probe, "gate-1");
	ck_assert_int_eq(batch_next(&r, &e), KK_OK);
	ck_assert_uint_eq(e.kind, BATCH_SAMPLE);
	ck_assert_str_eq(e.id, "AP-1");
	ck_assert_int_eq(e.sample.time_cs - e.from_cs, 6000);
	ck_assert_int_eq(e.sample.value[METRIC_OCTETS_DOWN], 1);
	ck_assert_int_eq(batch_next(&r, &e), KK_END);
}
END_TEST

/* An event within a batch, broken. */
static const struct {
	const char *why;
	size_t at; /* behind the head */
	const char *to;
	size_t len;
	int want;
} broken[] = {
    {"a kind of nobody's", 0, "\x03", 1, KK_E_SYNTAX},
    {"a kind of 0", 0, "\0", 1, KK_E_SYNTAX},
    {"longer than any", 1, "\x81\x04", 2, KK_E_SYNTAX},
    {"no octets", 1, "\0", 1, KK_E_SYNTAX},
    {"longer than the batch", 1, "\x7f", 1, KK_E_TRUNCATED},
    {"an event of another version", 2, "\x09", 1, KK_E_SYNTAX},
    {"an event of no kind", 3, "\xc8", 1, KK_E_SYNTAX},
};

START_TEST(broken_event)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	struct event e = twin();
	struct batch_writer b;
	struct batch_reader r;
	struct batch_head got;
	struct batch_entry entry;
	size_t behind;

	ck_assert_int_eq(batch_begin(&b, out, sizeof(out), &head), KK_OK);
	behind = b.len;
	ck_assert_int_eq(batch_add_event(&b, &e), KK_OK);
	memcpy(out + behind + broken[_i].at, broken[_i].to, broken[_i].len);
	ck_assert_int_eq(batch_open(&r, out, b.len, &got), KK_OK);
	ck_assert_msg(batch_next(&r, &entry) == broken[_i].want, "%s", broken[_i].why);
}
END_TEST

/* Cut anywhere, a batch gives an error or fewer entries; never something else, never a crash. */
START_TEST(truncated)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	size_t len = three(out);

	for (size_t n = 0; n < len; n++) {
		uint8_t *cut = malloc(n > 0 ? n : 1);
		struct batch_reader r;
		struct batch_head got;
		struct batch_entry e;
		int rc, entries = 0;

		ck_assert_ptr_nonnull(cut);
		memcpy(cut, out, n);
		rc = batch_open(&r, cut, n, &got);
		while (rc == KK_OK && (rc = batch_next(&r, &e)) == KK_OK)
			entries++;
		ck_assert_int_lt(entries, 3);
		ck_assert(rc == KK_END || rc == KK_E_TRUNCATED || rc == KK_E_SYNTAX);
		free(cut);
	}
}
END_TEST

static const struct {
	const char *why;
	size_t at; /* octet that is changed */
	uint8_t to;
	int want;
} faults[] = {
    {"no batch", 0, 'X', KK_E_SYNTAX},
    {"another version", 4, 9, KK_E_VERSION},
    {"a probe without a name", 5, 0, KK_E_SYNTAX},
    {"a name that is too long", 5, 255, KK_E_TRUNCATED},
    {"a name that is no text", 6, 0xff, KK_E_SYNTAX},
    {"a name with a NUL", 6, 0, KK_E_SYNTAX},
};

START_TEST(refused)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	size_t len = three(out);
	struct batch_reader r;
	struct batch_head got;

	out[faults[_i].at] = faults[_i].to;
	ck_assert_msg(batch_open(&r, out, len, &got) == faults[_i].want, "%s", faults[_i].why);
}
END_TEST

START_TEST(writer_refuses)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	struct batch_head bad = head;
	struct sample s = increments(1, 2);
	struct counter c = {.width = 64};
	struct batch_writer b;
	size_t before;
	char name[BATCH_NAME_MAX + 2];

	bad.sequence = 0;
	ck_assert_int_eq(batch_begin(&b, out, sizeof(out), &bad), KK_E_RANGE);
	bad = head;
	bad.probe[0] = '\0';
	ck_assert_int_eq(batch_begin(&b, out, sizeof(out), &bad), KK_E_RANGE);
	ck_assert_int_eq(batch_begin(&b, out, 8, &head), KK_E_FULL);
	ck_assert_int_eq(batch_begin(&b, out, 120, &head), KK_OK);
	before = b.len;
	memset(name, 'a', sizeof(name));
	name[BATCH_NAME_MAX + 1] = '\0';
	ck_assert_int_eq(batch_add(&b, name, T0_CS, &s), KK_E_RANGE);
	ck_assert_int_eq(batch_add(&b, "", T0_CS, &s), KK_E_RANGE);
	ck_assert_int_eq(batch_add(&b, "a\xff", T0_CS, &s), KK_E_RANGE);
	ck_assert_int_eq(batch_add(&b, "AP", s.time_cs, &s), KK_E_RANGE);
	s.n_counters = 1;
	s.counters = &c;
	s.source = SOURCE_RADIUS;
	ck_assert_int_eq(batch_add(&b, "AP", T0_CS, &s), KK_E_RANGE);
	s.source = SOURCE_PROBE;
	s.n_counters = 0;
	ck_assert_uint_eq(b.len, before);
	while (batch_add(&b, "AP", T0_CS, &s) == KK_OK)
		before = b.len;
	ck_assert_uint_eq(b.len, before); /* the one that did not fit left no trace */
	ck_assert_uint_le(b.len, 120);
}
END_TEST

START_TEST(answers)
{
	uint8_t out[BATCH_ACK_OCTETS + 1] = {0};
	uint64_t run = 0, sequence = 0;

	batch_ack_encode(UINT64_MAX, 12345, out);
	ck_assert_int_eq(batch_ack_decode(out, BATCH_ACK_OCTETS, &run, &sequence), KK_OK);
	ck_assert_uint_eq(run, UINT64_MAX);
	ck_assert_uint_eq(sequence, 12345);
	for (size_t n = 0; n < BATCH_ACK_OCTETS; n++)
		ck_assert_int_eq(batch_ack_decode(out, n, &run, &sequence), KK_E_SYNTAX);
	ck_assert_int_eq(batch_ack_decode(out, BATCH_ACK_OCTETS + 1, &run, &sequence), KK_E_SYNTAX);
	out[4]++;
	ck_assert_int_eq(batch_ack_decode(out, BATCH_ACK_OCTETS, &run, &sequence), KK_E_VERSION);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("batch_wire");
	TCase *tc = tcase_create("batches");

	tcase_add_test(tc, round_trip);
	tcase_add_test(tc, reasons);
	tcase_add_test(tc, events);
	tcase_add_test(tc, samples_only);
	tcase_add_loop_test(tc, broken_event, 0, ROWS(broken));
	tcase_add_test(tc, truncated);
	tcase_add_loop_test(tc, refused, 0, ROWS(faults));
	tcase_add_test(tc, writer_refuses);
	tcase_add_test(tc, answers);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
