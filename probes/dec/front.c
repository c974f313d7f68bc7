/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * front.c - the way of frames that are like most others. It hashes what the layers' functions look
 * at, leaves out what differs from packet to packet (lengths, numbers, checksums), and gives up on
 * whatever is not plain: options, fragments, encryption, tunnels within each other.
 */
#include "probes/dec/front.h"

#include <pcap/dlt.h>

#include "probes/dec/decoder.h"
#include "probes/dec/identity.h"

#define TYPE_IPV4      0x0800
#define TYPE_IPV6      0x86dd
#define TYPE_BRIDGE    0x6558
#define GROUP_SWITCHES 0x0180 /* the addresses that no switch hands on begin so */
#define TAGS_MAX       2      /* of one Ethernet header */
#define TAG_BITS       13

#define PROTO_ICMP  1
#define PROTO_TCP   6
#define PROTO_UDP   17
#define PROTO_GRE   47
#define PROTO_ICMP6 58

#define GRE_KEY 0x2000

#define CAPWAP_WLAN  (1u << 8)
#define CAPWAP_RADIO (1u << 4)
#define CAPWAP_ODD   (0xff000000u | 1u << 7 | 1u << 3) /* preamble, fragment, keep-alive */
#define CAPWAP_BIND  0x3c00u			       /* all but 802.11's and none */

/* Frame control, its second octet behind the first. */
#define FC_LOOKED_AT 0x4fc4 /* version, type, no data; more fragments, protected, order */
#define FC_DATA	     0x0800
#define FC_QOS	     0x8000
#define FC_DS	     0x0003
#define QOS_AMSDU    0x80
#define MAC_HEADER   24

/* The two secrets that a part of a front is hashed with: none waits for the part before. */
enum part {
	PART_ETHERNET = 4, /* behind dec_identity()'s */
	PART_TUNNEL = 6,
	PART_RADIO = 8,
	PART_ADDRESSES = 10,
	PART_BSSID = 12,
	PART_INNER = 14,
	PARTS_END = 16
};

_Static_assert(PARTS_END == DEC_SECRETS, "each part has secrets of its own");

/* A frame on its way. */
struct walk {
	const uint8_t *at, *end; /* captured octets of this layer */
	size_t cut;		 /* octets of it on the wire behind `end` */
	uint64_t way;
	const uint64_t *secret;
};

static inline size_t
captured(const struct walk *w)
{
	return (size_t)(w->end - w->at);
}

/* Octets of a layer on the wire, from `at` on. */
static inline size_t
left(const struct walk *w)
{
	return captured(w) + w->cut;
}

static inline void
hash(struct walk *w, enum part part, uint64_t a, uint64_t b)
{
	w->way += dec_fold(a ^ w->secret[part], b ^ w->secret[part + 1]);
}

/* Whether eight octets are, where a mask has bits, what they should be. */
static inline int
are(const uint8_t *p, const uint8_t mask[8], const uint8_t should[8])
{
	return (dec_load(p) & dec_load(mask)) == dec_load(should);
}

/* The type behind addresses and tags, which itself is not hashed: IP's version shows. 0: give up.
 */
static inline uint32_t
ethernet(struct walk *w, enum part part)
{
	static const uint8_t address[8] = {255, 255, 255, 255, 255, 255};
	uint64_t tags = 1;
	uint32_t type;

	/* Switches' own talk is nobody's packet, whatever its type. */
	if (captured(w) < 14 || dec_be16(w->at) == GROUP_SWITCHES)
		return 0;
	hash(w, part, dec_load(w->at), dec_load(w->at + 6) & dec_load(address));
	type = dec_be16(w->at + 12);
	w->at += 14;
	for (unsigned n = 0; type != TYPE_IPV4 && dec_is_tag(type); n++) {
		uint32_t vid;

		if (n == TAGS_MAX || captured(w) < 4)
			return 0;
		vid = dec_be16(w->at) & 0x0fff;
		if (vid != 0)
			tags = tags << TAG_BITS | vid;
		type = dec_be16(w->at + 2);
		w->at += 4;
	}
	/* With a secret of the part: the same tags elsewhere are another way. */
	w->way += dec_fold(tags ^ w->secret[part + 1], w->secret[part]);
	return type;
}

