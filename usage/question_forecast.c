/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The next twelve months of the city and its districts: octets, and load at the busy hour. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "rrd/archive/archive.h"
#include "usage/chart_svg.h"
#include "usage/history.h"
#include "usage/question_in.h"

#define BUSY_DAYS 396 /* hours are kept for 397 days */
#define KEY_ROOM  512
#define DRAWN	  36 /* months of history in a picture */

enum { OCTETS, BUSY, SERIES };

/* One area with its forecasts. */
struct area {
	const char *name; /* NULL: the city */
	struct forecast_past *past[SERIES];
	struct forecast forecast[SERIES];
};

struct outlook {
	const struct question *q;
	struct histories city, districts;
	struct forecast_past *busy; /* of all areas */
	struct area *area;	    /* the city is the first */
	size_t n;
	kk_day from;
	size_t months;
};

/* ---- reading ---- */

/* The city is read in any case: its season is lent. */
static int
is_wanted(const struct outlook *w, size_t i)
{
	return w->area[i].name == NULL ? w->q->limits.district == NULL
				       : question_wants(w->q, w->area[i].name);
}

static int
read_busy(const struct outlook *w, struct area *a, const struct busy_span *span,
    struct busy_hours *hours, struct diag *d)
{
	char key[KEY_ROOM];
	int rc;

	archive_area_key(a->name != NULL ? "district" : "city", a->name != NULL ? a->name : "", key,
	    sizeof(key));
	busy_hours_clear(span, hours);
	rc = busy_hours_add(w->q->conf, key, span, hours, d);
	if (rc == KK_E_NOMEM)
		return rc;
	busy_hours_both(span, hours);
	history_busy(span, hours, BUSY_DOWN, w->from, w->months, a->past[BUSY]);
	return KK_OK;
}

static int
read_busy_all(struct outlook *w, struct diag *d)
{
	int64_t today_s = question_today(w->q);
	struct busy_span span = {0};
	struct busy_hours hours = {{NULL}};
	int rc = busy_span_make(today_s - (int64_t)BUSY_DAYS * 86400, today_s, &span);

	if (rc == KK_OK)
		rc = busy_hours_make(&span, &hours);
	for (size_t i = 0; rc == KK_OK && i < w->n; i++)
		if (is_wanted(w, i))
			rc = read_busy(w, &w->area[i], &span, &hours, d);
	busy_hours_free(&hours);
	busy_span_free(&span);
	return rc;
}

static int
list(struct outlook *w)
{
	w->from = w->city.from;
	w->months = w->city.months;
	w->area = calloc(w->districts.n + 1, sizeof(*w->area));
	w->busy = calloc((w->districts.n + 1) * w->months + 1, sizeof(*w->busy));
	if (w->area == NULL || w->busy == NULL)
		return KK_E_NOMEM;
	if (w->city.n == 0)
		return KK_OK;
	w->area[w->n++].past[OCTETS] = w->city.octets;
	for (size_t i = 0; i < w->districts.n; i++)
		if (w->districts.name[i][0] != '\0') {
			w->area[w->n].name = w->districts.name[i];
			w->area[w->n++].past[OCTETS] = &w->districts.octets[i * w->months];
		}
	for (size_t i = 0; i < w->n; i++)
		w->area[i].past[BUSY] = &w->busy[i * w->months];
	return KK_OK;
}

static struct forecast_history
history(const struct outlook *w, const struct area *a, int series)
{
	return (struct forecast_history){a->past[series], w->months, w->from, series == OCTETS};
}

/* Octets borrow the city's season; busy hours, kept for 13 months, that of the area's octets. */
static int
foretell(struct outlook *w)
{
	struct forecast_history city = history(w, &w->area[0], OCTETS);
	int rc = KK_OK;

	for (size_t i = 0; rc == KK_OK && i < w->n; i++) {
		struct area *a = &w->area[i];
		struct forecast_history octets = history(w, a, OCTETS), busy = history(w, a, BUSY);

		rc = forecast_make(&octets, i > 0 ? &city : NULL, &a->forecast[OCTETS]);
		if (rc == KK_OK)
			rc = forecast_make(&busy, &octets, &a->forecast[BUSY]);
	}
	return rc;
}

