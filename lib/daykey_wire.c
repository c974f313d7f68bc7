/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Version 1. leb is unsigned LEB128, zz zigzag, u64 little endian:
 *
 *   hello:    "KKPH"  u8 version  u8 length, probe
 *   key:      "KKPK"  u8 version  u64 epoch  u64 day  u64 from_s  u64 to_s  16 octets
 *   sketches: "KKPS"  u8 version  u8 length, probe  u64 epoch  leb day  zz from_cs
 *             leb to_cs - from_cs  u8 partial  entries to the end
 *   entry:    u8 length, id (none: all together)  leb length, sketch (sketch.h)
 */
#include "lib/daykey_wire.h"

#include <string.h>

#include "lib/batch_name.h"
#include "lib/sample_wire.h"

#define WIRE_VERSION 1
#define HEAD_MAX     (7 + BATCH_NAME_MAX + 8 + 3 * WIRE_LEB_MAX)
#define SPAN_MAX_CS  (INT64_C(26) * 3600 * 100) /* no local day is longer */
#define SPAN_MAX_S   (INT64_C(26) * 3600)

static const char prefix[] = {'K', 'K', 'P'};

static size_t
put_magic(uint8_t *out, char kind)
{
	memcpy(out, prefix, sizeof(prefix));
	out[sizeof(prefix)] = (uint8_t)kind;
	out[DAYKEY_MAGIC] = WIRE_VERSION;
	return DAYKEY_MAGIC + 1;
}

char
daykey_message(const uint8_t *in, size_t len)
{
	char kind = '\0';

	if (len >= DAYKEY_MAGIC && memcmp(in, prefix, sizeof(prefix)) == 0)
		kind = (char)in[sizeof(prefix)];
	return kind == 'H' || kind == 'K' || kind == 'S' ? kind : '\0';
}

/* A cursor behind magic and version. */
static int
open_message(const uint8_t *in, size_t len, char kind, struct wire *w)
{
	uint8_t version;

	if (daykey_message(in, len) != kind)
		return KK_E_SYNTAX;
	*w = wire_over(in, len);
	wire_take(w, DAYKEY_MAGIC);
	version = wire_u8(w);
	if (w->failed)
		return KK_E_TRUNCATED;
	return version == WIRE_VERSION ? KK_OK : KK_E_VERSION;
}

static int
is_time(int64_t cs)
{
	return cs > -SAMPLE_TIME_MAX && cs < SAMPLE_TIME_MAX;
}

static int
is_day(uint64_t day)
{
	struct zone_day bounds;

	return day <= INT32_MAX && zone_day_bounds((kk_day)day, &bounds) == KK_OK;
}

/* ---- hello ---- */

size_t
daykey_hello_encode(const char *probe, uint8_t out[DAYKEY_HELLO_MAX])
{
	size_t name = batch_name_length(probe), n;

	if (name == 0)
		return 0;
	n = put_magic(out, 'H');
	return n + batch_put_name(out + n, probe, name);
}

int
daykey_hello_decode(const uint8_t *in, size_t len, char probe[BATCH_NAME_MAX + 1])
{
	struct wire w;
	int rc = open_message(in, len, 'H', &w);

	if (rc == KK_OK)
		rc = batch_take_name(&w, probe);
	return rc == KK_OK && wire_left(&w) > 0 ? KK_E_SYNTAX : rc;
}

/* ---- the key ---- */

void
daykey_encode(const struct daykey *k, uint8_t out[DAYKEY_WIRE_OCTETS])
{
	size_t n = put_magic(out, 'K');

	n += wire_put_le64(out + n, k->epoch);
	n += wire_put_le64(out + n, (uint64_t)k->day);
	n += wire_put_le64(out + n, (uint64_t)k->from_s);
	n += wire_put_le64(out + n, (uint64_t)k->to_s);
	memcpy(out + n, k->key, DAYKEY_OCTETS);
}

int
daykey_decode(const uint8_t *in, size_t len, struct daykey *k)
{
	struct wire w;
	uint64_t day;
	int rc = open_message(in, len, 'K', &w);

	if (rc != KK_OK)
		return rc == KK_E_TRUNCATED ? KK_E_SYNTAX : rc;
	if (len != DAYKEY_WIRE_OCTETS)
		return KK_E_SYNTAX;
	k->epoch = wire_le64(&w);
	day = wire_le64(&w);
	k->from_s = (int64_t)wire_le64(&w);
	k->to_s = (int64_t)wire_le64(&w);
	memcpy(k->key, wire_take(&w, DAYKEY_OCTETS), DAYKEY_OCTETS);
	if (!is_day(day) || k->from_s < 0 || k->from_s >= SAMPLE_TIME_MAX / 100 ||
	    k->to_s <= k->from_s || k->to_s > k->from_s + SPAN_MAX_S)
		return KK_E_SYNTAX;
	k->day = (kk_day)day;
	return KK_OK;
}

