/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recover.h - where every odometer stood when it was last committed: from the ledger, and from the
 * journal's tail where that is newer. */
#ifndef KK_RRD_RECOVER_H
#define KK_RRD_RECOVER_H

#include "lib/err.h"
#include "lib/sample.h"

struct recover; /* about 120 octets per (device, source) */

/**
 * Read the ledger and the journal behind it.
 *
 * @param state_dir  Folder.
 * @param out        Receives what was found; recover_free() frees it.
 * @param d          Why not.
 * @retval KK_OK Done.
 * @retval KK_E_DB     And the other errors of db.h, but a database that is absent.
 * @retval KK_E_NOMEM
 */
int recover_read(const char *state_dir, struct recover **out, struct diag *d);

/** The newest answered sample of every (device, source). @param r What was found. @param each
 * Called per sample; it lives during the call. @param ctx For `each`. */
void recover_each(
    const struct recover *r, void (*each)(void *ctx, const struct sample *s), void *ctx);

/** @param r What was found, NULL is allowed. */
void recover_free(struct recover *r);

#endif
