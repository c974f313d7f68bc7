/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step.h - what the layer functions of this folder share. Nobody else includes it. */
#ifndef KK_PROBES_DEC_STEP_H
#define KK_PROBES_DEC_STEP_H

#include <string.h>

#include "lib/wire.h"
#include "probes/dec/dec.h"

#define DEC_VOTES      1024 /* a power of two */
#define TCP_ANSWERED   1024 /* words of 64 flows each; a power of two */
#define TCP_SECRETS    5
#define DEC_SECRETS    16 /* dec_identity()'s four, then those of fronts */
#define DEC_PIECES_MAX 3  /* first pieces within each other: IP's and CAPWAP's of each tunnel */

struct detail;
struct radio;
struct fragments;

/* The first piece of a datagram, in which decoding went on. */
struct dec_piece {
	uint64_t key;	     /* of the datagram */
	uint64_t pair;	     /* of its addresses; 0: it is a tunnel's in any case */
	struct wire w;	     /* the piece's octets */
	size_t octets;	     /* of it on the wire */
	uint32_t unit;	     /* octets that it was counted with; 0: none */
	enum dec_next layer; /* that its content begins with */
	uint8_t protocol;
	const uint8_t *eth, *ip;
	struct seen before; /* what was known when it began */
};

/* What a decoder remembers between packets. */
struct dec_memory {
	struct fragments *fragments;
	struct dec_piece piece[DEC_PIECES_MAX]; /* of this packet */
	struct dec_vote {
		uint64_t end;	/* of a tunnel: who */
		int8_t swapped; /* how often it exchanged octets, less how often it did not */
	} vote[DEC_VOTES];	/* access points whose frame control is known */
	int any_swapped;	/* else nobody need be remembered */
	unsigned l2tp_cookie;
	uint64_t secret[DEC_SECRETS]; /* for hashes that never leave the process */
};

/* Which TCP flows are looked at. */
struct tcp_flows {
	uint64_t secret[TCP_SECRETS];	 /* of this process: of marks, then of numbers */
	uint32_t below;			 /* a flow is followed whose 16 bits are */
	uint64_t answered[TCP_ANSWERED]; /* bits: a handshake waits for its third step */
};

/* A packet while it is decoded. */
struct dec {
	/* Of the decoder, the same for each packet. */
	struct detail *detail; /* for those packets that say much */
	struct dec_memory *memory;
	const struct pseudonyms *key;  /* for clients */
	const struct pseudonyms *home; /* for what is no client, and outlives a day */
	struct pseudonym_cache *lately;
	struct radio *aired;	 /* how the frame before was sent */
	struct tcp_flows *flows; /* NULL: nobody asks for TCP */

	/* Set for each packet. */
	struct seen *out;
	int64_t time_us;   /* of the capture */
	struct wire w;	   /* captured octets of this layer, from where reading stands */
	size_t uncaptured; /* octets of this layer that the snap length left out */

	/* Zero at first, from here to `parts`: few octets, as each packet pays for them. */
	const uint8_t *eth;   /* addresses of the innermost Ethernet header; NULL: none */
	const uint8_t *ip;    /* the innermost IP header; NULL: none */
	const uint8_t *frame; /* where 802.11 begins in a tunnel; NULL: elsewhere */
	uint32_t unit;	      /* octets of the unit that was counted last */
	uint16_t outer_id;    /* identification of the outermost IPv4 header, 0: none */
	uint16_t fc;	      /* 802.11 frame control, little endian */
	uint16_t type;	      /* ethertype to look at next */
	uint16_t from_port, to_port;
	uint16_t mhz;  /* where it was heard, 0: unknown */
	int8_t signal; /* dBm, if has_signal */
	uint8_t has_signal;
	uint8_t protocol; /* of IP */
	uint8_t tags_in;  /* how many tunnels were around those that `out` holds */
	uint8_t in_amsdu;
	uint8_t fcs_present; /* the link header says so */
	uint8_t fcs_doubt;   /* it does not fit */
	uint8_t fcs_checked; /* and found right */
	uint8_t fcs_bad;
	uint8_t padded;	 /* radiotap: the 802.11 header is padded to 4 octets */
	uint8_t swapped; /* octets of the frame control are exchanged, and of the sequence */
	uint8_t open;	 /* a first piece: more octets follow, nobody knows how many */
	uint8_t lacking; /* what was asked for is in the pieces that follow */
	uint8_t message; /* and it is no more than what a client's packet says */
	uint8_t pieces;	 /* first pieces that decoding is within */

