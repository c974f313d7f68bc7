/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/neighbour.h"

#include <stdlib.h>
#include <string.h>

#include "lib/region.h"

#define HISTORY_S (INT64_C(92) * 86400)

/* What neighbours_read() hands out, and the memory of its texts. */
struct kept {
	struct neighbours all; /* first: it is what callers hold */
	struct region *texts;
	size_t room, reporters_room;
};

/* ---- keeping ---- */

static int
keep_self(struct db *db, const struct reporter *r, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "INSERT INTO reporter (device, chassis_type, chassis, name, lldp, bridge) "
	    "VALUES (?1, ?2, ?3, ?4, nullif(?5, 0), nullif(?6, 0)) ON CONFLICT (device) DO UPDATE "
	    "SET "
	    "chassis_type = ?2, chassis = ?3, name = ?4, lldp = coalesce(nullif(?5, 0), lldp), "
	    "bridge = coalesce(nullif(?6, 0), bridge)",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, r->device);
	sqlite3_bind_int(s, 2, r->chassis_type);
	sqlite3_bind_text(s, 3, r->chassis, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 4, r->name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 5, r->lldp_s);
	sqlite3_bind_int64(s, 6, r->bridge_s);
	rc = db_step_done(db, s, d, "keep who tells neighbours");
	sqlite3_finalize(s);
	return rc;
}

static int
keep_row(struct db *db, sqlite3_stmt *s, uint32_t device, const struct neighbour *n, int64_t now_s,
    struct diag *d)
{
	const char *const texts[] = {
	    n->port, n->chassis, n->far_port, n->far_descr, n->name, n->address};

	sqlite3_bind_int64(s, 1, device);
	sqlite3_bind_int(s, 2, n->via);
	for (int i = 0; i < 6; i++)
		sqlite3_bind_text(s, 3 + i, texts[i], -1, SQLITE_STATIC);
	sqlite3_bind_int(s, 9, n->chassis_type);
	sqlite3_bind_int(s, 10, n->far_type);
	sqlite3_bind_int(s, 11, n->does);
	sqlite3_bind_int64(s, 12, n->crowd);
	sqlite3_bind_int64(s, 13, now_s);
	return db_step_done(db, s, d, "keep a neighbour");
}

static int
keep_rows(struct db *db, uint32_t device, const struct neighbour *rows, size_t n, int64_t now_s,
    struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "INSERT INTO neighbour (device, via, port, chassis, far_port, far_descr, name, "
	    "address, "
	    "chassis_type, far_type, does, crowd, first, last) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13) "
	    "ON CONFLICT (device, via, port, chassis, far_port) DO UPDATE SET far_descr = ?6, "
	    "name = ?7, address = ?8, chassis_type = ?9, far_type = ?10, does = ?11, crowd = ?12, "
	    "last = ?13",
	    &s, d);

	for (size_t i = 0; i < n && rc == KK_OK; i++)
		rc = keep_row(db, s, device, &rows[i], now_s, d);
	sqlite3_finalize(s);
	return rc;
}

static int
forget(struct db *db, uint32_t device, int64_t now_s, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "DELETE FROM neighbour WHERE device = ?1 AND last < ?2", &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, device);
	sqlite3_bind_int64(s, 2, now_s - HISTORY_S);
	rc = db_step_done(db, s, d, "forget old neighbours");
	sqlite3_finalize(s);
	return rc;
}

int
neighbours_keep(struct db *db, const struct reporter *self, const struct neighbour *rows, size_t n,
    int64_t now_s, struct diag *d)
{
	int rc = db_begin_now(db, d);

	if (rc != KK_OK)
		return rc;
	rc = keep_self(db, self, d);
	if (rc == KK_OK)
		rc = keep_rows(db, self->device, rows, n, now_s, d);
	if (rc == KK_OK)
		rc = forget(db, self->device, now_s, d);
	if (rc == KK_OK)
		return db_commit(db, d);
	db_rollback(db);
	return rc;
}

/* ---- reading ---- */

static const char *
text(struct kept *k, sqlite3_stmt *s, int column, int *whole)
{
	const char *t = db_column_text(s, column);

	if (t[0] == '\0')
		return "";
	t = region_strdup(k->texts, t);
	*whole &= t != NULL;
	return t;
}

/* Room for one more in an array that doubles. */
static int
grow(void **all, size_t n, size_t *room, size_t size)
{
	size_t more = *room > 0 ? *room * 2 : 256;
	void *grown;

	if (n < *room)
		return KK_OK;
	if ((grown = realloc(*all, more * size)) == NULL)
		return KK_E_NOMEM;
	*all = grown;
	*room = more;
	return KK_OK;
}

