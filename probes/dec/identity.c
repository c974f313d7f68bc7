/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * identity.c - what tells a frame from every other, wherever on its way it is seen: inside a tunnel
 * or not, before a router or behind. A hash of what nobody changes on the way, keyed, so that
 * nobody can make two frames alike.
 */
#include "probes/dec/identity.h"

/* 802.11 in a tunnel, with no IP that can be seen: its own numbers, or the tunnel's. */
static void
identify_wlan(struct dec *d)
{
	const uint64_t *secret = d->memory->secret;
	uint64_t v = dec_fold(d->outer_id ^ secret[0], d->frame_captured ^ secret[1]);
	size_t n = d->frame_captured < 40 ? d->frame_captured & ~(size_t)7 : 40;

	for (size_t at = 0; at < n; at += 8)
		v = dec_fold(v ^ dec_load(d->frame + at), secret[2 + (at / 8 & 1)]);
	d->out->identity = v;
	if (d->outer_id != 0)
		d->out->flags |= SEEN_UNIQUE;
}

void
dec_identify(struct dec *d)
{
	if (d->ip != NULL && d->out->packets > 0)
		d->out->identity =
		    dec_identity(d->memory->secret, d->ip, d->ip_captured, &d->out->flags);
	else if (d->frame != NULL)
		identify_wlan(d);
}
