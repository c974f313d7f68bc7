/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_frozen.h - what is frozen of closed months, into the sums of a report. */
#ifndef KK_RRD_USAGE_FROZEN_H
#define KK_RRD_USAGE_FROZEN_H

#include "rrd/ledger_sums.h"

/* The sums of a row of usage_frozen and its groups, in this order. */
#define FROZEN_COLUMNS                                                                    \
	"octets_down, octets_up, octets_undirected, octets_lump, observed_s, possible_s," \
	" restarts, unsure, days_measured, days_imported, days_both, days_spread"
#define FROZEN_COUNT 12

/**
 * Mark the slots that are closed months, and add what was frozen of them. For months and years of
 * the account; call it before anything else is added.
 *
 * @param db  Connection in a transaction.
 * @param q   What is asked.
 * @param ds  Devices of the query.
 * @param m   Its sums.
 * @param d   Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM  And the errors of db_error().
 */
int usage_frozen_read(struct db *db, const struct usage_query *q, struct ledger_devices *ds,
    struct usage_sums *m, struct diag *d);

#endif
