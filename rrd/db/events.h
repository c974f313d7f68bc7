/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * events.h - what probes saw happen on the air, kept with its evidence: one row per event, exactly
 * once, however often a probe tells it.
 *
 * An event is open until its probe says that it ended, or says nothing of it for an hour and a half
 * (it tells open ones every quarter of an hour): then it has lapsed, and a later word opens it
 * again. The newest 100,000 are kept.
 */
#ifndef KK_RRD_DB_EVENTS_H
#define KK_RRD_DB_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/event.h"
#include "rrd/db/db.h"

#define EVENTS_PROBE_MAX 81 /* octets of a probe's name, with NUL */
#define EVENTS_LAPSE_S	 5400
#define EVENTS_KEPT	 100000

enum event_state { EVENT_OPEN, EVENT_OVER, EVENT_LAPSED };

/* What a word on an event meant. */
enum event_news { EVENT_NOTHING_NEW, EVENT_BEGAN, EVENT_ENDED };

/* A kept event. */
struct event_row {
	int64_t num; /* of the row: counts up */
	char probe[EVENTS_PROBE_MAX];
	uint8_t state;	 /* enum event_state */
	uint32_t device; /* the access point of `e.ap`; 0: the inventory lacks it */
	int64_t told_s;	 /* when it was told last, UTC seconds */
	struct event e;
};

/* Which ones. */
struct event_query {
	int64_t since_s; /* heard at this time or later, UTC seconds */
	int kind;	 /* enum event_kind; -1: all */
	uint32_t device; /* 0: all */
	int open;	 /* 1: only those that are open */
	size_t max;	 /* the newest so many; 0: all */
};

/**
 * Keep a word on an event, in a transaction of its own. Never waits for another writer, as the
 * poller calls it.
 *
 * @param db      Writing connection.
 * @param probe   Who tells it.
 * @param e       What is told.
 * @param device  Inventory number of `e->ap`; 0: none.
 * @param now_s   UTC seconds.
 * @param news    Receives what it meant.
 * @param d       Why not.
 * @retval KK_OK
 * @retval KK_E_BUSY   Another process is writing: try again later.
 * @retval KK_E_RANGE  Not a valid event.
 * @retval KK_E_DB     And the other errors of db_error(); nothing was kept.
 */
int events_put(struct db *db, const char *probe, const struct event *e, uint32_t device,
    int64_t now_s, enum event_news *news, struct diag *d);

/**
 * Let lapse what nobody tells of any more, and forget the oldest. Never waits.
 *
 * @param db     Writing connection.
 * @param now_s  UTC seconds.
 * @param d      Why not.
 * @retval KK_OK
 * @retval KK_E_BUSY  Another process is writing: try again later.
 * @retval KK_E_DB    And the other errors of db_error().
 */
int events_lapse(struct db *db, int64_t now_s, struct diag *d);

/**
 * Read events, those that began last first.
 *
 * @param db    Connection.
 * @param q     Which ones.
 * @param each  Called per event; the row lives during the call.
 * @param ctx   For `each`.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_DB  And the other errors of db_error().
 */
int events_read(struct db *db, const struct event_query *q,
    void (*each)(void *ctx, const struct event_row *row), void *ctx, struct diag *d);

/** @param state enum event_state. @return "open", "over", "lapsed"; "?" for another. */
const char *events_state_name(unsigned state);

#endif
