/* SPDX-License-Identifier: GPL-3.0-or-later */
/* idle.h - which access points nearly nobody uses, told apart from those that were down or that
 * nobody watched. Pure. */
#ifndef KK_USAGE_IDLE_H
#define KK_USAGE_IDLE_H

#include "rrd/ledger_aps.h"

struct idle_limits {
	uint64_t span_s;   /* that is looked at */
	uint64_t looked_s; /* of these, Kkachi looked at somebody: idle_looked() */
	uint64_t a_day;	   /* fewer octets a day are no use */
	unsigned percent;  /* of its time in service that an access point must have been observed */
};

enum idle_kind {
	IDLE_USED,
	IDLE_UNUSED,
	IDLE_SILENT,	 /* Kkachi looked, and it did not answer: down or cut off */
	IDLE_UNOBSERVED, /* Kkachi did not look, or has no way to */
	IDLE_NEW	 /* in service for too short a part of the span */
};

/** How long Kkachi looked at all: the longest that any one was observed. @param aps Access points.
 * @return Seconds. */
uint64_t idle_looked(const struct ledger_aps *aps);

/**
 * Judge one that is in service.
 *
 * @param ap  With its sums over the span; imported days count as observed.
 * @param l   Limits.
 * @return    Few octets prove no lack of use where nobody watched; many prove use in any case.
 */
enum idle_kind idle_judge(const struct ledger_ap *ap, const struct idle_limits *l);

/** Octets a day over the time that is known. @param ap As above. @param out Receives them. @return
 * 1, or 0: no time is known. */
int idle_a_day(const struct ledger_ap *ap, uint64_t *out);

#endif
