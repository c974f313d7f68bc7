/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/port.h"

#define HISTORY_S (INT64_C(92) * 86400)

/* Columns of a row in their order, in keeping and in reading. */
enum column {
	C_DEVICE,
	C_NAME,
	C_DESCR,
	C_ALIAS,
	C_MAC,
	C_INDEX,
	C_TYPE,
	C_ADMIN,
	C_OPER,
	C_MBPS,
	C_RX,
	C_POE,
	C_POE_MW,
	C_TIME,
	C_PAIRS /* and 7 columns per pair */
};

#define PAIR_COLUMNS 7

#define COLUMNS                                                                                \
	"device, name, descr, alias, mac, ifindex, type, admin, oper, mbps, rx_mdbm, poe, "    \
	"poe_mw, "                                                                             \
	"time, octets_in, octets_out, octets_raw_in, octets_raw_out, octets_width, "           \
	"octets_boot_cs, "                                                                     \
	"octets_when_cs, errors_in, errors_out, errors_raw_in, errors_raw_out, errors_width, " \
	"errors_boot_cs, errors_when_cs, discards_in, discards_out, discards_raw_in, "         \
	"discards_raw_out, discards_width, discards_boot_cs, discards_when_cs"

static void
bind_number(sqlite3_stmt *s, int column, int64_t n)
{
	if (n == PORT_UNKNOWN)
		sqlite3_bind_null(s, column + 1);
	else
		sqlite3_bind_int64(s, column + 1, n);
}

static void
bind_pair(sqlite3_stmt *s, int column, const struct port_counter *c)
{
	bind_number(s, column, c->in);
	bind_number(s, column + 1, c->out);
	sqlite3_bind_int64(s, column + 3, (int64_t)c->raw_in); /* 64 bits, their sign is no sign */
	sqlite3_bind_int64(s, column + 4, (int64_t)c->raw_out);
	bind_number(s, column + 4, c->width);
	bind_number(s, column + 5, c->boot_cs);
	bind_number(s, column + 6, c->when_cs);
}

static int
keep_row(struct db *db, sqlite3_stmt *s, uint32_t device, const struct port_row *r, struct diag *d)
{
	const char *const texts[] = {r->name, r->descr, r->alias, r->mac};
	const int64_t numbers[] = {r->index, r->type, r->admin, r->oper, r->mbps, r->rx_mdbm,
	    r->poe, r->poe_mw, r->time_s};

	bind_number(s, C_DEVICE, device);
	for (int i = 0; i < 4; i++)
		sqlite3_bind_text(s, C_NAME + i + 1, texts[i], -1, SQLITE_STATIC);
	for (int i = 0; i < (int)(sizeof(numbers) / sizeof(numbers[0])); i++)
		bind_number(s, C_INDEX + i, numbers[i]);
	for (int i = 0; i < PORT_PAIRS; i++)
		bind_pair(s, C_PAIRS + i * PAIR_COLUMNS, &r->pair[i]);
	return db_step_done(db, s, d, "keep an interface");
}

static int
forget(struct db *db, uint32_t device, int64_t before_s, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "DELETE FROM port WHERE device = ?1 AND time < ?2", &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, device);
	sqlite3_bind_int64(s, 2, before_s);
	rc = db_step_done(db, s, d, "forget old interfaces");
	sqlite3_finalize(s);
	return rc;
}

static int
keep_all(struct db *db, uint32_t device, const struct port_row *rows, size_t n, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "INSERT OR REPLACE INTO port (" COLUMNS
	    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
	    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    &s, d);

	for (size_t i = 0; i < n && rc == KK_OK; i++)
		rc = keep_row(db, s, device, &rows[i], d);
	sqlite3_finalize(s);
	if (rc == KK_OK && n > 0)
		rc = forget(db, device, rows[0].time_s - HISTORY_S, d);
	return rc;
}

int
port_rows_keep(
    struct db *db, uint32_t device, const struct port_row *rows, size_t n, struct diag *d)
{
	int rc = db_begin_now(db, d);

	if (rc != KK_OK)
		return rc;
	if ((rc = keep_all(db, device, rows, n, d)) == KK_OK)
		return db_commit(db, d);
	db_rollback(db);
	return rc;
}

static int64_t
number(sqlite3_stmt *s, int column)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL ? PORT_UNKNOWN
							     : sqlite3_column_int64(s, column);
}

static void
read_pair(sqlite3_stmt *s, int column, struct port_counter *c)
{
	*c = (struct port_counter){
	    .in = number(s, column),
	    .out = number(s, column + 1),
	    .raw_in = (uint64_t)sqlite3_column_int64(s, column + 2),
	    .raw_out = (uint64_t)sqlite3_column_int64(s, column + 3),
	    .width = (uint8_t)sqlite3_column_int(s, column + 4),
	    .boot_cs = sqlite3_column_int64(s, column + 5),
	    .when_cs = sqlite3_column_int64(s, column + 6),
	};
}

static void
read_row(sqlite3_stmt *s, struct port_row *r)
{
	int64_t *const numbers[] = {&r->index, &r->type, &r->admin, &r->oper, &r->mbps, &r->rx_mdbm,
	    &r->poe, &r->poe_mw, &r->time_s};

	r->device = (uint32_t)sqlite3_column_int64(s, C_DEVICE);
	r->name = db_column_text(s, C_NAME);
	r->descr = db_column_text(s, C_DESCR);
	r->alias = db_column_text(s, C_ALIAS);
	r->mac = db_column_text(s, C_MAC);
	for (int i = 0; i < (int)(sizeof(numbers) / sizeof(numbers[0])); i++)
		*numbers[i] = number(s, C_INDEX + i);
	for (int i = 0; i < PORT_PAIRS; i++)
		read_pair(s, C_PAIRS + i * PAIR_COLUMNS, &r->pair[i]);
}

int
port_rows_read(struct db *db, uint32_t device, void (*each)(void *ctx, const struct port_row *row),
    void *ctx, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    device != 0 ? "SELECT " COLUMNS " FROM port WHERE device = ?1 ORDER BY ifindex, name"
			: "SELECT " COLUMNS
			  " FROM port WHERE device IN (SELECT num FROM device WHERE "
			  "retired IS NULL) ORDER BY device, ifindex, name",
	    &s, d);
	int step;

	if (rc != KK_OK)
		return rc;
	if (device != 0)
		sqlite3_bind_int64(s, 1, device);
	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		struct port_row r;

		read_row(s, &r);
		each(ctx, &r);
	}
	if (step != SQLITE_DONE)
		rc = db_error(db, d, "read interfaces");
	sqlite3_finalize(s);
	return rc;
}
