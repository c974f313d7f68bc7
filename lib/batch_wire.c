/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leb is unsigned LEB128, u64 little endian:
 *
 *   batch:  "KKPB"  u8 version  u8 length, probe  u64 run  leb sequence  entries to the end
 *   answer: "KKPA"  u8 1  u64 run  u64 sequence
 *
 * Version 2, which is written; version 1 (as spools of before hold it) has samples only, and no
 * kinds:
 *
 *   entry:  u8 kind (enum batch_kind), then
 *   sample: u8 length, id  leb time_cs - from_cs  sample (sample_wire.h)
 *   event:  leb length, event (event.h)
 */
#include "lib/batch_wire.h"

#include <string.h>

#include "lib/batch_name.h"
#include "lib/sample_wire.h"
#include "lib/wire.h"

#define BATCH_VERSION	   2
#define BATCH_SAMPLES_ONLY 1 /* the version before */
#define ACK_VERSION	   1
#define MAGIC_OCTETS	   4

static const char batch_magic[MAGIC_OCTETS] = {'K', 'K', 'P', 'B'};
static const char ack_magic[MAGIC_OCTETS] = {'K', 'K', 'P', 'A'};

static int
has_strange_counters(const struct sample *s)
{
	return s->n_counters != 0 && s->source != SOURCE_PROBE;
}

int
batch_begin(struct batch_writer *b, uint8_t *out, size_t room, const struct batch_head *head)
{
	size_t name = batch_name_length(head->probe), n = 0;

	if (name == 0 || head->sequence == 0)
		return KK_E_RANGE;
	if (room > BATCH_OCTETS_MAX)
		room = BATCH_OCTETS_MAX;
	if (room < MAGIC_OCTETS + 2 + name + 8 + WIRE_LEB_MAX)
		return KK_E_FULL;
	memcpy(out, batch_magic, MAGIC_OCTETS);
	n += MAGIC_OCTETS;
	out[n++] = BATCH_VERSION;
	n += batch_put_name(out + n, head->probe, name);
	n += wire_put_le64(out + n, head->run);
	n += wire_put_leb(out + n, head->sequence);
	*b = (struct batch_writer){out, room, n};
	return KK_OK;
}

int
batch_add(struct batch_writer *b, const char *id, int64_t from_cs, const struct sample *s)
{
	size_t name = batch_name_length(id), n = b->len;
	struct sample anonymous = *s;
	int got;

	if (name == 0 || has_strange_counters(s) || from_cs >= s->time_cs ||
	    from_cs <= -SAMPLE_TIME_MAX)
		return KK_E_RANGE;
	if (b->room - n < 2 + name + WIRE_LEB_MAX)
		return KK_E_FULL;
	b->out[n++] = BATCH_SAMPLE;
	n += batch_put_name(b->out + n, id, name);
	n += wire_put_leb(b->out + n, (uint64_t)(s->time_cs - from_cs));
	anonymous.device = BATCH_DEVICE;
	got = sample_encode(&anonymous, b->out + n, b->room - n);
	if (got < 0)
		return got;
	b->len = n + (size_t)got;
	return KK_OK;
}

int
batch_add_event(struct batch_writer *b, const struct event *e)
{
	uint8_t octets[EVENT_WIRE_MAX];
	size_t n = b->len;
	int got = event_encode(e, octets, sizeof(octets));

	if (got < 0)
		return got;
	if (b->room - n < 1 + WIRE_LEB_MAX + (size_t)got)
		return KK_E_FULL;
	b->out[n++] = BATCH_EVENT;
	n += wire_put_leb(b->out + n, (uint64_t)got);
	memcpy(b->out + n, octets, (size_t)got);
	b->len = n + (size_t)got;
	return KK_OK;
}

