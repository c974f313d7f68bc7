/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eapol.c - EAP over LAN: which step of a login or of a handshake this is. Identities, nonces and
 * keys are stepped over. */
#include "probes/dec/detail.h"
#include "probes/dec/step.h"

enum { TYPE_EAP, TYPE_START, TYPE_LOGOFF, TYPE_KEY };

#define DESCRIPTOR_RSN	2
#define DESCRIPTOR_WPA	254
#define KEY_PAIRWISE	0x0008
#define KEY_INSTALL	0x0040
#define KEY_ACK		0x0080
#define KEY_MIC		0x0100
#define KEY_SECURE	0x0200
#define KEY_REQUEST	0x0800
#define BEFORE_REST	3  /* the descriptor and the key's information */
#define BEFORE_MIC	74 /* from the key's length to its identifier */
#define METHOD_IDENTITY 1

/* Octets from behind the key's information to its data. */
#define BEFORE_DATA(mic) (BEFORE_MIC + (size_t)(mic) + 2)

/* Whether there is key data: behind a MIC of 16, or of 24 as the 192-bit suites have. -1: it shows
 * not. Of a message that the snap length cut, `len`, its octets on the wire, tells: no element of
 * security is as short as the 8 octets between the two. */
static int
has_data(struct wire w, size_t len)
{
	if (wire_left(&w) < len)
		return len < BEFORE_DATA(16) ? -1
					     : len != BEFORE_DATA(16) && len != BEFORE_DATA(24);
	for (int mic = 16; mic <= 24; mic += 8) {
		struct wire try = w;
		size_t n;

		wire_take(&try, BEFORE_MIC + (size_t)mic);
		n = wire_be16(&try);
		if (!try.failed && wire_left(&try) == n)
			return n > 0;
	}
	return -1;
}

/* The second message carries key data, the last has none; where that does not show, the last is
 * marked as secure. */
static enum detail_eapol_message
second_or_last(uint16_t info, struct wire rest, size_t len)
{
	int data = has_data(rest, len);

	if (data < 0)
		return info & KEY_SECURE ? EAPOL_M4 : EAPOL_M2;
	return data ? EAPOL_M2 : EAPOL_M4;
}

static enum detail_eapol_message
key_message(uint16_t info, struct wire rest, size_t len)
{
	if (info & KEY_REQUEST)
		return EAPOL_KEY_OTHER;
	if ((info & KEY_PAIRWISE) == 0) {
		if ((info & KEY_MIC) == 0)
			return EAPOL_KEY_OTHER;
		return info & KEY_ACK ? EAPOL_GROUP_1 : EAPOL_GROUP_2;
	}
	if (info & KEY_ACK) {
		if ((info & KEY_MIC) == 0)
			return EAPOL_M1;
		return info & KEY_INSTALL ? EAPOL_M3 : EAPOL_KEY_OTHER;
	}
	return info & KEY_MIC ? second_or_last(info, rest, len) : EAPOL_KEY_OTHER;
}

static enum dec_next
take_key(struct dec *d, struct wire w, size_t len)
{
	uint8_t descriptor = wire_u8(&w);
	uint16_t info = wire_be16(&w);

	if (w.failed)
		return dec_short(d, DEC_STOP_EAPOL_KEY);
	d->detail->eapol.message = EAPOL_KEY_OTHER;
	if (descriptor == DESCRIPTOR_RSN || descriptor == DESCRIPTOR_WPA)
		d->detail->eapol.message = (uint8_t)key_message(info, w, len - BEFORE_REST);
	return DEC_DONE;
}

static enum dec_next
take_eap(struct dec *d, struct wire w, size_t all)
{
	static const uint8_t messages[] = {
	    EAPOL_OTHER, EAPOL_REQUEST, EAPOL_RESPONSE, EAPOL_SUCCESS, EAPOL_FAILURE};
	struct detail_eapol *e = &d->detail->eapol;
	uint8_t code = wire_u8(&w);
	uint16_t len;

	e->id = wire_u8(&w);
	len = wire_be16(&w);
	if (w.failed)
		return dec_short(d, DEC_STOP_EAPOL_EAP);
	if (len < 4 || len > all)
		return DEC_STOP_EAPOL_EAP;
	e->message = code < sizeof(messages) ? messages[code] : EAPOL_OTHER;
	if ((e->message == EAPOL_REQUEST || e->message == EAPOL_RESPONSE) && len > 4)
		e->method = wire_u8(&w);
	return DEC_DONE;
}

static enum dec_next
take_message(struct dec *d)
{
	struct wire w = d->w;
	uint8_t type;
	size_t len, left;

	wire_u8(&w); /* version */
	type = wire_u8(&w);
	len = wire_be16(&w);
	if (w.failed)
		return dec_short(d, DEC_STOP_EAPOL_SHORT);
	left = wire_left(&w);
	if (len > left + d->uncaptured)
		return DEC_STOP_EAPOL_LENGTH;
	d->detail->kind = DETAIL_EAPOL;
	w = wire_sub(&w, len < left ? len : left); /* padding, or the snap length */
	switch (type) {
	case TYPE_EAP:
		return take_eap(d, w, len);
	case TYPE_START:
		d->detail->eapol.message = EAPOL_START;
		return DEC_DONE;
	case TYPE_LOGOFF:
		d->detail->eapol.message = EAPOL_LOGOFF;
		return DEC_DONE;
	case TYPE_KEY:
		return take_key(d, w, len);
	default:
		return DEC_DONE; /* MACsec key agreement, announcements */
	}
}

enum dec_next
dec_eapol(struct dec *d)
{
	dec_count(d, dec_rest(d));
	d->detail->eapol = (struct detail_eapol){0};
	return dec_unit(d, take_message(d));
}
