/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * identity.h - what stood on a device's nameplate, and from when until when. A row is one state of
 * it; its beginning, but for the first one's, is the event of a change.
 */
#ifndef KK_RRD_DB_IDENTITY_H
#define KK_RRD_DB_IDENTITY_H

#include "lib/nameplate.h"
#include "rrd/db/db.h"

/* So many states of a device are kept; older ones are forgotten. Two boxes that answer for one
 * address in turn would be another state each time that one is learned. */
#define IDENTITY_STATES 200

/* A device as it was seen. */
struct identity_sight {
	uint32_t device;
	int64_t time_s; /* UTC */
	struct nameplate plate;
};

/* One state. */
struct identity {
	uint32_t device;
	int64_t since_s, until_s; /* UTC; until 0: it is so now */
	unsigned changed;	  /* from the state before, as nameplate_advance(); 0: the first */
	int64_t confirmed_s;	  /* UTC: a person said that the hardware was swapped; 0: not */
	struct nameplate plate;
};

/* `was` is NULL where none is given. Borrowed, for the call. */
typedef void (*identity_cb)(void *ctx, const struct identity *is, const struct identity *was);

/**
 * Note what was seen, in one transaction that waits for nobody. What is known already costs a
 * look; a device that is not in service is left out.
 *
 * @param db       Writing connection.
 * @param sights   In the order in which they were seen.
 * @param n        Count.
 * @param changed  Called per change, with the state before; it may yet be undone if this fails.
 * @param ctx      For `changed`.
 * @param d        Why not.
 * @retval KK_OK
 * @retval KK_E_BUSY  Another process is writing: try again later.
 * @retval KK_E_DB    And the other errors of db_error(); nothing was noted.
 */
int identity_note(struct db *db, const struct identity_sight *sights, size_t n, identity_cb changed,
    void *ctx, struct diag *d);

/** What every device is now, by number, also those that are retired. @param db Connection. @param
 * each Called per device. @param ctx For `each`. @param d Why not. @retval KK_OK Done. @retval
 * KK_E_DB And the other errors of db_error(). */
int identity_now(struct db *db, identity_cb each, void *ctx, struct diag *d);

/** What one device was and is, the oldest first, each with the one before. @param db Connection.
 * @param device Number. @param each Called per state. @param ctx For `each`. @param d Why not.
 * @retval KK_OK Done. @retval KK_E_DB And the other errors of db_error(). */
int identity_history(struct db *db, uint32_t device, identity_cb each, void *ctx, struct diag *d);

/** The changes of all devices since a moment, the oldest first, each with the state before. @param
 * db Connection. @param since_s UTC. @param each Called per change. @param ctx For `each`. @param d
 * Why not. @retval KK_OK Done. @retval KK_E_DB And the other errors of db_error(). */
int identity_changes(struct db *db, int64_t since_s, identity_cb each, void *ctx, struct diag *d);

/**
 * A person says that a device's hardware was swapped. Where the inventory has the old hardware's
 * address, it has the new one's from now on.
 *
 * @param db      Writing connection.
 * @param device  Number.
 * @param swap_s  since_s of the state that is confirmed.
 * @param now_s   UTC.
 * @param moved   Receives whether the inventory's address was changed.
 * @param d       Why not.
 * @retval KK_OK          Done.
 * @retval KK_E_NOTFOUND  No such state, or none that is a swap, or it was confirmed before.
 * @retval KK_E_DB        And the other errors of db_error(); nothing was changed.
 */
int identity_confirm(
    struct db *db, uint32_t device, int64_t swap_s, int64_t now_s, int *moved, struct diag *d);

#endif
