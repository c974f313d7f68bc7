/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet.h - all polled devices: targets that follow the inventory, and the schedule they stand in.
 */
#ifndef KK_COLLECTOR_FLEET_H
#define KK_COLLECTOR_FLEET_H

#include <stddef.h>
#include <stdint.h>

#include "collector/health.h"
#include "collector/sweep.h"
#include "collector/target.h"
#include "rrd/db/inventory.h"
#include "rrd/db/layout_cache.h"

struct fleet;

/* What a fleet works with; copied, what it points to is borrowed. */
struct fleet_env {
	const struct target_env *target; /* its conf and clock are the fleet's, too */
	void *ctx;
	void (*sample)(void *ctx, const struct sample *s); /* a poll has ended with this */
	/* The same, behind it, for who asks the device for more; and before its target is freed.
	 * Both may be NULL. */
	void (*polled)(void *ctx, struct target *t, const struct sample *s);
	void (*gone)(void *ctx, const struct target *t);
};

struct fleet_stats {
	size_t devices;	   /* polled */
	size_t unusable;   /* in the inventory with a host, but cannot be polled; told in the log */
	uint64_t answered; /* polls */
	uint64_t silent;
	uint64_t ended;	    /* polls that took too long */
	uint64_t not_asked; /* of them: without a sample */
	uint64_t sweeps;    /* that are over */
};

/* How one device's polls go. */
struct fleet_device {
	uint32_t device;     /* number */
	const char *id;	     /* borrowed until the fleet is updated */
	int64_t took_ms;     /* newest poll */
	int64_t mean_ms;     /* of the last polls, the newer the more */
	unsigned silent;     /* polls since the newest answer */
	int slow_lane;	     /* 1: only looked at, until it answers */
	const char *trouble; /* short name; NULL: none */
	char text[200];	     /* the trouble, as a sentence */
};

/**
 * @param env  What to work with.
 * @param out  Receives the fleet, empty; fleet_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int fleet_new(const struct fleet_env *env, struct fleet **out);

/** Frees it and its targets; polls in flight end without a sample. @param f Fleet, NULL is allowed.
 */
void fleet_free(struct fleet *f);

/**
 * Follow the inventory, and the configuration as it is now: new devices join, those that are gone
 * or have lost their host leave, those whose address, credentials or profile changed are asked
 * anew; odometers stay. Call sweep_retime() for another interval.
 *
 * @param f    Fleet.
 * @param inv  Snapshot; not needed afterwards.
 * @retval KK_OK
 * @retval KK_E_NOMEM  The fleet is as it was, perhaps without some of the new devices.
 */
int fleet_update(struct fleet *f, const struct inventory *inv);

/** Devices that have joined and wait for fleet_restore(). @param f Fleet. @return Count. */
size_t fleet_fresh(const struct fleet *f);

/** Take up a device's newest committed sample; only fresh ones listen. @param f Fleet. @param s
 * Sample of any device and source. */
void fleet_restore(struct fleet *f, const struct sample *s);

/** All that was committed was restored: nobody is fresh any more. @param f Fleet. */
void fleet_restored(struct fleet *f);

/** Take up a layout of an earlier run. @param f Fleet. @param row Layout of any device. */
void fleet_set_layout(struct fleet *f, const struct layout_row *row);

/**
 * Layouts that were learned and not yet kept.
 *
 * @param f  Fleet.
 * @param n  Receives their count.
 * @return   Borrowed until the next call to the fleet.
 */
const struct layout_row *fleet_layouts(const struct fleet *f, size_t *n);

/** The first layouts of fleet_layouts() are kept now. @param f Fleet. @param n How many. */
void fleet_layouts_kept(struct fleet *f, size_t n);

/** The wall clock was set. @param f Fleet. @param cs By how much, 1/100 s. */
void fleet_clock_step(struct fleet *f, int64_t cs);

/** Everybody is due now (--once): first those that were silent, as they take longest. @param f
 * Fleet. */
void fleet_all(struct fleet *f);

/** Poll a device as soon as possible, and wholly: something says that there is news (a trap).
 * Whoever calls sees to it that a flood of traps is no flood of polls. @param f Fleet. @param
 * device Number.
 * @retval KK_OK
 * @retval KK_E_BUSY It is being polled, or in line; its poll after that is a whole one.
 * @retval KK_E_NOTFOUND It is not polled. */
int fleet_nudge(struct fleet *f, uint32_t device);

/** How a device's polls go. @param f Fleet. @param device Number. @param out Receives it.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND It is not polled. */
int fleet_device(const struct fleet *f, uint32_t device, struct fleet_device *out);

/** Those that take longest, the longest first. @param f Fleet. @param out Receives them. @param max
 * Room, 1 and up. @return How many. */
size_t fleet_slowest(const struct fleet *f, struct fleet_device *out, size_t max);

/** Devices in the slow lane. @param f Fleet. @return Count; it takes a look at each. */
size_t fleet_slow_lane(const struct fleet *f);

/** The newest sweep that is over. @param f Fleet. @return Borrowed; begun_s is 0: none is. */
const struct sweep_health *fleet_last_sweep(const struct fleet *f);

/** Its schedule. @param f Fleet. @return Borrowed. */
struct sweep *fleet_sweep(struct fleet *f);

/** @param f Fleet. @return Borrowed counters. */
const struct fleet_stats *fleet_stats(const struct fleet *f);

#endif
