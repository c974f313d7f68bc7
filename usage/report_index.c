/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/report_index.h"

#include <stdlib.h>
#include <string.h>

struct report_index {
	const struct report *r;
	size_t n;
	const struct report_row *by_key[]; /* in order of keys */
};

static int
key_cmp(const void *pa, const void *pb)
{
	const struct report_row *const *a = pa, *const *b = pb;

	return strcmp((*a)->key, (*b)->key);
}

struct report_index *
report_index_new(const struct report *r)
{
	struct report_index *x = malloc(sizeof(*x) + (r->n + 1) * sizeof(x->by_key[0]));

	if (x == NULL)
		return NULL;
	x->r = r;
	x->n = r->n;
	for (size_t i = 0; i < r->n; i++)
		x->by_key[i] = &r->rows[i];
	qsort(x->by_key, x->n, sizeof(x->by_key[0]), key_cmp);
	return x;
}

size_t
report_index_find(const struct report_index *x, const char *key)
{
	const struct report_row wanted = {.key = key}, *p = &wanted;
	const struct report_row *const *found =
	    bsearch(&p, x->by_key, x->n, sizeof(x->by_key[0]), key_cmp);

	return found != NULL ? (size_t)(*found - x->r->rows) : SIZE_MAX;
}

void
report_index_free(struct report_index *x)
{
	free(x);
}
