/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/closing.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rrd/ledger_usage.h"
#include "rrd/usage_frozen.h"

#define TEXTS 6 /* id, since, district, site, site_type, phase: as in a key of USAGE_BELONGING */

static const char put_row[] =
    "INSERT INTO usage_frozen (month, id, since, district, site, site_type, phase, " FROZEN_COLUMNS
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
    " ?19)";
static const char get_rows[] =
    "SELECT id, since, district, site, site_type, phase, " FROZEN_COLUMNS
    " FROM usage_frozen WHERE month = ?1 ORDER BY id COLLATE BINARY, since";
static const char put_groups[] =
    "INSERT INTO usage_frozen_group (month, listed, district, phase, site_type, " FROZEN_COLUMNS
    ", aps) SELECT month, since >= 0, district, phase, site_type, sum(octets_down), sum(octets_up),"
    " sum(octets_undirected), sum(octets_lump), sum(observed_s), sum(possible_s), sum(restarts),"
    " sum(unsure), sum(days_measured), sum(days_imported), sum(days_both), sum(days_spread),"
    " count(DISTINCT id) FROM usage_frozen WHERE month = ?1"
    " GROUP BY since >= 0, district, phase, site_type";
static const char put_closed[] =
    "INSERT INTO usage_closed SELECT ?1, ?2, ?3, count(*), ifnull(sum(octets_down), 0),"
    " ifnull(sum(octets_up), 0), ifnull(sum(octets_undirected), 0), ?4 FROM usage_frozen"
    " WHERE month = ?1";
static const char put_event[] =
    "INSERT INTO usage_closing (month, what, at, who, reason, sha256, octets_down, octets_up,"
    " octets_undirected) SELECT month, ?2, ?3, ?4, ?5, sha256, octets_down, octets_up,"
    " octets_undirected FROM usage_closed WHERE month = ?1";

/* ---- the checksum ---- */

/* A row, or the heading, as a line into the digest. */
static int
digest_row(EVP_MD_CTX *md, sqlite3_stmt *s)
{
	int n = sqlite3_column_count(s), ok = 1;

	for (int i = 0; i < n && ok; i++) {
		const char *text = db_column_text(s, i);

		ok = EVP_DigestUpdate(md, text, strlen(text)) &&
		     EVP_DigestUpdate(md, i + 1 < n ? "\t" : "\n", 1);
	}
	return ok;
}

static int
digest_rows(struct db *db, kk_day month, EVP_MD_CTX *md, struct diag *d)
{
	char heading[40];
	sqlite3_stmt *s;
	int step = SQLITE_DONE, ok, rc = db_prepare(db, get_rows, &s, d);

	if (rc != KK_OK)
		return rc;
	snprintf(heading, sizeof(heading), "kkachi usage 1 %04d-%02d\n", (int)(month / 100),
	    (int)(month % 100));
	sqlite3_bind_int(s, 1, month);
	ok = EVP_DigestInit_ex(md, EVP_sha256(), NULL) &&
	     EVP_DigestUpdate(md, heading, strlen(heading));
	while (ok && (step = sqlite3_step(s)) == SQLITE_ROW)
		ok = digest_row(md, s);
	if (step != SQLITE_DONE && ok)
		rc = db_error(db, d, "read a closed month");
	sqlite3_finalize(s);
	return ok ? rc : diag_set(d, KK_E_NOMEM, "SHA-256 failed");
}

static int
checksum(struct db *db, kk_day month, char out[CLOSING_SHA256], struct diag *d)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned char octets[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	int rc = md != NULL ? digest_rows(db, month, md, d) : KK_E_NOMEM;

	if (rc == KK_OK && !EVP_DigestFinal_ex(md, octets, &len))
		rc = KK_E_NOMEM;
	EVP_MD_CTX_free(md);
	for (unsigned i = 0; i < len; i++)
		snprintf(out + 2 * i, 3, "%02x", octets[i]);
	return rc == KK_E_NOMEM ? diag_set(d, rc, "%s: out of memory", db_file(db)) : rc;
}

/* ---- closing ---- */

/* A key of USAGE_BELONGING into its six texts, bound from ?2 on. */
static void
bind_texts(sqlite3_stmt *s, const char *key)
{
	for (int i = 0; i < TEXTS; i++) {
		size_t len = strcspn(key, USAGE_PART);

		if (i == 1)
			sqlite3_bind_int64(s, 2 + i, strtoll(key, NULL, 10));
		else
			sqlite3_bind_text(s, 2 + i, key, (int)len, SQLITE_STATIC);
		key += len + (key[len] != '\0');
	}
}

