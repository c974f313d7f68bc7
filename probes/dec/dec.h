/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dec.h - from a captured packet to what it says: one flat loop over a table of layer functions.
 * No allocation after decoder_new(), no system call, no clock. Every octet is read through
 * lib/wire.h's cursor.
 */
#ifndef KK_PROBES_DEC_DEC_H
#define KK_PROBES_DEC_DEC_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "probes/dec/pseudonym.h"

#define DEC_VLANS_MAX	 4  /* VLAN tags that are told, of as many as there are */
#define DEC_IP6_EXTS_MAX 8  /* IPv6 extension headers */
#define DEC_TUNNELS_MAX	 3  /* within each other */
#define DEC_FOLLOW	 16 /* one TCP flow in so many is followed, if nobody says */
#define DEC_END_IPV6	 (UINT64_C(1) << 55) /* in the number of a tunnel's end */

/* The layers, each a function dec_NAME() in this folder. */
#define DEC_LAYERS(X)                           \
	X(RADIOTAP, dec_radiotap)               \
	X(PRISM, dec_prism)                     \
	X(PPI, dec_ppi)                         \
	X(WLAN_BARE, dec_wlan_bare)             \
	X(WLAN, dec_wlan)                       \
	X(WLAN_MANAGEMENT, dec_wlan_management) \
	X(WLAN_DATA, dec_wlan_data)             \
	X(WLAN_AMSDU, dec_wlan_amsdu)           \
	X(ETHERNET, dec_ethernet)               \
	X(COOKED, dec_cooked)                   \
	X(COOKED2, dec_cooked2)                 \
	X(LOOPBACK, dec_loopback)               \
	X(RAW_IP, dec_raw_ip)                   \
	X(ETHERTYPE, dec_ethertype)             \
	X(VLAN, dec_vlan)                       \
	X(LLC, dec_llc)                         \
	X(IPV4, dec_ipv4)                       \
	X(IPV6, dec_ipv6)                       \
	X(MPLS, dec_mpls)                       \
	X(PPPOE, dec_pppoe)                     \
	X(UDP, dec_udp)                         \
	X(TCP, dec_tcp)                         \
	X(GRE, dec_gre)                         \
	X(ERSPAN2, dec_erspan2)                 \
	X(ERSPAN3, dec_erspan3)                 \
	X(ETHERIP, dec_etherip)                 \
	X(L2TP, dec_l2tp)                       \
	X(L2TP_UDP, dec_l2tp_udp)               \
	X(VXLAN, dec_vxlan)                     \
	X(VXLAN_GPE, dec_vxlan_gpe)             \
	X(GENEVE, dec_geneve)                   \
	X(CAPWAP, dec_capwap)                   \
	X(CAPWAP_WLAN, dec_capwap_wlan)         \
	X(EAPOL, dec_eapol)                     \
	X(DHCP, dec_dhcp)                       \
	X(DHCP6, dec_dhcp6)                     \
	X(RADIUS, dec_radius)                   \
	X(LLDP, dec_lldp)

/*
 * Why decoding stopped before a packet's innermost layer. A reason that is added here has its
 * counter, its name in the totals and in the log at once.
 */
