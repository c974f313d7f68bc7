/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/distinct.h"

#include "lib/text.h"

/* A count never falls: of two keys of a day each has seen some of the clients. */
static const char put_sql[] =
    "INSERT INTO distinct_day (day, scope, key, clients, error_permille, whole, probes) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (day, scope, key) DO UPDATE SET "
    "error_permille = iif(?4 >= clients, ?5, error_permille), "
    "clients = max(clients, ?4), whole = ?6, probes = max(probes, ?7)";

static const char read_sql[] =
    "SELECT day, scope, key, clients, error_permille, whole, probes FROM distinct_day "
    "WHERE day BETWEEN ?1 AND ?2 AND scope = ?3 AND (?4 IS NULL OR key = ?4) "
    "ORDER BY day, key";

static int
put_row(struct db *db, sqlite3_stmt *s, const struct distinct_row *r, struct diag *d)
{
	sqlite3_bind_int(s, 1, r->day);
	sqlite3_bind_int(s, 2, r->scope);
	if (r->scope == DISTINCT_AP)
		sqlite3_bind_int64(s, 3, r->device);
	else
		sqlite3_bind_text(s, 3, r->district, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 4, r->clients);
	sqlite3_bind_int(s, 5, r->error_permille);
	sqlite3_bind_int(s, 6, r->whole);
	sqlite3_bind_int64(s, 7, r->probes);
	return db_step_done(db, s, d, "keep a day's distinct clients");
}

int
distinct_put(struct db *db, const struct distinct_row *rows, size_t n, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, put_sql, &s, d);

	if (rc != KK_OK)
		return rc;
	rc = db_begin_now(db, d);
	for (size_t i = 0; i < n && rc == KK_OK; i++)
		rc = put_row(db, s, &rows[i], d);
	sqlite3_finalize(s);
	if (rc == KK_OK)
		return db_commit(db, d);
	db_rollback(db);
	return rc;
}

static void
row_of(sqlite3_stmt *s, struct distinct_row *r)
{
	*r = (struct distinct_row){.day = sqlite3_column_int(s, 0),
	    .scope = (uint8_t)sqlite3_column_int(s, 1),
	    .clients = sqlite3_column_int64(s, 3),
	    .error_permille = (uint16_t)sqlite3_column_int(s, 4),
	    .whole = sqlite3_column_int(s, 5) != 0,
	    .probes = (uint32_t)sqlite3_column_int64(s, 6)};
	if (r->scope == DISTINCT_AP)
		r->device = (uint32_t)sqlite3_column_int64(s, 2);
	else
		text_copy(r->district, sizeof(r->district), db_column_text(s, 2));
}

int
distinct_read(struct db *db, const struct distinct_ask *ask,
    int (*each)(void *ctx, const struct distinct_row *row), void *ctx, struct diag *d)
{
	struct distinct_row row;
	sqlite3_stmt *s;
	int rc = db_prepare(db, read_sql, &s, d), step = SQLITE_DONE;

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int(s, 1, ask->from);
	sqlite3_bind_int(s, 2, ask->to);
	sqlite3_bind_int(s, 3, ask->scope);
	if (ask->scope == DISTINCT_AP && ask->device != 0)
		sqlite3_bind_int64(s, 4, ask->device);
	else if (ask->scope == DISTINCT_DISTRICT && ask->district != NULL)
		sqlite3_bind_text(s, 4, ask->district, -1, SQLITE_STATIC);
	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
		row_of(s, &row);
		rc = each(ctx, &row);
	}
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read distinct clients");
	sqlite3_finalize(s);
	return rc;
}

/* What distinct_of() has found. */
struct found {
	struct distinct_row *row;
	int n;
};

static int
take_row(void *ctx, const struct distinct_row *row)
{
	struct found *f = ctx;

	*f->row = *row;
	f->n++;
	return KK_OK;
}

int
distinct_of(struct db *db, kk_day day, uint32_t device, struct distinct_row *out, struct diag *d)
{
	const struct distinct_ask ask = {
	    .from = day, .to = day, .scope = DISTINCT_AP, .device = device};
	struct found f = {out, 0};
	int rc = distinct_read(db, &ask, take_row, &f, d);

	return rc != KK_OK ? rc : f.n > 0 ? KK_OK : KK_END;
}
