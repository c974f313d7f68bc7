/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/inventory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/region.h"
#include "lib/sample.h"
#include "lib/text.h"

#define KIND_AS_NAME(id, name) name,

static const char *const kind_names[KIND_COUNT] = {DEVICE_KINDS(KIND_AS_NAME)};

/* The columns of the query below. */
enum column {
	C_NUM,
	C_ID,
	C_NAME,
	C_KIND,
	C_DISTRICT,
	C_SITE,
	C_SITE_TYPE,
	C_PHASE,
	C_ADDRESS,
	C_INSTALLED,
	C_PLACE,
	C_MAC,
	C_CONTROLLER,
	C_LAT,
	C_LON,
	C_MOBILE,
	C_HOST,
	C_PORT,
	C_VERSION,
	C_COMMUNITY,
	C_USER,
	C_PROFILE,
	C_UPLINK,
	C_UPLINK2,
	C_CAPACITY,
	C_LABELS,
	C_ACCOUNT,
	C_COUNT
};

static const char query[] =
    "SELECT num, id, name, kind, district, site, site_type, phase, address, installed, place, mac,"
    " controller, lat, lon, mobile, host, port, version, community, user, profile, uplink, uplink2,"
    " capacity_mbps, labels, account"
    " FROM device LEFT JOIN belonging ON device = num"
    " AND since = (SELECT max(since) FROM belonging WHERE device = num)"
    " WHERE retired IS NULL ORDER BY num";

struct inventory {
	struct region *texts;
	struct device *all;
	size_t n, room;
	uint32_t *by_id; /* open addressing over text_hash(id): index into `all` + 1, 0 is free */
	size_t by_id_mask;
	const char *last[C_COUNT]; /* of the row before: equal texts are kept once */
};

const char *
device_kind_name(enum device_kind k)
{
	return (unsigned)k < KIND_COUNT ? kind_names[k] : "?";
}

int
device_kind_by_name(const char *name)
{
	for (int k = 0; k < KIND_COUNT; k++)
		if (strcmp(kind_names[k], name) == 0)
			return k;
	return -1;
}

/* A text of the row, kept in the region; NULL when memory is out. */
static const char *
keep(struct inventory *inv, sqlite3_stmt *s, enum column c)
{
	const char *text = db_column_text(s, c);

	if (text[0] == '\0')
		return "";
	if (inv->last[c] == NULL || strcmp(inv->last[c], text) != 0)
		inv->last[c] = region_strdup(inv->texts, text);
	return inv->last[c];
}

static double
coordinate(sqlite3_stmt *s, enum column c)
{
	return sqlite3_column_type(s, c) == SQLITE_NULL ? NAN : sqlite3_column_double(s, c);
}

static int
take_row(struct inventory *inv, sqlite3_stmt *s, struct device *d)
{
	int kind = device_kind_by_name(db_column_text(s, C_KIND));
	const struct {
		const char **to;
		enum column from;
	} texts[] = {
	    {&d->id, C_ID},
	    {&d->name, C_NAME},
	    {&d->district, C_DISTRICT},
	    {&d->site, C_SITE},
	    {&d->site_type, C_SITE_TYPE},
	    {&d->phase, C_PHASE},
	    {&d->address, C_ADDRESS},
	    {&d->installed, C_INSTALLED},
	    {&d->place, C_PLACE},
	    {&d->mac, C_MAC},
	    {&d->controller, C_CONTROLLER},
	    {&d->host, C_HOST},
	    {&d->version, C_VERSION},
	    {&d->community, C_COMMUNITY},
	    {&d->user, C_USER},
	    {&d->profile, C_PROFILE},
	    {&d->uplink, C_UPLINK},
	    {&d->uplink2, C_UPLINK2},
	    {&d->labels, C_LABELS},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i].to = keep(inv, s, texts[i].from);
		if (*texts[i].to == NULL)
			return KK_E_NOMEM;
	}
	d->num = (uint32_t)sqlite3_column_int64(s, C_NUM);
	d->kind = kind < 0 ? KIND_AP : (enum device_kind)kind;
	d->lat = coordinate(s, C_LAT);
	d->lon = coordinate(s, C_LON);
	d->mobile = sqlite3_column_int(s, C_MOBILE) != 0;
	d->port = (unsigned)sqlite3_column_int(s, C_PORT);
	d->capacity_mbps = (unsigned)sqlite3_column_int(s, C_CAPACITY);
	d->account = (unsigned)sqlite3_column_int(s, C_ACCOUNT);
	if (d->account >= SOURCE_COUNT)
		d->account = SOURCE_SNMP;
	return KK_OK;
}

