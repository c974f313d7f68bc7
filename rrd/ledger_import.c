/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/csv.h"
#include "rrd/ledger.h"
#include "rrd/ledger_devices.h"
#include "rrd/ledger_put.h"

#define OCTETS_MOST (UINT64_C(1) << 62)

enum { COL_DAY, COL_ID, COL_DOWN, COL_UP, COL_COUNT };

struct day_import {
	const char *file;
	struct ledger_devices *ds;
	struct csv *csv;
	size_t column[COL_COUNT]; /* where each stands in a record */
	struct put_day *rows;
	size_t n, room;
	kk_day today;
	kk_day checked; /* the last day that was found to be real */
};

/* ---- reading ---- */

static int
read_header(struct day_import *im, struct diag *d)
{
	static const char *const names[COL_COUNT] = {"day", "id", "octets_down", "octets_up"};
	char *fields[CSV_FIELDS_MAX];
	unsigned line = 1;
	size_t n = 0;
	int rc = csv_next(im->csv, fields, &n, &line, d);

	if (rc == KK_END)
		return diag_set(d, KK_E_SYNTAX, "%s:1: the file is empty", im->file);
	if (rc != KK_OK)
		return rc;
	for (int c = 0; c < COL_COUNT; c++) {
		im->column[c] = CSV_FIELDS_MAX;
		for (size_t i = 0; i < n; i++)
			if (strcmp(fields[i], names[c]) == 0)
				im->column[c] = i;
		if (im->column[c] == CSV_FIELDS_MAX)
			return diag_set(d, KK_E_SYNTAX, "%s:%u: the header names no column \"%s\"",
			    im->file, line, names[c]);
	}
	return KK_OK;
}

/* "2021-04-01" or "20210401". */
static int
read_day(struct day_import *im, const char *text, kk_day *out)
{
	struct zone_day bounds;
	kk_day day = 0;
	size_t digits = 0, len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '-' && len == 10 && (i == 4 || i == 7))
			continue;
		if (text[i] < '0' || text[i] > '9' || ++digits > 8)
			return 0;
		day = day * 10 + (text[i] - '0');
	}
	if (digits != 8 || (len != 8 && len != 10))
		return 0;
	if (day != im->checked && zone_day_bounds(day, &bounds) != KK_OK)
		return 0;
	*out = im->checked = day;
	return 1;
}

static int
read_octets(const char *text, uint64_t *out)
{
	uint64_t v = 0;

	if (text[0] == '\0')
		return 0;
	for (; *text >= '0' && *text <= '9'; text++) {
		v = v * 10 + (uint64_t)(*text - '0');
		if (v > OCTETS_MOST)
			return 0;
	}
	*out = v;
	return *text == '\0';
}

static int
read_row(struct day_import *im, char **fields, struct put_day *row, struct diag *d)
{
	const char *day = fields[im->column[COL_DAY]],
		   *id = csv_unguard(fields[im->column[COL_ID]]);
	const char *down = fields[im->column[COL_DOWN]], *up = fields[im->column[COL_UP]];
	const struct ledger_device *dev = ledger_devices_by_id(im->ds, id);

	if (!read_day(im, day, &row->day))
		return diag_set(d, KK_E_SYNTAX, "%s:%u: \"%.40s\" is no day (YYYY-MM-DD)", im->file,
		    row->line, day);
	if (row->day > im->today)
		return diag_set(
		    d, KK_E_SYNTAX, "%s:%u: %.40s has not been yet", im->file, row->line, day);
	if (!read_octets(down, &row->down) || !read_octets(up, &row->up))
		return diag_set(d, KK_E_SYNTAX,
		    "%s:%u: \"%.40s\", \"%.40s\" are no octets (whole numbers)", im->file,
		    row->line, down, up);
	if (dev == NULL)
		return diag_set(d, KK_E_NOTFOUND, "%s:%u: no device has the id \"%.80s\"", im->file,
		    row->line, id);
	if (!dev->is_ap)
		return diag_set(
		    d, KK_E_SYNTAX, "%s:%u: \"%.80s\" is no access point", im->file, row->line, id);
	row->device = dev->num;
	row->id = dev->id;
	row->source = ledger_devices_on(im->ds, dev, row->day)->account;
	return KK_OK;
}

static int
read_rows(struct day_import *im, struct diag *d)
{
	char *fields[CSV_FIELDS_MAX], none[1] = "";
	unsigned line;
	size_t n;
	int rc;

	while ((rc = csv_next(im->csv, fields, &n, &line, d)) == KK_OK) {
		for (; n < CSV_FIELDS_MAX; n++)
			fields[n] = none;
		if (im->n == im->room) {
			size_t room = im->room ? im->room * 2 : 4096;
			struct put_day *rows = realloc(im->rows, room * sizeof(*rows));

			if (rows == NULL)
				return diag_set(d, KK_E_NOMEM, "%s: out of memory", im->file);
			im->rows = rows;
			im->room = room;
		}
		im->rows[im->n] = (struct put_day){.line = line};
		rc = read_row(im, fields, &im->rows[im->n], d);
		if (rc != KK_OK)
			return rc;
		im->n++;
	}
	return rc == KK_END ? KK_OK : rc;
}

/* ---- repetitions ---- */

static int
by_day(const void *a, const void *b)
{
	const struct put_day *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* In the order of the table, each day of a device once. */
static int
sort_rows(struct day_import *im, struct diag *d)
{
	size_t kept = 0;

	if (im->n > 1)
		qsort(im->rows, im->n, sizeof(*im->rows), by_day);
	for (size_t i = 0; i < im->n; i++) {
		const struct put_day *row = &im->rows[i], *last = &im->rows[kept - (kept > 0)];

		if (kept > 0 && last->day == row->day && last->device == row->device) {
			if (last->down == row->down && last->up == row->up)
				continue;
			return diag_set(d, KK_E_SYNTAX,
			    "%s:%u: %d of \"%.80s\" is there with other octets in line %u",
			    im->file, row->line, row->day, row->id, last->line);
		}
		im->rows[kept++] = *row;
	}
	im->n = kept;
	return KK_OK;
}

static int
run(struct day_import *im, struct db *db, int replace, uint64_t *rows, struct diag *d)
{
	int rc = read_header(im, d);

	if (rc == KK_OK)
		rc = read_rows(im, d);
	*rows = im->n;
	if (rc == KK_OK)
		rc = sort_rows(im, d);
	if (rc == KK_OK)
		rc = put_days(db, im->file, im->rows, im->n, replace, d);
	return rc;
}

int
ledger_import(struct db *db, const char *path, int replace, uint64_t *rows, struct diag *d)
{
	struct day_import im = {.file = path};
	struct zone_day today = {0};
	struct usage_query all = {.by = USAGE_CITY};
	int rc;

	*rows = 0;
	zone_day_of(clock_utc_cs(NULL) / 100, &today);
	im.today = today.day;
	rc = csv_open(path, &im.csv, d);
	if (rc == KK_OK)
		rc = ledger_devices_read(db, &all, &im.ds, d);
	if (rc == KK_OK)
		rc = run(&im, db, replace, rows, d);
	csv_free(im.csv);
	ledger_devices_free(im.ds);
	free(im.rows);
	return rc;
}
