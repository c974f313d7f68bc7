/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger_aps.h"

#include <math.h>
#include <stdlib.h>

#include "lib/region.h"
#include "rrd/ledger_devices.h"

struct owned_aps {
	struct ledger_aps list; /* first */
	struct region *texts;
	size_t room;
};

/* ---- who there is ---- */

enum {
	A_NUM,
	A_ID,
	A_NAME,
	A_INSTALLED,
	A_DISTRICT,
	A_SITE,
	A_PHASE,
	A_HOST,
	A_UPLINK,
	A_LAT,
	A_LON,
	A_ADDED,
	A_RETIRED
};

static const char aps_sql[] =
    "SELECT num, id, name, installed, district, site, phase, host, uplink, lat, lon, added, retired"
    " FROM device LEFT JOIN belonging ON device = num"
    " AND since = (SELECT max(since) FROM belonging WHERE device = num)"
    " WHERE kind = 'ap' ORDER BY num";

static double
degrees(sqlite3_stmt *s, int column)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL ? NAN
							     : sqlite3_column_double(s, column);
}

static int
take_ap(struct owned_aps *o, sqlite3_stmt *s)
{
	static const int columns[] = {
	    A_ID, A_NAME, A_INSTALLED, A_DISTRICT, A_SITE, A_PHASE, A_HOST, A_UPLINK};
	const char *text[sizeof(columns) / sizeof(columns[0])];
	int retired = sqlite3_column_type(s, A_RETIRED) != SQLITE_NULL;

	if (o->list.n == o->room) {
		size_t room = o->room ? o->room * 2 : 1024;
		struct ledger_ap *at = realloc(o->list.at, room * sizeof(*at));

		if (at == NULL)
			return KK_E_NOMEM;
		o->list.at = at;
		o->room = room;
	}
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const char *value = db_column_text(s, columns[i]);

		text[i] = value[0] == '\0' ? "" : region_strdup(o->texts, value);
		if (text[i] == NULL)
			return KK_E_NOMEM;
	}
	o->list.at[o->list.n++] =
	    (struct ledger_ap){.num = (uint32_t)sqlite3_column_int64(s, A_NUM),
		.id = text[0],
		.name = text[1],
		.installed = text[2],
		.district = text[3],
		.site = text[4],
		.phase = text[5],
		.host = text[6],
		.uplink = text[7],
		.lat = degrees(s, A_LAT),
		.lon = degrees(s, A_LON),
		.added_s = sqlite3_column_int64(s, A_ADDED),
		.retired_s = retired ? sqlite3_column_int64(s, A_RETIRED) : INT64_MAX};
	return KK_OK;
}

static int
read_aps(struct db *db, struct owned_aps *o, struct diag *d)
{
	sqlite3_stmt *s;
	int step, rc = db_prepare(db, aps_sql, &s, d);

	if (rc != KK_OK)
		return rc;
	while ((step = sqlite3_step(s)) == SQLITE_ROW && rc == KK_OK)
		rc = take_ap(o, s);
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read the access points");
	sqlite3_finalize(s);
	return rc;
}

/* ---- what the ledger holds ---- */

enum {
	D_DAY,
	D_DEVICE,
	D_SOURCE,
	D_DOWN,
	D_UP,
	D_OBSERVED,
	D_LUMP,
	D_RESTARTS,
	D_UNSURE,
	D_CLIENTS,
	D_UP_S,
	D_IMPORTED
};

static const char days_sql[] =
    "SELECT day, device, source, octets_down, octets_up, observed_s, octets_lump, restarts, unsure,"
    " clients_peak, up_s, imported FROM usage_day WHERE day BETWEEN ?1 AND ?2"
    " ORDER BY day, device, source";

static void
add_day(struct ledger_ap *a, const struct ledger_span *span, const struct zone_day *day,
    sqlite3_stmt *s)
{
	uint64_t octets =
	    (uint64_t)sqlite3_column_int64(s, D_DOWN) + (uint64_t)sqlite3_column_int64(s, D_UP);

	a->octets += octets;
	if (octets >= span->used)
		a->last_used = day->day;
	if (sqlite3_column_int(s, D_IMPORTED) == 1) {
		a->imported_s += (uint64_t)(day->to_s - day->from_s);
		return;
	}
	a->observed_s += (uint64_t)sqlite3_column_int64(s, D_OBSERVED);
	a->up_s += (uint64_t)sqlite3_column_int64(s, D_UP_S);
	a->octets_lump += (uint64_t)sqlite3_column_int64(s, D_LUMP);
	a->restarts += (uint64_t)sqlite3_column_int64(s, D_RESTARTS);
	a->unsure += (uint64_t)sqlite3_column_int64(s, D_UNSURE);
	if (sqlite3_column_type(s, D_CLIENTS) == SQLITE_NULL)
		return;
	a->peak_sum += (uint64_t)sqlite3_column_int64(s, D_CLIENTS);
	a->peak_days++;
}

