/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_usage.c - octets per period, the same report that `kkachi usage` gives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "usage/ask.h"
#include "usage/sheet_out.h"
#include "web/api.h"
#include "web/app.h"

/* A question as a browser asks it. */
struct asked {
	struct ask ask;
	enum ask_format format;
};

/* A name of a list, or the first of them where the parameter is absent; -1: none of them. */
static int
choice(const struct web_request *rq, const char *name, int (*of)(const char *), int otherwise)
{
	const char *text = http_query(rq, name);

	return text == NULL ? otherwise : of(text);
}

static int
read_range(const struct web_request *rq, struct usage_query *q)
{
	const char *from = http_query(rq, "from"), *to = http_query(rq, "to");

	return from != NULL && to != NULL && ask_period(q->period, from, &q->from) == KK_OK &&
	       ask_period(q->period, to, &q->to) == KK_OK && ask_range_fault(q) == NULL;
}

static int
read_question(const struct web_request *rq, struct asked *a)
{
	int by = choice(rq, "by", report_by_name_of, USAGE_CITY);
	int per = choice(rq, "per", report_period_name_of, USAGE_MONTHS);
	int show = choice(rq, "show", ask_show_of, ASK_OCTETS);
	int format = choice(rq, "format", ask_format_of, ASK_FORMAT_JSON);
	int source = choice(rq, "source", ask_source_of, 0);
	int64_t top, bottom;

	if (by < 0 || per < 0 || show < 0 || source < 0 || format < 0 ||
	    format == ASK_FORMAT_TABLE || !http_query_int(rq, "top", 1, 100000, 0, &top) ||
	    !http_query_int(rq, "bottom", 1, 100000, 0, &bottom))
		return 0;
	*a = (struct asked){.format = (enum ask_format)format,
	    .ask = {.show = (enum ask_show)show,
		.top = (unsigned)top,
		.bottom = (unsigned)bottom,
		.q = {.by = (enum usage_by)by,
		    .period = (enum usage_period)per,
		    .source = (unsigned)source,
		    .now_s = time(NULL),
		    .district = http_query(rq, "district"),
		    .phase = http_query(rq, "phase"),
		    .site_type = http_query(rq, "type"),
		    .site = http_query(rq, "site")}}};
	return ask_source_fits(&a->ask, a->format) && read_range(rq, &a->ask.q);
}

/* ---- answers ---- */

static int
write_csv(const struct conf *c, struct db *db, const struct ask *a, FILE *out, struct diag *d)
{
	struct sheet *s = NULL;
	int rc = ask_sheet(c, db, a, &s, d);

	if (rc == KK_OK)
		sheet_csv(s, 1, out);
	sheet_free(s);
	return rc;
}

static int
write_book(const struct app *app, struct db *db, const struct asked *a, enum language lang,
    FILE *out, struct diag *d)
{
	struct book *b = NULL;
	int rc = ask_book(app->conf, db, &a->ask, lang, &b, d);

	if (rc == KK_OK && a->format == ASK_FORMAT_HTML)
		book_html(b, lang, out);
	else if (rc == KK_OK)
		rc = book_xlsx_to(b, lang, out, d);
	book_free(b);
	return rc;
}

static void
answer_file(struct app *app, struct db *db, const struct asked *a, enum language lang,
    struct web_answer *answer)
{
	static const struct {
		const char *type, *name;
	} kinds[ASK_FORMAT_COUNT] = {
	    [ASK_FORMAT_CSV] = {"text/csv; charset=utf-8", "kkachi-usage.csv"},
	    [ASK_FORMAT_XLSX] =
		{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		    "kkachi-usage.xlsx"},
	    [ASK_FORMAT_HTML] = {"text/html; charset=utf-8", "kkachi-usage.html"},
	};
	struct diag d = {""};
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int rc = KK_E_NOMEM;

	if (f != NULL)
		rc = a->format == ASK_FORMAT_CSV ? write_csv(app->conf, db, &a->ask, f, &d)
						 : write_book(app, db, a, lang, f, &d);
	if (f != NULL && fclose(f) != 0 && rc == KK_OK)
		rc = KK_E_NOMEM;
	if (rc != KK_OK) {
		free(text);
		answer_rc(answer, rc, d.text[0] ? d.text : kk_strerror(rc));
		return;
	}
	answer->type = kinds[a->format].type;
	answer->download = kinds[a->format].name;
	answer->body = text;
	answer->len = len;
	answer->owned = 1;
}

static void
answer_value(struct app *app, struct db *db, const struct asked *a, enum language lang,
    struct web_answer *answer)
{
	struct diag d = {""};
	json_t *j = NULL;
	int rc = ask_json(app->conf, db, &a->ask, lang, &j, &d);

	if (rc == KK_OK)
		answer_json(answer, 200, j);
	else
		answer_rc(answer, rc, d.text[0] ? d.text : kk_strerror(rc));
}

void
api_usage(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	const char *lang_text = http_query(rq, "lang");
	enum language lang = i18n_language(lang_text ? lang_text : app->conf->language);
	struct diag d = {""};
	struct db *db = NULL;
	struct asked asked;
	int rc;

	if (!read_question(rq, &asked)) {
		answer_error(a, 400,
		    "from and to: YYYY-MM (per=day: YYYY-MM-DD, per=year: YYYY), at most %d years; "
		    "by: "
		    "city, district, phase, type, site, ap, installed, place; show: %s; "
		    "format: json, csv, xlsx, html; source (octets, as json or csv): snmp, "
		    "controller, probe, radius; top or bottom: a number",
		    ASK_YEARS_MAX, ask_show_list());
		return;
	}
	/* A connection of this request's own: a year by AP takes longer than others should wait. */
	rc = db_open(app->conf->state_dir, DB_READ, &db, &d);
	if (rc != KK_OK)
		answer_rc(a, rc, d.text);
	else if (asked.format == ASK_FORMAT_JSON)
		answer_value(app, db, &asked, lang, a);
	else
		answer_file(app, db, &asked, lang, a);
	db_close(db);
}
