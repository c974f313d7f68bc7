/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hearing.h - when, where and how strongly something was heard on the air; and which BSSIDs are the
 * city's own. What air.c and flood.c share. */
#ifndef KK_PROBES_HEARING_H
#define KK_PROBES_HEARING_H

#include <stddef.h>
#include <stdint.h>

#include "lib/event.h"
#include "probes/dec/detail.h"
#include "probes/map.h"

#define HEARING_CHANNELS 4
#define OWN_NONE	 UINT32_MAX

struct hearing {
	int64_t first_us, last_us;	   /* UTC, microseconds; 0: not yet */
	int8_t signal_last, signal_best;   /* dBm, or EVENT_NO_SIGNAL */
	uint8_t channels;		   /* how many, up to HEARING_CHANNELS */
	uint8_t channel[HEARING_CHANNELS]; /* newest first */
};

/** Note a frame. @param h Zeroed at first. @param time_us UTC, microseconds. @param m The frame. */
void hearing_add(struct hearing *h, int64_t time_us, const struct detail_management *m);

/** Put it into an event. @param h What was heard. @param e Receives times, channel, signals. */
void hearing_tell(const struct hearing *h, struct event *e);

/* The BSSIDs of a map. */
struct own;

/** @param map Map, NULL is allowed: none. @return NULL: out of memory; own_free() frees it. */
struct own *own_new(const struct map *map);

/** @param own BSSIDs, NULL is allowed. */
void own_free(struct own *own);

/** @param own BSSIDs. @return 1: the map names BSSIDs, so that another one is a stranger's. */
int own_known(const struct own *own);

/** Whose a BSSID is. @param own BSSIDs. @param bssid 48 bits. @return Index for map_ap(); OWN_NONE:
 * nobody's of the city. */
uint32_t own_find(const struct own *own, uint64_t bssid);

#endif
