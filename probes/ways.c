/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/ways.h"

#include <stdlib.h>
#include <string.h>

#include "probes/wide.h"

#define ROWS_FIRST 1024
#define ROWS_MAX   131072

_Static_assert(sizeof(struct way) == 32, "what is looked up with each packet is small");
_Static_assert(WAYS_MAX == ROWS_MAX / 2, "as many as there is room for");

/* Two rows are in one line of the cache. */
static int
alloc_rows(struct ways *t, size_t rows)
{
	t->row = wide_new(rows * sizeof(*t->row));
	t->end = malloc(rows * sizeof(*t->end));
	t->mask = rows - 1;
	return t->row != NULL && t->end != NULL;
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
	free(t->end);
	*t = (struct ways){0};
}

void
ways_clear(struct ways *t)
{
	if (t->n > 0)
		memset(t->row, 0, (t->mask + 1) * sizeof(*t->row));
	t->n = 0;
}

static void
put(struct ways *t, const struct way *w, const struct way_end *end)
{
	struct way *to = ways_find(t, w->key);

	*to = *w;
	*ways_end(t, to) = *end;
}

static int
lasts(const struct way *w)
{
	return w->key != 0 && w->lasting && !w->fresh;
}

/* Rows of which at most half are taken. */
static size_t
rows_for(size_t n)
{
	size_t rows = ROWS_FIRST;

	while (n > rows / 2)
		rows *= 2;
	return rows;
}

void
ways_age(struct ways *t)
{
	struct ways next = {0};

	if (t->n == 0)
		return;
	for (size_t i = 0; i <= t->mask; i++)
		next.n += (size_t)lasts(&t->row[i]);
	if (next.n == 0 || !alloc_rows(&next, rows_for(next.n))) {
		ways_free(&next);
		ways_clear(t);
		return;
	}
	for (size_t i = 0; i <= t->mask; i++) {
		if (!lasts(&t->row[i]))
			continue;
		t->row[i].fresh = 1;
		put(&next, &t->row[i], &t->end[i]);
	}
	ways_free(t);
	*t = next;
}

/* Twice the rows. 0: there are as many as there may be, or no memory. */
static int
grow(struct ways *t)
{
	size_t rows = t->mask + 1;
	struct ways bigger = {.n = t->n};

	if (rows == ROWS_MAX)
		return 0;
	if (!alloc_rows(&bigger, rows * 2)) {
		ways_free(&bigger);
		return 0;
	}
	for (size_t i = 0; i < rows; i++)
		if (t->row[i].key != 0)
			put(&bigger, &t->row[i], &t->end[i]);
	ways_free(t);
	*t = bigger;
	return 1;
}

int
ways_put(struct ways *t, const struct way *w, const struct way_end *end)
{
	if (t->n >= (t->mask + 1) / 2 && !grow(t))
		return 0;
	put(t, w, end);
	t->n++;
	return 1;
}
