/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sample_wire.h"

#include <string.h>

#include "lib/wire.h"

#define SOURCE_MASK 0x0f
#define HAS_BOOT    0x10

#define WIDE	   0x01
#define OTHER_BOOT 0x02
#define OTHER_WHEN 0x04

#define KNOWN_MASK (METRIC_BIT(METRIC_COUNT) - 1)

_Static_assert(SOURCE_COUNT <= SOURCE_MASK + 1, "a source has 4 bits");

static int
time_ok(int64_t cs)
{
	return cs > -SAMPLE_TIME_MAX && cs < SAMPLE_TIME_MAX;
}

static int
sample_valid(const struct sample *s)
{
	if (s->device == 0 || s->source >= SOURCE_COUNT || !time_ok(s->time_cs) ||
	    !time_ok(s->boot_cs) || (s->known & ~KNOWN_MASK) != 0 ||
	    s->n_counters > SAMPLE_COUNTERS_MAX)
		return 0;
	for (size_t i = 0; i < s->n_counters; i++) {
		const struct counter *c = &s->counters[i];

		if ((c->width != 32 && c->width != 64) || !time_ok(c->boot_cs) ||
		    !time_ok(c->when_cs))
			return 0;
	}
	return 1;
}

static size_t
put_counter(uint8_t *at, const struct sample *s, const struct counter *c)
{
	uint8_t bits =
	    (uint8_t)((c->width == 64 ? WIDE : 0) | (c->boot_cs != s->boot_cs ? OTHER_BOOT : 0) |
		      (c->when_cs != s->time_cs ? OTHER_WHEN : 0));
	size_t n = 0;

	for (unsigned i = 0; i < 4; i++)
		at[n++] = (uint8_t)(c->key >> 8 * i);
	at[n++] = bits;
	n += wire_put_leb(at + n, c->down);
	n += wire_put_leb(at + n, c->up);
	if (bits & OTHER_BOOT)
		n += wire_put_zigzag(at + n, s->time_cs - c->boot_cs);
	if (bits & OTHER_WHEN)
		n += wire_put_zigzag(at + n, s->time_cs - c->when_cs);
	return n;
}

static size_t
put_sample(uint8_t *at, const struct sample *s)
{
	size_t n = 0;

	at[n++] = SAMPLE_WIRE_VERSION;
	at[n++] = (uint8_t)(s->source | (s->boot_cs != 0 ? HAS_BOOT : 0));
	n += wire_put_leb(at + n, s->device);
	n += wire_put_leb(at + n, s->flags);
	n += wire_put_zigzag(at + n, s->time_cs);
	if (s->boot_cs != 0)
		n += wire_put_zigzag(at + n, s->time_cs - s->boot_cs);
	n += wire_put_leb(at + n, s->known);
	for (uint64_t rest = s->known; rest != 0; rest &= rest - 1)
		n += wire_put_zigzag(at + n, s->value[metric_first(rest)]);
	n += wire_put_leb(at + n, s->n_counters);
	for (size_t i = 0; i < s->n_counters; i++)
		n += put_counter(at + n, s, &s->counters[i]);
	return n;
}

int
sample_encode(const struct sample *s, uint8_t *out, size_t room)
{
	uint8_t small[SAMPLE_WIRE_MAX];
	size_t n;

	if (!sample_valid(s))
		return KK_E_RANGE;
	if (room >= SAMPLE_WIRE_MAX)
		return (int)put_sample(out, s);
	n = put_sample(small, s);
	if (n > room)
		return KK_E_FULL;
	memcpy(out, small, n);
	return (int)n;
}

/* A time that is told as its distance before `base`; modulo 2^64, then checked by the caller. */
static int64_t
take_before(struct wire *w, int64_t base)
{
	return (int64_t)((uint64_t)base - (uint64_t)wire_zigzag(w));
}

static int
take_counter(struct wire *w, const struct sample *s, struct counter *c)
{
	uint8_t bits;

	c->key = wire_le32(w);
	bits = wire_u8(w);
	c->width = bits & WIDE ? 64 : 32;
	c->down = wire_leb(w);
	c->up = wire_leb(w);
	c->boot_cs = bits & OTHER_BOOT ? take_before(w, s->time_cs) : s->boot_cs;
	c->when_cs = bits & OTHER_WHEN ? take_before(w, s->time_cs) : s->time_cs;
	return (bits & ~(WIDE | OTHER_BOOT | OTHER_WHEN)) == 0 && time_ok(c->boot_cs) &&
	       time_ok(c->when_cs);
}

static int
take_head(struct wire *w, struct sample *s)
{
	uint64_t device, flags;
	uint8_t bits = wire_u8(w);

	s->source = bits & SOURCE_MASK;
	device = wire_leb(w);
	flags = wire_leb(w);
	s->device = (uint32_t)device;
	s->flags = (uint16_t)flags;
	s->time_cs = wire_zigzag(w);
	s->boot_cs = bits & HAS_BOOT ? take_before(w, s->time_cs) : 0;
	return (bits & ~(SOURCE_MASK | HAS_BOOT)) == 0 && s->source < SOURCE_COUNT && device > 0 &&
	       device <= UINT32_MAX && flags <= UINT16_MAX && time_ok(s->time_cs) &&
	       time_ok(s->boot_cs);
}

static int
take_values(struct wire *w, struct sample *s)
{
	uint64_t known = wire_leb(w);

	if ((known & ~KNOWN_MASK) != 0)
		return 0;
	s->known = 0;
	memset(s->value, 0, sizeof(s->value));
	for (uint64_t rest = known; rest != 0; rest &= rest - 1)
		sample_set(s, metric_first(rest), wire_zigzag(w));
	return 1;
}

int
sample_decode(
    const uint8_t *in, size_t len, struct sample *s, struct counter counters[SAMPLE_COUNTERS_MAX])
{
	struct wire w = wire_over(in, len);
	uint64_t n;

	if (len == 0)
		return KK_E_TRUNCATED;
	if (wire_u8(&w) != SAMPLE_WIRE_VERSION)
		return KK_E_VERSION;
	if (!take_head(&w, s) || !take_values(&w, s))
		goto fail;
	n = wire_leb(&w);
	if (n > SAMPLE_COUNTERS_MAX)
		goto fail;
	s->n_counters = (uint16_t)n;
	s->counters = counters;
	for (size_t i = 0; i < n; i++)
		if (!take_counter(&w, s, &counters[i]))
			goto fail;
	if (!w.failed)
		return (int)(w.at - in);
fail:
	/* A cursor that failed for want of octets stands near the end; at an over-long integer it
	 * need not. */
	return w.failed && w.end - w.at < 4 ? KK_E_TRUNCATED : KK_E_SYNTAX;
}
