/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The archives through a real rrdcached, which the test starts for itself. */
#include <fcntl.h>
#include <math.h>
#include <rrd.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "rrd/archive/archive.h"
#include "tests/fleet.h"
#include "tests/harness.h"

static char dir[64];
static struct conf conf;
static struct archive *archive;
static pid_t daemon_pid;

static void
start_daemon(void)
{
	char base[80], socket[100], pidfile[80];
	struct stat st;
	int null;

	snprintf(base, sizeof(base), "%s", dir);
	snprintf(socket, sizeof(socket), "unix:%s/rrdcached.sock", dir);
	snprintf(pidfile, sizeof(pidfile), "%s/pid", dir);
	daemon_pid = fork();
	if (daemon_pid == 0) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 1);
		dup2(null, 2);
		execlp("rrdcached", "rrdcached", "-g", "-l", socket, "-b", base, "-p", pidfile,
		    "-w", "3600", "-f", "7200", (char *)NULL);
		_exit(127);
	}
	snprintf(conf.store.rrdcached, sizeof(conf.store.rrdcached), "%s", socket);
	for (int i = 0; i < 2000 && stat(socket + 5, &st) != 0; i++)
		usleep(5000);
	ck_assert_int_eq(stat(socket + 5, &st), 0);
}

static void
stop_daemon(int signal)
{
	if (daemon_pid > 0) {
		kill(daemon_pid, signal);
		waitpid(daemon_pid, NULL, 0);
	}
	daemon_pid = 0;
}

static void
setup(void)
{
	struct device all[2] = {fleet_device(1), fleet_device(2)};
	struct diag d = {""};
	struct roster *r;

	harness_dir(dir);
	conf = fleet_conf(dir, 60);
	start_daemon();
	ck_assert_msg(archive_open(&conf, &archive, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(roster_make(all, 2, &r), KK_OK);
	ck_assert_int_eq(archive_roster(archive, r), KK_OK);
}

static void
teardown(void)
{
	archive_close(archive);
	stop_daemon(SIGTERM);
	harness_remove(dir);
}

static void
sweep(int from, int minutes)
{
	const struct sink *k = archive_sink(archive);

	for (int m = from; m < from + minutes; m++)
		for (uint32_t num = 1; num <= 2; num++) {
			struct sample s = fleet_sample(num, FLEET_T0 + m * 60 + num);

			sample_set(&s, METRIC_CLIENTS_5G, 5);
			ck_assert_int_eq(
			    k->take(k->ctx, &s, 1, (struct cursor){1, (uint64_t)m + 1}), KK_OK);
		}
}

/* When the file of a device was last written; -1: no file. */
static int64_t
last_of(uint32_t num, int extra, char path[400])
{
	struct device d = fleet_device(num);
	char key[ROSTER_KEY];

	snprintf(
	    path, 400, "%s/rrd/%s.rrd", dir, archive_key(&d, SOURCE_SNMP, extra, key, sizeof(key)));
	rrd_clear_error();
	return (int64_t)rrd_last_r(path);
}

static const char *
key_of(uint32_t num, int extra)
{
	static char key[ROSTER_KEY];
	struct device d = fleet_device(num);

	return archive_key(&d, SOURCE_SNMP, extra, key, sizeof(key));
}

START_TEST(flushed_for_readers)
{
	char path[400];

	sweep(0, 10);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 600), KK_OK);
	ck_assert_int_lt(last_of(1, 0, path), FLEET_T0 + 540); /* in the daemon, not in the file */
	ck_assert_int_eq(archive_flush(archive, key_of(1, 0)), KK_OK);
	ck_assert_int_eq(last_of(1, 0, path), FLEET_T0 + 541);
	ck_assert_int_eq(archive_flush(archive, key_of(1, 1)), KK_OK);
	ck_assert_int_eq(last_of(1, 1, path), FLEET_T0 + 541);
	ck_assert_int_lt(last_of(2, 0, path), FLEET_T0 + 540);
}
END_TEST

/* 60 points are more than one command can hold. */
START_TEST(many_points)
{
	char path[400];
	time_t from = FLEET_T0 + 120, to = FLEET_T0 + 3480;
	unsigned long step = 60, n;
	char **names;
	rrd_value_t *v;
	int known = 0;

	sweep(0, 60);
	ck_assert_int_eq(archive_flush(archive, key_of(2, 0)), KK_OK);
	ck_assert_int_eq(last_of(2, 0, path), FLEET_T0 + 59 * 60 + 2);
	ck_assert_int_eq(rrd_fetch_r(path, "AVERAGE", &from, &to, &step, &n, &names, &v), 0);
	for (time_t t = from; t < to; t += 60)
		known += fabs(v[(unsigned long)(t - from) / 60 * n] - 2000) < 1e-6;
	ck_assert_int_eq(known, (int)((to - from) / 60));
	for (unsigned long i = 0; i < n; i++)
		rrd_freemem(names[i]);
	rrd_freemem(names);
	rrd_freemem(v);
}
END_TEST

/* The daemon goes and comes again: points wait, and are handed over then. */
START_TEST(daemon_away)
{
	struct archive_stats st;
	char path[400];

	sweep(0, 5);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 300), KK_OK);
	stop_daemon(SIGTERM); /* it writes what it has */
	sweep(5, 5);
	ck_assert_int_ne(archive_flush_all(archive, FLEET_T0 + 600), KK_OK);
	archive_stats(archive, &st);
	ck_assert_uint_gt(st.waiting, 0);
	ck_assert(!st.ok);
	start_daemon();
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 600), KK_OK);
	ck_assert_int_eq(archive_flush(archive, key_of(1, 0)), KK_OK);
	ck_assert_int_eq(last_of(1, 0, path), FLEET_T0 + 541);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rrdcached");
	TCase *tc = tcase_create("daemon");

	if (system("command -v rrdcached >/dev/null") != 0) { // NOLINT(concurrency-mt-unsafe)
		fprintf(stderr, "skipped: no rrdcached here\n");
		return 77;
	}
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, flushed_for_readers);
	tcase_add_test(tc, many_points);
	tcase_add_test(tc, daemon_away);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
