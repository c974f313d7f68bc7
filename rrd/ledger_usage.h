/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_usage.h - what the ledger holds, summed for a report: by whom, per which time. */
#ifndef KK_RRD_LEDGER_USAGE_H
#define KK_RRD_LEDGER_USAGE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/zone.h"
#include "rrd/db/db.h"

enum usage_by {
	USAGE_CITY,
	USAGE_DISTRICT,
	USAGE_PHASE,
	USAGE_SITE,
	USAGE_AP,
	USAGE_TYPE,	 /* site type */
	USAGE_INSTALLED, /* year of installation, "2019" */
	USAGE_PLACE,	 /* as the inventory has it: indoor, outdoor */
	USAGE_BY_COUNT,
	/* For what is frozen: an access point and what it belonged to, parted by USAGE_PART. */
	USAGE_BELONGING = USAGE_BY_COUNT
};

/* Between id, since, district, site, site type and phase in a key of USAGE_BELONGING; no text of
 * the inventory has it. */
#define USAGE_PART "\x1f"
/* The key of what the inventory lacks, where the key is no id. */
#define USAGE_UNLISTED "unlisted"

enum usage_period { USAGE_MONTHS, USAGE_DAYS, USAGE_YEARS };

/* What is asked. All that is 0 or NULL asks for months of the account, unfiltered. */
struct usage_query {
	enum usage_by by;
	enum usage_period period;
	kk_day from, to; /* first and last period: YYYYMM, YYYYMMDD or YYYY */
	int64_t now_s;	 /* UTC: a running period is possible only until now */
	int live;	 /* 1: closed months as they stand now, with what came later */
	unsigned source; /* 0: each device's account; else 1 + enum sample_source */
	/* Only what belonged here on its day; "" is what belongs nowhere, NULL is everything. */
	const char *district, *phase, *site_type, *site;
};

/* Sums of a period for one key. */
struct usage_row {
	const char *key; /* district, phase, site, id, ...; "city"; "" where unknown. Owned by the
			    result */
	kk_day period;	 /* YYYYMM, YYYYMMDD or YYYY, as asked */
	uint64_t octets_down, octets_up;
	uint64_t octets_undirected; /* of imported periods: neither down nor up is known */
	uint64_t octets_lump;	    /* of all these: came in one lump after a gap */
	uint64_t observed_s;	    /* sum over devices */
	uint64_t possible_s; /* seconds of the period, until now, × devices in service; without
				imported days */
	uint64_t restarts, unsure;
	/* Days of access points: measured, imported, both, and within an imported period. */
	uint64_t days_measured, days_imported, days_both, days_spread;
	uint32_t aps; /* access points that were in service or have octets */
	int imported; /* 1: some of it was imported, 2: all */
	int spread;   /* 1: some of it is an imported period's share by days, 2: all */
	int closed;   /* 1: some of its months are closed, 2: all; the sums above are those that
			 were frozen */
	/* What came after the months were closed, and is not in the sums above; negative where
	 * imported days were replaced. */
	int64_t after_down, after_up, after_undirected;
};

struct usage_table {
	struct usage_row *rows; /* by key, then period; every period asked for each key */
	size_t n;
};

/**
 * Octets per period: a day counts where the device belonged on that day.
 *
 * @param db   Connection, outside of a transaction.
 * @param q    What is asked; its texts are not kept.
 * @param out  Receives the table; usage_table_free() frees it.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_RANGE  No range of periods, or too many rows.
 * @retval KK_E_NOMEM
 * @retval KK_E_DB
 */
int ledger_usage(
    struct db *db, const struct usage_query *q, struct usage_table **out, struct diag *d);

/** The same within a transaction of the caller's. @param db Connection. @param q What is asked.
 * @param out Table. @param d Why not. @retval KK_OK And the errors of ledger_usage(). */
int ledger_usage_within(
    struct db *db, const struct usage_query *q, struct usage_table **out, struct diag *d);

/** @param t Table, NULL is allowed. */
void usage_table_free(struct usage_table *t);

#endif
