/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spool.h - batches that wait on disk, in order and up to a bound, until the collector has them: a
 * lib/seglog.h of batches and of marks how far they were answered. Outlives the probe: the next one
 * goes on where the last mark stands, so a batch may come twice and never not at all.
 */
#ifndef KK_PROBES_SPOOL_H
#define KK_PROBES_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/batch_wire.h"
#include "lib/err.h"
#include "lib/sink.h"

struct spool;

struct spool_stats {
	uint64_t lost;	       /* batches that were dropped before they were read */
	uint64_t entries_lost; /* in them */
	uint64_t damaged;      /* places that could not be read */
	uint64_t cuts; /* times that what was put last was cut off, as the disk did not take it */
};

/* A batch as it was put; `octets` live until the next call. */
struct spooled {
	const uint8_t *octets;
	size_t len;
	struct batch_head head;
	unsigned entries;
	struct cursor behind; /* for spool_passed() */
};

/**
 * Open, or make; one process at a time.
 *
 * @param dir         Folder, made if need be.
 * @param octets_max  On disk, about; at least 1 MiB are taken.
 * @param out         Receives it; spool_close() frees it.
 * @param d           Why not, with the file's name.
 * @retval KK_OK
 * @retval KK_E_BUSY  Another process has it.
 * @retval KK_E_IO    And the other errors of seglog_open().
 */
int spool_open(const char *dir, uint64_t octets_max, struct spool **out, struct diag *d);

/** Close; what waits is durable. @param s Spool, NULL is allowed. */
void spool_close(struct spool *s);

/**
 * Append a batch. It outlives this process, and with spool_sync() the machine. When there is no
 * room the oldest ones are dropped, told and counted.
 *
 * @param s    Spool.
 * @param p    A batch of lib/batch_wire.h.
 * @param len  Octets.
 * @param d    Why not, with the file's name.
 * @retval KK_OK
 * @retval KK_E_FULL  The disk has no room, whatever was dropped.
 * @retval KK_E_IO    And its kin. Perhaps with a loss, as of spool_sync().
 */
int spool_put(struct spool *s, const void *p, size_t len, struct diag *d);

/**
 * Make durable what was put. What is lost when that fails is counted; where batches stood that were
 * read before says nothing any more, and must not be given to spool_passed().
 *
 * @param s  Spool.
 * @param d  Why not.
 * @retval KK_OK
 * @retval KK_E_IO  And its kin.
 */
int spool_sync(struct spool *s, struct diag *d);

/**
 * The next batch that was not read yet, of this process or of one before it. What is damaged is
 * told in the log, with file and octet, and skipped.
 *
 * @param s   Spool.
 * @param b   Receives it.
 * @param d   Why not.
 * @retval KK_OK
 * @retval KK_END  There is none.
 * @retval KK_E_IO And its kin: to be tried again.
 */
int spool_next(struct spool *s, struct spooled *b, struct diag *d);

/** Batches up to there need not wait any more. @param s Spool. @param behind Of the last one. */
void spool_passed(struct spool *s, struct cursor behind);

/** @param s Spool. @return Batches that spool_next() has still to give. */
uint64_t spool_unread(const struct spool *s);

/** @param s Spool. @return Borrowed counters. */
const struct spool_stats *spool_stats(const struct spool *s);

#endif
