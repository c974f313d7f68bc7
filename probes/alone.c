/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/alone.h"

#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "probes/workers.h"

#define CS_US 10000
#define ROOM  65536 /* octets of packets that are counted together */
#define AHEAD 2048  /* octets of the ring that are asked for before they come */
#define LINE  64
#define LINES 6 /* of a usual packet and what the kernel says of it */

struct alone {
	struct live *live;
	struct decoder *decoder;
	const struct counting *to; /* while packets come */
	int64_t passed_us;	   /* older packets will not come */
	int taken;		   /* packets, the last time */
	size_t used;		   /* octets */
	struct decoded decoded;
	uint8_t octets[ROOM];
};

struct alone *
alone_new(struct live *live, struct decoder *dec)
{
	struct alone *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->live = live;
	a->decoder = dec;
	return a;
}

void
alone_free(struct alone *a)
{
	free(a);
}

static void
flush(struct alone *a)
{
	decoded_rest(&a->decoded, a->decoder, a->to->count);
	decoded_count(&a->decoded, a->to, 0, a->decoded.n);
	decoded_clear(&a->decoded);
	a->used = 0;
}

/* What comes next lies behind; another processor wrote it. */
static inline void
ask(const uint8_t *p)
{
	for (size_t i = 0; i < LINES; i++)
		__builtin_prefetch(p + AHEAD + i * LINE);
}

static void
on_packet(void *ctx, const struct packet *p)
{
	struct alone *a = ctx;
	size_t kept;

	ask(p->p);
	if (p->time_us > a->passed_us)
		a->passed_us = p->time_us;
	if (p->caplen > ROOM - a->used)
		flush(a);
	kept = decoded_look(&a->decoded, a->decoder, a->to->count, p);
	if (kept <= ROOM) {
		decoded_moved(&a->decoded, memcpy(a->octets + a->used, p->p, kept), kept);
		a->used += kept;
	}
	/* One that finds no room is counted where it lies. */
	if (a->decoded.fronts == COUNT_BATCH || kept > ROOM)
		flush(a);
}

int
alone_take(struct alone *a, const struct counting *to, struct diag *d)
{
	int64_t before_us = clock_utc_cs(NULL) * CS_US - WORKERS_LATE_US;
	int n;

	a->to = to;
	n = a->taken = live_read(a->live, 0, on_packet, a, d);
	flush(a);
	/* Only an empty ring says that time has passed. */
	if (n == 0 && before_us > a->passed_us)
		a->passed_us = before_us;
	return n;
}

int
alone_rest_ms(const struct alone *a)
{
	return live_rest_ms(a->live, a->taken);
}

int64_t
alone_passed(const struct alone *a)
{
	return a->passed_us;
}
