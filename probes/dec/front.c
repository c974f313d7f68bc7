/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * front.c - the way of frames that are like most others. It hashes what the layers' functions look
 * at, leaves out what differs from packet to packet (lengths, numbers, checksums), and gives up on
 * whatever is not plain: options, fragments, encryption, tunnels within each other.
 */
#include "probes/dec/front.h"

#include <pcap/dlt.h>

#include "probes/dec/decoder.h"

#define TYPE_IPV4   0x0800
#define TYPE_IPV6   0x86dd
#define TYPE_BRIDGE 0x6558
#define TAGS_MAX    2 /* of one Ethernet header */
#define TAG_BITS    13

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

#define FC_KIND	   0x4f /* of the first octet: version, type, and whether there is no data */
#define FC_DATA	   0x08
#define FC_QOS	   0x80
#define FC_DS	   0x03 /* of the second one */
#define FC_ODD	   0xc4 /* more fragments, protected, order */
#define QOS_AMSDU  0x80
#define MAC_HEADER 24

/* A frame on its way. */
struct walk {
	const uint8_t *at, *end; /* captured octets of this layer */
	size_t left;		 /* octets of it on the wire, from `at` on */
	uint64_t way;
	const uint64_t *secret;
};

static inline size_t
captured(const struct walk *w)
{
	return (size_t)(w->end - w->at);
}

static inline void
step(struct walk *w, size_t n)
{
	w->at += n;
	w->left -= n;
}

static inline void
hash(struct walk *w, uint64_t a, uint64_t b)
{
	w->way = dec_fold(a ^ w->secret[0], b ^ w->way);
}

/* The type behind addresses and tags, which itself is not hashed: IP's version shows. 0: give up.
 */
static inline uint32_t
ethernet(struct walk *w)
{
	static const uint8_t address[8] = {255, 255, 255, 255, 255, 255, 0, 0};
	uint64_t tags = 1;
	uint32_t type;

	/* Switches' own talk is nobody's packet, whatever its type. */
	if (captured(w) < 14 || (w->at[0] == 0x01 && w->at[1] == 0x80))
		return 0;
	hash(w, dec_load(w->at), dec_load(w->at + 6) & dec_load(address));
	type = dec_be16(w->at + 12);
	step(w, 14);
	for (unsigned n = 0; type != TYPE_IPV4 && dec_is_tag(type); n++) {
		uint32_t vid;

		if (n == TAGS_MAX || captured(w) < 4)
			return 0;
		vid = dec_be16(w->at) & 0x0fff;
		if (vid != 0)
			tags = tags << TAG_BITS | vid;
		type = dec_be16(w->at + 2);
		step(w, 4);
	}
	w->way ^= tags * UINT64_C(0x9e3779b97f4a7c15);
	return type;
}

/* Step over an IPv4 header without options, of a datagram that is whole; padding goes. */
static inline const uint8_t *
ipv4(struct walk *w)
{
	const uint8_t *ip = w->at;
	size_t total;

	if (captured(w) < 20 || ip[0] != 0x45 || (ip[6] & 0x3f) != 0 || ip[7] != 0)
		return NULL;
	total = dec_be16(ip + 2);
	if (total < 20 || total > w->left)
		return NULL;
	w->end = total < captured(w) ? ip + total : w->end;
	w->left = total;
	step(w, 20);
	return ip;
}

static inline const uint8_t *
ipv6(struct walk *w)
{
	const uint8_t *ip = w->at;
	size_t payload;

	if (captured(w) < 40 || ip[0] >> 4 != 6)
		return NULL;
	payload = dec_be16(ip + 4);
	if (payload == 0 || payload + 40 > w->left)
		return NULL;
	w->end = payload + 40 < captured(w) ? ip + 40 + payload : w->end;
	w->left = payload + 40;
	step(w, 40);
	return ip;
}

/* Step over IP's header. NULL: give up. */
static inline const uint8_t *
network(struct walk *w, uint32_t type)
{
	return type == TYPE_IPV4 ? ipv4(w) : type == TYPE_IPV6 ? ipv6(w) : NULL;
}

/* ---- the client's packet ---- */

