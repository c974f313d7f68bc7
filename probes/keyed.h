/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keyed.h - under which key clients are hashed, and what is known of a day under it.
 *
 * A probe starts with a key of its own, which nobody else has: what it counts under it is right for
 * itself, and joins nobody else's. kkachid's key of a day takes its place at the border of an
 * interval, and is left at the border after the day, for the next day's or for one of its own.
 *
 *     keyed_key()      for each key that kkachid hands out
 *     keyed_plan()     at least once a second, for the interval that is running
 *     keyed_client(), keyed_heard(), keyed_closed()    as intervals are counted
 *     keyed_say()      now and then: sketches to kkachid
 */
#ifndef KK_PROBES_KEYED_H
#define KK_PROBES_KEYED_H

#include <stddef.h>
#include <stdint.h>

#include "lib/clock.h"
#include "lib/daykey_wire.h"
#include "lib/err.h"
#include "probes/dec/pseudonym.h"
#include "probes/map.h"

struct keyed;

/**
 * @param probe  The probe's name; copied.
 * @param own    The key of the start.
 * @param map    Access points; borrowed.
 * @param clock  NULL: the real one; borrowed.
 * @param out    Receives it; keyed_free() wipes and frees it.
 * @param d      Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM  Also if no memory can be locked.
 */
int keyed_new(const char *probe, const struct pseudonyms *own, const struct map *map,
    const struct kk_clock *clock, struct keyed **out, struct diag *d);

/** @param k Keys, NULL is allowed. */
void keyed_free(struct keyed *k);

/** For decoders. @param k Keys. @return Borrowed. */
const struct pseudonym_turns *keyed_turns(const struct keyed *k);

/** Take a day's key. @param k Keys. @param key Key; copied into locked memory. */
void keyed_key(struct keyed *k, const struct daykey *key);

/**
 * Decide under which key the next interval is counted that no packet has reached.
 *
 * @param k        Keys.
 * @param due_us   When the running interval ends, UTC, microseconds; perhaps that is past.
 * @param step_us  How long intervals are.
 * @return         From when on it is under another one: tell count_turn(); 0: nothing changes.
 */
int64_t keyed_plan(struct keyed *k, int64_t due_us, int64_t step_us);

/** A count_sink's `client`. @param k Keys. @param ap Index of the map. @param client Pseudonym. */
void keyed_client(struct keyed *k, uint32_t ap, uint64_t client);

/** An access point was listened to in the interval that is being told. @param k Keys. @param ap
 * Index of the map. */
void keyed_heard(struct keyed *k, uint32_t ap);

/** An interval was told. @param k Keys. @param to_us Its end. @param partial 1: packets, or
 * clients, were lost in it. */
void keyed_closed(struct keyed *k, int64_t to_us, int partial);

/** There is another map. @param k Keys. @param map Borrowed. @return 0: out of memory: no day is
 * counted until the next key. */
int keyed_map(struct keyed *k, const struct map *map);

/**
 * Say what has changed, every five minutes, and all of a day that is over, at once.
 *
 * @param k     Keys.
 * @param end   1: say what has changed now, as this is the end.
 * @param say   Sends a message: KK_OK, else it is tried again.
 * @param arg   For `say`.
 */
void keyed_say(
    struct keyed *k, int end, int (*say)(void *arg, const uint8_t *message, size_t len), void *arg);

#endif
