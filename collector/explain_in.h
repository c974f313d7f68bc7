/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain_in.h - what explain.c gathers and explain_show.c prints; nobody else includes it. */
#ifndef KK_COLLECTOR_EXPLAIN_IN_H
#define KK_COLLECTOR_EXPLAIN_IN_H

#include "collector/explain.h"
#include "collector/layout.h"

/* One object as it was answered last. */
struct explained {
	unsigned long *sub;
	size_t len;
	uint8_t type;
	int64_t number;
	uint8_t *octets; /* text; an OBJECT IDENTIFIER as text */
	size_t n_octets;
};

struct explain {
	struct target *target; /* a stranger: no odometer of the real one moves */
	struct ask_trace trace;
	explain_done_cb done;
	void *ctx;
	int ended;
	struct sample sample;
	struct explained *object;
	size_t n_objects, objects_room;
	char **reason;
	unsigned n_reasons;
};

#endif
