/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/few.h"

/* A row or a column. */
struct line {
	struct few_cell *first;
	size_t step, n;
};

static struct few_cell *
at(const struct line *l, size_t i)
{
	return &l->first[i * l->step];
}

static int
is_few(const struct few_cell *c, unsigned k)
{
	return c->clients < (int64_t)k;
}

/* Whether what is hidden in a line is about k people or more: as it is if one cell alone has them,
 * since the same people may be behind several. */
static int
is_safe(const struct line *l, unsigned k)
{
	int any = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (!at(l, i)->hidden)
			continue;
		if (!is_few(at(l, i), k))
			return 1;
		any = 1;
	}
	return !any;
}

/* Hide one more if need be: the cell with the fewest people that is shown. */
static size_t
complete(const struct line *l, unsigned k)
{
	struct few_cell *least = NULL;

	if (is_safe(l, k))
		return 0;
	for (size_t i = 0; i < l->n; i++) {
		struct few_cell *c = at(l, i);

		if (!c->hidden && (least == NULL || c->clients < least->clients))
			least = c;
	}
	if (least == NULL)
		return 0;
	least->hidden = 1;
	return 1;
}

static size_t
complete_all(const struct few_table *t, unsigned k)
{
	size_t more = 0;

	for (size_t i = 0; i < t->rows; i++)
		more += complete(&(struct line){t->cell + i * t->columns, 1, t->columns}, k);
	for (size_t i = 0; i < t->columns; i++)
		more += complete(&(struct line){t->cell + i, t->columns, t->rows}, k);
	return more;
}

size_t
few_hide(const struct few_table *t, unsigned k)
{
	size_t hidden = 0, more;

	for (size_t i = 0; i < t->rows * t->columns; i++) {
		t->cell[i].hidden = is_few(&t->cell[i], k);
		hidden += (size_t)t->cell[i].hidden;
	}
	/* What is hidden for a row's sake may leave one alone in a column. */
	while ((more = complete_all(t, k)) > 0)
		hidden += more;
	return hidden;
}

int
few_total(const struct few_table *t, size_t first, size_t step, size_t n, int64_t total, unsigned k)
{
	struct line l = {t->cell + first, step, n};
	int shown = 0;

	for (size_t i = 0; i < n; i++)
		shown |= !at(&l, i)->hidden;
	/* With nothing shown there is nothing to subtract. */
	return total >= (int64_t)k && (!shown || is_safe(&l, k));
}

int64_t
few_round(int64_t clients, unsigned k)
{
	int64_t rounded = (clients + k / 2) / k * k;

	return rounded > 0 ? rounded : k;
}
