/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/holt.h"

#include <math.h>

#include "usage/median.h"

#define START 12 /* known values from which level and slope start */

struct start {
	double level, slope; /* one step before the first known value */
	size_t first, last;  /* known values */
	unsigned known;
};

/* A line through the first values that one bad value does not turn (Theil and Sen). */
static void
begin(const double *y, size_t n, struct start *s)
{
	double x[START], v[START], work[START * START];
	size_t k = 0, pairs = 0;

	*s = (struct start){0};
	for (size_t t = 0; t < n; t++) {
		if (isnan(y[t]))
			continue;
		if (s->known++ == 0)
			s->first = t;
		s->last = t;
		if (k < START) {
			x[k] = (double)(t - s->first);
			v[k++] = y[t];
		}
	}
	if (s->known < 3)
		return;
	if (s->known >= HOLT_TREND_MIN) {
		for (size_t i = 0; i < k; i++)
			for (size_t j = i + 1; j < k; j++)
				work[pairs++] = (v[j] - v[i]) / (x[j] - x[i]);
		s->slope = median_of(work, pairs);
	}
	for (size_t i = 0; i < k; i++)
		work[i] = v[i] - s->slope * (x[i] + 1);
	s->level = median_of(work, k);
}

/* Run a model over the series; the sum of the squared errors. */
static double
run(const double *y, const struct start *s, struct holt *m)
{
	double sum = 0;

	m->level = s->level;
	for (size_t t = s->first; t <= s->last; t++) {
		double ahead = m->level + m->phi * m->slope, e = isnan(y[t]) ? 0 : y[t] - ahead;

		m->level = ahead + m->alpha * e;
		m->slope = m->phi * m->slope + m->beta * e;
		sum += e * e;
	}
	return sum;
}

/* All models of one damping; the best so far stays in `best`. */
static void
search(const double *y, const struct start *s, double phi, struct holt *best, double *least)
{
	static const double betas[] = {0, 0.02, 0.05, 0.1, 0.2, 0.4}; /* of alpha */

	for (int a = 1; a <= 19; a++)
		for (int b = 0; b < 12; b++) {
			struct holt m = {.alpha = a * 0.05, .phi = phi};
			double sum;

			m.beta = m.alpha * betas[b / 2];
			m.slope = b % 2 == 0 ? s->slope : 0;
			if (s->known < HOLT_TREND_MIN && b > 0)
				break;
			sum = run(y, s, &m);
			if (sum < *least) {
				*least = sum;
				*best = m;
			}
		}
}

int
holt_fit(const double *y, size_t n, struct holt *out)
{
	static const double phis[] = {0.80, 0.85, 0.90, 0.95, 0.98};
	struct start s;
	double least = INFINITY;
	unsigned fitted;

	begin(y, n, &s);
	if (s.known < 3)
		return 0;
	*out = (struct holt){.alpha = 0.5, .phi = phis[0], .level = s.level};
	for (size_t i = 0; i < sizeof(phis) / sizeof(phis[0]); i++)
		search(y, &s, phis[i], out, &least);
	fitted = s.known < HOLT_TREND_MIN ? 1 : 3;
	out->df = s.known > fitted ? s.known - fitted : 1;
	out->sigma = isfinite(least) ? sqrt(least / out->df) : 0;
	return 1;
}

double
holt_ahead(const struct holt *m, unsigned h, double *mean)
{
	double damped = 0, power = 1, spread = 1;

	for (unsigned j = 1; j <= h; j++) {
		power *= m->phi;
		damped += power;
		if (j < h) {
			double c = m->alpha + m->beta * damped;

			spread += c * c;
		}
	}
	*mean = m->level + m->slope * damped;
	return m->sigma * sqrt(spread);
}
