/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/fetch.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "rrd/archive/archive.h"
#include "tests/fleet.h"
#include "tests/harness.h"

#define DAY 86400

static char dir[64], key[ROSTER_KEY];
static struct conf conf;
static struct diag diag;
static struct series *series;

/* Fifteen days of one device, a poll every 5 minutes; a gap from day 3 to day 4. */
static void
setup(void)
{
	struct device dev = fleet_device(3);
	struct archive *a;
	struct roster *r;
	struct sample s;

	harness_dir(dir);
	conf = fleet_conf(dir, 300);
	series = NULL;
	ck_assert_int_eq(archive_open(&conf, &a, &diag), KK_OK);
	ck_assert_int_eq(roster_make(&dev, 1, &r), KK_OK);
	ck_assert_int_eq(archive_roster(a, r), KK_OK);
	for (int64_t t = 0; t <= 15 * DAY; t += 300) {
		const struct sink *k = archive_sink(a);

		if (t > 3 * DAY && t < 4 * DAY)
			continue;
		s = fleet_sample(3, FLEET_T0 + t);
		sample_set(&s, METRIC_CLIENTS, t / 300 % 12 == 6 ? 30 : 6); /* a peak an hour */
		sample_set(&s, METRIC_CLIENTS_5G, 4);
		ck_assert_int_eq(
		    k->take(k->ctx, &s, 1, (struct cursor){1, (uint64_t)t + 1}), KK_OK);
	}
	archive_close(a);
	archive_key(&dev, SOURCE_SNMP, 0, key, sizeof(key));
}

static void
teardown(void)
{
	series_free(series);
	harness_remove(dir);
}

static void
fetch(int maxima, int64_t from, int64_t to, unsigned rows)
{
	series_free(series);
	ck_assert_msg(fetch_series(&conf, key, maxima, FLEET_T0 + from, FLEET_T0 + to, rows,
			  &series, &diag) == KK_OK,
	    "%s", diag.text);
}

static double
value(size_t row, const char *name)
{
	for (size_t i = 0; i < series->n_ds; i++)
		if (strcmp(series->names[i], name) == 0)
			return series->values[row * series->n_ds + i];
	ck_abort_msg("no %s", name);
	return 0;
}

/* The step that fits the wish: rows, how far back. */
static const struct {
	const char *why;
	int from, to; /* seconds after T0 */
	unsigned rows;
	unsigned step, n;
} wishes[] = {
    {"an hour of minutes", 15 * DAY - 3600, 15 * DAY, 100, 60, 60},
    {"a day is too many minutes", 14 * DAY, 15 * DAY, 800, 300, 288},
    {"minutes do not reach back", 6 * DAY, 6 * DAY + 3600, 100, 300, 12},
    {"two weeks in 400", 2 * DAY, 15 * DAY, 400, 3600, 312},
    {"fewer than there are", 2 * DAY, 15 * DAY, 104, 3 * 3600, 104},
    {"one", 4 * DAY, 14 * DAY, 1, 240 * 3600, 1},
    {"no wish", 14 * DAY, 15 * DAY, 0, 60, 1440},
};

START_TEST(steps)
{
	fetch(0, wishes[_i].from, wishes[_i].to, wishes[_i].rows);
	ck_assert_msg(
	    series->step_s == wishes[_i].step, "%s: %u s", wishes[_i].why, series->step_s);
	ck_assert_msg(series->n_rows == wishes[_i].n, "%s: %zu", wishes[_i].why, series->n_rows);
	ck_assert_int_eq(series->from_s, FLEET_T0 + wishes[_i].from);
	ck_assert_int_eq(series->to_s, FLEET_T0 + wishes[_i].to);
	ck_assert_uint_eq(series->n_ds, 4);
	ck_assert_double_eq_tol(value(series->n_rows - 1, "octets_down"), 3000, 1e-6);
	ck_assert_double_eq_tol(value(0, "octets_up"), 300, 1e-6);
}
END_TEST

START_TEST(gap)
{
	int known = 0;

	fetch(0, 2 * DAY, 5 * DAY, 72);
	ck_assert_uint_eq(series->n_rows, 72);
	for (size_t i = 0; i < 72; i++)
		known += !isnan(value(i, "octets_down"));
	ck_assert_int_ge(known, 47);
	ck_assert_int_le(known, 49);
	ck_assert(isnan(value(36, "clients")));
}
END_TEST

START_TEST(maxima)
{
	fetch(0, 10 * DAY, 11 * DAY, 24);
	ck_assert_double_eq_tol(value(5, "clients"), (30 + 11 * 6) / 12.0, 0.01);
	fetch(1, 10 * DAY, 11 * DAY, 24);
	ck_assert_double_eq_tol(value(5, "clients"), 30, 0.01);
	fetch(1, 10 * DAY, 11 * DAY, 6); /* four hours a row: still the highest */
	ck_assert_uint_eq(series->n_rows, 6);
	ck_assert_double_eq_tol(value(5, "clients"), 30, 0.01);
	snprintf(key + strlen(key), 3, ".x");
	fetch(1, 10 * DAY, 11 * DAY, 24);
	ck_assert_uint_eq(series->n_ds, 1);
	ck_assert_double_eq_tol(value(5, "clients_5g"), 4, 1e-9);
}
END_TEST

