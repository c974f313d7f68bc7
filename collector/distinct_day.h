/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distinct_day.h - the sketches of one day under one key: of access points, districts, the city.
 * distinct.c alone includes it. */
#ifndef KK_COLLECTOR_DISTINCT_DAY_H
#define KK_COLLECTOR_DISTINCT_DAY_H

#include <stddef.h>

#include "collector/daykeys.h"
#include "lib/daykey_wire.h"
#include "rrd/distinct.h"

struct distinct_day;

/** @param key Its facts; copied. @return NULL: out of memory; distinct_day_free() wipes and frees
 * it. */
struct distinct_day *distinct_day_new(const struct daykey_facts *key);

/** @param day Day, NULL is allowed. */
void distinct_day_free(struct distinct_day *day);

/** @param day Day. @return Its key's facts. */
const struct daykey_facts *distinct_day_key(const struct distinct_day *day);

/**
 * Add what a probe saw.
 *
 * @param day       Day.
 * @param head      What its message is of.
 * @param device    Access point; 0: all of the probe's together.
 * @param district  Of the access point; "": unknown.
 * @param s         Sketch, of DAYKEY_AP_BITS or, all together, DAYKEY_ALL_BITS.
 * @return          0: no room, nothing was added.
 */
int distinct_day_merge(struct distinct_day *day, const struct sketches_head *head, uint32_t device,
    const char *district, const struct sketch *s);

/**
 * Counts that have changed since they were kept, from where the last call ended.
 *
 * @param day    Day.
 * @param over   1: it is over: all counts, and which of them are whole.
 * @param row    Receives them.
 * @param most   Room.
 * @return       How many; 0: none are left.
 */
size_t distinct_day_rows(struct distinct_day *day, int over, struct distinct_row *row, size_t most);

/** The counts that distinct_day_rows() gave last are kept. @param day Day. */
void distinct_day_kept(struct distinct_day *day);

/** Begin at the first one again. @param day Day. */
void distinct_day_again(struct distinct_day *day);

#endif
