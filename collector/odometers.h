/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * odometers.h - what probes measured of each access point, as odometers: increments of intervals
 * in, samples out, each interval once. Two sources have odometers of their own: `probe`, what
 * passed, and `radius`, what accounting says.
 */
#ifndef KK_COLLECTOR_ODOMETERS_H
#define KK_COLLECTOR_ODOMETERS_H

#include <stdint.h>

#include "collector/ingest.h"
#include "lib/batch_wire.h"

struct odometers;

/** What takes a sample: as put of struct ingest_env. @param ctx Its own. @param s Sample. @return
 * KK_OK, or KK_E_FULL: nothing was kept. */
typedef int odometers_put(void *ctx, const struct sample *s);

/**
 * @param put    Takes samples.
 * @param ctx    For it.
 * @param stats  Counters to keep; borrowed.
 * @return       NULL: out of memory; odometers_free() frees it.
 */
struct odometers *odometers_new(odometers_put *put, void *ctx, struct ingest_stats *stats);

/** @param o Odometers, NULL is allowed. */
void odometers_free(struct odometers *o);

/**
 * Take up where a committed sample left off; an older one, or another source's, is passed over.
 *
 * @param o  Odometers.
 * @param s  Sample.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int odometers_restore(struct odometers *o, const struct sample *s);

/** What makes an entry unfit whoever's it is. @param o Odometers. @param e Entry. @param now_cs
 * UTC, 1/100 s. @return enum ingest_drop; -1: nothing. */
int odometers_unfit(const struct odometers *o, const struct batch_entry *e, int64_t now_cs);

/**
 * Take an interval that is fit.
 *
 * @param o       Odometers.
 * @param device  Inventory number.
 * @param probe   Hash of the probe's name, not 0.
 * @param now_ms  Monotonic.
 * @param e       Entry.
 * @retval KK_OK      Taken, or left out for a reason that is counted.
 * @retval KK_E_FULL  The store takes nothing now, or memory is out.
 */
int odometers_take(struct odometers *o, uint32_t device, uint64_t probe, int64_t now_ms,
    const struct batch_entry *e);

#endif
