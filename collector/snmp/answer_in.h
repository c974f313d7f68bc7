/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer_in.h - what answer.c and notification.c share: a datagram taken apart with net-snmp's
 * functions. Nobody else includes it. */
#ifndef KK_COLLECTOR_SNMP_ANSWER_IN_H
#define KK_COLLECTOR_SNMP_ANSWER_IN_H

#include <net-snmp/net-snmp-config.h>
/* The configuration has to come first. */
#include <net-snmp/net-snmp-includes.h>

#include "collector/snmp/answer.h"

#define COMMUNITY_ROOM 256
/* A name has no more sub-identifiers than octets, and one: what an honest datagram can hold. */
#define SUBS_MAX (16384 + 2 * ANSWER_VARBINDS_MAX)

struct answer_reader {
	u_char community[COMMUNITY_ROOM];
	size_t used; /* of `subs` */
	oid subs[SUBS_MAX];
};

/* What is left of a datagram; `at` is NULL once something did not fit. */
struct rest {
	u_char *at;
	size_t len;
};

/**
 * Read what stands before the PDU.
 *
 * @param r     Reader, which it empties.
 * @param rest  Datagram; moves to the PDU.
 * @param env   Receives it.
 * @retval KK_OK Done.
 * @retval KK_E_SYNTAX  It is no message.
 * @retval KK_E_TYPE    Neither v1 nor v2c.
 */
int answer_envelope(struct answer_reader *r, struct rest *rest, struct answer_envelope *env);

/** @param rest Moves behind an INTEGER. @param out Receives it. @return 1; 0: there is none. */
int answer_int(struct rest *rest, long *out);

/** Sub-identifiers that one more name may have. @param r Reader. @return Count. */
size_t answer_subs_room(const struct answer_reader *r);

/** Read request-id, error-status and error-index. @param rest Moves behind them. @param a Receives
 * them. @retval KK_OK Done. @retval KK_E_SYNTAX They are not there. */
int answer_head(struct rest *rest, struct answer *a);

/** Read the list of varbinds. @param r Reader. @param rest The list. @param a Receives them.
 * @retval KK_OK Done. @retval KK_E_SYNTAX It is none. @retval KK_E_FULL Too many. */
int answer_varbinds(struct answer_reader *r, struct rest *rest, struct answer *a);

#endif
