/* SPDX-License-Identifier: GPL-3.0-or-later */
/* port.h - the newest values of every interface of switches and nodes, and the raw counters that
 * its odometers stand on. */
#ifndef KK_RRD_DB_PORT_H
#define KK_RRD_DB_PORT_H

#include <stddef.h>
#include <stdint.h>

#include "rrd/db/db.h"

#define PORT_UNKNOWN INT64_MIN

/* Pairs of counters of one interface: in, out. */
enum port_pair { PAIR_OCTETS, PAIR_ERRORS, PAIR_DISCARDS, PORT_PAIRS };

/* One pair: what certainly passed, and the raw counters as last read. */
struct port_counter {
	int64_t in, out; /* odometers; PORT_UNKNOWN: it never had such a counter */
	uint64_t raw_in, raw_out;
	uint8_t width;		  /* 32 or 64 bits */
	int64_t boot_cs, when_cs; /* as struct counter's */
};

/* One interface. Texts are UTF-8, "" where not told. Numbers are PORT_UNKNOWN where not told. */
struct port_row {
	uint32_t device;
	const char *name; /* what it is known by, whatever its ifIndex is */
	const char *descr, *alias, *mac;
	int64_t index, type, admin, oper, mbps;
	int64_t rx_mdbm;     /* received light, 1/1000 dBm */
	int64_t poe, poe_mw; /* pethPsePortDetectionStatus: 3 delivers; mW */
	struct port_counter pair[PORT_PAIRS];
	int64_t time_s; /* when it was read, UTC seconds */
};

/**
 * Keep the interfaces of a device, in one transaction; one that is not among them stays with its
 * old time, for a quarter of a year. Never waits for another writer, as the poller calls it.
 *
 * @param db      Writing connection.
 * @param device  Inventory number.
 * @param rows    Interfaces with different names.
 * @param n       Count.
 * @param d       Why not.
 * @retval KK_OK
 * @retval KK_E_BUSY  Another process is writing: try again later.
 * @retval KK_E_DB    And the other errors of db_error(); nothing was kept.
 */
int port_rows_keep(
    struct db *db, uint32_t device, const struct port_row *rows, size_t n, struct diag *d);

/**
 * Read interfaces.
 *
 * @param db      Connection.
 * @param device  Inventory number; 0: of all devices in service.
 * @param each    Called per interface, by device and ifIndex; the row lives during the call.
 * @param ctx     For `each`.
 * @param d       Why not.
 * @retval KK_OK
 * @retval KK_E_DB  And the other errors of db_error().
 */
int port_rows_read(struct db *db, uint32_t device,
    void (*each)(void *ctx, const struct port_row *row), void *ctx, struct diag *d);

#endif
