/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger.h"

__extension__ typedef unsigned __int128 wide;

/* Whole seconds, rounded down for times before 1970 too. Shares of seconds are differences of
 * these, so that they add up over any number of intervals. */
static int64_t
seconds(int64_t cs)
{
	return cs >= 0 ? cs / 100 : -((-cs + 99) / 100);
}

size_t
ledger_share(
    int64_t from_cs, int64_t to_cs, uint64_t down, uint64_t up, struct day_share *out, size_t room)
{
	struct zone_day day = {0};
	uint64_t left_down = down, left_up = up, total;
	size_t n = 1;

	if (from_cs > to_cs)
		from_cs = to_cs;
	total = (uint64_t)to_cs - (uint64_t)from_cs;
	/* An interval that ends at midnight has no part in the day that begins there. */
	zone_day_of(seconds(total > 0 ? to_cs - 1 : to_cs), &day);
	while (n < room && total > 0 && from_cs < day.from_s * 100) {
		zone_day_of(day.from_s - 1, &day);
		n++;
	}
	for (size_t i = 0; i < n; i++) {
		int64_t lo = i == 0 ? from_cs : day.from_s * 100;
		int64_t hi = i == n - 1 ? to_cs : day.to_s * 100;
		uint64_t part = (uint64_t)hi - (uint64_t)lo;

		out[i].day = day.day;
		out[i].seconds = (uint32_t)(seconds(hi) - seconds(lo));
		out[i].octets_down = i == n - 1 ? left_down : (uint64_t)((wide)down * part / total);
		out[i].octets_up = i == n - 1 ? left_up : (uint64_t)((wide)up * part / total);
		left_down -= out[i].octets_down;
		left_up -= out[i].octets_up;
		if (i < n - 1)
			zone_day_of(day.to_s, &day);
	}
	return n;
}