static int
freeze_row(struct db *db, sqlite3_stmt *s, const struct usage_row *r, struct diag *d)
{
	const uint64_t sums[FROZEN_COUNT] = {r->octets_down, r->octets_up, r->octets_undirected,
	    r->octets_lump, r->observed_s, r->possible_s, r->restarts, r->unsure, r->days_measured,
	    r->days_imported, r->days_both, r->days_spread};

	sqlite3_bind_int(s, 1, r->period);
	bind_texts(s, r->key);
	for (int i = 0; i < FROZEN_COUNT; i++)
		sqlite3_bind_int64(s, 8 + i, (int64_t)sums[i]);
	return db_step_done(db, s, d, "freeze a row");
}

static int
freeze(struct db *db, kk_day month, int64_t now_s, struct diag *d)
{
	struct usage_query q = {
	    .by = USAGE_BELONGING, .from = month, .to = month, .now_s = now_s, .live = 1};
	struct usage_table *t = NULL;
	sqlite3_stmt *s = NULL;
	int rc = ledger_usage_within(db, &q, &t, d);

	if (rc == KK_OK)
		rc = db_prepare(db, put_row, &s, d);
	for (size_t i = 0; rc == KK_OK && i < t->n; i++)
		rc = freeze_row(db, s, &t->rows[i], d);
	sqlite3_finalize(s);
	usage_table_free(t);
	return rc;
}

/* Run a statement about a month once. Texts may be NULL. */
static int
run(struct db *db, const char *sql, kk_day month, const char *const texts[], int64_t at_s,
    struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int(s, 1, month);
	for (int i = 2; i <= sqlite3_bind_parameter_count(s); i++)
		if (texts[i - 2] == NULL)
			sqlite3_bind_int64(s, i, at_s);
		else
			sqlite3_bind_text(s, i, texts[i - 2], -1, SQLITE_STATIC);
	rc = db_step_done(db, s, d, "close a month");
	sqlite3_finalize(s);
	return rc;
}

