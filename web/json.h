/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.h - the few JSON shapes that several answers share: unknown is null, and its key is present. */
#ifndef KK_WEB_JSON_H
#define KK_WEB_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "web/model.h"

/** A text, null if it is "" or NULL. @param text UTF-8. @return New reference. */
json_t *json_text(const char *text);

/** A time, null if it is 0. @param utc_s Seconds since the epoch. @return New reference: RFC 3339 with offset. */
json_t *json_time(int64_t utc_s);

/** A number of doubles' kind rounded to a whole one, null if it is not known. @param known 1 or 0. @param v Value. @return New reference. */
json_t *json_rate(int known, double v);

/** A device as `kkachi show` gives it. @param r Row of a view. @return New reference. */
json_t *json_device(const struct view_row *r);

/** Sums of a district or the city as counts per state, clients and rates. @param s Sums. @return New reference. */
json_t *json_sum(const struct view_sum *s);

#endif
