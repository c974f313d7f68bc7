/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/harness.h"
#include "web/route.h"

static const struct {
	const char *pattern, *path;
	int fits;
} rows[] = {
    {"/api/v1/summary", "/api/v1/summary", 1},
    {"/api/v1/summary", "/api/v1/summary/", 1},
    {"/api/v1/summary", "/api/v1/summaryx", 0},
    {"/api/v1/summary", "/api/v1", 0},
    {"/api/v1", "/api/v1/summary", 0},
    {"/api/v1/devices/{id}", "/api/v1/devices/WF1", 1},
    {"/api/v1/devices/{id}", "/api/v1/devices", 0},
    {"/api/v1/devices/{id}", "/api/v1/devices/WF1/series", 0},
    {"/api/v1/devices/{id}/series", "/api/v1/devices/a%2Fb/series", 1},
    {"/metrics", "/metrics", 1},
    {"/metrics", "/", 0},
};

START_TEST(fits)
{
	struct region *r = region_new();
	struct url_path p;

	ck_assert_int_eq(url_split(r, rows[_i].path, &p), KK_OK);
	ck_assert_msg(route_fits(rows[_i].pattern, &p) == rows[_i].fits, "%s against %s",
	    rows[_i].path, rows[_i].pattern);
	region_free(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("route");
	TCase *tc = tcase_create("route");

	tcase_add_loop_test(tc, fits, 0, ROWS(rows));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
