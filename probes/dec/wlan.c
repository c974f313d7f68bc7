/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wlan.c - 802.11: whose frame it is, which way it goes, and what its data frames carry. */
#include <zlib.h>

#include "probes/dec/detail.h"
#include "probes/dec/step.h"

#define FC_TYPE	     0x000c
#define FC_DATA	     0x0008
#define FC_TO_DS     0x0100
#define FC_FROM_DS   0x0200
#define FC_MORE_FRAG 0x0400
#define FC_RETRY     0x0800
#define FC_PROTECTED 0x4000
#define FC_ORDER     0x8000
#define FC_SUBTYPE   0x00f0
#define SUBTYPE_NULL 0x0040
#define SUBTYPE_QOS  0x0080

#define QOS_AMSDU 0x80
#define LLC_SNAP  8  /* octets before an IP packet in a data frame */
#define CIPHER	  16 /* CCMP, TKIP: 8 octets before, 8 behind */
#define WEP	  8  /* 4 before, 4 behind */
#define EXT_IV	  0x20

static const uint8_t management[16] = {
    [0] = SEEN_ASSOCIATION_REQUEST,
    [1] = SEEN_ASSOCIATION_RESPONSE,
    [2] = SEEN_REASSOCIATION_REQUEST,
    [3] = SEEN_REASSOCIATION_RESPONSE,
    [4] = SEEN_PROBE_REQUEST,
    [5] = SEEN_PROBE_RESPONSE,
    [8] = SEEN_BEACON,
    [10] = SEEN_DISASSOCIATION,
    [11] = SEEN_AUTHENTICATION,
    [12] = SEEN_DEAUTHENTICATION,
    [13] = SEEN_ACTION,
    [14] = SEEN_ACTION,
};

static int
is_group(const uint8_t *mac)
{
	return mac[0] & 1;
}

static uint64_t
mac_value(const uint8_t *mac)
{
	return (uint64_t)mac[0] << 40 | (uint64_t)mac[1] << 32 | (uint64_t)mac[2] << 24 |
	       (uint64_t)mac[3] << 16 | (uint64_t)mac[4] << 8 | mac[5];
}

/* Whether the last 4 octets are the checksum of those before; 0 if not all was captured. */
static int
fcs_fits(const struct dec *d)
{
	size_t left = wire_left(&d->w);
	struct wire tail;

	if (d->uncaptured > 0 || left < 4 + 10)
		return 0;
	tail = wire_over(d->w.end - 4, 4);
	return wire_le32(&tail) == (uint32_t)crc32(0, d->w.at, (uInt)(left - 4));
}

/* A frame whose capture does not say whether the checksum is there: it shows. */
enum dec_next
dec_wlan_bare(struct dec *d)
{
	d->fcs_present = d->fcs_checked = fcs_fits(d);
	d->out->flags |= SEEN_RADIO;
	return DEC_WLAN;
}

static enum dec_next
check_fcs(struct dec *d)
{
	if (d->fcs_present && !d->fcs_checked && d->uncaptured == 0)
		d->fcs_doubt = !fcs_fits(d);
	if (d->fcs_bad)
		return DEC_STOP_WLAN_FCS;
	if (d->fcs_present && !dec_trim(d, 4))
		return dec_short(d, DEC_STOP_WLAN_SHORT);
	return DEC_DONE;
}

/* A frame whose octets are not to be believed, its addresses neither. */
static enum dec_next
damaged(struct dec *d)
{
	*d->out = (struct seen){.flags = SEEN_AIR | SEEN_RADIO};
	return DEC_STOP_WLAN_FCS;
}

/* Who exchanges the octets of the frame control exchanges these as well; but if that makes a later
 * fragment of it, and the other order does not, it was not so: nobody sends fragments in a tunnel.
 */
static uint16_t
sequence_control(struct dec *d)
{
	uint16_t v = wire_le16(&d->w), exchanged = (uint16_t)(v << 8 | v >> 8);

	return d->swapped && ((exchanged & 15) == 0 || (v & 15) != 0) ? exchanged : v;
}