static int
is_closed(struct db *db, kk_day month, int *is, struct diag *d)
{
	sqlite3_stmt *s;
	int step, rc = db_prepare(db, "SELECT 1 FROM usage_closed WHERE month = ?1", &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int(s, 1, month);
	step = sqlite3_step(s);
	*is = step == SQLITE_ROW;
	if (step != SQLITE_ROW && step != SQLITE_DONE)
		rc = db_error(db, d, "read which months are closed");
	sqlite3_finalize(s);
	return rc;
}

/* Within the transaction: the ledger does not move meanwhile. */
static int
may_close(struct db *db, const char *state_dir, kk_day month, int64_t now_s, struct diag *d)
{
	struct zone_day after;
	int is = 0, rc = is_closed(db, month, &is, d);

	if (rc != KK_OK)
		return rc;
	if (is)
		return diag_set(d, KK_E_EXISTS, "%04d-%02d is closed already", (int)(month / 100),
		    (int)(month % 100));
	if (zone_day_bounds(zone_month_add(month, 1) * 100 + 1, &after) != KK_OK ||
	    now_s < after.from_s)
		return diag_set(d, KK_E_ORDER, "%04d-%02d is not over yet", (int)(month / 100),
		    (int)(month % 100));
	rc = closing_unread(db, state_dir, after.from_s, &is, d);
	if (rc == KK_OK && is)
		return diag_set(d, KK_E_ORDER,
		    "samples of %04d-%02d stand in the journal, but not in the ledger yet: let "
		    "kkachid read it, and try again",
		    (int)(month / 100), (int)(month % 100));
	return rc;
}

static int
close_within(struct db *db, const char *state_dir, kk_day month, const char *who, int64_t now_s,
    struct diag *d)
{
	char sha256[CLOSING_SHA256] = "";
	int rc = may_close(db, state_dir, month, now_s, d);

	if (rc == KK_OK)
		rc = freeze(db, month, now_s, d);
	if (rc == KK_OK)
		rc = checksum(db, month, sha256, d);
	if (rc == KK_OK)
		rc = run(db, put_groups, month, NULL, 0, d);
	if (rc == KK_OK)
		rc = run(db, put_closed, month, (const char *const[]){NULL, who, sha256}, now_s, d);
	if (rc == KK_OK)
		rc = run(
		    db, put_event, month, (const char *const[]){"close", NULL, who, ""}, now_s, d);
	return rc;
}

int
closing_close(struct db *db, const char *state_dir, kk_day month, const char *who, int64_t now_s,
    struct diag *d)
{
	int rc = db_begin(db, d);

	if (rc != KK_OK)
		return rc;
	rc = close_within(db, state_dir, month, who, now_s, d);
	if (rc == KK_OK)
		return db_commit_synced(db, d);
	db_rollback(db);
	return rc;
}

static int
reopen_within(
    struct db *db, kk_day month, const char *who, const char *reason, int64_t now_s, struct diag *d)
{
	static const char *const remove[] = {"DELETE FROM usage_closed WHERE month = ?1",
	    "DELETE FROM usage_frozen WHERE month = ?1",
	    "DELETE FROM usage_frozen_group WHERE month = ?1"};
	int is = 0, rc = is_closed(db, month, &is, d);

	if (rc == KK_OK && !is)
		return diag_set(d, KK_E_NOTFOUND, "%04d-%02d is not closed", (int)(month / 100),
		    (int)(month % 100));
	if (rc == KK_OK)
		rc = run(db, put_event, month, (const char *const[]){"reopen", NULL, who, reason},
		    now_s, d);
	for (int i = 0; i < 3 && rc == KK_OK; i++)
		rc = run(db, remove[i], month, NULL, 0, d);
	return rc;
}

int
closing_reopen(
    struct db *db, kk_day month, const char *who, const char *reason, int64_t now_s, struct diag *d)
{
	int rc = db_begin(db, d);

	if (rc != KK_OK)
		return rc;
	rc = reopen_within(db, month, who, reason, now_s, d);
	if (rc == KK_OK)
		return db_commit_synced(db, d);
	db_rollback(db);
	return rc;
}

/* ---- lists ---- */

static void
read_closing(sqlite3_stmt *s, struct closing *c)
{
	*c = (struct closing){.month = (kk_day)sqlite3_column_int64(s, 0),
	    .what = db_column_text(s, 1),
	    .at_s = sqlite3_column_int64(s, 2),
	    .who = db_column_text(s, 3),
	    .reason = db_column_text(s, 4),
	    .sha256 = db_column_text(s, 5),
	    .octets_down = (uint64_t)sqlite3_column_int64(s, 6),
	    .octets_up = (uint64_t)sqlite3_column_int64(s, 7),
	    .octets_undirected = (uint64_t)sqlite3_column_int64(s, 8)};
}

/* Column 9 says whether rows and groups still add up to the total. */
static int
list(struct db *db, const char *sql, int verify, void (*each)(void *ctx, const struct closing *c),
    void *ctx, struct diag *d)
{
	char sha256[CLOSING_SHA256];
	struct closing c;
	sqlite3_stmt *s;
	int step, rc = db_prepare(db, sql, &s, d);

	if (rc != KK_OK)
		return rc;
	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
		read_closing(s, &c);
		if (verify)
			rc = checksum(db, c.month, sha256, d);
		c.intact = verify && rc == KK_OK && strcmp(sha256, c.sha256) == 0 &&
			   sqlite3_column_int(s, 9);
		if (rc == KK_OK)
			each(ctx, &c);
	}
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read the closings");
	sqlite3_finalize(s);
	return rc;
}

int
closing_closed(
    struct db *db, void (*each)(void *ctx, const struct closing *c), void *ctx, struct diag *d)
{
	int rc = db_begin_read(db, d);

	if (rc == KK_OK)
		rc = list(db,
		    "SELECT month, 'close', at, who, '', sha256, octets_down, octets_up,"
		    " octets_undirected, (SELECT count(*) = c.rows AND ifnull(sum(octets_down), 0)"
		    " = c.octets_down AND ifnull(sum(octets_up), 0) = c.octets_up AND"
		    " ifnull(sum(octets_undirected), 0) = c.octets_undirected FROM usage_frozen f"
		    " WHERE f.month = c.month) AND (SELECT ifnull(sum(octets_down), 0) ="
		    " c.octets_down AND ifnull(sum(octets_up), 0) = c.octets_up FROM"
		    " usage_frozen_group g WHERE g.month = c.month)"
		    " FROM usage_closed c ORDER BY month",
		    1, each, ctx, d);
	db_rollback(db);
	return rc;
}

int
closing_history(
    struct db *db, void (*each)(void *ctx, const struct closing *c), void *ctx, struct diag *d)
{
	return list(db,
	    "SELECT month, what, at, who, ifnull(reason, ''), sha256, octets_down, octets_up,"
	    " octets_undirected FROM usage_closing ORDER BY num",
	    0, each, ctx, d);
}