	/* Of meaning only with what is above. */
	struct wire parts; /* what is left of an A-MSDU */
	size_t parts_uncaptured;
	size_t ip_captured;    /* octets from `ip` on */
	size_t frame_captured; /* octets from `frame` on */
};

#define DEC_AS_PROTOTYPE(id, function)                                   \
	/** Decode a layer. @param d Packet. @return What comes next. */ \
	enum dec_next function(struct dec *d);
DEC_LAYERS(DEC_AS_PROTOTYPE)

/** Octets of this layer that are left on the wire, captured or not. @param d Packet. @return
 * Octets. */
static inline size_t
dec_left(const struct dec *d)
{
	return wire_left(&d->w) + d->uncaptured;
}

/** The stop of a read that failed: the snap length's doing, or the sender's. @param d Packet.
 * @param stop Reason if it is the sender's. @return Reason. */
static inline enum dec_next
dec_short(const struct dec *d, enum dec_next stop)
{
	return d->uncaptured > 0 ? DEC_STOP_CUT : stop;
}

/** Take octets off this layer's end: a trailer. @param d Packet. @param n Octets. @return 0: there
 * are not so many. */
int dec_trim(struct dec *d, size_t n);

/** Keep only the first octets of this layer: the rest is padding. @param d Packet. @param n Octets,
 * at most dec_left(). */
static inline void
dec_limit(struct dec *d, size_t n)
{
	size_t captured = wire_left(&d->w);

	if (n < captured) {
		d->w.end = d->w.at + n;
		captured = n;
	}
	d->uncaptured = n - captured;
}

/** Count a unit, of which more is to be said. @param d Packet. @param octets Octets that it
 * carries. */
static inline void
dec_add(struct dec *d, size_t octets)
{
	d->unit = (uint32_t)octets;
	d->out->octets += d->unit;
	d->out->packets++;
}

/** Count what a unit carries. @param d Packet. @param octets Octets. @return What comes next: the
 * next part of an A-MSDU, or DEC_DONE. */
enum dec_next dec_count(struct dec *d, size_t octets);

/** As dec_left(), to count it: in a first piece it is not enough. @param d Packet. @return Octets.
 */
size_t dec_rest(struct dec *d);

/** The unit that was counted last is a tunnel's, and no client's: take it back. @param d Packet.
 * @param stop Why it is not looked into. @return `stop`. */
enum dec_next dec_tunnel(struct dec *d, enum dec_next stop);

/** Go into a tunnel. @param d Packet; what was counted last is taken back. @param kind Which;
 * SEEN_TUNNEL_NONE: one whose ends say nothing. @param inside What its content begins with. @return
 * `inside`, or a stop. */
enum dec_next dec_enter(struct dec *d, enum seen_tunnel kind, enum dec_next inside);

/** Whether a tunnel that is found here may be the network's. In a client's 802.11 frame it is the
 * client's own. @param d Packet. @return 1 or 0. */
static inline int
dec_may_enter(const struct dec *d)
{
	return (d->out->flags & SEEN_AIR) == 0;
}

/** Whether an address is a virtual router's. @param mac 6 octets. @return 1 or 0. */
int dec_is_router(const uint8_t *mac);

/** The layer of an IP protocol. @param protocol Number. @return DEC_DONE: none of interest. */
enum dec_next dec_ip_layer(uint8_t protocol);

/**
 * A piece of an IP datagram, of which the header was passed and counted.
 *
 * @param d         Packet; the piece's octets are left.
 * @param id        Identification.
 * @param protocol  Of the datagram.
 * @param offset    Octets.
 * @param more      Whether another piece follows.
 * @return          What comes next.
 */
enum dec_next dec_ip_piece(struct dec *d, uint32_t id, uint8_t protocol, size_t offset, int more);

/** A piece of what CAPWAP carries; its header was passed. @param d Packet. @param id Fragment id
 * and ports. @param offset Octets. @param more Whether another piece follows. @param inside What
 * the first one begins with. @return What comes next. */
