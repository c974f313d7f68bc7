/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fetch.c and graph.c over archives that are made here, with values that can be told apart. */
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

#include "lib/zone.h"
#include "rrd/fetch.h"
#include "rrd/graph.h"
#include "rrd/rrdfile.h"
#include "rrd/schema.h"
#include "tests/harness.h"

#define START 1627657200 /* 2021-07-31 00:00 in Seoul */

static char dir[64];
static struct conf conf;

static void
setup(void)
{
	char path[CONF_TEXT + 64], cmd[512];
	struct diag d;

	harness_dir(dir);
	zone_use("Asia/Seoul", NULL);
	conf_defaults(&conf);
	snprintf(conf.state_dir, sizeof(conf.state_dir), "%s", dir);
	snprintf(conf.run_dir, sizeof(conf.run_dir), "%s", dir);
	snprintf(cmd, sizeof(cmd), "%s/rrd", dir);
	ck_assert_int_eq(mkdir(cmd, 0755), 0);
	snprintf(path, sizeof(path), "%s/rrd/one.rrd", dir);
	ck_assert_int_eq(schema_create(path, SCHEMA_MAIN, 180, START, NULL, &d), KK_OK);
	/* 1,000 octets a second down, 100 up, 7 clients, for an hour; nobody looked from minute 20
	 * to 30. */
	for (int m = 1; m <= 60; m++) {
		if (m > 20 && m <= 30)
			continue;
		snprintf(cmd, sizeof(cmd), "rrdtool update %s %d:%d:%d:7:0.01", path,
		    START + m * 60, m * 60000, m * 6000);
		ck_assert_int_eq(system(cmd), 0); // NOLINT: a fixed command of the test's own
	}
}

static void
teardown(void)
{
	harness_remove(dir);
}

START_TEST(fetch_minutes)
{
	struct series *s = NULL;
	struct diag d = {""};
	int known = 0, gap = 0;

	ck_assert_msg(
	    fetch_series(&conf, "one", 0, START, START + 3600, 600, &s, &d) == KK_OK, "%s", d.text);
	ck_assert_uint_eq(s->step_s, 60);
	ck_assert_uint_eq(s->n_ds, 4);
	ck_assert_str_eq(s->names[0], "octets_down");
	ck_assert_int_eq(s->from_s, START);
	ck_assert_uint_eq(s->n_rows, 60);
	for (size_t i = 0; i < s->n_rows; i++) {
		double v = s->values[i * s->n_ds];

		if (isnan(v)) {
			gap++;
		} else {
			ck_assert_double_eq_tol(v, 1000, 0.001);
			known++;
		}
	}
	/* A gap longer than the heartbeat stays a gap: nothing is drawn where nobody looked. */
	ck_assert_int_ge(gap, 10);
	ck_assert_int_ge(known, 48);
	series_free(s);
}
END_TEST

START_TEST(fetch_steps)
{
	static const struct {
		int64_t span;
		unsigned rows, step;
	} want[] = {{3600, 60, 60}, {3600, 59, 300}, {86400, 600, 300}, {7 * 86400, 600, 3600},
	    {366 * 86400, 600, 3600}};
	struct series *s = NULL;
	struct diag d = {""};

	ck_assert_int_eq(
	    fetch_series(&conf, "one", 0, START, START + want[_i].span, want[_i].rows, &s, &d),
	    KK_OK);
	ck_assert_uint_eq(s->step_s, want[_i].step);
	series_free(s);
}
END_TEST

START_TEST(fetch_wrong)
{
	struct series *s = NULL;
	char path[128];
	struct diag d;
	FILE *f;

	ck_assert_int_eq(
	    fetch_series(&conf, "none", 0, START, START + 60, 10, &s, &d), KK_E_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(d.text, "none.rrd"));
	ck_assert_int_eq(fetch_series(&conf, "one", 0, START, START, 10, &s, &d), KK_E_RANGE);
	snprintf(path, sizeof(path), "%s/rrd/bad.rrd", dir);
	f = fopen(path, "w");
	fputs("this is no archive, whatever its name says", f);
	fclose(f);
	ck_assert_int_eq(
	    fetch_series(&conf, "bad", 0, START, START + 60, 10, &s, &d), KK_E_CORRUPT);
	ck_assert_ptr_nonnull(strstr(d.text, "bad.rrd"));
}
END_TEST

static off_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : -1;
}

START_TEST(graph_pictures)
{
	static const struct {
		const char *metric, *file;
		int want;
	} rows[] = {{"traffic", "t.png", KK_OK}, {"traffic", "t.svg", KK_OK},
	    {"clients", "c.png", KK_OK}, {"rtt", "r.png", KK_OK}, {"traffic", "t.gif", KK_E_RANGE},
	    {"weather", "w.png", KK_E_RANGE}};
	char path[128];
	struct graph_request g = {.key = "one",
	    .title = "성동구: WF181037 <근린공원>",
	    .metric = rows[_i].metric,
	    .from_s = START,
	    .to_s = START + 3600,
	    .path = path,
	    .lang = LANG_KO};
	struct diag d = {""};
	int rc;

	snprintf(path, sizeof(path), "%s/%s", dir, rows[_i].file);
	rc = graph_draw(&conf, &g, &d);
	ck_assert_msg(rc == rows[_i].want, "%s: %s", rows[_i].file, d.text);
	if (rc == KK_OK)
		ck_assert_int_gt(size_of(path), 2000);
	else
		ck_assert_int_eq(size_of(path), -1);
	if (getenv("KEEP_GRAPHS") && rc == KK_OK) {
		char cmd[300];

		snprintf(cmd, sizeof(cmd), "cp %s %s/", path, getenv("KEEP_GRAPHS"));
		ck_assert_int_eq(system(cmd), 0); // NOLINT
	}
}
END_TEST

START_TEST(graph_nowhere)
{
	struct graph_request g = {.key = "one",
	    .title = "",
	    .metric = "traffic",
	    .from_s = START,
	    .to_s = START + 60,
	    .path = "/nonexistent/x.png"};
	struct diag d = {""};

	ck_assert_int_ne(graph_draw(&conf, &g, &d), KK_OK);
	ck_assert_ptr_nonnull(strstr(d.text, "/nonexistent/x.png"));
	g.key = "none";
	ck_assert_int_eq(graph_draw(&conf, &g, &d), KK_E_NOTFOUND);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fetch");
	TCase *tc = tcase_create("fetch");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, fetch_minutes);
	tcase_add_loop_test(tc, fetch_steps, 0, 5);
	tcase_add_test(tc, fetch_wrong);
	tcase_add_loop_test(tc, graph_pictures, 0, 6);
	tcase_add_test(tc, graph_nowhere);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
