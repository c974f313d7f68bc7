/* SPDX-License-Identifier: GPL-3.0-or-later */
/* air_run.h - what kkachi-probe does with air.h: names from the options, events printed and sent.
 */
#ifndef KK_PROBES_AIR_RUN_H
#define KK_PROBES_AIR_RUN_H

#include <stdio.h>

#include "probes/air.h"
#include "probes/options.h"
#include "probes/read/read.h"
#include "probes/sender.h"

struct air_run;

/**
 * @param o       Options; borrowed.
 * @param map     Map; borrowed; NULL is allowed.
 * @param print   Where events and networks are printed; NULL: nowhere.
 * @param sender  Where events are sent; NULL: nowhere.
 * @param out     Receives it; air_run_free() frees it.
 * @param d       Why not.
 * @retval KK_OK
 * @retval KK_E_SYNTAX  The options' names are none.
 * @retval KK_E_NOMEM
 */
int air_run_new(const struct options *o, const struct map *map, FILE *print, struct sender *sender,
    struct air_run **out, struct diag *d);

/** @param r Run, NULL is allowed. */
void air_run_free(struct air_run *r);

/** What some packets said of the air, or of the wire's other end. @param r Run. @param packet
 * Packets. @param seen What they are. @param said What they say at length, by `seen.detail`. @param
 * n How many. */
void air_run_hear(struct air_run *r, const struct packet *packet, const struct seen *seen,
    const struct detail *said, size_t n);

/** Tell what ended or goes on. @param r Run. @param now_us UTC, microseconds. */
void air_run_advance(struct air_run *r, int64_t now_us);

/** Another map. @param r Run. @param map Map; borrowed. @retval KK_OK Done. @retval KK_E_NOMEM The
 * old map stays. */
int air_run_map(struct air_run *r, const struct map *map);

/** Print all networks, if they are printed. @param r Run. @return 0: this, or an event, could not
 * be printed or sent. */
int air_run_finish(struct air_run *r);

#endif