enum dec_next dec_capwap_piece(
    struct dec *d, uint64_t id, size_t offset, int more, enum dec_next inside);

/** Decoding ended within first pieces: say what became of their datagrams. @param d Packet. @param
 * next How it ended. @return What comes next, another end or a layer. */
enum dec_next dec_settle(struct dec *d, enum dec_next next);

/** What tells a packet from every other, for copies of it: fills in `out`. @param d Packet that is
 * decoded. */
void dec_identify(struct dec *d);

/** Eight octets in native order: for hashes that stay within this process. @param p Octets. @return
 * Number. */
static inline uint64_t
dec_load(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/** Two octets as a number, the first one the higher. @param p Octets. @return Number. */
static inline uint32_t
dec_be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

/** Whether a VLAN tag follows. @param type Ethertype. @return 1 or 0. */
static inline int
dec_is_tag(uint32_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

/** Whether an octet may be the first one of 802.11's frame control: version 0, and a type that is
 * in use. Where the two stand the other way round, a data frame's other octet is none. @param fc
 * Octet. @return 1 or 0. */
static inline int
dec_is_type(uint8_t fc)
{
	return (fc & 3) == 0 && (fc & 0x0c) != 0x0c;
}

/** Two numbers in one, each bit of it of all of theirs. @param a Number. @param b Number. @return
 * Number. */
static inline uint64_t
dec_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 v = (unsigned __int128)a * b;

	return (uint64_t)v ^ (uint64_t)(v >> 64);
}

/** What an IPv4 header's addresses say. @param ip 20 octets. @return SEEN_IP, SEEN_FROM_PRIVATE,
 * SEEN_TO_PRIVATE. */
uint16_t dec_ipv4_flags(const uint8_t *ip);

/** Whether neither of a datagram's ports says anything. @param udp 8 octets. @return 1 or 0. */
int dec_udp_is_silent(const uint8_t *udp);

/** Whether it is of CAPWAP's data channel. @param udp 8 octets. @return 1 or 0. */
int dec_udp_is_capwap(const uint8_t *udp);

/* What a TCP segment is to whoever counts. */
enum dec_segment {
	DEC_SEGMENT_SILENT, /* octets */
	DEC_SEGMENT_TELLS,  /* octets, and dec_tcp_segment() reads it */
	DEC_SEGMENT_LOUD    /* it must be decoded */
};

/** Look at a TCP segment. One that answers a handshake is awaited from now on. @param flows Flows.
 * @param ip The IP header before it. @param tcp Segment. @param captured Octets of it. @param left
 * Octets of it on the wire. @return What it is. */
enum dec_segment dec_tcp_front(
    struct tcp_flows *flows, const uint8_t *ip, const uint8_t *tcp, size_t captured, size_t left);

/** Read one that tells. @param flows Flows. @param ip The IP header before it. @param w Segment, as
 * captured. @param left Octets of it on the wire. @param out Receives DETAIL_TCP. @return 1; 0: it
 * says nothing, as of two only the first completes a handshake; -1: it must be decoded. */
int dec_tcp_segment(
    struct tcp_flows *flows, const uint8_t *ip, struct wire w, size_t left, struct detail *out);

/** An address of an IP header as dec_end_of() gives it. @param ip Header. @param to 1: destination,
 * 0: source. @return 56 bits. */
uint64_t dec_address(const uint8_t *ip, int to);

/** The end of a unit, nothing to add. @param d Packet. @return As dec_count(). */
static inline enum dec_next
dec_end(struct dec *d)
{
	return d->in_amsdu ? DEC_WLAN_AMSDU : DEC_DONE;
}

/** The end of a unit that was parsed for what it says. @param d Packet. @param next DEC_DONE, or
 * why parsing stopped. @return As dec_end(); `next` if it is a stop and no part follows. */
enum dec_next dec_unit(struct dec *d, enum dec_next next);

/** A management frame's elements, all that is left of it. @param d Packet; its detail is begun.
 * @param capability The frame's capabilities, 0: it has none. @return DEC_DONE or a stop. */
enum dec_next dec_elements(struct dec *d, uint16_t capability);

/** The layer of a link type. @param linktype DLT_... @return DEC_STOP_LINK_UNKNOWN: none. */
enum dec_next dec_first(int linktype);

#endif
