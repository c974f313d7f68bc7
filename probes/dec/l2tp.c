/* SPDX-License-Identifier: GPL-3.0-or-later */
/* l2tp.c - Ethernet right on IP: EtherIP (controllers to each other), L2TPv3. */
#include "probes/dec/step.h"

#define ETHERIP_RFC   3 /* version, RFC 3378 */
#define ETHERIP_CISCO 4 /* as its controllers say it */
#define L2TP_MESSAGE  0x8000
#define L2TP_VERSION  0x000f

enum dec_next
dec_etherip(struct dec *d)
{
	uint16_t head = wire_be16(&d->w);

	if (d->w.failed)
		return dec_tunnel(d, dec_short(d, DEC_STOP_ETHERIP_HEADER));
	if (head >> 12 != ETHERIP_RFC && head >> 12 != ETHERIP_CISCO)
		return dec_tunnel(d, DEC_STOP_ETHERIP_HEADER);
	return dec_enter(d, SEEN_TUNNEL_ETHERIP, DEC_ETHERNET);
}

/* Session, then a cookie as long as both ends agreed upon. */
enum dec_next
dec_l2tp(struct dec *d)
{
	uint32_t session = wire_be32(&d->w);

	if (d->w.failed)
		return dec_tunnel(d, dec_short(d, DEC_STOP_L2TP_SHORT));
	if (session == 0)
		return dec_tunnel(d, DEC_STOP_L2TP_CONTROL);
	wire_take(&d->w, d->memory->l2tp_cookie);
	if (d->w.failed)
		return dec_tunnel(d, dec_short(d, DEC_STOP_L2TP_SHORT));
	return dec_enter(d, SEEN_TUNNEL_L2TP, DEC_ETHERNET);
}

/* Version 2 is some client's way to its office. */
enum dec_next
dec_l2tp_udp(struct dec *d)
{
	uint16_t flags = wire_be16(&d->w);

	wire_take(&d->w, 2);
	if (d->w.failed || (flags & L2TP_VERSION) != 3)
		return dec_end(d);
	return flags & L2TP_MESSAGE ? dec_tunnel(d, DEC_STOP_L2TP_CONTROL) : DEC_L2TP;
}
