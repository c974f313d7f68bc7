/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * distinct.h - sketches of probes, merged per access point, district and city while their day's key
 * lives; what is kept is counts.
 *
 * Sketches say who may have been there to whoever has the key, so they are in this memory only, and
 * are wiped a quarter of an hour after their day. Every message says all since its key came: one
 * that comes twice, or late, or is missing, changes nothing in the end.
 */
#ifndef KK_COLLECTOR_DISTINCT_H
#define KK_COLLECTOR_DISTINCT_H

#include <stddef.h>
#include <stdint.h>

#include "collector/daykeys.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "rrd/db/db.h"

/* Why a message or a sketch was not taken: each has a counter and a name. */
#define DISTINCT_DROPS(X)                                                                       \
	X(MALFORMED, "malformed") /* a message that cannot be read: the connection is closed */ \
	X(FOREIGN_KEY, "foreign_key") /* counted under a key that is not ours */                \
	X(LATE, "late")		      /* of a day whose counts are closed */                    \
	X(SPAN, "span")		      /* counted outside of its day, or in the future */        \
	X(UNKNOWN_AP, "unknown_ap")   /* an id that the inventory lacks */                      \
	X(PRECISION, "precision")     /* a sketch finer or coarser than ours */                 \
	X(IMPLAUSIBLE,                                                                          \
	    "implausible") /* more clients than an access point, or the city, can have */       \
	X(ROOM, "room")	   /* no memory, or too many districts */
#define DISTINCT_AS_DROP(id, name) DISTINCT_DROP_##id,
enum distinct_drop { DISTINCT_DROPS(DISTINCT_AS_DROP) DISTINCT_DROP_COUNT };

struct distinct_stats {
	uint64_t messages; /* taken */
	uint64_t sketches; /* merged */
	uint64_t kept;	   /* counts written */
	uint64_t drops[DISTINCT_DROP_COUNT];
};

/* Where an access point is. */
struct distinct_place {
	uint32_t device;      /* its number; 0: there is none in service */
	const char *district; /* "": unknown; borrowed during the call */
};

struct distinct_env {
	const struct kk_clock *clock; /* NULL: the real one */
	void *ctx;
	struct distinct_place (*place)(void *ctx, const char *id);
};

struct distinct;

/** @param env Copied; what it points to is borrowed. @return NULL: out of memory; distinct_free()
 * wipes and frees it. */
struct distinct *distinct_new(const struct distinct_env *env);

/** @param t Merger, NULL is allowed. */
void distinct_free(struct distinct *t);

/**
 * A key was made: sketches under it are taken from now on.
 *
 * @param t    Merger.
 * @param key  Its facts.
 * @retval KK_OK
 * @retval KK_E_NOMEM  No sketch of that day is taken.
 */
int distinct_open(struct distinct *t, const struct daykey_facts *key);

/**
 * Take a probe's message.
 *
 * @param t    Merger.
 * @param in   Octets.
 * @param len  How many.
 * @retval KK_OK        Taken, or of no use: a counter says why.
 * @retval KK_E_SYNTAX  And its kin: nothing was taken of it; close the connection.
 */
int distinct_take(struct distinct *t, const uint8_t *in, size_t len);

/**
 * Keep counts that have changed, some at a time, every five minutes; close days that are over.
 *
 * @param t    Merger.
 * @param db   Writing connection.
 * @param all  1: whatever has changed, as this is the end.
 * @param d    Why not.
 * @retval KK_OK      Nothing is left for now.
 * @retval KK_END     Some were kept, more are left.
 * @retval KK_E_BUSY  And the others of distinct_put(): try again.
 */
int distinct_keep(struct distinct *t, struct db *db, int all, struct diag *d);

/** @param t Merger. @return Borrowed counters. */
const struct distinct_stats *distinct_stats(const struct distinct *t);

/** Name of a reason. @param reason enum distinct_drop. @return Static text. */
const char *distinct_drop_name(unsigned reason);

#endif