/* Step over the header of a packet that is so long; padding goes. 0: it is not there. */
static inline int
enter(struct walk *w, size_t header, size_t total)
{
	size_t have = captured(w);

	if (total < header || total > have + w->cut)
		return 0;
	w->cut = total > have ? total - have : 0;
	w->end = w->at + (total < have ? total : have);
	w->at += header;
	return 1;
}

/* An IPv4 header without options, of a datagram that is whole. */
static inline int
is_ipv4(const struct walk *w)
{
	static const uint8_t mask[8] = {255, 0, 0, 0, 0, 0, 0x3f, 255}, should[8] = {0x45};

	return captured(w) >= 20 && are(w->at, mask, should);
}

/* Step over IP's header. NULL: give up. */
static inline const uint8_t *
network(struct walk *w, uint32_t type)
{
	const uint8_t *p = w->at;

	if (type == TYPE_IPV4)
		return is_ipv4(w) && enter(w, 20, dec_be16(p + 2)) ? p : NULL;
	if (type != TYPE_IPV6 || captured(w) < 40 || p[0] >> 4 != 6 || dec_be16(p + 4) == 0)
		return NULL;
	return enter(w, 40, (size_t)40 + dec_be16(p + 4)) ? p : NULL;
}

/* ---- the client's packet ---- */

/* What is behind IP, as segments are told apart. */
static inline enum dec_segment
behind(struct decoder *dec, const struct walk *w, const uint8_t *ip, uint8_t protocol)
{
	switch (protocol) {
	case PROTO_TCP:
		return dec->d.flows == NULL
			   ? DEC_SEGMENT_SILENT
			   : dec_tcp_front(dec->d.flows, ip, w->at, captured(w), left(w));
	case PROTO_UDP:
		return captured(w) >= 8 && dec_udp_is_silent(w->at) ? DEC_SEGMENT_SILENT
								    : DEC_SEGMENT_LOUD;
	case PROTO_ICMP:
	case PROTO_ICMP6:
		return DEC_SEGMENT_SILENT;
	default:
		return DEC_SEGMENT_LOUD;
	}
}

static inline int
client(struct decoder *dec, struct walk *w, const uint8_t *ip, struct front *out)
{
	enum dec_segment is = behind(dec, w, ip, ip[0] >> 4 == 4 ? ip[9] : ip[6]);

	if (is == DEC_SEGMENT_LOUD)
		return 0;
	out->ip = ip;
	out->octets = (uint32_t)(left(w) + (size_t)(w->at - ip));
	out->flags = 0;
	out->tells = is == DEC_SEGMENT_TELLS;
	out->detail = 0;
	out->identity = dec_identity(dec->memory.secret, ip, (size_t)(w->end - ip), &out->flags);
	out->way = w->way != 0 ? w->way : 1;
	return 1;
}

/* ---- tunnels ---- */

/* As dec_wlan() understands the sequence control. */
static inline int
is_fragment(const uint8_t *sequence, int swapped)
{
	return (sequence[0] & 15) != 0 && (!swapped || (sequence[1] & 15) != 0);
}

/* A data frame's frame control in the usual order, of which one end is the air's. 0: give up. */
static inline uint32_t
frame_control(const uint8_t *p, int *swapped)
{
	uint32_t fc = dec_be16(p);

	*swapped = (fc & FC_LOOKED_AT) != FC_DATA;
	if (*swapped) {
		fc = (uint32_t)p[1] << 8 | p[0];
		if ((fc & FC_LOOKED_AT) != FC_DATA)
			return 0;
	}
	/* Then the other octet is no type, which shows their order. */
	return (fc & FC_DS) == 1 || (fc & FC_DS) == 2 ? fc : 0;
}

