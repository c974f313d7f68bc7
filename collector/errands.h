/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * errands.h - what takes many requests of a device, run beside its polls: a survey of a switch's
 * ports, a rollcall of a controller. An errand begins when a poll of its device has ended and asks
 * only while no poll is in flight, so that an agent is asked by one of them at a time; so many run
 * at once, and the others wait in line.
 */
#ifndef KK_COLLECTOR_ERRANDS_H
#define KK_COLLECTOR_ERRANDS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/clock.h"

struct target;

/* One device's; embedded by its owner, zeroed at first. */
struct errand {
	struct target *target;	    /* while it runs or is in line */
	struct errand *next;	    /* in line */
	int64_t started_ms, due_ms; /* monotonic */
	uint8_t running, queued;
};

/* What an owner does with his errands; each is called with the errand. */
struct errand_calls {
	/* Begin; 1: it runs, 0: it could not. `due_ms` is the owner's to set. */
	int (*begin)(void *ctx, struct errand *e);
	void (*resume)(void *ctx, struct errand *e); /* no poll is in flight */
	void (*drop)(void *ctx, struct errand *e);   /* it is given up */
};

struct errands {
	const struct kk_clock *clock;
	void *ctx;
	struct errand_calls calls;
	int64_t patience_ms; /* of one errand */
	size_t most, running;
	struct errand *first, *last; /* in line */
};

/**
 * A poll of its device has ended: begin what is due, go on with what waits.
 * @param s         Errands.
 * @param e         The device's.
 * @param t         Its target; it must stay until errand_drop().
 * @param answered  1: it did; who was silent is not asked more.
 * @return          1: one was given up for taking too long.
 */
int errand_polled(struct errands *s, struct errand *e, struct target *t, int answered);

/** It has ended, by itself: the next one in line may begin. @param s Errands. @param e Errand. */
void errand_ended(struct errands *s, struct errand *e);

/** Give it up, if it runs or is in line. @param s Errands. @param e Errand. */
void errand_drop(struct errands *s, struct errand *e);

#endif
