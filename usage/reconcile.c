/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/reconcile.h"

#include <math.h>
#include <stdio.h>

#include "rrd/archive/archive.h"
#include "rrd/db/inventory.h"
#include "usage/busy_read.h"

#define HOUR_S	     3600
#define YOUNG_HOURS  24 /* a file that begins later than that within the month */
#define FITS_PER_MIL 1
#define KEY_MAX	     512

#define RECONCILE_AS_WORD(id, word) word,
#define RECONCILE_AS_TEXT(id, word) TEXT_RECONCILE_##id,

static const enum text_id texts[] = {RECONCILE_CAUSES(RECONCILE_AS_TEXT)};

const char *
reconcile_word(enum reconcile_cause cause)
{
	static const char *const words[] = {RECONCILE_CAUSES(RECONCILE_AS_WORD)};

	return words[cause];
}

static int
fits(uint64_t ledger, uint64_t archive)
{
	uint64_t off = ledger > archive ? ledger - archive : archive - ledger;

	return (unsigned __int128)off * 1000 <= (unsigned __int128)ledger * FITS_PER_MIL;
}

enum reconcile_cause
reconcile_judge(const struct ledger_ap *ap, const struct reconcile_archive *a)
{
	if (fits(ap->octets, a->octets))
		return RECONCILE_FITS;
	if (ap->imported_s > 0)
		return RECONCILE_IMPORTED;
	if (!a->there)
		return RECONCILE_NO_ARCHIVE;
	if (a->first >= YOUNG_HOURS && ap->octets > a->octets &&
	    ap->observed_s > (a->hours - a->first) * HOUR_S)
		return RECONCILE_YOUNG;
	if (ap->octets_lump > 0)
		return RECONCILE_LUMP;
	if (ap->restarts > 0)
		return RECONCILE_RESTART;
	return a->unknown > 0 ? RECONCILE_GAP : RECONCILE_UNEXPLAINED;
}

/* ---- a month ---- */

struct work {
	const struct conf *conf;
	struct inventory *inventory;
	struct ledger_aps *aps;
	struct busy_span span;
	struct busy_hours hours;
	struct sheet *sheet;
	uint64_t looked, differ, ledger, archive;
};

/* Octets of the hours that are known. A mean over an hour is no integer: this is the picture. */
static void
sum_hours(const struct work *w, struct reconcile_archive *a)
{
	double sum = 0;
	int begun = 0;

	a->hours = w->span.hours;
	for (size_t i = 0; i < w->span.hours; i++) {
		double down = w->hours.at[BUSY_DOWN][i], up = w->hours.at[BUSY_UP][i];

		if (isnan(down) || isnan(up)) {
			a->unknown++;
			a->first += !begun;
			continue;
		}
		begun = 1;
		sum += (down + up) * HOUR_S;
	}
	a->octets = sum > 0 && sum < 9e18 ? (uint64_t)sum : 0;
}

static int
read_archive(
    struct work *w, const struct ledger_ap *ap, struct reconcile_archive *a, struct diag *d)
{
	const struct device *dev = inventory_by_num(w->inventory, ap->num);
	char key[KEY_MAX];
	int rc;

	*a = (struct reconcile_archive){0};
	if (dev == NULL)
		return KK_OK;
	busy_hours_clear(&w->span, &w->hours);
	archive_key(dev, dev->account, 0, key, sizeof(key));
	rc = busy_hours_add(w->conf, key, &w->span, &w->hours, d);
	if (rc == KK_E_NOTFOUND)
		return KK_OK;
	a->there = rc == KK_OK;
	if (rc == KK_OK)
		sum_hours(w, a);
	return rc;
}

static void
put(struct work *w, const struct ledger_ap *ap, const struct reconcile_archive *a,
    enum reconcile_cause cause)
{
	struct sheet *s = w->sheet;
	int64_t off = (int64_t)(a->octets - ap->octets);

	sheet_text(s, ap->id);
	sheet_text(s, ap->name);
	sheet_text(s, ap->district);
	sheet_number(s, ap->octets);
	if (a->there)
		sheet_number(s, a->octets);
	else
		sheet_unknown(s);
	if (a->there && ap->octets > 0)
		sheet_percent(s, (int64_t)((__int128)off * 1000 / (__int128)ap->octets));
	else
		sheet_unknown(s);
	sheet_word(s, reconcile_word(cause), texts[cause]);
	sheet_number(s, a->unknown);
}

