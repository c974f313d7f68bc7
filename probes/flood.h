/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flood.h - deauthentications and disassociations by the dozen, per BSSID.
 *
 * A flood begins when as many as the threshold came within 10 s, and ends when less than a quarter
 * of that came within any 10 s for a minute: one event when it begins, one when it ends, and one
 * every quarter of an hour in between. A frame that its sender marked as sent again is left out, as
 * a client that is gone makes one farewell into eight. Pure: time is the packets' own.
 */
#ifndef KK_PROBES_FLOOD_H
#define KK_PROBES_FLOOD_H

#include <stddef.h>
#include <stdint.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "probes/hearing.h"

#define FLOOD_BSSIDS_MAX 1024 /* that are watched; the one not heard of for longest makes room */
#define FLOOD_OPEN_MAX	 64   /* floods at a time */

struct floods;

struct flood_options {
	unsigned threshold;	      /* frames within 10 s, 1 .. 65535 */
	const struct map *map;	      /* for the access points' ids; borrowed */
	const struct pseudonyms *key; /* for the table, so that nobody chooses what collides */
	const struct own *own; /* whose BSSIDs are watched; all, if it knows none; borrowed */
	void *ctx;
	void (*tell)(void *ctx, const struct event *e); /* `e` lives during the call */
};

/** @param o Options; copied. @return NULL: out of memory; floods_free() frees it. */
struct floods *floods_new(const struct flood_options *o);

/** @param f Floods, NULL is allowed. */
void floods_free(struct floods *f);

/** Another map: what was heard is forgotten, floods that are open end. @param f Floods. @param map
 * Map. @param own Its BSSIDs. */
void floods_map(struct floods *f, const struct map *map, const struct own *own);

/** Note a deauthentication or disassociation. @param f Floods. @param time_us UTC, microseconds.
 * @param s The frame. @param m What it says. */
void floods_hear(
    struct floods *f, int64_t time_us, const struct seen *s, const struct detail_management *m);

/** Tell what ended or goes on. @param f Floods. @param now_us UTC, microseconds. */
void floods_advance(struct floods *f, int64_t now_us);

/** @param f Floods. @return Floods that were not told, as too many were open. */
uint64_t floods_untold(const struct floods *f);

#endif