#define DEC_STOPS(X)                                                                            \
	X(LINK_UNKNOWN, "link.unknown") /* a link type that is not decoded */                   \
	X(CUT, "capture.cut")		/* the snap length left out what is needed */           \
	X(RADIOTAP_SHORT, "radiotap.short")                                                     \
	X(RADIOTAP_HEADER, "radiotap.header") /* version or length that cannot be */            \
	X(PRISM_HEADER, "prism.header")                                                         \
	X(PPI_HEADER, "ppi.header")                                                             \
	X(WLAN_SHORT, "80211.short")                                                            \
	X(WLAN_VERSION, "80211.version")                                                        \
	X(WLAN_EXTENSION, "80211.extension")	   /* frame type 3 */                           \
	X(WLAN_FCS, "80211.bad_fcs")		   /* damaged on the air: not to be believed */ \
	X(WLAN_WDS, "80211.four_addresses")	   /* between access points: no client's */     \
	X(WLAN_ELEMENT, "80211.element")	   /* an element runs past the end */           \
	X(WLAN_ELEMENT_SIZE, "80211.element_size") /* one of a length that it cannot have */    \
	X(WLAN_FRAGMENT, "80211.element_fragment") /* the next part of nothing */               \
	X(WLAN_AMSDU, "80211.amsdu")		   /* a part runs past the end */               \
	X(ETHERNET_SHORT, "ethernet.short")                                                     \
	X(ETHERNET_LENGTH, "ethernet.length")	      /* 1501 .. 1535, or more than there is */ \
	X(ETHERNET_LINK_LOCAL, "ethernet.link_local") /* 01-80-c2-00-00-0x: switches' own */    \
	X(COOKED_SHORT, "cooked.short")                                                         \
	X(LOOPBACK_FAMILY, "loopback.family")                                                   \
	X(VLAN_SHORT, "vlan.short")                                                             \
	X(LLC_SHORT, "llc.short")                                                               \
	X(LLC_OTHER, "llc.other") /* STP, CDP, ...: no client's */                              \
	X(MPLS_SHORT, "mpls.short")                                                             \
	X(MPLS_DEEP, "mpls.too_many_labels")                                                    \
	X(PPPOE_SHORT, "pppoe.short")                                                           \
	X(PPPOE_HEADER, "pppoe.header")                                                         \
	X(PPPOE_OTHER, "pppoe.other") /* of PPP, but not IP */                                  \
	X(IPV4_SHORT, "ipv4.short")                                                             \
	X(IPV4_HEADER, "ipv4.header") /* version or header length that cannot be */             \
	X(IPV4_LENGTH, "ipv4.length") /* total length beyond the frame */                       \
	X(IPV6_SHORT, "ipv6.short")                                                             \
	X(IPV6_HEADER, "ipv6.header")                                                           \
	X(IPV6_LENGTH, "ipv6.length")                                                           \
	X(IPV6_DEEP, "ipv6.too_many_extensions")                                                \
	X(TUNNEL_DEEP, "tunnel.too_deep")                                                       \
	X(FRAGMENT_COUNTED, "fragment.counted") /* with its packet's first one */               \
	X(FRAGMENT_WAITS, "fragment.waits")	/* for others, then its packet counts */        \
	X(FRAGMENT_BAD, "fragment.bad")		/* one that cannot be */                        \
	X(GRE_SHORT, "gre.short")                                                               \
	X(GRE_ROUTING, "gre.routing")	 /* source routing, as nobody has used for long */      \
	X(GRE_CONTROL, "gre.control")	 /* Aruba's keep-alive */                               \
	X(GRE_CLIENT, "gre.of_a_client") /* what carries IP or PPP counts as a packet */        \
	X(ERSPAN_HEADER, "erspan.header")                                                       \
	X(ETHERIP_HEADER, "etherip.header")                                                     \
	X(L2TP_SHORT, "l2tp.short")                                                             \
	X(L2TP_CONTROL, "l2tp.control")                                                         \
	X(UDP_SHORT, "udp.short")                                                               \
	X(TCP_SHORT, "tcp.short")                                                               \
	X(TCP_HEADER, "tcp.header") /* a header length that cannot be */                        \
	X(TCP_OPTION, "tcp.option") /* one runs past the end */                                 \
	X(EAPOL_SHORT, "eapol.short")                                                           \
	X(EAPOL_LENGTH, "eapol.length") /* more than the frame */                               \
	X(EAPOL_EAP, "eapol.eap")	/* EAP's own length lies */                             \
	X(EAPOL_KEY, "eapol.key")                                                               \
	X(DHCP_SHORT, "dhcp.short")                                                             \
	X(DHCP_HARDWARE, "dhcp.hardware") /* an address longer than its field */                \
	X(DHCP_OPTION, "dhcp.option")	  /* one runs past the end */                           \
	X(DHCP_RELAY, "dhcp.relay_option")                                                      \
	X(DHCP6_SHORT, "dhcp6.short")                                                           \
	X(DHCP6_OPTION, "dhcp6.option")                                                         \
	X(DHCP6_DEEP, "dhcp6.too_many_relays")                                                  \
	X(RADIUS_SHORT, "radius.short")                                                         \
	X(RADIUS_LENGTH, "radius.length")                                                       \
	X(RADIUS_ATTRIBUTE, "radius.attribute") /* shorter than its head, or past the end */    \
	X(RADIUS_VALUE, "radius.value")		/* a number that is not of 4 octets */          \
	X(LLDP_TLV, "lldp.tlv")                                                                 \
	X(CAPWAP_HEADER, "capwap.header")                                                       \
	X(CAPWAP_CONTROL, "capwap.control")                                                     \
	X(CAPWAP_KEEPALIVE, "capwap.keepalive")                                                 \
	X(CAPWAP_ENCRYPTED, "capwap.encrypted") /* DTLS */                                      \
	X(CAPWAP_BINDING, "capwap.binding")	/* another radio than 802.11 */                 \
	X(LWAPP, "lwapp.not_decoded")                                                           \
	X(VXLAN_HEADER, "vxlan.header")                                                         \
	X(GENEVE_HEADER, "geneve.header")

