/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: tests/sim/recording.c */
/* A recording from anybody: read or refused with a reason; what is read can be walked to its end,
 * in order, and set in motion. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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
		if (len > 0 && v.get(v.ctx, encoded, len, &o) != 1)
			abort();
		name.sub[name.n - 1] ^= 1; /* perhaps no such instance */
		ber_out_init(&o, out, sizeof(out));
		len = ber_oid_encode(&name, encoded, sizeof(encoded));
		if (len > 0)
			v.get(v.ctx, encoded, len, &o);
		name = before;
	}
}

/* The same lines as a file are the same recording. */
static void
as_file(const uint8_t *data, size_t size, const struct recording *same)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);
	struct recording *r = NULL;
	unsigned line, as_line;
	struct diag d = {{0}};
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (recording_read(path, &r, &d) != KK_OK || recording_size(r) != recording_size(same) ||
	    recording_left_out(r, &line) != recording_left_out(same, &as_line) || line != as_line)
		abort();
	recording_free(r);
	close(fd);
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
	if (data[size - 1] == '\n') /* else the file has a line more than the text */
		as_file(data, size, r);
	if (recording_move(r, "time", &clock, &d) != KK_OK ||
	    recording_move(r, "1.3", &clock, &d) != KK_E_SYNTAX ||
	    recording_move(r, "1.3=fast", &clock, &d) != KK_E_SYNTAX)
		abort();
	recording_move(r, "1.3=-9223372036854775807", &clock, &d);
	clock_advance(&clock, (int64_t)1 << 50);
	walk(r);
	recording_free(r);
	return 0;
}
