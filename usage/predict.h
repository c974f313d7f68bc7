/* SPDX-License-Identifier: GPL-3.0-or-later */
/* predict.h - the next months of a series of logarithms: season taken off, level and damped trend
 * followed on, season put back. Pure. */
#ifndef KK_USAGE_PREDICT_H
#define KK_USAGE_PREDICT_H

#include "usage/season.h"

#define PREDICT_MONTHS 12
#define PREDICT_SEASON 24 /* known months from which on a series has a season of its own */

enum predict_season { PREDICT_FLAT, PREDICT_LENT, PREDICT_OWN };

/* A month to come. */
struct predict_month {
	double mean, sd; /* of the logarithm */
};

struct predicted {
	struct predict_month month[PREDICT_MONTHS]; /* the first follows the series' last */
	enum predict_season season;		    /* none, the lender's, its own */
	int trend;	   /* 0: too few months are known: the level stays */
	double slope;	   /* of the logarithm, a month, at the end */
	unsigned known;	   /* months that the prediction stands on */
	unsigned drawn_in; /* of these, months off by so much that they were drawn in */
	unsigned df;
};

/* A series of logarithms, NAN where unknown. */
struct predict_series {
	const double *y;
	size_t n;	/* at most SEASON_MONTHS_MAX */
	unsigned first; /* calendar month of y[0], 0 is January */
};

/**
 * Predict.
 *
 * @param s       Series.
 * @param lender  A series of the same months whose season is borrowed where `s` is too short for
 * one of its own; NULL: none.
 * @param out     Receives the prediction.
 * @return        1; 0: fewer than 3 months are known, or none of the last twelve.
 */
int predict(
    const struct predict_series *s, const struct predict_series *lender, struct predicted *out);

/** The two-sided quantile of Student's t. @param z That of the normal distribution. @param df
 * Degrees of freedom, at least 1; taken as 3 at least. @return Quantile. */
double predict_quantile(double z, unsigned df);

#endif
