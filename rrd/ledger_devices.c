/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger_devices.h"

#include <stdlib.h>
#include <string.h>

#include "lib/region.h"
#include "lib/text.h"

/* A set of texts: open addressing over text_hash(), index + 1 into some array. */
struct index {
	uint32_t *slot;
	size_t mask;
};

struct ledger_devices {
	struct region *texts;
	const struct usage_query *q; /* while it is read */
	struct ledger_device *all;
	size_t n, room;
	struct ledger_belonging *belongings;
	size_t n_belongings, belongings_room;
	const char **keys;
	size_t n_keys, keys_room;
	struct index by_key, by_id;
	struct ledger_belonging nowhere; /* of a device that has no row in `belonging` */
};

static void *
grow(void *array, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 256;
	void *bigger;

	if (n < *room)
		return array;
	bigger = realloc(array, more * size);
	if (bigger != NULL)
		*room = more;
	return bigger;
}

static size_t
slot_of_key(const struct ledger_devices *ds, const char *key)
{
	size_t at = text_hash(key, strlen(key)) & ds->by_key.mask;

	while (ds->by_key.slot[at] != 0 && strcmp(ds->keys[ds->by_key.slot[at] - 1], key) != 0)
		at = (at + 1) & ds->by_key.mask;
	return at;
}

static int
index_keys(struct ledger_devices *ds)
{
	size_t size = ds->by_key.slot ? (ds->by_key.mask + 1) * 2 : 256;
	uint32_t *slot = calloc(size, sizeof(*slot));

	if (slot == NULL)
		return KK_E_NOMEM;
	free(ds->by_key.slot);
	ds->by_key = (struct index){slot, size - 1};
	for (size_t i = 0; i < ds->n_keys; i++)
		ds->by_key.slot[slot_of_key(ds, ds->keys[i])] = (uint32_t)i + 1;
	return KK_OK;
}

int
ledger_devices_key(struct ledger_devices *ds, const char *key, uint32_t *out)
{
	size_t at = slot_of_key(ds, key);
	const char **keys;
	char *copy;

	if (ds->by_key.slot[at] != 0) {
		*out = ds->by_key.slot[at] - 1;
		return KK_OK;
	}
	keys = grow(ds->keys, ds->n_keys, &ds->keys_room, sizeof(*keys));
	if (keys != NULL)
		ds->keys = keys;
	copy = keys != NULL ? region_strdup(ds->texts, key) : NULL;
	if (copy == NULL)
		return KK_E_NOMEM;
	ds->keys[ds->n_keys] = copy;
	ds->by_key.slot[at] = (uint32_t)++ds->n_keys;
	*out = (uint32_t)ds->n_keys - 1;
	return ds->n_keys * 2 > ds->by_key.mask ? index_keys(ds) : KK_OK;
}

enum {
	Q_NUM,
	Q_ID,
	Q_KIND,
	Q_ADDED,
	Q_RETIRED,
	Q_SINCE,
	Q_ACCOUNT,
	Q_KEY,
	Q_DISTRICT,
	Q_PHASE,
	Q_TYPE,
	Q_SITE
};

/* Only what is needed is read: this is done for every report. */
#define QUERY(key, filters)                                                       \
	"SELECT num, id, kind, added, retired, since, account, " key ", " filters \
	" FROM device LEFT JOIN belonging ON device = num ORDER BY num, since"
#define FILTERS	   "district, phase, site_type, site"
#define NO_FILTERS "NULL, NULL, NULL, NULL"
#define BOTH(key)                                           \
	{                                                   \
		QUERY(key, NO_FILTERS), QUERY(key, FILTERS) \
	}

static const char *const queries[USAGE_BELONGING + 1][2] = {
    [USAGE_CITY] = BOTH("'city'"),
    [USAGE_DISTRICT] = BOTH("district"),
    [USAGE_PHASE] = BOTH("phase"),
    [USAGE_SITE] = BOTH("site"),
    [USAGE_AP] = BOTH("id"),
    [USAGE_TYPE] = BOTH("site_type"),
    [USAGE_INSTALLED] = BOTH(USAGE_INSTALLED_SQL),
    [USAGE_PLACE] = BOTH("place"),
    [USAGE_BELONGING] =
	BOTH("id || char(31) || ifnull(since, 0) || char(31) || ifnull(district, '')"
	     " || char(31) || ifnull(site, '') || char(31) || ifnull(site_type, '')"
	     " || char(31) || ifnull(phase, '')"),
};

