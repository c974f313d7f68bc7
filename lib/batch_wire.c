/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Version 1. leb is unsigned LEB128, u64 little endian:
 *
 *   batch:  "KKPB"  u8 version  u8 length, probe  u64 run  leb sequence  entries to the end
 *   entry:  u8 length, id  leb time_cs - from_cs  sample (sample_wire.h)
 *   answer: "KKPA"  u8 version  u64 run  u64 sequence
 */
#include "lib/batch_wire.h"

#include <string.h>

#include "lib/sample_wire.h"
#include "lib/text.h"
#include "lib/wire.h"

#define BATCH_VERSION 1
#define MAGIC_OCTETS  4

static const char batch_magic[MAGIC_OCTETS] = {'K', 'K', 'P', 'B'};
static const char ack_magic[MAGIC_OCTETS] = {'K', 'K', 'P', 'A'};

static size_t
put_u64(uint8_t *out, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		out[i] = (uint8_t)(v >> 8 * i);
	return 8;
}

/* The length of a name, 0 if it is none. */
static size_t
name_length(const char *name)
{
	size_t len = strnlen(name, BATCH_NAME_MAX + 1);

	return len <= BATCH_NAME_MAX && text_is_utf8(name, len) ? len : 0;
}

static int
take_name(struct wire *w, char out[BATCH_NAME_MAX + 1])
{
	size_t len = wire_u8(w);
	const uint8_t *p = wire_take(w, len);

	if (p == NULL)
		return KK_E_TRUNCATED;
	if (len == 0 || len > BATCH_NAME_MAX || !text_is_utf8((const char *)p, len))
		return KK_E_SYNTAX;
	memcpy(out, p, len);
	out[len] = '\0';
	return KK_OK;
}

int
batch_begin(struct batch_writer *b, uint8_t *out, size_t room, const struct batch_head *head)
{
	size_t name = name_length(head->probe), n = 0;

	if (name == 0 || head->sequence == 0)
		return KK_E_RANGE;
	if (room > BATCH_OCTETS_MAX)
		room = BATCH_OCTETS_MAX;
	if (room < MAGIC_OCTETS + 2 + name + 8 + WIRE_LEB_MAX)
		return KK_E_FULL;
	memcpy(out, batch_magic, MAGIC_OCTETS);
	n += MAGIC_OCTETS;
	out[n++] = BATCH_VERSION;
	out[n++] = (uint8_t)name;
	memcpy(out + n, head->probe, name);
	n += name;
	n += put_u64(out + n, head->run);
	n += wire_put_leb(out + n, head->sequence);
	*b = (struct batch_writer){out, room, n};
	return KK_OK;
}

int
batch_add(struct batch_writer *b, const char *id, int64_t from_cs, const struct sample *s)
{
	size_t name = name_length(id), n = b->len;
	struct sample anonymous = *s;
	int got;

	if (name == 0 || s->n_counters != 0 || from_cs >= s->time_cs || from_cs <= -SAMPLE_TIME_MAX)
		return KK_E_RANGE;
	if (b->room - n < 1 + name + WIRE_LEB_MAX)
		return KK_E_FULL;
	b->out[n++] = (uint8_t)name;
	memcpy(b->out + n, id, name);
	n += name;
	n += wire_put_leb(b->out + n, (uint64_t)(s->time_cs - from_cs));
	anonymous.device = BATCH_DEVICE;
	got = sample_encode(&anonymous, b->out + n, b->room - n);
	if (got < 0)
		return got;
	b->len = n + (size_t)got;
	return KK_OK;
}

int
batch_open(struct batch_reader *r, const uint8_t *in, size_t len, struct batch_head *head)
{
	struct wire w = wire_over(in, len);
	const uint8_t *magic = wire_take(&w, MAGIC_OCTETS);
	int rc;

	if (magic == NULL)
		return KK_E_TRUNCATED;
	if (len > BATCH_OCTETS_MAX || memcmp(magic, batch_magic, MAGIC_OCTETS) != 0)
		return KK_E_SYNTAX;
	if (wire_u8(&w) != BATCH_VERSION)
		return w.failed ? KK_E_TRUNCATED : KK_E_VERSION;
	if ((rc = take_name(&w, head->probe)) != KK_OK)
		return rc;
	head->run = wire_le64(&w);
	head->sequence = wire_leb(&w);
	if (w.failed || head->sequence == 0)
		return w.failed && w.at == w.end ? KK_E_TRUNCATED : KK_E_SYNTAX;
	*r = (struct batch_reader){w.at, w.end};
	return KK_OK;
}

int
batch_next(struct batch_reader *r, struct batch_entry *e)
{
	struct wire w = wire_over(r->at, (size_t)(r->end - r->at));
	uint64_t span;
	int rc;

	if (r->at == r->end)
		return KK_END;
	if ((rc = take_name(&w, e->id)) != KK_OK)
		return rc;
	span = wire_leb(&w);
	if (w.failed)
		return KK_E_TRUNCATED;
	if (span == 0 || span >= (uint64_t)SAMPLE_TIME_MAX)
		return KK_E_SYNTAX;
	rc = sample_decode(w.at, wire_left(&w), &e->sample, e->counters);
	if (rc < 0)
		return rc == KK_E_VERSION ? KK_E_SYNTAX : rc;
	if (e->sample.n_counters != 0 || e->sample.device != BATCH_DEVICE)
		return KK_E_SYNTAX;
	e->from_cs = e->sample.time_cs - (int64_t)span;
	r->at = w.at + rc;
	return KK_OK;
}

void
batch_ack_encode(uint64_t run, uint64_t sequence, uint8_t out[BATCH_ACK_OCTETS])
{
	size_t n = MAGIC_OCTETS;

	memcpy(out, ack_magic, MAGIC_OCTETS);
	out[n++] = BATCH_VERSION;
	n += put_u64(out + n, run);
	put_u64(out + n, sequence);
}

int
batch_ack_decode(const uint8_t *in, size_t len, uint64_t *run, uint64_t *sequence)
{
	struct wire w = wire_over(in, len);
	const uint8_t *magic = wire_take(&w, MAGIC_OCTETS);

	if (magic == NULL || memcmp(magic, ack_magic, MAGIC_OCTETS) != 0)
		return KK_E_SYNTAX;
	if (wire_u8(&w) != BATCH_VERSION)
		return w.failed ? KK_E_SYNTAX : KK_E_VERSION;
	if (len != BATCH_ACK_OCTETS)
		return KK_E_SYNTAX;
	*run = wire_le64(&w);
	*sequence = wire_le64(&w);
	return KK_OK;
}
