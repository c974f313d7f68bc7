/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capwap.c - CAPWAP's data channel (RFC 5415, 5416): 802.11 or Ethernet between an access point and
 * its controller.
 *
 * Cisco's exchange the two octets of the frame control, and of the sequence control. A data frame
 * shows it: of the two one is the type, and the other one's low bits say that it goes to or from
 * the access point. A management frame may be read either way; then it counts what data frames of
 * the same access point showed, else which reading makes sense.
 */
#include "probes/dec/step.h"

#define PREAMBLE_DTLS 1
#define HAS_WLAN      (1u << 8) /* T: the frame is the radio's own, not Ethernet */
#define IS_FRAGMENT   (1u << 7)
#define IS_LAST	      (1u << 6)
#define HAS_WIRELESS  (1u << 5)
#define HAS_RADIO     (1u << 4)
#define IS_KEEPALIVE  (1u << 3)
#define BINDING_NONE  0 /* some Cisco's say so of 802.11 */
#define BINDING_WLAN  1
#define DATA_PORT     5247

/* Header words of 4 octets, for the addresses behind them. */
#define HEADER_MIN 2
#define VOTE_MOST  8

/* The radio's address, if there is one of 6 octets. */
static void
take_radio(struct dec *d, struct wire *head)
{
	uint8_t len = wire_u8(head);
	const uint8_t *mac = wire_take(head, len);

	wire_take(head, (size_t)(-(1 + len) & 3));
	if (mac == NULL || len != 6)
		return;
	d->out->radio = 0;
	for (unsigned i = 0; i < 6; i++)
		d->out->radio = d->out->radio << 8 | mac[i];
}

/* What is behind the fixed header: on its way up, how well the client was heard. */
static void
take_options(struct dec *d, struct wire *head, uint32_t first)
{
	if (first & HAS_RADIO)
		take_radio(d, head);
	if ((first & HAS_WIRELESS) && d->out->direction == SEEN_UP) {
		uint8_t len = wire_u8(head);
		int8_t signal = (int8_t)wire_u8(head);

		d->signal = signal;
		d->has_signal = !head->failed && len == 4 && signal != 0;
	}
}

static enum dec_next
enter(struct dec *d, struct wire head, uint32_t first)
{
	enum dec_next next = dec_enter(d, SEEN_TUNNEL_CAPWAP, DEC_CAPWAP_WLAN);
	unsigned binding = first >> 9 & 0x1f;

	if (next >= DEC_STEPS)
		return next;
	/* Between two of that port it is a controller's, to a group of access points. */
	d->out->direction = d->from_port == DATA_PORT ? SEEN_DOWN : SEEN_UP;
	take_options(d, &head, first);
	if (first & IS_KEEPALIVE)
		return DEC_STOP_CAPWAP_KEEPALIVE;
	if ((first & HAS_WLAN) == 0)
		return DEC_ETHERNET;
	return binding == BINDING_WLAN || binding == BINDING_NONE ? next : DEC_STOP_CAPWAP_BINDING;
}

/* Encrypted: whose octets these are nobody knows, but that there are some. */
static enum dec_next
encrypted(struct dec *d)
{
	enum dec_next next = dec_enter(d, SEEN_TUNNEL_CAPWAP, DEC_STOP_CAPWAP_ENCRYPTED);

	if (next == DEC_STOP_CAPWAP_ENCRYPTED) {
		d->out->flags |= SEEN_OPAQUE;
		d->out->direction = d->from_port == DATA_PORT ? SEEN_DOWN : SEEN_UP;
	}
	return next;
}

static enum dec_next
fragment(struct dec *d, uint32_t first, uint32_t piece, enum dec_next inside)
{
	uint64_t ports = (uint64_t)d->from_port << 16 | d->to_port;
	size_t offset = piece & 0xfff8;
	int more = (first & IS_LAST) == 0;

	if (offset == 0 && !more)
		return inside;
	return dec_capwap_piece(d, ports << 16 | piece >> 16, offset, more, inside);
}

