/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip.c - IPv4 and IPv6 as far as octets, fragments and what they carry need it. */
#include "probes/dec/step.h"

#define IPV4_OFFSET 0x1fff
#define IPV4_MORE   0x2000

/* Private ranges, RFC 1918, and RFC 6598 for carriers' NAT: which bits of the second octet are
 * what, for each first one. Without branches, as which of two addresses is private changes from
 * packet to packet. */
static const struct {
	uint8_t some, bits, are;
} private[256] = {
    [10] = {1, 0, 0}, [100] = {1, 0xc0, 64}, [172] = {1, 0xf0, 16}, [192] = {1, 0xff, 168}};

static inline unsigned
is_private(const uint8_t *address)
{
	return private[address[0]].some &
	       ((address[1] & private[address[0]].bits) == private[address[0]].are);
}

enum dec_next
dec_ip_layer(uint8_t protocol)
{
	switch (protocol) {
	case 17:
	case 136:
		return DEC_UDP;
	case 47:
		return DEC_GRE;
	case 97:
		return DEC_ETHERIP;
	case 115:
		return DEC_L2TP;
	default:
		return DEC_DONE;
	}
}

static inline enum dec_next
by_protocol(struct dec *d, uint8_t protocol)
{
	enum dec_next layer;

	d->protocol = protocol;
	if (protocol == 6)
		return d->flows != NULL ? DEC_TCP : dec_end(d);
	if (protocol == 17)
		return dec_udp(d);
	layer = dec_ip_layer(protocol);
	return layer == DEC_DONE || (layer != DEC_UDP && !dec_may_enter(d)) ? dec_end(d) : layer;
}

/* A packet of so many octets, of which the first 20 or 40 were read. */
static inline void
begin(struct dec *d, const uint8_t *start, size_t total)
{
	dec_add(d, total);
	dec_limit(d, total - (size_t)(d->w.at - start));
	d->ip = start;
	d->ip_captured = (size_t)(d->w.end - start);
}

uint16_t
dec_ipv4_flags(const uint8_t *ip)
{
	return (uint16_t)(SEEN_IP | is_private(ip + 12) * SEEN_FROM_PRIVATE |
			  is_private(ip + 16) * SEEN_TO_PRIVATE);
}

static enum dec_next
ipv4_piece(struct dec *d, const uint8_t *ip)
{
	uint16_t fragment = dec_be16(ip + 6);

	return dec_ip_piece(d, dec_be16(ip + 4), ip[9], (size_t)(fragment & IPV4_OFFSET) * 8,
	    (fragment & IPV4_MORE) != 0);
}

enum dec_next
dec_ipv4(struct dec *d)
{
	size_t left = dec_left(d), header, total;
	const uint8_t *ip = wire_take(&d->w, 20);

	if (ip == NULL)
		return dec_short(d, DEC_STOP_IPV4_SHORT);
	header = (size_t)(ip[0] & 0x0f) * 4;
	total = dec_be16(ip + 2);
	if (ip[0] >> 4 != 4 || header < 20)
		return DEC_STOP_IPV4_HEADER;
	if (total == 0) {
		total = left; /* the capturing machine's card merged packets (TSO) */
		d->lacking |= d->open;
	}
	if (total < header || total > left)
		return DEC_STOP_IPV4_LENGTH;
	d->out->flags |= dec_ipv4_flags(ip);
	begin(d, ip, total);
	if (d->out->tunnels == 0)
		d->outer_id = dec_be16(ip + 4);
	wire_take(&d->w, header - 20);
	if ((dec_be16(ip + 6) & (IPV4_OFFSET | IPV4_MORE)) != 0)
		return ipv4_piece(d, ip);
	return by_protocol(d, ip[9]);
}

/* Of a fragment header all but the next one's number was read. */
static enum dec_next
ipv6_fragment(struct dec *d, uint8_t protocol, uint16_t offset)
{
	uint32_t id = wire_be32(&d->w);

	if (d->w.failed)
		return d->uncaptured > 0 ? dec_end(d) : DEC_STOP_IPV6_SHORT;
	if ((offset & 0xfff9) == 0)
		return by_protocol(d, protocol); /* alone */
	return dec_ip_piece(d, id, protocol, offset & 0xfff8, offset & 1);
}

/* Step over extension headers; whatever they hold, the octets are counted. */
static enum dec_next
ipv6_extensions(struct dec *d, uint8_t next)
{
	for (unsigned i = 0; i <= DEC_IP6_EXTS_MAX; i++) {
		uint8_t following, len;
		uint16_t offset;

		if (next != 0 && next != 43 && next != 44 && next != 51 && next != 60)
			return by_protocol(d, next);
		following = wire_u8(&d->w);
		len = wire_u8(&d->w);
		offset = wire_be16(&d->w);
		if (next == 44 && !d->w.failed)
			return ipv6_fragment(d, following, offset);
		wire_take(&d->w, next == 51 ? len * 4 + 4 : len * 8 + 4);
		if (d->w.failed)
			return d->uncaptured > 0 ? dec_end(d) : DEC_STOP_IPV6_SHORT;
		next = following;
	}
	return DEC_STOP_IPV6_DEEP;
}

enum dec_next
dec_ipv6(struct dec *d)
{
	const uint8_t *ip = wire_take(&d->w, 40);
	size_t payload;

	if (ip == NULL)
		return dec_short(d, DEC_STOP_IPV6_SHORT);
	payload = dec_be16(ip + 4);
	if (ip[0] >> 4 != 6)
		return DEC_STOP_IPV6_HEADER;
	if (payload == 0 && ip[6] == 0)
		return DEC_STOP_IPV6_LENGTH; /* a jumbogram */
	if (payload > dec_left(d))
		return DEC_STOP_IPV6_LENGTH;
	begin(d, ip, payload + 40);
	return ipv6_extensions(d, ip[6]);
}