/* The type behind a data frame's header. 0: give up. */
static inline uint32_t
wlan(struct walk *w)
{
	static const uint8_t snap[8] = {0xaa, 0xaa, 3}, mask[8] = {255, 255, 255, 255, 255, 255},
			     bssid[8] = {0, 0, 0, 0, 255, 255};
	const uint8_t *p = w->at, *llc;
	size_t header;
	uint32_t fc;
	int swapped;

	if (captured(w) < MAC_HEADER + 2 + 8 || (fc = frame_control(p, &swapped)) == 0 ||
	    is_fragment(p + 22, swapped))
		return 0;
	if ((fc & FC_QOS) && (p[MAC_HEADER] & QOS_AMSDU))
		return 0;
	header = MAC_HEADER + (fc & FC_QOS ? 2 : 0);
	llc = p + header;
	if (!are(llc, mask, snap))
		return 0;
	hash(w, PART_ADDRESSES, dec_load(p + 4), dec_load(p + 12));
	hash(w, PART_BSSID, dec_load(p + 16) & dec_load(bssid), header << 8 | (fc & FC_DS));
	w->at += header + 8;
	return dec_be16(llc + 6);
}

/* What is behind CAPWAP's header, of which numbers and signal are not hashed. 0: give up. */
static inline uint32_t
capwap(struct walk *w, const uint8_t *ip)
{
	const uint8_t *udp = w->at, *head = udp + 8;
	uint32_t first;
	size_t len;

	if (captured(w) < 16 || dec_be16(udp + 4) != left(w))
		return 0;
	first = dec_be16(head) << 16 | dec_be16(head + 2);
	len = (first >> 19 & 0x1f) * 4;
	if ((first & (CAPWAP_ODD | CAPWAP_BIND)) != 0 || len < 8 || captured(w) < 8 + len)
		return 0;
	hash(
	    w, PART_TUNNEL, dec_load(ip + 12), dec_load(udp) << 32 | (dec_load(head) & UINT32_MAX));
	if (first & CAPWAP_RADIO) {
		if (len < 16 || head[8] != 6)
			return 0;
		hash(w, PART_RADIO, dec_load(head + 8), 6);
	}
	w->at += 8 + len;
	return first & CAPWAP_WLAN ? wlan(w) : ethernet(w, PART_INNER);
}

/* Ethernet in GRE. */
static inline uint32_t
gre(struct walk *w, const uint8_t *ip)
{
	uint32_t flags;

	if (captured(w) < 8)
		return 0;
	flags = dec_be16(w->at);
	if ((flags & ~(uint32_t)GRE_KEY) != 0 || dec_be16(w->at + 2) != TYPE_BRIDGE)
		return 0;
	hash(w, PART_TUNNEL, dec_load(ip + 12), PROTO_GRE);
	w->at += flags & GRE_KEY ? 8 : 4;
	return ethernet(w, PART_INNER);
}

unsigned
dec_front_addresses(const struct front *f)
{
	return f->ip[0] >> 4 == 4 ? dec_ipv4_flags(f->ip) : 0;
}

int
dec_front(struct decoder *dec, int linktype, int64_t time_us, const uint8_t *p, size_t caplen,
    size_t len, struct front *out)
{
	struct walk w = {
	    .at = p, .end = p + caplen, .cut = len - caplen, .secret = dec->memory.secret};
	const uint8_t *ip;
	uint32_t type;

	out->way = 0;
	if (linktype != DLT_EN10MB)
		return 0;
	decoder_turn(dec, time_us);
	w.way = dec->salt;
	type = ethernet(&w, PART_ETHERNET);
	if ((ip = network(&w, type)) == NULL)
		return 0;
	if (type == TYPE_IPV4 && ip[9] == PROTO_GRE)
		ip = network(&w, gre(&w, ip));
	else if (type == TYPE_IPV4 && ip[9] == PROTO_UDP && captured(&w) >= 8 &&
		 dec_udp_is_capwap(w.at))
		ip = network(&w, capwap(&w, ip));
	return ip != NULL && client(dec, &w, ip, out);
}

int
dec_front_segment(
    struct decoder *dec, const struct front *f, const uint8_t *end, struct detail *out)
{
	size_t header = f->ip[0] >> 4 == 4 ? 20 : 40, left = f->octets - header;
	const uint8_t *tcp = f->ip + header;
	size_t captured = (size_t)(end - tcp);

	return dec_tcp_segment(
	    dec->d.flows, f->ip, wire_over(tcp, captured < left ? captured : left), left, out);
}
