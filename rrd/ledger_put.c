/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger_put.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "rrd/db/months.h"

static const char insert_sql[] =
    "INSERT INTO usage_day (day, device, source, octets_down, octets_up, imported)"
    " VALUES (?1, ?2, ?3, ?4, ?5, 1) ON CONFLICT DO NOTHING";
static const char look_sql[] = "SELECT octets_down, octets_up, imported FROM usage_day"
			       " WHERE day = ?1 AND device = ?2 AND source = ?3";
static const char replace_sql[] =
    "UPDATE usage_day SET octets_down = ?4, octets_up = ?5"
    " WHERE day = ?1 AND device = ?2 AND source = ?3 AND imported = 1";
/* What was measured meanwhile stays. */
static const char remove_sql[] =
    "DELETE FROM usage_day WHERE day = ?1 AND device = ?2 AND source = ?3 AND imported = 1"
    " AND octets_down = ?4 AND octets_up = ?5";

struct put {
	struct db *db;
	const char *file;
	struct put_day *rows;
	size_t n;
	int replace;
	kk_day today;
	struct months *months;
	sqlite3_stmt *insert, *look, *overwrite, *remove, *period;
};

static void
bind(sqlite3_stmt *s, const struct put_day *row, uint64_t down, uint64_t up)
{
	sqlite3_bind_int(s, 1, row->day);
	sqlite3_bind_int64(s, 2, row->device);
	sqlite3_bind_int(s, 3, (int)row->source);
	if (sqlite3_bind_parameter_count(s) < 5)
		return;
	sqlite3_bind_int64(s, 4, (int64_t)down);
	sqlite3_bind_int64(s, 5, (int64_t)up);
}

/* A day within an imported period would count twice. */
static int
meet_period(const struct put *p, const struct put_day *row, struct diag *d)
{
	int step;

	sqlite3_bind_text(p->period, 1, row->id, -1, SQLITE_STATIC);
	sqlite3_bind_int(p->period, 2, row->day);
	step = sqlite3_step(p->period);
	sqlite3_reset(p->period);
	if (step == SQLITE_DONE)
		return KK_OK;
	if (step != SQLITE_ROW)
		return db_error(p->db, d, "look for periods");
	return diag_set(d, KK_E_EXISTS, "%s:%u: %d of \"%.80s\" lies in an imported period",
	    p->file, row->line, (int)row->day, row->id);
}

/* What the ledger has of a day: `done` says what is to be done. */
static int
meet(const struct put *p, struct put_day *row, enum put_done *todo, struct diag *d)
{
	int step, imported = 0;

	bind(p->look, row, 0, 0);
	if ((step = sqlite3_step(p->look)) == SQLITE_ROW) {
		row->old_down = (uint64_t)sqlite3_column_int64(p->look, 0);
		row->old_up = (uint64_t)sqlite3_column_int64(p->look, 1);
		imported = sqlite3_column_int(p->look, 2);
	}
	sqlite3_reset(p->look);
	*todo = PUT_ADDED;
	if (step == SQLITE_DONE)
		return meet_period(p, row, d);
	if (step != SQLITE_ROW)
		return db_error(p->db, d, "look for a day");
	if (imported != 1)
		return diag_set(d, KK_E_EXISTS,
		    "%s:%u: %d of \"%.80s\" was measured by Kkachi, and is never replaced", p->file,
		    row->line, row->day, row->id);
	*todo = PUT_NOTHING;
	if (row->old_down == row->down && row->old_up == row->up)
		return KK_OK;
	*todo = PUT_REPLACED;
	if (p->replace)
		return KK_OK;
	return diag_set(d, KK_E_EXISTS,
	    "%s:%u: %d of \"%.80s\" is known with other octets (down %lld, up %lld): "
	    "--replace takes the file's",
	    p->file, row->line, row->day, row->id, (long long)row->old_down,
	    (long long)row->old_up);
}

/* Nothing is written of a file with a day that cannot be taken. */
static int
check_all(const struct put *p, struct diag *d)
{
	enum put_done todo;
	int rc = db_begin_read(p->db, d);

	for (size_t i = 0; i < p->n && rc == KK_OK; i++)
		rc = meet(p, &p->rows[i], &todo, d);
	db_rollback(p->db);
	return rc;
}

static int
put_one(const struct put *p, struct put_day *row, struct diag *d)
{
	enum put_done todo;
	int rc;

	bind(p->insert, row, row->down, row->up);
	rc = db_step_done(p->db, p->insert, d, "write a day");
	if (rc != KK_OK)
		return rc;
	row->done = PUT_ADDED;
	if (sqlite3_changes(db_handle(p->db)) != 0)
		return months_touch(p->months, row->day, row->device, d);
	row->done = PUT_NOTHING;
	rc = meet(p, row, &todo, d);
	if (rc != KK_OK || todo != PUT_REPLACED)
		return rc;
	bind(p->overwrite, row, row->down, row->up);
	row->done = PUT_REPLACED;
	rc = db_step_done(p->db, p->overwrite, d, "replace a day");
	return rc == KK_OK ? months_touch(p->months, row->day, row->device, d) : rc;
}

