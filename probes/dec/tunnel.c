/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tunnel.c - going into a tunnel, and what is known of its ends. */
#include <string.h>

#include "probes/dec/step.h"

static uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t
end_ipv4(const uint8_t *address)
{
	return (uint64_t)address[0] << 24 | (uint64_t)address[1] << 16 | (uint64_t)address[2] << 8 |
	       address[3];
}

static uint64_t
end_ipv6(const uint8_t *address)
{
	uint64_t v = load64(address) * UINT64_C(0x9e3779b97f4a7c15) ^ load64(address + 8);

	v *= UINT64_C(0xbf58476d1ce4e5b9);
	return (v >> 9 | DEC_END_IPV6) & ((DEC_END_IPV6 << 1) - 1);
}

uint64_t
dec_end_of(const uint8_t *address, size_t octets)
{
	return octets == 4 ? end_ipv4(address) : end_ipv6(address);
}

uint64_t
dec_address(const uint8_t *ip, int to)
{
	if (ip[0] >> 4 == 4)
		return end_ipv4(ip + (to ? 16 : 12));
	return end_ipv6(ip + (to ? 24 : 8));
}

/* The frame around a tunnel says which access point it is. */
static void
take_ends(struct dec *d, enum seen_tunnel kind)
{
	struct seen *out = d->out;

	out->tunnel = (uint8_t)kind;
	if (d->ip != NULL && d->ip[0] >> 4 == 4) {
		out->tunnel_from = end_ipv4(d->ip + 12);
		out->tunnel_to = end_ipv4(d->ip + 16);
	} else if (d->ip != NULL) {
		out->tunnel_from = end_ipv6(d->ip + 8);
		out->tunnel_to = end_ipv6(d->ip + 24);
	}
	/* CAPWAP has better names than these. */
	if (d->eth != NULL && kind != SEEN_TUNNEL_CAPWAP) {
		out->outer_from = pseudonym_mark(d->key, d->eth + 6);
		out->outer_to = pseudonym_mark(d->key, d->eth);
	}
}

static void
take_back(struct dec *d)
{
	if (d->unit == 0)
		return;
	d->out->octets -= d->unit;
	d->out->packets--;
	d->unit = 0;
}

enum dec_next
dec_tunnel(struct dec *d, enum dec_next stop)
{
	take_back(d);
	return stop;
}

enum dec_next
dec_enter(struct dec *d, enum seen_tunnel kind, enum dec_next inside)
{
	struct seen *out = d->out;

	take_back(d);
	if (out->tunnels == DEC_TUNNELS_MAX)
		return DEC_STOP_TUNNEL_DEEP;
	out->tunnels++;
	/* A fabric's tunnel may be around an access point's, which says more. */
	if (kind != SEEN_TUNNEL_NONE &&
	    (out->tunnel == SEEN_TUNNEL_NONE || kind == SEEN_TUNNEL_CAPWAP))
		take_ends(d, kind);
	out->flags &= (uint16_t) ~(SEEN_IP | SEEN_FROM_PRIVATE | SEEN_TO_PRIVATE);
	d->eth = d->ip = NULL;
	d->has_signal = 0;
	return inside;
}
