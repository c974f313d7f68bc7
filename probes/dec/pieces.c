/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pieces.c - datagrams in pieces. Mostly the first piece says all that is counted: its packet
 * counts with it, and those that follow count nothing. If it does not, pieces wait for each other,
 * and the datagram counts when it is whole.
 */
#include <string.h>

#include "probes/dec/fragments.h"
#include "probes/dec/step.h"

#define OPEN 65536 /* octets that may follow a first piece */

static uint64_t
key_of(const struct dec *d, uint64_t id)
{
	uint64_t octets[4] = {dec_address(d->ip, 0), dec_address(d->ip, 1), id,
	    (uint64_t)d->protocol << 8 | d->out->tunnels};

	return pseudonym_octets(d->key, (const uint8_t *)octets, sizeof(octets));
}

static uint64_t
pair_of(const struct dec *d)
{
	uint64_t octets[2] = {dec_address(d->ip, 0), dec_address(d->ip, 1)};

	return pseudonym_octets(d->key, (const uint8_t *)octets, sizeof(octets));
}

/* Decoding goes on in a first piece; dec_settle() says how it went. */
static enum dec_next
first_piece(struct dec *d, uint64_t key, uint64_t pair, enum dec_next layer)
{
	struct dec_piece *p;

	if (d->pieces == DEC_PIECES_MAX)
		return dec_end(d);
	p = &d->memory->piece[d->pieces++];
	*p = (struct dec_piece){.key = key,
	    .pair = pair,
	    .w = d->w,
	    .octets = dec_left(d),
	    .unit = d->unit,
	    .layer = layer,
	    .protocol = d->protocol,
	    .eth = d->eth,
	    .ip = d->ip,
	    .before = *d->out};
	d->open = 1;
	d->uncaptured += OPEN;
	return layer;
}

/* Decode a datagram that is whole. */
static enum dec_next
begin_whole(struct dec *d, const struct fragment_whole *whole, enum dec_next layer)
{
	d->w = wire_over(whole->p, whole->captured);
	d->uncaptured = whole->octets - whole->captured;
	d->open = 0;
	return layer;
}

static enum fragment_news
keep(struct dec *d, uint64_t key, enum fragment_state state, size_t offset, int last,
    struct fragment_whole *whole)
{
	const struct fragment_piece piece = {.p = d->w.at,
	    .captured = wire_left(&d->w),
	    .octets = dec_left(d),
	    .offset = offset,
	    .last = last};

	return fragments_add(d->memory->fragments, key, d->time_us, state, &piece, whole);
}

/* A later piece of a tunnel's datagram. */
static enum dec_next
tunnel_piece(struct dec *d, uint64_t key, size_t offset, int more, enum dec_next layer)
{
	struct fragment_whole whole;

	switch (keep(d, key, FRAGMENT_WAITS, offset, !more, &whole)) {
	case FRAGMENT_WHOLE:
		return begin_whole(d, &whole, layer);
	case FRAGMENT_MORE:
		return dec_tunnel(d, DEC_STOP_FRAGMENT_WAITS);
	default:
		return dec_tunnel(d, DEC_STOP_FRAGMENT_BAD);
	}
}

/* A later piece of what may be a client's: it counts, and what its datagram says is read when it is
 * whole. */
static enum dec_next
message_piece(struct dec *d, uint64_t key, size_t offset, int more, enum dec_next layer)
{
	struct fragment_whole whole;

	if (keep(d, key, FRAGMENT_MESSAGE, offset, !more, &whole) == FRAGMENT_WHOLE)
		return begin_whole(d, &whole, layer);
	return dec_end(d);
}

enum dec_next
dec_ip_piece(struct dec *d, uint32_t id, uint8_t protocol, size_t offset, int more)
{
	enum dec_next layer = dec_ip_layer(protocol);
	uint64_t key, pair;

	d->protocol = protocol;
	if (!dec_may_enter(d) && offset == 0 && layer == DEC_UDP)
		return layer;
	if (!dec_may_enter(d) || layer == DEC_DONE)
		return dec_end(d);
	key = key_of(d, id);
	pair = pair_of(d);
	if (offset == 0)
		return first_piece(d, key, pair, layer);
	switch (fragments_state(d->memory->fragments, key, d->time_us)) {
	case FRAGMENT_CLIENTS:
		return dec_end(d);
	case FRAGMENT_COUNTED:
		return dec_tunnel(d, DEC_STOP_FRAGMENT_COUNTED);
	case FRAGMENT_WAITS:
		return tunnel_piece(d, key, offset, more, layer);
	case FRAGMENT_MESSAGE:
		return message_piece(d, key, offset, more, layer);
	default:
		break;
	}
	/* Its first piece has not come, or never will. */
	if (fragments_learned(d->memory->fragments, pair))
		return tunnel_piece(d, key, offset, more, layer);
	return message_piece(d, key, offset, more, layer);
}

enum dec_next
dec_capwap_piece(struct dec *d, uint64_t id, size_t offset, int more, enum dec_next inside)
{
	uint64_t octets[3] = {d->out->tunnel_from, d->out->tunnel_to, id}, key;

	key = pseudonym_octets(d->key, (const uint8_t *)octets, sizeof(octets));
	if (offset == 0)
		return first_piece(d, key, 0, inside);
	if (fragments_state(d->memory->fragments, key, d->time_us) == FRAGMENT_COUNTED)
		return DEC_STOP_FRAGMENT_COUNTED;
	return tunnel_piece(d, key, offset, more, inside);
}

/* ---- how it went ---- */

/* Back to where the outermost first piece began, which waits for others. */
static enum dec_next
wait_for_others(struct dec *d, int is_tunnel)
{
	const struct dec_piece *p = &d->memory->piece[0];
	struct fragment_whole whole;
	enum fragment_news news;

	d->w = p->w;
	d->uncaptured = p->octets - wire_left(&p->w);
	d->eth = p->eth;
	d->ip = p->ip;
	d->protocol = p->protocol;
	d->unit = p->unit;
	d->open = d->lacking = d->message = 0;
	d->in_amsdu = 0;
	*d->out = p->before;
	news = keep(d, p->key, is_tunnel ? FRAGMENT_WAITS : FRAGMENT_MESSAGE, 0, 0, &whole);
	if (news == FRAGMENT_WHOLE)
		return begin_whole(d, &whole, p->layer);
	if (!is_tunnel)
		return dec_end(d);
	return dec_tunnel(
	    d, news == FRAGMENT_MORE ? DEC_STOP_FRAGMENT_WAITS : DEC_STOP_FRAGMENT_BAD);
}

enum dec_next
dec_settle(struct dec *d, enum dec_next next)
{
	struct fragments *f = d->memory->fragments;
	const struct dec_piece *p = d->memory->piece;
	unsigned n = d->pieces;
	/* The outermost one's octets were taken back if it is a tunnel's. */
	int is_tunnel = p->pair == 0 || d->unit == 0 || d->out->tunnels > p->before.tunnels;

	d->pieces = 0;
	if (is_tunnel && p->pair != 0)
		fragments_learn(f, p->pair);
	if (is_tunnel ? d->lacking || next == DEC_STOP_CUT : d->message)
		return wait_for_others(d, is_tunnel);
	for (unsigned i = 0; i < n; i++)
		fragments_settle(
		    f, p[i].key, d->time_us, is_tunnel ? FRAGMENT_COUNTED : FRAGMENT_CLIENTS);
	return next;
}