enum dec_next
dec_wlan(struct dec *d)
{
	enum dec_next fcs;

	d->out->flags |= SEEN_AIR;
	if (d->out->tunnels > 0) {
		d->out->direction = SEEN_NOWHERE; /* the frame itself knows better */
		d->frame = d->w.at;
		d->frame_captured = wire_left(&d->w);
	}
	fcs = check_fcs(d);
	if (fcs != DEC_DONE)
		return fcs;
	d->fc = d->swapped ? wire_be16(&d->w) : wire_le16(&d->w);
	if (d->w.failed)
		return dec_short(d, DEC_STOP_WLAN_SHORT);
	/* What a card has decrypted has its old checksum still: dec_wlan_data() looks closer. */
	if (d->fcs_doubt && (d->fc & (FC_TYPE | FC_PROTECTED)) != (FC_DATA | FC_PROTECTED))
		return DEC_STOP_WLAN_FCS;
	if ((d->fc & 3) != 0)
		return DEC_STOP_WLAN_VERSION;
	switch (d->fc >> 2 & 3) {
	case 0:
		return DEC_WLAN_MANAGEMENT;
	case 1:
		d->out->kind = SEEN_CONTROL;
		return DEC_DONE;
	case 2:
		return dec_wlan_data(d);
	default:
		return DEC_STOP_WLAN_EXTENSION;
	}
}

/* The three addresses and the sequence; NULL if they are not there. */
static const uint8_t *
take_addresses(struct dec *d)
{
	const uint8_t *a;

	wire_take(&d->w, 2); /* duration */
	a = wire_take(&d->w, 18);
	d->out->sequence = sequence_control(d);
	if (d->w.failed)
		return NULL;
	d->out->flags |= SEEN_HAS_SEQUENCE | (d->fc & FC_RETRY ? SEEN_RETRY : 0);
	d->out->sender = pseudonym_mark(d->key, a + 6);
	return a;
}

static void
set_bssid(struct dec *d, const uint8_t *mac)
{
	uint64_t bssid = mac_value(mac);

	if (is_group(mac) || bssid == 0)
		return;
	d->out->bssid = bssid;
	d->out->flags |= SEEN_HAS_BSSID;
}

static void
set_client(struct dec *d, const uint8_t *mac, enum seen_direction direction)
{
	d->out->direction = (uint8_t)direction;
	/* An access point that speaks for itself is nobody's client. */
	if (!is_group(mac) && mac_value(mac) != d->out->bssid)
		d->out->client = pseudonym_mac(d->key, mac);
}

/* ---- management ---- */

static enum dec_next
take_status(struct dec *d)
{
	uint16_t status = wire_le16(&d->w);

	if (d->w.failed)
		return dec_short(d, DEC_STOP_WLAN_SHORT);
	d->out->status = status;
	d->out->flags |= SEEN_HAS_STATUS;
	return DEC_DONE;
}

/* Elements behind fixed fields: capabilities, and `behind` octets more. */
static enum dec_next
elements_after(struct dec *d, size_t before, size_t behind)
{
	uint16_t capability;

	wire_take(&d->w, before);
	capability = wire_le16(&d->w);
	wire_take(&d->w, behind);
	return d->w.failed ? dec_short(d, DEC_STOP_WLAN_SHORT) : dec_elements(d, capability);
}

static enum dec_next
answer_body(struct dec *d)
{
	uint16_t capability = wire_le16(&d->w);
	enum dec_next next = take_status(d);

	if (next != DEC_DONE)
		return next;
	wire_take(&d->w, 2); /* association identifier */
	if (d->w.failed)
		return dec_short(d, DEC_STOP_WLAN_SHORT);
	return dec_elements(d, capability);
}

static enum dec_next
authentication_body(struct dec *d)
{
	struct detail_management *m = &d->detail->management;

	m->algorithm = wire_le16(&d->w);
	m->step = wire_le16(&d->w);
	return take_status(d);
}

static enum dec_next
reassociation_body(struct dec *d)
{
	struct wire peek = d->w;
	const uint8_t *fixed = wire_take(&peek, 10);

	if (fixed != NULL)
		d->detail->management.current_ap = mac_value(fixed + 4);
	return elements_after(d, 0, 8);
}

static enum dec_next
farewell_body(struct dec *d)
{
	uint16_t reason = wire_le16(&d->w);

	if (d->w.failed)
		return dec_short(d, DEC_STOP_WLAN_SHORT);
	d->detail->management.reason = reason;
	return DEC_DONE;
}

