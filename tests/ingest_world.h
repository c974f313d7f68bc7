/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ingest_world.h - a store in memory and a collector over it, and probes that deliver to it. */
#ifndef KK_TESTS_INGEST_WORLD_H
#define KK_TESTS_INGEST_WORLD_H

#include "collector/ingest.h"
#include "lib/batch_wire.h"
#include "tests/harness.h"

#define T0_CS	  INT64_C(162774000000) /* a full minute */
#define MINUTE_CS 6000

/* A store in memory, and a collector over it. */
struct world {
	char dir[64];
	struct kk_clock clock;
	struct ingest *in;
	struct sample kept[64];
	struct counter reason[64][4];
	int events;	   /* taken */
	int sketches;	   /* messages of them */
	int keys;	   /* how many there are */
	int n, full, room; /* `room` puts are taken, then it is full; 0: no such limit */
	int64_t batches;
	int set_back; /* the clock was: times may fall once */
};

/** What the collector is given of the world. @param w World; borrowed. @return As ingest_new()
 * wants it. */
struct ingest_env world_env(struct world *w);

/** @return A world whose collector knows AP-1 and AP-2, and was started; world_free() it. */
struct world *world_new(void);

/** @param w World. */
void world_free(struct world *w);

/** Start the collector anew, from what was kept; the one before was ended by ingest_free(). @param
 * w World. */
void world_start(struct world *w);

/** @param w World. @return A connection to its collector; close() it. */
int world_dial(const struct world *w);

/** Everything the collector's loop does when the socket is readable. @param w World. @param commit
 * 0: the commit fails. */
void world_turn(struct world *w, int commit);

/** What passed in an interval. @param end_cs Its end, UTC, 1/100 s. @param down Octets. @param up
 * Octets. @param clients Clients. @return A probe's sample. */
struct sample world_increments(int64_t end_cs, int64_t down, int64_t up, int64_t clients);

/** Send a batch of one sample. @param fd Connection. @param head Whose batch. @param id Access
 * point.
 * @param from_cs Begin of the interval, UTC, 1/100 s. @param s Sample. */
void world_deliver(
    int fd, const struct batch_head *head, const char *id, int64_t from_cs, const struct sample *s);

/** Send minute `m` of an access point: 100 octets down and 10 up times (m + 1). @param fd
 * Connection. @param run Of the probe. @param sequence Of the batch. @param id Access point. @param
 * m Minute since T0_CS. */
void world_minute(int fd, uint64_t run, uint64_t sequence, const char *id, int m);

/** @param fd Connection. @return The newest answer; 0: none, -1: the connection was closed. */
int64_t world_answered(int fd);

/** Check the odometers that were kept last. @param w World. @param down Octets. @param up Octets.
 */
void world_check_last(const struct world *w, int64_t down, int64_t up);

#endif
