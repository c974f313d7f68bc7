/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/zone.h"
#include "rrd/db/inventory.h"
#include "rrd/import/rows.h"

/* Rows are staged in tables of this connection alone, in memory, which needs no lock; what the
 * writer's lock is held for is the copying. No types: the columns that they are copied to have
 * them.
 */
static const char stage_tables[] =
    "PRAGMA temp_store = MEMORY;"
    "DROP TABLE IF EXISTS temp.new_device; DROP TABLE IF EXISTS temp.known_device;"
    "DROP TABLE IF EXISTS temp.new_belonging; DROP TABLE IF EXISTS temp.gone_device;";
#define DEVICE_COLUMNS                                                                  \
	"id, name, kind, address, installed, place, lat, lon, mobile, mac, controller," \
	" host, port, version, community, user, profile, uplink, uplink2,"              \
	" capacity_mbps, labels, added"
#define BELONGING_COLUMNS "device, since, district, site, site_type, phase, account"
static const char stage_layout[] =
    "CREATE TABLE temp.new_device (num INTEGER PRIMARY KEY, " DEVICE_COLUMNS ");"
    "CREATE TABLE temp.known_device (num INTEGER PRIMARY KEY, " DEVICE_COLUMNS ");"
    "CREATE TABLE temp.new_belonging (" BELONGING_COLUMNS ");"
    "CREATE TABLE temp.gone_device (num INTEGER PRIMARY KEY, at);";
#define STAGE_DEVICE(table)                                                                 \
	"INSERT INTO temp." table " (num, " DEVICE_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5,"  \
	" ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22," \
	" ?23)"
static const char stage_new_sql[] = STAGE_DEVICE("new_device");
static const char stage_known_sql[] = STAGE_DEVICE("known_device");
static const char stage_belonging_sql[] =
    "INSERT INTO temp.new_belonging (" BELONGING_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/* Monthly sums (rrd/db/months.h) are kept by belonging. One that is set to a day which is summed
 * splits its months anew; one that is told more of changes only the groups. */
#define SUMMED "(SELECT value FROM counter WHERE name = 'summed')"
static const char put_months[] =
    "WITH RECURSIVE k (month) AS (SELECT min(month) FROM usage_month UNION ALL"
    " SELECT CASE WHEN month % 100 = 12 THEN month + 89 ELSE month + 1 END FROM k"
    " WHERE month < " SUMMED " / 100)"
    " INSERT OR IGNORE INTO usage_stale SELECT month, n.device FROM temp.new_belonging n JOIN k"
    " WHERE n.since <= " SUMMED " AND NOT EXISTS (SELECT 1 FROM belonging b"
    "  WHERE b.device = n.device AND b.since = n.since)"
    " AND EXISTS (SELECT 1 FROM usage_month m WHERE m.month = k.month AND m.device = n.device);"
    "DELETE FROM usage_grouped WHERE month >= (SELECT min(n.since) / 100"
    " FROM temp.new_belonging n JOIN belonging USING (device) WHERE n.since <= " SUMMED ");"
    "DELETE FROM usage_grouped WHERE month IN (SELECT month FROM usage_stale);"
    "DELETE FROM usage_grouped WHERE EXISTS (SELECT 1 FROM temp.known_device s"
    " JOIN device USING (num) WHERE s.kind <> device.kind);";

/* In the order of the numbers, which is that of the ids: both trees grow at their ends. */
static const char put_staged[] =
    "UPDATE device SET name = s.name, kind = s.kind, address = s.address,"
    " installed = s.installed, place = s.place, lat = s.lat, lon = s.lon, mobile = s.mobile,"
    " mac = s.mac, controller = s.controller, host = s.host, port = s.port,"
    " version = s.version, community = s.community, user = s.user, profile = s.profile,"
    " uplink = s.uplink, uplink2 = s.uplink2, capacity_mbps = s.capacity_mbps,"
    " labels = s.labels, retired = NULL FROM temp.known_device s WHERE device.num = s.num;"
    "UPDATE device SET retired = g.at FROM temp.gone_device g WHERE device.num = g.num;"
    "INSERT INTO device (num, " DEVICE_COLUMNS ") SELECT num, " DEVICE_COLUMNS
    " FROM temp.new_device ORDER BY num;"
    "INSERT OR REPLACE INTO belonging (" BELONGING_COLUMNS ") SELECT " BELONGING_COLUMNS
    " FROM temp.new_belonging;"
    "UPDATE counter SET value = value + 1 WHERE name = 'inventory'";

