/* SPDX-License-Identifier: GPL-3.0-or-later */
/* move.h - which access points could go elsewhere: little used, with a busier one close by that
 * has room for their clients. Pure. */
#ifndef KK_USAGE_MOVE_H
#define KK_USAGE_MOVE_H

#include "usage/pairs.h"

#define MOVE_NOBODY UINT32_MAX

/* One access point, as far as it matters here. */
struct move_ap {
	struct pairs_point at;
	uint64_t octets; /* over the span that is looked at */
	int known;	 /* 0: nobody measured it: `octets` means nothing */
	int clients;	 /* at once on a usual day's peak; -1: unknown */
	uint32_t site;	 /* equal numbers are the same site; MOVE_NOBODY: none */
};

enum move_room { MOVE_ROOM, MOVE_ROOM_UNKNOWN, MOVE_FULL };

struct move_limits {
	unsigned metres;  /* so close is close, 1 .. PAIRS_METRES_MAX */
	unsigned clients; /* at once, that are an access point's bound */
	int apart; /* 1: those at the very same coordinates are no candidates for each other */
};

/* An access point that has a busier one close by. */
struct move_candidate {
	uint32_t ap, neighbour; /* indices; the neighbour is the busiest one close by */
	uint32_t cm;		/* between the two; 0: the list gives both the same point */
	unsigned close;		/* how many are close by, whatever their use */
	unsigned same_point;	/* of these, at the very same coordinates */
	int same_site;
	enum move_room room; /* for both APs' clients at the neighbour */
};

/* What was looked at. */
struct move_summary {
	uint64_t pairs, pairs_same_point, pairs_same_site;
	size_t aps, unplaced; /* all; without usable coordinates: no distance is known */
	size_t close;	      /* with anybody close by */
	size_t unmeasured;    /* of these, with unknown use: they are not judged */
};

struct move_list {
	struct move_candidate *rows; /* best candidates first */
	size_t n;
	struct move_summary sum;
};

/**
 * Find candidates: every access point of known use that has a busier one close by, with the busiest
 * of those. Those whose neighbour has room come first, those whose neighbour is full last; among
 * them, the least used first.
 *
 * @param aps  Access points.
 * @param n    Count.
 * @param l    Limits.
 * @param out  Receives the list; move_free() frees it.
 * @retval KK_OK
 * @retval KK_E_RANGE  Such metres cannot be.
 * @retval KK_E_NOMEM
 */
int move_find(
    const struct move_ap *aps, size_t n, const struct move_limits *l, struct move_list **out);

/** @param m List, NULL is allowed. */
void move_free(struct move_list *m);

#endif
