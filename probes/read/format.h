/* SPDX-License-Identifier: GPL-3.0-or-later */
/* format.h - what read.c, pcap.c and pcapng.c share. Nobody else includes it. */
#ifndef KK_PROBES_READ_FORMAT_H
#define KK_PROBES_READ_FORMAT_H

#include <string.h>

#include "probes/read/read.h"
#include "probes/read/source.h"

/* An interface of pcapng. */
struct link {
	int linktype;	   /* DLT_... */
	uint32_t snaplen;  /* READ_PACKET_MAX: not limited */
	int64_t offset_us; /* added to every time */
	uint8_t tsresol;   /* as in the file: bit 7 chooses powers of 2 */
};

/* In which order a pcap record tells what was captured and what there was. */
enum lengths { LENGTHS_USUAL, LENGTHS_REVERSED, LENGTHS_EITHER };

struct reader {
	struct source s;
	int (*next)(struct reader *r, struct packet *out, size_t max, size_t *n, struct diag *d);
	int64_t last_us; /* time of the packet before */
	int swapped;	 /* the file's byte order is not ours */
	int linktype;	 /* pcap */
	enum lengths lengths;
	size_t head; /* octets of a pcap record's head */
	int nanos;   /* the file's times are in nanoseconds, not microseconds */
	struct link *link;
	size_t links, links_room;
};

/** A number of the file. @param r Reader. @param p Octets. @return Value. */
static inline uint16_t
get16(const struct reader *r, const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return r->swapped ? __builtin_bswap16(v) : v;
}

/** A number of the file. @param r Reader. @param p Octets. @return Value. */
static inline uint32_t
get32(const struct reader *r, const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return r->swapped ? __builtin_bswap32(v) : v;
}

/** Begin with a pcap file's head. @param r Reader, at the file's beginning. @param d Why not.
 * @retval KK_OK Done. @retval KK_E_CORRUPT It is none. @retval KK_E_TRUNCATED And others of
 * reader_open(). */
int pcap_begin(struct reader *r, struct diag *d);

/** Begin with pcapng. @param r Reader, at the file's beginning. @param d Why not. @retval KK_OK
 * Done.
 * @retval KK_E_CORRUPT It is none. */
int pcapng_begin(struct reader *r, struct diag *d);

/** Say that the file is damaged at `at`. @param r Reader. @param what What is wrong. @param value A
 * number that shows it. @param d Receives it. @return KK_E_CORRUPT. */
int reader_damaged(const struct reader *r, const char *what, uint64_t value, struct diag *d);

/** Say that the file ends in the middle of something. @param r Reader. @param what Of what. @param
 * d Receives it. @return KK_E_TRUNCATED. */
int reader_cut(const struct reader *r, const char *what, struct diag *d);

/** A file's number of a link type as libpcap's. @param number LINKTYPE_... @return DLT_... */
int reader_dlt(uint32_t number);

#endif
