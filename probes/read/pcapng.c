/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcapng.c - sections of blocks; of those that are no packets and no interfaces only the length
 * counts. */
#include <stdlib.h>

#include "probes/read/format.h"

#define BLOCK_SECTION	0x0a0d0d0a /* the same in both byte orders */
#define BLOCK_INTERFACE 1
#define BLOCK_PACKET	2 /* obsolete */
#define BLOCK_SIMPLE	3
#define BLOCK_ENHANCED	6
#define BYTE_ORDER_MARK 0x1a2b3c4d
#define FRAME_OCTETS	12 /* type and length before a block's body, the length again behind it */
#define PARSED_MAX	(READ_PACKET_MAX + (1 << 19)) /* of a block with all its options */
#define OPTION_END	0
#define OPTION_TSRESOL	9
#define OPTION_TSOFFSET 14
#define TSRESOL_MICRO	6
#define TIME_MAX_S	(INT64_C(1) << 33) /* no packet was captured later than 2242 */

_Static_assert(PARSED_MAX <= SOURCE_ROOM, "a block fits the window");

/* ---- times ---- */

/* Units of a resolution as microseconds. -1: nobody's time. */
static int64_t
units_us(uint64_t units, uint8_t tsresol)
{
	unsigned power = tsresol & 0x7f;
	uint64_t s = 1;

	if (tsresol & 0x80) {
		if (power > 63)
			return -1;
		if (power > 43) { /* a fraction's microseconds must fit */
			units >>= power - 43;
			power = 43;
		}
		s = units >> power;
		if (s > (uint64_t)TIME_MAX_S)
			return -1;
		return (int64_t)(s * 1000000 +
				 (((units & ((UINT64_C(1) << power) - 1)) * 1000000) >> power));
	}
	for (; power > TSRESOL_MICRO && units > 0; power--)
		units /= 10;
	for (; power < TSRESOL_MICRO && s < 1000000; power++)
		s *= 10;
	return units <= (uint64_t)TIME_MAX_S * 1000000 / s ? (int64_t)(units * s) : -1;
}

static int64_t
packet_time(struct reader *r, const struct link *l, const uint8_t *high)
{
	uint64_t units = (uint64_t)get32(r, high) << 32 | get32(r, high + 4);
	int64_t us = l->tsresol == TSRESOL_MICRO && units < UINT64_C(1) << 52
			 ? (int64_t)units
			 : units_us(units, l->tsresol);

	if (us >= -l->offset_us && us >= 0 && us + l->offset_us <= TIME_MAX_S * 1000000)
		r->last_us = us + l->offset_us;
	return r->last_us;
}

/* ---- blocks that are kept ---- */

static int
section(struct reader *r, size_t body, struct diag *d)
{
	uint16_t major, minor;

	if (body < 16)
		return reader_damaged(r, "a section's head of impossible length", body, d);
	major = get16(r, r->s.at + 12);
	minor = get16(r, r->s.at + 14);
	if (major != 1 || (minor != 0 && minor != 2))
		return diag_set(d, KK_E_UNSUPPORTED,
		    "%s: octet %llu: pcapng version %u.%u is not read", r->s.name,
		    (unsigned long long)source_offset(&r->s), major, minor);
	r->links = 0;
	return KK_OK;
}

static void
link_option(const struct reader *r, struct link *l, uint16_t code, uint16_t len, const uint8_t *p)
{
	if (code == OPTION_TSRESOL && len == 1)
		l->tsresol = *p;
	if (code == OPTION_TSOFFSET && len == 8) {
		uint64_t high = get32(r, r->swapped ? p : p + 4);
		int64_t s = (int64_t)(high << 32 | get32(r, r->swapped ? p + 4 : p));

		if (s >= -TIME_MAX_S && s <= TIME_MAX_S)
			l->offset_us = s * 1000000;
	}
}