struct writer {
	struct db *db;
	struct diag *d;
	int64_t now_s;
	kk_day today;
	sqlite3_stmt *fresh, *known, *belonging, *gone; /* they write to the stage */
};

static void
bind_text(sqlite3_stmt *s, int at, const char *text)
{
	if (text[0] == '\0')
		sqlite3_bind_null(s, at);
	else
		sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

static void
bind_coordinate(sqlite3_stmt *s, int at, double v)
{
	if (isnan(v))
		sqlite3_bind_null(s, at);
	else
		sqlite3_bind_double(s, at, v);
}

static int
stage_device(struct writer *w, const struct import_device *dev, int is_new)
{
	/* Parameter numbers of the text columns. Numbers as text get the column's INTEGER affinity.
	 */
	static const struct {
		int at, column;
	} texts[] = {{3, COL_NAME}, {4, COL_KIND}, {5, COL_ADDRESS}, {6, COL_INSTALLED},
	    {7, COL_PLACE}, {11, COL_MAC}, {12, COL_CONTROLLER}, {13, COL_HOST}, {14, COL_PORT},
	    {15, COL_VERSION}, {16, COL_COMMUNITY}, {17, COL_USER}, {18, COL_PROFILE},
	    {19, COL_UPLINK}, {20, COL_UPLINK2}, {21, COL_CAPACITY_MBPS}};
	sqlite3_stmt *s = is_new ? w->fresh : w->known;

	sqlite3_bind_int64(s, 1, dev->num);
	sqlite3_bind_text(s, 2, dev->id, -1, SQLITE_STATIC);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		bind_text(s, texts[i].at, dev->text[texts[i].column]);
	bind_coordinate(s, 8, dev->lat);
	bind_coordinate(s, 9, dev->lon);
	sqlite3_bind_int(s, 10, dev->text[COL_MOBILE][0] != '\0');
	bind_text(s, 22, dev->labels);
	if (is_new)
		sqlite3_bind_int64(s, 23, w->now_s);
	return db_step_done(w->db, s, w->d, "stage a device");
}

/* From which day on: a new device always was where it is; what was learned holds as long as the
 * belonging it completes; all else counts from today. */
static int64_t
belongs_since(const struct writer *w, const struct import_device *dev)
{
	if (dev->since < 0)
		return 0;
	return dev->moved == 2 || dev->since > w->today ? dev->since : w->today;
}

static int
stage_belonging(struct writer *w, const struct import_device *dev)
{
	sqlite3_stmt *s = w->belonging;

	sqlite3_bind_int64(s, 1, dev->num);
	sqlite3_bind_int64(s, 2, belongs_since(w, dev));
	bind_text(s, 3, dev->text[COL_DISTRICT]);
	bind_text(s, 4, dev->text[COL_SITE]);
	bind_text(s, 5, dev->text[COL_SITE_TYPE]);
	bind_text(s, 6, dev->text[COL_PHASE]);
	sqlite3_bind_int(s, 7, (int)dev->account);
	return db_step_done(w->db, s, w->d, "stage a belonging");
}

static int
stage_gone(struct writer *w, const struct import_device *dev)
{
	sqlite3_bind_int64(w->gone, 1, dev->num);
	sqlite3_bind_int64(w->gone, 2, w->now_s);
	return db_step_done(w->db, w->gone, w->d, "stage a device that goes");
}

static int
stage_one(struct writer *w, const struct import_device *dev, int prune)
{
	int rc = KK_OK;

	if (dev->row == NULL)
		return prune && !dev->retired ? stage_gone(w, dev) : KK_OK;
	if (dev->changed)
		rc = stage_device(w, dev, 0);
	if (rc == KK_OK && dev->moved)
		rc = stage_belonging(w, dev);
	return rc;
}

static int
by_id(const void *a, const void *b, void *devices)
{
	const struct import_device *all = devices;

	return strcmp(all[*(const uint32_t *)a].id, all[*(const uint32_t *)b].id);
}

/* New devices get their numbers in the order of their ids: the index on ids grows at its end. */
static int
stage_all_new(struct writer *w, struct import *im)
{
	size_t n = im->n_devices - im->n_known;
	uint32_t *order = calloc(n + 1, sizeof(*order));
	int rc = KK_OK;

	if (order == NULL)
		return diag_set(w->d, KK_E_NOMEM, "%s: out of memory", im->file);
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)(im->n_known + i);
	qsort_r(order, n, sizeof(*order), by_id, im->devices);
	for (size_t i = 0; i < n && rc == KK_OK; i++) {
		struct import_device *dev = &im->devices[order[i]];

		dev->num = im->max_num + 1 + (uint32_t)i;
		rc = stage_device(w, dev, 1);
		if (rc == KK_OK)
			rc = stage_belonging(w, dev);
	}
	free(order);
	return rc;
}

