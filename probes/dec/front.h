/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * front.h - what stands before a client's packet: Ethernet, tags, a tunnel of the usual make.
 * Frames whose fronts say the same are the same client's, at the same access point, and go the same
 * way; so who has decoded one of them need not decode the others.
 */
#ifndef KK_PROBES_DEC_FRONT_H
#define KK_PROBES_DEC_FRONT_H

#include <stddef.h>
#include <stdint.h>

#include "probes/dec/dec.h"

/* Octets of a client's packet that tell all of it: IPv6's header and the longest of TCP. */
#define FRONT_KEEP 100

/* A client's packet behind its front. */
struct front {
	uint64_t way;	   /* keyed hash of all in the front that decoding looks at; 0: none */
	uint64_t identity; /* as struct seen has it, and the next two */
	const uint8_t *ip; /* the client's packet, among the captured octets */
	uint32_t octets;
	uint16_t flags; /* SEEN_UNIQUE, SEEN_ALIKE; those of addresses: dec_front_addresses() */
	uint8_t tells;	/* 1: dec_front_segment() reads more of it */
	uint8_t detail; /* where its reader keeps that, from 1; 0: nothing */
};

struct detail;

/**
 * Read a frame's front.
 *
 * @param dec       Decoder.
 * @param linktype  DLT_...
 * @param time_us   When it was captured, UTC, microseconds: ways are under a day's key too.
 * @param p         Captured octets.
 * @param caplen    How many of them.
 * @param len       Octets of the frame on the wire, not less than caplen.
 * @param out       Receives what it says.
 * @return          1: dec_frame() would find the same octets, identity and flags, one packet and
 *                  nothing else to tell but what dec_front_segment() says. 0: a frame that must be
 * decoded; `way` is 0.
 */
int dec_front(struct decoder *dec, int linktype, int64_t time_us, const uint8_t *p, size_t caplen,
    size_t len, struct front *out);

/** Read the TCP segment in a client's packet, of a front that `tells`. @param dec Decoder. @param f
 * Front; the captured octets are still there. @param end Where the captured octets end. @param out
 * Receives what dec_frame() would tell. @return 1; 0: it tells nothing; -1: a frame that must be
 * decoded. */
int dec_front_segment(
    struct decoder *dec, const struct front *f, const uint8_t *end, struct detail *out);

/** What the addresses of a client's packet say; mostly nobody asks. @param f Front, of a way; the
 * captured octets are still there. @return SEEN_IP, SEEN_FROM_PRIVATE, SEEN_TO_PRIVATE. */
unsigned dec_front_addresses(const struct front *f);

#endif
