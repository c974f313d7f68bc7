/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcp.c - TCP as far as round trips and retransmissions need it. Most segments are passed over
 * after a look at their ports: one flow in some is followed, and of the others the handshake. Which
 * ones, and under what number, depends on a secret.
 */
#include <string.h>

#include "probes/dec/detail.h"
#include "probes/dec/step.h"

#define HEADER	     20
#define OPTION_END   0
#define OPTION_NOP   1
#define OPTION_STAMP 8
#define STAMP_OCTETS 8

struct tcp_end {
	uint64_t address, port;
};

/* The timestamp option. 0: an option lies about its length. */
static int
take_options(struct detail_tcp *t, struct wire w)
{
	while (wire_left(&w) > 0) {
		uint8_t kind = wire_u8(&w), len;
		struct wire option;

		if (kind == OPTION_END)
			return 1;
		if (kind == OPTION_NOP)
			continue;
		len = wire_u8(&w);
		option = wire_sub(&w, len >= 2 ? len - 2u : SIZE_MAX);
		if (option.failed)
			return 0;
		if (kind != OPTION_STAMP || wire_left(&option) != STAMP_OCTETS)
			continue;
		t->stamp = wire_be32(&option);
		t->echo = wire_be32(&option);
		t->has_stamp = 1;
	}
	return 1;
}

/* Address and port of an end as two numbers, which are as good as they to tell flows apart. */
static inline struct tcp_end
end_at(const uint8_t *address, size_t octets, const uint8_t *port)
{
	uint64_t half[2] = {0};
	uint16_t number; /* in no order: it is only compared */

	memcpy(half, address, octets);
	memcpy(&number, port, sizeof(number));
	return (struct tcp_end){half[0] * UINT64_C(0x9e3779b97f4a7c15) ^ half[1], number};
}

/* Each segment's ends are looked at. */
static inline __attribute__((always_inline)) void
take_ends(const uint8_t *ip, const uint8_t *tcp, struct tcp_end end[2])
{
	if (ip[0] >> 4 == 6) {
		end[0] = end_at(ip + 8, 16, tcp);
		end[1] = end_at(ip + 24, 16, tcp + 2);
	} else {
		end[0] = end_at(ip + 12, 4, tcp);
		end[1] = end_at(ip + 16, 4, tcp + 2);
	}
}

/* The number of a flow, the same for both ways; never 0. */
static uint64_t
flow_of(const struct tcp_flows *flows, const struct tcp_end end[2])
{
	unsigned first = end[0].address > end[1].address ||
			 (end[0].address == end[1].address && end[0].port > end[1].port);
	uint64_t ports = end[first].port << 16 | end[!first].port, flow;

	flow =
	    dec_fold(end[first].address ^ flows->secret[1], end[!first].address ^ flows->secret[2]);
	flow = dec_fold(flow ^ flows->secret[3], ports ^ flows->secret[4]);
	return flow != 0 ? flow : 1;
}

/* A number of a flow for tables that may be wrong: the same for both ways, and spread by one
 * multiplication. */
static uint64_t
mark_of(const struct tcp_flows *flows, const struct tcp_end end[2])
{
	uint64_t a = (end[0].address ^ end[0].port << 32) + flows->secret[0];
	uint64_t b = (end[1].address ^ end[1].port << 32) + flows->secret[0];

	return (a * b) ^ (a + b);
}

static size_t
word_of(uint64_t mark)
{
	return mark >> 32 & (TCP_ANSWERED - 1);
}

static uint64_t
bit_of(uint64_t mark)
{
	return UINT64_C(1) << (mark >> 58);
}

static int
is_followed(const struct tcp_flows *flows, uint64_t mark)
{
	return (uint16_t)(mark >> 42) < flows->below;
}

/* Whether anybody wants to know. The answer to a handshake's answer is awaited by a bit. */
static int
is_wanted(struct tcp_flows *flows, uint64_t mark, uint8_t flags)
{
	uint64_t *word = &flows->answered[word_of(mark)], bit = bit_of(mark);

	if (flags & TCP_SYN) {
		if (flags & TCP_ACK)
			*word |= bit;
		return 1;
	}
	if ((*word & bit) == 0)
		return is_followed(flows, mark);
	*word &= ~bit;
	return 1;
}

