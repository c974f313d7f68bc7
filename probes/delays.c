/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/delays.h"

#define EXACT 16 /* below, a bucket is a microsecond */
#define PARTS 8	 /* of an octave */

/* 16 buckets of a microsecond, then 8 of each octave from 16 us on. */
static unsigned
bucket_of(uint64_t us)
{
	unsigned octave, at;

	if (us < EXACT)
		return (unsigned)us;
	octave = 63 - (unsigned)__builtin_clzll(us);
	at = EXACT + (octave - 4) * PARTS + (unsigned)(us >> (octave - 3) & (PARTS - 1));
	return at < DELAYS_BUCKETS ? at : DELAYS_BUCKETS - 1;
}

static uint64_t
middle_of(unsigned bucket)
{
	unsigned octave = (bucket - EXACT) / PARTS + 4, part = (bucket - EXACT) % PARTS;

	if (bucket < EXACT)
		return bucket;
	return ((uint64_t)(PARTS + part) << (octave - 3)) + (UINT64_C(1) << (octave - 3)) / 2;
}

static uint16_t
sum16(uint16_t a, uint16_t b)
{
	return a > UINT16_MAX - b ? UINT16_MAX : (uint16_t)(a + b);
}

void
delays_put(struct delays *d, uint64_t us)
{
	uint16_t *bucket = &d->bucket[bucket_of(us)];

	d->n++;
	d->sum_us += us;
	if (us > d->max_us)
		d->max_us = us;
	*bucket = sum16(*bucket, 1);
}

void
delays_add(struct delays *sum, const struct delays *d)
{
	sum->n += d->n;
	sum->sum_us += d->sum_us;
	if (d->max_us > sum->max_us)
		sum->max_us = d->max_us;
	for (unsigned i = 0; i < DELAYS_BUCKETS; i++)
		sum->bucket[i] = sum16(sum->bucket[i], d->bucket[i]);
}

uint64_t
delays_quantile_us(const struct delays *d, unsigned percent)
{
	uint64_t all = 0, passed = 0, us = 0;

	for (unsigned i = 0; i < DELAYS_BUCKETS; i++)
		all += d->bucket[i];
	for (unsigned i = 0; i < DELAYS_BUCKETS && passed * 100 < all * percent; i++) {
		passed += d->bucket[i];
		us = middle_of(i);
	}
	return us < d->max_us ? us : d->max_us;
}
