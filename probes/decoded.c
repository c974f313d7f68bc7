/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/decoded.h"

#define AHEAD 6 /* packets that are asked for before they are read */

void
decoded_foresee(struct decoded *to, struct decoder *dec, const struct count *c,
    const struct packet *p, size_t n)
{
	struct front *f = &to->front[to->n];

	to->knows = c;
	to->fronts = to->n + n;
	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n) {
			__builtin_prefetch(p[i + AHEAD].p);
			__builtin_prefetch(p[i + AHEAD].p + 64);
		}
		if (dec_front(
			dec, p[i].linktype, p[i].time_us, p[i].p, p[i].caplen, p[i].len, &f[i]))
			count_foresee_way(c, &f[i]);
	}
}

/* Nothing is known any more behind a packet that ends the interval. */
static int
is_known(struct decoded *to, const struct packet *p)
{
	const struct front *f = &to->front[to->n];

	if (p->time_us >= count_due(to->knows))
		to->is_over = 1;
	to->way[to->n] = f->way != 0 && !to->is_over ? count_knows(to->knows, f) : NULL;
	return to->way[to->n] != NULL;
}

static void
decode(struct decoded *to, struct decoder *dec, const struct packet *p)
{
	const struct detail *said = decoder_detail(dec);
	struct seen *s = &to->seen[to->n];

	dec_frame(dec, p->linktype, p->time_us, p->p, p->caplen, p->len, s);
	if (said->kind != DETAIL_NONE) {
		to->said[to->says] = *said;
		s->detail = ++to->says;
	}
}

int
decoded_add(struct decoded *to, struct decoder *dec, const struct packet *p)
{
	if (to->n >= to->fronts || !is_known(to, p))
		decode(to, dec, p);
	to->packet[to->n] = *p;
	return ++to->n == COUNT_BATCH;
}

void
decoded_count(const struct decoded *from, const struct counting *to, size_t at, size_t n)
{
	int read = from->fronts >= at + n;
	const struct count_batch b = {.packet = from->packet + at,
	    .seen = from->seen + at,
	    .said = from->said,
	    .front = read ? from->front + at : NULL,
	    .way = read ? from->way + at : NULL};

	count_packets(to->count, &b, n);
	if (to->air != NULL && from->says > 0)
		air_run_hear(to->air, from->packet + at, from->seen + at, from->said, n);
}
