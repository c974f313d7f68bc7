/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cross_days.h - what an access point says of a day, beside what a probe saw of it. */
#ifndef KK_RRD_CROSS_DAYS_H
#define KK_RRD_CROSS_DAYS_H

#include <stdint.h>

#include "lib/zone.h"
#include "rrd/db/db.h"

#define CROSS_UNKNOWN INT64_C(-1)

/* One access point on one local day. Octets are of both directions; CROSS_UNKNOWN where nobody
 * counted. */
struct cross_day {
	const char *id, *name, *district; /* "" where unknown; borrowed */
	int said, seen;			  /* by SNMP or its controller; by a probe */
	uint64_t said_octets, seen_octets;
	uint32_t said_s, up_s,
	    seen_s; /* seconds of the day that were observed; and that it was up */
	int64_t said_clients, seen_clients; /* the day's peak */
	int64_t usual_octets; /* a day's, as it said: the mean of the same weekday in the four weeks
				 before */
	int64_t dhcp_asked, dhcp_answered;
	int64_t login_failures; /* 802.11, EAP, 4-way handshake */
	int64_t associations;
	int heard; /* a probe saw it on that day or in the four weeks before */
	/* Of its district, itself included: how many a probe saw so lately, how many of them on
	 * that day, and the longest that it watched one of these. 0 where the district is unknown.
	 */
	uint32_t beside, beside_seen, beside_s;
};

/**
 * Read a day of all access points in service of which anybody knows anything.
 *
 * @param db    Connection.
 * @param day   YYYYMMDD.
 * @param each  Told each, by id; other than KK_OK ends it.
 * @param ctx   For `each`.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_DB  And the other errors of db_error(), or what `each` returned.
 */
int cross_days(struct db *db, kk_day day, int (*each)(void *ctx, const struct cross_day *c),
    void *ctx, struct diag *d);

#endif
