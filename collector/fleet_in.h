/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet_in.h - what fleet.c, which polls, and fleet_follow.c, which follows the inventory, share;
 * nobody else includes it. */
#ifndef KK_COLLECTOR_FLEET_IN_H
#define KK_COLLECTOR_FLEET_IN_H

#include "collector/fleet.h"

/* One polled device. */
struct member {
	struct sweep_item item; /* first: the sweep hands it back */
	struct fleet *fleet;
	struct target *target;
	uint32_t num;
	uint64_t print; /* of all that makes its target what it is */
	int64_t begun_ms;
	int32_t took_ms, mean_8ms; /* newest poll; the mean of the last ones, 1/8 ms */
	uint32_t sweep;		   /* the one in which its newest poll was started */
	int fresh;
};

struct fleet {
	struct fleet_env env;
	struct sweep *sweep;
	struct member **member; /* by number */
	size_t n, fresh;
	struct layout_row *layout; /* learned, not yet kept; profile and data are ours */
	size_t n_layouts, layout_room;
	struct fleet_stats stats;
	struct sweep_health now, last; /* sweeps */
};

/** A device leaves; a poll in flight ends with it. @param f Fleet. @param m Member, NULL is
 * allowed; freed. */
void fleet_member_free(struct fleet *f, struct member *m);

#endif
