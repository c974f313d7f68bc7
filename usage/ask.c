/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/ask.h"

#include <string.h>

#include "lib/sample.h"
#include "usage/report_sheet.h"
#include "usage/sheet_out.h"
#include "usage/shows.h"

#define NAME(id, name) name,
static const char *const show_names[] = {ASK_SHOWS(NAME)};
static const char *const format_names[] = {ASK_FORMATS(NAME)};

const char *
ask_show_list(void)
{
	return "octets, peaks, density, cost, concentration or hours";
}

static int
index_of(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

int
ask_format_of(const char *name)
{
	return index_of(format_names, ASK_FORMAT_COUNT, name);
}

int
ask_show_of(const char *name)
{
	return index_of(show_names, ASK_SHOW_COUNT, name);
}

int
ask_source_of(const char *name)
{
	int source = sample_source_by_name(name);

	return source < 0 ? -1 : source + 1;
}

int
ask_source_fits(const struct ask *a, enum ask_format format)
{
	return a->q.source == 0 ||
	       (a->show == ASK_OCTETS && format != ASK_FORMAT_XLSX && format != ASK_FORMAT_HTML);
}

/* "2021"; at most four digits, as a kk_day of one period must not look like one of another. */
static int
parse_year(const char *text, kk_day *out)
{
	int year = 0;

	if (strlen(text) != 4 || strspn(text, "0123456789") != 4)
		return KK_E_SYNTAX;
	for (; *text != '\0'; text++)
		year = year * 10 + (*text - '0');
	*out = year;
	return year >= 1900 ? KK_OK : KK_E_SYNTAX;
}

static int
parse_day(const char *text, kk_day *out)
{
	struct zone_day day = {0};
	int64_t at;

	if (strlen(text) != 10 || zone_parse(text, 0, &at) != KK_OK)
		return KK_E_SYNTAX;
	zone_day_of(at, &day);
	*out = day.day;
	return KK_OK;
}

int
ask_period(enum usage_period period, const char *text, kk_day *out)
{
	switch (period) {
	case USAGE_DAYS:
		return parse_day(text, out);
	case USAGE_YEARS:
		return parse_year(text, out);
	default:
		return zone_parse_month(text, out);
	}
}

kk_day
ask_period_of(enum usage_period period, int64_t utc_s)
{
	struct zone_day day = {0};

	zone_day_of(utc_s, &day);
	return period == USAGE_DAYS    ? day.day
	       : period == USAGE_YEARS ? day.day / 10000
				       : day.day / 100;
}

const char *
ask_range_fault(const struct usage_query *q)
{
	static const int per_year[] = {100, 10000, 1}; /* of a kk_day, by enum usage_period */
	int years = q->to / per_year[q->period] - q->from / per_year[q->period];
	struct zone_day from, to;

	if (q->to < q->from)
		return "its end is before its beginning";
	if (years > ASK_YEARS_MAX)
		return "it is longer than a hundred years";
	if (q->period == USAGE_DAYS && zone_day_bounds(q->from, &from) == KK_OK &&
	    zone_day_bounds(q->to, &to) == KK_OK &&
	    to.to_s - from.from_s > INT64_C(86400) * ASK_DAYS_MAX)
		return "it has more days than ten years have";
	return NULL;
}

/* Where to begin so that the first period has one before it and one a year before. Single access
 * points are too many to read thirteen months for one: theirs is growth within what was asked. */
static kk_day
begin(const struct usage_query *q)
{
	if (q->by == USAGE_AP)
		return q->from;
	switch (q->period) {
	case USAGE_DAYS:
		return zone_day_add(q->from, -1);
	case USAGE_YEARS:
		return q->from - 1;
	default:
		return zone_month_add(q->from, -12);
	}
}

int
ask_report(struct db *db, const struct ask *a, struct report **out, struct diag *d)
{
	struct usage_query q = a->q;
	struct usage_table *t = NULL;
	struct report *r = NULL;
	int rc;

	*out = NULL;
	q.from = begin(&a->q);
	if ((rc = ledger_usage(db, &q, &t, d)) == KK_OK)
		rc = report_make(t, &a->q, &r);
	if (rc != KK_OK) {
		usage_table_free(t);
		return rc;
	}
	r->table = t;
	if (a->top > 0)
		report_rank(r, a->top, 0);
	else if (a->bottom > 0)
		report_rank(r, a->bottom, 1);
	*out = r;
	return KK_OK;
}

/* The sheets that are made from a report. */
static int
of_report(
    const struct conf *c, struct db *db, const struct ask *a, struct sheet **out, struct diag *d)
{
	struct ask q = *a;
	struct report *r = NULL;
	int rc;

	if (a->show == ASK_CONCENTRATION) { /* of all of them, whatever else is grouped */
		q.q.by = USAGE_AP;
		q.top = q.bottom = 0;
	}
	if ((rc = ask_report(db, &q, &r, d)) != KK_OK)
		return rc;
	switch (a->show) {
	case ASK_PEAKS:
		rc = shows_peaks(c, db, a, r, out, d);
		break;
	case ASK_DENSITY:
		rc = shows_density(c, &a->q, r, out, d);
		break;
	case ASK_COST:
		rc = shows_cost(c, r, out);
		break;
	case ASK_CONCENTRATION:
		rc = shows_concentration(r, out);
		break;
	default:
		*out = report_sheet(r);
		rc = sheet_error(*out);
	}
	report_free(r);
	return rc;
}

int
ask_sheet(
    const struct conf *c, struct db *db, const struct ask *a, struct sheet **out, struct diag *d)
{
	int rc;

	*out = NULL;
	rc = a->show == ASK_HOURS ? shows_hours(c, a, out, d) : of_report(c, db, a, out, d);
	if (rc != KK_OK) {
		sheet_free(*out);
		*out = NULL;
	}
	return rc;
}

int
ask_json(const struct conf *c, struct db *db, const struct ask *a, enum language lang, json_t **out,
    struct diag *d)
{
	struct report *r = NULL;
	struct sheet *s = NULL;
	int rc;

	*out = NULL;
	if (a->show == ASK_OCTETS) {
		if ((rc = ask_report(db, a, &r, d)) == KK_OK)
			*out = report_json(r, lang);
		report_free(r);
	} else {
		if ((rc = ask_sheet(c, db, a, &s, d)) == KK_OK)
			*out = sheet_json(s, lang);
		sheet_free(s);
	}
	return rc == KK_OK && *out == NULL ? KK_E_NOMEM : rc;
}
