/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "usage/forecast_in.h"
#include "usage/median.h"

#define POINTS_MAX   (FORECAST_ORIGINS * PREDICT_MONTHS)
#define WIDEST	     3.0
#define WIDEN_POINTS 12	 /* fewer say nothing of an interval's width */
#define UNCHECKED    1.5 /* so much wider, then: 0110 */
#define MEAN_MAX     1e9 /* percent; a mean beyond is not told from it */

/* Errors as they are found. */
struct tally {
	double apart[POINTS_MAX];	     /* |error| / standard deviation */
	double off, off_naive, off_seasonal; /* sums of |error| / what came */
	double error;			     /* sum of |error| */
	unsigned n, naive, seasonal, in80, in95;
};

static double
part_off(double told, double came)
{
	double x = fabs(exp(told - came) - 1);

	return x < MEAN_MAX ? x : MEAN_MAX;
}

/* One month that was told from `origin` on. */
static void
hold_against(const struct predict_series *s, size_t origin, unsigned h, const struct predicted *p,
    struct tally *t)
{
	double came = s->y[origin + h], apart = fabs(came - p->month[h].mean);
	double sd = p->month[h].sd, last = NAN;
	size_t year_ago = origin + h - 12;

	/* To the rounding of a logarithm, what never varies is told exactly. */
	t->apart[t->n++] = apart < 1e-9 ? 0 : sd > 0 ? apart / sd : WIDEST * FORECAST_Z80;
	t->in80 += apart <= sd * predict_quantile(FORECAST_Z80, p->df) + 1e-9;
	t->in95 += apart <= sd * predict_quantile(FORECAST_Z95, p->df) + 1e-9;
	t->off += part_off(p->month[h].mean, came);
	t->error += fabs(exp(p->month[h].mean) - exp(came));
	for (size_t k = origin; k-- > 0 && isnan(last);)
		last = s->y[k];
	if (!isnan(last)) {
		t->off_naive += part_off(last, came);
		t->naive++;
	}
	if (origin + h >= 12 && !isnan(s->y[year_ago])) {
		t->off_seasonal += part_off(s->y[year_ago], came);
		t->seasonal++;
	}
}

static unsigned
look_ahead(const struct predict_series *s, const struct predict_series *lender, size_t origin,
    struct tally *t)
{
	struct predict_series past = *s, lent = {0};
	struct predicted p;
	unsigned before = t->n;

	past.n = origin;
	if (lender != NULL) {
		lent = *lender;
		lent.n = origin;
	}
	if (!predict(&past, lender != NULL ? &lent : NULL, &p) || p.known < FORECAST_TRAIN)
		return 0;
	for (unsigned h = 0; h < PREDICT_MONTHS && origin + h < s->n; h++)
		if (!isnan(s->y[origin + h]))
			hold_against(s, origin, h, &p, t);
	return t->n > before;
}

/* The mean error of telling the value `lag` months before; NAN where there is none. */
static double
naive_error(const struct predict_series *s, size_t lag)
{
	double sum = 0;
	unsigned n = 0;

	for (size_t t = lag; t < s->n; t++) {
		double e = fabs(exp(s->y[t]) - exp(s->y[t - lag]));

		if (isnan(e))
			continue;
		sum += e;
		n++;
	}
	return n > 0 ? sum / n : NAN;
}

static int64_t
rounded(double x)
{
	if (isnan(x))
		return -1;
	return x < MEAN_MAX ? (int64_t)llround(x) : (int64_t)MEAN_MAX;
}

static void
conclude(const struct predict_series *s, const struct tally *t, struct forecast_check *out)
{
	double scale = naive_error(s, 12);

	out->points = t->n;
	out->mase_seasonal = !isnan(scale);
	if (isnan(scale))
		scale = naive_error(s, 1);
	out->mape = rounded(t->off / t->n * 1000);
	out->mape_naive = t->naive > 0 ? rounded(t->off_naive / t->naive * 1000) : -1;
	out->mape_seasonal = t->seasonal > 0 ? rounded(t->off_seasonal / t->seasonal * 1000) : -1;
	out->within80 = rounded(1000.0 * t->in80 / t->n);
	out->within95 = rounded(1000.0 * t->in95 / t->n);
	out->mase_thousandths = scale > 0 ? rounded(t->error / t->n / scale * 1000) : -1;
}

/* How many standard deviations hold four of five errors, against how many should. */
static double
widening(struct tally *t)
{
	size_t at = t->n * 4 / 5;
	double factor;

	if (t->n < WIDEN_POINTS)
		return UNCHECKED;
	median_of(t->apart, t->n); /* brings them into order */
	factor = t->apart[at < t->n ? at : t->n - 1] / FORECAST_Z80;
	return factor < 1 ? 1 : factor > WIDEST ? WIDEST : factor;
}

double
backtest(
    const struct predict_series *s, const struct predict_series *lender, struct forecast_check *out)
{
	size_t from = s->n > FORECAST_ORIGINS ? s->n - FORECAST_ORIGINS : 0;
	struct tally t = {0};

	*out = (struct forecast_check){.mape = -1,
	    .mape_naive = -1,
	    .mape_seasonal = -1,
	    .within80 = -1,
	    .within95 = -1,
	    .mase_thousandths = -1};
	for (size_t origin = from; origin < s->n; origin++)
		out->origins += look_ahead(s, lender, origin, &t);
	if (t.n > 0)
		conclude(s, &t, out);
	return widening(&t);
}
