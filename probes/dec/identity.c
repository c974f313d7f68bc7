/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * identity.c - what tells a frame from every other, wherever on its way it is seen: inside a tunnel
 * or not, before a router or behind. A hash of what nobody changes on the way, keyed, so that
 * nobody can make two frames alike.
 */
#include <string.h>

#include "probes/dec/step.h"

#define PROTO_TCP 6
#define PROTO_UDP 17

/* Native order: it stays within this process. */
static inline uint64_t
load(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t
fold(uint64_t a, uint64_t b)
{
	unsigned __int128 v = (unsigned __int128)a * b;

	return (uint64_t)v ^ (uint64_t)(v >> 64);
}

/* The first octets behind IP: ports, numbers, checksums. */
static uint64_t
transport(const struct dec *d, const uint8_t *p, size_t captured, uint8_t protocol)
{
	const uint64_t *secret = d->memory->secret;
	uint64_t v = 0, more = 0;

	if (captured >= 8)
		v = load(p);
	if (protocol == PROTO_TCP && captured >= 18)
		more = load(p + 10);
	return fold(v ^ secret[2], more ^ secret[3]);
}

/* Whether UDP has a checksum: without it and a number in IP, packets of one size are alike. */
static int
is_alike(const uint8_t *p, size_t captured, uint8_t protocol)
{
	return protocol == PROTO_UDP && captured >= 8 && p[6] == 0 && p[7] == 0;
}

static void
identify_ipv4(struct dec *d)
{
	const uint64_t *secret = d->memory->secret;
	const uint8_t *ip = d->ip;
	size_t header = (size_t)(ip[0] & 0x0f) * 4, behind;
	struct seen *out = d->out;
	/* Length, number, fragment, protocol; not the time to live, which routers change. */
	static const uint8_t stays[8] = {255, 255, 255, 255, 255, 255, 0, 255};
	uint64_t middle = load(ip + 2) & load(stays);

	if (d->ip_captured < header)
		return;
	behind = d->ip_captured - header;
	if (ip[4] | ip[5])
		out->flags |= SEEN_UNIQUE;
	else if (is_alike(ip + header, behind, ip[9]))
		out->flags |= SEEN_ALIKE;
	out->identity = fold(load(ip + 12) ^ secret[0], middle ^ secret[1]) ^
			transport(d, ip + header, behind, ip[9]);
}

static void
identify_ipv6(struct dec *d)
{
	const uint64_t *secret = d->memory->secret;
	const uint8_t *ip = d->ip;
	size_t behind = d->ip_captured - 40;
	/* Flow label, length and next header; not the traffic class and the hop limit. */
	static const uint8_t stays[8] = {0, 0x0f, 255, 255, 255, 255, 255, 0};
	uint64_t from, to;

	from = fold(load(ip + 8) ^ secret[0], load(ip + 16) ^ secret[1]);
	to = fold(load(ip + 24) ^ secret[1], load(ip + 32) ^ secret[0]);
	d->out->identity = fold((load(ip) & load(stays)) ^ from, to ^ secret[2]) ^
			   transport(d, ip + 40, behind, ip[6]);
	if (ip[6] == PROTO_UDP && is_alike(ip + 40, behind, ip[6]))
		d->out->flags |= SEEN_ALIKE;
}

/* 802.11 in a tunnel, with no IP that can be seen: its own numbers, or the tunnel's. */
static void
identify_wlan(struct dec *d)
{
	const uint64_t *secret = d->memory->secret;
	uint64_t v = fold(d->outer_id ^ secret[0], d->frame_captured ^ secret[1]);
	size_t n = d->frame_captured < 40 ? d->frame_captured & ~(size_t)7 : 40;

	for (size_t at = 0; at < n; at += 8)
		v = fold(v ^ load(d->frame + at), secret[2 + (at / 8 & 1)]);
	d->out->identity = v;
	if (d->outer_id != 0)
		d->out->flags |= SEEN_UNIQUE;
}

void
dec_identify(struct dec *d)
{
	if (d->ip != NULL && d->out->packets > 0) {
		if (d->ip[0] >> 4 == 4)
			identify_ipv4(d);
		else
			identify_ipv6(d);
	} else if (d->frame != NULL) {
		identify_wlan(d);
	}
}
