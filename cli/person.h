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

/** What passes now: as live_rate(), but unknown of a device that is silent. @param e Entry. @param
 * down Receives octets per second. @param up Likewise. @return 1 if known. */
int person_now(const struct live_entry *e, double *down, double *up);

/** A metric with its unit; octets exact and short. @param e Entry. @param m Metric. @param out At
 * least 64 octets. @return `out`. */
const char *person_metric(const struct live_entry *e, enum metric m, char *out);

/** A kind's word. @param k Kind. @param lang Language. @return Static text. */
const char *person_kind(enum device_kind k, enum language lang);

/** The colour of a state (SGR). @param s State. @return Static text, NULL: none. */
const char *person_colour(enum device_state s);

#endif
