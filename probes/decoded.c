/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/decoded.h"

#define AHEAD 6 /* packets that are asked for before they are read */
#define LINE  64

/* Octets that fronts are in, and what is behind IP. */
static inline void
fetch(const uint8_t *p)
{
	__builtin_prefetch(p);
	__builtin_prefetch(p + LINE);
	__builtin_prefetch(p + 2 * LINE);
}

void
decoded_foresee(struct decoded *to, struct decoder *dec, const struct count *c,
    const struct packet *p, size_t n)
{
	struct front *f = to->front;

	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			fetch(p[i + AHEAD].p);
		if (dec_front(
			dec, p[i].linktype, p[i].time_us, p[i].p, p[i].caplen, p[i].len, &f[i]))
			count_foresee_way(c, &f[i]);
	}
	to->fronts = n;
	/* Nothing is known any more behind a packet that ends the interval. */
	to->knows = count_is_within(c, p, n) ? c : NULL;
}

static int
is_known(struct decoded *to, size_t at)
{
	const struct front *f = &to->front[at];

	to->way[at] = f->way != 0 && to->knows != NULL ? count_knows(to->knows, f) : NULL;
	return to->way[at] != NULL;
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
	if (to->n < to->fronts && is_known(to, to->n))
		to->seen[to->n].detail = 0; /* what was there is of another batch */
	else
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
