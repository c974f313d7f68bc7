/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/person.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "lib/zone.h"

const char *
person_time(int64_t utc_s, char *out)
{
	out[0] = '\0';
	return utc_s == 0 ? out : zone_format(utc_s, out);
}

const char *
person_rate(int known, double octets, char *out)
{
	out[0] = '\0';
	return known ? text_si(octets * 8, "bit/s", out) : out;
}

int
person_now(const struct live_entry *e, double *down, double *up)
{
	return e->misses == 0 && live_rate(e, down, up);
}

const char *
person_kind(enum device_kind k, enum language lang)
{
	return lang == LANG_KO ? i18n(lang, (enum text_id)((int)TEXT_KIND_AP + (int)k))
			       : device_kind_name(k);
}

const char *
person_metric(const struct live_entry *e, enum metric m, char *out)
{
	const struct metric_info *info = metric_info(m);
	char si[32];

	if (!(e->known >> m & 1))
		out[0] = '\0';
	else if (m == METRIC_OCTETS_DOWN || m == METRIC_OCTETS_UP)
		snprintf(out, 64, "%" PRIu64 " (%s)", (uint64_t)e->value[m],
		    text_si((double)(uint64_t)e->value[m], "B", si));
	else if (m == METRIC_CLIENTS)
		snprintf(out, 64, "%" PRId64, e->value[m]);
	else if (info->scale == 1)
		snprintf(out, 64, "%" PRId64 " %s", e->value[m], info->unit);
	else if (strcmp(info->unit, "seconds") == 0)
		snprintf(out, 64, "%.1f ms", (double)e->value[m] * 1000 / (double)info->scale);
	else
		snprintf(out, 64, "%.1f %s", (double)e->value[m] / (double)info->scale, info->unit);
	return out;
}

const char *
person_colour(enum device_state s)
{
	switch (s) {
	case STATE_UP:
		return "32";
	case STATE_DOWN:
		return "1;31";
	case STATE_UNREACHABLE:
		return "31";
	case STATE_DEGRADED:
	case STATE_FLAPPING:
	case STATE_MISSING:
		return "33";
	default:
		return "2";
	}
}
