/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/period_import.h"

#include <string.h>

#include "lib/csv.h"

#define OCTETS_MOST (UINT64_C(1) << 62)
#define GB	    UINT64_C(1000000000)

enum { COL_ID, COL_GB, COL_DISTRICT, COL_COUNT };

/* Beginnings of names: "AP별 이용량(GB)", "AP별 이용량(단위 : GB)". */
static const char *const names[COL_COUNT][3] = {
    {"관리번호", "버스명", NULL}, {"AP별 이용량", NULL}, {"자치구", NULL}};

struct list {
	const char *file;
	struct csv *csv;
	size_t column[COL_COUNT]; /* CSV_FIELDS_MAX: it has none */
	struct db *db;
	sqlite3_stmt *stage;
	uint64_t rows;
};

int
period_parse_gb(const char *text, uint64_t *out)
{
	uint64_t v = 0, unit = GB;
	int digits = 0, up = 0;

	text += strspn(text, " \t");
	for (; *text >= '0' && *text <= '9'; text++, digits++) {
		v = v * 10 + (uint64_t)(*text - '0');
		if (v > OCTETS_MOST / GB)
			return KK_E_SYNTAX;
	}
	v *= GB;
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9'; text++, digits++) {
			unsigned digit = (unsigned)(*text - '0');

			/* The first digit that is smaller than an octet rounds. */
			if (unit == 1)
				up = digit >= 5;
			unit /= 10;
			v += unit * digit;
		}
	text += strspn(text, " \t");
	*out = v + (uint64_t)up;
	return digits > 0 && *text == '\0' ? KK_OK : KK_E_SYNTAX;
}

/* ---- the file ---- */

static size_t
column_of(char *const *fields, size_t n, const char *const *wanted)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; wanted[k] != NULL; k++)
			if (strncmp(fields[i], wanted[k], strlen(wanted[k])) == 0)
				return i;
	return CSV_FIELDS_MAX;
}

/* Whether the heading is that of a list in GB. */
static int
read_heading(struct list *l, int *is, struct diag *d)
{
	char *fields[CSV_FIELDS_MAX];
	unsigned line;
	size_t n;
	int rc = csv_next(l->csv, fields, &n, &line, d);

	*is = 0;
	if (rc != KK_OK)
		return rc == KK_END ? KK_OK : rc;
	for (int c = 0; c < COL_COUNT; c++)
		l->column[c] = column_of(fields, n, names[c]);
	*is = l->column[COL_ID] < n && l->column[COL_GB] < n &&
	      strstr(fields[l->column[COL_GB]], "GB") != NULL;
	return KK_OK;
}