enum dec_next
dec_capwap(struct dec *d)
{
	struct wire head = d->w;
	uint32_t first = wire_be32(&head);
	uint32_t piece = wire_be32(&head); /* number and offset */
	size_t len = (first >> 19 & 0x1f) * 4;
	enum dec_next next;

	if (wire_left(&d->w) > 0 && (d->w.at[0] & 0x0f) == PREAMBLE_DTLS)
		return encrypted(d);
	if (head.failed)
		return dec_tunnel(d, dec_short(d, DEC_STOP_CAPWAP_HEADER));
	if (first >> 24 != 0 || len < HEADER_MIN * 4 || len > dec_left(d))
		return dec_tunnel(d, DEC_STOP_CAPWAP_HEADER);
	if (wire_take(&d->w, len) == NULL)
		return dec_tunnel(d, DEC_STOP_CUT);
	head.end = d->w.at;
	next = enter(d, head, first);
	if (next < DEC_STEPS && (first & IS_FRAGMENT))
		return fragment(d, first, piece, next);
	return next == DEC_CAPWAP_WLAN ? dec_capwap_wlan(d) : next;
}

/* ---- the order of octets ---- */

#define TYPE(fc)   ((fc) >> 2 & 3)
#define DATA	   2
#define PROTECTED  0x40
#define ORDER	   0x80
#define ODD_FLAGS  0x27 /* of a management frame: more data, more fragments, either DS */
#define MAC_HEADER 24

/* Octets between header and elements, by subtype; -1: no elements. */
static const int fixed[16] = {4, 6, 10, 6, 0, 12, -1, -1, 12, -1, -1, 6, -1, -1, -1, -1};

/* Whether elements fill the rest to its end, as far as it was captured. */
static int
are_elements(struct wire w, size_t uncaptured)
{
	while (wire_left(&w) >= 2) {
		size_t len;

		wire_u8(&w);
		len = wire_u8(&w);
		if (len > wire_left(&w))
			return uncaptured > 0;
		wire_take(&w, len);
	}
	return wire_left(&w) == 0 || uncaptured > 0;
}

/* How well a management frame reads with this frame control. */
static unsigned
sense(const struct dec *d, uint8_t fc, uint8_t flags)
{
	struct wire w = d->w;
	int before = fixed[fc >> 4];
	unsigned good = (flags & ODD_FLAGS) == 0;

	wire_take(&w, MAC_HEADER);
	if (flags & PROTECTED)
		return good;
	if (flags & ORDER)
		wire_take(&w, 4);
	if (before < 0) {
		/* A farewell has a reason and no more. */
		if (fc >> 4 == 10 || fc >> 4 == 12)
			good += wire_left(&w) + d->uncaptured == 2 ? 2 : 0;
		return good;
	}
	wire_take(&w, (size_t)before);
	return good + (!w.failed && are_elements(w, d->uncaptured) ? 2 : 0);
}

static struct dec_vote *
vote_of(struct dec *d)
{
	uint64_t end = d->out->direction == SEEN_UP ? d->out->tunnel_from : d->out->tunnel_to;
	struct dec_vote *v;

	v = &d->memory->vote[end * UINT64_C(0x9e3779b97f4a7c15) >> 54 & (DEC_VOTES - 1)];
	if (v->end != end)
		*v = (struct dec_vote){end, 0};
	return v;
}

/* A data frame showed the order. As long as nobody's was exchanged, nobody's is remembered. */
static void
learn(struct dec *d, int swapped)
{
	struct dec_vote *v;

	d->memory->any_swapped |= swapped;
	if (!d->memory->any_swapped)
		return;
	v = vote_of(d);
	if (swapped ? v->swapped < VOTE_MOST : v->swapped > -VOTE_MOST)
		v->swapped = (int8_t)(v->swapped + (swapped ? 1 : -1));
}

/* Both orders can be read: a management frame without flags. */
static int
is_swapped_management(struct dec *d, uint8_t first, uint8_t second)
{
	const struct dec_vote *v;

	if (first == second)
		return d->memory->any_swapped && vote_of(d)->swapped > 0;
	if (d->memory->any_swapped && (v = vote_of(d))->swapped != 0)
		return v->swapped > 0;
	return sense(d, second, first) > sense(d, first, second);
}

enum dec_next
dec_capwap_wlan(struct dec *d)
{
	struct wire peek = d->w;
	uint8_t first = wire_u8(&peek), second = wire_u8(&peek);

	if (peek.failed)
		return dec_short(d, DEC_STOP_WLAN_SHORT);
	if (dec_is_type(first) && dec_is_type(second)) {
		d->swapped = (uint8_t)is_swapped_management(d, first, second);
	} else {
		d->swapped = !dec_is_type(first) && dec_is_type(second);
		if (TYPE(d->swapped ? second : first) == DATA)
			learn(d, d->swapped);
	}
	return dec_wlan(d);
}
