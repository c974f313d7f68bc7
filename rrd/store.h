/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h - the journal and its sinks joined: what kkachid hands its samples to.
 *
 * With threads (the daemon): store_put() copies into a batch in memory, store_commit() hands the
 * batch to the keeper thread (append, sync, live table), which wakes the ledger's and the archives'
 * threads; each sink reads the journal from its own cursor, so that none holds up another, nor the
 * poller. Without threads (--once): store_commit() does journal, live table and ledger before it
 * returns, store_archives() the rest.
 */
#ifndef KK_RRD_STORE_H
#define KK_RRD_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/conf.h"
#include "lib/sample.h"
#include "rrd/db/inventory.h"

struct store;

/**
 * Open journal, live table, ledger and archives; catch the sinks up with the journal's tail.
 *
 * @param c        Configuration; borrowed.
 * @param threads  1: daemon; 0: everything in the caller's thread.
 * @param out      Receives the store; store_close() frees it.
 * @param d        Why not; KK_E_BUSY: another kkachid has this state directory.
 * @retval KK_OK   Also when a sink (ledger, archives) cannot work yet: it is complained of, and
 * tried again.
 * @retval KK_E_BUSY
 * @retval KK_E_IO
 */
int store_open(const struct conf *c, int threads, struct store **out, struct diag *d);

/** Commit what waits, stop the threads, write the archives, free. @param s Store, NULL is allowed.
 */
void store_close(struct store *s);

/**
 * The newest committed sample of every (device, source): the ledger's, or the journal's where that
 * is newer.
 *
 * @param s     Store.
 * @param each  Called per sample; it lives during the call.
 * @param ctx   For `each`.
 * @param d     Why not.
 * @retval KK_OK
 */
int store_restore(
    struct store *s, void (*each)(void *ctx, const struct sample *s), void *ctx, struct diag *d);

/** Tell the archives which devices there are. @param s Store. @param inv Snapshot; borrowed until
 * the next call or store_close(). */
void store_inventory(struct store *s, const struct inventory *inv);

/**
 * Add a sample to the batch (encodes it; allocates nothing but to grow the batch).
 *
 * @param s       Store.
 * @param sample  Copied.
 * @retval KK_OK Done.
 * @retval KK_E_FULL   The keeper is far behind (disk full): the sample is dropped and counted;
 * odometers lose nothing, as later samples carry absolute values.
 */
int store_put(struct store *s, const struct sample *sample);

/**
 * Hand the batch on. With threads: returns at once. Without: journal, live table and ledger are
 * committed.
 *
 * @param s  Store.
 * @param d  Why not (without threads); the trouble is complained of in any case.
 * @return   Number of this batch, 1 and up (0: it was empty), or KK_E_...: the batch is dropped,
 * with its samples counted.
 */
int64_t store_commit(struct store *s, struct diag *d);

/** The newest batch that is durable in the journal; any thread. @param s Store. @return Batch
 * number, 0: none yet. */
int64_t store_synced(const struct store *s);

/** A descriptor that becomes readable when store_synced() has moved or a flush has ended; read 8
 * octets to re-arm. @param s Store. @return eventfd, -1 without threads. */
int store_event_fd(const struct store *s);

/** Without threads: write all archives. @param s Store. @param d Why not. @retval KK_OK */
int store_archives(struct store *s, struct diag *d);

/**
 * A reader's wish: bring one archive up to date. Ends from inside store_flush_done() calls.
 *
 * @param s    Store.
 * @param key  archive_key().
 * @return     Ticket, 1 and up, or KK_E_FULL.
 */
int64_t store_flush(struct store *s, const char *key);

/** Which flush has ended. @param s Store. @param ticket Receives it. @return 1: one has, with its
 * result in `rc`; 0: none. @param rc Receives KK_OK or KK_E_... */
int store_flush_done(struct store *s, int64_t *ticket, int *rc);

/* For the status. Plain values. */
struct store_stats {
	uint64_t samples_put, samples_dropped, batches, journal_octets;
	uint64_t ledger_samples, archive_samples, archive_visits, archive_waiting;
	int ledger_ok, archives_ok, journal_ok; /* 0: in trouble, told in the log */
};

/** Copy the counters out; any thread. @param s Store. @param out Receives them. */
void store_stats(const struct store *s, struct store_stats *out);

#endif
