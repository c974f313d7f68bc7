/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/load.h"

#include <math.h>
#include <stdlib.h>

#define SIGMA	  1.22 /* of ln(weight): gives 13.4 % for the top 1 %, 47.6 % for the top 10 % */
#define SEOUL_CS  (9 * 360000LL)
#define DAY_CS	  8640000LL
#define WEEK_CS	  (7 * DAY_CS)
#define RIPPLE_CS 90000LL /* 15 minutes */

/* Load per hour of a working day and of a weekend day, in parts. */
static const uint8_t workday[24] = {
    14, 9, 6, 4, 4, 6, 14, 34, 52, 50, 52, 60, 78, 70, 62, 60, 64, 76, 92, 90, 78, 64, 46, 26};
static const uint8_t weekend[24] = {
    18, 12, 8, 6, 5, 5, 8, 16, 28, 42, 58, 72, 84, 90, 94, 94, 92, 88, 84, 76, 66, 54, 40, 26};

uint64_t
load_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/* The normal distribution's quantile (P. J. Acklam's rational approximation, middle and tails). */
static double
quantile(double p)
{
	static const double a[] = {-39.69683028665376, 220.9460984245205, -275.9285104469687,
	    138.3577518672690, -30.66479806614716, 2.506628277459239};
	static const double b[] = {-54.47609879822406, 161.5858368580409, -155.6989798598866,
	    66.80131188771972, -13.28068155288572};
	static const double c[] = {-0.007784894002430293, -0.3223964580411365, -2.400758277161838,
	    -2.549732539343734, 4.374664141464968, 2.938163982698783};
	static const double e[] = {
	    0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416};
	double q, r;

	if (p < 0.02425 || p > 1 - 0.02425) {
		q = sqrt(-2 * log(p < 0.5 ? p : 1 - p));
		r = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
		    ((((e[0] * q + e[1]) * q + e[2]) * q + e[3]) * q + 1);
		return p < 0.5 ? r : -r;
	}
	q = p - 0.5;
	r = q * q;
	return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
	       (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}

/* A permutation of 0 .. n-1 (cycle walking over a Feistel network): who is busy does not follow the
 * address. */
static uint32_t
rank_of(const struct load *l, uint32_t device)
{
	unsigned half = 1;
	uint32_t x = device;

	while ((1ULL << (2 * half)) < l->devices)
		half++;
	do {
		uint32_t left = x >> half, right = x & ((1u << half) - 1);

		for (unsigned round = 0; round < 4; round++) {
			uint32_t mixed =
			    (uint32_t)load_mix(l->seed ^ (uint64_t)round << 40 ^ right) &
			    ((1u << half) - 1);
			uint32_t next = left ^ mixed;

			left = right;
			right = next;
		}
		x = left << half | right;
	} while (x >= l->devices);
	return x;
}

static unsigned
part_of(int64_t hour)
{
	return hour / 24 < 5 ? workday[hour % 24] : weekend[hour % 24];
}

int
load_init(struct load *l, uint64_t seed, uint32_t devices, uint64_t month_octets)
{
	*l = (struct load){.seed = seed, .devices = devices, .month_octets = month_octets};
	if ((l->weights = calloc(devices, sizeof(*l->weights))) == NULL)
		return 0;
	for (uint32_t i = 0; i < devices; i++) {
		l->weights[i] =
		    (uint32_t)(exp(SIGMA * quantile((rank_of(l, i) + 0.5) / devices)) * 1000.0) + 1;
		l->weight_sum += l->weights[i];
	}
	for (int64_t h = 0; h < 168; h++)
		l->parts_until[h + 1] = l->parts_until[h] + (uint64_t)part_of(h) * 360000;
	return 1;
}

void
load_free(struct load *l)
{
	free(l->weights);
	l->weights = NULL;
}

uint64_t
load_weight(const struct load *l, uint32_t device)
{
	return l->weights[device];
}

/* Parts × 1/100 s passed until a time: the integral of the rhythm. The epoch was a Thursday. */
static uint64_t
parts_until(const struct load *l, int64_t time_cs)
{
	int64_t local = time_cs + SEOUL_CS + 3 * DAY_CS; /* 0 is a Monday, 00:00 */
	int64_t hour = local % WEEK_CS / 360000;

	return (uint64_t)(local / WEEK_CS) * l->parts_until[168] + l->parts_until[hour] +
	       (uint64_t)(local % 360000) * part_of(hour);
}

/* Time that runs between half and one and a half times as fast, by turns: monotone, and back in
 * step each period. */
static int64_t
ripple(int64_t time_cs, uint64_t phase)
{
	int64_t at = (int64_t)((uint64_t)(time_cs + (int64_t)(phase % RIPPLE_CS)) % RIPPLE_CS);
	int64_t up = at < RIPPLE_CS / 2 ? at : RIPPLE_CS - at;

	return time_cs + up / 2;
}

static uint64_t
carried(const struct load *l, uint32_t device, unsigned radio, int64_t time_cs, unsigned per_mille,
    uint64_t salt)
{
	uint64_t phase = load_mix(l->seed ^ (uint64_t)device << 8 ^ radio ^ salt);
	/* month_octets per 30 days, i.e. × 7 / 30 per week, shared by weight and radio. */
	unsigned __int128 octets = parts_until(l, ripple(time_cs, phase));
	uint64_t share = load_weight(l, device) * per_mille * (radio == 0 ? 3 : 7);

	octets = octets * (l->month_octets / 1000) / l->parts_until[168] * 7 / 30;
	return (uint64_t)(octets * share / ((unsigned __int128)l->weight_sum * 10));
}

uint64_t
load_down(const struct load *l, uint32_t device, unsigned radio, int64_t time_cs)
{
	return carried(l, device, radio, time_cs, 870, 0);
}

uint64_t
load_up(const struct load *l, uint32_t device, unsigned radio, int64_t time_cs)
{
	return carried(l, device, radio, time_cs, 130, 0x5555);
}

uint32_t
load_clients(const struct load *l, uint32_t device, unsigned radio, int64_t time_cs)
{
	int64_t hour = (time_cs + SEOUL_CS + 3 * DAY_CS) % WEEK_CS / 360000;
	uint64_t noise =
	    load_mix(l->seed ^ (uint64_t)device << 20 ^ (uint64_t)(time_cs / 6000) ^ radio) % 50 +
	    75;
	/* A busy AP has more stations, but not in proportion: the square root of its weight. */
	double often = sqrt((double)load_weight(l, device) / 1000.0) * (radio == 0 ? 1.4 : 3.2);
	double n = often * part_of(hour) / 50.0 * (double)noise / 100.0;

	return n > 200 ? 200 : (uint32_t)n;
}
