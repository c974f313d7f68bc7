/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "rrd/db/inventory.h"
#include "rrd/import/rows.h"

/* Texts in the order of enum import_column, then what is no text. */
static const char query[] =
    "SELECT id, name, kind, district, site, site_type, phase, address, installed, place, NULL, "
    "NULL,"
    " CASE mobile WHEN 0 THEN '' ELSE '1' END, mac, controller, host, port, version, community,"
    " user, profile, uplink, uplink2, capacity_mbps, num, lat, lon, labels, ifnull(account, 0),"
    " ifnull(since, -1), retired IS NOT NULL"
    " FROM device LEFT JOIN belonging ON device = num"
    " AND since = (SELECT max(since) FROM belonging WHERE device = num) ORDER BY num";

enum { Q_NUM = COL_COUNT, Q_LAT, Q_LON, Q_LABELS, Q_ACCOUNT, Q_SINCE, Q_RETIRED };

static double
coordinate(sqlite3_stmt *s, int c)
{
	return sqlite3_column_type(s, c) == SQLITE_NULL ? NAN : sqlite3_column_double(s, c);
}

/* A text of the row; the one of the device before, if it is the same. */
static const char *
keep(struct import *im, sqlite3_stmt *s, int c, const char *before)
{
	const char *text = db_column_text(s, c);

	if (text[0] == '\0')
		return "";
	if (before != NULL && strcmp(before, text) == 0)
		return before;
	return region_strdup(im->mem, text);
}

struct import_device *
import_new_device(struct import *im)
{
	struct import_device *d;

	if (im->n_devices == im->devices_room) {
		size_t room = im->devices_room ? im->devices_room * 2 : 1024;

		d = realloc(im->devices, room * sizeof(*d));
		if (d == NULL)
			return NULL;
		im->devices = d;
		im->devices_room = room;
	}
	d = &im->devices[im->n_devices++];
	*d = (struct import_device){.lat = NAN, .lon = NAN, .labels = "", .id = "", .since = -1};
	for (int c = 0; c < COL_COUNT; c++)
		d->text[c] = "";
	return d;
}

static int
take_device(struct import *im, sqlite3_stmt *s)
{
	struct import_device *d = import_new_device(im);
	const struct import_device *before = NULL;

	if (d == NULL)
		return KK_E_NOMEM;
	if (im->n_devices > 1)
		before = d - 1;
	for (int c = 0; c < COL_COUNT; c++) {
		d->text[c] = keep(im, s, c, before ? before->text[c] : NULL);
		if (d->text[c] == NULL)
			return KK_E_NOMEM;
	}
	d->id = d->text[COL_ID];
	d->num = (uint32_t)sqlite3_column_int64(s, Q_NUM);
	d->lat = coordinate(s, Q_LAT);
	d->lon = coordinate(s, Q_LON);
	d->labels = keep(im, s, Q_LABELS, NULL);
	d->account = (unsigned)sqlite3_column_int(s, Q_ACCOUNT);
	d->since = sqlite3_column_int64(s, Q_SINCE);
	d->retired = sqlite3_column_int(s, Q_RETIRED);
	if (d->num > im->max_num)
		im->max_num = d->num;
	return d->labels != NULL ? KK_OK : KK_E_NOMEM;
}

static size_t
slot_of(const struct import *im, const char *id)
{
	size_t at = text_hash(id, strlen(id)) & im->by_id_mask;

	while (im->by_id[at] != 0 && strcmp(im->devices[im->by_id[at] - 1].id, id) != 0)
		at = (at + 1) & im->by_id_mask;
	return at;
}

struct import_device *
import_find(const struct import *im, const char *id)
{
	uint32_t i = im->by_id[slot_of(im, id)];

	return i == 0 ? NULL : &im->devices[i - 1];
}

void
import_index(struct import *im, const struct import_device *d)
{
	im->by_id[slot_of(im, d->id)] = (uint32_t)(d - im->devices) + 1;
}

/* Room for all that is known and all that the file may add. */
static int
index_known(struct import *im)
{
	size_t size = 16;

	while (size < (im->n_known + im->n_rows) * 2)
		size *= 2;
	free(im->by_id);
	im->by_id = calloc(size, sizeof(*im->by_id));
	if (im->by_id == NULL)
		return KK_E_NOMEM;
	im->by_id_mask = size - 1;
	for (size_t i = 0; i < im->n_known; i++)
		import_index(im, &im->devices[i]);
	return KK_OK;
}

/* Numbers are never used again, not even of devices that someone deleted by hand. */
static int
load_last_num(struct import *im, struct db *db, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT seq FROM sqlite_sequence WHERE name = 'device'", &s, d);

	if (rc == KK_OK && sqlite3_step(s) == SQLITE_ROW)
		im->max_num = (uint32_t)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return rc;
}

static int
load_rows(struct import *im, struct db *db, struct diag *d)
{
	sqlite3_stmt *s = NULL;
	int step, rc = inventory_edition(db, &im->edition, d);

	if (rc == KK_OK)
		rc = load_last_num(im, db, d);
	if (rc == KK_OK)
		rc = db_prepare(db, query, &s, d);
	if (rc != KK_OK)
		return rc;
	while ((step = sqlite3_step(s)) == SQLITE_ROW && rc == KK_OK)
		rc = take_device(im, s);
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read the inventory");
	sqlite3_finalize(s);
	return rc;
}

int
import_load(struct import *im, struct db *db, struct diag *d)
{
	int rc = KK_OK;

	im->n_devices = 0;
	im->max_num = 0;
	if (db != NULL) {
		rc = db_begin_read(db, d);
		if (rc == KK_OK)
			rc = load_rows(im, db, d);
		db_rollback(db);
	}
	im->n_known = im->n_devices;
	if (rc == KK_OK)
		rc = index_known(im);
	return rc == KK_E_NOMEM ? diag_set(d, rc, "%s: out of memory", im->file) : rc;
}
