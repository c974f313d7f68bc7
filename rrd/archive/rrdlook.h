/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrdlook.h - what a round-robin file says of itself, before librrd works on it: it trusts a
 * header, and one with a wrong row number makes it write outside its mapping. */
#ifndef KK_RRD_ARCHIVE_RRDLOOK_H
#define KK_RRD_ARCHIVE_RRDLOOK_H

#include <stdint.h>

#include "lib/err.h"

struct rrdlook {
	uint64_t mask;		  /* its data sources, bits of enum metric */
	int64_t last_s;		  /* newest value, UTC seconds */
	uint32_t other_heartbeat; /* data sources whose heartbeat is not the one asked for */
};

/**
 * Look at a file: is it one of ours, with rows and sources as schema.c makes them?
 *
 * @param path       File.
 * @param heartbeat  What it should be, seconds; 0: any.
 * @param out        Receives what it says.
 * @param d          Why not, with the file's name.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND
 * @retval KK_E_CORRUPT   Damaged or foreign.
 * @retval KK_E_BUSY      Locked for longer than this call waits.
 * @return                Or another error of rrderr_take().
 */
int rrdlook(const char *path, unsigned heartbeat, struct rrdlook *out, struct diag *d);

#endif
