/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/figure.h"

#include <stdio.h>

#define TENTHS_MAX INT64_C(100000000000000000)

/* 1000 × part / whole, rounded half up; 128 bits, as 1000 × 10¹⁷ octets does not fit 64. */
static int64_t
per_mille(uint64_t part, uint64_t whole, unsigned periods)
{
	unsigned __int128 divisor = (unsigned __int128)whole * periods;
	unsigned __int128 q = ((unsigned __int128)part * 2000 + divisor) / (divisor * 2);

	return q > (unsigned __int128)TENTHS_MAX ? TENTHS_MAX : (int64_t)q;
}

struct figure
figure_growth(uint64_t now, uint64_t before, unsigned periods)
{
	if (before == 0 || periods == 0)
		return (struct figure){0, 0};
	if (now >= before)
		return (struct figure){1, per_mille(now - before, before, periods)};
	return (struct figure){1, -per_mille(before - now, before, periods)};
}

struct figure
figure_share(uint64_t part, uint64_t whole)
{
	return whole == 0 ? (struct figure){0, 0} : (struct figure){1, per_mille(part, whole, 1)};
}

const char *
figure_text(struct figure f, char out[32])
{
	int64_t t = f.tenths < 0 ? -f.tenths : f.tenths;

	if (!f.known)
		out[0] = '\0';
	else
		snprintf(out, 32, "%s%lld.%lld", f.tenths < 0 ? "-" : "", (long long)(t / 10),
		    (long long)(t % 10));
	return out;
}

const char *
figure_octets(uint64_t octets, char out[32])
{
	static const struct {
		uint64_t one;
		const char *name;
	} units[] = {
	    {UINT64_C(1000000000000), "TB"}, {1000000000, "GB"}, {1000000, "MB"}, {1000, "kB"}};

	/* The smallest sum that shows as 0.1 TB is shown in TB: a column of districts stays in one
	 * unit. */
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t tenth = units[i].one / 10;
		uint64_t tenths = octets / tenth + (octets % tenth >= tenth / 2);

		if (tenths == 0 || (i > 0 && octets < units[i].one))
			continue;
		snprintf(out, 32, "%llu.%llu %s", (unsigned long long)(tenths / 10),
		    (unsigned long long)(tenths % 10), units[i].name);
		return out;
	}
	snprintf(out, 32, "%llu B", (unsigned long long)octets);
	return out;
}