static enum dec_next
action_body(struct dec *d)
{
	d->detail->management.category = wire_u8(&d->w);
	d->detail->management.action = wire_u8(&d->w);
	return d->w.failed ? dec_short(d, DEC_STOP_WLAN_SHORT) : DEC_DONE;
}

static enum dec_next
management_body(struct dec *d)
{
	switch (d->out->kind) {
	case SEEN_ASSOCIATION_REQUEST:
		return elements_after(d, 0, 2);
	case SEEN_REASSOCIATION_REQUEST:
		return reassociation_body(d);
	case SEEN_PROBE_REQUEST:
		return dec_elements(d, 0);
	case SEEN_PROBE_RESPONSE:
	case SEEN_BEACON:
		return elements_after(d, 10, 0);
	case SEEN_ASSOCIATION_RESPONSE:
	case SEEN_REASSOCIATION_RESPONSE:
		return answer_body(d);
	case SEEN_AUTHENTICATION:
		return authentication_body(d);
	case SEEN_DISASSOCIATION:
	case SEEN_DEAUTHENTICATION:
		return farewell_body(d);
	case SEEN_ACTION:
		return action_body(d);
	default:
		return DEC_DONE;
	}
}

/* The detail of a frame whose addresses are known; its body fills in the rest. */
static void
begin_detail(struct dec *d)
{
	d->detail->kind = DETAIL_MANAGEMENT;
	d->detail->management = (struct detail_management){.reason = REASON_UNKNOWN,
	    .mhz = d->mhz,
	    .signal = d->signal,
	    .flags = (uint16_t)((d->has_signal ? MANAGEMENT_SIGNAL : 0) |
				(d->fc & FC_PROTECTED ? MANAGEMENT_PROTECTED : 0))};
}

enum dec_next
dec_wlan_management(struct dec *d)
{
	const uint8_t *a = take_addresses(d);
	uint64_t bssid;

	d->out->kind = management[d->fc >> 4 & 15];
	if (a == NULL)
		return dec_short(d, DEC_STOP_WLAN_SHORT);
	if (d->fc & FC_ORDER)
		wire_take(&d->w, 4); /* HT control */
	set_bssid(d, a + 12);
	/* Whoever of the two is not the access point is the client. */
	bssid = mac_value(a + 12);
	if (mac_value(a) == bssid || d->out->kind == SEEN_PROBE_REQUEST)
		set_client(d, a + 6, SEEN_UP);
	else if (mac_value(a + 6) == bssid)
		set_client(d, a, SEEN_DOWN);
	begin_detail(d);
	return d->fc & FC_PROTECTED ? DEC_DONE : management_body(d);
}

/* ---- data ---- */

/* Marked as protected, and yet in the clear behind the cipher's header: the card decrypted it. */
static int
is_decrypted(const struct dec *d)
{
	struct wire peek = d->w;
	const uint8_t *llc;

	wire_take(&peek, 8);
	llc = wire_take(&peek, 3);
	return llc != NULL && llc[0] == 0xaa && llc[1] == 0xaa && llc[2] == 0x03;
}

/* Encrypted: what the cipher adds is known, and an LLC header is inside. */
static enum dec_next
count_protected(struct dec *d, unsigned llc)
{
	size_t left = dec_rest(d), around = CIPHER;
	struct wire peek = d->w;
	const uint8_t *iv = wire_take(&peek, 4);

	if (iv != NULL && (iv[3] & EXT_IV) == 0)
		around = WEP;
	around += llc;
	d->out->flags |= SEEN_ESTIMATED;
	return dec_count(d, left > around ? left - around : 0);
}

/* A fragment is counted by what it carries: the IP header stands in the first one only. */
static enum dec_next
count_fragment(struct dec *d, unsigned llc)
{
	size_t left = dec_rest(d);

	dec_count(d, left > llc ? left - llc : 0);
	d->out->packets = llc > 0;
	return DEC_DONE;
}

/* Direction and roles, from the two bits that say who is on the wire's side. */
static enum dec_next
data_roles(struct dec *d, const uint8_t *a)
{
	switch (d->fc & (FC_TO_DS | FC_FROM_DS)) {
	case FC_TO_DS:
		set_bssid(d, a);
		set_client(d, a + 6, SEEN_UP);
		return DEC_DONE;
	case FC_FROM_DS:
		set_bssid(d, a + 6);
		set_client(d, a, SEEN_DOWN);
		return DEC_DONE;
	case 0:
		set_bssid(d, a + 12); /* without an access point, or past it */
		return DEC_DONE;
	default:
		return DEC_STOP_WLAN_WDS;
	}
}

