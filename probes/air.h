/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * air.h - which networks are on the air, and what is wrong with them: the city's name sent by a
 * BSSID that the map does not know, names that should be off the air, floods of farewells.
 *
 * A network is a BSSID with a name. The table is bounded; the network that was not heard of for
 * longest makes room, but not one that an event is open about. A network is told when three frames
 * named it (one alone may be damaged), and as gone when it was not heard for 10 minutes; in between
 * it is told every quarter of an hour. Names of strangers' networks stay in this table.
 *
 * Pure: time is the packets' own. All memory is taken at once: some 200 octets per network.
 */
#ifndef KK_PROBES_AIR_H
#define KK_PROBES_AIR_H

#include <stddef.h>
#include <stdint.h>

#include "lib/event.h"
#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "probes/hearing.h"
#include "probes/map.h"

#define AIR_NETWORKS_MAX 4096
#define AIR_EVENTS_MAX	 128 /* open at a time, of one kind */

struct air_network {
	uint64_t bssid;
	struct ssid ssid;  /* of length 0: hidden */
	uint32_t ap;	   /* index for map_ap(); OWN_NONE: not of the map */
	uint16_t security; /* enum detail_security, heard last; 0: not heard */
	uint64_t beacons, responses;
	struct hearing heard;
};

struct air_options {
	const struct ssid_list *ssids;	/* the city's; borrowed; NULL: none */
	const struct ssid_list *legacy; /* that should be off the air; borrowed; NULL: none */
	unsigned flood;			/* farewells within 10 s; 0: floods are not told */
	size_t networks_max;		/* 1 to 2^20; 0: AIR_NETWORKS_MAX */
};

/* Who is told. */
struct air_sink {
	void *ctx;
	void (*event)(void *ctx, const struct event *e); /* `e` lives during the call */
};

struct air_stats {
	uint64_t forgotten; /* networks that made room for others */
	uint64_t untold;    /* events that were not told, as too many were open */
};

struct air;

/**
 * @param o     Options; copied.
 * @param map   What the city's are; borrowed. NULL, or without BSSIDs: nobody is a stranger.
 * @param sink  Who is told; copied.
 * @param out   Receives it; air_free() frees it.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int air_new(const struct air_options *o, const struct map *map, const struct air_sink *sink,
    struct air **out, struct diag *d);

/** @param a Air, NULL is allowed. */
void air_free(struct air *a);

/**
 * Another map. Twins that are the city's by now end.
 *
 * @param a    Air.
 * @param map  Map; borrowed.
 * @retval KK_OK
 * @retval KK_E_NOMEM  The old map stays.
 */
int air_map(struct air *a, const struct map *map);

/** Note a management frame; others than beacons, probe responses and farewells are left out. @param
 * a Air. @param time_us When it was captured, UTC, microseconds. @param s The frame. @param m What
 * it says. */
void air_hear(
    struct air *a, int64_t time_us, const struct seen *s, const struct detail_management *m);

/** Tell what ended or goes on. @param a Air. @param now_us UTC, microseconds. */
void air_advance(struct air *a, int64_t now_us);

/** All networks, by BSSID and name. @param a Air. @param ctx For `each`. @param each Is given one;
 * it lives until the next air_hear(). @return 0: out of memory. */
int air_networks(
    const struct air *a, void *ctx, void (*each)(void *ctx, const struct air_network *n));

/** @param a Air. @param out Receives the counters. */
void air_stats(const struct air *a, struct air_stats *out);

#endif
