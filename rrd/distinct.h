/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * distinct.h - how many different clients an access point, a district, the city had on a local day,
 * as probes saw them: estimates with a stated error. Numbers only; who they were is nowhere.
 */
#ifndef KK_RRD_DISTINCT_H
#define KK_RRD_DISTINCT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/zone.h"
#include "rrd/db/db.h"

enum distinct_scope { DISTINCT_AP, DISTINCT_DISTRICT, DISTINCT_CITY };

#define DISTINCT_SCOPES 3
#define DISTINCT_NAME	256 /* octets of a district's name, with NUL */

/* One count. */
struct distinct_row {
	kk_day day;
	uint8_t scope;		 /* enum distinct_scope */
	uint8_t whole;		 /* 1: one key, and somebody looked, all day; else it is a lower
				    bound */
	uint16_t error_permille; /* standard error of `clients` */
	uint32_t device;	 /* of an access point; else 0 */
	char district[DISTINCT_NAME]; /* of a district; else "" */
	int64_t clients;
	uint32_t probes; /* that have seen some of them */
};

/**
 * Keep counts, in one transaction that waits for nobody. Of a day that was counted before, under a
 * key that is gone, the greater number stays, and the day is not whole.
 *
 * @param db    Writing connection.
 * @param rows  Counts.
 * @param n     Count of them.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_BUSY  Another process is writing: try again later.
 * @retval KK_E_DB    And the other errors of db_error(); nothing was kept.
 */
int distinct_put(struct db *db, const struct distinct_row *rows, size_t n, struct diag *d);

/* Which counts to read. */
struct distinct_ask {
	kk_day from, to; /* days, both included */
	enum distinct_scope scope;
	uint32_t device;      /* one access point; 0: all */
	const char *district; /* one district; NULL: all */
};

/**
 * Read counts, by day, then access point or district.
 *
 * @param db    Connection.
 * @param ask   Which.
 * @param each  Told each; the row is borrowed; other than KK_OK ends the reading.
 * @param ctx   For `each`.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_DB  And the other errors of db_error(), or what `each` returned.
 */
int distinct_read(struct db *db, const struct distinct_ask *ask,
    int (*each)(void *ctx, const struct distinct_row *row), void *ctx, struct diag *d);

/**
 * The count of one access point on a day.
 *
 * @param db      Connection.
 * @param day     Local day.
 * @param device  Its number.
 * @param out     Receives it.
 * @param d       Why not.
 * @retval KK_OK
 * @retval KK_END   No probe counted there.
 * @retval KK_E_DB  And the other errors of db_error().
 */
int distinct_of(
    struct db *db, kk_day day, uint32_t device, struct distinct_row *out, struct diag *d);

#endif
