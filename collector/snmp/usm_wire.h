/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm_wire.h - an SNMPv3 message with the user-based security model, as octets (RFC 3412 section 6,
 * RFC 3414 section 2.4). Pure: no key, no clock, no state. */
#ifndef KK_COLLECTOR_SNMP_USM_WIRE_H
#define KK_COLLECTOR_SNMP_USM_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "collector/snmp/usm_crypt.h"
#include "lib/err.h"

#define USM_FLAG_AUTH	    0x01
#define USM_FLAG_PRIV	    0x02
#define USM_FLAG_REPORTABLE 0x04

#define USM_PDU_GET	 0xa0
#define USM_PDU_RESPONSE 0xa2
#define USM_PDU_INFORM	 0xa6
#define USM_PDU_TRAP	 0xa7
#define USM_PDU_REPORT	 0xa8

/* Octets around a PDU at the most: every field at its longest, every length in its longest form;
 * the context's name comes on top. */
#define USM_AROUND 240

/* A message that was read: a view, whose pointers lead into the datagram. */
struct usm_message {
	int32_t msg_id;
	uint8_t flags;
	const uint8_t *engine, *user, *salt;
	size_t engine_len, user_len;
	uint32_t boots, time;
	size_t mac_at, mac_len;	      /* where in the datagram the digest stands; 0 octets: none */
	size_t salt_len;	      /* 0 or USM_SALT */
	size_t scoped_at, scoped_len; /* the scoped PDU's octets, header included if it is plain */
};

/** Whether a datagram claims to be SNMPv3; looks at its first octets only. @param data Octets.
 * @param len Count.
 * @return 1 or 0. */
int usm_is_v3(const uint8_t *data, size_t len);

/**
 * Read the outside of a message. Nothing of it is trusted.
 *
 * @param data  Datagram.
 * @param len   Octets.
 * @param m     Receives it.
 * @retval KK_OK
 * @retval KK_E_SYNTAX  Malformed, or a field is longer than the protocol allows.
 * @retval KK_E_TYPE    Another version or security model, or flags that contradict each other.
 */
int usm_read(const uint8_t *data, size_t len, struct usm_message *m);

/* The inside: a view likewise. */
struct usm_scoped {
	const uint8_t *engine, *context;
	size_t engine_len, context_len;
	uint8_t *pdu; /* tag and length included */
	size_t pdu_len;
	uint8_t tag;
};

/**
 * Read a scoped PDU that is plain, or was decrypted.
 *
 * @param data  Octets; what follows it is ignored, as some ciphers pad.
 * @param len   Count.
 * @param s     Receives it.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int usm_read_scoped(uint8_t *data, size_t len, struct usm_scoped *s);

/* What a Report says (RFC 3414 section 5, RFC 3412 section 5). */
enum usm_report {
	USM_REPORT_OTHER,
	USM_REPORT_LEVEL,
	USM_REPORT_WINDOW,
	USM_REPORT_USER,
	USM_REPORT_ENGINE,
	USM_REPORT_DIGEST,
	USM_REPORT_DECRYPT,
	USM_REPORT_CONTEXT,
	USM_REPORTS
};

/** Which counter a Report names. @param pdu A Report PDU. @param len Octets. @return enum
 * usm_report, KK_E_SYNTAX if it is malformed. */
int usm_read_report(const uint8_t *pdu, size_t len);

#define USM_REPORT_ROOM 48 /* octets of a Report PDU, at the most */

/** Write a Report PDU. @param kind USM_REPORT_LEVEL .. USM_REPORT_DECRYPT. @param count What its
 * counter shows. @param out USM_REPORT_ROOM octets. @return Octets. */
size_t usm_write_report(enum usm_report kind, uint32_t count, uint8_t *out);

/* A message to be written. */
struct usm_draft {
	uint32_t msg_id; /* 0 .. 2^31 - 1 */
	uint8_t flags;
	const uint8_t *engine, *user;
	size_t engine_len, user_len;
	uint32_t boots, time;
	size_t mac_len;	     /* room for the digest, zero */
	const uint8_t *salt; /* NULL: none */
	const uint8_t *pdu;  /* copied; whole */
	size_t pdu_len;
	/* Where its objects are; NULL: in the engine's default context. */
	const uint8_t *context_engine, *context;
	size_t context_engine_len, context_len;
};

/* Where the parts of a written message are. */
struct usm_written {
	uint8_t *octets;
	size_t len;
	uint8_t *mac;
	uint8_t *scoped; /* to be encrypted in place, if flags say so */
	size_t scoped_len;
};

/**
 * Write a message; digest and encryption are the caller's.
 *
 * @param d     What.
 * @param room  At least d->pdu_len + d->context_len + USM_AROUND octets.
 * @param out   Receives where it is: at the end of these octets.
 */
void usm_write(const struct usm_draft *d, uint8_t *room, struct usm_written *out);

#endif
