/* SPDX-License-Identifier: GPL-3.0-or-later */
/* told.h - facts as the rows that are kept: who stands beside whom. Pure. */
#ifndef KK_COLLECTOR_PORTS_TOLD_H
#define KK_COLLECTOR_PORTS_TOLD_H

#include "collector/ports/gather.h"
#include "lib/region.h"
#include "rrd/db/neighbour.h"

/* What one device tells. */
struct told {
	struct region *texts;
	struct reporter self; /* .device and the times are the caller's */
	struct neighbour *row;
	size_t n;
};

/**
 * @param f    Facts with named ports.
 * @param out  Receives the rows; told_free() frees them.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int told_make(const struct facts *f, struct told *out);

/** @param t Rows; zeroed is allowed. */
void told_free(struct told *t);

#endif