/* ---- sketches ---- */

static int
is_head(const struct sketches_head *h)
{
	return h->day > 0 && is_day((uint64_t)h->day) && is_time(h->from_cs) && is_time(h->to_cs) &&
	       h->to_cs > h->from_cs && h->to_cs - h->from_cs <= SPAN_MAX_CS;
}

int
sketches_begin(
    struct sketches_writer *w, uint8_t *out, size_t room, const struct sketches_head *head)
{
	size_t name = batch_name_length(head->probe), n;

	if (name == 0 || !is_head(head))
		return KK_E_RANGE;
	if (room < HEAD_MAX)
		return KK_E_FULL;
	n = put_magic(out, 'S');
	n += batch_put_name(out + n, head->probe, name);
	n += wire_put_le64(out + n, head->epoch);
	n += wire_put_leb(out + n, (uint64_t)head->day);
	n += wire_put_zigzag(out + n, head->from_cs);
	n += wire_put_leb(out + n, (uint64_t)(head->to_cs - head->from_cs));
	out[n++] = head->partial != 0;
	*w = (struct sketches_writer){out, room < BATCH_OCTETS_MAX ? room : BATCH_OCTETS_MAX, n};
	return KK_OK;
}

int
sketches_add(struct sketches_writer *w, const char *id, const struct sketch *s)
{
	uint8_t octets[2 + (1 << SKETCH_BITS_MAX)];
	size_t name = batch_name_length(id), n = w->len;
	int len;

	if (name == 0 && *id != '\0')
		return KK_E_RANGE;
	if ((len = sketch_encode(s, octets, sizeof(octets))) < 0)
		return len;
	if (w->room - n < 1 + name + WIRE_LEB_MAX + (size_t)len)
		return KK_E_FULL;
	n += batch_put_name(w->out + n, id, name);
	n += wire_put_leb(w->out + n, (uint64_t)len);
	memcpy(w->out + n, octets, (size_t)len);
	w->len = n + (size_t)len;
	return KK_OK;
}

int
sketches_open(struct sketches_reader *r, const uint8_t *in, size_t len, struct sketches_head *head)
{
	struct wire w;
	uint64_t day, span;
	uint8_t partial;
	int rc = open_message(in, len, 'S', &w);

	if (rc == KK_OK && len > BATCH_OCTETS_MAX)
		rc = KK_E_SYNTAX;
	if (rc != KK_OK || (rc = batch_take_name(&w, head->probe)) != KK_OK)
		return rc;
	head->epoch = wire_le64(&w);
	day = wire_leb(&w);
	head->from_cs = wire_zigzag(&w);
	span = wire_leb(&w);
	partial = wire_u8(&w);
	if (w.failed)
		return KK_E_TRUNCATED;
	if (day > INT32_MAX || span > (uint64_t)SPAN_MAX_CS || !is_time(head->from_cs) ||
	    partial > 1)
		return KK_E_SYNTAX;
	head->day = (kk_day)day;
	head->to_cs = head->from_cs + (int64_t)span;
	head->partial = partial;
	*r = (struct sketches_reader){w.at, w.end};
	return is_head(head) ? KK_OK : KK_E_SYNTAX;
}

int
sketches_next(struct sketches_reader *r, struct sketches_entry *e)
{
	struct wire w = wire_over(r->at, (size_t)(r->end - r->at));
	uint64_t len;
	int rc = KK_OK;

	if (r->at == r->end)
		return KK_END;
	e->id[0] = '\0';
	if (*r->at == 0)
		wire_u8(&w);
	else
		rc = batch_take_name(&w, e->id);
	if (rc != KK_OK)
		return rc;
	len = wire_leb(&w);
	if (len > wire_left(&w))
		return KK_E_TRUNCATED;
	e->len = (size_t)len;
	e->octets = wire_take(&w, e->len);
	if (w.failed)
		return KK_E_TRUNCATED;
	/* It has its own length: one that is cut short is not a message that is. */
	if (sketch_decode(e->octets, e->len, NULL) != KK_OK)
		return KK_E_SYNTAX;
	r->at = w.at;
	return KK_OK;
}
