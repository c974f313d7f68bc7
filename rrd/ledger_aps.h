/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_aps.h - every access point that ever was, and what the ledger holds of it over a span of
 * days. */
#ifndef KK_RRD_LEDGER_APS_H
#define KK_RRD_LEDGER_APS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/zone.h"
#include "rrd/db/db.h"

/* An access point: texts are UTF-8, "" where unknown, and owned by the list. */
struct ledger_ap {
	uint32_t num;
	const char *id, *name, *installed;
	const char *district, *site, *phase; /* the newest that it belonged to */
	const char *host, *uplink;
	double lat, lon;	    /* NAN: unknown */
	int64_t added_s, retired_s; /* UTC; INT64_MAX: in service */

	/* Over the span, from the source that was the account on each day. */
	uint64_t octets;     /* both directions */
	uint64_t possible_s; /* in service, as far as time has come */
	uint64_t observed_s, up_s;
	uint64_t imported_s; /* of days that were measured elsewhere: whole days */
	uint64_t octets_lump, restarts, unsure;
	uint64_t peak_sum;  /* of the days' highest counts of clients */
	uint32_t peak_days; /* days that have one; 0: clients are unknown */
	kk_day last_used;   /* newest day with at least `used` octets; 0: none */
};

struct ledger_span {
	kk_day from, to; /* YYYYMMDD; 0: no days, only who there is */
	int64_t now_s;	 /* UTC */
	uint64_t used;	 /* octets of a day that count as use, see last_used */
};

struct ledger_aps {
	struct ledger_ap *at; /* in order of numbers, retired ones too */
	size_t n;
};

/**
 * Read.
 *
 * @param db    Connection.
 * @param span  Which days.
 * @param out   Receives them; ledger_aps_free() frees them.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_RANGE  No such days.
 * @retval KK_E_NOMEM
 * @retval KK_E_DB
 */
int ledger_aps(
    struct db *db, const struct ledger_span *span, struct ledger_aps **out, struct diag *d);

/** @param a List, NULL is allowed. */
void ledger_aps_free(struct ledger_aps *a);

/** The first local day of which the ledger has anything. @param db Connection. @param out Receives
 * YYYYMMDD; 0: it is empty. @param d Why not. @retval KK_OK And the errors of db_error(). */
int ledger_first_day(struct db *db, kk_day *out, struct diag *d);

#endif
