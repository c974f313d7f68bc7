/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rrd/db/months.h"
#include "rrd/ledger_field.h"

#define HEAD	    "# kkachi ledger 1"
#define COLUMNS_MAX 64

/* In an order in which what is named stands before what names it. */
static const char *const tables[] = {"device", "belonging", "usage_day", "usage_period",
    "usage_closed", "usage_frozen", "usage_frozen_group", "usage_closing", "distinct_day",
    "probe_day", "code_day"};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

/* ---- writing ---- */

/* A community is a secret, and no part of the account. */
static int
is_left_out(sqlite3_stmt *s, int column)
{
	return strcmp(sqlite3_column_name(s, column), "community") == 0;
}

static void
write_row(sqlite3_stmt *s, int n, FILE *out)
{
	for (int i = 0; i < n; i++) {
		if (is_left_out(s, i))
			continue;
		if (i > 0)
			putc('\t', out);
		ledger_field_put(s, i, out);
	}
	putc('\n', out);
}

static int
write_table(struct db *db, const char *table, FILE *out, uint64_t *rows, struct diag *d)
{
	char sql[80];
	sqlite3_stmt *s;
	int step, n, rc;

	/* The order of the key is the order of the first columns. */
	snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY 1, 2, 3, 4", table);
	rc = db_prepare(db, sql, &s, d);
	if (rc != KK_OK)
		return rc;
	n = sqlite3_column_count(s);
	fprintf(out, "@%s", table);
	for (int i = 0; i < n; i++)
		if (!is_left_out(s, i))
			fprintf(out, "\t%s", sqlite3_column_name(s, i));
	putc('\n', out);
	for (; (step = sqlite3_step(s)) == SQLITE_ROW; ++*rows)
		write_row(s, n, out);
	if (step != SQLITE_DONE)
		rc = db_error(db, d, "read the ledger");
	sqlite3_finalize(s);
	return rc;
}

int
ledger_file_write(struct db *db, FILE *out, uint64_t *rows, struct diag *d)
{
	int rc = db_begin_read(db, d);

	*rows = 0;
	fputs(HEAD "\n", out);
	for (size_t i = 0; i < TABLES && rc == KK_OK; i++)
		rc = write_table(db, tables[i], out, rows, d);
	fprintf(out, "@end\t%llu\n", (unsigned long long)*rows);
	db_rollback(db);
	return rc;
}

/* ---- reading ---- */

struct file {
	const char *path;
	FILE *in;
	char *line;
	size_t room;
	unsigned long number;
	struct db *db;
	sqlite3_stmt *insert; /* into the table that is being read */
	int columns;
	enum ledger_kind kind[COLUMNS_MAX];
	int scope; /* the column that says what a key is; -1: none */
	uint64_t rows;
	int ended;
};

/* The next line without its end; 0: there is none. */
static int
next_line(struct file *f)
{
	ssize_t len = getline(&f->line, &f->room, f->in);

	if (len <= 0)
		return 0;
	f->number++;
	if (f->line[len - 1] == '\n')
		f->line[--len] = '\0';
	/* A NUL within would hide what follows. */
	return strlen(f->line) == (size_t)len;
}

static int
wrong(const struct file *f, int rc, const char *what, struct diag *d)
{
	return diag_set(d, rc, "%s:%lu: %s", f->path, f->number, what);
}

/* Cut the line at its tabs. */
static int
cut(char *line, char *fields[COLUMNS_MAX])
{
	int n = 0;

	while (n < COLUMNS_MAX) {
		fields[n++] = line;
		line = strchr(line, '\t');
		if (line == NULL)
			return n;
		*line++ = '\0';
	}
	return -1;
}

