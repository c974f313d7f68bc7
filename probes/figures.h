/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figures.h - what is told of an access point beside octets and packets: how its clients come and
 * go, and how long they wait. Plain sums of an interval; watch.h fills them.
 */
#ifndef KK_PROBES_FIGURES_H
#define KK_PROBES_FIGURES_H

#include <stddef.h>
#include <stdint.h>

#include "probes/dec/detail.h"
#include "probes/exchange.h"
#include "probes/rtt.h"
#include "probes/sessions.h"

#define FIGURES_CODES	    12
#define FIGURES_GENERATIONS (WIFI_7 + 1)

/* How many frames there were. */
struct figures_ways {
	uint32_t all;
	uint32_t up; /* of them: the client sent it */
};

/* Numbers that frames give as a reason or a status, and how often each. */
struct figures_codes {
	uint16_t code[FIGURES_CODES];
	struct figures_ways n[FIGURES_CODES];
	uint32_t used;
	struct figures_ways others; /* of numbers that found no place */
};

/* Exchanges of a kind: by step, and how long those took that were done. */
struct figures_exchange {
	uint64_t step[EXCHANGE_STEP_COUNT]; /* by enum exchange_step */
	uint64_t timed;			    /* done, and seen from their beginning on */
	uint64_t sum_us, max_us;
};

/* RADIUS accounting. */
struct figures_radius {
	uint64_t messages;
	uint64_t octets_down, octets_up;
	uint64_t started, ended; /* sessions; one that moved ended there and started here */
	uint64_t unknown;	 /* messages after which more octets may have passed than counted */
	struct sessions_stats stats; /* of the messages that named it */
};

struct figures {
	uint64_t reassociations;		  /* of the associations: reassociations */
	uint64_t roams;				  /* clients that came from another access point */
	uint64_t generation[FIGURES_GENERATIONS]; /* of clients that were let in */
	struct figures_codes deauthentication, disassociation; /* reasons */
	struct figures_codes refusal;	     /* statuses of refused associations */
	struct figures_codes authentication; /* statuses of refused authentications */
	struct figures_codes action; /* action frames: category in the upper 8 bits, action */
	struct figures_exchange exchange[EXCHANGE_KIND_COUNT];
	struct exchange_stats exchanges; /* of its packets */
	struct figures_radius radius;
	struct rtt_sums tcp;
};

/** Count a number. @param c Numbers. @param code Which. @param is_up Whether the client sent it. */
void figures_code(struct figures_codes *c, uint16_t code, int is_up);

/** Count an exchange. @param f Sums. @param e What became of it. */
void figures_exchange(struct figures *f, const struct exchange_event *e);

/** Add how far counters went on. @param sum Receives: a structure of uint64_t only, as the next
 * two. @param now Counters. @param before The same, earlier; NULL: all were 0. @param octets Size
 * of each. */
void figures_grow(void *sum, const void *now, const void *before, size_t octets);

/** Whether something was seen of a kind of exchanges. @param x Sums. @return 1 or 0. */
int figures_any(const struct figures_exchange *x);

/** Add sums up. @param sum Receives. @param f What is added. */
void figures_add(struct figures *sum, const struct figures *f);

#endif
