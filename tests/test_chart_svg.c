/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/chart_svg.h"

#include <math.h>

#include "tests/harness.h"

static const double rising[] = {0, 25, 50, 75, 100}, gap[] = {10, NAN, 30, 40, NAN};
static const double low[] = {NAN, NAN, 20, 30, 40}, high[] = {NAN, NAN, 30, 45, 60};
static const double nothing[] = {NAN, NAN, NAN, NAN, NAN}, zero[] = {0, 0, 0, 0, 0};
static const double huge[] = {1e300, 0, 0, 0, 0}, endless[] = {INFINITY, 1, 2, 3, 4};
static const char *const months[] = {"2021-04", "2021-05", "2021-06", "2021-07", "<8>"};

/* What must be in the picture, and what must not. */
static const struct {
	const char *why;
	const double *y;
	size_t n, bands;
	double bound;
	const char *has, *lacks;
} draws[] = {
    {"from the left edge to the right", rising, 5, 0, NAN,
	"d=\"M64.0,248.0 l0,0 L234.0,197.0 L404.0,146.0 L574.0,95.0 L744.0,44.0 \"", "polygon"},
    {"the axis has round steps", rising, 5, 0, NAN, ">80</text>", ">90</text>"},
    {"a gap is no line", gap, 5, 0, NAN, "M64.0,197.0 l0,0 M404.0,95.0 l0,0 L574.0,44.0 \"", "nan"},
    {"a band", rising, 5, 1, NAN,
	"points=\"404.0,186.8 574.0,156.2 744.0,125.6 744.0,166.4 574.0,186.8 404.0,207.2 \"",
	"nan"},
    {"a bound makes room", rising, 5, 0, 130, ">150</text>", "nan"},
    {"and has its name", rising, 5, 0, 80, "80 % &lt;of&gt; it</text>", "<of>"},
    {"texts are escaped", rising, 5, 0, NAN, "a &lt;b&gt; &amp; &quot;c&#39;</title>", "<b>"},
    {"labels too", rising, 5, 0, NAN, "&lt;8&gt;</text>", "<8>"},
    {"one value is a dot in the middle", rising + 4, 1, 0, NAN, "d=\"M404.0,44.0 l0,0 \"", "nan"},
    {"nothing known", nothing, 5, 0, NAN, "d=\"\"", "nan"},
    {"nothing at all", rising, 0, 0, NAN, "</svg>", "nan"},
    {"zero", zero, 5, 0, NAN, "M64.0,248.0", "nan"},
    {"huge", huge, 5, 0, NAN, "M64.0,44.0", "nan"},
    {"endless", endless, 5, 0, NAN, "M234.0,", "inf"},
};

START_TEST(draws_charts)
{
	struct chart_line line = {"관측 & co", draws[_i].y, 0};
	struct chart_band band = {"80 %", low, high};
	struct chart c = {.title = "a <b> & \"c'",
	    .unit = "TB",
	    .label = months,
	    .n = draws[_i].n,
	    .lines = &line,
	    .n_lines = 1,
	    .bands = &band,
	    .n_bands = draws[_i].bands,
	    .bound = draws[_i].bound,
	    .bound_name = "80 % <of> it"};
	char *got = chart_svg_text(&c);

	ck_assert_msg(strstr(got, draws[_i].has) != NULL, "%s: %s", draws[_i].why, got);
	ck_assert_msg(strstr(got, draws[_i].lacks) == NULL, "%s: %s", draws[_i].why, got);
	free(got);
}
END_TEST

START_TEST(many_months_have_few_labels)
{
	double y[240];
	const char *label[240];
	struct chart_line line = {"x", y, 1};
	struct chart c = {
	    .title = "t", .label = label, .n = 240, .lines = &line, .n_lines = 1, .bound = NAN};
	unsigned n = 0;
	char *got;

	for (int i = 0; i < 240; i++) {
		y[i] = i;
		label[i] = "month";
	}
	got = chart_svg_text(&c);
	for (const char *p = got; (p = strstr(p, ">month<")) != NULL; p++)
		n++;
	ck_assert_msg(n > 5 && n <= 11, "%u labels", n);
	ck_assert_ptr_nonnull(strstr(got, "stroke-dasharray=\"6 4\""));
	free(got);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("chart_svg");
	TCase *t = tcase_create("chart_svg");

	tcase_add_loop_test(t, draws_charts, 0, ROWS(draws));
	tcase_add_test(t, many_months_have_few_labels);
	suite_add_tcase(s, t);
	return harness_run(s);
}
