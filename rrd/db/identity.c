/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/identity.h"

#include <string.h>

#define COLUMNS \
	"i.device, i.since, i.until, i.changed, i.confirmed, i.model, i.serial, i.mac, i.firmware"

#define AS_TEXT(x)	 AS_TEXT_AGAIN(x)
#define AS_TEXT_AGAIN(x) #x

/* Columns of COLUMNS. */
enum { COL_DEVICE, COL_SINCE, COL_UNTIL, COL_CHANGED, COL_CONFIRMED, COL_PLATE };

/* ---- reading ---- */

static void
read_row(sqlite3_stmt *s, struct identity *out)
{
	*out = (struct identity){.device = (uint32_t)sqlite3_column_int64(s, COL_DEVICE),
	    .since_s = sqlite3_column_int64(s, COL_SINCE),
	    .until_s = sqlite3_column_int64(s, COL_UNTIL),
	    .changed = (unsigned)sqlite3_column_int(s, COL_CHANGED),
	    .confirmed_s = sqlite3_column_int64(s, COL_CONFIRMED)};
	for (int f = 0; f < NAMEPLATE_COUNT; f++) {
		const char *text = db_column_text(s, COL_PLATE + f);

		if (strlen(text) < NAMEPLATE_TEXT)
			memcpy(out->plate.text[f], text, strlen(text) + 1);
	}
}

/* Hand out rows, each with the one before if that is the same device's. */
static int
each_row(struct db *db, sqlite3_stmt *s, identity_cb each, void *ctx, struct diag *d)
{
	struct identity row[2];
	int rc = KK_OK, step;
	unsigned n = 0;

	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		struct identity *is = &row[n % 2], *was = n > 0 ? &row[(n + 1) % 2] : NULL;

		read_row(s, is);
		if (was != NULL && was->device != is->device)
			was = NULL;
		each(ctx, is, was);
		n++;
	}
	if (step != SQLITE_DONE)
		rc = db_error(db, d, "read what devices are");
	sqlite3_finalize(s);
	return rc;
}

int
identity_now(struct db *db, identity_cb each, void *ctx, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(
	    db, "SELECT " COLUMNS " FROM identity i WHERE until IS NULL ORDER BY device", &s, d);

	return rc == KK_OK ? each_row(db, s, each, ctx, d) : rc;
}

int
identity_history(struct db *db, uint32_t device, identity_cb each, void *ctx, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(
	    db, "SELECT " COLUMNS " FROM identity i WHERE device = ?1 ORDER BY since", &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, device);
	return each_row(db, s, each, ctx, d);
}

struct newest {
	identity_cb each;
	void *ctx;
	struct db *db;
	sqlite3_stmt *before;
	int rc;
	struct diag *d;
};

/* The state before a change stands elsewhere in the table. */
static void
with_before(void *ctx, const struct identity *is, const struct identity *unused)
{
	struct newest *n = ctx;
	struct identity was;
	int step;

	(void)unused;
	if (n->rc != KK_OK)
		return;
	sqlite3_bind_int64(n->before, 1, is->device);
	sqlite3_bind_int64(n->before, 2, is->since_s);
	step = sqlite3_step(n->before);
	if (step == SQLITE_ROW) {
		read_row(n->before, &was);
		n->each(n->ctx, is, &was);
	} else if (step == SQLITE_DONE) {
		n->each(n->ctx, is, NULL);
	} else {
		n->rc = db_error(n->db, n->d, "read what a device was");
	}
	sqlite3_reset(n->before);
}

int
identity_changes(struct db *db, int64_t since_s, identity_cb each, void *ctx, struct diag *d)
{
	struct newest n = {.each = each, .ctx = ctx, .db = db, .d = d};
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "SELECT " COLUMNS
	    " FROM identity i WHERE changed <> 0 AND since >= ?1 ORDER BY since, device",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	rc = db_prepare(db,
	    "SELECT " COLUMNS " FROM identity i WHERE device = ?1 AND since < ?2"
	    " ORDER BY since DESC LIMIT 1",
	    &n.before, d);
	if (rc != KK_OK) {
		sqlite3_finalize(s);
		return rc;
	}
	sqlite3_bind_int64(s, 1, since_s);
	rc = each_row(db, s, with_before, &n, d);
	sqlite3_finalize(n.before);
	return rc == KK_OK ? n.rc : rc;
}

