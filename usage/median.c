/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/median.h"

#include <stdlib.h>

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double
median_of(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

uint64_t
median_u64(uint64_t *v, size_t n)
{
	uint64_t low, high;

	qsort(v, n, sizeof(*v), by_number);
	low = v[(n - 1) / 2];
	high = v[n / 2];
	return low + (high - low) / 2; /* their sum may not fit */
}
