/* SPDX-License-Identifier: GPL-3.0-or-later */
/* take.h - answers to a layout's GETs as values, by position. Pure, and the hot path: no names are
 * compared, nothing is allocated. */
#ifndef KK_COLLECTOR_TAKE_H
#define KK_COLLECTOR_TAKE_H

#include "collector/layout.h"
#include "collector/meter/meter.h"
#include "collector/snmp/answer.h"

enum take_has {
	TAKE_UPTIME = 1 << 0,
	TAKE_HOST_UPTIME = 1 << 1,
	TAKE_CHANGED = 1 << 2,
	TAKE_MISSING = 1 << 3, /* an object that was there is not there any more */
	TAKE_MOVED = 1 << 4,   /* a row has another name than it had */
	TAKE_TORN = 1 << 5,    /* the agent restarted between two of the answers */
	TAKE_WRONG = 1 << 6    /* a value is of a type that it cannot be */
};

/* What one poll's answers said. */
struct take {
	unsigned has; /* enum take_has */
	uint32_t uptime, host_uptime, changed;
	int64_t uptime_at_cs;			     /* when the newest uptime was read */
	int64_t received_cs;			     /* when the last answer came */
	struct reading reading[SAMPLE_COUNTERS_MAX]; /* boot_cs: 0, or the discontinuity's uptime */
	struct {
		int64_t sum;
		uint8_t terms; /* seen */
		uint8_t any;   /* one of them is a measurement */
		uint8_t bad;   /* no number, or too large */
	} value[PLAN_VALUES_MAX];
};

/** Begin. @param t Receives an empty take. @param y Layout. @param key Keys of its counters. */
void take_start(struct take *t, const struct layout *y, const uint32_t *key);

/**
 * Take the answer to one GET.
 * @param t Take.
 * @param y Layout.
 * @param get Index of the GET.
 * @param a Answer without error.
 */
void take_answer(struct take *t, const struct layout *y, unsigned get, const struct answer *a);

/** Set a sample's metrics. @param t Take. @param y Layout. @param s Sample. */
void take_metrics(const struct take *t, const struct layout *y, struct sample *s);

#endif
