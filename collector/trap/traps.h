/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * traps.h - what comes to the notifications' port, and what follows from it: a poll at once, and
 * nothing else. A trap is evidence that there is news, never what the news is: anybody can forge
 * one, and the poll tells the same better (docs/decisions/0085).
 *
 * Cheap checks come first: an unknown source costs a look-up, one that floods costs a counter.
 */
#ifndef KK_COLLECTOR_TRAP_TRAPS_H
#define KK_COLLECTOR_TRAP_TRAPS_H

#include <stdint.h>

#include "collector/snmp/engine.h"
#include "collector/snmp/usm.h"
#include "collector/trap/kinds.h"
#include "lib/clock.h"
#include "lib/conf.h"
#include "lib/err.h"
#include "rrd/db/inventory.h"

/* A source may send so many at once, and so many a second for ever; all together likewise. */
#define TRAPS_SOURCE_BURST 10
#define TRAPS_SOURCE_RATE  1
#define TRAPS_ALL_BURST	   2000
#define TRAPS_ALL_RATE	   1000
/* Octets of a notification, or of what it is answered with; a longer one is malformed. */
#define TRAPS_ROOM 8192
/* A device is nudged once in so long. */
#define TRAPS_NUDGE_MS 5000

/* Why a datagram was dropped. */
#define TRAP_DROPS(X)                                                                             \
	X(UNKNOWN_SOURCE, "unknown_source")   /* no device of the inventory has this address */   \
	X(SOURCE_FLOOD, "source_flood")	      /* more than a source may send */                   \
	X(FLOOD, "flood")		      /* more than all may send together */               \
	X(MALFORMED, "malformed")	      /* no notification */                               \
	X(WRONG_COMMUNITY, "wrong_community") /* forged, or not configured */                     \
	X(REPEATED, "repeated")		      /* an inform that was answered already */           \
	/* Of SNMPv3: */                                                                          \
	X(UNKNOWN_ENGINE,                                                                         \
	    "unknown_engine")		/* an inform for another, or who asks for our id first */ \
	X(UNKNOWN_USER, "unknown_user") /* not in the users file */                               \
	X(WRONG_LEVEL, "wrong_level")	/* not the user's level of security */                    \
	X(WRONG_DIGEST, "wrong_digest") /* forged, or another key */                              \
	X(NOT_IN_WINDOW, "not_in_window") /* late, said again, or who asks for our time first */  \
	X(UNDECRYPTABLE, "undecryptable") /* another key for encryption */
#define TRAP_AS_DROP(id, name) TRAP_DROP_##id,
enum trap_drop { TRAP_DROPS(TRAP_AS_DROP) TRAP_DROP_COUNT };

struct trap_stats {
	uint64_t received; /* datagrams */
	uint64_t taken[TRAP_KINDS];
	uint64_t informs, reports, nudged; /* reports: SNMPv3's, sent */
	uint64_t drops[TRAP_DROP_COUNT];
};

struct traps_env {
	const struct kk_clock *clock; /* NULL: the real one */
	const struct conf *conf;      /* community; must outlive the traps */
	struct usm *usm;	      /* NULL: nothing of SNMPv3 is taken; must outlive the traps */
	void *ctx;
	/* Poll a device at once. @param num Number. @return 1: it will be. */
	int (*nudge)(void *ctx, uint32_t num);
};

struct traps;

/** @param env Copied. @param out Receives it; traps_free() frees it. @retval KK_OK Done. @retval
 * KK_E_NOMEM */
int traps_new(const struct traps_env *env, struct traps **out);

/** @param t Traps, NULL is allowed. */
void traps_free(struct traps *t);

/** From now on these are the devices. @param t Traps. @param inv Inventory; must live until the
 * next call. @retval KK_OK Done. @retval KK_E_NOMEM The old ones stay, and so must the old
 * inventory. */
int traps_follow(struct traps *t, const struct inventory *inv);

/**
 * Take one datagram.
 *
 * @param t      Traps.
 * @param users  Who may send them by SNMPv3; NULL: nobody.
 * @param d      Datagram, in room of TRAPS_ROOM octets; changed.
 * @return       1: it is now what has to be sent back, the Response to an inform or an SNMPv3
 *               Report. 0: nothing to send.
 */
int traps_take(struct traps *t, const struct usm_users *users, struct datagram *d);

/** @param t Traps. @return Borrowed counters. */
const struct trap_stats *traps_stats(const struct traps *t);

/** @param drop enum trap_drop. @return "unknown_source", ... */
const char *trap_drop_name(unsigned drop);

#endif
