/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fetch.h - a range of time of one archive as a series of numbers; asks the writer to bring the
 * file up to date first. */
#ifndef KK_RRD_ARCHIVE_FETCH_H
#define KK_RRD_ARCHIVE_FETCH_H

#include <stddef.h>
#include <stdint.h>

#include "lib/conf.h"

/* Rows of one archive: row i ends at from_s + (i + 1) × step_s; values[i × n_ds + ds], NAN is
 * unknown. */
struct series {
	int64_t from_s, to_s; /* whole rows: from_s is rounded down, to_s may be less than asked */
	unsigned step_s;
	size_t n_ds, n_rows;
	char (*names)[20];
	double *values; /* octets/s for odometers, else the metric's unit */
};

/**
 * Fetch averages (or maxima) of an archive.
 *
 * @param c       Configuration.
 * @param key     archive_key() or archive_area_key().
 * @param maxima  1: MAX rows.
 * @param from_s  UTC seconds.
 * @param to_s    UTC seconds, later than from_s.
 * @param rows    Wish: at most about this many rows; 0: the finest that reach back far enough.
 * @param out     Receives the series; series_free() frees it.
 * @param d       Why not, with the file's name.
 * @retval KK_OK Done.
 * @retval KK_E_NOTFOUND  No such file yet.
 * @retval KK_E_RANGE     to_s is not later than from_s.
 * @retval KK_E_CORRUPT Damaged.
 * @return                And the others of rrderr.h. A writer's lock is waited for.
 */
int fetch_series(const struct conf *c, const char *key, int maxima, int64_t from_s, int64_t to_s,
    unsigned rows, struct series **out, struct diag *d);

/** The same without asking the writer: for many files, and times that are over for an hour. @param
 * c Configuration. @param key As above. @param maxima As above. @param from_s UTC seconds. @param
 * to_s UTC seconds. @param rows As above. @param out Receives the series. @param d Why not. @retval
 * KK_OK And the errors of fetch_series(). */
int fetch_written(const struct conf *c, const char *key, int maxima, int64_t from_s, int64_t to_s,
    unsigned rows, struct series **out, struct diag *d);

/** @param s Series, NULL is allowed. */
void series_free(struct series *s);

/**
 * Ask kkachid over $rundir/control to bring an archive up to date. No collector running is no
 * error.
 *
 * @param c    Configuration.
 * @param key  As above.
 * @retval KK_OK         Up to date, or nobody could make it newer.
 * @retval KK_E_SILENT   No answer in 3 s.
 * @retval KK_E_REFUSED  It cannot: no such archive, or the file is in trouble.
 */
int fetch_ask_flush(const struct conf *c, const char *key);

#endif
