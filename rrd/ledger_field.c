/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger_field.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/zone.h"

/* ---- writing ---- */

static void
put_text(FILE *out, const char *text)
{
	static const char special[] = "\t\n\r\\", letters[] = "tnr\\";

	while (*text != '\0') {
		size_t n = strcspn(text, special);

		fwrite(text, 1, n, out);
		text += n;
		if (*text == '\0')
			break;
		putc('\\', out);
		putc(letters[strchr(special, *text) - special], out);
		text++;
	}
}

void
ledger_field_put(sqlite3_stmt *s, int column, FILE *out)
{
	switch (sqlite3_column_type(s, column)) {
	case SQLITE_NULL:
		fputs("\\N", out);
		break;
	case SQLITE_FLOAT:
		fprintf(out, "%.17g", sqlite3_column_double(s, column));
		break;
	default:
		/* A line that begins with @ is none of a row. */
		if (column == 0 && db_column_text(s, column)[0] == '@')
			putc('\\', out);
		put_text(out, db_column_text(s, column));
	}
}

/* ---- reading ---- */

/* Columns of times; in all tables they have the same names. */
static const struct {
	const char *column;
	enum ledger_kind kind;
} times[] = {{"since", LEDGER_SINCE}, {"day", LEDGER_DAY}, {"first", LEDGER_DAY},
    {"last", LEDGER_DAY}, {"month", LEDGER_MONTH}};

enum ledger_kind
ledger_field_kind(struct db *db, const char *table, const char *column)
{
	const char *type = NULL;

	if (sqlite3_table_column_metadata(
		db_handle(db), NULL, table, column, &type, NULL, NULL, NULL, NULL) != SQLITE_OK)
		return LEDGER_NONE;
	if (type == NULL || type[0] == '\0')
		return LEDGER_KEY;
	if (strcmp(type, "TEXT") == 0)
		return LEDGER_TEXT;
	if (strcmp(type, "REAL") == 0)
		return LEDGER_REAL;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (strcmp(column, times[i].column) == 0)
			return times[i].kind;
	return LEDGER_COUNT;
}

/* Undo the writing of a text, in place. */
static int
plain(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (*text != '\\') {
			*to++ = *text;
			continue;
		}
		switch (*++text) {
		case 't':
			*to++ = '\t';
			break;
		case 'n':
			*to++ = '\n';
			break;
		case 'r':
			*to++ = '\r';
			break;
		case '\\':
		case '@':
			*to++ = *text;
			break;
		default:
			return 0;
		}
	}
	*to = '\0';
	return 1;
}

static int
integer(const char *text, int64_t *out)
{
	size_t digits = strspn(text + (text[0] == '-'), "0123456789");
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	return digits > 0 && *end == '\0' && errno == 0;
}

static int
real(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return text[0] != '\0' && *end == '\0' && isfinite(*out);
}

/* Months are summed one after another from the first day on: what no ledger can have would take for
 * ever. */
static int
is_day(int64_t n)
{
	struct zone_day day;

	return n >= 19900101 && n <= 20991231 && zone_day_bounds((kk_day)n, &day) == KK_OK;
}

static const char *
wrong_number(enum ledger_kind kind, int64_t n)
{
	switch (kind) {
	case LEDGER_DAY:
		return is_day(n) ? NULL : "no day of the years 1990 to 2099";
	case LEDGER_MONTH:
		return n <= 209912 && is_day(n * 100 + 1) ? NULL
							  : "no month of the years 1990 to 2099";
	case LEDGER_SINCE:
		return n >= -1 ? NULL : "a time below -1";
	default:
		return n >= 0 ? NULL : "a number below 0";
	}
}

const char *
ledger_field_bind(sqlite3_stmt *s, int at, enum ledger_kind kind, char *text)
{
	int64_t n;
	double r;
	const char *why;

	if (strcmp(text, "\\N") == 0) {
		sqlite3_bind_null(s, at);
		return NULL;
	}
	if (kind == LEDGER_TEXT) {
		if (!plain(text))
			return "a backslash before what it cannot stand for";
		sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
	} else if (kind == LEDGER_REAL) {
		if (!real(text, &r))
			return "no number where one must be";
		sqlite3_bind_double(s, at, r);
	} else {
		if (!integer(text, &n))
			return "no whole number where one must be";
		if ((why = wrong_number(kind, n)) != NULL)
			return why;
		sqlite3_bind_int64(s, at, n);
	}
	return NULL;
}
