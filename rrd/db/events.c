/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/events.h"

#include <stdio.h>
#include <string.h>

#define CS		 100
#define AS_TEXT(x)	 AS_TEXT_AGAIN(x)
#define AS_TEXT_AGAIN(x) #x

const char *
events_state_name(unsigned state)
{
	static const char *const names[] = {"open", "over", "lapsed"};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}

/* ---- putting ---- */

/* Parameters 1 to 5: who an event is. */
static void
bind_key(sqlite3_stmt *s, const char *probe, const struct event *e)
{
	sqlite3_bind_text(s, 1, event_kind_name(e->kind), -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, probe, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, (sqlite3_int64)e->bssid);
	sqlite3_bind_blob(s, 4, e->ssid.octets, e->ssid.len, SQLITE_STATIC);
	sqlite3_bind_int64(s, 5, e->since_cs);
}

/* What is known of it. -1: nothing. */
static int
find(struct db *db, const char *probe, const struct event *e, int64_t *num, int64_t *last_cs,
    int *state, struct diag *d)
{
	sqlite3_stmt *s;
	int rc, step;

	*state = -1;
	rc = db_prepare(db,
	    "SELECT num, last_cs, state FROM event WHERE kind = ?1 AND probe = ?2 AND bssid = ?3"
	    " AND ssid = ?4 AND since_cs = ?5",
	    &s, d);
	if (rc != KK_OK)
		return rc;
	bind_key(s, probe, e);
	if ((step = sqlite3_step(s)) == SQLITE_ROW) {
		*num = sqlite3_column_int64(s, 0);
		*last_cs = sqlite3_column_int64(s, 1);
		*state = sqlite3_column_int(s, 2);
	} else if (step != SQLITE_DONE) {
		rc = db_error(db, d, "find an event");
	}
	sqlite3_finalize(s);
	return rc;
}

/* A probe that started again knows nothing of what it told before: that has lapsed. */
static int
close_others(struct db *db, const char *probe, const struct event *e, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "UPDATE event SET state = 2 WHERE state = 0 AND kind = ?1 AND probe = ?2 AND"
	    " bssid = ?3 AND ssid = ?4 AND since_cs < ?5",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	bind_key(s, probe, e);
	rc = db_step_done(db, s, d, "close an event");
	sqlite3_finalize(s);
	return rc;
}

struct word {
	const char *probe;
	const struct event *e;
	uint32_t device;
	int64_t now_s;
	uint8_t octets[EVENT_WIRE_MAX];
	int len;
};

/* Parameters 6 to 10: what is told. */
static int
write_word(struct db *db, const char *sql, const struct word *w, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s, d);

	if (rc != KK_OK)
		return rc;
	bind_key(s, w->probe, w->e);
	sqlite3_bind_int64(s, 6, w->e->last_cs);
	sqlite3_bind_int(s, 7, w->e->phase == EVENT_END ? EVENT_OVER : EVENT_OPEN);
	sqlite3_bind_int64(s, 8, w->now_s);
	if (w->device != 0)
		sqlite3_bind_int64(s, 9, w->device);
	sqlite3_bind_blob(s, 10, w->octets, w->len, SQLITE_STATIC);
	rc = db_step_done(db, s, d, "keep an event");
	sqlite3_finalize(s);
	return rc;
}

static int
put(struct db *db, const struct word *w, enum event_news *news, struct diag *d)
{
	int64_t num = 0, last_cs = 0;
	int state, rc = find(db, w->probe, w->e, &num, &last_cs, &state, d);

	if (rc != KK_OK)
		return rc;
	/* Told before, or later than what came later: both may be, as a batch is sent again. */
	if (state == EVENT_OVER || (state >= 0 && w->e->last_cs < last_cs))
		return KK_OK;
	if (state < 0 && (rc = close_others(db, w->probe, w->e, d)) != KK_OK)
		return rc;
	if (state < 0)
		*news = EVENT_BEGAN;
	else if (w->e->phase == EVENT_END)
		*news = EVENT_ENDED;
	return write_word(db,
	    state < 0 ? "INSERT INTO event (kind, probe, bssid, ssid, since_cs, last_cs, state,"
			" told, device, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
		      : "UPDATE event SET last_cs = ?6, state = ?7, told = ?8, device = ?9,"
			" data = ?10 WHERE kind = ?1 AND probe = ?2 AND bssid = ?3 AND ssid = ?4"
			" AND since_cs = ?5",
	    w, d);
}