static int
is_filtered(const struct usage_query *q)
{
	return q->district || q->phase || q->site_type || q->site;
}

static int
matches(sqlite3_stmt *s, int column, const char *wanted)
{
	return wanted == NULL || strcmp(db_column_text(s, column), wanted) == 0;
}

static int
passes(const struct usage_query *q, sqlite3_stmt *s)
{
	return matches(s, Q_DISTRICT, q->district) && matches(s, Q_PHASE, q->phase) &&
	       matches(s, Q_TYPE, q->site_type) && matches(s, Q_SITE, q->site);
}

/* Whether what belongs nowhere counts. */
static int
is_nowhere(const struct usage_query *q)
{
	return (q->district == NULL || q->district[0] == '\0') &&
	       (q->phase == NULL || q->phase[0] == '\0') &&
	       (q->site_type == NULL || q->site_type[0] == '\0') &&
	       (q->site == NULL || q->site[0] == '\0');
}

static int
take_device(struct ledger_devices *ds, sqlite3_stmt *s, uint32_t num)
{
	struct ledger_device *all = grow(ds->all, ds->n, &ds->room, sizeof(*all)), *dev;

	if (all == NULL)
		return KK_E_NOMEM;
	ds->all = all;
	dev = &ds->all[ds->n++];
	*dev = (struct ledger_device){.num = num,
	    .id = region_strdup(ds->texts, db_column_text(s, Q_ID)),
	    .is_ap = strcmp(db_column_text(s, Q_KIND), "ap") == 0,
	    .added_s = sqlite3_column_int64(s, Q_ADDED),
	    .retired_s = sqlite3_column_type(s, Q_RETIRED) == SQLITE_NULL
			     ? INT64_MAX
			     : sqlite3_column_int64(s, Q_RETIRED),
	    .first = ds->n_belongings};
	return dev->id != NULL ? KK_OK : KK_E_NOMEM;
}

static int
take_belonging(struct ledger_devices *ds, sqlite3_stmt *s)
{
	struct ledger_belonging *b =
	    grow(ds->belongings, ds->n_belongings, &ds->belongings_room, sizeof(*b));
	int rc;

	if (b == NULL)
		return KK_E_NOMEM;
	ds->belongings = b;
	b = &ds->belongings[ds->n_belongings];
	b->since = (kk_day)sqlite3_column_int64(s, Q_SINCE);
	b->account = (unsigned)sqlite3_column_int(s, Q_ACCOUNT);
	b->key = LEDGER_NO_KEY;
	rc = KK_OK;
	if (!is_filtered(ds->q) || passes(ds->q, s))
		rc = ledger_devices_key(ds, db_column_text(s, Q_KEY), &b->key);
	if (rc != KK_OK)
		return rc;
	ds->n_belongings++;
	ds->all[ds->n - 1].n++;
	return KK_OK;
}

static int
take_row(struct ledger_devices *ds, sqlite3_stmt *s)
{
	uint32_t num = (uint32_t)sqlite3_column_int64(s, Q_NUM);
	int rc = KK_OK;

	if (ds->n == 0 || ds->all[ds->n - 1].num != num)
		rc = take_device(ds, s, num);
	if (rc == KK_OK && sqlite3_column_type(s, Q_SINCE) != SQLITE_NULL)
		rc = take_belonging(ds, s);
	return rc;
}

static int
index_ids(struct ledger_devices *ds)
{
	size_t size = 256;

	while (size < ds->n * 2)
		size *= 2;
	ds->by_id = (struct index){calloc(size, sizeof(uint32_t)), size - 1};
	if (ds->by_id.slot == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < ds->n; i++) {
		size_t at = text_hash(ds->all[i].id, strlen(ds->all[i].id)) & ds->by_id.mask;

		while (ds->by_id.slot[at] != 0)
			at = (at + 1) & ds->by_id.mask;
		ds->by_id.slot[at] = (uint32_t)i + 1;
	}
	return KK_OK;
}

