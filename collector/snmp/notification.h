/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notification.h - a trap or an inform, by net-snmp's decoder. */
#ifndef KK_COLLECTOR_SNMP_NOTIFICATION_H
#define KK_COLLECTOR_SNMP_NOTIFICATION_H

#include <stddef.h>
#include <stdint.h>

#include "collector/snmp/answer.h"
#include "lib/err.h"

/* PDU tags: RFC 1157 section 4.1.6, RFC 3416 section 3. */
enum notification_pdu {
	NOTIFICATION_TRAP1 = 0xa4,
	NOTIFICATION_INFORM = 0xa6,
	NOTIFICATION_TRAP2 = 0xa7
};

/* Pointers live as long as the reader's next call, values as long as the datagram. */
struct notification {
	struct answer_envelope envelope;
	uint8_t pdu;		  /* enum notification_pdu */
	int32_t request_id;	  /* 0 in a trap of v1 */
	uint32_t uptime_cs;	  /* sysUpTime when it was made */
	const unsigned long *oid; /* snmpTrapOID; that of a v1 trap by RFC 3584 section 3.1 */
	size_t oid_len;
	size_t pdu_at; /* where the PDU's tag stands in what was read */
};

/**
 * Read a datagram from anybody.
 *
 * @param r     Reader.
 * @param data  Octets, which values point into.
 * @param len   Count.
 * @param a     Receives the varbinds, sysUpTime.0 and snmpTrapOID.0 among them where it is not v1.
 * @param out   Receives the rest.
 * @retval KK_OK Done.
 * @retval KK_E_SYNTAX  net-snmp refused it, or what RFC 3416 section 4.2.6 wants first is not
 * there.
 * @retval KK_E_TYPE    Neither v1 nor v2c, or no notification of that version.
 * @retval KK_E_FULL    More than ANSWER_VARBINDS_MAX varbinds.
 */
int notification_read(
    struct answer_reader *r, uint8_t *data, size_t len, struct answer *a, struct notification *out);

/**
 * Likewise the PDU that came out of a message of v3: the envelope is empty.
 *
 * @param r    Reader.
 * @param pdu  Octets, tag and length included, which values point into.
 * @param len  Count.
 * @param a    Receives the varbinds.
 * @param out  Receives the rest.
 * @retval KK_OK Done.
 * @retval KK_E_SYNTAX  As of notification_read().
 * @retval KK_E_TYPE    No notification.
 * @retval KK_E_FULL    More than ANSWER_VARBINDS_MAX varbinds.
 */
int notification_read_pdu(
    struct answer_reader *r, uint8_t *pdu, size_t len, struct answer *a, struct notification *out);

/** Turn an inform into its Response, in place and of the same length (RFC 3416 section 4.2.7).
 * @param data Its datagram. @param n What notification_read() said of it. */
void notification_acknowledge(uint8_t *data, const struct notification *n);

#endif
