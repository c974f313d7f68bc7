/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/metric.h"

#include <string.h>

#define GAUGE					      METRIC_GAUGE
#define DERIVE					      METRIC_DERIVE
#define METRIC(id, name, kind, unit, scale, min, max) {name, unit, kind, scale, min, max},

static const struct metric_info table[METRIC_COUNT] = {
#include "lib/metric.def"
};

const struct metric_info *
metric_info(enum metric m)
{
	return &table[m];
}

int
metric_by_name(const char *name)
{
	for (int i = 0; i < METRIC_COUNT; i++)
		if (strcmp(table[i].name, name) == 0)
			return i;
	return -1;
}

int
metric_plausible(enum metric m, int64_t value)
{
	const struct metric_info *t = &table[m];

	if (t->min == 0 && t->max == 0)
		return 1;
	return value >= t->min * t->scale && value <= t->max * t->scale;
}
