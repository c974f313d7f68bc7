/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/decoded.h"

int
decoded_add(struct decoded *to, struct decoder *dec, const struct packet *p)
{
	const struct detail *said = decoder_detail(dec);
	struct seen *s = &to->seen[to->n];

	dec_frame(dec, p->linktype, p->time_us, p->p, p->caplen, p->len, s);
	to->packet[to->n] = *p;
	if (said->kind != DETAIL_NONE) {
		to->said[to->says] = *said;
		s->detail = ++to->says;
	}
	return ++to->n == COUNT_BATCH;
}

void
decoded_count(const struct decoded *from, const struct counting *to, size_t at, size_t n)
{
	count_packets(to->count, from->packet + at, from->seen + at, from->said, n);
	if (to->air != NULL && from->says > 0)
		air_run_hear(to->air, from->packet + at, from->seen + at, from->said, n);
}
