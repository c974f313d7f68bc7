/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The week as a heat map. */
#include <stdio.h>

#include "rrd/archive/archive.h"
#include "usage/hours.h"
#include "usage/shows.h"

#define KEY_ROOM 300
#define HOUR_S	 3600

const char *
shows_whole_key(const struct usage_query *q, char *out, size_t room)
{
	if (q->phase != NULL || q->site_type != NULL)
		return NULL;
	if (q->site != NULL)
		return q->district == NULL ? archive_area_key("site", q->site, out, room) : NULL;
	if (q->district != NULL)
		return archive_area_key("district", q->district, out, room);
	return archive_area_key("city", "", out, room);
}

static void
columns(struct sheet *s)
{
	static const struct {
		const char *key;
		enum text_id heading;
	} days[7] = {{"monday", TEXT_MONDAY}, {"tuesday", TEXT_TUESDAY},
	    {"wednesday", TEXT_WEDNESDAY}, {"thursday", TEXT_THURSDAY}, {"friday", TEXT_FRIDAY},
	    {"saturday", TEXT_SATURDAY}, {"sunday", TEXT_SUNDAY}};

	sheet_column(s, "hour", TEXT_HOUR, SHEET_KEY);
	for (int i = 0; i < 7; i++)
		sheet_column(s, days[i].key, days[i].heading, SHEET_RATE);
}

/* How often each hour of the week came, known or not. */
static void
count(const struct hours *h, unsigned came[7][24])
{
	struct zone_day day = {0};

	for (size_t i = 0; i < h->n; i++) {
		int64_t at = h->from_s + (int64_t)i * HOUR_S;
		unsigned hour;

		zone_day_of(at, &day);
		hour = (unsigned)((at - day.from_s) / HOUR_S);
		came[hours_weekday(day.day)][hour > 23 ? 23 : hour]++;
	}
}

static void
rows(struct sheet *s, const struct hours *h)
{
	unsigned came[7][24] = {{0}};
	struct hours_week w;

	hours_week(h, &w);
	count(h, came);
	for (unsigned hour = 0; hour < 24; hour++) {
		char text[16];

		snprintf(text, sizeof(text), "%02u–%02u", hour, hour + 1);
		sheet_text(s, text);
		for (int day = 0; day < 7; day++) {
			if (w.n[day][hour] == 0) {
				sheet_unknown(s);
				continue;
			}
			sheet_number(s, w.bits[day][hour]);
			if (w.n[day][hour] < came[day][hour])
				sheet_mark(s, MARK_PARTIAL);
		}
	}
}

/* "2021-07 · 강남구" */
static void
about(struct sheet *s, const struct ask *a)
{
	const char *where = a->q.site ? a->q.site : a->q.district;
	char from[16], to[16], text[256];

	report_period_text(a->q.from, from);
	report_period_text(a->q.to, to);
	snprintf(text, sizeof(text), "%s%s%s%s%s", from, a->q.from == a->q.to ? "" : " – ",
	    a->q.from == a->q.to ? "" : to, where ? " · " : "", where ? where : "");
	sheet_about(s, text);
}

int
shows_hours(const struct conf *c, const struct ask *a, struct sheet **out, struct diag *d)
{
	struct sheet *s = sheet_new("hours", TEXT_HOURS_TITLE);
	int64_t from_s = 0, to_s = 0, unused;
	struct hours h = {0};
	char key[KEY_ROOM];
	const char *whole = shows_whole_key(&a->q, key, sizeof(key));
	int rc = KK_OK;

	*out = NULL;
	if (report_period_bounds(a->q.period, a->q.from, &from_s, &unused) != KK_OK ||
	    report_period_bounds(a->q.period, a->q.to, &unused, &to_s) != KK_OK)
		rc = KK_E_RANGE;
	if (a->q.now_s > 0 && to_s > a->q.now_s)
		to_s = a->q.now_s - a->q.now_s % HOUR_S;
	if (rc == KK_OK && whole != NULL && to_s > from_s)
		rc = hours_fetch(c, whole, from_s, to_s, &h, d);
	if (rc == KK_OK) {
		about(s, a);
		columns(s);
		rows(s, &h);
		sheet_shade(s);
		sheet_note(s, TEXT_NOTE_HOURS);
		rc = sheet_error(s);
	}
	hours_free(&h);
	if (rc == KK_OK)
		*out = s;
	else
		sheet_free(s);
	return rc;
}
