/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollcall.h - one reading of a controller's tables: GETBULK, the columns of a table side by side,
 * table after table, only what is needed; at the end the list of its access points.
 */
#ifndef KK_COLLECTOR_APS_ROLLCALL_H
#define KK_COLLECTOR_APS_ROLLCALL_H

#include "collector/aps/roll.h"
#include "collector/table/scan.h"
#include "lib/clock.h"

/* What is remembered of a controller between two readings; zeroed, then rollcall_forget(). */
struct rollcall_memory {
	struct scan_memory bulk;
	unsigned entry, ways;	/* as struct roll's */
	int64_t whole_ms;	/* monotonic: everything is looked at again from then on */
	int64_t worse_since_ms; /* what is counted is gone since then; 0: it is there */
};

/* What one reading works with; copied, what it points to is borrowed. */
struct rollcall_wish {
	const struct ap_rules *rules;
	const struct kk_clock *clock;
	uint32_t salt; /* as roll_make()'s */
	void *ctx;     /* for all callbacks */
	int (*may_ask)(void *ctx);
};

/* The end, exactly once. KK_OK: `r` is the list, of tables that were read whole; it lives during
 * the call. Else nothing is said about anybody, and `r` is NULL. The rollcall may be freed in it.
 */
typedef void (*rollcall_done_cb)(void *ctx, int rc, const struct roll *r);

struct rollcall;

/** Nothing is known. @param m Receives it. */
void rollcall_forget(struct rollcall_memory *m);

/**
 * Begin.
 * @param p       Whom; copied, with a slot of its own in the engine.
 * @param wish    What; copied.
 * @param memory  Borrowed; learned on.
 * @param done    Callback, with wish->ctx.
 * @param out     Receives it; rollcall_free() frees it.
 * @return        KK_OK: `done` will be called; else it will not be, and there is nothing to free.
 */
int rollcall_start(const struct ask_peer *p, const struct rollcall_wish *wish,
    struct rollcall_memory *memory, rollcall_done_cb done, struct rollcall **out);

/** It may ask again. @param c Rollcall; nothing happens unless it waits. */
void rollcall_resume(struct rollcall *c);

/** @param c Rollcall, NULL is allowed; a request in flight is given up, `done` not called. */
void rollcall_free(struct rollcall *c);

#endif
