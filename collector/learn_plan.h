/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learn_plan.h - the choosing half of learn.c: from walked rows to names that are asked, from what
 * is there to a plan. Pure. */
#ifndef KK_COLLECTOR_LEARN_PLAN_H
#define KK_COLLECTOR_LEARN_PLAN_H

#include "collector/layout.h"
#include "collector/meter/meter.h"
#include "collector/table/ask.h"
#include "collector/table/rows.h"

#define NOT_ASKED (-1)

/* A row that may be a counter, and where in the ask its objects are. */
struct candidate {
	unsigned row, via_row; /* UINT_MAX: none */
	int rank;
	int16_t down[PROFILE_WAYS], up[PROFILE_WAYS], discontinuity;
	int16_t also[4][PROFILE_WAYS][PROFILE_TERMS];
};

struct choice {
	const struct profile *profile;
	const struct rows *rows;
	unsigned entry; /* of profile->octets; n_octets: none */
	unsigned n;
	struct candidate candidate[SAMPLE_COUNTERS_MAX];
	int16_t uptime, host_uptime, changed, scalar[PROFILE_METRICS];
	uint8_t *type; /* enum vb_type by index of the ask; 0: absent */
	int64_t *number;
	unsigned n_type;
	uint32_t key[SAMPLE_COUNTERS_MAX];	  /* of the plan's counters */
	struct reading base[SAMPLE_COUNTERS_MAX]; /* what they said when they were looked for */
};

/**
 * Candidates of one entry of `octets`, and what to ask for them.
 * @param c .profile, .rows and .entry are set; receives the rest but the types.
 * @param a Empty list; receives the names.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int choice_ask(struct choice *c, struct ask *a);

/**
 * The plan, from what is there.
 * @param c Choice with types; receives the keys.
 * @param p Empty plan.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int choice_plan(struct choice *c, struct plan *p);

/** sysUpTime as it was asked for. @param c Choice with types. @return 1/100 s, -1: unknown. */
int64_t choice_uptime(const struct choice *c);

/** Hardware identity: the smallest real hardware address. @param rows Tables. @param plate Receives
 * it, if it has six octets. @return Hash, 0: none. */
uint64_t choice_identity(const struct rows *rows, struct nameplate *plate);

#endif
