/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * detail.h - what one packet in a thousand says at length: management frames' elements, keys and
 * EAP, DHCP, RADIUS accounting, LLDP. Kept apart from struct seen, which every packet fills.
 *
 * A client is a pseudonym here too. Names that are kept are the infrastructure's: of access points,
 * their networks, their switches. What is a person's is not in here: no user name, no host name, no
 * address of a client, no nonce, no name that a client asked for.
 */
#ifndef KK_PROBES_DEC_DETAIL_H
#define KK_PROBES_DEC_DETAIL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/ssid.h"

#define DETAIL_TEXT_MAX 63 /* octets kept of another name */

/* Octets from outside, neither checked to be UTF-8 nor terminated; who prints them escapes them. */
struct detail_text {
	uint8_t len;
	uint8_t cut; /* there were more */
	uint8_t octets[DETAIL_TEXT_MAX];
};

enum detail_ap_flag {
	DETAIL_AP_BSSID = 1 << 0,
	DETAIL_AP_NAME = 1 << 1,
	DETAIL_AP_SSID = 1 << 2,
	DETAIL_AP_VLAN = 1 << 3,  /* vlan and port: a switch's, in numbers */
	DETAIL_AP_BINARY = 1 << 4 /* the name is no text: to be shown in hexadecimal */
};

/* An access point, as others name it. */
struct detail_ap {
	uint8_t flags;	/* enum detail_ap_flag: what is known */
	uint64_t bssid; /* 48 bits; as senders have it, or a base address, or a port's */
	uint64_t mark;	/* of the same, for the map */
	struct detail_text name;
	struct ssid ssid;
	uint16_t vlan;
	uint16_t port; /* slot in the upper 8 bits */
};

/* ---- 802.11 management ---- */

enum detail_security {
	SECURITY_OPEN = 1 << 0,
	SECURITY_WEP = 1 << 1,
	SECURITY_WPA = 1 << 2, /* version 1, personal or enterprise */
	SECURITY_WPA2_PSK = 1 << 3,
	SECURITY_WPA2_ENTERPRISE = 1 << 4,
	SECURITY_WPA3_SAE = 1 << 5,
	SECURITY_WPA3_ENTERPRISE = 1 << 6, /* the 192-bit suites */
	SECURITY_OWE = 1 << 7,
	SECURITY_OWE_TRANSITION = 1 << 8, /* open, with an encrypted twin, or the twin */
	SECURITY_OTHER = 1 << 9,	  /* RSN with something else */
	SECURITY_PMF_CAPABLE = 1 << 10,
	SECURITY_PMF_REQUIRED = 1 << 11
};

enum detail_generation { WIFI_UNKNOWN, WIFI_1, WIFI_3, WIFI_4, WIFI_5, WIFI_6, WIFI_6E, WIFI_7 };

enum detail_management_flag {
	MANAGEMENT_PROTECTED = 1 << 0, /* encrypted: nothing of its body is known */
	MANAGEMENT_CUT = 1 << 1,       /* by the snap length, or malformed: not all elements */
	MANAGEMENT_ELEMENTS = 1 << 2,  /* security is known */
	MANAGEMENT_SIGNAL = 1 << 3,
	MANAGEMENT_MOBILITY = 1 << 4, /* a mobility domain (802.11r) */
	MANAGEMENT_MULTI_LINK = 1 << 5
};

#define REASON_UNKNOWN 0xffff

struct detail_management {
	uint16_t flags;	    /* enum detail_management_flag */
	uint16_t security;  /* enum detail_security; several of the first: a transition mode */
	uint8_t generation; /* enum detail_generation: of a client, by its own request */
	uint8_t channel;    /* 0: not said */
	int8_t signal;	    /* dBm, if MANAGEMENT_SIGNAL */
	uint16_t mhz;	    /* where it was heard, 0: unknown */
	uint16_t algorithm; /* of authentication: 0 open, 1 shared key, 2 FT, 3 SAE */
	uint16_t step;	    /* of authentication, from 1 */
	uint16_t reason;    /* of a farewell; REASON_UNKNOWN */
	uint16_t mobility;  /* domain */
	uint8_t category;   /* of an action */
	uint8_t action;
	uint64_t current_ap; /* of a reassociation: where it comes from; 0: not said */
	struct ssid ssid;    /* of a beacon or probe response only */
};

/* ---- EAP and keys ---- */

#define EAPOL_MESSAGES(X)           \
	X(OTHER, "other")           \
	X(START, "start")           \
	X(LOGOFF, "logoff")         \
	X(REQUEST, "eap_request")   \
	X(RESPONSE, "eap_response") \
	X(SUCCESS, "eap_success")   \
	X(FAILURE, "eap_failure")   \
	X(M1, "handshake_1")        \
	X(M2, "handshake_2")        \
	X(M3, "handshake_3")        \
	X(M4, "handshake_4")        \
	X(GROUP_1, "group_key_1")   \
	X(GROUP_2, "group_key_2")   \
	X(KEY_OTHER, "key_other")
