/* SPDX-License-Identifier: GPL-3.0-or-later */
/* holt.h - level and damped trend of a series by exponential smoothing (ETS A,Ad,N), and how far
 * off the next values may be. Pure; doubles, as it is a model. */
#ifndef KK_USAGE_HOLT_H
#define KK_USAGE_HOLT_H

#include <stddef.h>

#define HOLT_TREND_MIN 6 /* known values from which on there is a trend; fewer give a level */

/* A fitted model. Plain value. */
struct holt {
	double level, slope; /* at the last known value */
	double alpha, beta;  /* what an error moves of them */
	double phi;	     /* so much of the slope is left after a step */
	double sigma;	     /* of the errors one step ahead */
	unsigned df;	     /* known values that are not used up by the fit, at least 1 */
};

/**
 * Fit by least squares of the errors one step ahead.
 *
 * @param y    Series; NAN where unknown: the state moves on without an error.
 * @param n    Values.
 * @param out  Receives the model.
 * @return     1; 0: fewer than 3 values are known.
 */
int holt_fit(const double *y, size_t n, struct holt *out);

/**
 * What comes `h` steps behind the last known value.
 *
 * @param m     Model.
 * @param h     1 and up.
 * @param mean  Receives the expected value.
 * @return      Its standard deviation.
 */
double holt_ahead(const struct holt *m, unsigned h, double *mean);

#endif
