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

#include "topology/judge_in.h"

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
		const struct device *d = judge_device(j, i);

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
		uint32_t upper = judge_other_end(l, leaf), before;

		if (!is_infrastructure(judge_device(j, upper)) || far_port(l, upper)[0] == '\0')
			continue;
		if (seen == NULL) {
			seen = l;
			continue;
		}
		before = judge_other_end(seen, leaf);
		if (strcmp(far_port(l, upper), far_port(seen, before)) != 0)
			continue;
		j->state[leaf].contradicted = 1;
		j->state[leaf].link = j->state[leaf].link2 = NULL;
		l->used = seen->used = 1;
		return topology_find(
		    j->t, &(struct topology_finding){
			      .verdict = TOPOLOGY_CONTRADICTORY,
			      .device = judge_device(j, leaf),
			      .seen = judge_device(j, before == j->state[leaf].up ? upper : before),
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
		if (!is_infrastructure(judge_device(j, i)))
			rc = doubt_leaf(j, i);
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
	       is_infrastructure(judge_device(j, to)) && !is_below(j, to, i);
}

static int
take_left(struct judge *j, struct link *l)
{
	uint32_t upper = l->a, lower = l->b;
	struct state *s;

	if (depth(j, lower) < depth(j, upper) || (!is_infrastructure(judge_device(j, upper)) &&
						     is_infrastructure(judge_device(j, lower)))) {
		upper = l->b;
		lower = l->a;
	}
	l->used = 1;
	if (!is_infrastructure(judge_device(j, upper)))
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
				       .device = judge_device(j, lower),
				       .seen = judge_device(j, upper),
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
	if (is_infrastructure(judge_device(j, i)) && (t->reports[i] & REPORTS_LLDP) &&
	    (t->reports[up] & REPORTS_LLDP))
		return 1;
	/* One that sees others of the kind would see this one. */
	if ((t->reports[up] & REPORTS_LLDP) && (t->sees_kinds[up] >> judge_device(j, i)->kind & 1))
		return 1;
	return (t->reports[up] & REPORTS_BRIDGE) && judge_device(j, i)->mac[0] != '\0';
}

static int
find(struct judge *j, uint32_t i, enum topology_verdict v, int second, uint32_t seen)
{
	const struct state *s = &j->state[i];
	const struct link *l = topology_between(j->t, i, seen);

	return topology_find(j->t, &(struct topology_finding){
				       .verdict = v,
				       .second = second,
				       .device = judge_device(j, i),
				       .told = judge_device(j, second ? s->up2 : s->up),
				       .seen = judge_device(j, seen),
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
	if (s->contradicted || judge_device(j, i)->uplink[0] == '\0')
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
	if (s->contradicted || judge_device(j, i)->uplink2[0] == '\0')
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
			f->told = judge_device(j, j->state[f->device - j->t->view.device].up);
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
			rc = judge_anchor(&j);
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
