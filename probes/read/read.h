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

struct reader;

/**
 * Begin to read.
 *
 * @param fd    File, pipe; not taken over.
 * @param name  For messages; borrowed.
 * @param out   Receives the reader; reader_free() frees it.
 * @param d     "FILE: octet N: what is wrong".
 * @retval KK_OK
 * @retval KK_E_CORRUPT      No capture.
 * @retval KK_E_TRUNCATED    Cut short in its very beginning.
 * @retval KK_E_UNSUPPORTED  A later version of the format.
 * @retval KK_E_IO           And its kin.
 */
int reader_open(int fd, const char *name, struct reader **out, struct diag *d);

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
 * @retval KK_E_TRUNCATED  It is cut short.
 * @retval KK_E_CORRUPT    It is damaged here, and what follows cannot be found.
 * @retval KK_E_IO         And its kin.
 */
int reader_next(struct reader *r, struct packet *out, size_t max, size_t *n, struct diag *d);

/** The one link type of a pcap file. @param r Reader. @return DLT_...; -1: pcapng, where each
 * packet has its own. */
int reader_linktype(const struct reader *r);

#endif
