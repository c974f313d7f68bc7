/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/ways.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_FIRST 1024
#define ROWS_MAX   131072
#define LINE	   64

_Static_assert(sizeof(struct way) == 32, "what is looked up with each packet is small");
_Static_assert(WAYS_MAX == ROWS_MAX / 2, "as many as there is room for");

/* Two rows are in one line of the cache. */
static int
alloc_rows(struct ways *t, size_t rows)
{
	t->row = aligned_alloc(LINE, rows * sizeof(*t->row));
	t->mask = rows - 1;
	if (t->row == NULL)
		return 0;
	memset(t->row, 0, rows * sizeof(*t->row));
	return 1;
}

int
ways_new(struct ways *t)
{
	*t = (struct ways){0};
	return alloc_rows(t, ROWS_FIRST);
}

void
ways_free(struct ways *t)
{
	free(t->row);
	*t = (struct ways){0};
}

void
ways_clear(struct ways *t)
{
	if (t->n > 0)
		memset(t->row, 0, (t->mask + 1) * sizeof(*t->row));
	t->n = 0;
}

/* Twice the rows. 0: there are as many as there may be, or no memory. */
static int
grow(struct ways *t)
{
	size_t rows = t->mask + 1;
	struct ways bigger = {.n = t->n};

	if (rows == ROWS_MAX || !alloc_rows(&bigger, rows * 2))
		return 0;
	for (size_t i = 0; i < rows; i++)
		if (t->row[i].key != 0)
			*ways_find(&bigger, t->row[i].key) = t->row[i];
	free(t->row);
	*t = bigger;
	return 1;
}

int
ways_put(struct ways *t, const struct way *w)
{
	if (t->n >= (t->mask + 1) / 2 && !grow(t))
		return 0;
	*ways_find(t, w->key) = *w;
	t->n++;
	return 1;
}
