/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sink.h - whoever keeps samples. A sink does not know who made them; a test's sink is an array. */
#ifndef KK_LIB_SINK_H
#define KK_LIB_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "lib/sample.h"

/* A place in the journal: segments count up, `offset` is the first octet not yet taken. */
struct cursor {
	uint64_t segment;
	uint64_t offset;
};

struct sink {
	const char *name; /* "ledger", "archives", ...: in log lines and in the status */
	void *ctx;
	/*
	 * Take samples that stand in the journal before `end`. Called from one thread at a time, in
	 * journal order; a sample may come twice after a crash. KK_OK: the sink answers for them
	 * and their cursor. Else: nothing of this call was kept, and the same samples come again
	 * later.
	 */
	int (*take)(void *ctx, const struct sample *s, size_t n, struct cursor end);
	/* The cursor from which the sink wants to read after a start: what it has durably kept. */
	int (*where)(void *ctx, struct cursor *c);
};

#endif