static int
compare(struct work *w, const struct ledger_ap *ap, struct diag *d)
{
	struct reconcile_archive a;
	enum reconcile_cause cause;
	int rc = read_archive(w, ap, &a, d);

	if (rc != KK_OK)
		return rc;
	if (ap->octets == 0 && a.octets == 0)
		return KK_OK; /* nothing on either side */
	cause = reconcile_judge(ap, &a);
	w->looked++;
	w->ledger += ap->octets;
	w->archive += a.octets;
	if (cause == RECONCILE_FITS)
		return KK_OK;
	w->differ++;
	put(w, ap, &a, cause);
	return KK_OK;
}

static void
columns(struct sheet *s)
{
	sheet_column(s, "ap", TEXT_KEY_AP, SHEET_TEXT);
	sheet_column(s, "name", TEXT_NAME, SHEET_TEXT);
	sheet_column(s, "district", TEXT_KEY_DISTRICT, SHEET_TEXT);
	sheet_column(s, "octets", TEXT_RECONCILE_LEDGER, SHEET_OCTETS);
	sheet_column(s, "octets_archive", TEXT_RECONCILE_ARCHIVE, SHEET_OCTETS);
	sheet_column(s, "difference_percent", TEXT_RECONCILE_OFF, SHEET_GROWTH);
	sheet_column(s, "cause", TEXT_RECONCILE_CAUSE, SHEET_TEXT);
	sheet_column(s, "hours_unknown", TEXT_RECONCILE_UNKNOWN, SHEET_COUNT);
}

/* All together: how many were looked at, and how many differ. */
static void
total(struct work *w)
{
	struct ledger_ap sum = {.id = "", .name = "", .district = "", .octets = w->ledger};
	struct reconcile_archive a = {.there = 1, .octets = w->archive};
	char of[64];

	snprintf(of, sizeof(of), "%llu / %llu", (unsigned long long)w->differ,
	    (unsigned long long)w->looked);
	sum.id = of;
	sheet_totals(w->sheet);
	put(w, &sum, &a, fits(w->ledger, w->archive) ? RECONCILE_FITS : RECONCILE_UNEXPLAINED);
}

static int
open_work(struct work *w, struct db *db, kk_day month, int64_t now_s, struct diag *d)
{
	struct zone_day first, behind;
	struct ledger_span span = {.from = month * 100 + 1, .now_s = now_s};
	int rc = zone_day_bounds(span.from, &first);

	if (rc == KK_OK)
		rc = zone_day_bounds(zone_month_add(month, 1) * 100 + 1, &behind);
	if (rc == KK_OK)
		rc = busy_span_make(
		    first.from_s, behind.from_s < now_s ? behind.from_s : now_s, &w->span);
	if (rc != KK_OK)
		return diag_set(d, rc, "%04d-%02d: %s", (int)(month / 100), (int)(month % 100),
		    rc == KK_E_RANGE ? "no month that has begun" : kk_strerror(rc));
	span.to = zone_day_add(zone_month_add(month, 1) * 100 + 1, -1);
	if ((rc = busy_hours_make(&w->span, &w->hours)) != KK_OK)
		return diag_set(d, rc, "out of memory");
	if ((rc = inventory_read(db, &w->inventory, d)) != KK_OK)
		return rc;
	return ledger_aps(db, &span, &w->aps, d);
}

int
reconcile_month(const struct conf *c, struct db *db, kk_day month, int64_t now_s,
    struct sheet **out, struct diag *d)
{
	struct work w = {.conf = c, .sheet = sheet_new("reconcile", TEXT_RECONCILE_TITLE)};
	int rc = w.sheet != NULL ? open_work(&w, db, month, now_s, d)
				 : diag_set(d, KK_E_NOMEM, "out of memory");
	char about[16];

	if (rc == KK_OK) {
		snprintf(about, sizeof(about), "%04d-%02d", (int)(month / 100), (int)(month % 100));
		sheet_about(w.sheet, about);
		columns(w.sheet);
		sheet_note(w.sheet, TEXT_RECONCILE_METHOD);
	}
	for (size_t i = 0; rc == KK_OK && i < w.aps->n; i++)
		rc = compare(&w, &w.aps->at[i], d);
	if (rc == KK_OK) {
		total(&w);
		if ((rc = sheet_error(w.sheet)) != KK_OK)
			diag_set(d, rc, "%s", kk_strerror(rc));
	}
	ledger_aps_free(w.aps);
	inventory_free(w.inventory);
	busy_hours_free(&w.hours);
	busy_span_free(&w.span);
	if (rc == KK_OK)
		*out = w.sheet;
	else
		sheet_free(w.sheet);
	return rc;
}
