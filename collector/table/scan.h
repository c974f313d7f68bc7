/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scan.h - columns of tables, read by GETBULK side by side, each at its own pace, values handed on
 * as they come. Gives way to whoever has more right to ask the device.
 */
#ifndef KK_COLLECTOR_SCAN_H
#define KK_COLLECTOR_SCAN_H

#include "collector/table/ask.h"

#define SCAN_COLUMNS 32
#define SCAN_BULK    40 /* varbinds of one answer to begin with: a datagram of 1,400 octets */

/* How many varbinds a device puts into one answer; it outlives a scan. */
struct scan_memory {
	unsigned bulk;	/* 0: GETNEXT only */
	unsigned scans; /* whole ones since it was lowered */
};

/* What one scan works with; copied. */
struct scan_calls {
	void *ctx;
	/* A value below a column. KK_OK, or an error that ends the scan. */
	int (*value)(void *ctx, unsigned column, const unsigned long *inst, size_t len,
	    const struct varbind *vb);
	/* Whether it may ask now; 0: scan_resume() will be called. */
	int (*may_ask)(void *ctx);
	/* The end, exactly once: as ask_end_cb. It may free the scan. */
	void (*end)(void *ctx, int rc);
};

struct scan;

/** Nothing is known yet. @param m Receives it. */
void scan_forget(struct scan_memory *m);

/**
 * @param p        Whom; copied.
 * @param columns  Names above the instances; borrowed. One without sub-identifiers is left out.
 * @param n        Count, at most SCAN_COLUMNS.
 * @param memory   Borrowed. Lowered when the device cannot do as many, or falls silent over them;
 *                 after a hundred whole scans more is tried.
 * @param calls    Callbacks.
 * @param out      Receives the scan; scan_free() frees it.
 * @return         KK_OK: `end` will be called. KK_END: there is nothing to ask; as with any other
 *                 error `end` will not be called and there is nothing to free.
 */
int scan_start(const struct ask_peer *p, const struct oid *const *columns, unsigned n,
    struct scan_memory *memory, const struct scan_calls *calls, struct scan **out);

/** It may ask again. @param s Scan; nothing happens unless it waits. */
void scan_resume(struct scan *s);

/** @param s Scan, NULL is allowed; a request in flight is given up, `end` not called. */
void scan_free(struct scan *s);

#endif
