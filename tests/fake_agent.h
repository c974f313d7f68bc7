/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_agent.h - a device as a table of objects behind a network that is a function call, with the
 * vices of real agents. */
#ifndef KK_TESTS_FAKE_AGENT_H
#define KK_TESTS_FAKE_AGENT_H

#include <stddef.h>
#include <stdint.h>

#include "collector/snmp/engine.h"

struct fake_object {
	unsigned long sub[64];
	size_t len;
	uint8_t type;
	int64_t number;
	char octets[64];
	size_t n_octets;
	unsigned long oid[24]; /* of an OBJECT IDENTIFIER, n_octets sub-identifiers */
};

struct fake_agent {
	struct kk_clock clock;
	struct fake_object *object; /* in order */
	size_t n, room;
	/* Vices. */
	int silent;
	int no_bulk;	      /* 1: genErr, 2: no answer, 3: an empty answer */
	int no_walk;	      /* GETNEXT and GETBULK find nothing */
	int loops;	      /* GETNEXT hands out the first object again and again */
	int endless;	      /* every column goes on for ever */
	unsigned most;	      /* varbinds of an answer; more is tooBig, GETBULK is cut; 0: any */
	const char *sick;     /* genErr for what is below this object; NULL: none */
	int64_t moves;	      /* added to every Counter64 after each GET that carries one */
	unsigned dies_after;  /* GETs: silent from then on; 0: never */
	unsigned boots_after; /* GETs: then uptime and counters start from 0; 0: never */
	/* What it was asked. */
	unsigned gets, nexts, bulks, varbinds;
	int64_t served,
	    served_first; /* octets moved until the last, the first GET with a Counter64 */
	int64_t total;
	int serving;
	uint8_t answer[64][4096];
	size_t answer_len[64];
	struct sockaddr_in6 peer[64];
	uint8_t lane[64];
	unsigned n_answers, taken;
};

/** @param a Receives an agent without objects, at one day after the epoch. */
void agent_init(struct fake_agent *a);

/** @param a Agent; gives its memory back. */
void agent_clear(struct fake_agent *a);

/** Set a number. @param a Agent. @param oid As text. @param type enum vb_type. @param v Value. */
void agent_number(struct fake_agent *a, const char *oid, uint8_t type, int64_t v);

/** Set a text. @param a Agent. @param oid As text. @param text NUL-terminated. */
void agent_text(struct fake_agent *a, const char *oid, const char *text);

/** Set octets. @param a Agent. @param oid As text. @param p Octets. @param len Count, up to 64. */
void agent_octets(struct fake_agent *a, const char *oid, const void *p, size_t len);

/** Set an object identifier. @param a Agent. @param oid As text. @param value As text. */
void agent_oid(struct fake_agent *a, const char *oid, const char *value);

/** Remove an object, or all below it. @param a Agent. @param oid As text. */
void agent_remove(struct fake_agent *a, const char *oid);

/** Read a recording (snmpsim's form). @param a Agent. @param path File. @return Objects, -1: no
 * such file. */
int agent_recording(struct fake_agent *a, const char *path);

/** As the engine wants it. @param a Agent. @return Network. */
struct net agent_net(struct fake_agent *a);

#endif
