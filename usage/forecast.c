/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "usage/forecast_in.h"

#define ENDED 3 /* months of nothing at the end: nothing passes there any more */

/* Days of a month, to bring sums of February and July to one measure. */
static double
days_of(kk_day month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = month / 100, m = month % 100;
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[m - 1] + (m == 2 && leap);
}

/* Logarithms of rates. Nothing has none: a month without an octet is an outage, or before the
 * beginning, and says nothing of the others. */
static void
to_logs(const struct forecast_history *h, double *y)
{
	kk_day month = h->from;

	for (size_t t = 0; t < h->n; t++, month = zone_month_add(month, 1)) {
		y[t] = NAN;
		if (h->past[t].known && h->past[t].value > 0)
			y[t] = log((double)h->past[t].value / (h->sums ? days_of(month) : 1));
	}
}

/* 1: the newest known months are all without an octet. */
static int
has_ended(const struct forecast_history *h)
{
	unsigned nothing = 0;

	for (size_t t = h->n; t-- > 0;) {
		if (!h->past[t].known)
			continue;
		if (h->past[t].value > 0)
			return 0;
		if (++nothing == ENDED)
			return 1;
	}
	return 0;
}

static uint64_t
whole(double x)
{
	if (!(x > 0))
		return 0;
	return x < (double)FORECAST_MOST ? (uint64_t)x : FORECAST_MOST;
}

/* The month's sum or rate, so many deviations from the middle. */
static uint64_t
at_quantile(const struct predict_month *m, double deviations, double days)
{
	return whole(exp(m->mean + deviations * m->sd) * days + 0.5);
}

static void
set_month(struct forecast_month *out, const struct predict_month *m, unsigned df, double wide,
    double days)
{
	double q80 = wide * predict_quantile(FORECAST_Z80, df);
	double q95 = wide * predict_quantile(FORECAST_Z95, df);

	out->middle = at_quantile(m, 0, days);
	out->low80 = at_quantile(m, -q80, days);
	out->high80 = at_quantile(m, q80, days);
	out->low95 = at_quantile(m, -q95, days);
	out->high95 = at_quantile(m, q95, days);
}

static void
set_months(const struct forecast_history *h, struct forecast *f)
{
	kk_day month = zone_month_add(h->from, (int)h->n);

	for (unsigned k = 0; k < PREDICT_MONTHS; k++, month = zone_month_add(month, 1))
		f->month[k].month = month;
}

static void
use_model(const struct forecast_history *h, const struct predict_series *s,
    const struct predict_series *lender, struct forecast *f)
{
	struct predicted p;
	double wide;

	if (!predict(s, lender, &p))
		return;
	f->kind = FORECAST_MODEL;
	f->season = p.season;
	f->trend = p.trend;
	f->slope_tenths = llround(fmax(-1e6, fmin(1e6, expm1(p.slope) * 1000)));
	f->drawn_in = p.drawn_in;
	wide = backtest(s, lender, &f->check);
	f->widened_percent = (unsigned)lround(wide * 100);
	for (unsigned k = 0; k < PREDICT_MONTHS; k++)
		set_month(&f->month[k], &p.month[k], p.df, wide,
		    h->sums ? days_of(f->month[k].month) : 1);
}

/* The newest months, as many as are looked at. */
static struct forecast_history
newest(const struct forecast_history *h)
{
	size_t skip = h->n > SEASON_MONTHS_MAX ? h->n - SEASON_MONTHS_MAX : 0;

	return (struct forecast_history){
	    h->past + skip, h->n - skip, zone_month_add(h->from, (int)skip), h->sums};
}

int
forecast_make(const struct forecast_history *history, const struct forecast_history *lending,
    struct forecast *out)
{
	struct forecast_history h = newest(history), l = {0};
	double *y = calloc(2 * SEASON_MONTHS_MAX, sizeof(*y));
	struct predict_series s = {y, h.n, (unsigned)(h.from % 100 - 1)}, lent = {0};

	memset(out, 0, sizeof(*out));
	if (y == NULL)
		return KK_E_NOMEM;
	if (lending != NULL) {
		l = newest(lending);
		if (l.n != h.n || l.from != h.from) {
			free(y);
			return KK_E_RANGE;
		}
		lent = (struct predict_series){y + SEASON_MONTHS_MAX, l.n, s.first};
		to_logs(&l, y + SEASON_MONTHS_MAX);
	}
	to_logs(&h, y);
	set_months(&h, out);
	out->widened_percent = 100;
	for (size_t t = 0; t < h.n; t++) {
		out->known += !isnan(y[t]);
		out->left_out += isnan(y[t]);
	}
	if (has_ended(&h))
		out->kind = FORECAST_ZERO;
	else
		use_model(&h, &s, lending != NULL ? &lent : NULL, out);
	free(y);
	return KK_OK;
}

kk_day
forecast_passes(const struct forecast *f, uint64_t bound, int upper)
{
	if (f->kind != FORECAST_MODEL)
		return 0;
	for (unsigned k = 0; k < PREDICT_MONTHS; k++)
		if ((upper ? f->month[k].high80 : f->month[k].middle) > bound)
			return f->month[k].month;
	return 0;
}
