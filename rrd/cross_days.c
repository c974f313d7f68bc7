/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/cross_days.h"

#include "lib/sample.h"

#define WEEKS 4

/* Parameters: the day; SNMP, controller, probe; the same weekday in the weeks before, the newest
 * first. */
static const char read_sql[] =
    "WITH ap AS MATERIALIZED (SELECT num, id, name,"
    " (SELECT district FROM belonging b WHERE b.device = num AND b.since <= ?1"
    "  ORDER BY b.since DESC LIMIT 1) AS district"
    " FROM device WHERE kind = 'ap' AND retired IS NULL),"
    " heard AS MATERIALIZED (SELECT device, max(day) = ?1 AS seen, max(iif(day = ?1, observed_s, "
    "0)) AS watched"
    " FROM usage_day WHERE day BETWEEN ?8 AND ?1 AND source = ?4 GROUP BY device),"
    " beside AS MATERIALIZED (SELECT district, count(*) AS n, sum(seen) AS seen, max(watched) AS "
    "watched"
    " FROM heard JOIN ap ON num = device WHERE district <> '' GROUP BY district)"
    " SELECT v.id, v.name, v.district,"
    " s.octets_down + s.octets_up, s.observed_s, s.up_s, s.clients_peak,"
    " p.octets_down + p.octets_up, p.observed_s, p.clients_peak,"
    " (SELECT sum(octets_down + octets_up) / count(*) FROM usage_day u"
    "  WHERE u.day IN (?5, ?6, ?7, ?8) AND u.device = v.num AND u.source = ifnull(s.source, ?2)),"
    " c.dhcp_asked, c.dhcp_answered,"
    " ifnull(c.auth_failures + c.eap_failures + c.handshake_failures,"
    "  coalesce(c.auth_failures, c.eap_failures, c.handshake_failures)), c.associations,"
    " h.device IS NOT NULL, ifnull(n.n, 0), ifnull(n.seen, 0), ifnull(n.watched, 0)"
    " FROM ap v"
    " LEFT JOIN usage_day s ON s.day = ?1 AND s.device = v.num AND s.source ="
    "  (SELECT min(x.source) FROM usage_day x WHERE x.day = ?1 AND x.device = v.num AND x.source "
    "IN (?2, ?3))"
    " LEFT JOIN usage_day p ON p.day = ?1 AND p.device = v.num AND p.source = ?4"
    " LEFT JOIN probe_day c ON c.day = ?1 AND c.device = v.num AND c.source = ?4"
    " LEFT JOIN heard h ON h.device = v.num"
    " LEFT JOIN beside n ON n.district = v.district"
    " WHERE s.day IS NOT NULL OR p.day IS NOT NULL"
    " ORDER BY v.id";

static int64_t
known(sqlite3_stmt *s, int column)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL ? CROSS_UNKNOWN
							     : sqlite3_column_int64(s, column);
}

static const char *
text(sqlite3_stmt *s, int column)
{
	const char *t = (const char *)sqlite3_column_text(s, column);

	return t != NULL ? t : "";
}

static void
fill(sqlite3_stmt *s, struct cross_day *c)
{
	*c = (struct cross_day){.id = text(s, 0),
	    .name = text(s, 1),
	    .district = text(s, 2),
	    .said = sqlite3_column_type(s, 3) != SQLITE_NULL,
	    .said_octets = (uint64_t)sqlite3_column_int64(s, 3),
	    .said_s = (uint32_t)sqlite3_column_int64(s, 4),
	    .up_s = (uint32_t)sqlite3_column_int64(s, 5),
	    .said_clients = known(s, 6),
	    .seen = sqlite3_column_type(s, 7) != SQLITE_NULL,
	    .seen_octets = (uint64_t)sqlite3_column_int64(s, 7),
	    .seen_s = (uint32_t)sqlite3_column_int64(s, 8),
	    .seen_clients = known(s, 9),
	    .usual_octets = known(s, 10),
	    .dhcp_asked = known(s, 11),
	    .dhcp_answered = known(s, 12),
	    .login_failures = known(s, 13),
	    .associations = known(s, 14),
	    .heard = sqlite3_column_int(s, 15),
	    .beside = (uint32_t)sqlite3_column_int64(s, 16),
	    .beside_seen = (uint32_t)sqlite3_column_int64(s, 17),
	    .beside_s = (uint32_t)sqlite3_column_int64(s, 18)};
}

int
cross_days(struct db *db, kk_day day, int (*each)(void *ctx, const struct cross_day *c), void *ctx,
    struct diag *d)
{
	struct cross_day c;
	sqlite3_stmt *s;
	int step = SQLITE_DONE, rc = db_prepare(db, read_sql, &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int(s, 1, day);
	sqlite3_bind_int(s, 2, SOURCE_SNMP);
	sqlite3_bind_int(s, 3, SOURCE_CONTROLLER);
	sqlite3_bind_int(s, 4, SOURCE_PROBE);
	for (int i = 0; i < WEEKS; i++)
		sqlite3_bind_int(s, 5 + i, zone_day_add(day, -7 * (i + 1)));
	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
		fill(s, &c);
		rc = each(ctx, &c);
	}
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read a day as said and as seen");
	sqlite3_finalize(s);
	return rc;
}
