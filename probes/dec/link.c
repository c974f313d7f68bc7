/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.c - what a capture puts before a frame: radiotap, Prism and AVS, PPI, Linux cooked. */
#include <pcap/dlt.h>

#include "probes/dec/radio.h"
#include "probes/dec/step.h"

#define RADIOTAP_MORE	 (UINT32_C(1) << 31)
#define RADIOTAP_TSFT	 (UINT32_C(1) << 0)
#define RADIOTAP_FLAGS	 (UINT32_C(1) << 1)
#define RADIOTAP_RATE	 (UINT32_C(1) << 2)
#define RADIOTAP_CHANNEL (UINT32_C(1) << 3)
#define RADIOTAP_FHSS	 (UINT32_C(1) << 4)
#define RADIOTAP_SIGNAL	 (UINT32_C(1) << 5)
#define RADIOTAP_WORDS	 32
#define RADIOTAP_FCS	 0x10
#define RADIOTAP_PADDED	 0x20
#define RADIOTAP_BAD_FCS 0x40

#define AVS_MAGIC      0x80211000
#define AVS_MAGIC_MASK 0xfffff000
#define AVS_IN_DBM     2    /* of the ways in which it may tell a signal */
#define PPI_ALIGNED    0x01 /* each field begins at a multiple of 4 octets */
#define PPI_FIELDS     32
#define PPI_COMMON     2 /* the field "802.11-Common" */
#define PPI_FCS	       0x01
#define PPI_BAD_FCS    0x04
#define PPI_NO_SIGNAL  (-128)

#ifndef DLT_LINUX_SLL2
#define DLT_LINUX_SLL2 276
#endif

static const struct {
	int linktype;
	enum dec_next first;
} links[] = {
    {DLT_EN10MB, DEC_ETHERNET},
    {DLT_IEEE802_11_RADIO, DEC_RADIOTAP},
    {DLT_IEEE802_11, DEC_WLAN_BARE},
    {DLT_PRISM_HEADER, DEC_PRISM},
    {DLT_IEEE802_11_RADIO_AVS, DEC_PRISM},
    {DLT_PPI, DEC_PPI},
    {DLT_LINUX_SLL, DEC_COOKED},
    {DLT_LINUX_SLL2, DEC_COOKED2},
    {DLT_NULL, DEC_LOOPBACK},
    {DLT_LOOP, DEC_LOOPBACK},
    {DLT_RAW, DEC_RAW_IP},
    {DLT_IPV4, DEC_RAW_IP},
    {DLT_IPV6, DEC_RAW_IP},
};

enum dec_next
dec_first(int linktype)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].linktype == linktype)
			return links[i].first;
	return DEC_STOP_LINK_UNKNOWN;
}

/* Step to a field of a radiotap header: aligned to its size, counted from the header's start. */
static void
radiotap_align(struct wire *w, const uint8_t *start, size_t size)
{
	if (!w->failed)
		wire_take(w, (size_t)(-(w->at - start) & (ptrdiff_t)(size - 1)));
}

/* How long it took; the cursor stands behind the flags. What the header does not say well is
 * unknown, and no reason to stop. */
static void
radiotap_airtime(
    struct dec *d, struct wire head, const uint8_t *start, uint32_t present, uint8_t flags)
{
	struct radio r = radio_read(head, start, present, flags);
	size_t checksum = flags & RADIOTAP_FCS ? 0 : 4;
	int continues = r.aggregated && d->aired->aggregated && r.ampdu == d->aired->ampdu;

	d->out->flags |= SEEN_RADIO;
	d->out->airtime_us = radio_airtime_us(&r, dec_left(d) + checksum, continues);
	*d->aired = r;
}

/* Where and how strong it was heard; the cursor stands behind the flags. */
static void
radiotap_radio(struct dec *d, struct wire *w, const uint8_t *start, uint32_t present)
{
	if (present & RADIOTAP_RATE)
		wire_u8(w);
	if (present & RADIOTAP_CHANNEL) {
		radiotap_align(w, start, 2);
		d->mhz = wire_le16(w);
		wire_take(w, 2);
	}
	if (present & RADIOTAP_FHSS)
		wire_take(w, 2);
	if (present & RADIOTAP_SIGNAL) {
		d->signal = (int8_t)wire_u8(w);
		d->has_signal = !w->failed;
	}
}

