/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>

#include "lib/csv.h"
#include "usage/format.h"

static const char *const columns[] = {"key", "month", "octets_down", "octets_up", "octets",
    "coverage_percent", "imported", "growth_percent", "growth_mean_percent", "partial",
    "octets_lump", "restarts", "unsure"};

static void
put_number(FILE *out, int known, uint64_t n)
{
	fputc(',', out);
	if (known)
		fprintf(out, "%" PRIu64, n);
}

static void
put_figure(FILE *out, struct figure f)
{
	char text[32];

	fputc(',', out);
	fputs(report_figure(f, text), out);
}

static void
put_month(FILE *out, const char *key, const struct report_month *m)
{
	char text[16];

	csv_put(out, key, 1);
	csv_put(out, report_month_text(m->month, text), 0);
	put_number(out, m->known, m->octets_down);
	put_number(out, m->known, m->octets_up);
	put_number(out, m->known, m->octets);
	put_figure(out, m->coverage);
	fputs(m->marks & REPORT_IMPORTED	? ",yes"
	      : m->marks & REPORT_PART_IMPORTED ? ",part"
						: ",no",
	    out);
	put_figure(out, m->growth);
	put_figure(out, m->growth_mean);
	fputs(m->marks & REPORT_PARTIAL ? ",yes" : ",no", out);
	put_number(out, m->known, m->octets_lump);
	put_number(out, m->known, m->restarts);
	put_number(out, m->known, m->unsure);
	fputs("\r\n", out);
}

void
report_csv(const struct report *r, int bom, FILE *out)
{
	if (bom)
		fputs("\xef\xbb\xbf", out);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		csv_put(out, columns[i], i == 0);
	fputs("\r\n", out);
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->rows[i].n; k++)
			put_month(out, r->rows[i].key, &r->rows[i].months[k]);
}