static int
stage_row(struct list *l, char **fields, unsigned line, struct diag *d)
{
	const char *id = csv_unguard(fields[l->column[COL_ID]]);
	const char *gb = fields[l->column[COL_GB]];
	const char *district =
	    l->column[COL_DISTRICT] < CSV_FIELDS_MAX ? fields[l->column[COL_DISTRICT]] : "";
	uint64_t octets;
	int rc;

	if (id[0] == '\0' || strlen(id) > 80)
		return diag_set(d, KK_E_SYNTAX, "%s:%u: no id", l->file, line);
	if (period_parse_gb(gb, &octets) != KK_OK)
		return diag_set(
		    d, KK_E_SYNTAX, "%s:%u: \"%.40s\" is no number of GB", l->file, line, gb);
	sqlite3_bind_text(l->stage, 1, id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(l->stage, 2, (int64_t)octets);
	sqlite3_bind_text(l->stage, 3, district, -1, SQLITE_STATIC);
	rc = db_step_done(l->db, l->stage, d, "stage a period");
	if (rc == KK_OK && sqlite3_changes(db_handle(l->db)) == 0)
		rc = diag_set(d, KK_E_SYNTAX, "%s:%u: \"%.80s\" is there twice", l->file, line, id);
	l->rows++;
	return rc;
}

static int
stage_rows(struct list *l, struct diag *d)
{
	char *fields[CSV_FIELDS_MAX], none[1] = "";
	unsigned line;
	size_t n;
	int rc;

	while ((rc = csv_next(l->csv, fields, &n, &line, d)) == KK_OK) {
		for (; n < CSV_FIELDS_MAX; n++)
			fields[n] = none;
		if ((rc = stage_row(l, fields, line, d)) != KK_OK)
			return rc;
	}
	return rc == KK_END ? KK_OK : rc;
}

static int
stage(struct list *l, struct diag *d)
{
	int is, rc = csv_open(l->file, &l->csv, d);

	if (rc == KK_OK)
		rc = read_heading(l, &is, d);
	if (rc == KK_OK && !is)
		rc = diag_set(d, KK_E_SYNTAX,
		    "%s:1: the heading names no 관리번호 (or 버스명) with AP별 이용량(GB)",
		    l->file);
	if (rc == KK_OK)
		rc = db_exec(l->db,
		    "PRAGMA temp_store = MEMORY; DROP TABLE IF EXISTS temp.new_period;"
		    "CREATE TABLE temp.new_period (id TEXT PRIMARY KEY, octets INTEGER NOT NULL,"
		    " district TEXT)",
		    d);
	if (rc == KK_OK)
		rc = db_prepare(l->db,
		    "INSERT OR IGNORE INTO temp.new_period VALUES (?1, ?2, nullif(?3, ''))",
		    &l->stage, d);
	if (rc == KK_OK)
		rc = stage_rows(l, d);
	sqlite3_finalize(l->stage);
	csv_free(l->csv);
	return rc;
}

/* ---- the database ---- */

/* What stands in the way: an id, and the day where it begins. */
static const struct {
	const char *sql, *what;
	int same; /* it is the same period, which --replace takes */
} conflicts[] = {
    {"SELECT id, p.first FROM temp.new_period n JOIN usage_period p USING (id)"
     " WHERE p.first <= ?2 AND p.last >= ?1 AND NOT (p.first = ?1 AND p.last = ?2) LIMIT 1",
	"another imported period", 0},
    {"SELECT id, p.first FROM temp.new_period n JOIN usage_period p USING (id)"
     " WHERE p.first = ?1 AND p.last = ?2 AND p.octets <> n.octets LIMIT 1",
	"this period with other octets (--replace takes the file's)", 1},
    {"SELECT id, u.day FROM (SELECT device, min(day) AS day FROM usage_day"
     " WHERE day BETWEEN ?1 AND ?2 GROUP BY device) u JOIN device ON num = device"
     " JOIN temp.new_period USING (id) LIMIT 1",
	"days of its own", 0},
};

static int
check(const struct list *l, const struct period_wish *w, size_t which, struct diag *d)
{
	sqlite3_stmt *s;
	int step, rc = db_prepare(l->db, conflicts[which].sql, &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int(s, 1, w->first);
	sqlite3_bind_int(s, 2, w->last);
	step = sqlite3_step(s);
	if (step == SQLITE_ROW)
		rc = diag_set(d, KK_E_EXISTS, "%s: \"%.80s\" has %s from %d on", l->file,
		    db_column_text(s, 0), conflicts[which].what, sqlite3_column_int(s, 1));
	else if (step != SQLITE_DONE)
		rc = db_error(l->db, d, "look for periods");
	sqlite3_finalize(s);
	return rc;
}

static int
put(const struct list *l, const struct period_wish *w, struct diag *d)
{
	sqlite3_stmt *s = NULL;
	int rc = KK_OK;

	for (size_t i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]) && rc == KK_OK; i++)
		if (!conflicts[i].same || !w->replace)
			rc = check(l, w, i, d);
	if (rc == KK_OK)
		rc = db_prepare(l->db,
		    "INSERT INTO usage_period SELECT id, ?1, ?2, octets, district, ?3, ?4"
		    " FROM temp.new_period n WHERE 1 ON CONFLICT DO UPDATE SET"
		    " octets = excluded.octets, district = excluded.district,"
		    " file = excluded.file, imported = excluded.imported"
		    " WHERE octets <> excluded.octets",
		    &s, d);
	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int(s, 1, w->first);
	sqlite3_bind_int(s, 2, w->last);
	sqlite3_bind_text(s, 3, l->file, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 4, w->now_s);
	rc = db_step_done(l->db, s, d, "write periods");
	sqlite3_finalize(s);
	return rc;
}

static int
tell(const struct list *l, const struct period_wish *w, struct period_done *out, struct diag *d)
{
	sqlite3_stmt *s;
	int step, rc = db_prepare(l->db,
		      "SELECT n.id, octets, device.id IS NULL FROM temp.new_period n"
		      " LEFT JOIN device USING (id) ORDER BY n.id",
		      &s, d);

	if (rc != KK_OK)
		return rc;
	*out = (struct period_done){.rows = l->rows};
	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		uint64_t octets = (uint64_t)sqlite3_column_int64(s, 1);

		out->octets += octets;
		if (!sqlite3_column_int(s, 2))
			continue;
		out->unlisted_rows++;
		out->unlisted_octets += octets;
		if (w->unlisted != NULL)
			w->unlisted(w->ctx, db_column_text(s, 0), octets);
	}
	if (step != SQLITE_DONE)
		rc = db_error(l->db, d, "read the list");
	sqlite3_finalize(s);
	return rc;
}

static int
is_time(const struct period_wish *w)
{
	struct zone_day first, last;

	return w->first <= w->last && zone_day_bounds(w->first, &first) == KK_OK &&
	       zone_day_bounds(w->last, &last) == KK_OK && last.from_s <= w->now_s;
}

int
period_import(struct db *db, const char *path, const struct period_wish *w, struct period_done *out,
    struct diag *d)
{
	struct list l = {.file = path, .db = db};
	int rc;

	if (!is_time(w))
		return diag_set(d, KK_E_RANGE, "%d to %d: no such time, or it has not been yet",
		    (int)w->first, (int)w->last);
	rc = stage(&l, d);
	if (rc == KK_OK)
		rc = db_begin(db, d);
	if (rc != KK_OK)
		return rc;
	rc = put(&l, w, d);
	if (rc == KK_OK)
		rc = db_commit_synced(db, d);
	db_rollback(db);
	return rc == KK_OK ? tell(&l, w, out, d) : rc;
}
