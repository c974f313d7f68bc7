/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gre.c - GRE with Ethernet (EoGRE), 802.11 (Aruba) or a mirror port's frames (ERSPAN). */
#include "probes/dec/step.h"

#define GRE_CHECKSUM 0x8000
#define GRE_ROUTING  0x4000
#define GRE_KEY	     0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_VERSION  0x0007

#define TYPE_BRIDGE   0x6558
#define TYPE_MPLS     0x8847
#define TYPE_ERSPAN2  0x88be /* and, without a sequence, the first version */
#define TYPE_ERSPAN3  0x22eb
#define ARUBA_FIRST   0x8200
#define ARUBA_LAST    0x8370
#define ARUBA_CONTROL 0x9000

#define ERSPAN_TAGGED 1 /* from here on the header has the tag, unless the frame has it */
#define ERSPAN_INSIDE 3
#define ERSPAN3_MORE  0x1 /* a header of the platform's own follows */

static int
is_aruba(uint16_t type)
{
	return type >= ARUBA_FIRST && type <= ARUBA_LAST && (type & 0xf) == 0;
}

static enum dec_next
enter(struct dec *d, uint16_t flags, uint16_t type)
{
	if (is_aruba(type))
		return dec_enter(d, SEEN_TUNNEL_GRE, DEC_WLAN);
	switch (type) {
	case TYPE_BRIDGE:
		return dec_enter(d, SEEN_TUNNEL_GRE, DEC_ETHERNET);
	case TYPE_MPLS:
		return dec_enter(d, SEEN_TUNNEL_GRE, DEC_MPLS);
	case TYPE_ERSPAN3:
		return dec_enter(d, SEEN_TUNNEL_NONE, DEC_ERSPAN3);
	default:
		return dec_enter(
		    d, SEEN_TUNNEL_NONE, flags & GRE_SEQUENCE ? DEC_ERSPAN2 : DEC_ETHERNET);
	}
}

/* Between an access point and its controller; GRE with something else, or of PPTP, may be some
 * client's own, and counts as its packet. */
static int
is_ours(uint16_t flags, uint16_t type)
{
	if (flags & GRE_VERSION)
		return 0;
	return type == TYPE_BRIDGE || type == TYPE_MPLS || type == TYPE_ERSPAN2 ||
	       type == TYPE_ERSPAN3 || type == ARUBA_CONTROL || is_aruba(type);
}

enum dec_next
dec_gre(struct dec *d)
{
	uint16_t flags = wire_be16(&d->w), type = wire_be16(&d->w);

	if (d->w.failed)
		return d->uncaptured > 0 ? dec_end(d) : DEC_STOP_GRE_SHORT;
	if (!is_ours(flags, type))
		return DEC_STOP_GRE_CLIENT;
	if (type == ARUBA_CONTROL)
		return dec_tunnel(d, DEC_STOP_GRE_CONTROL);
	if (flags & GRE_ROUTING)
		return dec_tunnel(d, DEC_STOP_GRE_ROUTING);
	wire_take(&d->w, (flags & GRE_CHECKSUM ? 4u : 0) + (flags & GRE_KEY ? 4u : 0) +
			     (flags & GRE_SEQUENCE ? 4u : 0));
	if (d->w.failed)
		return dec_tunnel(d, dec_short(d, DEC_STOP_GRE_SHORT));
	return enter(d, flags, type);
}

/* The tag that a mirrored frame had, if it was taken off. */
static enum dec_next
mirrored(struct dec *d, uint16_t vlan, unsigned how)
{
	d->out->vlans = 0; /* those on the way to the mirror's end are nobody's */
	d->tags_in = d->out->tunnels;
	if (how >= ERSPAN_TAGGED && how < ERSPAN_INSIDE && (vlan & 0x0fff) != 0) {
		d->out->vlan[0] = vlan & 0x0fff;
		d->out->vlans = 1;
	}
	return DEC_ETHERNET;
}

enum dec_next
dec_erspan2(struct dec *d)
{
	uint16_t vlan = wire_be16(&d->w), session = wire_be16(&d->w);

	wire_take(&d->w, 4);
	if (d->w.failed)
		return dec_short(d, DEC_STOP_ERSPAN_HEADER);
	if (vlan >> 12 != 1)
		return DEC_STOP_ERSPAN_HEADER;
	return mirrored(d, vlan, session >> 11 & 3);
}

enum dec_next
dec_erspan3(struct dec *d)
{
	uint16_t vlan = wire_be16(&d->w);
	const uint8_t *rest = wire_take(&d->w, 10);

	if (rest != NULL && (rest[9] & ERSPAN3_MORE))
		wire_take(&d->w, 8);
	if (d->w.failed)
		return dec_short(d, DEC_STOP_ERSPAN_HEADER);
	if (vlan >> 12 != 2)
		return DEC_STOP_ERSPAN_HEADER;
	return mirrored(d, vlan, 0);
}
