/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/season.h"

#include <math.h>
#include <string.h>

#include "usage/median.h"

#define SPAN   12 /* months on either side that the trend's line goes through */
#define ROUNDS 6  /* trend and season are found in turn, until they stand */

struct work {
	const double *y;
	size_t n;
	unsigned first;
	double trend[SEASON_MONTHS_MAX];
	double effect[12];
};

static unsigned
calendar(const struct work *w, size_t t)
{
	return (unsigned)((w->first + t) % 12);
}

/* The straight line through the months around `at`, at `at`; near ones weigh more (tricube). */
static double
line_at(const struct work *w, size_t at)
{
	size_t from = at > SPAN ? at - SPAN : 0, to = at + SPAN < w->n ? at + SPAN + 1 : w->n;
	double sw = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, det;

	for (size_t t = from; t < to; t++) {
		double x = (double)t - (double)at, u = fabs(x) / (SPAN + 1), v;
		double weight = pow(1 - u * u * u, 3);

		if (isnan(w->y[t]))
			continue;
		v = w->y[t] - w->effect[calendar(w, t)];
		sw += weight;
		sx += weight * x;
		sy += weight * v;
		sxx += weight * x * x;
		sxy += weight * x * v;
	}
	det = sw * sxx - sx * sx;
	if (det > 1e-9)
		return (sxx * sy - sx * sxy) / det;
	return sw > 0 ? sy / sw : NAN;
}

/* What the trend leaves, per calendar month, brought to a sum of 0. */
static void
set_effects(struct work *w)
{
	double left[SEASON_MONTHS_MAX / 12 + 1], mean = 0;

	for (unsigned m = 0; m < 12; m++) {
		size_t n = 0;

		for (size_t t = 0; t < w->n; t++)
			if (calendar(w, t) == m && !isnan(w->y[t]) && !isnan(w->trend[t]))
				left[n++] = w->y[t] - w->trend[t];
		w->effect[m] = n > 0 ? median_of(left, n) : 0;
		mean += w->effect[m] / 12;
	}
	for (unsigned m = 0; m < 12; m++)
		w->effect[m] -= mean;
}

static int
is_enough(const struct work *w)
{
	unsigned seen[12] = {0};

	for (size_t t = 0; t < w->n; t++)
		seen[calendar(w, t)] += !isnan(w->y[t]);
	for (unsigned m = 0; m < 12; m++)
		if (seen[m] < 2)
			return 0;
	return 1;
}

/* Take off the season what noise alone would have given: all of it, where there is no season. */
static void
shrink(struct work *w, struct season *out)
{
	double noise = 0, power = 0, keep, years;
	size_t n = 0;

	for (size_t t = 0; t < w->n; t++) {
		double left = w->y[t] - w->trend[t] - w->effect[calendar(w, t)];

		if (isnan(left))
			continue;
		noise += left * left;
		n++;
	}
	/* 11 effects and about 3 for the trend are fitted. */
	noise /= n > 15 ? (double)(n - 14) : 1;
	years = (double)n / 12;
	for (unsigned m = 0; m < 12; m++)
		power += w->effect[m] * w->effect[m] / 12;
	keep = power > 0 ? 1 - noise / years / power : 0;
	for (unsigned m = 0; m < 12; m++)
		out->effect[m] = keep > 0 ? w->effect[m] * keep : 0;
	out->variance = noise / years;
}

int
season_estimate(const double *y, size_t n, unsigned first, struct season *out)
{
	struct work w = {.y = y, .n = n, .first = first};

	memset(out, 0, sizeof(*out));
	if (n > SEASON_MONTHS_MAX || !is_enough(&w))
		return 0;
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t t = 0; t < n; t++)
			w.trend[t] = line_at(&w, t);
		set_effects(&w);
	}
	shrink(&w, out);
	return 1;
}