enum dec_segment
dec_tcp_front(
    struct tcp_flows *flows, const uint8_t *ip, const uint8_t *tcp, size_t captured, size_t left)
{
	struct tcp_end end[2];
	size_t header;
	uint64_t mark;

	if (captured < HEADER)
		return DEC_SEGMENT_LOUD;
	header = (size_t)(tcp[12] >> 4) * 4;
	if (header < HEADER || header > left)
		return DEC_SEGMENT_LOUD;
	take_ends(ip, tcp, end);
	mark = mark_of(flows, end);
	if (tcp[13] & TCP_SYN) {
		/* Its answer may be read before this one is decoded. */
		is_wanted(flows, mark, tcp[13]);
		return DEC_SEGMENT_LOUD;
	}
	return (flows->answered[word_of(mark)] & bit_of(mark)) == 0 && !is_followed(flows, mark)
		   ? DEC_SEGMENT_SILENT
		   : DEC_SEGMENT_TELLS;
}

/* The header up to its options. NULL: it is cut. */
static const uint8_t *
take_head(struct wire *w, struct detail_tcp *t, size_t *header)
{
	const uint8_t *tcp = wire_take(w, HEADER);

	if (tcp == NULL)
		return NULL;
	t->seq = dec_be16(tcp + 4) << 16 | dec_be16(tcp + 6);
	*header = (size_t)(tcp[12] >> 4) * 4;
	t->flags = tcp[13];
	return tcp;
}

int
dec_tcp_segment(
    struct tcp_flows *flows, const uint8_t *ip, struct wire w, size_t left, struct detail *out)
{
	struct detail_tcp t = {0};
	struct tcp_end end[2];
	const uint8_t *tcp;
	struct wire options;
	uint64_t mark;
	size_t header;

	if ((tcp = take_head(&w, &t, &header)) == NULL || header < HEADER || header > left)
		return -1;
	options = wire_sub(&w, header - HEADER);
	if (!options.failed && !take_options(&t, options))
		return -1;
	take_ends(ip, tcp, end);
	mark = mark_of(flows, end);
	if (!is_wanted(flows, mark, t.flags) || options.failed)
		return 0;
	t.is_followed = (uint8_t)is_followed(flows, mark);
	t.octets = (uint32_t)(left - header);
	t.flow = flow_of(flows, end);
	out->kind = DETAIL_TCP;
	out->tcp = t;
	return 1;
}

/* What a segment says whose options are behind `w`. */
static enum dec_next
take_segment(struct dec *d, const struct tcp_end end[2], struct detail_tcp t, struct wire w)
{
	t.flow = flow_of(d->flows, end);
	if (!take_options(&t, w))
		return DEC_STOP_TCP_OPTION;
	d->detail->kind = DETAIL_TCP;
	d->detail->tcp = t;
	return DEC_DONE;
}

enum dec_next
dec_tcp(struct dec *d)
{
	size_t left = dec_left(d), header;
	struct detail_tcp t = {0};
	struct tcp_end end[2];
	struct wire w = d->w;
	const uint8_t *tcp;
	uint64_t mark;

	if ((tcp = take_head(&w, &t, &header)) == NULL)
		return d->uncaptured > 0 ? dec_end(d) : dec_unit(d, DEC_STOP_TCP_SHORT);
	if (header < HEADER || header > left)
		return dec_unit(d, DEC_STOP_TCP_HEADER);
	take_ends(d->ip, tcp, end);
	mark = mark_of(d->flows, end);
	t.is_followed = (uint8_t)is_followed(d->flows, mark);
	if (!is_wanted(d->flows, mark, t.flags) || d->detail->kind != DETAIL_NONE)
		return dec_end(d);
	w = wire_sub(&w, header - HEADER);
	if (w.failed)
		return dec_end(d); /* the snap length */
	t.octets = (uint32_t)(left - header);
	return dec_unit(d, take_segment(d, end, t, w));
}