static int
undo_one(const struct put *p, struct put_day *row, struct diag *d)
{
	sqlite3_stmt *s = row->done == PUT_ADDED ? p->remove : p->overwrite;
	int rc;

	if (row->done == PUT_NOTHING)
		return KK_OK;
	bind(s, row, row->done == PUT_ADDED ? row->down : row->old_down,
	    row->done == PUT_ADDED ? row->up : row->old_up);
	rc = db_step_done(p->db, s, d, "take a day back");
	return rc == KK_OK ? months_touch(p->months, row->day, row->device, d) : rc;
}

/* Let those in who wait for the lock; they look again after ever longer naps. */
static void
pause_for(int64_t ms)
{
	struct timespec nap = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&nap, NULL);
}

/* Rows from `at` on in transactions; *at moves behind what is committed. */
static int
in_slices(const struct put *p, size_t *at, size_t end,
    int (*one)(const struct put *, struct put_day *, struct diag *), struct diag *d)
{
	int rc = KK_OK;

	while (*at < end && rc == KK_OK) {
		size_t to = end - *at > PUT_SLICE ? *at + PUT_SLICE : end;
		int64_t begun;

		rc = db_begin(p->db, d);
		begun = clock_mono_ms(NULL);
		if (rc == KK_OK)
			rc = months_begin(p->months, p->today, d);
		for (size_t i = *at; i < to && rc == KK_OK; i++)
			rc = one(p, &p->rows[i], d);
		rc = rc == KK_OK ? db_commit(p->db, d) : rc;
		db_rollback(p->db);
		if (rc == KK_OK)
			*at = to;
		if (rc == KK_OK && to < end)
			pause_for(clock_mono_ms(NULL) - begun + 1);
	}
	return rc;
}

/* Take back what is committed. */
static void
undo(const struct put *p, size_t committed, struct diag *d)
{
	struct diag why = {""};
	size_t at = 0, len;

	/* On a full disk: what is in the log goes to the file, and the log begins anew. */
	(void)db_sync(p->db, NULL);
	if (in_slices(p, &at, committed, undo_one, &why) == KK_OK || d == NULL)
		return;
	len = strlen(d->text);
	snprintf(d->text + len, sizeof(d->text) - len,
	    " (%zu days of the file stay: import it again when this is mended)", committed - at);
}

static int
prepare(struct put *p, struct diag *d)
{
	int rc = db_prepare(p->db, insert_sql, &p->insert, d);

	if (rc == KK_OK)
		rc = db_prepare(p->db, look_sql, &p->look, d);
	if (rc == KK_OK)
		rc = db_prepare(p->db, replace_sql, &p->overwrite, d);
	if (rc == KK_OK)
		rc = db_prepare(p->db, remove_sql, &p->remove, d);
	if (rc == KK_OK)
		rc = db_prepare(p->db,
		    "SELECT 1 FROM usage_period WHERE id = ?1 AND first <= ?2 AND last >= ?2",
		    &p->period, d);
	return rc == KK_OK ? months_open(p->db, &p->months, d) : rc;
}

int
put_days(
    struct db *db, const char *file, struct put_day *rows, size_t n, int replace, struct diag *d)
{
	struct put p = {.db = db, .file = file, .rows = rows, .n = n, .replace = replace};
	struct zone_day today = {0};
	struct diag why = {""};
	size_t at = 0;
	int rc = prepare(&p, d);

	zone_day_of(clock_utc_cs(NULL) / 100, &today);
	p.today = today.day;
	if (rc == KK_OK)
		rc = check_all(&p, d);
	if (rc == KK_OK) {
		rc = in_slices(&p, &at, n, put_one, d);
		if (rc != KK_OK)
			undo(&p, at, d);
	}
	/* The days are there: sums that could not be made are made by whoever writes next. */
	if (rc == KK_OK && months_catch_up(p.months, p.today, &why) != KK_OK)
		log_line(LOG_LV_WARNING, "%s (the months are summed later)", why.text);
	months_close(p.months);
	sqlite3_finalize(p.period);
	sqlite3_finalize(p.insert);
	sqlite3_finalize(p.look);
	sqlite3_finalize(p.overwrite);
	sqlite3_finalize(p.remove);
	return rc == KK_OK ? db_sync(db, d) : rc;
}
