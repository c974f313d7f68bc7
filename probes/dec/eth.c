/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eth.c - Ethernet II, 802.3 with LLC and SNAP, stacks of VLAN tags. */
#include <string.h>

#include "probes/dec/step.h"

#define LENGTH_MAX   1500 /* a type field up to here is a length (802.3) */
#define TYPE_MIN     0x0600
#define TYPE_IPV4    0x0800
#define TYPE_IPV6    0x86dd
#define TYPE_MPLS    0x8847
#define TYPE_MPLS_UP 0x8848
#define TYPE_PPPOE   0x8864
#define TYPE_EAPOL   0x888e
#define TYPE_LWAPP   0x88bb
#define TYPE_LLDP    0x88cc

/* Addresses that only a gateway has: VRRP for IPv4 and IPv6, HSRP, HSRP 2, GLBP. */
int
dec_is_router(const uint8_t *mac)
{
	static const struct {
		uint8_t prefix[5];
		uint8_t octets;
	} routers[] = {{{0x00, 0x00, 0x5e, 0x00, 0x01}, 5}, {{0x00, 0x00, 0x5e, 0x00, 0x02}, 5},
	    {{0x00, 0x00, 0x0c, 0x07, 0xac}, 5}, {{0x00, 0x00, 0x0c, 0x9f}, 4},
	    {{0x00, 0x07, 0xb4, 0x00}, 4}};

	for (size_t i = 0; i < sizeof(routers) / sizeof(routers[0]); i++)
		if (memcmp(mac, routers[i].prefix, routers[i].octets) == 0)
			return 1;
	return 0;
}

/* 802.3: the length says where padding starts. */
static enum dec_next
by_length(struct dec *d)
{
	if (d->type > LENGTH_MAX || d->type > dec_left(d))
		return DEC_STOP_ETHERNET_LENGTH;
	dec_limit(d, d->type);
	return DEC_LLC;
}

/* Most packets are IP, and need no way back over the table. */
static enum dec_next
by_type(struct dec *d)
{
	if (d->type == TYPE_IPV4)
		return dec_ipv4(d);
	if (dec_is_tag(d->type))
		return dec_vlan(d);
	switch (d->type) {
	case TYPE_IPV6:
		return dec_ipv6(d);
	case TYPE_MPLS:
	case TYPE_MPLS_UP:
		return DEC_MPLS;
	case TYPE_EAPOL:
		return DEC_EAPOL;
	case TYPE_LLDP:
		return DEC_LLDP;
	case TYPE_LWAPP: /* controllers to each other */
		return DEC_STOP_LWAPP;
	case TYPE_PPPOE:
		return DEC_PPPOE;
	default:
		break;
	}
	if (d->type < TYPE_MIN)
		return by_length(d);
	return dec_count(d, dec_rest(d)); /* ARP, ...: what is behind the type */
}

enum dec_next
dec_ethertype(struct dec *d)
{
	return by_type(d);
}

enum dec_next
dec_ethernet(struct dec *d)
{
	static const uint8_t link_local[5] = {0x01, 0x80, 0xc2, 0x00, 0x00};
	const uint8_t *to = wire_take(&d->w, 14);

	if (to == NULL)
		return dec_short(d, DEC_STOP_ETHERNET_SHORT);
	d->type = dec_be16(to + 12);
	d->out->kind = SEEN_FRAME;
	if (to[0] == 1 && memcmp(to, link_local, sizeof(link_local)) == 0 && to[5] < 0x10 &&
	    d->type != TYPE_EAPOL)
		return d->type == TYPE_LLDP ? DEC_LLDP : DEC_STOP_ETHERNET_LINK_LOCAL;
	d->eth = to;
	return by_type(d);
}

/* A tag is noted behind those that are known. If there is no room, the second one goes: the last
 * two say whose a frame is, and the first one where it was seen. */
static void
note_tag(struct dec *d, uint16_t vid)
{
	struct seen *out = d->out;

	if (d->tags_in != out->tunnels) {
		d->tags_in = out->tunnels;
		out->vlans = 0; /* those around the tunnel say less */
	}
	if (out->vlans == DEC_VLANS_MAX) {
		memmove(out->vlan + 1, out->vlan + 2, (DEC_VLANS_MAX - 2) * sizeof(out->vlan[0]));
		out->vlans--;
	}
	out->vlan[out->vlans++] = vid;
}

/* As many as there are, one after the other: the octets of the packet are their bound. */
enum dec_next
dec_vlan(struct dec *d)
{
	const uint8_t *tag;
	uint16_t vid;

	do {
		tag = wire_take(&d->w, 4);
		if (tag == NULL)
			return dec_short(d, DEC_STOP_VLAN_SHORT);
		d->type = dec_be16(tag + 2);
		vid = dec_be16(tag) & 0x0fff;
		if (vid != 0) /* else priority only */
			note_tag(d, vid);
	} while (dec_is_tag(d->type));
	return by_type(d);
}

enum dec_next
dec_llc(struct dec *d)
{
	const uint8_t *llc = wire_take(&d->w, 3), *oui;

	if (llc == NULL)
		return dec_short(d, DEC_STOP_LLC_SHORT);
	if (llc[0] != 0xaa || llc[1] != 0xaa || llc[2] != 0x03)
		return DEC_STOP_LLC_OTHER;
	oui = wire_take(&d->w, 5);
	if (oui == NULL)
		return dec_short(d, DEC_STOP_LLC_SHORT);
	d->type = dec_be16(oui + 3);
	/* RFC 1042, and 802.1H's bridge tunnel: what follows is an ethertype. */
	if (oui[0] != 0 || oui[1] != 0 || (oui[2] != 0x00 && oui[2] != 0xf8) || d->type < TYPE_MIN)
		return DEC_STOP_LLC_OTHER;
	return by_type(d);
}
