/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_sums.h - the sums of a report while they are made: key × period. No database. */
#ifndef KK_RRD_LEDGER_SUMS_H
#define KK_RRD_LEDGER_SUMS_H

#include <stddef.h>
#include <stdint.h>

#include "rrd/ledger_devices.h"
#include "rrd/ledger_usage.h"

/* What stands in one row of the ledger, or in many. */
struct usage_sum {
	uint64_t octets_down, octets_up, octets_undirected, octets_lump;
	uint64_t observed_s, restarts, unsure;
	uint64_t possible_s; /* of what is frozen */
	uint64_t imported_s; /* seconds in service of the days that were imported */
	uint64_t days_measured, days_imported, days_both, days_spread;
};

/* The smallest time of a report that is summed by itself: a month, or a day where days are asked.
 */
struct usage_slot {
	kk_day name;	      /* YYYYMM or YYYYMMDD */
	size_t period;	      /* index of the period that it belongs to */
	int64_t from_s, to_s; /* UTC */
	int closed;	      /* what is added is only compared with what was frozen */
};

struct usage_sums;

/**
 * @param q    What is asked; outlives the sums.
 * @param ds   Devices, read for this query; new keys may be added to them. Outlives the sums.
 * @param out  Receives empty sums; usage_sums_free() frees them.
 * @retval KK_OK
 * @retval KK_E_RANGE  No range of periods, or far too long.
 * @retval KK_E_NOMEM
 */
int usage_sums_new(const struct usage_query *q, struct ledger_devices *ds, struct usage_sums **out);

/** @param m Sums, NULL is allowed. */
void usage_sums_free(struct usage_sums *m);

/** The slots. @param m Sums. @param n Receives the count. @return Array in order of time. */
struct usage_slot *usage_sums_slots(struct usage_sums *m, size_t *n);

/** The slot of a day. @param m Sums. @param day YYYYMMDD. @return NULL: outside of the range. */
const struct usage_slot *usage_sums_slot(const struct usage_sums *m, kk_day day);

/** Seconds of [from, to) in which a device was in service, as far as time has come. @param m Sums.
 * @param dev Device. @param from_s UTC. @param to_s UTC. @return Seconds. */
uint64_t usage_sums_in_service(
    const struct usage_sums *m, const struct ledger_device *dev, int64_t from_s, int64_t to_s);

/**
 * Add to a key of a slot.
 *
 * @param m     Sums.
 * @param key   Index of the key.
 * @param slot  One of the slots.
 * @param sum   What to add.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_RANGE  Too many keys for so many periods.
 */
int usage_sums_add(
    struct usage_sums *m, uint32_t key, const struct usage_slot *slot, const struct usage_sum *sum);

/** Add what was frozen of a closed slot. @param m Sums. @param key Key. @param slot Slot. @param
 * sum What was frozen. @retval KK_OK Done. @retval KK_E_NOMEM Out of memory. @retval KK_E_RANGE */
int usage_sums_freeze(
    struct usage_sums *m, uint32_t key, const struct usage_slot *slot, const struct usage_sum *sum);

/** Count a device in the period of a slot, once for each key. @param m Sums. @param dev Device.
 * @param b One of its belongings, with a key. @param slot Slot. @retval KK_OK Done. @retval
 * KK_E_NOMEM Out of memory. @retval KK_E_RANGE */
int usage_sums_count(struct usage_sums *m, const struct ledger_device *dev,
    const struct ledger_belonging *b, const struct usage_slot *slot);

/** Count access points of a whole group, where those of a period are as many as in its fullest
 * slot.
 * @param m Sums. @param key Key that usage_sums_add() was called for. @param slot Slot; calls are
 * in order of time. @param aps How many. */
void usage_sums_count_group(
    struct usage_sums *m, uint32_t key, const struct usage_slot *slot, uint32_t aps);

/** Add what could have been observed of every access point. @param m Sums. @retval KK_OK Done.
 * @retval KK_E_NOMEM Out of memory. @retval KK_E_RANGE */
int usage_sums_possible(struct usage_sums *m);

/** The rows: by key, then period. A key that nobody belonged to has none. @param m Sums. @param t
 * Receives them; its keys are those of the devices. @retval KK_OK Done. @retval KK_E_NOMEM */
int usage_sums_rows(struct usage_sums *m, struct usage_table *t);

#endif
