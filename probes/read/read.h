/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * read.h - packets of a capture file or a pipe: pcap and pcapng of either byte order, gzip or not.
 * Parsed in place in large blocks, handed on many at a time. What is malformed is an error that
 * names the file and the octet; what came before it has been handed on.
 */
#ifndef KK_PROBES_READ_READ_H
#define KK_PROBES_READ_READ_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

#define READ_PACKET_MAX                                                                        \
	262144		    /* octets captured of one packet: as libpcap's largest snap length \
			     */
#define READ_LINKS_MAX 4096 /* interfaces in a section of pcapng */

/* One packet. */
struct packet {
	const uint8_t *p; /* captured octets */
	int64_t time_us;  /* UTC; where a file tells none, that of the packet before */
	uint32_t caplen;  /* octets captured */
	uint32_t len;	  /* octets on the wire, never less than caplen */
	int linktype;	  /* DLT_... */
};

/* Who is asked before a read that may block, as of a pipe. */
struct read_patience {
	/* Wait until there is something to read, or the end. 0: read no more. */
	int (*wait)(void *ctx, int fd);
	void *ctx;
};

struct reader;

/** Ask for a file to be looked at where the kernel has it. It is copied, as any other, where that
 * cannot be, and from the moment on when somebody wants to write to it, who waits so long. Before
 * privileges are dropped: it is its owner's to ask. @param fd A file opened to read only, at its
 * beginning, and nobody else's. */
void reader_hold(int fd);

/**
 * Begin to read.
 *
 * @param fd    File, pipe; not taken over.
 * @param name  For messages; borrowed.
 * @param wait  Asked before every read of what is no regular file; borrowed. NULL: nobody.
 * @param out   Receives the reader; reader_free() frees it.
 * @param d     "FILE: octet N: what is wrong".
 * @retval KK_OK
 * @retval KK_E_CLOSED       Nobody waits any more.
 * @retval KK_E_CORRUPT      No capture.
 * @retval KK_E_TRUNCATED    Cut short in its very beginning.
 * @retval KK_E_UNSUPPORTED  A later version of the format.
 * @retval KK_E_IO           And its kin.
 */
int reader_open(int fd, const char *name, const struct read_patience *wait, struct reader **out,
    struct diag *d);

/** @param r Reader, NULL is allowed. */
void reader_free(struct reader *r);

/**
 * The next packets: those that lie in the block, so that a slow pipe's are not held back.
 *
 * @param r    Reader.
 * @param out  Receives packets; their octets live until the next call.
 * @param max  How many at most.
 * @param n    Receives how many; at least one if KK_OK, else 0.
 * @param d    "FILE: octet N: what is wrong".
 * @retval KK_OK
 * @retval KK_END          The file has ended.
 * @retval KK_E_CLOSED     Nobody waits any more.
 * @retval KK_E_TRUNCATED  It is cut short.
 * @retval KK_E_CORRUPT    It is damaged here, and what follows cannot be found.
 * @retval KK_E_IO         And its kin.
 */
int reader_next(struct reader *r, struct packet *out, size_t max, size_t *n, struct diag *d);

/** How far ahead of a packet whoever reads it should ask for memory, as the packets to come lie
 * behind it and were in no cache yet. @param r Reader. @return Octets; 0: there is no such need. */
size_t reader_ahead(const struct reader *r);

/** The one link type of a pcap file. @param r Reader. @return DLT_...; -1: pcapng, where each
 * packet has its own. */
int reader_linktype(const struct reader *r);

#endif
