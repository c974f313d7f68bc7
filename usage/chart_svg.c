/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/chart_svg.h"

#include <math.h>
#include <stdlib.h>

#include "lib/markup.h"
#include "lib/text.h"

/* Pixels of the view box. */
#define WIDTH  776
#define HEIGHT 280
#define LEFT   64
#define RIGHT  32 /* half of the last label */
#define TOP    44
#define BOTTOM 32
#define STEPS  5  /* of the y axis, about */
#define LABEL  62 /* pixels that a label on the x axis takes */
#define LETTER 7  /* pixels of a column of text in the legend */

/* Okabe and Ito's. */
static const char *const colours[CHART_LINES_MAX] = {
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#000000"};
static const char *const shades[] = {"#FBE3CF", "#F3B98C", "#D9D9D9"};
#define SHADES (sizeof(shades) / sizeof(shades[0]))

struct frame {
	const struct chart *c;
	FILE *out;
	double most, step; /* of the y axis */
};

static double
x_of(const struct frame *f, size_t i)
{
	double room = WIDTH - LEFT - RIGHT;

	return f->c->n > 1 ? LEFT + room * (double)i / (double)(f->c->n - 1) : LEFT + room / 2;
}

static double
y_of(const struct frame *f, double v)
{
	double part = v / f->most;

	part = part < 0 ? 0 : part > 1 ? 1 : part;
	return TOP + (HEIGHT - TOP - BOTTOM) * (1 - part);
}

/* ---- the axes ---- */

static double
more(double most, double v)
{
	return isfinite(v) && v > most ? v : most;
}

/* An end of the axis with round steps. */
static void
set_scale(struct frame *f)
{
	const struct chart *c = f->c;
	double most = more(0, c->bound), power, part;

	for (size_t i = 0; i < c->n; i++) {
		for (size_t k = 0; k < c->n_lines; k++)
			most = more(most, c->lines[k].y[i]);
		for (size_t k = 0; k < c->n_bands; k++)
			most = more(most, c->bands[k].high[i]);
	}
	most = most > 0 ? most : 1;
	power = pow(10, floor(log10(most / STEPS)));
	part = most / STEPS / power;
	f->step = power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
	f->most = ceil(most / f->step - 1e-9) * f->step;
}

static void
put_y_axis(const struct frame *f)
{
	for (int k = 0; k * f->step <= f->most * 1.0001; k++) {
		double y = y_of(f, k * f->step);

		fprintf(f->out,
		    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>"
		    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.6g</text>\n",
		    LEFT, y, WIDTH - RIGHT, y, LEFT - 6, y + 4, k * f->step);
	}
	fprintf(f->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", LEFT - 6, TOP - 12);
	markup_escaped(f->out, f->c->unit);
	fputs("</text>\n", f->out);
}

static void
put_x_axis(const struct frame *f)
{
	size_t fit = (WIDTH - LEFT - RIGHT) / LABEL, every = 1;

	while (f->c->n / every > fit)
		every++;
	for (size_t i = 0; i < f->c->n; i += every) {
		fprintf(f->out,
		    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#999\"/>"
		    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">",
		    x_of(f, i), HEIGHT - BOTTOM, x_of(f, i), HEIGHT - BOTTOM + 4, x_of(f, i),
		    HEIGHT - BOTTOM + 18);
		markup_escaped(f->out, f->c->label[i]);
		fputs("</text>\n", f->out);
	}
}

/* ---- what is drawn ---- */

/* One stretch of a band without gaps: along the upper edge, and back along the lower. */
static void
put_stretch(
    const struct frame *f, const struct chart_band *b, size_t from, size_t to, const char *shade)
{
	fprintf(f->out, "<polygon fill=\"%s\" points=\"", shade);
	for (size_t i = from; i < to; i++)
		fprintf(f->out, "%.1f,%.1f ", x_of(f, i), y_of(f, b->high[i]));
	for (size_t i = to; i-- > from;)
		fprintf(f->out, "%.1f,%.1f ", x_of(f, i), y_of(f, b->low[i]));
	fputs("\"/>\n", f->out);
}

static void
put_band(const struct frame *f, const struct chart_band *b, const char *shade)
{
	size_t from = 0;

	for (size_t i = 0; i <= f->c->n; i++) {
		if (i < f->c->n && isfinite(b->low[i]) && isfinite(b->high[i]))
			continue;
		if (i > from)
			put_stretch(f, b, from, i, shade);
		from = i + 1;
	}
}

static void
put_line(const struct frame *f, const struct chart_line *l, const char *colour)
{
	int in = 0;

	fprintf(f->out, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s d=\"", colour,
	    l->dashed ? " stroke-dasharray=\"6 4\"" : "");
	for (size_t i = 0; i < f->c->n; i++) {
		if (!isfinite(l->y[i])) {
			in = 0;
			continue;
		}
		/* A value between two gaps is a dot: a line to itself, with round ends. */
		fprintf(f->out, "%s%.1f,%.1f ", in ? "L" : "M", x_of(f, i), y_of(f, l->y[i]));
		if (!in)
			fprintf(f->out, "l0,0 ");
		in = 1;
	}
	fputs("\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>\n", f->out);
}

static void
put_bound(const struct frame *f)
{
	double y = y_of(f, f->c->bound);

	fprintf(f->out,
	    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#000\" "
	    "stroke-dasharray=\"2 3\"/><text x=\"%d\" y=\"%.1f\">",
	    LEFT, y, WIDTH - RIGHT, y, LEFT + 6, y - 4);
	markup_escaped(f->out, f->c->bound_name);
	fputs("</text>\n", f->out);
}

/* ---- around it ---- */

static double
put_name(const struct frame *f, double x, const char *name)
{
	fprintf(f->out, "<text x=\"%.1f\" y=\"%d\">", x + 28, TOP - 12);
	markup_escaped(f->out, name);
	fputs("</text>\n", f->out);
	return x + 28 + (double)text_width(name) * LETTER + 16;
}

static void
put_legend(const struct frame *f)
{
	const struct chart *c = f->c;
	double x = LEFT + 8;

	for (size_t k = 0; k < c->n_lines; k++) {
		fprintf(f->out,
		    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\" "
		    "stroke-width=\"2\"%s/>",
		    x, TOP - 16, x + 22, TOP - 16, colours[k % CHART_LINES_MAX],
		    c->lines[k].dashed ? " stroke-dasharray=\"6 4\"" : "");
		x = put_name(f, x, c->lines[k].name);
	}
	for (size_t k = 0; k < c->n_bands; k++) {
		fprintf(f->out,
		    "<rect x=\"%.1f\" y=\"%d\" width=\"22\" height=\"12\" fill=\"%s\"/>", x,
		    TOP - 22, shades[k % SHADES]);
		x = put_name(f, x, c->bands[k].name);
	}
}

void
chart_svg(const struct chart *c, FILE *out)
{
	struct frame f = {.c = c, .out = out};

	set_scale(&f);
	fprintf(out,
	    "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
	    "viewBox=\"0 0 %d %d\" width=\"100%%\" font-size=\"12\" "
	    "font-family=\"NanumGothic,'Noto Sans CJK KR',sans-serif\"><title>",
	    WIDTH, HEIGHT);
	markup_escaped(out, c->title);
	fprintf(
	    out, "</title>\n<text x=\"%d\" y=\"16\" font-size=\"14\" font-weight=\"bold\">", LEFT);
	markup_escaped(out, c->title);
	fputs("</text>\n", out);
	put_y_axis(&f);
	for (size_t k = 0; k < c->n_bands; k++)
		put_band(&f, &c->bands[k], shades[k % SHADES]);
	put_x_axis(&f);
	if (isfinite(c->bound))
		put_bound(&f);
	for (size_t k = 0; k < c->n_lines; k++)
		put_line(&f, &c->lines[k], colours[k % CHART_LINES_MAX]);
	put_legend(&f);
	fputs("</svg>\n", out);
}

char *
chart_svg_text(const struct chart *c)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int failed;

	if (f == NULL)
		return NULL;
	chart_svg(c, f);
	failed = ferror(f);
	if (fclose(f) != 0 || failed) {
		free(text);
		return NULL;
	}
	return text;
}
