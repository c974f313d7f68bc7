/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/saturated.h"

#define OCTETS_A_MBIT 125000

/* 1000 × part / whole, rounded half up. */
static int64_t
per_mille(unsigned __int128 part, unsigned __int128 whole)
{
	unsigned __int128 q = (part * 2000 + whole) / (whole * 2);

	return q > INT64_MAX ? INT64_MAX : (int64_t)q;
}

struct saturated
saturated_judge(const struct saturated_site *s, unsigned clients, unsigned load)
{
	struct saturated j = {SATURATED_UNKNOWN, -1, -1};

	if (s->clients.known)
		j.clients_tenths =
		    per_mille(s->clients.mean_tenths, (unsigned __int128)s->aps * clients * 10);
	if (s->octets.known && s->capacity_mbps > 0)
		j.load_tenths =
		    per_mille(s->octets.mean, (unsigned __int128)s->capacity_mbps * OCTETS_A_MBIT);
	if (j.clients_tenths > 1000 || j.load_tenths > (int64_t)load * 10)
		j.verdict = SATURATED;
	else if (j.clients_tenths >= 0 || j.load_tenths >= 0)
		j.verdict = SATURATED_NOT;
	return j;
}
