/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mpls.c - what operators' networks put around packets on their way: MPLS labels, PPPoE. */
#include "probes/dec/step.h"

#define LABELS_MAX 6
#define BOTTOM	   0x100 /* of the stack */
#define PPP_IPV4   0x21
#define PPP_IPV6   0x57
#define PPPOE_HEAD 2 /* octets of PPP that PPPoE's length counts */

/* Nobody says what is behind the labels, but its first four bits do. */
enum dec_next
dec_mpls(struct dec *d)
{
	struct wire peek;
	uint32_t entry;
	uint8_t first;

	for (unsigned i = 0; i < LABELS_MAX; i++) {
		entry = wire_be32(&d->w);
		peek = d->w;
		first = wire_u8(&peek);
		if (peek.failed)
			return dec_short(d, DEC_STOP_MPLS_SHORT);
		if ((entry & BOTTOM) == 0)
			continue;
		if (first >> 4 == 4)
			return DEC_IPV4;
		if (first >> 4 == 6)
			return DEC_IPV6;
		if (!dec_may_enter(d))
			return dec_count(d, dec_rest(d));
		if (first >> 4 == 0)
			wire_take(&d->w, 4); /* a pseudowire's control word */
		return dec_enter(d, SEEN_TUNNEL_NONE, DEC_ETHERNET);
	}
	return DEC_STOP_MPLS_DEEP;
}

enum dec_next
dec_pppoe(struct dec *d)
{
	uint8_t version = wire_u8(&d->w), code = wire_u8(&d->w);
	size_t len;
	uint16_t protocol;

	wire_take(&d->w, 2); /* session */
	len = wire_be16(&d->w);
	protocol = wire_u8(&d->w);
	if ((protocol & 1) == 0) /* odd: it was compressed to one octet */
		protocol = (uint16_t)(protocol << 8 | wire_u8(&d->w));
	if (d->w.failed)
		return dec_short(d, DEC_STOP_PPPOE_SHORT);
	if (version != 0x11 || code != 0 || len < PPPOE_HEAD || len - PPPOE_HEAD > dec_left(d))
		return DEC_STOP_PPPOE_HEADER;
	if (protocol == PPP_IPV4)
		return DEC_IPV4;
	return protocol == PPP_IPV6 ? DEC_IPV6 : DEC_STOP_PPPOE_OTHER;
}
