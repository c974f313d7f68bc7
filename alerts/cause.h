/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cause.h - from many silent devices to the few that failed: the tree of uplinks. Pure.
 *
 * - A silent device whose uplinks all are cut off is unreachable; its cause is the topmost one cut.
 * - A device that is not asked itself (or never answered) counts as cut when two or more branches
 *   below it are silent and nothing below it answers.
 * - An answer from below proves that what it must have passed through is at work, though silent.
 * - Above the devices without an uplink stands the collector: when CAUSE_CITY_MIN or more of them
 *   are silent and none answers, it is the collector that is cut off.
 * - Polls are spread over the interval, so the branches of one cut fall silent, and come back, one
 *   after another: until what is above a device is decided, its own failure is `pending`.
 */
#ifndef KK_ALERTS_CAUSE_H
#define KK_ALERTS_CAUSE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

#define CAUSE_NONE	(-1)
#define CAUSE_COLLECTOR (-2)
#define CAUSE_CITY_MIN	20

/* One device in the tree. */
struct cause_node {
	/* In. */
	int32_t up[2];	    /* index of uplink and uplink2, -1: none or not known */
	uint8_t evidence;   /* enum evidence */
	int64_t answered_s; /* newest answer, UTC seconds */
	int64_t silent_s;   /* first silence since, 0: none */
	int64_t up_since_s; /* ALIVE: answers since */
	/* Out. */
	int32_t root; /* index of what failed (itself, or above it), CAUSE_NONE, CAUSE_COLLECTOR */
	uint8_t proven;	  /* at work: it or something that needs it answers */
	uint8_t cut;	  /* carries nothing */
	uint8_t inferred; /* cut by what is below it, not by its own silence */
	uint8_t pending;  /* a root that is not to be told of yet */
	int64_t since_s;  /* cut or silent since */
	int64_t proof_s;  /* proven since, 0: unknown */
};

/**
 * Find causes.
 *
 * @param node    Devices; uplinks may form rings, name themselves or nothing.
 * @param n       How many, below INT32_MAX.
 * @param wait_s  What was silent before its uplink came back gets so long to answer again, seconds.
 * @param now_s   UTC seconds.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int cause_find(struct cause_node *node, size_t n, int64_t wait_s, int64_t now_s);

#endif