static int
read_rows(struct ledger_devices *ds, struct db *db, struct diag *d)
{
	sqlite3_stmt *s;
	int step;
	int rc = db_prepare(db, queries[ds->q->by][is_filtered(ds->q)], &s, d);

	if (rc != KK_OK)
		return rc;
	while ((step = sqlite3_step(s)) == SQLITE_ROW && rc == KK_OK)
		rc = take_row(ds, s);
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read the devices");
	sqlite3_finalize(s);
	return rc;
}

int
ledger_devices_read(
    struct db *db, const struct usage_query *q, struct ledger_devices **out, struct diag *d)
{
	struct ledger_devices *ds = calloc(1, sizeof(*ds));
	int rc = KK_E_NOMEM;

	*out = NULL;
	if (ds != NULL)
		ds->texts = region_new();
	if (ds == NULL || ds->texts == NULL || index_keys(ds) != KK_OK)
		goto fail;
	ds->q = q;
	ds->nowhere.key = LEDGER_NO_KEY;
	rc = KK_OK;
	if (is_nowhere(q))
		rc = ledger_devices_key(ds, q->by == USAGE_CITY ? "city" : "", &ds->nowhere.key);
	if (rc == KK_OK)
		rc = read_rows(ds, db, d);
	if (rc == KK_OK)
		rc = index_ids(ds);
	if (rc == KK_OK) {
		ds->q = NULL;
		*out = ds;
		return KK_OK;
	}
fail:
	ledger_devices_free(ds);
	return rc == KK_E_NOMEM ? diag_set(d, rc, "%s: out of memory", db_file(db)) : rc;
}

void
ledger_devices_free(struct ledger_devices *ds)
{
	if (ds == NULL)
		return;
	region_free(ds->texts);
	free(ds->all);
	free(ds->belongings);
	free(ds->keys);
	free(ds->by_key.slot);
	free(ds->by_id.slot);
	free(ds);
}

const struct ledger_device *
ledger_devices_all(const struct ledger_devices *ds, size_t *n)
{
	*n = ds->n;
	return ds->all;
}

const struct ledger_device *
ledger_devices_by_num(const struct ledger_devices *ds, size_t *at, uint32_t num)
{
	if (*at >= ds->n || ds->all[*at].num > num)
		*at = 0;
	while (*at < ds->n && ds->all[*at].num < num)
		++*at;
	return *at < ds->n && ds->all[*at].num == num ? &ds->all[*at] : NULL;
}

const struct ledger_device *
ledger_devices_by_id(const struct ledger_devices *ds, const char *id)
{
	size_t at = text_hash(id, strlen(id)) & ds->by_id.mask;

	for (; ds->by_id.slot[at] != 0; at = (at + 1) & ds->by_id.mask) {
		const struct ledger_device *dev = &ds->all[ds->by_id.slot[at] - 1];

		if (strcmp(dev->id, id) == 0)
			return dev;
	}
	return NULL;
}

const struct ledger_belonging *
ledger_devices_belonging(const struct ledger_devices *ds, const struct ledger_device *dev, size_t i)
{
	return &ds->belongings[dev->first + i];
}

const struct ledger_belonging *
ledger_devices_on(const struct ledger_devices *ds, const struct ledger_device *dev, kk_day day)
{
	for (size_t i = dev->n; i-- > 0;)
		if (ds->belongings[dev->first + i].since <= day)
			return &ds->belongings[dev->first + i];
	/* Older than its first belonging: nothing else is known of it. */
	return dev->n > 0 ? &ds->belongings[dev->first] : &ds->nowhere;
}

size_t
ledger_devices_belongings(const struct ledger_devices *ds)
{
	return ds->n_belongings;
}

const char *const *
ledger_devices_keys(const struct ledger_devices *ds, size_t *n)
{
	*n = ds->n_keys;
	return (const char *const *)ds->keys;
}
