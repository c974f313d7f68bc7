/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_batch.c - batches from a socket, as ingest takes them: whatever comes, odometers never fall,
 * time never goes back, and what is answered was taken. Messages are a length (2 octets) and data.
 */
#include <stdlib.h>
#include <string.h>

#include "collector/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEVICES 8

struct seen {
	struct sample last[DEVICES + 1][2]; /* of each source */
	uint32_t puts;
};

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
	if (++seen->puts % 13 == 0)
		return KK_E_FULL;
	*last = *s;
	return KK_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kk_clock clock = {1, 1000, INT64_C(162774000000)};
	struct ingest_stats stats = {0};
	struct seen seen = {0};
	struct ingest_env env = {.clock = &clock, .ctx = &seen, .device = device, .put = put};
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
	return 0;
}
