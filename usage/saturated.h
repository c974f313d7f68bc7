/* SPDX-License-Identifier: GPL-3.0-or-later */
/* saturated.h - whether a site has more clients or octets at its busy hour than its access points
 * serve well. Pure. */
#ifndef KK_USAGE_SATURATED_H
#define KK_USAGE_SATURATED_H

#include "usage/busy_hour.h"

/* A site at its busy hours. */
struct saturated_site {
	unsigned aps;		  /* access points in service, at least 1 */
	uint64_t capacity_mbps;	  /* of their lines together; 0: not of all is it known */
	struct busy_hour clients; /* stations */
	struct busy_hour octets;  /* both directions, octets/s */
};

enum saturated_verdict { SATURATED, SATURATED_NOT, SATURATED_UNKNOWN };

struct saturated {
	enum saturated_verdict verdict;
	int64_t clients_tenths; /* clients per access point, percent of the bound; -1: unknown */
	int64_t load_tenths;	/* octets, percent of the capacity; -1: unknown */
};

/**
 * Judge a site: saturated if either is over its bound, unknown if neither is known.
 *
 * @param s        Site.
 * @param clients  At once, that an access point serves well; 1 and up.
 * @param load     Percent of the capacity that is too much.
 * @return         Verdict.
 */
struct saturated saturated_judge(const struct saturated_site *s, unsigned clients, unsigned load);

#endif