#define EAPOL_AS_ENUM(id, name) EAPOL_##id,
enum detail_eapol_message { EAPOL_MESSAGES(EAPOL_AS_ENUM) EAPOL_MESSAGE_COUNT };

struct detail_eapol {
	uint8_t message; /* enum detail_eapol_message */
	uint8_t id;	 /* EAP identifier */
	uint8_t method;	 /* EAP type of a request or response; 0: none, 1: identity */
};

/* ---- DHCP ---- */

struct detail_dhcp {
	uint8_t version;   /* 4 or 6 */
	uint8_t type;	   /* DHCPv4: option 53, 0: BOOTP; DHCPv6: of the innermost message */
	uint8_t is_answer; /* from the server */
	uint8_t relayed;
	uint32_t xid;
	uint64_t client;	/* 0: not said */
	struct detail_ap relay; /* what the relay agent says of the way */
};

/* ---- RADIUS accounting ---- */

enum detail_radius_status {
	RADIUS_START = 1,
	RADIUS_STOP = 2,
	RADIUS_INTERIM = 3,
	RADIUS_ON = 7,
	RADIUS_OFF = 8
};

enum detail_radius_flag {
	RADIUS_HAS_UP = 1 << 0,
	RADIUS_HAS_DOWN = 1 << 1,
	RADIUS_HAS_UP_PACKETS = 1 << 2,
	RADIUS_HAS_DOWN_PACKETS = 1 << 3,
	RADIUS_HAS_TIME = 1 << 4,
	RADIUS_HAS_DELAY = 1 << 5,
	RADIUS_HAS_EVENT = 1 << 6,
	RADIUS_HAS_CAUSE = 1 << 7,
	RADIUS_HAS_PORT_TYPE = 1 << 8,
	RADIUS_HAS_NAS = 1 << 9,
	RADIUS_HAS_SESSION = 1 << 10
};

/* Counters are cumulative within a session, up is from the client. */
struct detail_radius {
	uint8_t code; /* 4 request, 5 response */
	uint8_t id;
	uint16_t flags;	 /* enum detail_radius_flag */
	uint32_t status; /* enum detail_radius_status, or another; 0: not said */
	uint32_t cause;	 /* of termination */
	uint32_t port_type;
	uint32_t session_s;
	uint32_t delay_s;
	uint32_t event_s; /* UTC, since 1970 */
	uint64_t up, down;
	uint64_t up_packets, down_packets;
	uint64_t nas;	  /* pseudonym of who accounts */
	uint64_t session; /* pseudonym of NAS and session */
	uint64_t client;
	struct detail_ap ap;	     /* Called-Station-Id */
	struct detail_text nas_name; /* NAS-Identifier */
	uint64_t nas_mac, nas_mark;  /* the address that it begins with, twice; 0: none */
	uint64_t nas_end; /* NAS-IP-Address as dec_end_of(), if it sent the message; else 0 */
};

/* ---- LLDP ---- */

struct detail_lldp {
	uint8_t
	    infrastructure; /* a bridge, router or access point, says it; else nothing is kept */
	uint16_t ttl_s;
	uint64_t chassis_mac; /* 0: it is a text */
	uint64_t port_mac;
	struct detail_text chassis, port, name;
};

/* ---- TCP ---- */

#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

/* A segment of a flow that is looked at. */
struct detail_tcp {
	uint64_t flow;	      /* pseudonym of addresses and ports, the same for both ways */
	uint32_t seq;	      /* of its first octet */
	uint32_t octets;      /* of data */
	uint32_t stamp, echo; /* timestamps, if has_stamp */
	uint8_t flags;	      /* TCP_... */
	uint8_t has_stamp;
	uint8_t is_followed; /* 0: its handshake only is looked at */
};

enum detail_kind {
	DETAIL_NONE,
	DETAIL_MANAGEMENT,
	DETAIL_EAPOL,
	DETAIL_DHCP,
	DETAIL_RADIUS,
	DETAIL_LLDP,
	DETAIL_TCP
};

struct detail {
	enum detail_kind kind; /* which of the union */
	union {
		struct detail_management management;
		struct detail_eapol eapol;
		struct detail_dhcp dhcp;
		struct detail_radius radius;
		struct detail_lldp lldp;
		struct detail_tcp tcp;
	};
};

/** A network's security as text. @param security enum detail_security, ored. @param out Receives
 * it: "WPA2-PSK+WPA3-SAE"; "unknown" for 0. @param size Of it; 96 holds all. */
void detail_security_text(unsigned security, char *out, size_t size);

/** @param generation enum detail_generation. @return Static text: "6E"; "unknown". */
const char *detail_generation_name(unsigned generation);

/** @param message enum detail_eapol_message. @return Static text: "handshake_1". */
const char *detail_eapol_name(unsigned message);

#endif
