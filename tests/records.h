/* SPDX-License-Identifier: GPL-3.0-or-later */
/* records.h - a database in a folder of its own, with an inventory and days, for tests of the
 * ledger and what reads it. */
#ifndef KK_TESTS_RECORDS_H
#define KK_TESTS_RECORDS_H

#include "lib/zone.h"
#include "rrd/db/db.h"
#include "rrd/import/import.h"
#include "rrd/ledger.h"
#include "tests/harness.h"

/** Make a folder and an empty database in it, with days as Seoul has them. @param dir Receives its
 * path; harness_remove() it. @return db_close() it. */
static inline struct db *
records_open(char dir[64])
{
	struct diag d = {""};
	struct db *db;

	ck_assert_int_eq(zone_use("Asia/Seoul", NULL), KK_OK);
	harness_dir(dir);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
	return db;
}

/** Import an inventory, as `kkachi import` does. @param db Database. @param csv Text. @param now_s
 * UTC. @param prune 1: retire what it lacks. */
static inline void
records_inventory(struct db *db, const char *csv, int64_t now_s, int prune)
{
	struct import_options o = {.now_s = now_s, .prune = prune};
	struct import_report *r;
	struct diag d = {""};

	ck_assert_msg(import_text(db, "t", csv, strlen(csv), &o, &r, &d) == KK_OK, "%s", d.text);
	import_report_free(r);
}

/** Write a file of the folder. @param dir Folder. @param name Its name there. @param text What.
 * @param path Receives where. */
static inline void
records_file(const char *dir, const char *name, const char *text, char path[128])
{
	FILE *f;

	snprintf(path, 128, "%s/%s", dir, name);
	ck_assert_ptr_nonnull(f = fopen(path, "w"));
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

/** Import days, as `kkachi usage --import` does. @param db Database. @param dir Its folder. @param
 * csv Text. @param replace 1: of imported ones. @param d Says why not. @return Of
 * ledger_import(). */
static inline int
records_days(struct db *db, const char *dir, const char *csv, int replace, struct diag *d)
{
	char path[128];
	uint64_t rows;

	records_file(dir, "days.csv", csv, path);
	return ledger_import(db, path, replace, &rows, d);
}

/** The same days, which must be taken. */
static inline void
records_days_taken(struct db *db, const char *dir, const char *csv, int replace)
{
	struct diag d = {""};

	ck_assert_msg(records_days(db, dir, csv, replace, &d) == KK_OK, "%s", d.text);
}

/** What a query's first column of its first row says. @param db Database. @param sql Query. @return
 * 0 also if there is no row. */
static inline int64_t
records_integer(struct db *db, const char *sql)
{
	sqlite3_stmt *s;
	int64_t v = 0;

	ck_assert_msg(db_prepare(db, sql, &s, NULL) == KK_OK, "%s", sql);
	if (sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

#endif
