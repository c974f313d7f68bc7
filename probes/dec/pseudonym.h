/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pseudonym.h - a client's address as a number that says nothing: a keyed hash, with a key that
 * lives in locked memory of this process only, and dies with it.
 *
 * The decoder's first step with an address is to call this. Nothing behind it ever holds, keeps,
 * prints or sends a client's address.
 */
#ifndef KK_PROBES_DEC_PSEUDONYM_H
#define KK_PROBES_DEC_PSEUDONYM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

struct pseudonyms;

/**
 * Make a key at random.
 *
 * @param out  Receives it; pseudonyms_free() wipes and frees it.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM   Also if the memory cannot be locked (RLIMIT_MEMLOCK).
 */
int pseudonyms_new(struct pseudonyms **out, struct diag *d);

/** Wipe the key and free. @param p Key, NULL is allowed. */
void pseudonyms_free(struct pseudonyms *p);

/** The pseudonym of an address. @param p Key. @param mac 6 octets. @return Never 0. */
uint64_t pseudonym_mac(const struct pseudonyms *p, const uint8_t *mac);

/* Pseudonyms of addresses that came lately: a gateway's comes with every packet. Kept as marks,
 * with which nobody else can find the address: no raw one stays in memory. */
struct pseudonym_cache {
	struct {
		uint64_t mark, pseudonym;
	} line[64];
};

/** A number for an address that this process alone can make, and nobody finds the address with: for
 * the map's tables, and cheaper than a pseudonym. It never leaves the process. @param p Key. @param
 * mac 6 octets. @return Never 0; no two addresses have the same. */
uint64_t pseudonym_mark(const struct pseudonyms *p, const uint8_t *mac);

/** As pseudonym_mac(). @param p Key. @param cache Zeroed at first, for this key and one thread.
 * @param mac 6 octets. @param mark Receives pseudonym_mark() of it. @return Never 0. */
uint64_t pseudonym_again(
    const struct pseudonyms *p, struct pseudonym_cache *cache, const uint8_t *mac, uint64_t *mark);

/** The pseudonym of other octets, as a network's name. @param p Key. @param octets Octets. @param
 * len How many. @return Never 0. */
uint64_t pseudonym_octets(const struct pseudonyms *p, const uint8_t *octets, size_t len);

#define PSEUDONYM_KEY 16 /* octets of a key */

/* Two keys that take turns at a moment of packets' own time: decoders of any thread ask for the one
 * of a packet's time. Marks are the same under both, so that the map's tables stay. */
struct pseudonym_turns;

/**
 * Start with a key; the other one comes later.
 *
 * @param first  Key, and marks; copied.
 * @param out    Receives them; pseudonym_turns_free() wipes and frees them.
 * @param d      Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM  Also if the memory cannot be locked.
 */
int pseudonym_turns_new(
    const struct pseudonyms *first, struct pseudonym_turns **out, struct diag *d);

/** @param t Turns, NULL is allowed. */
void pseudonym_turns_free(struct pseudonym_turns *t);

/** The key of a moment; from any thread. @param t Turns. @param time_us UTC, microseconds. @return
 * Borrowed, of these turns. */
const struct pseudonyms *pseudonym_turns_at(const struct pseudonym_turns *t, int64_t time_us);

/** Use another key from a moment on that no packet has reached. @param t Turns. @param key
 * PSEUDONYM_KEY octets; NULL: one at random. @param now_us UTC, microseconds. @param from_us The
 * moment, later than now. */
void pseudonym_turns_next(
    struct pseudonym_turns *t, const uint8_t *key, int64_t now_us, int64_t from_us);

/** Every packet from before the turn is decoded: wipe the key of then. One at random is in its
 * place, so that a packet that comes late all the same is hashed with what nobody has. @param t
 * Turns. @param now_us UTC, microseconds; before the turn nothing happens. */
void pseudonym_turns_forget(struct pseudonym_turns *t, int64_t now_us);

#endif
