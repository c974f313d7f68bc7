/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alone.h - one lane without a thread: packets are looked at in the ring, and what may still be
 * wanted of them is copied, as many at a time as are counted together; for the ring's blocks go
 * back to the kernel one by one.
 */
#ifndef KK_PROBES_ALONE_H
#define KK_PROBES_ALONE_H

#include "lib/err.h"
#include "probes/decoded.h"
#include "probes/live.h"

struct alone;

/** @param live Capture of one lane; borrowed. @param dec Decoder; borrowed. @return NULL: out of
 * memory; alone_free() frees it. */
struct alone *alone_new(struct live *live, struct decoder *dec);

/** @param a Lane, NULL is allowed. */
void alone_free(struct alone *a);

/**
 * Count what has come; never waits.
 *
 * @param a   Lane.
 * @param to  Who counts.
 * @param d   Why not.
 * @return    Packets; 0 also while the interface is down; KK_E_IO: it is gone.
 */
int alone_take(struct alone *a, const struct counting *to, struct diag *d);

/** live_rest_ms() of what was taken last. @param a Lane. @return Milliseconds. */
int alone_rest_ms(const struct alone *a);

/** Up to when intervals may be closed: as far as packets came, and if there were none, as time has
 * passed. After a stall the ring holds what came before it. @param a Lane. @return UTC,
 * microseconds; 0: nothing is known yet. */
int64_t alone_passed(const struct alone *a);

#endif
