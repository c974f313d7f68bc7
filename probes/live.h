/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live.h - packets from an interface: TPACKET_V3 rings by libpcap, one for each lane. Several lanes
 * share the packets by their outer addresses (PACKET_FANOUT), so that both directions of a pair,
 * and all parts of a packet, come in one lane and in order.
 *
 * A lane belongs to one thread; the rest is the owner's.
 */
#ifndef KK_PROBES_LIVE_H
#define KK_PROBES_LIVE_H

#include <stdint.h>

#include "lib/err.h"
#include "probes/read/read.h"

#define LIVE_LANES_MAX 16
#define LIVE_BLOCK_MS  100 /* how long the kernel collects packets before it hands them on */

struct live_options {
	const char *iface;  /* borrowed */
	const char *filter; /* beside our own: filter.h; NULL: none; borrowed */
	int snaplen;	    /* octets of a packet */
	int buffer_mb;	    /* of all rings */
	int lanes;	    /* 1 .. LIVE_LANES_MAX */
	int octets_only;
};

/* Since the start, in packets. `received` are those that passed the filter. */
struct live_counts {
	uint64_t received;  /* the lost ones of `kernel` included */
	uint64_t kernel;    /* lost: the ring was full */
	uint64_t interface; /* lost: the card's or driver's buffers were full, for whomever */
	uint64_t own;	    /* lost: still in a ring when the capture ended; until then 0 */
};

enum live_state { LIVE_UP, LIVE_DOWN, LIVE_GONE };

struct live;

/* Called per packet; its octets live during the call. */
typedef void (*live_cb)(void *ctx, const struct packet *packet);

/**
 * Open an interface; packets are collected from the end of this call on.
 *
 * @param o    Options; copied.
 * @param out  Receives it; live_close() frees it.
 * @param d    Why not, with the interface's name.
 * @retval KK_OK
 * @retval KK_E_DENIED
 * @retval KK_E_SYNTAX  The filter.
 * @retval KK_E_IO
 */
int live_open(const struct live_options *o, struct live **out, struct diag *d);

/** @param l Capture, NULL is allowed. */
void live_close(struct live *l);

/** @param l Capture. @return DLT_... */
int live_linktype(const struct live *l);

/** @param l Capture. @param lane From 0. @return Readable when packets have come. */
int live_fd(const struct live *l, int lane);

/**
 * Hand on what a lane has, about a block; never waits.
 *
 * @param l     Capture.
 * @param lane  From 0.
 * @param cb    Per packet.
 * @param ctx   For `cb`.
 * @param d     Why not.
 * @return      Packets; 0 also while the interface is down; KK_E_IO: it is gone.
 */
int live_read(struct live *l, int lane, live_cb cb, void *ctx, struct diag *d);

/**
 * How long a lane may be left alone after it was read, so that more of it is read at once: who
 * wakes for each block finds caches cold each time, and many a packet costs twice as much. In that
 * time 10 Gbit/s of usual packets fill half of its ring.
 *
 * @param l     Capture.
 * @param read  What live_read() returned.
 * @return      Milliseconds; 0: nothing came, or more of it waits.
 */
int live_rest_ms(const struct live *l, int read);

/** How the interface is now. @param l Capture. @return Up, or down and expected back, or gone. */
enum live_state live_state(const struct live *l);

/** Collect no more packets; what is in the rings can still be read. @param l Capture. */
void live_finish(struct live *l);

/** All of the lanes together. @param l Capture. @param out Receives the counts. */
void live_count(struct live *l, struct live_counts *out);

/** The same, at the end: what is still in the rings will not be read. @param l Capture. @param out
 * Receives the counts; `own` too. */
void live_give_up(struct live *l, struct live_counts *out);

#endif
