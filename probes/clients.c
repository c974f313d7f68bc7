/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/clients.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_FIRST 1024

static int
is_crowded(size_t n, size_t rows)
{
	return n >= rows - rows / 4;
}

static int
alloc_rows(struct clients *t, size_t rows)
{
	t->row = calloc(rows, sizeof(*t->row));
	t->owner = calloc(rows, sizeof(*t->owner));
	t->mask = rows - 1;
	if (t->row != NULL && t->owner != NULL)
		return 1;
	clients_free(t);
	return 0;
}

int
clients_new(struct clients *t, size_t max)
{
	*t = (struct clients){.max = max};
	return alloc_rows(t, ROWS_FIRST);
}

void
clients_free(struct clients *t)
{
	free(t->row);
	free(t->owner);
	*t = (struct clients){0};
}

void
clients_clear(struct clients *t)
{
	if (t->n > 0)
		memset(t->row, 0, (t->mask + 1) * sizeof(*t->row));
	t->n = 0;
	t->full = 0;
}

/* A table of twice as many rows. It stays so large, so that this happens some times in a life; and
 * is never much larger than need be, so that what is touched at random stays near. */
static int
grow(struct clients *t)
{
	size_t rows = t->mask + 1;
	struct clients bigger = {.n = t->n, .max = t->max};

	if (!alloc_rows(&bigger, rows * 2))
		return 0;
	for (size_t i = 0; i < rows; i++) {
		struct client_row *to;

		if (t->row[i].pair == 0)
			continue;
		to = clients_place(&bigger, t->row[i].pair);
		*to = t->row[i];
		bigger.owner[to - bigger.row] = t->owner[i];
	}
	clients_free(t);
	*t = bigger;
	return 1;
}

struct client_row *
clients_add(struct clients *t, uint32_t owner, uint64_t pair)
{
	struct client_row *row;

	if (t->n == t->max || (is_crowded(t->n, t->mask + 1) && !grow(t))) {
		t->full = 1;
		return NULL;
	}
	t->n++;
	row = clients_place(t, pair);
	*row = (struct client_row){.pair = pair};
	t->owner[row - t->row] = owner;
	return row;
}
