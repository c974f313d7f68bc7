/* SPDX-License-Identifier: GPL-3.0-or-later */
/* person.h - values as a person at a terminal reads them; unknown is "", which a grid shows as "-".
 */
#ifndef KK_CLI_PERSON_H
#define KK_CLI_PERSON_H

#include "alerts/state.h"
#include "rrd/live.h"

/** A time with the zone's offset. @param utc_s UTC seconds, 0: unknown. @param out At least
 * ZONE_TEXT octets. @return `out`. */
const char *person_time(int64_t utc_s, char *out);

/** Traffic in bit/s. @param known 1 or 0. @param octets Octets per second. @param out At least 32
 * octets. @return `out`. */
const char *person_rate(int known, double octets, char *out);

/** A metric with its unit; octets exact and short. @param e Entry. @param m Metric. @param out At
 * least 64 octets. @return `out`. */
const char *person_metric(const struct live_entry *e, enum metric m, char *out);

/** The colour of a state (SGR). @param s State. @return Static text, NULL: none. */
const char *person_colour(enum device_state s);

#endif