/* The tables of the stage, and the statements that fill them. */
static int
prepare(struct writer *w)
{
	int rc = db_exec(w->db, stage_tables, w->d);

	if (rc == KK_OK)
		rc = db_exec(w->db, stage_layout, w->d);
	if (rc == KK_OK)
		rc = db_prepare(w->db, stage_new_sql, &w->fresh, w->d);
	if (rc == KK_OK)
		rc = db_prepare(w->db, stage_known_sql, &w->known, w->d);
	if (rc == KK_OK)
		rc = db_prepare(w->db, stage_belonging_sql, &w->belonging, w->d);
	if (rc == KK_OK)
		rc = db_prepare(
		    w->db, "INSERT INTO temp.gone_device VALUES (?1, ?2)", &w->gone, w->d);
	return rc;
}

/* All of it, before any lock is taken. */
static int
stage(struct writer *w, struct import *im, int prune)
{
	int rc = prepare(w);

	if (rc == KK_OK)
		rc = db_begin_read(w->db, w->d);
	for (size_t i = 0; i < im->n_known && rc == KK_OK; i++)
		rc = stage_one(w, &im->devices[i], prune);
	if (rc == KK_OK)
		rc = stage_all_new(w, im);
	sqlite3_finalize(w->fresh);
	sqlite3_finalize(w->known);
	sqlite3_finalize(w->belonging);
	sqlite3_finalize(w->gone);
	if (rc == KK_OK)
		return db_commit(w->db, w->d);
	db_rollback(w->db);
	return rc;
}

/* Inside the transaction. */
static int
put(struct writer *w, const struct import *im)
{
	int64_t edition = 0;
	int rc = inventory_edition(w->db, &edition, w->d);

	if (rc != KK_OK)
		return rc;
	if (edition != im->edition)
		return diag_set(
		    w->d, KK_E_ORDER, "%s: the inventory was changed meanwhile", db_file(w->db));
	if (sqlite3_exec(db_handle(w->db), put_months, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(db_handle(w->db), put_staged, NULL, NULL, NULL) != SQLITE_OK)
		return db_error(w->db, w->d, "write the devices");
	return KK_OK;
}

int
import_write(struct import *im, struct db *db, const struct import_options *o, struct diag *d)
{
	struct writer w = {.db = db, .d = d, .now_s = o->now_s};
	const struct import_report *r = im->report;
	struct zone_day today = {0};
	int rc;

	if (r->added + r->changed + r->removed == 0)
		return KK_OK;
	zone_day_of(o->now_s, &today);
	w.today = today.day;
	rc = stage(&w, im, o->prune && im->n_rows > 0);
	if (rc == KK_OK)
		rc = db_begin(db, d);
	if (rc != KK_OK)
		return rc;
	rc = put(&w, im);
	if (rc == KK_OK)
		return db_commit_synced(db, d);
	db_rollback(db);
	return rc;
}
