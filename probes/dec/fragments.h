/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fragments.h - datagrams that came in pieces: what became of each, and those of which the first
 * piece does not say enough, put together. IP's pieces and CAPWAP's. Pure.
 *
 * All memory is taken at once: 4,096 datagrams of 24 octets are remembered, for 3 seconds, and 256
 * of them are being put together, with the first 2,048 octets of each: 0.9 MB in all. Where a
 * newcomer finds no room, the oldest goes.
 */
#ifndef KK_PROBES_DEC_FRAGMENTS_H
#define KK_PROBES_DEC_FRAGMENTS_H

#include <stddef.h>
#include <stdint.h>

#define FRAGMENTS_KNOWN	   4096
#define FRAGMENTS_TOGETHER 256
#define FRAGMENTS_HEAD	   2048		    /* octets kept of a datagram */
#define FRAGMENTS_OCTETS   65536	    /* that a datagram has at most */
#define FRAGMENTS_PATIENCE INT64_C(3000000) /* microseconds */

struct fragments;

/* What became of a datagram. */
enum fragment_state {
	FRAGMENT_UNKNOWN, /* no piece came lately */
	FRAGMENT_CLIENTS, /* a client's own packet: each piece counts */
	FRAGMENT_COUNTED, /* a tunnel's, counted with its first piece */
	FRAGMENT_WAITS,	  /* a tunnel's, and its first piece does not say enough */
	FRAGMENT_MESSAGE  /* each piece counts, and what it says is read when all are there */
};

/* What a piece did. */
enum fragment_news { FRAGMENT_MORE, FRAGMENT_WHOLE, FRAGMENT_BAD };

struct fragment_piece {
	const uint8_t *p;
	size_t captured; /* octets there */
	size_t octets;	 /* octets on the wire */
	size_t offset;	 /* in the datagram */
	int last;
};

/* A datagram put together. Its octets live until FRAGMENTS_TOGETHER others are begun. */
struct fragment_whole {
	const uint8_t *p;
	size_t captured, octets;
};

/** Take the memory. @return NULL: out of memory; fragments_free() frees it. */
struct fragments *fragments_new(void);

/** @param f Memory, NULL is allowed. */
void fragments_free(struct fragments *f);

/** What became of a datagram. @param f Memory. @param key Of the datagram. @param now_us Time of
 * the packets. @return Its state. */
enum fragment_state fragments_state(const struct fragments *f, uint64_t key, int64_t now_us);

/** Say what became of a datagram; what is kept of it is dropped. @param f Memory. @param key Of the
 * datagram. @param now_us Time. @param state FRAGMENT_CLIENTS or FRAGMENT_COUNTED. */
void fragments_settle(struct fragments *f, uint64_t key, int64_t now_us, enum fragment_state state);

/**
 * Keep a piece.
 *
 * @param f       Memory.
 * @param key     Of the datagram.
 * @param now_us  Time.
 * @param state   FRAGMENT_WAITS or FRAGMENT_MESSAGE.
 * @param piece   Octets, which are copied.
 * @param whole   Receives the datagram, if it is whole; its state is then FRAGMENT_COUNTED or
 *                FRAGMENT_CLIENTS.
 * @retval FRAGMENT_MORE   Others are missing.
 * @retval FRAGMENT_WHOLE  All are there.
 * @retval FRAGMENT_BAD    No such piece can be: nothing was kept.
 */
enum fragment_news fragments_add(struct fragments *f, uint64_t key, int64_t now_us,
    enum fragment_state state, const struct fragment_piece *piece, struct fragment_whole *whole);

/** Remember that a pair of addresses has a tunnel. @param f Memory. @param pair Hash of both. */
void fragments_learn(struct fragments *f, uint64_t pair);

/** Whether a pair of addresses has one. @param f Memory. @param pair Hash. @return 1 or 0. */
int fragments_learned(const struct fragments *f, uint64_t pair);

#endif
