/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer.h - a datagram as varbinds, by net-snmp's decoder; nothing above this file sees net-snmp.
 */
#ifndef KK_COLLECTOR_SNMP_ANSWER_H
#define KK_COLLECTOR_SNMP_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

/* Wire tags (RFC 3416): decode by these, not by the MIB's types, as agents disagree with their
 * MIBs. */
enum vb_type {
	VB_INTEGER = 0x02,
	VB_OCTETS = 0x04,
	VB_NULL = 0x05,
	VB_OID = 0x06,
	VB_IPADDRESS = 0x40,
	VB_COUNTER32 = 0x41,
	VB_GAUGE32 = 0x42,
	VB_TIMETICKS = 0x43,
	VB_OPAQUE = 0x44,
	VB_COUNTER64 = 0x46,
	VB_NO_OBJECT = 0x80,
	VB_NO_INSTANCE = 0x81,
	VB_END_OF_VIEW = 0x82
};

/* One variable binding; pointers live as long as the answer. */
struct varbind {
	const unsigned long *name; /* sub-identifiers, as net-snmp's oid */
	size_t name_len;
	uint8_t type;	/* enum vb_type */
	int64_t number; /* INTEGER, Counter32, Gauge32, TimeTicks; Counter64 as uint64_t in the same
			   bits */
	const uint8_t *octets;	  /* OCTET STRING, IpAddress, Opaque */
	const unsigned long *oid; /* OBJECT IDENTIFIER */
	size_t len;		  /* octets, or sub-identifiers */
};

#define ANSWER_VARBINDS_MAX 128

struct answer {
	int32_t request_id;
	int error_status; /* RFC 3416 section 3: 0 noError, 1 tooBig, 2 noSuchName, 5 genErr ... */
	int error_index;  /* 1-based varbind */
	size_t n;
	struct varbind vb[ANSWER_VARBINDS_MAX];
	int64_t received_cs; /* UTC, 1/100 s */
	int64_t rtt_us; /* since the try that it answers was sent; since the first try if that is
			   unsure */
};

/* What stands before the PDU. */
struct answer_envelope {
	int version; /* 1, 2 (v2c), or 3 */
	const uint8_t *community;
	size_t community_len;
};

struct answer_reader;

/** Make a reader. @param out Receives it; answer_reader_free() frees it. @retval KK_OK Done.
 * @retval KK_E_NOMEM */
int answer_reader_new(struct answer_reader **out);

/** @param r Reader, NULL is allowed. */
void answer_reader_free(struct answer_reader *r);

/**
 * Read a datagram from anybody. Nothing of it is trusted, nothing of it is printed.
 *
 * @param r     Reader; keeps names and community until its next call.
 * @param data  Octets, which values point into.
 * @param len   Count.
 * @param a     Receives all but the times.
 * @param env   Receives version and community, for the caller to compare.
 * @retval KK_OK Done.
 * @retval KK_E_SYNTAX  net-snmp refused it.
 * @retval KK_E_TYPE    Neither v1 nor v2c, or no Response PDU.
 * @retval KK_E_FULL    More than ANSWER_VARBINDS_MAX varbinds.
 */
int answer_read(struct answer_reader *r, uint8_t *data, size_t len, struct answer *a,
    struct answer_envelope *env);

/**
 * Read a PDU that was taken out of its message.
 *
 * @param r     Reader; keeps names until its next call.
 * @param data  The PDU, tag and length included; values point into it.
 * @param len   Octets.
 * @param a     Receives all but the times.
 * @retval KK_OK Done.
 * @retval KK_E_SYNTAX  And the others of answer_read().
 */
int answer_read_pdu(struct answer_reader *r, uint8_t *data, size_t len, struct answer *a);

#endif
