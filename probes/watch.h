/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * watch.h - what takes more than one packet to be known, joined: exchanges, accounting sessions,
 * clients that roam. From what packets say at length to the figures of access points.
 *
 * An access point is a key of the caller's here, which stays the same from interval to interval; 0
 * is the one that nobody knows. All memory is taken at once: watch.c says how much.
 */
#ifndef KK_PROBES_WATCH_H
#define KK_PROBES_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "probes/figures.h"
#include "probes/sessions.h"

struct watch;

/* Whose figures they are. */
struct watch_sink {
	void *ctx;
	/* The sums of an access point; until the next call. */
	struct figures *(*figures)(void *ctx, uint64_t ap);
	/* Whether two keys are of one access point. */
	int (*is_same)(void *ctx, uint64_t a, uint64_t b);
};

/** @return NULL: out of memory; watch_free() frees it. */
struct watch *watch_new(void);

/** Clients are hashed with another key now: forget those of before, and what was begun with them.
 * Accounting sessions go on, without their clients. @param w Watch. @return 0: out of memory,
 * nothing was forgotten. */
int watch_turn(struct watch *w);

/** @param w Watch, NULL is allowed. */
void watch_free(struct watch *w);

/**
 * Take a packet that is no copy of one that was taken.
 *
 * @param w       Watch.
 * @param s       What it is.
 * @param d       What it says at length.
 * @param ap      Whose it is.
 * @param named   Which other access point it names: where a client that reassociates comes from,
 *                DHCP's relay, RADIUS's Called-Station-Id; 0: none.
 * @param now_us  When it was captured.
 * @param sink    Receives.
 */
void watch_take(struct watch *w, const struct seen *s, const struct detail *d, uint64_t ap,
    uint64_t named, int64_t now_us, const struct watch_sink *sink);

/** Take a TCP segment. @param w Watch. @param t What it says. @param direction Its way. @param
 * now_us When. @param sums Receives what it measures. */
void watch_tcp(struct watch *w, const struct detail_tcp *t, enum seen_direction direction,
    int64_t now_us, struct rtt_sums *sums);

/** Have what a packet needs in the cache soon. @param w Watch. @param d What it says at length. */
void watch_foresee(const struct watch *w, const struct detail *d);

/** Give up what was silent for too long. @param w Watch. @param now_us Time. @param sink Receives
 * it. */
void watch_tick(struct watch *w, int64_t now_us, const struct watch_sink *sink);

/** Every accounting session that is open. @param w Watch. @param each Receives its access point.
 * @param arg For it. */
void watch_sessions(const struct watch *w, session_open *each, void *arg);

#endif
