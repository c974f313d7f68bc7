/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/learn_gate.h"

#include <stddef.h>

static void
let_in(struct learn_gate *g, struct gate_place *p)
{
	p->inside = 1;
	g->busy++;
	p->enter(p);
}

void
gate_enter(struct learn_gate *g, struct gate_place *p)
{
	if (g->busy < LEARN_GATE_MAX) {
		let_in(g, p);
		return;
	}
	p->waiting = 1;
	p->next = NULL;
	if (g->last != NULL)
		g->last->next = p;
	else
		g->first = p;
	g->last = p;
}

void
gate_give_up(struct learn_gate *g, struct gate_place *p)
{
	struct gate_place **at = &g->first, *before = NULL;

	if (!p->waiting)
		return;
	for (; *at != p; at = &(*at)->next)
		before = *at;
	*at = p->next;
	if (g->last == p)
		g->last = before;
	p->waiting = 0;
}

void
gate_leave(struct learn_gate *g, struct gate_place *p)
{
	if (!p->inside)
		return;
	p->inside = 0;
	g->busy--;
	if (g->draining)
		return; /* whoever lets in goes on; no recursion when one after another fails */
	g->draining = 1;
	while (g->first != NULL && g->busy < LEARN_GATE_MAX) {
		struct gate_place *next = g->first;

		g->first = next->next;
		if (g->first == NULL)
			g->last = NULL;
		next->waiting = 0;
		let_in(g, next);
	}
	g->draining = 0;
}
