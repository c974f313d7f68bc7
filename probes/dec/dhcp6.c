/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dhcp6.c - DHCPv6: which message, of whom, through which relays. */
#include "probes/dec/naming.h"
#include "probes/dec/step.h"

#define RELAYS_MAX    4 /* within each other */
#define RELAY_FORWARD 12
#define RELAY_REPLY   13
#define TYPE_MAX      36

enum {
	OPTION_CLIENT = 1,
	OPTION_RELAYED = 9,
	OPTION_INTERFACE = 18,
	OPTION_REMOTE = 37,
	OPTION_ADDRESS = 79, /* the client's link-layer address (RFC 6939) */
	DUID_LLT = 1,
	DUID_LL = 3,
	HARDWARE_ETHERNET = 1
};

static const struct wire none = {NULL, NULL, 0};

/* What the options of one message point to; resolved when all are known. */
struct found {
	struct wire interface, remote, duid, address;
	const uint8_t *mac; /* the client's */
};

/* A client's address within its identifier; NULL: there is none. */
static const uint8_t *
duid_mac(struct wire w)
{
	uint16_t type = wire_be16(&w), hardware = wire_be16(&w);

	if (type == DUID_LLT)
		wire_be32(&w); /* time */
	else if (type != DUID_LL)
		return NULL;
	return hardware == HARDWARE_ETHERNET && wire_left(&w) == 6 ? wire_take(&w, 6) : NULL;
}

static const uint8_t *
address_mac(struct wire w)
{
	return wire_be16(&w) == HARDWARE_ETHERNET && wire_left(&w) == 6 ? wire_take(&w, 6) : NULL;
}

/* The options of a message, and the message that is relayed in it. 0: one runs past the end. */
static int
take_options(struct wire *w, struct found *f, struct wire *inner)
{
	*inner = none;
	while (wire_left(w) > 0) {
		uint16_t code = wire_be16(w), len = wire_be16(w);
		struct wire option = wire_sub(w, len);

		if (option.failed)
			return 0;
		if (code == OPTION_CLIENT)
			f->duid = option;
		else if (code == OPTION_RELAYED)
			*inner = option;
		else if (code == OPTION_INTERFACE)
			f->interface = option; /* the innermost relay is nearest to the client */
		else if (code == OPTION_REMOTE)
			f->remote = option;
		else if (code == OPTION_ADDRESS)
			f->address = option;
	}
	return 1;
}

static void
resolve(struct dec *d, struct found *f)
{
	struct detail_dhcp *m = &d->detail->dhcp;
	size_t len = wire_left(&f->duid);

	f->mac = duid_mac(f->duid);
	if (f->mac == NULL)
		f->mac = address_mac(f->address);
	if (f->mac != NULL)
		m->client = pseudonym_mac(d->key, f->mac);
	else if (len > 0)
		m->client = pseudonym_octets(d->key, f->duid.at, len);
	naming_ap(&m->relay, f->interface.at, wire_left(&f->interface), f->mac);
	wire_be32(&f->remote); /* whose numbers */
	naming_ap(&m->relay, f->remote.at, wire_left(&f->remote), f->mac);
	naming_mark(&m->relay, d->key);
}

static enum dec_next
take_message(struct dec *d)
{
	struct detail_dhcp *m = &d->detail->dhcp;
	struct found f = {none, none, none, none, NULL};
	struct wire w = d->w, inner;

	m->version = 6;
	m->type = wire_u8(&w);
	for (unsigned depth = 0; m->type == RELAY_FORWARD || m->type == RELAY_REPLY; depth++) {
		if (depth == RELAYS_MAX)
			return DEC_STOP_DHCP6_DEEP;
		m->relayed = 1;
		wire_take(&w, 33); /* hops, two addresses */
		if (!take_options(&w, &f, &inner) || wire_left(&inner) == 0)
			return dec_short(d, DEC_STOP_DHCP6_OPTION);
		w = inner;
		m->type = wire_u8(&w);
	}
	m->is_answer = m->type == 2 || m->type == 7 || m->type == 10;
	m->xid = (uint32_t)wire_u8(&w) << 16;
	m->xid |= wire_be16(&w);
	if (w.failed)
		return dec_short(d, DEC_STOP_DHCP6_SHORT);
	d->detail->kind = DETAIL_DHCP;
	if (!take_options(&w, &f, &inner))
		return dec_short(d, DEC_STOP_DHCP6_OPTION);
	resolve(d, &f);
	return DEC_DONE;
}

enum dec_next
dec_dhcp6(struct dec *d)
{
	struct wire peek = d->w;
	uint8_t type = wire_u8(&peek);

	if (type == 0 || type > TYPE_MAX)
		return dec_end(d);
	d->detail->dhcp = (struct detail_dhcp){0};
	return dec_unit(d, take_message(d));
}
