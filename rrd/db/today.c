/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/today.h"

static const char sql[] = "SELECT IFNULL(SUM(u.octets_down + u.octets_up), 0) FROM usage_day u "
			  "JOIN device d ON d.num = u.device "
			  "WHERE u.day = ?1 AND d.kind = 'ap' AND u.source = (SELECT account FROM "
			  "belonging b WHERE b.device = u.device "
			  "AND b.since <= ?1 ORDER BY b.since DESC LIMIT 1)";

int
today_octets(struct db *db, kk_day day, int64_t *out, struct diag *d)
{
	sqlite3_stmt *q = NULL;
	int rc = KK_OK;

	if (sqlite3_prepare_v2(db_handle(db), sql, -1, &q, NULL) != SQLITE_OK)
		return db_error(db, d, "octets of a day");
	sqlite3_bind_int(q, 1, day);
	if (sqlite3_step(q) == SQLITE_ROW)
		*out = sqlite3_column_int64(q, 0);
	else
		rc = db_error(db, d, "octets of a day");
	sqlite3_finalize(q);
	return rc;
}
