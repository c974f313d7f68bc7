/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coord.h - coordinates as the city's files have them: repair a swap, refuse what cannot be.
 * Pure. */
#ifndef KK_RRD_IMPORT_COORD_H
#define KK_RRD_IMPORT_COORD_H

/*
 * Where a device of this city can stand: Seoul and what surrounds it, WGS 84 degrees. One degree
 * beside Seoul (a fault that is seen) is outside, and no latitude is a longitude: a swap is
 * certain.
 */
#define COORD_LAT_MIN 37.0
#define COORD_LAT_MAX 38.0
#define COORD_LON_MIN 126.3
#define COORD_LON_MAX 127.7

enum coord {
	COORD_NONE,	 /* both cells are empty: leave what is known */
	COORD_CLEAR,	 /* "-": forget what is known */
	COORD_RIGHT,	 /* as given */
	COORD_SWAPPED,	 /* repaired */
	COORD_HALF,	 /* one cell without the other */
	COORD_NO_NUMBER, /* not decimal degrees */
	COORD_IMPOSSIBLE /* nowhere near, in either order */
};

/**
 * Judge one row's pair of cells.
 *
 * @param lat      Cell, trimmed; NULL or "" is empty.
 * @param lon      Cell, likewise.
 * @param out_lat  Receives degrees if the verdict is COORD_RIGHT or COORD_SWAPPED.
 * @param out_lon  Likewise.
 * @return         The verdict.
 */
enum coord coord_judge(const char *lat, const char *lon, double *out_lat, double *out_lon);

/**
 * Read a decimal number, whatever the locale.
 *
 * @param text  "[+-]digits[.digits]", at most 30 characters.
 * @param out   Receives it.
 * @return      1, or 0 if it is something else.
 */
int coord_decimal(const char *text, double *out);

#endif