int
events_put(struct db *db, const char *probe, const struct event *e, uint32_t device, int64_t now_s,
    enum event_news *news, struct diag *d)
{
	struct word w = {.probe = probe, .e = e, .device = device, .now_s = now_s};
	int rc;

	*news = EVENT_NOTHING_NEW;
	w.len = event_encode(e, w.octets, sizeof(w.octets));
	if (w.len < 0)
		return diag_set(d, w.len, "an event that cannot be");
	if ((rc = db_begin_now(db, d)) != KK_OK)
		return rc;
	rc = put(db, &w, news, d);
	if (rc == KK_OK)
		rc = db_commit(db, d);
	else
		db_rollback(db);
	if (rc != KK_OK)
		*news = EVENT_NOTHING_NEW;
	return rc;
}

int
events_lapse(struct db *db, int64_t now_s, struct diag *d)
{
	sqlite3_stmt *s = NULL;
	int rc = db_begin_now(db, d);

	if (rc != KK_OK)
		return rc;
	rc = db_prepare(db, "UPDATE event SET state = 2 WHERE state = 0 AND told < ?1", &s, d);
	if (rc == KK_OK) {
		sqlite3_bind_int64(s, 1, now_s - EVENTS_LAPSE_S);
		rc = db_step_done(db, s, d, "let events lapse");
	}
	sqlite3_finalize(s);
	if (rc == KK_OK)
		rc = db_exec(db,
		    "DELETE FROM event WHERE num <= (SELECT max(num) FROM event) - " AS_TEXT(
			EVENTS_KEPT),
		    d);
	if (rc == KK_OK)
		return db_commit(db, d);
	db_rollback(db);
	return rc;
}

/* ---- reading ---- */

static int
read_row(struct db *db, sqlite3_stmt *s, struct event_row *row, struct diag *d)
{
	const void *data = sqlite3_column_blob(s, 5);
	int len = sqlite3_column_bytes(s, 5);

	row->num = sqlite3_column_int64(s, 0);
	snprintf(row->probe, sizeof(row->probe), "%s", db_column_text(s, 1));
	row->state = (uint8_t)sqlite3_column_int(s, 2);
	row->device = (uint32_t)sqlite3_column_int64(s, 3);
	row->told_s = sqlite3_column_int64(s, 4);
	if (data == NULL || event_decode(data, (size_t)len, &row->e) != KK_OK)
		return diag_set(d, KK_E_CORRUPT, "%s: event %lld cannot be read", db_file(db),
		    (long long)row->num);
	return KK_OK;
}

int
events_read(struct db *db, const struct event_query *q,
    void (*each)(void *ctx, const struct event_row *row), void *ctx, struct diag *d)
{
	struct event_row row;
	sqlite3_stmt *s;
	int step = SQLITE_DONE, rc;

	rc = db_prepare(db,
	    "SELECT num, probe, state, device, told, data FROM event WHERE last_cs >= ?1 AND"
	    " (?2 IS NULL OR kind = ?2) AND (?3 = 0 OR device = ?3) AND (?4 = 0 OR state = 0)"
	    " ORDER BY since_cs DESC, num DESC LIMIT ?5",
	    &s, d);
	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, q->since_s * CS);
	if (q->kind >= 0)
		sqlite3_bind_text(s, 2, event_kind_name((unsigned)q->kind), -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, q->device);
	sqlite3_bind_int(s, 4, q->open);
	sqlite3_bind_int64(s, 5, q->max > 0 ? (sqlite3_int64)q->max : -1);
	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW)
		if ((rc = read_row(db, s, &row, d)) == KK_OK)
			each(ctx, &row);
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read events");
	sqlite3_finalize(s);
	return rc;
}
