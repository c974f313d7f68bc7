/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge_in.h - what judge.c and anchor.c share: one judgement while it is made. Nobody else
 * includes it. */
#ifndef KK_TOPOLOGY_JUDGE_IN_H
#define KK_TOPOLOGY_JUDGE_IN_H

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

static inline const struct device *
judge_device(const struct judge *j, uint32_t i)
{
	return i == NOBODY ? NULL : &j->t->view.device[i];
}

static inline uint32_t
judge_other_end(const struct link *l, uint32_t i)
{
	return l->a == i ? l->b : l->a;
}

/**
 * Give every device its place: what hangs together with a top is anchored, and links that the
 * inventory does not know lead on from there.
 *
 * @param j  Judgement whose links are indexed and whose uplinks are read.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int judge_anchor(struct judge *j);

#endif
