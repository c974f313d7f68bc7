/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/health.h"

/* Below HIST_STEPS each value has a bucket; above, each doubling has HIST_STEPS. */
static unsigned
bucket_of(uint32_t ms)
{
	unsigned power = 0, at;

	if (ms < HIST_STEPS)
		return ms;
	while (ms >> power >= 2 * HIST_STEPS)
		power++;
	at = power * HIST_STEPS + (ms >> power);
	return at < HIST_BUCKETS ? at : HIST_BUCKETS - 1;
}

/* The largest value of a bucket. */
static uint32_t
top_of(unsigned bucket)
{
	unsigned power;

	if (bucket < 2 * HIST_STEPS)
		return bucket;
	power = bucket / HIST_STEPS - 1;
	return ((bucket % HIST_STEPS + HIST_STEPS + 1) << power) - 1;
}

void
hist_add(struct hist *h, int64_t ms)
{
	uint32_t v = ms < 0 ? 0 : ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;

	h->n++;
	h->count[bucket_of(v)]++;
	if (v > h->max)
		h->max = v;
}

uint32_t
hist_at(const struct hist *h, unsigned permille)
{
	uint64_t want = ((uint64_t)h->n * permille + 999) / 1000, sum = 0;

	if (want == 0)
		want = 1;
	for (unsigned i = 0; i < HIST_BUCKETS - 1; i++) {
		sum += h->count[i];
		if (h->n > 0 && sum >= want)
			return top_of(i) < h->max ? top_of(i) : h->max;
	}
	return h->max;
}

void
health_left(struct sweep_health *h, uint32_t device)
{
	if (h->n_left < HEALTH_LEFT_MAX)
		h->left[h->n_left] = device;
	h->n_left++;
}
