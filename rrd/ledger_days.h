/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger_days.h - the ledger's arithmetic, in memory: samples in, what they add to which day out.
 * No database.
 *
 * A round is one take() of the sink. Nothing of a round counts before days_keep(): after a failed
 * transaction the same samples come again and must add the same.
 */
#ifndef KK_RRD_LEDGER_DAYS_H
#define KK_RRD_LEDGER_DAYS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/sample.h"
#include "lib/zone.h"

/* What a round adds to one (day, device, source). */
struct day_sum {
	kk_day day;
	uint32_t device;
	uint64_t octets_down, octets_up, octets_lump;
	uint32_t observed_s, up_s;
	uint32_t restarts, unsure;
	int32_t clients_peak;	/* -1: unknown */
	uint32_t state, before; /* indices + 1: its odometer, the same odometer's sum before */
	uint8_t source;
};

/* The odometers of one (device, source): as committed, and as this round has them. */
struct day_state {
	uint32_t device;
	uint8_t source;
	uint8_t known, new_known; /* 0: no answered sample yet */
	int64_t time_cs, new_time_cs;
	uint64_t down, new_down;
	uint64_t up, new_up;
	kk_day written, new_written; /* a row of this day exists, as this process wrote it */
	uint32_t round;		     /* in which the new_ fields were set */
	uint32_t newest;	     /* index of the round's newest answered sample */
	uint32_t last_sum;	     /* index + 1 of the round's newest sum */
};

struct ledger_days;

/**
 * @param gap_s  A longer interval between samples is a gap.
 * @param fresh  1: nothing was ever kept; an odometer that turns up in the middle of its life is
 * taken over without counting. 0: what it says has passed since it started, and counts, in a lump.
 * @return       NULL: out of memory. days_free() frees it.
 */
struct ledger_days *days_new(unsigned gap_s, int fresh);

/** @param a Days, NULL is allowed. */
void days_free(struct ledger_days *a);

/** Tell of an odometer that is in the database. @param a Days. @param device Number. @param source
 * Source. @param time_cs Of the newest answered sample. @param down Octets. @param up Octets.
 * @retval KK_OK Done. @retval KK_E_NOMEM */
int days_restore(struct ledger_days *a, uint32_t device, unsigned source, int64_t time_cs,
    uint64_t down, uint64_t up);

/**
 * Begin a round, forgetting one that was not kept, and take its samples.
 *
 * @param a  Days.
 * @param s  Samples.
 * @param n  Count.
 * @retval KK_OK Done.
 * @retval KK_E_NOMEM
 */
int days_take(struct ledger_days *a, const struct sample *s, size_t n);

/** The round's sums, ordered by day, device and source. @param a Days. @param n Receives the count.
 * @return Valid until the next round. */
struct day_sum *days_sums(struct ledger_days *a, size_t *n);

/** The odometers that the round moved, ordered by device and source. @param a Days. @param n
 * Receives the count. @return Indices for days_state(), valid until the next round. */
const uint32_t *days_moved(struct ledger_days *a, size_t *n);

/** One of the odometers. @param a Days. @param i Index. @return Borrowed. */
struct day_state *days_state(struct ledger_days *a, uint32_t i);

/** The round is in the database. @param a Days. */
void days_keep(struct ledger_days *a);

/** Odometers that fell below what was committed (their collector lost its state) in this round:
 * taken over without counting. @param a Days. @param device Receives the first one's device.
 * @return How many. */
unsigned days_fallen(const struct ledger_days *a, uint32_t *device);

#endif
