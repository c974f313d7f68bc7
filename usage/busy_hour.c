/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/busy_hour.h"

#include <math.h>
#include <time.h>

void
busy_slots(int64_t from_s, unsigned step_s, size_t n, uint8_t *out)
{
	struct tm tm;

	for (size_t i = 0; i < n; i++) {
		time_t at = (time_t)(from_s + (int64_t)i * step_s);

		out[i] = BUSY_NONE;
		if (localtime_r(&at, &tm) != NULL && tm.tm_wday >= 1 && tm.tm_wday <= 5)
			out[i] = (uint8_t)tm.tm_hour;
	}
}

static uint64_t
whole(double x)
{
	return !(x > 0) ? 0 : x < 1.8e19 ? (uint64_t)(x + 0.5) : UINT64_MAX;
}

struct busy_hour
busy_find(const double *v, size_t stride, const uint8_t *slots, size_t n, unsigned rows_an_hour)
{
	struct busy_hour best = {0};
	double sum[24] = {0}, most = -1;
	unsigned known[24] = {0};

	for (size_t i = 0; i < n; i++) {
		double x = v[i * stride];

		if (slots[i] == BUSY_NONE || isnan(x))
			continue;
		sum[slots[i]] += x;
		known[slots[i]]++;
	}
	for (unsigned hour = 0; hour < 24; hour++) {
		if (known[hour] < BUSY_DAYS_MIN * rows_an_hour || sum[hour] / known[hour] <= most)
			continue;
		most = sum[hour] / known[hour];
		best = (struct busy_hour){.known = 1,
		    .hour = hour,
		    .days = known[hour] / rows_an_hour,
		    .mean = whole(most),
		    .mean_tenths = whole(most * 10)};
	}
	return best;
}
