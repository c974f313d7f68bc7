/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usm_notice.h - notifications of SNMPv3. A trap is made by the clock and the keys of its sender's
 * engine, an inform by those of ours (RFC 3414 section 3.2, RFC 3412 section 7.2): so this process
 * is an engine, too, that tells others its id and its time, and nothing else.
 */
#ifndef KK_COLLECTOR_SNMP_USM_NOTICE_H
#define KK_COLLECTOR_SNMP_USM_NOTICE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/snmp/usm.h"
#include "collector/snmp/usm_wire.h"

/** Be an engine, from now on; before, informs are not taken. @param u State. @param engine Its id.
 * @param len Octets, USM_ENGINE_MIN .. USM_ENGINE_MAX. @param boots How often it has started, 1 ..
 * 2^31 - 2. @param now_ms Monotonic: its time is 0. */
void usm_be_engine(
    struct usm *u, const uint8_t *engine, size_t len, uint32_t boots, int64_t now_ms);

/* What a message is. */
enum usm_notice {
	USM_NOTICE_TRAP,
	USM_NOTICE_INFORM, /* to be acknowledged */
	USM_NOTICE_REPORT, /* not taken, for `why`, and its sender shall be told */
	USM_NOTICE_DROPPED /* not taken, for `why` */
};

/* Borrowed from its datagram, and from the users. */
struct usm_noticed {
	enum usm_notice is;
	enum usm_report why; /* USM_REPORT_OTHER: it is malformed, or no notification */
	struct usm_message message;
	struct usm_scoped scoped; /* its PDU */
	struct usm_user *user;	  /* NULL: nobody whom we know */
};

/**
 * Open a message. A user's level of security is his own, neither more nor less.
 *
 * @param u       State.
 * @param users   Who may notify.
 * @param from    Sender. One is kept for each address that an authentic trap came from.
 * @param data    Datagram; changed.
 * @param len     Octets.
 * @param now_ms  Monotonic.
 * @param out     Receives what it is.
 * @return        The same as out->is.
 */
enum usm_notice usm_notice_open(struct usm *u, const struct usm_users *users,
    const struct in6_addr *from, uint8_t *data, size_t len, int64_t now_ms,
    struct usm_noticed *out);

/** Octets of a reply, at the most. @param n Inform, or what shall be reported. @return Count. */
size_t usm_notice_room(const struct usm_noticed *n);

/**
 * Write the Response to an inform, or the Report.
 *
 * @param u       State.
 * @param n       USM_NOTICE_INFORM or USM_NOTICE_REPORT.
 * @param now_ms  Monotonic.
 * @param room    usm_notice_room() octets.
 * @param out     Receives where it is, within `room`.
 * @retval KK_OK Done.
 * @retval KK_E_UNSUPPORTED  libcrypto failed.
 */
int usm_notice_reply(struct usm *u, const struct usm_noticed *n, int64_t now_ms, uint8_t *room,
    struct usm_written *out);

#endif
