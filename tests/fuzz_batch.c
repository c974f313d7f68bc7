/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: lib/batch_wire.c */
/* fuzz_batch.c - batches from a socket, as ingest takes them: whatever comes, odometers and reasons
 * never fall, time never goes back, and what is answered was taken; what was read can be written
 * again. Messages are a length (2 octets) and data.
 */
#include <stdlib.h>
#include <string.h>

#include "collector/intake.h"
#include "lib/batch_wire.h"
#include "lib/frame_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEVICES 8

struct seen {
	struct sample last[DEVICES + 1][2];	 /* of each source */
	struct frame_codes reasons[DEVICES + 1]; /* a probe's */
	uint32_t puts;
};

/* Those that were told once are told always, and each of them once. */
static void
check_reasons(struct frame_codes *before, const struct sample *s)
{
	const struct frame_codes now = {
	    .counter = (struct counter *)s->counters, .n = s->n_counters};
	const struct counter *c;

	if (s->n_counters > SAMPLE_COUNTERS_MAX || (s->source != SOURCE_PROBE && s->n_counters > 0))
		abort();
	for (uint16_t i = 0; i < now.n; i++)
		if (frame_codes_find(&now, now.counter[i].key) != &now.counter[i] ||
		    frame_code_kind(now.counter[i].key) == FRAME_CODE_KINDS)
			abort();
	for (uint16_t i = 0; i < before->n; i++)
		if ((c = frame_codes_find(&now, before->counter[i].key)) == NULL ||
		    c->down < before->counter[i].down || c->up < before->counter[i].up)
			abort();
}

static uint32_t
device(void *ctx, const char *id)
{
	(void)ctx;
	return (uint8_t)id[0] % (DEVICES + 1);
}

static int
put(void *ctx, const struct sample *s)
{
	struct seen *seen = ctx;
	struct sample *last = &seen->last[s->device][s->source == SOURCE_RADIUS];

	if ((s->source != SOURCE_PROBE && s->source != SOURCE_RADIUS) || s->device == 0 ||
	    s->device > DEVICES || s->time_cs < last->time_cs ||
	    s->value[METRIC_OCTETS_DOWN] < last->value[METRIC_OCTETS_DOWN] ||
	    s->value[METRIC_OCTETS_UP] < last->value[METRIC_OCTETS_UP])
		abort();
	if (s->source == SOURCE_PROBE)
		check_reasons(&seen->reasons[s->device], s);
	if (++seen->puts % 13 == 0)
		return KK_E_FULL;
	*last = *s;
	if (s->source == SOURCE_PROBE)
		frame_codes_copy(&seen->reasons[s->device], s->counters, s->n_counters);
	return KK_OK;
}

static int
take_event(void *ctx, const char *probe, const struct event *e)
{
	uint8_t out[EVENT_WIRE_MAX];

	(void)ctx;
	if (probe[0] == '\0' || event_encode(e, out, sizeof(out)) <= 0)
		abort();
	return e->frames % 7 == 6 ? KK_E_FULL : KK_OK;
}

/* What can be read can be written. It may not fit: integers need not have been in shortest form. */
static void
write_again(const uint8_t *data, size_t len)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	struct batch_reader r;
	struct batch_writer b;
	struct batch_head head;
	struct batch_entry e;
	int rc = batch_open(&r, data, len, &head);

	if (rc != KK_OK)
		return;
	if (batch_begin(&b, out, sizeof(out), &head) != KK_OK)
		abort();
	while (rc == KK_OK && batch_next(&r, &e) == KK_OK)
		rc = e.kind == BATCH_EVENT ? batch_add_event(&b, &e.event)
					   : batch_add(&b, e.id, e.from_cs, &e.sample);
	if ((rc != KK_OK && rc != KK_E_FULL && rc != KK_E_RANGE) ||
	    batch_open(&r, out, b.len, &head) != KK_OK)
		abort();
	while ((rc = batch_next(&r, &e)) == KK_OK)
		;
	if (rc != KK_END)
		abort();
}

/* An answer of a collector's that is none of ours. */
static void
read_answer(const uint8_t *data, size_t len)
{
	uint8_t out[BATCH_ACK_OCTETS];
	uint64_t run, sequence;

	if (batch_ack_decode(data, len, &run, &sequence) != KK_OK)
		return;
	batch_ack_encode(run, sequence, out);
	if (len != sizeof(out) || memcmp(out, data, len) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kk_clock clock = {1, 1000, INT64_C(162774000000)};
	struct ingest_stats stats = {0};
	struct seen seen = {0};
	struct ingest_env env = {
	    .clock = &clock, .ctx = &seen, .device = device, .put = put, .event = take_event};
	struct intake *t = intake_new(&env, &stats);
	uint64_t run, sequence;
	int64_t batch = 0;
	int probe = -1;

	if (t == NULL)
		return 0;
	while (size >= 2) {
		size_t len = (size_t)(data[0] << 8 | data[1]);

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		write_again(data, len);
		read_answer(data, len);
		if (intake_batch(t, data, len, &probe) != KK_OK) {
			intake_gone(t, probe);
			probe = -1;
		}
		batch++;
		intake_committed(t, len % 5 == 0 ? -1 : batch);
		if (len % 2 == 0)
			intake_synced(t, batch);
		if (probe >= 0)
			intake_answer(t, probe, &run, &sequence);
		data += len;
		size -= len;
		clock_advance(&clock, (int64_t)len * 1000);
	}
	intake_free(t);
	for (int i = 0; i <= DEVICES; i++)
		frame_codes_free(&seen.reasons[i]);
	return 0;
}
