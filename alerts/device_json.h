/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device_json.h - a device as `kkachi show` and the API give it: one form, made in one place. */
#ifndef KK_ALERTS_DEVICE_JSON_H
#define KK_ALERTS_DEVICE_JSON_H

#include <jansson.h>

#include "alerts/picture.h"

/**
 * One device. Every key is always present; what is unknown is null. Rates are octets per second,
 * `rtt` is seconds; `reason` is English.
 *
 * @param p  Picture, for the id of the cause.
 * @param s  Row of it.
 * @return   New reference, NULL: out of memory.
 */
json_t *device_json(const struct picture *p, const struct standing *s);

/** A text, null if it is "" or NULL. @param text UTF-8. @return New reference. */
json_t *device_json_text(const char *text);

/** A time as RFC 3339, null if it is 0. @param utc_s UTC seconds. @return New reference. */
json_t *device_json_time(int64_t utc_s);

/** A metric in its unit; null where it is unknown. @param e Entry. @param m Metric. @return New
 * reference. */
json_t *device_json_metric(const struct live_entry *e, enum metric m);

#endif
