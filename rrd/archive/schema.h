/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schema.h - metric.def as data sources, and the archives' rows: what a round-robin file looks
 * like. */
#ifndef KK_RRD_ARCHIVE_SCHEMA_H
#define KK_RRD_ARCHIVE_SCHEMA_H

#include <stdint.h>

#include "lib/err.h"
#include "lib/metric.h"

#define SCHEMA_STEP_S 60 /* always: faster samples merge into the minute */

/* Data sources as bits of enum metric. A device's file always has the four of SCHEMA_MAIN; its
 * second file those of SCHEMA_EXTRA that it has ever shown. `up` and `uptime` are in neither: the
 * ledger keeps seconds up, for ever. */
#define SCHEMA_BIT(m) METRIC_BIT(METRIC_##m)
#define SCHEMA_MAIN \
	(SCHEMA_BIT(OCTETS_DOWN) | SCHEMA_BIT(OCTETS_UP) | SCHEMA_BIT(CLIENTS) | SCHEMA_BIT(RTT))
#define SCHEMA_EXTRA \
	((METRIC_BIT(METRIC_COUNT) - 1) & ~(SCHEMA_MAIN | SCHEMA_BIT(UP) | SCHEMA_BIT(UPTIME)))

/* Rows of one archive in a file: `steps` steps a row. A file with other rows than schema.c's is not
 * ours (rrdlook.h): who changes the table must teach rrdlook() the old one. */
struct schema_rra {
	int maxima; /* 1: MAX, 0: AVERAGE */
	unsigned steps;
	unsigned rows;
};

/** The archives of a file. @param mask Its data sources. @param n Receives their count. @return
 * Static table. */
const struct schema_rra *schema_rras(uint64_t mask, unsigned *n);

/** The longest interval between two values that is still known: max(180 s, 3 × interval). @param
 * interval_s Seconds between sweeps. @return Seconds. */
unsigned schema_heartbeat(unsigned interval_s);

/**
 * Make an empty file with librrd.
 *
 * @param path       File; replaced if it exists.
 * @param mask       Data sources, in the order of metric.def.
 * @param heartbeat  Seconds.
 * @param start_s    UTC seconds; only later values can be stored.
 * @param old        A file whose rows are taken over, or NULL.
 * @param d          Why not.
 * @retval KK_OK  And the errors of rrderr_take().
 */
int schema_create(const char *path, uint64_t mask, unsigned heartbeat, int64_t start_s,
    const char *old, struct diag *d);

#endif
