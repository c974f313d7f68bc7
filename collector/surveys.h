/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * surveys.h - all switches and nodes: when their ports are looked at, what their counters said
 * last, and what waits to be kept.
 *
 * A survey begins when a poll of its device has ended and asks only while no poll is in flight, so
 * that an agent is asked by one of them at a time.
 */
#ifndef KK_COLLECTOR_SURVEYS_H
#define KK_COLLECTOR_SURVEYS_H

#include "collector/survey.h"
#include "collector/target.h"
#include "rrd/db/inventory.h"

struct surveys;

struct surveys_stats {
	size_t devices, running, waiting; /* waiting: to be kept */
	uint64_t done, failed;
};

/**
 * @param clock     NULL: the real one; borrowed.
 * @param conf      Borrowed; its intervals may change.
 * @param profiles  Borrowed.
 * @param out       Receives it, empty; surveys_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int surveys_new(const struct kk_clock *clock, const struct conf *conf,
    const struct profiles *profiles, struct surveys **out);

/** @param s Surveys, NULL is allowed; what is in flight is given up. */
void surveys_free(struct surveys *s);

/**
 * Follow the inventory: whom to survey, and whose addresses are looked for in bridge tables.
 * @param s    Surveys.
 * @param inv  Snapshot; not needed afterwards.
 * @param db   Where new ones take up their odometers.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_DB
 */
int surveys_follow(struct surveys *s, const struct inventory *inv, struct db *db, struct diag *d);

/** A poll has ended: begin what is due, go on with what waits. @param s Surveys. @param t Its
 * target; it must stay until surveys_gone(). @param sample What it gave. */
void surveys_polled(struct surveys *s, struct target *t, const struct sample *sample);

/** A target is about to be freed. @param s Surveys. @param t Target. */
void surveys_gone(struct surveys *s, const struct target *t);

/** Add what only a survey knows: the light at the port that is counted. @param s Surveys. @param
 * sample Sample of any device. */
void surveys_enrich(const struct surveys *s, struct sample *sample);

/**
 * Keep what has come, some of it at a time.
 * @param s   Surveys.
 * @param db  Writing connection.
 * @param d   Why not.
 * @retval KK_OK      Nothing is left.
 * @retval KK_END     Some was kept, and more is left.
 * @retval KK_E_BUSY  Another process is writing: nothing was lost, try again later.
 * @retval KK_E_DB    And the other errors of db_error(); what could not be kept is dropped.
 */
int surveys_keep(struct surveys *s, struct db *db, struct diag *d);

/** The wall clock was set. @param s Surveys. @param cs By how much, 1/100 s. */
void surveys_clock_step(struct surveys *s, int64_t cs);

/** @param s Surveys. @param out Receives the counters. */
void surveys_stats(const struct surveys *s, struct surveys_stats *out);

#endif
