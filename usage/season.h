/* SPDX-License-Identifier: GPL-3.0-or-later */
/* season.h - how far each calendar month lies above or below the trend of a monthly series. Pure;
 * the method is told in docs/decisions/0110. */
#ifndef KK_USAGE_SEASON_H
#define KK_USAGE_SEASON_H

#include <stddef.h>

#define SEASON_MONTHS_MAX 240 /* of history that are looked at */

struct season {
	double effect[12]; /* January first; they add up to 0; unit of the series */
	double variance;   /* of an effect's own error */
};

/**
 * Estimate the season: a local straight line through two years is the trend, the median of what is
 * left per calendar month the season, and what could as well be noise is taken off it.
 *
 * @param y      Series, a value per month, NAN where unknown; logarithms, as a season multiplies.
 * @param n      Months, at most SEASON_MONTHS_MAX.
 * @param first  Calendar month of y[0], 0 is January.
 * @param out    Receives the season.
 * @return       1; 0: there are not two values of every calendar month.
 */
int season_estimate(const double *y, size_t n, unsigned first, struct season *out);

#endif