/* The flags field of a radiotap header that starts at `start`; the cursor stands behind the first
 * word of the bitmap. 0 if there is none. */
static uint8_t
radiotap_flags(struct wire *w, const uint8_t *start, uint32_t present)
{
	uint32_t word = present;

	for (unsigned i = 0; (word & RADIOTAP_MORE) != 0; i++) {
		if (i == RADIOTAP_WORDS) {
			w->failed = 1;
			return 0;
		}
		word = wire_le32(w);
	}
	if ((present & RADIOTAP_TSFT) != 0) {
		radiotap_align(w, start, 8);
		wire_take(w, 8);
	}
	return present & RADIOTAP_FLAGS ? wire_u8(w) : 0;
}

enum dec_next
dec_radiotap(struct dec *d)
{
	struct wire head = d->w;
	const uint8_t *start = head.at;
	uint8_t version = wire_u8(&head), flags;
	size_t len;
	uint32_t present;

	wire_u8(&head);
	len = wire_le16(&head);
	present = wire_le32(&head);
	if (head.failed)
		return dec_short(d, DEC_STOP_RADIOTAP_SHORT);
	if (version != 0 || len < 8)
		return DEC_STOP_RADIOTAP_HEADER;
	if (wire_take(&d->w, len) == NULL)
		return dec_short(d, DEC_STOP_RADIOTAP_SHORT);
	head.end = start + len;
	flags = radiotap_flags(&head, start, present);
	radiotap_airtime(d, head, start, present, flags);
	radiotap_radio(d, &head, start, present);
	if (head.failed)
		return DEC_STOP_RADIOTAP_HEADER;
	d->fcs_present = (flags & RADIOTAP_FCS) != 0;
	d->fcs_bad = (flags & RADIOTAP_BAD_FCS) != 0;
	d->padded = (flags & RADIOTAP_PADDED) != 0;
	return DEC_WLAN;
}

/* AVS tells how strong it was heard; the cursor stands behind version and length. */
static void
avs_signal(struct dec *d, struct wire head)
{
	int32_t signal;

	wire_take(&head, 36);
	if (wire_be32(&head) != AVS_IN_DBM)
		return;
	signal = (int32_t)wire_be32(&head);
	if (head.failed || signal < INT8_MIN || signal > INT8_MAX)
		return;
	d->signal = (int8_t)signal;
	d->has_signal = 1;
}

/* The old Prism header, in the byte order of whoever captured; or AVS, which came in its place. */
enum dec_next
dec_prism(struct dec *d)
{
	struct wire head = d->w, swapped = d->w;
	uint32_t code = wire_le32(&head), len = wire_le32(&head);
	uint32_t code_be = wire_be32(&swapped), len_be = wire_be32(&swapped);

	if (head.failed)
		return dec_short(d, DEC_STOP_PRISM_HEADER);
	if ((code_be & AVS_MAGIC_MASK) == AVS_MAGIC || code_be == 0x41 || code_be == 0x44)
		len = len_be;
	else if (code != 0x41 && code != 0x44)
		return DEC_STOP_PRISM_HEADER;
	if (len < 8 || wire_take(&d->w, len) == NULL)
		return len < 8 ? DEC_STOP_PRISM_HEADER : dec_short(d, DEC_STOP_PRISM_HEADER);
	swapped.end = d->w.at;
	if ((code_be & AVS_MAGIC_MASK) == AVS_MAGIC)
		avs_signal(d, swapped);
	return DEC_WLAN_BARE;
}

