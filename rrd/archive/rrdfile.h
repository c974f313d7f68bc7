/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrdfile.h - one round-robin file visited: made if absent, put aside if damaged, many values at
 * once. Used by one thread. */
#ifndef KK_RRD_ARCHIVE_RRDFILE_H
#define KK_RRD_ARCHIVE_RRDFILE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "rrd/archive/rows.h"

struct rrdfiles;

/* What is known of one file, so that it is looked at once only. Zeroed: nothing. */
struct rrdfile {
	uint64_t mask;	/* its data sources; 0: not looked at yet */
	int64_t last_s; /* newest value in it, UTC seconds */
};

/**
 * The files below a folder, which is made.
 *
 * @param root       "$statedir/rrd".
 * @param heartbeat  Seconds; files with another one are tuned at their first visit.
 * @param daemon     rrdcached's address, "" for none.
 * @param out        Receives them; rrdfiles_close() frees.
 * @param d          Why not.
 * @retval KK_OK  Also if the folder cannot be made now: every visit tries again.
 * @retval KK_E_NOMEM
 */
int rrdfiles_open(const char *root, unsigned heartbeat, const char *daemon, struct rrdfiles **out,
    struct diag *d);

/** @param f Files, NULL is allowed. */
void rrdfiles_close(struct rrdfiles *f);

/**
 * Write all rows that are newer than the file.
 *
 * A file that librrd cannot read or whose data sources are not ours is renamed to
 * FILE.bad-TIME, UTC, with a line in the log, and made anew: one disk error must not end a
 * device's archive for ever.
 *
 * @param f      Files.
 * @param key    Below the root, without ".rrd".
 * @param known  What is known of the file; kept by the caller between visits.
 * @param rows   At least one row; unchanged.
 * @param d      Why not, with the file's name.
 * @retval KK_OK Done.
 * @retval KK_E_BUSY     Locked by a reader for longer than this call waits.
 * @retval KK_E_FULL     And the others of rrderr_take().
 */
int rrdfiles_write(struct rrdfiles *f, const char *key, struct rrdfile *known,
    const struct rows *rows, struct diag *d);

/** Have rrdcached write what it holds of a file; nothing to do without it. @param f Files. @param
 * key As above. @param d Why not. @retval KK_OK Done. @retval KK_E_REFUSED */
int rrdfiles_flush(struct rrdfiles *f, const char *key, struct diag *d);

#endif
