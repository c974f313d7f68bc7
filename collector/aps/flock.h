/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flock.h - all access points that controllers speak for: their odometers, which controller has
 * whom, and a sample of each for every list that was read whole.
 *
 * An access point that its controller lists as connected gives a sample with values; one that it
 * lists otherwise, or no longer lists, gives a silent one with the reason. Who is on no list that
 * was read gives none: of him nothing is known.
 */
#ifndef KK_COLLECTOR_APS_FLOCK_H
#define KK_COLLECTOR_APS_FLOCK_H

#include "collector/aps/names.h"
#include "collector/aps/roll.h"
#include "lib/clock.h"
#include "lib/nameplate.h"
#include "lib/sample.h"

#define FLOCK_STRANGERS 20 /* that are named */

struct flock;

/* Who is told; `ctx` is for all. */
struct flock_calls {
	void *ctx;
	void (*sample)(void *ctx, const struct sample *s);
	/* What stands on its nameplate, when the list said so. */
	void (*named)(void *ctx, uint32_t device, const struct nameplate *n);
};

/* What one list said. */
struct flock_count {
	size_t listed, up, missing, strangers; /* strangers: not in the inventory */
	size_t elsewhere;		       /* connected, and to another controller as well */
	int64_t clients;		       /* of all that are up; -1: nobody told */
	struct {
		char name[64];
		uint8_t mac[6];
		uint8_t has_mac;
	} stranger[FLOCK_STRANGERS];
};

/**
 * @param clock  NULL: the real one; borrowed.
 * @param calls  Copied.
 * @param out    Receives it, empty; flock_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int flock_new(const struct kk_clock *clock, const struct flock_calls *calls, struct flock **out);

/** @param f Flock, NULL is allowed. */
void flock_free(struct flock *f);

/** Follow the inventory; odometers stay. @param f Flock. @param inv Snapshot; not needed
 * afterwards. @retval KK_OK Done. @retval KK_E_NOMEM It is as it was. */
int flock_follow(struct flock *f, const struct inventory *inv);

/** How many joined since flock_restored(). @param f Flock. @return Count. */
size_t flock_fresh(const struct flock *f);

/** Take up the newest committed sample of an access point; only fresh ones listen. @param f Flock.
 * @param s Sample of any device and source. */
void flock_restore(struct flock *f, const struct sample *s);

/** All that was committed was restored. @param f Flock. */
void flock_restored(struct flock *f);

/**
 * Take a controller's list, read whole.
 * @param f           Flock.
 * @param controller  Its device number.
 * @param every_ms    How often it is read: another controller that had an access point within three
 *                    of these still has it.
 * @param r           List.
 * @param out         Receives what it said.
 */
void flock_take(struct flock *f, uint32_t controller, int64_t every_ms, const struct roll *r,
    struct flock_count *out);

/** The wall clock was set. @param f Flock. @param cs By how much, 1/100 s. */
void flock_clock_step(struct flock *f, int64_t cs);

#endif
