/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/decoded.h"

#include <string.h>

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
	decode(to, dec, p);
	to->packet[to->n] = *p;
	return ++to->n == COUNT_BATCH;
}

/* Lines of the cache that are asked for with each of some packets, so that all that will lie behind
 * them comes while they are read. As many with each: a branch that nobody can foretell costs more.
 */
static size_t
lines_each(const struct packet *p, size_t n, size_t ahead)
{
	return ahead > 0 ? (size_t)(p[n - 1].p + p[n - 1].caplen - p[0].p) / n / LINE + 1 : 0;
}

static inline const uint8_t *
ask(const uint8_t *p, size_t lines)
{
	for (size_t i = 0; i < lines; i++)
		__builtin_prefetch(p + i * LINE, 0, 2);
	return p + lines * LINE;
}

void
decoded_take(struct decoded *to, struct decoder *dec, const struct count *c, const struct packet *p,
    size_t n, size_t ahead)
{
	/* Nothing is known any more behind a packet that ends the interval. */
	int knows = count_is_within(c, p, n);
	size_t lines = lines_each(p, n, ahead), later = lines / 3;
	const uint8_t *soon = ahead > 0 ? p[0].p + ahead : NULL;
	struct front *f = to->front;

	for (size_t i = 0; i < n; i++) {
		if (ahead > 0)
			soon = ask(soon, lines - later);
		else if (i + AHEAD < n)
			fetch(p[i + AHEAD].p);
		if (dec_front(
			dec, p[i].linktype, p[i].time_us, p[i].p, p[i].caplen, p[i].len, &f[i]))
			count_foresee_way(c, &f[i]);
	}
	for (; to->n < n; to->n++, f++) {
		struct way *w = knows && f->way != 0 ? count_knows(c, f) : NULL;

		if (ahead > 0)
			soon = ask(soon, later);
		to->way[to->n] = w;
		if (w == NULL)
			decode(to, dec, &p[to->n]);
		else
			to->seen[to->n].detail = 0; /* what was there is of another batch */
	}
	to->fronts = n;
	memcpy(to->packet, p, n * sizeof(*p));
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
