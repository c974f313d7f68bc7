/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anchor.c - from the tops down: who hangs where, by the links that were seen. */
#include <stdlib.h>

#include "topology/judge_in.h"

static int
later(struct queue *q, uint32_t from, uint32_t to)
{
	if (q->n == q->room) {
		size_t room = q->room > 0 ? q->room * 2 : 64;
		struct step *more = realloc(q->step, room * sizeof(*more));

		if (more == NULL)
			return KK_E_NOMEM;
		q->step = more;
		q->room = room;
	}
	q->step[q->n++] = (struct step){from, to};
	return KK_OK;
}

static void
anchor(struct judge *j, uint32_t i)
{
	j->state[i].anchored = 1;
	j->line[j->line_n++] = i;
}

static int
is_told(const struct judge *j, const struct link *l)
{
	const struct state *a = &j->state[l->a], *b = &j->state[l->b];

	return a->link == l || a->link2 == l || b->link == l || b->link2 == l;
}

static int
look_around(struct judge *j, uint32_t i)
{
	int rc = KK_OK;

	for (size_t k = j->first[i]; k < j->first[i + 1] && rc == KK_OK; k++) {
		struct link *l = &j->t->link[j->of[k]];
		uint32_t to = judge_other_end(l, i);

		if (j->state[to].anchored)
			continue;
		if (is_told(j, l))
			anchor(j, to);
		else if (!l->used && is_infrastructure(judge_device(j, i)) &&
			 j->state[to].link == NULL)
			rc = later(&j->moved, i, to);
		else if (!l->used)
			rc = later(&j->rings, i, to);
	}
	return rc;
}

static void
use(struct judge *j, const struct step *s)
{
	struct state *to = &j->state[s->to];

	topology_between(j->t, s->from, s->to)->used = 1;
	if (to->link == NULL)
		to->hangs = s->from;
	else if (to->link2 == NULL)
		to->hangs2 = s->from;
	anchor(j, s->to);
}

/* The next link of a queue that leads somewhere new. */
static int
take(struct judge *j, struct queue *q)
{
	while (q->at < q->n) {
		const struct step *s = &q->step[q->at++];

		if (j->state[s->to].anchored)
			continue;
		use(j, s);
		return 1;
	}
	return 0;
}

static int
spread(struct judge *j, uint32_t top)
{
	int rc = KK_OK;

	j->state[top].top = 1;
	anchor(j, top);
	do {
		while (j->line_at < j->line_n && rc == KK_OK)
			rc = look_around(j, j->line[j->line_at++]);
	} while (rc == KK_OK && (take(j, &j->moved) || take(j, &j->rings)));
	return rc;
}

/* Where a search from the top begins: what is told to hang on nothing first, nodes before switches,
 * those with many below them before those with few. */
struct top {
	uint32_t index, rank, children;
};

static int
by_rank(const void *x, const void *y)
{
	const struct top *p = x, *q = y;

	if (p->rank != q->rank)
		return p->rank < q->rank ? -1 : 1;
	if (p->children != q->children)
		return p->children > q->children ? -1 : 1;
	return p->index < q->index ? -1 : p->index > q->index;
}

int
judge_anchor(struct judge *j)
{
	struct top *tops = calloc(j->n > 0 ? j->n : 1, sizeof(*tops));
	size_t n = 0;
	int rc = KK_OK;

	if (tops == NULL)
		return KK_E_NOMEM;
	for (uint32_t i = 0; i < j->n; i++) {
		const struct device *d = judge_device(j, i);
		const struct state *s = &j->state[i];

		if (!is_infrastructure(d))
			continue;
		tops[n++] = (struct top){.index = i,
		    .rank = d->uplink[0] == '\0' ? (d->kind != KIND_NODE)
			    : s->link == NULL	 ? 2
						 : 3,
		    .children = s->children};
	}
	qsort(tops, n, sizeof(*tops), by_rank);
	for (size_t i = 0; i < n && rc == KK_OK; i++)
		if (!j->state[tops[i].index].anchored)
			rc = spread(j, tops[i].index);
	free(tops);
	return rc;
}
