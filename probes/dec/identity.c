/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * identity.c - what tells a frame from every other, wherever on its way it is seen: inside a tunnel
 * or not, before a router or behind. A hash of what nobody changes on the way, keyed, so that
 * nobody can make two frames alike.
 */
#include "probes/dec/step.h"

#define PROTO_TCP 6
#define PROTO_UDP 17

/* The first octets behind IP: ports, numbers, checksums. */
static uint64_t
transport(const uint64_t *secret, const uint8_t *p, size_t captured, uint8_t protocol)
{
	uint64_t v = 0, more = 0;

	if (captured >= 8)
		v = dec_load(p);
	if (protocol == PROTO_TCP && captured >= 18)
		more = dec_load(p + 10);
	return dec_fold(v ^ secret[2], more ^ secret[3]);
}

/* Whether UDP has a checksum: without it and a number in IP, packets of one size are alike. */
static int
is_alike(const uint8_t *p, size_t captured, uint8_t protocol)
{
	return protocol == PROTO_UDP && captured >= 8 && p[6] == 0 && p[7] == 0;
}

static uint64_t
identify_ipv4(const uint64_t *secret, const uint8_t *ip, size_t captured, uint16_t *flags)
{
	size_t header = (size_t)(ip[0] & 0x0f) * 4, behind;
	/* Length, number, fragment, protocol; not the time to live, which routers change. */
	static const uint8_t stays[8] = {255, 255, 255, 255, 255, 255, 0, 255};
	uint64_t middle = dec_load(ip + 2) & dec_load(stays);

	if (captured < header)
		return 0;
	behind = captured - header;
	if (ip[4] | ip[5])
		*flags |= SEEN_UNIQUE;
	else if (is_alike(ip + header, behind, ip[9]))
		*flags |= SEEN_ALIKE;
	return dec_fold(dec_load(ip + 12) ^ secret[0], middle ^ secret[1]) ^
	       transport(secret, ip + header, behind, ip[9]);
}

static uint64_t
identify_ipv6(const uint64_t *secret, const uint8_t *ip, size_t captured, uint16_t *flags)
{
	size_t behind = captured - 40;
	/* Flow label, length and next header; not the traffic class and the hop limit. */
	static const uint8_t stays[8] = {0, 0x0f, 255, 255, 255, 255, 255, 0};
	uint64_t from, to;

	from = dec_fold(dec_load(ip + 8) ^ secret[0], dec_load(ip + 16) ^ secret[1]);
	to = dec_fold(dec_load(ip + 24) ^ secret[1], dec_load(ip + 32) ^ secret[0]);
	if (is_alike(ip + 40, behind, ip[6]))
		*flags |= SEEN_ALIKE;
	return dec_fold((dec_load(ip) & dec_load(stays)) ^ from, to ^ secret[2]) ^
	       transport(secret, ip + 40, behind, ip[6]);
}

uint64_t
dec_identity(const uint64_t *secret, const uint8_t *ip, size_t captured, uint16_t *flags)
{
	return ip[0] >> 4 == 4 ? identify_ipv4(secret, ip, captured, flags)
			       : identify_ipv6(secret, ip, captured, flags);
}

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
