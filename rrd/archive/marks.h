/* SPDX-License-Identifier: GPL-3.0-or-later */
/* marks.h - how far a sink has durably come when what it took is written later and out of order. */
#ifndef KK_RRD_ARCHIVE_MARKS_H
#define KK_RRD_ARCHIVE_MARKS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/sink.h"

struct mark {
	struct cursor from; /* where the batch begins */
	uint32_t held;	    /* files whose oldest waiting point is of this batch */
};

/* Batches in the order in which they were taken; zeroed it is empty. Owns `ring`. */
struct marks {
	struct mark *ring;
	size_t head, n, room;
	uint32_t first; /* number of the batch at `head` */
	struct cursor end;
	uint64_t held; /* files that wait, over all batches */
};

/** Begin a batch at the end of what was taken. @param m Marks. @param number Receives the batch's
 * number. @retval KK_OK Done. @retval KK_E_NOMEM */
int marks_begin(struct marks *m, uint32_t *number);

/** The batch reaches to here. @param m Marks. @param end Cursor. */
void marks_end(struct marks *m, struct cursor end);

/** A file's oldest waiting point is of this batch. @param m Marks. @param number Batch. */
void marks_hold(struct marks *m, uint32_t number);

/** It was written. @param m Marks. @param number Batch. */
void marks_release(struct marks *m, uint32_t number);

/** Everything before this is written. @param m Marks. @return Cursor. */
struct cursor marks_passed(struct marks *m);

/** Free what it owns. @param m Marks. */
void marks_free(struct marks *m);

#endif
