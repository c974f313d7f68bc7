/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/hours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/zone.h"
#include "rrd/archive/fetch.h"

#define HOUR_S 3600

/* ---- reading ---- */

static size_t
column(const struct series *s, const char *name)
{
	for (size_t i = 0; i < s->n_ds; i++)
		if (strcmp(s->names[i], name) == 0)
			return i;
	return SIZE_MAX;
}

static double
value(const struct series *s, size_t row, size_t ds)
{
	return ds == SIZE_MAX ? NAN : s->values[row * s->n_ds + ds];
}

/* The mean of an hour from rows that are at most an hour long; at least half of them must be known.
 */
static void
add_rows(struct hours *h, const struct series *s, unsigned *rows, unsigned *people)
{
	size_t down = column(s, "octets_down"), up = column(s, "octets_up");
	size_t clients = column(s, "clients");

	for (size_t row = 0; row < s->n_rows; row++) {
		int64_t start = s->from_s + (int64_t)row * s->step_s;
		size_t at = (size_t)((start - h->from_s) / HOUR_S);
		double both = value(s, row, down) + value(s, row, up);

		if (start < h->from_s || at >= h->n)
			continue;
		if (!isnan(both)) {
			h->octets_s[at] += both;
			rows[at]++;
		}
		if (!isnan(value(s, row, clients))) {
			h->clients[at] += value(s, row, clients);
			people[at]++;
		}
	}
}

static void
divide(double *sum, const unsigned *n, size_t hours, unsigned per_hour)
{
	for (size_t i = 0; i < hours; i++)
		sum[i] = n[i] * 2 >= per_hour && n[i] > 0 ? sum[i] / n[i] : NAN;
}

static int
fill(struct hours *h, const struct series *s)
{
	unsigned *counts = calloc(2 * h->n, sizeof(*counts));
	unsigned per_hour = s != NULL && s->step_s < HOUR_S ? HOUR_S / s->step_s : 1;

	if (counts == NULL)
		return KK_E_NOMEM;
	if (s != NULL && s->step_s <= HOUR_S)
		add_rows(h, s, counts, counts + h->n);
	divide(h->octets_s, counts, h->n, per_hour);
	divide(h->clients, counts + h->n, h->n, per_hour);
	free(counts);
	return KK_OK;
}

int
hours_fetch(const struct conf *c, const char *key, int64_t from_s, int64_t to_s, struct hours *out,
    struct diag *d)
{
	struct series *s = NULL;
	int rc;

	*out = (struct hours){.from_s = from_s - from_s % HOUR_S};
	if (to_s <= from_s || (to_s - from_s) / HOUR_S > HOURS_MOST)
		return diag_set(d, KK_E_RANGE, "no range of hours, or too many of them");
	out->n = (size_t)((to_s - out->from_s + HOUR_S - 1) / HOUR_S);
	out->octets_s = calloc(2 * out->n, sizeof(double));
	if (out->octets_s == NULL)
		return KK_E_NOMEM;
	out->clients = out->octets_s + out->n;
	rc = fetch_series(c, key, 0, out->from_s, out->from_s + (int64_t)out->n * HOUR_S,
	    (unsigned)out->n + 2, &s, d); /* a row may stick out at each end */
	if (rc == KK_OK || rc == KK_E_NOTFOUND)
		rc = fill(out, s);
	series_free(s);
	if (rc != KK_OK)
		hours_free(out);
	return rc;
}

void
hours_free(struct hours *h)
{
	free(h->octets_s);
	*h = (struct hours){0};
}

/* ---- judging ---- */

static int
by_rate(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static uint64_t
bits(double octets_s)
{
	return octets_s > 0 ? (uint64_t)(octets_s * 8 + 0.5) : 0;
}

/* Nearest rank: the ⌈0.95 n⌉-th of n. */
static int
percentile(const struct hours *h, struct hours_figures *f)
{
	double *known = malloc((h->n + 1) * sizeof(*known));
	size_t n = 0;

	if (known == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < h->n; i++)
		if (!isnan(h->octets_s[i]))
			known[n++] = h->octets_s[i];
	if (n > 0) {
		qsort(known, n, sizeof(*known), by_rate);
		f->p95_bits = bits(known[(n * 95 + 99) / 100 - 1]);
	}
	f->known = n;
	free(known);
	return KK_OK;
}

/* The local hour of the day that begins at a moment. An hour that a clock was set over counts as
 * what it shows first. */
static unsigned
hour_of_day(int64_t utc_s, struct zone_day *day)
{
	unsigned hour;

	zone_day_of(utc_s, day);
	hour = (unsigned)((utc_s - day->from_s) / HOUR_S);
	return hour > 23 ? 23 : hour;
}

/* The hour of the day with the highest mean, and who was there then. */
static void
busy(const struct hours *h, struct hours_figures *f)
{
	double sum[24] = {0}, people[24] = {0};
	unsigned n[24] = {0}, with[24] = {0};
	struct zone_day day = {0};
	int found = 0;

	for (size_t i = 0; i < h->n; i++) {
		unsigned hour = hour_of_day(h->from_s + (int64_t)i * HOUR_S, &day);

		if (!isnan(h->octets_s[i])) {
			sum[hour] += h->octets_s[i];
			n[hour]++;
		}
		if (!isnan(h->clients[i])) {
			people[hour] += h->clients[i];
			with[hour]++;
		}
	}
	for (unsigned i = 0; i < 24; i++)
		if (n[i] > 0 && (!found || sum[i] / n[i] > sum[f->busy_hour] / n[f->busy_hour])) {
			f->busy_hour = i;
			found = 1;
		}
	if (!found)
		return;
	f->busy_bits = bits(sum[f->busy_hour] / n[f->busy_hour]);
	f->clients_known = with[f->busy_hour] > 0;
	if (f->clients_known)
		f->busy_clients = (uint64_t)(people[f->busy_hour] / with[f->busy_hour] + 0.5);
}

int
hours_judge(const struct hours *h, struct hours_figures *out)
{
	double most = -1;

	*out = (struct hours_figures){0};
	for (size_t i = 0; i < h->n; i++)
		if (!isnan(h->octets_s[i]) && h->octets_s[i] > most) {
			most = h->octets_s[i];
			out->peak_s = h->from_s + (int64_t)i * HOUR_S;
		}
	out->peak_bits = bits(most);
	busy(h, out);
	return percentile(h, out);
}

unsigned
hours_weekday(int32_t day)
{
	static const int offset[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
	int y = day / 10000, m = day / 100 % 100;

	/* Sakamoto: Sunday is 0. */
	y -= m < 3;
	return (unsigned)(y + y / 4 - y / 100 + y / 400 + offset[m - 1] + day % 100 + 6) % 7;
}

void
hours_week(const struct hours *h, struct hours_week *out)
{
	double sum[7][24] = {{0}};
	struct zone_day day = {0};

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < h->n; i++) {
		unsigned hour = hour_of_day(h->from_s + (int64_t)i * HOUR_S, &day);
		unsigned weekday = hours_weekday(day.day);

		if (isnan(h->octets_s[i]))
			continue;
		sum[weekday][hour] += h->octets_s[i];
		out->n[weekday][hour]++;
	}
	for (int d = 0; d < 7; d++)
		for (int t = 0; t < 24; t++)
			if (out->n[d][t] > 0)
				out->bits[d][t] = bits(sum[d][t] / out->n[d][t]);
}
