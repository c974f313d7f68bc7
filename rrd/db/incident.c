/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/incident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/region.h"

struct owned_incidents {
	struct incidents list; /* first */
	struct region *texts;
	size_t room;
};

static struct incident *
incident_room(struct owned_incidents *o)
{
	if (o->list.n == o->room) {
		size_t room = o->room ? o->room * 2 : 64;
		struct incident *more = realloc(o->list.rows, room * sizeof(*more));

		if (more == NULL)
			return NULL;
		o->list.rows = more;
		o->room = room;
	}
	return &o->list.rows[o->list.n++];
}

static int
read_row(struct owned_incidents *o, sqlite3_stmt *s)
{
	struct incident *i = incident_room(o);

	if (i == NULL)
		return KK_E_NOMEM;
	*i = (struct incident){
	    .num = sqlite3_column_int64(s, 0),
	    .kind = region_strdup(o->texts, db_column_text(s, 1)),
	    .cause = region_strdup(o->texts, db_column_text(s, 2)),
	    .state = region_strdup(o->texts, db_column_text(s, 3)),
	    .since_s = sqlite3_column_int64(s, 4),
	    .ended_s = sqlite3_column_int64(s, 5),
	    .affected = (uint32_t)sqlite3_column_int64(s, 6),
	    .suppressed = (uint32_t)sqlite3_column_int64(s, 7),
	    .changed = sqlite3_column_int64(s, 8),
	};
	return i->kind && i->cause && i->state ? KK_OK : KK_E_NOMEM;
}

int
incidents_read(struct db *db, int64_t heard, struct incidents **out, struct diag *d)
{
	struct owned_incidents *o = calloc(1, sizeof(*o));
	sqlite3_stmt *s = NULL;
	int rc = KK_E_NOMEM, step = SQLITE_DONE;

	*out = NULL;
	if (o == NULL || (o->texts = region_new()) == NULL)
		goto out;
	rc = db_prepare(db,
	    "SELECT num, kind, cause, state, since, ended, affected, suppressed, changed "
	    "FROM incident WHERE ended IS NULL OR changed > ?1 ORDER BY changed, num",
	    &s, d);
	if (rc != KK_OK)
		goto out;
	sqlite3_bind_int64(s, 1, heard);
	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW)
		rc = read_row(o, s);
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read incidents");
out:
	sqlite3_finalize(s);
	if (rc == KK_OK)
		*out = &o->list;
	else if (o != NULL)
		incidents_free(&o->list);
	return rc;
}

void
incidents_free(struct incidents *l)
{
	if (l == NULL)
		return;
	region_free(((struct owned_incidents *)l)->texts);
	free(l->rows);
	free(l);
}

/* Prepare, let the caller bind, run once. */
static int
run(struct db *db, sqlite3_stmt *s, struct diag *d, const char *what)
{
	int rc = db_step_done(db, s, d, what);

	sqlite3_finalize(s);
	return rc;
}

int
incident_begin(struct db *db, const struct incident *i, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "INSERT INTO incident (kind, cause, state, since, affected, suppressed, changed) "
	    "VALUES (?1, ?2, 'firing', ?3, ?4, ?5, "
	    "(SELECT coalesce(max(changed), 0) + 1 FROM incident))",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_text(s, 1, i->kind, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, i->cause, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, i->since_s);
	sqlite3_bind_int64(s, 4, i->affected);
	sqlite3_bind_int64(s, 5, i->suppressed);
	return run(db, s, d, "keep an incident");
}

int
incident_grow(struct db *db, int64_t num, uint32_t affected, uint32_t suppressed, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(
	    db, "UPDATE incident SET affected = ?2, suppressed = ?3 WHERE num = ?1", &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, num);
	sqlite3_bind_int64(s, 2, affected);
	sqlite3_bind_int64(s, 3, suppressed);
	return run(db, s, d, "update an incident");
}

int
incident_end(struct db *db, int64_t num, int64_t ended_s, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "UPDATE incident SET state = 'resolved', ended = ?2, "
	    "changed = (SELECT max(changed) + 1 FROM incident) WHERE num = ?1",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, num);
	sqlite3_bind_int64(s, 2, ended_s);
	return run(db, s, d, "end an incident");
}

int
channel_heard(struct db *db, const char *name, int64_t *heard, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT heard FROM channel WHERE name = ?1", &s, d), step;

	*heard = 0;
	if (rc != KK_OK)
		return rc;
	sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	if ((step = sqlite3_step(s)) == SQLITE_ROW)
		*heard = sqlite3_column_int64(s, 0);
	else if (step != SQLITE_DONE)
		rc = db_error(db, d, "read a channel");
	sqlite3_finalize(s);
	return rc;
}

int
channel_tell(struct db *db, const char *name, int64_t heard, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "INSERT INTO channel VALUES (?1, ?2) "
	    "ON CONFLICT (name) DO UPDATE SET heard = max(heard, ?2)",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, heard);
	return run(db, s, d, "move a channel on");
}

int
kept_states_read(struct db *db, struct kept_state **out, size_t *n, struct diag *d)
{
	struct kept_state *rows = NULL, *more;
	sqlite3_stmt *s;
	size_t room = 0, k = 0;
	int rc =
	    db_prepare(db, "SELECT device, state, since FROM alert_state ORDER BY device", &s, d);
	int step = SQLITE_DONE;

	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
		if (k == room) {
			room = room ? room * 2 : 1024;
			if ((more = realloc(rows, room * sizeof(*rows))) == NULL) {
				rc = KK_E_NOMEM;
				break;
			}
			rows = more;
		}
		rows[k] = (struct kept_state){.device = (uint32_t)sqlite3_column_int64(s, 0),
		    .since_s = sqlite3_column_int64(s, 2)};
		snprintf(rows[k].state, sizeof(rows[k].state), "%s", db_column_text(s, 1));
		k++;
	}
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read the kept states");
	sqlite3_finalize(s);
	if (rc != KK_OK) {
		free(rows);
		rows = NULL;
		k = 0;
	}
	*out = rows;
	*n = k;
	return rc;
}

int
kept_states_write(struct db *db, const struct kept_state *rows, size_t n, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "INSERT INTO alert_state (device, state, reason, since) VALUES (?1, ?2, ?3, ?4) "
	    "ON CONFLICT (device) DO UPDATE SET state = ?2, reason = ?3, since = ?4",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	for (size_t i = 0; i < n && rc == KK_OK; i++) {
		sqlite3_bind_int64(s, 1, rows[i].device);
		sqlite3_bind_text(s, 2, rows[i].state, -1, SQLITE_STATIC);
		sqlite3_bind_text(s, 3, rows[i].reason, -1, SQLITE_STATIC);
		sqlite3_bind_int64(s, 4, rows[i].since_s);
		rc = db_step_done(db, s, d, "keep a state");
	}
	sqlite3_finalize(s);
	return rc;
}
