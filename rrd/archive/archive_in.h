/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_in.h - the inside of struct archive, for archive.c and archive_state.c only. */
#ifndef KK_RRD_ARCHIVE_ARCHIVE_IN_H
#define KK_RRD_ARCHIVE_ARCHIVE_IN_H

#include "lib/log.h"
#include "rrd/archive/archive.h"
#include "rrd/archive/area.h"
#include "rrd/archive/marks.h"
#include "rrd/archive/rrdfile.h"
#include "rrd/archive/series_table.h"

#define ARCHIVE_RETRIES	   64
#define ARCHIVE_COMPLAINTS 16

struct archive {
	char state_dir[256], root[288];
	struct rrdfiles *files;
	struct roster *roster; /* NULL: nothing can be named yet */
	struct areas *areas;
	struct series_table table;
	struct marks marks;
	struct sink sink;

	uint32_t batch;	  /* the one that is being taken */
	int64_t turn_s;	  /* the next second whose turn it is; 0: not begun */
	uint32_t turn_at; /* where in its chain */
	int turn_begun;
	uint32_t retry[ARCHIVE_RETRIES]; /* locked by a reader: again soon */
	unsigned retries;

	uint32_t probe_at;
	int64_t probe_s;     /* while nothing can be written: when to try one again */
	unsigned streak;     /* visits in vain since the last good one */
	int crowded;	     /* some file's points fill its memory */
	int trouble;	     /* the newest error */
	struct cursor saved; /* the cursor in the state file */
	struct cursor older; /* what had been written at the checkpoint before */
	int64_t saved_s;
	int dirty;
	struct complaint complaint[ARCHIVE_COMPLAINTS], save_complaint, clock_complaint;
	struct archive_stats stats;
};

/**
 * Read $statedir/rrd/.state: cursor, sums of the areas and their points that wait.
 *
 * @param a  Archives without anything in them.
 * @retval KK_OK  Also if there is none, or it is damaged (told in the log): the journal is read
 *                from its begin on, and what the files know already is left out.
 * @retval KK_E_NOMEM
 */
int archive_state_load(struct archive *a);

/** Write it beside and rename it. @param a Archives. @param cursor Everything before is written.
 * @param d Why not. @retval KK_OK Done. @retval KK_E_FULL Disk full. @retval KK_E_IO */
int archive_state_save(struct archive *a, struct cursor cursor, struct diag *d);

#endif