/* ---- sheets ---- */

static void
area_cell(struct sheet *s, const struct area *a)
{
	if (a->name == NULL)
		sheet_word(s, "city", TEXT_CITY);
	else
		sheet_text(s, a->name);
}

static struct sheet *
head(const struct outlook *w, int series)
{
	static const struct {
		const char *key;
		enum text_id heading;
	} columns[] = {{"middle", TEXT_ASK_MIDDLE}, {"low80", TEXT_ASK_LOW80},
	    {"high80", TEXT_ASK_HIGH80}, {"low95", TEXT_ASK_LOW95}, {"high95", TEXT_ASK_HIGH95}};
	enum sheet_kind kind = series == OCTETS ? SHEET_OCTETS : SHEET_RATE;
	struct sheet *s = series == OCTETS ? sheet_new("forecast", TEXT_ASK_FORECAST)
					   : sheet_new("forecast_busy", TEXT_ASK_FORECAST_BUSY);
	char about[32];
	kk_day next = question_month(w->q);

	if (s == NULL)
		return NULL;
	sheet_about(s, question_months(zone_month_add(next, 1), zone_month_add(next, 12), about));
	sheet_column(s, "district", TEXT_KEY_DISTRICT, SHEET_KEY);
	sheet_column(s, "month", TEXT_MONTH, SHEET_DAY);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		sheet_column(s, columns[i].key, columns[i].heading, kind);
	return s;
}

static void
number_cell(struct sheet *s, uint64_t n, unsigned factor)
{
	sheet_number(s, n <= FORECAST_MOST / factor ? n * factor : FORECAST_MOST);
}

static void
month_row(struct sheet *s, const struct area *a, int series, const struct forecast_month *m)
{
	unsigned factor = series == OCTETS ? 1 : 8; /* people read bits */

	area_cell(s, a);
	sheet_number(s, (uint64_t)m->month);
	number_cell(s, m->middle, factor);
	number_cell(s, m->low80, factor);
	number_cell(s, m->high80, factor);
	number_cell(s, m->low95, factor);
	number_cell(s, m->high95, factor);
}

static struct sheet *
fill(const struct outlook *w, int series)
{
	struct sheet *s = head(w, series);

	for (size_t i = 0; s != NULL && i < w->n; i++)
		for (int k = 0; k < PREDICT_MONTHS; k++)
			if (is_wanted(w, i) && w->area[i].forecast[series].kind != FORECAST_NONE)
				month_row(
				    s, &w->area[i], series, &w->area[i].forecast[series].month[k]);
	if (s != NULL) {
		sheet_note(s, TEXT_ASK_NOTE_FORECAST);
		if (series == BUSY)
			sheet_note(s, TEXT_ASK_NOTE_BUSY);
	}
	return s;
}

/* ---- the backtest ---- */

static struct sheet *
check_head(void)
{
	struct sheet *s = sheet_new("forecast_check", TEXT_ASK_CHECK);

	if (s == NULL)
		return NULL;
	sheet_column(s, "district", TEXT_KEY_DISTRICT, SHEET_KEY);
	sheet_column(s, "of", TEXT_ASK_OF, SHEET_TEXT);
	sheet_column(s, "method", TEXT_ASK_METHOD, SHEET_TEXT);
	sheet_column(s, "months", TEXT_ASK_KNOWN, SHEET_COUNT);
	sheet_column(s, "left_out", TEXT_ASK_LEFT_OUT, SHEET_COUNT);
	sheet_column(s, "drawn_in", TEXT_ASK_DRAWN_IN, SHEET_COUNT);
	sheet_column(s, "growth_percent", TEXT_ASK_SLOPE, SHEET_GROWTH);
	sheet_column(s, "points", TEXT_ASK_POINTS, SHEET_COUNT);
	sheet_column(s, "mape_percent", TEXT_ASK_MAPE, SHEET_PERCENT);
	sheet_column(s, "mape_naive_percent", TEXT_ASK_MAPE_NAIVE, SHEET_PERCENT);
	sheet_column(s, "mape_seasonal_percent", TEXT_ASK_MAPE_SEASONAL, SHEET_PERCENT);
	sheet_column(s, "mase_percent", TEXT_ASK_MASE, SHEET_PERCENT);
	sheet_column(s, "within80_percent", TEXT_ASK_IN80, SHEET_PERCENT);
	sheet_column(s, "within95_percent", TEXT_ASK_IN95, SHEET_PERCENT);
	sheet_column(s, "widened_percent", TEXT_ASK_WIDENED, SHEET_PERCENT);
	return s;
}