/* Rows of a day, devices and access points are all in order of numbers: one walk a day. */
static int
walk_days(struct owned_aps *o, const struct ledger_devices *ds, const struct ledger_span *span,
    sqlite3_stmt *s)
{
	size_t at = 0, dev = 0, n;
	const struct ledger_device *all = ledger_devices_all(ds, &n);
	struct zone_day day = {0};
	int step;

	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		uint32_t device = (uint32_t)sqlite3_column_int64(s, D_DEVICE);
		kk_day name = (kk_day)sqlite3_column_int64(s, D_DAY);

		if (name != day.day) {
			if (zone_day_bounds(name, &day) != KK_OK)
				continue;
			at = dev = 0;
		}
		while (at < o->list.n && o->list.at[at].num < device)
			at++;
		while (dev < n && all[dev].num < device)
			dev++;
		if (at == o->list.n || o->list.at[at].num != device || dev == n)
			continue;
		if (ledger_devices_on(ds, &all[dev], name)->account ==
		    (unsigned)sqlite3_column_int(s, D_SOURCE))
			add_day(&o->list.at[at], span, &day, s);
	}
	return step == SQLITE_DONE ? KK_OK : KK_E_DB;
}

static int
read_days(struct db *db, struct owned_aps *o, const struct ledger_span *span, struct diag *d)
{
	const struct usage_query q = {.by = USAGE_CITY};
	struct ledger_devices *ds = NULL;
	sqlite3_stmt *s;
	int rc = ledger_devices_read(db, &q, &ds, d);

	if (rc == KK_OK)
		rc = db_prepare(db, days_sql, &s, d);
	if (rc == KK_OK) {
		sqlite3_bind_int64(s, 1, span->from);
		sqlite3_bind_int64(s, 2, span->to);
		if ((rc = walk_days(o, ds, span, s)) != KK_OK)
			rc = db_error(db, d, "read the ledger");
		sqlite3_finalize(s);
	}
	ledger_devices_free(ds);
	return rc;
}

/* ---- the list ---- */

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int
set_possible(struct owned_aps *o, const struct ledger_span *span)
{
	struct zone_day first, last;

	if (zone_day_bounds(span->from, &first) != KK_OK ||
	    zone_day_bounds(span->to, &last) != KK_OK || span->to < span->from)
		return KK_E_RANGE;
	for (size_t i = 0; i < o->list.n; i++) {
		struct ledger_ap *a = &o->list.at[i];
		int64_t from = later(first.from_s, a->added_s);
		int64_t to = sooner(sooner(last.to_s, span->now_s), a->retired_s);

		a->possible_s = to > from ? (uint64_t)(to - from) : 0;
	}
	return KK_OK;
}

int
ledger_aps(struct db *db, const struct ledger_span *span, struct ledger_aps **out, struct diag *d)
{
	struct owned_aps *o = calloc(1, sizeof(*o));
	int rc = KK_E_NOMEM;

	*out = NULL;
	if (o == NULL || (o->texts = region_new()) == NULL)
		goto fail;
	rc = read_aps(db, o, d);
	if (rc == KK_OK && span->from != 0) {
		if ((rc = set_possible(o, span)) != KK_OK)
			diag_set(d, rc, "no days: %d to %d", (int)span->from, (int)span->to);
		else
			rc = read_days(db, o, span, d);
	}
	if (rc != KK_OK)
		goto fail;
	*out = &o->list;
	return KK_OK;
fail:
	ledger_aps_free(o != NULL ? &o->list : NULL);
	return rc == KK_E_NOMEM ? diag_set(d, rc, "%s: out of memory", db_file(db)) : rc;
}

void
ledger_aps_free(struct ledger_aps *a)
{
	struct owned_aps *o = (struct owned_aps *)a;

	if (o == NULL)
		return;
	region_free(o->texts);
	free(o->list.at);
	free(o);
}

int
ledger_first_day(struct db *db, kk_day *out, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT min(day) FROM usage_day", &s, d);

	*out = 0;
	if (rc != KK_OK)
		return rc;
	if (sqlite3_step(s) == SQLITE_ROW)
		*out = (kk_day)sqlite3_column_int64(s, 0);
	else
		rc = db_error(db, d, "read the ledger");
	sqlite3_finalize(s);
	return rc;
}
