/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone.h - local days and months of the configured zone. Days that are 23 or 25 hours long are
 * right too. */
#ifndef KK_LIB_ZONE_H
#define KK_LIB_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

/* A local calendar day as a number one can read in a database: 20210731. Months: 202107. */
typedef int32_t kk_day;

/* One local day and its bounds: [from_s, to_s), seconds since the epoch. */
struct zone_day {
	kk_day day;
	int64_t from_s;
	int64_t to_s;
};

/** Whether the system's zone database has a zone. @param name IANA name. @return 1 or 0; "UTC" is
 * always there. */
int zone_known(const char *name);

/**
 * Make a zone the process's (TZ and tzset): called once in main, before threads start.
 *
 * @param name  IANA name, e.g. "Asia/Seoul"; "UTC" always works.
 * @param d     Says why not; may be NULL.
 * @retval KK_OK Done.
 * @retval KK_E_NOTFOUND  The system's zone database lacks it.
 */
int zone_use(const char *name, struct diag *d);

/**
 * The local day that holds a moment. Cheap when `last` already holds it, so keep it between calls.
 *
 * @param utc_s  Seconds since the epoch.
 * @param last   In: a day looked up before, or zeroed. Out: the day that holds `utc_s`.
 */
void zone_day_of(int64_t utc_s, struct zone_day *last);

/**
 * The bounds of a local day.
 *
 * @param day  YYYYMMDD.
 * @param out  Receives the bounds.
 * @retval KK_OK Done.
 * @retval KK_E_RANGE  No such day in the calendar.
 */
int zone_day_bounds(kk_day day, struct zone_day *out);

/**
 * Calendar arithmetic on days.
 *
 * @param day  YYYYMMDD, a real day.
 * @param n    Days to go on, may be negative.
 * @return     YYYYMMDD.
 */
kk_day zone_day_add(kk_day day, int n);

/** The month after or before: 202112 + 1 = 202201. @param month YYYYMM. @param n Months. @return
 * YYYYMM. */
kk_day zone_month_add(kk_day month, int n);

#define ZONE_TEXT 32 /* octets of a time as text, with NUL */

/**
 * RFC 3339 with the zone's offset: 2021-07-31T23:59:59+09:00.
 *
 * @param utc_s  Seconds since the epoch.
 * @param out    Buffer of at least ZONE_TEXT octets.
 * @return       `out`.
 */
const char *zone_format(int64_t utc_s, char out[ZONE_TEXT]);

/**
 * Read a time that a person typed: "YYYY-MM", "YYYY-MM-DD", "YYYY-MM-DDTHH:MM[:SS][zone]", "now",
 * "-2d", "-3h", "-30min".
 *
 * @param text   Input.
 * @param now_s  What "now" means, seconds since the epoch.
 * @param out    Seconds since the epoch; a month or a day gives its first second, local.
 * @retval KK_OK Done.
 * @retval KK_E_SYNTAX
 */
int zone_parse(const char *text, int64_t now_s, int64_t *out);

/** Read "YYYY-MM" as 202107. @param text Input. @param out Month. @retval KK_OK Done. @retval
 * KK_E_SYNTAX
 */
int zone_parse_month(const char *text, kk_day *out);

#endif
