/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * open_data.h - what may be published: octets and people per district, site or access point and
 * month.
 *
 * Whoever stands behind a figure is not to be found in it. No address of a device is there: no MAC,
 * IP, host or controller. Where probes count people, a place with fewer of them than
 * `open_data.min_clients` in a month loses all its figures of that month, and with it one more in
 * its district and in its own row, so that nobody finds them by subtraction (few.h). Counts of
 * people are rounded. Where nobody counts people, octets are published as the city always did, and
 * counts are empty.
 */
#ifndef KK_USAGE_OPEN_DATA_H
#define KK_USAGE_OPEN_DATA_H

#include "lib/conf.h"
#include "rrd/db/db.h"
#include "usage/report.h"
#include "usage/sheet.h"

/**
 * The sheet of a question.
 *
 * @param c    Configuration: open_data.min_clients.
 * @param db   Connection.
 * @param q    Question, per month: by city, district, site or access point.
 * @param out  Receives it; sheet_free() frees it.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_RANGE  Another grouping or period.
 * @retval KK_E_NOMEM
 * @return     And what ledger_usage(), distinct_read() and inventory_read() return.
 */
int open_data_sheet(const struct conf *c, struct db *db, const struct usage_query *q,
    struct sheet **out, struct diag *d);

/** What the columns mean, in both languages. @return New sheet; sheet_error() says whether it is
 * whole. */
struct sheet *open_data_columns(void);

#endif
