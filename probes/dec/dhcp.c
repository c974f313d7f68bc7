/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dhcp.c - DHCPv4: which message, of whom, and what the relay agent says of the way (option 82).
 * Host names, fingerprints and addresses are stepped over. */
#include "probes/dec/naming.h"
#include "probes/dec/step.h"

#define COOKIE	     UINT32_C(0x63825363)
#define OPTION_PAD   0
#define OPTION_TYPE  53
#define OPTION_RELAY 82
#define OPTION_END   255
#define HTYPE_ETHER  1
#define CIRCUIT	     1
#define REMOTE	     2

/* Circuit identifiers in numbers: 00 04 VLAN(2) slot port. */
static int
take_port(struct detail_ap *ap, struct wire w)
{
	if (wire_left(&w) != 6 || wire_be16(&w) != 0x0004)
		return 0;
	ap->vlan = wire_be16(&w);
	ap->port = wire_be16(&w);
	ap->flags |= DETAIL_AP_VLAN;
	return 1;
}

/* Six octets of ASCII are a name rather than an address. */
static int
is_ascii(struct wire w)
{
	while (wire_left(&w) > 0) {
		uint8_t c = wire_u8(&w);

		if (c < 0x20 || c > 0x7e)
			return 0;
	}
	return 1;
}

/* Remote identifiers as switches make them: 00 06 and an address, 01 LENGTH and a text, or the
 * address alone. NULL: it is not one of these with an address. */
static const uint8_t *
remote_mac(struct wire w)
{
	if (wire_left(&w) == 8 && wire_be16(&w) != 0x0006)
		return NULL;
	return wire_left(&w) == 6 && !is_ascii(w) ? wire_take(&w, 6) : NULL;
}

static void
take_remote(struct detail_ap *ap, struct wire w, const uint8_t *client)
{
	size_t len = wire_left(&w);
	const uint8_t *mac = remote_mac(w), *p = wire_take(&w, len);

	if (len >= 2 && p[0] == 1 && p[1] == len - 2) {
		naming_ap(ap, p + 2, len - 2, client);
	} else if (mac == NULL) {
		naming_ap(ap, p, len, client);
	} else if (!naming_mentions(mac, 6, client) && (mac[0] & 1) == 0 &&
		   (ap->flags & DETAIL_AP_BSSID) == 0) {
		ap->bssid = naming_number(mac);
		ap->flags |= DETAIL_AP_BSSID;
	}
}

/* What a relay agent adds. 0: a part runs past the end. */
static int
take_relay(struct detail_ap *ap, struct wire w, const uint8_t *client)
{
	while (wire_left(&w) > 0) {
		uint8_t code = wire_u8(&w), len = wire_u8(&w);
		struct wire part = wire_sub(&w, len);

		if (part.failed)
			return 0;
		if (code == CIRCUIT && !take_port(ap, part))
			naming_ap(ap, part.at, len, client);
		else if (code == REMOTE)
			take_remote(ap, part, client);
	}
	return 1;
}

static enum dec_next
take_options(struct dec *d, const uint8_t *client)
{
	struct detail_dhcp *m = &d->detail->dhcp;

	while (wire_left(&d->w) > 0) {
		uint8_t code = wire_u8(&d->w), len;
		struct wire option;

		if (code == OPTION_END)
			return DEC_DONE;
		if (code == OPTION_PAD)
			continue;
		len = wire_u8(&d->w);
		option = wire_sub(&d->w, len);
		if (option.failed)
			return dec_short(d, DEC_STOP_DHCP_OPTION);
		if (code == OPTION_TYPE && m->type == 0)
			m->type = wire_u8(&option);
		else if (code == OPTION_RELAY && !take_relay(&m->relay, option, client))
			return DEC_STOP_DHCP_RELAY;
		if (option.failed)
			return DEC_STOP_DHCP_OPTION;
	}
	return d->uncaptured > 0 ? DEC_STOP_CUT : DEC_DONE;
}

/* The fixed part, and who asks. */
static enum dec_next
take_message(struct dec *d)
{
	struct detail_dhcp *m = &d->detail->dhcp;
	uint8_t op = wire_u8(&d->w), type = wire_u8(&d->w), len = wire_u8(&d->w);
	const uint8_t *client, *gateway;

	wire_u8(&d->w); /* hops */
	m->xid = wire_be32(&d->w);
	wire_take(&d->w, 16); /* seconds, flags, three addresses */
	gateway = wire_take(&d->w, 4);
	client = wire_take(&d->w, 16);
	if (d->w.failed)
		return dec_short(d, DEC_STOP_DHCP_SHORT);
	m->version = 4;
	m->is_answer = op == 2;
	m->relayed = (gateway[0] | gateway[1] | gateway[2] | gateway[3]) != 0;
	if (len > 16)
		return DEC_STOP_DHCP_HARDWARE;
	if (len > 0)
		m->client = type == HTYPE_ETHER && len == 6 ? pseudonym_mac(d->key, client)
							    : pseudonym_octets(d->key, client, len);
	d->detail->kind = DETAIL_DHCP;
	wire_take(&d->w, 192); /* server's name and file */
	if (d->w.failed)
		return dec_short(d, DEC_STOP_DHCP_SHORT);
	if (wire_be32(&d->w) != COOKIE || d->w.failed)
		return d->w.failed && d->uncaptured > 0 ? DEC_STOP_CUT : DEC_DONE; /* BOOTP */
	return take_options(d, len == 6 ? client : NULL);
}

enum dec_next
dec_dhcp(struct dec *d)
{
	struct wire peek = d->w;
	uint8_t op = wire_u8(&peek);
	enum dec_next next;

	if (op != 1 && op != 2)
		return dec_end(d);
	d->out->dhcp++;
	d->detail->dhcp = (struct detail_dhcp){0};
	next = take_message(d);
	naming_mark(&d->detail->dhcp.relay, d->key);
	return dec_unit(d, next);
}
