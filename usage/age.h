/* SPDX-License-Identifier: GPL-3.0-or-later */
/* age.h - groups of access points compared at the same age: months since they were installed.
 * Pure. */
#ifndef KK_USAGE_AGE_H
#define KK_USAGE_AGE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/zone.h"

/* A whole month of one access point. */
struct age_entry {
	uint32_t group; /* its phase */
	uint32_t age;	/* months since the one in which it was installed; that one is 0 */
	uint64_t octets;
	uint64_t observed_s, possible_s; /* both 0: imported, nobody knows how much was seen */
};

/* All of one group at one age. */
struct age_cell {
	uint32_t group, age;
	size_t n; /* access points */
	uint64_t mean, median;
	uint64_t observed_s, possible_s;
};

/**
 * When an access point began.
 *
 * @param installed  As the inventory has it: "2021", "2021-05", "2021-05-17", "20210517", "" ....
 * @param first_use  The first month in which the ledger has octets of it, YYYYMM; 0: none.
 * @param ledger     The ledger's first month: whoever was there by then may be older.
 * @return           YYYYMM: the month it names; else that of its first use, if that is the year it
 * names or the half year behind, and not the ledger's first month. 0: unknown.
 */
kk_day age_began(const char *installed, kk_day first_use, kk_day ledger);

/** Months from one to another. @param from YYYYMM. @param to YYYYMM. @return Negative if `to` is
 * earlier. */
int age_months(kk_day from, kk_day to);

/**
 * Sum up.
 *
 * @param e    Entries; put in order.
 * @param n    Count.
 * @param out  Receives malloc'd cells, by age, then group.
 * @param n_out  Receives their count.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int age_cells(struct age_entry *e, size_t n, struct age_cell **out, size_t *n_out);

#endif
