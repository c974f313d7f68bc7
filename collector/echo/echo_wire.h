/* SPDX-License-Identifier: GPL-3.0-or-later */
/* echo_wire.h - ICMP echo as octets: RFC 792 and RFC 4443, section 4. */
#ifndef KK_COLLECTOR_ECHO_WIRE_H
#define KK_COLLECTOR_ECHO_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define ECHO_OCTETS 24 /* of a request: header, sequence, mark, nonce */

/* What makes a reply the reply to one request. */
struct echo_id {
	uint16_t sequence;
	uint64_t nonce; /* that nobody can guess who has not seen the request */
};

/** Write a request. The kernel fills in identifier and checksum. @param out ECHO_OCTETS of room.
 * @param ipv6 1: ICMPv6. @param id Of the request. */
void echo_write(uint8_t *out, int ipv6, const struct echo_id *id);

/**
 * Read a reply, as an unprivileged ICMP socket hands it out: without the IP header.
 *
 * @param p     Octets.
 * @param len   How many.
 * @param ipv6  1: ICMPv6.
 * @param out   Receives what it says it answers.
 * @return      0: no reply to a request of ours.
 */
int echo_read(const uint8_t *p, size_t len, int ipv6, struct echo_id *out);

#endif
