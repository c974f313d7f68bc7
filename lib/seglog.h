/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seglog.h - an append-only log of checksummed records in numbered segment files; the journal and
 * the spool.
 *
 * One writer; readers in the same or other processes. A torn tail (crash, full disk) is cut off at
 * open, with a log line that names the file: every record before it stays. Closed segments are
 * compressed with zstd and read alike.
 */
#ifndef KK_LIB_SEGLOG_H
#define KK_LIB_SEGLOG_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/sink.h"

/*
 * On disk: DIR/%016x.log, the number in hexadecimal, counting up. The first one is the wall clock's
 * second, so that cursors into an earlier log stay behind the new one when somebody empties the
 * folder. 16 octets of header (magic "kkseglog", u32 version 1, u32 0), then records: u32 length,
 * u32 CRC-32 of length and payload, payload; little endian. A closed segment may be
 * DIR/%016x.log.zst instead; cursors count its uncompressed octets. DIR/lock is the writer's.
 */
struct seglog;
struct seglog_reader;

/* No record is longer, octets. */
#define SEGLOG_RECORD_MAX (UINT32_C(16) << 20)

struct seglog_options {
	uint64_t segment_octets; /* close a segment at this size; 0: 16 MiB */
	int keep_s;   /* keep closed segments this long after their last record, seconds */
	int compress; /* compress closed segments with zstd */
};

/**
 * Open for writing; makes the folder, repairs the tail, takes the writer's lock (flock).
 *
 * @param dir  Folder.
 * @param o    Options; copied.
 * @param out  Receives the log; seglog_close() frees it.
 * @param d    Says why not.
 * @retval KK_OK
 * @retval KK_E_BUSY     Another writer has it.
 * @retval KK_E_VERSION  The newest segment was written by another version.
 * @retval KK_E_IO       And its kin from errno: the text names the file.
 */
int seglog_open(
    const char *dir, const struct seglog_options *o, struct seglog **out, struct diag *d);

/** Close; the tail is synced. @param l Log, NULL is allowed. */
void seglog_close(struct seglog *l);

/**
 * Append one record. Not durable before seglog_sync(). A failed append leaves the log as it was:
 * what a full disk took of the record is cut off again.
 *
 * @param l    Log.
 * @param p    Octets.
 * @param len  1 .. 16 MiB.
 * @param d    Says why not, with the file's name.
 * @retval KK_OK
 * @retval KK_E_FULL  Disk or quota full; try again later.
 * @retval KK_E_IO
 */
int seglog_append(struct seglog *l, const void *p, size_t len, struct diag *d);

/**
 * Make all appended records durable (fdatasync). After a failure nobody knows what the disk holds,
 * and a second try would lie: what was appended since the last good sync is cut off again, so the
 * caller appends it anew or counts it as lost.
 *
 * @param l  Log.
 * @param d  Says why not, with the file's name.
 * @retval KK_OK
 * @retval KK_E_IO    Cut off.
 * @retval KK_E_FULL  Likewise.
 */
int seglog_sync(struct seglog *l, struct diag *d);

/** Where the next record will stand; what is synced ends at seglog_synced(). @param l Log. @return
 * Cursor. */
struct cursor seglog_end(const struct seglog *l);

/** Everything before this is durable; safe to call from other threads than the writer's. @param l
 * Log. @return Cursor. */
struct cursor seglog_synced(const struct seglog *l);

/**
 * Delete closed segments that every reader has passed and that are older than `keep_s`, compress
 * others. Slow (milliseconds to seconds): call it off the hot path, from any thread, one at a time.
 * A reader that is inside a segment goes on undisturbed. Trouble is logged with the file's name.
 *
 * @param l       Log.
 * @param passed  Every sink has durably taken what is before this.
 * @param now_s   UTC seconds.
 */
void seglog_trim(struct seglog *l, struct cursor passed, int64_t now_s);

/** What the log takes on disk. @param l Log. @param oldest Receives the number of the oldest
 * segment, 0 if the folder cannot be read. @return Octets of all segments' files. */
uint64_t seglog_octets(const struct seglog *l, uint64_t *oldest);

/**
 * Read from a cursor on; needs no writer, and no folder yet.
 *
 * @param dir   Folder.
 * @param from  First record to read; a cursor before the oldest segment starts at the oldest;
 * {0,0}: the oldest.
 * @param out   Receives the reader; seglog_reader_free() frees it.
 * @param d     Says why not.
 * @retval KK_OK
 */
int seglog_read_from(
    const char *dir, struct cursor from, struct seglog_reader **out, struct diag *d);

/**
 * The next record.
 *
 * @param r      Reader.
 * @param limit  Stop before this cursor (seglog_synced()); NULL: read to the last whole record.
 * @param p      Receives the octets, valid until the next call.
 * @param len    Receives their count.
 * @param next   Receives the cursor behind this record; may be NULL.
 * @param d      Says why not, with file and offset.
 * @retval KK_OK
 * @retval KK_END        Nothing more for now; later calls may find more.
 * @retval KK_E_CORRUPT  Damage in the middle: the reader has skipped the one record if the next is
 * whole, else the rest of the segment; the next call goes on behind it.
 * @retval KK_E_IO       And its kin: the same place is tried again in the next call.
 */
int seglog_next(struct seglog_reader *r, const struct cursor *limit, const void **p, size_t *len,
    struct cursor *next, struct diag *d);

/** @param r Reader, NULL is allowed. */
void seglog_reader_free(struct seglog_reader *r);

/** Compare two places. @param a One. @param b Other. @return <0, 0, >0. */
int cursor_cmp(struct cursor a, struct cursor b);

#endif
