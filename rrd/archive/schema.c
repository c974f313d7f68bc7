/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/schema.h"

#include <inttypes.h>
#include <rrd.h>
#include <stdio.h>

#include "rrd/archive/rrderr.h"

#define HOUR_ROWS 9528 /* 13 months: 397 days */
#define ARG_ROOM  80

/* No rows of a day: RRDtool aligns them to UTC, so that they end at 09:00 in Seoul. */
static const struct schema_rra main_rras[] = {
    {0, 1, 2880}, /* 2 days of minutes */
    {0, 5, 4032}, /* 2 weeks of 5 minutes */
    {0, 60, HOUR_ROWS},
    {1, 5, 4032},
    {1, 60, HOUR_ROWS},
};
static const struct schema_rra extra_rras[] = {
    {0, 5, 4032},
    {0, 60, HOUR_ROWS},
};

const struct schema_rra *
schema_rras(uint64_t mask, unsigned *n)
{
	if (mask == SCHEMA_MAIN) {
		*n = sizeof(main_rras) / sizeof(main_rras[0]);
		return main_rras;
	}
	*n = sizeof(extra_rras) / sizeof(extra_rras[0]);
	return extra_rras;
}

unsigned
schema_heartbeat(unsigned interval_s)
{
	return interval_s > 60 ? 3 * interval_s : 180;
}

static void
print_ds(char out[ARG_ROOM], const struct metric_info *m, unsigned heartbeat)
{
	if (m->kind == METRIC_DERIVE)
		snprintf(out, ARG_ROOM, "DS:%s:DERIVE:%u:0:U", m->name, heartbeat);
	else if (m->min == 0 && m->max == 0)
		snprintf(out, ARG_ROOM, "DS:%s:GAUGE:%u:U:U", m->name, heartbeat);
	else
		snprintf(out, ARG_ROOM, "DS:%s:GAUGE:%u:%" PRId64 ":%" PRId64, m->name, heartbeat,
		    m->min, m->max);
}

int
schema_create(const char *path, uint64_t mask, unsigned heartbeat, int64_t start_s, const char *old,
    struct diag *d)
{
	char text[METRIC_COUNT + 8][ARG_ROOM];
	const char *arg[METRIC_COUNT + 8], *from[2] = {old, NULL};
	const struct schema_rra *rra;
	unsigned n = 0, rras;

	for (int m = 0; m < METRIC_COUNT; m++)
		if (mask >> m & 1)
			print_ds(text[n++], metric_info((enum metric)m), heartbeat);
	rra = schema_rras(mask, &rras);
	for (unsigned i = 0; i < rras; i++)
		snprintf(text[n++], ARG_ROOM, "RRA:%s:0.5:%u:%u", rra[i].maxima ? "MAX" : "AVERAGE",
		    rra[i].steps, rra[i].rows);
	for (unsigned i = 0; i < n; i++)
		arg[i] = text[i];
	rrd_clear_error();
	if (rrd_create_r2(path, SCHEMA_STEP_S, (time_t)start_s, 0, old == NULL ? NULL : from, NULL,
		(int)n, arg) != 0)
		return rrderr_take(path, d);
	return KK_OK;
}
