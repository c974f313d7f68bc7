/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How unequal access points are. */
#include <stdlib.h>

#include "usage/report_sheet.h"
#include "usage/shows.h"

static int
descending(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return (a < b) - (a > b);
}

/* The octets that `percent` of the access points do not pass: the nearest rank. `at`: the most
 * first. */
static uint64_t
percentile(const uint64_t *at, size_t n, unsigned percent)
{
	size_t rank = (n * percent + 99) / 100; /* from the least, 1 .. n */

	return at[n - (rank > 0 ? rank : 1)];
}

/* The octets of the busiest `percent` of them, at least of one. */
static uint64_t
busiest(const uint64_t *at, size_t n, unsigned percent)
{
	size_t most = (n * percent + 50) / 100;
	uint64_t sum = 0;

	if (most == 0)
		most = 1;
	for (size_t i = 0; i < most; i++)
		sum += at[i];
	return sum;
}

static void
put_period(struct sheet *s, const struct report_cell *total, uint64_t *at, size_t n)
{
	qsort(at, n, sizeof(*at), descending);
	sheet_number(s, (uint64_t)total->period);
	report_number(s, total, total->octets, total->marks);
	report_percent(s, total->coverage, 0, 0);
	sheet_number(s, n);
	if (n == 0) {
		for (int i = 0; i < 6; i++)
			sheet_unknown(s);
		return;
	}
	report_number(s, total, percentile(at, n, 50), total->marks);
	report_number(s, total, percentile(at, n, 90), total->marks);
	report_number(s, total, percentile(at, n, 99), total->marks);
	report_number(s, total, at[0], total->marks);
	report_percent(s, figure_share(busiest(at, n, 1), total->octets), total->marks, 0);
	report_percent(s, figure_share(busiest(at, n, 10), total->octets), total->marks, 0);
}

static void
columns(struct sheet *s, const struct report *r)
{
	static const enum text_id periods[] = {TEXT_MONTH, TEXT_DAY, TEXT_YEAR};
	char range[40];

	sheet_about(s, report_range_text(r, range));
	sheet_column(s, report_period_name(r->period), periods[r->period], SHEET_DAY);
	sheet_column(s, "octets", TEXT_TOTAL, SHEET_OCTETS);
	sheet_column(s, "coverage_percent", TEXT_COVERAGE, SHEET_PERCENT);
	sheet_column(s, "aps", TEXT_APS, SHEET_COUNT);
	sheet_column(s, "median_octets", TEXT_MEDIAN, SHEET_OCTETS);
	sheet_column(s, "p90_octets", TEXT_P90, SHEET_OCTETS);
	sheet_column(s, "p99_octets", TEXT_P99, SHEET_OCTETS);
	sheet_column(s, "most_octets", TEXT_MOST, SHEET_OCTETS);
	sheet_column(s, "top_1_percent", TEXT_TOP_1, SHEET_PERCENT);
	sheet_column(s, "top_10_percent", TEXT_TOP_10, SHEET_PERCENT);
}

int
shows_concentration(const struct report *r, struct sheet **out)
{
	uint64_t *at = malloc((r->n + 1) * sizeof(*at));
	struct sheet *s = sheet_new("concentration", TEXT_CONCENTRATION_TITLE);
	int rc;

	*out = NULL;
	columns(s, r);
	for (size_t k = 0; k < r->total.n && at != NULL; k++) {
		size_t n = 0;

		for (size_t i = 0; i < r->n; i++)
			if (r->rows[i].cells[k].known)
				at[n++] = r->rows[i].cells[k].octets;
		put_period(s, &r->total.cells[k], at, n);
	}
	sheet_note(s, TEXT_NOTE_CONCENTRATION);
	rc = at == NULL ? KK_E_NOMEM : sheet_error(s);
	free(at);
	if (rc == KK_OK)
		*out = s;
	else
		sheet_free(s);
	return rc;
}
