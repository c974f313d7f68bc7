/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_in.h - what engine.c, which sends and waits, and engine_take.c, which receives, share;
 * nobody else includes it. */
#ifndef KK_COLLECTOR_ENGINE_IN_H
#define KK_COLLECTOR_ENGINE_IN_H

#include "collector/snmp/agents.h"
#include "collector/snmp/engine.h"
#include "collector/snmp/slots.h"
#include "collector/snmp/subnets.h"

#define BATCH	     64
#define RECEIVE_ROOM 16384 /* octets; a longer answer is malformed */

struct engine {
	struct net net;
	const struct kk_clock *clock;
	int64_t timeout_us;
	unsigned tries; /* at the most, the first included */
	struct slots slots;
	struct agents agents;
	struct subnets subnets;
	struct slot_list queue; /* wait to be sent */
	/* Sent, by deadline: all in one of these wait equally long. */
	struct slot_list waiting, halfway, last;
	unsigned lane, lane_run; /* the lane in use, and how many it has had */
	int closing;
	int64_t now_us;
	struct answer_reader *reader;
	struct engine_stats stats;
	struct answer answer;
	struct datagram out[BATCH], in[BATCH];
	uint8_t *send_room, *receive_room;
};

/** Look at the clock. @param e Engine; receives `now_us`. */
void engine_look(struct engine *e);

/** A slot of no list wants to be sent. @param e Engine. @param s Slot. */
void engine_enqueue(struct engine *e, struct slot *s);

/** Take a slot out of the list in which it stands. @param e Engine. @param s Slot. */
void engine_unlist(struct engine *e, struct slot *s);

/** A request is over: its slot is free before `done` runs, so that `done` may ask the same peer
 * again. @param e Engine. @param s Its slot; gone. @param rc As in ask_done_cb. @param a Its
 * answer. */
void engine_finish(struct engine *e, struct slot *s, int rc, const struct answer *a);

/** Take a batch of what has come. @param e Engine. @return 1: there may be more. */
int engine_receive(struct engine *e);

#endif
