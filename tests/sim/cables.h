/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cables.h - what really hangs on what, which the inventory need not know: trees and rings of
 * switches, access points on the wrong one. */
#ifndef KK_SIM_CABLES_H
#define KK_SIM_CABLES_H

#include <stdint.h>

struct fleet;
struct fleet_options;

#define CABLES_TREE 4 /* switches below each switch, with --tree */

/* What hangs on each switch, by index. */
struct cables {
	uint32_t *first; /* of a switch's part of `child`; switches + 1 */
	uint32_t *child; /* devices */
};

/** Lay the cables of a new fleet: as its devices' parents say, but for those of --miscable. @param
 * f Fleet with devices; receives cables. @param o Options. @return 1, or 0: out of memory. */
int cables_lay(struct fleet *f, const struct fleet_options *o);

/** @param c Cables. */
void cables_free(struct cables *c);

/** What hangs on a switch. @param f Fleet. @param index Switch. @param n Receives the count.
 * @return Devices, by index. */
const uint32_t *cables_children(const struct fleet *f, uint32_t index, uint32_t *n);

#endif
