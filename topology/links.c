/* SPDX-License-Identifier: GPL-3.0-or-later */
/* links.c - the links as a list: gathered, sorted, looked up by their ends. */
#include <stdlib.h>

#include "topology/topology_in.h"

int
topology_add_link(struct topology *t, uint32_t from, uint32_t to, const struct neighbour *by)
{
	struct link *l;

	if (t->n_links == t->links_room) {
		size_t room = t->links_room > 0 ? t->links_room * 2 : 256;

		if ((l = realloc(t->link, room * sizeof(*l))) == NULL)
			return KK_E_NOMEM;
		t->link = l;
		t->links_room = room;
	}
	t->link[t->n_links++] = (struct link){
	    .a = from < to ? from : to,
	    .b = from < to ? to : from,
	    .by_a = from < to ? by : NULL,
	    .by_b = from < to ? NULL : by,
	};
	return KK_OK;
}

static int
by_ends(const void *x, const void *y)
{
	const struct link *p = x, *q = y;

	if (p->a != q->a)
		return p->a < q->a ? -1 : 1;
	return p->b < q->b ? -1 : p->b > q->b;
}

void
topology_sort(struct topology *t)
{
	size_t n = 0;

	if (t->n_links > 0)
		qsort(t->link, t->n_links, sizeof(*t->link), by_ends);
	for (size_t i = 0; i < t->n_links; i++) {
		struct link *l = &t->link[i], *last = n > 0 ? &t->link[n - 1] : NULL;

		if (last == NULL || by_ends(last, l) != 0) {
			t->link[n++] = *l;
			continue;
		}
		/* Several cables between the same two are one link; any of their rows tells it. */
		if (last->by_a == NULL)
			last->by_a = l->by_a;
		if (last->by_b == NULL)
			last->by_b = l->by_b;
	}
	t->n_links = n;
}

struct link *
topology_between(const struct topology *t, uint32_t x, uint32_t y)
{
	struct link key = {.a = x < y ? x : y, .b = x < y ? y : x};

	if (x == NOBODY || y == NOBODY || t->n_links == 0)
		return NULL;
	return bsearch(&key, t->link, t->n_links, sizeof(*t->link), by_ends);
}