START_TEST(before_and_after)
{
	fetch(0, -400 * DAY, -399 * DAY, 100);
	ck_assert(isnan(value(3, "clients")));
	fetch(0, 20 * DAY, 21 * DAY, 100);
	ck_assert(isnan(value(3, "clients")));
	fetch(0, -20000 * DAY, 15 * DAY, 100); /* since 1970: cut, not refused */
	ck_assert_uint_le(series->n_rows, 100);
}
END_TEST

static const struct {
	const char *key;
	int from, to, rc;
} wrong[] = {
    {"ap/00/nobody", 0, DAY, KK_E_NOTFOUND},
    {"../kkachi.db", 0, DAY, KK_E_NOTFOUND},
    {"/etc/passwd", 0, DAY, KK_E_NOTFOUND},
    {"ap/00/a\nflush b", 0, DAY, KK_E_NOTFOUND},
    {"", 0, DAY, KK_E_NOTFOUND},
    {NULL, DAY, DAY, KK_E_RANGE},
    {NULL, DAY, 0, KK_E_RANGE},
};

START_TEST(refused)
{
	ck_assert_int_eq(
	    fetch_series(&conf, wrong[_i].key == NULL ? key : wrong[_i].key, 0,
		FLEET_T0 + wrong[_i].from, FLEET_T0 + wrong[_i].to, 10, &series, &diag),
	    wrong[_i].rc);
	ck_assert_ptr_null(series);
	ck_assert_str_ne(diag.text, "");
}
END_TEST

START_TEST(damaged)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/rrd/%s.rrd", dir, key);
	ck_assert_int_eq(truncate(path, 1000), 0);
	ck_assert_int_eq(fetch_series(&conf, key, 0, FLEET_T0, FLEET_T0 + DAY, 10, &series, &diag),
	    KK_E_CORRUPT);
	ck_assert_ptr_nonnull(strstr(diag.text, path));
}
END_TEST

/* A writer's lock is waited for. */
START_TEST(locked)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[400], c = 0;
	int go[2];
	pid_t pid;

	snprintf(path, sizeof(path), "%s/rrd/%s.rrd", dir, key);
	ck_assert_int_eq(pipe(go), 0);
	pid = fork();
	if (pid == 0) {
		int fd = open(path, O_RDWR);

		c = fcntl(fd, F_SETLK, &lock) == 0;
		if (write(go[1], &c, 1) == 1)
			usleep(20000);
		_exit(0);
	}
	ck_assert_int_eq(read(go[0], &c, 1), 1);
	ck_assert_int_eq(c, 1);
	fetch(0, DAY, 2 * DAY, 100);
	waitpid(pid, NULL, 0);
	close(go[0]);
	close(go[1]);
}
END_TEST

/* ---- the collector ---- */

static char heard[400];

/* A collector that answers one command. */
static void *
collector(void *arg)
{
	const char *answer = arg;
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int l = socket(AF_UNIX, SOCK_STREAM, 0), fd;
	ssize_t n;

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/control", dir);
	ck_assert_int_eq(bind(l, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(l, 1), 0);
	fd = accept(l, NULL, NULL);
	n = recv(fd, heard, sizeof(heard) - 1, 0);
	heard[n > 0 ? n : 0] = '\0';
	if (answer != NULL)
		send(fd, answer, strlen(answer), MSG_NOSIGNAL);
	close(fd);
	close(l);
	return NULL;
}

static const struct {
	const char *answer;
	int rc;
} answers[] = {
    {"ok\n", KK_OK}, {"error no such archive\n", KK_E_REFUSED},
    {NULL, KK_E_SILENT}, /* it ends in the middle */
};

START_TEST(asked)
{
	char want[400], path[100];
	pthread_t thread;
	struct stat st;

	ck_assert_int_eq(fetch_ask_flush(&conf, key), KK_OK); /* none runs */
	ck_assert_int_eq(pthread_create(&thread, NULL, collector, (void *)answers[_i].answer), 0);
	snprintf(path, sizeof(path), "%s/control", dir);
	while (stat(path, &st) != 0)
		usleep(1000);
	usleep(20000); /* listen() follows bind() */
	ck_assert_int_eq(fetch_ask_flush(&conf, key), answers[_i].rc);
	pthread_join(thread, NULL);
	snprintf(want, sizeof(want), "flush %s\n", key);
	ck_assert_str_eq(heard, want);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fetch");
	TCase *tc = tcase_create("series");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, steps, 0, ROWS(wishes));
	tcase_add_test(tc, gap);
	tcase_add_test(tc, maxima);
	tcase_add_test(tc, before_and_after);
	tcase_add_loop_test(tc, refused, 0, ROWS(wrong));
	tcase_add_test(tc, damaged);
	tcase_add_test(tc, locked);
	tcase_add_loop_test(tc, asked, 0, ROWS(answers));
	suite_add_tcase(s, tc);
	return harness_run(s);
}
