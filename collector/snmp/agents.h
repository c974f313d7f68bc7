/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * agents.h - which slot speaks with which agent (address and port): one at a time, whoever asks.
 *
 * Two entries of the inventory may share an agent, and a person may ask a device that is just being
 * polled. Whoever comes second waits behind the first.
 */
#ifndef KK_COLLECTOR_SNMP_AGENTS_H
#define KK_COLLECTOR_SNMP_AGENTS_H

#include "collector/snmp/slots.h"

struct agents {
	struct slot **bucket; /* chains over slot.agent_next */
	uint64_t seed;	      /* secret: addresses come from an inventory, answers from anywhere */
};

/**
 * @param a  Receives an empty set.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int agents_init(struct agents *a);

/** Give the memory back. @param a Set. */
void agents_clear(struct agents *a);

/** Who speaks with this agent. @param a Set. @param addr Its address. @return NULL: nobody. */
struct slot *agents_find(const struct agents *a, const struct sockaddr_in6 *addr);

/** Have the place where the search for an agent begins in the cache soon. @param a Set. @param addr
 * Its address. */
void agents_foresee(const struct agents *a, const struct sockaddr_in6 *addr);

/** The first slot that is looked at in that search. @param a Set. @param addr An agent's address.
 * @return Often, but not always, the agent's; NULL: none. */
const struct slot *agents_likely(const struct agents *a, const struct sockaddr_in6 *addr);

/** A slot speaks with its peer now. @param a Set that knows nobody who does. @param s Slot. */
void agents_add(struct agents *a, struct slot *s);

/** It does no more. @param a Set. @param s Slot that was added. */
void agents_remove(struct agents *a, struct slot *s);

/** Whether two addresses are the same agent's. @param x Address. @param y Address. @return 1: yes.
 */
int same_agent(const struct sockaddr_in6 *x, const struct sockaddr_in6 *y);

#endif
