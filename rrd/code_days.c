/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/code_days.h"

#include <stdlib.h>

#define AS_TEXT_OF(x) #x
#define AS_TEXT(x)    AS_TEXT_OF(x)

static const char add_sql[] =
    "INSERT INTO code_day (day, device, kind, code, down, up) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    " ON CONFLICT DO UPDATE SET down = down + excluded.down, up = up + excluded.up";

/* Days that have any are counted, not the calendar: a clock that was wrong for a while removes no
 * more than it added. One look into the index a day. */
static const char forget_sql[] =
    "DELETE FROM code_day WHERE day <= (WITH RECURSIVE d(day, n) AS"
    " (SELECT max(day), 1 FROM code_day UNION ALL"
    "  SELECT (SELECT max(day) FROM code_day c WHERE c.day < d.day), n + 1 FROM d"
    "  WHERE day IS NOT NULL AND n <= " AS_TEXT(
	CODE_DAYS_KEPT) ")"
			" SELECT day FROM d WHERE n = " AS_TEXT(CODE_DAYS_KEPT) " + 1)";

static const char read_sql[] =
    "SELECT kind, code, sum((down + up) * (day = ?3)), sum(down + up), sum(up) FROM code_day"
    " WHERE day BETWEEN ?2 AND ?3 AND device = ?1"
    " GROUP BY kind, code ORDER BY kind, sum(down + up) DESC, code";

struct code_days {
	struct db *db;
	sqlite3_stmt *add, *forget;
	kk_day tidied; /* older days were removed when it was new */
};

int
code_days_open(struct db *db, struct code_days **out, struct diag *d)
{
	struct code_days *c = calloc(1, sizeof(*c));
	int rc;

	*out = NULL;
	if (c == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	c->db = db;
	rc = db_prepare(db, add_sql, &c->add, d);
	if (rc == KK_OK)
		rc = db_prepare(db, forget_sql, &c->forget, d);
	if (rc == KK_OK)
		*out = c;
	else
		code_days_close(c);
	return rc;
}

void
code_days_close(struct code_days *c)
{
	if (c == NULL)
		return;
	sqlite3_finalize(c->add);
	sqlite3_finalize(c->forget);
	free(c);
}

static int
add(struct code_days *c, const struct counter *was, const struct counter *now, struct diag *d)
{
	uint64_t down = was != NULL ? was->down : 0, up = was != NULL ? was->up : 0;

	if (now->down < down || now->up < up || (now->down == down && now->up == up))
		return KK_OK;
	sqlite3_bind_int64(c->add, 3, frame_code_kind(now->key));
	sqlite3_bind_int64(c->add, 4, frame_code_number(now->key));
	sqlite3_bind_int64(c->add, 5, (int64_t)(now->down - down));
	sqlite3_bind_int64(c->add, 6, (int64_t)(now->up - up));
	return db_step_done(c->db, c->add, d, "write why clients were sent away");
}

int
code_days_add(struct code_days *c, kk_day day, uint32_t device, const struct frame_codes *from,
    const struct frame_codes *to, struct diag *d)
{
	int rc = KK_OK;

	if (to->n == 0)
		return KK_OK;
	sqlite3_bind_int(c->add, 1, day);
	sqlite3_bind_int64(c->add, 2, device);
	for (uint16_t i = 0; i < to->n && rc == KK_OK; i++)
		rc = add(c, frame_codes_find(from, to->counter[i].key), &to->counter[i], d);
	if (rc != KK_OK || day <= c->tidied)
		return rc;
	rc = db_step_done(c->db, c->forget, d, "remove old days");
	c->tidied = day;
	return rc;
}

int
code_days_read(struct db *db, uint32_t device, kk_day from, kk_day to,
    int (*each)(void *ctx, const struct code_sum *sum), void *ctx, struct diag *d)
{
	sqlite3_stmt *s;
	int step = SQLITE_DONE, rc = db_prepare(db, read_sql, &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, device);
	sqlite3_bind_int(s, 2, from);
	sqlite3_bind_int(s, 3, to);
	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
		struct code_sum sum = {.kind = (enum frame_code_kind)sqlite3_column_int(s, 0),
		    .number = (uint32_t)sqlite3_column_int64(s, 1),
		    .last = (uint64_t)sqlite3_column_int64(s, 2),
		    .all = (uint64_t)sqlite3_column_int64(s, 3),
		    .all_up = (uint64_t)sqlite3_column_int64(s, 4)};

		if (sum.kind < FRAME_CODE_KINDS)
			rc = each(ctx, &sum);
	}
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read why clients were sent away");
	sqlite3_finalize(s);
	return rc;
}