static int
link_options(struct reader *r, struct link *l, const uint8_t *p, size_t left, struct diag *d)
{
	while (left >= 4) {
		uint16_t code = get16(r, p), len = get16(r, p + 2);
		size_t padded = ((size_t)len + 3) & ~(size_t)3;

		if (code == OPTION_END)
			return KK_OK;
		p += 4;
		left -= 4;
		if (padded > left)
			return reader_damaged(r, "an option runs past its block", len, d);
		link_option(r, l, code, len, p);
		p += padded;
		left -= padded;
	}
	return KK_OK;
}

static int
interface(struct reader *r, size_t body, struct diag *d)
{
	const uint8_t *p = r->s.at + 8;
	struct link l = {.tsresol = TSRESOL_MICRO};
	int rc;

	if (body < 8)
		return reader_damaged(r, "an interface of impossible length", body, d);
	if (r->links == READ_LINKS_MAX)
		return reader_damaged(r, "more interfaces than can be", READ_LINKS_MAX, d);
	l.linktype = reader_dlt(get16(r, p));
	l.snaplen = get32(r, p + 4);
	if (l.snaplen == 0 || l.snaplen > READ_PACKET_MAX)
		l.snaplen = READ_PACKET_MAX;
	if ((rc = link_options(r, &l, p + 8, body - 8, d)) != KK_OK)
		return rc;
	if (r->links == r->links_room) {
		size_t want = r->links_room > 0 ? r->links_room * 2 : 8;
		struct link *bigger = realloc(r->link, want * sizeof(*bigger));

		if (bigger == NULL)
			return diag_set(d, KK_E_NOMEM, "%s: out of memory", r->s.name);
		r->link = bigger;
		r->links_room = want;
	}
	r->link[r->links++] = l;
	return KK_OK;
}

/* ---- packets ---- */

static int
fill_in(struct reader *r, const struct link *l, const uint8_t *p, size_t room, uint32_t caplen,
    uint32_t len, struct packet *out, struct diag *d)
{
	if (caplen > room || caplen > READ_PACKET_MAX)
		return reader_damaged(r, "a packet of impossible length", caplen, d);
	out->p = p;
	out->caplen = caplen;
	out->len = len > caplen ? len : caplen;
	out->linktype = l->linktype;
	return KK_OK;
}

/* Enhanced, or its forerunner: a head of 20 octets, of which only the interface's number differs.
 */
static int
enhanced(struct reader *r, uint32_t type, size_t body, struct packet *out, struct diag *d)
{
	const uint8_t *p = r->s.at + 8;
	uint32_t id;
	int rc;

	if (body < 20)
		return reader_damaged(r, "a packet's block of impossible length", body, d);
	id = type == BLOCK_PACKET ? get16(r, p) : get32(r, p);
	if (id >= r->links)
		return reader_damaged(r, "a packet of an interface that is not told", id, d);
	rc =
	    fill_in(r, &r->link[id], p + 20, body - 20, get32(r, p + 12), get32(r, p + 16), out, d);
	if (rc == KK_OK)
		out->time_us = packet_time(r, &r->link[id], p + 4);
	return rc;
}

/* Of the first interface, at a time that nobody tells. */
static int
simple(struct reader *r, size_t body, struct packet *out, struct diag *d)
{
	const uint8_t *p = r->s.at + 8;
	uint32_t len;

	if (body < 4)
		return reader_damaged(r, "a packet's block of impossible length", body, d);
	if (r->links == 0)
		return reader_damaged(r, "a packet of an interface that is not told", 0, d);
	len = get32(r, p);
	out->time_us = r->last_us;
	return fill_in(r, &r->link[0], p + 4, body - 4,
	    len < r->link[0].snaplen ? len : r->link[0].snaplen, len, out, d);
}

/* ---- any block ---- */

/* A section's head tells how its own length is to be read. */
static int
byte_order(struct reader *r, struct diag *d)
{
	uint32_t mark;
	int rc = source_need(&r->s, FRAME_OCTETS, d);

	if (rc != KK_OK)
		return rc == KK_END ? reader_cut(r, "a section's head", d) : rc;
	memcpy(&mark, r->s.at + 8, sizeof(mark));
	if (mark != BYTE_ORDER_MARK && mark != __builtin_bswap32(BYTE_ORDER_MARK))
		return reader_damaged(r, "no mark of the byte order", mark, d);
	r->swapped = mark != BYTE_ORDER_MARK;
	return KK_OK;
}

