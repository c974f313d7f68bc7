/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sender.h - samples to kkachid over its socket: batches that wait, in memory or in a spool on disk
 * and up to a bound, until they are answered as durable. What has no room is lost, counted and
 * told.
 */
#ifndef KK_PROBES_SENDER_H
#define KK_PROBES_SENDER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/clock.h"
#include "lib/daykey_wire.h"
#include "lib/err.h"
#include "lib/event.h"
#include "lib/sample.h"

struct sender;

struct sender_stats {
	uint64_t batches;  /* made */
	uint64_t answered; /* durable at the collector */
	uint64_t lost;	   /* dropped for want of room, oldest first */
	uint64_t entries_lost;
	uint64_t connects;
};

struct sender_options {
	const char *socket;    /* path; borrowed */
	const char *probe;     /* this probe's name; borrowed */
	const char *spool;     /* folder; NULL: batches wait in memory; borrowed */
	uint64_t spool_octets; /* of the spool */
	size_t octets_max;     /* of batches that wait in memory; 0: 16 MiB */
	void *ctx;	       /* for `key` */
	/* Takes a day's key, perhaps one that it has; wiped when it returns. NULL: no key is asked
	 * for, else the connection is kept also when nothing waits. */
	void (*key)(void *ctx, const struct daykey *key);
	const struct kk_clock *clock; /* NULL: the real one */
};

/**
 * @param o    Options; copied.
 * @param out  Receives it; sender_free() frees it.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_RANGE  The path is too long, or the name is none.
 * @retval KK_E_NOMEM
 * @retval KK_E_BUSY  And the other errors of spool_open().
 */
int sender_new(const struct sender_options *o, struct sender **out, struct diag *d);

/** Forgets what waits in memory. @param s Sender, NULL is allowed. */
void sender_free(struct sender *s);

/**
 * Add an interval of an access point to the batch.
 *
 * @param s        Sender.
 * @param ap       The city's id.
 * @param from_cs  Start of the interval.
 * @param sample   Increments; its time is the end.
 * @retval KK_OK
 * @retval KK_E_RANGE  Not a valid id or sample: not added.
 * @retval KK_E_NOMEM
 */
int sender_put(struct sender *s, const char *ap, int64_t from_cs, const struct sample *sample);

/**
 * Add an event to the batch.
 *
 * @param s  Sender.
 * @param e  Event.
 * @retval KK_OK
 * @retval KK_E_RANGE  Not a valid event: not added.
 */
int sender_put_event(struct sender *s, const struct event *e);

/**
 * Say something now that is neither kept nor answered: sketches.
 *
 * @param s        Sender.
 * @param message  Octets of one message.
 * @param len      How many.
 * @retval KK_OK
 * @retval KK_E_BUSY    The socket is full: try again.
 * @retval KK_E_CLOSED  Nobody is connected.
 */
int sender_say(struct sender *s, const uint8_t *message, size_t len);

/** The batch is complete: queue it, on disk if there is a spool. @param s Sender. */
void sender_commit(struct sender *s);

/**
 * Connect, send, read answers, as far as it goes without waiting.
 *
 * @param s  Sender.
 * @return   Milliseconds after which to call it again at the latest; -1: no need.
 */
int sender_run(struct sender *s);

/** For poll(). @param s Sender. @param events Receives POLLIN, POLLOUT. @return -1: not connected.
 */
int sender_fd(const struct sender *s, short *events);

/** Batches that are not answered yet. @param s Sender. @return Count. */
size_t sender_waiting(const struct sender *s);

/** @param s Sender. @return Borrowed counters. */
const struct sender_stats *sender_stats(const struct sender *s);

#endif