static void
method_cell(struct sheet *s, const struct forecast *f)
{
	if (f->kind == FORECAST_NONE)
		sheet_word(s, "none", TEXT_ASK_METHOD_NONE);
	else if (f->kind == FORECAST_ZERO)
		sheet_word(s, "zero", TEXT_ASK_METHOD_ZERO);
	else if (!f->trend)
		sheet_word(s, "level", TEXT_ASK_METHOD_LEVEL);
	else if (f->season == PREDICT_OWN)
		sheet_word(s, "trend_season", TEXT_ASK_METHOD_OWN);
	else if (f->season == PREDICT_LENT)
		sheet_word(s, "trend_borrowed_season", TEXT_ASK_METHOD_LENT);
	else
		sheet_word(s, "trend", TEXT_ASK_METHOD_TREND);
}

static void
tenths_cell(struct sheet *s, int known, int64_t tenths)
{
	if (known && tenths >= 0)
		sheet_percent(s, tenths);
	else
		sheet_unknown(s);
}

static void
check_row(struct sheet *s, const struct area *a, int series)
{
	const struct forecast *f = &a->forecast[series];
	const struct forecast_check *c = &f->check;
	int checked = c->points > 0;

	area_cell(s, a);
	sheet_word(s, series == OCTETS ? "octets" : "busy_hour",
	    series == OCTETS ? TEXT_ASK_OF_OCTETS : TEXT_ASK_OF_BUSY);
	method_cell(s, f);
	sheet_number(s, f->known);
	sheet_number(s, f->left_out);
	sheet_number(s, f->drawn_in);
	if (f->kind == FORECAST_MODEL)
		sheet_percent(s, f->slope_tenths);
	else
		sheet_unknown(s);
	sheet_number(s, c->points);
	tenths_cell(s, checked, c->mape);
	tenths_cell(s, checked, c->mape_naive);
	tenths_cell(s, checked, c->mape_seasonal);
	tenths_cell(s, checked, c->mase_thousandths);
	tenths_cell(s, checked, c->within80);
	tenths_cell(s, checked, c->within95);
	tenths_cell(s, f->kind == FORECAST_MODEL, (int64_t)f->widened_percent * 10);
}

static struct sheet *
check(const struct outlook *w)
{
	struct sheet *s = check_head();

	for (size_t i = 0; s != NULL && i < w->n; i++)
		for (int series = 0; series < SERIES && is_wanted(w, i); series++)
			check_row(s, &w->area[i], series);
	if (s != NULL)
		sheet_note(s, TEXT_ASK_NOTE_CHECK);
	return s;
}

/* ---- pictures ---- */

#define POINTS (DRAWN + PREDICT_MONTHS)

struct picture {
	double seen[POINTS], told[POINTS], low80[POINTS], high80[POINTS], low95[POINTS],
	    high95[POINTS];
	char text[POINTS][12];
	const char *label[POINTS];
	size_t n, past;
};

