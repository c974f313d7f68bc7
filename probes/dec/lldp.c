/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lldp.c - which device and port of the infrastructure stands at the other end. A PC says the same
 * of itself, with its owner's name for it: of what is no bridge, router or access point nothing is
 * kept. */
#include "probes/dec/naming.h"
#include "probes/dec/step.h"

enum { TLV_END, TLV_CHASSIS, TLV_PORT, TLV_TTL, TLV_NAME = 5, TLV_CAPABILITIES = 7 };

#define CHASSIS_MAC    4
#define PORT_MAC       3
#define INFRASTRUCTURE 0x001c /* bridge, access point, router */
#define PERSONS	       0x00a0 /* telephone, station: a bridge for the PC behind it, perhaps */

static int
take_id(struct wire w, uint8_t mac_type, uint64_t *mac, struct detail_text *text)
{
	uint8_t type = wire_u8(&w);
	size_t len = wire_left(&w);
	const uint8_t *p = wire_take(&w, len);

	if (w.failed || len == 0 || (type == mac_type && len != 6))
		return 0;
	if (type == mac_type)
		*mac = naming_number(p);
	else
		naming_text(text, p, len);
	return 1;
}

/* 0: it cannot be of this length. */
static int
take_tlv(struct detail_lldp *l, unsigned type, struct wire w)
{
	uint16_t enabled;

	switch (type) {
	case TLV_CHASSIS:
		return take_id(w, CHASSIS_MAC, &l->chassis_mac, &l->chassis);
	case TLV_PORT:
		return take_id(w, PORT_MAC, &l->port_mac, &l->port);
	case TLV_TTL:
		l->ttl_s = wire_be16(&w);
		break;
	case TLV_NAME:
		naming_text(&l->name, w.at, wire_left(&w));
		break;
	case TLV_CAPABILITIES:
		wire_be16(&w); /* what it could do */
		enabled = wire_be16(&w);
		l->infrastructure = (enabled & INFRASTRUCTURE) != 0 && (enabled & PERSONS) == 0;
		break;
	default:
		break;
	}
	return !w.failed;
}

static enum dec_next
take_all(struct dec *d, struct detail_lldp *l)
{
	while (wire_left(&d->w) > 0) {
		uint16_t head = wire_be16(&d->w);
		struct wire value = wire_sub(&d->w, head & 0x01ff);

		if (value.failed)
			return dec_short(d, DEC_STOP_LLDP_TLV);
		if (head >> 9 == TLV_END)
			return DEC_DONE;
		if (!take_tlv(l, head >> 9, value))
			return DEC_STOP_LLDP_TLV;
	}
	return dec_short(d, DEC_STOP_LLDP_TLV); /* without an end */
}

enum dec_next
dec_lldp(struct dec *d)
{
	struct detail_lldp l = {0};
	enum dec_next next = take_all(d, &l);

	if (next != DEC_DONE)
		return next;
	if (!l.infrastructure)
		l = (struct detail_lldp){.ttl_s = l.ttl_s};
	d->detail->kind = DETAIL_LLDP;
	d->detail->lldp = l;
	return DEC_STOP_ETHERNET_LINK_LOCAL; /* no client's octets */
}
