/* SPDX-License-Identifier: GPL-3.0-or-later */
/* air_run.h - what kkachi-probe does with air.h: names from the options, events printed and sent.
 */
#ifndef KK_PROBES_AIR_RUN_H
#define KK_PROBES_AIR_RUN_H

#include <stdio.h>

#include "probes/air.h"
#include "probes/dec/detail.h"
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

/** Whether a packet said something of the air, or of the wire's other end. @param said What it says
 * at length. @return 1 or 0. */
static inline int
air_run_wants(const struct detail *said)
{
	return said->kind == DETAIL_MANAGEMENT || said->kind == DETAIL_LLDP;
}

/** Hear one that did. @param r Run. @param time_us When it was captured. @param s What it is.
 * @param said What it says at length. */
void air_run_hear(
    struct air_run *r, int64_t time_us, const struct seen *s, const struct detail *said);

/** Some packets were heard: send what came of them, together. @param r Run. */
void air_run_heard(struct air_run *r);

/** Tell what ended or goes on. @param r Run. @param now_us UTC, microseconds. */
void air_run_advance(struct air_run *r, int64_t now_us);

/** Another map. @param r Run. @param map Map; borrowed. @retval KK_OK Done. @retval KK_E_NOMEM The
 * old map stays. */
int air_run_map(struct air_run *r, const struct map *map);

/** Print all networks, if they are printed. @param r Run. @return 0: this, or an event, could not
 * be printed or sent. */
int air_run_finish(struct air_run *r);

#endif
