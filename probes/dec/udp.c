/* SPDX-License-Identifier: GPL-3.0-or-later */
/* udp.c - which UDP ports say something, or carry tunnels. */
#include "probes/dec/step.h"

#define UDP_HEADER   8
#define CAPWAP_PORT  5247
#define CAPWAP_TALK  5246
#define GENEVE_PORT  6081
#define VXLAN_PORT   4789
#define VXLAN_GPE    4790
#define L2TP_PORT    1701
#define PROTOCOL_UDP 17

/* A bit for each port that is known, by its last six bits: most others are not among them. */
#define BIT(port) (UINT64_C(1) << ((port)&63))
#define KNOWN                                                                                   \
	(BIT(CAPWAP_PORT) | BIT(CAPWAP_TALK) | BIT(12222) | BIT(12223) | BIT(L2TP_PORT) |       \
	    BIT(67) | BIT(68) | BIT(546) | BIT(547) | BIT(1813) | BIT(1646) | BIT(VXLAN_PORT) | \
	    BIT(VXLAN_GPE) | BIT(GENEVE_PORT))

/* What is told by either port. */
static enum dec_next
by_port(uint16_t port)
{
	switch (port) {
	case CAPWAP_PORT:
		return DEC_CAPWAP;
	case CAPWAP_TALK:
		return DEC_STOP_CAPWAP_CONTROL;
	case 12222:
	case 12223:
		return DEC_STOP_LWAPP;
	case L2TP_PORT:
		return DEC_L2TP_UDP;
	case 67:
	case 68:
		return DEC_DHCP;
	case 546:
	case 547:
		return DEC_DHCP6;
	case 1813:
	case 1646:
		return DEC_RADIUS;
	default:
		return DEC_DONE;
	}
}

/* What is told by the port that it goes to: the other one is drawn by lot. */
static enum dec_next
by_destination(uint16_t port)
{
	switch (port) {
	case VXLAN_PORT:
		return DEC_VXLAN;
	case VXLAN_GPE:
		return DEC_VXLAN_GPE;
	case GENEVE_PORT:
		return DEC_GENEVE;
	default:
		return by_port(port);
	}
}

/* Most ports' bit is none of theirs. */
static inline int
may_say(uint16_t from, uint16_t to)
{
	return (KNOWN & (BIT(from) | BIT(to))) != 0;
}

int
dec_udp_is_silent(const uint8_t *udp)
{
	uint16_t from = (uint16_t)(udp[0] << 8 | udp[1]), to = (uint16_t)(udp[2] << 8 | udp[3]);

	return !may_say(from, to) || (by_destination(to) == DEC_DONE && by_port(from) == DEC_DONE);
}

int
dec_udp_is_capwap(const uint8_t *udp)
{
	uint16_t from = (uint16_t)(udp[0] << 8 | udp[1]), to = (uint16_t)(udp[2] << 8 | udp[3]);

	unsigned up = to == CAPWAP_PORT, down = from == CAPWAP_PORT;

	/* Which of both, nobody can foretell. */
	if ((up | down) == 0)
		return 0;
	return (up | ((KNOWN & BIT(to)) == 0)) != 0 || by_destination(to) == DEC_DONE;
}

static int
is_message(enum dec_next next)
{
	return next == DEC_DHCP || next == DEC_DHCP6 || next == DEC_RADIUS;
}

/* A first piece knows by UDP's length how long the whole is. */
static void
bound(struct dec *d, size_t len)
{
	if (d->protocol != PROTOCOL_UDP || len < UDP_HEADER || len - UDP_HEADER > dec_left(d))
		return;
	dec_limit(d, len - UDP_HEADER);
	d->open = 0;
}

/* A message in a first piece is read when all of it is there. */
static enum dec_next
message(struct dec *d, enum dec_next next)
{
	if (d->pieces == 0)
		return next;
	d->message = 1;
	return dec_end(d);
}

enum dec_next
dec_udp(struct dec *d)
{
	const uint8_t *udp = wire_take(&d->w, UDP_HEADER);
	enum dec_next next;
	uint16_t from, to;

	if (udp == NULL)
		return d->uncaptured > 0 ? dec_end(d) : DEC_STOP_UDP_SHORT;
	from = (uint16_t)(udp[0] << 8 | udp[1]);
	to = (uint16_t)(udp[2] << 8 | udp[3]);
	if (!may_say(from, to))
		return dec_end(d);
	next = by_destination(to);
	if (next == DEC_DONE)
		next = by_port(from);
	if (next == DEC_DONE || (!is_message(next) && !dec_may_enter(d)))
		return dec_end(d);
	d->from_port = from;
	d->to_port = to;
	bound(d, (size_t)udp[4] << 8 | udp[5]);
	if (next == DEC_CAPWAP)
		return dec_capwap(d);
	if (is_message(next))
		return message(d, next);
	return next < DEC_STEPS ? next : dec_tunnel(d, next);
}
