/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * controllers.h - all controllers: when their access points are called, what the lists said, and
 * the samples that come of it. A rollcall is an errand beside the controller's polls (errands.h).
 */
#ifndef KK_COLLECTOR_CONTROLLERS_H
#define KK_COLLECTOR_CONTROLLERS_H

#include "collector/aps/flock.h"
#include "collector/target.h"

struct controllers;

struct controllers_stats {
	size_t controllers, running;
	uint64_t done;	 /* lists that were read whole */
	uint64_t failed; /* that were not: nothing is said of who stands on them */
	size_t listed, up, missing, strangers, elsewhere; /* of the newest lists, together */
};

/* How one controller's newest list was. */
struct controllers_one {
	uint32_t device;
	int failed;	/* the newest reading; the rest is of the one before it */
	int64_t time_s; /* UTC; 0: never */
	int64_t took_ms;
	struct flock_count count;
};

/* What it works with; copied, what it points to is borrowed. */
struct controllers_env {
	const struct kk_clock *clock; /* NULL: the real one */
	const struct conf *conf;      /* its intervals may change */
	struct flock_calls calls;
};

/**
 * @param env  What to work with.
 * @param out  Receives it, empty; controllers_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int controllers_new(const struct controllers_env *env, struct controllers **out);

/** @param c Controllers, NULL is allowed; what is in flight is given up. */
void controllers_free(struct controllers *c);

/** Follow the inventory. @param c Controllers. @param inv Snapshot; not needed afterwards.
 * @retval KK_OK Done. @retval KK_E_NOMEM */
int controllers_follow(struct controllers *c, const struct inventory *inv);

/** The access points, for what was committed of them: flock_fresh() and on. @param c Controllers.
 * @return Borrowed. */
struct flock *controllers_flock(struct controllers *c);

/** A poll has ended: begin what is due, go on with what waits. @param c Controllers. @param t Its
 * target; it must stay until controllers_gone(). @param sample What it gave. */
void controllers_polled(struct controllers *c, struct target *t, const struct sample *sample);

/** A target is about to be freed. @param c Controllers. @param t Target. */
void controllers_gone(struct controllers *c, const struct target *t);

/** Add what only the list knows: stations, if the controller gives no total, and that the list
 * could not be read. @param c Controllers. @param sample Sample of any device. */
void controllers_enrich(const struct controllers *c, struct sample *sample);

/** How a controller's newest list was. @param c Controllers. @param device Number. @param out
 * Receives it. @retval KK_OK Done. @retval KK_E_NOTFOUND It is no controller, or was not read yet.
 */
int controllers_one(const struct controllers *c, uint32_t device, struct controllers_one *out);

/** @param c Controllers. @param out Receives the counters. */
void controllers_stats(const struct controllers *c, struct controllers_stats *out);

#endif
