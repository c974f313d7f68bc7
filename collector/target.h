/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * target.h - one polled device: what it is (profile), where its values are (layout), what its
 * counters said last.
 *
 * A poll is a small state machine over engine_ask(): identify (sysObjectID) and learn the layout
 * (walks) if that is not known or no longer fits, then GET all values, then build the sample. One
 * poll at a time per target.
 */
#ifndef KK_COLLECTOR_TARGET_H
#define KK_COLLECTOR_TARGET_H

#include <stdint.h>

#include "collector/snmp/engine.h"
#include "collector/table/ask.h"
#include "lib/conf.h"
#include "lib/sample.h"
#include "rrd/db/inventory.h"

struct profiles; /* profile.h */
struct layouts;	 /* layout.h: shared layouts and their requests, one per (profile, instances,
		    community, version) */
struct echo;	 /* echo/echo.h */
struct usm;	 /* snmp/usm.h */
struct usm_users;
struct target;

/* What targets share; plain, filled by main, borrowed. */
struct target_env {
	struct engine *engine;
	const struct kk_clock *clock;
	const struct conf *conf;
	struct profiles *profiles;
	struct layouts *layouts;
	struct usm *usm;	       /* SNMPv3; NULL: not spoken */
	const struct usm_users *users; /* whom devices may name; NULL: nobody */
	struct echo *echo;	       /* NULL: hosts are not asked */
	/* Told what stands on a device's nameplate whenever it was learned; NULL: nobody is. */
	void (*named)(void *ctx, const struct target *t, const struct nameplate *n);
	void *named_ctx;
};

/* Called exactly once per target_poll() that returned KK_OK, unless target_free() or engine_free()
 * comes first. `s` lives during the call; SAMPLE_SILENT if nobody answered. */
typedef void (*poll_done_cb)(void *ctx, struct target *t, const struct sample *s);

/**
 * @param env Borrowed; must outlive the target.
 * @param dev Device; copied as far as needed.
 * @param out Receives the target; target_free() frees it.
 * @param d Names the device: unknown profile, host that is no address, ...
 * @retval KK_OK
 * @retval KK_E_RANGE The inventory's host, port or version cannot be used.
 * @retval KK_E_NOTFOUND The profile named in the inventory is not there.
 */
int target_new(
    const struct target_env *env, const struct device *dev, struct target **out, struct diag *d);

/** Frees; a poll in flight ends without calling back. @param t Target, NULL is allowed. */
void target_free(struct target *t);

/**
 * Tell somebody of all that is asked and answered.
 * @param t Target that is not polled now.
 * @param trace Borrowed; NULL: nobody.
 */
void target_trace(struct target *t, const struct ask_trace *trace);

/** What was learned of it. @param t Target. @param fits Receives whether the device says that the
 * profile is for it; NULL is allowed. @return Borrowed; NULL: nothing yet. */
const struct profile *target_profile(const struct target *t, int *fits);

/** How it is asked, for who asks the same device for other things, with a `peer` of his own;
 * without a trace. @param t Target. @return What it points to lives as long as the target. */
struct ask_peer target_peer(struct target *t);

/** Whether a poll is in flight. @param t Target. @return 1 or 0. */
int target_is_busy(const struct target *t);

/** The layout that its newest poll used. @param t Target. @return Borrowed; NULL: none. */
const struct layout *target_layout_used(const struct target *t);

/** Take up where the last committed sample of this device left off (odometers, raw counters, boot).
 * @param t Target. @param s Newest sample with counters. */
void target_restore(struct target *t, const struct sample *s);

/** Take over everything that another target of the same device remembers (odometers, raw counters,
 * boot), because its address or profile was changed. @param t New target. @param from Old one,
 * which is freed afterwards. */
void target_inherit(struct target *t, const struct target *from);

/**
 * Take up a layout kept from an earlier run.
 * @param t Target.
 * @param profile Name of the profile it was learned by.
 * @param data Octets of target_layout().
 * @param len Count.
 * @retval KK_OK
 * @retval KK_E_SYNTAX Not usable: it will be learned anew.
 */
int target_set_layout(struct target *t, const char *profile, const void *data, size_t len);

/** The layout as octets, if it changed since the last call. @param t Target. @param profile
 * Receives the profile's name. @param len Receives the count. @return Borrowed octets until the
 * next call, NULL: unchanged. */
const void *target_layout(struct target *t, const char **profile, size_t *len);

/** It is polled soon: bring it near. @param t Target. */
void target_foresee(const struct target *t);

/**
 * Poll now.
 * @param t Target.
 * @param done Callback.
 * @param ctx For `done`.
 * @retval KK_OK
 * @retval KK_E_BUSY A poll is in flight.
 * @retval KK_E_FULL The engine has no slot: try later.
 */
int target_poll(struct target *t, poll_done_cb done, void *ctx);

/** How many polls it has not answered since the newest that it did. @param t Target. @return 0 ..
 * 65535. */
unsigned target_silent(const struct target *t);

/** The next poll is a whole one, however long it has been silent: a trap came. @param t Target. */
void target_wake(struct target *t);

/** Whether it is in the slow lane: one small request an interval, until it answers. @param t
 * Target.
 * @return 1: yes. */
int target_slow_lane(const struct target *t);

/**
 * Why its newest poll was not what it should have been.
 *
 * @param t     Target.
 * @param text  Receives a sentence, English.
 * @param len   Room, 200 octets are enough.
 * @return      A short name, static; NULL: there is nothing to say.
 */
const char *target_trouble(const struct target *t, char *text, size_t len);

/* What became of a poll whose device's next moment has come. */
enum target_expired {
	TARGET_GOES_ON,	 /* it has not had the time that one request may take, or it is learning */
	TARGET_ENDED,	 /* it has told its sample, of what had come */
	TARGET_NOT_ASKED /* it has ended without one: nothing is known of the device */
};

/** End a poll that takes too long: longer than an interval, longer than a request with all its
 * tries, and if it learns, longer than ten intervals. @param t Target. @return What became of it.
 */
enum target_expired target_expire(struct target *t);

/** Number and id of its device. @param t Target. @return Inventory number. */
uint32_t target_device(const struct target *t);

/** The city's id. @param t Target. @return Borrowed text. */
const char *target_id(const struct target *t);

/**
 * The wall clock was set: move what is remembered in wall time along, so that no boot is seen where
 * none was.
 *
 * @param t   Target.
 * @param cs  By how much the wall clock moved against the monotonic one, 1/100 s.
 */
void target_clock_step(struct target *t, int64_t cs);

#endif
