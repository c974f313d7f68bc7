/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.h - the log of samples over lib/seglog: a record is a batch; sinks read it from their
 * cursors. */
#ifndef KK_RRD_JOURNAL_H
#define KK_RRD_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/seglog.h"
#include "lib/sink.h"

struct journal;

/**
 * Open $statedir/journal for writing. Takes the lock that makes a second kkachid exit 1.
 *
 * @param state_dir  Folder.
 * @param days       Days to keep segments beyond the slowest sink.
 * @param out        Receives the journal; journal_close() frees it.
 * @param d          Why not; KK_E_BUSY: another kkachid runs.
 * @retval KK_OK Done.
 * @retval KK_E_BUSY
 * @retval KK_E_IO
 */
int journal_open(const char *state_dir, unsigned days, struct journal **out, struct diag *d);

/** @param j Journal, NULL is allowed. */
void journal_close(struct journal *j);

/**
 * Append a batch as one record (one write) without syncing.
 *
 * @param j  Journal.
 * @param s  Samples.
 * @param n  How many, 1 and up; split into records of at most 4 MiB.
 * @param d  Why not, with the file's name.
 * @retval KK_OK Done.
 * @retval KK_E_FULL  Nothing of the batch was kept.
 * @retval KK_E_IO
 */
int journal_append(struct journal *j, const struct sample *s, size_t n, struct diag *d);

/** Append samples that are encoded already (sample_wire.h), one after another. @param j Journal.
 * @param p Octets. @param len Count. @param d Why not. @retval KK_OK Done. @retval KK_E_FULL Disk
 * full. @retval KK_E_IO */
int journal_append_encoded(struct journal *j, const uint8_t *p, size_t len, struct diag *d);

/** Make what was appended durable. @param j Journal. @param d Why not. @retval KK_OK Done. @retval
 * KK_E_IO */
int journal_sync(struct journal *j, struct diag *d);

/** End of what is durable; any thread. @param j Journal. @return Cursor. */
struct cursor journal_synced(const struct journal *j);

/** Trim and compress. @param j Journal. @param passed The slowest sink's durable cursor. @param
 * now_s UTC seconds. */
void journal_trim(struct journal *j, struct cursor passed, int64_t now_s);

/* A sink's own reading position: decodes records and hands samples on in batches. */
struct feed;

/**
 * Connect a sink to the journal from the place it names itself.
 *
 * @param state_dir  Folder.
 * @param sink       Borrowed; must outlive the feed.
 * @param out        Receives the feed; feed_free() frees it.
 * @param d          Why not.
 * @retval KK_OK
 */
int feed_open(const char *state_dir, const struct sink *sink, struct feed **out, struct diag *d);

/**
 * Hand on what is new, up to a limit.
 *
 * @param f        Feed.
 * @param limit    journal_synced(); NULL: all whole records.
 * @param records  At most this many journal records in this call; 0: all.
 * @param d        Why not.
 * @retval KK_OK   Something was taken.
 * @retval KK_END  Nothing new.
 * @return         Or the sink's error: the same samples come again in the next call. A damaged
 * record is logged and skipped.
 */
int feed_step(struct feed *f, const struct cursor *limit, unsigned records, struct diag *d);

/** How far the feed has handed samples on. @param f Feed. @return Cursor. */
struct cursor feed_where(const struct feed *f);

/** @param f Feed, NULL is allowed. */
void feed_free(struct feed *f);

#endif
