/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally.h - the `count` of profiles: tables of stations that are walked at every poll, because no
 * object says how many rows they have. Rows are people's devices: counted, told to nobody,
 * forgotten.
 */
#ifndef KK_COLLECTOR_TALLY_H
#define KK_COLLECTOR_TALLY_H

#include "collector/table/ask.h"
#include "collector/take.h"

struct tally;

/** Whether a layout has values that only a walk can tell. @param y Layout. @return 1 or 0. */
int tally_needed(const struct layout *y);

/**
 * Walk what a layout's counts need.
 *
 * @param p     Whom; copied.
 * @param y     Layout; borrowed until the end.
 * @param end   Once: KK_OK, or why some of it is not known. tally_free() may be called in it.
 * @param ctx   For `end`.
 * @param out   Receives it; tally_free() frees it.
 * @return      KK_OK: `end` will be called. Else it will not be, and there is nothing to free.
 */
int tally_start(const struct ask_peer *p, const struct layout *y, ask_end_cb end, void *ctx,
    struct tally **out);

/** Set the counted values; those whose tables were cut or did not answer stay unknown. @param t
 * Tally that has ended. @param k Take of the same layout. */
void tally_into(const struct tally *t, struct take *k);

/** @param t Tally, NULL is allowed; a request in flight is given up. */
void tally_free(struct tally *t);

#endif
