/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <sys/stat.h>

#include "rrd/closing.h"
#include "rrd/journal.h"

/* A sink that only looks. */
struct look {
	struct db *db;
	int64_t until_cs;
	sqlite3_stmt *odometer;
	int found;
};

/* Whether the interval that a sample closes reaches into the time. */
static int
reaches(struct look *l, const struct sample *s)
{
	int64_t from_cs = s->time_cs;

	if (s->flags & SAMPLE_SILENT)
		return 0;
	sqlite3_bind_int64(l->odometer, 1, s->device);
	sqlite3_bind_int(l->odometer, 2, s->source);
	if (sqlite3_step(l->odometer) == SQLITE_ROW &&
	    sqlite3_column_int64(l->odometer, 0) < from_cs)
		from_cs = sqlite3_column_int64(l->odometer, 0);
	sqlite3_reset(l->odometer);
	return from_cs < l->until_cs;
}

static int
take(void *ctx, const struct sample *s, size_t n, struct cursor end)
{
	struct look *l = ctx;

	(void)end;
	for (size_t i = 0; i < n && !l->found; i++)
		l->found = reaches(l, &s[i]);
	return KK_OK;
}

static int
where(void *ctx, struct cursor *c)
{
	const struct look *l = ctx;
	sqlite3_stmt *s;
	int step, rc = db_prepare(
		      l->db, "SELECT segment, offset FROM cursor WHERE sink = 'ledger'", &s, NULL);

	*c = (struct cursor){0, 0};
	if (rc != KK_OK)
		return rc;
	step = sqlite3_step(s);
	if (step == SQLITE_ROW) {
		c->segment = (uint64_t)sqlite3_column_int64(s, 0);
		c->offset = (uint64_t)sqlite3_column_int64(s, 1);
	} else if (step != SQLITE_DONE) {
		rc = db_error(l->db, NULL, "read the ledger's cursor");
	}
	sqlite3_finalize(s);
	return rc;
}

static int
has_journal(const char *state_dir)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/journal", state_dir);
	return stat(path, &st) == 0;
}

int
closing_unread(struct db *db, const char *state_dir, int64_t until_s, int *is, struct diag *d)
{
	struct look l = {.db = db, .until_cs = until_s * 100};
	struct sink sink = {"close", &l, take, where};
	struct feed *f = NULL;
	int rc;

	*is = 0;
	if (!has_journal(state_dir))
		return KK_OK;
	rc = db_prepare(
	    db, "SELECT time_cs FROM odometer WHERE device = ?1 AND source = ?2", &l.odometer, d);
	if (rc == KK_OK)
		rc = feed_open(state_dir, &sink, &f, d);
	while (rc == KK_OK && !l.found)
		rc = feed_step(f, NULL, 0, d);
	feed_free(f);
	sqlite3_finalize(l.odometer);
	*is = l.found;
	return rc == KK_END ? KK_OK : rc;
}
