/* SPDX-License-Identifier: GPL-3.0-or-later */
/* near.h - which id could have been meant. */
#ifndef KK_CLI_NEAR_H
#define KK_CLI_NEAR_H

#include "rrd/db/inventory.h"

#define NEAR_TEXT 512

/**
 * Letters to change, add, leave out or swap with their neighbour to make one text of another; large
 * and small letters are the same.
 *
 * @param a     One.
 * @param b     Other.
 * @param most  No need to know more than this, at most 15.
 * @return      0 .. most, or most + 1 for "more".
 */
unsigned near_distance(const char *a, const char *b, unsigned most);

/** The ids nearest to one that does not exist. @param inv Inventory. @param id What was asked for.
 * @param out Receives "; near: A, B, C", or "" if none is near. @return `out`. */
const char *near_ids(const struct inventory *inv, const char *id, char out[NEAR_TEXT]);

#endif
