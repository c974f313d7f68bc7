/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * subnets.h - how many datagrams a second a subnet (/24, /64) is sent at the most.
 *
 * A token bucket per subnet, kept as the moment at which it is full again. The table has a fixed
 * size: a subnet whose bucket is full is like one that nobody knows, and gives its place away;
 * where all places of a set are in use, two subnets share a bucket, which only makes it slower for
 * both. 127.0.0.0/8 and ::1 have no limit.
 */
#ifndef KK_COLLECTOR_SNMP_SUBNETS_H
#define KK_COLLECTOR_SNMP_SUBNETS_H

#include "collector/snmp/slots.h"

struct subnet {
	uint64_t key;
	int64_t full_us;	  /* monotonic: its bucket is full from then on */
	struct slot_list waiting; /* for tokens */
	struct subnet *next;	  /* of those where somebody waits */
	int crowded;		  /* it is one of these; perhaps all have given up */
};

struct subnets {
	struct subnet *place;	/* NULL: no limit was ever set */
	struct subnet *crowded; /* those where somebody waits */
	int64_t cost_us;	/* of one datagram; 0: no limit */
	uint64_t seed;
};

/**
 * Another rate.
 *
 * @param n     Set; zeroed before the first call.
 * @param rate  Datagrams a second and subnet, a quarter of it at once; 0: any number.
 * @retval KK_OK
 * @retval KK_E_NOMEM  The old rate stays.
 */
int subnets_set_rate(struct subnets *n, unsigned rate);

/** Give the memory back; nobody waits any more. @param n Set. */
void subnets_clear(struct subnets *n);

/**
 * Take a token for a datagram.
 *
 * @param n       Set.
 * @param addr    Where it goes.
 * @param now_us  Monotonic.
 * @return        NULL: send it. Else where to wait: subnets_wait().
 */
struct subnet *subnets_take(struct subnets *n, const struct sockaddr_in6 *addr, int64_t now_us);

/** Wait for a token. @param n Set. @param at Where. @param s Slot of no list. */
void subnets_wait(struct subnets *n, struct subnet *at, struct slot *s);

/** Let those go that have a token now. @param n Set. @param now_us Monotonic. @param queue Where
 * they are put, as SLOT_QUEUED. */
void subnets_release(struct subnets *n, int64_t now_us, struct slot_list *queue);

/** When the next of those that wait may be sent. @param n Set. @return Monotonic microseconds,
 * INT64_MAX: nobody waits. */
int64_t subnets_due_us(const struct subnets *n);

#endif
