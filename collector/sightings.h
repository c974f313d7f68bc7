/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sightings.h - nameplates on their way from learning to the database: what was seen waits here
 * until the database is free, and what is there already is not carried again.
 */
#ifndef KK_COLLECTOR_SIGHTINGS_H
#define KK_COLLECTOR_SIGHTINGS_H

#include "rrd/db/identity.h"

#define SIGHTINGS_MAX                                                               \
	100000 /* that wait; more are seen again when their device is learned again \
		*/

struct sightings;

/** @param out Receives it, empty; sightings_free() frees it. @retval KK_OK Done. @retval KK_E_NOMEM
 */
int sightings_new(struct sightings **out);

/** @param s Sightings, NULL is allowed; what waits is lost. */
void sightings_free(struct sightings *s);

/**
 * A device was learned.
 * @param s       Sightings.
 * @param device  Number.
 * @param time_s  UTC.
 * @param plate   What stands on it; copied. Without any text nothing happens.
 */
void sightings_take(
    struct sightings *s, uint32_t device, int64_t time_s, const struct nameplate *plate);

/** How many wait. @param s Sightings. @return Count. */
size_t sightings_waiting(const struct sightings *s);

/**
 * Carry some of them into the database.
 *
 * @param s        Sightings.
 * @param db       Writing connection.
 * @param changed  Per change; NULL: nobody is told.
 * @param ctx      For `changed`.
 * @param d        Why not.
 * @retval KK_OK      Nothing is left.
 * @retval KK_END     Some were carried, and more are left.
 * @retval KK_E_BUSY  Another process is writing: nothing was lost, try again later.
 * @retval KK_E_DB    And the other errors of identity_note(); nothing was lost.
 */
int sightings_keep(
    struct sightings *s, struct db *db, identity_cb changed, void *ctx, struct diag *d);

#endif
