/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learn_gate.h - how many may walk tables at the same time; the others wait, in order. Those that
 * do not answer never get this far. */
#ifndef KK_COLLECTOR_LEARN_GATE_H
#define KK_COLLECTOR_LEARN_GATE_H

#include <stdint.h>

#define LEARN_GATE_MAX 1000

/* Embedded by who goes through; zeroed, but for `enter`. */
struct gate_place {
	struct gate_place *next;
	uint8_t waiting, inside;
	/* It is let in: at once, or when another has left. May leave in here. */
	void (*enter)(struct gate_place *p);
};

/* A plain value, zeroed at first, shared by all. */
struct learn_gate {
	unsigned busy;
	int draining;
	struct gate_place *first, *last; /* who waits */
};

/** Go in, or wait. @param g Gate. @param p Place that is neither waiting nor inside. */
void gate_enter(struct learn_gate *g, struct gate_place *p);

/** Wait no longer; of no effect for who does not. @param g Gate. @param p Place. */
void gate_give_up(struct learn_gate *g, struct gate_place *p);

/** Go out, and let others in; of no effect for who is not inside. @param g Gate. @param p Place. */
void gate_leave(struct learn_gate *g, struct gate_place *p);

#endif
