/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/decoded.h"

#include <string.h>

#define LINE 64

/* The packet that comes next said what is behind `said`. Where that is kept, from 1. */
static uint8_t
note_said(struct decoded *to)
{
	to->sayer[to->says] = (uint8_t)to->n;
	return ++to->says;
}

static void
decode(struct decoded *to, struct decoder *dec, const struct packet *p)
{
	const struct detail *said = decoder_detail(dec);
	struct seen *s = &to->seen[to->n];

	dec_frame(dec, p->linktype, p->time_us, p->p, p->caplen, p->len, s);
	if (said->kind != DETAIL_NONE) {
		to->said[to->says] = *said;
		s->detail = note_said(to);
		to->airs |= air_run_wants(said);
	}
}

int
decoded_add(struct decoded *to, struct decoder *dec, const struct packet *p)
{
	decode(to, dec, p);
	to->packet[to->n] = *p;
	return ++to->n == COUNT_BATCH;
}

/* What the TCP segment behind a front says. 0: the packet must be decoded. */
static int
take_segment(struct decoded *to, struct decoder *dec, const struct count *c, const struct way *w,
    struct front *f, const struct packet *p)
{
	struct detail *said = &to->said[to->says];
	int tells = dec_front_segment(dec, f, p->p + p->caplen, said);

	if (tells > 0) {
		f->detail = note_said(to);
		count_foresee_segment(c, w, said);
	}
	return tells >= 0;
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
	for (; lines > 0; lines--, p += LINE)
		__builtin_prefetch(p, 0, 2);
	return p;
}

/* One function, so that fronts are read without a further call. */
static int __attribute__((noinline))
look(struct front *f, struct decoder *dec, const struct count *c, const struct packet *p)
{
	if (!dec_front(dec, p->linktype, p->time_us, p->p, p->caplen, p->len, f))
		return 0;
	count_foresee_way(c, f);
	return 1;
}

size_t
decoded_look(struct decoded *to, struct decoder *dec, const struct count *c, const struct packet *p)
{
	struct front *f = &to->front[to->fronts];
	size_t keep;

	to->packet[to->fronts++] = *p;
	if (!look(f, dec, c, p))
		return p->caplen;
	keep = (size_t)(f->ip - p->p) + FRONT_KEEP;
	return keep < p->caplen ? keep : p->caplen;
}

void
decoded_moved(struct decoded *to, const uint8_t *p, size_t kept)
{
	struct packet *packet = &to->packet[to->fronts - 1];
	struct front *f = &to->front[to->fronts - 1];

	if (f->way != 0)
		f->ip = p + (f->ip - packet->p);
	packet->p = p;
	packet->caplen = (uint32_t)kept;
}

/* Decode what must be, and ask for `lines` with each. */
static inline void
take_rest(struct decoded *to, struct decoder *dec, const struct count *c, const uint8_t *soon,
    size_t lines)
{
	/* Nothing is known any more behind a packet that ends the interval. */
	int knows = count_is_within(c, to->packet, to->fronts);
	struct front *f = to->front;

	for (; to->n < to->fronts; to->n++, f++) {
		const struct packet *p = &to->packet[to->n];
		struct way *w = knows && f->way != 0 ? count_knows(c, f) : NULL;

		soon = ask(soon, lines);
		if (w != NULL && f->tells && !take_segment(to, dec, c, w, f, p))
			w = NULL;
		to->way[to->n] = w;
		if (w == NULL)
			decode(to, dec, p);
	}
}

void
decoded_rest(struct decoded *to, struct decoder *dec, const struct count *c)
{
	take_rest(to, dec, c, NULL, 0);
}

void
decoded_take(struct decoded *to, struct decoder *dec, const struct count *c, const struct packet *p,
    size_t n, size_t ahead)
{
	size_t lines = lines_each(p, n, ahead), later = lines / 3;
	const uint8_t *soon = ahead > 0 ? p[0].p + ahead : NULL;

	for (size_t i = 0; i < n; i++) {
		soon = ask(soon, lines - later);
		look(&to->front[i], dec, c, &p[i]);
	}
	memcpy(to->packet, p, n * sizeof(*p));
	to->fronts = n;
	take_rest(to, dec, c, soon, later);
}

/* Only what was said in this batch: what else is in `seen` may be of another one. */
static void
hear(struct air_run *air, const struct decoded *from, size_t at, size_t n)
{
	for (unsigned i = 0; i < from->says; i++) {
		size_t packet = from->sayer[i];

		if (packet >= at && packet < at + n && air_run_wants(&from->said[i]))
			air_run_hear(
			    air, from->packet[packet].time_us, &from->seen[packet], &from->said[i]);
	}
	air_run_heard(air);
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
	if (to->air != NULL && from->airs)
		hear(to->air, from, at, n);
}
