/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge.c - links against the inventory.
 *
 * What both know is certain. Everything that hangs together by such links is anchored as soon as
 * one of it is; from there on, a link that the inventory does not know goes away from the top: its
 * far end hangs elsewhere than told if its own uplink was not seen, else it closes a ring.
 */
#include <stdlib.h>
#include <string.h>

#include "topology/topology_in.h"

/* What is known of one device. */
struct state {
	uint32_t up, up2;	   /* as told; NOBODY: not, or not in the inventory */
	struct link *link, *link2; /* to them; NULL: not seen */
	uint32_t hangs, hangs2;	   /* proposed instead */
	uint32_t children;	   /* that are told to hang on it */
	uint8_t anchored, top, contradicted;
};

/* A link that is looked at when nothing is more certain. */
struct step {
	uint32_t from, to;
};

struct queue {
	struct step *step;
	size_t n, at, room;
};

struct judge {
	struct topology *t;
	struct state *state;
	size_t n;
	size_t *first;	/* of a device's links in `of`; n + 1 */
	uint32_t *of;	/* indices of links */
	uint32_t *line; /* anchored, and not yet looked around from */
	size_t line_n, line_at;
	struct queue moved, rings;
};

static const struct device *
device(const struct judge *j, uint32_t i)
{
	return i == NOBODY ? NULL : &j->t->view.device[i];
}

static uint32_t
other_end(const struct link *l, uint32_t i)
{
	return l->a == i ? l->b : l->a;
}

/* Who says that two are linked: the upper one's word names the port. */
static const struct neighbour *
evidence(const struct link *l, uint32_t upper)
{
	const struct neighbour *by_upper = l->a == upper ? l->by_a : l->by_b;

	return by_upper != NULL ? by_upper : l->a == upper ? l->by_b : l->by_a;
}

/* ---- what the inventory says ---- */

static void
read_told(struct judge *j)
{
	for (uint32_t i = 0; i < j->n; i++) {
		struct state *s = &j->state[i];
		const struct device *d = device(j, i);

		s->hangs = s->hangs2 = NOBODY;
		s->up = who_called(j->t->who, d->uplink);
		s->up2 = who_called(j->t->who, d->uplink2);
		s->link = topology_between(j->t, i, s->up);
		s->link2 = topology_between(j->t, i, s->up2);
		if (s->link != NULL)
			s->link->used = 1;
		if (s->link2 != NULL)
			s->link2->used = 1;
	}
	for (uint32_t i = 0; i < j->n; i++)
		if (j->state[i].up != NOBODY)
			j->state[j->state[i].up].children++;
	for (size_t i = 0; i < j->t->n_findings; i++) {
		const struct topology_finding *f = &j->t->finding[i];

		if (f->verdict == TOPOLOGY_CONTRADICTORY)
			j->state[f->device - j->t->view.device].contradicted = 1;
	}
}

static int
index_links(struct judge *j)
{
	const struct topology *t = j->t;

	j->first = calloc(j->n + 2, sizeof(*j->first));
	j->of = calloc(t->n_links * 2 + 1, sizeof(*j->of));
	if (j->first == NULL || j->of == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < t->n_links; i++) {
		j->first[t->link[i].a + 2]++;
		j->first[t->link[i].b + 2]++;
	}
	for (size_t i = 2; i < j->n + 2; i++)
		j->first[i] += j->first[i - 1];
	for (size_t i = 0; i < t->n_links; i++) {
		j->of[j->first[t->link[i].a + 1]++] = (uint32_t)i;
		j->of[j->first[t->link[i].b + 1]++] = (uint32_t)i;
	}
	return KK_OK;
}

/* ---- one device at two places ---- */

static const char *
far_port(const struct link *l, uint32_t upper)
{
	const struct neighbour *by = l->a == upper ? l->by_a : l->by_b;

	return by != NULL && by->via == VIA_LLDP ? by->far_port : "";
}

/* What hangs on the same port of its own at two switches is at one of them: which, nobody can say.
 */
