/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: lib/daykey_wire.c */
/* fuzz_daykey_wire.c - hellos, keys and sketches from a socket: what is read can be written, and
 * reads back the same. */
#include <stdlib.h>
#include <string.h>

#include "lib/daykey_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
hello(const uint8_t *data, size_t size)
{
	uint8_t out[DAYKEY_HELLO_MAX];
	char probe[BATCH_NAME_MAX + 1];

	if (daykey_hello_decode(data, size, probe) == KK_OK &&
	    (daykey_hello_encode(probe, out) != size || memcmp(out, data, size) != 0))
		abort();
}

static void
key(const uint8_t *data, size_t size)
{
	uint8_t out[DAYKEY_WIRE_OCTETS];
	struct daykey k;

	if (daykey_decode(data, size, &k) != KK_OK)
		return;
	daykey_encode(&k, out);
	if (size != sizeof(out) || memcmp(out, data, size) != 0)
		abort();
}

static void
one_again(struct sketches_writer *w, const struct sketches_entry *e)
{
	static uint8_t reg[1 << SKETCH_BITS_MAX];
	struct sketch s = {e->octets[0], reg};
	int rc;

	memset(reg, 0, sizeof(reg));
	if (sketch_decode(e->octets, e->len, &s) != KK_OK)
		abort();
	rc = sketches_add(w, e->id, &s);
	if (rc != KK_OK && rc != KK_E_FULL)
		abort();
}

static void
sketches(const uint8_t *data, size_t size)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	struct sketches_head head, again;
	struct sketches_reader r;
	struct sketches_writer w;
	struct sketches_entry e;
	int rc;

	if (sketches_open(&r, data, size, &head) != KK_OK)
		return;
	if (sketches_begin(&w, out, sizeof(out), &head) != KK_OK)
		abort();
	while (sketches_next(&r, &e) == KK_OK)
		one_again(&w, &e);
	if (sketches_open(&r, out, w.len, &again) != KK_OK || again.epoch != head.epoch ||
	    again.day != head.day || again.from_cs != head.from_cs || again.to_cs != head.to_cs)
		abort();
	while ((rc = sketches_next(&r, &e)) == KK_OK)
		;
	if (rc != KK_END)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hello(data, size);
	key(data, size);
	sketches(data, size);
	return 0;
}
