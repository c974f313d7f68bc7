/* SPDX-License-Identifier: GPL-3.0-or-later */
/* day_ledger.h - a ledger in a folder of its own, which is given samples one by one: for tests of
 * what it keeps by local days. */
#ifndef KK_TESTS_DAY_LEDGER_H
#define KK_TESTS_DAY_LEDGER_H

#include "lib/zone.h"
#include "rrd/db/db.h"
#include "rrd/ledger.h"
#include "tests/harness.h"

#define NOON INT64_C(178054200000) /* 2026-06-04 12:00 in Seoul, 1/100 s */
#define HOUR 360000
#define NONE (-1)

struct day_ledger {
	char dir[64];
	struct ledger *ledger;
	struct cursor end; /* of what it was given */
};

/** Make the folder, with days as Seoul has them, and nothing in it. @param l Receives it. */
static inline void
day_ledger_folder(struct day_ledger *l)
{
	struct diag d = {""};

	*l = (struct day_ledger){.ledger = NULL};
	harness_dir(l->dir);
	ck_assert_int_eq(zone_use("Asia/Seoul", &d), KK_OK);
}

/** Open the ledger of the folder. @param l Folder. */
static inline void
day_ledger_open(struct day_ledger *l)
{
	struct diag d = {""};

	ck_assert_msg(ledger_open(l->dir, 180, &l->ledger, &d) == KK_OK, "%s", d.text);
}

/** As a restart does. @param l Ledger. */
static inline void
day_ledger_again(struct day_ledger *l)
{
	ledger_close(l->ledger);
	day_ledger_open(l);
}

/** @param l Ledger; closed, and its folder removed. */
static inline void
day_ledger_remove(struct day_ledger *l)
{
	ledger_close(l->ledger);
	harness_remove(l->dir);
}

/** Give it a sample. @param l Ledger. @param s Sample; receives octets as they grow with time.
 * @return Of the sink. */
static inline int
day_ledger_take(struct day_ledger *l, struct sample *s)
{
	const struct sink *sink = ledger_sink(l->ledger);

	sample_set(s, METRIC_OCTETS_DOWN, s->time_cs - NOON + 10 * HOUR * 24);
	sample_set(s, METRIC_OCTETS_UP, 0);
	l->end.offset++;
	return sink->take(sink->ctx, s, 1, l->end);
}

/** Its database, to be read. @param l Ledger. @return db_close() it. */
static inline struct db *
day_ledger_db(const struct day_ledger *l)
{
	struct diag d = {""};
	struct db *db;

	ck_assert_msg(db_open(l->dir, DB_READ, &db, &d) == KK_OK, "%s", d.text);
	return db;
}

/** What a query's first column of its first row says. @param l Ledger. @param sql Query. @return
 * NONE: NULL, or there is no row. */
static inline int64_t
day_ledger_number(const struct day_ledger *l, const char *sql)
{
	struct db *db = day_ledger_db(l);
	int64_t v = NONE;
	sqlite3_stmt *s;

	ck_assert_msg(db_prepare(db, sql, &s, NULL) == KK_OK, "%s", sql);
	if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL)
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	db_close(db);
	return v;
}

#endif
