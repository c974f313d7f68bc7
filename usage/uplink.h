/* SPDX-License-Identifier: GPL-3.0-or-later */
/* uplink.h - when a line's busy hour passes so much of its capacity. Pure. */
#ifndef KK_USAGE_UPLINK_H
#define KK_USAGE_UPLINK_H

#include "usage/forecast.h"

enum uplink_verdict {
	UPLINK_OVER,	/* it is over now */
	UPLINK_WITHIN,	/* as likely as not within the twelve months */
	UPLINK_PERHAPS, /* within them only if it grows as the upper end of the 80 % interval */
	UPLINK_NOT,	/* not within them */
	UPLINK_UNKNOWN
};

struct uplink {
	enum uplink_verdict verdict;
	int known;	/* 0: the newest load is unknown */
	uint64_t load;	/* newest known busy hour, octets/s */
	int64_t tenths; /* of the capacity, tenths of a percent */
	kk_day month;	/* in which the middle of the forecast passes the bound; 0: it does not */
	kk_day early;	/* likewise the upper end of the 80 % interval */
};

/**
 * Judge a line.
 *
 * @param h        Its busy hours, octets/s, month by month.
 * @param lender   Whose season it borrows, or NULL; as forecast_make().
 * @param mbps     Capacity, Mbit/s, 1 and up.
 * @param percent  So much of it is too much.
 * @param out      Receives the outlook.
 * @retval KK_OK
 * @retval KK_E_RANGE  As forecast_make().
 * @retval KK_E_NOMEM
 */
int uplink_judge(const struct forecast_history *h, const struct forecast_history *lender,
    unsigned mbps, unsigned percent, struct uplink *out);

/**
 * Busy hours of months of which only octets are known: as the octets, in proportion to the month
 * whose busy hour is known.
 *
 * @param octets  Months, octets.
 * @param n       Count.
 * @param busy    Busy hour of the newest known month, octets/s.
 * @param out     Receives n busy hours.
 */
void uplink_scale(
    const struct forecast_past *octets, size_t n, uint64_t busy, struct forecast_past *out);

#endif
