/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The busiest day and hour, the 95th percentile, the busy hour. */
#include <stdio.h>

#include "rrd/archive/archive.h"
#include "rrd/db/inventory.h"
#include "usage/hours.h"
#include "usage/people.h"
#include "usage/report_index.h"
#include "usage/report_sheet.h"
#include "usage/shows.h"

#define KEY_ROOM 300
#define HOUR_S	 3600

struct peaks {
	const struct conf *conf;
	const struct ask *ask;
	const struct report *r;
	struct inventory *inventory; /* of access points; NULL: others are asked for */
	struct report *days, *whole; /* by the same keys, and all together; per day */
	struct report_index *index;  /* of `days` */
	struct people *users;
	struct sheet *s;
};

/* ---- days ---- */

/* The question again, per day, over the same time. */
static int
read_days(struct db *db, const struct report *r, struct ask a, struct report **out, struct diag *d)
{
	int64_t from_s, to_s, unused;

	*out = NULL;
	if (report_period_bounds(r->period, r->from, &from_s, &unused) != KK_OK ||
	    report_period_bounds(r->period, r->to, &unused, &to_s) != KK_OK)
		return KK_E_RANGE;
	a.q.period = USAGE_DAYS;
	a.q.from = ask_period_of(USAGE_DAYS, from_s);
	a.q.to = ask_period_of(USAGE_DAYS, to_s - 1);
	a.top = a.bottom = 0;
	return ask_report(db, &a, out, d);
}

static const struct report_row *
days_of(const struct peaks *p, const struct report_row *row)
{
	size_t at;

	if (row == &p->r->total)
		return p->whole->n > 0 ? &p->whole->rows[0] : NULL;
	at = report_index_find(p->index, row->key);
	return at < p->days->n ? &p->days->rows[at] : NULL;
}

static void
put_peak_day(const struct peaks *p, const struct report_row *row, const struct report_cell *c)
{
	const struct report_row *days = days_of(p, row);
	const struct report_cell *most = NULL;
	int64_t from_s = 0, to_s = 0;
	kk_day from, to;

	report_period_bounds(p->r->period, c->period, &from_s, &to_s);
	from = ask_period_of(USAGE_DAYS, from_s);
	to = ask_period_of(USAGE_DAYS, to_s - 1);
	for (size_t i = 0; days != NULL && i < days->n; i++) {
		const struct report_cell *day = &days->cells[i];

		if (day->period >= from && day->period <= to && day->known &&
		    (most == NULL || day->octets > most->octets))
			most = day;
	}
	if (most == NULL) {
		sheet_unknown(p->s);
		sheet_unknown(p->s);
		return;
	}
	sheet_number(p->s, (uint64_t)most->period);
	/* A day that was not observed whole may have been a busier one. */
	if (c->marks)
		sheet_doubt(p->s);
	sheet_number(p->s, most->octets);
	sheet_mark(p->s, most->marks);
}

/* ---- hours ---- */

/* The archive of a key; NULL: there is none of such keys, or of what the filters leave of it. */
static const char *
archive_of(const struct peaks *p, const struct report_row *row, char key[KEY_ROOM])
{
	const struct usage_query *q = &p->ask->q;
	const struct device *dev;

	if (row == &p->r->total || q->by == USAGE_CITY)
		return shows_whole_key(q, key, KEY_ROOM);
	if (q->phase != NULL || q->site_type != NULL || row->key[0] == '\0')
		return NULL;
	switch (q->by) {
	case USAGE_DISTRICT:
		return q->site == NULL ? archive_area_key("district", row->key, key, KEY_ROOM)
				       : NULL;
	case USAGE_SITE:
		return q->district == NULL ? archive_area_key("site", row->key, key, KEY_ROOM)
					   : NULL;
	case USAGE_AP:
		dev = p->inventory ? inventory_by_id(p->inventory, row->key) : NULL;
		return dev != NULL ? archive_key(dev, dev->account, 0, key, KEY_ROOM) : NULL;
	default:
		return NULL;
	}
}

/* "2021-07-31 21:00", local. */
static const char *
hour_text(int64_t utc_s, char out[32])
{
	struct zone_day day = {0};

	zone_day_of(utc_s, &day);
	snprintf(out, 32, "%04d-%02d-%02d %02d:00", (int)(day.day / 10000),
	    (int)(day.day / 100 % 100), (int)(day.day % 100), (int)((utc_s - day.from_s) / HOUR_S));
	return out;
}

static void
put_hours(struct sheet *s, const struct hours *h, const struct hours_figures *f)
{
	unsigned marks = f->known < h->n ? MARK_PARTIAL : 0;
	char text[32];

	if (f->known == 0) {
		for (int i = 0; i < 6; i++)
			sheet_unknown(s);
		return;
	}
	sheet_text(s, hour_text(f->peak_s, text));
	sheet_number(s, f->peak_bits);
	sheet_mark(s, marks);
	sheet_number(s, f->p95_bits);
	sheet_mark(s, marks);
	snprintf(text, sizeof(text), "%02u–%02u", f->busy_hour, f->busy_hour + 1);
	sheet_text(s, text);
	if (f->clients_known) {
		sheet_number(s, f->busy_clients);
		sheet_mark(s, marks);
	} else
		sheet_unknown(s);
	sheet_percent(s, figure_share(f->known, h->n).tenths);
}

