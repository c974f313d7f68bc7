/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radius.c - RADIUS accounting: whose session, at which access point, and how much. User names and
 * addresses that were given to clients are stepped over. */
#include <string.h>

#include "probes/dec/naming.h"
#include "probes/dec/step.h"

#define REQUEST	 4
#define RESPONSE 5
#define HEADER	 20
#define VALUE	 253 /* octets of an attribute's value at most */

enum {
	NAS_IP = 4,
	CALLED = 30,
	CALLING = 31,
	NAS_IDENTIFIER = 32,
	STATUS = 40,
	DELAY = 41,
	INPUT = 42,
	OUTPUT = 43,
	SESSION = 44,
	SESSION_TIME = 46,
	INPUT_PACKETS = 47,
	OUTPUT_PACKETS = 48,
	CAUSE = 49,
	INPUT_GIGA = 52,
	OUTPUT_GIGA = 53,
	EVENT = 55,
	PORT_TYPE = 61,
	NAS_IPV6 = 95
};

/* Attributes that are one number each. */
struct numbers {
	uint32_t input, output, input_giga, output_giga, input_packets, output_packets;
};

/* Texts of the packet; the first of each counts. */
struct texts {
	struct wire nas_ip, nas_ipv6, nas_name, session, called, calling;
};

/* Where a number goes, and the flag that says it is known; NULL: no number of ours. */
static uint32_t *
number_of(uint8_t type, struct detail_radius *r, struct numbers *n, uint16_t *flag)
{
	*flag = 0;
	switch (type) {
	case STATUS:
		return &r->status;
	case DELAY:
		*flag = RADIUS_HAS_DELAY;
		return &r->delay_s;
	case INPUT:
		*flag = RADIUS_HAS_UP;
		return &n->input;
	case OUTPUT:
		*flag = RADIUS_HAS_DOWN;
		return &n->output;
	case SESSION_TIME:
		*flag = RADIUS_HAS_TIME;
		return &r->session_s;
	case INPUT_PACKETS:
		*flag = RADIUS_HAS_UP_PACKETS;
		return &n->input_packets;
	case OUTPUT_PACKETS:
		*flag = RADIUS_HAS_DOWN_PACKETS;
		return &n->output_packets;
	case CAUSE:
		*flag = RADIUS_HAS_CAUSE;
		return &r->cause;
	case INPUT_GIGA:
		return &n->input_giga;
	case OUTPUT_GIGA:
		return &n->output_giga;
	case EVENT:
		*flag = RADIUS_HAS_EVENT;
		return &r->event_s;
	case PORT_TYPE:
		*flag = RADIUS_HAS_PORT_TYPE;
		return &r->port_type;
	default:
		return NULL;
	}
}

static struct wire *
text_of(uint8_t type, struct texts *t)
{
	switch (type) {
	case NAS_IP:
		return &t->nas_ip;
	case NAS_IPV6:
		return &t->nas_ipv6;
	case NAS_IDENTIFIER:
		return &t->nas_name;
	case SESSION:
		return &t->session;
	case CALLED:
		return &t->called;
	case CALLING:
		return &t->calling;
	default:
		return NULL;
	}
}

/* All attributes. A number of another length than 4 is left out, and said. */
static enum dec_next
take_attributes(struct wire *w, struct detail_radius *r, struct numbers *n, struct texts *t)
{
	enum dec_next worst = DEC_DONE;

	while (wire_left(w) > 0) {
		uint8_t type = wire_u8(w), len = wire_u8(w);
		struct wire value = wire_sub(w, len >= 2 ? len - 2u : SIZE_MAX), *text;
		uint32_t *number;
		uint16_t flag;

		if (value.failed)
			return DEC_STOP_RADIUS_ATTRIBUTE;
		number = number_of(type, r, n, &flag);
		text = text_of(type, t);
		if (number != NULL && wire_left(&value) != 4) {
			worst = DEC_STOP_RADIUS_VALUE;
		} else if (number != NULL) {
			*number = wire_be32(&value);
			r->flags |= flag;
		} else if (text != NULL && wire_left(text) == 0) {
			*text = value;
		}
	}
	return worst;
}

static size_t
append(uint8_t *buffer, size_t used, uint8_t tag, const struct wire *w)
{
	size_t len = wire_left(w);

	buffer[used++] = tag;
	buffer[used++] = (uint8_t)len;
	if (len > 0)
		memcpy(buffer + used, w->at, len);
	return used + len;
}

