/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/graph.h"

#include <dirent.h>
#include <math.h>
#include <pthread.h>
#include <sys/stat.h>

#include "lib/zone.h"
#include "rrd/archive/archive.h"
#include "tests/fleet.h"
#include "tests/harness.h"

#define DAY 86400

static char dir[64], key[ROSTER_KEY];
static struct conf conf;
static struct diag diag;

/* Three days of an access point with a daily rhythm; six hours are missing. */
static void
setup(void)
{
	struct device dev = fleet_device(3);
	struct archive *a;
	struct roster *r;
	struct sample s;
	int64_t down = 0, up = 0;

	ck_assert_int_eq(zone_use("Asia/Seoul", NULL), KK_OK);
	harness_dir(dir);
	conf = fleet_conf(dir, 60);
	ck_assert_int_eq(archive_open(&conf, &a, &diag), KK_OK);
	ck_assert_int_eq(roster_make(&dev, 1, &r), KK_OK);
	ck_assert_int_eq(archive_roster(a, r), KK_OK);
	for (int64_t t = 0; t <= 3 * DAY; t += 60) {
		const struct sink *k = archive_sink(a);
		double rhythm = 1.1 - cos((double)(t % DAY) / DAY * 2 * M_PI);

		down += (int64_t)(rhythm * 60 * 2e6 * (1 + 0.2 * sin((double)t / 700)));
		up += (int64_t)(rhythm * 60 * 3e5);
		if (t > 2 * DAY - 20 * 3600 && t < 2 * DAY - 14 * 3600)
			continue;
		s = fleet_sample(3, FLEET_T0 + t);
		sample_set(&s, METRIC_OCTETS_DOWN, down);
		sample_set(&s, METRIC_OCTETS_UP, up);
		sample_set(&s, METRIC_CLIENTS, (int64_t)(rhythm * 20));
		sample_set(&s, METRIC_RTT, 2000 + t % 900);
		sample_set(&s, METRIC_CHANNEL_BUSY_2G, (int64_t)(rhythm * 30));
		sample_set(&s, METRIC_NOISE_2G, -95);
		ck_assert_int_eq(
		    k->take(k->ctx, &s, 1, (struct cursor){1, (uint64_t)t + 1}), KK_OK);
	}
	archive_close(a);
	archive_key(&dev, SOURCE_SNMP, 0, key, sizeof(key));
}

static void
teardown(void)
{
	harness_remove(dir);
}

static const struct {
	const char *metric, *file, *title;
	int64_t from, to;
	unsigned width, height;
	enum language lang;
} pictures[] = {
    {"traffic", "traffic.png", "서울5차-0152-1 트래픽", DAY, 3 * DAY, 0, 0, LANG_KO},
    {"traffic", "hours.png", "--title: 'odd' <b>%s\\n</b>", 2 * DAY, 2 * DAY + 7200, 500, 300,
	LANG_EN},
    {"traffic", "month.png", "한 달", -27 * DAY, 3 * DAY, 0, 0, LANG_KO},
    {"clients", "clients.png", "성동구 접속자", 0, 3 * DAY, 0, 0, LANG_KO},
    {"rtt", "rtt.png", "응답 시간", 2 * DAY, 3 * DAY, 0, 0, LANG_KO},
    {"channel_busy_2g", "busy.png", "2.4 GHz", 0, 3 * DAY, 0, 0, LANG_EN},
    {"noise_2g", "noise.png", "", 0, 3 * DAY, 0, 0, LANG_EN},
    {"traffic", "traffic.svg", "서울", DAY, 3 * DAY, 640, 200, LANG_KO},
};

static struct graph_request
request(int i, char path[128])
{
	struct graph_request g = {.key = key,
	    .title = pictures[i].title,
	    .metric = pictures[i].metric,
	    .from_s = FLEET_T0 + pictures[i].from,
	    .to_s = FLEET_T0 + pictures[i].to,
	    .path = path,
	    .width = pictures[i].width,
	    .height = pictures[i].height,
	    .lang = pictures[i].lang};
	const char *keep = getenv("KK_KEEP_GRAPHS"); /* a folder, for a look at them */

	snprintf(path, 128, "%s/%s", keep != NULL ? keep : dir, pictures[i].file);
	return g;
}

