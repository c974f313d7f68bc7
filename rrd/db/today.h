/* SPDX-License-Identifier: GPL-3.0-or-later */
/* today.h - what the whole city has carried on one day, for the first line of a dashboard. */
#ifndef KK_RRD_DB_TODAY_H
#define KK_RRD_DB_TODAY_H

#include <stdint.h>

#include "lib/zone.h"
#include "rrd/db/db.h"

/**
 * Octets of all access points on a day, from the source that is each one's account.
 *
 * @param db   Connection.
 * @param day  Local day, YYYYMMDD.
 * @param out  Receives octets, down + up; 0 if there is no row yet.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_DB
 */
int today_octets(struct db *db, kk_day day, int64_t *out, struct diag *d);

#endif
