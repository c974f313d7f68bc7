/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ingest.h - the samples socket: batches from probes in, checked, as samples with odometers out.
 *
 * Everything that comes is hostile until checked. A probe sends increments per interval; the
 * odometers are kept here, so that they outlive the probe. An interval of an (AP, source) is taken
 * once: it must not start before the newest taken one ended. A batch is answered when its samples
 * are durable in the journal, which the owner tells:
 *
 *     ingest_restore() per sample of store_restore(), once
 *     loop: when ingest_fd() is readable, ingest_run(); samples went to env.put
 *           store_commit() as for the poller's samples, then ingest_committed(batch number)
 *           when store_synced() has moved, ingest_synced(): answers go out
 *
 * One thread; nothing here waits.
 */
#ifndef KK_COLLECTOR_INGEST_H
#define KK_COLLECTOR_INGEST_H

#include <stddef.h>
#include <stdint.h>

#include "lib/clock.h"
#include "lib/daykey_wire.h"
#include "lib/err.h"
#include "lib/event.h"
#include "lib/sample.h"

#define INGEST_CLIENTS_MAX 64 /* connections at a time */

/* Why an entry or a batch was not taken: each has a counter and a name. */
#define INGEST_DROPS(X)                                                                            \
	X(MALFORMED, "malformed")   /* a batch that cannot be read: the connection is closed */    \
	X(REPEATED, "repeated")	    /* a batch that was taken before */                            \
	X(UNKNOWN_AP, "unknown_ap") /* an id that the inventory lacks */                           \
	X(SOURCE, "source")	/* not source `probe` or `radius`, or other metrics than theirs */ \
	X(OVERLAP, "overlap")	/* the interval starts before the newest taken one's end */        \
	X(FOREIGN, "foreign")	/* another probe delivers for this AP */                           \
	X(FUTURE, "future")	/* the interval ends after now */                                  \
	X(INTERVAL, "interval") /* it is empty, or longer than a day */                            \
	X(IMPLAUSIBLE, "implausible") /* more octets than any link carries, or an odometer full */ \
	X(CLIENTS, "clients")	      /* a connection too many */                                  \
	X(STORE_FULL, "store_full")   /* the store takes nothing now: the probe sends again */
#define INGEST_AS_DROP(id, name) INGEST_DROP_##id,
enum ingest_drop { INGEST_DROPS(INGEST_AS_DROP) INGEST_DROP_COUNT };

struct ingest_stats {
	uint64_t connections; /* accepted ever */
	uint64_t clients;     /* connected now */
	uint64_t batches;     /* taken */
	uint64_t entries;     /* taken */
	uint64_t samples;     /* handed to `put` */
	uint64_t events;      /* taken */
	uint64_t gaps;	      /* batches that a probe says it sent and that never came */
	uint64_t drops[INGEST_DROP_COUNT];
};

/* What ingest works with; plain, copied, what it points to is borrowed. */
struct ingest_env {
	const struct kk_clock *clock; /* NULL: the real one */
	const char *run_dir;	      /* the socket is run_dir/samples */
	const char *group;	      /* who may connect; NULL: kkachi-probe; left out if absent */
	void *ctx;		      /* for the two below */
	/* The inventory number of an AP in service; 0: there is none. */
	uint32_t (*device)(void *ctx, const char *id);
	/* Takes a sample (store_put). KK_OK, or KK_E_FULL: nothing was kept. */
	int (*put)(void *ctx, const struct sample *s);
	/* Takes an event of a probe, perhaps not for the first time. KK_OK, or KK_E_FULL: the batch
	 * comes again. NULL: events are passed over. */
	int (*event)(void *ctx, const char *probe, const struct event *e);
	/* The day's keys as probes get them, `which` from 0 on (daykeys_message()). 1, or 0: there
	 * is no such key. NULL: there are none. */
	int (*key)(void *ctx, unsigned which, uint8_t out[DAYKEY_WIRE_OCTETS]);
	/* Takes a probe's sketches (distinct_take()). KK_OK, or KK_E_SYNTAX and its kin: it is
	 * hung up. NULL: they are passed over. */
	int (*sketches)(void *ctx, const uint8_t *in, size_t len);
};

struct ingest;

/**
 * Listen on run_dir/samples (0660); a socket that nobody listens on is replaced.
 *
 * @param env  What to work with.
 * @param out  Receives it; ingest_free() frees it.
 * @param d    Why not, with the path.
 * @retval KK_OK
 * @retval KK_E_BUSY  Somebody listens there.
 * @retval KK_E_IO    And its kin from errno.
 */
int ingest_new(const struct ingest_env *env, struct ingest **out, struct diag *d);

/** Close all connections, remove the socket, free. @param in Ingest, NULL is allowed. */
void ingest_free(struct ingest *in);

/**
 * Take up where the last committed sample left off. Other sources' samples are ignored, so that
 * all of store_restore()'s can be handed on.
 *
 * @param in  Ingest.
 * @param s   Committed sample.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int ingest_restore(struct ingest *in, const struct sample *s);

/** For the owner's epoll: readable when ingest_run() has something to do. @param in Ingest.
 * @return An epoll descriptor. */
int ingest_fd(const struct ingest *in);

/**
 * Accept, read, check, hand samples to `put`. Never waits; takes a bounded number of batches per
 * call, so that the poller is not held up (the descriptor stays readable).
 *
 * @param in  Ingest.
 * @return    Samples handed to `put` in this call.
 */
size_t ingest_run(struct ingest *in);

/**
 * What was put until now is in this batch of the store.
 *
 * @param in     Ingest.
 * @param batch  store_commit()'s number; 0: nothing was put (need not be told); < 0: the commit
 * failed, and all that is not yet synced is forgotten, so that the probes send it again.
 */
void ingest_committed(struct ingest *in, int64_t batch);

/** The day's keys have changed, or it may be that somebody has not got them: hand them out to the
 * probes that asked. @param in Ingest. @param changed 1: to all of them again. */
void ingest_keys(struct ingest *in, int changed);

/** Answer every batch whose samples are durable by now. @param in Ingest. @param batch
 * store_synced(). */
void ingest_synced(struct ingest *in, int64_t batch);

/** @param in Ingest. @return Borrowed counters. */
const struct ingest_stats *ingest_stats(const struct ingest *in);

/** Name of a reason. @param reason enum ingest_drop. @return Static text. */
const char *ingest_drop_name(unsigned reason);

#endif
