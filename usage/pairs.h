/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pairs.h - which points of a map lie close together: every pair once, in time that grows with
 * points and pairs. Pure. */
#ifndef KK_USAGE_PAIRS_H
#define KK_USAGE_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

#define PAIRS_METRES_MAX 1000

/* Where something stands, degrees of WGS 84; NAN: unknown. */
struct pairs_point {
	double lat, lon;
};

/* Called per pair, a < b: indices of the points; how far apart they are, centimetres. */
typedef void (*pairs_cb)(void *ctx, uint32_t a, uint32_t b, uint32_t cm);

/** Whether a point is known and can be on a map. @param p Point. @return 1 or 0. */
int pairs_placed(struct pairs_point p);

/**
 * Distance along the ground.
 *
 * @param a  Known point.
 * @param b  Known point.
 * @return   Centimetres, on a sphere: within 0.3 % of the ellipsoid.
 */
uint32_t pairs_distance(struct pairs_point a, struct pairs_point b);

/**
 * Tell of all pairs at most `metres` apart. Points that pairs_placed() refuses are left out. Pairs
 * across the 180th meridian are not found.
 *
 * @param p       Points.
 * @param n       Count.
 * @param metres  1 .. PAIRS_METRES_MAX.
 * @param each    Called per pair, in order of b.
 * @param ctx     For `each`.
 * @retval KK_OK
 * @retval KK_E_RANGE  `metres` is out of range, or there are more than 2³¹ points.
 * @retval KK_E_NOMEM
 */
int pairs_walk(const struct pairs_point *p, size_t n, unsigned metres, pairs_cb each, void *ctx);

#endif
