/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/pairs.h"

#include <math.h>
#include <stdlib.h>

#define RADIUS_M     6371008.8
#define RADIAN	     (M_PI / 180)
#define METRES_A_DEG (RADIUS_M * RADIAN)
#define SLACK	     1.001 /* a cell is a little larger than the distance: rounding loses no pair */

/* Points by the cell they lie in: chains of a hash table. */
struct grid_index {
	double lat_step, lon_step; /* degrees */
	uint64_t *cell;		   /* of each point */
	uint32_t *head;		   /* index + 1 of a chain's newest point */
	uint32_t *next;
	size_t mask;
};

struct search {
	const struct pairs_point *p;
	pairs_cb each;
	void *ctx;
	uint32_t most_cm;
};

int
pairs_placed(struct pairs_point p)
{
	return p.lat >= -90 && p.lat <= 90 && p.lon >= -180 && p.lon <= 180;
}

uint32_t
pairs_distance(struct pairs_point a, struct pairs_point b)
{
	double s = sin((b.lat - a.lat) * RADIAN / 2), t = sin((b.lon - a.lon) * RADIAN / 2);
	double h = s * s + cos(a.lat * RADIAN) * cos(b.lat * RADIAN) * t * t;

	return (uint32_t)lround(200 * RADIUS_M * asin(sqrt(h < 1 ? h : 1)));
}

static uint64_t
cell_at(int64_t row, int64_t column)
{
	return (uint64_t)row << 32 | (uint32_t)column;
}

static size_t
slot_of(const struct grid_index *g, uint64_t cell)
{
	return (size_t)((cell * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & g->mask;
}

/* Cells as wide as the distance where a degree of longitude is shortest. */
static void
set_steps(struct grid_index *g, const struct pairs_point *p, size_t n, unsigned metres)
{
	double far = 0, narrow;

	for (size_t i = 0; i < n; i++)
		if (pairs_placed(p[i]) && fabs(p[i].lat) > far)
			far = fabs(p[i].lat);
	narrow = METRES_A_DEG * cos(far * RADIAN);
	g->lat_step = metres * SLACK / METRES_A_DEG;
	g->lon_step = narrow > 1 ? metres * SLACK / narrow : 360;
}

static int
grid_index_new(struct grid_index *g, const struct pairs_point *p, size_t n, unsigned metres)
{
	size_t size = 64;

	while (size < n * 2)
		size *= 2;
	g->mask = size - 1;
	g->cell = calloc(n + 1, sizeof(*g->cell));
	g->next = calloc(n + 1, sizeof(*g->next));
	g->head = calloc(size, sizeof(*g->head));
	set_steps(g, p, n, metres);
	return g->cell != NULL && g->next != NULL && g->head != NULL ? KK_OK : KK_E_NOMEM;
}

static void
grid_index_free(struct grid_index *g)
{
	free(g->cell);
	free(g->next);
	free(g->head);
}

/* Points before number `b` that are in one cell. */
static void
look_in(const struct grid_index *g, const struct search *s, uint64_t cell, uint32_t b)
{
	for (uint32_t a = g->head[slot_of(g, cell)]; a != 0; a = g->next[a - 1]) {
		uint32_t cm;

		if (g->cell[a - 1] != cell)
			continue;
		cm = pairs_distance(s->p[a - 1], s->p[b]);
		if (cm <= s->most_cm)
			s->each(s->ctx, a - 1, b, cm);
	}
}

static void
put_in(struct grid_index *g, uint64_t cell, uint32_t i)
{
	size_t slot = slot_of(g, cell);

	g->cell[i] = cell;
	g->next[i] = g->head[slot];
	g->head[slot] = i + 1;
}

int
pairs_walk(const struct pairs_point *p, size_t n, unsigned metres, pairs_cb each, void *ctx)
{
	struct search s = {p, each, ctx, metres * 100};
	struct grid_index g = {0};
	int rc;

	if (metres < 1 || metres > PAIRS_METRES_MAX || n > INT32_MAX)
		return KK_E_RANGE;
	rc = grid_index_new(&g, p, n, metres);
	for (uint32_t b = 0; rc == KK_OK && b < n; b++) {
		int64_t row, column;

		if (!pairs_placed(p[b]))
			continue;
		row = (int64_t)floor((p[b].lat + 90) / g.lat_step) + 1;
		column = (int64_t)floor((p[b].lon + 180) / g.lon_step) + 1;
		/* Only points before this one are in the cells: each pair comes once. */
		for (int k = 0; k < 9; k++)
			look_in(&g, &s, cell_at(row + k / 3 - 1, column + k % 3 - 1), b);
		put_in(&g, cell_at(row, column), b);
	}
	grid_index_free(&g);
	return rc;
}
