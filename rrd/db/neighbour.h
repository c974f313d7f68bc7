/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * neighbour.h - who stands beside whom, as devices tell it: LLDP neighbours, and behind which port
 * a bridge has learned the address of a device of the inventory. Addresses of anybody else are
 * never kept.
 */
#ifndef KK_RRD_DB_NEIGHBOUR_H
#define KK_RRD_DB_NEIGHBOUR_H

#include <stddef.h>
#include <stdint.h>

#include "rrd/db/db.h"

/* How it is known. The number stands in the database. */
enum neighbour_via { VIA_LLDP = 0, VIA_BRIDGE = 1 };

/* Subtypes of a chassis id and of a port id (IEEE 802.1AB); 0: not told. */
enum chassis_type { CHASSIS_ALIAS = 2, CHASSIS_MAC = 4, CHASSIS_ADDRESS = 5, CHASSIS_LOCAL = 7 };
enum port_type { PORT_ALIAS = 1, PORT_MAC = 3, PORT_ADDRESS = 4, PORT_NAME = 5, PORT_LOCAL = 7 };

/* Bits of what a neighbour says it does (LldpSystemCapabilitiesMap, bit 0 first). */
enum neighbour_does { DOES_BRIDGE = 1 << 2, DOES_AP = 1 << 3, DOES_ROUTE = 1 << 4 };

/* One neighbour of one port. Texts are UTF-8 without control characters, "" where not told; a MAC
 * is "02:4b:00:00:00:01". */
struct neighbour {
	uint32_t device; /* who tells it */
	uint8_t via;	 /* enum neighbour_via */
	uint8_t chassis_type, far_type;
	uint16_t does;	       /* enum neighbour_does */
	uint32_t crowd;	       /* VIA_BRIDGE: addresses learned on this port, of anybody; else 0 */
	const char *port;      /* its own port, by name */
	const char *chassis;   /* who is there; VIA_BRIDGE: the MAC */
	const char *far_port;  /* at which of his ports */
	const char *far_descr; /* the same for people */
	const char *name;      /* his sysName */
	const char *address;   /* his management address */
	int64_t first_s, last_s; /* UTC seconds; filled by neighbours_read() */
};

/* What a device that tells neighbours says of itself. */
struct reporter {
	uint32_t device;
	uint8_t chassis_type;
	const char *chassis, *name;
	int64_t lldp_s,
	    bridge_s; /* when its newest whole table was read, UTC seconds; 0: it has none */
};

/* Everything that is told now. */
struct neighbours {
	struct reporter *reporter; /* by device */
	size_t n_reporters;
	struct neighbour *row; /* by device, then as the database sorts them */
	size_t n;
};

/**
 * Keep what a device told, in one transaction: its rows are seen now, those it no longer tells stay
 * as history for a quarter of a year. Never waits for another writer, as the poller calls it.
 *
 * @param db    Writing connection.
 * @param self  What it says of itself; .lldp_s and .bridge_s: now for a table that was read whole,
 *              0 for one that was not, which then stays as it was.
 * @param rows  Its neighbours; .device and the times are not looked at.
 * @param n     Count.
 * @param now_s UTC seconds.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_BUSY  Another process is writing: try again later.
 * @retval KK_E_DB    And the other errors of db_error(); nothing was kept.
 */
int neighbours_keep(struct db *db, const struct reporter *self, const struct neighbour *rows,
    size_t n, int64_t now_s, struct diag *d);

/**
 * Read what devices in service tell now, history left out.
 *
 * @param db   Connection.
 * @param out  Receives it; neighbours_free() frees it. NULL on error.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_DB  And the other errors of db_error().
 */
int neighbours_read(struct db *db, struct neighbours **out, struct diag *d);

/** @param n Neighbours, NULL is allowed. */
void neighbours_free(struct neighbours *n);

#endif
