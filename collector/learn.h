/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learn.h - from a device that nobody knows to a plan: identify it (sysObjectID, sysDescr, a
 * probe), walk the tables that decide, ask which of the alternatives are there, choose.
 */
#ifndef KK_COLLECTOR_LEARN_H
#define KK_COLLECTOR_LEARN_H

#include "collector/layout.h"
#include "collector/learn_gate.h"
#include "collector/meter/meter.h"
#include "collector/table/ask.h"
#include "lib/nameplate.h"

/* What is known already. */
struct learn_known {
	const struct profile *fixed;   /* the inventory's; NULL: find out */
	const struct profile *profile; /* as known; NULL: nothing */
	uint8_t entry;		       /* of its `octets`: a worse one is not taken; 0xff: any */
	uint64_t identity;	       /* as known; other hardware may be anything; 0: unknown */
};

/* The outcome; all of it lives during the call. */
struct learned {
	const struct profile *profile;
	int fits; /* the device says it is what the profile is for; the inventory may not */
	uint64_t identity;	    /* of the hardware; 0: unknown */
	uint32_t model;		    /* hash of sysObjectID; 0: unknown */
	struct plan *plan;	    /* may be changed before it is encoded */
	const uint32_t *key;	    /* of plan->counter[], as struct counter's */
	const struct reading *base; /* what each of them said when it was looked for; boot_cs is
				       sysUpTime when it was cleared, as the device tells it */
	int64_t base_uptime;	    /* sysUpTime then, 1/100 s; -1: unknown */
	const struct rows *rows;
	const struct nameplate *nameplate; /* as far as it tells */
};

/* The end, exactly once. `l` is NULL unless rc is KK_OK; KK_E_NOTFOUND: no profile fits. */
typedef void (*learn_done_cb)(void *ctx, int rc, const struct learned *l);

struct learn;

/**
 * Begin.
 *
 * @param p         Whom; copied.
 * @param profiles  Borrowed.
 * @param gate      Borrowed.
 * @param known     Copied.
 * @param done      Callback; learn_free() may be called in it.
 * @param ctx       For `done`.
 * @param out       Receives it; learn_free() frees it.
 * @return          KK_OK: `done` will be called; else it will not be, and there is nothing to free.
 */
int learn_start(const struct ask_peer *p, const struct profiles *profiles, struct learn_gate *gate,
    const struct learn_known *known, learn_done_cb done, void *ctx, struct learn **out);

/** @param l Learning, NULL is allowed; a request in flight is given up, `done` not called. */
void learn_free(struct learn *l);

/** Identity of a counter by the octets of its name. @param p Octets. @param len Count. @return
 * Hash, never 0. */
uint32_t learn_key(const void *p, size_t len);

#endif
