/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_docs.c - lists in the documentation are those in the code. */
#include "lib/metric.h"
#include "tests/harness.h"

static char *
slurp(const char *name)
{
	const char *src = getenv("srcdir");
	char path[512], *text = NULL;
	size_t len = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", src ? src : ".", name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	ck_assert_int_gt(getdelim(&text, &len, EOF, f), 0);
	fclose(f);
	return text;
}

/* docs/metrics.md has a row for every metric, with its kind, unit, scale and range; and no other.
 */
START_TEST(metrics_table)
{
	char *text = slurp("docs/metrics.md"), row[200], range[64];
	int rows = 0;

	for (int m = 0; m < METRIC_COUNT; m++) {
		const struct metric_info *i = metric_info(m);

		snprintf(
		    range, sizeof(range), "%lld to %lld", (long long)i->min, (long long)i->max);
		snprintf(row, sizeof(row), "\n| `%s` | %s | %s | %lld | %s | ", i->name,
		    i->kind == METRIC_DERIVE ? "counter" : "gauge", i->unit, (long long)i->scale,
		    i->min == 0 && i->max == 0 ? "any" : range);
		ck_assert_msg(strstr(text, row) != NULL, "docs/metrics.md lacks the row:%s", row);
	}
	for (const char *p = text; (p = strstr(p, "\n| `")) != NULL; p++)
		rows++;
	ck_assert_int_eq(rows, METRIC_COUNT);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("docs");
	TCase *tc = tcase_create("docs");

	tcase_add_test(tc, metrics_table);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
