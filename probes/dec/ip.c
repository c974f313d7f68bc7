/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip.c - IPv4 and IPv6 as far as octets, fragments and a few UDP ports need it. */
#include "probes/dec/step.h"

#define PROTO_UDP     17
#define PROTO_GRE     47
#define IPV4_FRAGMENT 0x1fff
#define GRE_ETHERNET  0x6558

/* Private ranges: RFC 1918, and RFC 6598 for carriers' NAT. */
static int
is_private(uint32_t a)
{
	return (a & 0xff000000) == 0x0a000000 || (a & 0xfff00000) == 0xac100000 ||
	       (a & 0xffff0000) == 0xc0a80000 || (a & 0xffc00000) == 0x64400000;
}

static enum dec_next
by_protocol(struct dec *d, uint8_t protocol)
{
	if (protocol == PROTO_UDP)
		return DEC_UDP;
	if (protocol == PROTO_GRE)
		return DEC_GRE;
	return dec_end(d);
}

enum dec_next
dec_ipv4(struct dec *d)
{
	size_t left = dec_left(d), header, total;
	uint8_t first = wire_u8(&d->w), protocol;
	uint16_t fragment;
	uint32_t from, to;

	wire_u8(&d->w);
	total = wire_be16(&d->w);
	wire_take(&d->w, 2);
	fragment = wire_be16(&d->w);
	wire_u8(&d->w);
	protocol = wire_u8(&d->w);
	wire_take(&d->w, 2);
	from = wire_be32(&d->w);
	to = wire_be32(&d->w);
	if (d->w.failed)
		return dec_short(d, DEC_STOP_IPV4_SHORT);
	header = (size_t)(first & 0x0f) * 4;
	if (first >> 4 != 4 || header < 20)
		return DEC_STOP_IPV4_HEADER;
	if (total == 0)
		total = left; /* the capturing machine's card merged packets (TSO) */
	if (total < header || total > left)
		return DEC_STOP_IPV4_LENGTH;
	d->out->flags |= SEEN_IP | (is_private(from) ? SEEN_FROM_PRIVATE : 0) |
			 (is_private(to) ? SEEN_TO_PRIVATE : 0);
	dec_count(d, total);
	dec_limit(d, total - 20);
	wire_take(&d->w, header - 20);
	return fragment & IPV4_FRAGMENT ? dec_end(d) : by_protocol(d, protocol);
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
		if (next == 44 && (offset & 0xfff8) != 0)
			return dec_end(d); /* a later fragment has no ports */
		wire_take(&d->w, next == 44 ? 4 : next == 51 ? len * 4 + 4 : len * 8 + 4);
		if (d->w.failed)
			return d->uncaptured > 0 ? dec_end(d) : DEC_STOP_IPV6_SHORT;
		next = following;
	}
	return DEC_STOP_IPV6_DEEP;
}

enum dec_next
dec_ipv6(struct dec *d)
{
	uint8_t first = wire_u8(&d->w), next;
	size_t payload;

	wire_take(&d->w, 3);
	payload = wire_be16(&d->w);
	next = wire_u8(&d->w);
	wire_take(&d->w, 33);
	if (d->w.failed)
		return dec_short(d, DEC_STOP_IPV6_SHORT);
	if (first >> 4 != 6)
		return DEC_STOP_IPV6_HEADER;
	if (payload == 0 && next == 0)
		return DEC_STOP_IPV6_LENGTH; /* a jumbogram */
	if (payload > dec_left(d))
		return DEC_STOP_IPV6_LENGTH;
	dec_count(d, payload + 40);
	dec_limit(d, payload);
	return ipv6_extensions(d, next);
}

/* GRE between an access point and its controller carries Ethernet, or 802.11 (Aruba), and is no
 * client's; other GRE may be some client's own, and counts. */
enum dec_next
dec_gre(struct dec *d)
{
	uint16_t flags = wire_be16(&d->w), type = wire_be16(&d->w);

	if (d->w.failed)
		return dec_end(d);
	if ((flags & 7) == 0 &&
	    (type == GRE_ETHERNET || (type >= 0x8200 && type <= 0x8370 && (type & 0xf) == 0)))
		return dec_tunnel(d, DEC_STOP_GRE);
	return d->in_amsdu ? dec_end(d) : DEC_STOP_GRE;
}

static int
is_port(uint16_t from, uint16_t to, uint16_t port)
{
	return from == port || to == port;
}

enum dec_next
dec_udp(struct dec *d)
{
	uint16_t from = wire_be16(&d->w), to = wire_be16(&d->w);

	wire_take(&d->w, 4);
	if (d->w.failed)
		return d->uncaptured > 0 ? dec_end(d) : DEC_STOP_UDP_SHORT;
	if (is_port(from, to, 5247))
		return dec_tunnel(d, DEC_STOP_CAPWAP);
	if (is_port(from, to, 4789))
		return dec_tunnel(d, DEC_STOP_VXLAN);
	if (to == 12222 || to == 12223)
		return dec_tunnel(d, DEC_STOP_LWAPP);
	if (is_port(from, to, 67) || is_port(from, to, 68))
		return DEC_DHCP;
	if (is_port(from, to, 546) || is_port(from, to, 547))
		return DEC_DHCP6;
	if (is_port(from, to, 1813) || is_port(from, to, 1646))
		return DEC_RADIUS;
	return dec_end(d);
}