static unsigned
be32(const unsigned char *p)
{
	return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3];
}

START_TEST(drawn)
{
	char path[128];
	struct graph_request g = request(_i, path);
	unsigned char head[2000];
	size_t n;
	FILE *f;

	ck_assert_msg(graph_draw(&conf, &g, &diag) == KK_OK, "%s", diag.text);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	n = fread(head, 1, sizeof(head) - 1, f);
	fclose(f);
	head[n] = '\0';
	if (strstr(path, ".svg") != NULL) {
		char *svg = NULL;

		ck_assert_ptr_nonnull(strstr((char *)head, "<svg"));
		g.path = NULL; /* into memory: the same picture without a file */
		ck_assert_int_eq(graph_svg(&conf, &g, &svg, &diag), KK_OK);
		ck_assert_int_eq(strncmp(svg, (char *)head, n), 0);
		ck_assert_ptr_nonnull(strstr(svg, "</svg>"));
		free(svg);
		return;
	}
	ck_assert_uint_gt(n, 1500); /* not an empty one */
	ck_assert_int_eq(memcmp(head, "\211PNG\r\n\032\n", 8), 0);
	ck_assert_uint_eq(be32(head + 16), g.width == 0 ? 800 : g.width);
	ck_assert_uint_eq(be32(head + 20), g.height == 0 ? 240 : g.height);
}
END_TEST

static const struct {
	const char *metric, *file, *key;
	int from, to, rc;
} wrong[] = {
    {"traffic", "x.png", "ap/00/nobody", 0, DAY, KK_E_NOTFOUND},
    {"traffic", "x.png", "../../etc/passwd", 0, DAY, KK_E_NOTFOUND},
    {"nonsense", "x.png", NULL, 0, DAY, KK_E_RANGE},
    {"up", "x.png", NULL, 0, DAY, KK_E_RANGE},
    {"traffic", "x.gif", NULL, 0, DAY, KK_E_RANGE},
    {"traffic", "x.png", NULL, DAY, 0, KK_E_RANGE},
    {"clients_6g", "x.png", NULL, 0, DAY, KK_E_NOTFOUND}, /* never seen */
    {"traffic", "no/such/folder.png", NULL, 0, DAY, KK_E_NOTFOUND},
};

START_TEST(refused)
{
	char path[128];
	struct graph_request g = {.key = wrong[_i].key == NULL ? key : wrong[_i].key,
	    .title = "x",
	    .metric = wrong[_i].metric,
	    .path = path,
	    .from_s = FLEET_T0 + wrong[_i].from,
	    .to_s = FLEET_T0 + wrong[_i].to};

	snprintf(path, sizeof(path), "%s/%s", dir, wrong[_i].file);
	ck_assert_int_eq(graph_draw(&conf, &g, &diag), wrong[_i].rc);
	ck_assert_str_ne(diag.text, "");
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

static void *
draw_some(void *arg)
{
	struct diag d;
	char path[128];
	int i = *(int *)arg;

	for (int n = 0; n < 3; n++) {
		struct graph_request g = request(i, path);

		if (graph_draw(&conf, &g, &d) != KK_OK)
			return arg;
	}
	return NULL;
}

/* kkachi-web draws from several threads. */
START_TEST(threads)
{
	int which[4] = {0, 1, 3, 4};
	pthread_t thread[4];
	struct dirent *e;
	void *bad;
	DIR *f;

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, draw_some, &which[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(thread[i], &bad);
		ck_assert_ptr_null(bad);
	}
	f = opendir(dir);
	while ((e = readdir(f)) != NULL)
		ck_assert_msg(strstr(e->d_name, ".tmp") == NULL, "left behind: %s", e->d_name);
	closedir(f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("graph");
	TCase *tc = tcase_create("pictures");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, drawn, 0, ROWS(pictures));
	tcase_add_loop_test(tc, refused, 0, ROWS(wrong));
	tcase_add_test(tc, threads);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
