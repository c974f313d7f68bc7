/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/uplink.h"

#define OCTETS_A_MBIT 125000

/* The newest known value. @return 1, or 0: none. */
static int
newest(const struct forecast_past *p, size_t n, uint64_t *out)
{
	for (size_t k = n; k-- > 0;)
		if (p[k].known) {
			*out = p[k].value;
			return 1;
		}
	return 0;
}

static uint64_t
clamp(unsigned __int128 v)
{
	return v < FORECAST_MOST ? (uint64_t)v : FORECAST_MOST;
}

int
uplink_judge(const struct forecast_history *h, const struct forecast_history *lender, unsigned mbps,
    unsigned percent, struct uplink *out)
{
	uint64_t capacity = (uint64_t)mbps * OCTETS_A_MBIT;
	uint64_t bound = (uint64_t)((unsigned __int128)capacity * percent / 100);
	struct forecast f;
	int rc = forecast_make(h, lender, &f);

	*out = (struct uplink){.verdict = UPLINK_UNKNOWN};
	if (rc != KK_OK)
		return rc;
	out->known = newest(h->past, h->n, &out->load);
	if (!out->known)
		return KK_OK;
	out->tenths =
	    (int64_t)clamp(((unsigned __int128)out->load * 2000 + capacity) / capacity / 2);
	out->month = forecast_passes(&f, bound, 0);
	out->early = forecast_passes(&f, bound, 1);
	if (out->load > bound)
		out->verdict = UPLINK_OVER;
	else if (out->month != 0)
		out->verdict = UPLINK_WITHIN;
	else if (out->early != 0)
		out->verdict = UPLINK_PERHAPS;
	else if (f.kind != FORECAST_NONE)
		out->verdict = UPLINK_NOT;
	return KK_OK;
}

void
uplink_scale(const struct forecast_past *octets, size_t n, uint64_t busy, struct forecast_past *out)
{
	uint64_t last = 0;
	int known = newest(octets, n, &last) && last > 0;

	for (size_t k = 0; k < n; k++) {
		out[k] = (struct forecast_past){0, known && octets[k].known};
		if (out[k].known)
			out[k].value = clamp((unsigned __int128)octets[k].value * busy / last);
	}
}
