/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * busy_hour.h - the busy hour of working days: that hour of the day whose mean over the days is
 * highest. Pure.
 *
 * Working days are Monday to Friday in the configured zone; holidays are not known and lower the
 * mean a little. The same hour of all days is taken (a "time-consistent busy hour"), so that one
 * match or festival is not what a network is built for.
 */
#ifndef KK_USAGE_BUSY_HOUR_H
#define KK_USAGE_BUSY_HOUR_H

#include <stddef.h>
#include <stdint.h>

#define BUSY_DAYS_MIN 5	   /* days on which an hour must be known */
#define BUSY_NONE     0xff /* a row of no working day */

struct busy_hour {
	int known;	      /* 0: no hour was known on BUSY_DAYS_MIN days */
	unsigned hour;	      /* 0 .. 23, local */
	unsigned days;	      /* that its mean is of */
	uint64_t mean;	      /* in the series' unit, rounded */
	uint64_t mean_tenths; /* ten times the mean, rounded: clients of a small site */
};

/**
 * The hour of the day of each row of a series.
 *
 * @param from_s  UTC seconds: the first row begins.
 * @param step_s  Seconds of a row.
 * @param n       Rows.
 * @param out     Receives 0 .. 23 for a row that begins on a working day, else BUSY_NONE.
 */
void busy_slots(int64_t from_s, unsigned step_s, size_t n, uint8_t *out);

/**
 * Find the busy hour.
 *
 * @param v       First value; NAN is unknown.
 * @param stride  Values from one row to the next.
 * @param slots   busy_slots() of these rows.
 * @param n       Rows.
 * @param rows_an_hour  Rows of one hour, 1 and up.
 * @return        The busy hour.
 */
struct busy_hour busy_find(
    const double *v, size_t stride, const uint8_t *slots, size_t n, unsigned rows_an_hour);

#endif
