/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/open_data.h"

#include <stdlib.h>
#include <string.h>

#include "rrd/db/inventory.h"
#include "rrd/distinct.h"
#include "usage/ask.h"
#include "usage/few.h"
#include "usage/report_index.h"
#include "usage/report_sheet.h"

/* Nobody counted: never the one that is hidden for another's sake. */
#define UNCOUNTED INT32_MAX

struct opening {
	const struct usage_query *q;
	unsigned k;
	struct report *r;
	struct report_index *index;
	struct inventory *inventory;
	size_t months;
	struct few_cell *cell;	       /* rows × months: people of the busiest day */
	struct few_cell *part;	       /* those of one district or site */
	size_t *member;		       /* their rows */
	const char **district, **site; /* of each row, today; "": none or unknown */
};

/* ---- who was there ---- */

static size_t
row_of(const struct opening *o, const struct distinct_row *c)
{
	const struct device *dev;

	switch (c->scope) {
	case DISTINCT_AP:
		dev = inventory_by_num(o->inventory, c->device);
		if (dev == NULL)
			return SIZE_MAX;
		/* A site had at least as many people as its busiest access point. */
		return report_index_find(o->index, o->q->by == USAGE_SITE ? dev->site : dev->id);
	case DISTINCT_DISTRICT:
		return report_index_find(o->index, c->district);
	default:
		return o->r->n > 0 ? 0 : SIZE_MAX;
	}
}

/* The most of a month's days: at least so many people are behind the month. */
static int
count(void *ctx, const struct distinct_row *c)
{
	struct opening *o = ctx;
	kk_day month = c->day / 100;
	size_t at =
	    (size_t)((month / 100 - o->q->from / 100) * 12 + month % 100 - o->q->from % 100);
	size_t row = row_of(o, c);
	struct few_cell *cell;

	if (row >= o->r->n || at >= o->months)
		return KK_OK;
	cell = &o->cell[row * o->months + at];
	if (cell->clients == UNCOUNTED || c->clients > cell->clients)
		cell->clients = c->clients;
	return KK_OK;
}

static int
read_people(struct opening *o, struct db *db, struct diag *d)
{
	struct distinct_ask ask = {.from = o->q->from * 100 + 1, .to = o->q->to * 100 + 31};

	for (size_t i = 0; i < o->r->n * o->months; i++)
		o->cell[i].clients = UNCOUNTED;
	ask.scope = o->q->by == USAGE_CITY	 ? DISTINCT_CITY
		    : o->q->by == USAGE_DISTRICT ? DISTINCT_DISTRICT
						 : DISTINCT_AP;
	return distinct_read(db, &ask, count, o, d);
}

/* ---- who is hidden ---- */

/* Where access points and sites are today. */
static void
place_rows(struct opening *o)
{
	size_t n;
	const struct device *all = inventory_all(o->inventory, &n);

	for (size_t i = 0; i < o->r->n; i++)
		o->district[i] = o->site[i] = "";
	if (o->q->by != USAGE_AP && o->q->by != USAGE_SITE)
		return;
	for (size_t i = 0; i < n; i++) {
		size_t row =
		    report_index_find(o->index, o->q->by == USAGE_AP ? all[i].id : all[i].site);

		if (row >= o->r->n)
			continue;
		o->district[row] = all[i].district;
		if (o->q->by == USAGE_AP)
			o->site[row] = all[i].site;
	}
}

/* Hide within some of the rows: those whose sum is published elsewhere. What is hidden already
 * stays so. */
static void
hide(struct opening *o, size_t n)
{
	struct few_table t = {.cell = o->part, .rows = n, .columns = o->months};

	for (size_t i = 0; i < n; i++)
		memcpy(&o->part[i * o->months], &o->cell[o->member[i] * o->months],
		    o->months * sizeof(*o->part));
	few_hide(&t, o->k);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < o->months; k++)
			o->cell[o->member[i] * o->months + k].hidden |=
			    o->part[i * o->months + k].hidden;
}

/* By groups of rows, each of which has a sum that is published. */
static void
hide_groups(struct opening *o, const char *const *group)
{
	unsigned char *done = calloc(o->r->n + 1, 1);

	for (size_t i = 0; i < o->r->n && done != NULL; i++) {
		size_t n = 0;

		if (done[i])
			continue;
		for (size_t k = i; k < o->r->n; k++)
			if (!done[k] && strcmp(group[k], group[i]) == 0) {
				o->member[n++] = k;
				done[k] = 1;
			}
		hide(o, n);
	}
	if (done == NULL) /* nothing is shown rather than too much */
		for (size_t i = 0; i < o->r->n * o->months; i++)
			o->cell[i].hidden = 1;
	free(done);
}

static void
hide_all(struct opening *o)
{
	place_rows(o);
	hide_groups(o, o->district);
	if (o->q->by == USAGE_AP)
		hide_groups(o, o->site);
}

/* ---- the sheet ---- */

static void
columns(struct sheet *s, const struct opening *o)
{
	report_key_columns(s, o->r);
	if (o->q->by == USAGE_AP) {
		sheet_column(s, "district", TEXT_KEY_DISTRICT, SHEET_TEXT);
		sheet_column(s, "site", TEXT_KEY_SITE, SHEET_TEXT);
	}
	sheet_column(s, "octets_down", TEXT_DOWNLOAD, SHEET_OCTETS);
	sheet_column(s, "octets_up", TEXT_UPLOAD, SHEET_OCTETS);
	sheet_column(s, "octets", TEXT_TOTAL, SHEET_OCTETS);
	sheet_column(s, "coverage_percent", TEXT_COVERAGE, SHEET_PERCENT);
	sheet_column(s, "clients_busiest_day", TEXT_CLIENTS_DAY, SHEET_COUNT);
	sheet_note(s, TEXT_NOTE_OPEN);
}

