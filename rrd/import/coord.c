/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/import/coord.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int
coord_decimal(const char *text, double *out)
{
	static const double tens[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	    1e12, 1e13, 1e14, 1e15, 1e16, 1e17};
	const char *p = text;
	uint64_t digits = 0;
	unsigned n = 0, after = 0;
	int dot = 0;

	if (*p == '-' || *p == '+')
		p++;
	for (; *p != '\0'; p++) {
		if (*p == '.' && !dot) {
			dot = 1;
			continue;
		}
		if (*p < '0' || *p > '9' || p - text >= 30)
			return 0;
		n++;
		/* A double holds 15 digits whole; what follows is below a nanometre. */
		if (digits >= 100000000000000ULL) {
			if (!dot)
				return 0;
			continue;
		}
		digits = digits * 10 + (uint64_t)(*p - '0');
		after += (unsigned)dot;
	}
	if (n == 0)
		return 0;
	*out = (double)digits / tens[after];
	if (text[0] == '-')
		*out = -*out;
	return 1;
}

static int
near_seoul(double lat, double lon)
{
	return lat >= COORD_LAT_MIN && lat <= COORD_LAT_MAX && lon >= COORD_LON_MIN &&
	       lon <= COORD_LON_MAX;
}

enum coord
coord_judge(const char *lat, const char *lon, double *out_lat, double *out_lon)
{
	int no_lat = lat == NULL || lat[0] == '\0', no_lon = lon == NULL || lon[0] == '\0';
	double a, b;

	if (no_lat && no_lon)
		return COORD_NONE;
	if ((no_lat || strcmp(lat, "-") == 0) && (no_lon || strcmp(lon, "-") == 0))
		return COORD_CLEAR;
	if (no_lat || no_lon)
		return COORD_HALF;
	if (!coord_decimal(lat, &a) || !coord_decimal(lon, &b))
		return COORD_NO_NUMBER;
	if (near_seoul(a, b)) {
		*out_lat = a;
		*out_lon = b;
		return COORD_RIGHT;
	}
	if (near_seoul(b, a)) {
		*out_lat = b;
		*out_lon = a;
		return COORD_SWAPPED;
	}
	return COORD_IMPOSSIBLE;
}
