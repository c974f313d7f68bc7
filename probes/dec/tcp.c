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
static struct tcp_end
end_at(const uint8_t *address, size_t octets, uint16_t port)
{
	uint64_t half[2] = {0};

	memcpy(half, address, octets);
	return (struct tcp_end){half[0] * UINT64_C(0x9e3779b97f4a7c15) ^ half[1], port};
}

static void
take_ends(const uint8_t *ip, uint16_t from, uint16_t to, struct tcp_end end[2])
{
	if (ip[0] >> 4 == 6) {
		end[0] = end_at(ip + 8, 16, from);
		end[1] = end_at(ip + 24, 16, to);
	} else {
		end[0] = end_at(ip + 12, 4, from);
		end[1] = end_at(ip + 16, 4, to);
	}
}

/* The number of a flow, the same for both ways. */
static uint64_t
flow_of(const struct dec *d, const struct tcp_end end[2])
{
	unsigned first = end[0].address > end[1].address ||
			 (end[0].address == end[1].address && end[0].port > end[1].port);
	uint64_t octets[4] = {
	    end[first].address, end[first].port, end[!first].address, end[!first].port};

	return pseudonym_octets(d->key, (const uint8_t *)octets, sizeof(octets));
}

/* A number of a flow for tables that may be wrong: the same for both ways, and spread by one
 * multiplication. */
static uint64_t
mark_of(const struct tcp_flows *flows, const struct tcp_end end[2])
{
	uint64_t a = (end[0].address ^ end[0].port << 32) + flows->secret;
	uint64_t b = (end[1].address ^ end[1].port << 32) + flows->secret;

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

int
dec_tcp_is_silent(const struct tcp_flows *flows, const uint8_t *ip, const uint8_t *tcp,
    size_t captured, size_t left)
{
	struct tcp_end end[2];
	size_t header;
	uint64_t mark;

	if (captured < HEADER)
		return 0;
	header = (size_t)(tcp[12] >> 4) * 4;
	if (header < HEADER || header > left || (tcp[13] & TCP_SYN))
		return 0;
	take_ends(ip, (uint16_t)(tcp[0] << 8 | tcp[1]), (uint16_t)(tcp[2] << 8 | tcp[3]), end);
	mark = mark_of(flows, end);
	return (flows->answered[word_of(mark)] & bit_of(mark)) == 0 && !is_followed(flows, mark);
}

/* What a segment says whose options are behind `w`. */
static enum dec_next
take_segment(struct dec *d, const struct tcp_end end[2], struct detail_tcp t, struct wire w)
{
	t.flow = flow_of(d, end);
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
	struct tcp_end end[2];
	uint16_t from, to;
	struct detail_tcp t;
	struct wire w = d->w;
	uint64_t mark;

	from = wire_be16(&w);
	to = wire_be16(&w);
	t.seq = wire_be32(&w);
	wire_be32(&w); /* acknowledgement */
	header = (size_t)(wire_u8(&w) >> 4) * 4;
	t.flags = wire_u8(&w);
	wire_take(&w, 6);
	if (w.failed)
		return d->uncaptured > 0 ? dec_end(d) : dec_unit(d, DEC_STOP_TCP_SHORT);
	if (header < HEADER || header > left)
		return dec_unit(d, DEC_STOP_TCP_HEADER);
	take_ends(d->ip, from, to, end);
	mark = mark_of(d->flows, end);
	t.is_followed = (uint8_t)is_followed(d->flows, mark);
	if (!is_wanted(d->flows, mark, t.flags) || d->detail->kind != DETAIL_NONE)
		return dec_end(d);
	w = wire_sub(&w, header - HEADER);
	if (w.failed)
		return dec_end(d); /* the snap length */
	t.octets = (uint32_t)(left - header);
	t.has_stamp = 0;
	t.stamp = t.echo = 0;
	return dec_unit(d, take_segment(d, end, t, w));
}
