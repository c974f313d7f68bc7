/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sessions.h - RADIUS accounting messages to sessions and octets per access point. Counters are
 * cumulative within a session and messages are repeated, late or lost: what comes out is what was
 * added, each octet once, never negative, and unknown where it is unknown.
 *
 * Pure, on the captures' time. All memory is taken at once: about 150 octets per session.
 */
#ifndef KK_PROBES_SESSIONS_H
#define KK_PROBES_SESSIONS_H

#include <stddef.h>
#include <stdint.h>

#include "probes/dec/detail.h"

enum session_end {
	SESSION_GOES_ON,
	SESSION_STOPPED,   /* says the device */
	SESSION_MOVED,	   /* to another access point: its next part starts there */
	SESSION_DEVICE,	   /* the device that accounts went down or came up */
	SESSION_REPLACED,  /* a new session of its number started */
	SESSION_TIMED_OUT, /* nothing was heard of it */
};

/* What one message adds; of a session that found no room: that it is not known. */
struct session_delta {
	uint64_t ap;	  /* as given to sessions_take(), 0: unknown */
	uint64_t client;  /* pseudonym, 0: unknown */
	uint64_t up;	  /* octets from the client, if up_known */
	uint64_t down;	  /* octets to the client, if down_known */
	uint8_t up_known; /* 0: they cannot be known; more than 0 may have been added */
	uint8_t down_known;
	uint8_t started;
	uint8_t ended; /* enum session_end */
};

/* Messages and sessions, since the table was made. */
struct sessions_stats {
	uint64_t started;    /* sessions whose start was seen */
	uint64_t ended;	     /* by their own stop */
	uint64_t adopted;    /* known from their middle on */
	uint64_t orphans;    /* stopped without anything before */
	uint64_t duplicates; /* messages sent again */
	uint64_t late;	     /* messages that newer ones overtook */
	uint64_t restarts;   /* counters that went back: what was added is unknown */
	uint64_t timed_out;  /* sessions */
	uint64_t by_device;  /* sessions that Accounting-On or -Off closed */
	uint64_t replaced;   /* sessions whose number started anew */
	uint64_t moved;	     /* sessions that changed the access point */
	uint64_t full;	     /* messages that found no room */
	uint64_t unusable;   /* requests without session or known status */
};

struct sessions;

/** What receives deltas. @param arg Its own. @param delta What a message added; until it returns.
 */
typedef void session_sink(void *arg, const struct session_delta *delta);

/** @param capacity Sessions at once, 1 to 2^24. @param timeout_s Without a message a session ends,
 * seconds. @return NULL: out of memory; sessions_free() frees it. */
struct sessions *sessions_new(size_t capacity, int timeout_s);

/** @param s Sessions, NULL is allowed. */
void sessions_free(struct sessions *s);

/**
 * Take a message.
 *
 * @param s       Sessions.
 * @param r       Message; answers are passed over.
 * @param ap      Which access point it names; a key of the caller's, 0: none.
 * @param now_us  When it was captured.
 * @param sink    Receives what it adds, and sessions that timed out by now.
 * @param arg     For sink.
 */
void sessions_take(struct sessions *s, const struct detail_radius *r, uint64_t ap, int64_t now_us,
    session_sink *sink, void *arg);

/** End sessions that nothing was heard of. @param s Sessions. @param now_us Time. @param sink
 * Receives them. @param arg For sink. */
void sessions_tick(struct sessions *s, int64_t now_us, session_sink *sink, void *arg);

/** What receives open sessions. @param arg Its own. @param ap Access point, 0: unknown. */
typedef void session_open(void *arg, uint64_t ap);

/** Every session that is open now. @param s Sessions. @param sink Receives them. @param arg For
 * sink. */
void sessions_each(const struct sessions *s, session_open *sink, void *arg);

/** @param s Sessions. @return Its counters, as long as it lives. */
const struct sessions_stats *sessions_stats(const struct sessions *s);

/** Clients are hashed with another key now: forget those of open sessions, until a message names
 * them again. @param s Sessions. */
void sessions_turn(struct sessions *s);

#endif
