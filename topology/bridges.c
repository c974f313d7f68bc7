/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bridges.c - links out of bridge tables. A bridge learns an address on every port that leads to
 * it, also over other bridges; the nearest one is that whose port leads to nobody else that
 * matters.
 */
#include <stdlib.h>
#include <string.h>

#include "topology/topology_in.h"

/* Where a device was heard best. */
struct heard {
	uint32_t at; /* index of the bridge; NOBODY: nowhere */
	uint32_t crowd;
	const struct neighbour *by;
	int several; /* as well elsewhere */
};

static int
same_port(const struct neighbour *x, const struct neighbour *y)
{
	return x->device == y->device && x->via == y->via && strcmp(x->port, y->port) == 0;
}

/* Whether LLDP says that a port leads to another switch. */
static int
leads_further(const struct topology *t, const struct neighbour *port)
{
	const struct neighbours *told = t->view.told;

	/* LLDP's rows of a device stand before those of its bridge table. */
	for (const struct neighbour *n = port; n > told->row && n[-1].device == port->device;) {
		size_t i = (size_t)(--n - told->row);

		if (n->via != VIA_LLDP || strcmp(n->port, port->port) != 0)
			continue;
		if (t->meaning[i].to != NOBODY
			? is_infrastructure(&t->view.device[t->meaning[i].to])
			: (n->does & DOES_BRIDGE) && !(n->does & DOES_AP))
			return 1;
	}
	return 0;
}

static void
hear(struct topology *t, struct heard *all, size_t row, uint32_t from, uint32_t to)
{
	const struct neighbour *n = &t->view.told->row[row];
	struct heard *h = &all[to];

	if (h->at != NOBODY && n->crowd > h->crowd)
		return;
	h->several = h->at != NOBODY && n->crowd == h->crowd && h->at != from;
	h->at = from;
	h->crowd = n->crowd;
	h->by = n;
}

/* The devices behind one port, rows [first, end). */
static void
take_port(struct topology *t, struct heard *all, size_t first, size_t end)
{
	unsigned switches = 0;

	for (size_t i = first; i < end; i++)
		switches += t->meaning[i].to != NOBODY &&
			    is_infrastructure(&t->view.device[t->meaning[i].to]);
	if (switches > 1 || leads_further(t, &t->view.told->row[first]))
		return;
	for (size_t i = first; i < end; i++) {
		const struct meaning *m = &t->meaning[i];

		/* Behind a switch alone that switch is next; the others hang on it. */
		if (m->to != NOBODY && m->to != m->from &&
		    (switches == 0 || is_infrastructure(&t->view.device[m->to])))
			hear(t, all, i, m->from, m->to);
	}
}

/* Which devices LLDP has linked already. */
static void
leave_out_linked(const struct topology *t, struct heard *all)
{
	for (size_t i = 0; i < t->n_links; i++)
		all[t->link[i].a].at = all[t->link[i].b].at = NOBODY;
}

int
topology_link_bridges(struct topology *t)
{
	const struct neighbours *told = t->view.told;
	size_t n = t->view.n_devices, end;
	struct heard *all = calloc(n > 0 ? n : 1, sizeof(*all));
	int rc = KK_OK;

	if (all == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		all[i].at = NOBODY;
	for (size_t i = 0; i < told->n; i = end) {
		for (end = i + 1; end < told->n && same_port(&told->row[i], &told->row[end]); end++)
			;
		if (told->row[i].via == VIA_BRIDGE && t->meaning[i].listened)
			take_port(t, all, i, end);
	}
	leave_out_linked(t, all);
	for (uint32_t i = 0; i < n && rc == KK_OK; i++)
		if (all[i].at != NOBODY && !all[i].several)
			rc = topology_add_link(t, all[i].at, i, all[i].by);
	free(all);
	topology_sort(t);
	return rc;
}
