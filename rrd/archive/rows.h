/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.h - the points of one round-robin file that wait to be written: one a minute, 24 octets and
 * 8 per data source each. */
#ifndef KK_RRD_ARCHIVE_ROWS_H
#define KK_RRD_ARCHIVE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/metric.h"

#define ROWS_MAX  64			   /* more do not wait in memory */
#define ROWS_TEXT (32 + 32 * METRIC_COUNT) /* octets of one row as text, at most */

/* A queue; zeroed it is empty. Owns `at`. */
struct rows {
	uint64_t mask; /* data sources, bits of enum metric; grows as metrics appear */
	uint16_t n, room;
	int64_t *at;
};

/**
 * Add a point. Less than 50 s after the first sample of the newest row, it merges into that row:
 * odometers take the newest value, gauges the mean.
 *
 * @param r        Queue.
 * @param time_cs  UTC, 1/100 s.
 * @param known    Which values are known; others are left out.
 * @param value    By enum metric, as in struct sample.
 * @retval KK_OK Done.
 * @retval KK_E_ORDER  Not newer than the newest row: left out.
 * @retval KK_E_FULL   ROWS_MAX rows wait.
 * @retval KK_E_NOMEM
 */
int rows_add(struct rows *r, int64_t time_cs, uint64_t known, const int64_t value[METRIC_COUNT]);

/** When a row was measured. @param r Queue. @param i Row, the oldest is 0. @return UTC, 1/100 s. */
int64_t rows_time(const struct rows *r, size_t i);

/**
 * A row as librrd takes it: "1625065200.25:12:U:3.000000000".
 *
 * @param r     Queue.
 * @param i     Row.
 * @param mask  The file's data sources; those that the row lacks are unknown.
 * @param out   Buffer of ROWS_TEXT octets.
 * @return      `out`.
 */
const char *rows_print(const struct rows *r, size_t i, uint64_t mask, char out[ROWS_TEXT]);

/** Drop rows from the front. @param r Queue. @param n How many, at most all. */
void rows_drop(struct rows *r, size_t n);

/** Empty it and give memory back beyond what everyday needs. @param r Queue. */
void rows_clear(struct rows *r);

/** Free what it owns. @param r Queue. */
void rows_free(struct rows *r);

/** Its rows as octets, for the state file. @param r Queue. @param len Receives the octets. @return
 * Borrowed, NULL if empty. */
const void *rows_octets(const struct rows *r, size_t *len);

/** Rows from the state file. @param r Empty queue. @param mask Data sources. @param p Octets of
 * rows_octets(). @param len Their count. @retval KK_OK Done. @retval KK_E_CORRUPT Damaged. @retval
 * KK_E_NOMEM */
int rows_load(struct rows *r, uint64_t mask, const void *p, size_t len);

#endif
