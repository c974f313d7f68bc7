/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chart_svg.h - a line chart as SVG inside an HTML page: lines, bands between two lines, a bound.
 *For figures that no round-robin file holds: months of the ledger, forecasts. Pure.
 *
 * Colours are those that most colour-blind people can tell apart, and lines differ by dashes, too,
 *so that a black-and-white print can be read. The picture is as wide as its page and has a title
 *and description for those who do not see it.
 *
 *	struct chart_line lines[] = {{"observed", y, 0}, {"forecast", f, 1}};
 *	struct chart_band bands[] = {{"80 %", low, high}};
 *	struct chart c = {.title = "...", .unit = "TB", .label = months, .n = 36, .lines = lines,
 *	    .n_lines = 2, .bands = bands, .n_bands = 1, .bound = NAN};
 *
 *	chart_svg(&c, out);
 */
#ifndef KK_USAGE_CHART_SVG_H
#define KK_USAGE_CHART_SVG_H

#include <stddef.h>
#include <stdio.h>

#define CHART_LINES_MAX 6

/* One line; y[i] NAN is a gap. Doubles, as they are only drawn. */
struct chart_line {
	const char *name;
	const double *y;
	int dashed;
};

/* What lies between two lines. */
struct chart_band {
	const char *name;
	const double *low, *high; /* NAN: none there */
};

struct chart {
	const char *title;	  /* texts are UTF-8; whatever is in them is escaped */
	const char *unit;	  /* of y, at the axis */
	const char *const *label; /* n of them, along x; some are left out where they would touch */
	size_t n;
	const struct chart_line *lines;
	size_t n_lines;			/* at most CHART_LINES_MAX */
	const struct chart_band *bands; /* the wider one first */
	size_t n_bands;
	double bound; /* a horizontal line; NAN: none */
	const char *bound_name;
};

/**
 * Draw. The y axis begins at 0.
 *
 * @param c    Chart.
 * @param out  Stream; its errors are the caller's to ask for.
 */
void chart_svg(const struct chart *c, FILE *out);

/** The same as text. @param c Chart. @return malloc'd; NULL: out of memory. */
char *chart_svg_text(const struct chart *c);

#endif
