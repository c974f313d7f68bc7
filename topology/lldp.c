/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lldp.c - from what devices tell by LLDP to links; what two ends contradict is left out. */
#include <string.h>

#include "topology/topology_in.h"

static int
is_fresh(const struct topology *t, int64_t read_s)
{
	return read_s > 0 && read_s >= t->view.now_s - TOPOLOGY_OLD_S;
}

static void
listen(struct topology *t)
{
	const struct neighbours *told = t->view.told;

	for (size_t i = 0; i < told->n_reporters; i++) {
		const struct reporter *r = &told->reporter[i];
		uint32_t index = who_numbered(&t->view, r->device);

		if (index == NOBODY)
			continue;
		if (is_fresh(t, r->lldp_s))
			t->reports[index] |= REPORTS_LLDP;
		if (is_fresh(t, r->bridge_s))
			t->reports[index] |= REPORTS_BRIDGE;
		t->reporters += t->reports[index] != 0;
	}
	for (size_t i = 0; i < told->n; i++) {
		const struct neighbour *n = &told->row[i];
		struct meaning *m = &t->meaning[i];

		m->from = who_numbered(&t->view, n->device);
		m->to = who_is(t->who, n);
		m->listened = m->from != NOBODY &&
			      (t->reports[m->from] &
				  (n->via == VIA_LLDP ? REPORTS_LLDP : REPORTS_BRIDGE)) != 0;
		if (m->listened && m->to != NOBODY && n->via == VIA_LLDP)
			t->sees_kinds[m->from] |= 1u << t->view.device[m->to].kind;
	}
}

/* The first row that a device tells; rows of one device stand together, by number. */
static size_t
first_row(const struct topology *t, uint32_t num)
{
	size_t low = 0, high = t->view.told->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (t->view.told->row[mid].device < num)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int
is_port(const struct neighbour *claim, const char *port)
{
	return port[0] != '\0' &&
	       (strcmp(claim->far_port, port) == 0 || strcmp(claim->far_descr, port) == 0);
}

/* At the port where `from` says that it hangs, the other end sees somebody else, and knows whom.
 * Returns that row. */
static const struct neighbour *
denial(const struct topology *t, const struct neighbour *claim, uint32_t from, uint32_t to)
{
	const struct neighbours *told = t->view.told;
	const struct neighbour *other = NULL;
	uint32_t num = t->view.device[to].num;

	if (!(t->reports[to] & REPORTS_LLDP))
		return NULL;
	for (size_t i = first_row(t, num); i < told->n && told->row[i].device == num; i++) {
		if (told->row[i].via != VIA_LLDP || !is_port(claim, told->row[i].port))
			continue;
		if (t->meaning[i].to == from || t->meaning[i].to == NOBODY)
			return NULL;
		other = &told->row[i];
	}
	return other;
}

static int
tell_denied(struct topology *t, const struct meaning *m, const struct neighbour *by,
    const struct neighbour *against)
{
	const struct device *d = t->view.device;
	/* Of the two, the one that should be the lower. */
	int from_above = is_infrastructure(&d[m->from]) && !is_infrastructure(&d[m->to]);

	return topology_find(t, &(struct topology_finding){
				    .verdict = TOPOLOGY_CONTRADICTORY,
				    .device = from_above ? &d[m->to] : &d[m->from],
				    .seen = from_above ? &d[m->from] : &d[m->to],
				    .told = NULL,
				    .by = by,
				    .against = against,
				});
}

static int
take_claim(struct topology *t, size_t i)
{
	const struct neighbour *n = &t->view.told->row[i], *against;
	struct meaning *m = &t->meaning[i];

	if (!m->listened || n->via != VIA_LLDP || m->from == m->to)
		return KK_OK;
	if (m->to == NOBODY)
		return topology_find(
		    t, &(struct topology_finding){
			   .verdict = TOPOLOGY_MISSING, .seen = &t->view.device[m->from], .by = n});
	if ((against = denial(t, n, m->from, m->to)) != NULL) {
		m->denied = 1;
		return tell_denied(t, m, n, against);
	}
	return topology_add_link(t, m->from, m->to, n);
}

int
topology_link_lldp(struct topology *t)
{
	int rc = KK_OK;

	listen(t);
	for (size_t i = 0; i < t->view.told->n && rc == KK_OK; i++)
		rc = take_claim(t, i);
	topology_sort(t);
	return rc;
}
