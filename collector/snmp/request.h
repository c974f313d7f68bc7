/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.h - what the engine and its tests see of an encoded request; made by request_new(). */
#ifndef KK_COLLECTOR_SNMP_REQUEST_H
#define KK_COLLECTOR_SNMP_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "collector/snmp/answer.h"
#include "collector/snmp/engine.h"

/* No request is longer: more does not fit a batch's buffer, nor any agent's. */
#define REQUEST_OCTETS_MAX 8192

struct request {
	enum request_kind kind;
	int version; /* 1 .. 3 */
	uint8_t
	    *octets; /* the whole message; of version 3, the PDU alone: the rest is the peer's */
	size_t len;
	size_t id_at; /* the four octets of the request-id start here */
	char community[256];
	size_t community_len;
	size_t n;	      /* names asked */
	size_t n_max;	      /* varbinds that an honest answer has at the most */
	size_t *name_len;     /* of each name */
	unsigned long *names; /* all sub-identifiers, one name after another */
};

/**
 * Whether an answer's varbinds can belong to a request: count, and for a GET the names.
 *
 * @param r  Request.
 * @param a  Answer.
 * @retval KK_OK
 * @retval KK_E_FULL    More varbinds than asked.
 * @retval KK_E_FORGED  Other names, or fewer of them.
 */
int request_fits(const struct request *r, const struct answer *a);

#endif