/* The mean of the days on which somebody counted. */
static void
put_users(const struct peaks *p, const struct report_row *row, size_t k)
{
	struct people_days u = people_of(p->users, row, k);

	if (u.days == 0) {
		sheet_unknown(p->s);
		return;
	}
	sheet_number(p->s, (u.sum + u.days / 2) / u.days);
	sheet_note(p->s, TEXT_NOTE_USERS);
	if (u.partial)
		sheet_mark(p->s, MARK_PARTIAL);
}

static int
put_period(struct peaks *p, const struct report_row *row, size_t k, struct diag *d)
{
	const struct report_cell *c = &row->cells[k];
	struct hours_figures f = {0};
	struct hours h = {0};
	int64_t from_s, to_s;
	char key[KEY_ROOM];
	const char *archive = archive_of(p, row, key);
	int rc = report_period_bounds(p->r->period, c->period, &from_s, &to_s);

	if (rc != KK_OK)
		return rc;
	if (p->ask->q.now_s > 0 && to_s > p->ask->q.now_s)
		to_s = p->ask->q.now_s - p->ask->q.now_s % HOUR_S;
	if (archive != NULL && to_s > from_s) {
		rc = hours_fetch(p->conf, archive, from_s, to_s, &h, d);
		if (rc == KK_OK)
			rc = hours_judge(&h, &f);
	}
	if (rc == KK_OK) {
		report_key_cells(p->s, p->r, row, c->period);
		report_percent(p->s, c->coverage, 0, 0);
		put_peak_day(p, row, c);
		put_hours(p->s, &h, &f);
		put_users(p, row, k);
	}
	hours_free(&h);
	return rc;
}

/* ---- the sheet ---- */

static void
columns(struct peaks *p)
{
	struct sheet *s = p->s = sheet_new("peaks", TEXT_PEAKS_TITLE);

	report_key_columns(s, p->r);
	sheet_column(s, "coverage_percent", TEXT_COVERAGE, SHEET_PERCENT);
	sheet_column(s, "peak_day", TEXT_PEAK_DAY, SHEET_DAY);
	sheet_column(s, "peak_day_octets", TEXT_PEAK_OCTETS, SHEET_OCTETS);
	sheet_column(s, "peak_hour", TEXT_PEAK_HOUR, SHEET_TEXT | SHEET_DETAIL);
	sheet_column(s, "peak_hour_bits_per_second", TEXT_PEAK_RATE, SHEET_RATE | SHEET_DETAIL);
	sheet_column(s, "p95_bits_per_second", TEXT_P95, SHEET_RATE | SHEET_DETAIL);
	sheet_column(s, "busy_hour", TEXT_BUSY_HOUR, SHEET_TEXT | SHEET_DETAIL);
	sheet_column(s, "busy_hour_clients", TEXT_BUSY_CLIENTS, SHEET_COUNT | SHEET_DETAIL);
	sheet_column(s, "hours_percent", TEXT_HOURS_KNOWN, SHEET_PERCENT | SHEET_DETAIL);
	sheet_column(s, "users_a_day", TEXT_USERS_DAY, SHEET_COUNT | SHEET_DETAIL);
	sheet_note(s, TEXT_NOTE_PEAKS);
}

static int
put_row(struct peaks *p, const struct report_row *row, struct diag *d)
{
	int rc = KK_OK;

	for (size_t k = 0; k < row->n && rc == KK_OK; k++)
		rc = put_period(p, row, k, d);
	return rc;
}

static int
put_all(struct peaks *p, struct diag *d)
{
	int rc = KK_OK;

	columns(p);
	for (size_t i = 0; i < p->r->n && rc == KK_OK; i++)
		rc = put_row(p, &p->r->rows[i], d);
	sheet_totals(p->s);
	if (rc == KK_OK && p->r->by != USAGE_CITY && p->r->n > 0)
		rc = put_row(p, &p->r->total, d);
	return rc == KK_OK ? sheet_error(p->s) : rc;
}

static int
prepare(struct peaks *p, struct db *db, struct diag *d)
{
	struct ask whole = *p->ask;
	int rc = read_days(db, p->r, *p->ask, &p->days, d);

	whole.q.by = USAGE_CITY;
	if (rc == KK_OK)
		rc = read_days(db, p->r, whole, &p->whole, d);
	if (rc == KK_OK && p->ask->q.by == USAGE_AP)
		rc = inventory_read(db, &p->inventory, d);
	if (rc == KK_OK)
		rc = people_read(db, &p->ask->q, p->r, p->inventory, &p->users, d);
	if (rc == KK_OK && (p->index = report_index_new(p->days)) == NULL)
		rc = KK_E_NOMEM;
	return rc;
}

int
shows_peaks(const struct conf *c, struct db *db, const struct ask *a, const struct report *r,
    struct sheet **out, struct diag *d)
{
	struct peaks p = {.conf = c, .ask = a, .r = r};
	int rc;

	*out = NULL;
	if (r->n > SHOWS_PEAKS_MOST)
		return diag_set(d, KK_E_RANGE,
		    "peaks of more than %d at a time are not told: use --top or a filter",
		    SHOWS_PEAKS_MOST);
	if ((rc = prepare(&p, db, d)) == KK_OK)
		rc = put_all(&p, d);
	if (rc == KK_OK)
		*out = p.s;
	else
		sheet_free(p.s);
	inventory_free(p.inventory);
	report_free(p.days);
	report_free(p.whole);
	report_index_free(p.index);
	people_free(p.users);
	return rc;
}
