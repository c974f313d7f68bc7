/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology_in.h - what the parts of topology/ share; nobody else includes it. */
#ifndef KK_TOPOLOGY_TOPOLOGY_IN_H
#define KK_TOPOLOGY_TOPOLOGY_IN_H

#include "topology/topology.h"
#include "topology/who.h"

#define NOBODY UINT32_MAX

/* What told rows mean, in step with view.told->row. */
struct meaning {
	uint32_t from, to; /* indices of devices; `to` NOBODY: not in the inventory */
	uint8_t listened;  /* 0: too old, or of nobody */
	uint8_t denied;	   /* the other end says otherwise */
};

/* Two devices that are neighbours. */
struct link {
	uint32_t a, b;			     /* indices of devices, a < b */
	uint8_t used;			     /* the inventory knows it, or a finding is about it */
	const struct neighbour *by_a, *by_b; /* who says so; NULL: the other alone */
};

struct topology {
	struct topology_view view;
	struct who *who;
	struct meaning *meaning;
	uint8_t *reports;     /* by device: 1 LLDP, 2 bridge table */
	uint32_t *sees_kinds; /* by device: bits of the kinds that it tells by LLDP */
	struct link *link;    /* by a, then b */
	size_t n_links, links_room;
	struct topology_finding *finding;
	size_t n_findings, findings_room;
	size_t reporters;
};

#define REPORTS_LLDP   1
#define REPORTS_BRIDGE 2

/** Whether other devices hang on it as a rule. @param d Device. @return 1 or 0. */
static inline int
is_infrastructure(const struct device *d)
{
	return d->kind == KIND_SWITCH || d->kind == KIND_NODE;
}

/**
 * From what is told by LLDP to links, sorted.
 * @param t Topology with view and who; receives meaning, reports and link.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int topology_link_lldp(struct topology *t);

/** The link between two devices. @param t Topology with links. @param x Index. @param y Index.
 * @return NULL: none. */
struct link *topology_between(const struct topology *t, uint32_t x, uint32_t y);

/**
 * Add a link, or evidence to one; only while they are gathered: topology_sort() must follow.
 * @param t Topology.
 * @param from Index of who tells it.
 * @param to Index of whom he sees.
 * @param by His row.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int topology_add_link(struct topology *t, uint32_t from, uint32_t to, const struct neighbour *by);

/** Sort links, and join those of the same two. @param t Topology. */
void topology_sort(struct topology *t);

/**
 * Links out of bridge tables, for devices without any.
 * @param t Topology with LLDP's links, sorted.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int topology_link_bridges(struct topology *t);

/**
 * From links to findings.
 * @param t Topology with links.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int topology_judge(struct topology *t);

/**
 * Add a finding.
 * @param t Topology.
 * @param f Finding; copied.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int topology_find(struct topology *t, const struct topology_finding *f);

#endif