/* ---- noting ---- */

struct notes {
	struct db *db;
	sqlite3_stmt *look, *end, *fill, *begin, *forget;
	identity_cb changed;
	void *ctx;
	struct diag *d;
};

static void
bind_plate(sqlite3_stmt *s, int at, const struct nameplate *p)
{
	for (int f = 0; f < NAMEPLATE_COUNT; f++) {
		if (p->text[f][0] != '\0')
			sqlite3_bind_text(s, at + f, p->text[f], -1, SQLITE_STATIC);
		else
			sqlite3_bind_null(s, at + f);
	}
}

static int
begin_state(struct notes *n, const struct identity *is)
{
	sqlite3_bind_int64(n->begin, 1, is->device);
	sqlite3_bind_int64(n->begin, 2, is->since_s);
	sqlite3_bind_int(n->begin, 3, (int)is->changed);
	bind_plate(n->begin, 4, &is->plate);
	return db_step_done(n->db, n->begin, n->d, "note what a device is");
}

static int
fill_state(struct notes *n, const struct identity *is)
{
	sqlite3_bind_int64(n->fill, 1, is->device);
	sqlite3_bind_int64(n->fill, 2, is->since_s);
	bind_plate(n->fill, 3, &is->plate);
	return db_step_done(n->db, n->fill, n->d, "note what a device is");
}

static int
forget_states(struct notes *n, uint32_t device)
{
	sqlite3_bind_int64(n->forget, 1, device);
	return db_step_done(n->db, n->forget, n->d, "forget what a device was");
}

static int
change_state(struct notes *n, const struct identity *was, struct identity *is)
{
	int rc;

	/* A clock that was set back: states never overlap. */
	if (is->since_s <= was->since_s)
		is->since_s = was->since_s + 1;
	sqlite3_bind_int64(n->end, 1, was->device);
	sqlite3_bind_int64(n->end, 2, was->since_s);
	sqlite3_bind_int64(n->end, 3, is->since_s);
	rc = db_step_done(n->db, n->end, n->d, "note what a device was");
	if (rc == KK_OK)
		rc = begin_state(n, is);
	if (rc == KK_OK)
		rc = forget_states(n, is->device);
	if (rc == KK_OK && n->changed != NULL)
		n->changed(n->ctx, is, was);
	return rc;
}

static int
note_one(struct notes *n, const struct identity_sight *sight)
{
	struct identity is = {.device = sight->device, .since_s = sight->time_s}, was;
	int step, known;

	if (nameplate_is_blank(&sight->plate))
		return KK_OK;
	sqlite3_bind_int64(n->look, 1, sight->device);
	step = sqlite3_step(n->look);
	if (step != SQLITE_ROW) {
		sqlite3_reset(n->look);
		return step == SQLITE_DONE ? KK_OK : db_error(n->db, n->d, "read what a device is");
	}
	known = sqlite3_column_type(n->look, COL_SINCE) != SQLITE_NULL;
	read_row(n->look, &was);
	sqlite3_reset(n->look);
	is.plate = was.plate;
	is.changed = nameplate_advance(&is.plate, &sight->plate);
	if (!known) {
		is.changed = 0;
		return begin_state(n, &is);
	}
	if (is.changed == NAMEPLATE_FILLED) {
		is.since_s = was.since_s;
		return fill_state(n, &is);
	}
	is.changed &= ~NAMEPLATE_FILLED;
	return is.changed != 0 ? change_state(n, &was, &is) : KK_OK;
}

