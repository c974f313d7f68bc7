/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slots.h - the engine's requests in flight, and the request-ids that lead back to them.
 *
 * An id is (generation, slot, datagram) under a secret permutation of the 31 bits that BER always
 * writes with four octets. So an answer finds its slot and its datagram without a search, an answer
 * to an earlier use of the slot finds nothing, and who has not seen the request has to guess all
 * bits.
 */
#ifndef KK_COLLECTOR_SNMP_SLOTS_H
#define KK_COLLECTOR_SNMP_SLOTS_H

#include <stddef.h>
#include <stdint.h>

#include "collector/snmp/engine.h"
#include "collector/snmp/usm_in.h"

#define SLOTS_MAX      131072
#define SLOT_TRIES_MAX 11
/* The last try is said twice, and so is each of the two that SNMPv3's Reports may cause. */
#define SLOT_SENDS_MAX 16

enum slot_state {
	SLOT_FREE,
	SLOT_HELD,    /* behind another one that speaks with the same agent */
	SLOT_CROWDED, /* wants to be sent; its subnet has had enough for now */
	SLOT_QUEUED,  /* wants to be sent */
	SLOT_WAITING, /* for an answer to its newest try */
	SLOT_HALFWAY, /* likewise; it is the last try, which will be said once more */
	SLOT_LAST     /* likewise; it was */
};

struct slot_list {
	struct slot *head, *tail;
};

struct slot {
	struct slot *next, *prev; /* in the list of its state */
	struct slot *agent_next;  /* agents.h's */
	struct slot_list held;	  /* those behind it */
	struct subnet *subnet;	  /* SLOT_CROWDED: where */
	struct peer *peer;
	const struct request *request;
	ask_done_cb done;
	void *ctx;
	int64_t first_us;		   /* monotonic: when the first try was sent */
	int64_t deadline_us;		   /* monotonic: when its state's wait is over */
	uint32_t after_us[SLOT_SENDS_MAX]; /* when each datagram was sent, after the first */
	uint8_t lane[SLOT_SENDS_MAX];	   /* on which socket */
	uint8_t sends;			   /* datagrams until now */
	uint8_t tries;			   /* of them, tries: all but the copy of the last one */
	uint8_t single;			   /* one try is all */
	uint8_t copying;		   /* the last try is, or was, said once more */
	uint8_t fresh;			   /* the first datagram since an SNMPv3 agent's Report */
	struct usm_course course;	   /* what its Reports have led to */
	uint16_t probes;		   /* bit n: datagram n was a discovery */
	uint32_t try_us;		   /* when the newest try was sent, after the first */
	uint8_t state;			   /* enum slot_state */
	uint16_t generation;
	uint32_t index;
};

/** Add at the end. @param l List. @param s Slot of no list. */
void slot_list_add(struct slot_list *l, struct slot *s);

/** Take out, from anywhere. @param l List. @param s Slot of this list. */
void slot_list_remove(struct slot_list *l, struct slot *s);

struct slots {
	struct slot **chunks; /* grown as needed; a slot never moves */
	size_t n, n_chunks, max, in_use;
	struct slot_list free;
	uint32_t add[2], mul[2], inverse[2]; /* the secret permutation */
};

/**
 * @param s    Receives an empty set.
 * @param max  Slots at the most, 1 .. SLOTS_MAX.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_IO     The kernel has no random octets.
 */
int slots_init(struct slots *s, size_t max);

/** Give the memory back. @param s Set. */
void slots_clear(struct slots *s);

/** A free slot, with a new generation and no list. @param s Set. @return NULL: none is left, or no
 * memory. */
struct slot *slots_take(struct slots *s);

/** Give a slot back; its ids lead nowhere from now on. @param s Set. @param slot Of no list. */
void slots_give(struct slots *s, struct slot *slot);

/** The slot number `i`. @param s Set. @param i 0 .. s->n - 1. @return Slot in any state. */
struct slot *slots_at(const struct slots *s, size_t i);

/** The request-id of a datagram. @param s Set. @param slot Slot in use. @param send 0 is the first.
 * @return 0x01000000 .. 0x7fffffff. */
uint32_t slots_id(const struct slots *s, const struct slot *slot, unsigned send);

/** Whose id this is. @param s Set. @param id From an answer. @param send Receives which datagram it
 * answers. @return NULL: no request in flight has sent it. */
struct slot *slots_find(const struct slots *s, int32_t id, unsigned *send);

#endif
