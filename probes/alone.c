/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/alone.h"

#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "probes/workers.h"

#define CS_US 10000
#define ROOM  65536 /* octets of packets that are counted together */

struct alone {
	struct live *live;
	struct decoder *decoder;
	const struct counting *to; /* while packets come */
	int64_t passed_us;	   /* older packets will not come */
	struct packet packet[COUNT_BATCH];
	size_t n, used; /* packets, octets */
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
	decoded_take(&a->decoded, a->decoder, a->to->count, a->packet, a->n, 0);
	decoded_count(&a->decoded, a->to, 0, a->n);
	decoded_clear(&a->decoded);
	a->n = a->used = 0;
}

static void
on_packet(void *ctx, const struct packet *p)
{
	struct alone *a = ctx;

	if (p->time_us > a->passed_us)
		a->passed_us = p->time_us;
	if (p->caplen > ROOM - a->used)
		flush(a);
	a->packet[a->n] = *p;
	if (p->caplen <= ROOM) {
		a->packet[a->n].p = memcpy(a->octets + a->used, p->p, p->caplen);
		a->used += p->caplen;
	}
	a->n++;
	/* One that finds no room is counted where it lies. */
	if (a->n == COUNT_BATCH || p->caplen > ROOM)
		flush(a);
}

int
alone_take(struct alone *a, const struct counting *to, struct diag *d)
{
	int64_t before_us = clock_utc_cs(NULL) * CS_US - WORKERS_LATE_US;
	int n;

	a->to = to;
	n = live_read(a->live, 0, on_packet, a, d);
	flush(a);
	/* Only an empty ring says that time has passed. */
	if (n == 0 && before_us > a->passed_us)
		a->passed_us = before_us;
	return n;
}

int64_t
alone_passed(const struct alone *a)
{
	return a->passed_us;
}