static void
set_points(const struct outlook *w, const struct area *a, double unit, struct picture *p)
{
	size_t skip = w->months > DRAWN ? w->months - DRAWN : 0;
	kk_day month = zone_month_add(w->from, (int)skip);

	p->past = w->months - skip;
	p->n = p->past + PREDICT_MONTHS;
	for (size_t i = 0; i < p->n; i++, month = zone_month_add(month, 1)) {
		const struct forecast_past *past = &a->past[OCTETS][skip + i];
		const struct forecast_month *m =
		    i >= p->past ? &a->forecast[OCTETS].month[i - p->past] : NULL;

		snprintf(p->text[i], sizeof(p->text[i]), "%04d-%02d", (int)(month / 100) % 10000,
		    (int)(month % 100));
		p->label[i] = p->text[i];
		p->seen[i] = m == NULL && past->known ? (double)past->value / unit : NAN;
		p->told[i] = m != NULL ? (double)m->middle / unit : NAN;
		p->low80[i] = m != NULL ? (double)m->low80 / unit : NAN;
		p->high80[i] = m != NULL ? (double)m->high80 / unit : NAN;
		p->low95[i] = m != NULL ? (double)m->low95 / unit : NAN;
		p->high95[i] = m != NULL ? (double)m->high95 / unit : NAN;
	}
	/* The forecast starts from where the observed line ends. */
	if (p->past > 0)
		p->told[p->past - 1] = p->low80[p->past - 1] = p->high80[p->past - 1] =
		    p->low95[p->past - 1] = p->high95[p->past - 1] = p->seen[p->past - 1];
}

static int
draw(const struct outlook *w, const struct area *a, struct book *b)
{
	enum language lang = w->q->lang;
	int tb = a->forecast[OCTETS].month[0].middle >= UINT64_C(1000000000000);
	struct picture p;
	struct chart_line lines[] = {
	    {i18n(lang, TEXT_ASK_OBSERVED), p.seen, 0}, {i18n(lang, TEXT_ASK_FORETOLD), p.told, 1}};
	struct chart_band bands[] = {{"95 %", p.low95, p.high95}, {"80 %", p.low80, p.high80}};
	struct chart c = {.unit = tb ? "TB" : "GB",
	    .label = p.label,
	    .lines = lines,
	    .n_lines = 2,
	    .bands = bands,
	    .n_bands = 2,
	    .bound = NAN};
	char title[256], *svg;
	int rc;

	snprintf(title, sizeof(title), "%s: %s", i18n(lang, TEXT_ASK_FORECAST),
	    a->name != NULL ? a->name : i18n(lang, TEXT_CITY));
	c.title = title;
	set_points(w, a, tb ? 1e12 : 1e9, &p);
	c.n = p.n;
	svg = chart_svg_text(&c);
	rc = svg != NULL ? book_picture(b, title, svg) : KK_E_NOMEM;
	free(svg);
	return rc;
}

static int
answer(const struct outlook *w, struct book *b)
{
	int rc = book_sheet(b, fill(w, OCTETS));

	for (size_t i = 0; rc == KK_OK && i < w->n; i++)
		if (is_wanted(w, i) && w->area[i].forecast[OCTETS].kind == FORECAST_MODEL)
			rc = draw(w, &w->area[i], b);
	if (rc == KK_OK)
		rc = book_sheet(b, fill(w, BUSY));
	if (rc == KK_OK)
		rc = book_sheet(b, check(w));
	return rc;
}

int
question_forecast(const struct question *q, struct book *b, struct diag *d)
{
	struct outlook w = {.q = q};
	kk_day to = question_month(q);
	int rc = histories_read(q->db, USAGE_CITY, to, q->now_s, q->limits.observed, &w.city, d);

	if (rc == KK_OK)
		rc = histories_read(
		    q->db, USAGE_DISTRICT, to, q->now_s, q->limits.observed, &w.districts, d);
	if (rc == KK_OK)
		rc = list(&w);
	if (rc == KK_OK && w.n > 0)
		rc = read_busy_all(&w, d);
	if (rc == KK_OK && w.n > 0)
		rc = foretell(&w);
	if (rc == KK_OK)
		rc = answer(&w, b);
	free(w.area);
	free(w.busy);
	histories_free(&w.districts);
	histories_free(&w.city);
	return rc;
}
