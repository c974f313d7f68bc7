/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_in.h - the inside of struct store, for store*.c only. */
#ifndef KK_RRD_STORE_IN_H
#define KK_RRD_STORE_IN_H

#include <pthread.h>
#include <stdatomic.h>

#include "lib/log.h"
#include "rrd/archive/archive.h"
#include "rrd/journal.h"
#include "rrd/ledger.h"
#include "rrd/live.h"
#include "rrd/store.h"

#define STORE_QUEUE_OCTETS                                                    \
	(64u << 20) /* so much waits in memory while the journal cannot write \
		     */
#define STORE_WISHES  256
#define STORE_RETRY_S 10 /* a sink that could not be opened */

/* Samples on their way to the journal, encoded. */
struct batch {
	struct batch *next;
	int64_t number;
	uint8_t *octets;
	size_t len, room;
	uint32_t samples;
};

struct wish {
	int64_t ticket;
	int rc;
	char key[ROSTER_KEY];
};

/* A sink as the store sees it. Only its own thread touches it, but `durable`, `ok` and the counts,
 * which are under the store's lock. */
struct keeper {
	struct feed *feed;
	int64_t retry_ms; /* monotonic; when to open it again */
	struct complaint complaint;
	struct cursor durable;
	int known; /* `durable` has been read */
	int ok;
	int64_t trouble_ms; /* monotonic time since which it is not ok */
};

struct store {
	const struct conf *conf;
	int threads;
	struct journal *journal;
	struct live *live;
	struct ledger *ledger;
	struct archive *archive;
	struct keeper ledger_keeper, archive_keeper;
	struct sink counted; /* the ledger's sink, with its samples counted */

	/* The caller's thread only. */
	struct batch *building;
	int64_t batches, tickets;

	pthread_t keep_thread, ledger_thread, archive_thread, trim_thread;
	unsigned started; /* how many of them run */
	int event_fd;
	_Atomic int64_t synced;
	_Atomic uint64_t put, dropped, journal_octets, ledger_samples;

	pthread_mutex_t lock;
	pthread_cond_t work;  /* the queue has grown, or it is time to stop */
	pthread_cond_t moved; /* the journal has grown, a wish, a roster, or stop */
	/* Under the lock from here on. */
	struct batch *head, **tail, *spare;
	size_t queued;	  /* octets from `head` on, and in the keeper's hands */
	int stopping;	  /* no more batches will come */
	int journal_done; /* the keeper has ended: sinks read on to the end and stop */
	int journal_ok;
	struct roster *roster; /* for the archives' thread to fetch */
	struct wish wish[STORE_WISHES], done[STORE_WISHES];
	unsigned wishes, dones;
	struct archive_stats archive_stats;
};

/** Append and sync a chain of batches, and show them in the live table. @param s Store. @param b
 * Chain. @param d Why not. @return The first batch that is not committed; NULL: all are. */
struct batch *store_keep(struct store *s, struct batch *b, struct diag *d);

/** The keeper's thread. @param arg Store. @return NULL. */
void *store_keep_main(void *arg);

/** The ledger's thread. @param arg Store. @return NULL. */
void *store_ledger_main(void *arg);

/** The archives' thread. @param arg Store. @return NULL. */
void *store_archive_main(void *arg);

/** The thread that trims and compresses the journal. @param arg Store. @return NULL. */
void *store_trim_main(void *arg);

/** Open the ledger if it is not, and hand on what the journal has. @param s Store. @retval KK_OK
 * Up to date. @return Or why not; it was complained of. */
int store_step_ledger(struct store *s);

/** The same for the archives. @param s Store. @param records At most this many; 0: all. @retval
 * KK_OK Something was taken. @retval KK_END Up to date. @return Or why not. */
int store_step_archives(struct store *s, unsigned records);

/** Let store_stats() see what the archives have done. @param s Store; the archives are open. */
void store_copy_stats(struct store *s);

/** What every sink has passed. @param s Store. @return Cursor. */
struct cursor store_passed(struct store *s);

/** Wait on a condition for at most so long. @param s Store, locked. @param c Condition. @param ms
 * Milliseconds. */
void store_wait(struct store *s, pthread_cond_t *c, unsigned ms);

/** Make the event descriptor readable. @param s Store. */
void store_signal(struct store *s);

#endif
