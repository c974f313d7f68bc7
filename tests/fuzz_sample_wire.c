/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_sample_wire.c - samples from a socket: what is read can be written, and reads back the same.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/sample_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct counter counters[SAMPLE_COUNTERS_MAX], again[SAMPLE_COUNTERS_MAX];
	uint8_t wire[SAMPLE_WIRE_MAX];
	struct sample s, t;

	while (size > 0) {
		int n = sample_decode(data, size, &s, counters), m;

		if (n <= 0)
			return 0;
		if ((size_t)n > size)
			abort();
		if ((m = sample_encode(&s, wire, sizeof(wire))) <= 0 ||
		    sample_decode(wire, (size_t)m, &t, again) != m)
			abort();
		if (t.known != s.known || t.n_counters != s.n_counters || t.time_cs != s.time_cs ||
		    memcmp(t.value, s.value, sizeof(s.value)) != 0)
			abort();
		data += n;
		size -= (size_t)n;
	}
	return 0;
}
