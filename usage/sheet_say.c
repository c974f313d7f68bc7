/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>

#include "lib/text.h"
#include "usage/figure.h"
#include "usage/sheet_out.h"

/* 1234567 as "1,234,567". */
static const char *
thousands(const char *before, uint64_t n, const char *behind, char out[SHEET_SAY])
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
	size_t at = (size_t)snprintf(out, SHEET_SAY, "%s", before);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	snprintf(out + at, SHEET_SAY - at, "%s", behind);
	return out;
}

/* 20210731, 202107 or 2021 with its dashes. */
static const char *
day(uint64_t n, char out[SHEET_SAY])
{
	unsigned d = (unsigned)n;

	if (n < 10000)
		snprintf(out, SHEET_SAY, "%04u", d);
	else if (n < 1000000)
		snprintf(out, SHEET_SAY, "%04u-%02u", d / 100, d % 100);
	else
		snprintf(out, SHEET_SAY, "%04u-%02u-%02u", d / 10000, d / 100 % 100, d % 100);
	return out;
}

static const char *
tenths(const struct sheet_cell *c, const char *plus, const char *behind, char out[SHEET_SAY])
{
	const char *sign = c->negative ? "-" : c->number > 0 ? plus : "";

	snprintf(out, SHEET_SAY, "%s%" PRIu64 ".%" PRIu64 "%s", sign, c->number / 10,
	    c->number % 10, behind);
	return out;
}

static const char *
hundredths(const struct sheet_cell *c, const char *behind, char out[SHEET_SAY])
{
	snprintf(out, SHEET_SAY, "%" PRIu64 ".%02u%s", c->number / 100, (unsigned)(c->number % 100),
	    behind);
	return out;
}

static const char *
octets(const struct sheet_cell *c, char out[SHEET_SAY])
{
	char text[32];

	snprintf(out, SHEET_SAY, "%s%s", c->negative ? "-" : "", figure_octets(c->number, text));
	return out;
}

static const char *
say_number(const struct sheet_column *column, const struct sheet_cell *c, char out[SHEET_SAY])
{
	const char *minus = c->negative ? "-" : "";

	switch (column->kind) {
	case SHEET_OCTETS:
		return octets(c, out);
	case SHEET_RATE:
		return text_si((double)c->number, "bit/s", out);
	case SHEET_PERCENT:
		return tenths(c, "", " %", out);
	case SHEET_GROWTH:
		return tenths(c, "+", " %", out);
	case SHEET_WON:
		return thousands(c->negative ? "-₩" : "₩", c->number, "", out);
	case SHEET_METRES:
		return thousands(minus, c->number, " m", out);
	case SHEET_KM2:
		return hundredths(c, " km²", out);
	case SHEET_DAY:
		return day(c->number, out);
	default:
		return thousands(minus, c->number, "", out);
	}
}

const char *
sheet_say(const struct sheet_column *column, const struct sheet_cell *c, enum language lang,
    char out[SHEET_SAY])
{
	if (c->state == CELL_WORD)
		return i18n(lang, c->word);
	if (c->state == CELL_TEXT)
		return c->text;
	return c->state == CELL_NUMBER ? say_number(column, c, out) : NULL;
}

const char *
sheet_exact(const struct sheet_column *column, const struct sheet_cell *c, char out[SHEET_SAY])
{
	if (c->state == CELL_UNKNOWN)
		return NULL;
	if (c->state != CELL_NUMBER)
		return c->text;
	if (column->kind == SHEET_PERCENT || column->kind == SHEET_GROWTH)
		return tenths(c, "", "", out);
	if (column->kind == SHEET_DAY)
		return day(c->number, out);
	if (column->kind == SHEET_KM2)
		return hundredths(c, "", out);
	snprintf(out, SHEET_SAY, "%s%" PRIu64, c->negative ? "-" : "", c->number);
	return out;
}
