/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/predict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "usage/holt.h"
#include "usage/median.h"

#define NEAR	3   /* known months on either side that an odd one is held against */
#define FAR_OFF 5.0 /* spreads; so far off they are drawn in */
#define LEAST	0.2 /* and at least so much: a fifth more or less is no odd month */

struct work {
	double y[SEASON_MONTHS_MAX]; /* without the season */
	size_t n;
};

/* The median of the known months on one side; NAN near the ends, where a step cannot be told from
 * an error. */
static double
beside(const struct work *w, size_t at, int step)
{
	double v[NEAR];
	size_t k = 0;

	for (size_t t = at + (size_t)step; t < w->n && k < NEAR; t += (size_t)step)
		if (!isnan(w->y[t]))
			v[k++] = w->y[t];
	return k > 1 ? median_of(v, k) : NAN;
}

/* How far a month stands out from both sides; 0 if it lies between them, as in a step. */
static double
odd_by(const struct work *w, size_t at, double *between)
{
	double left = beside(w, at, -1), right = beside(w, at, 1);

	*between = (left + right) / 2;
	left = w->y[at] - left;
	right = w->y[at] - right;
	if (isnan(left) || isnan(right) || isnan(w->y[at]))
		return NAN;
	return left * right > 0 ? fmin(fabs(left), fabs(right)) : 0;
}

/* Months that stand out (an outage, a festival) say little of what comes: they are drawn in to
 * where their neighbours are. */
static unsigned
draw_in(struct work *w)
{
	double off[SEASON_MONTHS_MAX], between[SEASON_MONTHS_MAX], known[SEASON_MONTHS_MAX], bound;
	size_t k = 0;
	unsigned drawn = 0;

	for (size_t t = 0; t < w->n; t++) {
		off[t] = odd_by(w, t, &between[t]);
		if (!isnan(off[t]))
			known[k++] = off[t];
	}
	if (k < 4)
		return 0;
	/* 1.4826: from a median of distances to a standard deviation. */
	bound = fmax(FAR_OFF * 1.4826 * median_of(known, k), LEAST);
	for (size_t t = 0; t < w->n; t++)
		if (off[t] > bound) {
			w->y[t] = between[t];
			drawn++;
		}
	return drawn;
}

static unsigned
count_known(const struct predict_series *s)
{
	unsigned n = 0;

	for (size_t t = 0; t < s->n; t++)
		n += !isnan(s->y[t]);
	return n;
}

static enum predict_season
find_season(const struct predict_series *s, const struct predict_series *lender, struct season *out)
{
	if (count_known(s) >= PREDICT_SEASON && season_estimate(s->y, s->n, s->first, out))
		return PREDICT_OWN;
	if (lender != NULL && count_known(lender) >= PREDICT_SEASON &&
	    season_estimate(lender->y, lender->n, lender->first, out))
		return PREDICT_LENT;
	memset(out, 0, sizeof(*out));
	return PREDICT_FLAT;
}

/* Eleven effects that were fitted to the same months leave smaller errors than there are. */
static void
pay_for_season(struct holt *m)
{
	unsigned left = m->df > 14 ? m->df - 11 : 3;

	m->sigma *= sqrt((double)m->df / left);
	m->df = left;
}

int
predict(const struct predict_series *s, const struct predict_series *lender, struct predicted *out)
{
	struct season season;
	struct work w = {.n = s->n};
	struct holt model;
	unsigned behind = 0;

	memset(out, 0, sizeof(*out));
	out->season = find_season(s, lender, &season);
	for (size_t t = 0; t < s->n; t++) {
		w.y[t] = s->y[t] - season.effect[(s->first + t) % 12];
		behind = isnan(w.y[t]) ? behind + 1 : 0;
	}
	out->known = count_known(s);
	out->drawn_in = draw_in(&w);
	if (behind >= PREDICT_MONTHS || !holt_fit(w.y, w.n, &model))
		return 0;
	if (out->season == PREDICT_OWN)
		pay_for_season(&model);
	out->trend = out->known >= HOLT_TREND_MIN;
	out->slope = model.slope;
	out->df = model.df;
	for (unsigned h = 0; h < PREDICT_MONTHS; h++) {
		struct predict_month *m = &out->month[h];
		double sd = holt_ahead(&model, behind + h + 1, &m->mean);

		m->mean += season.effect[(s->first + s->n + h) % 12];
		m->sd = sqrt(sd * sd + season.variance);
	}
	return 1;
}

double
predict_quantile(double z, unsigned df)
{
	double v = df > 3 ? df : 3, z2 = z * z;

	/* The first terms of Cornish and Fisher's series: within 2 % from 3 degrees on. */
	return z * (1 + (z2 + 1) / (4 * v) + (5 * z2 * z2 + 16 * z2 + 3) / (96 * v * v));
}
