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

/* Who delivers an interval, and when. */
struct delivery {
	uint64_t probe; /* hash of the probe's name, not 0 */
	int64_t now_ms; /* monotonic */
	int64_t now_cs; /* UTC, 1/100 s */
};

/**
 * Take an interval that is fit. Where the newest one that was taken ends after now, as the clock
 * has been set back since, the odometers go on from this one's start, and that is marked as a hole.
 *
 * @param o       Odometers.
 * @param device  Inventory number.
 * @param from    Who and when.
 * @param e       Entry.
 * @param left    Receives why it was left out, enum ingest_drop; -1: it was not.
 * @retval KK_OK      Taken, or left out.
 * @retval KK_E_FULL  The store takes nothing now, or memory is out.
 */
int odometers_take(struct odometers *o, uint32_t device, const struct delivery *from,
    const struct batch_entry *e, int *left);

#endif