static int
doubt_leaf(struct judge *j, uint32_t leaf)
{
	struct link *seen = NULL;

	for (size_t k = j->first[leaf]; k < j->first[leaf + 1]; k++) {
		struct link *l = &j->t->link[j->of[k]];
		uint32_t upper = other_end(l, leaf), before;

		if (!is_infrastructure(device(j, upper)) || far_port(l, upper)[0] == '\0')
			continue;
		if (seen == NULL) {
			seen = l;
			continue;
		}
		before = other_end(seen, leaf);
		if (strcmp(far_port(l, upper), far_port(seen, before)) != 0)
			continue;
		j->state[leaf].contradicted = 1;
		j->state[leaf].link = j->state[leaf].link2 = NULL;
		l->used = seen->used = 1;
		return topology_find(
		    j->t, &(struct topology_finding){
			      .verdict = TOPOLOGY_CONTRADICTORY,
			      .device = device(j, leaf),
			      .seen = device(j, before == j->state[leaf].up ? upper : before),
			      .by = evidence(before == j->state[leaf].up ? l : seen,
				  before == j->state[leaf].up ? upper : before),
			      .against = evidence(before == j->state[leaf].up ? seen : l,
				  before == j->state[leaf].up ? before : upper),
			  });
	}
	return KK_OK;
}

static int
doubt(struct judge *j)
{
	int rc = KK_OK;

	for (uint32_t i = 0; i < j->n && rc == KK_OK; i++)
		if (!is_infrastructure(device(j, i)))
			rc = doubt_leaf(j, i);
	return rc;
}

/* ---- anchoring ---- */

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
		uint32_t to = other_end(l, i);

		if (j->state[to].anchored)
			continue;
		if (is_told(j, l))
			anchor(j, to);
		else if (!l->used && is_infrastructure(device(j, i)) && j->state[to].link == NULL)
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

