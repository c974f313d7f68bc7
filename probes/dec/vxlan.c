/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vxlan.c - the tunnels of switches and fabrics: VXLAN, VXLAN-GPE, Geneve. */
#include "probes/dec/step.h"

#define VXLAN_HAS_VNI  0x08
#define GPE_VERSION    0x30
#define GPE_IPV4       1
#define GPE_IPV6       2
#define GPE_ETHERNET   3
#define GENEVE_VERSION 0xc0
#define GENEVE_OPTIONS 0x3f /* units of 4 octets */
#define GENEVE_CONTROL 0x80
#define TYPE_IPV4      0x0800
#define TYPE_IPV6      0x86dd
#define TYPE_BRIDGE    0x6558

enum dec_next
dec_vxlan(struct dec *d)
{
	uint8_t flags = wire_u8(&d->w);

	wire_take(&d->w, 7);
	if (d->w.failed)
		return dec_tunnel(d, dec_short(d, DEC_STOP_VXLAN_HEADER));
	if ((flags & VXLAN_HAS_VNI) == 0)
		return dec_tunnel(d, DEC_STOP_VXLAN_HEADER);
	return dec_enter(d, SEEN_TUNNEL_VXLAN, DEC_ETHERNET);
}

enum dec_next
dec_vxlan_gpe(struct dec *d)
{
	uint8_t flags = wire_u8(&d->w), next;

	wire_take(&d->w, 2);
	next = wire_u8(&d->w);
	wire_take(&d->w, 4);
	if (d->w.failed)
		return dec_tunnel(d, dec_short(d, DEC_STOP_VXLAN_HEADER));
	if (flags & GPE_VERSION)
		return dec_tunnel(d, DEC_STOP_VXLAN_HEADER);
	switch (next) {
	case GPE_ETHERNET:
		return dec_enter(d, SEEN_TUNNEL_VXLAN, DEC_ETHERNET);
	case GPE_IPV4:
		return dec_enter(d, SEEN_TUNNEL_VXLAN, DEC_IPV4);
	case GPE_IPV6:
		return dec_enter(d, SEEN_TUNNEL_VXLAN, DEC_IPV6);
	default:
		return dec_tunnel(d, DEC_STOP_VXLAN_HEADER);
	}
}

enum dec_next
dec_geneve(struct dec *d)
{
	uint8_t first = wire_u8(&d->w), flags = wire_u8(&d->w);
	uint16_t type = wire_be16(&d->w);

	wire_take(&d->w, 4 + (size_t)(first & GENEVE_OPTIONS) * 4);
	if (d->w.failed)
		return dec_tunnel(d, dec_short(d, DEC_STOP_GENEVE_HEADER));
	if ((first & GENEVE_VERSION) || (flags & GENEVE_CONTROL))
		return dec_tunnel(d, DEC_STOP_GENEVE_HEADER);
	switch (type) {
	case TYPE_BRIDGE:
		return dec_enter(d, SEEN_TUNNEL_GENEVE, DEC_ETHERNET);
	case TYPE_IPV4:
		return dec_enter(d, SEEN_TUNNEL_GENEVE, DEC_IPV4);
	case TYPE_IPV6:
		return dec_enter(d, SEEN_TUNNEL_GENEVE, DEC_IPV6);
	default:
		return dec_tunnel(d, DEC_STOP_GENEVE_HEADER);
	}
}