/* PPI's field "802.11-Common": checksum, where it was heard, and how strong. */
static void
ppi_common(struct dec *d, struct wire field)
{
	uint16_t flags, mhz;
	int8_t signal;

	wire_take(&field, 8); /* when */
	flags = wire_le16(&field);
	d->fcs_present = (flags & PPI_FCS) != 0;
	d->fcs_bad = (flags & PPI_BAD_FCS) != 0;
	wire_take(&field, 2); /* rate */
	mhz = wire_le16(&field);
	wire_take(&field, 4); /* of the channel, and of hopping */
	signal = (int8_t)wire_u8(&field);
	if (field.failed)
		return;
	d->mhz = mhz;
	d->signal = signal;
	d->has_signal = signal > PPI_NO_SIGNAL;
}

/* PPI's fields, for the one that is common to all of 802.11. */
static void
ppi_fields(struct dec *d, struct wire head, uint8_t flags)
{
	for (unsigned i = 0; i < PPI_FIELDS && wire_left(&head) >= 4; i++) {
		uint16_t type = wire_le16(&head), len = wire_le16(&head);
		struct wire field = wire_sub(&head, len);

		if (type == PPI_COMMON) {
			ppi_common(d, field);
			return;
		}
		if (flags & PPI_ALIGNED)
			wire_take(&head, -(size_t)len & 3);
	}
}

enum dec_next
dec_ppi(struct dec *d)
{
	struct wire head = d->w;
	uint8_t version = wire_u8(&head), flags = wire_u8(&head);
	uint32_t linktype;
	size_t len;

	len = wire_le16(&head);
	linktype = wire_le32(&head);
	if (head.failed)
		return dec_short(d, DEC_STOP_PPI_HEADER);
	if (version != 0 || len < 8)
		return DEC_STOP_PPI_HEADER;
	if (wire_take(&d->w, len) == NULL)
		return dec_short(d, DEC_STOP_PPI_HEADER);
	if (linktype == DLT_EN10MB)
		return DEC_ETHERNET;
	if (linktype != DLT_IEEE802_11)
		return DEC_STOP_LINK_UNKNOWN;
	d->out->flags |= SEEN_RADIO; /* whether or not its checksum is there */
	head.end = d->w.at;
	ppi_fields(d, head, flags);
	return d->fcs_present || d->fcs_bad ? DEC_WLAN : DEC_WLAN_BARE;
}

/* Linux cooked: no destination address; the source if it is one of 6 octets. */
static enum dec_next
cooked(struct dec *d, unsigned halen, const uint8_t *address, uint16_t type)
{
	if (d->w.failed)
		return dec_short(d, DEC_STOP_COOKED_SHORT);
	d->out->kind = SEEN_FRAME;
	if (halen == 6)
		d->out->from = pseudonym_mac(d->key, address);
	d->type = type;
	return DEC_ETHERTYPE;
}

enum dec_next
dec_cooked(struct dec *d)
{
	const uint8_t *address;
	uint16_t halen;

	wire_take(&d->w, 4);
	halen = wire_be16(&d->w);
	address = wire_take(&d->w, 8);
	return cooked(d, halen, address, wire_be16(&d->w));
}

enum dec_next
dec_cooked2(struct dec *d)
{
	uint16_t type = wire_be16(&d->w);
	uint8_t halen;

	wire_take(&d->w, 9);
	halen = wire_u8(&d->w);
	return cooked(d, halen, wire_take(&d->w, 8), type);
}

/* BSD loopback: the address family of the machine that captured, in its byte order. */
enum dec_next
dec_loopback(struct dec *d)
{
	uint32_t family = wire_le32(&d->w);

	if (d->w.failed)
		return dec_short(d, DEC_STOP_COOKED_SHORT);
	d->out->kind = SEEN_FRAME;
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
		return DEC_IPV4;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		return DEC_IPV6;
	default:
		return DEC_STOP_LOOPBACK_FAMILY;
	}
}

enum dec_next
dec_raw_ip(struct dec *d)
{
	struct wire peek = d->w;
	uint8_t first = wire_u8(&peek);

	if (peek.failed)
		return dec_short(d, DEC_STOP_IPV4_SHORT);
	d->out->kind = SEEN_FRAME;
	return first >> 4 == 6 ? DEC_IPV6 : DEC_IPV4;
}