static int
anchor_all(struct judge *j)
{
	struct top *tops = calloc(j->n > 0 ? j->n : 1, sizeof(*tops));
	size_t n = 0;
	int rc = KK_OK;

	if (tops == NULL)
		return KK_E_NOMEM;
	for (uint32_t i = 0; i < j->n; i++) {
		const struct device *d = device(j, i);
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

/* ---- links that are left ---- */

static uint32_t
parent(const struct judge *j, uint32_t i)
{
	const struct state *s = &j->state[i];

	if (s->hangs != NOBODY)
		return s->hangs;
	return s->link != NULL ? s->up : s->link2 != NULL ? s->up2 : NOBODY;
}

/* How far it is from the top; a round trip counts as far. */
static size_t
depth(const struct judge *j, uint32_t i)
{
	size_t d = 0;

	while ((i = parent(j, i)) != NOBODY && d < j->n)
		d++;
	return d;
}

static int
is_below(const struct judge *j, uint32_t i, uint32_t above)
{
	for (size_t d = 0; i != NOBODY && d <= j->n; d++, i = parent(j, i))
		if (i == above)
			return 1;
	return 0;
}

static int
may_move(const struct judge *j, uint32_t i, uint32_t to)
{
	const struct state *s = &j->state[i];

	return s->link == NULL && s->hangs == NOBODY && !s->top &&
	       is_infrastructure(device(j, to)) && !is_below(j, to, i);
}

static int
take_left(struct judge *j, struct link *l)
{
	uint32_t upper = l->a, lower = l->b;
	struct state *s;

	if (depth(j, lower) < depth(j, upper) ||
	    (!is_infrastructure(device(j, upper)) && is_infrastructure(device(j, lower)))) {
		upper = l->b;
		lower = l->a;
	}
	l->used = 1;
	if (!is_infrastructure(device(j, upper)))
		return KK_OK; /* access points among themselves */
	s = &j->state[lower];
	if (may_move(j, lower, upper)) {
		s->hangs = upper;
		return KK_OK;
	}
	if (may_move(j, upper, lower)) {
		j->state[upper].hangs = lower;
		return KK_OK;
	}
	if (s->link2 == NULL && s->hangs2 == NOBODY) {
		s->hangs2 = upper;
		return KK_OK;
	}
	/* It has a second uplink already: told, but nothing can be proposed. */
	return topology_find(j->t, &(struct topology_finding){.verdict = TOPOLOGY_RING,
				       .device = device(j, lower),
				       .seen = device(j, upper),
				       .by = evidence(l, upper)});
}

/* ---- the verdicts ---- */

/* Whether somebody would see the link if it were there. */
static int
can_be_seen(const struct judge *j, uint32_t i, uint32_t up)
{
	const struct topology *t = j->t;

	if (up == NOBODY)
		return 0;
	if (is_infrastructure(device(j, i)) && (t->reports[i] & REPORTS_LLDP) &&
	    (t->reports[up] & REPORTS_LLDP))
		return 1;
	/* One that sees others of the kind would see this one. */
	if ((t->reports[up] & REPORTS_LLDP) && (t->sees_kinds[up] >> device(j, i)->kind & 1))
		return 1;
	return (t->reports[up] & REPORTS_BRIDGE) && device(j, i)->mac[0] != '\0';
}

static int
find(struct judge *j, uint32_t i, enum topology_verdict v, int second, uint32_t seen)
{
	const struct state *s = &j->state[i];
	const struct link *l = topology_between(j->t, i, seen);

	return topology_find(j->t, &(struct topology_finding){
				       .verdict = v,
				       .second = second,
				       .device = device(j, i),
				       .told = device(j, second ? s->up2 : s->up),
				       .seen = device(j, seen),
				       .by = l != NULL ? evidence(l, seen) : NULL,
				   });
}

static int
judge_first(struct judge *j, uint32_t i)
{
	const struct state *s = &j->state[i];

	if (s->link != NULL)
		return find(j, i, TOPOLOGY_AGREES, 0, s->up);
	if (s->hangs != NOBODY)
		return find(j, i, TOPOLOGY_DIFFERS, 0, s->hangs);
	if (s->contradicted || device(j, i)->uplink[0] == '\0')
		return KK_OK;
	return find(
	    j, i, can_be_seen(j, i, s->up) ? TOPOLOGY_NOT_SEEN : TOPOLOGY_UNKNOWN, 0, NOBODY);
}

static int
judge_second(struct judge *j, uint32_t i)
{
	const struct state *s = &j->state[i];

	if (s->link2 != NULL)
		return find(j, i, TOPOLOGY_AGREES, 1, s->up2);
	if (s->hangs2 != NOBODY)
		return find(j, i, TOPOLOGY_RING, 1, s->hangs2);
	if (s->contradicted || device(j, i)->uplink2[0] == '\0')
		return KK_OK;
	return find(
	    j, i, can_be_seen(j, i, s->up2) ? TOPOLOGY_NOT_SEEN : TOPOLOGY_UNKNOWN, 1, NOBODY);
}

static int
judge_all(struct judge *j)
{
	int rc = KK_OK;

	for (size_t i = 0; i < j->t->n_findings; i++) {
		struct topology_finding *f = &j->t->finding[i];

		if (f->verdict == TOPOLOGY_CONTRADICTORY)
			f->told = device(j, j->state[f->device - j->t->view.device].up);
	}
	for (uint32_t i = 0; i < j->n && rc == KK_OK; i++) {
		rc = judge_first(j, i);
		if (rc == KK_OK)
			rc = judge_second(j, i);
	}
	return rc;
}

int
topology_judge(struct topology *t)
{
	struct judge j = {.t = t, .n = t->view.n_devices};
	int rc = KK_E_NOMEM;

	j.state = calloc(j.n + 1, sizeof(*j.state));
	j.line = calloc(j.n + 1, sizeof(*j.line));
	if (j.state != NULL && j.line != NULL && (rc = index_links(&j)) == KK_OK) {
		read_told(&j);
		rc = doubt(&j);
		if (rc == KK_OK)
			rc = anchor_all(&j);
		for (size_t i = 0; i < t->n_links && rc == KK_OK; i++)
			if (!t->link[i].used)
				rc = take_left(&j, &t->link[i]);
		if (rc == KK_OK)
			rc = judge_all(&j);
	}
	free(j.state);
	free(j.line);
	free(j.first);
	free(j.of);
	free(j.moved.step);
	free(j.rings.step);
	return rc;
}
