/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row: time in 1/100 s, the values that are known, a word of marks (span:16, merged:16), a word
 * per data source. */
#include "rrd/archive/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MERGE_CS 5000 /* polls of every 60 s jitter, and must not merge */
#define EVERYDAY 12   /* rows: ten minutes and some */
#define HEAD	 3    /* words before the values */
#define FINE	 64   /* gauges are kept in 1/64, so that a mean of clients is not rounded */

static size_t
width(uint64_t mask)
{
	return HEAD + (size_t)__builtin_popcountll(mask);
}

static int64_t *
row_at(const struct rows *r, size_t i)
{
	return r->at + i * width(r->mask);
}

static uint64_t
row_known(const int64_t *row)
{
	return (uint64_t)row[1];
}

static unsigned
row_span(const int64_t *row)
{
	return (unsigned)row[2] & 0xffff;
}

static unsigned
row_merged(const int64_t *row)
{
	return (unsigned)row[2] >> 16;
}

static void
row_mark(int64_t *row, uint64_t known, unsigned span_cs, unsigned merged)
{
	row[1] = (int64_t)known;
	row[2] = (int64_t)(merged << 16 | span_cs);
}

/* More data sources: every row gets wider. */
static int
widen(struct rows *r, uint64_t mask)
{
	struct rows w = {.mask = mask, .n = r->n, .room = r->room};
	size_t from, to;

	if (r->room > 0 && (w.at = calloc(r->room, width(mask) * sizeof(*w.at))) == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < r->n; i++) {
		from = to = HEAD;
		memcpy(row_at(&w, i), row_at(r, i), HEAD * sizeof(*w.at));
		for (int m = 0; m < METRIC_COUNT; m++) {
			if (r->mask >> m & 1)
				row_at(&w, i)[to] = row_at(r, i)[from++];
			to += mask >> m & 1;
		}
	}
	free(r->at);
	*r = w;
	return KK_OK;
}

static int
grow(struct rows *r)
{
	size_t room = r->room == 0 ? EVERYDAY : (size_t)r->room * 2;
	int64_t *p;

	if (r->n >= ROWS_MAX)
		return KK_E_FULL;
	if (room > ROWS_MAX)
		room = ROWS_MAX;
	p = realloc(r->at, room * width(r->mask) * sizeof(*p));
	if (p == NULL)
		return KK_E_NOMEM;
	r->at = p;
	r->room = (uint16_t)room;
	return KK_OK;
}

/* What one value becomes in a row that holds `merged` samples of it. */
static int64_t
merge(enum metric m, int had, int64_t old, int64_t value, unsigned merged)
{
	if (metric_info(m)->kind == METRIC_DERIVE)
		return value;
	value *= FINE;
	return had ? old + (value - old) / (int64_t)(merged + 1) : value;
}

static void
put(struct rows *r, int64_t *row, int64_t time_cs, uint64_t known, const int64_t *value)
{
	uint64_t had = row_known(row);
	unsigned merged = row_merged(row), span = row_span(row);
	size_t at = HEAD;

	for (int m = 0; m < METRIC_COUNT; m++) {
		if (!(r->mask >> m & 1))
			continue;
		if (known >> m & 1)
			row[at] = merge((enum metric)m, had >> m & 1, row[at], value[m], merged);
		at++;
	}
	span += merged > 0 ? (unsigned)(time_cs - row[0]) : 0;
	row[0] = time_cs;
	row_mark(row, had | known, span, merged + 1);
}

int
rows_add(struct rows *r, int64_t time_cs, uint64_t known, const int64_t value[METRIC_COUNT])
{
	int64_t *row;
	int rc;

	if ((known & ~r->mask) != 0 && (rc = widen(r, r->mask | known)) != KK_OK)
		return rc;
	if (r->n > 0) {
		row = row_at(r, r->n - 1u);
		if (time_cs <= row[0])
			return KK_E_ORDER;
		if (time_cs - row[0] + row_span(row) < MERGE_CS) {
			put(r, row, time_cs, known, value);
			return KK_OK;
		}
	}
	if (r->n == r->room && (rc = grow(r)) != KK_OK)
		return rc;
	row = row_at(r, r->n++);
	memset(row, 0, width(r->mask) * sizeof(*row));
	put(r, row, time_cs, known, value);
	return KK_OK;
}

int64_t
rows_time(const struct rows *r, size_t i)
{
	return row_at(r, i)[0];
}

/* A gauge as a decimal number without a float in between: no locale can change its point. */
static int
print_gauge(char *out, size_t room, int64_t v, int64_t scale)
{
	uint64_t one = (uint64_t)scale * FINE, a = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	return snprintf(out, room, ":%s%" PRIu64 ".%09" PRIu64, v < 0 ? "-" : "", a / one,
	    a % one * 1000000000u / one);
}

const char *
rows_print(const struct rows *r, size_t i, uint64_t mask, char out[ROWS_TEXT])
{
	const int64_t *row = row_at(r, i), *v = row + HEAD;
	int n = snprintf(
	    out, ROWS_TEXT, "%" PRId64 ".%02d", row[0] / 100, (int)((uint64_t)row[0] % 100));

	for (int m = 0; m < METRIC_COUNT; m++) {
		int here = r->mask >> m & 1;
		const struct metric_info *info = metric_info((enum metric)m);

		if (mask >> m & 1) {
			if (!here || !(row_known(row) >> m & 1))
				n += snprintf(out + n, ROWS_TEXT - (size_t)n, ":U");
			else if (info->kind == METRIC_DERIVE)
				n += snprintf(
				    out + n, ROWS_TEXT - (size_t)n, ":%" PRIu64, (uint64_t)*v);
			else
				n += print_gauge(out + n, ROWS_TEXT - (size_t)n, *v, info->scale);
		}
		v += here;
	}
	return out;
}

void
rows_drop(struct rows *r, size_t n)
{
	if (n > r->n)
		n = r->n;
	r->n = (uint16_t)(r->n - n);
	if (r->n > 0)
		memmove(r->at, row_at(r, n), r->n * width(r->mask) * sizeof(*r->at));
}

void
rows_clear(struct rows *r)
{
	r->n = 0;
	if (r->room > EVERYDAY) {
		free(r->at);
		r->at = NULL;
		r->room = 0;
	}
}

void
rows_free(struct rows *r)
{
	free(r->at);
	memset(r, 0, sizeof(*r));
}

const void *
rows_octets(const struct rows *r, size_t *len)
{
	*len = r->n * width(r->mask) * sizeof(*r->at);
	return r->n == 0 ? NULL : r->at;
}

int
rows_load(struct rows *r, uint64_t mask, const void *p, size_t len)
{
	size_t one = width(mask) * sizeof(*r->at), n = len / one;

	rows_free(r);
	if (len % one != 0 || n > ROWS_MAX)
		return KK_E_CORRUPT;
	r->mask = mask;
	if (n == 0)
		return KK_OK;
	r->at = malloc(len);
	if (r->at == NULL)
		return KK_E_NOMEM;
	memcpy(r->at, p, len);
	r->n = r->room = (uint16_t)n;
	return KK_OK;
}
