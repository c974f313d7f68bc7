/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/zone.h"
#include "rrd/db/inventory.h"
#include "rrd/import/rows.h"

/* What is written of a device: parameters by number, the same for both statements. */
static const char insert_device[] =
    "INSERT INTO device (num, id, name, kind, address, installed, place, lat, lon, mobile, mac,"
    " controller, host, port, version, community, user, profile, uplink, uplink2, capacity_mbps,"
    " labels, added) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
    " ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)";
static const char update_device[] =
    "UPDATE device SET name = ?3, kind = ?4, address = ?5, installed = ?6, place = ?7, lat = ?8,"
    " lon = ?9, mobile = ?10, mac = ?11, controller = ?12, host = ?13, port = ?14, version = ?15,"
    " community = ?16, user = ?17, profile = ?18, uplink = ?19, uplink2 = ?20,"
    " capacity_mbps = ?21, labels = ?22, retired = NULL WHERE num = ?1";
static const char put_belonging[] =
    "INSERT OR REPLACE INTO belonging (device, since, district, site, site_type, phase, account)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

struct writer {
	struct db *db;
	struct diag *d;
	int64_t now_s;
	kk_day today;
	sqlite3_stmt *insert, *update, *belonging, *retire;
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
write_device(struct writer *w, const struct import_device *dev, int is_new)
{
	/* Parameter numbers of the text columns. Numbers as text get the column's INTEGER affinity.
	 */
	static const struct {
		int at, column;
	} texts[] = {{3, COL_NAME}, {4, COL_KIND}, {5, COL_ADDRESS}, {6, COL_INSTALLED},
	    {7, COL_PLACE}, {11, COL_MAC}, {12, COL_CONTROLLER}, {13, COL_HOST}, {14, COL_PORT},
	    {15, COL_VERSION}, {16, COL_COMMUNITY}, {17, COL_USER}, {18, COL_PROFILE},
	    {19, COL_UPLINK}, {20, COL_UPLINK2}, {21, COL_CAPACITY_MBPS}};
	sqlite3_stmt *s = is_new ? w->insert : w->update;

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
	return db_step_done(w->db, s, w->d, "write a device");
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
write_belonging(struct writer *w, const struct import_device *dev)
{
	sqlite3_stmt *s = w->belonging;

	sqlite3_bind_int64(s, 1, dev->num);
	sqlite3_bind_int64(s, 2, belongs_since(w, dev));
	bind_text(s, 3, dev->text[COL_DISTRICT]);
	bind_text(s, 4, dev->text[COL_SITE]);
	bind_text(s, 5, dev->text[COL_SITE_TYPE]);
	bind_text(s, 6, dev->text[COL_PHASE]);
	sqlite3_bind_int(s, 7, (int)dev->account);
	return db_step_done(w->db, s, w->d, "write a belonging");
}

static int
retire(struct writer *w, const struct import_device *dev)
{
	sqlite3_bind_int64(w->retire, 1, dev->num);
	sqlite3_bind_int64(w->retire, 2, w->now_s);
	return db_step_done(w->db, w->retire, w->d, "retire a device");
}

static int
write_known(struct writer *w, const struct import_device *dev, int prune)
{
	int rc = KK_OK;

	if (dev->row == NULL)
		return prune && !dev->retired ? retire(w, dev) : KK_OK;
	if (dev->changed)
		rc = write_device(w, dev, 0);
	if (rc == KK_OK && dev->moved)
		rc = write_belonging(w, dev);
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
write_new(struct writer *w, struct import *im)
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
		rc = write_device(w, dev, 1);
		if (rc == KK_OK)
			rc = write_belonging(w, dev);
	}
	free(order);
	return rc;
}

static int
prepare(struct writer *w)
{
	int rc = db_prepare(w->db, insert_device, &w->insert, w->d);

	if (rc == KK_OK)
		rc = db_prepare(w->db, update_device, &w->update, w->d);
	if (rc == KK_OK)
		rc = db_prepare(w->db, put_belonging, &w->belonging, w->d);
	if (rc == KK_OK)
		rc = db_prepare(
		    w->db, "UPDATE device SET retired = ?2 WHERE num = ?1", &w->retire, w->d);
	return rc;
}

/* Inside the transaction. */
static int
write_all(struct writer *w, struct import *im, int prune)
{
	int64_t edition = 0;
	int rc = inventory_edition(w->db, &edition, w->d);

	if (rc == KK_OK && edition != im->edition)
		return diag_set(
		    w->d, KK_E_ORDER, "%s: the inventory was changed meanwhile", db_file(w->db));
	for (size_t i = 0; i < im->n_known && rc == KK_OK; i++)
		rc = write_known(w, &im->devices[i], prune);
	if (rc == KK_OK)
		rc = write_new(w, im);
	if (rc == KK_OK)
		rc = db_exec(
		    w->db, "UPDATE counter SET value = value + 1 WHERE name = 'inventory'", w->d);
	return rc;
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
	rc = prepare(&w);
	if (rc == KK_OK)
		rc = db_begin(db, d);
	if (rc == KK_OK) {
		rc = write_all(&w, im, o->prune && im->n_rows > 0);
		if (rc == KK_OK)
			rc = db_commit_synced(db, d);
		else
			db_rollback(db);
	}
	sqlite3_finalize(w.insert);
	sqlite3_finalize(w.update);
	sqlite3_finalize(w.belonging);
	sqlite3_finalize(w.retire);
	return rc;
}
