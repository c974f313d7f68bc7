/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/idle.h"

#define DAY_S 86400

uint64_t
idle_looked(const struct ledger_aps *aps)
{
	uint64_t most = 0;

	for (size_t i = 0; i < aps->n; i++)
		if (aps->at[i].observed_s > most)
			most = aps->at[i].observed_s;
	return most;
}

static uint64_t
per_day(uint64_t octets, uint64_t seconds)
{
	unsigned __int128 q = (unsigned __int128)octets * DAY_S / seconds;

	return q > UINT64_MAX ? UINT64_MAX : (uint64_t)q;
}

int
idle_a_day(const struct ledger_ap *ap, uint64_t *out)
{
	uint64_t known = ap->observed_s + ap->imported_s;

	*out = 0;
	if (known == 0)
		return 0;
	*out = per_day(ap->octets, known);
	return 1;
}

/* Whether a part is so many percent of a whole. */
static int
reaches(uint64_t part, uint64_t whole, unsigned percent)
{
	return (unsigned __int128)part * 100 >= (unsigned __int128)whole * percent;
}

enum idle_kind
idle_judge(const struct ledger_ap *ap, const struct idle_limits *l)
{
	uint64_t known = ap->observed_s + ap->imported_s;

	if (ap->possible_s > 0 && per_day(ap->octets, ap->possible_s) >= l->a_day)
		return IDLE_USED;
	if (!reaches(ap->possible_s, l->span_s, l->percent))
		return IDLE_NEW;
	if (known > 0 && reaches(known, ap->possible_s, l->percent))
		return per_day(ap->octets, known) < l->a_day ? IDLE_UNUSED : IDLE_USED;
	if (ap->host[0] != '\0' && reaches(l->looked_s, l->span_s, l->percent))
		return IDLE_SILENT;
	return IDLE_UNOBSERVED;
}
