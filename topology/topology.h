/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology.h - the network as devices see it, held against what the inventory says. Pure: it reads
 * snapshots and changes nothing.
 */
#ifndef KK_TOPOLOGY_TOPOLOGY_H
#define KK_TOPOLOGY_TOPOLOGY_H

#include <stddef.h>
#include <stdint.h>

#include "rrd/db/inventory.h"
#include "rrd/db/neighbour.h"

/* What a reporter told longer ago than this is not looked at any more, seconds. */
#define TOPOLOGY_OLD_S (24 * 3600)

/* What is found of a device's uplink. The names are those of the JSON form. */
#define TOPOLOGY_VERDICTS(X)                                                                 \
	X(AGREES, "agrees")	/* it hangs where the inventory says */                      \
	X(DIFFERS, "differs")	/* it hangs elsewhere: `seen` is proposed as uplink */       \
	X(RING, "ring")		/* one more link than told: `seen` is proposed as uplink2 */ \
	X(NOT_SEEN, "not_seen") /* the link that the inventory says is not there */          \
	X(CONTRADICTORY,                                                                     \
	    "contradictory")  /* those who should know disagree: nothing is proposed */      \
	X(MISSING, "missing") /* a neighbour that is not in the inventory */                 \
	X(UNKNOWN, "unknown") /* nobody who could see it tells anything */
#define TOPOLOGY_AS_ENUM(id, name) TOPOLOGY_##id,
enum topology_verdict { TOPOLOGY_VERDICTS(TOPOLOGY_AS_ENUM) TOPOLOGY_VERDICT_COUNT };

/* One finding. All it points to belongs to the view. */
struct topology_finding {
	enum topology_verdict verdict;
	int second;		     /* it is about uplink2 */
	const struct device *device; /* whose uplink; NULL: MISSING */
	const struct device *told;   /* as the inventory says; NULL: nothing, or nobody it knows */
	const struct device *seen;   /* as it is seen; NULL: not at all */
	const struct neighbour *by;  /* who says so; NULL: nobody */
	const struct neighbour *against; /* CONTRADICTORY: who says otherwise */
};

/* A hardware address by which a device is known beside the inventory's. */
struct topology_alias {
	uint32_t device; /* inventory number */
	const char *mac; /* "02:4b:00:00:00:01" */
};

/* What is looked at; borrowed by the topology. */
struct topology_view {
	const struct device *device; /* ordered by number */
	size_t n_devices;
	const struct neighbours *told;
	const struct topology_alias *alias;
	size_t n_aliases;
	int64_t now_s; /* UTC seconds */
};

struct topology;

/**
 * Look.
 *
 * @param v    What at; its arrays must outlive the topology.
 * @param out  Receives it; topology_free() frees it. NULL on error.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int topology_make(const struct topology_view *v, struct topology **out);

/** @param t Topology, NULL is allowed. */
void topology_free(struct topology *t);

/** Everything that was found: by device in the view's order, then neighbours that are missing.
 * @param t Topology. @param n Receives the count. @return Array. */
const struct topology_finding *topology_findings(const struct topology *t, size_t *n);

/** How many devices tell neighbours and are listened to. @param t Topology. @return Count. */
size_t topology_reporters(const struct topology *t);

/** Name of a verdict. @param v Verdict. @return "agrees", ... */
const char *topology_verdict_name(enum topology_verdict v);

#endif