int
batch_open(struct batch_reader *r, const uint8_t *in, size_t len, struct batch_head *head)
{
	struct wire w = wire_over(in, len);
	const uint8_t *magic = wire_take(&w, MAGIC_OCTETS);
	uint8_t version;
	int rc;

	if (magic == NULL)
		return KK_E_TRUNCATED;
	if (len > BATCH_OCTETS_MAX || memcmp(magic, batch_magic, MAGIC_OCTETS) != 0)
		return KK_E_SYNTAX;
	version = wire_u8(&w);
	if (version != BATCH_VERSION && version != BATCH_SAMPLES_ONLY)
		return w.failed ? KK_E_TRUNCATED : KK_E_VERSION;
	if ((rc = batch_take_name(&w, head->probe)) != KK_OK)
		return rc;
	head->run = wire_le64(&w);
	head->sequence = wire_leb(&w);
	if (w.failed || head->sequence == 0)
		return w.failed && w.at == w.end ? KK_E_TRUNCATED : KK_E_SYNTAX;
	*r = (struct batch_reader){w.at, w.end, version};
	return KK_OK;
}

static int
take_sample(struct wire *w, struct batch_entry *e)
{
	uint64_t span;
	int rc = batch_take_name(w, e->id);

	if (rc != KK_OK)
		return rc;
	span = wire_leb(w);
	if (w->failed)
		return KK_E_TRUNCATED;
	if (span == 0 || span >= (uint64_t)SAMPLE_TIME_MAX)
		return KK_E_SYNTAX;
	rc = sample_decode(w->at, wire_left(w), &e->sample, e->counters);
	if (rc < 0)
		return rc == KK_E_VERSION ? KK_E_SYNTAX : rc;
	if (e->sample.device != BATCH_DEVICE || has_strange_counters(&e->sample))
		return KK_E_SYNTAX;
	e->from_cs = e->sample.time_cs - (int64_t)span;
	wire_take(w, (size_t)rc);
	return KK_OK;
}

static int
take_event(struct wire *w, struct batch_entry *e)
{
	uint64_t len = wire_leb(w);
	const uint8_t *octets;
	int rc;

	if (len > EVENT_WIRE_MAX)
		return KK_E_SYNTAX;
	if ((octets = wire_take(w, (size_t)len)) == NULL)
		return KK_E_TRUNCATED;
	/* It has its own length: one that is cut short is not a batch that is. */
	rc = event_decode(octets, (size_t)len, &e->event);
	return rc == KK_OK ? KK_OK : KK_E_SYNTAX;
}

int
batch_next(struct batch_reader *r, struct batch_entry *e)
{
	struct wire w = wire_over(r->at, (size_t)(r->end - r->at));
	int rc;

	if (r->at == r->end)
		return KK_END;
	e->kind = r->version == BATCH_SAMPLES_ONLY ? BATCH_SAMPLE : wire_u8(&w);
	switch (e->kind) {
	case BATCH_SAMPLE:
		rc = take_sample(&w, e);
		break;
	case BATCH_EVENT:
		rc = take_event(&w, e);
		break;
	default:
		return KK_E_SYNTAX;
	}
	if (rc == KK_OK)
		r->at = w.at;
	return rc;
}

void
batch_ack_encode(uint64_t run, uint64_t sequence, uint8_t out[BATCH_ACK_OCTETS])
{
	size_t n = MAGIC_OCTETS;

	memcpy(out, ack_magic, MAGIC_OCTETS);
	out[n++] = ACK_VERSION;
	n += wire_put_le64(out + n, run);
	wire_put_le64(out + n, sequence);
}

int
batch_ack_decode(const uint8_t *in, size_t len, uint64_t *run, uint64_t *sequence)
{
	struct wire w = wire_over(in, len);
	const uint8_t *magic = wire_take(&w, MAGIC_OCTETS);

	if (magic == NULL || memcmp(magic, ack_magic, MAGIC_OCTETS) != 0)
		return KK_E_SYNTAX;
	if (wire_u8(&w) != ACK_VERSION)
		return w.failed ? KK_E_SYNTAX : KK_E_VERSION;
	if (len != BATCH_ACK_OCTETS)
		return KK_E_SYNTAX;
	*run = wire_le64(&w);
	*sequence = wire_le64(&w);
	return KK_OK;
}