#define DEC_AS_LAYER(id, function) DEC_##id,
#define DEC_AS_STOP(id, name)	   DEC_STOP_##id,

/* What comes next: a layer, the end, or a reason to stop. */
enum dec_next {
	DEC_LAYERS(DEC_AS_LAYER) DEC_STEPS,
	DEC_DONE = DEC_STEPS,
	DEC_STOPS(DEC_AS_STOP) DEC_NEXT_COUNT
};

/* What a packet is. On the wire all are FRAME. */
#define SEEN_KINDS(X)                                       \
	X(OTHER, "other")                                   \
	X(FRAME, "frame")                                   \
	X(DATA, "data")                                     \
	X(CONTROL, "control")                               \
	X(ASSOCIATION_REQUEST, "association_request")       \
	X(ASSOCIATION_RESPONSE, "association_response")     \
	X(REASSOCIATION_REQUEST, "reassociation_request")   \
	X(REASSOCIATION_RESPONSE, "reassociation_response") \
	X(PROBE_REQUEST, "probe_request")                   \
	X(PROBE_RESPONSE, "probe_response")                 \
	X(BEACON, "beacon")                                 \
	X(DISASSOCIATION, "disassociation")                 \
	X(AUTHENTICATION, "authentication")                 \
	X(DEAUTHENTICATION, "deauthentication")             \
	X(ACTION, "action")
#define SEEN_AS_ENUM(id, name) SEEN_##id,
enum seen_kind { SEEN_KINDS(SEEN_AS_ENUM) SEEN_KIND_COUNT };

enum seen_direction { SEEN_NOWHERE, SEEN_DOWN, SEEN_UP }; /* down is towards the client */

enum seen_flag {
	SEEN_AIR = 1 << 0,   /* 802.11 */
	SEEN_RETRY = 1 << 1, /* sent again, says the sender */
	SEEN_ESTIMATED =
	    1 << 2, /* `octets` is a good guess: encrypted, or cut by the snap length */
	SEEN_HAS_BSSID = 1 << 3,
	SEEN_HAS_STATUS = 1 << 4,
	SEEN_HAS_SEQUENCE = 1 << 5,
	SEEN_FROM_PRIVATE = 1 << 6, /* IPv4 source in a private range (RFC 1918, RFC 6598) */
	SEEN_TO_PRIVATE = 1 << 7,
	SEEN_IP = 1 << 8,	   /* the two above are known */
	SEEN_FROM_ROUTER = 1 << 9, /* a virtual router's address: VRRP, HSRP, GLBP */
	SEEN_TO_ROUTER = 1 << 10,
	SEEN_RADIO = 1 << 11,  /* a radio heard it: not 802.11 in a tunnel */
	SEEN_OPAQUE = 1 << 12, /* a tunnel that is encrypted: nobody's octets */
	/* How much `identity` says. Neither: a packet like it may be sent again, but not at once.
	 */
	SEEN_UNIQUE = 1 << 13, /* it has a number of its own */
	SEEN_ALIKE = 1 << 14   /* others have the same */
};

/* Which tunnel. CAPWAP's ends are known wherever it is; else the outermost one counts. */
enum seen_tunnel {
	SEEN_TUNNEL_NONE,
	SEEN_TUNNEL_CAPWAP,
	SEEN_TUNNEL_GRE,
	SEEN_TUNNEL_VXLAN,
	SEEN_TUNNEL_GENEVE,
	SEEN_TUNNEL_ETHERIP,
	SEEN_TUNNEL_L2TP
};

/*
 * What one packet said; a plain value. `client`, `from`, `to`, `sender` are pseudonyms, 0: none. A
 * BSSID is an access point's own address and stays as it is, as are the ends of a tunnel. Marks are
 * pseudonym_mark()'s. In a tunnel `from`, `to` and their marks are those of the frame inside; the
 * tags too, unless it has none. Of more than DEC_VLANS_MAX tags `vlan` holds the first, outermost
 * one and the last, innermost ones: those say where a frame was seen, and whose it is.
 */
