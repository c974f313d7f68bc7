/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/json.h"

#include <math.h>

#include "lib/zone.h"

json_t *
json_text(const char *text)
{
	return text == NULL || text[0] == '\0' ? json_null() : json_string(text);
}

json_t *
json_time(int64_t utc_s)
{
	char at[ZONE_TEXT];

	return utc_s == 0 ? json_null() : json_string(zone_format(utc_s, at));
}

json_t *
json_rate(int known, double v)
{
	return known && isfinite(v) ? json_integer((json_int_t)llround(v)) : json_null();
}

json_t *
json_sum(const struct view_sum *s)
{
	return json_pack("{s:s,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:o,s:o,s:o}", "name", s->name, "total", (int)s->total, "up",
	    (int)s->up, "degraded", (int)s->degraded, "down", (int)s->down, "unreachable", (int)s->unreachable, "unknown",
	    (int)s->unknown, "other", (int)s->other, "clients", json_rate(s->clients_known > 0, (double)s->clients),
	    "down_per_second", json_rate(s->rate_known > 0, s->down_rate), "up_per_second",
	    json_rate(s->rate_known > 0, s->up_rate));
}
