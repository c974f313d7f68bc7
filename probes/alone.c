/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/alone.h"

#include <stdlib.h>
#include <string.h>

#define ROOM 65536 /* octets of packets that are counted together */

struct alone {
	struct live *live;
	struct decoder *decoder;
	const struct counting *to; /* while packets come */
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
	decoded_foresee(&a->decoded, a->decoder, a->to->count, a->packet, a->n);
	for (size_t i = 0; i < a->n; i++)
		decoded_add(&a->decoded, a->decoder, &a->packet[i]);
	decoded_count(&a->decoded, a->to, 0, a->n);
	decoded_clear(&a->decoded);
	a->n = a->used = 0;
}

static void
on_packet(void *ctx, const struct packet *p)
{
	struct alone *a = ctx;

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
	int n;

	a->to = to;
	n = live_read(a->live, 0, on_packet, a, d);
	flush(a);
	return n;
}