/* What stands between addresses and body. */
static uint16_t
data_options(struct dec *d, const uint8_t *start)
{
	uint16_t qos = 0;

	if (d->fc & SUBTYPE_QOS) {
		qos = wire_le16(&d->w);
		d->out->tid = qos & 0x0f;
		if (d->fc & FC_ORDER)
			wire_take(&d->w, 4);
	}
	if (d->padded && !d->w.failed)
		wire_take(&d->w, (size_t)(-(d->w.at - start) & 3));
	return qos;
}

enum dec_next
dec_wlan_data(struct dec *d)
{
	const uint8_t *start = d->w.at - 2, *a = take_addresses(d);
	enum dec_next roles;
	unsigned fragment, llc;
	int decrypted;
	uint16_t qos;

	d->out->kind = SEEN_DATA;
	if (a == NULL)
		return dec_short(d, DEC_STOP_WLAN_SHORT);
	roles = data_roles(d, a);
	if (roles != DEC_DONE)
		return d->fcs_doubt ? damaged(d) : roles;
	qos = data_options(d, start);
	if (d->w.failed)
		return dec_short(d, DEC_STOP_WLAN_SHORT);
	decrypted = (d->fc & FC_PROTECTED) && is_decrypted(d);
	if (d->fcs_doubt && !decrypted)
		return damaged(d);
	if ((d->fc & SUBTYPE_NULL) || d->out->direction == SEEN_NOWHERE || dec_left(d) == 0)
		return DEC_DONE;
	fragment = d->out->sequence & 15;
	llc = fragment == 0 ? LLC_SNAP : 0;
	if (decrypted)
		wire_take(&d->w, 8);
	else if (d->fc & FC_PROTECTED)
		return count_protected(d, llc);
	if (fragment != 0 || (d->fc & FC_MORE_FRAG))
		return count_fragment(d, llc);
	if ((qos & QOS_AMSDU) == 0)
		return dec_llc(d);
	d->parts = d->w;
	d->parts_uncaptured = d->uncaptured;
	d->in_amsdu = 1;
	return DEC_WLAN_AMSDU;
}

/* The length of the next part, stepped to its body; -1: its header was not captured, -2: it lies.
 */
static long
part_length(struct dec *d)
{
	size_t left = wire_left(&d->parts) + d->parts_uncaptured, len;

	wire_take(&d->parts, 12);
	len = wire_be16(&d->parts);
	if (d->parts.failed)
		return d->parts_uncaptured > 0 ? -1 : -2;
	return len <= left - 14 ? (long)len : -2;
}

/* Step over octets of the parts, captured or not. */
static void
skip_part(struct dec *d, size_t n)
{
	size_t captured = wire_left(&d->parts);

	if (n > captured) {
		d->parts_uncaptured -= n - captured;
		n = captured;
	}
	wire_take(&d->parts, n);
}

/* The next part: two addresses, a length, then as many octets, padded to 4 but for the last. */
enum dec_next
dec_wlan_amsdu(struct dec *d)
{
	size_t left = wire_left(&d->parts) + d->parts_uncaptured, padding;
	long len;

	if (left == 0)
		return DEC_DONE;
	len = part_length(d);
	if (len == -2)
		return DEC_STOP_WLAN_AMSDU;
	if (len == -1) {
		/* Beyond the snap length: all that is left, but for the headers of one part. */
		d->in_amsdu = 0;
		d->lacking |= d->open;
		d->out->flags |= SEEN_ESTIMATED;
		return dec_count(d, left > 14 + LLC_SNAP ? left - 14 - LLC_SNAP : 0);
	}
	left -= 14;
	d->w = d->parts;
	d->uncaptured = d->parts_uncaptured;
	dec_limit(d, (size_t)len);
	padding = (size_t)(-(14 + len) & 3);
	skip_part(d, (size_t)len + padding < left ? (size_t)len + padding : left);
	return len >= LLC_SNAP ? DEC_LLC : DEC_WLAN_AMSDU;
}
