/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording from anybody: read or refused with a reason; what is read can be walked to its end,
 * in order, and set in motion. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/recording.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk(struct recording *r)
{
	struct agent_view v = recording_view(r);
	struct ber_oid name = {.sub = {0, 0}, .n = 2}, before = name;
	uint8_t out[AGENT_PACKET], encoded[BER_OID_MAX * 5];
	size_t steps = 0;

	for (;;) {
		struct ber_out o;
		size_t len;

		ber_out_init(&o, out, sizeof(out));
		if (v.next(v.ctx, &name, &o) == 0)
			return;
		if (ber_oid_cmp(&name, &before) <= 0 || ++steps > recording_size(r))
			abort();
		before = name;
		len = ber_oid_encode(&name, encoded, sizeof(encoded));
		ber_out_init(&o, out, sizeof(out));
		if (len > 0)
			v.get(v.ctx, encoded, len, &o);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kk_clock clock = {.simulated = 1};
	struct recording *r = NULL;
	struct diag d = {{0}};
	char *text;
	int rc;

	if (size == 0 || (text = malloc(size)) == NULL)
		return 0;
	memcpy(text, data, size);
	rc = recording_parse("fuzz", text, size, &r, &d);
	free(text);
	if (rc != KK_OK) {
		if (d.text[0] == '\0')
			abort();
		return 0;
	}
	walk(r);
	recording_move(r, "1.3=-9223372036854775807", &clock, &d);
	clock_advance(&clock, (int64_t)1 << 50);
	walk(r);
	recording_free(r);
	return 0;
}
