/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_usage.c - months of octets, the same report that `kkachi usage` gives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rrd/ledger_usage.h"
#include "usage/format.h"
#include "usage/report.h"
#include "web/api.h"
#include "web/app.h"

#define MONTHS_MAX 120

static int
months_between(kk_day from, kk_day to)
{
	return (to / 100 - from / 100) * 12 + to % 100 - from % 100;
}

static void
answer_csv(const struct report *r, struct web_answer *a)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (f != NULL)
		report_csv(r, 1, f);
	if (f == NULL || fclose(f) != 0 || text == NULL) {
		free(text);
		answer_error(a, 503, "out of memory");
		return;
	}
	a->type = "text/csv; charset=utf-8";
	a->download = "kkachi-usage.csv";
	a->body = text;
	a->len = len;
	a->owned = 1;
}

/* The report, from a connection of this request's own: a month by AP takes longer than others
 * should wait. */
static int
make(struct app *app, kk_day from, kk_day to, enum usage_by by, struct usage_table **t,
    struct report **r, struct diag *d)
{
	struct usage_query q = {.by = by, .from = from, .to = to, .now_s = time(NULL)};
	struct db *db = NULL;
	int rc = db_open(app->conf->state_dir, DB_READ, &db, d);

	if (rc == KK_OK)
		rc = ledger_usage(db, &q, t, d);
	if (rc == KK_OK)
		rc = report_make(*t, from, to, by, r);
	db_close(db);
	return rc;
}

void
api_usage(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	const char *from_text = http_query(rq, "from"), *to_text = http_query(rq, "to"),
		   *by_text = http_query(rq, "by");
	const char *format = http_query(rq, "format");
	int by = report_by_name_of(by_text ? by_text : "city"), rc;
	struct usage_table *t = NULL;
	struct report *r = NULL;
	struct diag d = {""};
	kk_day from, to;

	if (from_text == NULL || to_text == NULL || zone_parse_month(from_text, &from) != KK_OK ||
	    zone_parse_month(to_text, &to) != KK_OK || from > to ||
	    months_between(from, to) >= MONTHS_MAX || by < 0 ||
	    (format && strcmp(format, "json") != 0 && strcmp(format, "csv") != 0)) {
		answer_error(a, 400,
		    "from and to: YYYY-MM, at most %d months; by: city, district, phase, site, ap; "
		    "format: json, csv",
		    MONTHS_MAX);
		return;
	}
	rc = make(app, from, to, (enum usage_by)by, &t, &r, &d);
	if (rc != KK_OK)
		answer_rc(a, rc, d.text[0] ? d.text : kk_strerror(rc));
	else if (format && strcmp(format, "csv") == 0)
		answer_csv(r, a);
	else
		answer_json(a, 200, report_json(r));
	report_free(r);
	usage_table_free(t);
}
