/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agent.h - one SNMP request in, one answer out (v1, v2c; GET, GETNEXT, GETBULK). */
#ifndef KK_SIM_AGENT_H
#define KK_SIM_AGENT_H

#include <stddef.h>
#include <stdint.h>

#include "tests/sim/ber.h"

#define AGENT_PACKET 1472

/* Where an agent's values come from: the virtual MIB, or a recording. */
struct agent_view {
	void *ctx;
	/* Put name (contents of the OID, closed) and value in front of `o`: exact instance. 1: put,
	 * 0: no such instance, -1: no such object. */
	int (*get)(void *ctx, const uint8_t *encoded, size_t len, struct ber_out *o);
	/* The same for the first instance behind `name`, which is moved on to it. 0: end of the
	 * view. */
	int (*next)(void *ctx, struct ber_oid *name, struct ber_out *o);
};

struct agent_options {
	const char *community;
	size_t packet_max; /* larger answers are tooBig; at most AGENT_PACKET */
	int v1_only;
	unsigned bulk_max; /* varbinds of an answer to GETBULK; 0: as many as fit */
};

/* What a request was, for statistics and faults. */
struct agent_result {
	size_t len;   /* octets of the answer, at the END of the buffer; 0: none (malformed, wrong
			 community) */
	uint8_t good; /* 1: values; 0: an error-status, and no value was told */
	uint8_t pdu;  /* tag of the request's PDU: 0xa0 GET, 0xa1 GETNEXT, 0xa5 GETBULK */
	int32_t id;
};

/**
 * Answer a request.
 *
 * @param o       Options.
 * @param v       Values.
 * @param in      Datagram.
 * @param in_len  Octets.
 * @param out     Buffer of AGENT_PACKET octets; the answer stands at its end.
 * @param r       Receives what it was.
 */
void agent_answer(const struct agent_options *o, const struct agent_view *v, const uint8_t *in,
    size_t in_len, uint8_t out[AGENT_PACKET], struct agent_result *r);

#endif
