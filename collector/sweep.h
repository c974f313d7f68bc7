/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep.h - when each device is polled: once an interval, at a moment that its id decides.
 *
 * A wheel of buckets spans the interval; a device stands in the bucket of its id's hash. So the
 * city is spread evenly, a device keeps its moment over restarts, and a turn costs nothing for
 * those that are not due. A device never has two polls in flight: one whose poll still runs at its
 * next moment is told of to the owner, who may end that poll; else it waits for the moment after.
 */
#ifndef KK_COLLECTOR_SWEEP_H
#define KK_COLLECTOR_SWEEP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/clock.h"
#include "lib/err.h"

struct sweep;

/* A place in the schedule; embedded by its owner, zeroed at first, the sweep's while it is in. */
struct sweep_item {
	struct sweep_item *next, *prev;		/* in its bucket */
	struct sweep_item *due_next, *due_prev; /* in the line of those that are due */
	uint64_t hash;				/* of its id */
	int64_t slot_ms; /* monotonic: its moment, when it got in line; 0: sweep_now() */
	uint8_t in, due, flying;
	uint8_t early; /* the owner's: sweep_all() begins with these */
};

/**
 * Begin one poll.
 *
 * @param ctx   As given to sweep_new().
 * @param item  Whose.
 * @retval KK_OK      sweep_ended() follows, perhaps from inside this call.
 * @retval KK_E_FULL  No room now: asked again in the next sweep_run().
 * @return            Any other error: skipped until its next moment.
 */
typedef int (*sweep_start_cb)(void *ctx, struct sweep_item *item);

/**
 * A device's next moment has come, and it is still busy with the last one.
 *
 * @param ctx   As given to sweep_new().
 * @param item  `flying`: its poll still runs, and may be ended now by sweep_ended(); else it is
 * still in line and stays there.
 */
typedef void (*sweep_late_cb)(void *ctx, struct sweep_item *item);

/** A device will be started next: what that takes may be brought into the cache. @param ctx As
 * given to sweep_new(). @param item Whose. */
typedef void (*sweep_foresee_cb)(void *ctx, const struct sweep_item *item);

/** The wheel has turned once more: another sweep begins. @param ctx As given to sweep_new(). */
typedef void (*sweep_turned_cb)(void *ctx);

struct sweep_stats {
	uint64_t started;
	uint64_t overruns; /* was still busy at its next moment, and went on */
	uint64_t waited;   /* was still in line at its next moment */
	uint64_t refused;  /* `start` said no */
	size_t items, flying, due;
};

/**
 * @param c           Clock; NULL is the real one.
 * @param interval_s  1 .. 3600.
 * @param start       Begins a poll.
 * @param ctx         For `start`.
 * @param out         Receives the sweep; sweep_free() frees it.
 * @retval KK_OK Done.
 * @retval KK_E_NOMEM
 */
int sweep_new(const struct kk_clock *c, unsigned interval_s, sweep_start_cb start, void *ctx,
    struct sweep **out);

/** Who is told besides. @param s Sweep. @param late Of those that are late; NULL: nobody. @param
 * turned Of new sweeps; NULL: nobody. */
void sweep_listen(struct sweep *s, sweep_late_cb late, sweep_turned_cb turned);

/** Who brings near what starting takes. @param s Sweep. @param foresee NULL: nobody. */
void sweep_foresee(struct sweep *s, sweep_foresee_cb foresee);

/** Frees; its items are out. @param s Sweep, NULL is allowed. */
void sweep_free(struct sweep *s);

/** Another interval; every item keeps its share of it. @param s Sweep. @param interval_s 1 .. 3600.
 * @retval KK_OK Done. @retval KK_E_NOMEM Nothing changed. */
int sweep_retime(struct sweep *s, unsigned interval_s);

/** Take a device in. @param s Sweep. @param it Zeroed item. @param id The city's id. */
void sweep_add(struct sweep *s, struct sweep_item *it, const char *id);

/** Take a device out; it may be freed then. @param s Sweep. @param it Item; nothing happens if it
 * is out. */
void sweep_remove(struct sweep *s, struct sweep_item *it);

/** Its poll has ended. @param s Sweep. @param it Item. */
void sweep_ended(struct sweep *s, struct sweep_item *it);

/** Somebody is due now, whatever his moment. @param s Sweep. @param it Item.
 * @retval KK_OK
 * @retval KK_E_BUSY He is in line, or his poll runs.
 * @retval KK_E_NOTFOUND He is out. */
int sweep_now(struct sweep *s, struct sweep_item *it);

/** Everybody is due now, whatever his moment (--once), those that are `early` first. The wheel
 * stands still from now on. @param s Sweep. */
void sweep_all(struct sweep *s);

/**
 * Begin what is due, a part of it at a time.
 *
 * @param s  Sweep.
 * @return   Milliseconds until the next moment; 0: more is due now; -1: nothing is scheduled.
 */
int sweep_run(struct sweep *s);

/** @param s Sweep. @param out Receives the counters. */
void sweep_stats(const struct sweep *s, struct sweep_stats *out);

#endif