/* Whether what is behind IP says nothing. */
static inline int
is_silent(const struct decoder *dec, const struct walk *w, const uint8_t *ip, uint8_t protocol)
{
	switch (protocol) {
	case PROTO_TCP:
		return dec->d.flows == NULL ||
		       dec_tcp_is_silent(dec->d.flows, ip, w->at, captured(w), w->left);
	case PROTO_UDP:
		return captured(w) >= 8 && dec_udp_is_silent(w->at);
	case PROTO_ICMP:
	case PROTO_ICMP6:
		return 1;
	default:
		return 0;
	}
}

static inline int
client(const struct decoder *dec, struct walk *w, const uint8_t *ip, struct front *out)
{
	if (!is_silent(dec, w, ip, ip[0] >> 4 == 4 ? ip[9] : ip[6]))
		return 0;
	out->ip = ip;
	out->octets = (uint32_t)w->left + (uint32_t)(w->at - ip);
	out->flags = 0;
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

/* The type behind a data frame's header. 0: give up. */
static inline uint32_t
wlan(struct walk *w)
{
	static const uint8_t snap[8] = {0xaa, 0xaa, 3, 0, 0, 0};
	static const uint8_t all_but_type[8] = {255, 255, 255, 255, 255, 255};
	const uint8_t *p = w->at, *llc;
	uint8_t fc, flags;
	size_t header;
	int swapped;

	if (captured(w) < MAC_HEADER + 2 + 8 || dec_is_type(p[0]) == dec_is_type(p[1]))
		return 0;
	swapped = dec_is_type(p[1]); /* the other one is none, which shows their order */
	fc = p[swapped];
	flags = p[!swapped];
	if ((fc & FC_KIND) != FC_DATA || (flags & FC_ODD) != 0 || (flags & FC_DS) == 0 ||
	    (flags & FC_DS) == FC_DS || is_fragment(p + 22, swapped))
		return 0;
	header = MAC_HEADER + (fc & FC_QOS ? 2 : 0);
	if ((fc & FC_QOS) && (p[MAC_HEADER] & QOS_AMSDU))
		return 0;
	llc = p + header;
	if ((dec_load(llc) & dec_load(all_but_type)) != dec_load(snap))
		return 0;
	hash(w, dec_load(p + 4), dec_load(p + 12));
	hash(w, dec_be16(p + 20) << 8 | (flags & FC_DS), header);
	step(w, header + 8);
	return dec_be16(llc + 6);
}

/* What is behind CAPWAP's header, of which numbers and signal are not hashed. 0: give up. */
static inline uint32_t
capwap(struct walk *w, const uint8_t *ip)
{
	const uint8_t *udp = w->at, *head = udp + 8;
	uint32_t first;
	size_t len;

	if (captured(w) < 16 || dec_be16(udp + 4) != w->left)
		return 0;
	first = dec_be16(head) << 16 | dec_be16(head + 2);
	len = (first >> 19 & 0x1f) * 4;
	if ((first & (CAPWAP_ODD | CAPWAP_BIND)) != 0 || len < 8 || captured(w) < 8 + len)
		return 0;
	hash(w, dec_load(ip + 12), (uint64_t)first << 32 | dec_be16(udp) << 16 | dec_be16(udp + 2));
	if (first & CAPWAP_RADIO) {
		if (len < 16 || head[8] != 6)
			return 0;
		hash(w, dec_load(head + 8), 6);
	}
	step(w, 8 + len);
	return first & CAPWAP_WLAN ? wlan(w) : ethernet(w);
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
	hash(w, dec_load(ip + 12), PROTO_GRE);
	step(w, flags & GRE_KEY ? 8 : 4);
	return ethernet(w);
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
	struct walk w = {.at = p, .end = p + caplen, .left = len, .secret = dec->memory.secret};
	const uint8_t *ip;
	uint32_t type;

	out->way = 0;
	if (linktype != DLT_EN10MB)
		return 0;
	decoder_turn(dec, time_us);
	w.way = dec->salt;
	type = ethernet(&w);
	if ((ip = network(&w, type)) == NULL)
		return 0;
	if (type == TYPE_IPV4 && ip[9] == PROTO_GRE)
		ip = network(&w, gre(&w, ip));
	else if (type == TYPE_IPV4 && ip[9] == PROTO_UDP && captured(&w) >= 8 &&
		 dec_udp_is_capwap(w.at))
		ip = network(&w, capwap(&w, ip));
	return ip != NULL && client(dec, &w, ip, out);
}
