/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ap_months.h - every month of every access point that ever was, side by side. */
#ifndef KK_USAGE_AP_MONTHS_H
#define KK_USAGE_AP_MONTHS_H

#include "rrd/ledger_aps.h"

/* One access point in one month. */
struct ap_month {
	uint64_t octets;
	uint32_t observed_s, possible_s; /* without imported days */
	uint8_t known;			 /* 1: something was measured or imported */
	uint8_t imported;		 /* 1: some days, 2: all: nobody knows how much was seen */
	uint8_t spread;			 /* 1: some of it is a share of a longer period */
};

struct ap_months {
	struct ledger_aps *aps;
	kk_day from;	     /* YYYYMM of the first month */
	size_t n;	     /* months */
	struct ap_month *at; /* of access point i: at[i * n] and the following */
};

/**
 * Read from the ledger's first month to the last one asked for. 24 octets per access point and
 * month.
 *
 * @param db     Connection, outside of a transaction.
 * @param to     Last month, YYYYMM, which is over.
 * @param now_s  UTC seconds.
 * @param out    Receives them; ap_months_free() frees them. No month: the ledger is empty.
 * @param d      Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_DB
 */
int ap_months_read(struct db *db, kk_day to, int64_t now_s, struct ap_months **out, struct diag *d);

/** @param m Months, NULL is allowed. */
void ap_months_free(struct ap_months *m);

/** Whether a month was seen well enough to be compared with others: all of it in service, and
 * observed for so much of it, or imported. @param a Month. @param seconds Of the month. @param
 * percent Of its time. @return 1 or 0. */
int ap_month_whole(const struct ap_month *a, uint64_t seconds, unsigned percent);

#endif
