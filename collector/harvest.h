/* SPDX-License-Identifier: GPL-3.0-or-later */
/* harvest.h - what one survey of a switch or node gave, until the database has it. */
#ifndef KK_COLLECTOR_HARVEST_H
#define KK_COLLECTOR_HARVEST_H

#include "collector/port_meters.h"
#include "collector/ports/told.h"

/* What a survey gave and the database has not yet. */
struct harvest {
	struct harvest *next;
	uint32_t device;
	struct port *port;
	struct port_counter (*pair)[PORT_PAIRS]; /* per port */
	size_t n;
	struct told told;
	int has_lldp, has_bridge;
	int64_t time_s;
};

/** @param h Harvest, NULL is allowed. */
void harvest_free(struct harvest *h);

/**
 * Write one into the database.
 *
 * @param h   Harvest.
 * @param db  Database, for writing.
 * @param d   Why not.
 * @retval KK_OK
 * @retval KK_E_BUSY Another process writes.
 * @retval KK_E_NOMEM
 * @return Or what the database says.
 */
int harvest_keep(const struct harvest *h, struct db *db, struct diag *d);

#endif
