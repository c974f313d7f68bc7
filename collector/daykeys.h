/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * daykeys.h - the key under which probes hash clients, one for each local day: at random, in locked
 * memory that no core dump holds, and nowhere else. When it is over it is wiped, and nobody can
 * make it again.
 */
#ifndef KK_COLLECTOR_DAYKEYS_H
#define KK_COLLECTOR_DAYKEYS_H

#include <stdint.h>

#include "lib/clock.h"
#include "lib/daykey_wire.h"
#include "lib/err.h"

#define DAYKEYS 2 /* today's and, some minutes before midnight, tomorrow's */

struct daykeys;

/* What everybody may know of a key. */
struct daykey_facts {
	uint64_t epoch; /* 0: there is none */
	kk_day day;
	int64_t from_s, to_s; /* of the day, UTC, seconds since the epoch */
	int whole;	      /* 1: it was made before its day began */
};

/**
 * Make today's key.
 *
 * @param clock  NULL: the real one; borrowed.
 * @param out    Receives them; daykeys_free() wipes and frees them.
 * @param d      Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM  Also if the memory cannot be locked (RLIMIT_MEMLOCK).
 */
int daykeys_new(const struct kk_clock *clock, struct daykeys **out, struct diag *d);

/** @param k Keys, NULL is allowed. */
void daykeys_free(struct daykeys *k);

/** Follow the clock: wipe what is over, make what is due. @param k Keys. @return 1 if there is a
 * new key to hand out. */
int daykeys_follow(struct daykeys *k);

/** @param k Keys. @param which Less than DAYKEYS; 0 is today's. @return Borrowed facts, valid until
 * daykeys_follow(). */
const struct daykey_facts *daykeys_facts(const struct daykeys *k, unsigned which);

/** A key as a probe gets it. @param k Keys. @param which Less than DAYKEYS. @param out Receives it:
 * wipe it when it is sent. @return 0: there is no such key. */
int daykeys_message(const struct daykeys *k, unsigned which, uint8_t out[DAYKEY_WIRE_OCTETS]);

#endif