struct seen {
	uint16_t next;	   /* enum dec_next: DEC_DONE, or why decoding stopped */
	uint8_t kind;	   /* enum seen_kind */
	uint8_t direction; /* enum seen_direction: known on the air and in CAPWAP */
	uint16_t flags;	   /* enum seen_flag */
	uint16_t status;   /* of an answer, if SEEN_HAS_STATUS; 0 is success */
	uint16_t sequence; /* 802.11 sequence control, if SEEN_HAS_SEQUENCE */
	uint8_t tid;	   /* QoS traffic class: sequences count per class */
	uint8_t vlans;	   /* tags in `vlan`, priority tags left out */
	uint16_t vlan[DEC_VLANS_MAX];
	uint32_t octets;     /* IP octets of clients; payload where it is not IP */
	uint32_t packets;    /* how many units these are: more than one in an A-MSDU */
	uint16_t dhcp;	     /* DHCP messages */
	uint16_t radius;     /* RADIUS accounting messages */
	uint32_t airtime_us; /* on the air, 0: unknown */
	uint8_t tunnel;	     /* enum seen_tunnel */
	uint8_t tunnels;     /* how many are around it */
	uint8_t detail;	     /* where its reader keeps what it says at length, from 1; 0: nothing */
	uint64_t bssid;	     /* 48 bits, if SEEN_HAS_BSSID */
	uint64_t client;     /* who is at the other end of the access point's air */
	uint64_t from;	     /* wire: source address */
	uint64_t to;	     /* wire: destination address; 0 for a group */
	uint64_t from_mark, to_mark;	 /* wire: the same two, for the map; 0: none */
	uint64_t outer_from, outer_to;	 /* marks around a tunnel, but for CAPWAP */
	uint64_t tunnel_from, tunnel_to; /* its ends, as dec_end_of() gives them; 0: none */
	uint64_t radio;			 /* CAPWAP: 48 bits of the radio's address, 0: not said */
	uint64_t identity; /* keyed hash of what stays the same on its way; 0: not known */
	uint64_t sender;   /* air: transmitter, to know a frame that was sent again */
	uint64_t ssid;	   /* of the network's name, if it says one */
};

/** Make it say nothing, in pieces that compilers clear without a call: the whole takes longer than
 * all of IPv4. @param s Receives it. */
static inline void
seen_blank(struct seen *s)
{
	const size_t half = sizeof(*s) / 2;

	_Static_assert(sizeof(*s) % 2 == 0, "two pieces are all of it");
	memset(s, 0, half);
	memset((char *)s + half, 0, half);
}

struct decoder;
struct detail;

/** A decoder, for one thread. @param key For pseudonyms; borrowed, outlives it. @return NULL: out
 * of memory; decoder_free() frees it. */
struct decoder *decoder_new(const struct pseudonyms *key);

/** Hash clients with keys that take turns. @param dec Decoder. @param turns Borrowed, outlives it.
 */
void decoder_turns(struct decoder *dec, const struct pseudonym_turns *turns);

/** Decode no more than octets and whose they are: what management frames, EAPOL, DHCP, RADIUS and
 * LLDP say is left out. @param dec Decoder. */
void decoder_octets_only(struct decoder *dec);

/** How many TCP flows are followed; their handshakes are seen in any case. @param dec Decoder.
 * @param one_in One in so many, 1 to 65536. */
void decoder_follow(struct decoder *dec, unsigned one_in);

/** How many octets stand between session and Ethernet in L2TPv3, as both ends are configured: its
 * cookie, and 4 of a sublayer. @param dec Decoder. @param octets 0 to 12; 0 if never called. */
void decoder_l2tp_cookie(struct decoder *dec, unsigned octets);

/** @param dec Decoder, NULL is allowed. */
void decoder_free(struct decoder *dec);

/**
 * Decode one packet.
 *
 * @param dec       Decoder.
 * @param linktype  DLT_..., as pcap_datalink() gives it.
 * @param time_us   When it was captured, UTC, microseconds.
 * @param p         Captured octets.
 * @param caplen    How many of them.
 * @param len       Octets of the packet on the wire; less than caplen is read as caplen.
 * @param out       Receives what it says; never undefined.
 */
void dec_frame(struct decoder *dec, int linktype, int64_t time_us, const uint8_t *p, size_t caplen,
    size_t len, struct seen *out);

/**
 * What the last packet said at length.
 *
 * @param dec  Decoder.
 * @return     Its own, until the next dec_frame(); of kind DETAIL_NONE for most packets.
 */
const struct detail *decoder_detail(const struct decoder *dec);

/** The number of a tunnel's end: an IPv4 address as it is, or a hash of an IPv6 address with
 * DEC_END_IPV6. @param address Octets, network order. @param octets 4 or 16. @return 56 bits. */
uint64_t dec_end_of(const uint8_t *address, size_t octets);

/** Whether a link type is decoded at all. @param linktype DLT_... @return 1 or 0. */
int dec_knows(int linktype);

/** Name of a reason to stop. @param next enum dec_next. @return Static text; "" for DEC_DONE. */
const char *dec_stop_name(unsigned next);

#endif