static int
take_reporter(struct kept *k, sqlite3_stmt *s)
{
	struct reporter *r;
	int whole = 1;

	if (grow((void **)&k->all.reporter, k->all.n_reporters, &k->reporters_room, sizeof(*r)) !=
	    KK_OK)
		return KK_E_NOMEM;
	r = &k->all.reporter[k->all.n_reporters++];
	r->device = (uint32_t)sqlite3_column_int64(s, 0);
	r->chassis_type = (uint8_t)sqlite3_column_int(s, 1);
	r->chassis = text(k, s, 2, &whole);
	r->name = text(k, s, 3, &whole);
	r->lldp_s = sqlite3_column_int64(s, 4);
	r->bridge_s = sqlite3_column_int64(s, 5);
	return whole ? KK_OK : KK_E_NOMEM;
}

static int
take_neighbour(struct kept *k, sqlite3_stmt *s)
{
	struct neighbour *n;
	int whole = 1;

	if (grow((void **)&k->all.row, k->all.n, &k->room, sizeof(*n)) != KK_OK)
		return KK_E_NOMEM;
	n = &k->all.row[k->all.n++];
	n->device = (uint32_t)sqlite3_column_int64(s, 0);
	n->via = (uint8_t)sqlite3_column_int(s, 1);
	n->port = text(k, s, 2, &whole);
	n->chassis = text(k, s, 3, &whole);
	n->far_port = text(k, s, 4, &whole);
	n->far_descr = text(k, s, 5, &whole);
	n->name = text(k, s, 6, &whole);
	n->address = text(k, s, 7, &whole);
	n->chassis_type = (uint8_t)sqlite3_column_int(s, 8);
	n->far_type = (uint8_t)sqlite3_column_int(s, 9);
	n->does = (uint16_t)sqlite3_column_int(s, 10);
	n->crowd = (uint32_t)sqlite3_column_int64(s, 11);
	n->first_s = sqlite3_column_int64(s, 12);
	n->last_s = sqlite3_column_int64(s, 13);
	return whole ? KK_OK : KK_E_NOMEM;
}

static int
read_all(struct kept *k, struct db *db, const char *sql,
    int (*take)(struct kept *k, sqlite3_stmt *s), struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s, d), step = SQLITE_DONE;

	if (rc != KK_OK)
		return rc;
	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW)
		rc = take(k, s);
	if (rc == KK_E_NOMEM)
		diag_set(d, rc, "%s: out of memory", db_file(db));
	else if (step != SQLITE_DONE)
		rc = db_error(db, d, "read neighbours");
	sqlite3_finalize(s);
	return rc;
}

int
neighbours_read(struct db *db, struct neighbours **out, struct diag *d)
{
	struct kept *k = calloc(1, sizeof(*k));
	int rc;

	*out = NULL;
	if (k == NULL || (k->texts = region_new()) == NULL) {
		free(k);
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", db_file(db));
	}
	rc = db_begin_read(db, d);
	if (rc == KK_OK)
		rc = read_all(k, db,
		    "SELECT r.device, r.chassis_type, r.chassis, r.name, r.lldp, r.bridge FROM "
		    "reporter r "
		    "JOIN device ON num = r.device WHERE retired IS NULL ORDER BY r.device",
		    take_reporter, d);
	if (rc == KK_OK)
		rc = read_all(k, db,
		    "SELECT n.device, n.via, n.port, n.chassis, n.far_port, n.far_descr, n.name, "
		    "n.address, "
		    "n.chassis_type, n.far_type, n.does, n.crowd, n.first, n.last "
		    "FROM neighbour n JOIN reporter r ON r.device = n.device JOIN device ON num = "
		    "n.device "
		    "WHERE retired IS NULL AND n.last >= CASE n.via WHEN 0 THEN r.lldp ELSE "
		    "r.bridge END "
		    "ORDER BY n.device, n.via, n.port, n.chassis, n.far_port",
		    take_neighbour, d);
	db_rollback(db);
	if (rc != KK_OK) {
		neighbours_free(&k->all);
		return rc;
	}
	*out = &k->all;
	return KK_OK;
}

void
neighbours_free(struct neighbours *n)
{
	struct kept *k = (struct kept *)n;

	if (k == NULL)
		return;
	region_free(k->texts);
	free(k->all.reporter);
	free(k->all.row);
	free(k);
}
