/* SPDX-License-Identifier: GPL-3.0-or-later */
/* identity.h - identity.c for an IP packet: each packet has one, so it is worked out where it is
 * needed. */
#ifndef KK_PROBES_DEC_IDENTITY_H
#define KK_PROBES_DEC_IDENTITY_H

#include "probes/dec/step.h"

#define IDENTITY_TCP 6
#define IDENTITY_UDP 17

/* The first octets behind IP: ports, numbers, checksums. */
static inline uint64_t
identity_transport(const uint64_t *secret, const uint8_t *p, size_t captured, uint8_t protocol)
{
	uint64_t v = 0, more = 0;

	if (captured >= 8)
		v = dec_load(p);
	if (protocol == IDENTITY_TCP && captured >= 18)
		more = dec_load(p + 10);
	return dec_fold(v ^ secret[2], more ^ secret[3]);
}

/* Whether UDP has a checksum: without it and a number in IP, packets of one size are alike. */
static inline int
identity_is_alike(const uint8_t *p, size_t captured, uint8_t protocol)
{
	return protocol == IDENTITY_UDP && captured >= 8 && p[6] == 0 && p[7] == 0;
}

static inline uint64_t
identity_ipv4(const uint64_t *secret, const uint8_t *ip, size_t captured, uint16_t *flags)
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
	else if (identity_is_alike(ip + header, behind, ip[9]))
		*flags |= SEEN_ALIKE;
	return dec_fold(dec_load(ip + 12) ^ secret[0], middle ^ secret[1]) ^
	       identity_transport(secret, ip + header, behind, ip[9]);
}

static inline uint64_t
identity_ipv6(const uint64_t *secret, const uint8_t *ip, size_t captured, uint16_t *flags)
{
	size_t behind = captured - 40;
	/* Flow label, length and next header; not the traffic class and the hop limit. */
	static const uint8_t stays[8] = {0, 0x0f, 255, 255, 255, 255, 255, 0};
	uint64_t from, to;

	from = dec_fold(dec_load(ip + 8) ^ secret[0], dec_load(ip + 16) ^ secret[1]);
	to = dec_fold(dec_load(ip + 24) ^ secret[1], dec_load(ip + 32) ^ secret[0]);
	if (identity_is_alike(ip + 40, behind, ip[6]))
		*flags |= SEEN_ALIKE;
	return dec_fold((dec_load(ip) & dec_load(stays)) ^ from, to ^ secret[2]) ^
	       identity_transport(secret, ip + 40, behind, ip[6]);
}

/** What tells an IP packet from every other, as dec_identify() of a frame. @param secret Of the
 * decoder's memory. @param ip Its header, all of it if there are options. @param captured Octets
 * from there on. @param flags SEEN_UNIQUE or SEEN_ALIKE is added. @return Hash; 0: not known. */
static inline uint64_t
dec_identity(const uint64_t *secret, const uint8_t *ip, size_t captured, uint16_t *flags)
{
	return ip[0] >> 4 == 4 ? identity_ipv4(secret, ip, captured, flags)
			       : identity_ipv6(secret, ip, captured, flags);
}

#endif