static int
prepare_notes(struct notes *n)
{
	int rc = db_prepare(n->db,
	    "SELECT " COLUMNS " FROM device LEFT JOIN identity i ON i.device = num AND i.until IS"
	    " NULL WHERE num = ?1 AND retired IS NULL",
	    &n->look, n->d);

	if (rc == KK_OK)
		rc = db_prepare(n->db,
		    "UPDATE identity SET until = ?3 WHERE device = ?1 AND since = ?2", &n->end,
		    n->d);
	if (rc == KK_OK)
		rc = db_prepare(n->db,
		    "UPDATE identity SET model = ?3, serial = ?4, mac = ?5, firmware = ?6"
		    " WHERE device = ?1 AND since = ?2",
		    &n->fill, n->d);
	if (rc == KK_OK)
		rc = db_prepare(n->db,
		    "INSERT INTO identity (device, since, changed, model, serial, mac, firmware)"
		    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		    &n->begin, n->d);
	if (rc == KK_OK)
		rc = db_prepare(n->db,
		    "DELETE FROM identity WHERE device = ?1 AND since <= (SELECT since FROM"
		    " identity WHERE device = ?1 ORDER BY since DESC LIMIT 1 OFFSET " AS_TEXT(
			IDENTITY_STATES) ")",
		    &n->forget, n->d);
	return rc;
}

int
identity_note(struct db *db, const struct identity_sight *sights, size_t n, identity_cb changed,
    void *ctx, struct diag *d)
{
	struct notes notes = {.db = db, .changed = changed, .ctx = ctx, .d = d};
	int rc = prepare_notes(&notes);

	if (rc == KK_OK)
		rc = db_begin_now(db, d);
	for (size_t i = 0; i < n && rc == KK_OK; i++)
		rc = note_one(&notes, &sights[i]);
	sqlite3_finalize(notes.look);
	sqlite3_finalize(notes.end);
	sqlite3_finalize(notes.fill);
	sqlite3_finalize(notes.begin);
	sqlite3_finalize(notes.forget);
	if (rc == KK_OK)
		return db_commit(db, d);
	db_rollback(db);
	return rc;
}

/* ---- confirming ---- */

/* ?1 is the device, ?2 the swap, ?3 now; a statement may need fewer of them. */
static int
run_for(struct db *db, const char *sql, uint32_t device, int64_t swap_s, int64_t now_s, int *rows,
    struct diag *d)
{
	const int64_t value[] = {device, swap_s, now_s};
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s, d);

	if (rc != KK_OK)
		return rc;
	for (int i = 0; i < sqlite3_bind_parameter_count(s); i++)
		sqlite3_bind_int64(s, i + 1, value[i]);
	rc = db_step_done(db, s, d, "confirm a swap");
	*rows = rc == KK_OK ? sqlite3_changes(db_handle(db)) : 0;
	sqlite3_finalize(s);
	return rc;
}

static int
confirm(struct db *db, uint32_t device, int64_t swap_s, int64_t now_s, int *moved, struct diag *d)
{
	int n = 0;
	int rc = run_for(db,
	    "UPDATE identity SET confirmed = ?3 WHERE device = ?1 AND since <= ?2"
	    " AND changed & 64 AND confirmed IS NULL",
	    device, swap_s, now_s, &n, d);

	if (rc == KK_OK && n == 0)
		return diag_set(
		    d, KK_E_NOTFOUND, "%s: no swap that waits to be confirmed", db_file(db));
	if (rc == KK_OK)
		rc = run_for(db,
		    "UPDATE device SET mac = is_now.mac FROM identity AS is_now WHERE num = ?1"
		    " AND is_now.device = ?1 AND is_now.until IS NULL AND is_now.mac <> device.mac"
		    " AND device.mac IN (SELECT mac FROM identity WHERE device = ?1 AND since < "
		    "?2)",
		    device, swap_s, now_s, moved, d);
	if (rc == KK_OK && *moved)
		rc = run_for(db, "UPDATE counter SET value = value + 1 WHERE name = 'inventory'",
		    device, swap_s, now_s, &n, d);
	return rc;
}

_Static_assert(NAMEPLATE_SWAPPED == 64, "confirm() has it in its SQL");

int
identity_confirm(
    struct db *db, uint32_t device, int64_t swap_s, int64_t now_s, int *moved, struct diag *d)
{
	int rc = db_begin(db, d);

	*moved = 0;
	if (rc != KK_OK)
		return rc;
	rc = confirm(db, device, swap_s, now_s, moved, d);
	if (rc == KK_OK)
		return db_commit_synced(db, d);
	db_rollback(db);
	return rc;
}