/* Names come from the file, and go into a statement. */
static int
is_name(const char *text)
{
	return text[0] != '\0' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

static int
is_table(const char *name)
{
	for (size_t i = 0; i < TABLES; i++)
		if (strcmp(name, tables[i]) == 0)
			return 1;
	return 0;
}

/* The columns of the table that begins: fields[0] is its name. */
static int
learn_columns(struct file *f, char **fields, struct diag *d)
{
	f->scope = -1;
	for (int i = 0; i < f->columns; i++) {
		const char *name = fields[i + 1];

		if (!is_name(name) || strlen(name) > 24)
			return wrong(f, KK_E_SYNTAX, "no name of a column", d);
		f->kind[i] = ledger_field_kind(f->db, fields[0] + 1, name);
		if (f->kind[i] == LEDGER_NONE)
			return wrong(f, KK_E_VERSION, "columns that this version does not know", d);
		if (strcmp(name, "scope") == 0)
			f->scope = i;
	}
	return KK_OK;
}

static int
begin_table(struct file *f, char **fields, int n, struct diag *d)
{
	char sql[2048];
	size_t len;
	int rc;

	sqlite3_finalize(f->insert);
	f->insert = NULL;
	f->columns = n - 1;
	if (!is_table(fields[0] + 1) || n < 2)
		return wrong(f, KK_E_VERSION, "a table that this version does not know", d);
	if ((rc = learn_columns(f, fields, d)) != KK_OK)
		return rc;
	len = (size_t)snprintf(sql, sizeof(sql), "INSERT INTO %s (", fields[0] + 1);
	for (int i = 1; i < n; i++)
		len += (size_t)snprintf(
		    sql + len, sizeof(sql) - len, "%s%s", i > 1 ? ", " : "", fields[i]);
	len += (size_t)snprintf(sql + len, sizeof(sql) - len, ") VALUES (?");
	for (int i = 2; i < n; i++)
		len += (size_t)snprintf(sql + len, sizeof(sql) - len, ", ?");
	snprintf(sql + len, sizeof(sql) - len, ")");
	if (db_prepare(f->db, sql, &f->insert, NULL) != KK_OK)
		return wrong(f, KK_E_VERSION, "columns that this version does not know", d);
	return KK_OK;
}

/* A key without a type is a device's number if the scope is an access point. */
static enum ledger_kind
kind_in_row(const struct file *f, char **fields, int i)
{
	if (f->kind[i] != LEDGER_KEY)
		return f->kind[i];
	return f->scope >= 0 && strcmp(fields[f->scope], "0") == 0 ? LEDGER_COUNT : LEDGER_TEXT;
}

static int
take_row(struct file *f, char **fields, int n, struct diag *d)
{
	const char *trouble = NULL;
	int rc = KK_OK;

	if (f->insert == NULL || n != f->columns)
		return wrong(f, KK_E_SYNTAX, "a row with fewer or more fields than its table", d);
	for (int i = 0; i < n && trouble == NULL; i++)
		trouble = ledger_field_bind(f->insert, i + 1, kind_in_row(f, fields, i), fields[i]);
	if (trouble != NULL)
		return wrong(f, KK_E_SYNTAX, trouble, d);
	f->rows++;
	if (sqlite3_step(f->insert) != SQLITE_DONE) {
		rc = db_error(f->db, NULL, "");
		rc =
		    wrong(f, rc == KK_E_DB ? KK_E_SYNTAX : rc, sqlite3_errmsg(db_handle(f->db)), d);
	}
	sqlite3_reset(f->insert);
	return rc;
}

static int
take_line(struct file *f, struct diag *d)
{
	char *fields[COLUMNS_MAX];
	int n = cut(f->line, fields);

	if (n < 0 || f->ended)
		return wrong(f, KK_E_SYNTAX, "more than there may be", d);
	if (strcmp(fields[0], "@end") == 0) {
		f->ended = 1;
		if (n == 2 && strtoull(fields[1], NULL, 10) == f->rows)
			return KK_OK;
		return wrong(f, KK_E_SYNTAX, "rows are missing", d);
	}
	if (fields[0][0] == '@')
		return begin_table(f, fields, n, d);
	return take_row(f, fields, n, d);
}

static int
is_empty(struct db *db, int *is, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	    "SELECT NOT EXISTS (SELECT 1 FROM device) AND NOT EXISTS (SELECT 1 FROM usage_day)"
	    " AND NOT EXISTS (SELECT 1 FROM usage_period) AND NOT EXISTS"
	    " (SELECT 1 FROM usage_closing) AND NOT EXISTS (SELECT 1 FROM distinct_day)"
	    " AND NOT EXISTS (SELECT 1 FROM probe_day) AND NOT EXISTS (SELECT 1 FROM code_day)",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	if (sqlite3_step(s) == SQLITE_ROW)
		*is = sqlite3_column_int(s, 0);
	else
		rc = db_error(db, d, "look whether it is empty");
	sqlite3_finalize(s);
	return rc;
}

/* Within the transaction. */
static int
read_all(struct file *f, struct diag *d)
{
	int is = 0, rc = is_empty(f->db, &is, d);

	if (rc == KK_OK && !is)
		return diag_set(d, KK_E_EXISTS,
		    "%s: there are devices or usage already: a whole ledger goes into an empty "
		    "database",
		    db_file(f->db));
	if (rc == KK_OK && (!next_line(f) || strcmp(f->line, HEAD) != 0))
		return wrong(f, KK_E_SYNTAX, "no ledger of Kkachi", d);
	while (rc == KK_OK && next_line(f))
		rc = take_line(f, d);
	if (rc == KK_OK && !f->ended)
		return wrong(f, KK_E_SYNTAX, "the file was cut: its last line is missing", d);
	if (rc == KK_OK)
		rc = db_exec(
		    f->db, "UPDATE counter SET value = value + 1 WHERE name = 'inventory'", d);
	return rc == KK_OK ? months_build(f->db, d) : rc;
}

int
ledger_file_read(struct db *db, const char *path, uint64_t *rows, struct diag *d)
{
	struct file f = {.path = path, .db = db};
	int rc;

	*rows = 0;
	f.in = fopen(path, "re");
	if (f.in == NULL)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	rc = db_begin(db, d);
	if (rc == KK_OK)
		rc = read_all(&f, d);
	sqlite3_finalize(f.insert);
	if (rc == KK_OK)
		rc = db_commit_synced(db, d);
	db_rollback(db);
	*rows = f.rows;
	free(f.line);
	fclose(f.in);
	return rc;
}

int
ledger_file_is(const char *path)
{
	char head[sizeof(HEAD)] = "";
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return 0;
	if (fgets(head, sizeof(head), f) == NULL)
		head[0] = '\0';
	fclose(f);
	return strcmp(head, HEAD) == 0;
}
