/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - counts as JSON, one object a line. */
#ifndef KK_PROBES_REPORT_H
#define KK_PROBES_REPORT_H

#include <stdio.h>

#include "lib/zone.h"
#include "probes/air.h"
#include "probes/count.h"
#include "probes/live.h"

/* An interval's times as text, which all of its lines have. */
struct report_span {
	int64_t from_us, to_us; /* of the texts; both 0: there are none yet */
	char from[ZONE_TEXT], to[ZONE_TEXT];
};

/** Print an access point's interval; nothing if nothing was seen of it. @param out Stream. @param
 * span Zeroed at first; receives texts for the interval's other lines. @param iv Interval. @param
 * line Counts. @return 0: the stream failed. */
int report_ap(
    FILE *out, struct report_span *span, const struct interval *iv, const struct ap_line *line);

/** Print the totals. @param out Stream. @param t Totals. @param live What the capture lost; NULL:
 * it was a file. @return 0: the stream failed. */
int report_totals(FILE *out, const struct totals *t, const struct live_counts *live);

/** Print a network on the air. @param out Stream. @param n Network. @param ap The city's id of the
 * access point it is of; NULL: none. @return 0: the stream failed. */
int report_network(FILE *out, const struct air_network *n, const char *ap);

/** Print what happened on the air. @param out Stream. @param e Event. @return 0: the stream failed.
 */
int report_event(FILE *out, const struct event *e);

#endif
