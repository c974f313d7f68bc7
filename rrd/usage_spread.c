/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/usage_spread.h"

#include <stdio.h>

/* One period, and where its days go. */
struct period {
	const char *id, *district;
	kk_day first, last;
	uint64_t octets;
	const struct ledger_device *dev; /* NULL: not of the inventory */
};

uint64_t
usage_spread(uint64_t octets, unsigned days, unsigned from, unsigned to)
{
	uint64_t part = octets / days, sum = part * (to - from);

	return to == days ? sum + (octets - part * days) : sum;
}

/* Days since 0000-03-01: years begin in March, so that a leap day is the last. */
static int64_t
day_number(kk_day day)
{
	int64_t y = day / 10000, m = day / 100 % 100;

	if (m < 3) {
		m += 12;
		y--;
	}
	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 + day % 100;
}

unsigned
usage_days_between(kk_day first, kk_day last)
{
	return (unsigned)(day_number(last) - day_number(first));
}

static int
has_filter(const struct usage_query *q)
{
	return q->district || q->phase || q->site_type || q->site;
}

/* The key of an id that the inventory lacks. */
static int
unlisted_key(
    const struct usage_query *q, struct ledger_devices *ds, const struct period *p, uint32_t *key)
{
	char belonging[512];

	switch (q->by) {
	case USAGE_CITY:
		return ledger_devices_key(ds, "city", key);
	case USAGE_AP:
		return ledger_devices_key(ds, p->id, key);
	case USAGE_BELONGING:
		snprintf(belonging, sizeof(belonging),
		    "%s" USAGE_PART "-1" USAGE_PART "%s" USAGE_PART USAGE_PART USAGE_PART, p->id,
		    p->district);
		return ledger_devices_key(ds, belonging, key);
	default:
		return ledger_devices_key(ds, USAGE_UNLISTED, key);
	}
}

/* Days [from, to] of the period, which lie in one slot and one belonging. */
static int
add_days(struct usage_sums *m, const struct period *p, uint32_t key, const struct usage_slot *slot,
    kk_day from, kk_day to)
{
	unsigned at = usage_days_between(p->first, from),
		 end = usage_days_between(p->first, to) + 1;
	struct usage_sum sum = {.octets_undirected = usage_spread(
				    p->octets, usage_days_between(p->first, p->last) + 1, at, end),
	    .days_imported = end - at,
	    .days_spread = end - at};
	struct zone_day a, b;

	if (p->dev != NULL && zone_day_bounds(from, &a) == KK_OK &&
	    zone_day_bounds(to, &b) == KK_OK)
		sum.imported_s = usage_sums_in_service(m, p->dev, a.from_s, b.to_s);
	return usage_sums_add(m, key, slot, &sum);
}

/* The part of a slot that a period has, by belongings. */
static int
add_listed(struct ledger_devices *ds, struct usage_sums *m, const struct period *p,
    const struct usage_slot *slot, kk_day from, kk_day to)
{
	int rc = KK_OK;

	while (from <= to && rc == KK_OK) {
		const struct ledger_belonging *b = ledger_devices_on(ds, p->dev, from);
		kk_day end = to;

		for (size_t i = 0; i < p->dev->n; i++) {
			kk_day since = ledger_devices_belonging(ds, p->dev, i)->since;

			if (since > from && since <= end)
				end = zone_day_add(since, -1);
		}
		if (b->key != LEDGER_NO_KEY) {
			rc = add_days(m, p, b->key, slot, from, end);
			if (rc == KK_OK)
				rc = usage_sums_count(m, p->dev, b, slot);
		}
		from = zone_day_add(end, 1);
	}
	return rc;
}

static int
add_period(const struct usage_query *q, struct ledger_devices *ds, struct usage_sums *m,
    const struct period *p)
{
	size_t n;
	const struct usage_slot *slots = usage_sums_slots(m, &n);
	uint32_t key = LEDGER_NO_KEY;
	int rc = KK_OK;

	if (p->dev == NULL && has_filter(q))
		return KK_OK;
	if (p->dev == NULL)
		rc = unlisted_key(q, ds, p, &key);
	for (size_t i = 0; i < n && rc == KK_OK; i++) {
		int is_day = q->period == USAGE_DAYS;
		kk_day from = is_day ? slots[i].name : slots[i].name * 100 + 1;
		kk_day to =
		    is_day ? from : zone_day_add(zone_month_add(slots[i].name, 1) * 100 + 1, -1);

		from = from > p->first ? from : p->first;
		to = to < p->last ? to : p->last;
		if (from > to)
			continue;
		if (p->dev != NULL)
			rc = add_listed(ds, m, p, &slots[i], from, to);
		else
			rc = add_days(m, p, key, &slots[i], from, to);
	}
	return rc;
}

static int
read_rows(
    sqlite3_stmt *s, const struct usage_query *q, struct ledger_devices *ds, struct usage_sums *m)
{
	int step, rc = KK_OK;

	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
		struct period p = {.id = db_column_text(s, 0),
		    .first = (kk_day)sqlite3_column_int64(s, 1),
		    .last = (kk_day)sqlite3_column_int64(s, 2),
		    .octets = (uint64_t)sqlite3_column_int64(s, 3),
		    .district = db_column_text(s, 4)};

		p.dev = ledger_devices_by_id(ds, p.id);
		if (p.dev == NULL || p.dev->is_ap)
			rc = add_period(q, ds, m, &p);
	}
	return rc == KK_OK && step != SQLITE_DONE ? KK_E_DB : rc;
}

int
usage_spread_read(struct db *db, const struct usage_query *q, struct ledger_devices *ds,
    struct usage_sums *m, struct diag *d)
{
	size_t n;
	const struct usage_slot *slots = usage_sums_slots(m, &n);
	int is_day = q->period == USAGE_DAYS, rc;
	sqlite3_stmt *s;

	if (q->source > 0)
		return KK_OK;
	rc = db_prepare(db,
	    "SELECT id, first, last, octets, ifnull(district, '') FROM usage_period"
	    " WHERE last >= ?1 AND first <= ?2",
	    &s, d);
	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int64(s, 1, is_day ? slots[0].name : slots[0].name * 100);
	sqlite3_bind_int64(s, 2, is_day ? slots[n - 1].name : slots[n - 1].name * 100 + 31);
	rc = read_rows(s, q, ds, m);
	if (rc == KK_E_DB)
		rc = db_error(db, d, "read the periods");
	sqlite3_finalize(s);
	return rc;
}
