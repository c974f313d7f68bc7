/* SPDX-License-Identifier: GPL-3.0-or-later */
/* port.h - the interfaces of one device as they were just read: plain values, by ifIndex. */
#ifndef KK_COLLECTOR_PORTS_PORT_H
#define KK_COLLECTOR_PORTS_PORT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

#define PORTS_MAX 1024 /* of one device; more are left out */
#define PORT_TEXT 64   /* octets of a name, with NUL */
#define MAC_TEXT  18   /* "02:4b:00:00:00:01", with NUL */
#define NO_CURSOR UINT32_MAX

/* What was told of a port. */
enum port_known {
	PORT_HAS_TYPE = 1 << 0,
	PORT_HAS_MBPS = 1 << 1,
	PORT_HAS_ADMIN = 1 << 2,
	PORT_HAS_OPER = 1 << 3,
	PORT_HAS_IN = 1 << 4, /* octets, of `width` bits */
	PORT_HAS_OUT = 1 << 5,
	PORT_HAS_IN32 = 1 << 6,
	PORT_HAS_OUT32 = 1 << 7,
	PORT_HAS_ERRORS_IN = 1 << 8,
	PORT_HAS_ERRORS_OUT = 1 << 9,
	PORT_HAS_DISCARDS_IN = 1 << 10,
	PORT_HAS_DISCARDS_OUT = 1 << 11,
	PORT_HAS_RX = 1 << 12,
	PORT_HAS_POE = 1 << 13,
	PORT_HAS_POE_MW = 1 << 14
};

struct port {
	uint32_t index;	     /* ifIndex: may be another after a reboot */
	uint16_t known;	     /* enum port_known */
	uint16_t type;	     /* ifType */
	uint8_t admin, oper; /* 1 up, 2 down, ... */
	uint8_t poe;	     /* pethPsePortDetectionStatus: 3 delivers power */
	uint32_t mbps;
	uint64_t in, out; /* octets, 64 bits; in32 and out32 those of 32 */
	uint32_t in32, out32;
	uint32_t errors_in, errors_out, discards_in, discards_out; /* packets */
	uint32_t
	    discontinuity; /* sysUpTime at which its counters started anew; 0: with the agent */
	int32_t rx_mdbm;   /* received light, 1/1000 dBm */
	uint32_t poe_mw;
	char name[PORT_TEXT]; /* ifName, else ifDescr, else "if" and the index: what it is known by
			       */
	char descr[PORT_TEXT], alias[PORT_TEXT];
	char mac[MAC_TEXT];
};

/* All of one device, by ifIndex; zeroed it is empty. */
struct ports {
	struct port *port;
	size_t n, room;
	int cut; /* it had more than PORTS_MAX */
};

/** @param p Ports; empty afterwards. */
void ports_forget(struct ports *p);

/** The port of an ifIndex. @param p Ports. @param index ifIndex. @return NULL: none. */
struct port *ports_find(const struct ports *p, uint32_t index);

/** The same, made if there is none. @param p Ports. @param index ifIndex. @return NULL: out of
 * memory, or there are PORTS_MAX already. */
struct port *ports_make(struct ports *p, uint32_t index);

/** The port that a text names: by name, then description, then alias; two of the same name are
 * none. @param p Ports. @param text What a device said. @return NULL: none. */
struct port *ports_named(const struct ports *p, const char *text);

#endif
