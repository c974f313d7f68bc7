/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric.h - metric.def as an enum and a table. */
#ifndef KK_LIB_METRIC_H
#define KK_LIB_METRIC_H

#include <stdint.h>

#define METRIC(id, name, kind, unit, scale, min, max) METRIC_##id,
enum metric {
#include "lib/metric.def"
	METRIC_COUNT
};
#undef METRIC

/* A set of metrics has a bit for each. */
#define METRIC_BIT(m) (UINT64_C(1) << (m))

_Static_assert(METRIC_COUNT < 64, "a set of metrics has 64 bits");

enum metric_kind { METRIC_GAUGE, METRIC_DERIVE };

struct metric_info {
	const char *name;
	const char *unit;
	enum metric_kind kind;
	int64_t scale;
	int64_t min; /* in unit; min == max == 0: no bound */
	int64_t max;
};

/** The first of a set; without it, `set & (set - 1)` holds the others. @param set Not 0. @return
 * Metric. */
static inline enum metric
metric_first(uint64_t set)
{
	return (enum metric)__builtin_ctzll(set);
}

/** The description of a metric. @param m Metric. @return Static table row. */
const struct metric_info *metric_info(enum metric m);

/** Look a metric up. @param name As in metric.def. @return The metric, or -1. */
int metric_by_name(const char *name);

/** Whether a value can be a measurement. @param m Metric. @param value In the sample's integers
 * (unit × scale). @return 1 or 0. */
int metric_plausible(enum metric m, int64_t value);

#endif
