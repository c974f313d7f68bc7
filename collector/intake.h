/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * intake.h - from a probe's batch to samples with odometers: every check, and what is known of each
 * AP and each probe. No sockets: ingest.c owns those.
 */
#ifndef KK_COLLECTOR_INTAKE_H
#define KK_COLLECTOR_INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "collector/ingest.h"

#define INTAKE_PROBES_MAX 256

struct intake;

/**
 * @param env    Copied; what it points to is borrowed.
 * @param stats  Counters to keep; borrowed.
 * @return       NULL: out of memory; intake_free() frees it.
 */
struct intake *intake_new(const struct ingest_env *env, struct ingest_stats *stats);

/** @param t Intake, NULL is allowed. */
void intake_free(struct intake *t);

/**
 * As ingest_restore().
 *
 * @param t  Intake.
 * @param s  Sample.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int intake_restore(struct intake *t, const struct sample *s);

/**
 * Take one batch.
 *
 * @param t      Intake.
 * @param p      Octets of one message.
 * @param len    How many.
 * @param probe  In: the probe of this connection, -1: not known yet. Out: which one it is.
 * @retval KK_OK         Taken, now or before.
 * @retval KK_E_SYNTAX   And its kin: not a batch, nothing was taken of it; close the connection.
 * @retval KK_E_FULL     The store takes nothing now, or too many probes: close it likewise.
 */
int intake_batch(struct intake *t, const uint8_t *p, size_t len, int *probe);

/** As ingest_committed(). @param t Intake. @param batch Number, 0, or < 0. @return 1 if what was
 * taken is forgotten, so that connections must be closed. */
int intake_committed(struct intake *t, int64_t batch);

/** What is durable now. @param t Intake. @param batch store_synced(). */
void intake_synced(struct intake *t, int64_t batch);

/**
 * The answer that a probe is due.
 *
 * @param t         Intake.
 * @param probe     Which one.
 * @param run       Receives its run.
 * @param sequence  Receives the last durable sequence.
 * @return          1 if it has not been given yet; it counts as given now.
 */
int intake_answer(struct intake *t, int probe, uint64_t *run, uint64_t *sequence);

/** A connection ended: its probe may be forgotten when room is needed. @param t Intake. @param
 * probe Which one, -1: none. */
void intake_gone(struct intake *t, int probe);

#endif
