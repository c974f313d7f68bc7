/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * workers.h - a thread for each lane of a live capture, which reads and decodes; what packets said
 * comes to the one thread that counts. So there is one set of tables and nothing to be merged. A
 * single lane has no thread: it is read by the one that counts.
 *
 * A lane's packets come in order; between lanes they are only put in order at the ends of
 * intervals. When the counting thread is slow the workers wait, and then the kernel loses packets
 * and says how many.
 */
#ifndef KK_PROBES_WORKERS_H
#define KK_PROBES_WORKERS_H

#include <stdint.h>

#include "lib/err.h"
#include "probes/count.h"
#include "probes/dec/dec.h"
#include "probes/decoded.h"
#include "probes/live.h"

#define WORKERS_LATE_US INT64_C(500000) /* packets may wait so long in the kernel's block */

struct workers;

/**
 * Start.
 *
 * @param live     Capture; borrowed; of it, only live_state(), live_finish() and live_count() may
 * be called meanwhile.
 * @param decoder  One for each lane; borrowed.
 * @param lanes    How many.
 * @param out      Receives them; workers_free() frees it.
 * @param d        Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM And the errors of threads.
 */
int workers_start(struct live *live, struct decoder *const *decoder, int lanes,
    struct workers **out, struct diag *d);

/** Stop, whatever is left. @param w Workers, NULL is allowed. */
void workers_free(struct workers *w);

/** For poll(). @param w Workers. @return Readable when workers_take() has something to do. */
int workers_fd(const struct workers *w);

/**
 * Count what has come. Never waits, but for the last packets after workers_end().
 *
 * @param w  Workers.
 * @param to Who counts.
 * @param d  Why not.
 * @retval KK_OK
 * @retval KK_END   workers_end() was called, and this was all.
 * @retval KK_E_IO  The interface is gone.
 */
int workers_take(struct workers *w, const struct counting *to, struct diag *d);

/** How long the caller does well to look at nothing but signals before it waits for workers_fd().
 * @param w Workers. @return Milliseconds, 0 mostly. */
int workers_rest_ms(const struct workers *w);

/** Up to when intervals may be closed: no packet is still to come that is older. @param w Workers.
 * @return UTC, microseconds. */
int64_t workers_passed(struct workers *w);

/** Nothing comes any more after live_finish(): end when the rings are empty. @param w Workers. */
void workers_end(struct workers *w);

#endif
