/* SPDX-License-Identifier: GPL-3.0-or-later */
/* people.h - how many different clients a day had, per key and period of a report, where probes
 * count them. */
#ifndef KK_USAGE_PEOPLE_H
#define KK_USAGE_PEOPLE_H

#include "rrd/db/db.h"
#include "rrd/db/inventory.h"
#include "usage/report.h"

struct people;

/* The counted days of one key in one period. */
struct people_days {
	uint64_t sum; /* of the days' clients */
	uint32_t days;
	int partial; /* a day is a lower bound only */
};

/**
 * Read.
 *
 * @param db   Connection.
 * @param q    Question.
 * @param r    Its report; borrowed until people_free().
 * @param inv  Devices, for access points; NULL otherwise.
 * @param out  Receives them; people_free() frees.
 * @param d    Why not.
 * @retval KK_OK  Also where nobody counts: of phases, types, sites, and what a filter leaves.
 * @retval KK_E_NOMEM
 * @return        And what distinct_read() returns.
 */
int people_read(struct db *db, const struct usage_query *q, const struct report *r,
    const struct inventory *inv, struct people **out, struct diag *d);

/** Of a key. @param u Users. @param row A row of the report, or its total. @param period Index of
 * the period in the row. @return Days; none: nobody counted. */
struct people_days people_of(const struct people *u, const struct report_row *row, size_t period);

/** @param u Users, NULL is allowed. */
void people_free(struct people *u);

#endif