static const char *
known(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static void
put_month(struct sheet *s, const struct opening *o, const struct report_row *row, size_t k)
{
	size_t at = (size_t)(row - o->r->rows);
	const struct few_cell *people = &o->cell[at * o->months + k];
	const struct report_cell *c = &row->cells[k];

	report_key_cells(s, o->r, row, c->period);
	if (o->q->by == USAGE_AP) {
		sheet_text(s, known(o->district[at]));
		sheet_text(s, known(o->site[at]));
	}
	if (people->hidden) {
		for (int i = 0; i < 5; i++)
			sheet_unknown(s);
		sheet_mark(s, MARK_FEW);
		return;
	}
	report_number(s, c, c->octets_down, c->marks);
	report_number(s, c, c->octets_up, c->marks);
	report_number(s, c, c->octets, c->marks);
	report_percent(s, c->coverage, 0, 0);
	if (people->clients == UNCOUNTED)
		sheet_unknown(s);
	else
		sheet_number(s, (uint64_t)few_round(people->clients, o->k));
}

static int
allocate(struct opening *o)
{
	size_t n = o->r->n * o->months + 1;

	o->cell = calloc(n, sizeof(*o->cell));
	o->part = calloc(n, sizeof(*o->part));
	o->member = calloc(o->r->n + 1, sizeof(*o->member));
	o->district = calloc(o->r->n + 1, sizeof(*o->district));
	o->site = calloc(o->r->n + 1, sizeof(*o->site));
	o->index = report_index_new(o->r);
	return o->cell && o->part && o->member && o->district && o->site && o->index ? KK_OK
										     : KK_E_NOMEM;
}

static int
fill(struct opening *o, struct sheet **out)
{
	struct sheet *s = sheet_new("open_data", TEXT_OPEN_TITLE);
	int rc;

	columns(s, o);
	for (size_t i = 0; i < o->r->n; i++)
		for (size_t k = 0; k < o->r->rows[i].n; k++)
			put_month(s, o, &o->r->rows[i], k);
	rc = sheet_error(s);
	if (rc == KK_OK)
		*out = s;
	else
		sheet_free(s);
	return rc;
}

int
open_data_sheet(const struct conf *c, struct db *db, const struct usage_query *q,
    struct sheet **out, struct diag *d)
{
	struct opening o = {.q = q, .k = c->open_data.min_clients};
	struct ask a = {.q = *q};
	int rc;

	*out = NULL;
	if (q->period != USAGE_MONTHS || (q->by != USAGE_CITY && q->by != USAGE_DISTRICT &&
					     q->by != USAGE_SITE && q->by != USAGE_AP))
		return diag_set(
		    d, KK_E_RANGE, "open data are by city, district, site or ap, per month");
	rc = ask_report(db, &a, &o.r, d);
	if (rc == KK_OK)
		rc = inventory_read(db, &o.inventory, d);
	if (rc == KK_OK) {
		o.months = o.r->total.n;
		rc = allocate(&o);
	}
	if (rc == KK_OK && o.r->n > 0)
		rc = read_people(&o, db, d);
	if (rc == KK_OK) {
		hide_all(&o);
		rc = fill(&o, out);
	}
	inventory_free(o.inventory);
	report_index_free(o.index);
	report_free(o.r);
	free(o.cell);
	free(o.part);
	free(o.member);
	free(o.district);
	free(o.site);
	return rc;
}

struct sheet *
open_data_columns(void)
{
	static const struct {
		const char *column, *ko, *en;
	} rows[] = {
	    {"key", "자치구, 설치 장소 또는 AP 관리번호",
		"district, site or id of the access point"},
	    {"month", "월 (한국 시간)", "month, Korean time"},
	    {"district", "오늘의 자치구 (AP 목록만)", "district of today (of access points only)"},
	    {"site", "오늘의 설치 장소 (AP 목록만)", "site of today (of access points only)"},
	    {"octets_down", "내려받은 바이트", "octets to clients"},
	    {"octets_up", "올린 바이트", "octets from clients"},
	    {"octets", "합계 (방향을 모르는 바이트 포함)", "sum, octets of unknown direction too"},
	    {"coverage_percent", "관측한 시간의 비율 (들여온 값은 빈칸)",
		"share of the time that was observed; empty where days were imported"},
	    {"clients_busiest_day",
		"하루 접속 기기 수의 월 최댓값, 추정 (표준오차 4.6 %, 시 전체 0.9 %) 후 반올림 "
		"(세지 않으면 빈칸)",
		"devices on the busiest day of the month, estimated (standard error 4.6 %, of the "
		"city 0.9 %) and rounded; empty where nobody counts"},
	    {"marks", "수치의 한계 (few_clients: 이용자가 적어 비공개)",
		"what is not certain (few_clients: withheld, as too few people stand behind it)"},
	    {"marked", "한계가 있는 열", "columns that the marks are about"},
	};
	struct sheet *s = sheet_new("columns", TEXT_OPEN_COLUMNS);

	sheet_column(s, "column", TEXT_COLUMN, SHEET_KEY);
	sheet_column(s, "ko", TEXT_MEANING_KO, SHEET_TEXT);
	sheet_column(s, "en", TEXT_MEANING_EN, SHEET_TEXT);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sheet_text(s, rows[i].column);
		sheet_text(s, rows[i].ko);
		sheet_text(s, rows[i].en);
	}
	return s;
}
