/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plate.h - a device's nameplate, asked for as its profile says: model, serial number, firmware. */
#ifndef KK_COLLECTOR_PLATE_H
#define KK_COLLECTOR_PLATE_H

#include "collector/table/ask.h"

/* The end, exactly once: KK_OK, also if the device answered nothing; else as ask_end_cb. What was
 * found stands in the nameplate in any case. */
typedef void (*plate_end_cb)(void *ctx, int rc);

struct plate;

/**
 * Ask.
 *
 * @param p        Whom; copied.
 * @param profile  Borrowed.
 * @param into     Receives the texts; must live as long as the plate.
 * @param end      Once; plate_free() may be called in it.
 * @param ctx      For `end`.
 * @param out      Receives it; plate_free() frees it.
 * @return         KK_OK: `end` will be called, perhaps before this returns. Else it will not be,
 * and there is nothing to free; KK_END: the profile says nothing of a nameplate.
 */
int plate_start(const struct ask_peer *p, const struct profile *profile, struct nameplate *into,
    plate_end_cb end, void *ctx, struct plate **out);

/** @param p Plate, NULL is allowed; a request in flight is given up. */
void plate_free(struct plate *p);

#endif