static int
is_parsed(uint32_t type)
{
	return type == BLOCK_SECTION || type == BLOCK_INTERFACE || type == BLOCK_PACKET ||
	       type == BLOCK_SIMPLE || type == BLOCK_ENHANCED;
}

/* The block at `at`: its type, its whole length; its octets are in the window, but for those of a
 * giant that is stepped over. */
static int
await_block(struct reader *r, uint32_t *type, uint32_t *len, struct diag *d)
{
	int rc = source_need(&r->s, 8, d);

	if (rc == KK_END)
		return r->s.at == r->s.end ? KK_END : reader_cut(r, "a block's head", d);
	if (rc != KK_OK)
		return rc;
	*type = get32(r, r->s.at);
	if (*type == BLOCK_SECTION && (rc = byte_order(r, d)) != KK_OK)
		return rc;
	*len = get32(r, r->s.at + 4);
	if (*len < FRAME_OCTETS || *len % 4 != 0)
		return reader_damaged(r, "a block of impossible length", *len, d);
	if (*len > PARSED_MAX)
		return is_parsed(*type) ? reader_damaged(r, "a block of impossible length", *len, d)
					: KK_OK;
	rc = source_need(&r->s, *len, d);
	if (rc == KK_END)
		return reader_cut(r, "a block", d);
	if (rc == KK_OK && get32(r, r->s.at + *len - 4) != *len)
		return reader_damaged(r, "a block whose two lengths differ", *len, d);
	return rc;
}

/* Take the block at `at`. *n grows if it was a packet. */
static int
take(struct reader *r, uint32_t type, uint32_t len, struct packet *out, size_t *n, struct diag *d)
{
	size_t body = len - FRAME_OCTETS;
	int rc = KK_OK;

	switch (type) {
	case BLOCK_SECTION:
		rc = section(r, body, d);
		break;
	case BLOCK_INTERFACE:
		rc = interface(r, body, d);
		break;
	case BLOCK_PACKET:
	case BLOCK_ENHANCED:
		rc = enhanced(r, type, body, &out[*n], d);
		*n += rc == KK_OK;
		break;
	case BLOCK_SIMPLE:
		rc = simple(r, body, &out[*n], d);
		*n += rc == KK_OK;
		break;
	default:
		rc = source_skip(&r->s, len, d);
		return rc == KK_END ? reader_cut(r, "a block", d) : rc;
	}
	if (rc == KK_OK)
		r->s.at += len;
	return rc;
}

/* Whether the next block is a packet that lies whole in the window: what else there is may move it,
 * and packets that are in hand with it. */
static int
is_packet_here(const struct reader *r)
{
	size_t left = (size_t)(r->s.end - r->s.at);
	uint32_t type;

	if (left < FRAME_OCTETS)
		return 0;
	type = get32(r, r->s.at);
	return (type == BLOCK_ENHANCED || type == BLOCK_SIMPLE || type == BLOCK_PACKET) &&
	       get32(r, r->s.at + 4) <= left;
}

static int
next(struct reader *r, struct packet *out, size_t max, size_t *n, struct diag *d)
{
	do {
		uint32_t type = 0, len = 0;
		int rc = await_block(r, &type, &len, d);

		if (rc == KK_OK)
			rc = take(r, type, len, out, n, d);
		if (rc != KK_OK) /* what is in hand first; it is found again */
			return *n > 0 ? KK_OK : rc;
	} while (*n == 0 || (*n < max && is_packet_here(r)));
	return KK_OK;
}

int
pcapng_begin(struct reader *r, struct diag *d)
{
	(void)d;
	r->linktype = -1;
	r->next = next;
	return KK_OK;
}
