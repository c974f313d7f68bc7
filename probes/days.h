/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * days.h - which clients each access point has seen on one local day under one key, as sketches,
 * and the messages that tell kkachid. 512 octets an access point, and 16 KiB for all together;
 * nobody's address, and wiped when it is freed.
 */
#ifndef KK_PROBES_DAYS_H
#define KK_PROBES_DAYS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/daykey_wire.h"
#include "probes/map.h"

struct day_sketches;

/**
 * @param head  Probe, epoch and day; from_cs: when counting begins; to_cs: the same.
 * @param map   Access points; borrowed.
 * @return      NULL: out of memory; days_free() wipes and frees it.
 */
struct day_sketches *days_new(const struct sketches_head *head, const struct map *map);

/** @param s Sketches, NULL is allowed. */
void days_free(struct day_sketches *s);

/** A client was at an access point. @param s Sketches. @param ap Index of the map. @param client
 * Pseudonym under the day's key. */
void days_add(struct day_sketches *s, uint32_t ap, uint64_t client);

/** An access point was listened to, whether or not somebody was there. @param s Sketches. @param ap
 * Index of the map. */
void days_heard(struct day_sketches *s, uint32_t ap);

/** All is counted up to a moment. @param s Sketches. @param to_cs UTC, 1/100 s. @param partial 1:
 * not quite all. */
void days_until(struct day_sketches *s, int64_t to_cs, int partial);

/** The same day goes on with another map: what is known of access points that are in both stays.
 * @param s Sketches. @param map Borrowed. @return 0: out of memory, nothing has changed. */
int days_map(struct day_sketches *s, const struct map *map);

/** Say everything from now on, not only what has changed: the day is over. @param s Sketches. */
void days_all(struct day_sketches *s);

/**
 * The next message of what has changed.
 *
 * @param s    Sketches.
 * @param out  Receives it.
 * @return     Octets; 0: nothing is left to say.
 */
size_t days_message(struct day_sketches *s, uint8_t out[BATCH_OCTETS_MAX]);

/** The message that days_message() gave last is sent. @param s Sketches. */
void days_said(struct day_sketches *s);

/** @param s Sketches. @return What they are of. */
const struct sketches_head *days_head(const struct day_sketches *s);

#endif
