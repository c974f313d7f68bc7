/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/format.h"

static json_t *
number(int known, uint64_t n)
{
	return known ? json_integer((json_int_t)n) : json_null();
}

static json_t *
percent(struct figure f)
{
	return f.known ? json_real((double)f.tenths / 10) : json_null();
}

static json_t *
month_json(const struct report_month *m)
{
	char text[16];

	return json_pack("{s:s,s:o,s:o,s:o,s:o,s:b,s:o,s:o,s:b,s:b,s:o,s:o,s:o}", "month",
	    report_month_text(m->month, text), "octets_down", number(m->known, m->octets_down),
	    "octets_up", number(m->known, m->octets_up), "octets", number(m->known, m->octets),
	    "coverage_percent", percent(m->coverage), "imported",
	    (m->marks & (REPORT_IMPORTED | REPORT_PART_IMPORTED)) != 0, "growth_percent",
	    percent(m->growth), "growth_mean_percent", percent(m->growth_mean), "imported_in_part",
	    (m->marks & REPORT_PART_IMPORTED) != 0, "partial", (m->marks & REPORT_PARTIAL) != 0,
	    "octets_lump", number(m->known, m->octets_lump), "restarts",
	    number(m->known, m->restarts), "unsure", number(m->known, m->unsure));
}

json_t *
report_json(const struct report *r)
{
	char from[16], to[16];
	json_t *rows = json_array();

	for (size_t i = 0; i < r->n; i++) {
		json_t *months = json_array();

		for (size_t k = 0; k < r->rows[i].n; k++)
			json_array_append_new(months, month_json(&r->rows[i].months[k]));
		json_array_append_new(
		    rows, json_pack("{s:o,s:o}", "key",
			      r->rows[i].key[0] ? json_string(r->rows[i].key) : json_null(),
			      "months", months));
	}
	return json_pack("{s:s,s:s,s:s,s:o}", "from", report_month_text(r->from, from), "to",
	    report_month_text(r->to, to), "by", report_by_name(r->by), "rows", rows);
}