static int
read_rows(struct inventory *inv, sqlite3_stmt *s)
{
	int step;

	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		if (inv->n == inv->room) {
			size_t room = inv->room ? inv->room * 2 : 1024;
			struct device *all = realloc(inv->all, room * sizeof(*all));

			if (all == NULL)
				return KK_E_NOMEM;
			inv->all = all;
			inv->room = room;
		}
		if (take_row(inv, s, &inv->all[inv->n]) != KK_OK)
			return KK_E_NOMEM;
		inv->n++;
	}
	return step == SQLITE_DONE ? KK_OK : KK_E_DB;
}

static int
index_ids(struct inventory *inv)
{
	size_t size = 16;

	while (size < inv->n * 2)
		size *= 2;
	inv->by_id = calloc(size, sizeof(*inv->by_id));
	if (inv->by_id == NULL)
		return KK_E_NOMEM;
	inv->by_id_mask = size - 1;
	for (size_t i = 0; i < inv->n; i++) {
		const char *id = inv->all[i].id;
		size_t at = text_hash(id, strlen(id)) & inv->by_id_mask;

		while (inv->by_id[at] != 0)
			at = (at + 1) & inv->by_id_mask;
		inv->by_id[at] = (uint32_t)i + 1;
	}
	return KK_OK;
}

int
inventory_read(struct db *db, struct inventory **out, struct diag *d)
{
	struct inventory *inv = calloc(1, sizeof(*inv));
	sqlite3_stmt *s = NULL;
	int rc = KK_E_NOMEM;

	*out = NULL;
	if (inv == NULL || (inv->texts = region_new()) == NULL)
		goto fail;
	rc = db_prepare(db, query, &s, d);
	if (rc != KK_OK)
		goto fail;
	rc = read_rows(inv, s);
	if (rc == KK_E_DB)
		rc = db_error(db, d, "read the inventory");
	sqlite3_finalize(s);
	if (rc == KK_OK)
		rc = index_ids(inv);
	if (rc != KK_OK)
		goto fail;
	*out = inv;
	return KK_OK;
fail:
	inventory_free(inv);
	return rc == KK_E_NOMEM ? diag_set(d, rc, "%s: out of memory", db_file(db)) : rc;
}

void
inventory_free(struct inventory *inv)
{
	if (inv == NULL)
		return;
	region_free(inv->texts);
	free(inv->all);
	free(inv->by_id);
	free(inv);
}

const struct device *
inventory_all(const struct inventory *inv, size_t *n)
{
	*n = inv->n;
	return inv->all;
}

const struct device *
inventory_by_id(const struct inventory *inv, const char *id)
{
	size_t at = text_hash(id, strlen(id)) & inv->by_id_mask;

	for (; inv->by_id[at] != 0; at = (at + 1) & inv->by_id_mask) {
		const struct device *d = &inv->all[inv->by_id[at] - 1];

		if (strcmp(d->id, id) == 0)
			return d;
	}
	return NULL;
}

const struct device *
inventory_by_num(const struct inventory *inv, uint32_t num)
{
	size_t low = 0, high = inv->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (inv->all[mid].num < num)
			low = mid + 1;
		else
			high = mid;
	}
	return low < inv->n && inv->all[low].num == num ? &inv->all[low] : NULL;
}

int
inventory_edition(struct db *db, int64_t *out, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT value FROM counter WHERE name = 'inventory'", &s, d);

	if (rc != KK_OK)
		return rc;
	if (sqlite3_step(s) == SQLITE_ROW)
		*out = sqlite3_column_int64(s, 0);
	else
		rc = db_error(db, d, "read the inventory's edition");
	sqlite3_finalize(s);
	return rc;
}
