/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcap.c - the classic format: a head, then records. */
#include "probes/read/format.h"

#define HEAD_OCTETS   24
#define RECORD_OCTETS 16
#define MODIFIED_OCTETS                                                           \
	24 /* Kuznetzov's: interface, protocol and packet type behind the lengths \
	    */
#define NANOS \
	1000 /* in a microsecond: a constant, as a division costs as much as a packet's parsing */
#define MAGIC_MICRO    0xa1b2c3d4
#define MAGIC_NANO     0xa1b23c4d
#define MAGIC_MODIFIED 0xa1b2cd34
#define VERSION_MAJOR  2
#define VERSION_MINOR  4
#define VERSION_EITHER 3 /* the two lengths in one order or the other; before, in the other */

static int
check_version(struct reader *r, struct diag *d)
{
	uint16_t major = get16(r, r->s.at + 4), minor = get16(r, r->s.at + 6);

	r->lengths = minor < VERSION_EITHER    ? LENGTHS_REVERSED
		     : minor == VERSION_EITHER ? LENGTHS_EITHER
					       : LENGTHS_USUAL;
	if (major == VERSION_MAJOR && minor <= VERSION_MINOR)
		return KK_OK;
	return diag_set(
	    d, KK_E_UNSUPPORTED, "%s: pcap version %u.%u is not read", r->s.name, major, minor);
}

static inline uint32_t
caplen_at(const struct reader *r, const uint8_t *at, uint32_t *len)
{
	uint32_t caplen = get32(r, at + 8);

	*len = get32(r, at + 12);
	if (r->lengths == LENGTHS_REVERSED || (r->lengths == LENGTHS_EITHER && caplen > *len)) {
		uint32_t first = caplen;

		caplen = *len;
		*len = first;
	}
	return caplen;
}

/* Have the next record in the window. */
static int
await_record(struct reader *r, struct diag *d)
{
	int rc = source_need(&r->s, r->head, d);
	uint32_t caplen, len;

	if (rc == KK_END)
		return r->s.at == r->s.end ? KK_END : reader_cut(r, "a record's head", d);
	if (rc != KK_OK)
		return rc;
	caplen = caplen_at(r, r->s.at, &len);
	if (caplen > READ_PACKET_MAX)
		return reader_damaged(r, "a packet of impossible length", caplen, d);
	rc = source_need(&r->s, r->head + caplen, d);
	return rc == KK_END ? reader_cut(r, "a packet", d) : rc;
}

/* Records that are whole and right; what is not is the next call's. @return How many. */
static inline __attribute__((always_inline)) size_t
take_records(struct reader *r, const struct reader *as, struct packet *out, size_t max)
{
	const uint8_t *at = r->s.at;
	size_t n = 0;

	for (size_t left; n < max && (left = (size_t)(r->s.end - at)) >= as->head; n++) {
		uint32_t len, caplen = caplen_at(as, at, &len), part = get32(as, at + 4);

		if (caplen > READ_PACKET_MAX || left - as->head < caplen)
			break;
		out[n] = (struct packet){
		    .time_us = (int64_t)get32(as, at) * 1000000 + (as->nanos ? part / NANOS : part),
		    .p = at + as->head,
		    .caplen = caplen,
		    .len = len > caplen ? len : caplen,
		    .linktype = r->linktype};
		at += as->head + caplen;
	}
	r->s.at = at;
	return n;
}

static int
next(struct reader *r, struct packet *out, size_t max, size_t *n, struct diag *d)
{
	int rc = await_record(r, d);

	if (rc == KK_OK)
		*n = take_records(r, r, out, max);
	return rc;
}

/* As nearly every file is: this machine's byte order, microseconds. The compiler knows it. */
static int
next_usual(struct reader *r, struct packet *out, size_t max, size_t *n, struct diag *d)
{
	static const struct reader usual = {.head = RECORD_OCTETS, .lengths = LENGTHS_USUAL};
	int rc = await_record(r, d);

	if (rc == KK_OK)
		*n = take_records(r, &usual, out, max);
	return rc;
}

int
pcap_begin(struct reader *r, struct diag *d)
{
	uint32_t magic;
	int rc = source_need(&r->s, HEAD_OCTETS, d);

	if (rc < 0)
		return rc;
	magic = get32(r, r->s.at);
	if (magic != MAGIC_MICRO && magic != MAGIC_NANO && magic != MAGIC_MODIFIED) {
		r->swapped = 1;
		magic = get32(r, r->s.at);
	}
	if (magic != MAGIC_MICRO && magic != MAGIC_NANO && magic != MAGIC_MODIFIED)
		return diag_set(d, KK_E_CORRUPT, "%s: neither pcap nor pcapng", r->s.name);
	if (rc == KK_END)
		return reader_cut(r, "its head", d);
	if ((rc = check_version(r, d)) != KK_OK)
		return rc;
	r->nanos = magic == MAGIC_NANO;
	r->head = magic == MAGIC_MODIFIED ? MODIFIED_OCTETS : RECORD_OCTETS;
	r->linktype = reader_dlt(get32(r, r->s.at + 20));
	r->s.at += HEAD_OCTETS;
	r->next = r->swapped || r->nanos || r->lengths != LENGTHS_USUAL || r->head != RECORD_OCTETS
		      ? next
		      : next_usual;
	return KK_OK;
}