/* Who accounts, and which of its sessions: two devices may number theirs alike. */
static void
make_keys(const struct pseudonyms *key, struct detail_radius *r, const struct texts *t)
{
	uint8_t buffer[4 * (VALUE + 2)];
	size_t n = append(buffer, 0, NAS_IP, &t->nas_ip);

	n = append(buffer, n, NAS_IPV6, &t->nas_ipv6);
	n = append(buffer, n, NAS_IDENTIFIER, &t->nas_name);
	r->nas = pseudonym_octets(key, buffer, n);
	if (wire_left(&t->nas_ip) + wire_left(&t->nas_ipv6) + wire_left(&t->nas_name) > 0)
		r->flags |= RADIUS_HAS_NAS;
	if (wire_left(&t->session) == 0)
		return;
	n = append(buffer, n, SESSION, &t->session);
	r->session = pseudonym_octets(key, buffer, n);
	r->flags |= RADIUS_HAS_SESSION;
}

/* An address that the message does not come from is somebody's behind another address, where many
 * may have the same. */
static uint64_t
sender(const struct dec *dec, const struct wire *address, size_t octets)
{
	uint64_t end;

	if (dec->ip == NULL || wire_left(address) != octets)
		return 0;
	end = dec_end_of(address->at, octets);
	return end == dec_address(dec->ip, 0) ? end : 0;
}

/* Who accounts, as far as that may be an access point. */
static void
take_nas(
    const struct dec *dec, struct detail_radius *r, const struct texts *t, const uint8_t *client)
{
	const uint8_t *name = t->nas_name.at;
	size_t len = wire_left(&t->nas_name);
	uint8_t mac[6];

	r->nas_end = sender(dec, &t->nas_ip, 4);
	if (r->nas_end == 0)
		r->nas_end = sender(dec, &t->nas_ipv6, 16);
	if (naming_mentions(name, len, client))
		return;
	naming_text(&r->nas_name, name, len);
	if (naming_mac(name, len, mac) > 0) {
		r->nas_mac = naming_number(mac);
		r->nas_mark = pseudonym_mark(dec->key, mac);
	}
}

static void
resolve(const struct dec *dec, struct detail_radius *r, const struct numbers *n, struct texts *t)
{
	uint8_t mac[6], *client = NULL;
	size_t len = wire_left(&t->calling);

	r->up = (uint64_t)n->input_giga << 32 | n->input;
	r->down = (uint64_t)n->output_giga << 32 | n->output;
	r->up_packets = n->input_packets;
	r->down_packets = n->output_packets;
	if (len > 0 && naming_mac(t->calling.at, len, mac) > 0) {
		client = mac;
		r->client = pseudonym_mac(dec->key, mac);
	} else if (len > 0) {
		r->client = pseudonym_octets(dec->key, t->calling.at, len);
	}
	make_keys(dec->home, r, t);
	naming_ap(&r->ap, t->called.at, wire_left(&t->called), client);
	naming_mark(&r->ap, dec->key);
	take_nas(dec, r, t, client);
	explicit_bzero(mac, sizeof(mac));
}

static enum dec_next
take_message(struct dec *d)
{
	static const struct wire none = {NULL, NULL, 0};
	struct detail_radius *r = &d->detail->radius;
	struct texts texts = {none, none, none, none, none, none};
	struct numbers numbers = {0};
	enum dec_next next;
	struct wire w;
	size_t len;

	r->code = wire_u8(&d->w);
	r->id = wire_u8(&d->w);
	len = wire_be16(&d->w);
	wire_take(&d->w, 16);
	if (d->w.failed)
		return dec_short(d, DEC_STOP_RADIUS_SHORT);
	if (len < HEADER || len - HEADER > dec_left(d))
		return DEC_STOP_RADIUS_LENGTH;
	w = wire_sub(&d->w, len - HEADER);
	if (w.failed)
		return DEC_STOP_CUT;
	next = take_attributes(&w, r, &numbers, &texts);
	if (next == DEC_STOP_RADIUS_ATTRIBUTE)
		return next; /* what stood before it may as well be something else */
	d->detail->kind = DETAIL_RADIUS;
	resolve(d, r, &numbers, &texts);
	return next;
}

enum dec_next
dec_radius(struct dec *d)
{
	struct wire peek = d->w;
	uint8_t code = wire_u8(&peek);

	if (code != REQUEST && code != RESPONSE)
		return dec_end(d);
	d->out->radius++;
	d->detail->radius = (struct detail_radius){0};
	return dec_unit(d, take_message(d));
}
